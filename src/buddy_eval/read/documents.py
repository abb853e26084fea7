"""The paragraphs of files of word processors (`.docx`, `.odt`, `.rtf`), and the words that stand beside them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from defusedxml.ElementTree import fromstring
from striprtf.striprtf import rtf_to_text

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.spoken import DAMAGE
from buddy_eval.read.table_rows import Row

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

UNSHOWN = {"pPr", "rPr", "sectPr", "tblPr", "tblPrEx", "trPr", "tcPr", "del", "moveFrom"}
WHITE = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
UNSAID = {"tracked-changes", "annotation", "note", "deletion", "title", "desc"}
NOTES, COMMENTS, EDGES = "words of footnotes and endnotes", "words of comments", "words of page heads and feet"
PARTS = {"footnotes": NOTES, "endnotes": NOTES, "comments": COMMENTS, "header": EDGES, "footer": EDGES}
ELEMENTS = {"note-body": NOTES, "annotation": COMMENTS}
ELEMENTS |= {f"{edge}{kind}": EDGES for edge in ("header", "footer") for kind in ("", "-left", "-first")}
GROUP = re.compile(r"\{\\(?:\*\\)?(footnote|annotation|(?:header|footer)[lrf]?)(?![a-z])|\\[{}\\]|[{}]")
SHAPE = re.compile(r"\{\\(?:\*\\)?(shp|do)(?![a-z])|\\[{}\\]|[{}]")
BOX = re.compile(r"\{\s*\\(?:\*\\)?(shptxt|dptxbxtext|shprslt)(?![a-z])|\\[{}\\]|[{}]")
PARAGRAPH = re.compile(r"\\par(?![a-z])")
LINKS = re.compile(r"\{\s*\\\*\s*\\fldinst[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")  # the library would write addresses as words
CELL = re.compile(r"\\(?:nest)?cell(?![a-z])")
DELETED = re.compile(r"\\[{}\\]|[{}]|\\deleted0?(?![a-z\d])|\\plain(?![a-z])")
KINDS = {".docx": "a Word", ".odt": "an OpenDocument", ".rtf": "an RTF"}
Aside = dict[str, tuple[str, ...]]


def document(path: Path, file: str) -> tuple[list[str], Aside]:
    """Return the paragraphs of a file in order, a row of a table as one, and the words of notes, comments and edges.

    Cells are parted by tabs, so that a first cell can be a label.

    Raises
    ------
    StudyError : the file cannot be read.
    """
    from lxml.etree import LxmlError

    suffix = path.suffix.lower()
    try:
        lines, aside = {".docx": _word, ".odt": _open_document, ".rtf": _rich_text}[suffix](path)
    except (*DAMAGE, LxmlError):
        problem, remedy = f"cannot be read as {KINDS[suffix]} file", f"save it as {suffix} again"
        raise StudyError([Fault(file, 0, problem, remedy)]) from None
    return lines, {kind: tuple(words) for kind, words in aside.items() if words}


def _word(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    import docx
    from docx.oxml import parse_xml

    word = docx.Document(str(path))
    aside: dict[str, list[str]] = {}
    parts = sorted(word.part.package.iter_parts(), key=lambda part: str(part.partname))
    for part in parts:
        kind = re.sub(r"\d*$", "", Path(str(part.partname)).stem)
        if kind in PARTS and str(part.partname).startswith("/word/"):
            words = " ".join(_blocks(parse_xml(part.blob))).split()
            aside[PARTS[kind]] = aside.get(PARTS[kind], []) + words
    return list(_blocks(word.element.body)), aside


def _blocks(element: Any) -> Iterator[str]:
    """The paragraphs below an element of a Word file, those of tables, content controls and text boxes included."""
    number = 0
    for child in element:
        name = _local(child)
        if name == "p":
            boxes: list[Any] = []
            yield "".join(_written(child, boxes))
            for box in boxes:
                yield from _blocks(box)
        elif name == "tr":
            number += 1
            cells = (_blocks(cell) for cell in child if _local(cell) not in UNSHOWN)
            joins = (each for each in child.iterdescendants() if _local(each) == "vMerge")
            goes_on = any("restart" not in each.attrib.values() for each in joins)
            yield Row.of(cells, number, merged=goes_on)
        elif name not in UNSHOWN:
            yield from _blocks(child)
            if name == "Choice":  # the same in another form follows
                break


def _written(element: Any, boxes: list[Any]) -> Iterator[str]:
    """The text of a Word paragraph; insertions under review count, text boxes are paragraphs of their own."""
    for child in element:
        name = _local(child)
        if name == "t":
            yield child.text or ""
        elif name in WHITE:
            yield WHITE[name]
        elif name == "txbxContent":
            boxes.append(child)
        elif name not in UNSHOWN:
            yield from _written(child, boxes)
            if name == "Choice":
                break


def _open_document(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name) for name in ("content.xml", "styles.xml") if name in archive.namelist()]
    roots: list[Element] = [fromstring(part, forbid_dtd=True) for part in parts]
    aside: dict[str, list[str]] = {}
    for element in (element for root in roots for element in root.iter()):
        if kind := ELEMENTS.get(_local(element)):
            aside[kind] = aside.get(kind, []) + " ".join(_lines(element)).split()
    return list(_lines(roots[0])), aside


def _lines(element: Element) -> Iterator[str]:
    """The paragraphs below an element of OpenDocument; a row of a table is one."""
    number = 0
    for child in element:
        name = _local(child)
        if name in {"p", "h"}:
            yield "".join(_letters(child))
        elif name == "table-row":
            number += 1
            goes_on = any(_local(cell) == "covered-table-cell" for cell in child)
            yield Row.of((_lines(cell) for cell in child), number, merged=goes_on)
        elif name not in UNSAID:
            yield from _lines(child)


def _letters(element: Element) -> Iterator[str]:
    """The text of an OpenDocument paragraph, in which spaces, tabs and line breaks are elements."""
    yield element.text or ""
    for child in element:
        name = _local(child)
        if name == "s":
            count = next((value for key, value in child.attrib.items() if key.endswith("}c")), "1")
            yield " " * min(int(count), 100)
        elif name in {"tab", "line-break"}:
            yield "\t" if name == "tab" else "\n"
        elif name == "p":  # of a text box in the paragraph
            yield "\n"
            yield from _letters(child)
            yield "\n"
        elif name not in UNSAID:
            yield from _letters(child)
        yield child.tail or ""


def _local(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _rich_text(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    text = path.read_bytes().decode("cp1252", errors="replace")
    if not text.lstrip().startswith("{\\rtf"):
        raise ValueError
    text = _undeleted(text)
    head = text[: text.find("{", text.find("{") + 1)]  # code page and what a character of Unicode is followed by
    aside: dict[str, list[str]] = {}
    for word, _, inner, end in _groups(text, GROUP):
        kind = NOTES if word == "footnote" else COMMENTS if word == "annotation" else EDGES
        aside[kind] = aside.get(kind, []) + _plain(f"{head}{text[inner:end]}}}").split()
    return _plain(_unboxed(text)).split("\n"), aside


def _undeleted(text: str) -> str:
    """An RTF text without what was deleted while changes were tracked: nobody says it any more."""
    kept, place, struck, before = list[str](), 0, False, list[bool]()
    depth = 0  # of groups at which what is struck begins
    for match in DELETED.finditer(text):
        was, end = struck, match.end()
        if match[0] == "{":
            before.append(struck)
        elif match[0] == "}":
            struck, end = before.pop() if before else False, match.start()
        elif len(match[0]) > 2:  # no brace or backslash that is written out
            struck = match[0] == "\\deleted"
        if struck and not was:
            kept.append(text[place : match.start()])
            depth = len(before)
        elif was and not struck:
            kept.append("{" * (len(before) - depth))
            place = end
    return "".join(kept) + text[place:] if not struck else "".join(kept) + "}"


def _unboxed(text: str) -> str:
    """An RTF text whose text boxes are paragraphs behind the one that each is anchored in: the library skips them."""
    for _, begin, inner, end in reversed(list(_groups(text, SHAPE))):
        shape, rest = text[inner:end], text[end + 1 :]
        boxes = [shape[first:last] for word, _, first, last in _groups(shape, BOX) if word != "shprslt"]
        paragraph = PARAGRAPH.search(rest)  # in the middle of a paragraph a box would part its words from their label
        at = paragraph.end() if paragraph else rest.rfind("}")
        text = text[:begin] + rest[:at] + "".join(f"{{{box}\\par}}" for box in boxes) + rest[at:]
    return text


def _groups(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, int, int, int]]:
    """The outermost groups of an RTF text that a pattern names: their word, where each begins, its inside, its end."""
    depth, begun = 0, list[tuple[int, str, int, int]]()
    for match in pattern.finditer(text):
        depth += match[0][0] == "{"
        if match[1] and not begun:
            begun.append((depth, match[1], match.start(), match.end()))
        if match[0] == "}":
            if begun and begun[-1][0] == depth:
                yield *begun.pop()[1:], match.start()
            depth -= 1


def _plain(text: str) -> str:
    text = CELL.sub(r"\\tab ", LINKS.sub("", text))
    plain: str = rtf_to_text(text, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # an emoji is written in halves
