"""What people wrote into a sample: its rows as they were drawn, and their codes as far as they got."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.bulk.sampling.draw import FIXED, Record, fingerprint
from buddy_eval.bulk.sampling.elsewhere import NO, YES
from buddy_eval.read.table import read_table

OPEN = "write 1 or 0; only the end may be left open"


def by_people(sample: Path, record: Record) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return stratum and themes (True or False) of each comment that is coded, and its row in the sample.

    Raises
    ------
    StudyError : other rows than were drawn, a cell that is neither 1 nor 0, a gap, or nothing coded yet.
    """
    table = drawn_rows(sample, record)
    people = judged(table, record, sample.name)
    if people.empty:
        raise StudyError([Fault(sample.name, 0, "nothing is coded yet", "write 1 or 0 under the themes")])
    return people, table.iloc[: len(people)]


def drawn_rows(sample: Path, record: Record) -> pd.DataFrame:
    """Return the rows of a sample in the order in which they are to be coded; index: the row of the file.

    Raises
    ------
    StudyError : a column is gone, or there are other rows than were drawn.
    """
    table = read_table(sample, sample.name)
    lost = [name for name in (*FIXED, *record.codes) if name not in table]
    if lost:
        raise StudyError([Fault(sample.name, 1, f"there is no column {name!r}", "put it back") for name in lost])
    table = table[table["number"].notna()]
    table = table.iloc[np.argsort(table["number"].astype(int).to_numpy(), kind="stable")]
    if fingerprint(table[["file", "row", "stratum"]].to_numpy()) != record.rows:
        problem = "holds other rows than were drawn"
        raise StudyError([Fault(sample.name, 0, problem, "put back file, row and stratum as they were written")])
    return table


def judged(table: pd.DataFrame, record: Record, file: str) -> pd.DataFrame:
    """Return stratum and themes (True or False) of the rows that are coded: the first ones, up to the last with a code.

    Raises
    ------
    StudyError : a cell that is neither 1 nor 0, or a gap.
    """
    codes = list(record.codes)
    cells = table[codes].astype(object).where(table[codes].notna(), "").map(lambda cell: str(cell).strip().lower())
    filled = (cells != "").any(axis=1).to_numpy()
    cells = cells.iloc[: int(filled.nonzero()[0].max()) + 1 if filled.any() else 0]
    wrong = [
        Fault(file, int(line), f"{code} is {cells.loc[line, code]!r}", OPEN)
        for code in codes
        for line in cells.index[~cells[code].isin(YES | NO)]
    ]
    if wrong:
        raise StudyError(wrong)
    return pd.concat([table["stratum"].iloc[: len(cells)].astype(int), cells.isin(YES)], axis=1)
