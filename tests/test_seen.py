"""Figures beside the counts of people, as the team, the boards of a pair and the public read them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from invented_results import Rows, cells, interviews, invented, pairs

ABC = pairs("A", "B", "C")


def readers(folder: Path, **tables: Any) -> tuple[Results, Results, Results, Results]:
    """The team, the team about pair A, its boards, and the public; three pairs with these tables."""
    team = invented(folder, "internal", {"pairs": ABC, **tables})
    boards = replace(team, profile="partners", pair="A")
    return team, replace(team, pair="A"), boards, replace(team, profile="public")


def returned(pair: str, side: str, wave: int, *n: int, view: str = "theme", heading: str = "culture") -> dict[str, Any]:
    """What a board answered: questions, rated, in place, not applicable, not known, lowest, highest."""
    names = ("n_questions", "n_rated", "in_place", "not_applicable", "dont_know", "lowest", "highest")
    return {
        "view": view,
        "heading": heading,
        "pair": pair,
        "side": side,
        "wave": wave,
        **dict(zip(names, n, strict=True)),
    }


RETURNS = [
    returned("A", "receiver", 1, 9, 9, 9, 0, 0, 0, 0),
    returned("A", "receiver", 2, 8, 6, 3, 1, 1, 1, 4),
    returned("A", "receiver", 2, 4, 3, 2, 1, 0, 2, 2, heading="capacity"),
    returned("A", "supporter", 2, 7, 5, 2, 2, 0, 2, 3),
    returned("B", "receiver", 2, 8, 7, 4, 0, 1, 0, 3),
    returned("B", "receiver", 2, 3, 3, 3, 0, 0, 3, 3, view="source"),
]


def test_boards_are_read_in_their_latest_wave_by_side_for_themselves_and_together_for_the_public(
    tmp_path: Path,
) -> None:
    team, ours, boards, public = readers(tmp_path, readiness=RETURNS)
    capacity = ["capacity", "receiver", 2, 1, 4, 3, 2, 1, 0, 2, 2, 2]
    supporter = ["culture", "supporter", 2, 1, 7, 5, 2, 2, 0, 2, 3, 2]
    one = [capacity, ["culture", "receiver", 2, 1, 8, 6, 3, 1, 1, 1, 4, 2], supporter]
    made = seen.board_readiness(team, "theme")
    assert list(made) == [
        "heading", "side", "wave", "boards", "n_questions", "n_rated", "in_place", "not_applicable", "dont_know",
        "lowest", "highest", "n_waves",
    ]  # fmt: skip
    assert cells(made) == [capacity, ["culture", "receiver", 2, 2, 8, 13, 7, 1, 2, 0, 4, 2], supporter]
    assert cells(seen.board_readiness(ours, "theme")) == cells(seen.board_readiness(boards, "theme")) == one
    assert cells(seen.board_readiness(public, "theme")) == [
        ["capacity", 2, 1, 4, 3, 2, 1, 0, 2, 2, 2], ["culture", 2, 3, 8, 18, 9, 3, 2, 0, 4, 2],
    ]  # fmt: skip
    assert cells(seen.board_readiness(public, "source")) == [["culture", 2, 1, 3, 3, 3, 0, 0, 3, 3, 2]]
    assert seen.board_readiness(readers(tmp_path / "none")[3], "theme").empty
    assert cells(seen.in_place_by_board(boards)) == [["supporter", 2, 5], ["receiver", 5, 9]]
    later = [*RETURNS, *(returned("A", "supporter", 3, 7, 6, 6, 0, 0, 0, 0, view=view) for view in ("theme", "source"))]
    assert cells(seen.in_place_by_board(readers(tmp_path / "later", readiness=later)[2])) == [
        ["supporter", 6, 6], ["receiver", 5, 9],
    ]  # fmt: skip


def test_what_boards_have_open_is_counted_for_themselves(tmp_path: Path) -> None:
    asked = {"place": 1, "theme": "culture", "reason": "x", "wave": 1, "status": "answered", "open": True}
    rows: Rows = [
        {**asked, "pair": "A", "question": "1", "side": "receiver", "owner_role": "chair", "review_date": "2026-03-01"},
        {**asked, "pair": "A", "question": "2", "side": "receiver", "owner_role": None, "review_date": "2026-02-01"},
        {**asked, "pair": "A", "question": "3", "side": "receiver", "owner_role": None, "review_date": None},
        {**asked, "pair": "A", "question": "4", "side": "receiver", "open": False},
        {**asked, "pair": "A", "question": "1", "side": "supporter"},
        {**asked, "pair": "B", "question": "1", "side": "receiver"},
    ]
    team, ours, boards, public = readers(tmp_path, agenda=rows)
    made = seen.open_by_board(boards)
    assert list(made) == ["pair", "side", "n_open", "n_owned", "n_dated", "next_date"]
    own = [["A", "receiver", 3, 1, 2, pd.Timestamp("2026-02-01")], ["A", "supporter", 1, 0, 0, None]]
    assert cells(made) == cells(seen.open_by_board(ours)) == own
    assert cells(seen.open_by_board(team)) == [*own, ["B", "receiver", 1, 0, 0, None]]
    assert seen.open_by_board(public).empty


def point(ods: str, month: int, signal: str, indicator: str = "Falls") -> dict[str, Any]:
    same: dict[str, Any] = {"direction": "neither", **dict.fromkeys(("centre", "lower", "upper"), 1.0)}
    return {"ods": ods, "indicator": indicator, "period": f"2024-{month:02d}-01", "signal": signal, **same}


def test_of_a_chart_the_last_month_is_read_and_the_public_reads_of_trusts_of_three_pairs(tmp_path: Path) -> None:
    """Of falls trusts of all three pairs are known, of waits those of two and one that is in no pair."""
    rows = [point("RA", 1, "change"), point("RA", 2, "concern"), point("SA", 1, "concern")]
    rows += [
        point("SB", 3, "common_cause"),
        point("RC", 1, "improvement"),
        *(point(ods, 1, "change", "Waits") for ods in ("RA", "SA", "RB", "X")),
    ]
    charts: Rows = [
        {"ods": ods, "indicator": "Falls", "n": 9, "n_missing": 0, "any_signal": True, "last_signal": True}
        for ods in ("RA", "SB", "X")
    ]
    charts = [{**row, "by_chance_any": 0.1, "by_chance_last": 0.1, "alike": False} for row in charts]
    both: Rows = [ABC[0], {**ABC[1], "supporter": None}, {**ABC[2], "supporter": "SB"}]
    team, ours, boards, public = readers(tmp_path, signals=rows, charts=charts)
    assert cells(seen.last_months(team), "ods", "period", "indicator", "n_months") == [
        ["RA", pd.Timestamp("2024-02-01"), "Falls", 2], ["RC", pd.Timestamp("2024-01-01"), "Falls", 1],
        ["SA", pd.Timestamp("2024-01-01"), "Falls", 1], ["SB", pd.Timestamp("2024-03-01"), "Falls", 1],
        *([ods, pd.Timestamp("2024-01-01"), "Waits", 1] for ods in ("RA", "RB", "SA", "X")),
    ]  # fmt: skip
    assert cells(seen.last_months(boards), "ods", "indicator") == cells(seen.last_months(ours), "ods", "indicator")
    assert cells(seen.last_months(boards), "ods", "indicator", "signal") == [
        ["RA", "Falls", "concern"], ["SA", "Falls", "concern"], ["RA", "Waits", "change"], ["SA", "Waits", "change"],
    ]  # fmt: skip
    assert seen.trusts_by_signal(team).reset_index().to_dict("list") == {
        "indicator": ["Falls", "Waits"],
        **{"improvement": [1, 0], "concern": [2, 0], "change": [0, 4], "common_cause": [1, 0]},
    }  # fmt: skip
    assert seen.trusts_by_signal(public).reset_index().to_dict("list") == {
        "indicator": ["Falls"], "improvement": [1], "concern": [2], "common_cause": [1],
    }  # fmt: skip
    assert seen.trusts_by_signal(team).columns.name is None
    assert seen.trusts_by_signal(readers(tmp_path / "none")[3]).empty
    known = [list(seen.charts(who)["ods"]) for who in (team, ours, boards, public)]
    assert known == [["RA", "SB", "X"], ["RA"], ["RA"], ["RA", "SB", "X"]]
    assert seen.trusts(boards) == {"RA", "SA"}
    assert seen.trusts(public) == set()
    shared = readers(tmp_path / "shared", pairs=both, signals=rows)
    assert seen.trusts(shared[0]) == {"SA", "RA", "RB", "SB", "RC"}
    assert len(seen.trusts_by_signal(shared[3])) == 0  # of two pairs: A and C


def heard(side: str, codes: str, k: int, chao: float = 9.6) -> dict[str, Any]:
    return {"side": side, "codes": codes, "k": k, "expected": 9.0, "new": 0.1, "heard": 9, "chao": chao}


def test_saturation_is_told_outside_of_sides_of_enough_people_in_round_numbers(tmp_path: Path) -> None:
    curve = [*(heard("all", "all", k) for k in (1, 18)), *(heard("receiver", "all", k) for k in (1, 11))]
    curve += [heard("receiver", "inductive", 11), heard("supporter", "all", 7, 12.2)]
    flow = {"kind": "interview", "pair": "A", "side": "receiver", "role": "board", "wave": 1, "took_part": 12}
    flow |= dict.fromkeys(("answered", "missing", "not_applicable", "dont_know"), 0)
    team, ours, boards, public = readers(tmp_path, saturation=curve, flow=[flow])
    columns = ("side", "codes", "k", "expected", "new", "heard", "chao")
    assert cells(seen.saturation(team), *columns) == [
        ["all", "all", 18, 9.0, 0.1, 9, 9.6], ["receiver", "all", 11, 9.0, 0.1, 9, 9.6],
        ["receiver", "inductive", 11, 9.0, 0.1, 9, 9.6], ["supporter", "all", 7, 9.0, 0.1, 9, 12.2],
    ]  # fmt: skip
    assert cells(seen.saturation(public), *columns) == [
        ["all", "all", 20, 9.0, None, 9, 10.0], ["receiver", "all", 10, 9.0, None, 9, 10.0],
        ["receiver", "inductive", 10, 9.0, None, 9, 10.0],
    ]  # fmt: skip
    assert seen.saturation(public)["new"].dtype == "float64"
    assert [seen.people("saturation supporter all", who) for who in (team, ours, boards, public)] == [7, 7, None, None]
    assert [seen.people("interview", who) for who in (team, public)] == [12, 10]
    assert seen.people("survey", team) is None


def test_who_speaks_against_most_is_told_outside_without_the_person_where_most_are_counted(tmp_path: Path) -> None:
    """Of the receivers 18 are hindered by culture and 2 are not; of evaluation 12 are, and 8 are neutral."""
    said: list[tuple[str, str, str, str, str | None]] = [("R99", "B", "receiver", "CR1", "barrier")]
    for n in range(20):
        said.append((f"R{n:02d}", "A", "receiver", "CB1", "barrier" if n < 18 else "enabler"))
        said.append((f"R{n:02d}", "A", "receiver", "EL1", "barrier" if n < 12 else "neutral"))
    rest = {"pair": "A", "side": "receiver", "n_main": 18, "n_people": 20}
    cases = [
        {**rest, "theme": "culture", "participant": person, "direction": "enabler", "main": "barrier"}
        for person in ("R18", "R19")
    ]
    cases += [{**cases[0], "theme": "evaluation", "participant": person} for person in ("R12", "R19")]
    cases.append({**cases[0], "side": "supporter"})
    team, ours, boards, public = readers(tmp_path, negative_cases=cases, **interviews(said))
    assert len(seen.negative_cases(team)) == 5
    assert list(seen.negative_cases(team)) == list(team.table("negative_cases"))
    told = seen.negative_cases(public)
    assert list(told) == ["theme", "side", "main"]
    assert cells(told) == [["evaluation", "receiver", "barrier"]]
    assert seen.negative_cases(ours).empty
    assert seen.negative_cases(boards).empty
    assert cells(seen.negative_cases(readers(tmp_path / "none")[3])) == []


def test_rows_of_single_people_codes_and_machines_are_for_the_team(tmp_path: Path) -> None:
    matrix: dict[str, Any] = {"side": "receiver", "theme": "culture", "code": "CB1", "cell": "raised"}
    matrix |= {"n_participants": 2, "n_asked": 2, "n_interviewed": 2}
    rows = [
        {**matrix, "pair": "A"},
        {**matrix, "pair": "B"},
        {**matrix, "pair": "A", "code": "CR1", "theme": "capacity"},
    ]
    counted: dict[str, Any] = {"code": "CB1", "theme": "culture", "n_asked": 9, "n_mentions": 9}
    counted |= dict.fromkeys(("enabler", "barrier", "mixed", "neutral", "unrecorded"), 1)
    codes = [{**counted, "side": side, "n_participants": n} for side, n in (("all", 3), ("receiver", 2))]
    codes.append({**codes[0], "code": "CR1", "theme": "capacity"})
    suggested = {"machine": "lexicon", "n_units": 9, "n_human": 9, "n_machine": 9, "n_both": 9}
    levels = [{**suggested, "level": "theme", "code": "culture"}, {**suggested, "level": "code", "code": "CB1"}]
    decided = [{"decided_by": "consensus", "n_codes": 9, "share": 1.0}]
    team, ours, boards, public = readers(
        tmp_path, framework=rows, code_counts=codes, machine=levels, consensus_basis=decided
    )
    whole = [team, ours, boards, public]
    assert [list(seen.framework(who, "culture")["pair"]) for who in whole] == [["A", "B"], ["A"], [], []]
    assert [seen.code_totals(who, "culture")["n_participants"].to_dict() for who in whole] == [{"CB1": 3}] * 2 + [
        {}
    ] * 2
    assert [len(seen.machine(who)) for who in whole] == [2, 2, 1, 1]
    assert list(seen.machine(public)["code"]) == ["culture"]
    assert [len(seen.of_team(who, "consensus_basis")) for who in whole] == [1, 1, 0, 0]
    assert list(seen.of_team(public, "consensus_basis")) == ["decided_by", "n_codes", "share"]


def test_of_a_split_side_the_camps_are_for_the_team(tmp_path: Path) -> None:
    row = {"pair": "A", "side": "receiver", "wave": 1, "theme": "culture", "n": 39, "mean": 3.0, "split": True}
    team, _, boards, public = readers(tmp_path, within=[{**row, "low": 12, "middle": 12, "high": 15}])
    columns = ("mean", "n", "low", "middle", "high")
    assert cells(seen.means(team), *columns) == [[3.0, 39, 12, 12, 15]]
    assert cells(seen.means(boards), *columns) == [[3.0, 40, None, None, None]]
    assert seen.means(public).empty


def test_of_an_item_the_share_that_few_left_out_is_for_the_team(tmp_path: Path) -> None:
    about = {"theme": "culture", "missing": 0, "not_applicable": 0, "dont_know": 0, "scored": True, "n": 40}
    rows = [
        {**about, "item": f"C{left:02d}", "wave": wave, "side": side, "answered": 40 - left}
        for left in (0, 1, 7, 8)
        for wave, side in ((1, "receiver"), (2, "receiver"), (2, "all"))
    ]
    rows.append({**about, "item": "C99", "wave": 2, "side": "supporter", "n": 9, "answered": 1})
    team, _, boards, public = readers(tmp_path, item_quality=rows)
    columns = ("item", "wave", "side", "n", "unanswered")
    exact = [[f"C{left:02d}", 2, "receiver", 40, left / 40] for left in (0, 1, 7, 8)]
    assert cells(seen.item_quality(team), *columns) == [*exact, ["C99", 2, "supporter", 9, 8 / 9]]
    few = [[*row[:4], None] if row[0] in ("C01", "C07") else row for row in exact]
    assert cells(seen.item_quality(public), *columns) == cells(seen.item_quality(boards), *columns) == few


def test_answers_are_shared_out_after_turning_round_where_enough_people_gave_them(tmp_path: Path) -> None:
    """Ten receivers of A answer two items of culture, one of them reversed; nine supporters of B answer one."""
    item = {"wording": "x", "kind": "survey", "position": 1, "reversed": False}
    items: Rows = [{**item, "item": name, "theme": "culture", "reversed": name == "C2"} for name in ("C1", "C2")]
    items.append({**item, "item": "X", "theme": None})
    rows: Rows = []

    def answer(person: str, pair: str, side: str, name: str, value: int | None, wave: int = 2) -> None:
        row = {"participant": person, "pair": pair, "side": side, "role": "board", "wave": wave, "item": name}
        rows.append({**row, "answer": value, "status": "answered" if value else "missing"})

    for n in range(10):
        answer(f"R{n}", "A", "receiver", "C1", 1 if n < 4 else 5)
        answer(f"R{n}", "A", "receiver", "C2", 2)
        answer(f"R{n}", "A", "receiver", "X", 3)
        answer(f"R{n}", "A", "receiver", "C1", 3, wave=1)
        answer(f"E{n}", "A", "external", "C1", None)
    for n in range(9):
        answer(f"S{n}", "B", "supporter", "C1", 3)
        answer(f"S{n}", "B", "supporter", "C2", 3)
    answer("S0", "B", "supporter", "C1", None, wave=3)
    team, ours, boards, public = readers(tmp_path, items=items, responses=rows)
    made = seen.answer_shares(team)
    assert list(made) == [1, 2, 3, 4, 5]
    assert made.index.tolist() == [("culture", "receiver"), ("culture", "supporter")]
    assert cells(made) == [[20, 0, 0, 50, 30], [0, 0, 100, 0, 0]]
    for who in (ours, boards, public):
        assert cells(seen.answer_shares(who)) == [[20, 0, 0, 50, 30]]
    assert seen.answer_shares(replace(boards, pair="B")).empty


@pytest.mark.parametrize(("whole", "rows"), [(True, 6), (False, 5)])
def test_directions_are_drawn_outside_of_themes_that_enough_raised_where_half_are_whole(
    tmp_path: Path, whole: bool, rows: int
) -> None:
    """Of twenty receivers all speak of culture, eight of capacity, half against half of others, seven of regulation.

    A supporter speaks of culture alone.
    """
    said: list[tuple[str, str, str, str, str | None]] = [("S1", "A", "supporter", "CB1", "mixed")]
    for n in range(20):
        said.append((f"R{n:02d}", "A", "receiver", "CB1", "barrier"))
        for code in ("EL1", "CV1")[: 1 + whole]:
            said += [(f"R{n:02d}", "A", "receiver", code, "enabler" if n < 4 else "barrier")] * (n < 8)
        said += [(f"R{n:02d}", "A", "receiver", "CR1", "barrier" if whole or n < 5 else "mixed")] * (n < 8)
        said += [(f"R{n:02d}", "A", "receiver", "RG1", "barrier")] * (n < 7)
    team, _, boards, public = readers(tmp_path, **interviews(said))
    assert list(seen.directions(team)) == ["enabler", "barrier", "mixed", "neutral"]
    assert len(seen.directions(team)) == rows
    drawn = [[0, 20, 0, 0], [0, 10, 0, 0]] if whole else []
    assert cells(seen.directions(public)) == cells(seen.directions(boards)) == drawn
    assert list(seen.directions(public).index.get_level_values("theme")) == ["culture", "capacity"][: len(drawn)]
    assert seen.directions(readers(tmp_path / "none")[3]).empty


def test_what_reading_did_is_summed_outside_without_rows_and_few_comments(tmp_path: Path) -> None:
    log = [
        {"file": file, "item": item, "action": action, "n": n}
        for file, item, action, n in (
            ("a", "comments", "read", 6), ("b", "comments", "read", 12), ("b", "comments", "left out", 7),
            ("a", "turns", "read", 7), ("b", "turns", "read", 12), ("a", "questions", "read", 3),
            ("a", "rows", "read", 90),
        )
    ]  # fmt: skip
    wrote = [
        {"theme": "culture", "group": group, "n_comments": n, "n_suggested": 0}
        for group, n in (("receiver", 18), ("all", 25))
    ]
    team, _, boards, public = readers(tmp_path, imports=log)
    inside = seen.reading(team)
    assert list(inside) == list(team.table("imports"))
    assert (len(inside), set(inside["reason"])) == (7, {""})
    columns = ("file", "item", "action", "n", "reason")
    summed = [["all files", "questions", "read", 3, ""], ["all files", "turns", "read", 19, ""]]
    comments = [["all files", "comments", "read", 20, ""]]
    assert cells(seen.reading(public), *columns) == cells(seen.reading(boards), *columns) == [*comments, *summed]
    few = readers(tmp_path / "few", imports=log, comment_counts=wrote)[3]
    assert cells(seen.reading(few), *columns) == summed
