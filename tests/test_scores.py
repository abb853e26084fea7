"""Scores, reliability and agreement within groups against R's psych and multilevel (tests/reference/scores.R)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buddy_eval.analyse import scores as room
from buddy_eval.analyse.scale_quality import item_quality
from buddy_eval.analyse.scores import cronbach, intraclass, reliability, score, within

SURVEY = Path(__file__).parent / "reference" / "survey.csv"
NAMES = ("icc1", "icc1_low", "icc1_high", "icc2", "icc2_low", "icc2_high")
# R: psych::alpha(bfi[, c("A1", ...)], keys = reversed items)$total$raw_alpha, pairwise covariances
BFI = {"A": 0.7030, "C": 0.7267, "E": 0.7617, "N": 0.8140, "O": 0.6002}
REVERSED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]


def items_of(names: list[str], theme: str = "trust", turned: tuple[str, ...] = ("Q3",)) -> pd.DataFrame:
    return pd.DataFrame({"item": names, "theme": theme, "reversed": [name in turned for name in names]})


def answered(wide: pd.DataFrame) -> pd.DataFrame:
    """The long frame `responses` of people x items (columns participant, pair, side and the items)."""
    long = wide.melt(["participant", "pair", "side"], var_name="item", value_name="answer")
    return long.assign(answer=long["answer"].astype("Int64"), role="board", wave=1)


@pytest.fixture
def survey() -> tuple[pd.DataFrame, pd.DataFrame]:
    return answered(pd.read_csv(SURVEY)), items_of([f"Q{number}" for number in range(1, 6)])


@pytest.fixture
def witness(reference: Callable[[str], Any]) -> Any:
    return reference("scores")


def scored(wave: int = 1, **groups: list[float]) -> pd.DataFrame:
    """The frame `scores` of people in groups named pair_side."""
    rows = [
        {"pair": name.split("_")[0], "side": name.split("_")[1], "score": value, "participant": f"{name}{place}"}
        for name, values in groups.items()
        for place, value in enumerate(values)
    ]
    return pd.DataFrame(rows).assign(role="board", wave=wave, theme="trust", n_items=5, n_answered=5)


def test_scores_are_those_of_r(survey: tuple[pd.DataFrame, pd.DataFrame], witness: Any) -> None:
    made = score(*survey).set_index("participant")
    expected = pd.Series(witness["scores"], dtype="float64", name="score")
    pd.testing.assert_series_equal(made["score"], expected.sort_index(), check_names=False)
    assert made["score"].isna().sum() == 1


def test_a_score_below_three_of_five_items_is_missing_and_keeps_its_counts(
    survey: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    made = score(*survey).set_index("participant")
    assert list(made[["n_items", "n_answered"]].loc["R11"]) == [5, 2]
    assert np.isnan(made["score"].loc["R11"])


def test_exactly_sixty_per_cent_of_the_items_make_a_score() -> None:
    wide = pd.DataFrame(
        {"participant": ["R1", "R2"], "pair": "SYN01", "side": "receiver", "Q1": [4, 4], "Q2": [3, 5], "Q4": [2, None]}
    ).assign(Q5=None, Q6=None)
    made = score(answered(wide), items_of(["Q1", "Q2", "Q4", "Q5", "Q6"]))
    assert made["score"].tolist() == pytest.approx([3.0, np.nan], nan_ok=True)


def test_a_reversed_item_is_turned_once_and_others_never() -> None:
    wide = pd.DataFrame({"participant": ["R1"], "pair": "SYN01", "side": "receiver", "Q1": [5], "Q2": [4], "Q3": [1]})
    assert score(answered(wide), items_of(["Q1", "Q2", "Q3"]))["score"].tolist() == pytest.approx([14 / 3])
    assert score(answered(wide), items_of(["Q1", "Q2", "Q3"], turned=()))["score"].tolist() == pytest.approx([10 / 3])


def test_items_without_a_theme_do_not_enter_a_score() -> None:
    wide = pd.DataFrame({"participant": ["R1"], "pair": "SYN01", "side": "receiver", "Q1": [5], "Q2": [1]})
    items = items_of(["Q1", "Q2"]).assign(theme=pd.Series(["trust", None], dtype="str"))
    assert score(answered(wide), items)[["score", "n_items"]].to_numpy().tolist() == [[5.0, 1]]


def two_waves(**later: list[int]) -> pd.DataFrame:
    """Three people who answer A and B in both waves, and in the second one what is named too."""
    who = {"participant": ["R1", "R2", "R3"], "pair": "P1", "side": "receiver"}
    first = answered(pd.DataFrame({**who, "A": [4, 3, 2], "B": [4, 3, 2]}))
    return pd.concat([first, answered(pd.DataFrame({**who, "A": [4, 3, 2], "B": [4, 3, 2], **later})).assign(wave=2)])


def test_an_item_of_a_later_wave_changes_no_score_of_a_theme_that_was_asked_before() -> None:
    items = items_of(["A", "B", "NEW"])
    made = score(two_waves(NEW=[5, 5, 5]), items).set_index(["wave", "participant"])
    assert made["score"].tolist() == [4.0] * 2 + [3.0] * 2 + [2.0] * 2
    assert set(made["n_items"]) == {2}
    kept: Any = reliability(two_waves(NEW=[5, 3, 1]), items, made.reset_index()).set_index(
        ["statistic", "wave", "side"]
    )
    assert kept.loc[[("alpha", 1, "all"), ("alpha", 2, "all")], "n_items"].tolist() == [2, 2]


def test_a_score_rests_on_three_fifths_of_the_items_that_were_asked() -> None:
    wide = pd.DataFrame({"participant": ["R1"], "pair": "P1", "side": "receiver", "A": 4, "B": 4, "C": 2, "D": pd.NA})
    made = score(answered(wide), items_of(["A", "B", "C", "D", "NOT", "ASKED"], turned=()))
    assert made[["n_items", "n_answered"]].to_numpy().tolist() == [[4, 3]]
    assert made["score"].tolist() == pytest.approx([10 / 3])


def test_what_other_bodies_were_not_asked_still_counts_for_staff() -> None:
    others = answered(pd.DataFrame({"participant": ["X1"], "pair": "P1", "side": "external", "A": [1]}))
    made = score(pd.concat([two_waves(), others]), items_of(["A", "B"])).groupby("side")["n_items"].unique()
    assert made.loc["receiver"].tolist() == [2]
    assert made.loc["external"].tolist() == [1]


def test_waves_without_an_item_in_common_have_no_score_of_the_theme() -> None:
    first = answered(pd.DataFrame({"participant": ["R1"], "pair": "P1", "side": "receiver", "A": [4]}))
    later = answered(pd.DataFrame({"participant": ["R1"], "pair": "P1", "side": "receiver", "B": [4]})).assign(wave=2)
    assert score(pd.concat([first, later]), items_of(["A", "B"])).empty


def test_a_theme_of_which_fewer_than_half_of_the_items_were_asked_in_every_wave_has_no_score() -> None:
    first = answered(
        pd.DataFrame({"participant": ["R1"], "pair": "P1", "side": "receiver", **dict.fromkeys("ABCD", 4)})
    )
    later = answered(pd.DataFrame({"participant": ["R1"], "pair": "P1", "side": "receiver", "A": [2]})).assign(wave=2)
    items = items_of(list("ABCD"), turned=())
    assert score(pd.concat([first, later]), items).empty
    half = answered(pd.DataFrame({"participant": ["R1"], "pair": "P1", "side": "receiver", "A": [2], "B": [2]}))
    assert score(pd.concat([first, half.assign(wave=2)]), items)["n_items"].tolist() == [2, 2]


def test_an_item_outside_of_the_score_is_correlated_with_the_items_of_the_score() -> None:
    made = item_quality(two_waves(NEW=[5, 3, 1]).assign(status="answered"), items_of(["A", "B", "NEW"])).set_index(
        ["item", "wave", "side"]
    )
    assert made.loc[("NEW", 2, "all"), "item_rest"] == pytest.approx(1.0)
    assert ("NEW", 1, "all") not in made.index


@pytest.mark.parametrize("side", ["all", "supporter", "receiver"])
def test_alpha_and_feldts_interval_are_those_of_psych(
    survey: tuple[pd.DataFrame, pd.DataFrame], witness: Any, side: str
) -> None:
    made = reliability(*survey, score(*survey))
    row = made[(made["statistic"] == "alpha") & (made["side"] == side)].iloc[0]
    expected = witness["alpha"][side]
    for name in ("estimate", "ci_low", "ci_high", "n"):
        assert row[name] == pytest.approx(expected[name], abs=1e-9), name


def test_intraclass_correlations_of_unequal_groups_are_those_of_r(
    survey: tuple[pd.DataFrame, pd.DataFrame], witness: Any
) -> None:
    made = reliability(*survey, score(*survey)).set_index("statistic").drop("alpha")
    assert made.loc["icc2", "estimate"] == pytest.approx(witness["icc2"], abs=1e-9)
    assert made.loc["icc1", "estimate"] > witness["icc1"]  # multilevel takes the mean size, which is too large here
    assert made["n"].tolist() == [witness["n"]] * 2
    assert made["n_groups"].tolist() == [8, 8]


def test_unequal_groups_have_their_own_mean_size_and_an_exact_interval(reference: Callable[[str], Any]) -> None:
    expected = reference("icc")
    values, groups = np.array(expected["value"]), np.array(expected["group"])
    found = intraclass(values, groups)
    assert found["icc1"] == pytest.approx(expected["icc1"], abs=1e-9)
    assert (found["icc1_low"], found["icc1_high"]) == pytest.approx((expected["low"], expected["high"]), abs=1e-6)


def test_the_interval_of_unequal_groups_covers() -> None:
    """600 draws: 95% are expected, and chance leaves the bar in less than one of a thousand runs."""
    random, sizes = np.random.default_rng(1), [3, 3, 3, 3, 5, 100]
    groups = np.repeat(np.arange(6), sizes)
    held = 0
    for _ in range(600):
        values = random.normal(0, 0.2**0.5, 6)[groups] + random.normal(0, 0.8**0.5, len(groups))
        found = intraclass(values, groups)
        held += found["icc1_low"] <= 0.2 <= found["icc1_high"]
    assert 0.92 <= held / 600 <= 0.98


def test_intraclass_correlations_and_intervals_of_equal_groups_are_those_of_psych(witness: Any) -> None:
    expected = witness["balanced"]
    values = np.array(expected["values"])
    found = intraclass(values.ravel(), np.repeat(np.arange(10), 6))
    for name in NAMES:
        assert found[name] == pytest.approx(expected[name], abs=1e-9), name
    assert (found["icc1"], found["icc2"]) == pytest.approx((expected["psych_icc1"], expected["psych_icc2"]), abs=1e-9)


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([3.2] * 9, [0, 0, 0, 1, 1, 1, 2, 2, 2]),
        ([1.2, 1.2, 2.6, 2.6, 2.6], [0, 0, 1, 1, 1]),
        ([1.0, 3.0, 1.0, 3.0], [0, 0, 1, 1]),
        ([1.0, 3.0, 2.0], [0, 0, 0]),
        ([1.0, 3.0, 2.0], [0, 1, 2]),
    ],
    ids=["nothing varies", "only groups vary", "only people vary", "one group", "one person a group"],
)
def test_an_intraclass_correlation_that_cannot_be_computed_is_missing(values: list[float], groups: list[int]) -> None:
    found = intraclass(np.array(values), np.array(groups))
    assert np.isnan([found[name] for name in NAMES]).all()
    assert found["n_groups"] == max(groups) + 1


def test_means_spreads_intervals_and_rwg_within_sides_are_those_of_r(
    survey: tuple[pd.DataFrame, pd.DataFrame], witness: Any
) -> None:
    made = within(score(*survey))
    made = made.set_index(made["pair"] + " " + made["side"])
    assert set(made.index) == set(witness["within"])
    for name, expected in witness["within"].items():
        row = made.loc[name]
        assert [row["n"], row["mean"], row["sd"]] == pytest.approx([expected["n"], expected["mean"], expected["sd"]])
        assert [row["ci_low"], row["ci_high"]] == pytest.approx(expected["interval"], abs=1e-8), name
        assert row["rwg"] == pytest.approx(witness["rwg"][name], abs=1e-9)


def test_two_camps_keep_their_negative_rwg_and_are_called_split() -> None:
    made = within(scored(SYN01_supporter=[1, 1, 5, 5], SYN01_receiver=[3.6, 3.5, 3.6, 2.5])).set_index("side")
    assert made["rwg"].loc["supporter"] == pytest.approx(1 - (16 / 3) / 2)
    assert made["split"].to_dict() == {"supporter": True, "receiver": False}
    camps = made[["low", "middle", "high"]].to_numpy().tolist()
    assert dict(zip(made.index, camps, strict=True)) == {"supporter": [2, 0, 2], "receiver": [0, 2, 2]}


def test_one_person_has_a_mean_and_no_spread() -> None:
    row = within(scored(SYN01_supporter=[4])).iloc[0]
    assert row["mean"] == 4
    assert row[["sd", "ci_low", "ci_high", "rwg"]].isna().all()


def test_alpha_warns_of_few_people_then_of_items_that_do_not_hang_together() -> None:
    def caution(people: int, noise: float) -> str:
        generator = np.random.default_rng(people)
        true = generator.normal(3, 1, (people, 1))
        wide = pd.DataFrame((true + generator.normal(0, noise, (people, 4))).round().clip(1, 5), columns=list("WXYZ"))
        wide = wide.assign(participant=[f"R{n}" for n in range(people)], pair="SYN01", side="receiver")
        long, items = answered(wide), items_of(list("WXYZ"))
        made = reliability(long, items, score(long, items))
        return str(made[(made["statistic"] == "alpha") & (made["side"] == "all")]["caution"].iloc[0])

    assert caution(29, 0.2) == "few_cases"
    assert caution(30, 0.2) == ""
    assert caution(60, 9.0) == "low_alpha"


def test_means_of_organisations_are_called_unreliable_below_seventy(survey: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    made = reliability(*survey, score(*survey)).set_index("statistic").drop("alpha")
    assert made["caution"].to_dict() == {"icc1": "", "icc2": "unreliable_means"}
    apart = scored(SYN01_supporter=[5, 4.8, 4.9], SYN01_receiver=[1, 1.2, 1.1])
    made = reliability(*survey, apart).set_index("statistic").drop("alpha")
    assert made["caution"].tolist() == ["", ""]


def test_a_wave_without_a_side_has_no_alpha_for_it(survey: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    responses, items = survey
    made = reliability(responses[responses["side"] == "receiver"], items, score(responses, items))
    alphas = made[made["statistic"] == "alpha"].set_index("side")
    assert alphas["estimate"].isna().to_dict() == {"all": False, "receiver": False, "supporter": True}
    assert alphas["n"].loc["supporter"] == 0


def test_the_inputs_are_left_alone(survey: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    responses, items = survey
    made = score(responses, items)
    kept = [frame.copy(deep=True) for frame in (responses, items, made)]
    reliability(responses, items, made)
    within(made)
    room.reversed_answers(responses, items)
    for before, after in zip(kept, (responses, items, made), strict=True):
        pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("rows", [[(3, 3), (3, 3), (3, 3)], [(1, 1, 2, 5), (1, 1, 3, 4), (1, 1, 2, 5)]])
def test_alpha_of_items_whose_sum_never_varies_is_missing(rows: list[tuple[int, ...]]) -> None:
    assert np.isnan(cronbach(np.array(rows, dtype="float64")))


@given(st.lists(st.tuples(*[st.integers(1, 5)] * 4), min_size=3, max_size=20), st.randoms(use_true_random=False))
def test_alpha_does_not_mind_the_order_of_people_or_items(rows: list[tuple[int, ...]], random: Any) -> None:
    answers = np.array(rows, dtype="float64")
    people, items = list(range(len(rows))), list(range(4))
    random.shuffle(people)
    random.shuffle(items)
    assert cronbach(answers[people][:, items]) == pytest.approx(cronbach(answers), nan_ok=True)
    assert cronbach(6 - answers) == pytest.approx(cronbach(answers), nan_ok=True)


@pytest.mark.parametrize("scale", BFI)
def test_alphas_of_the_personality_items_are_the_published_ones(real_data: Path, scale: str) -> None:
    table = pd.read_csv(real_data / "surveys" / "bfi.csv")[[f"{scale}{number}" for number in range(1, 6)]]
    turned = table.assign(**{name: 7 - table[name] for name in table if name in REVERSED}).astype("float64")
    assert cronbach(turned.to_numpy()) == pytest.approx(BFI[scale], abs=5e-5)


def test_intraclass_correlations_of_the_soldiers_are_the_published_ones(real_data: Path) -> None:
    table = pd.read_csv(real_data / "surveys" / "bh1996.csv")
    found = intraclass(table["HRS"].to_numpy("float64"), pd.factorize(table["GRP"])[0])
    assert found["n_groups"] == 99
    assert found["icc2"] == pytest.approx(0.9197, abs=5e-5)
    ratio, size = 1 / (1 - found["icc2"]), len(table) / 99
    assert (ratio - 1) / (ratio - 1 + size) == pytest.approx(0.1331, abs=5e-5)  # published with the mean size
    assert found["icc1"] > 0.1331
