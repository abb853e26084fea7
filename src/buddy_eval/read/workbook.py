"""Workbooks (`.xlsx`, `.xls`, `.ods`): the cells of one sheet as text, compared with a second reading of the file."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from buddy_eval.base.errors import Fault, StudyError, refuse
from buddy_eval.read.kinds import DAMAGED, WORKBOOKS, kind_of
from buddy_eval.read.once import once
from buddy_eval.read.overfull import FILLED, MAX_CELLS
from buddy_eval.read.sheet_xml import Area, Place, Seen, letters, part_of, seen_in_ods, seen_in_xlsx

SHOWN = 5  # cells that a fault names at most
ERROR = rb"[\x00\x07\x0f\x17\x1d\x24\x2a]"  # #NULL!, #DIV/0!, #VALUE!, #REF!, #NAME?, #NUM!, #N/A
XLS_ERRORS = (
    re.compile(rb"\x05\x02\x08\x00(..)(..).." + ERROR + rb"\x01", re.DOTALL),
    re.compile(rb"\x06\x00..(..)(..)..\x02." + ERROR + rb"...\xff\xff", re.DOTALL),
)
UNMERGE = "unmerge them and fill in each cell; the first row of the table names every column"
ANEW = "open it, let it calculate, save it again"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells as text, and what a reader of cells alone would not know.

    Rows and columns count from 1; an area is top, left, bottom, right.
    """

    rows: list[list[str]]
    merged: tuple[Area, ...] = ()

    def merged_faults(self, top: int, file: str) -> list[Fault]:
        """Return a fault for every merged area with a value from the row `top` (the column names) down."""
        return [
            Fault(file, area[0], f"cells {_area(area)} are merged, and hold one value for several", UNMERGE)
            for area in sorted(self.merged)
            if area[2] >= top and _text(self.rows, area[0], area[1]).strip()
        ]


@once
def read_sheet(path: Path, file: str, sheet: str | int = 0) -> Sheet:
    """Read one sheet of a workbook, by its name, or the first that is not hidden.

    An error stands as a spreadsheet shows it (`#N/A`). The guard must have let the file pass.

    Raises
    ------
    StudyError : no such sheet, no workbook, a formula without its value, a filled cell that the library did not give.
    """
    with _opened(path, file) as book:
        chosen = _chosen(book, file, sheet)
        rows = [[_cell(value) for value in row] for row in chosen.to_python(skip_empty_area=False)]
        seen = _second(path, chosen.name, book.sheet_names.index(chosen.name), rows)
        if seen is None:  # binary, of before 2007
            if errors := errors_in_xls(path.read_bytes()):
                raise StudyError(_named(errors, file, "an error, in one of its sheets", "save it as .xlsx"))
            areas = ((a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in chosen.merged_cell_ranges or ())
            return Sheet(rows, tuple(areas))
        _conserved(rows, seen, file)
        return Sheet(rows, tuple(seen.merged))


def beside(path: Path, file: str, sheet: str | int = 0) -> Iterator[tuple[str, str, int, str]]:
    """Yield what there is beside the cells that are read: item, what happens to it, how many, why.

    Sheets that are not read and hold something; rows and columns that are hidden and are read like the others.
    """
    if not is_workbook(path):
        return
    with _opened(path, file) as book:
        chosen = _chosen(book, file, sheet)
        for name in book.sheet_names:
            other = book.get_sheet_by_name(name) if name != chosen.name and _is_table(book, name) else None
            rows = other.to_python() if other is not None and other.height * other.width <= MAX_CELLS else []
            if cells := sum(len(row) - row.count("") for row in rows):
                yield f"sheet {name}", "left out", cells, "one sheet of a workbook is read"
        seen = _second(path, chosen.name, book.sheet_names.index(chosen.name), [])
        for what, n in (("rows", seen.hidden_rows), ("columns", seen.hidden_columns)) if seen else ():
            if n:
                yield what, "hidden", n, "hidden in the workbook, and read like the others"


@contextmanager
def _opened(path: Path, file: str) -> Iterator[CalamineWorkbook]:
    """Open a workbook; whatever its library cannot do becomes a plain fault."""
    try:
        with path.open("rb") as data, CalamineWorkbook.from_filelike(data) as book:  # by content, whatever its name
            yield book
    except PasswordError:
        raise StudyError([Fault(file, 0, "is encrypted", "save it again without a password")]) from None
    except (CalamineError, LookupError, ParseError, *DAMAGED) as error:
        raise _unreadable(file, error) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a Rust library gives up
            raise
        raise _unreadable(file, error) from None


def _chosen(book: CalamineWorkbook, file: str, sheet: str | int) -> CalamineSheet:
    names = book.sheet_names
    if isinstance(sheet, str) and sheet not in names:
        raise StudyError([Fault(file, 0, f"no sheet {sheet!r}", f"name a sheet so; it has: {', '.join(names)}")])
    shown = [about.name for about in book.sheets_metadata if about.visible == SheetVisibleEnum.Visible]
    tables = [name for name in shown if _is_table(book, name)] or names
    chosen = book.get_sheet_by_name(sheet if isinstance(sheet, str) else tables[sheet])
    if chosen.total_height * chosen.total_width > MAX_CELLS:
        raise StudyError([Fault(file, 0, FILLED, "save it again, or as CSV")])
    return chosen


def _is_table(book: CalamineWorkbook, name: str) -> bool:
    """Tell a sheet of cells from a chart."""
    return any(about.name == name and about.typ == SheetTypeEnum.WorkSheet for about in book.sheets_metadata)


def _second(path: Path, name: str, place: int, rows: list[list[str]]) -> Seen | None:
    """What the XML of the sheet shows; None for the binary files of before 2007."""
    kind = kind_of(path)
    if kind == "xls":
        return None
    read = sum(len(row) - row.count("") for row in rows)
    with zipfile.ZipFile(path) as archive:
        if kind == "ods":
            return seen_in_ods(archive, place, read)
        return seen_in_xlsx(archive, part_of(archive, name), read)


def errors_in_xls(data: bytes) -> list[Place]:
    """Return row and column of every error in a workbook of before 2007, of which its reader gives empty cells.

    The records of an error and of a formula whose value is one, as [MS-XLS] has them (BoolErr, Formula).
    """
    cells = [match for form in XLS_ERRORS for match in form.findall(data)]
    return [(int.from_bytes(row, "little") + 1, int.from_bytes(column, "little") + 1) for row, column in cells]


def _conserved(rows: list[list[str]], seen: Seen, file: str) -> None:
    """Write errors into the rows; refuse formulas without a value, and filled cells of which nothing was read."""
    for (row, column), text in seen.errors.items():
        if row > len(rows):
            rows += [[] for _ in range(row - len(rows))]
        cells = rows[row - 1]
        cells += [""] * (column - len(cells))
        cells[column - 1] = text
    lost = [(row, column) for row, column in seen.filled if not _text(rows, row, column)]
    faults = [
        *_named(seen.uncalculated, file, "a formula without its value", ANEW),
        *_named(sorted(lost), file, "something that cannot be read", "save it again as .xlsx, or as CSV"),
    ]
    refuse(faults)


def _text(rows: list[list[str]], row: int, column: int) -> str:
    return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else ""


def _area(area: Area) -> str:
    top, left, bottom, right = area
    return f"{letters(left)}{top}:{letters(right)}{bottom}"


def _named(places: list[Place], file: str, what: str, remedy: str) -> list[Fault]:
    if not places:
        return []
    shown = ", ".join(f"{letters(column)}{row}" for row, column in places[:SHOWN])
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return [Fault(file, places[0][0], f"cell {shown}{more}: {what}", remedy)]


def is_workbook(path: Path) -> bool:
    """Tell whether a file is a workbook, whatever its name."""
    return kind_of(path) in WORKBOOKS


def _unreadable(file: str, error: BaseException) -> StudyError:
    return StudyError([Fault(file, 0, f"cannot be read as a workbook ({type(error).__name__})", "save it as .xlsx")])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
