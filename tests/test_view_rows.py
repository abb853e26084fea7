"""Every row of the other views, counted by hand from a small study; what each figure is has tests of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from buddy_eval.analyse.compare import cr2, dyadic_gaps, ordinal, wild_bootstrap
from buddy_eval.analyse.compare.design_matrix import within_pairs
from buddy_eval.analyse.compare.mixed import mixed_model
from buddy_eval.analyse.compare.pooled import by_cluster, pooled_mean
from buddy_eval.analyse.compare.robust import Estimate
from buddy_eval.analyse.compare.views import CAUTIONS, METHODS, other_views, over_pairs

KNOWN = {"A": "A", "B": "A"}  # these share a trust
PEOPLE = {"supporter": 8, "receiver": 7}


def asked() -> Iterator[tuple[Any, ...]]:
    """Seven pairs in two waves: one receiver of E, none of G in the first wave; one of three themes is asked of all.

    The first four people of a side answer in both waves.
    """
    random = np.random.default_rng(2)
    themes = {
        1: {"capacity": "AE", "culture": "ABCDEFG", "trust": "ABC"},
        2: {"capacity": "A", "culture": "ABCDEFG", "trust": "AC"},
    }
    for wave, pairs in themes.items():
        for theme, pair in [(theme, pair) for theme, names in pairs.items() for pair in names]:
            for side, people in PEOPLE.items():
                people = 1 if side == "receiver" and pair == "E" else people
                for n in range(0 if (wave, pair, side) == (1, "G", "receiver") else people):
                    once = n > 3 or pair == "F" or (theme, side) == ("capacity", "receiver")
                    who = f"{pair}{side[0]}{n}" + (f"w{wave}" if once else "")
                    role = "executive" if n < 4 and pair == "D" else "board" if n < 4 else "improvement_team"
                    score = 3 + (side == "supporter") * random.normal(0.5, 0.3) + random.normal(0, 0.5)
                    yield who, pair, side, role, wave, theme, score
            yield f"X{pair}", pair, "external", "board", wave, theme, 1.0


def scores() -> pd.DataFrame:
    columns = ["participant", "pair", "side", "role", "wave", "theme", "score"]
    made = pd.DataFrame(asked(), columns=columns)
    few = (made["pair"] == "C") & (made["role"] == "improvement_team") & (made["side"] == "receiver")
    made.loc[few & (made["participant"] == "Cr6w1"), "score"] = np.nan  # two are left of three
    return made


def mean_of(values: dict[str, float]) -> Estimate:
    """The mean over clusters of pairs with scipy's interval."""
    shared = [value for pair, value in values.items() if pair in "AB"]
    clusters = [value for pair, value in values.items() if pair not in "AB"]
    clusters += [sum(shared) / len(shared)] if shared else []
    t = stats.ttest_1samp(clusters, 0)
    low, high = t.confidence_interval()
    return Estimate(float(np.mean(clusters)), np.nan, float(t.df), float(low), float(high), float(t.pvalue))


def gap_of(people: pd.DataFrame, column: str = "score") -> dict[str, float]:
    """Supporters' mean minus receivers' by pair, of pairs with both."""
    ours, theirs = (people[people["side"] == side].groupby("pair")[column].mean() for side in PEOPLE)
    return {pair: ours[pair] - theirs[pair] for pair in sorted(set(ours.index.astype("str")) & set(theirs.index))}


def line(view: str, figures: Estimate, people: pd.DataFrame, **about: Any) -> dict[str, Any]:
    wave = about.get("wave", pd.NA)
    primary = f"gap-{about['theme']}-" + (f"w{wave}" if "wave" in about else "change-w1-w2")
    cautions = [CAUTIONS[view], about.get("caution", "")]
    role = about.get("role")
    return {
        "finding": f"{primary}--{view}" + (f"-{role.replace('_', '-')}" if role else ""),
        "primary": primary,
        "view": view,
        "role": role,
        "outcome": "survey",
        "theme": about["theme"],
        "contrast": about.get("contrast", "supporter minus receiver"),
        "contrast_kind": "gap" if "wave" in about else "change",
        "wave": wave,
        "wave_before": pd.NA if "wave" in about else 1,
        "wave_after": pd.NA if "wave" in about else 2,
        "estimate": figures.estimate,
        "ci_low": figures.ci_low,
        "ci_high": figures.ci_high,
        "p_value": np.nan if view == "role" else figures.p_value,
        "df": figures.df,
        "p_adjusted": np.nan,
        "stands": False,
        "n_looks": 0,
        "n_pairs": len(set(people["pair"])),
        "n_clusters": len({KNOWN.get(pair, pair) for pair in people["pair"]}),
        "n_supporter": int((people["side"] == "supporter").sum()),
        "n_receiver": int((people["side"] == "receiver").sum()),
        "method": METHODS[view],
        "caution": " ".join(filter(None, cautions)),
    }


@cache
def expected(covariates: tuple[str, ...]) -> pd.DataFrame:
    everybody = scores()
    valid = everybody[everybody["score"].notna() & (everybody["side"] != "external")]
    home = pd.Series({pair: KNOWN.get(pair, pair) for pair in "ABCDEFG"})
    rows = []
    for wave, theme, pairs, sure, board, improvement_team in (
        (1, "capacity", "AE", "", "", ""),
        (1, "culture", "ABCDEF", "ABCDF", "ABCF", "ABDF"),
        (1, "trust", "ABC", "ABC", "ABC", ""),
        (2, "culture", "ABCDEFG", "ABCDFG", "ABCFG", "ABCDFG"),
        (2, "trust", "AC", "AC", "AC", "AC"),
    ):
        mine = valid[(valid["wave"] == wave) & (valid["theme"] == theme)]
        people = mine[mine["pair"].isin(list(pairs))]
        modelled = people.assign(cluster=people["pair"].map(home))
        about = {"wave": wave, "theme": theme}
        rows.append(line("cr2", cr2(within_pairs(modelled, covariates)), people, **about))
        rows.append(line("bootstrap", wild_bootstrap(within_pairs(modelled, covariates)), people, **about))
        fitted = mixed_model(modelled, covariates)
        rows.append(line("mixed", fitted.side, people, **about, caution=fitted.caution))
        if sure:
            some = people[people["pair"].isin(list(sure))]
            rows.append(line("pooled", pooled_mean(*by_cluster(dyadic_gaps(some), home)), some, **about))
        order = ordinal(people)
        deltas = dict(zip(order["pair"], order["delta"], strict=True))
        contrast = "Cliff's delta, supporter minus receiver"
        rows.append(line("order", mean_of(deltas), people, **about, contrast=contrast))
        for role, those in (("board", board), ("improvement_team", improvement_team)):
            among = people[(people["role"] == role) & people["pair"].isin(list(those))]
            contrast = f"supporter minus receiver, {role.replace('_', ' ')}"
            if those:
                rows.append(line("role", mean_of(gap_of(among)), among, **about, role=role, contrast=contrast))
    keys = ["participant", "pair", "side", "theme"]
    two = valid[valid["wave"] == 1].merge(valid[valid["wave"] == 2], on=keys)
    two["moved"] = two["score_y"] - two["score_x"]
    change = "gap in wave 2 minus gap in wave 1, the same people"
    for theme, pairs in (("culture", "ABCDE"), ("trust", "AC")):
        followed = two[(two["theme"] == theme) & two["pair"].isin(list(pairs))]
        rows.append(line("linked", mean_of(gap_of(followed, "moved")), followed, theme=theme, contrast=change))
    return pd.DataFrame(rows)


@pytest.mark.parametrize("covariates", [(), ("role",)])
def test_every_view_has_its_row_of_the_pairs_that_allow_it(covariates: tuple[str, ...]) -> None:
    options = {} if covariates else {"covariates": ()}
    seen = pd.DataFrame(list(other_views(scores(), known=KNOWN, **options)))
    pd.testing.assert_frame_equal(seen, expected(covariates))


def test_a_theme_has_its_rows_whatever_else_was_asked() -> None:
    trust = scores().query("theme == 'trust'")
    wanted = expected(()).query("theme == 'trust'").reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.DataFrame(list(other_views(trust, (), KNOWN))), wanted)


def test_the_mean_of_one_pair_has_no_interval_and_of_none_no_value() -> None:
    assert over_pairs(np.array([0.5])).estimate == 0.5
    assert np.isnan([over_pairs(np.array([])).estimate, over_pairs(np.array([0.5])).ci_low]).all()
