"""A second reading of a sheet's XML that shares nothing with the first: what is filled, and what values do not show.

The library that reads workbooks gives an empty text for an error and for a formula that nobody has calculated.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from itertools import product
from xml.sax.saxutils import unescape

from defusedxml.ElementTree import fromstring

Place = tuple[int, int]
Area = tuple[int, int, int, int]
ANY = rb"(?:\w{1,9}:)?"  # a prefix of a namespace
ROW_OR_CELL = re.compile(
    rb"<" + ANY + rb"(?:row\b([^>]*)>|c\b([^>]*?)(?:/>|>(.*?)</" + ANY + rb"c>))", re.DOTALL
)  # the attributes of a row; or those of a cell, and what is in it
VALUE = re.compile(rb"<" + ANY + rb"v\b[^>]*>([^<]+)<")
WORDS = re.compile(rb"<" + ANY + rb"t\b[^>]*>[^<]")
FORMULA = re.compile(rb"<" + ANY + rb"f\b")
FORMULAS = (b"f>", b' si="')  # the end of a formula, or one that is shared; that it is rare makes it quick to look for
PHONETIC = re.compile(rb"<" + ANY + rb"rPh\b.*?</" + ANY + rb"rPh>", re.DOTALL)
SHARED = re.compile(rb"<" + ANY + rb"si\b[^>]*?(?:/>|>(.*?)</" + ANY + rb"si>)", re.DOTALL)
PLACE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
NUMBER = re.compile(rb'\sr="(\d{1,7})"')
TYPE = re.compile(rb'\st="(\w+)"')
MERGED = re.compile(rb"<" + ANY + rb'mergeCell\b[^>]*\sref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
HIDDEN = rb'\b[^>]*\shidden="(?:1|true)"[^>]*>'
HIDDEN_ROW, HIDDEN_COLUMN = (re.compile(rb"<" + ANY + name + HIDDEN) for name in (rb"row", rb"col"))
SPAN = re.compile(rb'\s(min|max)="(\d{1,5})"')
UNDONE = re.compile(rb'<(?:\w{1,9}:)?calcPr\b[^>]*\sfullCalcOnLoad="(?:1|true)"')
TAG = re.compile(rb"<table:(?:table-|covered-table-)(row|column|cell)\b(?!s)([^>]*)>")  # of OpenDocument
PLAIN = re.compile(rb"<table:table-cell\b([^>]*)><text:p>[^<\s]")
ODD = (b'"error"', b":formula", b"-spanned", b":visibility", b"office:annotation")
ASIDE = re.compile(rb"<(office:annotation|draw:frame|draw:custom-shape)\b.*?</\1>", re.DOTALL)
TIMES = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')
SPANNED = (re.compile(rb'rows-spanned="(\d{1,7})"'), re.compile(rb'columns-spanned="(\d{1,5})"'))
LETTER = re.compile(rb"<text:[^>]*>[^<\s]|</text:span>[^<\s]")
MARKS = re.compile(rb"<[^>]*>")
FEW = 20  # columns; a width that is hidden to the last column of the sheet is no column of the table


@dataclass
class Seen:
    """What the XML of one sheet shows; rows and columns count from 1, an area is top, left, bottom, right."""

    filled: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    uncalculated: list[Place] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0


def seen_in_xlsx(archive: zipfile.ZipFile, part: str, read: int) -> Seen:
    """Look through one sheet of an Excel workbook.

    Where it has as many filled cells as were read (`read`), no error and no formula, cells are counted and no more.
    """
    data = archive.read(part)
    seen = Seen()
    if b"mergeCell" in data:
        seen.merged += [(int(b), number(a), int(d), number(c)) for a, b, c, d in MERGED.findall(data)]
    hides = b" hidden=" in data
    seen.hidden_rows = len(HIDDEN_ROW.findall(data)) if hides else 0
    for tag in HIDDEN_COLUMN.finditer(data) if hides else ():
        span = {name: int(place) for name, place in SPAN.findall(tag[0])}
        seen.hidden_columns += len(range(span.get(b"min", 1), span.get(b"max", 1) + 1)[:FEW])
    values = data.count(b"<v>") - data.count(b"<v></v>") + data.count(b"<is>")
    formulas = any(mark in data for mark in FORMULAS)
    if values != read or formulas or b't="e"' in data:
        undone = formulas and UNDONE.search(archive.read("xl/workbook.xml")) is not None
        _cells(data, seen, _shared(archive), undone=undone)
    return seen


def _cells(data: bytes, seen: Seen, shared: list[bool], *, undone: bool) -> None:
    row = column = 0
    for tag in ROW_OR_CELL.finditer(data):
        if tag[2] is None:
            at = NUMBER.search(tag[1])
            row, column = int(at[1]) if at else row + 1, 0
            continue
        place = PLACE.search(tag[2])
        row, column = (int(place[2]), number(place[1])) if place else (row, column + 1)
        inner, kind = tag[3] or b"", TYPE.search(tag[2])
        value, of = VALUE.search(inner), kind[1] if kind else b"n"
        if of == b"e":
            seen.errors[row, column] = unescape(value[1].decode()) if value else "#N/A"
        elif of == b"inlineStr":
            filled = WORDS.search(PHONETIC.sub(b"", inner)) is not None
            seen.filled |= {(row, column)} if filled else set()
        elif FORMULA.search(inner) and (undone or (not value and of != b"str")):
            seen.uncalculated.append((row, column))
        elif value and (of != b"s" or int(value[1]) >= len(shared) or shared[int(value[1])]):
            seen.filled.add((row, column))


def _shared(archive: zipfile.ZipFile) -> list[bool]:
    """Whether each of the texts that cells share holds anything."""
    part = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"), "")
    texts = SHARED.finditer(archive.read(part)) if part else ()
    return [WORDS.search(PHONETIC.sub(b"", text[1] or b"")) is not None for text in texts]


def part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the part of an Excel workbook that is the sheet of a name, or nothing."""
    names = {name.lower(): name for name in archive.namelist()}
    book = fromstring(archive.read(names.get("xl/workbook.xml", "xl/workbook.xml")), forbid_dtd=True)
    relations = fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]), forbid_dtd=True)
    targets = {tag.get("Id"): tag.get("Target", "") for tag in relations}
    for tag in book.iter():
        if tag.tag.rpartition("}")[2] == "sheet" and tag.get("name") == sheet:
            target = next((targets.get(value, "") for key, value in tag.items() if key.endswith("}id")), "")
            path = target.removeprefix("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            return names.get(path.lower(), "")
    return ""


def seen_in_ods(archive: zipfile.ZipFile, sheet: int, read: int) -> Seen:
    """Look through one sheet of an OpenDocument workbook, by its place; rows and cells may stand for many.

    Where it has as many filled cells as were read (`read`), and nothing odd, cells are counted and no more.
    """
    data = archive.read("content.xml").split(b"<table:table ")[1 + sheet]
    if not any(mark in data for mark in ODD) and (data.count(b"<text:p>") == read or _counted(data) == read):
        return Seen()
    data = ASIDE.sub(b"", data)
    seen, row, column, rows = Seen(), 0, 0, 1
    tags = [*TAG.finditer(data)]
    for tag, end in zip(tags, [*(tag.start() for tag in tags[1:]), len(data)], strict=True):
        kind, attributes = tag[1], tag[2]
        times = int(repeated[1]) if b"repeated" in attributes and (repeated := TIMES.search(attributes)) else 1
        hidden = b"visibility" in attributes and b'visibility="visible"' not in attributes
        if kind == b"row":
            row, column, rows = row + rows, 0, times
            seen.hidden_rows += hidden * min(FEW, times)
        elif kind == b"column":
            seen.hidden_columns += hidden * min(FEW, times)
        else:
            place, column = (row, rows, column + 1, times), column + times
            if b"<text:" in (inside := data[tag.end() : end]) or b"=" in attributes:
                _ods_cell(seen, attributes, inside, place)
    return seen


def _counted(data: bytes) -> int:
    """The cells of one paragraph, with those that stand for many in a row."""
    plain = PLAIN.findall(data)
    more = (int(times[1]) - 1 for attributes in plain if b"-rep" in attributes and (times := TIMES.search(attributes)))
    return len(plain) + sum(more)


def _ods_cell(seen: Seen, attributes: bytes, inside: bytes, place: tuple[int, int, int, int]) -> None:
    row, rows, column, columns = place
    if b"-spanned" in attributes:
        down, across = (int(span[1]) if (span := form.search(attributes)) else 1 for form in SPANNED)
        seen.merged += [(row, column, row + down - 1, column + across - 1)] if down * across > 1 else []
    shown = LETTER.search(inside)
    if not shown and b"table:formula" not in attributes:
        return
    places = product(range(row, row + rows), range(column, column + columns))
    if b'value-type="error"' in attributes:
        text = MARKS.sub(b"", inside).decode(errors="replace")
        seen.errors |= dict.fromkeys(places, unescape(text).strip() or "#N/A")
    elif shown:
        seen.filled |= set(places)
    elif b"value" not in attributes:
        seen.uncalculated += places


def letters(column: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA.

    >>> letters(1), letters(27), number(b"AA")
    ('A', 'AA', 27)
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number(name: bytes) -> int:
    """Return the number of a column by its letters."""
    total = 0
    for letter in name:
        total = total * 26 + letter - 64
    return total
