"""What boards and teams keep, row by row, as the team, the boards of a pair and the public may have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from buddy_eval.disclose import kept
from buddy_eval.disclose.results import Results
from invented_results import Rows, cells, invented, pairs

NAMES = ("A", "B", "C", "D")


def readers(folder: Path, **tables: Any) -> tuple[Results, Results, Results, Results]:
    """The team, the team about pair A, its boards, and the public; four pairs with these tables."""
    team = invented(folder, "internal", {"pairs": pairs(*NAMES), **tables})
    boards = replace(team, profile="partners", pair="A")
    return team, replace(team, pair="A"), boards, replace(team, profile="public")


@pytest.mark.parametrize(
    ("name", "post"),
    [
        ("Chief nurse", True),
        ("CHIEF NURSE", True),
        ("Chief executive’s office; the board", True),
        ("Chief executive's office", True),
        ("Director of Nursing/Medical Director (interim), non-executive & chair", True),
        ("Chief nurse Quill", False),
        ("A. Quill", False),
        ("chief nurse.", False),
        ("", False),
        (" , ", False),
    ],
)
def test_a_post_is_nothing_but_words_of_posts(tmp_path: Path, name: str, post: bool) -> None:
    assert kept.is_post(name) is post
    team, _, boards, public = (Results(None, profile) for profile in ("internal", "", "partners", "public"))  # type: ignore[arg-type]
    assert kept.owner(name, team) == name
    assert kept.owner(name, boards) == kept.owner(name, public) == (name if post else "an owner")


def answer(question: str, owner: str | None) -> dict[str, Any]:
    row = {"pair": "A", "side": "receiver", "wave": 1, "member": "board", "question": question, "status": "answered"}
    return {**row, "rating": 1, "evidenced": False, "owner_role": owner}


def action(name: str, pair: str, state: str = "due", owner: str = "chair") -> dict[str, Any]:
    row = {"action": name, "pair": pair, "what": "x", "owner_role": owner, "agreed": "2025-01-01", "due": "2025-09-01"}
    return {**row, "state": state, "as_at": "2025-06-01"}


def test_owners_of_answers_and_of_actions_that_are_no_posts_are_known_by_name(tmp_path: Path) -> None:
    answers = [answer("1", "Chair"), answer("2", None), answer("3", "A. Quill")]
    actions = [action("1", "A", owner="B. Quill"), action("2", "A"), action("3", "B", owner="A. Quill")]
    team = readers(tmp_path, board_answers=answers, actions=actions)[0]
    assert kept.unnamed_owners(team.study) == {"A. Quill", "B. Quill"}


def test_actions_are_counted_by_state_of_ones_own_pairs_and_for_the_public_of_three(tmp_path: Path) -> None:
    states = {"1": ("A", "done"), "2": ("A", "due"), "3": ("B", "overdue"), "4": ("B", "due"), "5": ("C", "dropped")}
    rows = [action(name, pair, state) for name, (pair, state) in states.items()]
    team, ours, boards, public = readers(tmp_path / "three", action_states=rows)
    everybody = {"overdue": 1, "due": 2, "dropped": 1, "done": 1}
    assert list(kept.action_counts(team).items()) == list(everybody.items())
    assert list(kept.action_counts(public).items()) == list(everybody.items())
    for who in (ours, boards):
        assert list(kept.action_counts(who).items()) == [("due", 1), ("done", 1)]
        assert list(kept.own(who, "action_states")["action"]) == ["1", "2"]
    assert [kept.pairs_with(who, "action_states") for who in (public, boards)] == [3, 3]
    team, _, _, public = readers(tmp_path / "two", action_states=rows[:4])
    assert kept.pairs_with(public, "action_states") == 0
    assert kept.action_counts(public).empty
    assert kept.action_counts(team).sum() == 4


def staffed(pair: str, side: str, month: str, *wte: float | None) -> dict[str, Any]:
    needed, planned, actual = wte
    row = {"pair": pair, "side": side, "month": f"2025-{month}-01", "n": 1}
    return {**row, "needed": needed, "planned": planned, "actual": actual, "planned_known": planned}


def test_staff_of_a_month_is_summed_over_the_pairs_that_may_be_shown_and_what_nobody_wrote_is_missing(
    tmp_path: Path,
) -> None:
    months = [staffed("A", "receiver", "01", 1, 2, None), staffed("B", "receiver", "01", 4, None, None)]
    months += [staffed("A", "supporter", "01", 1, 1, 1), staffed("A", "receiver", "02", 2, 2, 1.5)]
    january, february = pd.Timestamp("2025-01-01"), pd.Timestamp("2025-02-01")
    team, ours, boards, public = readers(tmp_path, capacity_months=months)
    rest = [["receiver", february, 2, 2, 1.5], ["supporter", january, 1, 1, 1]]
    made = kept.staff_months(team)
    assert list(made) == ["side", "month", "needed", "planned", "actual"]
    assert cells(made) == [["receiver", january, 5, 2, None], *rest]
    assert cells(kept.staff_months(ours)) == cells(kept.staff_months(boards))
    assert cells(kept.staff_months(boards)) == [["receiver", january, 1, 2, None], *rest]
    assert kept.staff_months(public).empty


@pytest.mark.parametrize(
    ("pair", "resource", "amounts", "missing"),
    [
        ("A", "staff", (None, 1, 1), True),
        ("A", "staff", (1, None, 1), True),
        ("A", "staff", (1, 1, None), True),
        ("A", "staff", (1, 1, 1), False),
        ("A", "money", (None, 1, 1), False),
        ("B", "staff", (None, 1, 1), False),
    ],
)
def test_an_amount_of_staff_that_nobody_wrote_down_is_said_to_be_missing(
    tmp_path: Path, pair: str, resource: str, amounts: tuple[float | None, ...], missing: bool
) -> None:
    row: dict[str, Any] = {
        "pair": pair,
        "side": "receiver",
        "stage": "running",
        "resource": resource,
        "what": "x",
        "state": "running",
    }
    row |= {"start": "2025-01-01", **dict(zip(("needed", "planned", "actual"), amounts, strict=True))}
    full = {**row, "pair": "A", "resource": "staff", "what": "y", **dict.fromkeys(("needed", "planned", "actual"), 1.0)}
    boards = readers(tmp_path, contributions=[row, full])[2]
    assert kept.unwritten(boards) is missing


def figure(pair: str, wave: int, value: float | None, strand: str = "capacity", **other: Any) -> dict[str, Any]:
    row = {"pair": pair, "side": "receiver", "wave": wave, "value": value, "strand": strand, "measure": "m"}
    return {**row, "theme": "capacity", "n": 42, "n_pairs": 4, **other}


def test_the_public_reads_of_capacity_the_mean_of_pairs_known_in_every_round_in_tenths(tmp_path: Path) -> None:
    """Of the supporters only two pairs are known in both rounds; D of the receivers is known in one."""
    values: dict[tuple[str, str], tuple[float | None, float | None]] = {
        ("A", "receiver"): (0.5, 0.7), ("B", "receiver"): (0.6, 0.8), ("C", "receiver"): (0.84, 0.96),
        ("D", "receiver"): (3.0, None), ("A", "supporter"): (1, 1), ("B", "supporter"): (1, 1),
        ("C", "supporter"): (1, None), ("all", "receiver"): (0.9, 0.9),
    }  # fmt: skip
    rows = [
        figure(pair, n, value, side=side) for (pair, side), both in values.items() for n, value in enumerate(both, 1)
    ]
    rows.append(figure("A", 1, 3.5, "survey"))
    team, ours, boards, public = readers(tmp_path, by_round=rows)
    made = kept.staff_shares(public)
    assert list(made) == ["side", "wave", "value", "n_pairs"]
    assert cells(made.round(9)) == [["receiver", 1, 0.6, 3], ["receiver", 2, 0.8, 3]]
    assert cells(kept.staff_shares(team)) == [["receiver", 1, 0.9, 4], ["receiver", 2, 0.9, 4]]
    for who in (ours, boards):
        assert cells(kept.staff_shares(who)) == [
            ["receiver", 1, 0.5, 4], ["receiver", 2, 0.7, 4], ["supporter", 1, 1, 4], ["supporter", 2, 1, 4],
        ]  # fmt: skip


BEFORE = {"wave_before": 1, "value_before": 3.0, "change": 0.5}
FIGURES = [
    figure("all", 2, 3.5, "survey", n_before=9, **BEFORE),
    figure("all", 3, 3.6, "survey", n_before=10, **BEFORE),
    figure("all", 4, 3.7, "survey", n=9),
    figure("all", 5, 3.7, "survey", n_pairs=3, n=13),
    figure("all", 6, 3.7, "survey", n_pairs=2),
    figure("all", 1, 0.5, "boards", n=3, n_before=3, **BEFORE),
    figure("all", 1, 0.5, "interviews"),
    figure("all", 1, 0.5),
    figure("A", 1, 3.1, "survey"),
    figure("A", 1, 0.25, "boards", n=4, n_pairs=1),
    figure("B", 1, 0.75, "boards", n=4, n_pairs=1),
]


def test_rounds_are_read_outside_of_survey_and_boards_where_enough_stand_behind_them(tmp_path: Path) -> None:
    team, ours, boards, public = readers(tmp_path, by_round=FIGURES)
    columns = ("strand", "wave", "n", "wave_before", "n_before", "value_before", "change")
    assert list(kept.figures(public)) == list(kept.figures(team)) == list(team.table("by_round"))
    few = [None, None, None, None]
    board = ["boards", 1, 3, 1, 3, 3.0, 0.5]
    assert cells(kept.figures(public), *columns) == [
        board, ["survey", 2, 40, *few], ["survey", 3, 40, 1, 10, 3.0, 0.5], ["survey", 5, 15, *few],
    ]  # fmt: skip
    assert cells(kept.figures(team), *columns) == [
        board, ["interviews", 1, 42, *few], ["survey", 2, 42, 1, 9, 3.0, 0.5], ["survey", 3, 42, 1, 10, 3.0, 0.5],
        ["survey", 4, 9, *few], ["survey", 5, 13, *few], ["survey", 6, 42, *few],
    ]  # fmt: skip
    assert cells(kept.figures(boards), "strand", "n", "value") == [["boards", 4, 0.25], ["survey", 40, 3.1]]
    assert cells(kept.figures(ours), "strand", "n", "value") == [["boards", 4, 0.25], ["survey", 42, 3.1]]
    assert kept.figures(replace(public, pair="A")).empty


def test_who_was_told_is_summed_and_boards_read_where_enough_say_so_and_enough_do_not(tmp_path: Path) -> None:
    same = {"side": "receiver", "kind": "survey", "measure": "M1", "no": 3, "n": 40}
    counted = {1: (40, 7), 2: (40, 8), 3: (40, 33), 4: (40, 32), 5: (9, 1)}
    rows: Rows = [{**same, "pair": "A", "wave": wave, "n": n, "yes": yes} for wave, (n, yes) in counted.items()]
    rows += [{**same, "pair": "B", "wave": 1, "yes": 20}, {**rows[1], "kind": "interview"}]
    team, ours, boards, public = readers(tmp_path, told=rows)
    made = kept.told_of(team)
    assert list(made) == ["side", "wave", "kind", "measure", "n", "yes", "no"]
    assert cells(made, "wave", "kind", "n", "yes", "no") == [
        [1, "survey", 80, 27, 6], [2, "interview", 40, 8, 3], [2, "survey", 40, 8, 3], [3, "survey", 40, 33, 3],
        [4, "survey", 40, 32, 3], [5, "survey", 9, 1, 3],
    ]  # fmt: skip
    assert len(kept.told_of(ours)) == 6
    assert cells(kept.told_of(boards)) == [
        ["receiver", 2, "survey", "M1", 40, 8, None], ["receiver", 4, "survey", "M1", 40, 32, None],
    ]  # fmt: skip
    assert kept.told_of(boards)["no"].dtype == made["no"].dtype
    assert kept.told_of(public).empty


@pytest.mark.parametrize(("names", "told"), [("ABC", 3), ("AB", 0)])
def test_the_public_hears_in_how_many_pairs_a_group_was_told_before_a_round(
    tmp_path: Path, names: str, told: int
) -> None:
    sent = {"side": "receiver", "told": "staff", "n": 5, "channels": "x", "n_heard": 0}
    sent |= {"first": "2025-01-01", "last": "2025-01-01"}
    rows: Rows = [{**sent, "pair": pair, "wave": 1} for pair in names]
    rows += [{**sent, "pair": "A", "wave": 2, "told": "board"}, {**sent, "pair": "A", "wave": None}]
    made = kept.pairs_told(readers(tmp_path, reach=rows)[3])
    assert list(made) == ["told", "side", "wave", "n_pairs"]
    assert cells(made) == [["board", "receiver", 2, 1], ["staff", "receiver", 1, 3]][: 2 * bool(told)]
