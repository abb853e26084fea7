"""An accessible workbook: a cover with contents, one plain table a sheet, no merged or hidden cell, no colour code.

Source: Analysis Function, *Releasing statistics in spreadsheets* (UK Government).
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table as Range
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from buddy_eval.publish.word import settled
from buddy_eval.schemas.released import TABLES
from buddy_eval.study.settings import Study

ROWS = {schema.name: schema.row for schema in TABLES}


def workbook(study: Study, released: Mapping[str, pd.DataFrame]) -> bytes:
    """Return the tables as one `.xlsx`; the same tables give the same bytes."""
    book = Workbook()
    book.properties.title, book.properties.creator, book.properties.language = study.title, "", "en-GB"
    cover = book.worksheets[0]
    cover.title = "Cover"
    lines = [study.title, study.notice, study.team, "Small counts are withheld and other counts of people rounded."]
    lines += ["Beside every such count stands its status; dictionary.csv says what columns and ids mean.", "Contents"]
    for line in filter(None, [*lines, *(f"{name}: {ROWS[name]}" for name in released)]):
        cover.append([line])
    _heading(cover)
    cover.column_dimensions["A"].width = 100
    for number, (name, frame) in enumerate(released.items(), 1):
        _sheet(book.create_sheet(name), frame, name, f"Table{number}")
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            cell.data_type = "s"  # never a formula, whatever a title begins with
    buffer = io.BytesIO()
    book.save(buffer)
    return settled(buffer.getvalue())


def _sheet(sheet: Worksheet, frame: pd.DataFrame, name: str, area: str) -> None:
    sheet.append([name])
    sheet.append([f"One row: {ROWS[name]}. This sheet holds one table."])
    sheet.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        sheet.append([None if pd.isna(cell) else cell for cell in row])
    _heading(sheet)
    last = sheet.cell(sheet.max_row, len(frame.columns)).coordinate
    found = Range(displayName=area, ref=f"A3:{last}")
    found.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(found)
    for number, cells in enumerate(sheet.iter_cols(min_row=3), 1):
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 3, 50)
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _heading(sheet: Worksheet) -> None:
    sheet["A1"].font = Font(bold=True, size=14)
