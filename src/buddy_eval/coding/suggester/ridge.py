"""The arithmetic of the learned suggester: ridge regression in its dual form, honest scores, calibration."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri

from buddy_eval.base.errors import BuddyError

Floats = NDArray[np.float64]
BOUNDS = (0.85, 1.2)  # of a code's threshold, in multiples of the one that is best for all codes together
BLOCK = 256  # rows of a large matrix that are worked on at once
DIGITS = 4  # decimals of a probability: more would differ between machines


def divided(group: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    """Rows in parts of about `size`, of like size and drawn by a fixed seed; a group lies whole in one of them.

    >>> [part.tolist() for part in divided(np.array([0, 0, 1, 2]), 2)]
    [[0, 1], [2, 3]]
    """
    groups, sizes = np.unique(group, return_counts=True)
    drawn = np.random.default_rng(0).permutation(len(groups))
    load, part = np.zeros(-(-len(group) // size)), np.zeros(len(groups), np.int64)
    for place in drawn[np.argsort(-sizes[drawn], kind="stable")]:  # the largest first, each where least lies
        part[place] = load.argmin()
        load[part[place]] += sizes[place]
    of = part[np.searchsorted(groups, group)]
    return [rows for number in range(len(load)) if len(rows := np.flatnonzero(of == number))]


def gram(x: Any, ridge: float) -> Floats:
    """Products of all rows of a sparse matrix with each other, and `ridge` on the diagonal; a block of rows at a time.

    What lies below the diagonal is what lies above it.

    >>> from scipy.sparse import csr_matrix
    >>> gram(csr_matrix([[1.0, 2.0], [0.0, 1.0]]), 0.5).tolist()
    [[5.5, 2.0], [2.0, 1.5]]
    """
    products = np.empty((x.shape[0], x.shape[0]))
    for start in range(0, len(products), BLOCK):
        block = (x[start : start + BLOCK] @ x[start:].T).toarray()
        products[start : start + BLOCK, start:] = block
        products[start:, start : start + BLOCK] = block.T
    products[np.diag_indices(len(products))] += ridge
    return products


def inverse(matrix: Floats) -> Floats:
    """The inverse of a symmetric positive definite matrix, which may be overwritten by it."""
    factor, failed = dpotrf(matrix.T, lower=1, overwrite_a=1)  # its transpose is what LAPACK takes without a copy
    inverted, again = dpotri(factor, lower=1, overwrite_c=1)
    if failed or again:
        raise BuddyError("the texts cannot be told from each other")
    for start in range(0, len(inverted), BLOCK):
        rows = slice(start, start + BLOCK)
        inverted[rows, start + BLOCK :] = inverted[start + BLOCK :, rows].T
        square = np.tril(inverted[rows, rows])
        inverted[rows, rows] = square + np.tril(square, -1).T
    whole: Floats = inverted
    return whole


def left_out(inverse: Floats, dual: Floats, group: NDArray[np.int64]) -> Floats:
    """What is left unexplained of every text by a model that never saw its group (exact, in closed form)."""
    residuals = dual / np.diag(inverse)[:, None]
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(rows) > 1:
            residuals[rows] = np.linalg.solve(inverse[np.ix_(rows, rows)], dual[rows])
    return residuals


def calibrated(scores: Floats, labels: NDArray[np.bool_], spread: NDArray[np.int64]) -> dict[str, Floats]:
    """Return slope, shift and threshold of every code; one that cannot be learned has a threshold above 1."""
    slope, shift = _logistic(scores, labels)
    learned = (spread >= 2) & ~labels.all(0) & (slope > 0)
    likely = 1 / (1 + np.exp(-(slope * scores + shift)))
    cuts = np.array([_threshold(likely[:, code], labels[:, code]) for code in range(len(slope))])
    if learned.any():
        common = _threshold(likely[:, learned].ravel(), labels[:, learned].ravel())
        cuts = np.clip(cuts, common * BOUNDS[0], common * BOUNDS[1])
    slope, shift = np.where(learned, slope, 0.0), np.where(learned, shift, -9.0)
    return {"slope": slope, "shift": shift, "threshold": np.where(learned, np.round(cuts, DIGITS), 2.0)}


def _logistic(scores: Floats, labels: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Fit the logistic regression of each column of labels on its scores, by Newton's method; slope and shift.

    The slope (of a score in standard deviations) has a penalty of half its square, so that one is always found.
    """
    middle, spread = scores.mean(0), np.maximum(scores.std(0), 1e-9)
    x = (scores - middle) / spread
    yes = labels.sum(0)
    slope, shift = np.zeros(len(yes)), np.log((yes + 0.5) / (len(labels) - yes + 0.5))
    for _ in range(60):
        p = 1 / (1 + np.exp(-(slope * x + shift)))
        v = p * (1 - p)
        one, two = ((p - labels) * x).sum(0) + slope, (p - labels).sum(0)
        a, b, c = (v * x * x).sum(0) + 1, (v * x).sum(0), v.sum(0) + 1e-6
        size = a * c - b * b
        slope -= np.clip((c * one - b * two) / size, -1, 1)
        shift -= np.clip((a * two - b * one) / size, -1, 1)
    return slope / spread, shift - slope * middle / spread


def _threshold(scores: Floats, labels: NDArray[np.bool_]) -> float:
    """The score between two texts above which F1 is best, with at most as many above it as have the code."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])[: max(1, int(labels.sum()))]
    best = int((2 * hits / (np.arange(1, len(hits) + 1) + labels.sum())).argmax())
    return float(scores[order[best : best + 2]].mean())
