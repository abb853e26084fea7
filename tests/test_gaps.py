"""Gaps within pairs: Welch's interval against scipy and R, and changes of series counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from buddy_eval.analyse.compare import across, dyadic_gaps, series_gaps, side_changes
from buddy_eval.analyse.scores import within
from buddy_eval.schemas.cautions import listed
from buddy_eval.schemas.comparison import GAPS

SUPPORTER, RECEIVER = [4.0, 3.6, 4.2, 3.8, 4.4, 3.0], [3.2, 3.0, 4.2, 2.4, 3.6]


def scores(supporter: list[float], receiver: list[float], pair: str = "SYN01", wave: int = 1) -> pd.DataFrame:
    rows = [
        {"pair": pair, "side": side, "wave": wave, "theme": "trust", "score": value}
        for side, values in (("supporter", supporter), ("receiver", receiver))
        for value in values
    ]
    return pd.DataFrame(rows, columns=["pair", "side", "wave", "theme", "score"])


def pairs(**given: str | None) -> pd.DataFrame:
    row = {"pair": "SYN01", "supporter": "AAA", "receiver": "BBB", "start": "2022-03-15", "end": None, **given}
    made = pd.DataFrame([row])
    return made.assign(start=pd.to_datetime(made["start"]), end=pd.to_datetime(made["end"]))


def monthly(ods: str, values: dict[str, float], indicator: str = "waits") -> pd.DataFrame:
    """A series of months (YYYY-MM) or years (YYYY)."""
    return pd.DataFrame(
        {
            "ods": ods,
            "indicator": indicator,
            "period": pd.to_datetime([month if "-" in month else f"{month}-01" for month in values]),
            "frequency": ["month" if "-" in month else "year" for month in values],
            "value": list(values.values()),
        }
    )


def months(first: str, number: int, start: float, step: float = 0.0) -> dict[str, float]:
    periods = pd.period_range(first, periods=number, freq="M")
    return {str(period): start + step * place for place, period in enumerate(periods)}


def test_the_interval_is_welchs() -> None:
    made = dyadic_gaps(scores(SUPPORTER, RECEIVER)).iloc[0]
    interval = stats.ttest_ind(SUPPORTER, RECEIVER, equal_var=False).confidence_interval(0.95)
    assert made["estimate"] == pytest.approx(np.mean(SUPPORTER) - np.mean(RECEIVER))
    assert (made["ci_low"], made["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert (made["n_supporter"], made["n_receiver"]) == (6, 5)


OWN = [
    ("A", 1, "money", SUPPORTER, RECEIVER), ("A", 1, "trust", [1.0, 2.0, 5.0], [4.0, 4.5]),
    ("A", 2, "money", RECEIVER, [2.0, 2.5, 2.0]), ("B", 1, "money", [1.0, 5.0, 1.0], [3.0, 3.5, 3.0, 2.0]),
]  # fmt: skip
EVEN = [2.0] * 3 + [3.0] * 5 + [4.0] * 3  # a variance of .6 and an agreement of .7 to the last digit


def test_every_pair_wave_and_theme_has_the_interval_of_its_own_people() -> None:
    people = [
        scores(supporter, receiver, pair, wave).assign(theme=theme) for pair, wave, theme, supporter, receiver in OWN
    ]
    rows = dyadic_gaps(pd.concat(people))
    keys = zip(rows["pair"], rows["wave"], rows["theme"], strict=True)
    ends = dict(zip(keys, zip(rows["ci_low"], rows["ci_high"], strict=True), strict=True))
    assert len(ends) == len(OWN)
    for pair, wave, theme, supporter, receiver in OWN:
        interval = stats.ttest_ind(supporter, receiver, equal_var=False).confidence_interval(0.95)
        assert ends[(pair, wave, theme)] == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize(("receiver", "splits"), [(RECEIVER, False), (EVEN, False), ([1.0, 1.0, 5.0, 5.0, 5.0], True)])
def test_a_gap_and_the_finding_above_it_say_that_people_on_a_side_disagree(receiver: list[float], splits: bool) -> None:
    pairs = [scores(SUPPORTER, RECEIVER, "SYN01"), scores(SUPPORTER, receiver, "SYN02")]
    made = dyadic_gaps(pd.concat(pairs)).set_index("pair")
    assert made["caution"].to_dict() == {"SYN01": "", "SYN02": "split_side" if splits else ""}
    (found,) = across(made.reset_index()).to_dict("records")
    assert ("split_pairs" in listed(found["caution"])) is splits


def test_estimates_and_intervals_are_those_of_r(reference: Callable[[str], Any]) -> None:
    for name, case in reference("compare")["welch"].items():
        made = dyadic_gaps(scores(case["supporter"], case["receiver"])).iloc[0]
        for column in ("estimate", "ci_low", "ci_high"):
            assert made[column] == pytest.approx(case[column], abs=1e-9), (name, column)


def test_swapping_the_sides_turns_the_gap_round() -> None:
    there, back = (dyadic_gaps(one).iloc[0] for one in (scores(SUPPORTER, RECEIVER), scores(RECEIVER, SUPPORTER)))
    assert [back["estimate"], back["ci_low"], back["ci_high"]] == pytest.approx(
        [-there["estimate"], -there["ci_high"], -there["ci_low"]]
    )


def test_few_people_on_a_side_are_said() -> None:
    few = "few_people"
    assert dyadic_gaps(scores(SUPPORTER, RECEIVER))["caution"].tolist() == [""]
    assert dyadic_gaps(scores(SUPPORTER, RECEIVER[:4]))["caution"].tolist() == [few]
    assert dyadic_gaps(scores(SUPPORTER[:4], RECEIVER))["caution"].tolist() == [few]


def test_one_person_on_a_side_gives_a_gap_without_an_interval() -> None:
    made = dyadic_gaps(scores([4.0], RECEIVER)).iloc[0]
    assert made["estimate"] == pytest.approx(4 - np.mean(RECEIVER))
    assert np.isnan([made["ci_low"], made["ci_high"]]).all()


def test_a_pair_with_one_side_only_has_no_row() -> None:
    lonely = [scores(SUPPORTER, [], "SYN02"), scores([], RECEIVER, "SYN03"), scores(SUPPORTER, [np.nan] * 5, "SYN04")]
    made = dyadic_gaps(pd.concat([scores(SUPPORTER, RECEIVER), *lonely], ignore_index=True))
    assert made["pair"].tolist() == ["SYN01"]
    for one in (*lonely, scores([], [])):
        none = dyadic_gaps(one)
        assert (len(none), list(none.columns)) == (0, GAPS.names)


def test_people_from_outside_and_missing_scores_do_not_count() -> None:
    outside = scores([1.0, 1.0], []).assign(side="external")
    missing = scores([np.nan], [np.nan])
    both = pd.concat([scores(SUPPORTER, RECEIVER), outside, missing], ignore_index=True)
    pd.testing.assert_frame_equal(dyadic_gaps(both), dyadic_gaps(scores(SUPPORTER, RECEIVER)))


def test_monthly_series_compare_twelve_months_before_with_those_from_the_month_of_the_start() -> None:
    # BBB: 10 in the twelve months before March 2022, 16 for a year from then; what lies further off would show
    receiver = {**months("2020-03", 12, 999), **months("2021-03", 12, 10), **months("2022-03", 12, 16)}
    receiver |= months("2023-03", 6, 999)
    # AAA: falls by one a month, so the means of two twelve-month windows lie twelve apart
    supporter = months("2020-03", 42, 100, -1)
    made = series_gaps(pd.concat([monthly("AAA", supporter), monthly("BBB", receiver)]), pairs()).iloc[0]
    assert made["estimate"] == pytest.approx((16 - 10) - (-12))
    assert (made["n_supporter"], made["n_receiver"]) == (12, 12)
    assert (made["outcome"], made["theme"], made["wave"]) == ("waits", "waits", 0)
    assert made["caution"] == "supporter_alone"
    assert np.isnan([made["ci_low"], made["ci_high"]]).all()


def test_the_months_during_support_end_with_it() -> None:
    receiver = {**months("2021-03", 12, 10), **months("2022-03", 4, 16), **months("2022-07", 8, 999)}
    series = pd.concat([monthly("AAA", months("2021-03", 24, 5)), monthly("BBB", receiver)])
    made = series_gaps(series, pairs(end="2022-06-30")).iloc[0]
    assert made["estimate"] == pytest.approx(6)
    assert (made["n_supporter"], made["n_receiver"]) == (4, 4)


def test_yearly_series_leave_out_the_year_of_the_start() -> None:
    receiver = monthly("BBB", {"2020": 999, "2021": 3.0, "2022": 999, "2023": 3.5, "2024": 999})
    supporter = monthly("AAA", {"2021": 4.0, "2022": 999, "2023": 4.2})
    made = series_gaps(pd.concat([supporter, receiver]), pairs()).iloc[0]
    assert made["estimate"] == pytest.approx(0.5 - 0.2)
    assert (made["n_supporter"], made["n_receiver"]) == (1, 1)


def test_missing_months_do_not_count_and_a_period_without_any_gives_no_row() -> None:
    receiver = months("2021-03", 12, 10) | months("2022-03", 12, 16) | {"2022-04": np.nan, "2021-05": np.nan}
    series = pd.concat([monthly("AAA", months("2021-03", 24, 5)), monthly("BBB", receiver)])
    made = series_gaps(series, pairs()).iloc[0]
    assert (made["estimate"], made["n_receiver"]) == (pytest.approx(6), 11)
    once = pd.concat([monthly("AAA", months("2021-03", 24, 5)), monthly("BBB", {"2022-05": 5.0})])
    assert series_gaps(once, pairs()).empty
    late = series[(series["ods"] == "AAA") | (series["period"] >= "2022-03-01")]
    assert len(series_gaps(late, pairs())) == 0


def test_a_pair_without_a_known_supporter_or_without_figures_of_one_side_has_no_row() -> None:
    series = pd.concat([monthly("AAA", months("2021-03", 24, 5)), monthly("BBB", months("2021-03", 24, 5))])
    assert len(series_gaps(series, pairs())) == 1
    assert len(series_gaps(series, pairs(supporter=None))) == 0
    assert len(series_gaps(series, pairs(supporter="CCC"))) == 0
    assert list(series_gaps(series.iloc[:0], pairs()).columns) == GAPS.names


def test_each_indicator_has_a_row_and_the_inputs_are_left_alone() -> None:
    series = pd.concat(
        [monthly(ods, months("2021-03", 24, 5), name) for ods in ("AAA", "BBB") for name in ("waits", "falls")],
        ignore_index=True,
    )
    given_pairs, given_scores = pairs(), scores(SUPPORTER, RECEIVER)
    kept = [one.copy(deep=True) for one in (series, given_pairs, given_scores)]
    assert series_gaps(series, given_pairs)["outcome"].tolist() == ["falls", "waits"]
    dyadic_gaps(given_scores)
    for before, after in zip(kept, (series, given_pairs, given_scores), strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_a_side_that_moved_between_waves_is_seen_with_welchs_interval_over_its_people() -> None:
    """Both sides rise by a point, so that the gap between them does not move."""
    waves = [scores(SUPPORTER, RECEIVER), scores([x + 1 for x in SUPPORTER], [x + 1 for x in RECEIVER], wave=2)]
    rows = pd.concat(waves, ignore_index=True)
    rows["participant"] = rows.index.astype("str")
    made = side_changes(rows).set_index("side")
    assert made["estimate"].tolist() == pytest.approx([1.0, 1.0])
    interval = stats.ttest_ind([x + 1 for x in RECEIVER], RECEIVER, equal_var=False).confidence_interval(0.95)
    row = made.loc["receiver"].to_dict()
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert (row["mean_before"], row["mean_after"]) == pytest.approx((np.mean(RECEIVER), np.mean(RECEIVER) + 1))
    assert (row["n"], listed(row["caution"])) == (5, ["groups_unlinked"])
    linked = rows.assign(participant=(rows.index % len(waves[0])).astype("str"))
    assert listed(side_changes(linked)["caution"].iloc[0]) == ["groups_overlap"]
    assert side_changes(rows[rows["wave"] == 2]).empty


def test_two_indicators_whose_names_differ_in_signs_alone_are_two_findings() -> None:
    twice = pd.concat(
        [monthly(ods, months("2021-01", 30, 5.0), name) for ods in ("AAA", "BBB") for name in ("A&E", "A E")]
    )
    assert sorted(across(series_gaps(twice, pairs()))["finding"]) == ["gap-a-e", "gap-a-e-2"]


def test_a_side_of_few_people_or_of_two_camps_says_so_of_its_change_and_others_do_not_count() -> None:
    first, second = scores([4.0] * 5, [1.0, 5.0] * 5), scores([4.2] * 2, [3.0] * 10, wave=2)
    rows = pd.concat([first, second, first.assign(side="external"), second.assign(side="external")])
    rows = rows.assign(participant=[f"p{n}" for n in range(len(rows))])
    found = side_changes(rows).set_index("side")["caution"].map(listed).to_dict()
    assert found == {"supporter": ["few_people", "groups_unlinked"], "receiver": ["split_side", "groups_unlinked"]}
    even = pd.concat([scores(EVEN, EVEN), scores(EVEN, EVEN, wave=2)]).assign(participant=range(44))
    assert side_changes(even)["caution"].tolist() == ["groups_unlinked"] * 2


def test_a_side_has_the_same_mean_in_every_table_to_the_last_digit() -> None:
    """A half would be written up in one table and down in the other."""
    random = np.random.default_rng(5)
    keys = [("P1", side, theme, wave) for side in ("supporter", "receiver") for theme in "abcde" for wave in (1, 2)]
    rows = pd.DataFrame([key for key in keys for _ in range(12)], columns=["pair", "side", "theme", "wave"])
    rows = rows.assign(participant=[f"N{n}" for n in range(len(rows))], score=random.integers(5, 26, len(rows)) / 5)
    means = within(rows).set_index(["pair", "side", "theme", "wave"])["mean"].unstack("wave")
    moved = side_changes(rows).set_index(["pair", "side", "theme"]).loc[means.index]
    assert moved["mean_before"].tolist() == means[1].tolist()
    assert moved["mean_after"].tolist() == means[2].tolist()
