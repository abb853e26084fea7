"""What was said, by whom and when, in the files of recorders (`.vtt`, `.srt`) and word processors."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import webvtt
from defusedxml.ElementTree import fromstring
from lxml.etree import LxmlError
from striprtf.striprtf import rtf_to_text

from buddy_eval.base.errors import Fault, StudyError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

COLON = r"[ \u00a0]*[:\uff1a][ \t\u00a0]+(?=\S)"
STRANGER = re.compile(
    rf"^[ \t]*([^\W\d_](?:[\w.'’ -]{{0,29}}[\w.'’-])?){COLON}", re.MULTILINE
)  # though nobody listed it
STAMPED = re.compile(r"^(?P<speaker>\S.*?)(?P<gap>\s+)(?P<time>(?:\d+:)?\d{1,2}:\d{2})$")
TIMED = re.compile(r"^(?P<time>\d+:\d+:\d+)[.,]?\d*\s+-->\s+\d")
CLOCKS = re.compile(r"^[ \t]*(\d[\d:]*)(?:[.,](\d+))?[ \t]*(?:-+>|→)[ \t]*(\d[\d:]*)(?:[.,](\d+))?", re.MULTILINE)
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>(.*?)(?=</v>|<v[\s.]|$)", re.DOTALL)
TAG = re.compile(r"</?(?:[bciuv]|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\an?\d\}", re.IGNORECASE)
# what damaged files let escape from the libraries
BROKEN = (ValueError, LookupError, OSError, AttributeError, TypeError, SyntaxError, RecursionError, EOFError)
DAMAGE = (*BROKEN, RuntimeError, zipfile.BadZipFile, zlib.error)
UNSHOWN = {"pPr", "rPr", "sectPr", "tblPr", "tcPr", "del", "moveFrom"}
WHITE = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
UNSAID = {"tracked-changes", "annotation", "note", "deletion"}


class Said(NamedTuple):
    """Words of one speaker ('' for whoever spoke last), and the seconds at which they begin, where the file says so."""

    speaker: str
    words: str
    time: float | None = None


def captions(path: Path, text: str, file: str, known: Collection[str]) -> Iterator[Said]:
    """Yield every voice of every cue of a `.vtt` or `.srt` file, in order.

    A cue marks its voices with tags (Teams), or names them before a colon, one a line (Zoom).
    """
    kind = "SubRip" if path.suffix.lower() == ".srt" else "WebVTT"
    point = "," if kind == "SubRip" else "."  # webvtt-py skips a cue with the other, with another arrow or without any
    text = CLOCKS.sub(lambda m: f"{m[1]}{point}{m[2] or '000'} --> {m[3]}{point}{m[4] or '000'}", text)
    try:
        made = webvtt.from_buffer(text.split("\n"), format="srt") if kind == "SubRip" else webvtt.from_string(text)
        cues = made.captions
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError, *DAMAGE):
        raise StudyError([Fault(file, 0, f"is not a {kind} file", "export the captions again")]) from None
    if kind == "SubRip" and not cues:
        raise StudyError([Fault(file, 0, f"is not a {kind} file", "export the captions again")])
    label = label_of("\n".join(TAG.sub("", cue.raw_text) for cue in cues), known)
    for cue in cues:
        start = seconds(cue.start)
        if voices := VOICE.findall(cue.raw_text):
            for speaker, words in voices:
                yield Said(html.unescape(speaker).strip(), html.unescape(TAG.sub("", words)), start)
        else:
            for speaker, words in _parted(TAG.sub("", cue.raw_text), label):
                yield Said(speaker, html.unescape(words), start)


def paragraphs(lines: Iterable[str], known: Collection[str]) -> Iterator[Said]:
    """Yield what paragraphs hold under the speaker named last: `label   m:ss`, `label: words`, or times and a label."""
    given = [line for text in lines for line in map(str.strip, text.split("\n")) if line]
    names = label_of("\n".join(given), known)
    speaker, time, named = "", None, False
    for line in given:
        stamped = STAMPED.match(line) if ":" in line[-6:] and line[-1].isdigit() else None
        timed = TIMED.match(line) if line[0].isdigit() else None
        label = names.match(line)
        if stamped and (stamped["speaker"] in known or len(stamped["gap"]) > 1 or _name_like(stamped["speaker"], 1)):
            speaker, time = stamped["speaker"].strip(), seconds(stamped["time"])
        elif timed:
            time, named = seconds(timed["time"]), True
            continue
        elif label:
            speaker = label[1]
            yield Said(speaker, line[label.end() :], time)
            time = None
        elif named and line in known:
            speaker = line
        else:
            yield Said(speaker, line, time)
            time = None
        named = False


def label_of(text: str, known: Collection[str]) -> re.Pattern[str]:
    r"""Return what finds the labels of a text: of everybody listed, and of whoever else seems to be named there.

    >>> label_of("Elodie: Yes.\\nWe said: no.\\nHart, Jo: No.", ["Hart, Jo"]).findall("Elodie: Yes.\\nWe said: no.")
    ['Elodie']
    """
    often = Counter(STRANGER.findall(text))
    names = [*known, *(name for name, times in often.items() if _name_like(name, times))]
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
    return re.compile(rf"^[ \t]*({either}){COLON}", re.MULTILINE)


def _name_like(label: str, times: int) -> bool:
    """A label that comes back, or whose words all begin as names do: somebody forgotten or mistyped."""
    capitals = [word[0] == word[0].upper() for word in label.split()]
    return capitals[0] and (times > 1 or (len(capitals) < 4 and all(capitals)))


def document_lines(path: Path, file: str) -> list[str]:
    """Return the paragraphs of a `.docx`, `.odt` or `.rtf` file in order, those of tables included."""
    suffix = path.suffix.lower()
    read = {".docx": _word, ".odt": _open_document, ".rtf": _rich_text}[suffix]
    kind = {".docx": "Word", ".odt": "OpenDocument", ".rtf": "RTF"}[suffix]
    try:
        return list(read(path))
    except (*DAMAGE, LxmlError):
        raise StudyError([Fault(file, 0, f"cannot be read as {_a(kind)} file", f"save it as {suffix} again")]) from None


def seconds(clock: str) -> float:
    """Return the seconds of a clock such as 3, 1:02 or 1:02:03.

    >>> seconds("1:02:03")
    3723.0
    """
    total = 0.0
    for part in clock.split(":"):
        total = total * 60 + float(part)
    return total


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'OR' else 'a'} {kind}"


def _parted(text: str, label: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Part the text of a cue where a line begins with a label."""
    marks = list(label.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        yield "", text[: marks[0].start()] if marks else text
    ends = [*(match.start() for match in marks[1:]), len(text)]
    for match, end in zip(marks, ends, strict=False):
        yield match.group(1), text[match.end() : end]


def _word(path: Path) -> Iterator[str]:
    import docx

    yield from _blocks(docx.Document(str(path)).element.body)


def _blocks(element: Any) -> Iterator[str]:
    """The paragraphs below an element of a Word file, those of tables, content controls and text boxes included."""
    for child in element:
        name = _local(child)
        if name == "p":
            yield "".join(_written(child))
            if next(child.iter("{*}txbxContent"), None) is not None:
                yield from _blocks(child)
        elif name not in UNSHOWN:
            yield from _blocks(child)
            if name == "Choice":  # the same in another form follows
                break


def _written(element: Any) -> Iterator[str]:
    """The text of a Word paragraph; insertions under review count, text boxes are paragraphs of their own."""
    for child in element:
        name = _local(child)
        if name == "t":
            yield child.text or ""
        elif name in WHITE:
            yield WHITE[name]
        elif name not in UNSHOWN and name != "txbxContent":
            yield from _written(child)
            if name == "Choice":
                break


def _open_document(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        root: Element = fromstring(archive.read("content.xml"), forbid_dtd=True)
    stack = [root]
    while stack:
        element = stack.pop()
        name = _local(element)
        if name in {"p", "h"}:
            yield "".join(_letters(element))
        elif name not in UNSAID:
            stack += reversed(element)


def _letters(element: Element) -> Iterator[str]:
    """The text of an OpenDocument paragraph, in which spaces, tabs and line breaks are elements."""
    yield element.text or ""
    for child in element:
        name = _local(child)
        if name == "s":
            count = next((value for key, value in child.attrib.items() if key.endswith("}c")), "1")
            yield " " * min(int(count), 100)
        elif name in {"tab", "line-break"}:
            yield "   " if name == "tab" else "\n"
        elif name == "p":  # of a text box in the paragraph
            yield "\n"
            yield from _letters(child)
            yield "\n"
        elif name not in UNSAID:
            yield from _letters(child)
        yield child.tail or ""


def _local(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _rich_text(path: Path) -> Iterator[str]:
    text = path.read_bytes().decode("cp1252", errors="replace")
    if not text.lstrip().startswith("{\\rtf"):
        raise ValueError
    plain: str = rtf_to_text(text, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]
    whole = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # an emoji is written in halves
    yield from whole.split("\n")
