"""A study as a REFI-QDA codebook (`.qdc`) or project (`.qdpx`), by the letter of the standard.

Texts with LF and without a mark, offsets in Unicode code points, GUIDs that stay the same from export to export,
parents that no passage can be given, empty containers left out; one selection for every range and coder, with the
coder on the selection and on the coding, since tools read either.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from xml.etree.ElementTree import Element, SubElement, tostring

from buddy_eval.exchange.export.collect import ExportData
from buddy_eval.study.codebook import FLAT

SPACE = uuid.UUID("5b0dd1e5-3c1f-5c59-9f5e-2d1b6c0f7a11")  # a name space of our own for uuid5
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ORIGIN = "buddy_eval"
TYPES = {"Text", "Boolean", "Integer", "Float", "Date", "DateTime"}


def qdc(exported: ExportData) -> bytes:
    """Return the codebook: themes as parents, codes with their definitions."""
    root = Element("CodeBook", {"xmlns": "urn:QDA-XML:codebook:1.0", "origin": ORIGIN})
    _codes(root, exported)
    return _bytes(root)


def qdpx(exported: ExportData) -> bytes:
    """Return the project as an archive: `project.qde` and a text file a source."""
    files = {"project.qde": _bytes(_project(exported))}
    files |= {f"sources/{_source_guid(exported, name)}.txt": text.encode() for name, text in exported.texts.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def guid(kind: str, *names: object) -> str:
    """Return the GUID of a thing by its kind and names: the same thing, the same GUID.

    >>> guid("code", "CB1") == guid("code", "CB1") != guid("user", "CB1")
    True
    """
    return str(uuid.uuid5(SPACE, "\0".join((kind, *map(str, names)))))


def _project(exported: ExportData) -> Element:
    root = Element("Project", {"xmlns": "urn:QDA-XML:project:1.0", "name": _plain(exported.title), "origin": ORIGIN})
    coders = sorted(set(exported.passages["coder"]))
    if coders:
        users = SubElement(root, "Users")
        for coder in coders:
            SubElement(users, "User", {"guid": guid("user", coder), "name": _plain(coder)})
    _codes(SubElement(root, "CodeBook"), exported)
    _variables(root, exported)
    _cases(root, exported)
    notes: dict[str, str] = {}
    if exported.texts:
        sources = SubElement(root, "Sources")
        for name in exported.texts:
            _source(sources, exported, name, notes)
    if notes:
        holder = SubElement(root, "Notes")
        for key, memo in notes.items():
            note = SubElement(holder, "Note", {"guid": key, "name": "memo"})
            SubElement(note, "PlainTextContent").text = _plain(memo)
    return root


def _codes(parent: Element, exported: ExportData) -> None:
    """The tree of codes; a code that bears its theme's name is the theme itself, which passages can be given then."""
    codes = SubElement(parent, "Codes")
    labels = dict(zip(exported.themes["theme"], exported.themes["label"], strict=True))
    own = exported.codes[exported.codes["name"] == exported.codes["theme"].map(labels)].drop_duplicates("theme")
    itself = dict(zip(own["theme"], own["code"], strict=True))
    elements = dict[str, Element]()
    themes = exported.themes.sort_values("position")[["theme", "label", "definition"]]
    for theme, label, text in themes.itertuples(index=False, name=None):
        key = itself.get(theme, f"theme {theme}")
        if theme == FLAT and not text:
            continue  # stands in a draft for a project without a tree
        elements[f"theme {theme}"] = elements[key] = _code(codes, key, label, text, codable=theme in itself)
    below = exported.codes[~exported.codes["code"].isin(own["code"])].sort_values("position")  # parents first
    columns = below[["theme", "parent", "code", "label", "description"]]
    for theme, above, code, label, text in columns.itertuples(index=False, name=None):
        holder = elements.get(str(above)) if isinstance(above, str) else elements.get(f"theme {theme}")
        path, _, last = label.rpartition(" / ")  # told apart from another by its place, which the tree itself says
        label = last if holder is not None and path.rpartition(" / ")[2] == holder.get("name") else label
        elements[code] = _code(codes if holder is None else holder, code, label, text, codable=True)


def _code(parent: Element, key: str, name: str, description: str, *, codable: bool) -> Element:
    about = {"guid": guid("code", key), "name": _plain(name), "isCodable": str(codable).lower()}
    element = SubElement(parent, "Code", about)
    if description:
        SubElement(element, "Description").text = _plain(description)
    return element


def _variables(root: Element, exported: ExportData) -> None:
    named = exported.attributes[exported.attributes["variable"] != ""].drop_duplicates("variable")
    if len(named):
        holder = SubElement(root, "Variables")
        for variable, kind in zip(named["variable"], named["type"], strict=True):
            about = {"guid": guid("variable", variable), "name": _plain(variable), "typeOfVariable": _type(kind)}
            SubElement(holder, "Variable", about)


def _cases(root: Element, exported: ExportData) -> None:
    of_cases = exported.attributes[exported.attributes["owner"] == "case"]
    names = sorted({*of_cases["name"], *(case for case, _ in exported.members)})
    holder = SubElement(root, "Cases") if names else root
    for name in names:
        case = SubElement(holder, "Case", {"guid": guid("case", exported.title, name), "name": _plain(name)})
        _values(case, exported, "case", name)
        for source in sorted({source for owner, source in exported.members if owner == name}):
            SubElement(case, "SourceRef", {"targetGUID": _source_guid(exported, source)})


def _values(parent: Element, exported: ExportData, owner: str, name: str) -> None:
    rows = exported.attributes
    mine = rows[(rows["owner"] == owner) & (rows["name"] == name) & (rows["variable"] != "")]
    kinds = rows.drop_duplicates("variable").set_index("variable")["type"]
    for variable, text in zip(mine["variable"], mine["value"], strict=True):
        value = SubElement(parent, "VariableValue")
        SubElement(value, "VariableRef", {"targetGUID": guid("variable", variable)})
        if isinstance(text, str):
            SubElement(value, f"{_type(kinds[variable])}Value").text = _plain(text)


def _source(parent: Element, exported: ExportData, name: str, notes: dict[str, str]) -> None:
    key = _source_guid(exported, name)
    about = {"guid": key, "name": _plain(name), "plainTextPath": f"internal://{key}.txt"}
    source = SubElement(parent, "TextSource", about)
    mine = exported.passages[exported.passages["source_id"] == name]
    for (start, end, coder), rows in mine.groupby(["start", "end", "coder"], sort=True):
        place = (exported.title, name, start, end, coder)
        by = {"creatingUser": guid("user", coder)}
        about = {"guid": guid("selection", *place), "startPosition": str(start), "endPosition": str(end), **by}
        selection = SubElement(source, "PlainTextSelection", about)
        for row in rows.itertuples():
            coding = SubElement(selection, "Coding", {"guid": guid("coding", *place, row.code), **by})
            SubElement(coding, "CodeRef", {"targetGUID": guid("code", row.code)})
            if isinstance(row.memo, str) and row.memo:
                note = guid("note", *place, row.code)
                notes[note] = row.memo
                SubElement(coding, "NoteRef", {"targetGUID": note})
    _values(source, exported, "source", name)


def _source_guid(exported: ExportData, name: str) -> str:
    return guid("source", exported.title, name)


def _type(kind: str) -> str:
    return kind if kind in TYPES else "Text"


def _plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return UNPRINTABLE.sub("", text)


def _bytes(root: Element) -> bytes:
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data
