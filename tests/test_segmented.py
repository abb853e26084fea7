"""An interrupted series holds R's values, and those of least squares with the whole matrix of correlations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import minimize_scalar

from buddy_eval.analyse.compare.segmented import interrupted
from buddy_eval.base.errors import BuddyError

Floats = NDArray[np.float64]
R: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "views.json").read_text())["interrupted"]
VALUES, MONTHS, START = np.array(R["value"]), np.array(R["month"]), R["start"]
EVERY = {"level": [0.0, 0, 1, 0], "slope": [0.0, 0, 0, 1], "after_12": [0.0, 0, 1, 12]}
GRID = np.r_[np.arange(-36, 29) / 40, np.arange(715, 1000, 15) / 1000]


def by_the_matrix(rho: float, values: Floats) -> tuple[Floats, Floats, float]:
    """Generalised least squares: coefficients, their covariance, twice the restricted log-likelihood."""
    matrix = float(np.sign(rho)) ** (steps := np.abs(MONTHS[:, None] - MONTHS)) * np.abs(rho) ** steps
    x = np.column_stack([np.ones(len(MONTHS)), MONTHS, MONTHS >= START, np.clip(MONTHS - START, 0, None)])
    information, df = x.T @ np.linalg.solve(matrix, x), len(values) - 4
    beta = np.linalg.solve(information, x.T @ np.linalg.solve(matrix, values))
    variance = float((values - x @ beta) @ np.linalg.solve(matrix, values - x @ beta)) / df
    whole = np.linalg.slogdet(matrix)[1] + np.linalg.slogdet(information)[1] + df * np.log(variance)
    return beta, variance * np.linalg.inv(information), -float(whole)


def drifting(ends: float) -> Floats:
    """A series whose errors follow the ones before by that share."""
    noise = np.random.default_rng(1).normal(0, 1, len(MONTHS))
    for place in range(1, len(noise)):
        noise[place] += ends * noise[place - 1]
    return 100 + noise


def test_an_interrupted_series_is_that_of_gls_in_r() -> None:
    made, rho = interrupted(VALUES, MONTHS, START)
    assert rho == pytest.approx(R["rho"], abs=1e-3)
    for name in ("level", "slope"):
        wanted = (R[name], R[f"{name}_error"])
        assert (made[name].estimate, made[name].error) == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize("values", [VALUES, 1e6 * VALUES, *map(drifting, (-2.0, -0.6, 0.9, 1.2))])
def test_estimates_and_errors_are_those_at_the_likeliest_autocorrelation(values: Floats) -> None:
    made, rho = interrupted(values, MONTHS, START)
    best = minimize_scalar(lambda one: -by_the_matrix(one, values)[2], bounds=(-0.9, 0.985))
    assert rho == pytest.approx(best.x, abs=1e-4)
    if -0.899 < rho < 0.984:  # a slope of nothing tells it to more digits
        up, down = (by_the_matrix(rho + way * 1e-4, values)[2] for way in (1, -1))
        assert up == pytest.approx(down, rel=0, abs=1e-8)
    else:
        assert rho == pytest.approx(-0.9 if rho < 0 else 0.985, abs=1e-7)
    beta, covariance, _ = by_the_matrix(rho, values)
    for name, parts in EVERY.items():
        wanted = (parts @ beta, np.sqrt(parts @ covariance @ parts), len(values) - 4)
        assert (made[name].estimate, made[name].error, made[name].df) == pytest.approx(wanted)


@pytest.mark.parametrize("fine", [1, 4])
def test_the_interval_of_a_series_is_t_mixed_over_the_autocorrelation(fine: int) -> None:
    """On the grid, and nearly on one four times as fine; three intervals together hold 95%, whatever the unit."""
    grid = np.interp(np.arange(0, len(GRID) - 1 + 1e-9, 1 / fine), np.arange(len(GRID)), GRID)
    fits = [by_the_matrix(rho, VALUES) for rho in grid]
    likelihood = np.array([fit[2] for fit in fits]) / 2
    weight = np.exp(likelihood - likelihood.max()) * np.gradient(grid) / np.sqrt(1 - grid**2)  # by Jeffreys' rule
    for unit in (1.0, 1e-3, 1e12) if fine == 1 else (1.0,):
        made, _ = interrupted(unit * VALUES, MONTHS, START)
        for name, parts in EVERY.items():
            centres = unit * np.array([parts @ beta for beta, _, _ in fits])
            errors = unit * np.sqrt([parts @ covariance @ parts for _, covariance, _ in fits])
            for end, side in ((made[name].ci_low, 1), (made[name].ci_high, -1)):
                below = stats.t.cdf(side * (end - centres) / errors, len(VALUES) - 4)
                tail = (weight * below).sum() / weight.sum()
                assert tail == pytest.approx(0.025 / 3, rel=1e-7 if fine == 1 else 0.15), (unit, name, side)


@pytest.mark.parametrize("moves", [0.0, 3e-6, 3e-5])
def test_a_series_that_hardly_moves_off_its_lines_is_refused(moves: float) -> None:
    values = 1000 + 5 * MONTHS + moves * 1000 * np.random.default_rng(1).normal(0, 1, len(MONTHS))
    if moves > 1e-5:
        assert interrupted(values, MONTHS, START)[0]["level"].error > 0
        return
    for still in (values, 0 * values):
        with pytest.raises(BuddyError, match="does not move"):
            interrupted(still, MONTHS, START)
