"""A sensitivity view: pairs borrow strength from each other, those with few people most (partial pooling).

The gaps of the pairs are taken as drawn from one normal distribution whose variance is estimated by Paule and
Mandel's method; each pair's gap then moves towards the mean by the share of its own uncertainty. That makes the
estimates of small pairs steadier and pairs more alike than they are, so it never leads a report.

Sources: Paule and Mandel (1982) J. Res. Natl. Bur. Stand. 87, 377-385; Hartung and Knapp (2001) Statistics in
Medicine 20, 3875-3889 for the interval of the mean; Efron and Morris (1975) JASA 70, 311-319 for the shrinkage.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from buddy_eval.analyse.compare.design_matrix import Floats
from buddy_eval.analyse.compare.robust import Estimate, by_t
from buddy_eval.schemas import conform
from buddy_eval.schemas.comparison import POOLED

Z = 1.959963984540054  # of the normal distribution: the interval of a pooled gap is approximate
LEAST_PAIRS = 3  # of two the spread between pairs is told by one difference, of one by nothing
MOST, CLOSE = 50, 1e-5  # steps towards the variance between pairs, and how near its equation is met: see `combined`
LEAST_HALF = 1e-3  # points: a side of one mind has no variance, and would outweigh every other pair


class Pool(NamedTuple):
    """Gaps pooled: mean, its weight (1 over its variance), variance between pairs, Hartung and Knapp's scale."""

    mean: float
    weight: float
    tau2: float
    scale: float


def combined(gaps: Floats, variances: Floats) -> Pool:
    """Pool gaps as statsmodels' `combine_effects` does, the variance between pairs by Paule and Mandel (`tau2`).

    The tolerance is its default: the iteration starts below the root and stops before rounding can carry it past, where
    it would return 0; with a tolerance of 1e-7 and less it does so on simulated gaps.

    >>> round(float(combined(np.array([0.1, 0.9, 0.4, -0.2]), np.full(4, 0.01)).tau2), 4)
    0.21
    """
    tau2, df = 0.0, len(gaps) - 1
    for _ in range(MOST):
        weights = 1 / (variances + tau2)
        squares = (gaps - weights.dot(gaps) / weights.sum()) ** 2
        excess = float(weights.dot(squares) - df)
        if excess < 0:
            tau2 = 0.0
        if excess <= CLOSE:
            break
        tau2 += excess / float((weights**2).dot(squares))
    weights = 1 / (variances + tau2)
    mean = float((weights / weights.sum() * gaps).sum())
    scale = float((weights * (gaps - mean) ** 2).sum()) / df if df else np.nan  # one pair alone has no spread
    return Pool(mean, float(weights.sum()), tau2, scale)


def pooled_mean(gaps: Floats, variances: Floats) -> Estimate:
    """The mean gap weighted by certainty, with Hartung and Knapp's t interval (G - 1).

    Not widened to the plain one where gaps lie closer together than their people let expect: with a few people a side
    that left zero out in 1 of 100 studies without a gap.
    """
    pool = combined(gaps, variances)
    if len(gaps) < 2:
        return Estimate(pool.mean)
    return by_t(pool.mean, float(np.sqrt(pool.scale / pool.weight)), len(gaps) - 1.0)


def shrunken(gaps: pd.DataFrame) -> pd.DataFrame:
    """Each pair's survey gap after partial pooling over the pairs, by theme and wave.

    Parameters
    ----------
    gaps : the frame `gaps`; pairs without an interval (one person on a side) are left out, and what fewer than three
        pairs have: there is nothing to draw them towards.

    Returns
    -------
    The frame `pooled`: the gap as measured, after pooling with an approximate 95% interval, and how far it moved
    (`pull`, 0 not at all to 1 wholly to the mean).
    """
    survey = gaps[(gaps["contrast_kind"] == "gap") & gaps["ci_low"].notna()]
    parts = [pd.DataFrame(columns=POOLED.names)]
    for _, part in survey.groupby(["wave", "theme"]):
        if len(part) < LEAST_PAIRS:
            continue
        values, variances = part["estimate"].to_numpy(), variance(part)
        pool = combined(values, variances)
        pull = variances / (variances + pool.tau2)
        error = np.sqrt((1 - pull) * variances + pull**2 / pool.weight)
        estimate = pool.mean + (1 - pull) * (values - pool.mean)
        ends = {"ci_low": estimate - Z * error, "ci_high": estimate + Z * error}
        parts.append(part[["pair", "wave", "theme"]].assign(measured=values, estimate=estimate, **ends, pull=pull))
    return conform(pd.concat(parts[1:] or parts), POOLED)


def variance(gaps: pd.DataFrame) -> Floats:
    """The sampling variance of each pair's gap, from the people's spread over all pairs and their number in each.

    A variance measured on few people with skewed answers moves with their mean, and so would a weight made of it: one
    spread is taken for all (each pair's, back from its 95% interval, weighted by its people). A floor keeps sides that
    all agree finite.
    """
    n = gaps[["n_supporter", "n_receiver"]].to_numpy(dtype="float64")
    people, df = (1 / n).sum(axis=1), n.sum(axis=1) - 2
    error = (gaps["ci_high"] - gaps["ci_low"]).to_numpy() / (2 * stdtrit(df, 0.975))
    spread = float((df * error**2 / people).sum() / df.sum())
    return np.asarray(np.maximum(spread * people, LEAST_HALF**2))


def by_cluster(gaps: pd.DataFrame, home: pd.Series) -> tuple[Floats, Floats]:
    """The mean gap of each cluster of pairs and its sampling variance; `home` names the cluster of each pair."""
    clustered = gaps.assign(variance=variance(gaps)).groupby(gaps["pair"].map(home).to_numpy())
    mean, total, n = clustered["estimate"].mean(), clustered["variance"].sum(), clustered.size()
    return mean.to_numpy(), (total / n**2).to_numpy()
