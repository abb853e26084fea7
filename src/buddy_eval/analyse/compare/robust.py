"""Covariates with few pairs: CR2 standard errors with Satterthwaite degrees of freedom; exhaustive wild bootstrap.

Sources: Bell and McCaffrey (2002) Survey Methodology 28, 169-181; Pustejovsky and Tipton (2018) Journal of
Business & Economic Statistics 36, 672-683 (CR2, and that pairs may be taken out first); Cameron, Gelbach and
Miller (2008) Review of Economics and Statistics 90, 414-427, and Canay, Santos and Shaikh (2021) ibid. 103,
346-363 (the wild cluster bootstrap with the null imposed, and when it holds with few clusters). Values of R's
clubSandwich stand in `tests/reference`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import stdtr, stdtrit

from buddy_eval.analyse.compare.design_matrix import Floats, Model
from buddy_eval.analyse.compare.sign_flips import MOST_EXHAUSTIVE, TIE, sign_patterns
from buddy_eval.analyse.thresholds import ALPHA, LEAST_PAIRS_FOR_P

LEVEL = 0.95
STILL = 1e-9  # share of an estimate below which its error is rounding
STEPS = 50  # halvings: an end is then known to 1e-15 of the bracket it was found in
WIDEST = 1e3  # standard errors beyond which an end of a bootstrap interval counts as not reached


@dataclass(frozen=True)
class Estimate:
    """One coefficient: estimate, standard error, degrees of freedom, 95% interval, two-sided p-value."""

    estimate: float
    error: float = np.nan
    df: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    p_value: float = np.nan

    def figures(self) -> dict[str, float]:
        """Return what a row of results holds of it."""
        return {name: getattr(self, name) for name in ("estimate", "ci_low", "ci_high", "p_value", "df")}


def by_t(estimate: float, error: float, df: float) -> Estimate:
    """Interval and p-value from the t distribution; missing where the error or its df is, or nothing varies."""
    if not (error > STILL * abs(estimate) and df > 0):
        return Estimate(estimate, error, df)
    half = float(stdtrit(df, (1 + LEVEL) / 2)) * error
    p = 2 * float(stdtr(df, -abs(estimate) / error))
    return Estimate(estimate, error, df, estimate - half, estimate + half, p)


def cr2(model: Model) -> Estimate:
    """CR2 ("bias-reduced linearisation") with Satterthwaite degrees of freedom for one coefficient.

    Each cluster's residuals are multiplied by the inverse square root of its block of I - H, which makes the
    variance unbiased where errors are independent with equal variance; the degrees of freedom are those of a
    chi-square with the same mean and variance under that model. Needs no inversion larger than K x K.

    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat(np.arange(6), 20)
    >>> x = np.tile([1.0, 0.0], 60)
    >>> made = cr2(Model(rng.normal(size=120), (x - 0.5)[:, None], group))
    >>> round(made.df, 3)
    5.0
    """
    inverse = np.linalg.pinv(model.x.T @ model.x)
    beta = inverse @ (model.x.T @ model.y)
    residual = model.y - model.x @ beta
    root = np.linalg.cholesky(inverse)
    lever = model.x @ inverse[:, 0]
    scores, norms, crossed = [], [], []
    for cluster in range(model.n_groups):
        rows = model.group == cluster
        x = model.x[rows]
        left, singular, _ = np.linalg.svd(x @ root, full_matrices=False)
        shrunk = np.clip(1 - singular**2, 0, None)
        stretch = np.where(shrunk > TIE, 1 / np.sqrt(np.where(shrunk > TIE, shrunk, 1)), 0.0) - 1
        adjusted = lever[rows] + left @ (stretch * (left.T @ lever[rows]))
        scores.append(adjusted @ residual[rows])
        norms.append(adjusted @ adjusted)
        crossed.append(x.T @ adjusted)
    error = float(np.sqrt(np.square(scores).sum()))
    across = np.asarray(crossed)
    moments = np.diag(norms) - across @ inverse @ across.T
    spread = float(np.square(moments).sum())
    df = float(np.trace(moments)) ** 2 / spread if spread > 0 else np.nan
    return by_t(float(beta[0]), error, df)


def wild_bootstrap(model: Model, *, interval: bool = True) -> Estimate:
    """Wild cluster bootstrap-t of the side with every pattern of signs (Rademacher weights), the null imposed.

    With G clusters there are 2^G patterns, each taken once: no chance is left in the p-value, and its smallest
    value is 2/2^G. The interval holds every gap that the test does not reject at 5%, found by halving; an end
    that cannot be found (few clusters) is missing. Beyond 16 clusters 9,999 seeded patterns are taken.

    All patterns together are two matrix products of G x G, however many people there are.
    """
    parts = _parts(model)
    p = _tail(parts, 0.0)
    if not interval or parts.n_groups < LEAST_PAIRS_FOR_P:
        return Estimate(parts.estimate, parts.error, p_value=p)
    tail = partial(_tail, parts)
    ends = [interval_end(tail, parts.estimate, parts.error, way, WIDEST) for way in (-1.0, 1.0)]
    low, high = (end if np.isfinite(end) else np.nan for end in ends)
    return Estimate(parts.estimate, parts.error, np.nan, low, high, p)


@dataclass(frozen=True)
class _Parts:
    """What the bootstrap needs of the data: everything summed by cluster once."""

    estimate: float
    error: float
    n_groups: int
    scale: float
    top: tuple[Floats, Floats]  # of every pattern, above the line of its t: the first less gap times the second
    bottom: tuple[Floats, Floats, Floats]  # and below it, squared, a polynomial of the gap


def _parts(model: Model) -> _Parts:
    """Reduce to the side net of covariates; restricted residuals are linear in the gap under test: u0 - gap * u1."""
    side, rest = model.x[:, 0], model.x[:, 1:]
    basis = np.linalg.qr(rest)[0]
    net = side - basis @ (basis.T @ side)
    scale = float(net @ net)
    outcome = model.y - basis @ (basis.T @ model.y)
    estimate = float(net @ outcome) / scale
    full = np.column_stack([net / np.sqrt(scale), basis])
    lever = model.sums(net[:, None] * full)
    owns, mixes = [], []
    for residual in (outcome, net):
        own = model.sums(net * residual)
        owns.append(own)
        mixes.append(np.diag(own) - lever @ model.sums(residual[:, None] * full).T)
    clusters = model.sums(net * (outcome - estimate * net))
    error = float(np.sqrt(np.square(clusters).sum())) / scale
    signs = sign_patterns(model.n_groups)
    if model.n_groups <= MOST_EXHAUSTIVE:
        signs = signs[: len(signs) // 2]  # t of the opposite pattern is the same with the other sign
    once, twice = (signs @ mixed.T for mixed in mixes)
    bottom = np.square(once).sum(axis=1), (once * twice).sum(axis=1), np.square(twice).sum(axis=1)
    return _Parts(estimate, error, model.n_groups, scale, (signs @ owns[0], signs @ owns[1]), bottom)


def _tail(parts: _Parts, gap: float) -> float:
    """Return the share of patterns whose |t| is at least the one observed, for the null hypothesis of this gap."""
    top = np.abs(parts.top[0] - gap * parts.top[1])
    square = parts.bottom[0] - 2 * gap * parts.bottom[1] + gap**2 * parts.bottom[2]
    bottom = np.sqrt(np.maximum(square, 0.0))  # rounding may leave a little below nothing
    observed = top[0], bottom[0]
    return float((top * observed[1] >= observed[0] * bottom * (1 - TIE) - TIE * parts.scale**2).mean())


def interval_end(p: Callable[[float], float], estimate: float, error: float, way: float, widest: float) -> float:
    """Search outwards for a value that a test rejects at 5%, then halve between the last kept and the first rejected.

    Infinite where it lies beyond `widest` standard errors.
    """
    kept, step = estimate, error
    while p(rejected := kept + way * step) > ALPHA:
        kept, step = rejected, 2 * step
        if not step < widest * error:
            return way * np.inf
    for _ in range(STEPS):
        middle = (kept + rejected) / 2
        kept, rejected = (middle, rejected) if p(middle) > ALPHA else (kept, middle)
    return (kept + rejected) / 2
