"""Counts that keep all sums, met while something was solved: what they show to be possible is not solved for again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from buddy_eval.disclose.sums import Counts, Vector

EXACT = 1e-9  # of a person: how far from a sum or from its range a witness may be; the solver allows itself 1e-7


class Witnesses:
    """Ways in which the counts of a release can be, the true one first.

    >>> from buddy_eval.disclose.sums import counts
    >>> known = Witnesses(counts([("a", 3, True, False), ("b", 9, True, False), ("all", 12, True, False)],
    ...     [("all", ["a", "b"])]))
    >>> known.add(np.array([0, 1]), np.array([7.0, 5.0]))
    >>> known.add(np.array([0]), np.array([8.0]))  # does not sum to twelve
    >>> [ends.tolist() for ends in known.ends(np.zeros(3), np.full(3, np.inf))]
    [[3.0, 5.0, 12.0], [7.0, 9.0, 12.0]]
    """

    def __init__(self, counts: Counts) -> None:
        self.matrix = counts.matrix
        self.rows = counts.values[None]

    def add(self, cells: NDArray[np.intp], values: Vector) -> None:
        """Keep what a solver says that some counts can be, all others as they are, if that keeps all sums."""
        way = self.rows[0].copy()
        way[cells] = values
        if np.abs(self.matrix @ way).max(initial=0) <= EXACT:
            self.rows = np.vstack([self.rows, way])

    def ends(self, low: Vector, high: Vector) -> tuple[Vector, Vector]:
        """Return the lowest and the highest value of every count among those within these ranges."""
        fits = self.rows[((self.rows >= low - EXACT) & (self.rows <= high + EXACT)).all(axis=1)]
        return fits.min(axis=0, initial=np.inf), fits.max(axis=0, initial=-np.inf)
