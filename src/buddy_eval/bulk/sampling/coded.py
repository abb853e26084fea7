"""The way back: the coded sample and the machine's codes of everything, to corrected shares of every theme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError, Fault, StudyError, nearest, refuse
from buddy_eval.bulk.sampling.draw import Record, read_record
from buddy_eval.bulk.sampling.elsewhere import Elsewhere, counts_and_flags
from buddy_eval.bulk.sampling.estimate import Estimate, difference, prevalence
from buddy_eval.bulk.sampling.people import by_people

COLUMNS = ("theme", "column", "group", "figure", "estimate", "ci_low", "ci_high", "se", "n_comments", "n_coded")
LABEL = "machine_uncorrected"


def correct(sample: Path, coded: Path | Elsewhere) -> pd.DataFrame:
    """Estimate the share of comments with each theme, in all and by group, and how groups differ.

    Parameters
    ----------
    sample : the file that `buddy-eval sample` drew, with 1 or 0 in the column of each theme. Coding may have stopped
        early; a gap is a fault. coded : the folder that `buddy-eval code` wrote for the same comments, counted by at
        least the columns that the sample was drawn by; or a machine's codes that were made elsewhere.

    Returns
    -------
    theme, column and group (empty for all), figure (``share``, or ``minus the rest``: the group's share minus that of
    all other comments), estimate with its 95% interval and standard error, comments, coded comments, and under
    `machine_uncorrected` what the machine alone would have said: never a finding. The caution holds ids.

    Raises
    ------
    StudyError : the sample, its record and the coded folder do not belong together, or a cell is neither 1 nor 0.
    """
    record = read_record(sample)
    people, drawn = by_people(sample, record)
    themes = list(people.columns[1:])
    counts, flags = codes_of(coded, record, sample, drawn)
    rows: list[dict[str, object]] = []
    for place, theme in enumerate(themes):
        judged = pd.DataFrame({"stratum": people["stratum"], "human": people[theme], "machine": flags[:, place]})
        rows += _figures(theme, judged, counts[counts["theme"] == theme], record)
    return pd.DataFrame(rows, columns=[*COLUMNS, LABEL, "caution"])


def codes_of(
    coded: Path | Elsewhere, record: Record, sample: Path, drawn: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return a machine's counts of everything, and its codes of the comments `drawn`, whoever made them."""
    if isinstance(coded, Elsewhere):
        return counts_and_flags(coded, record, record.codes, sample.name, drawn)
    places = list(zip(drawn["file"], drawn["row"].astype(int), strict=True))
    return _counts(coded, record, record.codes), _machine(coded, places, record.codes)


def _figures(theme: str, judged: pd.DataFrame, strata: pd.DataFrame, record: Record) -> Iterator[dict[str, object]]:
    def share(inside: NDArray[np.bool_]) -> tuple[Estimate, int, float]:
        chosen = strata[inside[strata["stratum"].to_numpy()]]
        coded = judged[inside[judged["stratum"].to_numpy()]]
        n = int(chosen["n_comments"].sum())
        return prevalence(coded, chosen), n, float(chosen["n_machine"].sum() / n)

    def row(column: str, group: str, figure: str, estimate: Estimate, n: int, machine: float) -> dict[str, object]:
        cells = dict(zip(("estimate", "ci_low", "ci_high", "se"), estimate[:4], strict=True))
        about = {"n_comments": n, "n_coded": estimate.n, LABEL: machine, "caution": estimate.caution}
        return {"theme": theme, "column": column, "group": group, "figure": figure, **cells, **about}

    every = np.ones(len(record.strata), bool)
    yield row("", "", "share", *share(every))
    for place, column in enumerate(record.by):
        values = np.array([stratum.values[place] for stratum in record.strata], object)
        groups = sorted(set(values))
        for number, group in enumerate(groups if len(groups) > 1 else []):
            one, rest = share(values == group), share(values != group)
            yield row(column, group, "share", *one)
            if len(groups) > 2 or not number:
                apart = difference(one[0], rest[0])
                yield row(column, group, "minus the rest", apart, one[1] + rest[1], one[2] - rest[2])


def _counts(coded: Path, record: Record, themes: Sequence[str]) -> pd.DataFrame:
    """Read the machine's counts by stratum and theme: theme, stratum, n_comments, n_machine."""
    path = coded / "counts.csv"
    if not path.is_file():
        raise BuddyError(f"{coded.name} holds no counts; run {CALLED} code first, to its end")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    by = list(record.by)
    faults = [
        Fault(f"{coded.name}/counts.csv", 1, f"is not counted by {name!r}", "give `code` the same --by as `sample`")
        for name in by
        if name not in table
    ]
    known = sorted(set(table["theme"]))
    faults += [
        Fault(f"{coded.name}/counts.csv", 0, f"theme {name!r} was not coded", nearest(name, known))
        for name in themes
        if name not in known
    ]
    refuse(faults)
    table[["n_comments", "n_suggested"]] = table[["n_comments", "n_suggested"]].astype(int)
    number = {stratum.values: place for place, stratum in enumerate(record.strata)}
    table["stratum"] = (
        [number.get(values, -1) for values in zip(*(table[name] for name in by), strict=True)] if by else 0
    )
    totals = table.groupby(["theme", "stratum"], as_index=False)[["n_comments", "n_suggested"]].sum()
    totals = totals.rename(columns={"n_suggested": "n_machine"})
    sizes = [stratum.comments for stratum in record.strata]
    for theme in themes:
        drawn_from = totals[totals["theme"] == theme].set_index("stratum")["n_comments"].to_dict()
        if drawn_from != dict(enumerate(sizes)):
            problem = "counts other comments than the sample was drawn from"
            raise StudyError([Fault(f"{coded.name}/counts.csv", 0, problem, "code and sample the same files again")])
    return totals


def _machine(coded: Path, places: list[tuple[str, int]], themes: Sequence[str]) -> NDArray[np.bool_]:
    """Return sampled comments x themes: whether the machine coded them; the spans are read some at a time."""
    number = {place: row for row, place in enumerate(places)}
    theme = {name: column for column, name in enumerate(themes)}
    rows = np.unique([row for _, row in places])
    flags = np.zeros((len(places), len(themes)), bool)
    files = sorted((coded / "spans").glob("part-*.parquet"))
    if not files:
        raise BuddyError(f"{coded.name} holds no spans; run {CALLED} code first, to its end")
    for path in files:
        with pq.ParquetFile(path) as opened:
            for batch in opened.iter_batches(columns=["file", "row", "theme"]):
                near = np.flatnonzero(np.isin(batch.column("row").to_numpy(), rows))
                chosen = batch.take(near.astype(np.int64)).to_pydict()
                for file, row, name in zip(chosen["file"], chosen["row"], chosen["theme"], strict=True):
                    if (file, row) in number and name in theme:
                        flags[number[file, row], theme[name]] = True
    return flags
