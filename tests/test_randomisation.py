"""Randomisation inference is that of plain loops: a line fitted for every window of every deal."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from buddy_eval.analyse.compare import randomisation_inference
from buddy_eval.analyse.compare.randomisation_inference import DRAWS, difference

Floats = NDArray[np.float64]


def study(windows: int, noise: float, size: float, trusts: int = 14) -> tuple[Floats, Floats]:
    """Changes and levels before, other ones in each window; the supported come first, and vary by `noise` more."""
    random = np.random.default_rng(4)
    before, changes = random.normal(5, 1, (windows, trusts)), random.normal(2, 0.5, (windows, trusts))
    changes -= 0.4 * before
    changes[:, :windows] += random.normal(size, noise, windows)
    return changes + np.arange(windows)[:, None], before + 1e7 * np.arange(windows)[:, None]


def studentised(changes: Floats, before: Floats, dealt: NDArray[np.int64]) -> tuple[float, float, float, float]:
    """The mean distance from the lines of the others, its error squared, the part of the dealt of that, Welch's df."""
    free = np.setdiff1d(np.arange(changes.shape[1]), dealt)
    gaps, forecasts = [], []
    for trust, change, level in zip(dealt, changes, before, strict=True):
        x, y = level[free] - level[free].mean(), change[free] - change[free].mean()
        slope, far = (x @ y) / (x @ x), level[trust] - level[free].mean()
        forecasts.append((1 / len(free) + far**2 / (x @ x)) * ((y - slope * x) ** 2).sum() / (len(free) - 2))
        gaps.append(change[trust] - change[free].mean() - slope * far)
    own = float(np.var(gaps, ddof=1) / len(gaps)) if len(gaps) > 1 else 0.0
    other = float(np.mean(forecasts))
    df = (own + other) ** 2 / (own**2 / max(len(gaps) - 1, 1) + other**2 / (len(free) - 2))
    return float(np.mean(gaps)), own + other, own, df


def p_value(changes: Floats, before: Floats, deals: list[NDArray[np.int64]]) -> float:
    """The true deal (the first) among all; never below Welch's where three and more vary more than in a usual deal."""
    told = [studentised(changes, before, deal) for deal in deals]
    ratios = [abs(gap) / np.sqrt(square) for gap, square, _, _ in told]
    dealt = float(np.mean([ratio >= ratios[0] * (1 - 1e-9) for ratio in ratios]))
    if len(deals[0]) < 3 or told[0][2] <= np.mean([own for _, _, own, _ in told]):
        return dealt
    return max(dealt, 2 * float(stats.t.sf(ratios[0], told[0][3])))


@pytest.mark.parametrize(
    ("windows", "noise", "size"),
    [(1, 0.0, 1.0), (2, 0.5, 1.0), (3, 2.0, 1.0), (3, 1.0, 6.0), (4, 0.1, 0.4), (5, 0.1, -0.5)],
)
def test_estimate_p_value_and_interval_are_those_of_plain_loops(
    windows: int, noise: float, size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(randomisation_inference, "DRAWS", 59)
    changes, before = study(windows, noise, size)
    drawn = np.random.default_rng(7).random((59, changes.shape[1])).argsort(axis=1)[:, :windows]
    deals = [np.arange(windows), *drawn]
    effect = difference(changes, before, list(range(windows)), seed=7).effect
    gap, square, _, _ = studentised(changes, before, deals[0])
    assert effect.estimate == pytest.approx(gap, rel=1e-7)
    assert effect.p_value == pytest.approx(p_value(changes, before, deals), rel=1e-7)

    def supposing(end: float) -> float:
        """The test of another difference: it is taken off the changes of the supported trusts in every window."""
        off = np.zeros_like(changes)
        off[:, :windows] = end
        return p_value(changes - off, before, deals)

    for end, inwards in ((effect.ci_low, 1e-6), (effect.ci_high, -1e-6)):
        if np.isfinite(end):
            assert supposing(end + inwards) > 0.05 >= supposing(end - inwards)
        else:
            assert supposing(gap - np.sign(inwards) * 1e3 * np.sqrt(square)) > 0.05


def test_a_draw_is_that_of_its_seed() -> None:
    changes, before = study(2, 0.1, 0.4)
    first, again, other = (
        difference(changes, before, [0, 1], **seed).effect for seed in ({}, {"seed": 1}, {"seed": 2})
    )
    assert first == again
    assert first.p_value != other.p_value
    assert first.p_value * (DRAWS + 1) == pytest.approx(round(first.p_value * (DRAWS + 1)), abs=1e-6)


def test_where_no_trust_changes_nothing_is_told() -> None:
    made = difference(np.ones((3, 20)), np.random.default_rng(1).normal(size=(3, 20)), [0, 1, 2]).effect
    assert (made.estimate, made.p_value) == (0.0, 1.0)


@pytest.mark.parametrize("own", [0.1, 5.0, -5.0])
def test_others_that_all_stood_alike_before_have_no_slope(own: float) -> None:
    changes, before = study(3, 0.5, 0.3)[0], np.full((3, 14), 0.1)
    before[:, :3] = own
    made = difference(changes, before, [0, 1, 2]).effect
    assert made.estimate == pytest.approx(np.mean(np.diag(changes)) - changes[:, 3:].mean())


@pytest.mark.parametrize(("level", "outside"), [(-1.1, True), (-1.0, False), (1.0, False), (1.1, True)])
def test_supported_trusts_stand_outside_where_their_mean_level_lies_beyond_that_of_all_others(
    level: float, outside: bool
) -> None:
    before = np.tile(np.r_[level - 0.5, level + 0.5, np.linspace(-1, 1, 12)], (2, 1)) + np.array([[0.25], [-0.25]])
    changes = np.random.default_rng(1).normal(size=before.shape)
    assert difference(changes, before, [0, 1]).outside is outside


@pytest.mark.parametrize(("windows", "times", "noisier"), [(3, 1.51, True), (3, 1.5, False), (2, 9.0, False)])
def test_supported_trusts_vary_more_beyond_one_and_a_half_times_the_spread_of_others(
    windows: int, times: float, noisier: bool
) -> None:
    """Three windows of three ones, three minus ones and five zeros have a standard deviation of .75."""
    own = (np.arange(windows) - (windows - 1) / 2) * times * 0.75
    changes = np.r_[own, [1.0] * 3, [-1.0] * 3, [0.0] * 5] + 8 * np.arange(windows)[:, None]
    made = difference(changes, np.zeros_like(changes), list(range(windows)))
    assert made.noisier is noisier
