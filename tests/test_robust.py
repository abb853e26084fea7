"""Covariates with few pairs hold the values of R's clubSandwich; the bootstrap is that of plain loops."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buddy_eval.analyse.compare.design_matrix import Model, within_pairs
from buddy_eval.analyse.compare.robust import cr2, interval_end, wild_bootstrap
from buddy_eval.analyse.compare.sign_flips import sign_patterns

HERE = Path(__file__).parent / "reference"
R: dict[str, Any] = json.loads((HERE / "views.json").read_text())
PEOPLE = pd.read_csv(HERE / "people.csv")
DATA = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data")
ROLES = {"roles": ("role",), "alone": ()}


@pytest.mark.parametrize("name", ["roles", "alone"])
def test_cr2_and_satterthwaite_are_those_of_clubsandwich(name: str) -> None:
    made, wanted = cr2(within_pairs(PEOPLE, ROLES[name])), R["cr2"][name]
    assert (made.estimate, made.error, made.df, made.p_value) == pytest.approx(
        [wanted[key] for key in ("estimate", "error", "df", "p_value")], rel=1e-9
    )


@pytest.mark.parametrize("within", [False, True])
def test_cr2_on_soldiers_in_groups_is_that_of_clubsandwich(within: bool) -> None:
    file = DATA / "surveys" / "bh1996.csv"
    if not file.is_file():
        pytest.skip(f"the real data are not here: {file.name}")
    given = pd.read_csv(file)
    group = pd.factorize(given["GRP"], sort=True)[0].astype("int64")
    columns = given[["HRS", "LEAD", "WBEING"]]
    if within:
        columns = columns - columns.groupby(group).transform("mean")
    x = columns[["HRS", "LEAD"]].to_numpy(dtype="float64")
    x = x if within else np.column_stack([x, np.ones(len(x))])
    made = cr2(Model(columns["WBEING"].to_numpy(dtype="float64"), x, group))
    wanted = R["bh1996"]["within" if within else "between"]
    assert [made.estimate, made.error, made.df] == pytest.approx(
        [wanted["estimate"], wanted["error"], wanted["df"]], rel=1e-6
    )


def clustered(groups: int, *, seed: int = 1, lone: bool = False) -> Model:
    """People in clusters of growing size, with a covariate; of `lone` another one that only the first cluster has."""
    random, group = np.random.default_rng(seed), np.repeat(np.arange(groups), np.arange(3, groups + 3))
    x = random.normal(size=(len(group), 3))
    x[:, 2] = np.where(group == 0, x[:, 2], 0.0)
    x = x if lone else x[:, :2]
    return Model(0.4 * x[:, 0] + x[:, 1] + random.normal(0, 1, len(group)) + 0.3 * group % 2, x, group)


@pytest.mark.parametrize("lone", [False, True])
def test_cr2_is_that_of_the_whole_matrices(lone: bool) -> None:
    """Where the people of a cluster alone tell a coefficient, that direction of its residuals has no weight."""
    model = clustered(5, lone=lone)
    inverse = np.linalg.inv(model.x.T @ model.x)
    kept = np.eye(len(model.y)) - model.x @ inverse @ model.x.T
    parts = []
    for cluster in range(5):
        mine = model.group == cluster
        values, vectors = np.linalg.eigh(kept[np.ix_(mine, mine)])
        sharp = values > 1e-9
        root = vectors[:, sharp] / np.sqrt(values[sharp]) @ vectors[:, sharp].T
        parts.append(root @ (model.x @ inverse)[mine, 0] @ kept[mine])
    moments = np.array(parts) @ np.array(parts).T
    error = np.sqrt(((np.array(parts) @ model.y) ** 2).sum())
    made = cr2(model)
    assert (made.error, made.df) == pytest.approx((error, np.trace(moments) ** 2 / (moments**2).sum()))


def by_plain_loops(model: Model, gap: float) -> tuple[float, float, float]:
    """Estimate, its error, and the p-value: the model is fitted anew to every pattern of signs of the residuals."""
    side, rest = model.x[:, :1], model.x[:, 1:]
    moved = model.y - gap * side[:, 0]
    drawn = moved - (rest @ np.linalg.lstsq(rest, moved)[0] if rest.shape[1] else 0.0)
    net = side[:, 0] - (rest @ np.linalg.lstsq(rest, side)[0][:, 0] if rest.shape[1] else 0.0)
    ratios = []
    for signs in sign_patterns(model.n_groups):
        outcome = model.y - drawn + signs[model.group] * drawn
        beta = np.linalg.lstsq(model.x, outcome)[0]
        parts = [(net * (outcome - model.x @ beta))[model.group == one].sum() for one in range(model.n_groups)]
        error = np.sqrt(np.square(parts).sum()) / (net @ net)
        ratios.append((abs(beta[0] - gap) / error, beta[0], error))
    told = np.array([ratio for ratio, _, _ in ratios])
    return ratios[0][1], ratios[0][2], float((told >= told[0] * (1 - 1e-9)).mean())


@pytest.mark.parametrize("groups", [3, 5, 6, 7])
@pytest.mark.parametrize("covariates", [0, 1])
def test_the_bootstrap_is_that_of_plain_loops_and_its_interval_what_it_does_not_reject(
    groups: int, covariates: int
) -> None:
    model = clustered(groups)
    model = Model(model.y / (1 + 29 * covariates), model.x[:, : 1 + covariates], model.group)
    made = wild_bootstrap(model)
    assert (made.estimate, made.error, made.p_value) == pytest.approx(by_plain_loops(model, 0.0))
    assert wild_bootstrap(model, interval=False).p_value == made.p_value
    assert np.isnan([made.df, wild_bootstrap(model, interval=False).ci_low]).all()
    if groups < 6:
        assert np.isnan([made.ci_low, made.ci_high]).all()
        return
    for end, inwards in ((made.ci_low, 1e-5), (made.ci_high, -1e-5)):
        assert by_plain_loops(model, end + inwards)[2] > 0.05 >= by_plain_loops(model, end - inwards)[2]


def test_gaps_that_cancel_out_have_a_p_of_one_in_spite_of_rounding() -> None:
    gaps, noise = np.array([-1, 3, 1, -1, -2, 3, -3]) / 3, np.random.default_rng(1).normal(size=150)
    side, group = np.tile(np.repeat([0.5, -0.5], 300), 7), np.repeat(np.arange(7), 600)
    model = Model(gaps[group] * side + np.tile(np.r_[noise, -noise], 14), side[:, None], group)
    assert wild_bootstrap(model).p_value == 1


def test_beyond_sixteen_clusters_the_bootstrap_takes_the_drawn_patterns() -> None:
    model = clustered(17)
    p = wild_bootstrap(model, interval=False).p_value
    assert p * 10_000 == pytest.approx(round(p * 10_000))
    assert p == pytest.approx(cr2(model).p_value, abs=0.05)


def test_an_end_that_is_not_found_is_missing_and_where_nothing_varies_there_is_none() -> None:
    model = clustered(6)
    two = model.x[:, :1] * (model.group < 2)[:, None]  # of six clusters two tell of the side
    made = wild_bootstrap(Model(model.y, two, model.group))
    assert made.p_value >= 0.25
    assert np.isnan([made.ci_low, made.ci_high]).all()
    still = wild_bootstrap(Model(model.x[:, 0] * 0.0, model.x, model.group))
    assert (still.estimate, still.error, still.p_value) == (0.0, 0.0, 1.0)
    assert np.isnan([still.ci_low, still.ci_high]).all()


def kept_within(edge: float, value: float) -> float:
    return float(abs(value) <= edge)


@pytest.mark.parametrize("way", [-1.0, 1.0])
def test_an_end_of_an_interval_is_where_a_test_begins_to_reject_and_may_lie_too_far_out(way: float) -> None:
    rejects_beyond = interval_end(lambda value: float(abs(value - 0.5) <= 3.7), 0.5, 0.1, way, 1e3)
    assert rejects_beyond == pytest.approx(0.5 + way * 3.7, abs=1e-12)
    assert interval_end(lambda value: 1.0, 0.5, 0.1, way, 1e3) == way * np.inf
    assert interval_end(lambda value: 0.05, 0.5, 0.1, way, 1e3) == pytest.approx(0.5, abs=1e-12)
    for edge, reached in ((60.0, 60.0), (63.0, np.inf)):  # steps of 2, 4, 8, 16 and 32 reach 62; 64 is too far
        p = partial(kept_within, edge)
        assert interval_end(p, 0.0, 2.0, way, 32.0) == pytest.approx(way * reached)
