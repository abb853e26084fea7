"""A second view: all people in one model, each pair with its own level and its own gap (random intercept and slope).

Fitted by restricted maximum likelihood; t with Satterthwaite's degrees of freedom, never z. With few pairs the fit
often lies at the edge (a spread of zero, or levels and gaps wholly correlated); Satterthwaite's degrees of freedom
then come near the number of people, so G - 1 and a caution are given instead (Kenward and Roger's come near that).

Sources: Bates et al. (2015) Journal of Statistical Software 67(1) for the profiled likelihood; Kuznetsova,
Brockhoff and Christensen (2017) ibid. 82(13) for Satterthwaite's method; McNeish (2017) Multivariate Behavioral
Research 52, 661-670 for few clusters. Values of R's lme4, lmerTest and pbkrtest stand in `tests/reference`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from buddy_eval.analyse.compare.design_matrix import Floats, independent
from buddy_eval.analyse.compare.robust import Estimate, by_t

BOUNDARY = 1e-3  # share of the people's spread below which a spread between pairs counts as none
STARTS = ((1.0, 0.0, 1.0), (0.3, 0.0, 0.3), (0.1, 0.0, 1.5))  # factors of the spreads: wide, narrow, gaps alone
STEP = 1e-4  # of the central differences: as small as rounding leaves room for
REFUSED = 1e12  # deviance of a point at which the equations cannot be solved
MOST = 100.0  # times the people's spread: from there the fit has lost its digits
LEVEL = 1e-8  # share of the steepest curve of the deviance below which it does not bend at all, as in lmerTest
FLAT = 1e-10  # share of the mean square below which nothing is left to fit


@dataclass(frozen=True)
class Mixed:
    """The fixed effect of the side, the spread of the pairs' gaps and levels, and the id of a caution, or none."""

    side: Estimate
    gap_sd: float
    level_sd: float
    residual_sd: float
    caution: str


@dataclass(frozen=True)
class _Sums:
    """Cross-products by pair, (G, 2, ...); all that the likelihood needs of the data."""

    zz: Floats
    zx: Floats
    zy: Floats
    xx: Floats
    xy: Floats
    yy: float
    n: int


def mixed_model(people: pd.DataFrame, covariates: tuple[str, ...] = ()) -> Mixed:
    """Fit score ~ side + covariates + (1 + side | pair) by REML.

    Parameters
    ----------
    people : pair (or `cluster`, which then stands for it), side, score and the covariates (categories), one row a
        person. The side counts as +1/2 for the
        supporter and -1/2 for the receiver, so that its coefficient is the gap.

    Returns
    -------
    The gap with Satterthwaite's interval. Where the fit does not converge the interval is missing, where it lies at
    the edge G - 1 degrees of freedom are used; both are said in `caution`.
    """
    sums = _sums(people, covariates)
    if sums.n <= max(len(sums.xx), 2 * len(sums.zz)):  # as many levels and gaps as people: lme4 refuses it too
        return Mixed(Estimate(np.nan), np.nan, np.nan, np.nan, "mixed_failed")
    bounds = [(0.0, MOST), (-MOST, MOST), (0.0, MOST)]
    fits = [minimize(_deviance, start, (sums,), bounds=bounds, options={"ftol": 1e-13}) for start in STARTS]
    best = min(fits, key=lambda fit: float(fit.fun))
    sigma = np.sqrt(_solve(best.x, sums)[2] / (sums.n - len(sums.xx)))
    fitted = np.r_[best.x, sigma]
    inverse, beta = _covariance(fitted, sums), _solve(best.x, sums)[0]
    error = float(np.sqrt(inverse[1, 1]))
    root = _root(best.x)
    gap_sd, level_sd = (float(sigma * np.sqrt((root @ root.T)[place, place])) for place in (1, 0))
    singular = min(best.x[0], best.x[2]) < BOUNDARY
    df = len(sums.zz) - 1.0 if singular else satterthwaite(fitted, sums)
    side, caution = by_t(float(beta[1]), error, df), "mixed_edge" if singular else ""
    lost = sigma**2 <= FLAT * sums.yy / sums.n or np.abs(best.x).max() >= MOST
    if lost or not any(fit.success for fit in fits) or np.isnan(side.ci_low):
        side, caution = Estimate(float(beta[1])), "mixed_failed"
    return Mixed(side, gap_sd, level_sd, float(sigma), caution)


def satterthwaite(fitted: Floats, sums: _Sums) -> float:
    """Degrees of freedom 2 v^2 / (g' A g): v the variance of the gap, g its gradient, A the variances' covariance.

    A is twice the inverse of the Hessian of the deviance in the three factors and sigma, by central differences, as
    in lmerTest; directions in which the deviance is flat are left out.
    """
    gradient = np.array([_shifted(fitted, sums, i, 1) - _shifted(fitted, sums, i, -1) for i in range(4)]) / (2 * STEP)
    spread = 2 * float(gradient @ np.linalg.pinv(_hessian(fitted, sums), LEVEL, hermitian=True) @ gradient)
    return 2 * float(_covariance(fitted, sums)[1, 1]) ** 2 / spread if spread > 0 else np.nan


def _sums(people: pd.DataFrame, covariates: tuple[str, ...]) -> _Sums:
    people = people[people["score"].notna()]
    y = people["score"].to_numpy()
    side = np.where(people["side"] == "supporter", 0.5, -0.5)
    columns = [np.ones(len(y)), side]
    for name in covariates:
        columns += list(pd.get_dummies(people[name].astype("str")).to_numpy().T)
    x = independent(np.column_stack(columns))
    group = pd.factorize(people["cluster" if "cluster" in people else "pair"], sort=True)[0]
    rows = [group == pair for pair in range(group.max() + 1)]
    z = x[:, :2]
    return _Sums(
        np.array([z[mine].T @ z[mine] for mine in rows]),
        np.array([z[mine].T @ x[mine] for mine in rows]),
        np.array([z[mine].T @ y[mine] for mine in rows]),
        x.T @ x, x.T @ y, float(y @ y), len(y),
    )  # fmt: skip


def _root(theta: Floats) -> Floats:
    """The Cholesky factor of the pairs' covariance over the residual variance."""
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


def _solve(theta: Floats, sums: _Sums) -> tuple[Floats, Floats, float, float]:
    """Fixed effects, their precision over the residual variance, the penalised residual sum, the log determinant."""
    root = _root(theta)
    inner = np.eye(2) + root.T @ sums.zz @ root
    zx, zy = root.T @ sums.zx, sums.zy @ root
    solved_x, solved_y = np.linalg.solve(inner, zx), np.linalg.solve(inner, zy[..., None])[..., 0]
    precision = sums.xx - np.einsum("gij,gik->jk", zx, solved_x)
    right = sums.xy - np.einsum("gij,gi->j", zx, solved_y)
    beta = np.linalg.solve(precision, right)
    rest = max(sums.yy - float((zy * solved_y).sum()) - float(beta @ right), 1e-12 * sums.yy)
    return beta, precision, rest, float(np.linalg.slogdet(inner)[1].sum() + np.linalg.slogdet(precision)[1])


def _deviance(theta: Floats, sums: _Sums) -> float:
    """The REML deviance with the residual variance at its best value."""
    try:
        _, _, rest, log_determinant = _solve(theta, sums)
    except np.linalg.LinAlgError:
        return REFUSED
    df = sums.n - len(sums.xx)
    return float(log_determinant + df * (1 + np.log(2 * np.pi * rest / df)))


def _full(fitted: Floats, sums: _Sums) -> float:
    """The REML deviance of factors and sigma together, up to a constant."""
    _, _, rest, log_determinant = _solve(fitted, sums)
    df = sums.n - len(sums.xx)
    return float(log_determinant + df * np.log(fitted[3] ** 2) + rest / fitted[3] ** 2)


def _covariance(fitted: Floats, sums: _Sums) -> Floats:
    return np.asarray(np.linalg.inv(_solve(fitted, sums)[1]) * fitted[3] ** 2)


def _shifted(fitted: Floats, sums: _Sums, place: int, way: int) -> float:
    moved = fitted.copy()
    moved[place] += way * STEP
    return float(_covariance(moved, sums)[1, 1])


def _hessian(fitted: Floats, sums: _Sums) -> Floats:
    step = 10 * STEP
    hessian = np.empty((4, 4))
    for i, j in np.ndindex(4, 4):
        corners = 0.0
        for one, two in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            moved = fitted.copy()
            moved[i] += one * step
            moved[j] += two * step
            corners += one * two * _full(moved, sums)
        hessian[i, j] = corners / (4 * step**2)
    return hessian
