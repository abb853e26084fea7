"""A monthly series that may change in level and slope at one month, its errors autocorrelated.

Source: Turner et al. (2021) BMC Medical Research Methodology 21, 181. Values of R's nlme stand in `tests/reference`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from buddy_eval.analyse.compare.robust import Estimate, by_t

Floats = NDArray[np.float64]
AFTER = 12  # months into the support at which level and slope together are told


def interrupted(values: Floats, months: NDArray[np.int64], start: int) -> tuple[dict[str, Estimate], float]:
    """Level and slope change of a monthly series at month `start`, errors autocorrelated with lag one month.

    Model: value = a + b month + level [from start] + slope (months since start) + error, the errors' correlation
    rho^distance (months may be missing), rho by restricted maximum likelihood.

    Returns
    -------
    Estimates named level, slope and after_12 (level + 12 slope: how far the series then lies from where it was
    heading), in the series' units (slope: a month), t with N - 4 degrees of freedom; and rho.
    """
    from scipy.optimize import minimize_scalar

    since = np.clip(months - start, 0, None)
    x = np.column_stack([np.ones(len(months)), months - start, months >= start, since]).astype("float64")
    steps = np.diff(months)
    found = minimize_scalar(
        lambda rho: _reml(rho, values, x, steps), bounds=(-0.9, 0.98), method="bounded", options={"xatol": 1e-9}
    )
    rho = float(found.x)
    y, z = _whiten(rho, values[:, None], steps)[:, 0], _whiten(rho, x, steps)
    inverse = np.linalg.inv(z.T @ z)
    beta = inverse @ (z.T @ y)
    df = len(y) - z.shape[1]
    variance = float(((y - z @ beta) ** 2).sum()) / df
    parts = {"level": [0, 0, 1, 0], "slope": [0, 0, 0, 1], "after_12": [0, 0, 1, AFTER]}
    made = {}
    for name, weights in parts.items():
        c = np.asarray(weights, dtype="float64")
        made[name] = by_t(float(c @ beta), math.sqrt(variance * float(c @ inverse @ c)), df)
    return made, rho


def _reml(rho: float, y: Floats, x: Floats, steps: NDArray[np.int64]) -> float:
    """Minus twice the restricted log-likelihood of the autocorrelation, up to a constant."""
    white_y, white_x = _whiten(rho, y[:, None], steps)[:, 0], _whiten(rho, x, steps)
    rest = white_y - white_x @ np.linalg.lstsq(white_x, white_y, rcond=None)[0]
    spread = np.log(1 - rho ** (2 * steps)).sum()
    df = len(y) - x.shape[1]
    return float(df * np.log(rest @ rest) + spread + np.linalg.slogdet(white_x.T @ white_x)[1])


def _whiten(rho: float, columns: Floats, steps: NDArray[np.int64]) -> Floats:
    """Make the errors independent: each row minus its forecast from the row before, over that forecast's spread."""
    decay = (np.sign(rho) ** steps * np.abs(rho) ** steps)[:, None]
    return np.vstack([columns[:1], (columns[1:] - decay * columns[:-1]) / np.sqrt(1 - decay**2)])
