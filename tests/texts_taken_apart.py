"""Well-formed transcripts and projects taken apart on purpose, and what of their words came out, counted in the bytes.

Every word is a mark of its own (`w00012x`, `w10013x`: the figure after w says whose it is), so that what a file holds
is counted in its bytes, whatever became of its form. Marks that begin with h are shown to nobody.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import held
from buddy_eval.base.errors import StudyError
from buddy_eval.read.refi import read_refi
from buddy_eval.read.transcripts import read_transcript

PEOPLE = ("Interviewer", "Hart, Jo")
MARK = re.compile(r"w\d{5}x")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
LAYOUTS: tuple[str, ...] = (
    "{}: {}",
    "{}:{}",
    "{}:\n{}",
    "{}\t{}",
    "{} 0:03\n{}",
    "{}   00:00:03\n{}",
    "[00:03] {}: {}",
    "{} (0:03): {}",
)
LAYOUTS += (
    "  {}: {}",
    "{}\u00a0: {}",
    "{}\uff1a {}",
    "{}\n{}",
    "00:03 {}\n{}",
    "**{}:** {}",
    "{} - {}",
    "0:0:3.0 --> 0:0:5.0\n{}\n{}",
)
STAMPS: tuple[str, ...] = (
    "00:00:0{}.000 --> 00:00:0{}.900",
    "00:0{}.000 --> 00:0{}.900",
    "00:00:0{},000 --> 00:00:0{},900",
)
STAMPS += (
    "0{} --> 0{}",
    "00:00:0{} -> 00:00:0{}",
    "0:0:{}.0 --> 0:0:{}.9",
    "75:08:00:00:0{} --> 00:0{}",
    "00:0{}.000 \u2192 00:0{}.900",
)
FORMATS = ("txt", "vtt", "srt", "docx", "odt", "rtf", "qdpx")
Turn = tuple[int, str]


@dataclass(frozen=True)
class Outcome:
    """What became of one file: read or refused, words lost or in turns twice, words in another mouth."""

    read: bool
    lost: int = 0
    twice: int = 0
    elsewhere: int = 0


def turns(chance: random.Random) -> list[Turn]:
    """Some turns of two people who take turns, each of a few marks."""
    number = iter(range(10_000))
    count = chance.randint(4, 8)
    return [(n % 2, " ".join(f"w{n % 2}{next(number):04}x" for _ in range(chance.randint(1, 9)))) for n in range(count)]


def labelled(said: list[Turn], chance: random.Random) -> tuple[str, bool]:
    """Turns as text in some layout; whether every label still stands before its words."""
    layout = chance.choice(LAYOUTS)
    lines, whole = list[str](), True
    for who, words in said:
        kind, name = chance.random(), PEOPLE[who]
        if kind < 0.04:
            lines, whole = [*lines, words], False
        elif kind < 0.08:
            lines, whole = [*lines, layout.format(name[:-1] + chance.choice("aeiou"), words)], False
        elif kind < 0.12:
            lines.append(layout.format(name, words.replace(" ", "\n", 1)))
        elif kind < 0.16:
            lines.append(chance.choice(LAYOUTS).format(name, words))
            whole = whole and kind < 0.12
        else:
            lines.append(layout.format(name, words))
    if chance.random() < 0.2:
        lines.insert(0, "w90000x w90001x")
    return chance.choice(("\n", "\n\n")).join(lines), whole


def encoded(text: str, chance: random.Random) -> bytes:
    """A text in some encoding, with some ends of lines."""
    text = text.replace("\n", chance.choice(("\n", "\n", "\r\n", "\r")))
    encoding = chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode()


def captions(said: list[Turn], chance: random.Random, kind: str) -> tuple[bytes, bool]:
    """Turns as captions: stamps, cues, voices, blank lines, notes and rolling lines changed here and there."""
    blocks, whole, before = [], True, ""
    voices, rolls = kind == "vtt" and chance.random() < 0.5, chance.random() < 0.15
    for n, (who, words) in enumerate(said):
        stamp = (
            chance.choice(STAMPS).format(n, n) if chance.random() < 0.3 else STAMPS[2 * (kind == "srt")].format(n, n)
        )
        line = f"<v {PEOPLE[who]}>{words}</v>" if voices else f"{PEOPLE[who]}: {words}"
        odd = chance.random()
        if odd < 0.05:
            line, whole = words, False
        elif odd < 0.1:
            line = line.replace("</v>", "")
        elif odd < 0.15:
            line = (
                line.replace(" w", " <c>w", 1).replace("x", "x</c>", 1)
                if "<c>" in line
                else line.replace(" w", "\nw", 1)
            )
        elif odd < 0.2:
            line = line.replace(" w", "\n\nw", 1)
        head = f"{n + 1}\n" if kind == "srt" or chance.random() < 0.3 else ""
        settings = " align:start position:0%" * (chance.random() < 0.2)
        block = f"{head}{stamp}{settings}\n{before if rolls else ''}{line}"
        before = f"{line}\n"
        blocks.append(block if chance.random() > 0.04 else block.replace(f"{stamp}{settings}\n", ""))
        if kind == "vtt" and chance.random() < 0.05:
            blocks.append("NOTE h00000x")
    # a line alone above a stamp is by the standard the name of a cue, so no blank line stands in cues that run together
    gap = "\n" if chance.random() < 0.04 and not any("\n\n" in block for block in blocks) else "\n\n"
    text = "WEBVTT\n\n" * (kind == "vtt" and chance.random() > 0.03) + gap.join(blocks) + "\n"
    return encoded(text, chance), whole


def word(text: str, chance: random.Random) -> bytes:
    """Paragraphs as a Word file: some in tables, boxes, controls or under review; notes, comments, heads beside."""
    body, number = "", iter(range(9000, 9999))
    for line in text.split("\n"):
        run = f"<w:r><w:t>{line}</w:t></w:r>".replace("\t", "</w:t><w:tab/><w:t>")
        more, place = f"w9{next(number):04}x", chance.random()
        place = place if MARK.search(line) else max(place, 0.2)  # no words are run into a label that stands alone
        aside = f"<w:r><w:t>{more}</w:t></w:r>"
        box = f"<w:txbxContent><w:p>{aside}</w:p></w:txbxContent>"
        body += {
            0: f"<w:tbl><w:tr><w:trPr/><w:tc><w:p>{run}</w:p></w:tc></w:tr></w:tbl>",
            1: f"<w:sdt><w:sdtContent><w:p>{run}</w:p></w:sdtContent></w:sdt>",
            2: f"<w:p>{run}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
            "</mc:AlternateContent></w:r></w:p>",
            3: f"<w:p>{run}<w:del><w:r><w:delText>h00000x</w:delText></w:r></w:del></w:p>",
            4: f"<w:p><w:ins>{run}</w:ins></w:p>",
            5: f"<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>{run}<w:moveFrom><w:r><w:t>h00001x</w:t></w:r>"
            "</w:moveFrom></w:p>",
            6: f"<w:p><w:smartTag>{run}</w:smartTag><w:hyperlink>{aside}</w:hyperlink></w:p>",
            7: f"<w:p>{run}<w:r><w:br/></w:r>{aside}</w:p>",
        }.get(int(place * 40), f"<w:p>{run}</w:p>")
    parts = {"word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>".encode()}
    return _joined(held.document(["x"]), parts)


def opened(text: str, chance: random.Random) -> bytes:
    """Paragraphs as an OpenDocument file, with notes, comments, boxes and page heads here and there."""
    with zipfile.ZipFile(io.BytesIO(held.open_document(text.split("\n")))) as archive:
        content = archive.read("content.xml").decode().replace("Deleted", "h00000x").replace("\t", "<text:tab/>")
    aside = {
        "note": "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>w99001x</text:p>"
        "</text:note-body></text:note>",
        "comment": "<office:annotation><text:p>w99002x</text:p></office:annotation>",
        "box": "<text:text-box><text:p>w99003x</text:p></text:text-box>",
        "span": "<text:span>w99004x</text:span>",
    }[chance.choice(("note", "comment", "box", "span"))]
    cut = content.rindex("</text:p>")
    content = content[:cut] + " " + aside + content[cut:] if chance.random() < 0.3 else content
    head = "<style:header><text:p>w99005x</text:p></style:header>" * (chance.random() < 0.2)
    names = 'xmlns:o="urn:o" xmlns:style="urn:s" xmlns:text="urn:t"'
    styles = f"<o:d {names}><style:master-page>{head}</style:master-page></o:d>"
    return held.archive({"content.xml": content.encode(), "styles.xml": styles.encode()})


def rich(text: str, chance: random.Random) -> bytes:
    """Paragraphs as an RTF file, with notes, page heads, rows, boxes and deletions here and there."""
    lines = []
    for line in text.split("\n"):
        plain = "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in line).replace("\t", "\\tab ")
        odd = int(chance.random() * 40)
        forms = {
            0: "{}{{\\footnote w99001x}}\\par", 1: "\\trowd {}\\cell\\row", 2: "{{\\header w99002x}}{}\\par",
            3: "{}{{\\*\\annotation w99003x}}\\par", 4: "{}{{\\deleted h00000x}}\\par", 5: "{{\\b {}}}\\line\\par",
            6: "{}{{\\shp{{\\*\\shpinst{{\\sp{{\\sn a}}{{\\sv 1}}}}{{\\shptxt w99004x\\par}}}}}}\\par",
        }  # fmt: skip
        lines.append(forms.get(odd, "{}\\par").format(plain))
    fonts = "{\\fonttbl{\\f0\\fcharset0 Arial;}}{\\info{\\author h00001x}}"
    return ("{\\rtf1\\ansi\\ansicpg1252" + fonts + "\n".join(lines) + "}").encode("cp1252")


def _joined(archive: bytes, parts: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        return held.archive({name: parts.get(name, old.read(name)) for name in old.namelist()})


def project(text: str, chance: random.Random) -> bytes:
    """A REFI-QDA project of a tool by lot, its passages those of some words; a file or a GUID may be spoilt."""
    tool = chance.choice(held.TOOLS)
    marks = MARK.findall(text)
    data = held.project(tool, text=text, passages=sorted(chance.sample(marks, min(4, len(marks))), key=marks.index))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    odd, name = chance.random(), next(iter(parts))
    if odd < 0.1:
        parts = {key.replace("Sources/", "sources/").replace("t.txt", "T.txt"): value for key, value in parts.items()}
    elif odd < 0.2:
        parts[name] = parts[name].replace(b'startPosition="', b'startPosition="9', 1)
    elif odd < 0.3:
        parts[name] = parts[name].replace(b"internal://T.TXT", b"T.TXT").replace(b"<CodeBook>", b"<CodeBook><!-- h -->")
    elif odd < 0.4:
        parts[name] = parts[name].replace(b"<Coding guid", b"<Coding id", 1)
    return held.archive(parts)


def files(form: str, n: int, seed: int = 20261126) -> Iterator[tuple[bytes, bool]]:
    """`n` files of a format, and whether each still says of every word who says it."""
    chance = random.Random(f"{seed} {form}")
    for _ in range(n):
        said = turns(chance)
        if form in {"vtt", "srt"}:
            yield captions(said, chance, form)
            continue
        text, whole = labelled(said, chance)
        makers: dict[str, Callable[[str, random.Random], bytes]] = {
            "txt": encoded, "docx": word, "odt": opened, "rtf": rich, "qdpx": project}  # fmt: skip
        yield makers[form](text, chance), whole


def held_marks(data: bytes) -> Counter[str]:
    """The marks in the bytes of a file or of what it packs, and how often."""
    parts = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
    return Counter(mark for part in parts for mark in MARK.findall(part.replace(b"\0", b"").decode("latin-1")))


def outcome(path: Path, data: bytes) -> Outcome:
    """Read a file and hold what came out against the marks in its bytes."""
    path.write_bytes(data)
    try:
        if path.suffix == ".qdpx":
            made = read_refi(path, path.name)
            told = Counter(MARK.findall("\n".join(made.texts.values())))
            placed = int(made.codings["start"].notna().sum())
            named = sum(
                int(line["n"]) for line in made.log if line["item"] == "codings" and line["action"] == "left out"
            )
            return _held(told, data, len(made.codings) - placed - named)
        transcript = read_transcript(path, path.name, PEOPLE)
    except StudyError:
        return Outcome(False)
    spoken = [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]
    told = Counter(mark for _, words in spoken for mark in MARK.findall(words))
    apart = Counter(mark for words in transcript.aside.values() for word in words for mark in MARK.findall(word))
    wrong = sum(
        mark[1] in "01" and PEOPLE[int(mark[1])] != who for who, words in spoken for mark in MARK.findall(words)
    )
    return _held(told, data, 0, apart, wrong)


def _held(told: Counter[str], data: bytes, unnamed: int, apart: Counter[str] | None = None, wrong: int = 0) -> Outcome:
    inside, out = held_marks(data), told + (apart or Counter())
    return Outcome(True, len(set(inside) - set(out)) + unnamed, (out - inside).total(), wrong)
