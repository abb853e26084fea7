"""Agreement between coders: Krippendorff's alpha and its companions, with bootstrap intervals.

Sources: Krippendorff (2011) Computing Krippendorff's alpha-reliability; Hayes and Krippendorff (2007) for the
bootstrap of units; Gwet (2008) for AC1; Fleiss (1971). Values of the published examples stand in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.base.errors import BuddyError
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import AGREEMENT

Floats = NDArray[np.float64]
LEVELS = ("nominal", "ordinal", "interval", "ratio")
FEW_POSITIVES = 10
COLUMNS = ["statistic", "estimate", "ci_low", "ci_high", "n_units", "n_coders", "caution"]


def alpha(ratings: Floats, level: str = "nominal") -> float:
    """Krippendorff's alpha of ratings (units, coders), missing where a coder did not rate.

    1 - observed / expected disagreement, from the coincidences of values within units; units with fewer than two
    ratings do not count. NaN where nothing varies, so that nothing could be disagreed on.

    >>> round(alpha(np.array([[1, 1], [2, 2], [1, 2], [2, 2], [np.nan, 1]])), 3)
    0.533
    """
    counts, values = _counts(ratings)
    weights = np.ones((1, len(counts)))
    return float(_alphas(counts, weights, _distance(counts, values, level))[0])


def agreement(ratings: pd.DataFrame, level: str = "nominal", *, draws: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Measure agreement on a table of units x coders.

    Parameters
    ----------
    ratings : one row a unit, one column a coder; text for the nominal level, else numbers; missing allowed.
    level : nominal, ordinal, interval or ratio.

    Returns
    -------
    Tidy rows statistic, estimate, ci_low, ci_high (95%, bootstrap of units), n_units, n_coders, caution: alpha and
    percent (pairs of ratings of a unit that are equal), at the nominal level also fleiss_kappa and ac1. A unit that
    one coder rated alone enters only the chance agreement of the last two, as in Gwet's irrCAC.

    Raises
    ------
    BuddyError : an unknown level, fewer than two coders or units, or text where numbers are needed.
    """
    numbers = _numbers(ratings, level)
    counts, values = _counts(numbers)
    rated, _ = _counts(numbers, least=1)
    if len(counts) < 2 or numbers.shape[1] < 2:
        raise BuddyError("agreement needs two coders or more and two units that both of them rated")
    distance = _distance(counts, values, level)
    statistics: dict[str, tuple[Floats, Callable[[Floats], Floats]]] = {
        "alpha": (counts, lambda weights: _alphas(counts, weights, distance)),
        "percent": (counts, lambda weights: _percent(counts, weights)),
    }
    if level == "nominal":
        statistics |= {
            "fleiss_kappa": (rated, lambda weights: _corrected(rated, weights, _by_share)),
            "ac1": (rated, lambda weights: _corrected(rated, weights, _by_gwet)),
        }
    rows = []
    for name, (units, call) in statistics.items():
        value = float(call(np.ones((1, len(units))))[0])
        rows.append(
            {
                "statistic": name,
                "estimate": value,
                **_interval(call(_drawn(len(units), draws, seed))),
                "n_units": len(counts),
                "n_coders": numbers.shape[1],
                "caution": reading(value) if name == "alpha" else "",
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def reading(value: float) -> str:
    """Return the caution that an alpha asks for, by Krippendorff's customary marks; none where it is firm.

    >>> reading(0.85), reading(0.7), reading(0.5)
    ('', 'alpha_tentative', 'alpha_low')
    """
    if np.isnan(value):
        return "alpha_undefined"
    if value >= 0.8:
        return ""
    return "alpha_tentative" if value >= 0.667 else "alpha_low"


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
    adjudicator does not count. Whole sources are drawn in the bootstrap, because units of one interview are not
    independent of each other; codings of a single source give no interval.

    Returns the frame `agreement`: alpha, percent and prevalence of every code and theme with two coders or more.
    """
    coding = assignments[assignments["role"] != "adjudicator"]
    shared = coding.groupby("unit")["coder"].transform("nunique") >= 2
    cells = coding[shared].merge(units[["unit", "source"]], on="unit")
    given = codings.merge(codes[["code", "theme"]], on="code")
    parts = [(code, "code", given[given["code"] == code]) for code in codes["code"]]
    parts += [(theme, "theme", given[given["theme"] == theme]) for theme in codes["theme"].dropna().unique()]
    grid = cells.pivot(index=["source", "unit"], columns="coder", values="role").notna()
    rows = []
    if len(grid):
        weights = _source_weights(grid.index.get_level_values("source"), draws, seed)
        for name, level, marks in parts:
            rows += _binary_rows(grid, marks, weights, {"code": name, "level": level})
    return conform(pd.DataFrame(rows, columns=AGREEMENT.names), AGREEMENT)


def _numbers(ratings: pd.DataFrame, level: str) -> Floats:
    if level not in LEVELS:
        raise BuddyError(f"level {level!r} is not known; use one of: {', '.join(LEVELS)}")
    if level == "nominal":
        codes, _ = pd.factorize(ratings.to_numpy(dtype=object).ravel(), sort=False)
        numbered: Floats = np.where(codes < 0, np.nan, codes).astype("float64").reshape(ratings.shape)
        return numbered
    cells = pd.Series(ratings.to_numpy(dtype=object).ravel()).dropna()
    bad = cells[pd.to_numeric(cells, errors="coerce").isna()]
    if len(bad):
        raise BuddyError(f"rating {str(bad.iloc[0])[:20]!r} is no number, which the level {level} needs")
    return np.asarray(ratings.apply(pd.to_numeric).astype("float64"))


def _counts(ratings: Floats, least: int = 2) -> tuple[Floats, Floats]:
    """How often each value was given to each unit with `least` ratings or more: (units, values), and the values."""
    values = np.unique(ratings[~np.isnan(ratings)])
    counts = (ratings[:, :, None] == values).sum(axis=1).astype("float64")
    return counts[counts.sum(axis=1) >= least], values


def _distance(counts: Floats, values: Floats, level: str) -> Floats:
    """Squared distances between values (values, values); ordinal ones depend on how often values occur."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        totals = counts.sum(axis=0)
        middle = np.cumsum(totals) - totals / 2
        return np.asarray(np.subtract.outer(middle, middle) ** 2)
    difference = np.subtract.outer(values, values)
    if level == "interval":
        return difference**2
    total = np.add.outer(values, values)
    return np.divide(difference, total, out=np.zeros_like(total), where=total != 0) ** 2


def _alphas(counts: Floats, weights: Floats, distance: Floats) -> Floats:
    """Alpha for every row of weights (draws, units): a weight says how often a unit counts."""
    m = counts.sum(axis=1)
    within = np.einsum("uv,vw,uw->u", counts, distance, counts) / (m - 1)
    totals, n = weights @ counts, weights @ m
    between = np.einsum("dv,vw,dw->d", totals, distance, totals) / (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(between > 0, 1 - (weights @ within) / between, np.nan)


def _percent(counts: Floats, weights: Floats) -> Floats:
    m = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1) / (m * (m - 1))
    return np.asarray((weights @ same) / weights.sum(axis=1))


def _corrected(counts: Floats, weights: Floats, chance: Callable[[Floats], Floats]) -> Floats:
    """Agreement corrected for chance, from the average share of every value over all units, also those rated once."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    average = (weights @ shares) / weights.sum(axis=1, keepdims=True)
    expected, paired = chance(average), counts.sum(axis=1) >= 2
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = _percent(counts[paired], weights[:, paired])
        return np.where(expected < 1, (observed - expected) / (1 - expected), np.nan)


def _by_share(average: Floats) -> Floats:
    return np.asarray((average**2).sum(axis=1))


def _by_gwet(average: Floats) -> Floats:
    return np.asarray((average * (1 - average)).sum(axis=1) / max(average.shape[1] - 1, 1))


def _drawn(units: int, draws: int, seed: int) -> Floats:
    generator = np.random.default_rng(seed)
    return generator.multinomial(units, np.full(units, 1 / units), size=draws).astype("float64")


def _interval(values: Floats) -> dict[str, float]:
    """The middle 95% of the draws that could be computed; missing where most could not, or none was drawn."""
    good = values[~np.isnan(values)]
    if not len(good) or len(good) < len(values) / 2:
        return {"ci_low": np.nan, "ci_high": np.nan}
    low, high = np.quantile(good, [0.025, 0.975])
    return {"ci_low": float(low), "ci_high": float(high)}


def _source_weights(sources: pd.Index, draws: int, seed: int) -> Floats:
    """How often each unit counts when whole sources are drawn; no draw from a single source, which cannot vary."""
    codes, names = pd.factorize(sources)
    return _drawn(len(names), draws if len(names) > 1 else 0, seed)[:, codes]


def _binary_rows(
    grid: pd.DataFrame, marks: pd.DataFrame, weights: Floats, about: dict[str, str]
) -> list[dict[str, Any]]:
    """Rows of one code: present or absent by every assigned coder on every shared unit."""
    present = pd.crosstab(marks["unit"], marks["coder"]).reindex(
        index=grid.index.get_level_values("unit"), columns=grid.columns, fill_value=0
    )
    assigned = grid.to_numpy()
    ratings = np.where(assigned, (present.to_numpy() > 0).astype("float64"), np.nan)
    positive, rated = float(np.nansum(ratings)), float(assigned.sum())
    counts, values = _counts(ratings)
    distance, once = _distance(counts, values, "nominal"), np.ones((1, len(counts)))
    n_of = {"n_units": len(counts), "n_coders": int(assigned.any(axis=0).sum()), "n_positive": int(positive)}
    few = "few_positives" if positive < FEW_POSITIVES else ""
    value = float(_alphas(counts, once, distance)[0])
    shares = (weights @ np.nansum(ratings, axis=1)) / (weights @ assigned.sum(axis=1))
    found = (
        ("alpha", value, _interval(_alphas(counts, weights, distance)), few or reading(value)),
        ("percent", float(_percent(counts, once)[0]), _interval(_percent(counts, weights)), ""),
        ("prevalence", positive / rated, _interval(shares), ""),
    )
    return [
        {**about, "statistic": name, "estimate": estimate, **ends, **n_of, "caution": caution}
        for name, estimate, ends, caution in found
    ]
