"""Agreement against published examples and other programs; laws; the bootstrap; human coders' codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from buddy_eval.base.errors import BuddyError
from buddy_eval.coding.agreement import LEVELS, agreement, alpha, reading
from buddy_eval.read.ratings import read_ratings

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, example C; Gwet's benchmark of four raters is the
# same table: twelve units, four coders, missing values, a unit that one coder rated alone.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, np.nan, np.nan, np.nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, np.nan, 3],
        [np.nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, np.nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, np.nan],
    ]
).T
GWET = {"alpha": 0.74342, "percent": 0.81818, "fleiss_kappa": 0.76117, "ac1": 0.77544}
RATINGS = st.lists(
    st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=3, max_size=3), min_size=3, max_size=15
).filter(lambda rows: sum(len([cell for cell in row if cell]) >= 2 for row in rows) >= 2)


def frame(ratings: NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame(ratings, columns=[f"coder {place}" for place in range(ratings.shape[1])])


def estimates(ratings: pd.DataFrame, level: str = "nominal") -> dict[str, float]:
    made = agreement(ratings, level, draws=20)
    return dict(zip(made["statistic"], made["estimate"], strict=True))


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_example_is_the_published_one(level: str, value: float) -> None:
    assert alpha(PUBLISHED, level) == pytest.approx(value, abs=5e-4)
    assert estimates(frame(PUBLISHED), level)["alpha"] == alpha(PUBLISHED, level)


def test_coefficients_of_gwets_four_raters_are_the_published_ones() -> None:
    assert estimates(frame(PUBLISHED)) == pytest.approx(GWET, abs=5e-6)
    made = agreement(frame(PUBLISHED), draws=20)
    assert set(made["n_units"]) == {11}
    assert set(made["n_coders"]) == {4}


def test_coefficients_are_those_of_other_programs(reference: Callable[[str], Any]) -> None:
    for name, case in reference("agreement").items():
        ratings = pd.DataFrame(case["ratings"], dtype="float64")
        found = estimates(ratings)
        assert found == pytest.approx({key: case[key] for key in found}, abs=1e-9), name
        for level, value in case["levels"].items():
            assert alpha(ratings.to_numpy(), level) == pytest.approx(value, abs=1e-12), (name, level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("dtype", ["float64", "Int64", "str", "object"])
def test_missing_ratings_of_every_type_are_no_ratings(level: str, dtype: str) -> None:
    whole = pd.DataFrame(PUBLISHED, dtype="Int64")
    text = whole.astype("str").where(whole.notna())
    ratings = text if dtype == "str" else whole.astype(pd.api.types.pandas_dtype(dtype))
    assert estimates(ratings, level)["alpha"] == pytest.approx(alpha(PUBLISHED, level))


@given(RATINGS, st.sampled_from(LEVELS), st.randoms(use_true_random=False))
def test_agreement_does_not_mind_the_order_of_units_or_who_the_coders_are(
    rows: list[list[int | None]], level: str, random: Any
) -> None:
    ratings = pd.DataFrame(rows, dtype="float64")
    units, coders = list(range(len(rows))), [0, 1, 2]
    random.shuffle(units)
    random.shuffle(coders)
    other = ratings.iloc[units, coders].set_axis(["x", "y", "z"], axis=1)
    assert estimates(other, level) == pytest.approx(estimates(ratings, level), nan_ok=True)


@given(RATINGS)
def test_at_the_nominal_level_the_names_of_the_values_do_not_matter(rows: list[list[int | None]]) -> None:
    ratings = pd.DataFrame(rows, dtype="float64")
    named = ratings.apply(lambda column: column.map({1.0: "trust", 2.0: "money", 3.0: "time", 4.0: "none"}))
    assert estimates(named) == pytest.approx(estimates(ratings), nan_ok=True)


@given(RATINGS, st.integers(-9, 9), st.integers(2, 9))
def test_alpha_keeps_to_its_level(rows: list[list[int | None]], shift: int, factor: int) -> None:
    ratings = np.array(rows, dtype="float64")
    assert alpha(shift + factor * ratings, "interval") == pytest.approx(alpha(ratings, "interval"), nan_ok=True)
    assert alpha(factor * ratings, "ratio") == pytest.approx(alpha(ratings, "ratio"), nan_ok=True)
    assert alpha(ratings**3, "ordinal") == pytest.approx(alpha(ratings, "ordinal"), nan_ok=True)


def test_full_agreement_is_one_and_no_variation_is_unknown() -> None:
    agreed = frame(np.array([[1.0, 1], [2, 2], [3, 3], [1, 1]]))
    assert estimates(agreed) == pytest.approx({"alpha": 1, "percent": 1, "fleiss_kappa": 1, "ac1": 1})
    flat = agreement(frame(np.ones((5, 2))), draws=50).set_index("statistic")
    assert np.isnan(flat["estimate"].loc["alpha"])
    assert np.isnan(flat["estimate"].loc["fleiss_kappa"])
    assert flat[["ci_low", "ci_high"]].loc["alpha"].isna().all()
    assert flat["caution"].loc["alpha"] == "alpha_undefined"
    assert flat["estimate"].loc["percent"] == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.8, ""), (0.7999, "alpha_tentative"), (0.667, "alpha_tentative"), (0.6669, "alpha_low"), (-1.0, "alpha_low")],
)
def test_krippendorffs_marks_are_read_from_the_mark_on(value: float, said: str) -> None:
    assert reading(value) == said


def test_the_interval_is_that_of_alphas_of_units_drawn_with_replacement() -> None:
    ratings = PUBLISHED[(~np.isnan(PUBLISHED)).sum(axis=1) >= 2]
    drawn = np.random.default_rng(5).multinomial(11, [1 / 11] * 11, size=300)
    alphas = [alpha(np.repeat(ratings, times, axis=0), "interval") for times in drawn]
    low, high = np.quantile(alphas, [0.025, 0.975])
    made = agreement(frame(PUBLISHED), "interval", draws=300, seed=5).iloc[0]
    assert (made["ci_low"], made["ci_high"]) == pytest.approx((low, high))


def test_intervals_corrected_for_chance_draw_the_units_rated_once_too() -> None:
    ratings = PUBLISHED[(~np.isnan(PUBLISHED)).sum(axis=1) >= 1]
    drawn = np.random.default_rng(5).multinomial(len(ratings), [1 / len(ratings)] * len(ratings), size=60)
    kappas = [estimates(frame(np.repeat(ratings, times, axis=0)))["fleiss_kappa"] for times in drawn]
    ends = np.quantile(kappas, [0.025, 0.975])
    made = agreement(frame(PUBLISHED), draws=60, seed=5).set_index("statistic")
    assert list(made[["ci_low", "ci_high"]].loc["fleiss_kappa"]) == pytest.approx(ends.tolist())


def test_the_same_seed_gives_the_same_interval_and_it_covers_the_estimate() -> None:
    made = agreement(frame(PUBLISHED), draws=500, seed=3)
    pd.testing.assert_frame_equal(made, agreement(frame(PUBLISHED), draws=500, seed=3))
    assert not made.equals(agreement(frame(PUBLISHED), draws=500, seed=4))
    assert ((made["ci_low"] < made["estimate"]) & (made["estimate"] < made["ci_high"])).all()


def test_the_ratings_are_left_alone() -> None:
    ratings = frame(PUBLISHED).astype("Int64")
    kept = ratings.copy(deep=True)
    for level in LEVELS:
        agreement(ratings, level, draws=5)
    pd.testing.assert_frame_equal(ratings, kept)


def test_what_cannot_be_measured_is_refused_in_plain_words() -> None:
    with pytest.raises(BuddyError, match=r"level 'nominel' is not known; use one of: nominal, ordinal"):
        agreement(frame(PUBLISHED), "nominel")
    with pytest.raises(BuddyError, match="two coders or more"):
        agreement(frame(PUBLISHED[:, :1]))
    with pytest.raises(BuddyError, match="two units that both of them rated"):
        agreement(frame(np.array([[1.0, 1], [2, np.nan], [np.nan, 2]])))
    with pytest.raises(BuddyError, match="rating 'high' is no number, which the level interval needs"):
        agreement(pd.DataFrame({"a": ["1", "high"], "b": ["1", "2"]}), "interval")


def test_long_and_wide_ratings_read_alike() -> None:
    wide = pd.DataFrame({"Unit": ["u1", "u2", "u3"], "AB": ["1", "2", "1"], "CD": ["1", "2", None]})
    long = wide.melt("Unit", var_name="Coder", value_name="Rating").dropna()
    expected = wide.set_index("Unit")
    pd.testing.assert_frame_equal(read_ratings(wide), expected)
    pd.testing.assert_frame_equal(read_ratings(long.sample(frac=1, random_state=2)), expected, check_names=False)


def test_a_first_column_of_names_that_no_coder_gave_is_not_a_coder() -> None:
    rated = {"AB": ["1", "2", "1", "2"], "CD": ["1", "2", "2", "2"]}
    named = read_ratings(pd.DataFrame({"sentence": ["s1", "s2", "s3", "s4"], **rated}))
    assert list(named.columns) == ["AB", "CD"]
    coder = read_ratings(pd.DataFrame({"EF": ["1", "2", "3", "4"], **rated}))
    assert list(coder.columns) == ["EF", "AB", "CD"]
    distinct = read_ratings(pd.DataFrame({"EF": ["0.1", "0.2"], "AB": ["0.3", "0.4"], "CD": ["0.5", "0.6"]}))
    assert list(distinct.columns) == ["EF", "AB", "CD"]


def test_ratings_that_are_no_table_of_coders_are_refused() -> None:
    with pytest.raises(BuddyError, match="fewer than two coders"):
        read_ratings(pd.DataFrame({"unit": ["u1", "u2"], "AB": ["1", "2"]}))
    twice = pd.DataFrame({"unit": ["u1", "u1"], "coder": ["AB", "AB"], "value": ["1", "2"]})
    with pytest.raises(BuddyError, match="unit 'u1' has two ratings of coder 'AB'"):
        read_ratings(twice)


def test_coefficients_of_the_psychiatric_diagnoses_are_the_published_ones(real_data: Path) -> None:
    fleiss = pd.read_csv(real_data / "agreement" / "diagnoses.csv")
    assert estimates(fleiss)["fleiss_kappa"] == pytest.approx(0.430, abs=5e-4)
    counts = pd.read_csv(real_data / "agreement" / "distrib.6raters.csv", index_col=0).to_numpy()
    ratings = np.array([np.repeat(np.arange(counts.shape[1]), row) for row in counts], dtype="float64")
    expected = {"alpha": 0.42044, "percent": 0.55111, "fleiss_kappa": 0.41393, "ac1": 0.44480}
    assert estimates(frame(ratings)) == pytest.approx(expected, abs=5e-6)
