"""The joint display says what each kind of evidence carries, and no opposite directions that chance brings."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy import stats

from buddy_eval import tables
from buddy_eval.analyse.evidence import _by_signs
from buddy_eval.analyse.scores import within
from buddy_eval.disclose.results import Results
from buddy_eval.present import wording
from buddy_eval.study.settings import load_study
from displays import displayed, pairs, read

CODES = pd.DataFrame({"code": ["K"], "theme": ["culture"]})


def spoken(valences: Sequence[str | None], *, coded: int | None = None, pair: str = "SYN01") -> dict[str, pd.DataFrame]:
    """One receiver a valence, each with one passage on the theme; only the first `coded` were coded at all."""
    names = [f"{pair}-{number}" for number in range(len(valences))]
    units = pd.DataFrame({
        "unit": names, "source": names, "participant": names, "pair": pair, "side": "receiver", "channel": "interview",
        "codable": True,
    })  # fmt: skip
    done = names[:coded]
    marks = pd.DataFrame({"unit": done, "code": "K", "present": True, "valence": list(valences)[:coded]})
    marks["valence"] = marks["valence"].astype("object")
    assigned = pd.DataFrame({"unit": done, "coder": "c1", "role": "lead"})
    sources = pd.DataFrame({"source": names, "asked": pd.NA})
    return {"units": units, "consensus": marks, "assignments": assigned, "sources": sources, "codes": CODES}


def answered(scores: list[float], side: str = "receiver", pair: str = "SYN01", wave: int = 1) -> pd.DataFrame:
    people = [f"{pair}{side}{number}" for number in range(len(scores))]
    return pd.DataFrame({
        "participant": people, "pair": pair, "side": side, "wave": wave, "theme": "culture", "score": scores,
    })  # fmt: skip


def returned(rated: int, in_place: int, side: str = "receiver", pair: str = "SYN01") -> pd.DataFrame:
    row = {"view": "theme", "heading": "culture", "pair": pair, "side": side, "wave": 1}
    return pd.DataFrame([{**row, "n_rated": rated, "in_place": in_place}])


def state(found: pd.DataFrame, strand: str, pair: str = "SYN01", side: str = "receiver") -> Any:
    return found.set_index(["pair", "strand", "side"]).loc[(pair, strand, side), "state"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "not_asked"),
        (spoken(["enabler"] * 4, coded=0), "not_coded"),
        (spoken([None] * 4), "no_direction"),
        (spoken(["enabler"] * 2), "too_few"),
        (spoken(["enabler"] * 3), "positive"),
        (spoken(["enabler"] * 2 + ["barrier"]), "positive"),
        (spoken(["barrier"] * 4 + ["enabler"]), "negative"),
        (spoken(["barrier"] * 2 + ["enabler"] * 2), "mixed"),
        (spoken(["neutral"] * 4), "too_few"),
    ],
)
def test_an_interview_strand_has_a_direction_or_says_why_not(given: dict[str, pd.DataFrame], said: str) -> None:
    found = read(**given)
    assert state(found, "interviews") == said
    assert state(found, "interviews", "all") == said
    assert state(found, "interviews", side="supporter") == "not_asked"


def test_directions_are_held_against_chance_by_the_exact_binomial() -> None:
    for one, other in itertools.product(range(12), range(12)):
        wanted = stats.binomtest(one, one + other).pvalue if one + other else 1.0
        assert _by_signs(one, other) == pytest.approx(wanted, rel=1e-12)


def test_who_was_coded_and_never_raised_it_is_told_from_who_waits_to_be_coded() -> None:
    given = spoken(["enabler"] * 4)
    given["consensus"] = given["consensus"].iloc[:0]
    assert state(read(**given), "interviews") == "not_raised"
    half = read(**spoken(["enabler"] * 6, coded=4))
    assert "4 of 6 interviewed coded" in " ".join(half["detail"])


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([5.0, 5.0], "too_few"),
        ([4.0, 4.4, 4.2], "positive"),
        ([2.6, 3.2, 3.5], "unclear"),
        ([1, 5, 1, 5], "mixed"),
        ([4.0] * 3, "unclear"),  # no spread to judge by: a sign test of three is .25
        ([4.0] * 6, "positive"),
    ],
)
def test_a_survey_strand_needs_three_people_and_an_interval_off_the_middle(scores: list[float], said: str) -> None:
    assert state(read(within=within(answered(scores))), "survey") == said


@pytest.mark.parametrize(
    ("rated", "in_place", "said"),
    [(2, 2, "too_few"), (3, 3, "positive"), (3, 2, "positive"), (6, 3, "mixed"), (3, 1, "negative")],
)
def test_a_board_strand_needs_three_rated_questions(rated: int, in_place: int, said: str) -> None:
    assert state(read(readiness=returned(rated, in_place)), "boards") == said


def test_the_whole_study_of_one_pair_is_that_pair_and_of_two_has_no_interval() -> None:
    one = displayed(within=within(answered([4.0, 4.4, 4.2, 4.1]))).set_index("pair")
    assert one.loc["all"].to_dict() == one.loc["SYN01"].to_dict()
    two = pd.concat([answered([4.0, 4.4, 4.2], pair=name) for name in ("A", "B")])
    found = read(pairs("A", "B"), within=within(two))
    assert state(found, "survey", "A") == "positive"
    assert state(found, "survey", "all") == "too_few"
    assert "nan" not in " ".join(found["detail"])


def test_a_pair_that_was_last_asked_in_an_earlier_wave_was_asked() -> None:
    scores = pd.concat([answered([4.0, 4.4, 4.2], pair="A", wave=1), answered([4.0, 4.4, 4.2], pair="B", wave=2)])
    boards = pd.concat([returned(3, 3, pair="A"), returned(3, 3, pair="B").assign(wave=2)])
    found = read(pairs("A", "B"), within=within(scores), readiness=boards)
    assert [state(found, strand, "A") for strand in ("survey", "boards")] == ["positive", "positive"]
    assert state(found, "survey", "all") == "too_few"  # waves are not added: of the latest there is one pair
    assert found.set_index(["pair", "strand", "side"]).loc[("all", "boards", "receiver"), "n"] == 3


def test_pairs_that_share_a_trust_are_one_in_the_mean_of_all() -> None:
    study = pairs("A", "B", "C", "D").assign(receiver=["R", "R", "X", "Y"])
    means = {"A": 4.0, "B": 4.4, "C": 3.6, "D": 4.4}
    scores = pd.concat([answered([mean - 0.1, mean, mean + 0.1], pair=pair) for pair, mean in means.items()])
    found = read(study, within=within(scores))
    interval = stats.ttest_1samp([4.2, 3.6, 4.4], 0).confidence_interval(0.95)
    assert f"mean of 3 independent trusts 4.1 ({interval.low:.1f} to {interval.high:.1f})" in set(found["detail"])


def test_three_times_mixed_is_no_agreement() -> None:
    given = {**spoken(["barrier"] * 2 + ["enabler"] * 2), "within": within(answered([1, 5, 1, 5]))}
    row = displayed(**given, readiness=returned(6, 3)).iloc[0]
    assert (row["interviews"], row["survey"], row["boards"]) == ("mixed", "mixed", "mixed")
    assert row["rating"] == "unclear"


def test_the_two_sides_and_the_kinds_of_evidence_are_two_questions() -> None:
    low, high = [2.0, 2.1, 2.2, 1.9] * 5, [4.0, 4.1, 4.2, 3.9] * 5
    survey = within(pd.concat([answered(low), answered(high, "supporter")]))
    boards = pd.concat([returned(5, 0), returned(5, 5, "supporter")])
    row = displayed(within=survey, readiness=boards).iloc[0]
    assert (row["survey"], row["sides"], row["rating"]) == ("apart", "apart", "agreement")
    boards = pd.concat([returned(5, 5), returned(5, 5, "supporter")])
    row = displayed(within=survey, readiness=boards).iloc[0]
    assert row["rating"] == "dissonance"  # on the receiver's side


def test_the_joint_display_needs_no_key(published: Path) -> None:
    for profile, pair in (("internal", None), ("public", None), ("partners", "SYN01")):
        frame = tables.joint(Results(load_study(published), profile, pair)).frame
        cells = [cell for column in ("Interviews", "Survey", "Boards") for cell in frame[column]]
        assert all(re.fullmatch(r"[▲▼◆?⇄]? ?[a-z ]{5,}", cell) for cell in cells)
        assert set(frame["Kinds of evidence"]) <= set(wording.RATED.values())
        assert set(frame["Two sides"]) <= set(wording.BOTH.values())
    assert len(tables.joint_figures(Results(load_study(published), "internal")).frame) == 15
    assert tables.joint_figures(Results(load_study(published), "public")).frame.empty
