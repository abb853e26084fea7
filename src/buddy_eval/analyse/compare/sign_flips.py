"""Exact tests with few pairs: every way in which the signs of the pairs could have fallen.

Under the null hypothesis that in each pair the gap is as likely to be positive as negative, all 2^G patterns of
signs of G pairs are equally likely; the p-value is the share of patterns at least as extreme as the one seen.

Sources: Canay, Romano and Shaikh (2017) Econometrica 85, 1013-1030; Westfall and Young (1993) and Romano and Wolf
(2005) for the step-down maximum over several outcomes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_EXHAUSTIVE = 16
DRAWS = 9_999
# Share of a sum below which two sums count as equal: the rounding of a sum of gaps is about 1e-15 of it, and one answer
# among two thousand people moves a mean of five items by 1e-4.
TIE = 1e-9


def sign_flip(gaps: Floats) -> Floats:
    """Two-sided exact p-value that the mean gap is zero, for each outcome.

    Parameters
    ----------
    gaps : (pairs, outcomes), one gap a pair; NaN where a pair has none, which then does not count.

    Returns
    -------
    (outcomes,): the share of sign patterns whose absolute mean is at least the observed one. The observed pattern
    counts itself, so the smallest value is 2 / 2^G. Beyond 16 pairs 9,999 seeded random patterns and the observed
    one are taken.

    >>> float(sign_flip(np.array([[1.0], [2.0], [3.0]]))[0])
    0.25
    """
    signs = sign_patterns(len(gaps))
    filled = np.nan_to_num(gaps)
    reference = np.abs(signs @ filled)
    p = np.asarray((reference >= reference[0] - TIE * np.abs(filled).sum(axis=0)).mean(axis=0))
    return np.where(np.isfinite(gaps).any(axis=0), p, np.nan)


def max_t(gaps: Floats) -> Floats:
    """P-values adjusted for looking at several outcomes: step-down maximum of |t| over the same sign patterns.

    The patterns are shared by all outcomes, so that their dependence is kept. Returns (outcomes,); an outcome's
    adjusted value is never below its own and never below that of a stronger one.

    >>> gaps = np.array([[1.0, 0.1], [1.2, -0.2], [0.9, 0.3], [1.1, -0.1]])
    >>> max_t(gaps).round(3).tolist()
    [0.125, 1.0]
    """
    return step_down(np.abs(_t(sign_patterns(len(gaps)), gaps)))


def step_down(reference: Floats) -> Floats:
    """Adjusted p-values (outcomes,) from absolute statistics (draws, outcomes), of which the first row is observed."""
    observed = reference[0]
    order = np.argsort(-np.nan_to_num(observed, nan=-1.0), kind="stable")
    adjusted, floor = np.full(len(observed), np.nan), 0.0
    for step, outcome in enumerate(order):
        if np.isnan(observed[outcome]):
            continue
        rest = np.nan_to_num(reference[:, order[step:]], nan=-1.0).max(axis=1)
        floor = max(floor, float((rest >= observed[outcome] * (1 - TIE) - TIE).mean()))
        adjusted[outcome] = floor
    return adjusted


def sign_patterns(pairs: int) -> Floats:
    """Return (patterns, pairs) of +1 and -1; the first row is the observed pattern, all +1."""
    if pairs <= MOST_EXHAUSTIVE:
        bits = (np.arange(2**pairs)[:, None] >> np.arange(pairs)) & 1
        return np.asarray(1.0 - 2.0 * bits, dtype="float64")
    drawn = np.random.default_rng(pairs).integers(0, 2, size=(DRAWS, pairs))
    return np.vstack([np.ones(pairs), 1.0 - 2.0 * drawn])


def _t(signs: Floats, gaps: Floats) -> Floats:
    """One-sample t of the gaps under every pattern (patterns, outcomes); squares do not change with signs.

    Gaps that are all alike have no spread; a floor well above rounding keeps their t finite, and ties ties.
    """
    n = np.isfinite(gaps).sum(axis=0)
    filled = np.nan_to_num(gaps)
    mean, squares = signs @ filled / np.maximum(n, 1), (filled**2).sum(axis=0)
    spread = np.maximum(squares - n * mean**2, TIE * squares) / np.maximum(n - 1, 1)
    error = np.sqrt(spread / np.maximum(n, 1))
    return np.where(n > 1, np.divide(mean, error, out=np.zeros_like(mean), where=error > 0), np.nan)
