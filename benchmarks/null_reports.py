"""What many survey reports say at once: `across` with its allowance over arrays of studies, by the package's own parts.

`stands` holds the rows of `compare.across`, study by study; `honesty.py` checks that it does on some of each cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from buddy_eval.analyse.compare import sign_flip
from buddy_eval.analyse.compare.allowance import by_t, holm
from buddy_eval.analyse.thresholds import ALPHA, LEAST_PAIRS_FOR_P

Floats = NDArray[np.float64]
AT_ONCE = 200  # studies whose patterns of signs are held at once


class Said(NamedTuple):
    """For every study and look (studies, looks): whether a direction stands, and its interval alone leaves out zero.

    Looks are theme by theme for each wave, then for each change; `by_t` are the p-values that others are judged with.
    """

    stands: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    by_t: Floats


def at_once(values: Floats, home: list[int] | None = None, others: Floats | None = None) -> Said:
    """Judge gaps (studies, pairs, themes, waves), missing where a pair has none.

    `home` is the cluster of each pair; `others` (studies, k) are the p-values of what else each report says.
    """
    contrasts = [values[..., wave] for wave in range(values.shape[3])]
    contrasts += [later - earlier for earlier, later in pairwise(contrasts)]
    parts = [_judged(one if home is None else _clustered(one, home)) for one in contrasts]
    p, exact, alone = (np.concatenate(list(made), axis=1) for made in zip(*parts, strict=True))
    adjusted = np.array([holm(one, None if others is None else others[n]) for n, one in enumerate(p)])
    return Said(np.fmax(adjusted, exact) <= ALPHA, alone, p)


def _clustered(values: Floats, home: list[int]) -> Floats:
    """The mean of the pairs of each cluster that have a gap."""
    places = [[n for n, mine in enumerate(home) if mine == cluster] for cluster in sorted(set(home))]
    return np.stack([_mean(values[:, mine]) for mine in places], axis=1)


def _mean(values: Floats) -> Floats:
    n = np.isfinite(values).sum(axis=1)
    return np.where(n > 0, np.nansum(values, axis=1) / np.maximum(n, 1), np.nan)


def _judged(values: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """P-values by t and exact ones of one contrast (studies, clusters, themes), and which intervals leave out zero."""
    studies, _, themes = values.shape
    n = np.isfinite(values).sum(axis=1)
    mean = _mean(values)
    squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
    told = n > 1
    error = np.sqrt(squares / np.maximum(n - 1, 1) / np.maximum(n, 1))
    half = np.where(told, error * t.ppf(0.975, np.maximum(n - 1, 1)), np.nan)
    exact = np.concatenate(list(_exact(values, n >= LEAST_PAIRS_FOR_P)), axis=0)
    rows = pd.DataFrame(
        {
            "contrast_kind": "gap",
            "wave": np.repeat(np.arange(studies), themes),  # a study is a family of its own
            "wave_before": 0,
            "wave_after": 0,
            "estimate": mean.ravel(),
            "ci_low": (mean - half).ravel(),
            "ci_high": (mean + half).ravel(),
            "df": np.where(told, n - 1.0, np.nan).ravel(),
            "n_clusters": n.ravel(),
            "p_value": exact.ravel(),
        }
    )
    return by_t(rows).reshape(studies, themes), exact, np.abs(mean) > half


def _exact(values: Floats, testable: NDArray[np.bool_]) -> Iterator[Floats]:
    for start in range(0, len(values), AT_ONCE):
        some = values[start : start + AT_ONCE]
        p = sign_flip(np.moveaxis(some, 1, 0).reshape(some.shape[1], -1)).reshape(len(some), -1)
        yield np.where(testable[start : start + AT_ONCE], p, np.nan)
