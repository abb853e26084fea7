"""The mixed model holds the values of R's lmerTest, and of its likelihood with the whole matrix."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from buddy_eval.analyse.compare.mixed import mixed_model

HERE = Path(__file__).parent / "reference"
Floats = NDArray[np.float64]
R: dict[str, Any] = json.loads((HERE / "views.json").read_text())
PEOPLE = pd.read_csv(HERE / "people.csv")
ROLES = {"roles": ("role",), "alone": ()}


@pytest.mark.parametrize("name", ["roles", "alone"])
def test_the_mixed_model_is_that_of_lmertest(name: str) -> None:
    made, wanted = mixed_model(PEOPLE, ROLES[name]), R["mixed"][name]
    assert made.side.estimate == pytest.approx(wanted["estimate"], rel=1e-5)
    assert made.side.error == pytest.approx(wanted["error"], rel=1e-4)
    assert made.side.df == pytest.approx(wanted["df"], rel=1e-3)
    assert made.side.df == pytest.approx(wanted["kenward_df"], rel=0.01)
    spreads = [made.level_sd, made.gap_sd, made.residual_sd]
    assert spreads == pytest.approx([wanted[key] for key in ("level_sd", "gap_sd", "residual_sd")], rel=1e-3)
    assert made.caution == ""


def test_a_mixed_model_at_the_edge_says_so_and_keeps_few_degrees_of_freedom() -> None:
    flat = PEOPLE.assign(score=3 + np.random.default_rng(0).normal(0, 0.5, len(PEOPLE)))
    made = mixed_model(flat)
    assert made.caution == "mixed_edge"
    assert made.side.df == 6


@pytest.mark.parametrize(("moves", "fits"), [(0.0, False), (1e-5, False), (1e-4, True)])
def test_where_hardly_anybody_moves_there_is_no_interval(moves: float, fits: bool) -> None:
    made = mixed_model(PEOPLE.assign(score=3 + moves * np.random.default_rng(0).normal(size=len(PEOPLE))))
    assert made.side.estimate == pytest.approx(0, abs=1e-4)
    assert np.isfinite([made.side.ci_low, made.side.p_value]).tolist() == [fits, fits]
    assert fits or made.caution == "mixed_failed"


def test_a_search_that_runs_far_out_does_not_break_the_mixed_model() -> None:
    from buddy_eval.analyse.design import simulate

    sizes = np.clip(np.random.default_rng(7).lognormal(2.9, 0.7, (8, 2)), 5, 60).astype(int)
    drawn = simulate([(int(a), int(b)) for a, b in sizes], 2000, 800)
    score = drawn.scores(0.0)[156]  # the optimiser tries spreads at which the equations cannot be solved
    sides = np.where(drawn.supporter, "supporter", "receiver")
    made = mixed_model(pd.DataFrame({"pair": drawn.pair, "side": sides, "score": score}))
    assert np.isfinite([made.side.estimate, made.side.ci_low]).all()
    assert 0 < made.side.df < 400


@pytest.mark.parametrize(
    ("pairs", "n", "roles", "fits"), [(3, 6, 1, False), (3, 7, 1, True), (2, 9, 8, False), (2, 9, 7, True)]
)
def test_as_many_people_as_levels_and_gaps_or_as_columns_are_too_few(
    pairs: int, n: int, roles: int, fits: bool
) -> None:
    """Two columns are the mean and the side, and each role but the first has one."""
    few = pd.DataFrame({
        "pair": [f"P{place % pairs}" for place in range(n)],
        "side": ["supporter" if place // pairs % 2 else "receiver" for place in range(n)],
        "role": [f"r{min(place, roles - 1)}" for place in range(n)],
        "score": np.random.default_rng(1).normal(3, 1, n),
    })  # fmt: skip
    made = mixed_model(few, ("role",))
    assert np.isfinite([made.side.estimate, made.gap_sd, made.level_sd, made.residual_sd]).tolist() == [fits] * 4
    assert fits or made.caution == "mixed_failed"


def test_people_of_one_mind_on_every_side_leave_no_spread_to_measure_that_of_pairs_by() -> None:
    rows = people("plain")
    made = mixed_model(rows.assign(score=rows.groupby(["pair", "side"])["score"].transform("mean")))
    assert made.caution == "mixed_failed"
    assert np.isnan([made.side.ci_low, made.side.df, made.side.p_value]).all()
    assert made.level_sd == pytest.approx(100 * made.residual_sd, rel=1e-3)  # no further is looked


STUDIES = {  # spreads of levels and gaps, and the correlation of both
    "plain": (0.5, 0.6, 0.3),
    "levels": (0.8, 0.0, 0.0),
    "gaps": (0.0, 0.6, 0.0),
    "tied": (0.5, 0.5, -1.0),
    "clustered": (0.5, 0.6, -0.5),
}


def people(study: str) -> pd.DataFrame:
    """Six pairs of 5 to 10 people a side with roles; one score is missing; where clustered the last two are one."""
    (level, gap, tied), random = STUDIES[study], np.random.default_rng(3)
    rows = []
    for pair in range(6):
        one, other = random.normal(size=2)
        own = level * one, gap * (tied * one + np.sqrt(1 - tied**2) * other)
        for side, way in (("supporter", 0.5), ("receiver", -0.5)):
            for n in range(5 + pair):
                score = 3 + own[0] + way * (0.6 + own[1]) + 0.2 * (n % 3) + random.normal(0, 0.5)
                rows.append((f"P{pair}", side, "abc"[n % 3], score, min(pair, 4)))
    made = pd.DataFrame(rows, columns=["pair", "side", "role", "score", "cluster"]).sample(frac=1, random_state=1)
    made.iloc[7, 3] = np.nan
    return made if study == "clustered" else made.drop(columns="cluster")


class Everybody(NamedTuple):
    """Design, levels and gaps, scores, and who is in one pair (or cluster) with whom."""

    x: Floats
    z: Floats
    y: Floats
    same: NDArray[np.bool_]


def everybody(rows: pd.DataFrame) -> Everybody:
    z = np.column_stack([np.ones(len(rows)), np.where(rows["side"] == "supporter", 0.5, -0.5)])
    group = rows["cluster" if "cluster" in rows else "pair"].to_numpy()
    roles = [rows["role"] == role for role in "bc"]
    return Everybody(np.column_stack([z, *roles]), z, rows["score"].to_numpy(), group[:, None] == group)


def by_the_matrix(of: Everybody, fitted: Floats) -> tuple[float, Floats, Floats]:
    """Restricted deviance but for a constant, coefficients, their covariance, from that of everybody with everybody.

    `fitted` holds the factors of level, of gap on level, and of gap alone, and the people's spread.
    """
    root = np.array([[fitted[0], 0.0], [fitted[1], fitted[2]]])
    v = fitted[3] ** 2 * (np.eye(len(of.y)) + of.same * (of.z @ root @ root.T @ of.z.T))
    weights = np.linalg.inv(v)
    inverse = np.asarray(np.linalg.inv(of.x.T @ weights @ of.x), dtype="float64")
    beta = inverse @ (of.x.T @ weights @ of.y)
    rest = of.y - of.x @ beta
    whole = np.linalg.slogdet(v)[1] - np.linalg.slogdet(inverse)[1] + rest @ weights @ rest
    return float(whole), beta, inverse


def deviance(fitted: Floats, of: Everybody) -> float:
    return by_the_matrix(of, fitted)[0]


def satterthwaites(of: Everybody, fitted: Floats) -> float:
    """By differences of the whole deviance over steps of their own."""
    steps = 2e-3 * np.eye(4)
    variances = [[by_the_matrix(of, fitted + way * step)[2][1, 1] for way in (1, -1)] for step in steps]
    gradient = np.array([(up - down) / 4e-3 for up, down in variances])
    hessian = np.empty((4, 4))
    for i, j in np.ndindex(4, 4):
        corners = [
            one * two * by_the_matrix(of, fitted + one * steps[i] + two * steps[j])[0]
            for one in (1, -1)
            for two in (1, -1)
        ]
        hessian[i, j] = sum(corners) / (4 * 2e-3**2)
    spread = gradient @ np.linalg.solve(hessian / 2, gradient)
    return float(2 * by_the_matrix(of, fitted)[2][1, 1] ** 2 / spread)


@cache
def expected(study: str) -> tuple[Floats, float, float, float]:
    """The factors of the least deviance; the gap, its error and degrees of freedom."""
    rows = people(study).dropna(subset="score")
    of, bounds = everybody(rows), [(0.0, 9.0), (-9.0, 9.0), (0.0, 9.0), (0.01, 9.0)]
    starts = ([0.8, 0.1, 0.8, 0.5], [0.5, -0.5, 0.1, 0.5])
    fits = [minimize(deviance, start, (of,), jac="3-point", bounds=bounds, options={"ftol": 1e-15}) for start in starts]
    best = min(fits, key=lambda fit: float(fit.fun)).x
    _, beta, inverse = by_the_matrix(of, best)
    edge, groups = study in ("levels", "gaps", "tied"), 5 if study == "clustered" else 6
    return best, float(beta[1]), float(np.sqrt(inverse[1, 1])), groups - 1.0 if edge else satterthwaites(of, best)


@pytest.mark.parametrize("study", STUDIES)
def test_the_fit_is_that_of_the_whole_covariance_of_everybody(study: str) -> None:
    (level, both, alone, sigma), estimate, error, df = expected(study)
    made = mixed_model(people(study), ("role",))
    spreads = [made.level_sd, made.gap_sd, made.residual_sd]
    assert spreads == pytest.approx([sigma * level, sigma * np.hypot(both, alone), sigma], rel=1e-4, abs=1e-4)
    assert (made.side.estimate, made.side.error) == pytest.approx((estimate, error), rel=3e-5)
    assert made.side.df == pytest.approx(df, rel=3e-5)
    assert made.caution == ("mixed_edge" if study in ("levels", "gaps", "tied") else "")
