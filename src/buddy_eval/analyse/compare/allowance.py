"""One allowance over all that a report says: Holm's, over every result of which a sentence may speak.

A reader takes whatever a report says for a finding, so all of it is looked at together: each theme in each wave, each
change between waves, each outcome indicator, and each comparison with trusts outside the pairs and its placebo. A
result carries a direction where its p-value (by t over independent clusters of pairs, or by randomisation) stays at
5% after Holm's adjustment over all of these; from six clusters on its exact sign-flip p-value must too. The t
p-value needs no least number of pairs, so that fewer pairs need a larger difference and never pass more easily; a
result without a p-value is no look, and carries nothing.

Source: Holm (1979) Scandinavian Journal of Statistics 6, 65-70.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from buddy_eval.analyse.thresholds import ALPHA

Floats = NDArray[np.float64]


def holm(own: Floats, others: Floats | None = None) -> Floats:
    """Adjust p-values for each other and for `others`; a missing one stays missing and counts for nothing.

    >>> holm(np.array([0.01, 0.04, np.nan]), np.array([0.03])).round(3).tolist()
    [0.03, 0.06, nan]
    """
    together = np.concatenate([own, [] if others is None else others]).astype("float64")
    looks = np.flatnonzero(np.isfinite(together))
    order = looks[np.argsort(together[looks], kind="stable")]
    made = np.full(len(together), np.nan)
    made[order] = np.minimum(np.maximum.accumulate(together[order] * np.arange(len(order), 0, -1)), 1.0)
    return made[: len(own)]


def by_t(rows: pd.DataFrame) -> Floats:
    """Two-sided t p-values of rows with estimate, ci_low, ci_high (95%), df and p_value; missing without an interval.

    Where all values are alike there is no interval, and the exact p-value stands for it.
    """
    df = rows["df"].to_numpy(dtype="float64")
    half = (rows["ci_high"] - rows["ci_low"]).to_numpy(dtype="float64") / 2
    size = np.abs(rows["estimate"].to_numpy(dtype="float64"))
    known = (half > 0) & (df > 0)
    ratio = np.divide(size, half, out=np.full(len(rows), np.nan), where=known)
    p = np.asarray(2 * t.sf(ratio * t.ppf(0.975, df), df), dtype="float64")
    return np.where(known, p, rows["p_value"].to_numpy(dtype="float64"))


def allowed(rows: pd.DataFrame, p_values: Floats, others: Floats | None = None) -> pd.DataFrame:
    """Add to results what all looks together leave of them.

    Parameters
    ----------
    rows : results with their shown `p_value` (missing where none may be shown).
    p_values : the p-value of each by which it is judged. others : those of results of other tables.

    Returns
    -------
    `rows` with p_adjusted (missing where `p_value` is, never below it), stands (a direction may be said) and n_looks.
    """
    adjusted = holm(p_values, others)
    shown = rows["p_value"].to_numpy(dtype="float64")
    adjusted = np.fmax(adjusted, shown)
    looks = int(np.isfinite(p_values).sum()) + (0 if others is None else int(np.isfinite(others).sum()))
    return rows.assign(
        p_adjusted=np.where(np.isfinite(shown), adjusted, np.nan), stands=adjusted <= ALPHA, n_looks=looks
    )
