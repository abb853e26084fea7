"""XmR charts: limits and rules against a textbook's and the NHS-R Community's own, and what a point means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.tsa.stattools import acf

from buddy_eval.analyse.spc import assurance, charts, limits, rules, signals

Floats = NDArray[np.float64]
# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 "Individuals Control Charts": flow rate of ten batches
NIST = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
# how NHSRplotthedots 0.2.2 names the causes that it finds
CAUSES = {
    "Common Cause": ("", 0),
    "Above UCL": ("point", 1),
    "Below LCL": ("point", -1),
    "7 Point Trend (Increasing)": ("trend", 1),
    "7 Point Trend (Decreasing)": ("trend", -1),
    "2 in 3 Above CL": ("two_of_three", 1),
    "2 in 3 Below CL": ("two_of_three", -1),
    "7 Points Above CL": ("shift", 1),
    "7 Points Below CL": ("shift", -1),
}
QUIET = [50, 53, 49, 51, 48, 52, 50, 47, 51, 53, 49, 50, 52, 48]


def fired(values: Sequence[float]) -> dict[int, tuple[str, int]]:
    """The rule and the direction of every point that is not common cause."""
    array = np.array(values, dtype="float64")
    centre, _, upper = limits(array)
    names, ways = rules(array, centre, upper)
    return {place: (name, int(way)) for place, (name, way) in enumerate(zip(names, ways, strict=True)) if name}


def series(values: list[float], direction: str = "higher_is_better", frequency: str = "month") -> pd.DataFrame:
    periods = pd.date_range("2022-01-01", periods=len(values), freq="MS" if frequency == "month" else "YS")
    return pd.DataFrame(
        {
            "ods": "SYNA",
            "indicator": "within four hours",
            "period": periods,
            "frequency": frequency,
            "value": values,
            "direction": direction,
        }
    )


def test_limits_are_those_of_the_textbook() -> None:
    centre, lower, upper = limits(NIST)
    assert centre == pytest.approx(50.81)
    # the handbook divides by 1.128 and multiplies by 3; 2.66 is the same to three figures
    assert (lower, upper) == pytest.approx((45.8159, 55.8041), abs=0.001)


def test_limits_and_rules_are_those_of_the_r_package(reference: Callable[[str], Any]) -> None:
    charts = reference("xmr")
    assert len(charts) == 36
    for name, chart in charts.items():
        values = np.array(chart["values"], dtype="float64")
        centre, lower, upper = limits(values)
        assert (centre, lower, upper) == pytest.approx((chart["centre"], chart["lower"], chart["upper"])), name
        names, ways = rules(values, centre, upper)
        assert list(zip(names, ways.tolist(), strict=True)) == [CAUSES[cause] for cause in chart["causes"]], name


def test_the_reference_holds_every_rule_both_ways(reference: Callable[[str], Any]) -> None:
    assert {cause for chart in reference("xmr").values() for cause in chart["causes"]} == set(CAUSES)


@pytest.mark.parametrize(
    ("target", "higher", "lower"),
    [(8.0, "consistent_pass", "consistent_fail"), (10.0, "inconsistent", "inconsistent"),
     (12.0, "inconsistent", "inconsistent"), (12.1, "consistent_fail", "consistent_pass"), (np.nan, None, None)],
)  # fmt: skip
def test_assurance_is_that_of_the_r_package(target: float, higher: str | None, lower: str | None) -> None:
    """`ptd_calculate_assurance_type` of NHSRplotthedots 0.2.2: above the upper limit, below the lower, or neither."""
    assert [assurance(9.0, 12.0, target, good) for good in (1, -1, 0)] == [higher, lower, None]


def test_a_target_stands_beside_every_month_and_its_assurance_follows_the_limits() -> None:
    months = pd.date_range("2023-01-01", periods=14, freq="MS")
    series = pd.DataFrame({"ods": "ZA1", "indicator": "waits", "period": months, "frequency": "month"})
    values = [50.0, 53, 49, 51, 48, 52, 50, 47, 51, 53, 49, 50, 52, 48]
    drawn = signals(
        series.assign(value=values, direction="lower_is_better", rebase=False, target=[np.nan] * 7 + [70.0] * 7)
    )
    assert drawn["assurance"].isna().tolist() == [True] * 7 + [False] * 7
    assert set(drawn["assurance"].dropna()) == {"consistent_pass"}


def test_moving_ranges_beyond_their_own_limit_are_left_out_once() -> None:
    # ranges 1 (15 times), 9 and 8: mean 2.03, limit 6.64, so that the mean of the rest is 1
    values = np.array([1, 2, 1, 2, 10, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2], dtype="float64")
    centre, lower, upper = limits(values)
    assert (upper - centre, centre - lower) == pytest.approx((2.66, 2.66))


def test_nothing_fires_in_a_quiet_series() -> None:
    assert fired([float(value) for value in QUIET]) == {}


def test_a_point_outside_the_limits_fires_and_points_to_its_side() -> None:
    high, low = [*QUIET[:7], 66, *QUIET[8:]], [*QUIET[:7], 34, *QUIET[8:]]
    assert fired(high) == {7: ("point", 1)}
    assert fired(low) == {7: ("point", -1)}


def test_seven_on_one_side_are_a_shift_and_six_are_not() -> None:
    before, after = [50.0, 53, 49, 51, 48, 52, 47], [49.0, 50, 48, 52, 46, 47, 50, 48]
    above = [54.0, 55, 53, 56, 54, 55, 53]
    assert fired(before + above + after) == dict.fromkeys(range(7, 14), ("shift", 1))
    assert fired(before + above[:-1] + after) == {}


def test_seven_rising_are_a_trend_six_are_not_and_an_equal_step_breaks_it() -> None:
    def around(middle: list[float]) -> dict[int, tuple[str, int]]:
        return fired([52.0, 49, 51, *middle, 51, 48, 52, 50, 49, 51])

    assert around([46, 47, 48, 50, 52, 53, 55]) == dict.fromkeys(range(3, 10), ("trend", 1))
    assert around([55, 53, 52, 50, 48, 47, 46]) == dict.fromkeys(range(3, 10), ("trend", -1))
    assert around([46, 47, 48, 50, 52, 53]) == {}
    assert around([46, 47, 48, 50, 50, 52, 53]) == {}


def test_two_of_three_close_to_one_limit_fire_but_not_across_the_centre() -> None:
    base = [50.0, 51, 50, 49, 50, 51, 50]
    after = [50.0, 49, 50, 51, 50, 49, 50, 51, 50, 49, 50]
    assert fired([*base, 49, 53.4, 51, 53.4, *after]) == {8: ("two_of_three", 1), 10: ("two_of_three", 1)}
    assert fired([*base, 49, 53.4, 49, 53.4, *after]) == {}
    assert fired([*base, 53, 47, *after]) == {}


@pytest.mark.parametrize("value", [0.1, 0.95, 3.3, 0.0, -0.7])
@pytest.mark.parametrize("months", [12, 13, 31])
def test_a_series_that_never_moves_is_common_cause(value: float, months: int) -> None:
    assert fired([value] * months) == {}


@given(st.lists(st.integers(0, 40), min_size=12, max_size=30))
def test_a_mirrored_series_fires_the_same_rules_the_other_way(values: list[int]) -> None:
    mirrored = {place: (name, -way) for place, (name, way) in fired([float(value) for value in values]).items()}
    assert fired([float(-value) for value in values]) == mirrored


@pytest.mark.parametrize(
    ("direction", "up", "down"),
    [
        ("higher_is_better", "improvement", "concern"),
        ("lower_is_better", "concern", "improvement"),
        ("neither", "change", "change"),
    ],
)
def test_the_direction_of_the_indicator_says_what_a_signal_means(direction: str, up: str, down: str) -> None:
    made = signals(series([*QUIET, 80, *QUIET, 20, *QUIET], direction)).set_index("period")
    assert list(made[["rule", "signal"]].loc["2023-03-01"]) == ["point", up]
    assert list(made[["rule", "signal"]].loc["2024-06-01"]) == ["point", down]
    assert (made["signal"] == "common_cause").sum() == made["rule"].isna().sum() == 42


def test_a_fall_above_the_centre_is_a_concern_where_higher_is_better(reference: Callable[[str], Any]) -> None:
    chart = reference("xmr")["fall_above_the_mean"]
    made = signals(series(chart["values"]))
    falling = made[made["rule"] == "trend"]
    assert (falling["value"] > falling["centre"]).any()
    assert set(falling["signal"]) == {"concern"}


def test_only_monthly_series_of_twelve_values_or_more_are_charted() -> None:
    values = [float(value) for value in QUIET]
    short = series(values[:11]).assign(indicator="short")
    gaps = series([*values[:11], float("nan")]).assign(indicator="missing")
    yearly = series(values, frequency="year").assign(indicator="yearly")
    enough = series([*values[:12], float("nan")]).assign(indicator="enough")
    made = signals(pd.concat([short, gaps, yearly, enough], ignore_index=True))
    assert set(made["indicator"]) == {"enough"}
    assert len(made) == 12
    assert len(signals(short)) == 0


@pytest.mark.parametrize("values", [[7.0] * 24, [0.0, 0.0, 0.0, 1.0] * 6])
def test_a_series_that_hardly_moves_has_no_chart_and_the_reason(values: list[float]) -> None:
    still = series(values)
    assert signals(still).empty
    (row,) = charts(still).to_dict("records")
    assert row["reason"].startswith("hardly moves")
    assert not row["any_signal"]
    assert row["by_chance_any"] == 0


def test_how_many_charts_signal_by_chance_is_what_noise_shows() -> None:
    random = np.random.default_rng(2)
    noise = pd.concat([series(list(random.normal(0, 1, 30))).assign(ods=f"T{n}") for n in range(400)])
    made = charts(noise)
    assert made["any_signal"].mean() == pytest.approx(made["by_chance_any"].mean(), abs=0.08)
    assert made["last_signal"].mean() == pytest.approx(made["by_chance_last"].mean(), abs=0.02)
    assert made["alike"].mean() < 0.05


def test_months_that_resemble_the_last_are_said_to() -> None:
    random, values = np.random.default_rng(5), np.zeros(60)
    for month in range(1, 60):
        values[month] = 0.7 * values[month - 1] + random.normal(0, 1)
    (row,) = charts(series(list(values))).to_dict("records")
    assert row["alike"]
    far = values - values.mean()
    assert row["autocorrelation"] == pytest.approx(acf(far, nlags=1)[1])


def test_the_order_of_rows_does_not_matter_and_the_input_is_left_alone() -> None:
    given_series = series([50.0, 49, 51, 55, 53, 52, 50, 48, 47, 46, 51, 48, 52, 50, 49, 51])
    other = given_series.assign(ods="SYNB", value=given_series["value"] * 2)
    both = pd.concat([given_series, other], ignore_index=True)
    kept = both.copy(deep=True)
    made = signals(both)
    pd.testing.assert_frame_equal(both, kept)
    pd.testing.assert_frame_equal(signals(both.sample(frac=1, random_state=4)), made)
    assert made.groupby("ods")["rule"].count().tolist() == [7, 7]


def test_a_missing_month_ends_a_run_and_is_counted() -> None:
    values = [50.0, 53, 49, 51, 48, 52, 50, 47, 51, 53, 49, 50, 52, 48, 55, 56, 55, 54, 56, 55, 54]
    whole = series(values)
    late = whole.assign(period=[*whole["period"][:18], *(whole["period"][18:] + pd.DateOffset(months=11))])
    assert (signals(whole.assign(rebase=False))["rule"][14:] == "shift").all()
    assert "shift" not in set(signals(late.assign(rebase=False))["rule"].dropna())
    assert charts(whole)["n_missing"].tolist() == [0]
    assert charts(late)["n_missing"].tolist() == [11]
