"""A second reading of what a transcript file shows, by other means than its reader's: no word may be lost or doubled.

Nothing here is imported by the readers or taken from them. They find turns in trees; this finds words in the letters of
a file, and compares.
"""

from __future__ import annotations

import html
import operator
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from unicodedata import normalize

from buddy_eval.base.errors import Fault
from buddy_eval.read.visible_rtf import rich_letters

ARROW = re.compile(r"^\s*\d[\d:.,]*\s*(?:-+>|\u2192)\s*\d")
BLOCKS = re.compile(r"^(?:WEBVTT|NOTE|STYLE|REGION)(?=\s|$)")
VOICE_TAG = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>|</v>")
MARKUP = re.compile(r"</?(?:b|i|u|c|ruby|rt|lang|font)(?=[.\s>])[^>]*>|<\d+:[\d:.]+>|\{\\an?\d\}", re.IGNORECASE)
STAMP = re.compile(r"[\[(]?\d+:\d\d?(?::\d\d?)?(?:[.,]\d+)?[\])]?[:,]?|-+>?|[\u2013\u2014\u2192]")
NOT_SEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MARKS = "*_:\uff1a,-"  # what may stand around a label
WORD_TAG = re.compile(
    r"<(/?)(?:\w+:)?(t|p|r|vanish|tab|br|cr|noBreakHyphen|del|moveFrom|Fallback)(?=[\s/>])([^>]*)>([^<]*)"
)
OPEN_TAG = re.compile(r"<(/?)([\w.-]+):([\w.-]+)([^>]*)>([^<]*)")
OPEN_BREAKS = {"p", "h", "line-break", "tab", "s", "table-cell"}
OLD_LOOK = re.compile(r"<((?:\w+:)?rPrChange)\b.*?</\1>", re.DOTALL)
OFF = re.compile(r"""val=["'](?:0|false|off)""")
DELETED = {"del", "moveFrom", "Fallback"}
BESIDE = re.compile(r"word/(?:footnotes|endnotes|comments|header\d*|footer\d*)\.xml")


def visible_letters(path: Path) -> str:
    """Return what somebody sees who opens a transcript, in order.

    Captions: all but stamps, numbers of cues, settings, notes and marks. Documents: the body with tables, text boxes
    and content controls, an alternative once, insertions under review but nothing deleted; then footnotes, comments,
    page heads and feet.
    """
    suffix = path.suffix.lower()
    if suffix in {".vtt", ".srt"}:
        return "\n".join(_captioned(_letters(path)))
    if suffix == ".rtf":
        return rich_letters(path.read_bytes())
    if suffix not in {".docx", ".odt"}:
        return _letters(path)
    with zipfile.ZipFile(path) as archive:
        if suffix == ".odt":
            parts = [_opened(archive.read("content.xml"), whole=True)]
            parts += [_opened(archive.read("styles.xml"), whole=False)] if "styles.xml" in archive.namelist() else []
        else:
            names = [_main_part(archive), *sorted(filter(BESIDE.fullmatch, archive.namelist()))]
            parts = [_worded(archive.read(name)) for name in names]
    return html.unescape("\n".join(parts))


def unaccounted(
    shown: str, text: str, spans: Sequence[tuple[int, int]], aside: Sequence[str], labels: Collection[str], file: str
) -> list[Fault]:
    """Return the faults of words that a file shows and its turns lack, or the other way round; never the words.

    `spans` are the turns within `text`, `aside` the words left out by name. What else the file shows can only be
    labels, times and numbers of rows.

    >>> unaccounted("P1: It went well.", "P1: It went well.", [(4, 17)], [], ["P1"], "a.txt")
    []
    >>> [fault.problem for fault in unaccounted("P1: It went well.", "It well.", [(0, 8)], [], ["P1"], "a.txt")]
    ['words of the file that are in no turn: 1, the first is its word 3']
    """
    names = {"", *(word.strip(MARKS) for label in labels for word in label.split())}
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    told, within = list(aside), all(map(operator.le, ends, starts))
    if within and (shown == text or _lines(shown) == _lines(text) or shown.split() == text.split()):
        left = "\n".join(map(text.__getitem__, map(slice, ends, starts)))  # then what lies between turns is the rest
    else:
        left = shown
        told += "\n".join(text[start:end] for start, end in spans).split()
    seen = left.split()
    if [word for word in seen if word.strip(MARKS) not in names] == told:
        return []
    shown, left, *labels = map(_bare, (shown, left, *labels))
    told = [word for word in map(_bare, told) if word]
    names = {"", *(word.strip(MARKS) for label in labels for word in label.split())}
    seen = _parted(left, labels)
    lost = Counter(seen) - Counter(told)
    lost = Counter({w: n for w, n in lost.items() if w.strip(MARKS) not in names and not STAMP.fullmatch(w)})
    rows = sorted(int(word) for word in lost if word.isascii() and word.isdigit() and len(word) < 6)
    if len(rows) > 1 and rows == list(range(rows[0], rows[0] + len(rows))):
        lost -= Counter(map(str, rows))
    twice = Counter(told) - Counter(seen)
    faults = []
    if n := lost.total():
        problem = (
            f"words of the file that are in no turn: {n}, the first is its word {_first(shown.split(), told, lost)}"
        )
        faults.append(Fault(file, 0, problem, "give each turn a label that is listed, or export the file again"))
    if n := twice.total():
        both = set(told)
        place = _first(told, [word for word in seen if word in both], twice)
        problem = f"words in turns that the file does not show: {n}, the first is word {place}"
        faults.append(Fault(file, 0, problem, "export the file again"))
    return faults


def _lines(text: str) -> list[str]:
    return list(filter(None, map(str.strip, text.split("\n"))))


def _bare(text: str) -> str:
    """A text without the signs that nobody sees, and in one form of its letters: a label may be written in either."""
    return text if text.isascii() else normalize("NFC", NOT_SEEN.sub("", text))


def _parted(shown: str, labels: Collection[str]) -> list[str]:
    """The words of what a file shows, where a label runs into what follows it parted from it."""
    either = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    apart = re.sub(rf"^(\s*(?:{either}))(?:[:\uff1a](?=[^\s\d])|(?=\d))", r"\1: ", shown, flags=re.MULTILINE)
    return apart.split()


def _first(longer: Sequence[str], shorter: Sequence[str], wanted: Collection[str]) -> int:
    """The place (from 1) of the first of the wanted words at which the two part, by walking along both."""
    at = 0
    for place, word in enumerate(longer, 1):
        if at < len(shorter) and word == shorter[at]:
            at += 1
        elif word in wanted:
            return place
    return next((place for place, word in enumerate(longer, 1) if word in wanted), 0)


def _letters(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = data.decode("utf-16")
    elif b"\0" in data[:2]:  # the first letter of UTF-16 without a mark
        text = data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _captioned(text: str) -> Iterator[str]:
    for block in re.split(r"\n[ \t]*\n+", text):
        lines = block.strip("\n").split("\n")
        if BLOCKS.match(lines[0]):
            continue
        stamp = next((place for place, line in enumerate(lines) if ARROW.match(line)), None)
        shown = lines
        if stamp is not None:  # the line before a stamp is the name of the cue, unless it looks like words
            name = lines[max(0, stamp - 1) : stamp]
            loose = [line for line in name if VOICE_TAG.search(line) or len(line.split()) > 3]
            shown = [*lines[: max(0, stamp - 1)], *loose, *lines[stamp + 1 :]]
        if stamp is None and len(lines) == 1 and lines[0].strip().isdigit():
            continue  # the number of a cue without words
        for line in shown:
            if not ARROW.match(line):
                spoken = VOICE_TAG.sub(lambda tag: f" {tag[1] or ''} ", line)
                yield html.unescape(MARKUP.sub("", spoken))


def _main_part(archive: zipfile.ZipFile) -> str:
    """The part that the package calls its document; Word for the web names it document2.xml."""
    for tag in re.findall(r"<Relationship\b[^>]*>", archive.read("_rels/.rels").decode("utf-8", errors="replace")):
        target = re.search(r"""Target=["']/?([^"']+)""", tag)
        if target and re.search(r"""/officeDocument["']""", tag):
            return target[1]
    return "word/document.xml"


def _written(data: bytes) -> str:
    return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig", errors="replace")


def _worded(data: bytes) -> str:
    """The letters of a part of a Word file: what its text elements hold, a line a paragraph, hidden ones after them."""
    shown, hidden, secret = (list[str](), list[str]()), 0, False
    for close, name, more, letters in WORD_TAG.findall(OLD_LOOK.sub("", _written(data))):
        if name in DELETED:
            hidden += 0 if more.endswith("/") else -1 if close else 1
        elif hidden:
            continue
        elif name in {"p", "r", "vanish"}:
            shown[0].append("\n" * (name == "p"))
            shown[1].append("\n" * secret)
            secret = name == "vanish" and not OFF.search(more)
        elif name != "t":
            shown[secret].append("-" if name == "noBreakHyphen" else "\n")
        elif not close:
            shown[secret].append(letters)
    return "".join([*shown[0], "\n", *shown[1]])


def _opened(data: bytes, *, whole: bool) -> str:
    """The letters of a part of an OpenDocument file, notes and comments after them; of styles only heads and feet."""
    shown, hidden, beside = (list[str](), list[str]()), 0, 0
    for close, space, name, more, letters in OPEN_TAG.findall(_written(data)):
        step = 0 if more.endswith("/") else -1 if close else 1
        edge = space == "style" and name.startswith(("header", "footer")) and "-style" not in name
        hidden += step * (name in {"tracked-changes", "note-citation"} or space in {"dc", "svg", "meta"})
        beside += step * (name in {"note", "annotation"} or edge)
        if not hidden:
            shown[beside > 0].extend(("\n" * (name in OPEN_BREAKS), letters))
    return "".join([*(shown[0] if whole else ()), "\n", *shown[1]])
