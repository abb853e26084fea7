"""Partial pooling holds the published formulas, and draws pairs together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.meta_analysis import combine_effects

from buddy_eval.analyse.compare import dyadic_gaps, shrunken
from buddy_eval.analyse.compare.pooled import by_cluster, combined, pooled_mean, variance

Floats = NDArray[np.float64]
R: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "views.json").read_text())


def test_partial_pooling_holds_the_published_formulas() -> None:
    gaps, variances = (np.array(R["pooled"][name]) for name in ("gaps", "variances"))
    assert combined(gaps, variances).tau2 == pytest.approx(R["pooled"]["between"], rel=1e-8)
    made = pooled_mean(gaps, variances)
    assert [made.estimate, made.error] == pytest.approx([R["pooled"]["estimate"], R["pooled"]["error"]], rel=1e-8)


def test_a_pool_is_that_of_statsmodels_to_the_bit() -> None:
    random = np.random.default_rng(3)
    for n in (1, 2, 4, 9, 30):
        gaps, variances = random.normal(0, 0.3, n), random.uniform(0.01, 0.2, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            theirs = combine_effects(gaps, variances, "pm")
        wanted = (theirs.mean_effect_re, theirs.w_total_re, theirs.tau2, theirs.scale_hksj_re)
        np.testing.assert_array_equal(combined(gaps, variances), wanted)


def gaps_of(pairs: int, theme: str, wave: int) -> tuple[pd.DataFrame, Floats]:
    """Gaps of pairs of growing size with Welch's intervals, and their variances from one spread of all of them."""
    n, sd = np.arange(5, 5 + pairs), np.random.default_rng(pairs).uniform(0.4, 0.9, pairs)
    estimate, df = np.random.default_rng(pairs).normal(0.3, 1.5, pairs), 2 * n + 1
    half = stats.t.ppf(0.975, df) * sd * np.sqrt(1 / n + 1 / (n + 3))
    frame = pd.DataFrame({"pair": [f"P{place}" for place in range(pairs)], "estimate": estimate}).assign(
        ci_low=estimate - half, ci_high=estimate + half, n_supporter=n, n_receiver=n + 3, wave=wave, theme=theme
    )
    spread = (df * sd**2).sum() / df.sum()
    return frame.assign(contrast_kind="gap"), spread * (1 / n + 1 / (n + 3))


def test_each_theme_and_wave_is_pooled_over_its_own_pairs_where_three_have_an_interval() -> None:
    """With Paule and Mandel's variance found by a root, and the formulas of Efron and Morris."""
    themes = [gaps_of(5, "culture", 1), gaps_of(3, "capacity", 1), gaps_of(4, "culture", 2)]
    expected = []
    for frame, variances in themes:
        y = frame["estimate"].to_numpy()

        def excess(between: float, y: Floats = y, variances: Floats = variances) -> float:
            weights = 1 / (variances + between)
            return float((weights * (y - np.average(y, weights=weights)) ** 2).sum() - (len(y) - 1))

        between = brentq(excess, 0, 99, xtol=1e-12)
        weights = 1 / (variances + between)
        mean, pull = np.average(y, weights=weights), variances / (variances + between)
        pooled = pull * mean + (1 - pull) * y
        half = stats.norm.ppf(0.975) * np.sqrt((1 - pull) * variances + pull**2 / weights.sum())
        columns = {"measured": y, "estimate": pooled, "ci_low": pooled - half, "ci_high": pooled + half, "pull": pull}
        expected.append(frame[["pair", "wave", "theme"]].assign(**columns))
    two = gaps_of(2, "few", 1)[0]
    lone = two.assign(pair=["L1", "L2"], ci_low=np.nan, ci_high=np.nan)
    series = gaps_of(5, "falls", 1)[0].assign(contrast_kind="series")
    made = shrunken(pd.concat([*(frame for frame, _ in themes), two, lone, series]))
    wanted = pd.concat(expected)
    keys = ["theme", "wave", "pair"]
    made, wanted = (one.sort_values(keys).reset_index(drop=True) for one in (made, wanted[list(made.columns)]))
    pd.testing.assert_frame_equal(made, wanted, check_dtype=False, rtol=1e-4)
    assert shrunken(two).empty


@pytest.mark.parametrize("gaps", [[0.4], [0.4, 0.4, 0.4]])
def test_gaps_without_a_spread_are_pooled_without_a_warning(gaps: list[float]) -> None:
    made = pooled_mean(np.array(gaps), np.full(len(gaps), 0.01))
    assert made.estimate == pytest.approx(0.4)
    assert np.isnan(made.ci_low)  # of no spread nothing can be told


@pytest.mark.parametrize("gaps", [[0.1, 0.2, 0.15, 0.05], [0.1, 0.2]])
def test_gaps_closer_than_their_people_let_expect_have_the_interval_of_their_own_spread(gaps: list[float]) -> None:
    """Of equal variances it is that of the plain t-test, however small the spread."""
    made = pooled_mean(np.array(gaps), np.full(len(gaps), 0.2))
    expected = stats.ttest_1samp(gaps, 0).confidence_interval()
    assert (made.ci_low, made.ci_high) == pytest.approx((expected.low, expected.high))


def test_the_variance_of_a_pooled_gap_is_one_spread_of_all_pairs_over_their_people() -> None:
    """Two pairs of 6 and 12 people a side; then all of them of nearly one mind, which a floor keeps from all weight."""
    half = np.array([-1.0, 0.0, 1.0] * 2)
    parts = [
        pd.DataFrame({"pair": pair, "side": side, "score": level + values})
        for pair, values in (("A", half), ("B", np.tile(half, 2)))
        for side, level in (("supporter", 3.5), ("receiver", 3.0))
    ]
    people = pd.concat(parts).assign(wave=1, theme="culture")
    gaps = dyadic_gaps(people)
    df = np.array([10.0, 22.0])
    spreads = np.array([half.var(ddof=1), np.tile(half, 2).var(ddof=1)])
    expected = (df * spreads).sum() / df.sum() * np.array([2 / 6, 2 / 12])
    assert variance(gaps) == pytest.approx(expected)
    mean, sampling = by_cluster(gaps, pd.Series({"A": "one", "B": "one"}))
    assert (mean.tolist(), sampling.tolist()) == (pytest.approx([0.5]), pytest.approx([expected.sum() / 4]))
    still = people.assign(score=people["score"] * 1e-4)
    assert variance(dyadic_gaps(still)).tolist() == pytest.approx([1e-6, 1e-6])
