"""Do the sides of *these* pairs differ: people permuted within their own pair, many times.

This asks less than the comparison over pairs: whether the answers of these people go with their side, not whether
supporters and receivers differ elsewhere. Two organisations almost always differ in something, so its p-value is no
finding about buddying; no report prints it, and the package does without it. Every draw is shared by all themes, so
that they can be adjusted together. Source: Westfall and Young (1993) for the step-down maximum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from buddy_eval.analyse.compare.sign_flips import DRAWS, TIE, Floats
from buddy_eval.base.errors import BuddyError

BLOCK = 1_000  # draws at once: what they need stays in the processor's own memory


def permute_within_pairs(
    values: Floats, supporter: NDArray[np.bool_], pair: NDArray[np.int64], *, draws: int = DRAWS, seed: int = 1
) -> tuple[Floats, Floats]:
    """Two-sided p-values of the mean gap over pairs under permutation of people within pairs, single and adjusted.

    Parameters
    ----------
    values : (people, themes), no value missing.
    supporter : (people,), true on the supporter's side.
    pair : (people,), pairs counted from 0 without gaps, each with people on both sides.

    Returns
    -------
    Two arrays (themes,). The deal as it was counts as one of draws + 1, so that no p-value is 0.

    Raises
    ------
    BuddyError : a value is missing, or a pair has one side only.

    >>> values = np.array([[5.0], [4.0], [5.0], [1.0], [2.0], [1.0]])
    >>> side = np.array([True] * 3 + [False] * 3)
    >>> float(permute_within_pairs(values, side, np.zeros(6, dtype="int64"))[0][0].round(1))
    0.1
    """
    if np.isnan(values).any():
        raise BuddyError("a score is missing; leave those people out before permuting")
    random = np.random.default_rng(seed)
    total = np.zeros((draws + 1, values.shape[1]))
    for number in range(int(pair.max()) + 1):
        mine, side = values[pair == number], supporter[pair == number]
        first, n = int(side.sum()), len(side)
        if not 0 < first < n:
            raise BuddyError("a pair has people on one side only; leave it out before permuting")
        worth, rest = mine * (1 / first + 1 / (n - first)), mine.sum(axis=0) / (n - first)
        total[0] += side @ worth - rest
        for start in range(1, draws + 1, BLOCK):
            part = total[start : start + BLOCK]
            part += _permuted(random, len(part), n, first) @ worth - rest
    reference = np.abs(total)
    close = TIE * np.abs(values).sum(axis=0)
    single = (reference >= reference[0] - close).mean(axis=0)
    spread = total.std(axis=0)
    scaled = np.divide(reference, spread, out=np.zeros_like(reference), where=spread > 0)
    return np.asarray(single), step_down(scaled)


def _permuted(random: np.random.Generator, draws: int, n: int, first: int) -> Floats:
    """Draw `first` of `n` people, `draws` times: 1 for those with the smallest of n random keys."""
    keys = random.random((draws, n), dtype="float32")
    dealt = (keys <= np.partition(keys, first - 1, axis=1)[:, first - 1 : first]).astype("float64")
    for tied in np.flatnonzero(dealt.sum(axis=1) != first):  # two keys were alike
        dealt[tied] = random.permutation(n) < first
    return dealt


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
