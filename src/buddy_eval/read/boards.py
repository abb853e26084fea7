"""Board self-assessments: one workbook a board, four lines about it, then one row a question."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import Fault, StudyError, refuse
from buddy_eval.read.table import frame_of, no_workbook, read_cells
from buddy_eval.read.workbook import is_workbook

SHEET = "Board"
TEMPLATE = "TEMPLATE.xlsx"  # the empty return that `buddy-eval init` lays beside the filled ones
ALONE = {"board": "board", "answered by": "member"}  # of a board that considers an arrangement
ABOUT = {"pair": "pair", "side": "side", "wave": "wave", "answered by": "member"}
BESIDE = {"wording", "last_rating", "last_owner_role", "last_review_date"}  # what the kit writes, for people to look at
COLUMNS = ["question", "rating", "evidence", "owner_role", "review_date", "agreed_with_partner"]


def read_board(path: Path, file: str, lines: Mapping[str, str] = ABOUT) -> pd.DataFrame:
    """Read one board's workbook as text: pair, side, wave, member, the columns of `schemas.raw.BOARDS`, and any other.

    `lines` are the lines above the questions and the columns that they fill. The index is the row of the sheet.

    Raises
    ------
    StudyError : no sheet 'Board', no row of column names, or a line about the board is missing.
    """
    cells = read_cells(path, file, SHEET)
    rows = cells.rows
    top = next((n for n, row in enumerate(rows) if row and row[0].strip().casefold() == "question"), None)
    if top is None and not is_workbook(path):
        raise no_workbook(file)
    if top is None:
        raise StudyError([Fault(file, 0, "no row begins with 'question'", f"use the template of {CALLED} init")])
    about = {row[0].strip().rstrip(":").casefold(): row[1].strip() for row in rows[:top] if len(row) > 1}
    faults = [
        Fault(file, 0, f"the line {label!r} above the questions is empty", "fill it in")
        for label in lines
        if not about.get(label)
    ]
    header = ["_".join(name.casefold().split()) for name in rows[top]]
    faults += cells.merged_faults(top + 1, file)
    faults += [
        Fault(file, top + 1, f"no column {name!r}", "use the template") for name in COLUMNS if name not in header
    ]
    unnamed = [
        number
        for number, row in enumerate(rows[top + 1 :], top + 2)
        if any(cell.strip() for place, cell in enumerate(row) if not dict(enumerate(header)).get(place))
    ]
    remedy = f"name the column in row {top + 1}, or take it out"
    faults += [Fault(file, number, "a cell stands under no name", remedy) for number in unnamed]
    refuse(faults)
    frame = frame_of(header, rows[top + 1 :], first=top + 2)
    answered = frame[COLUMNS[1:]].notna().any(axis=1)
    if len(nameless := frame.index[frame["question"].isna() & answered]):
        raise StudyError([Fault(file, int(row), "question is empty", "name the question") for row in nameless])
    more = [name for name in header if name and name not in {*COLUMNS, *BESIDE} and header.count(name) == 1]
    frame = frame.loc[frame["question"].notna(), [*COLUMNS, *more]]
    return frame.assign(**{column: about[label] for label, column in lines.items()})
