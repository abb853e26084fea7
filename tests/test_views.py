"""The other views of a comparison hold R's values, and say what they cannot say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buddy_eval.analyse import compare
from buddy_eval.analyse.compare.design_matrix import within_pairs
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


def test_with_equal_pairs_and_no_covariates_the_bootstrap_is_the_sign_flip_test_of_t() -> None:
    people = scores(7)
    people = people[people["theme"] == "culture"]
    gaps = compare.dyadic_gaps(people)["estimate"].to_numpy()[:, None]
    made = compare.wild_bootstrap(within_pairs(people), interval=False)
    assert made.p_value == pytest.approx(float(compare.sign_flip(gaps)[0]))
    assert compare.cr2(within_pairs(people)).df == pytest.approx(6)


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


@pytest.mark.parametrize(("number", "rows"), [(2, 0), (3, 1)])
def test_a_group_of_posts_needs_three_people_on_both_sides_of_two_pairs(number: int, rows: int) -> None:
    people = scores(2).query("theme == 'culture'")
    few = (people["role"] == "board") & (people["side"] == "receiver") & (people["pair"] == "SYN01")
    gone = sorted(people.loc[few, "participant"])[number:]
    made = compare.compare(people[~people["participant"].isin(gone)])
    found = made[(made["view"] == "role") & (made["role"] == "board")]
    assert len(found) == rows
    assert found["n_receiver"].tolist() == [4 + number] * rows
