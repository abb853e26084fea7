"""Statistics of agreement from counts: how many units hold each pattern of ratings, and what a pattern adds.

Every statistic here is a function of how often each *pattern* (how many of a unit's ratings are which value) counts.
Ten thousand units of five coders have few patterns, so that thousands of draws cost no more than a few of units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

Floats = NDArray[np.float64]
LEVELS = ("nominal", "ordinal", "interval", "ratio")


@dataclass(frozen=True)
class Patterns:
    """Patterns of ratings: `cells` (patterns, values) and how many `units` hold each; `of` says which is whose."""

    cells: Any  # a sparse matrix: a scale of thousands of steps fits
    values: Floats
    units: Floats
    of: NDArray[np.int64]
    level: str

    @cached_property
    def ratings(self) -> Floats:
        """How many ratings a unit of each pattern has."""
        return np.asarray(self.cells.sum(axis=1), np.float64).ravel()

    @cached_property
    def paired(self) -> NDArray[np.bool_]:
        """Which patterns hold two ratings or more."""
        return self.ratings >= 2

    @cached_property
    def totals(self) -> Floats:
        """How often each value was given, by units with two ratings or more."""
        return np.asarray(self.cells.T @ (self.units * self.paired), np.float64)

    @cached_property
    def places(self) -> Floats:
        """Where each value lies on the scale: squared differences are distances (ordinal: by the values' ranks)."""
        if self.level == "ordinal":
            middle = np.cumsum(self.totals) - self.totals / 2
            return (middle - middle.mean()) / max(float(np.ptp(middle)), 1.0)
        return self.values - (self.values @ self.totals) / max(self.totals.sum(), 1)

    @cached_property
    def table(self) -> Floats:
        """Distances between all values at the ratio level, the one that has no shorter form."""
        total = np.add.outer(self.values, self.values)
        apart = np.subtract.outer(self.values, self.values)
        return np.divide(apart, total, out=np.zeros_like(total), where=total != 0) ** 2

    @cached_property
    def within(self) -> Floats:
        """Disagreement within a unit of each pattern: over its ordered pairs of ratings, by ratings less one."""
        pairs = np.where(self.paired, _apart(self.cells, self), 0.0)
        return np.asarray(pairs / np.maximum(self.ratings - 1, 1))

    @cached_property
    def same(self) -> Floats:
        """The share of a unit's pairs of ratings that are equal."""
        equal = np.asarray(self.cells.power(2).sum(axis=1)).ravel() - self.ratings
        return np.asarray(equal / np.maximum(self.ratings * (self.ratings - 1), 1))

    @cached_property
    def shares(self) -> Any:
        """Of a unit's ratings, the share of each value."""
        return diags_array(1 / self.ratings) @ self.cells


def patterns(ratings: Floats, level: str = "nominal") -> Patterns:
    """Gather ratings (units, coders), missing where a coder did not rate; units without a rating are left out."""
    rated = ratings[(~np.isnan(ratings)).any(axis=1)]
    row, column = np.nonzero(~np.isnan(rated))
    values, place = np.unique(rated[row, column], return_inverse=True)
    coded = np.full(rated.shape, -1, np.int64)
    coded[row, column] = place
    coded.sort(axis=1)  # who gave a rating makes no difference
    held, of, n = np.unique(coded, axis=0, return_inverse=True, return_counts=True)
    row, column = np.nonzero(held >= 0)
    ones = np.ones(len(row))
    cells = csr_array((ones, (row, held[row, column])), shape=(len(held), len(values)))
    cells.sum_duplicates()
    return Patterns(cells, values.astype(np.float64), n.astype(np.float64), of.reshape(-1).astype(np.int64), level)


def alphas(held: Patterns, weights: Floats, *, finite: bool = False) -> Floats:
    """Alpha for every row of weights (draws, patterns): how much each pattern counts.

    finite : the estimate from a sample, whose expected disagreement leaves out pairs of a rating with itself.
    """
    weights = weights * held.paired
    totals, n = held.cells.T @ weights.T, weights @ held.ratings
    between = _apart(totals.T, held) / (n - 1 if finite else n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(between > 1e-12 * n, 1 - (weights @ held.within) / between, np.nan)


def percents(held: Patterns, weights: Floats) -> Floats:
    """The share of pairs of ratings that are equal, averaged over units."""
    weights = weights * held.paired
    return np.asarray((weights @ held.same) / weights.sum(axis=1))


def fleiss_kappas(held: Patterns, weights: Floats) -> Floats:
    """Fleiss' kappa: chance agreement by the values' shares, over all units, also those rated once."""
    return _corrected(held, weights, lambda average: (average**2).sum(axis=1))


def ac1s(held: Patterns, weights: Floats) -> Floats:
    """Gwet's AC1: chance agreement by how likely a rating is to be given at random."""
    return _corrected(
        held, weights, lambda average: (average * (1 - average)).sum(axis=1) / max(average.shape[1] - 1, 1)
    )


def commonest(held: Patterns, weights: Floats) -> Floats:
    """The share of all ratings that are the commonest value."""
    most = int(np.argmax(held.cells.T @ held.units))
    return np.asarray((weights @ held.cells[:, [most]].toarray().ravel()) / (weights @ held.ratings))


Statistic = Callable[[Patterns, Floats], Floats]
METRIC: Mapping[str, Statistic] = {"alpha": alphas, "percent": percents}
NOMINAL: Mapping[str, Statistic] = {**METRIC, "fleiss_kappa": fleiss_kappas, "ac1": ac1s, "commonest": commonest}


def _corrected(held: Patterns, weights: Floats, chance: Callable[[Floats], Floats]) -> Floats:
    average = np.asarray((held.shares.T @ weights.T).T) / weights.sum(axis=1, keepdims=True)
    expected = chance(average)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = percents(held, weights)
        return np.where(expected < 1 - 1e-12, (observed - expected) / (1 - expected), np.nan)


def _apart(counts: Any, held: Patterns) -> Floats:
    """Sum of distances over all ordered pairs of ratings, for every row of counts (rows, values)."""
    n = np.asarray(counts.sum(axis=1), np.float64).ravel()
    if held.level == "nominal":
        return np.asarray(n**2 - (counts * counts).sum(axis=1)).ravel()
    if held.level == "ratio":
        return np.asarray(((counts @ held.table) * counts).sum(axis=1)).ravel()
    once, twice = counts @ held.places, counts @ held.places**2
    return np.asarray(2 * (n * twice - once**2)).ravel()
