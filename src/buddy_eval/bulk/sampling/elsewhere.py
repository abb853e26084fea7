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

from buddy_eval.base.errors import Fault, StudyError, refuse
from buddy_eval.base.numbers import many
from buddy_eval.bulk.divide import batches, divide
from buddy_eval.bulk.part import blank, groups
from buddy_eval.bulk.sampling.draw import Record
from buddy_eval.bulk.sampling.projects import SUFFIX, project_codes
from buddy_eval.read.table import read_table

YES, NO = {"1", "1.0", "yes", "y", "true"}, {"0", "0.0", "no", "n", "false"}
SHOWN = 5  # keys that a fault names
LONG = 10_000  # letters of a text that are compared


@dataclass(frozen=True)
class Elsewhere:
    """Codes of a large language model, a tool or a script, and what they are of.

    Attributes
    ----------
    codes : .csv or .parquet with the column `key` and a column for each theme: 1 or 0, yes or no, true or false; or a
        REFI-QDA project (.qdpx) with a source for each comment, named by its key, and a code for each theme.
    comments : the file or folder that the sample was drawn from, with the column `key`, which no two comments share.
    machine, version : what made the codes; they stand in the methods.
    """

    codes: Path
    comments: Path
    key: str
    machine: str
    version: str


def counts_and_flags(
    work: Elsewhere, record: Record, themes: Sequence[str], sample: str, drawn: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return the machine's counts (theme, stratum, n_comments, n_machine), and its codes of the sampled comments.

    `drawn` holds the rows of the file `sample`: file, row and text of each comment.

    Raises
    ------
    StudyError : other comments than the sample was drawn from, or in another order; a key that stands twice, a comment
        without codes, codes without a comment, a cell that is neither yes nor no.
    """
    every, texts = _comments(work, record, drawn)
    there = every[every["said"]]
    number = there["stratum"].to_numpy(np.int64)
    sizes = np.bincount(number, minlength=len(record.strata))
    if sizes.tolist() != [stratum.comments for stratum in record.strata]:
        problem = "holds other comments than the sample was drawn from"
        raise StudyError([Fault(work.comments.name, 0, problem, "name the file or folder that `sample` read")])
    _compare(drawn, texts, record.text, sample, work.comments.name)
    codes = _codes(work, themes)
    lacking = int((~there["key"].isin(codes.index)).sum())
    if lacking:
        problem = f"has no codes for {lacking:,} of {len(there):,} comments"
        raise StudyError([Fault(work.codes.name, 0, problem, "code every comment, also those without any theme")])
    if len(stray := codes.index[~codes.index.isin(every["key"])]):
        named = ", ".join(map(repr, stray[:SHOWN])) + (", ..." if len(stray) > SHOWN else "")
        problem = f"holds codes for {many(len(stray), 'key')} that no comment has: {named}"
        raise StudyError([Fault(work.codes.name, 0, problem, "take their rows out, or name the comments they are of")])
    flags = codes.loc[there["key"]].to_numpy(bool)
    counts = [
        pd.DataFrame(
            {"theme": theme, "stratum": range(len(sizes)), "n_comments": sizes}
            | {"n_machine": np.bincount(number, flags[:, column], len(sizes)).astype(np.int64)}
        )
        for column, theme in enumerate(themes)
    ]
    where = pd.Series(np.arange(len(there)), index=pd.MultiIndex.from_frame(there[["file", "row"]]))
    return pd.concat(counts, ignore_index=True), flags[where.loc[_places(drawn)].to_numpy()]


def _places(drawn: pd.DataFrame) -> list[tuple[str, int]]:
    return list(zip(drawn["file"], drawn["row"].astype(int), strict=True))


def _comments(
    work: Elsewhere, record: Record, drawn: pd.DataFrame
) -> tuple[pd.DataFrame, dict[tuple[str, int], str | None]]:
    """File, row, key and stratum of every row, whether it is a comment; and the texts of the rows that were drawn."""
    number = {stratum.values: place for place, stratum in enumerate(record.strata)}
    columns = (record.text, work.key, *record.by)
    divided = divide(work.comments, columns)
    if lost := sorted(set(record.source) - {part.file for part in divided}):
        problem, remedy = "there is no {!r}, which the sample was drawn from", "give the file the name that it had"
        raise StudyError([Fault(work.comments.name, 0, problem.format(name), remedy) for name in lost])
    wanted = drawn["row"].astype(int).groupby(drawn["file"]).agg(list).to_dict()
    parts, texts = [], dict[tuple[str, int], str | None]()
    for part in divided:
        first = part.first
        for batch in batches(part, columns):
            words = batch.column(record.text).cast(pa.large_string())
            names, which = groups([batch.column(name) for name in record.by], len(batch))
            strata = np.array([number.get(name, len(number)) for name in names], np.int64)[which]
            keys = batch.column(work.key).cast(pa.string()).to_pandas()
            row, said = first + np.arange(len(batch)), ~blank(words)
            for place in np.flatnonzero(np.isin(row, wanted.get(part.file, [])) & said).tolist():
                texts[part.file, int(row[place])] = words[place].as_py()
            rows = {"file": part.file, "row": row, "key": keys, "stratum": strata, "said": said}
            parts.append(pd.DataFrame(rows))
            first += len(batch)
    every = pd.concat(parts, ignore_index=True)
    keys = every.loc[every["said"], "key"]
    twice = keys.duplicated() | keys.isna() | (keys == "")
    if twice.any():
        problem = f"{work.key} is empty or stands twice in {int(twice.sum()):,} comments"
        raise StudyError([Fault(work.comments.name, 0, problem, "name another --key", work.key)])
    return every, texts


def _compare(
    drawn: pd.DataFrame, texts: dict[tuple[str, int], str | None], column: str, sample: str, comments: str
) -> None:
    """Refuse comments whose text is not the one that the sample holds: what stands in their places was not drawn."""
    if column not in drawn:
        raise StudyError([Fault(sample, 1, f"there is no column {column!r}", "put it back", column)])
    remedy = "name the comments as they were when the sample was drawn, rows in the same order"
    problem = f"the text is another than in this row of {comments}"
    shown = zip(drawn.index, _places(drawn), drawn[column].fillna(""), strict=True)
    faults = [
        Fault(sample, int(line), problem, remedy)
        for line, place, text in shown
        if place not in texts or _letters(texts[place] or "") not in ("", _letters(str(text)))
    ]
    refuse(faults)


def _letters(text: str) -> str:
    """The letters of a text: spreadsheets change spaces, signs, figures and dates, and cut what is long."""
    return "".join(filter(str.isalpha, text)).casefold()[:LONG]


def _codes(work: Elsewhere, themes: Sequence[str]) -> pd.DataFrame:
    """The codes by key, True or False."""
    if work.codes.suffix.lower() == SUFFIX:
        return project_codes(work.codes, work.key, themes, work.machine)
    columns = [work.key, *themes]
    if work.codes.suffix.lower() == ".parquet":
        table = pq.read_table(work.codes).to_pandas()
    else:
        table = read_table(work.codes, work.codes.name)
    if lost := [name for name in columns if name not in table]:
        raise StudyError([Fault(work.codes.name, 1, f"there is no column {name!r}", "add it", name) for name in lost])
    keys = table[work.key].astype("str")
    if keys.duplicated().any():
        problem = f"{work.key} stands twice in {int(keys.duplicated().sum()):,} rows"
        raise StudyError([Fault(work.codes.name, 0, problem, "keep one row a comment", work.key)])
    cells = table[list(themes)].astype("str").apply(lambda column: column.str.strip().str.lower())
    wrong = ~cells.isin(YES | NO)
    if wrong.any(axis=None):
        faults = [
            Fault(work.codes.name, 0, f"{theme} holds {int(n):,} cells that are neither 1 nor 0", "write 1 or 0", theme)
            for theme, n in wrong.sum().items()
            if n
        ]
        raise StudyError(faults)
    return cells.isin(YES).set_index(pd.Index(keys, name=work.key))
