"""Tables as people save them: `.csv` and `.xlsx`, read as text so that nothing is guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.errors import Fault, StudyError
from buddy_eval.read.guard import guard

MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding found: by its mark, else UTF-8, else Windows-1252.

    >>> decode("café".encode("cp1252"))
    ('café', 'cp1252')
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="strict"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252"), "cp1252"


def read_table(path: Path, file: str, sheet: str | int = 0) -> pd.DataFrame:
    """Read the cells of a table as text; the index is the row as a spreadsheet counts it (header = 1).

    Empty cells are missing; "NA", "None", "007" stay what they are. Rows without any content are left out.

    Raises
    ------
    StudyError : the file is absent, is no such table, has rows longer than its header, or a header twice.
    """
    if not path.is_file():
        raise StudyError([Fault(file, 0, "the file is not there", "add it, or take its line out of study.toml")])
    rows = read_rows(path, file, sheet)
    if not rows:
        raise StudyError([Fault(file, 0, "the file is empty", "keep at least the row of column names")])
    header = [name.strip() for name in rows[0]]
    while header and not header[-1]:
        header.pop()
    faults = [*_header_faults(header, file), *_long_rows(rows, len(header), file)]
    if faults:
        raise StudyError(faults)
    return frame_of(header, rows[1:], first=2)


def read_rows(path: Path, file: str, sheet: str | int = 0) -> list[list[str]]:
    """Read every cell of a `.csv` or `.xlsx` file as text, row by row."""
    guard(path, file)
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _workbook_rows(path, file, sheet)
    try:
        text, _ = decode(path.read_bytes())
    except UnicodeDecodeError:
        raise StudyError([Fault(file, 0, "the text is in no known encoding", "save it as CSV UTF-8")]) from None
    start = text[:4096].split("\n", 1)[0]
    delimiter = max(",;\t", key=start.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise StudyError([Fault(file, 0, f"is not a table: {error}", "save it as CSV UTF-8 again")]) from None


def frame_of(header: list[str], rows: Iterable[list[str]], first: int) -> pd.DataFrame:
    """Make a frame of text from rows of cells, numbering the rows from `first`; empty cells are missing."""
    width = len(header)
    padded = [(*row[:width], *[""] * (width - len(row))) for row in rows]
    frame = pd.DataFrame(padded, columns=header, dtype="str")
    frame.index = pd.RangeIndex(first, first + len(frame))
    frame = frame.where(frame.apply(lambda column: column.str.strip() != ""))
    return frame.dropna(how="all")


def _header_faults(header: list[str], file: str) -> list[Fault]:
    faults = []
    for position, name in enumerate(header, 1):
        if not name:
            faults.append(Fault(file, 1, f"column {position} has no name", "name it or take it out"))
        elif name in header[: position - 1]:
            faults.append(Fault(file, 1, f"column {name!r} stands twice", "keep one of them"))
    return faults


def _long_rows(rows: list[list[str]], width: int, file: str) -> list[Fault]:
    return [
        Fault(file, number, f"{len(row)} cells under {width} column names", "quote cells that hold the separator")
        for number, row in enumerate(rows, 1)
        if any(cell.strip() for cell in row[width:])
    ]


def _workbook_rows(path: Path, file: str, sheet: str | int) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        if isinstance(sheet, str) and sheet not in names:
            raise StudyError([Fault(file, 0, f"no sheet {sheet!r}", f"name a sheet so; it has: {', '.join(names)}")])
        found = book.get_sheet_by_index(sheet) if isinstance(sheet, int) else book.get_sheet_by_name(sheet)
        cells = found.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        reason = type(error).__name__
        raise StudyError([Fault(file, 0, f"cannot be read as a workbook ({reason})", "save it as .xlsx")]) from None
    return [[_cell(value) for value in row] for row in cells]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
