"""Accessible workbooks: a cover with contents, one plain table a sheet, no merged or hidden cell, no colour code.

Source: Analysis Function, *Releasing statistics in spreadsheets* (UK Government).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table as Range
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from buddy_eval.publish.about import About
from buddy_eval.publish.word import settled


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, what stands above its table, the heads and the rows."""

    name: str
    title: str
    about: str
    heads: Sequence[str]
    rows: Iterable[Sequence[object]]


def workbook(title: str, cover: Iterable[str], sheets: Iterable[Sheet]) -> bytes:
    """Return sheets as one `.xlsx`, the lines of the cover first; the same sheets give the same bytes."""
    book = Workbook()
    book.properties.title, book.properties.creator, book.properties.language = title, "", "en-GB"
    front = book.worksheets[0]
    front.title = "Cover"
    for line in filter(None, cover):
        front.append([line])
    _heading(front)
    front.column_dimensions["A"].width = 100
    for number, sheet in enumerate(sheets, 1):
        _write(book.create_sheet(sheet.name), sheet, f"Table{number}")
    for written in book.worksheets:
        for cell in (cell for row in written.iter_rows() for cell in row if isinstance(cell.value, str)):
            cell.data_type = "s"  # never a formula, whatever a title begins with
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue())


def to_xlsx(html: str, about: About) -> bytes:
    """Return the tables of a page as `.xlsx`, one a sheet, with the notes below them; cells are as they are shown."""
    main = BeautifulSoup(html, "html.parser").find("main")
    tables = main.find_all("table") if isinstance(main, Tag) else []
    sheets = [_of_page(number, table) for number, table in enumerate(tables, 1)]
    contents = ["Contents", *(f"{sheet.name}: {sheet.title}" for sheet in sheets)] if sheets else []
    return workbook(about.title, [about.title, about.notice, *about.footer, *contents], sheets)


def _of_page(number: int, table: Tag) -> Sheet:
    heads, *rows = ([cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr"))
    caption = table.find("caption")
    region = table.find_parent("div")
    note = region.find_next_sibling() if region else None
    about = note.get_text() if isinstance(note, Tag) and "note" in note.get_attribute_list("class") else ""
    return Sheet(f"Table {number}", caption.get_text() if caption else "", about, _apart(heads), rows)


def _apart(heads: Sequence[str]) -> list[str]:
    """The heads of a table that Excel can filter: none is empty, none stands twice."""
    return [
        head if head and head not in heads[:place] else f"{head} {place + 1}".strip()
        for place, head in enumerate(heads)
    ]


def _write(sheet: Worksheet, content: Sheet, area: str) -> None:
    sheet.append([content.title])
    sheet.append([f"{content.about} This sheet holds one table.".strip()])
    sheet.append(list(content.heads))
    for row in content.rows:
        sheet.append(list(row))
    _heading(sheet)
    last = sheet.cell(sheet.max_row, len(content.heads)).coordinate
    area_table = Range(displayName=area, ref=f"A3:{last}")
    area_table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(area_table)
    for number, cells in enumerate(sheet.iter_cols(min_row=3), 1):
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 3, 50)
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _heading(sheet: Worksheet) -> None:
    sheet["A1"].font = Font(bold=True, size=14)
