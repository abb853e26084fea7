"""A machine's codes that were made elsewhere: a table with the key of each comment and one column a theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.bulk.divide import batches, divide
from buddy_eval.bulk.part import blank, groups
from buddy_eval.bulk.sampling.draw import Record
from buddy_eval.read.table import read_table

YES, NO = {"1", "1.0", "yes", "y", "true", "x"}, {"0", "0.0", "no", "n", "false"}


@dataclass(frozen=True)
class Elsewhere:
    """Codes of a large language model, a tool or a script, and what they are of.

    Attributes
    ----------
    codes : .csv or .parquet with the column `key` and a column for each theme: 1 or 0, yes or no, true or false.
    comments : the file or folder that the sample was drawn from, with the column `key`, which no two comments share.
    machine, version : what made the codes; they stand in the methods.
    """

    codes: Path
    comments: Path
    key: str
    machine: str
    version: str


def counts_and_flags(
    made: Elsewhere, record: Record, themes: Sequence[str], places: Sequence[tuple[str, int]]
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return the machine's counts (theme, stratum, n_comments, n_machine), and its codes of the sampled comments.

    Raises
    ------
    StudyError : other comments than the sample was drawn from, a key that stands twice, a comment without codes, a
        cell that is neither yes nor no.
    """
    there = _comments(made, record)
    codes = _codes(made, themes)
    lacking = int((~there["key"].isin(codes.index)).sum())
    if lacking:
        problem = f"has no codes for {lacking:,} of {len(there):,} comments"
        raise StudyError([Fault(made.codes.name, 0, problem, "code every comment, also those without any theme")])
    flags = codes.loc[there["key"]].to_numpy(bool)
    number = there["stratum"].to_numpy(np.int64)
    sizes = np.bincount(number, minlength=len(record.strata))
    if sizes.tolist() != [stratum.comments for stratum in record.strata]:
        problem = "holds other comments than the sample was drawn from"
        raise StudyError([Fault(made.comments.name, 0, problem, "name the file or folder that `sample` read")])
    counts = [
        pd.DataFrame(
            {"theme": theme, "stratum": range(len(sizes)), "n_comments": sizes}
            | {"n_machine": np.bincount(number, flags[:, column], len(sizes)).astype(np.int64)}
        )
        for column, theme in enumerate(themes)
    ]
    where = pd.Series(np.arange(len(there)), index=pd.MultiIndex.from_frame(there[["file", "row"]]))
    return pd.concat(counts, ignore_index=True), flags[where.loc[list(places)].to_numpy()]


def _comments(made: Elsewhere, record: Record) -> pd.DataFrame:
    """File, row, key and stratum of every comment that the sample could have held."""
    number = {stratum.values: place for place, stratum in enumerate(record.strata)}
    columns = (record.text, made.key, *record.by)
    parts = []
    for part in divide(made.comments, columns):
        first = part.first
        for batch in batches(part, columns):
            said = ~blank(batch.column(record.text).cast(pa.large_string()))
            names, which = groups([batch.column(name) for name in record.by], len(batch))
            strata = np.array([number.get(name, len(number)) for name in names], np.int64)[which]
            keys = batch.column(made.key).cast(pa.string()).to_pandas()
            rows = {"file": part.file, "row": first + np.arange(len(batch)), "key": keys, "stratum": strata}
            parts.append(pd.DataFrame(rows)[said])
            first += len(batch)
    there = pd.concat(parts, ignore_index=True)
    twice = there["key"].duplicated() | there["key"].isna() | (there["key"] == "")
    if twice.any():
        problem = f"{made.key} is empty or stands twice in {int(twice.sum()):,} comments"
        raise StudyError([Fault(made.comments.name, 0, problem, "name another --key", made.key)])
    return there


def _codes(made: Elsewhere, themes: Sequence[str]) -> pd.DataFrame:
    """The codes by key, True or False."""
    columns = [made.key, *themes]
    if made.codes.suffix.lower() == ".parquet":
        table = pq.read_table(made.codes).to_pandas()
    else:
        table = read_table(made.codes, made.codes.name)
    if lost := [name for name in columns if name not in table]:
        raise StudyError([Fault(made.codes.name, 1, f"there is no column {name!r}", "add it", name) for name in lost])
    keys = table[made.key].astype("str")
    if keys.duplicated().any():
        problem = f"{made.key} stands twice in {int(keys.duplicated().sum()):,} rows"
        raise StudyError([Fault(made.codes.name, 0, problem, "keep one row a comment", made.key)])
    cells = table[list(themes)].astype("str").apply(lambda column: column.str.strip().str.lower())
    wrong = ~cells.isin(YES | NO)
    if wrong.any(axis=None):
        faults = [
            Fault(made.codes.name, 0, f"{theme} holds {int(n):,} cells that are neither 1 nor 0", "write 1 or 0", theme)
            for theme, n in wrong.sum().items()
            if n
        ]
        raise StudyError(faults)
    return cells.isin(YES).set_index(pd.Index(keys, name=made.key))
