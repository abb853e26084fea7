"""Sheets that are filled to their last row or column: found before a library makes a cell of every one of them.

A format or formula dragged down a column gives a workbook of some kilobytes seventeen thousand million cells.
"""

from __future__ import annotations

import re
import zipfile

from buddy_eval.read.sheet_xml import TIMES, number

MAX_CELLS = 4_000_000
FILLED = "has a sheet that is filled to its last row or column (delete the empty rows below the data)"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
CELL = re.compile(rb'<(?:\w{1,9}:)?c\b[^>]{0,200}?\sr="([A-Z]{1,3})(\d{1,7})"')
ODS_CELL = re.compile(rb"<table:table-cell\b([^>]{0,500})")
CHUNK = 4_000_000


def overfull(archive: zipfile.ZipFile) -> str:
    """Return what is wrong with a workbook whose sheets would have more than four million cells, else nothing."""
    for member in archive.infolist():
        name = member.filename.lower()
        if name.startswith("xl/worksheets/") and name.endswith(".xml") and _xlsx_cells(archive, member) > MAX_CELLS:
            return FILLED
        if name == "content.xml" and _ods_cells(archive.read(member)) > MAX_CELLS:
            return FILLED
    return ""


def _xlsx_cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """The area from the first cell to the furthest that a sheet names, read in pieces."""
    last_row, last_column, rest = 0, 0, b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            data = rest + chunk
            named = CELL.findall(data)
            if named:
                last_row = max(last_row, *map(int, {row for _, row in named}), 0)
                last_column = max(last_column, *(number(letters) for letters in {letters for letters, _ in named}), 0)
            if last_row * last_column > MAX_CELLS or last_row >= LAST_ROW or last_column >= LAST_COLUMN:
                return MAX_CELLS + 1
            rest = data[-200:]
    return last_row * last_column


def _ods_cells(content: bytes) -> int:
    """The cells with content of an OpenDocument sheet, where rows and cells may stand for many."""
    if b"-repeated" not in content:
        return 0
    rows = cells = 0
    for row in content.split(b"<table:table-row")[1:]:
        if b"<text:p" in row or b"office:value" in row:
            times = _times(row.partition(b">")[0])
            rows += times
            cells += times * min(sum(map(_times, ODS_CELL.findall(row))), LAST_COLUMN)
    return MAX_CELLS + 1 if rows >= LAST_ROW else cells


def _times(attributes: bytes) -> int:
    times = TIMES.search(attributes)
    return int(times.group(1)) if times else 1
