"""Effect sizes that respect order: how often somebody of one side scores higher than somebody of the other.

Probability of superiority P(X > Y) + P(X = Y) / 2 and Cliff's delta, twice that minus 1; they ask nothing of the
distances between answers. Sources: Cliff (1993) Psychological Bulletin 114, 494-509; Brunner and Munzel (2000)
Biometrical Journal 42, 17-25 for the variance. Values of R stand in `tests/reference`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from buddy_eval.analyse.compare.design_matrix import Floats
from buddy_eval.schemas import conform
from buddy_eval.schemas.comparison import ORDINAL


def superiority(first: Floats, second: Floats) -> tuple[float, float, float]:
    """Return the probability of superiority of `first` over `second`, and its 95% interval.

    The interval is t with Brunner and Munzel's variance and degrees of freedom, on the logit scale so that it
    stays between 0 and 1; missing with one person on a side or where nothing overlaps.

    >>> superiority(np.array([3.0, 4, 5, 4]), np.array([2.0, 3, 4, 1]))[0]
    0.84375
    """
    n, m = len(first), len(second)
    if not n or not m:
        return np.nan, np.nan, np.nan
    ranks = _ranks(np.r_[first, second])
    share = float((ranks[:n].mean() - (n + 1) / 2) / m)
    if min(n, m) < 2 or share in (0.0, 1.0):
        return share, np.nan, np.nan
    above = (ranks[:n] - _ranks(first)) / m
    below = (ranks[n:] - _ranks(second)) / n
    parts = np.array([above.var(ddof=1) / n, below.var(ddof=1) / m])
    if not parts.sum() > 0:
        return share, np.nan, np.nan
    df = parts.sum() ** 2 / (parts**2 / np.array([n - 1, m - 1])).sum()
    half = float(stdtrit(df, 0.975)) * np.sqrt(parts.sum()) / (share * (1 - share))
    centre = np.log(share / (1 - share))
    low, high = (1 / (1 + np.exp(-(centre + way * half))) for way in (-1, 1))
    return share, float(low), float(high)


def _ranks(values: Floats) -> Floats:
    """The rank of each value from 1; of those alike their mean rank."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(times) - (times - 1) / 2)[place])


def ordinal(scores: pd.DataFrame) -> pd.DataFrame:
    """Probability of superiority and Cliff's delta of supporters over receivers, by pair, wave and theme.

    Parameters
    ----------
    scores : the frame `scores`.

    Returns
    -------
    The frame `ordinal`: `superiority` from 0 to 1 (.5: neither side is higher) with interval, `delta` from -1 to 1,
    and the people on both sides. A pair with people on one side only has no row.
    """
    valid = scores[scores["score"].notna() & scores["side"].isin(["supporter", "receiver"])]
    rows = []
    score, supporter = valid["score"].to_numpy(), (valid["side"] == "supporter").to_numpy()
    groups: dict[Any, Any] = valid.groupby(["pair", "wave", "theme"]).indices
    for (pair, wave, theme), part in groups.items():
        ours, theirs = score[part[supporter[part]]], score[part[~supporter[part]]]
        if len(ours) and len(theirs):
            share, low, high = superiority(ours, theirs)
            rows.append((pair, wave, theme, share, low, high, 2 * share - 1, len(ours), len(theirs)))
    return conform(pd.DataFrame(rows, columns=ORDINAL.names), ORDINAL)
