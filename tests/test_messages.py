"""What a report opens with: plain words that are no stronger than their rows, and what boards should ask next."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from buddy_eval import tables
from buddy_eval.analyse.boards import REASONS, agenda
from buddy_eval.disclose.results import Results
from buddy_eval.present import messages as words
from buddy_eval.present.messages import CANNOT_TELL, CLEAR, COUNTED, LIKELY, MEANINGS, Message, Messages
from buddy_eval.present.tables import opening
from buddy_eval.present.tables.form import Table
from buddy_eval.publish.structure import notes
from buddy_eval.schemas import conform
from buddy_eval.schemas.clean import BOARD_ANSWERS
from buddy_eval.study.settings import load_study
from invented_results import invented, pairs
from test_wording import CAUSAL, row

SURE = (CLEAR, LIKELY, CANNOT_TELL, COUNTED)


def gap(theme: str = "culture", **values: Any) -> tuple[dict[str, Any], str]:
    return row(**{"theme": theme, "finding": f"gap-{theme}", "caution": "", **values}), theme.capitalize()


def effect(estimate: float = 0.5, *, stands: bool = True, **values: Any) -> tuple[dict[str, Any], str]:
    about = {"term": "difference", "placebo": False, "estimate": estimate, "ci_low": 0.1, "ci_high": 0.9, "n_looks": 9,
             "p_value": 0.001, "p_adjusted": 0.001, "n_treated": 8, "n_comparators": 40, "caution": ""}  # fmt: skip
    return {**about, "stands": stands, **values}, "Falls"


def evidence(**states: str) -> tuple[dict[str, str], str]:
    strands = {"interviews": "unclear", "survey": "unclear", "boards": "mixed"}
    return {**strands, "sides": "unclear", "rating": "unclear", **states}, "Culture"


@pytest.mark.parametrize(
    ("values", "sure"),
    [
        ({"p_adjusted": 0.008}, CLEAR),
        ({"p_adjusted": 0.02}, LIKELY),
        ({"p_adjusted": 0.008, "caution": "answered_only one_pair_carries"}, LIKELY),
        ({"p_adjusted": float("nan"), "n_pairs": 4, "stands": True}, LIKELY),
        ({"p_adjusted": 0.008, "n_clusters": 5}, LIKELY),
        ({"p_adjusted": 0.06}, CANNOT_TELL),
    ],
)
def test_how_sure_the_study_is_follows_from_the_row(values: dict[str, Any], sure: str) -> None:
    assert words.sureness(gap(**values)[0]) == sure


def test_what_is_compared_before_and_during_support_is_never_clear() -> None:
    assert {words.sureness(effect()[0]), words.sureness(row("series", p_adjusted=0.001, caution=""))} == {LIKELY}


def test_no_message_has_a_direction_that_its_row_has_not() -> None:
    for stands, estimate, kind in itertools.product((True, False), (0.3, -0.3), ("gap", "change")):
        values: dict[str, Any] = {"estimate": estimate, "contrast_kind": kind, "stands": stands, "wave": pd.NA}
        said = words.of_survey([gap(**values)])
        directed = [re.search(r"\b(higher|lower|up|down)\b", message.sentence) for message in said]
        assert [bool(found) for found in directed] == [stands]
        if directed[0]:
            assert (directed[0].group() in {"higher", "up"}) == (estimate > 0)
        assert (said[0].sure == CANNOT_TELL) != stands


def test_findings_of_one_direction_share_a_message_that_is_as_sure_as_the_least_sure_of_them() -> None:
    both = [gap("culture", p_adjusted=0.001, wave=1), gap("regulation", p_adjusted=0.03, wave=1)]
    (together,) = words.of_survey(both)
    assert together.sure == LIKELY
    assert (
        together.sentence == "Supporters gave higher scores than receivers on culture (wave 1) and regulation (wave 1)."
    )
    assert [finding for _, finding in together.behind] == ["gap-culture", "gap-regulation"]


def test_a_theme_that_stands_in_one_wave_alone_is_undecided_in_the_other_and_said_so() -> None:
    said = words.of_survey([gap(wave=1, p_adjusted=0.001), gap(wave=2, stands=False), gap("regulation", stands=False)])
    assert said[1].sentence == "The study cannot tell whether the two sides differ on culture (wave 2) and regulation."


def test_of_few_pairs_a_message_speaks_of_these_pairs() -> None:
    (said,) = words.of_survey([gap(n_pairs=4, p_adjusted=float("nan"), stands=True, wave=pd.NA)])
    assert said.sentence.startswith("In these pairs, supporters gave")


def test_every_row_is_behind_some_message() -> None:
    rows = [
        gap(theme, stands=stands) for theme, stands in [("culture", True), ("capacity", False), ("regulation", False)]
    ]
    behind = " ".join(text for message in words.of_survey(rows) for text, _ in message.behind)
    assert all(label in behind for _, label in rows)


@pytest.mark.parametrize(("estimate", "way"), [(0.5, "rose more, or fell less"), (-0.5, "fell more, or rose less")])
def test_an_outcome_that_stands_is_said_with_its_way(estimate: float, way: str) -> None:
    (said,) = words.of_outcomes([], [effect(estimate)])
    assert said.sentence == f"In the trusts that got support, falls {way}, than elsewhere."
    assert said.sure == LIKELY


def test_no_outcomes_are_no_message() -> None:
    assert words.of_outcomes([], []) == []


def test_opposite_directions_are_said_of_the_kind_of_evidence_that_has_them() -> None:
    said = words.of_evidence([evidence(boards="apart", sides="apart")], "the two sides", beside=False)
    assert said == [Message("On culture, the boards of the two sides hold opposite views.", COUNTED, said[0].behind)]
    assert words.of_evidence([evidence(survey="apart", sides="apart")], "the two sides", beside=True)[0].sure == LIKELY


def every_message() -> list[Message]:
    some = [gap(p_adjusted=0.001, wave=1), gap(p_adjusted=0.001, estimate=-0.3, contrast_kind="change", wave=pd.NA)]
    some += [gap("regulation", stands=False, n_pairs=4), gap("regulation", stands=False, contrast_kind="change")]
    states = [evidence(sides=sides, rating=rating, interviews="apart", survey="apart", boards="apart")
              for sides in ("alike", "apart", "unclear") for rating in ("agreement", "dissonance")]  # fmt: skip
    outcomes = [*words.of_outcomes([], [effect()]), *words.of_outcomes([], [effect(stands=False)])]
    return [*words.of_survey(some), *words.of_survey(some[2:]), *outcomes,
            *words.of_evidence(states, "your two sides", beside=True)]  # fmt: skip


def test_messages_are_plain_without_sizes_or_causes() -> None:
    for said in every_message():
        assert not CAUSAL.search(said.sentence)
        assert not re.search(r"\d\.\d|%|\bp\b", said.sentence)
        assert said.sure in SURE
        assert said.sentence[-1] == "."


def grade(sentences: list[str], *names: str) -> float:
    """Automated readability index (Smith and Senter 1967), whose grade 7 is the age of 12; names count as short."""
    text = re.sub("|".join(map(re.escape, names)), "pay", " ".join(sentences), flags=re.IGNORECASE)
    letters, spaced, ends = len(re.findall(r"\w", text)), len(text.split()), text.count(". ") + 1
    return 4.71 * letters / spaced + 0.5 * spaced / ends - 21.43


def test_messages_read_at_the_age_of_twelve() -> None:
    assert grade([said.sentence for said in every_message()], "culture", "regulation", "the boards of") <= 7


@pytest.mark.parametrize("stem", ["summary", "report", "slides"])
def test_what_the_public_reads_first_reads_at_the_age_of_twelve(published: Path, stem: str) -> None:
    page = BeautifulSoup((published / "reports" / "public" / f"{stem}.html").read_text(encoding="utf-8"), "html.parser")
    said = [str(message.find(string=True)).strip() for message in page.select("p.message")]
    results = Results(load_study(published), "public")
    assert len(said) >= 4
    assert grade(said, *results.labels.values(), *results.table("effects")["indicator"].unique()) <= 7


def test_the_page_folds_the_numbers_and_print_numbers_them() -> None:
    said = Messages((Message("One.", CLEAR, (("First row.", "gap-a"), ("Second row.", ""))), Message("Two.", COUNTED)))
    html = f"<main>{said._repr_html_()}<h2>After</h2></main>"
    page = BeautifulSoup(html, "html.parser")
    assert [fold.get_text() for fold in page.find_all("details")] == [
        "The numbers behind message 1First row. gap-aSecond row."
    ]
    assert MEANINGS[CLEAR] in page.get_text()
    assert MEANINGS[LIKELY] not in page.get_text()
    main = page.main
    assert main is not None
    notes(main)
    assert not main.find_all("details")
    assert main.select_one("p.message sup").get_text() == "1"  # type: ignore[union-attr]
    assert [item.get_text() for item in main.select(".notes ol > li")] == ["First row. gap-aSecond row."]


def answers(*rows: tuple[str, str, int | None, str, int]) -> pd.DataFrame:
    cells = [
        {"pair": "P1", "side": side, "wave": wave, "member": "board", "question": question, "rating": rating,
         "status": status, "evidenced": False}
        for question, side, rating, status, wave in rows
    ]  # fmt: skip
    return conform(pd.DataFrame(cells), BOARD_ANSWERS)


QUESTIONS = pd.DataFrame(
    {"question": ["Q1", "Q2", "Q3", "Q4"], "theme": ["culture", "regulation"] * 2, "position": [1, 2, 3, 4]}
)


def listed(given: pd.DataFrame, **joint: str) -> list[tuple[str, str]]:
    themes = pd.DataFrame({"pair": "P1", "theme": ["culture", "regulation"], "sides": "unclear", "rating": "unclear"})
    themes.loc[themes["theme"] == "regulation", list(joint)] = list(joint.values())
    found = agenda(given, QUESTIONS, themes).drop_duplicates(["question"]).sort_values("place")
    return list(zip(found["question"], found["reason"], strict=True))


BOTH = answers(
    ("Q1", "supporter", 1, "answered", 1), ("Q1", "receiver", 4, "answered", 1),
    ("Q2", "supporter", 2, "answered", 1), ("Q2", "receiver", 1, "answered", 1),
    ("Q3", "supporter", 3, "answered", 1), ("Q3", "receiver", None, "not_applicable", 1),
    ("Q4", "supporter", None, "dont_know", 1), ("Q4", "receiver", 0, "answered", 1),
)  # fmt: skip


def test_what_is_in_place_where_it_applies_is_not_asked_again() -> None:
    assert listed(BOTH) == [("Q1", "one_board"), ("Q4", "not_known"), ("Q2", "open")]


@pytest.mark.parametrize("joint", [{"sides": "apart"}, {"rating": "dissonance"}])
def test_questions_of_themes_on_which_the_evidence_disagrees_come_first(joint: dict[str, str]) -> None:
    assert [question for question, _ in listed(BOTH, **joint)] == ["Q4", "Q2", "Q1"]


def test_only_the_latest_return_of_each_board_is_open() -> None:
    later = answers(("Q1", "supporter", 3, "answered", 2), ("Q2", "supporter", 0, "answered", 2))
    assert listed(pd.concat([BOTH, later], ignore_index=True)) == [("Q2", "open"), ("Q4", "open")]


def test_every_reason_has_words() -> None:
    assert set(opening.REASONS) == set(REASONS)


def test_the_public_sees_no_agenda_of_a_pair(published: Path) -> None:
    shown: Table = tables.agenda(Results(load_study(published), "public"))
    assert shown.closed
    assert shown.frame.empty


def test_a_rating_is_not_said_as_a_count_of_questions_in_place(published: Path) -> None:
    shown: Table = tables.agenda(Results(load_study(published), "partners", "SYN02"))
    cells = shown.frame[["Supporter's board", "Receiver's board"]].stack()
    assert cells.str.fullmatch(r"(rated [0-4]|not known|not answered) \(.*\)|not applicable").all()
    assert shown.note.startswith("Rated from 0, not considered, to 4, reviewed with the partner.")


def of_interviews(folder: Path, **states: str) -> list[str]:
    """The messages of a brief whose pair was interviewed and asked nothing else; states by side_theme."""
    keys = itertools.product(("culture", "capacity"), ("interviews", "survey", "boards"), ("supporter", "receiver"))
    read = [(*key, states.get(f"{key[2]}_{key[0]}", "not_asked") if key[1] == "interviews" else "not_asked")
            for key in keys]  # fmt: skip
    about = {"pair": "A", "firm": False, "n": 3, "detail": ""}
    rows = [{**about, "theme": theme, "strand": strand, "side": side, "state": state}
            for theme, strand, side, state in read]  # fmt: skip
    results = invented(folder, "partners", {"evidence": rows, "pairs": pairs("A")}, "A")
    return [one.sentence for one in tables.messages(results).messages]


def test_a_brief_of_interviews_alone_says_which_way_each_side_leans(tmp_path: Path) -> None:
    said = of_interviews(tmp_path, supporter_culture="positive", receiver_culture="negative", receiver_capacity="mixed")
    assert said == [
        "Of the supporter's people, those interviewed spoke mostly of what helps on culture and behaviours. "
        "Of the receiver's people, those interviewed spoke mostly of what hinders on culture and "
        "behaviours; of what helps and of what hinders on capacity and resource.",
    ]


@pytest.mark.parametrize(("state", "why"), opening.NO_DIRECTION.items())
def test_a_brief_of_interviews_alone_says_why_nothing_can_be_said(tmp_path: Path, state: str, why: str) -> None:
    assert of_interviews(tmp_path, supporter_culture="not_asked", receiver_culture=state) == [why]


def test_a_brief_without_interviews_says_nothing_of_them(tmp_path: Path) -> None:
    assert of_interviews(tmp_path, supporter_culture="not_asked", receiver_culture="not_asked") == []
