"""Intervals of agreement that cover, also for a rare code on few units.

A bootstrap of units says "1.00 (1.00 to 1.00)" where nobody disagreed yet, and covers as little as a sixth of the time
where a code is rare. Here patterns of ratings are drawn from their Dirichlet posterior instead (Rubin 1981, the
Bayesian bootstrap), with pseudo-units as in Jeffreys' prior: for two coders and a code that is there or not, half a
unit each of both, neither and one alone. Where units come in sources, they count for as many as the design is worth
(Korn and Graubard 1998). `benchmarks/honesty_agreement.py` prints how often the intervals cover.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from scipy.special import ndtri, stdtrit

from buddy_eval.coding.agreement.statistics import Floats, Patterns, Statistic, alphas

Ints = NDArray[np.int64]
Ends = tuple[float, float]
AGREED, APART = 1.0, 0.5  # pseudo-units on which coders agree, spread over values, and on which they do not
SPREAD = 12  # values that the pseudo-units are spread over at most
BLOCK = 1_000_000  # weights that are held at once
STEP = 1e-5  # of a unit: how much one unit moves a statistic is found by adding so much of it


def estimates(held: Patterns, statistics: Mapping[str, Statistic]) -> dict[str, float]:
    """Return every statistic of the sample; NaN where it cannot be computed."""
    once = held.units[None, :]
    estimated = {name: float(call(held, once)[0]) for name, call in statistics.items()}
    return estimated | ({"alpha": float(alphas(held, once, finite=True)[0])} if "alpha" in estimated else {})


def intervals(
    held: Patterns, statistics: Mapping[str, Statistic], *, draws: int, seed: int, sources: Ints | None = None
) -> dict[str, Ends]:
    """Return the 95% interval of every statistic; it holds the estimate.

    Missing where the statistic cannot be computed, or the units come from a single source.

    sources : the number of each rated unit's source, from 0; without it every unit is a source of its own.
    """
    estimated = estimates(held, statistics)
    if not draws or (sources is not None and sources.max(initial=0) == 0):
        return dict.fromkeys(statistics, (np.nan, np.nan))
    worth = {name: _worth(held, call, sources) for name, call in statistics.items()}
    held = _varied(held)
    prior = pseudo(held)
    cells, units = vstack([held.cells, prior.cells], format="csr"), np.concatenate([held.units, prior.units])
    both = replace(held, cells=cells, units=units)
    ends: dict[str, Ends] = {}
    for value in sorted(set(worth.values())):
        calls = {name: call for name, call in statistics.items() if worth[name] == value}
        shape = np.concatenate([held.units * value, prior.units])
        for name, drawn in _drawn(both, calls, shape, draws, seed).items():
            ends[name] = _ends(drawn, estimated[name])
    return {name: ends[name] for name in statistics}


def pseudo(held: Patterns) -> Patterns:
    """Return the units of the prior: of one value, spread over the values, and half of one and half of another.

    They have as many ratings as units have on average, so that the prior weighs as much with five coders as with two.
    """
    totals = held.totals
    chosen = _chosen(totals, held.level)
    apart = list(combinations(chosen, 2))
    rows = [(value, value) for value in chosen] + apart
    often = np.array([max(totals[one] * totals[two], 1e-6) for one, two in apart], np.float64)
    units = np.concatenate([np.full(len(chosen), AGREED / len(chosen)), APART * often / often.sum()])
    place = (np.repeat(np.arange(len(rows)), 2), np.array(rows, np.int64).ravel())
    paired = held.units * held.paired
    each = float(paired @ held.ratings / paired.sum())
    cells = csr_array((np.full(2 * len(rows), each / 2), place), shape=(len(rows), len(held.values)))
    cells.sum_duplicates()
    return replace(held, cells=cells, units=units)


def _varied(held: Patterns) -> Patterns:
    """Where all ratings are one value, add another that nobody gave: what did not happen yet may."""
    if len(held.values) > 1:
        return held
    cells = csr_array(np.column_stack([held.cells.toarray(), np.zeros(len(held.units))]))
    return replace(held, cells=cells, values=np.append(held.values, held.values + 1))


def _chosen(totals: Floats, level: str) -> list[int]:
    """The places of the values that the prior knows: the commonest, or on a scale those at equal steps of rank."""
    used = np.flatnonzero(totals) if np.count_nonzero(totals) > 1 else np.arange(len(totals))[:SPREAD]
    if len(used) <= SPREAD:
        return [int(value) for value in used]
    if level == "nominal":
        return sorted(int(value) for value in np.argsort(-totals, kind="stable")[:SPREAD])
    ranks = np.cumsum(totals) / totals.sum()
    return sorted({int(value) for value in np.searchsorted(ranks, (np.arange(SPREAD) + 0.5) / SPREAD)})


def _drawn(
    held: Patterns, statistics: Mapping[str, Statistic], shape: Floats, draws: int, seed: int
) -> dict[str, Floats]:
    """Return the draws of all statistics, from the same weights, a block at a time."""
    random = np.random.default_rng(seed)
    size = max(1, BLOCK // len(shape))
    drawn: dict[str, list[Floats]] = {name: [] for name in statistics}
    for start in range(0, draws, size):
        weights = random.standard_gamma(shape, (min(size, draws - start), len(shape)))
        for name, call in statistics.items():
            drawn[name].append(call(held, weights))
    return {name: np.concatenate(parts) for name, parts in drawn.items()}


def _ends(drawn: Floats, estimate: float) -> Ends:
    good = drawn[~np.isnan(drawn)]
    if np.isnan(estimate) or not len(good):
        return np.nan, np.nan
    low, high = np.quantile(good, [0.025, 0.975])
    return min(float(low), estimate), max(float(high), estimate)


def _worth(held: Patterns, call: Statistic, sources: Ints | None) -> float:
    """What a unit counts: by t with few units; in sources by t with few of them and the design effect, at least 1."""
    n = int(held.units[held.paired].sum())
    if sources is None:
        return float((ndtri(0.975) / stdtrit(n - 1, 0.975)) ** 2)
    groups = int(sources.max()) + 1
    once = held.units[None, :]
    each = (call(held, once + STEP * np.eye(len(held.units))) - call(held, once))[held.of]
    alone = (each**2).sum() * n / (n - 1)
    together = (np.bincount(sources, each) ** 2).sum() * groups / (groups - 1)
    effect = max(1.0, together / alone) if alone > 0 else 1.0
    return float((ndtri(0.975) / stdtrit(groups - 1, 0.975)) ** 2 / effect)
