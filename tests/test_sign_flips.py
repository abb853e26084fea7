"""Exact tests against scipy, R and plain loops."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from buddy_eval.analyse.compare import sign_flip
from buddy_eval.analyse.compare.sign_flips import sign_patterns

Floats = NDArray[np.float64]
TENTHS = st.lists(st.integers(-12, 12), min_size=1, max_size=7)


def drawn(seed: int, pairs: int, outcomes: int = 1) -> Floats:
    generator = np.random.default_rng(seed)
    return generator.normal(0.5, 1, (pairs, outcomes)) + generator.normal(0, 0.5, (pairs, 1))


@pytest.mark.parametrize(("seed", "pairs"), [(1, 4), (2, 6), (3, 7), (4, 9)])
def test_sign_flip_p_is_scipys_exact_permutation_p(seed: int, pairs: int) -> None:
    values = drawn(seed, pairs)[:, 0]
    # scipy's own two-sided p doubles a tail; |mean| with alternative 'greater' counts both
    found = stats.permutation_test(
        [values],
        lambda sample: abs(np.mean(sample)),
        permutation_type="samples",
        n_resamples=2**20,
        alternative="greater",
        vectorized=False,
    )
    assert sign_flip(values[:, None])[0] == pytest.approx(found.pvalue)


def test_sign_flip_p_is_that_of_r(reference: Callable[[str], Any]) -> None:
    for name, case in reference("compare")["flipped"].items():
        assert sign_flip(np.array(case["gaps"])[:, None])[0] == pytest.approx(case["p_value"]), name


@pytest.mark.parametrize(("pairs", "least"), [(4, 0.125), (5, 0.0625), (6, 0.03125), (16, 2 / 2**16)])
def test_the_smallest_p_is_two_in_all_patterns(pairs: int, least: float) -> None:
    values = np.arange(1.0, pairs + 1)[:, None]
    assert sign_flip(values)[0] == least


@given(TENTHS, st.sampled_from([1.0, 10.0, 7.0, 1e6]))
def test_ties_are_counted_exactly_whatever_the_unit(tenths: list[int], unit: float) -> None:
    sums = [abs(sum(np.array(signs) * tenths)) for signs in itertools.product([1, -1], repeat=len(tenths))]
    expected = sum(one >= abs(sum(tenths)) for one in sums) / len(sums)
    assert sign_flip(np.array(tenths)[:, None] / unit)[0] == expected


@pytest.mark.parametrize("thirds", [[-1, 3, 1, -1, -2, 3, -3], [-7, -2, -3, 1, 11], [1, -1, -11, 3, 1, 7], [0, 0]])
@pytest.mark.parametrize("unit", [3.0, 10.0, 7e5])
def test_gaps_that_cancel_out_have_a_p_of_one_in_spite_of_rounding(thirds: list[int], unit: float) -> None:
    values = np.array(thirds)[:, None] / unit
    assert sign_flip(values)[0] == 1


@given(TENTHS)
def test_swapping_the_sides_changes_no_p(tenths: list[int]) -> None:
    values = np.array(tenths)[:, None] / 10
    assert sign_flip(-values)[0] == sign_flip(values)[0]


@given(TENTHS.filter(lambda tenths: len(tenths) > 1), st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_no_p(tenths: list[int], random: Any) -> None:
    values = np.column_stack([np.array(tenths) / 10, np.array(tenths[::-1]) / 5 + 0.3])
    order = list(range(len(values)))
    random.shuffle(order)
    assert sign_flip(values[order]) == pytest.approx(sign_flip(values))


def test_a_pair_without_a_gap_does_not_count() -> None:
    values = drawn(5, 8)
    with_hole = np.vstack([values[:3], [[np.nan]], values[3:]])
    assert sign_flip(with_hole)[0] == sign_flip(values)[0]
    assert np.isnan(sign_flip(np.full((3, 1), np.nan))).all()


def test_beyond_sixteen_pairs_drawn_patterns_come_near_all_of_them() -> None:
    values = np.arange(-6.0, 12.0)[:, None]  # 18 pairs
    bits = (np.arange(2**18)[:, None] >> np.arange(18)) & 1
    exact = (np.abs((1.0 - 2.0 * bits) @ values[:, 0]) >= values.sum()).mean()
    assert sign_flip(values)[0] == pytest.approx(exact, abs=0.02)
    assert 0.02 < exact < 0.98
    assert sign_patterns(18).shape == (10_000, 18)
    assert (sign_patterns(18) == sign_patterns(18)).all()
    assert (sign_patterns(18)[0] == 1).all()
    assert sign_flip(np.full((60, 1), 2.0))[0] == 1 / 10_000
