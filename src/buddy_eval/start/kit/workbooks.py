"""Workbooks that a team fills and sends back: one a board, and a table each for what is kept as it happens."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from buddy_eval.publish.word import settled
from buddy_eval.schemas import Frame
from buddy_eval.schemas.form import Column
from buddy_eval.study.instrument import Instrument, load_instrument

WIDTHS = {"question": 12, "wording": 70, "rating": 10, "evidence": 34, "owner_role": 24, "review_date": 16}
TITLES = ("question", "wording", "rating", "evidence", "owner_role", "review_date", "agreed_with_partner")
LINES = ("Pair", "Side", "Wave", "Answered by")
ALONE = ("Board", "", "", "Answered by")  # of a board that considers an arrangement
LAST = ("rating", "owner_role", "review_date")
UNRATED = {"not_applicable": "NA", "dont_know": "DK"}
FIRST = 7  # row of the first question
ROWS = 400  # rows that have drop-downs
EXCEL_LIST = 255  # letters that Excel allows a drop-down to list


def board_workbook(
    instrument: Instrument,
    about: Sequence[object] = ("", "", "", "board"),
    lines: Sequence[str] = LINES,
    last: pd.DataFrame | None = None,
) -> bytes:
    """Return a board return as a workbook: four lines about the board, what 0 to 4 mean, then one row a question.

    `lines` name the four lines, and `about` fills them: pair, side, wave, who answers. `last` holds what the board
    answered before (question, rating, status, owner_role, review_date), to stand beside; it is not read again.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Board"
    legend = [f"{rating}  {label}" for rating, label in enumerate(instrument.readiness or load_instrument().readiness)]
    for label, value, meaning in zip((*lines, ""), (*about, ""), legend, strict=True):
        sheet.append([label or None, value or None, None, meaning])
    sheet["E1"], sheet["E2"] = "NA  Not applicable", "DK  Don't know"
    sheet["E3"] = "3 and 4 need evidence"
    sheet.append([_title(name) for name in TITLES])
    questions = instrument.questions.sort_values("position")[["question", "wording"]]
    for question in questions.itertuples(index=False, name=None):
        sheet.append(list(question))
    end = sheet.max_row
    if last is not None and len(last):
        _beside(sheet, last)
    for letter, name in zip("ABCDEFG", TITLES, strict=True):
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 20)
        sheet[f"{letter}6"].font = Font(bold=True)
        for row in range(FIRST, end + 1):
            sheet[f"{letter}{row}"].alignment = Alignment(wrap_text=True, vertical="top")
            if name == "review_date":
                sheet[f"{letter}{row}"].number_format = "dd/mm/yyyy"
    _choices(sheet, f"C{FIRST}:C{end}", ("0", "1", "2", "3", "4", "NA", "DK"), "How far this is answered, 0 to 4")
    _choices(sheet, f"G{FIRST}:G{end}", ("yes", "no"), "yes if the partner has seen and agreed it")
    if "Side" in lines:
        _choices(sheet, "B2", ("supporter", "receiver"), "the side that your trust is on")
    sheet.freeze_panes = f"C{FIRST}"
    return _bytes(book)


def _beside(sheet: Worksheet, last: pd.DataFrame) -> None:
    """What the board answered in the round before, in columns of their own."""
    before = last.set_index("question")
    for letter, name in zip("HIJ", LAST, strict=True):
        sheet[f"{letter}6"], sheet[f"{letter}6"].font = _title(f"last_{name}"), Font(bold=True)
        sheet.column_dimensions[letter].width = 20
    for row in range(FIRST, sheet.max_row + 1):
        asked = sheet[f"A{row}"].value
        if asked in before.index:
            rating, status, owner, day = before.loc[asked, ["rating", "status", "owner_role", "review_date"]]
            sheet[f"H{row}"] = int(rating) if pd.notna(rating) else UNRATED.get(str(status))
            sheet[f"I{row}"] = None if pd.isna(owner) else str(owner)
            sheet[f"J{row}"] = None if pd.isna(day) else day.strftime("%d/%m/%Y")


def table_workbook(table: Frame, choices: Mapping[str, Sequence[str]], more: Iterable[str] = ()) -> bytes:
    """Return an empty table as a workbook: a column each, what it means when a cell is chosen, lists to choose from.

    `choices` adds lists for columns that have none of their own, such as the pairs; `more` names columns for the team
    alone, which are not read.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = table.name[:31]
    sheet.append([*(_title(name) for name in table.names), *(_title(name) for name in more)])
    for number, column in enumerate(table.columns, 1):
        letter = get_column_letter(number)
        cell = sheet[f"{letter}1"]
        cell.comment = Comment(_meaning(column), "")
        listed = tuple(choices.get(column.name, column.values)) or (("yes", "no") if column.type == "bool" else ())
        _choices(sheet, f"{letter}2:{letter}{ROWS}", listed, _meaning(column))
        if column.type == "date":
            for row in range(2, ROWS + 1):
                sheet[f"{letter}{row}"].number_format = "dd/mm/yyyy"
    for number, (cell,) in enumerate(sheet.iter_cols(max_row=1), 1):
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(number)].width = max(14, len(str(cell.value)) + 4)
    sheet.freeze_panes = "A2"
    return _bytes(book)


def header_workbook(names: Iterable[str]) -> bytes:
    """Return a workbook that holds a row of column names alone: an export takes its place."""
    book = Workbook()
    book.worksheets[0].append(list(names))
    return _bytes(book)


def _choices(sheet: Worksheet, cells: str, listed: Sequence[str], meaning: str) -> None:
    """A drop-down where the list fits one, and what the column means beside the chosen cell."""
    fits = listed and not any("," in each or '"' in each for each in listed) and len(",".join(listed)) <= EXCEL_LIST
    rule = (
        DataValidation(type="list", formula1='"' + ",".join(listed) + '"', allow_blank=True)
        if fits
        else DataValidation(allow_blank=True)
    )
    rule.prompt, rule.showInputMessage = meaning[:EXCEL_LIST], True
    rule.add(cells)
    sheet.add_data_validation(rule)


def _meaning(column: Column) -> str:
    allowed = f" ({', '.join(column.values)})" if column.values else ""
    return f"{column.meaning}{allowed}; {'always' if column.required else 'if known'}"


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _bytes(book: Workbook) -> bytes:
    """Save a book: no cell a formula, no clock in the file."""
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    buffer = io.BytesIO()
    book.properties.creator = ""
    book.save(buffer)
    return settled(buffer.getvalue())
