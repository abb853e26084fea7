"""The other views of a comparison hold R's values, and say what they cannot say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from buddy_eval.analyse import compare
from buddy_eval.analyse.compare.design_matrix import Model, independent, within_pairs
from buddy_eval.analyse.compare.mixed import mixed_model
from buddy_eval.analyse.compare.pooled import by_cluster, combined, pooled_mean, variance
from buddy_eval.analyse.compare.robust import interval_end
from buddy_eval.base.errors import BuddyError

HERE = Path(__file__).parent / "reference"
R: dict[str, Any] = json.loads((HERE / "views.json").read_text())
PEOPLE = pd.read_csv(HERE / "people.csv")
DATA = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data")
ROLES = {"roles": ("role",), "alone": ()}


def scores(pairs: int, *, gap: float = 0.5, waves: int = 1, linked: bool = False, seed: int = 1) -> pd.DataFrame:
    """Scores of two themes, four people of two posts a side, each pair with a gap of its own."""
    random = np.random.default_rng(seed)
    rows = []
    for wave in range(1, waves + 1):
        for pair in range(pairs):
            own = gap + random.normal(0, 0.2)
            for side in ("supporter", "receiver"):
                for number in range(8):
                    name = f"{'P' if linked else f'W{wave}'}-{pair}-{side[0]}{number}"
                    role = "board" if number % 2 else "improvement_team"
                    for theme in ("culture", "capacity"):
                        value = 3 + own * (side == "supporter") * (theme == "culture") + random.normal(0, 0.3)
                        rows.append((name, f"SYN{pair:02d}", side, role, wave, theme, value))
    columns = ["participant", "pair", "side", "role", "wave", "theme", "score"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize("name", ["roles", "alone"])
def test_cr2_and_satterthwaite_are_those_of_clubsandwich(name: str) -> None:
    made, wanted = compare.cr2(within_pairs(PEOPLE, ROLES[name])), R["cr2"][name]
    assert (made.estimate, made.error, made.df, made.p_value) == pytest.approx(
        [wanted[key] for key in ("estimate", "error", "df", "p_value")], rel=1e-9
    )


@pytest.mark.parametrize("within", [False, True])
def test_cr2_on_soldiers_in_groups_is_that_of_clubsandwich(within: bool) -> None:
    file = DATA / "surveys" / "bh1996.csv"
    if not file.is_file():
        pytest.skip(f"the real data are not here: {file.name}")
    given = pd.read_csv(file)
    group = pd.factorize(given["GRP"], sort=True)[0].astype("int64")
    columns = given[["HRS", "LEAD", "WBEING"]]
    if within:
        columns = columns - columns.groupby(group).transform("mean")
    x = columns[["HRS", "LEAD"]].to_numpy(dtype="float64")
    x = x if within else np.column_stack([x, np.ones(len(x))])
    made = compare.cr2(Model(columns["WBEING"].to_numpy(dtype="float64"), x, group))
    wanted = R["bh1996"]["within" if within else "between"]
    assert [made.estimate, made.error, made.df] == pytest.approx(
        [wanted["estimate"], wanted["error"], wanted["df"]], rel=1e-6
    )


@pytest.mark.parametrize("name", ["roles", "alone"])
def test_the_mixed_model_is_that_of_lmertest(name: str) -> None:
    made, wanted = mixed_model(PEOPLE, ROLES[name]), R["mixed"][name]
    assert made.side.estimate == pytest.approx(wanted["estimate"], rel=1e-5)
    assert made.side.error == pytest.approx(wanted["error"], rel=1e-4)
    assert made.side.df == pytest.approx(wanted["df"], rel=1e-3)
    assert made.side.df == pytest.approx(wanted["kenward_df"], rel=0.01)
    spreads = [made.level_sd, made.gap_sd, made.residual_sd]
    assert spreads == pytest.approx([wanted[key] for key in ("level_sd", "gap_sd", "residual_sd")], rel=1e-3)
    assert made.caution == ""


def test_a_mixed_model_at_the_edge_says_so_and_keeps_few_degrees_of_freedom() -> None:
    flat = PEOPLE.assign(score=3 + np.random.default_rng(0).normal(0, 0.5, len(PEOPLE)))
    made = mixed_model(flat)
    assert made.caution == "mixed_edge"
    assert made.side.df == 6


def test_a_mixed_model_that_cannot_be_fitted_gives_no_interval() -> None:
    made = mixed_model(PEOPLE.assign(score=3.0))
    assert made.caution == "mixed_failed"
    assert np.isnan([made.side.ci_low, made.side.p_value]).all()


def test_the_bootstrap_counts_every_pattern_of_signs_and_its_interval_is_what_it_does_not_reject() -> None:
    model = within_pairs(PEOPLE, ("role",))
    made = compare.wild_bootstrap(model)
    assert made.p_value * 2**7 == pytest.approx(round(made.p_value * 2**7))
    for end, way in ((made.ci_low, 1), (made.ci_high, -1)):
        for shift, kept in ((0.02, True), (-0.02, False)):
            moved = Model(model.y - (end + way * shift) * model.x[:, 0], model.x, model.group)
            assert (compare.wild_bootstrap(moved, interval=False).p_value > 0.05) is kept


def test_with_equal_pairs_and_no_covariates_the_bootstrap_is_the_sign_flip_test_of_t() -> None:
    people = scores(7)
    people = people[people["theme"] == "culture"]
    gaps = compare.dyadic_gaps(people)["estimate"].to_numpy()[:, None]
    made = compare.wild_bootstrap(within_pairs(people), interval=False)
    assert made.p_value == pytest.approx(float(compare.sign_flip(gaps)[0]))
    assert compare.cr2(within_pairs(people)).df == pytest.approx(6)


def test_partial_pooling_holds_the_published_formulas_and_draws_pairs_together() -> None:
    gaps, variances = (np.array(R["pooled"][name]) for name in ("gaps", "variances"))
    assert combined(gaps, variances).tau2 == pytest.approx(R["pooled"]["between"], rel=1e-8)
    made = pooled_mean(gaps, variances)
    assert [made.estimate, made.error] == pytest.approx([R["pooled"]["estimate"], R["pooled"]["error"]], rel=1e-8)
    pooled = compare.shrunken(compare.dyadic_gaps(scores(7)))
    spread = pooled.groupby("theme")[["measured", "estimate"]].std()
    assert (spread["estimate"] < spread["measured"]).all()
    assert pooled["pull"].between(0, 1).all()


def test_superiority_is_wilcoxons_count_of_r() -> None:
    made = compare.ordinal(PEOPLE.assign(wave=1, theme="culture")).set_index("pair")
    assert made["superiority"].to_dict() == pytest.approx(R["superiority"])
    assert made["delta"].to_dict() == pytest.approx({pair: 2 * share - 1 for pair, share in R["superiority"].items()})
    assert np.isnan(made["ci_low"].to_dict()["SYN02"])


def test_superiority_asks_only_for_the_order() -> None:
    first, second = PEOPLE.loc[:20, "score"].to_numpy(), PEOPLE.loc[30:50, "score"].to_numpy()
    share, low, high = compare.superiority(first, second)
    assert compare.superiority(np.exp(first), np.exp(second)) == pytest.approx((share, low, high))
    turned = compare.superiority(second, first)
    assert turned == pytest.approx((1 - share, 1 - high, 1 - low))


def test_one_call_gives_every_view_with_method_and_caution() -> None:
    made = compare.compare(scores(7, waves=2))
    views = {"pairs", "cr2", "bootstrap", "mixed", "pooled", "order", "role"}
    assert set(made["view"]) == views
    assert set(made.loc[made["view"] == "role", "role"]) == {"board", "improvement_team"}
    assert set(made["primary"]) == set(made.loc[made["view"] == "pairs", "finding"])
    assert (made["method"].str.len() > 20).all()
    assert (made["caution"] != "").all()
    primary = made[made["view"] == "pairs"].drop(columns=["view", "primary", "role"]).reset_index(drop=True)
    expected = compare.across(compare.dyadic_gaps(scores(7, waves=2)))
    pd.testing.assert_frame_equal(primary, expected)


def test_the_views_agree_where_nothing_divides_them_and_shuffled_rows_change_nothing() -> None:
    given = scores(7)
    made = compare.compare(given, covariates=())
    culture = made[(made["theme"] == "culture") & made["view"].isin(["pairs", "cr2", "mixed", "bootstrap"])]
    assert np.ptp(culture["estimate"]) == pytest.approx(0, abs=1e-6)
    shuffled = compare.compare(given.sample(frac=1, random_state=3), covariates=())
    pd.testing.assert_frame_equal(made, shuffled, rtol=1e-4)


def test_people_who_answered_twice_are_followed_and_others_are_not() -> None:
    linked, unlinked = (compare.compare(scores(7, waves=2, linked=how)) for how in (True, False))
    assert "linked" not in set(unlinked["view"])
    rows = linked[linked["view"] == "linked"].set_index("theme")
    assert list(rows.index) == ["capacity", "culture"]
    change = linked[(linked["view"] == "pairs") & linked["wave"].isna()].set_index("theme")
    assert rows["estimate"].to_dict() == pytest.approx(change["estimate"].to_dict())
    assert set(change["caution"]) == {"groups_linked"}
    assert set(zip(change["n_both"], change["n_either"], strict=True)) == {(112, 112)}
    plain = unlinked[(unlinked["view"] == "pairs") & unlinked["wave"].isna()]
    assert set(plain["caution"]) == {"groups_unlinked"}


@pytest.mark.parametrize("gaps", [[0.4], [0.4, 0.4, 0.4]])
def test_gaps_without_a_spread_are_pooled_without_a_warning(gaps: list[float]) -> None:
    made = pooled_mean(np.array(gaps), np.full(len(gaps), 0.01))
    assert made.estimate == pytest.approx(0.4)
    assert np.isnan(made.ci_low)  # of no spread nothing can be told


def test_gaps_closer_together_than_their_people_let_expect_have_the_interval_of_their_own_spread() -> None:
    """Of equal variances it is that of the plain t-test, however small the spread."""
    gaps = np.array([0.1, 0.2, 0.15, 0.05])
    made = pooled_mean(gaps, np.full(4, 0.2))
    expected = stats.ttest_1samp(gaps, 0).confidence_interval()
    assert (made.ci_low, made.ci_high) == pytest.approx((expected.low, expected.high))


def test_permuting_counts_the_deal_as_it_was_and_refuses_one_sided_pairs() -> None:
    from within_pair_permutation import permute_within_pairs

    values = np.array([[5.0, 1.0], [4.0, 2.0], [5.0, 1.0], [1.0, 2.0], [2.0, 1.0], [1.0, 1.0]])
    side, pair = np.array([True] * 3 + [False] * 3), np.zeros(6, dtype="int64")
    single, adjusted = permute_within_pairs(values, side, pair, draws=1999)
    assert single[0] == pytest.approx(0.1, abs=0.03)
    assert (adjusted >= single - 0.01).all()
    with pytest.raises(BuddyError, match="one side only"):
        permute_within_pairs(values, np.ones(6, dtype="bool"), pair)
    with pytest.raises(BuddyError, match="missing"):
        permute_within_pairs(np.where(values == 5, np.nan, values), side, pair)


def test_what_is_planted_in_the_illustrative_study_is_recovered_and_nothing_else_is_claimed() -> None:
    import generate
    from buddy_eval.analyse.scores import score
    from buddy_eval.study.instrument import load_instrument

    items = load_instrument(None).items
    random = np.random.default_rng(generate.SEED)
    parts = []
    for wave in (1, 2):
        wide = generate.survey(random, wave)
        wide = wide.assign(wave=wave, participant=[f"W{wave}-{number}" for number in range(len(wide))])
        parts.append(wide.melt(["participant", "pair", "side", "role", "wave"], var_name="item", value_name="given"))
    long = pd.concat(parts, ignore_index=True)
    long["answer"] = pd.to_numeric(long["given"], errors="coerce").astype("Int64")
    made = compare.compare(score(long, items))
    survey = made[made["wave"].notna() & (made["view"] != "role") & (made["view"] != "order")]
    for row in survey.to_dict("records"):
        planted = np.mean([generate.planted(pair, row["theme"], row["wave"]) for pair in generate.PAIRS])
        assert row["ci_low"] < planted < row["ci_high"], row["finding"]
        claimed = row["ci_low"] > 0 or row["ci_high"] < 0
        assert bool(claimed) == bool(abs(planted) > 0.1), row["finding"]


def test_a_search_that_runs_far_out_does_not_break_the_mixed_model() -> None:
    from buddy_eval.analyse.design import simulate

    sizes = np.clip(np.random.default_rng(7).lognormal(2.9, 0.7, (8, 2)), 5, 60).astype(int)
    drawn = simulate([(int(a), int(b)) for a, b in sizes], 2000, 800)
    score = drawn.scores(0.0)[156]  # the optimiser tries spreads at which the equations cannot be solved
    sides = np.where(drawn.supporter, "supporter", "receiver")
    made = mixed_model(pd.DataFrame({"pair": drawn.pair, "side": sides, "score": score}))
    assert np.isfinite([made.side.estimate, made.side.ci_low]).all()
    assert 0 < made.side.df < 400


def test_fewer_than_three_pairs_are_not_drawn_towards_each_other() -> None:
    drawn = [len(compare.shrunken(compare.dyadic_gaps(scores(pairs)))) for pairs in (1, 2, 3)]
    assert drawn == [0, 0, 6]


def test_the_variance_of_a_pooled_gap_is_one_spread_of_all_pairs_over_their_people() -> None:
    """Two pairs of 6 and 12 people a side; then all of them of nearly one mind, which a floor keeps from all weight."""
    half = np.array([-1.0, 0.0, 1.0] * 2)
    parts = [
        pd.DataFrame({"pair": pair, "side": side, "score": level + values})
        for pair, values in (("A", half), ("B", np.tile(half, 2)))
        for side, level in (("supporter", 3.5), ("receiver", 3.0))
    ]
    people = pd.concat(parts).assign(wave=1, theme="culture")
    gaps = compare.dyadic_gaps(people)
    df = np.array([10.0, 22.0])
    spreads = np.array([half.var(ddof=1), np.tile(half, 2).var(ddof=1)])
    expected = (df * spreads).sum() / df.sum() * np.array([2 / 6, 2 / 12])
    assert variance(gaps) == pytest.approx(expected)
    mean, sampling = by_cluster(gaps, pd.Series({"A": "one", "B": "one"}))
    assert (mean.tolist(), sampling.tolist()) == (pytest.approx([0.5]), pytest.approx([expected.sum() / 4]))
    still = people.assign(score=people["score"] * 1e-4)
    assert variance(compare.dyadic_gaps(still)).tolist() == pytest.approx([1e-6, 1e-6])


@pytest.mark.parametrize(("number", "rows"), [(2, 0), (3, 1)])
def test_a_group_of_posts_needs_three_people_on_both_sides_of_two_pairs(number: int, rows: int) -> None:
    people = scores(2).query("theme == 'culture'")
    few = (people["role"] == "board") & (people["side"] == "receiver") & (people["pair"] == "SYN01")
    gone = sorted(people.loc[few, "participant"])[number:]
    made = compare.compare(people[~people["participant"].isin(gone)])
    found = made[(made["view"] == "role") & (made["role"] == "board")]
    assert len(found) == rows
    assert found["n_receiver"].tolist() == [4 + number] * rows


@pytest.mark.parametrize("way", [-1.0, 1.0])
def test_an_end_of_an_interval_is_where_a_test_begins_to_reject_and_may_lie_too_far_out(way: float) -> None:
    rejects_beyond = interval_end(lambda value: float(abs(value - 0.5) <= 3.7), 0.5, 0.1, way, 1e3)
    assert rejects_beyond == pytest.approx(0.5 + way * 3.7, abs=1e-12)
    assert interval_end(lambda value: 1.0, 0.5, 0.1, way, 1e3) == way * np.inf
    assert interval_end(lambda value: 0.05, 0.5, 0.1, way, 1e3) == pytest.approx(0.5, abs=1e-12)


def test_columns_that_others_hold_are_dropped_whatever_their_unit() -> None:
    one, two = np.array([1.0, -1, 2, 0, -2]), np.array([3.0, 1, 0, -2, -2])
    kept = independent(np.column_stack([one, 2 * one, 1e6 * two, one + two, two * 0]))
    assert kept.tolist() == np.column_stack([one, 1e6 * two]).tolist()
