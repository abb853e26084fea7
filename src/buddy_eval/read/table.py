"""Tables as people save them: `.csv`, `.xlsx`, `.xls`, `.ods`, read as text so that nothing is guessed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from itertools import islice, pairwise
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import Fault, StudyError, refuse
from buddy_eval.base.names import unique
from buddy_eval.base.numbers import many
from buddy_eval.read.guard import guard
from buddy_eval.read.kinds import NO_TABLE, WORKBOOKS, kind_of
from buddy_eval.read.once import once
from buddy_eval.read.quick import MAX_COLUMNS, quick_frame
from buddy_eval.read.swallowed import swallowed
from buddy_eval.read.workbook import Sheet, is_workbook, read_sheet

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
BEGINNING = 4096  # bytes by which an encoding is told
OR_NAME = "quote cells that hold the separator, or name the column"
NEAR = 20  # rows below the first in which the table itself would begin
HINT = re.compile(rb"(?:\xef\xbb\xbf)?\"?sep=", re.IGNORECASE)
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding found: by its mark, else UTF-16, UTF-8 or Windows-1252 as it fits.

    >>> decode("café".encode("cp1252"))
    ('café', 'cp1252')
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="strict"), encoding
    if encoding := unmarked(data):
        return data.decode(encoding, errors="strict"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252"), "cp1252"


def unmarked(data: bytes) -> str:
    """Return which UTF-16 a text is in that does not say so: every other byte of plain words is nought.

    >>> unmarked("side,pair".encode("utf-16-le")), unmarked("side,pair".encode()), unmarked("side".encode("utf-16-be"))
    ('utf-16-le', '', 'utf-16-be')
    """
    start = data[:BEGINNING]
    noughts = start[::2].count(0), start[1::2].count(0)
    most, least = max(noughts), min(noughts)
    if len(data) % 2 or least or most < len(start) / 4:
        return ""
    return "utf-16-le" if noughts[1] else "utf-16-be"


@once
def read_table(path: Path, file: str, *, repeated: bool = False) -> pd.DataFrame:
    """Read the cells of a table as text; the index is the row as a spreadsheet counts it (header = 1).

    The first row with any content names the columns. Empty cells are missing; "NA", "None", "007", "#N/A" stay what
    they are. Rows without any content are left out. `repeated` numbers names that stand twice ("Other", "Other (2)");
    a first column that alone has no name, as R and pandas number rows, is then called by its place.

    Raises
    ------
    StudyError : the file is absent, is no such table, has rows longer than its header, or a header twice.
    """
    guard(path, file)
    if not is_workbook(path):
        data = path.read_bytes()
        frame = quick_frame(data, _delimiter(data[:4096].decode("utf-8", errors="replace")), _encoding(data))
        if frame is not None:
            return frame
    cells = _cells(path, file, 0)
    top = next((place for place, row in enumerate(cells.rows) if any(cell.strip() for cell in row)), None)
    if top is None:
        raise StudyError([Fault(file, 0, "the file is empty", "keep at least the row of column names")])
    header, rows = [name.strip() for name in cells.rows[top]], cells.rows[top + 1 :]
    while not header[-1]:
        header.pop()
    if repeated:
        header = numbered([header[0] or ("column 1" if all(header[1:]) else ""), *header[1:]])
    faults = _above(header, rows, top + 1, file, cut=not is_workbook(path)) or cells.merged_faults(top + 1, file)
    if faults := faults or [*_header_faults(header, top + 1, file), *long_rows(rows, len(header), top + 2, file)]:
        raise StudyError(faults)
    return frame_of(header, rows, first=top + 2)


def numbered(header: list[str]) -> list[str]:
    """Number the names of columns that stand twice.

    >>> numbered(["ID", "Other", "", "Other"])
    ['ID', 'Other', '', 'Other (2)']
    """
    heads: list[str] = []
    for name in header:
        heads.append(name and unique(name, heads.__contains__))
    return heads


def read_cells(path: Path, file: str, sheet: str | int = 0, most: int | None = None) -> Sheet:
    """Read the cells of a text file with separators (its first rows: `most`), or of one sheet of a workbook, as text.

    Raises
    ------
    StudyError : the file is absent, cannot be opened, or is no table.
    """
    guard(path, file)
    return _cells(path, file, sheet, most)


def _cells(path: Path, file: str, sheet: str | int, most: int | None = None) -> Sheet:
    kind = kind_of(path)
    if kind in WORKBOOKS:
        cells = read_sheet(path, file, sheet)
        _refuse_wide(max(map(len, cells.rows), default=0), file)
        return cells
    if kind in NO_TABLE:
        raise StudyError([Fault(file, 0, f"is {NO_TABLE[kind][0]}, not a table", NO_TABLE[kind][1])])
    data = path.read_bytes()
    if HINT.match(data):
        raise StudyError([Fault(file, 1, "begins with a line for Excel alone (sep=)", "delete that line")])
    try:
        text, _ = decode(data)
    except UnicodeDecodeError:
        if path.suffix.lower().lstrip(".") in WORKBOOKS:
            raise no_workbook(file) from None
        raise StudyError([Fault(file, 0, "the text is in no known encoding", "save it as CSV UTF-8")]) from None
    if "\0" in text:
        if path.suffix.lower().lstrip(".") in WORKBOOKS:
            raise no_workbook(file)
        raise StudyError([Fault(file, 0, "holds NUL characters: no table, or no UTF-8", "save it as CSV UTF-8")])
    try:
        delimiter = _delimiter(text[:4096])
        _refuse_wide(text.partition("\n")[0].count(delimiter) + 1, file)
        lines = filter(None, (line.group() for line in LINE.finditer(text)))  # a copy would take four times the bytes
        rows = list(islice(csv.reader(lines, delimiter=delimiter, strict=True), most))
        _refuse_swallowed(rows, delimiter, file)
        return Sheet(rows)
    except csv.Error as error:
        raise StudyError([Fault(file, 0, f"is not a table: {error}", "save it as CSV UTF-8 again")]) from None


def no_workbook(file: str) -> StudyError:
    """The refusal of a file that is called a workbook and holds neither one nor a table of text."""
    problem = "cannot be opened: it is damaged, or no workbook"
    return StudyError([Fault(file, 0, problem, "open it, save it again as .xlsx, and retry")])


def _refuse_wide(columns: int, file: str) -> None:
    if columns > MAX_COLUMNS:
        raise StudyError([Fault(file, 1, f"has more than {MAX_COLUMNS} columns", "keep those that are needed")])


def _refuse_swallowed(rows: list[list[str]], delimiter: str, file: str) -> None:
    faults = []
    for number, row in enumerate(rows, 1):
        column, ends = swallowed(row, len(rows[0]), delimiter)
        if column:
            problem = f"column {column}: a quote is closed {many(ends, 'row')} too late, which swallows them"
            faults.append(Fault(file, number, problem, "close the quote in its own row, or write it twice"))
    refuse(faults)


def _delimiter(start: str) -> str:
    """The separator of which most lines have as many as the line before, outside of quotes; else the first has most."""
    lines = re.sub(r'"[^"]*"', "", start).lstrip("\ufeff").splitlines()
    lines = [line for line in lines if line.strip(",;\t| ")][:NEAR] or [""]

    def steady(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        return sum(0 < one == other for one, other in pairwise(counts)), counts[0]

    return max(",;\t|", key=steady)


def _encoding(data: bytes) -> str:
    return next((encoding for mark, encoding in MARKS if data.startswith(mark)), "utf-8")


def frame_of(header: list[str], rows: Iterable[list[str]], first: int) -> pd.DataFrame:
    """Make a frame of text from rows of cells, numbering the rows from `first`; empty cells are missing."""
    width = len(header)
    filled = ([cell if cell.strip() else None for cell in row[:width]] for row in rows)
    padded = [(*row, *[None] * (width - len(row))) for row in filled]
    frame = pd.DataFrame(padded, columns=header, dtype="str")
    frame.index = pd.RangeIndex(first, first + len(frame))
    return frame.dropna(how="all")


def _above(header: list[str], rows: list[list[str]], top: int, file: str, *, cut: bool) -> list[Fault]:
    """A title or a note above the column names: soon a row has twice as many cells as the first one."""
    for row, cells in enumerate(rows[:NEAR], top + 1):
        filled = sum(bool(cell.strip()) for cell in cells)
        if filled >= 2 * len(header) and any(cell.strip() for cell in cells[len(header) :]):
            problem = f"has {many(len(header), 'column name')}, and row {row} has {filled} cells"
            remedy = "delete the rows above the column names" + ", or quote cells that hold the separator" * cut
            return [Fault(file, top, problem, remedy)]
    return []


def _header_faults(header: list[str], top: int, file: str) -> list[Fault]:
    faults = []
    for position, name in enumerate(header, 1):
        if not name:
            faults.append(Fault(file, top, f"column {position} has no name", "name it or take it out"))
        elif name in header[: position - 1]:
            faults.append(Fault(file, top, f"column {name!r} stands twice", "keep one of them"))
    return faults


def long_rows(rows: list[list[str]], width: int, first: int, file: str, remedy: str = OR_NAME) -> list[Fault]:
    """Return a fault for every row (numbered from `first`) that has filled cells beyond the last named column."""
    return [
        Fault(file, number, f"{len(row)} cells under {width} column names", remedy)
        for number, row in enumerate(rows, first)
        if any(cell.strip() for cell in row[width:])
    ]
