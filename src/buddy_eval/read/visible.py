"""A second reading of what a transcript file shows, by other means than its reader's: no word may be lost or doubled.

Nothing here is imported by the readers or taken from them. They find turns; this finds words, and compares.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml.ElementTree import fromstring

from buddy_eval.base.errors import Fault

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ARROW = re.compile(r"^\s*\d[\d:.,]*\s*(?:-+>|\u2192)\s*\d")
BLOCKS = re.compile(r"^(?:WEBVTT|NOTE|STYLE|REGION)(?=\s|$)")
VOICE_TAG = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>|</v>")
MARKUP = re.compile(r"</?(?:b|i|u|c|ruby|rt|lang|font)(?=[.\s>])[^>]*>|<\d+:[\d:.]+>|\{\\an?\d\}", re.IGNORECASE)
STAMP = re.compile(r"[\[(]?\d+:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?:?|-->")
BREAKS = {"p", "br", "cr", "h", "line-break", "tc", "tab", "s", "ptab"}
HIDDEN = {"del", "moveFrom", "tracked-changes", "annotation", "note", "deletion", "delText", "instrText"}
LETTERS = {"t": "", "noBreakHyphen": "-"}


def visible_words(path: Path) -> list[str] | None:
    """Return every word that somebody sees who opens a transcript, in order; None where there is no second reading.

    Captions: all but stamps, numbers of cues, settings, notes and marks. Word and OpenDocument: the body with tables,
    text boxes and content controls, an alternative once; insertions under review, but nothing deleted.
    """
    suffix = path.suffix.lower()
    if suffix in {".vtt", ".srt"}:
        return list(_captioned(_letters(path)))
    if suffix in {".docx", ".odt"}:
        with zipfile.ZipFile(path) as archive:
            part = "content.xml" if suffix == ".odt" else _main_part(archive)
            root: Element = fromstring(archive.read(part), forbid_dtd=True)
        shown = list[str]()
        _show(root, shown, free=suffix == ".odt")
        return "".join(shown).split()
    return _letters(path).split() if suffix == ".txt" else None


def unaccounted(seen: list[str], told: list[str], labels: Collection[str], file: str) -> list[Fault]:
    """Return the fault of words that a file shows and its turns lack, or the other way round; never the words.

    `told` are the words of the turns and of what was left out by name. What else the file shows can only be labels
    and times.

    >>> unaccounted(["P1:", "It", "went", "well."], ["It", "went", "well."], ["P1"], "a.txt")
    []
    >>> [fault.problem for fault in unaccounted(["P1:", "It", "went", "well."], ["It", "well."], ["P1"], "a.txt")]
    ['words of the file that are in no turn: 1, the first is its word 3']
    """
    names = {""}.union(*(label.split() for label in labels))
    marks = {f"{name}:" for name in names}
    if [word for word in seen if word not in marks] == told:  # what most files are, without counting
        return []
    lost = Counter(seen) - Counter(told)
    lost = Counter(
        {word: n for word, n in lost.items() if word.strip("*:\uff1a") not in names and not STAMP.fullmatch(word)}
    )
    twice = Counter(told) - Counter(seen)
    faults = []
    if n := lost.total():
        problem = f"words of the file that are in no turn: {n}, the first is its word {_first(seen, told, lost)}"
        faults.append(Fault(file, 0, problem, "give each turn a label that is listed, or export the file again"))
    if n := twice.total():
        both = set(told)
        place = _first(told, [word for word in seen if word in both], twice)
        problem = f"words in turns that the file does not show: {n}, the first is word {place}"
        faults.append(Fault(file, 0, problem, "export the file again"))
    return faults


def _first(longer: Sequence[str], shorter: Sequence[str], wanted: Collection[str]) -> int:
    """The place (from 1) of the first of the wanted words at which the two part, by walking along both."""
    at = 0
    for place, word in enumerate(longer, 1):
        if at < len(shorter) and word == shorter[at]:
            at += 1
        elif word in wanted:
            return place
    return next(place for place, word in enumerate(longer, 1) if word in wanted)


def _letters(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _captioned(text: str) -> Iterator[str]:
    for block in re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        if BLOCKS.match(lines[0]):
            continue
        stamp = next((place for place, line in enumerate(lines) if ARROW.match(line)), None)
        shown = lines if stamp is None else lines[stamp + 1 :]
        if stamp is None and len(lines) == 1 and lines[0].strip().isdigit():
            continue  # the number of a cue without words
        for line in shown:
            if not ARROW.match(line):
                spoken = VOICE_TAG.sub(lambda tag: f" {tag[1] or ''} ", line)
                yield from html.unescape(MARKUP.sub("", spoken)).split()


def _main_part(archive: zipfile.ZipFile) -> str:
    """The part that the package calls its document; Word for the web names it document2.xml."""
    for tag in re.findall(r"<Relationship\b[^>]*>", archive.read("_rels/.rels").decode("utf-8", errors="replace")):
        target = re.search(r"""Target=["']/?([^"']+)""", tag)
        if target and re.search(r"""/officeDocument["']""", tag):
            return target[1]
    return "word/document.xml"


def _show(element: Element, shown: list[str], *, free: bool) -> None:
    """Add the letters below an element; `free`: text may stand anywhere (OpenDocument), else in text elements alone."""
    name = element.tag.rpartition("}")[2]
    if name in HIDDEN:
        return
    if name in BREAKS:
        shown.append(" ")
    if free or name in LETTERS:
        shown.append(element.text or LETTERS.get(name, ""))
    for child in element[:1] if name == "AlternateContent" else element:
        _show(child, shown, free=free)
        if free:
            shown.append(child.tail or "")
    if name in BREAKS:
        shown.append(" ")
