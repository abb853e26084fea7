"""Charts of rare events: limits against the R package qicharts2 and Montgomery, and which series get one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buddy_eval import plots, tables
from buddy_eval.analyse.rare_events import INSTEAD, g_limits, rare_events, t_limits, with_rare
from buddy_eval.analyse.spc import STILL, charts
from invented_results import invented


def series(
    counts: list[float], denominator: list[float] | None = None, direction: str = "lower_is_better"
) -> pd.DataFrame:
    about = {"ods": "ZA1", "indicator": "falls", "frequency": "month", "direction": direction}
    months = pd.date_range("2022-01-01", periods=len(counts), freq="MS")
    made = pd.DataFrame({"period": months, "value": counts, "numerator": np.nan, "denominator": np.nan}).assign(**about)
    if denominator:
        made = made.assign(numerator=counts, denominator=denominator)
        made["value"] = made["numerator"] / made["denominator"]
    return made


RARE = [0.0, 0, 1, 0, 0, 0, 0, 2, 0, 0] * 5  # 15 events in 10 of 50 months


def test_limits_are_those_of_the_r_package(reference: Callable[[str], Any]) -> None:
    for kind, limits in {"t": t_limits, "g": g_limits}.items():
        cases = reference("rare_events")[kind]
        assert len(cases) >= 6
        for case in cases:
            made = limits(np.array(case["between"], dtype="float64"))
            assert made == pytest.approx(
                (case["centre"], case["lower"], case["upper"]), rel=1e-3, abs=1e-3
            )  # 2.66 is 3 / 1.128


def test_limits_are_those_of_the_textbook(reference: Callable[[str], Any]) -> None:
    """Montgomery, example 7.6: of the 3.6th roots the centre is 5.39, and the limits hold all twenty failures."""
    between = np.array(reference("rare_events")["t"][0]["between"], dtype="float64")
    centre, _, upper = t_limits(between)
    assert centre ** (1 / 3.6) == pytest.approx(5.39, abs=0.005)
    assert upper ** (1 / 3.6) == pytest.approx(11.67, abs=0.01)
    assert between.max() < upper


def test_days_are_counted_from_month_to_month_and_opportunities_from_the_denominator() -> None:
    by_days = rare_events(series(RARE))
    assert by_days["chart"].unique().tolist() == ["t"]
    # the first in the middle of March 2022, two in August after 7.75 and 23.25 days: 15.5 + 30 + 31 + 30 + 31 + 7.75
    assert by_days["between"].iloc[:2].tolist() == pytest.approx([145.25, 15.5])
    by_number = rare_events(series(RARE, [100.0] * 50))
    assert by_number["chart"].unique().tolist() == ["g"]
    assert by_number["between"].iloc[:2].tolist() == pytest.approx(
        [474, 49]
    )  # 50 + 400 + 25 and 50, less the event itself
    assert len(by_days) == len(by_number) == 14


def test_a_long_time_without_an_event_is_an_improvement_where_fewer_are_better() -> None:
    often = [1.0 if month % 5 == 2 else 0.0 for month in range(90)]
    counts = [*often, *[0.0] * 200, 1.0]
    for direction, meant in {
        "lower_is_better": "improvement",
        "higher_is_better": "concern",
        "neither": "change",
    }.items():
        last = rare_events(series(counts, [80.0] * len(counts), direction)).iloc[-1]
        assert (last["rule"], last["signal"]) == ("point", meant)


@pytest.mark.parametrize(
    "counts",
    [
        [0.0] * 47 + [1.0],  # one event
        [1.0, 0] * 24,  # moves enough for an XmR chart
        [0.5 if n % 6 == 0 else 0.0 for n in range(90)],  # no counts
        [5.0] * 40 + [4.0] * 20,  # stands still, and not at nought
        [-1.0 if n % 6 == 0 else 0.0 for n in range(90)],
    ],
)
def test_other_series_get_no_chart_of_rare_events(counts: list[float]) -> None:
    assert rare_events(series(counts)).empty


def test_a_missing_month_leaves_the_time_unknown() -> None:
    assert len(rare_events(series(RARE)))
    assert rare_events(series(RARE).drop(index=20)).empty


def test_the_reason_for_no_chart_names_the_chart_in_its_place() -> None:
    both = pd.concat([series(RARE), series([0.0] * 47 + [1.0]).assign(ods="ZA2")])
    told = with_rare(charts(both), rare_events(both)).set_index("ods")["reason"]
    assert told.to_dict() == {"ZA1": INSTEAD, "ZA2": STILL}


def test_the_team_sees_table_and_picture_and_nobody_else(tmp_path: Path) -> None:
    made: Any = rare_events(series(RARE)).astype("object").to_dict("records")
    team, public = (invented(tmp_path / who, who, {"rare_events": made}) for who in ("internal", "public"))
    (row,) = tables.rare_events(team).frame.to_dict("records")
    assert (row["Trust"], row["Between events"], row["Before the last"]) == ("ZA1", "time, in days (t)", "15.50")
    drawn = plots.rare_events(team)
    assert drawn is not None
    assert "Falls, ZA1: 15.50 days before the last event" in drawn.alt
    assert tables.rare_events(public).frame.empty
    assert plots.rare_events(public) is None
