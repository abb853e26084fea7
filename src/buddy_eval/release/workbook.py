"""An accessible workbook: a cover with contents, one plain table a sheet, no merged or hidden cell, no colour code.

Source: Analysis Function, *Releasing statistics in spreadsheets* (UK Government).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from buddy_eval.present.tables.form import Table
from buddy_eval.study.settings import Study

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet


def workbook(study: Study, made: dict[str, Table]) -> bytes:
    """Return the tables as one `.xlsx`; the same tables give the same bytes."""
    from openpyxl import Workbook

    from buddy_eval.publish.word import settled

    book = Workbook()
    book.properties.title, book.properties.creator, book.properties.language = study.title, "", "en-GB"
    cover = book.worksheets[0]
    cover.title = "Cover"
    lines = [study.title, study.notice, study.team, "Small counts are withheld and other counts of people rounded."]
    lines += ["Cells that say 'withheld' are not published; empty cells hold nothing.", "Contents"]
    for line in filter(None, [*lines, *(f"{name}: {table.caption}" for name, table in made.items())]):
        cover.append([line])
    _heading(cover)
    cover.column_dimensions["A"].width = 100
    for number, (name, table) in enumerate(made.items(), 1):
        _sheet(book.create_sheet(name[:31]), table, f"Table{number}")
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            cell.data_type = "s"  # never a formula, whatever a title begins with
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue())


def _sheet(sheet: Worksheet, table: Table, name: str) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table as Range
    from openpyxl.worksheet.table import TableStyleInfo

    sheet.append([table.caption])
    sheet.append([table.note or "This sheet holds one table."])
    sheet.append([str(column) for column in table.frame.columns])
    for row in table.frame.itertuples(index=False):
        sheet.append([None if pd.isna(cell) else cell for cell in row])
    _heading(sheet)
    last = sheet.cell(sheet.max_row, len(table.frame.columns)).coordinate
    found = Range(displayName=name, ref=f"A3:{last}")
    found.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(found)
    for number, cells in enumerate(sheet.iter_cols(min_row=3), 1):
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 3, 50)
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _heading(sheet: Worksheet) -> None:
    from openpyxl.styles import Font

    sheet["A1"].font = Font(bold=True, size=14)
