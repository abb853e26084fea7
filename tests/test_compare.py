"""Findings against scipy, R and plain loops; what few pairs may not claim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests

from buddy_eval.analyse.compare import across, clusters, compare
from buddy_eval.analyse.compare.allowance import allowed, by_t
from buddy_eval.schemas import conform
from buddy_eval.schemas.comparison import FINDINGS, GAPS

Floats = NDArray[np.float64]


def drawn(seed: int, pairs: int, outcomes: int = 1) -> Floats:
    generator = np.random.default_rng(seed)
    return generator.normal(0.5, 1, (pairs, outcomes)) + generator.normal(0, 0.5, (pairs, 1))


def gaps(values: dict[str, list[float]], wave: int = 1, outcome: str = "survey", people: int = 10) -> pd.DataFrame:
    """The frame `gaps`: for each theme the gaps of pairs P0, P1, ...; missing where a pair has none."""
    kind = "gap" if outcome == "survey" else "series"
    rows = [
        {
            "outcome": outcome,
            "contrast_kind": kind,
            "pair": f"P{place}",
            "wave": wave,
            "theme": theme,
            "estimate": value,
        }
        for theme, column in values.items()
        for place, value in enumerate(column)
        if not np.isnan(value)
    ]
    return conform(pd.DataFrame(rows).assign(n_supporter=people, n_receiver=people + 1, caution=""), GAPS)


def row(made: pd.DataFrame, finding: str) -> Any:
    return made.set_index("finding").loc[finding]


@pytest.mark.parametrize("pairs", [2, 4, 5])
def test_below_six_pairs_there_is_no_p_and_the_caution_says_why(pairs: int) -> None:
    found = row(compare(gaps({"trust": [1.0, 1.2, 0.8, 1.1, 0.9][:pairs]})), "gap-trust-w1")
    assert np.isnan(found["p_value"])
    assert np.isnan(found["p_adjusted"])
    assert found["n_pairs"] == pairs
    assert found["caution"] == "answered_only few_pairs"
    assert found["ci_low"] < found["estimate"] < found["ci_high"]


def test_from_six_pairs_on_there_is_one() -> None:
    found = row(compare(gaps({"trust": [1.0, 1.2, 0.8, 1.1, 0.9, 1.3]})), "gap-trust-w1")
    assert (found["p_value"], found["p_adjusted"]) == (0.03125, 0.03125)
    assert found["caution"] == "answered_only"


def test_the_interval_is_the_t_interval_over_pairs(reference: Callable[[str], Any]) -> None:
    cases = reference("compare")["flipped"]
    made = compare(gaps({name: case["gaps"] for name, case in cases.items()}))
    for name, case in cases.items():
        found = row(made, f"gap-{name}-w1")
        for column in ("estimate", "ci_low", "ci_high"):
            assert found[column] == pytest.approx(case[column], abs=1e-9), (name, column)
        interval = stats.ttest_1samp(case["gaps"], 0).confidence_interval(0.95)
        assert (found["ci_low"], found["ci_high"]) == pytest.approx((interval.low, interval.high))


def test_one_pair_has_an_estimate_and_no_interval() -> None:
    found = row(compare(gaps({"trust": [0.4]})), "gap-trust-w1")
    assert found["estimate"] == 0.4
    assert np.isnan([found["ci_low"], found["ci_high"], found["p_value"]]).all()


def by_common_spread(columns: list[Floats]) -> Floats:
    """Statsmodels' p-values of the means of themes from one least squares fit over all of them."""
    theme = np.repeat(np.arange(len(columns)), [len(one) for one in columns])
    fitted = OLS(np.concatenate(columns), theme[:, None] == np.arange(len(columns))).fit()
    return np.asarray(fitted.pvalues)


def test_pairs_that_lie_close_together_on_one_theme_alone_are_no_finding() -> None:
    """What lopsided gaps often look like: by its own four pairs the first theme stands (t = 25, p .0001)."""
    values = {"close": [-0.50, -0.52, -0.47, -0.55], **{f"wide{n}": [1.9, -0.6, -0.8, 0.1 * n] for n in range(4)}}
    found = row(across(gaps(values)), "gap-close-w1")
    assert found["ci_high"] < 0
    assert not found["stands"]
    assert by_common_spread([np.array(column) for column in values.values()])[0] > 0.05
    assert row(across(gaps({"close": values["close"]})), "gap-close-w1")["stands"]


def test_everything_said_is_allowed_for_together_and_few_pairs_too() -> None:
    values = drawn(8, 7, 2)
    few = [0.2, 0.4, -0.1, 0.3, 0.2, np.nan, np.nan]
    waves = [gaps({"a": values[:, 0].tolist(), "b": values[:, 1].tolist(), "few": few}), gaps({"a": few}, wave=2)]
    made = compare(pd.concat(waves), others=np.array([0.2, np.nan]))
    columns = [values[:, 0], values[:, 1], np.array(few[:5]), np.array(few[:5]), (np.array(few) - values[:, 0])[:5]]
    own = [float(stats.ttest_1samp(one, 0).pvalue) for one in columns]
    p = [*map(max, own, [*by_common_spread(columns[:3]).tolist(), *own[3:]]), 0.2]
    names = ["gap-a-w1", "gap-b-w1", "gap-few-w1", "gap-a-w2", "gap-a-change-w1-w2"]
    for name, value in zip(names, multipletests(p, method="holm")[1], strict=False):
        found = row(made, name)
        assert found["n_looks"] == len(p)
        assert found["stands"] == (value <= 0.05)
        if found["n_pairs"] >= 6:
            assert found["p_adjusted"] == pytest.approx(max(value, found["p_value"]))
        else:
            assert np.isnan(found["p_adjusted"])


def test_a_result_is_judged_by_its_own_spread_and_by_that_of_all_themes_but_an_indicator_by_its_own() -> None:
    values = {"a": drawn(3, 7)[:, 0], "b": drawn(4, 5)[:, 0] / 4, "even": np.full(6, 0.3), "few": np.full(4, 9.0)}
    series = {"x": drawn(5, 6)[:, 0] / 9, "y": drawn(6, 6)[:, 0], "z": np.array([0.7])}
    survey = gaps({name: column.tolist() for name, column in values.items()})
    others = [gaps({name: column.tolist()}, outcome=name) for name, column in series.items()]
    rows = across(pd.concat([survey, *others])).set_index("theme").loc[[*values, *series]].reset_index()
    columns = (values["a"], values["b"], series["x"], series["y"])
    own = [float(stats.ttest_1samp(column, 0).pvalue) for column in columns]
    spread = np.sqrt((values["a"].var(ddof=1) * 6 + values["b"].var(ddof=1) * 4) / 10)
    sizes = {name: abs(column.mean()) * len(column) ** 0.5 / spread for name, column in values.items()}
    shared = {name: float(2 * stats.t.sf(size, 10)) for name, size in sizes.items()}
    a, b, even = max(own[0], shared["a"]), max(own[1], shared["b"]), max(2 / 2**6, shared["even"])
    assert a > own[0] or b > own[1]
    expected = pytest.approx([a, b, even, np.nan, *own[2:4], np.nan], nan_ok=True)
    assert by_t(rows).tolist() == expected
    assert by_t(rows.set_axis(range(90, 97))).tolist() == expected  # as they stand among those of other views


def test_gaps_that_are_all_alike_are_adjusted_by_their_exact_p() -> None:
    """Their interval has no width, so that t says nothing: 2 / 2^6 is not enough for two looks."""
    found = across(gaps({"culture": [0.3] * 6, "capacity": [0.1, -0.2, 0.1, 0.2, -0.1, 0.3]})).set_index("theme")
    assert found.loc["culture", "p_value"] == pytest.approx(1 / 32)
    assert found.loc["culture", "p_adjusted"] == pytest.approx(2 / 32)
    assert not found.loc["culture", "stands"]
    assert across(gaps({"culture": [0.3] * 6}))["stands"].all()


def test_pairs_that_share_a_trust_count_once() -> None:
    trusts = pd.DataFrame({
        "pair": [f"P{n}" for n in range(8)],
        "supporter": ["A", "B", "C", "D", "D", "E", "F", None],
        "receiver": ["R", "R", "R", "S", "T", "U", "V", "W"],
    })  # fmt: skip
    known = clusters(trusts)
    assert [known[f"P{n}"] for n in range(8)] == ["P0", "P0", "P0", "P3", "P3", "P5", "P6", "P7"]
    assert set(clusters(trusts.assign(supporter="A")).values()) == {"P0"}
    assert set(clusters(trusts.assign(supporter=None, receiver="R")).values()) == {"P0"}
    values = [1.0, 2.0, 3.0, 0.5, 1.5, 0.7, 1.1, 0.4]
    found = row(across(gaps({"trust": values}), known), "gap-trust-w1")
    once = [2.0, 1.0, 0.7, 1.1, 0.4]
    interval = stats.ttest_1samp(once, 0).confidence_interval(0.95)
    assert (found["estimate"], found["ci_low"]) == pytest.approx((np.mean(once), interval.low))
    assert (found["n_pairs"], found["n_clusters"], found["df"]) == (8, 5, 4)
    assert np.isnan(found["p_value"])
    assert found["caution"] == "answered_only few_pairs shared_trusts one_pair_carries"


def test_a_finding_that_one_pair_carries_says_so() -> None:
    steady, carried = [0.5, 0.6, 0.4, 0.5, 0.6], [0.02, 0.4, 0.5, 0.5, 0.6]
    made = compare(gaps({"steady": steady, "carried": carried}))
    assert row(made, "gap-steady-w1")["caution"] == "answered_only few_pairs"
    without = [stats.ttest_1samp(np.delete(carried, n), 0).pvalue for n in range(5)]
    assert stats.ttest_1samp(carried, 0).pvalue < 0.05 < max(without)
    assert row(made, "gap-carried-w1")["caution"] == "answered_only few_pairs one_pair_carries"


def test_a_change_between_waves_is_that_of_pairs_seen_in_both() -> None:
    first = gaps({"trust": [1.0, 2.0, 3.0, 4.0]}, wave=1, people=10)
    second = gaps({"trust": [0.5, 2.5, 1.0], "money": [1.0]}, wave=2, people=20)
    made = compare(pd.concat([first, second], ignore_index=True))
    found = row(made, "gap-trust-change-w1-w2")
    assert found["estimate"] == pytest.approx(np.mean([-0.5, 0.5, -2.0]))
    assert (found["n_pairs"], found["n_supporter"], found["n_receiver"]) == (3, 3 * 30, 3 * 32)
    assert found["contrast"] == "gap in wave 2 minus gap in wave 1"
    assert found["caution"] == "groups_unlinked few_pairs"
    assert (found["contrast_kind"], found["wave_before"], found["wave_after"]) == ("change", 1, 2)
    assert pd.isna(found["wave"])
    nobody = row(made, "gap-money-change-w1-w2")
    assert (nobody["n_pairs"], nobody["n_supporter"]) == (0, 0)
    assert np.isnan(nobody["estimate"])


def test_indicators_are_compared_apart_from_the_survey_with_their_own_caution() -> None:
    survey = gaps({"trust": [1.0, 2.0]})
    series = gaps({"care_rated": [0.1, 0.3, -0.1]}, wave=0, outcome="care_rated")
    made = compare(pd.concat([survey, series], ignore_index=True))
    assert list(made["finding"]) == ["gap-care-rated", "gap-trust-w1"]
    found = row(made, "gap-care-rated")
    assert found["outcome"] == "care_rated"
    assert found["contrast"] == "receiver's change minus supporter's change"
    assert found["caution"] == "before_after few_pairs"
    assert found["estimate"] == pytest.approx(0.1)


def test_no_gaps_make_no_findings_and_the_input_is_left_alone() -> None:
    assert list(compare(gaps({"trust": [1.0]}).iloc[:0]).columns) == FINDINGS.names
    given_gaps = gaps({"trust": [1.0, 2.0, 3.0]})
    kept = given_gaps.copy(deep=True)
    compare(given_gaps)
    pd.testing.assert_frame_equal(given_gaps, kept)


@pytest.mark.parametrize(("p", "stands"), [(0.025, True), (0.0251, False)])
def test_a_direction_stands_up_to_five_per_cent_after_the_allowance(p: float, stands: bool) -> None:
    looks = allowed(pd.DataFrame({"p_value": [p, np.nan]}), np.array([p, 0.9]))
    assert looks["stands"].tolist() == [stands, False]
    assert looks["p_adjusted"].tolist() == pytest.approx([2 * p, np.nan], nan_ok=True)
    assert set(looks["n_looks"]) == {2}
