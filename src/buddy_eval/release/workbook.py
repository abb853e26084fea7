"""The tables of an open release as one accessible workbook."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from buddy_eval.publish import sheets
from buddy_eval.publish.sheets import Sheet
from buddy_eval.schemas.released import TABLES
from buddy_eval.study.settings import Study

ROWS = {schema.name: schema.row for schema in TABLES}


def workbook(study: Study, released: Mapping[str, pd.DataFrame]) -> bytes:
    """Return the tables as one `.xlsx`; the same tables give the same bytes."""
    cover = [study.title, study.notice, study.team, "Small counts are withheld and other counts of people rounded."]
    cover += ["Beside every such count stands its status; dictionary.csv says what columns and ids mean.", "Contents"]
    cover += [f"{name}: {ROWS[name]}" for name in released]
    return sheets.workbook(study.title, cover, [_sheet(name, frame) for name, frame in released.items()])


def _sheet(name: str, frame: pd.DataFrame) -> Sheet:
    rows = ([None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False))
    return Sheet(name, name, f"One row: {ROWS[name]}.", list(frame.columns), rows)
