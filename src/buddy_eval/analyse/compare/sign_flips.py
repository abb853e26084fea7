"""Exact tests with few pairs: every way in which the signs of the pairs could have fallen.

Under the null hypothesis that in each pair the gap is as likely to be positive as negative, all 2^G patterns of
signs of G pairs are equally likely; the p-value is the share of patterns at least as extreme as the one seen.

Source: Canay, Romano and Shaikh (2017) Econometrica 85, 1013-1030.
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


def sign_patterns(pairs: int) -> Floats:
    """Return (patterns, pairs) of +1 and -1; the first row is the observed pattern, all +1."""
    if pairs <= MOST_EXHAUSTIVE:
        bits = (np.arange(2**pairs)[:, None] >> np.arange(pairs)) & 1
        return np.asarray(1.0 - 2.0 * bits, dtype="float64")
    drawn = np.random.default_rng(pairs).integers(2, size=(DRAWS, pairs))
    return np.vstack([np.ones(pairs), 1.0 - 2.0 * drawn])
