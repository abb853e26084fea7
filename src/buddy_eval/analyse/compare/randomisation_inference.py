"""Differences-in-differences with few supported trusts: the support dealt anew to all trusts, many times.

Trusts get support when they are at their worst, and from there most improve anyway. So every trust's change is first
set against the one that its level before lets expect: a straight line through the changes of those not supported. What
a supported trust changed beyond that line, over the spread of these figures, is the statistic; it is studentised, so
that supported trusts that vary more than others are not taken for an effect. In each reference deal everybody changes
places: the trusts dealt are supported, all others (the truly supported ones too) are what they are compared with.

Sources: MacKinnon and Webb (2020) Journal of Econometrics 218, 435-450 for randomisation inference with few treated;
Janssen (1997) Statistics & Probability Letters 36, 9-21 and Chung and Romano (2013) Annals of Statistics 41, 484-507
for studentising.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from buddy_eval.analyse.compare.robust import Estimate, interval_end
from buddy_eval.analyse.compare.sign_flips import TIE, Floats

DRAWS = 4_999  # beside the true deal: a p of .05 is then known to .003
WIDEST = 1e4  # standard errors beyond which an end of the interval counts as not reached
LEAST_SPREAD = 3  # supports from which their own spread can be told
NOISIER = 1.5  # times the others' spread from which supported trusts are said to vary more


class Difference(NamedTuple):
    """The adjusted difference with interval and p-value, and what to say of it."""

    effect: Estimate
    noisier: bool  # the supported trusts vary more than the others
    outside: bool  # on average they stood beyond all others before


def difference(changes: Floats, before: Floats, treated: list[int], *, seed: int = 1) -> Difference:
    """Difference-in-differences, the level before allowed for, with randomisation inference.

    Parameters
    ----------
    changes, before : (W, N), each of N trusts' change, and its level before, in the window of each of W supports.
    treated : the supported trust (column) of each window; in a window, all trusts supported in none compare.

    Returns
    -------
    The mean over windows of the supported trust's change minus the one that its level before lets expect; the p-value
    is the share of deals of the windows to trusts with a studentised difference at least as large, the true deal
    counted; the interval holds what that test would not reject at 5%.
    """
    n_windows, n = changes.shape
    random = np.random.default_rng(seed)
    deals = random.random((DRAWS, n)).argsort(axis=1)[:, :n_windows]
    deals = np.vstack([treated, deals])
    marked = np.zeros((n_windows, n))
    marked[:, treated] = 1.0
    centred = changes - changes.mean(axis=1, keepdims=True)
    parts = _parts(deals, centred, marked, before - before.mean(axis=1, keepdims=True))
    estimate = float(parts.gap[0])
    p = _tail(parts, 0.0)
    error = float(np.sqrt(max(parts.square[0][0], 0.0)))
    low, high = (interval_end(partial(_tail, parts), estimate, error, way, WIDEST) for way in (-1.0, 1.0))
    own = centred[np.arange(n_windows), treated]
    free = np.setdiff1d(np.arange(n), treated)
    level = before[np.arange(n_windows), treated].mean()
    others = before[:, free].mean(axis=0)
    outside = bool(level < others.min() or level > others.max())
    noisier = n_windows >= LEAST_SPREAD and own.std(ddof=1) > NOISIER * centred[:, free].std(ddof=1)
    return Difference(Estimate(estimate, ci_low=low, ci_high=high, p_value=p), bool(noisier), outside)


class _Parts(NamedTuple):
    """Of every deal (the true one first): gap - d x share, and the error's square as a polynomial in d.

    d is a difference supposed to be true, which is taken off the changes of the truly supported trusts. `freedom` are
    Satterthwaite's of the true deal's error; none (infinite) below three supports, or where these do not vary. `more`
    is by how much they vary more than those of the deals do on average, a polynomial in d too.
    """

    gap: Floats
    share: Floats
    square: tuple[Floats, Floats, Floats]
    freedom: float
    more: tuple[float, float, float]


def _parts(deals: NDArray[np.int64], changes: Floats, marked: Floats, before: Floats) -> _Parts:
    """Fit the line of those not dealt in every window of every deal; all sums are totals minus those of the dealt."""
    n_windows, n = changes.shape
    rest = n - n_windows
    own = np.arange(n_windows)

    def left(values: Floats) -> Floats:
        return np.asarray(values.sum(axis=1) - values[:, deals].sum(axis=2).T)

    x, y, z = (left(values) / rest for values in (before, changes, marked))
    xx = left(before**2) - rest * x**2
    xx = np.where(xx > TIE * (before**2).sum(), xx, np.inf)  # no slope where levels do not differ
    xy, xz = left(before * changes) - rest * x * y, left(before * marked) - rest * x * z
    yy, zz, yz = (
        left(a * b) - rest * c * d
        for a, b, c, d in ((changes, changes, y, y), (marked, marked, z, z), (changes, marked, y, z))
    )
    far = before[own, deals] - x
    gap = changes[own, deals] - y - far * xy / xx
    share = marked[own, deals] - z - far * xz / xx
    lever = (1 / rest + far**2 / xx) / (rest - 2)
    own_spread = _mean_squares(gap, gap), _mean_squares(gap, share), _mean_squares(share, share)
    square = (
        own_spread[0] + (lever * (yy - xy**2 / xx)).mean(axis=1),
        own_spread[1] + (lever * (yz - xy * xz / xx)).mean(axis=1),
        own_spread[2] + (lever * (zz - xz**2 / xx)).mean(axis=1),
    )
    own_part, total = float(own_spread[0][0]), float(square[0][0])
    freedom = np.inf
    if n_windows >= LEAST_SPREAD and own_part > 0:
        freedom = total**2 / (own_part**2 / (n_windows - 1) + (total - own_part) ** 2 / (rest - 2))
    first, second, third = (float(one[0] - one.mean()) for one in own_spread)
    return _Parts(gap.mean(axis=1), share.mean(axis=1), square, freedom, (first, second, third))


def _mean_squares(one: Floats, other: Floats) -> Floats:
    """The variance (covariance) of the mean over windows; none from a single window."""
    n = one.shape[1]
    if n < 2:
        return np.zeros(len(one))
    return np.asarray(((one - one.mean(axis=1, keepdims=True)) * other).sum(axis=1) / (n * (n - 1)))


def _tail(parts: _Parts, supposed: float) -> float:
    """Return the share of deals whose studentised gap is at least the true one's, were the difference as supposed.

    Where supported trusts vary more than others, deals of mostly others have too little spread: the p-value is never
    below that of Welch's t. Where they vary no more than the trusts of an average deal, the deals tell the whole of
    their spread, and t would only add to them (2.4 to 3.4% instead of 5 at 6 to 12 supported trusts).
    """
    square = parts.square[0] - 2 * supposed * parts.square[1] + supposed**2 * parts.square[2]
    top = np.abs(parts.gap - supposed * parts.share)
    error = np.sqrt(np.maximum(square, 0.0))
    dealt = float((top * error[0] >= top[0] * error * (1 - TIE)).mean())
    more = parts.more[0] - 2 * supposed * parts.more[1] + supposed**2 * parts.more[2] > 0
    if not more or not np.isfinite(parts.freedom):
        return dealt
    return max(dealt, 2 * float(stdtr(parts.freedom, -top[0] / error[0])))
