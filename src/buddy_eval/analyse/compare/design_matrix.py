"""One person a row as a linear model: the side, covariates, pairs taken out by subtracting each pair's means.

With one intercept a pair, the coefficient of the side is the gap within pairs, weighted by how much each pair
tells about it. By the theorem of Frisch, Waugh and Lovell the intercepts need no columns: every column and the
outcome are taken as deviations from their pair's mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RANK = 1e-9  # share of a column's length below which what others leave of it is rounding


@dataclass(frozen=True)
class Model:
    """A linear model with clusters: outcome `y` (N,), design `x` (N, K) with the side first, cluster `group` (N,).

    `group` counts from 0 without gaps.
    """

    y: Floats
    x: Floats
    group: Ints

    @property
    def n_groups(self) -> int:
        """The number of clusters."""
        return int(self.group.max()) + 1

    def sums(self, values: Floats) -> Floats:
        """Sum the rows of `values` (N, ...) within each cluster: (G, ...)."""
        totals = np.zeros((self.n_groups, *values.shape[1:]))
        np.add.at(totals, self.group, values)
        return totals


def within_pairs(people: pd.DataFrame, covariates: tuple[str, ...] = ()) -> Model:
    """Build the model of one theme and wave: score on side (supporter 1, receiver 0) and covariates, pairs taken out.

    Parameters
    ----------
    people : pair, side, score and the covariates, one row a person; covariates are taken as categories. Where there is
        a column `cluster`, it names the model's clusters, else each pair is one.

    Returns
    -------
    The model; outcome and columns are deviations from their pair's mean. Pairs with one side only tell nothing of the
    gap and are left out; columns that others already hold (a role that only one side has) are dropped, never the side.
    """
    both = people.groupby("pair")["side"].transform("nunique") == 2
    people = people[both & people["score"].notna()]
    pair, group = (
        pd.factorize(people[name], sort=True)[0].astype("int64")
        for name in ("pair", "cluster" if "cluster" in people else "pair")
    )
    columns = [people["score"].to_numpy(), (people["side"] == "supporter").to_numpy()]
    for name in covariates:
        columns += list(pd.get_dummies(people[name].astype("str"), drop_first=True).to_numpy().T)
    uncentred = np.column_stack(columns)
    if not len(uncentred):
        return Model(np.zeros(0), np.zeros((0, 1)), group)
    counts = np.bincount(pair)
    means = np.column_stack([np.bincount(pair, column) / counts for column in uncentred.T])
    centred = uncentred - means[pair]
    return Model(centred[:, 0], independent(centred[:, 1:]), group)


def independent(x: Floats) -> Floats:
    """Return the columns that are not made of earlier ones, in order; the first is always kept."""
    kept = [x[:, 0]]
    for column in x[:, 1:].T:
        basis = np.linalg.qr(np.column_stack(kept))[0]
        rest = column - basis @ (basis.T @ column)
        if np.linalg.norm(rest) > RANK * max(float(np.linalg.norm(column)), 1.0):
            kept.append(column)
    return np.column_stack(kept)
