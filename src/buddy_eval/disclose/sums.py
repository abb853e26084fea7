"""Counts of people in many tables, and the sums that tie them together, as one system of linear equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """All counts of people in a release, and the sums that tie them together.

    Attributes
    ----------
    cells : index cell (a name such as ``themes/culture/receiver/raised``); value (int), printed (bool: false for a
        rest that no table prints), exact (bool: printed as it is, never withheld nor rounded).
    relations : relation, cell, weight: over each relation the weighted cells sum to zero.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame

    @cached_property
    def matrix(self) -> Any:
        """The relations as a sparse matrix (relations, cells)."""
        rows, names = pd.factorize(self.relations["relation"])
        columns = self.cells.index.get_indexer(pd.Index(self.relations["cell"]))
        shape = (len(names), len(self.cells))
        return csr_array((self.relations["weight"].to_numpy("float64"), (rows, columns)), shape=shape)

    @cached_property
    def values(self) -> Vector:
        """The true counts."""
        return self.cells["value"].to_numpy("float64")


def counts(
    cells: Iterable[tuple[str, int, bool, bool]],
    sums: Iterable[tuple[str, Iterable[str]]],
    stated: Iterable[Mapping[str, int]] = (),
) -> Counts:
    """Put cells (name, value, printed, exact), sums (total, its parts) and what is stated of cells together.

    Each of `stated` gives weights of cells: a report says, in words, that their weighted sum is not negative.

    Raises
    ------
    ValueError : a sum does not add up, so it is no sum.
    """
    held = list(cells)
    value = {cell: n for cell, n, _, _ in held}
    relations = list[dict[str, int]]()
    for number, weights in enumerate(stated):
        told = f"stated/{number}"
        held.append((told, sum(weight * value[cell] for cell, weight in weights.items()), False, False))
        relations.append({told: -1, **weights})
    relations += [{total: -1, **dict.fromkeys(parts, 1)} for total, parts in sums]
    rows = [(number, *part) for number, relation in enumerate(relations) for part in relation.items()]
    frame = pd.DataFrame(held, columns=["cell", "value", "printed", "exact"]).set_index("cell")
    system = Counts(frame, pd.DataFrame(rows, columns=["relation", "cell", "weight"]))
    if len(rows) and np.abs(system.matrix @ system.values).max() > 0:
        raise ValueError("the parts do not sum to their total")
    return system
