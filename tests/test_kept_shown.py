"""What is kept and rounds beside each other, as the team, the boards of a pair and the public may see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from buddy_eval import plots, tables
from buddy_eval.disclose import kept
from invented_results import invented, pairs

PERSON = "Aurelia Quill"
DAY = "2025-06-01"


def action(name: str, pair: str, owner: str = "chief nurse", state: str = "due", **other: object) -> dict[str, Any]:
    same = {"theme": "capacity", "side": "receiver", "agreed": "2025-01-01", "due": "2025-09-01", "as_at": DAY}
    dates = {day: pd.Timestamp(str(same[day])) for day in ("agreed", "due", "as_at")}
    return {
        "action": name,
        "pair": pair,
        "what": f"deed {name}",
        "owner_role": owner,
        "state": state,
        **same,
        **dates,
        **other,
    }


def figure(pair: str, wave: int, value: float, strand: str = "capacity", **other: object) -> dict[str, Any]:
    measure = {"capacity": "given", "survey": "mean", "boards": "in_place", "interviews": "barrier"}[strand]
    row = {"pair": pair, "side": "receiver", "wave": wave, "value": value, "strand": strand, "measure": measure}
    return {**row, "theme": None if strand == "capacity" else "capacity", "n": 40, "n_pairs": 4, **other}


def shown(folder: Path, profile: str, pair: str | None = None, **given: Any) -> Any:
    return invented(folder, profile, {"pairs": pairs("A", "B", "C", "D"), **given}, pair)


@pytest.mark.parametrize(
    ("name", "leaves"),
    [
        *(("chief nurse", True), ("Chief executive’s office", True), ("Director of Nursing / Medical Director", True)),
        *(
            (PERSON, False),
            (f"{PERSON}, chief nurse", False),
            ("Dr Quill", False),
            ("chief nurse (A.Q.)", False),
            ("", False),
        ),
    ],
)
def test_an_owner_leaves_the_team_by_post_alone(tmp_path: Path, name: str, leaves: bool) -> None:
    for profile, pair in (("internal", None), ("partners", "A")):
        cells = shown(tmp_path / profile, profile, pair, action_states=[action("1", "A", name or "x")])
        told = kept.owner(name, cells)
        assert told == (name if leaves or profile == "internal" else kept.SOMEBODY)


def test_a_person_who_owns_an_action_or_an_answer_stands_in_no_page_of_the_boards(tmp_path: Path) -> None:
    asked = {"pair": "A", "place": 1, "question": "Q1", "theme": "culture", "reason": "open", "side": "supporter"}
    asked |= {"wave": 1, "rating": 1, "status": "answered", "open": True, "owner_role": PERSON}
    question = {"question": "Q1", "source_heading": "x", "theme": "culture", "wording": "Why?", "position": 1}
    given: dict[str, Any] = {"action_states": [action("1", "A", PERSON)], "agenda": [asked], "questions": [question]}
    for make in (tables.actions, tables.agenda):
        assert PERSON in make(shown(tmp_path / "team", "internal", **given))._repr_html_()
        told = make(shown(tmp_path / "boards", "partners", "A", **given))._repr_html_()
        assert PERSON not in told
        assert kept.SOMEBODY in told


def test_a_brief_shows_the_actions_of_its_own_pair_what_is_late_first(tmp_path: Path) -> None:
    rows = [action(str(n), "A", state=state) for n, state in enumerate(["done", "due", "overdue"] * 3)]
    table = tables.actions(shown(tmp_path, "partners", "A", action_states=[*rows, action("other", "B")]))
    assert [state.split(":")[0] for state in table.frame["State"]] == ["Overdue"] * 3 + ["Due"] * 2
    assert "Further actions: 3 done, 1 due." in table.note
    assert "deed other" not in table._repr_html_()


def test_the_public_hears_of_actions_and_messages_of_three_pairs_or_more_and_in_numbers_alone(tmp_path: Path) -> None:
    sent = {"side": "receiver", "told": "staff", "wave": 1, "n": 5, "channels": "brief", "n_heard": 0}
    days = {"first": pd.Timestamp(DAY), "last": pd.Timestamp(DAY)}
    for n, rows in ((2, 0), (3, 1)):
        names = ["A", "B", "C"][:n]
        given: dict[str, Any] = {
            "action_states": [action(name, name) for name in names],
            "reach": [{**sent, **days, "pair": name} for name in names],
        }
        results = shown(tmp_path / str(n), "public", **given)
        for made in (tables.actions(results), tables.reach(results)):
            assert len(made.frame) == rows
            assert "deed" not in made._repr_html_()
            assert "brief" not in made._repr_html_()


def test_the_public_sees_of_capacity_steps_of_ten_per_cent_over_the_same_pairs_in_every_round(tmp_path: Path) -> None:
    values = {"A": (0.5, 0.7), "B": (0.6, 0.8), "C": (0.84, 0.9), "D": (3.0, None)}
    rows = [figure(pair, w, v) for pair, both in values.items() for w, v in zip((1, 2), both, strict=True) if v]
    found = kept.staff_shares(shown(tmp_path / "four", "public", by_round=rows))
    assert found["n_pairs"].tolist() == [3, 3]  # D is known in one round alone: what it adds would give it away
    assert found["value"].tolist() == pytest.approx([0.6, 0.8])
    picture = plots.capacity(shown(tmp_path / "drawn", "public", by_round=rows))
    assert picture is not None
    assert "receiver, round 1: 60% of the planned staff given." in picture.alt
    two = [row for row in rows if row["pair"] in "AB"]
    assert kept.staff_shares(shown(tmp_path / "two", "public", by_round=two)).empty
    assert plots.capacity(shown(tmp_path / "none", "public", by_round=two)) is None


def test_readers_outside_see_rounds_of_survey_and_boards_where_enough_people_and_pairs_stand_behind(
    tmp_path: Path,
) -> None:
    before = {"wave_before": 1, "n_before": 9, "value_before": 3.0, "change": 0.5}
    rows = [
        figure("all", 2, 3.5, "survey", **before),
        figure("all", 2, 0.5, "boards", n=3),
        figure("all", 2, 0.5, "interviews"),
        figure("A", 2, 3.1, "survey", n=9),
        figure("A", 2, 0.25, "boards", n=4, n_pairs=1),
        figure("B", 2, 0.75, "boards", n=4, n_pairs=1),
    ]
    team = tables.by_round(shown(tmp_path / "team", "internal", by_round=rows)).frame
    assert team["Evidence"].tolist() == ["Survey: mean score", "Boards: in place", "Interviews: hindering"]
    assert team["Capacity and resource"].tolist() == ["3.5 (+0.5)", "50%", "50%"]
    public = tables.by_round(shown(tmp_path / "public", "public", by_round=rows)).frame
    assert public["Capacity and resource"].tolist() == ["3.5", "50%"]  # nine people before are too few to subtract
    brief = tables.by_round(shown(tmp_path / "brief", "partners", "A", by_round=rows)).frame
    assert brief["Capacity and resource"].tolist() == ["25%"]
    few = [{**row, "n_pairs": 2} for row in rows]
    assert tables.by_round(shown(tmp_path / "few", "public", by_round=few)).frame.empty


def test_boards_hear_who_was_told_only_where_enough_say_so_and_enough_do_not(tmp_path: Path) -> None:
    same = {"pair": "A", "side": "receiver", "kind": "survey", "measure": "M1", "no": 3}
    rows = [{**same, "wave": wave, "n": 40, "yes": yes} for wave, yes in ((1, 7), (2, 8), (3, 33), (4, 32))]
    spoken = {**same, "wave": 1, "kind": "interview", "measure": "CV1", "n": 3, "yes": 1, "no": 2}
    assert len(kept.told_of(shown(tmp_path / "team", "internal", told=[*rows, spoken]))) == 5
    seen = kept.told_of(shown(tmp_path / "boards", "partners", "A", told=[*rows, spoken]))
    assert seen["wave"].tolist() == [2, 4]
    assert seen["no"].isna().all()
    assert kept.told_of(shown(tmp_path / "public", "public", told=rows)).empty


def test_who_speaks_of_being_told_is_said_as_a_person_would(tmp_path: Path) -> None:
    same = {"pair": "A", "side": "receiver", "wave": 1}
    told = [
        {**same, "kind": "survey", "measure": "M1", "n": 40, "yes": 10, "no": 30},
        {**same, "kind": "interview", "measure": "CV1", "n": 7, "yes": 1, "no": 2},
    ]
    days = {"first": pd.Timestamp(DAY), "last": pd.Timestamp(DAY)}
    sent = [{**same, **days, "told": "staff", "n": 3, "channels": "letter", "n_heard": 0}]
    codes = [{"code": "CV1", "name": "Clear communication", "definition": "", "position": 1, "theme": "culture"}]
    team = tables.reach(shown(tmp_path, "internal", told=told, reach=sent, codes=codes)).frame
    assert team["Say that they were told"].tolist() == [
        "round 1, M1: 25% of 40; interviews of round 1, 'Clear communication' (CV1): an enabler for 1 and a barrier "
        "for 2 of 7 people"
    ]


@pytest.mark.parametrize(("profile", "pair"), [("internal", None), ("partners", "A"), ("public", None)])
def test_a_study_that_keeps_nothing_shows_nothing(tmp_path: Path, profile: str, pair: str | None) -> None:
    results = shown(tmp_path, profile, pair)
    made = [tables.by_round(results), tables.capacity(results), tables.reach(results), tables.actions(results)]
    assert all('class="note nothing' in table._repr_html_() for table in made)
    assert plots.capacity(results) is None


def test_a_figure_that_is_missing_says_why(tmp_path: Path) -> None:
    rows = [figure("all", 1, float("nan"), strand) for strand in ("survey", "boards", "interviews")]
    made = tables.by_round(shown(tmp_path, "internal", by_round=rows)).frame.set_index("Evidence")
    assert made["Capacity and resource"].to_dict() == {
        "Survey: mean score": "split", "Boards: in place": "none rated", "Interviews: hindering": "not recorded",
    }  # fmt: skip


@pytest.mark.parametrize(("n", "said"), [(40, "score 3.0 to 3.5"), (3, "withheld")])
def test_figures_of_too_few_people_are_withheld_and_not_said_to_be_unasked(tmp_path: Path, n: int, said: str) -> None:
    moved = {"action": "1", "theme": "capacity", "side": "receiver", "strand": "survey", "wave_before": 1, "wave": 2}
    moved |= {"n_before": n, "n": n, "value_before": 3.0, "value": 3.5, "change": 0.5}
    rows = [action("1", "A"), action("2", "A")]
    made = tables.actions(shown(tmp_path, "partners", "A", action_states=rows, action_figures=[moved])).frame
    assert list(made["Figures of its theme meanwhile"]) == [said, "asked in no later round"]


def test_a_figure_that_stayed_is_said_to_stay_and_a_day_has_no_leading_nought(tmp_path: Path) -> None:
    moved = {
        "action": "1",
        "theme": "capacity",
        "side": "receiver",
        "wave_before": 1,
        "wave": 2,
        "n_before": 40,
        "n": 40,
    }
    figures = [
        {**moved, "strand": "survey", "value_before": 3.02, "value": 2.98, "change": -0.04},
        {**moved, "strand": "boards", "value_before": 0.0, "value": 0.0, "change": 0.0},
    ]
    rows = [action("1", "A", state="due", due=pd.Timestamp("2025-04-02"))]
    made = tables.actions(shown(tmp_path, "internal", "A", action_states=rows, action_figures=figures)).frame
    assert list(made["Figures of its theme meanwhile"]) == ["score still 3.0; in place still 0%"]
    assert list(made["State"]) == ["Due: 2 April 2025"]
