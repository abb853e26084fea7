"""Agreement on a table of anyone's ratings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from buddy_eval.base.errors import BuddyError
from buddy_eval.coding.agreement.intervals import estimates, intervals
from buddy_eval.coding.agreement.reading import caution
from buddy_eval.coding.agreement.statistics import LEVELS, METRIC, NOMINAL, Floats, patterns

COLUMNS = ["statistic", "estimate", "ci_low", "ci_high", "n_units", "n_single", "n_coders", "caution"]


def alpha(ratings: Floats, level: str = "nominal") -> float:
    """Krippendorff's alpha of ratings (units, coders), missing where a coder did not rate.

    1 - observed / expected disagreement, from the coincidences of values within units; units with fewer than two
    ratings do not count. NaN where nothing varies, so that nothing could be disagreed on.

    >>> round(alpha(np.array([[1, 1], [2, 2], [1, 2], [2, 2], [np.nan, 1]])), 3)
    0.533
    """
    return estimates(patterns(ratings, level), METRIC)["alpha"]


def agreement(ratings: pd.DataFrame, level: str = "nominal", *, draws: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Measure agreement on a table of units x coders.

    Parameters
    ----------
    ratings : one row a unit, one column a coder; text for the nominal level, else numbers; missing allowed.
    level : nominal, ordinal, interval or ratio.

    Returns
    -------
    Tidy rows statistic, estimate, ci_low, ci_high (95%, see `intervals`), n_units (with two ratings or more), n_single
    (with one rating: left out), n_coders, caution: alpha and percent (pairs of ratings of a unit that are equal), at
    the nominal level also fleiss_kappa, ac1 and commonest (the share of all ratings that are the commonest value). A
    unit that one coder rated alone enters only the shares of values of the last three, as in Gwet's irrCAC.

    Raises
    ------
    BuddyError : an unknown level, fewer than two coders or units, or ratings that the level does not allow.

    >>> ratings = pd.DataFrame({"A": ["yes", "no", "yes", "no"], "B": ["yes", "no", "yes", "yes"]})
    >>> agreement(ratings).set_index("statistic")["estimate"].round(2)[["alpha", "percent"]].tolist()
    [0.53, 0.75]
    """
    numbers = _numbers(ratings, level)
    rated = (~np.isnan(numbers)).sum(axis=1)
    n_units = int((rated >= 2).sum())
    if n_units < 2 or numbers.shape[1] < 2:
        raise BuddyError("agreement needs two coders or more and two units that both of them rated")
    held = patterns(numbers, level)
    statistics = NOMINAL if level == "nominal" else METRIC
    estimated = estimates(held, statistics)
    ends = intervals(held, statistics, draws=draws, seed=seed)
    most = float((held.cells.T @ held.units).max() / rated.sum())
    said = caution(estimated["alpha"], ends["alpha"], n_units, most)
    about = {"n_units": n_units, "n_single": int((rated == 1).sum()), "n_coders": int(numbers.shape[1])}
    rows = [
        {"statistic": name, "estimate": estimated[name], "ci_low": low, "ci_high": high, **about}
        | {"caution": said if name == "alpha" or np.isnan(estimated[name]) else ""}
        for name, (low, high) in ends.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def agreement_by_part(
    parts: Iterable[tuple[str, str, pd.DataFrame]], level: str = "nominal", *, draws: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Measure agreement of each group and variable (their names and ratings, units x coders).

    Returns the rows of `agreement` below each other, with the columns group and variable before them. Of several parts,
    one without two units that two coders rated has a row without an estimate, which says so.
    """
    listed = list(parts)
    measured = []
    for group, variable, ratings in listed:
        rated = (ratings.notna()).sum(axis=1)
        if len(listed) > 1 and (rated >= 2).sum() < 2:
            n = {"n_units": int((rated >= 2).sum()), "n_single": int((rated == 1).sum()), "n_coders": ratings.shape[1]}
            few = {"statistic": "alpha", **n, "caution": "none_shared"}
            rows = pd.DataFrame([few]).reindex(columns=COLUMNS)
        else:
            rows = agreement(ratings, level, draws=draws, seed=seed)
        measured.append(rows.assign(group=group, variable=variable)[["group", "variable", *COLUMNS]])
    return pd.DataFrame([row for rows in measured for row in rows.to_dict("records")])


def _numbers(ratings: pd.DataFrame, level: str) -> Floats:
    """Turn ratings into numbers: what they are, or at the nominal level numbers for names."""
    if level not in LEVELS:
        raise BuddyError(f"level {level!r} is not known; use one of: {', '.join(LEVELS)}")
    if level == "nominal":
        codes, _ = pd.factorize(ratings.to_numpy(dtype=object).ravel(), sort=False)
        numbered: Floats = np.where(codes < 0, np.nan, codes).astype("float64").reshape(ratings.shape)
        return numbered
    cells = pd.Series(ratings.to_numpy(dtype=object).ravel()).dropna()
    read = pd.to_numeric(cells, errors="coerce").astype("float64")
    for bad, problem in (
        (read.isna(), f"is no number, which the level {level} needs; number the values in their order"),
        (~np.isfinite(read), f"is no finite number, which the level {level} needs"),
        ((read < 0) & (level == "ratio"), "is below zero, which the level ratio does not know; use interval"),
    ):
        if bad.any():
            raise BuddyError(f"rating {str(cells[bad].iloc[0])[:20]!r} {problem}")
    return np.asarray(ratings.apply(pd.to_numeric).astype("float64"))
