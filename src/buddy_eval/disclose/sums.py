"""Counts of people in many tables, and the sums that tie them together, as one system of linear equations."""

from __future__ import annotations

from collections.abc import Iterable
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


def counts(cells: Iterable[tuple[str, int, bool, bool]], sums: Iterable[tuple[str, Iterable[str]]]) -> Counts:
    """Put cells (name, value, printed, exact) and sums (total, its parts) together.

    Raises
    ------
    ValueError : a sum does not add up, so it is no sum.
    """
    frame = pd.DataFrame(list(cells), columns=["cell", "value", "printed", "exact"]).drop_duplicates("cell")
    frame = frame.set_index("cell")
    rows = []
    for number, (total, parts) in enumerate(sums):
        rows += [(number, total, -1), *((number, part, 1) for part in parts)]
    made = Counts(frame, pd.DataFrame(rows, columns=["relation", "cell", "weight"]))
    if len(rows) and np.abs(made.matrix @ made.values).max() > 0:
        raise ValueError("the parts do not sum to their total")
    return made
