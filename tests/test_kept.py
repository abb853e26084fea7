"""What boards and teams keep: shortfalls, staff by month, who was told before which round, where actions stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import team_study
from buddy_eval.analyse import kept
from buddy_eval.pipeline import run as pipeline
from buddy_eval.schemas import clean, conform, empty
from buddy_eval.study.settings import load_study

NAMED = {schema.name: schema for schema in clean.TABLES}
ROUNDS = conform(pd.DataFrame({"wave": [1, 2], "opens": pd.to_datetime(["2025-06-01", "2026-06-01"])}), NAMED["rounds"])


def given(*rows: dict[str, object]) -> pd.DataFrame:
    """Contributions of staff, each with what differs from one whole-time equivalent planned and given."""
    same: dict[str, object] = {
        "pair": "P1",
        "side": "supporter",
        "stage": "running",
        "resource": "staff",
        "what": "coach",
    }
    same |= {"needed": None, "planned": 1.0, "actual": 1.0, "end": None}
    frame = pd.DataFrame([{**same, "what": f"post {place}", **row} for place, row in enumerate(rows)])
    dates = {name: pd.to_datetime(frame[name]) for name in ("start", "end")}
    return conform(frame.assign(**dates), NAMED["capacity"])


def agreed(*rows: dict[str, object]) -> pd.DataFrame:
    same = {"pair": "P1", "theme": "culture", "what": "a visit", "owner_role": "chair", "due": "2025-09-01"}
    frame = pd.DataFrame([{"action": f"A{place}", **same, **row} for place, row in enumerate(rows)])
    dates = [name for name in ("agreed", "due", "done", "dropped") if name in frame]
    return conform(frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates}), NAMED["actions"])


def test_staff_of_a_month_are_the_most_on_one_day_and_what_was_given_ends_with_the_last_day() -> None:
    capacity = given(
        {"start": "2025-06-16", "end": "2025-08-31", "needed": 2.0, "actual": 0.5},
        {"start": "2025-07-01", "end": "2025-07-31", "actual": None},
        {"start": "2025-06-01", "end": "2025-06-30", "resource": "money", "planned": 9000.0},
    )
    months: Any = kept.capacity_months(capacity, pd.Timestamp("2025-07-15")).set_index("month")
    assert months["needed"].tolist() == [2.0, 2.0, 2.0]  # of June half, and there all the same
    assert months["planned"].tolist() == [1.0, 2.0, 1.0]
    assert months["actual"].iloc[:2].tolist() == [0.5, 0.5]
    assert pd.isna(months["actual"].iloc[2])  # August is still to come
    assert months["planned_known"].iloc[:2].tolist() == [1.0, 1.0]  # nobody wrote down what the second gave
    assert months["n"].tolist() == [1, 2, 1]


def test_who_takes_over_within_a_month_is_not_added_and_who_comes_and_goes_in_it_is_there() -> None:
    capacity = given(
        {"start": "2025-06-01", "end": "2025-06-14"},
        {"start": "2025-06-15", "end": "2025-07-03"},
        {"start": "2025-07-05", "end": "2025-07-09", "planned": 3.0},
    )
    months: Any = kept.capacity_months(capacity, pd.Timestamp("2025-07-31")).set_index("month")
    assert months["planned"].tolist() == [1.0, 3.0]
    assert months["n"].tolist() == [2, 2]


def test_what_goes_on_lasts_to_the_end_of_the_month_that_was_last_written_about() -> None:
    months: Any = kept.capacity_months(given({"start": "2025-06-01"}), pd.Timestamp("2025-07-02"))
    assert months["planned"].tolist() == [1.0, 1.0]


def test_a_shortfall_is_of_what_is_needed_not_of_what_was_planned() -> None:
    short = kept.shortfalls(given({"start": "2025-05-01", "needed": 2.0, "planned": 1.5, "actual": 1.0}))
    assert short["short"].tolist() == [1.0]


def test_a_contribution_says_how_far_it_falls_short_in_which_round_it_begins_and_whether_it_runs() -> None:
    capacity = given(
        {"start": "2025-05-01", "end": "2025-06-30", "needed": 3.0, "planned": 2.0, "actual": 1.5},
        {"start": "2025-06-01"},
        {"start": "2026-06-02", "actual": None},
    )
    found: Any = kept.contributions(capacity, ROUNDS, pd.Timestamp("2026-06-01")).set_index("what")
    assert found["state"].tolist() == ["ended", "running", "to_come"]
    assert found["wave"].tolist() == [pd.NA, 1, 2]
    assert found.loc["post 0", ["short_planned", "short_given"]].tolist() == [1.0, 0.5]
    assert found.loc[["post 1", "post 2"], "short_planned"].isna().all()  # nobody wrote down what is needed
    assert pd.isna(found.loc["post 2", "short_given"])


def test_a_message_counts_for_the_round_that_asked_after_it() -> None:
    days = pd.to_datetime(["2025-05-01", "2025-06-01", "2025-06-02", "2026-07-01"])
    messages = pd.DataFrame({"day": days, "channel": ["letter", "brief", "brief", "brief"], "message": list("abcd")})
    messages = messages.assign(
        pair="P1", side="receiver", told="staff", heard_back=pd.Series(["a question", *[None] * 3], dtype="str")
    )
    found: Any = kept.reach(conform(messages, NAMED["communications"]), ROUNDS)
    assert found["wave"].tolist() == [1, 2, pd.NA]
    assert found["n"].tolist() == [2, 1, 1]
    assert found["channels"].tolist() == ["brief;letter", "brief", "brief"]
    assert found["n_heard"].tolist() == [1, 0, 0]


def test_an_action_stands_where_its_days_say_on_the_last_day_written_down() -> None:
    actions = agreed(
        {"agreed": "2025-06-01", "done": "2025-10-01"},
        {"agreed": "2025-05-31", "dropped": "2025-08-01", "reason": "no post"},
        {"agreed": "2025-06-02"},
        {"agreed": "2026-06-03", "due": "2026-06-03"},
    )
    day = kept.last_day(ROUNDS, {1, 2}, actions, empty(NAMED["communications"]), empty(NAMED["capacity"]))
    found: Any = kept.action_states(actions, ROUNDS, day)
    assert str(day.date()) == "2026-06-03"
    assert found["state"].tolist() == ["done", "dropped", "overdue", "due"]
    assert found["wave"].tolist() == [1, pd.NA, 1, 2]


def test_a_round_that_nobody_has_answered_is_not_the_last_day() -> None:
    none = empty(NAMED["communications"])
    actions = agreed({"agreed": "2025-06-02"})
    days = [kept.last_day(ROUNDS, waves, actions, none, empty(NAMED["capacity"])) for waves in ({1}, {1, 2})]
    assert [str(day.date()) for day in days] == ["2025-06-02", "2026-06-01"]


def test_a_message_that_is_planned_makes_no_action_overdue() -> None:
    planned = pd.DataFrame({"day": pd.to_datetime(["2026-12-12"])})
    actions = agreed({"agreed": "2025-06-02"})
    assert str(kept.last_day(ROUNDS, {1}, actions, planned, empty(NAMED["capacity"])).date()) == "2025-06-02"
    alone = kept.last_day(ROUNDS, set(), actions.iloc[:0], planned, empty(NAMED["capacity"]))
    assert str(alone.date()) == "2026-12-12"


@pytest.mark.parametrize("rounds", [ROUNDS, empty(NAMED["rounds"])])
def test_a_study_that_keeps_nothing_has_the_same_tables_empty(rounds: pd.DataFrame) -> None:
    nothing = {name: empty(NAMED[name]) for name in ("capacity", "communications", "actions")}
    day = kept.last_day(rounds, set(), nothing["actions"], nothing["communications"], nothing["capacity"])
    assert pd.isna(day)
    assert kept.contributions(nothing["capacity"], rounds, day).empty
    assert kept.capacity_months(nothing["capacity"], day).empty
    assert kept.reach(nothing["communications"], rounds).empty
    assert kept.action_states(nothing["actions"], rounds, day).empty


def test_a_study_without_the_days_of_its_rounds_follows_what_it_keeps_all_the_same(tmp_path: Path) -> None:
    study = load_study(team_study.build(tmp_path))
    pipeline.run(study, lambda line: None)
    states = pipeline.read(study, "action_states")
    assert states["state"].tolist() == ["overdue", "done", "dropped", "due"]
    assert states["wave"].isna().all()
    assert set(states["as_at"]) == {pd.Timestamp("2025-06-02")}
    told: Any = pipeline.read(study, "told").set_index(["side", "measure"])
    assert told.loc[("receiver", "M1"), ["n", "yes", "no"]].tolist() == [2, 2, 0]
