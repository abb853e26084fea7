"""Tables as people save them: `.csv`, `.xlsx`, `.xls`, `.ods`, read as text so that nothing is guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.guard import guard
from buddy_eval.read.overfull import FILLED, MAX_CELLS
from buddy_eval.read.quick import MAX_COLUMNS, quick_frame
from buddy_eval.read.swallowed import swallowed

BOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
HINT = re.compile(rb"(?:\xef\xbb\xbf)?\"?sep=", re.IGNORECASE)
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
    if path.suffix.lower() not in BOOKS:
        guard(path, file)
        data = path.read_bytes()
        if HINT.match(data):
            raise StudyError([Fault(file, 1, "begins with a line for Excel alone (sep=)", "delete that line")])
        frame = quick_frame(data, _delimiter(data[:4096].decode("utf-8", errors="replace")), _encoding(data))
        if frame is not None:
            return frame
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
    """Read every cell of a `.csv` file or of a sheet of a workbook as text, row by row."""
    guard(path, file)
    if path.suffix.lower() in BOOKS:
        return _workbook_rows(path, file, sheet)
    try:
        text, _ = decode(path.read_bytes())
    except UnicodeDecodeError:
        raise StudyError([Fault(file, 0, "the text is in no known encoding", "save it as CSV UTF-8")]) from None
    try:
        delimiter = _delimiter(text[:4096])
        if text.partition("\n")[0].count(delimiter) >= MAX_COLUMNS:
            raise StudyError([Fault(file, 1, f"has more than {MAX_COLUMNS} columns", "keep those that are needed")])
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        _refuse_swallowed(rows, delimiter, file)
        return rows
    except csv.Error as error:
        raise StudyError([Fault(file, 0, f"is not a table: {error}", "save it as CSV UTF-8 again")]) from None


def _refuse_swallowed(rows: list[list[str]], delimiter: str, file: str) -> None:
    faults = []
    for number, row in enumerate(rows, 1):
        column, ends = swallowed(row, len(rows[0]), delimiter)
        if column:
            problem = f"column {column}: a quote is closed {ends} row{'s' * (ends != 1)} too late, which swallows them"
            faults.append(Fault(file, number, problem, "close the quote in its own row, or write it twice"))
    if faults:
        raise StudyError(faults)


def _delimiter(start: str) -> str:
    """The separator that the first line holds most of, outside of quotes."""
    line = re.sub(r'"[^"]*"', "", start).lstrip("\ufeff").splitlines()
    return max(",;\t", key=(line[0] if line else "").count)


def _encoding(data: bytes) -> str:
    return next((encoding for mark, encoding in MARKS if data.startswith(mark)), "utf-8")


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
    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        if isinstance(sheet, str) and sheet not in names:
            raise StudyError([Fault(file, 0, f"no sheet {sheet!r}", f"name a sheet so; it has: {', '.join(names)}")])
        found = book.get_sheet_by_index(sheet) if isinstance(sheet, int) else book.get_sheet_by_name(sheet)
        if found.total_height * found.total_width > MAX_CELLS:
            raise StudyError([Fault(file, 0, FILLED, "save it again, or as CSV")])
        cells = found.to_python(skip_empty_area=False)
    except PasswordError:
        raise StudyError([Fault(file, 0, "is encrypted", "save it again without a password")]) from None
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise _unreadable(file, error) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a Rust library gives up
            raise
        raise _unreadable(file, error) from None
    return [[_cell(value) for value in row] for row in cells]


def other_sheets(path: Path, read: str | int = 0) -> dict[str, int]:
    """Return the sheets of a workbook besides the one that is read, each with how many cells its area has, if any."""
    if path.suffix.lower() not in BOOKS:
        return {}
    try:
        book = CalamineWorkbook.from_path(path)
        names = [name for place, name in enumerate(book.sheet_names) if read not in {place, name}]
        areas = {name: book.get_sheet_by_name(name) for name in names}
    except (CalamineError, OSError, ValueError):
        return {}  # its reader says why
    return {name: n for name, sheet in areas.items() if (n := sheet.height * sheet.width)}


def _unreadable(file: str, error: BaseException) -> StudyError:
    return StudyError([Fault(file, 0, f"cannot be read as a workbook ({type(error).__name__})", "save it as .xlsx")])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
