"""Agreement of a study's human coders on every code and theme, before any consensus."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.coding.agreement.intervals import estimates, intervals
from buddy_eval.coding.agreement.reading import caution
from buddy_eval.coding.agreement.statistics import METRIC, Floats, Patterns, patterns
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import AGREEMENT

FEW_POSITIVES = 10


def code_agreement(
    codings: pd.DataFrame,
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    codes: pd.DataFrame,
    *,
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Measure agreement of human coders on every code and theme, before any consensus.

    A coder who was assigned a unit and gave it no code says 'absent'; one who was not assigned says nothing. The
    adjudicator does not count. Units of one interview are not independent of each other: they count for as many as
    the design is worth (see `intervals`), and so are comments of one person; codings of a single source or person give
    no interval.

    Returns the frame `agreement`: alpha, percent and prevalence of every code and theme with two coders or more.
    """
    coding = assignments[assignments["role"] != "adjudicator"]
    shared = coding.groupby("unit")["coder"].transform("nunique") >= 2
    cells = coding[shared].merge(units.assign(source=together(units))[["unit", "source"]], on="unit")
    themed = codings.merge(codes[["code", "theme"]], on="code")
    parts = [(code, "code", themed[themed["code"] == code]) for code in codes["code"]]
    parts += [(theme, "theme", themed[themed["theme"] == theme]) for theme in codes["theme"].dropna().unique()]
    grid = cells.pivot(index=["source", "unit"], columns="coder", values="role").notna()
    rows = []
    if len(grid):
        sources = pd.factorize(grid.index.get_level_values("source"))[0]
        for name, level, marks in parts:
            rows += _rows(grid, marks, sources, {"code": name, "level": level}, draws, seed)
    return conform(pd.DataFrame(rows, columns=AGREEMENT.names), AGREEMENT)


def together(units: pd.DataFrame) -> pd.Series:
    """Return for each unit what its words are not independent of: the interview, or whoever wrote the comment.

    >>> units = {"unit": ["a.1", "b", "c"], "source": ["a", "f", "f"], "participant": ["P", "W1-1", None]}
    >>> together(pd.DataFrame(units).assign(channel=["interview", "comment", "comment"])).tolist()
    ['a', 'W1-1', 'c']
    """
    return units["source"].where(units["channel"] == "interview", units["participant"].fillna(units["unit"]))


def prevalence(held: Patterns, weights: Floats) -> Floats:
    """The share of ratings that say present (1)."""
    present = held.cells @ (held.values == 1)
    return np.asarray((weights @ present) / (weights @ held.ratings))


def _rows(
    grid: pd.DataFrame,
    marks: pd.DataFrame,
    sources: NDArray[np.int64],
    about: dict[str, str],
    draws: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Rows of one code: present or absent by every assigned coder on every shared unit."""
    units = grid.index.get_level_values("unit")
    present = pd.crosstab(marks["unit"], marks["coder"]).reindex(index=units, columns=grid.columns)
    assigned = grid.to_numpy()
    ratings = np.where(assigned, present.to_numpy() > 0, np.nan)
    positive, rated = float(np.nansum(ratings)), float(assigned.sum())
    held, statistics = patterns(ratings), {**METRIC, "prevalence": prevalence}
    estimated = estimates(held, statistics)
    ends = intervals(held, statistics, draws=draws, seed=seed, sources=sources)
    n_of = {"n_units": len(grid), "n_coders": int(assigned.any(axis=0).sum()), "n_positive": int(positive)}
    few = "few_positives" if positive < FEW_POSITIVES else ""
    common = max(positive / rated, 1 - positive / rated)
    said = few or caution(estimated["alpha"], ends["alpha"], len(grid), common)
    return [
        {**about, "statistic": name, "estimate": estimated[name], "ci_low": low, "ci_high": high, **n_of}
        | {"caution": said if name == "alpha" else ""}
        for name, (low, high) in ends.items()
    ]
