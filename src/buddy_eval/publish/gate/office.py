"""Word, PowerPoint and Excel files: every part of the archive, with what their programs do not show."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import docx
from defusedxml.ElementTree import fromstring as defused
from lxml.etree import XMLParser, fromstring

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import Fault
from buddy_eval.publish.gate.picture import picture_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.text import text_faults, unapproved_faults

FORBIDDEN = {
    r"comments|people\.xml|/threaded": "comments",
    r"thumbnail": "a thumbnail",
    r"embeddings/|\.bin$|vbaProject|activeX": "an embedded file or macro",
    r"docProps/custom\.xml|customXml/": "custom properties",
    r"externalLinks|pivotCache|connections\.xml|queryTable": "data from elsewhere",
}
HIDDEN = {"vanish": "hidden text", "ins": "a tracked change", "del": "a tracked change", "moveFrom": "a tracked change"}
NAMED = {"descr", "title", "name", "alt", "alias", "tag", "author", "initials", "lastModifiedBy", "Target", "comment"}
BLOCKS = {"p", "si", "is", "c", "creator", "lastModifiedBy", "title", "subject", "description", "keywords", "category"}
BLOCKS |= {"Company", "Manager", "HyperlinkBase", "Template", "definedName", "oddHeader", "oddFooter"}


def office_faults(data: bytes, file: str, known: Known, page: frozenset[str] = frozenset()) -> list[Fault]:
    """List everything in an Office file that may not be published, its metadata and hidden parts included."""
    faults: list[Fault] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.comment:
            faults.append(Fault(file, 0, "the archive carries a comment", "write the file anew"))
        for name in archive.namelist():
            content = archive.read(name)
            for pattern, what in FORBIDDEN.items():
                if re.search(pattern, name) and not _empty(content, name):
                    faults.append(Fault(file, 0, f"{name}: {what}", "take it out, or write the file anew"))
            faults += text_faults(name.replace("/", " "), file, "name of a part", known, page)
            if name.endswith((".xml", ".rels")):
                root = _xml(content)
                faults += _part(root, name, file, known, page)
                words = [
                    part.text if _local(part.tag) == "t" else " " for part in root.iter() if part.text or len(part)
                ]
                faults += unapproved_faults("".join(filter(None, words)), f"{file}, {name}", known)
            elif name.endswith((".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf")):
                faults += picture_faults(content, file, name)
    return faults


def _part(root: Any, name: str, file: str, known: Known, page: frozenset[str]) -> Iterator[Fault]:
    for element in root.iter():
        kind, attributes = _local(element.tag), [(_local(key), value) for key, value in element.items()]
        alone = element.text and kind not in {"t", "r"}
        if kind in BLOCKS or (alone and not any(_local(child.tag) in BLOCKS for child in element)):
            yield from text_faults("".join(element.itertext()), file, name, known, page)
        for key, value in attributes:
            if key in NAMED and kind != "font":  # fonts are those of the template
                yield from text_faults(value, file, f"{name}, {key}", known, page)
        yield from _inside(element, kind, dict(attributes), name, file)


def _inside(element: Any, kind: str, values: dict[str, str], name: str, file: str) -> Iterator[Fault]:
    remedy = "take it out, or write the file anew"
    if kind in HIDDEN and "word/" in name and values.get("val") not in {"0", "false"} and "styles" not in name:
        yield Fault(file, 0, f"{name}: {HIDDEN[kind]}", remedy)
    if kind in {"creator", "lastModifiedBy", "Company", "Manager"} and element.text and element.text != "openpyxl":
        yield Fault(file, 0, f"{name}: the property {kind} is filled", "empty it")
    if values.get("TargetMode") == "External" and not values.get("Target", "").startswith(("http://", "https://")):
        yield Fault(file, 0, f"{name}: a link to a local file", "give a public address, or take it out")
    if kind == "docPr" and len(values.get("descr", "").strip()) < 12:
        yield Fault(file, 0, f"{name}: a picture without real alt text", "say what it shows")
    if kind == "f" and "worksheets/" in name:
        yield Fault(file, 0, f"{name}: a formula", "write the value")
    if kind == "sheet" and values.get("state", "visible") != "visible":
        yield Fault(file, 0, f"{name}: a hidden sheet", "show it, or delete it")
    if kind in {"row", "col"} and values.get("hidden") in {"1", "true"}:
        yield Fault(file, 0, f"{name}: a hidden {'row' if kind == 'row' else 'column'}", "show it, or delete it")


def word_form_faults(data: bytes, file: str) -> Iterator[Fault]:
    """What a screen reader needs of a Word file: header rows, headings in order, a language, a title."""
    document = docx.Document(io.BytesIO(data))
    if not document.core_properties.title or not document.core_properties.language:
        yield Fault(file, 0, "properties: no title or no language", f"make it with {CALLED} publish")
    for number, table in enumerate(document.tables, 1):
        if "w:tblHeader" not in table.rows[0]._tr.xml:
            yield Fault(file, 0, f"table {number}: no header row", f"make it with {CALLED} publish")
    before, names = 0, dict[str | None, str]()
    for paragraph in document.paragraphs:
        if (style := paragraph._p.style) not in names:  # to look a style up takes long
            names[style] = paragraph.style.name if paragraph.style else ""
        named = re.fullmatch(r"Heading (\d)", names[style])
        if named:
            level = int(named.group(1))
            if level > before + 1:
                yield Fault(file, 0, f"the heading {paragraph.text[:40]!r} skips a level", "use the level between")
            before = level


def _empty(content: bytes, name: str) -> bool:
    """A part that a template leaves behind: comments without a comment, properties that only say the subtitle."""
    if not re.search(r"(comments|people|custom)\.xml$", name):
        return False
    root = _xml(content)
    return all(part.get("name") == "subtitle" or not ("".join(part.itertext()).strip() or part.attrib) for part in root)


def _xml(content: bytes) -> Any:
    """The root of XML; what declares anything is refused where that stands elsewhere, or for something else."""
    parser = XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    root = fromstring(content, parser)
    return defused(content) if root.getroottree().docinfo.doctype else root


@cache
def _local(name: str) -> str:
    return name.rpartition("}")[2]
