"""Outcome effects hold R's values, find what is planted, and are not done where the data do not allow them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from buddy_eval.analyse.compare.randomisation_inference import DRAWS, difference
from buddy_eval.analyse.compare.segmented import interrupted
from buddy_eval.analyse.outcome_effects import effects, unless_placebo
from buddy_eval.analyse.saturation import expected_codes, negative_cases, saturation
from buddy_eval.analyse.spc import signals
from buddy_eval.present.cautions import cautions_in_words

PAIRS = pd.DataFrame({
    "pair": ["SYN1", "SYN2"], "supporter": ["A1", "A2"], "receiver": ["B1", "B2"],
    "start": pd.to_datetime(["2022-01-01", "2022-04-01"]), "end": pd.to_datetime(["2023-06-30", "2023-06-30"]),
})  # fmt: skip


def months(trusts: list[str], jump: dict[str, float] | None = None, seed: int = 1) -> pd.DataFrame:
    """Four years of one indicator a trust, with a jump in 2022 where one is planted."""
    random = np.random.default_rng(seed)
    period = pd.date_range("2020-01-01", periods=48, freq="MS")
    late = period >= pd.Timestamp("2022-04-01")
    parts = [
        pd.DataFrame({
            "ods": ods, "indicator": "falls", "period": period, "frequency": "month", "direction": "neither",
            "value": 10 + random.normal(0, 0.3) + random.normal(0, 0.5, 48) + (jump or {}).get(ods, 0.0) * late,
        })
        for ods in trusts
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_of_short_series_whose_months_resemble_the_last_few_leave_out_zero() -> None:
    """12 and 12 months, autocorrelation .6, 150 series: about 5% are expected to show any of three changes."""
    random, months, said = np.random.default_rng(1), np.arange(24), 0
    for _ in range(150):
        noise = random.normal(0, 1, 24)
        for month in months[1:]:
            noise[month] = 0.6 * noise[month - 1] + 0.8 * noise[month]
        made, _rho = interrupted(10 + noise, months, 12)
        said += any(one.ci_low > 0 or one.ci_high < 0 for one in made.values())
    assert said <= 16


def test_a_series_that_does_not_move_is_not_analysed() -> None:
    ours = months(["A1", "A2", "B1", "B2"])
    still = ours.assign(value=ours["value"].where(ours["ods"] != "B1", 7.0))
    made = effects(still, ours.iloc[:0], PAIRS)
    row = made[(made["pair"] == "SYN1") & (made["side"] == "receiver")]
    assert row["estimate"].isna().all()
    assert row["caution"].tolist() == ["series_still"]


def test_a_planted_jump_lies_in_its_interval_and_a_short_series_is_not_analysed() -> None:
    ours = months(["A1", "A2", "B1", "B2"], {"B2": 3.0})
    made = effects(ours, ours.iloc[:0], PAIRS)
    row = made[(made["pair"] == "SYN2") & (made["side"] == "receiver") & (made["term"] == "level")].iloc[0]
    assert row["ci_low"] < 3.0 < row["ci_high"]
    assert row["ci_low"] > 1.0
    short = effects(ours[ours["period"] >= "2021-06-01"], ours.iloc[:0], PAIRS)
    single = short[short["kind"] == "interrupted series"]
    assert single["estimate"].isna().all()
    assert set(single["caution"]) == {"few_months"}


def test_difference_in_differences_finds_what_is_planted_and_nothing_in_the_placebo() -> None:
    ours = months(["A1", "A2", "B1", "B2"], {"B1": 2.0, "B2": 2.0})
    made = effects(ours, months([f"C{n:02d}" for n in range(20)], seed=2), PAIRS)
    made = made[made["kind"] == "difference-in-differences"].set_index("term")
    assert set(made.index) == {"difference", "placebo: a year earlier"}
    planted, placebo = made.loc["difference"], made.loc["placebo: a year earlier"]
    assert planted["p_value"] < 0.02
    assert planted["ci_low"] > 1.0
    assert placebo["ci_low"] < 0 < placebo["ci_high"]
    assert planted["n_comparators"] == 20


@pytest.mark.parametrize(("n", "said"), [(0, "no trust outside the pairs"), (9, "9 comparators; 10")])
def test_too_few_comparators_give_a_reason_and_no_figure(n: int, said: str) -> None:
    ours = months(["A1", "A2", "B1", "B2"])
    others = months([f"C{number}" for number in range(n)], seed=3) if n else ours.iloc[:0]
    made = effects(ours, others, PAIRS)
    made = made[made["kind"] == "difference-in-differences"]
    assert made[["estimate", "ci_low", "p_value"]].isna().all(axis=None)
    assert all(said in " ".join(cautions_in_words(row)) for row in made.to_dict("records"))


@pytest.mark.parametrize("size", [0.0, 2.0])
@pytest.mark.parametrize("n", [2, 4])
def test_the_interval_of_the_randomisation_holds_what_its_test_does_not_reject(size: float, n: int) -> None:
    random = np.random.default_rng(8)
    before, changes = random.normal(0, 1, (2, n, 20))
    changes[:, :n] = 0.3 * changes[:, :n] + size  # the supported vary less, as in the illustrative study
    treated = list(range(n))
    made = difference(changes, before, treated).effect

    def p(supposed: float) -> float:
        less = changes.copy()
        less[:, :n] -= supposed
        return difference(less, before, treated).effect.p_value

    for end, inwards in ((made.ci_low, 1e-6), (made.ci_high, -1e-6)):
        assert p(end + inwards) > 0.05 >= p(end - inwards)
    assert (made.p_value > 0.05) == (made.ci_low <= 0 <= made.ci_high)


def test_the_difference_is_that_of_a_regression_on_the_level_before() -> None:
    """One window for all: the figure is statsmodels' forecast from those not supported, taken off."""
    random, treated = np.random.default_rng(3), 5
    before = random.normal(0, 1, 30)
    changes = -0.4 * before + random.normal(0, 0.3, 30)
    supported = np.argsort(before)[:treated]
    free = np.setdiff1d(np.arange(30), supported)
    line = sm.OLS(changes[free], sm.add_constant(before[free])).fit()
    expected = (changes[supported] - line.predict(sm.add_constant(before[supported]))).mean()
    made = difference(np.tile(changes, (treated, 1)), np.tile(before, (treated, 1)), supported.tolist())
    assert made.effect.estimate == pytest.approx(expected)
    assert made.outside
    assert not difference(np.tile(changes, (2, 1)), np.tile(before, (2, 1)), [int(free[0]), int(free[1])]).outside


@pytest.mark.parametrize("layout", ["exchangeable", "worst", "noisy"])
def test_trusts_without_an_effect_are_seldom_said_to_have_one(layout: str) -> None:
    """150 null studies; 5% are expected, and chance alone leaves the bar in one of a thousand runs."""
    random, said = np.random.default_rng(6), 0
    for _ in range(150):
        level, first, later = random.normal(0, 1, (3, 28)) * np.array([[1], [0.5], [0.5]])
        before, during = level + first, level + later
        order = np.argsort(before) if layout == "worst" else np.arange(28)
        during[:8] += random.normal(0, 1.2, 8) * (layout == "noisy")
        changes = np.tile((during - before)[order], (8, 1))
        found = difference(changes, np.tile(before[order], (8, 1)), list(range(8)))
        said += found.effect.p_value <= 0.05
    assert said <= 17


def test_looking_at_several_indicators_is_allowed_for_and_placebos_among_themselves() -> None:
    trusts, others = ["A1", "A2", "B1", "B2"], [f"C{n:02d}" for n in range(20)]
    names = ["falls", "sepsis", "waits"]
    ours, theirs = (
        pd.concat([months(who, seed=seed + n).assign(indicator=name) for n, name in enumerate(names)])
        for who, seed in ((trusts, 1), (others, 20))
    )
    made = effects(ours, theirs, PAIRS)
    made = made[made["kind"] == "difference-in-differences"]
    assert len(made) == 2 * len(names)
    held = multipletests(made["p_value"], method="holm")[1]
    assert made["p_adjusted"].to_numpy() == pytest.approx(held)
    assert (made["n_looks"] == len(made)).all()


def test_a_difference_whose_placebo_stands_too_says_no_direction() -> None:
    rows = [
        ("falls", "difference", False, True, "few_comparators"),
        ("falls", "placebo: a year earlier", True, True, ""),
        ("waits", "difference", False, True, ""),
        ("waits", "placebo: a year earlier", True, False, ""),
    ]
    columns = ["indicator", "term", "placebo", "stands", "caution"]
    told = unless_placebo(pd.DataFrame(rows, columns=columns).assign(pair="all"))
    assert told["stands"].tolist() == [False, True, True, False]
    assert told["caution"].tolist() == ["few_comparators placebo_stands", "", "", ""]


def test_the_randomisation_p_value_is_never_zero_and_counts_the_true_deal() -> None:
    changes = np.zeros((1, 20))
    changes[0, 0] = 5.0
    made = difference(changes, np.zeros((1, 20)), [0])
    assert made.effect.p_value == pytest.approx(1 / 20, abs=0.012)


def test_limits_are_drawn_anew_where_a_series_is_rebased_and_each_stretch_stands_alone() -> None:
    given = months(["A1"], {"A1": 4.0})
    marked = given.assign(rebase=(given["period"] == "2022-04-01"))
    made = signals(marked)
    alone = pd.concat([signals(part) for _, part in given.groupby(given["period"] >= "2022-04-01")], ignore_index=True)
    pd.testing.assert_frame_equal(made, alone)
    assert made["centre"].nunique() == 2
    late = given.assign(rebase=(given["period"] == "2023-06-01"))
    pd.testing.assert_frame_equal(signals(late), signals(given))


def test_expected_codes_are_the_mean_over_all_orders() -> None:
    from itertools import permutations

    said = {"a": {0, 1, 2}, "b": {1}, "c": {3, 1}}
    counts = np.array([len(who) for who in said.values()])
    for k in range(1, 5):
        orders = [sum(bool(who & set(order[:k])) for who in said.values()) for order in permutations(range(4))]
        assert expected_codes(counts, 4)[k - 1] == pytest.approx(np.mean(orders))


@pytest.mark.parametrize("case", ["mixed", "no_pairs", "all_heard"])
def test_expected_codes_and_chaos_bound_are_those_of_vegan(reference: Callable[[str], Any], case: str) -> None:
    wanted = reference("saturation")[case]
    heard = np.array(wanted["heard"])
    person, code = np.nonzero(heard)
    found = pd.DataFrame({"participant": [f"p{n}" for n in person], "code": [f"K{n}" for n in code]})
    people = pd.DataFrame({"participant": [f"p{n}" for n in range(len(heard))], "side": "receiver"})
    codes = pd.DataFrame({"code": [f"K{n}" for n in range(heard.shape[1])], "place": "inductive"})
    made = saturation(found, people, codes).query("side == 'all' and codes == 'all'")
    assert made["expected"].tolist() == pytest.approx(wanted["expected"], abs=1e-9)
    assert set(made["chao"].round(9)) == {wanted["chao"]}


def test_saturation_counts_inductive_codes_apart() -> None:
    found = pd.DataFrame({"participant": ["p1", "p2", "p2"], "code": ["K1", "K1", "N1"]})
    people = pd.DataFrame({"participant": ["p1", "p2"], "side": ["supporter", "receiver"]})
    codes = pd.DataFrame({"code": ["K1", "K2", "N1"], "place": ["heading 1", "heading 2", "inductive"]})
    made = saturation(found, people, codes).set_index(["side", "codes", "k"])
    assert made.loc[("all", "all", 2), "expected"] == 2
    assert made.loc[("all", "inductive", 1), "expected"] == 0.5
    assert made.loc[("supporter", "inductive", 1), "heard"] == 0


def test_negative_cases_are_those_against_a_clear_direction() -> None:
    found = pd.DataFrame({
        "participant": ["p1", "p2", "p3", "p4", "p5"], "pair": "SYN1", "theme": "culture",
        "side": ["receiver"] * 3 + ["supporter"] * 2,
        "direction": ["barrier", "barrier", "enabler", "barrier", "enabler"],
    })  # fmt: skip
    made = negative_cases(found)
    assert made["participant"].to_list() == ["p3"]
    assert made[["main", "n_main", "n_people"]].iloc[0].to_list() == ["barrier", 2, 3]


def test_where_supported_trusts_vary_little_the_deals_alone_tell_the_p_value() -> None:
    for seed in range(12):
        changes = np.random.default_rng(seed).normal(size=(1, 30))
        supported = np.argsort(changes[0])[8:22:2].tolist()  # of the middle: they vary less than those of most deals
        said = difference(np.repeat(changes, 7, axis=0), np.zeros((7, 30)), supported).effect.p_value
        assert said * (DRAWS + 1) == pytest.approx(round(said * (DRAWS + 1)), abs=1e-6)
