"""Corrected prevalence: as R's survey package has it, honest where the sample is small, right whatever the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from buddy_eval.bulk.sampling.estimate import Estimate, difference, prevalence


def sample(human: list[int], machine: list[int], stratum: list[int] | int = 0) -> pd.DataFrame:
    return pd.DataFrame({"stratum": stratum, "human": human, "machine": machine}).astype(
        {"human": bool, "machine": bool}
    )


def strata(*sizes: tuple[int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(sizes, columns=["n_comments", "n_machine"])
    return frame.assign(stratum=range(len(frame)))


@pytest.mark.parametrize(("part", "kept"), [("all", (0, 1, 2)), ("first", (0,)), ("rest", (1, 2))])
def test_share_and_standard_error_are_those_of_r(
    reference: Callable[[str], Any], part: str, kept: tuple[int, ...]
) -> None:
    given = reference("correct")
    coded = sample(given["human"], given["machine"], given["stratum"])
    whole = strata(*zip(given["n_comments"], given["n_machine"], strict=True))
    made = prevalence(coded[coded["stratum"].isin(kept)], whole[whole["stratum"].isin(kept)])
    assert (made.estimate, made.se) == pytest.approx((given[part]["estimate"], given[part]["se"]), rel=1e-8)


def test_a_machine_without_error_leaves_its_own_share() -> None:
    made = prevalence(sample([1] * 40 + [0] * 60, [1] * 40 + [0] * 60), strata((10_000, 3_000)))
    assert made.estimate == pytest.approx(0.3)
    assert made.se == 0
    assert made.ci_low < 0.29
    assert made.ci_high > 0.31  # no error was seen: that is not to say that there is none


def test_a_theme_that_nobody_found_may_still_be_there() -> None:
    made = prevalence(sample([0] * 100, [0] * 100), strata((10_000, 0)))
    assert (made.estimate, made.ci_low) == (0, 0)
    assert made.ci_high == pytest.approx(1 - 0.025 ** (1 / 100), rel=0.03)  # the exact interval; a little wider for t
    assert made.caution == "few_with_theme"


@pytest.mark.parametrize(("hits", "n"), [(4, 120), (30, 120), (60, 400), (397, 400)])
def test_without_strata_and_without_a_machine_the_interval_is_that_of_jeffreys(hits: int, n: int) -> None:
    made = prevalence(sample([1] * hits + [0] * (n - hits), [0] * n), strata((10_000_000, 0)))
    low, high = (float(beta.ppf(share, hits + 0.5, n - hits + 0.5)) for share in (0.025, 0.975))
    assert (made.ci_low, made.ci_high) == pytest.approx((low, high), rel=0.02)
    assert made.ci_low <= low
    assert made.ci_high >= high


def test_everybody_coded_leaves_nothing_open() -> None:
    made = prevalence(sample([1, 0] * 10, [0, 0, 1, 1] * 5), strata((20, 10)))
    assert (made.estimate, made.ci_low, made.ci_high, made.se) == (0.5, 0.5, 0.5, 0)


def test_the_better_the_machine_the_narrower_the_interval() -> None:
    human = [1, 0, 0, 0] * 50
    machines = [human, [1, 0, 0, 1] * 50, [1, 1, 0, 0] * 25 + [0, 0, 1, 1] * 25]
    made = [prevalence(sample(human, m), strata((50_000, int(np.mean(m) * 50_000)))) for m in machines]
    widths = [one.ci_high - one.ci_low for one in made]
    assert widths[0] < 0.5 * widths[1] < 0.5 * widths[2]
    assert [one.estimate for one in made] == pytest.approx([0.25] * 3)


def test_too_few_coded_comments_say_nothing() -> None:
    made = prevalence(sample([1] * 9, [1] * 9), strata((100, 50)))
    assert np.isnan(made.estimate)
    assert made.caution == "few_coded"


def test_where_the_machine_found_hardly_any_the_people_decide_alone() -> None:
    made = prevalence(sample([1] * 10 + [0] * 90, [1] * 4 + [0] * 96), strata((10_000, 400)))
    assert made.estimate == pytest.approx(0.1)
    assert made.caution == "sample_alone"


def test_a_stratum_with_one_coded_comment_is_pooled() -> None:
    stratum = [0] * 60 + [1] * 30 + [2]
    made = prevalence(sample([1, 0, 0] * 30 + [1], [0] * 91, stratum), strata((6000, 0), (3000, 0), (100, 0)))
    assert made.caution == "strata_pooled"
    assert made.estimate == pytest.approx((6000 / 3 + 3100 * 11 / 31) / 9100)
    assert made.se > 0


def test_a_difference_has_the_interval_that_both_sides_make() -> None:
    one, two = Estimate(0.4, 0.3, 0.5, 0.05, 80, ""), Estimate(0.1, 0.06, 0.18, 0.03, 90, "strata_pooled")
    made = difference(one, two)
    assert made[:4] == pytest.approx((0.3, 0.3 - np.hypot(0.1, 0.08), 0.3 + np.hypot(0.1, 0.04), np.hypot(0.05, 0.03)))
    assert (made.n, made.caution) == (170, "strata_pooled")


def test_the_interval_holds_where_the_machine_is_biased() -> None:
    """A short simulation (`benchmarks/correction.py` has the long one): machine 20 points off, rare theme."""
    chance = np.random.default_rng(1)
    held = 0
    for _ in range(150):
        human = chance.random(4000) < 0.05
        machine = np.where(human, chance.random(4000) < 0.4, chance.random(4000) < 0.25)
        drawn = chance.choice(4000, 250, replace=False)
        made = prevalence(sample(human[drawn].tolist(), machine[drawn].tolist()), strata((4000, int(machine.sum()))))
        held += made.ci_low <= human.mean() <= made.ci_high
    assert 137 <= held <= 150


@pytest.mark.parametrize(("yes", "no", "size"), [(45, 42, 1202), (69, 47, 2334), (59, 77, 2874)])
def test_strata_in_which_nothing_varies_have_an_interval_in_spite_of_rounding(yes: int, no: int, size: int) -> None:
    human, stratum = [1] * yes + [0] * no, [0] * yes + [1] * no
    made = prevalence(sample(human, [0] * len(human), stratum), strata((size, 0), (size + 777, 0)))
    assert made.se == pytest.approx(0, abs=1e-7)
    assert made.ci_low < made.estimate < made.ci_high


def test_a_good_machine_on_a_rare_theme_is_not_biased() -> None:
    """400 samples of 300 comments, 2% with the theme; the mean is known to 1.5%."""
    random = np.random.default_rng(2)
    human = np.arange(10_000) < 200
    machine = np.where(human, random.random(10_000) < 0.9, random.random(10_000) < 0.005)
    whole = strata((10_000, int(machine.sum())))
    chosen = [random.choice(10_000, 300, replace=False) for _ in range(400)]
    made = [prevalence(sample(human[rows], machine[rows]), whole).estimate for rows in chosen]  # type: ignore[arg-type]
    assert np.mean(made) == pytest.approx(0.02, rel=0.06)
