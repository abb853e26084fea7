"""One allowance over all that a report says: Holm's, over every result of which a sentence may speak.

A reader takes whatever a report says for a finding, so all of it is looked at together: each theme in each wave, each
change between waves, each outcome indicator, and each comparison with trusts outside the pairs and its placebo. A
result carries a direction where its p-value (by t over independent clusters of pairs, or by randomisation) stays at
5% after Holm's adjustment over all of these; from six clusters on its exact sign-flip p-value must too. The t
p-value needs no least number of pairs, so that fewer pairs need a larger difference and never pass more easily; a
result without a p-value is no look, and carries nothing.

Of gaps whose distribution is lopsided a few pairs often lie close together and off zero, and t then takes them for a
finding. So the spread that the themes of one survey have in common is looked at too, and the larger of the two
p-values counts: one theme's pairs are not believed to lie much closer together than those of the others.

Sources: Holm (1979) Scandinavian Journal of Statistics 6, 65-70; Berger (1982) Technometrics 24, 295-300 for asking two
tests at once; the common spread is that of the analysis of variance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from buddy_eval.analyse.thresholds import ALPHA

Floats = NDArray[np.float64]
FAMILY = ("contrast_kind", "wave", "wave_before", "wave_after")  # results of one unit, over the same pairs


def holm(own: Floats, others: Floats | None = None) -> Floats:
    """Adjust p-values for each other and for `others`; a missing one stays missing and counts for nothing.

    >>> holm(np.array([0.01, 0.04, np.nan]), np.array([0.03])).round(3).tolist()
    [0.03, 0.06, nan]
    """
    together = np.concatenate([own, [] if others is None else others]).astype("float64")
    looks = np.flatnonzero(np.isfinite(together))
    order = looks[np.argsort(together[looks], kind="stable")]
    adjusted = np.full(len(together), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(together[order] * np.arange(len(order), 0, -1)), 1.0)
    return adjusted[: len(own)]


def by_t(rows: pd.DataFrame) -> Floats:
    """Two-sided t p-values of rows of `findings`; missing without an interval.

    With the spread of a result's own clusters; for the survey also with that of all themes of its wave (or change)
    together, the sum of squares over the sum of the degrees of freedom, and the larger one counts. Where all values are
    alike there is no interval, and the exact p-value stands for it.
    """
    df, n = (rows[name].to_numpy(dtype="float64") for name in ("df", "n_clusters"))
    half = (rows["ci_high"] - rows["ci_low"]).to_numpy(dtype="float64") / 2
    size = np.abs(rows["estimate"].to_numpy(dtype="float64"))
    told = np.isfinite(half)
    error = half / stdtrit(df, 0.975)
    own = _p(size, error, df)
    survey = (rows["contrast_kind"] != "series").to_numpy()
    together = pd.DataFrame(np.column_stack([df * n * error**2, np.where(told, df, np.nan)]), rows.index)
    common = together.groupby([rows[name] for name in FAMILY], dropna=False).transform("sum").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = _p(size, np.sqrt(common[:, 0] / common[:, 1] / n), common[:, 1])
    alone = np.where(told, own, rows["p_value"].to_numpy())
    return np.where(survey & (shared > alone), shared, alone)


def _p(size: Floats, error: Floats, df: Floats) -> Floats:
    return np.asarray(2 * stdtr(df, -size / error))


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
    shown = rows["p_value"].to_numpy()
    adjusted = np.fmax(adjusted, shown)
    told = np.where(np.isfinite(shown), adjusted, np.nan)
    looks = int(np.isfinite(p_values).sum()) + (0 if others is None else int(np.isfinite(others).sum()))
    return rows.assign(p_adjusted=told, stands=adjusted <= ALPHA, n_looks=looks)
