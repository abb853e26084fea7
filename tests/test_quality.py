"""Omega, items and agreement over items hold R's values."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buddy_eval.analyse import scale_quality as quality

HERE = Path(__file__).parent / "reference"
R: dict[str, Any] = json.loads((HERE / "views.json").read_text())
DATA = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data")
QUESTIONS = [f"Q{number}" for number in range(1, 6)]


def survey(*, complete: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The invented survey of `scores.R` as responses and items."""
    given = pd.read_csv(HERE / "survey.csv")
    given = given.dropna() if complete else given
    long = given.melt(id_vars=["participant", "pair", "side"], var_name="item", value_name="answer")
    status = np.where(long["answer"].notna(), "answered", "missing")
    responses = long.assign(role="board", wave=1, status=status, answer=long["answer"].astype("Int64"))
    items = pd.DataFrame({"item": QUESTIONS, "theme": "culture", "reversed": [q == "Q3" for q in QUESTIONS]})
    return responses, items


def test_omega_is_that_of_one_factor_in_r() -> None:
    made = quality.omegas(*survey()).set_index("side").loc["all"]
    assert made["estimate"] == pytest.approx(R["quality"]["omega"], abs=1e-4)
    assert made["ci_low"] < made["estimate"] < made["ci_high"]
    assert (made["n"], made["n_items"]) == (37, 5)


@pytest.mark.parametrize("scale", list("ACENO"))
def test_omega_of_the_five_factors_is_that_of_r(scale: str) -> None:
    file = DATA / "surveys" / "bfi.csv"
    if not file.is_file():
        pytest.skip(f"the real data are not here: {file.name}")
    items = pd.read_csv(file)[[f"{scale}{number}" for number in range(1, 6)]]
    turned = items.assign(
        **{item: 7 - items[item] for item in ("A1", "C4", "C5", "E1", "E2", "O2", "O5") if item in items}
    )
    made = quality.omega_row(turned.to_numpy(dtype="float64"))
    assert made["estimate"] == pytest.approx(R["bfi_omega"][scale], abs=2e-4)


def test_omega_does_not_change_when_an_item_is_measured_backwards_twice_or_items_change_places() -> None:
    loadings = np.array([0.9, 0.5, 0.7, 0.3])
    matrix = (np.outer(loadings, loadings) + np.diag(1 - loadings**2))[None]
    order = [2, 0, 3, 1]
    assert quality.omega(matrix[:, order][:, :, order]) == pytest.approx(quality.omega(matrix))
    exact = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert float(quality.omega(matrix)[0]) == pytest.approx(exact, abs=1e-6)


def test_omega_of_many_people_is_that_of_those_who_answered_alike_together(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    people = np.clip(np.round(random.normal(3, 1, (6_000, 1)) + random.normal(0, 1, (6_000, 4))), 1, 5)
    together = quality.omega_row(people)
    monkeypatch.setattr(quality, "MANY", len(people))
    monkeypatch.setattr(quality, "BLOCK", 60 * len(people))
    one_by_one = quality.omega_row(people)
    assert together["n"] == one_by_one["n"] == 6_000
    assert together["estimate"] == pytest.approx(one_by_one["estimate"], abs=1e-9)
    assert [together[end] for end in ("ci_low", "ci_high")] == pytest.approx(
        [one_by_one[end] for end in ("ci_low", "ci_high")], abs=0.002
    )
    monkeypatch.setattr(quality, "BLOCK", 400 * len(people))
    assert quality.omega_row(people) == one_by_one  # however many draws are held at once


def test_two_items_have_no_omega_and_say_why() -> None:
    made = quality.omega_row(np.array([[1.0, 2], [2, 3], [4, 4], [5, 4]]))
    assert "estimate" not in made
    assert made["caution"] == "few_for_factor"


def test_item_rest_and_missing_answers_are_those_of_r() -> None:
    made = quality.item_quality(*survey()).set_index(["side", "item"])
    assert made.xs("all")["item_rest"].to_list() == pytest.approx(R["quality"]["item_rest"])
    raw = pd.read_csv(HERE / "survey.csv")
    for side in ("supporter", "receiver"):
        missing = raw[raw["side"] == side][QUESTIONS].isna().sum()
        assert made.xs(side)["missing"].to_list() == missing.to_list()
    assert (made["answered"] + made["missing"] == made["n"]).all()


def test_agreement_over_items_is_that_of_multilevel() -> None:
    made = quality.within_items(*survey(complete=True))
    names = made["pair"] + " " + made["side"]
    for column in ("rwg_j", "rwg_star"):
        ours = dict(zip(names, made[column], strict=True))
        theirs = {name: value for name, value in R["quality"][column].items() if name in ours}
        assert len(theirs) == 8
        assert ours == pytest.approx(theirs)


def test_one_respondent_a_side_has_no_agreement_over_items_and_no_row() -> None:
    responses, items = survey()
    first = responses.drop_duplicates(["pair", "side", "item"])
    assert quality.within_items(first, items).empty
