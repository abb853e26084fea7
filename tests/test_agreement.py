"""Agreement against published examples and other programs; laws; the bootstrap; human coders' codes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from buddy_eval.base.errors import BuddyError
from buddy_eval.coding.agreement import LEVELS, agreement, alpha, reading
from buddy_eval.coding.agreement.intervals import intervals, pseudo
from buddy_eval.coding.agreement.reading import caution
from buddy_eval.coding.agreement.statistics import NOMINAL, patterns, percents

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
    made = made[made["statistic"] != "commonest"]
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


def test_at_the_ratio_level_nought_is_a_value_as_far_from_one_as_from_ten() -> None:
    """(a - b)/(a + b), squared, is 1 where one of two is nought, and nought is like itself (Krippendorff 2011)."""
    apart = np.array([[0, 0], [0, 1], [1, 1], [0, 0], [1, 0], [1, 1.0]])
    assert alpha(apart, "ratio") == pytest.approx(alpha(apart, "nominal"))
    assert alpha(apart * 10, "ratio") == pytest.approx(alpha(apart, "nominal"))
    assert estimates(frame(apart), "ratio")["alpha"] == alpha(apart, "ratio")  # none is below zero


@pytest.mark.parametrize("level", ["ordinal", "interval"])
def test_values_far_from_nought_are_measured_as_exactly(level: str) -> None:
    assert alpha(PUBLISHED + 1e9, level) == pytest.approx(alpha(PUBLISHED, level), abs=1e-12)
    assert alpha(np.tile(PUBLISHED, (100_000, 1)), level) == pytest.approx(alpha(PUBLISHED, level), abs=0.01)


def test_full_agreement_is_one_and_no_variation_is_unknown() -> None:
    agreed = frame(np.array([[1.0, 1], [2, 2], [3, 3], [1, 1]]))
    assert estimates(agreed) == pytest.approx({"alpha": 1, "percent": 1, "fleiss_kappa": 1, "ac1": 1})
    flat = agreement(frame(np.ones((5, 2))), draws=50).set_index("statistic")
    assert np.isnan(flat["estimate"].loc["alpha"])
    assert np.isnan(flat["estimate"].loc["fleiss_kappa"])
    assert flat[["ci_low", "ci_high"]].loc["alpha"].isna().all()
    undefined = flat.index[flat["estimate"].isna()]
    assert [*undefined] == ["alpha", "fleiss_kappa"]
    assert set(flat["caution"].loc[undefined]) == {"alpha_undefined"}
    assert flat["estimate"].loc["percent"] == 1
    scale = agreement(frame(np.ones((5, 2))), "interval", draws=50).set_index("statistic")
    assert scale["caution"].loc["alpha"] == "alpha_undefined"


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.8, ""), (0.7999, "alpha_tentative"), (0.667, "alpha_tentative"), (0.6669, "alpha_low"), (-1.0, "alpha_low")],
)
def test_krippendorffs_marks_are_read_from_the_mark_on(value: float, said: str) -> None:
    assert reading(value) == said


def test_the_share_of_the_commonest_value_stands_beside_agreement() -> None:
    made = agreement(frame(PUBLISHED), draws=20).set_index("statistic")
    assert made["estimate"].loc["commonest"] == pytest.approx(13 / 41)  # value 2, of all ratings also the one alone


@pytest.mark.parametrize("table", [(3, 2, 25), (1, 0, 19), (0, 2, 38), (12, 4, 14)])
def test_the_interval_of_two_coders_is_that_of_jeffreys_prior(table: tuple[int, int, int]) -> None:
    both, apart, neither = table
    ratings = np.array([[1.0, 1]] * both + [[0, 1]] * apart + [[0, 0]] * neither)
    worth = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, len(ratings) - 1)) ** 2
    p = stats.dirichlet(np.array(table) * worth + 0.5).rvs(200_000, random_state=1)
    one = p[:, 0] + p[:, 1] / 2
    expected = np.quantile(1 - p[:, 1] / (2 * one * (1 - one)), [0.025, 0.975])
    made = agreement(frame(ratings), draws=20_000).set_index("statistic")
    low, high = made["ci_low"].loc["alpha"], made["ci_high"].loc["alpha"]
    estimate = made["estimate"].loc["alpha"]
    assert low == pytest.approx(min(expected[0], estimate), abs=0.02)
    assert high == pytest.approx(max(expected[1], estimate), abs=0.02)


def test_full_agreement_on_a_rare_code_is_not_certain() -> None:
    made = agreement(frame(np.array([[1.0, 1]] + [[0, 0]] * 19))).set_index("statistic")
    assert made["estimate"].loc["alpha"] == 1
    assert made["ci_low"].loc["alpha"] < 0.5
    assert made["ci_high"].loc["alpha"] == 1
    flat = agreement(frame(np.zeros((20, 2)))).set_index("statistic")
    assert 0.8 < flat["ci_low"].loc["percent"] < 0.95


@pytest.mark.parametrize("level", LEVELS)
def test_many_draws_at_once_are_what_each_is_alone(level: str) -> None:
    held = patterns(PUBLISHED, level)
    weights = np.random.default_rng(1).gamma(1.0, size=(5, len(held.units)))
    for name, call in NOMINAL.items():
        alone = [float(call(held, row[None, :])[0]) for row in weights]
        np.testing.assert_allclose(call(held, weights), alone, rtol=1e-12, err_msg=name)


@given(RATINGS, st.sampled_from(LEVELS))
def test_an_interval_never_leaves_out_its_own_estimate(rows: list[list[int | None]], level: str) -> None:
    made = agreement(pd.DataFrame(rows, dtype="float64"), level, draws=40).dropna(subset="estimate")
    assert ((made["ci_low"] <= made["estimate"]) & (made["estimate"] <= made["ci_high"])).all()


def test_units_with_one_rating_are_counted_as_left_out() -> None:
    assert set(agreement(frame(PUBLISHED), draws=20)["n_single"]) == {1}
    two_alone = np.array([[1, 1], [0, 0], [1, 0], [1, np.nan], [np.nan, 0]])
    assert set(agreement(frame(two_alone), draws=20)["n_single"]) == {2}
    assert set(agreement(frame(two_alone), draws=20)["n_units"]) == {3}


def test_only_what_a_level_allows_is_measured_and_only_alpha_is_read() -> None:
    made = agreement(frame(PUBLISHED[:6]), draws=20).set_index("statistic")
    assert list(made.index) == ["alpha", "percent", "fleiss_kappa", "ac1", "commonest"]
    assert made["caution"].to_dict() == {**dict.fromkeys(made.index, ""), "alpha": "few_units"}
    assert list(agreement(frame(PUBLISHED), "interval", draws=20)["statistic"]) == ["alpha", "percent"]


def test_a_rare_code_and_few_units_are_said_before_anybody_is_blamed() -> None:
    def said(rows: list[tuple[list[float], int]]) -> str:
        ratings = np.array([row for row, n in rows for _ in range(n)])
        return str(agreement(frame(ratings)).set_index("statistic")["caution"].loc["alpha"])

    assert said([([1, 1], 2), ([0, 1], 6), ([0, 0], 192)]) == "alpha_rare"
    assert said([([1, 1], 60), ([0, 1], 80), ([0, 0], 60)]) == "alpha_low"
    assert said([([1, 1], 2), ([0, 0], 2)]) == "few_units"
    assert said([([1, 1], 14), ([0, 1], 2), ([0, 0], 14)]) == "alpha_wide"


@pytest.mark.parametrize(
    ("value", "ends", "n_units", "commonest", "said"),
    [
        (0.5, (0.1, 0.7), 9, 0.9, "few_units"),
        (0.5, (0.1, 0.7), 10, 0.9, "alpha_rare"),
        (0.5, (0.1, 0.7), 10, 0.899, "alpha_low"),
        (0.667, (0.1, 0.8), 10, 0.95, "alpha_tentative alpha_wide"),
        (0.7, (0.667, 0.8), 10, 0.95, "alpha_tentative"),
        (0.85, (0.1, 0.7999), 10, 0.5, ""),
        (float("nan"), (0.1, 0.8), 9, 0.95, "alpha_undefined"),
    ],
)
def test_the_cautions_of_an_alpha_begin_and_end_at_their_marks(
    value: float, ends: tuple[float, float], n_units: int, commonest: float, said: str
) -> None:
    assert caution(value, ends, n_units, commonest) == said


@pytest.mark.parametrize(("level", "chosen"), [("nominal", range(12, 24)), ("interval", range(0, 24, 2))])
def test_the_prior_knows_twelve_values_the_commonest_or_those_at_equal_steps_of_rank(level: str, chosen: range) -> None:
    """Three coders agree on each of 24 values: on names more often from one to the next, on a scale as often."""
    uneven = pseudo(patterns(np.repeat(np.arange(12.0), np.arange(1, 13))[:, None] * np.ones(2), "interval"))
    assert (uneven.cells.sum(axis=0) > 0).all()  # of twelve all are known
    often = np.arange(1, 25) if level == "nominal" else np.ones(24, dtype="int64")
    prior = pseudo(patterns(np.repeat(np.arange(24.0), often)[:, None] * np.ones(3), level))
    assert np.flatnonzero(prior.cells.sum(axis=0)).tolist() == list(chosen)
    assert prior.ratings.tolist() == [3.0] * (12 + 66)
    alike = prior.cells.max(axis=1).toarray().ravel() == 3
    assert prior.units[alike].tolist() == pytest.approx([1 / 12] * 12)
    ones, twos = np.array(list(combinations(often[list(chosen)], 2))).T
    assert prior.units[~alike].tolist() == pytest.approx((0.5 * ones * twos / (ones * twos).sum()).tolist())


@pytest.mark.parametrize("lies", ["together", "alone", "nowhere", "without sources"])
def test_the_interval_of_percent_agreement_is_that_of_its_beta_distribution(lies: str) -> None:
    """Of 40 units of 8 sources coders differ on 10: in two sources, or spread over all as if units were drawn alone."""
    apart = np.zeros(40)
    apart[:10] = lies != "nowhere"
    source = np.repeat(np.arange(8), 5) if lies == "together" else np.arange(40) % 8
    held, n, groups = patterns(np.column_stack([np.arange(40) % 2, (np.arange(40) + apart) % 2])), 40, 8
    each = (apart - apart.mean()) / n
    alone = (each**2).sum() * n / (n - 1)
    together = (np.bincount(source, each) ** 2).sum() * groups / (groups - 1)
    assert (together > alone) == (lies == "together")
    df = n - 1 if lies == "without sources" else groups - 1
    worth = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, df)) ** 2 / (together / alone if lies == "together" else 1)
    expected = stats.beta((n - apart.sum()) * worth + 1, apart.sum() * worth + 0.5).ppf([0.025, 0.975])
    sources = None if lies == "without sources" else source
    ends = intervals(held, {"percent": percents}, draws=100_000, seed=1, sources=sources)["percent"]
    assert ends == pytest.approx((expected[0], max(expected[1], 1 - apart.mean())), abs=0.003)


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
    with pytest.raises(BuddyError, match="rating 'inf' is no finite number"):
        agreement(pd.DataFrame({"a": ["1", "inf"], "b": ["1", "2"]}), "interval")
    with pytest.raises(BuddyError, match="rating '-2' is below zero, which the level ratio does not know"):
        agreement(pd.DataFrame({"a": ["1", "-2"], "b": ["1", "2"]}), "ratio")


def test_coefficients_of_the_psychiatric_diagnoses_are_the_published_ones(real_data: Path) -> None:
    fleiss = pd.read_csv(real_data / "agreement" / "diagnoses.csv")
    assert estimates(fleiss)["fleiss_kappa"] == pytest.approx(0.430, abs=5e-4)
    counts = pd.read_csv(real_data / "agreement" / "distrib.6raters.csv", index_col=0).to_numpy()
    ratings = np.array([np.repeat(np.arange(counts.shape[1]), row) for row in counts], dtype="float64")
    expected = {"alpha": 0.42044, "percent": 0.55111, "fleiss_kappa": 0.41393, "ac1": 0.44480}
    assert estimates(frame(ratings)) == pytest.approx(expected, abs=5e-6)
