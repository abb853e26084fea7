"""Every mistake that the toolkit must make impossible is tried here, and must not succeed."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buddy_eval.analyse import boards, compare, interviews, scores
from buddy_eval.analyse.evidence import asked_unscored
from buddy_eval.coding import consensus
from buddy_eval.coding.agreement import code_agreement
from buddy_eval.coding.agreement import in_study as agreement_room
from buddy_eval.pipeline.round_steps import follow_up
from buddy_eval.pipeline.steps import STEPS
from buddy_eval.present import wording
from buddy_eval.present.cautions import CAUTIONS as CAUTION_WORDS
from buddy_eval.schemas import PROCESSED, empty
from buddy_eval.schemas.cautions import listed
from buddy_eval.schemas.comparison import COMPARISONS
from displays import displayed

ROOT = Path(__file__).resolve().parents[1]
CAUSAL = (
    r"\b(caus\w*|because of|led to|leads to|result(ed|s) in|thanks to|improved by|due to|impact of|effect of|"
    r"effectiveness)\b"
)
ITEMS = pd.DataFrame({"item": ["Q1", "Q2"], "theme": "culture", "reversed": [False, True]})


def scored(pairs: int, people: int = 6, copies: int = 1, waves: int = 1) -> pd.DataFrame:
    """Scores of one theme; each person stands in the data `copies` times under other names."""
    random = np.random.default_rng(5)
    rows = []
    for wave in range(1, waves + 1):
        for pair in range(pairs):
            own = random.normal(0.3, 0.4)
            for side in ("supporter", "receiver"):
                for number in range(people):
                    value = float(np.round(3 + own * (side == "supporter") + random.normal(0, 0.5), 2))
                    for copy in range(copies):
                        name = f"W{wave}-{pair}{side[0]}{number}-{copy}"
                        rows.append((name, f"SYN{pair:02d}", side, "board", wave, "culture", value))
    return pd.DataFrame(rows, columns=["participant", "pair", "side", "role", "wave", "theme", "score"])


def known(row: pd.Series) -> dict[str, Any]:
    """One row as a mapping of names."""
    return {str(name): value for name, value in row.items()}


def responses(answers: dict[str, list[int | None]], status: list[str] | None = None) -> pd.DataFrame:
    """Answers of one person, item by item."""
    rows = [
        ("p1", "SYN01", "supporter", "board", 1, item, value, (status or ["answered"] * 9)[place])
        for place, (item, values) in enumerate(answers.items())
        for value in values
    ]
    columns = ["participant", "pair", "side", "role", "wave", "item", "answer", "status"]
    return pd.DataFrame(rows, columns=columns).astype({"answer": "Int64"})


def test_pseudoreplication_ten_times_the_people_do_not_make_pairs_surer() -> None:
    few, many = (compare.compare(scored(8, copies=copies), covariates=()) for copies in (1, 10))
    for view in ("pairs", "cr2", "bootstrap"):
        one, ten = (frame[frame["view"] == view].iloc[0] for frame in (few, many))
        assert ten["n_pairs"] == 8
        assert ten["n_supporter"] == 10 * one["n_supporter"]
        assert [ten["ci_low"], ten["ci_high"], ten["p_value"]] == pytest.approx(
            [one["ci_low"], one["ci_high"], one["p_value"]], nan_ok=True
        )


@pytest.mark.parametrize("pairs", [2, 3, 4, 5])
def test_below_six_pairs_no_view_has_a_p_value_and_no_sentence_names_one(pairs: int) -> None:
    made = compare.compare(scored(pairs))
    assert made[["p_value", "p_adjusted"]].isna().all(axis=None)
    assert all("few_pairs" in listed(cell) for cell in made["caution"])
    primary = made[made["view"] == "pairs"].iloc[0]
    sentence = wording.finding(known(primary), "Culture")
    assert f"over {pairs} pairs" in sentence
    assert "too few pairs for a p-value" in sentence
    assert not re.search(r"\bp [0-9<]", sentence)


def test_at_six_pairs_the_smallest_exact_p_is_one_in_thirty_two() -> None:
    assert float(compare.sign_flip(np.arange(1.0, 7.0)[:, None])[0]) == pytest.approx(2 / 2**6)
    assert compare.compare(scored(6)).loc[lambda frame: frame["view"] == "pairs", "p_value"].notna().all()


def test_one_dominant_talker_counts_once_however_often_they_say_it() -> None:
    codes = pd.DataFrame({"code": ["K1"], "theme": ["culture"]})
    spoken = [("p1", n) for n in range(50)] + [("p2", 50), ("p3", 51)]
    units = pd.DataFrame({
        "unit": [f"u{n}" for _, n in spoken], "participant": [who for who, _ in spoken], "pair": "SYN01",
        "side": "receiver", "channel": "interview", "codable": True, "source": [who for who, _ in spoken],
    })  # fmt: skip
    agreed = pd.DataFrame({"unit": units["unit"][:51], "code": "K1", "present": True, "valence": "barrier"})
    sources = pd.DataFrame({"source": ["p1", "p2", "p3"], "asked": pd.NA})
    found = interviews.raised(agreed, units, codes)
    topics = interviews.asked(units, sources, pd.DataFrame({"theme": ["culture"]}))
    made = interviews.code_counts(found, topics, codes).set_index("side").loc["all"]
    assert (made["n_participants"], made["n_asked"], made["n_mentions"]) == (2, 3, 51)
    assert made["share"] == pytest.approx(2 / 3)


def test_a_reversed_item_is_turned_exactly_once_and_the_answers_stay_as_given() -> None:
    given = responses({"Q1": [5], "Q2": [1]})
    before = given.copy()
    once = scores.score(given, ITEMS)["score"].iloc[0]
    again = scores.score(given, ITEMS)["score"].iloc[0]
    assert once == again == 5.0
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize("status", ["not_applicable", "dont_know", "missing"])
def test_no_answer_is_neither_nought_nor_the_middle(status: str) -> None:
    three = pd.concat([ITEMS, pd.DataFrame({"item": ["Q3"], "theme": ["culture"], "reversed": [False]})])
    made = scores.score(responses({"Q1": [5], "Q2": [1], "Q3": [None]}, ["answered", "answered", status]), three)
    assert made["score"].iloc[0] == 5.0
    assert (made["n_answered"].iloc[0], made["n_items"].iloc[0]) == (2, 3)
    one = scores.score(responses({"Q1": [5], "Q2": [None], "Q3": [None]}, ["answered", status, status]), three)
    assert one["score"].isna().all()


def test_no_table_of_scores_averages_the_two_sides() -> None:
    for name in ("within", "within_items", "scores", "readiness", "framework"):
        assert "side" in PROCESSED[name].key or "participant" in PROCESSED[name].key
    within = scores.within(scored(3))
    assert set(within["side"]) == {"supporter", "receiver"}
    opposed = pd.DataFrame({
        "pair": "SYN01", "side": ["supporter", "receiver"], "wave": 1, "theme": "culture", "n": 30,
        "mean": [4.5, 1.5], "sd": 0.5, "ci_low": [4.3, 1.3], "ci_high": [4.7, 1.7], "split": False,
    })  # fmt: skip
    row = displayed(within=opposed).iloc[0]
    assert (row["survey"], row["sides"]) == ("apart", "apart")
    assert "supporter" in row["survey_detail"]
    assert "receiver" in row["survey_detail"]
    same = opposed.assign(mean=4.5, ci_low=4.3, ci_high=4.7)
    for split, said in ((False, "positive"), (True, "mixed")):  # two camps have no mean to agree with
        row = displayed(within=same.assign(split=split)).iloc[0]
        assert row["survey"] == said
        assert ("4.5" in row["survey_detail"]) is not split
        assert ("people are split" in row["survey_detail"]) is split


def test_pairs_are_never_ranked() -> None:
    given = scored(6)
    for made in (compare.dyadic_gaps(given), compare.shrunken(compare.dyadic_gaps(given)), compare.ordinal(given)):
        assert made["pair"].to_list() == sorted(made["pair"])
        assert not [column for column in made if "rank" in str(column)]
    ordered: set[str] = {"themes", "codes", "items", "questions", "code_history"}  # in the order of the codebook
    for name in set(PROCESSED) - ordered:
        assert not [column for column in PROCESSED[name].names if re.search(r"rank|league|position", column)]


def test_no_sentence_method_or_notebook_claims_a_cause() -> None:
    made = compare.compare(scored(8, waves=2))
    said = [wording.finding(known(row), "Culture") for _, row in made[made["view"] == "pairs"].iterrows()]
    assert len(said) == 3
    for text in (*said, *made["method"], *made["contrast"]):
        assert not re.search(CAUSAL, text), text
    assert not re.search(CAUSAL, inspect.getsource(wording).split('"""', 2)[2])


def test_outcomes_carry_regression_to_the_mean_with_them() -> None:
    for caution in ("before_after", "series_alone", "chosen_for_need"):
        assert "regression to the mean" in CAUTION_WORDS[caution]


def test_waves_of_different_people_are_never_treated_as_the_same_people() -> None:
    made = compare.compare(scored(8, waves=2))
    assert "linked" not in set(made["view"])
    change = made[made["wave"].isna()]
    assert set(change["caution"]) == {"groups_unlinked"}


def test_agreement_is_computed_from_the_codings_and_cannot_be_from_the_consensus() -> None:
    needs = next(step.needs for step in STEPS if step.name == "agree")
    assert "codings" in needs
    assert "consensus" not in needs
    assert "consensus" not in inspect.signature(code_agreement).parameters
    assert "import consensus" not in inspect.getsource(agreement_room)
    codings = pd.DataFrame({
        "unit": ["u1", "u2"], "coder": ["a", "b"], "code": "K1", "start": 0, "end": 1, "valence": pd.NA,
    })  # fmt: skip
    roles = pd.DataFrame({"unit": ["u1", "u1", "u2", "u2"], "coder": ["a", "b"] * 2, "role": ["lead", "second"] * 2})
    units = pd.DataFrame({"unit": ["u1", "u2"], "source": ["s1", "s2"], "channel": "interview", "participant": "P"})
    before = code_agreement(codings, roles, units, pd.DataFrame({"code": ["K1"], "theme": ["culture"]}))
    consensus(codings, roles)
    after = code_agreement(codings, roles, units, pd.DataFrame({"code": ["K1"], "theme": ["culture"]}))
    pd.testing.assert_frame_equal(before, after)
    assert before.set_index(["code", "statistic"]).loc[("K1", "percent"), "estimate"] == 0.0


def test_no_result_stands_without_its_n() -> None:
    estimates = ("estimate", "mean", "share", "median", "alpha", "superiority", "recall", "rwg_j", "item_rest")
    exempt = {"pooled"}  # stands beside the frame `gaps`, which holds the people of every pair
    for name, frame in PROCESSED.items():
        if set(estimates) & set(frame.names) and name not in exempt:
            counts = [
                column.name for column in frame.columns if re.match(r"n(_|$)|answered", column.name) and column.required
            ]
            assert counts, name


def test_a_report_says_no_more_than_its_design_can() -> None:
    columns = {column.name: column for column in COMPARISONS.columns}
    assert columns["method"].required
    unsure = {
        "contrast_kind": "gap", "wave": 1, "estimate": 0.9, "ci_low": -0.1,
        "ci_high": 1.9, "p_value": 0.04, "p_adjusted": 0.2, "n_pairs": 6,
        "n_clusters": 6, "stands": False, "n_looks": 5,
    }  # fmt: skip
    assert "the study cannot tell whether the two sides differ" in wording.finding(unsure, "Culture")
    nothing = {
        **unsure,
        "estimate": np.nan,
        "ci_low": np.nan,
        "ci_high": np.nan,
        "p_value": np.nan,
        "n_pairs": 1,
        "n_clusters": 1,
    }
    assert "too few pairs to compare" in wording.finding(nothing, "Culture")
    single = compare.compare(scored(1)).iloc[0]
    assert np.isnan([single["ci_low"], single["p_value"]]).all()
    assert "cannot tell" in wording.finding(known(single), "Culture")


def test_boards_and_staff_survey_are_never_blended() -> None:
    assert set(inspect.signature(boards.readiness).parameters) == {"answers", "questions"}
    assert not [
        step.name
        for step in STEPS
        if {"responses", "board_answers"} <= set(step.needs)
        and step.name not in {"participant_flow", "follow_up", "integrate"}
    ]
    # the joint display reads of the survey's rows which items were put to whom, and no answer
    strand = {"pair": ["p"], "side": ["receiver"], "theme": ["culture"], "strand": ["survey"], "state": ["not_asked"]}
    put = {"item": ["i"], "pair": ["p"], "side": ["receiver"]}
    few = asked_unscored(
        pd.DataFrame(strand).assign(detail=""), pd.DataFrame(put), pd.DataFrame({"item": ["i"], "theme": ["culture"]})
    )
    assert list(few["state"]) == ["too_few"]
    # of both it reads in which round they stand, and no answer
    waves = {name: pd.DataFrame({"wave": [1, 2]}) for name in ("units", "responses", "board_answers")}
    none = {name: empty(PROCESSED[name]) for name in ("capacity", "communications", "actions", "rounds")}
    assert all(frame.empty for frame in follow_up(**none, **waves).values())
