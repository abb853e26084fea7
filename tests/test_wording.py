"""Sentences say no more than the row below them can carry."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from buddy_eval import plots
from buddy_eval.analyse.compare import compare
from buddy_eval.analyse.compare.gaps import FEW
from buddy_eval.analyse.joint_display import RULES, rate
from buddy_eval.analyse.scores import AGREE, LEAST_CASES
from buddy_eval.analyse.strands import SILENT, SPEAKING, STRANDS
from buddy_eval.analyse.thresholds import LEAST_PAIRS_FOR_P
from buddy_eval.bulk.sampling.estimate import FEWEST, HALF
from buddy_eval.disclose.results import Results
from buddy_eval.present import cautions as sentences
from buddy_eval.present import messages, wording
from buddy_eval.present.cautions import cautions_in_words
from buddy_eval.schemas import VALUES, conform
from buddy_eval.schemas.cautions import CAUTIONS
from buddy_eval.schemas.comparison import GAPS
from buddy_eval.study.settings import load_study

CAUSAL = re.compile(
    r"\b(becaus|caus|effect|impact|led to|leads? to|due to|result(s|ed|ing)? (in|from)|owing|thanks|brought|brings?|"
    r"made|makes?|dr[oi]ve|help|work(s|ed)\b|influenc|affect|improv|wors|benefi|reduc|increas|success|fail|contribut|"
    r"through|explain|therefore|hence|so that)",
    re.IGNORECASE,
)
CONTRASTS = VALUES["contrast_kind"]


def row(contrast: str = "gap", **values: Any) -> dict[str, Any]:
    """A row of `findings`: one gap of 0.31 over eight pairs, unless told otherwise; it stands by what it holds."""
    gap = {
        "contrast_kind": contrast,
        "wave": 2 if contrast == "gap" else pd.NA,
        "estimate": 0.31,
        "ci_low": 0.05,
        "ci_high": 0.57,
        "p_value": 0.008,
        "p_adjusted": 0.031,
        "n_pairs": 8,
        "n_looks": 5,
    }
    made: dict[str, Any] = {**gap, **values}
    stands = (made["ci_low"] > 0 or made["ci_high"] < 0) and not made["p_adjusted"] > 0.05
    return {"n_clusters": made["n_pairs"], "stands": stands, **made}


def every_finding() -> list[str]:
    estimates = [(0.31, 0.05, 0.57), (-0.31, -0.57, -0.05), (0.1, -0.2, 0.4), (0.2, np.nan, np.nan), (np.nan,) * 3]
    tests = [(0.031, 0.094, 8), (0.008, 0.031, 8), (0.031, np.nan, 8), (np.nan, np.nan, 5), (np.nan, np.nan, 0)]
    return [
        wording.finding(
            row(contrast, estimate=e, ci_low=low, ci_high=high, p_value=p, p_adjusted=adjusted, n_pairs=n), "Theme"
        )
        for contrast, (e, low, high), (p, adjusted, n) in itertools.product(CONTRASTS, estimates, tests)
    ]


def every_effect() -> list[str]:
    kinds = (False, True)
    return [
        wording.effect(
            row(placebo=placebo, n_treated=8, n_comparators=12, caution="", ci_low=low, p_adjusted=p),
            "Theme",
        )
        for placebo, low, p in itertools.product(kinds, (0.05, -0.05), (0.01, 0.3))
    ]


def every_joint() -> list[str]:
    return [
        wording.joint({**dict.fromkeys(STRANDS, state), "rating": rating, "sides": sides}, "Theme")
        for state, rating, sides in itertools.product(wording.STATES, RULES, wording.SIDES)
    ]


def every_caution() -> list[str]:
    counts = {"n_both": 12, "n_either": 40, "n_comparators": 9}
    return [text for name in CAUTIONS for text in cautions_in_words({"caution": name, **counts})]


def test_one_direction_among_others_is_not_said_to_be_shared() -> None:
    row = {"rating": "partial", "sides": "unclear", "interviews": "mixed", "survey": "unclear", "boards": "negative"}
    said = wording.joint(row, "Regulation")
    assert said.startswith(
        "Regulation: the kinds of evidence point one way in part, as not all have a direction (interviews mixed,"
    )


OF_EVIDENCE, OF_SIDES = (
    re.compile(r"\bways?\b|too little said|say anything"),
    re.compile(r"\b(?:alike|views|compared)\b"),
)


@pytest.mark.parametrize(("rating", "sides"), list(itertools.product(RULES, wording.SIDES)))
def test_what_the_evidence_shows_and_how_the_sides_see_it_are_told_apart_by_their_words(
    rating: str, sides: str
) -> None:
    row = {**dict.fromkeys(STRANDS, "unclear"), "rating": rating, "sides": sides}
    evidence, of_sides = wording.joint(row, "Theme").split("; ")
    messages_of_row = {message.sentence for message in messages.of_evidence([(row, "Theme")], "you", beside=True)}
    for said in (evidence, of_sides, wording.RATED[rating], wording.BOTH[sides], *messages_of_row):
        about = [bool(words.search(said)) for words in (OF_EVIDENCE, OF_SIDES)]
        assert sum(about) == 1 or said == "cannot tell", said
    assert OF_EVIDENCE.search(evidence)
    assert OF_SIDES.search(of_sides)


def test_an_agreement_that_one_side_alone_can_show_is_not_said_of_both() -> None:
    speaks, silent = {"state": "positive", "firm": True}, {"state": "not_asked", "firm": False}
    assert rate([[speaks, speaks], [silent, speaks]]) == "agreement"
    said = wording.joint({**dict.fromkeys(STRANDS, "positive"), "rating": "agreement", "sides": "alike"}, "Theme")
    row = {**dict.fromkeys(STRANDS, "positive"), "rating": "agreement", "sides": "one_side"}
    (message,) = messages.of_evidence([(row, "Theme")], "you", beside=True)
    assert "where a side has two kinds of evidence or more" in said
    assert message.sentence == "On theme, where a side has two kinds of evidence, they point one way."


@pytest.mark.parametrize("sentence", sorted({*every_finding(), *every_effect(), *every_joint()}))
def test_no_sentence_uses_a_causal_word(sentence: str) -> None:
    assert CAUSAL.findall(sentence) == []


def test_the_list_of_causal_words_finds_what_it_should() -> None:
    claims = ["Buddying improved care.", "It led to fewer falls.", "Scores rose because of it.", "It had an effect."]
    assert all(CAUSAL.search(claim) for claim in claims)


@pytest.mark.parametrize("contrast", CONTRASTS)
@pytest.mark.parametrize(("low", "high"), [(-0.2, 0.4), (0.0, 0.4), (-0.4, 0.0), (np.nan, np.nan)])
def test_an_interval_that_holds_zero_cannot_tell(contrast: str, low: float, high: float) -> None:
    said = wording.finding(row(contrast, ci_low=low, ci_high=high), "Theme")
    assert "the study cannot tell whether" in said
    assert "on average" not in said
    assert "+0.31" in said


@pytest.mark.parametrize(
    ("contrast", "estimate", "words"),
    [
        ("gap", 0.31, "supporters scored 0.31 points higher than receivers"),
        ("gap", -0.31, "supporters scored 0.31 points lower than receivers"),
        ("change", 0.31, "supporters' scores minus receivers' moved up by 0.31 points"),
        ("change", -0.31, "moved down by 0.31 points"),
        ("series", 0.31, "receivers' change was 0.31 above their supporters'"),
        ("series", -0.31, "receivers' change was 0.31 below"),
    ],
)
def test_the_sign_of_a_clear_difference_is_said_the_right_way_round(contrast: str, estimate: float, words: str) -> None:
    low, high = sorted((estimate / 2, estimate * 2))
    said = wording.finding(row(contrast, estimate=estimate, ci_low=low, ci_high=high), "Theme")
    assert words in said
    assert "cannot tell" not in said


@pytest.mark.parametrize("contrast", CONTRASTS)
@pytest.mark.parametrize("pairs", [4, 8])
def test_what_does_not_outlast_the_allowance_for_other_looks_is_no_finding(contrast: str, pairs: int) -> None:
    said = wording.finding(row(contrast, p_value=0.031, p_adjusted=0.094, n_pairs=pairs), "Theme")
    assert re.match(r"Theme(, wave 2)?: the study cannot tell whether", said)
    assert "alone" not in said
    assert "on average" not in said


def test_a_change_against_comparators_is_said_as_far_as_all_looks_allow() -> None:
    found = row(placebo=False, p_value=0.03, p_adjusted=0.24, n_treated=8, n_comparators=12, caution="")
    said = wording.effect(found, "Falls")
    assert said.startswith("Falls: the figures cannot tell whether")
    assert "p by randomisation 0.030, adjusted for all 5 results 0.240" in said
    stands = found | {"p_adjusted": 0.04, "stands": True}
    assert wording.effect(stands, "Falls").startswith("Falls: the change of the 8 supported trusts was 0.31 above")
    assert "(placebo)" in wording.effect(found | {"placebo": True}, "Falls")


def test_pairs_that_share_a_trust_are_told_apart_from_independent_ones() -> None:
    said = wording.finding(row(n_pairs=8, n_clusters=6), "Theme")
    assert "over 8 pairs, 6 of them independent (" in said


def test_a_sentence_names_its_interval_its_p_its_pairs_and_its_wave() -> None:
    said = wording.finding(row(), "Communication")
    assert said.startswith("Communication, wave 2: ")
    for words in ("over 8 pairs", "95% interval 0.05 to 0.57", "exact p 0.008", "adjusted for all 5 results 0.031"):
        assert words in said


def test_without_an_adjusted_p_none_is_named() -> None:
    assert "adjusted" not in wording.finding(row(p_adjusted=np.nan), "Theme")


def test_a_single_result_needs_no_allowance_for_others() -> None:
    assert "adjusted" not in wording.finding(row(n_looks=1), "Theme")
    alone = row(placebo=False, p_value=0.3, p_adjusted=0.3, n_treated=1, n_comparators=1, n_looks=1, caution="")
    assert "the one supported trust changed differently from the 1 other (difference" in wording.effect(alone, "Falls")
    assert "adjusted" not in wording.effect(alone, "Falls")


def test_without_an_estimate_there_are_too_few_pairs() -> None:
    nothing = row(n_pairs=1) | dict.fromkeys(("estimate", "ci_low", "ci_high", "p_value", "p_adjusted"), np.nan)
    assert "too few pairs to compare" in wording.finding(nothing, "Theme")
    nobody = wording.finding(nothing | {"n_pairs": 0}, "Theme")
    assert "no pair can be compared, for not enough was asked or answered on both sides" in nobody
    assert "too few pairs to compare" not in nobody


def gaps(pairs: int) -> pd.DataFrame:
    """The same large gap, with a little spread, in each of some pairs."""
    rows = [{"pair": f"P{n}", "estimate": 0.5 + 0.01 * n, "n_supporter": 20, "n_receiver": 20} for n in range(pairs)]
    return conform(
        pd.DataFrame(rows).assign(outcome="survey", contrast_kind="gap", wave=1, theme="culture", caution=""), GAPS
    )


@pytest.mark.parametrize(("pairs", "tested"), [(2, False), (5, False), (6, True), (8, True)])
def test_below_six_pairs_a_sentence_gives_no_p_value(pairs: int, tested: bool) -> None:
    (found,) = compare(gaps(pairs)).to_dict("records")
    said = wording.finding(found, "Culture")
    assert ("exact p" in said) is tested
    assert ("too few pairs for a p-value" in said) is not tested
    assert (f"in these {pairs} pairs supporters scored" in said) is not tested


def test_every_state_and_rating_of_the_joint_display_has_words() -> None:
    assert set(wording.STATES) == {*SPEAKING, *SILENT, "apart"}
    assert set(wording.RATINGS) == set(RULES)


def test_no_finding_in_any_published_report_uses_a_causal_word(published: Path) -> None:
    said = []
    for path in published.glob("reports/*/*.html"):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        said += [str(tag.parent and tag.parent.get_text()) for tag in soup.find_all("span", class_="finding-id")]
    assert len(said) > 40
    assert [sentence for sentence in said if CAUSAL.search(sentence)] == []


def test_every_caution_has_one_sentence_and_every_sentence_is_a_cautions() -> None:
    assert sorted(sentences.CAUTIONS) == sorted(CAUTIONS)
    said = every_caution()
    assert len(set(said)) == len(CAUTIONS)
    assert not [text for text in said if re.search(r"[{}]|\bnan\b|<NA>", text)]


def test_a_count_that_is_withheld_is_not_said_in_a_caution() -> None:
    row = {"caution": "groups_linked", "n_both": pd.NA, "n_either": 40}
    assert cautions_in_words(row)[0].startswith("some of 40 people answered in both waves")


def test_cautions_reworded_or_an_indicator_named_as_a_wave_change_nothing_that_is_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    series = gaps(8).assign(outcome="gap in wave 2", theme="gap in wave 2", wave=0, contrast_kind="series")
    (found,) = compare(series).to_dict("records")
    before = wording.finding(found, "Theme")
    assert "receivers' change was" in before
    monkeypatch.setattr(sentences, "CAUTIONS", dict.fromkeys(CAUTIONS, "some wave; 12 of 40 -- withheld"))
    assert wording.finding(found, "Theme") == before


def test_the_numbers_in_a_caution_are_those_that_the_analysis_holds_to() -> None:
    numbers = {"few_cases": LEAST_CASES, "few_coded": FEWEST, "few_with_theme": HALF}
    assert all(f" {least} " in sentences.CAUTIONS[caution] for caution, least in numbers.items())
    assert f"{AGREE:.2f}" in sentences.CAUTIONS["split_side"]
    assert ("fewer than five people" in sentences.CAUTIONS["few_people"]) is (FEW == 5)
    assert ("fewer than six independent pairs" in sentences.CAUTIONS["few_pairs"]) is (LEAST_PAIRS_FOR_P == 6)


def test_the_picture_of_gaps_says_what_stands_and_of_the_rest_that_nobody_can_tell(published: Path) -> None:
    results = Results(load_study(published), "public")
    found = results.survey("findings").dropna(subset=["wave"])
    made = plots.gaps(results)
    assert made is not None
    assert made.alt.count(" higher.") == found["stands"].sum() == 1
    assert made.alt.count("cannot tell.") == len(found) - 1
    assert "also where the interval leaves out 0" in made.caption
