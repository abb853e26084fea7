"""The paragraphs of files of word processors (`.docx`, `.odt`, `.rtf`), and the words that stand beside them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from defusedxml.ElementTree import fromstring

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.documents_rtf import COMMENTS, EDGES, HIDDEN, NOTES, rich_text
from buddy_eval.read.spoken import DAMAGE
from buddy_eval.read.table_rows import Row

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

UNSHOWN = {"pPr", "rPr", "sectPr", "tblPr", "tblPrEx", "trPr", "tcPr", "del", "moveFrom"}
WHITE = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
UNSAID = {"tracked-changes", "annotation", "note", "deletion", "title", "desc"}
PARTS = {"footnotes": NOTES, "endnotes": NOTES, "comments": COMMENTS, "header": EDGES, "footer": EDGES}
GROUPS = {"table-header-rows", "table-rows", "table-row-group"}
ELEMENTS = {"note-body": NOTES, "annotation": COMMENTS}
ELEMENTS |= {f"{edge}{kind}": EDGES for edge in ("header", "footer") for kind in ("", "-left", "-first")}
KINDS = {".docx": "a Word", ".odt": "an OpenDocument", ".rtf": "an RTF"}
Aside = dict[str, tuple[str, ...]]


def document(path: Path, file: str) -> tuple[list[str], Aside]:
    """Return the paragraphs of a file in order, a row of a table as one, and the words of notes, comments and edges.

    Cells are parted by tabs, so that a first cell can be a label.

    Raises
    ------
    StudyError : the file cannot be read, or not as surely as in another format.
    """
    from lxml.etree import LxmlError

    suffix = path.suffix.lower()
    try:
        if suffix == ".rtf":
            lines, aside = rich_text(path, file)
        else:
            lines, aside = (_word if suffix == ".docx" else _open_document)(path)
    except (*DAMAGE, LxmlError):
        problem, remedy = f"cannot be read as {KINDS[suffix]} file", f"save it as {suffix} again"
        raise StudyError([Fault(file, 0, problem, remedy)]) from None
    return lines, {kind: tuple(words) for kind, words in aside.items() if words}


def _word(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    import docx
    from docx.oxml import parse_xml

    word = docx.Document(str(path))
    aside, hidden = dict[str, list[str]](), list[str]()
    parts = sorted(word.part.package.iter_parts(), key=lambda part: str(part.partname))
    for part in parts:
        kind = re.sub(r"\d*$", "", Path(str(part.partname)).stem)
        if kind in PARTS and str(part.partname).startswith("/word/"):
            words = " ".join(_blocks(parse_xml(part.blob), hidden)).split()
            aside[PARTS[kind]] = aside.get(PARTS[kind], []) + words
    blocks = list(_blocks(word.element.body, hidden))
    return blocks, {**aside, HIDDEN: " ".join(hidden).split()}


def _blocks(element: Any, hidden: list[str]) -> Iterator[str]:
    """The paragraphs below an element of a Word file, those of tables, content controls and text boxes included.

    What is hidden goes into the list.
    """
    number = 0
    for child in element:
        name = _local(child)
        if name == "p":
            boxes: list[Any] = []
            yield "".join(_written(child, boxes, hidden))
            for box in boxes:
                yield from _blocks(box, hidden)
        elif name == "tr":
            number += 1
            cells = [cell for cell in child if _local(cell) not in UNSHOWN]
            merged = [place for place, cell in enumerate(cells) if _goes_on(cell)]
            yield Row.of((_blocks(cell, hidden) for cell in cells), number, merged)
        elif name not in UNSHOWN:
            yield from _blocks(child, hidden)
            if name == "Choice":  # the same in another form follows
                break


def _goes_on(cell: Any) -> bool:
    """Whether a cell of Word, or the one in a content control, is merged with the one above."""
    own = next((each for each in cell.iter() if _local(each) == "tcPr"), ())
    return any(_local(each) == "vMerge" and "restart" not in each.attrib.values() for each in own)


def _vanishes(run: Any) -> bool:
    own = (each for about in run if _local(about) == "rPr" for each in about if _local(each) == "vanish")
    return any(not {"0", "false", "off"} & {*each.attrib.values()} for each in own)


def _written(element: Any, boxes: list[Any], hidden: list[str]) -> Iterator[str]:
    """The text of a Word paragraph; insertions under review count, text boxes are paragraphs of their own."""
    for child in element:
        name = _local(child)
        if name == "t":
            yield child.text or ""
        elif name in WHITE:
            yield WHITE[name]
        elif name == "txbxContent":
            boxes.append(child)
        elif name == "r" and _vanishes(child):
            within: list[Any] = []
            hidden.append("".join(_written(child, within, hidden)))
            for box in within:
                hidden += list(_blocks(box, hidden))
        elif name not in UNSHOWN:
            yield from _written(child, boxes, hidden)
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
    number, spans = 0, dict[int, int]()
    for child in _parts(element):
        name = _local(child)
        if name in {"p", "h"}:
            yield "".join(_letters(child))
        elif name == "table-row":
            number += 1
            yield Row.of(map(_lines, child), number, _covered(child, spans))
        elif name not in UNSAID:
            yield from _lines(child)


def _parts(element: Element) -> Iterator[Element]:
    """What an element of OpenDocument holds; of a table also what stands in its groups of rows, the head or others."""
    for child in element:
        if _local(child) in GROUPS:
            yield from _parts(child)
        else:
            yield child


def _covered(row: Element, spans: dict[int, int]) -> Iterator[int]:
    """The cells of a row that are merged with one above; `spans` holds for how many rows each column still is."""
    above, column = dict(spans), 0
    for at in above:
        spans[at] -= 1
    for place, cell in enumerate(row):
        about = {key.rsplit("}", 1)[-1]: value for key, value in cell.attrib.items()}
        if _local(cell) == "covered-table-cell" and above.get(column, 0) > 0:
            yield place
        rows, columns = (int(about.get(f"number-{each}-spanned", 1)) for each in ("rows", "columns"))
        if rows > 1:
            spans.update(dict.fromkeys(range(column, column + columns), rows - 1))
        column += int(about.get("number-columns-repeated", 1))


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
