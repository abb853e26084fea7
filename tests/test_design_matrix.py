"""The model of people with pairs taken out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from buddy_eval.analyse.compare.design_matrix import independent, within_pairs


def test_columns_that_others_hold_are_dropped_whatever_their_unit() -> None:
    one, two = np.array([1.0, -1, 2, 0, -2]), np.array([3.0, 1, 0, -2, -2])
    kept = independent(np.column_stack([one, 2 * one, 1e6 * two, 1e6 * (one + two / 3), two * 0]))
    assert kept.tolist() == np.column_stack([one, 1e6 * two]).tolist()


@pytest.mark.parametrize("clustered", [False, True])
def test_the_gap_is_that_of_least_squares_with_a_column_a_pair(clustered: bool) -> None:
    """Statsmodels' fit with an intercept for every pair; pairs with one side, and missing scores, do not count."""
    random = np.random.default_rng(1)
    people = pd.DataFrame({
        "pair": random.permutation(np.repeat(["P3", "P1", "P2"], 12)),
        "side": random.permutation(["supporter", "receiver"] * 18),
        "role": random.choice(["a", "b", "c"], 36),
        "score": random.normal(3, 1, 36),
    })  # fmt: skip
    people.loc[5, "score"] = np.nan
    lone = people[people["side"] == "receiver"].assign(pair="P0")
    people["same"] = people["role"]
    home = {"P0": "one", "P1": "two", "P2": "one", "P3": "two"}
    rows = pd.concat([people, lone.assign(same="a")], ignore_index=True)
    model = within_pairs(rows.assign(cluster=rows["pair"].map(home)) if clustered else rows, ("role", "same"))
    kept = people[people["score"].notna()]
    pairs = np.array(kept["pair"])[:, None] == np.array(["P1", "P2", "P3"])
    columns = [kept["side"] == "supporter", kept["role"] == "b", kept["role"] == "c"]
    full = OLS(kept["score"].to_numpy(), np.column_stack([*columns, pairs]).astype("float64")).fit()
    short = OLS(model.y, model.x).fit()
    assert short.params.tolist() == pytest.approx(full.params[:3].tolist())
    assert short.resid.tolist() == pytest.approx(full.resid.tolist())
    numbers = {"P1": 1, "P2": 0, "P3": 1} if clustered else {"P1": 0, "P2": 1, "P3": 2}
    assert model.group.tolist() == kept["pair"].map(numbers).tolist()
    assert model.n_groups == len(set(numbers.values()))


def test_scores_that_are_all_missing_leave_an_empty_model() -> None:
    people = pd.DataFrame({"pair": "P1", "side": ["supporter", "receiver"], "score": np.nan, "role": ["a", "b"]})
    model = within_pairs(people, ("role",))
    assert (model.y.shape, model.x.shape, model.group.shape) == ((0,), (0, 1), (0,))
