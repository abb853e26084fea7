"""The results of a study as each reader opens them: whole tables for the team, figures by the rules for all others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from buddy_eval.base.errors import BuddyError
from buddy_eval.disclose.overview import NONE_YET, ONWARD, OUTSIDE
from buddy_eval.disclose.results import PAIR, PROFILE, STUDY, Results, for_readers, of_people, open_results
from buddy_eval.pipeline import processed
from buddy_eval.schemas import PROCESSED
from invented_results import Rows, cells, interviews, invented, pairs

ABC = pairs("A", "B", "C")


def seen(folder: Path, profile: str, pair: str | None = None, *, names: Rows = ABC, **tables: Any) -> Results:
    """Three pairs with these tables."""
    return invented(folder, profile, {"pairs": names, **tables}, pair)


def test_opened_results_say_what_is_there_to_the_team_alone(tmp_path: Path) -> None:
    team = seen(tmp_path, "internal")
    with processed.recorded() as reads:
        lines = repr(team).splitlines()
    assert reads == set(PROCESSED)
    assert lines[0] == "Results of 'An invented study', profile internal"
    assert lines[-1] == ONWARD
    numbers = {line.split()[0]: line.split()[1] for line in lines[1:-1]}
    assert numbers == {**dict.fromkeys(PROCESSED, "0"), "pairs": "3", "themes": "5", "codes": "38"}
    assert '<th scope="row">pairs</th><td>3</td>' in team._repr_html_()
    about = "Results of 'An invented study', profile internal, about pair B"
    assert repr(team.about("B")).splitlines()[0] == about
    assert '<th scope="row">pairs</th><td>1</td>' in team.about("B")._repr_html_()
    boards = replace(team, profile="partners", pair="B")
    heading = "Results of 'An invented study', profile partners, about pair B"
    assert repr(boards) == f"{heading}\n{OUTSIDE}"
    assert boards._repr_html_() == f"<p>{heading.replace(chr(39), '&#x27;')}</p><p>{OUTSIDE}</p>"
    for path in team.study.processed.iterdir():
        path.unlink()
    assert repr(team).splitlines()[1:] == [NONE_YET]


def test_a_table_that_is_none_or_is_not_there_is_named_with_the_way_on(tmp_path: Path) -> None:
    team = seen(tmp_path, "internal")
    with pytest.raises(BuddyError, match=r"^no table is called 'pair'; did you mean 'pairs'"):
        team.table("pair")
    (team.study.processed / "flow.parquet").unlink()
    with pytest.raises(BuddyError, match=r"^flow has not been made yet; run: buddy-eval run$"):
        team.table("flow")


def test_about_one_pair_the_team_gets_what_its_people_and_trusts_said_and_did(tmp_path: Path) -> None:
    talk = interviews([("P1", "A", "receiver", "CB1", None), ("P2", "B", "receiver", "CB1", None)])
    month = {"indicator": "Waits", "period": "2023-01", "frequency": "month", "value": 1.0, "direction": "neither"}
    points = [{**month, "ods": ods, "source": "NHS"} for ods in ("SA", "RA", "SB", "RB", "X")]
    quote = {"start": 0, "end": 9, "approved_by": "AB", "audience": "public", "row": 2}
    approvals = [{**quote, "source_id": f"T-{person}"} for person in ("P1", "P2")]
    memo = {"unit": "U0", "coder": "KM", "code": "CB1", "start": 0, "end": 9, "memo": "x"}
    memos = [{**memo, "source": f"T-{person}", "unit": f"U{n}"} for n, person in enumerate(("P1", "P2"))]
    states = [
        {"pair": pair, "theme": "culture", "strand": "survey", "side": "receiver", "state": "mixed", "firm": False}
        for pair in ("A", "B", "all")
    ]
    rows: dict[str, Any] = {**talk, "evidence": [{**row, "n": 9, "detail": "x"} for row in states], "memos": memos}
    team = seen(tmp_path, "internal", **rows, series=points, comparators=points, approvals=approvals)
    ours, boards = replace(team, pair="B"), replace(team, profile="partners", pair="B")
    for name, column, held in (
        ("units", "unit", ["U1"]),
        ("consensus", "unit", ["U1"]),
        ("memos", "unit", ["U1"]),
        ("sources", "source", ["T-P2"]),
        ("approvals", "source_id", ["T-P2"]),
        ("evidence", "pair", ["B", "all"]),
        ("series", "ods", ["RB", "SB"]),
        ("comparators", "ods", ["RA", "RB", "SA", "SB", "X"]),
        ("codes", "code", list(team.table("codes")["code"])),
    ):
        assert list(ours.table(name)[column]) == held
        pd.testing.assert_frame_equal(boards.table(name), team.table(name))


@pytest.mark.parametrize(
    ("profile", "pair", "public", "outside", "shown"),
    [
        ("internal", None, False, False, ["A", "B", "C"]),
        ("internal", "B", False, False, ["B"]),
        ("partners", None, True, True, []),
        ("partners", "B", False, True, ["B"]),
        ("public", None, True, True, []),
        ("public", "B", True, True, []),
    ],
)
def test_who_is_outside_and_which_pairs_one_sees_one_by_one(
    tmp_path: Path, profile: str, pair: str | None, public: bool, outside: bool, shown: list[str]
) -> None:
    point = {"period": "2024-01-01", **dict.fromkeys(("centre", "lower", "upper"), 1.0), "direction": "neither"}
    charts = [{**point, "ods": "RB", "indicator": name, "signal": "change"} for name in ("Waits", "Falls")]
    charts.append({**charts[0], "ods": "SB"})
    results = seen(tmp_path, profile, pair, signals=charts)
    assert (results.public, results.outside, results.pairs) == (public, outside, shown)
    assert results.indicators == (["Falls", "Waits"] if shown else [])


def test_themes_stand_in_the_order_of_the_codebook_with_their_labels(tmp_path: Path) -> None:
    results = seen(tmp_path, "public")
    assert results.themes == ["culture", "capacity", "evaluation", "communication", "regulation"]
    assert results.labels["culture"] == "Culture and behaviours"


def test_results_are_narrowed_to_a_pair_of_the_study_from_whatever_they_were_about(tmp_path: Path) -> None:
    team = seen(tmp_path, "internal")
    assert team.about("B").about("A") == replace(team, pair="A")
    with pytest.raises(BuddyError, match=r"^pair 'Bb' is not in this study; did you mean 'B'"):
        team.about("A").about("Bb")


def counted(name: str, n: tuple[int, int], **more: Any) -> dict[str, Any]:
    """One row of the comparison, of so many supporters and receivers, by default of three pairs."""
    row = {"finding": name, "outcome": "survey", "theme": "culture", "contrast": "x", "contrast_kind": "gap", "wave": 1}
    row |= {"stands": False, "n_looks": 1, "n_pairs": 3, "n_clusters": 3, "n_supporter": n[0], "n_receiver": n[1]}
    return {**row, "method": "t", **more}


FINDINGS = [
    counted("a", (12, 18)), counted("b", (10, 9)), counted("c", (12, 18), n_pairs=2), counted("d", (10, 23)),
    counted("e", (3, 4), contrast_kind="series"),
]  # fmt: skip


def test_across_pairs_the_public_sees_three_or_more_and_nobody_outside_an_exact_number(tmp_path: Path) -> None:
    """The last row counts months, not people: it stays as it is."""
    team, columns = seen(tmp_path, "internal", findings=FINDINGS), ("finding", "n_supporter", "n_receiver", "n_either")
    public, boards = replace(team, profile="public"), replace(team, profile="partners", pair="A")
    exact = [["a", 12, 18, None], ["b", 10, 9, None], ["c", 12, 18, None], ["d", 10, 23, None], ["e", 3, 4, None]]
    rounded = [["a", 10, 20, None], ["b", 10, 10, None], ["c", 10, 20, None], ["d", 10, 25, None], ["e", 3, 4, None]]
    assert cells(team.across("findings"), *columns) == exact
    assert cells(boards.across("findings"), *columns) == rounded
    assert cells(public.across("findings"), *columns) == [row for row in rounded if row[0] != "c"]
    guards = frozenset({"findings/d/n_receiver", "findings/a/n_supporter", "within/a/n_receiver"})
    guarded = replace(public, guards=guards).across("findings").set_index("finding")
    assert cells(guarded, *columns[1:3]) == [[None, 20], [10, 10], [10, None], [3, 4]]
    assert cells(team.survey("findings"), *columns) == exact[:4]
    assert cells(boards.survey("findings"), *columns) == [rounded[0], rounded[2], rounded[3]]
    assert cells(public.survey("findings"), *columns) == [rounded[0], rounded[3]]


def test_of_trusts_beside_comparators_the_public_sees_three_or_more(tmp_path: Path) -> None:
    about = {"kind": "did", "indicator": "Waits", "pair": "all", "side": "receiver", "placebo": False, "stands": False}
    about |= {"n_looks": 1, "n_before": 12, "n_after": 12, "n_comparators": 9, "method": "x"}
    rows = [{**about, "term": term, "n_treated": n} for term, n in (("two", 2), ("three", 3))]
    team = seen(tmp_path, "internal", effects=rows)
    assert cells(team.across("effects"), "term", "n_treated") == [["three", 3], ["two", 2]]
    assert cells(replace(team, profile="public").across("effects"), "term", "n_treated") == [["three", 3]]


def within(pair: str, n: int, side: str = "receiver", wave: int = 1) -> dict[str, Any]:
    row = {"pair": pair, "side": side, "wave": wave, "theme": "culture", "n": n, "mean": 4.0, "split": False}
    return {**row, "low": 0, "middle": 0, "high": n}


def test_of_single_pairs_a_reader_sees_the_figures_of_its_own_that_rest_on_enough_cells(tmp_path: Path) -> None:
    rows = [within("A", 9, "supporter"), within("A", 12), within("B", 33)]
    team = seen(tmp_path, "internal", within=rows)
    columns = ("pair", "side", "n", "low", "high")
    assert cells(team.survey("within"), *columns) == [
        ["A", "receiver", 12, 0, 12], ["A", "supporter", 9, 0, 9], ["B", "receiver", 33, 0, 33],
    ]  # fmt: skip
    boards = replace(team, profile="partners", pair="A")
    assert cells(boards.survey("within"), *columns) == [["A", "receiver", 10, 0, 10]]
    assert replace(team, profile="public").survey("within").empty
    assert of_people(team.table("within")).tolist() == [True] * 3
    assert of_people(team.table("within")).index.equals(team.table("within").index)


def evidence(*names: str) -> Rows:
    """On both sides of every pair all kinds of evidence speak well of the culture."""
    about = {"theme": "culture", "state": "positive", "firm": False, "n": 9, "detail": "x"}
    return [
        {**about, "pair": pair, "strand": strand, "side": side}
        for pair in names
        for strand in ("interviews", "survey", "boards")
        for side in ("supporter", "receiver")
    ]


STATES = ("pair", "interviews", "interviews_detail", "survey", "survey_detail", "boards", "boards_detail")
SAID = "supporter: x; receiver: x"
FEW = "supporter: too few people; receiver: too few people"


def test_the_joint_display_withholds_surveys_of_few_and_the_details_that_are_not_a_readers(tmp_path: Path) -> None:
    """Pair B has enough people in its last wave, A had them in an earlier one alone."""
    display = {"pair": "A", "theme": "culture", "interviews": "mixed", "survey": "mixed", "boards": "mixed"}
    display |= {"interviews_detail": "i", "survey_detail": "s", "boards_detail": "b"}
    made = [{**display, "sides": "alike", "rating": "agreement", "rule": "x"}]
    asked = [within("A", 30), within("A", 9, wave=2), within("B", 9), within("B", 30, wave=2)]
    team = seen(tmp_path, "internal", evidence=evidence("A", "B", "all"), joint_display=made, within=asked)
    assert cells(team.joint(), *STATES) == [["A", "mixed", "i", "mixed", "s", "mixed", "b"]]
    assert cells(replace(team, pair="A").joint(), *STATES) == [["A", "mixed", "i", "mixed", "s", "mixed", ""]]
    boards = replace(team, profile="partners", pair="A").joint()
    assert cells(boards, *STATES) == [
        ["A", "positive", "", "withheld", FEW, "positive", ""],
        ["B", "positive", "", "positive", SAID, "positive", ""],
        ["all", "positive", "", "positive", SAID, "positive", ""],
    ]
    public = replace(team, profile="public").joint()
    assert cells(public, *STATES[3:]) == [
        ["withheld", "", "positive", ""], ["positive", "", "positive", ""], ["positive", "", "positive", ""],
    ]  # fmt: skip


@pytest.mark.parametrize(("names", "whole"), [("AB", {}), ("ABC", {"all": "positive"})])
def test_a_whole_of_two_pairs_stays_in_the_team(tmp_path: Path, names: str, whole: dict[str, str]) -> None:
    rows = [*evidence("all"), *evidence("A", "B")]
    public = seen(tmp_path, "public", names=pairs(*names), evidence=rows, within=[within("A", 9), within("B", 9)])
    survey = public.joint().set_index("pair")["survey"].to_dict()
    assert survey == {"A": "withheld", "B": "withheld", **whole}


def approved() -> dict[str, Any]:
    """A quote of each of two pairs, for everybody and for the boards; each is coded under two themes."""
    said = [(p, pair, "receiver", code, "barrier") for p, pair in (("P1", "A"), ("P2", "B")) for code in ("CB1", "CR1")]
    about = {"start": 0, "approved_by": "AB", "row": 2}
    quotes = [
        {**about, "source_id": f"T-{p}", "end": end, "audience": audience}
        for p in ("P1", "P2")
        for end, audience in ((7, "public"), (9, "partners"))
    ]
    talk = interviews(said)
    return {**talk, "units": [{**unit, "start": 0, "end": 9} for unit in talk["units"]], "approvals": quotes}


@pytest.mark.parametrize(
    ("profile", "pair", "told"),
    [
        ("public", None, ["invente A", "invente B"]),
        ("partners", None, ["invente A", "invente B"]),
        ("partners", "A", ["invente A", "invented. A"]),
        ("internal", "A", ["invente A", "invented. A"]),
        ("internal", None, ["invente A", "invented. A", "invente B", "invented. B"]),
    ],
)
def test_a_quote_is_told_to_those_it_was_approved_for_of_their_own_pair_and_by_theme(
    tmp_path: Path, profile: str, pair: str | None, told: list[str]
) -> None:
    results = seen(tmp_path, profile, pair, **approved())
    culture = results.quotes("culture")
    assert sorted(culture["quote"] + " " + culture["pair"]) == sorted(told)
    assert set(culture["theme"]) == {"culture"}
    assert results.quotes()["theme"].value_counts().to_dict() == {"culture": len(told), "capacity": len(told)}


def test_a_view_is_worked_out_once_and_noted_for_each_table_that_asks(tmp_path: Path) -> None:
    results = seen(tmp_path, "public", **approved(), evidence=evidence("A"))
    for _ in range(2):
        with processed.recorded() as reads:
            shown = results.quotes()
        assert reads == {"quotes"}
        shown["quote"] = "changed"
        with processed.recorded() as reads:
            results.joint()
        assert reads == {"evidence", "within", "pairs"}
    assert "changed" not in set(results.quotes()["quote"])


def test_a_notebook_opens_the_study_that_it_stands_in_as_the_study_or_the_publisher_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (STUDY, PROFILE, PAIR):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "study"
    seen(folder, "internal")
    (folder / "study.toml").write_text('[study]\ntitle = "T"\nteam = "U"\n[disclosure]\nprofile = "public"\n')
    (folder / "notebooks").mkdir()
    (folder / "data" / "processed" / "guards.json").write_text(json.dumps(["said/é/n_people"]), encoding="utf-8")
    opened = open_results(folder / "notebooks")
    assert (opened.profile, opened.pair, opened.guards) == ("public", None, frozenset({"said/é/n_people"}))
    monkeypatch.chdir(folder)
    assert open_results() == opened
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(STUDY, str(folder))
    monkeypatch.setenv(PROFILE, "partners")
    monkeypatch.setenv(PAIR, "B")
    assert open_results() == replace(opened, profile="partners", pair="B", guards=frozenset())
    assert for_readers(opened.study, "internal", "A") == Results(opened.study, "internal", "A")
    monkeypatch.setenv(PROFILE, "pubic")
    with pytest.raises(BuddyError, match=r"^profile 'pubic' is not known; did you mean 'public'"):
        open_results()
    (folder / "data" / "processed" / "guards.json").unlink()
    assert for_readers(opened.study, "public").guards == frozenset()
