"""Every row of the findings, counted by hand from a small study; what each figure is has tests of its own."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from buddy_eval.analyse.compare import METHOD, across, compare, dyadic_gaps, series_gaps
from buddy_eval.analyse.compare.allowance import allowed, by_t
from buddy_eval.analyse.compare.views import other_views
from buddy_eval.schemas import conform
from buddy_eval.schemas.cautions import joined
from buddy_eval.schemas.comparison import COMPARISONS, FINDINGS, GAPS
from test_gaps import monthly, months
from test_view_rows import KNOWN, scores

SHARED = {"P0": "P0", "P1": "P0"}
Values = dict[str, float]


def drawn(pairs: str, seed: int, scale: float = 0.5) -> Values:
    """A gap for each of the pairs named by their numbers."""
    values = np.random.default_rng(seed).normal(0.5, scale, len(pairs)).tolist()
    return {f"P{n}": value for n, value in zip(pairs, values, strict=True)}


TOLD: dict[tuple[str, int], Values] = {
    ("steady", 1): drawn("01234567", 1, 0.05),
    ("steady", 2): drawn("0123456", 2),
    ("steady", 4): drawn("123", 3),
    ("few", 1): drawn("045", 4),
    ("few", 2): drawn("45", 5),
    ("lone", 1): {"P3": 0.7},
    ("carried", 1): {"P2": 0.02, "P3": 0.4, "P4": 0.5, "P5": 0.5, "P6": 0.6},
}
SERIES = {"A&E": drawn("0123456", 6), "A E": drawn("34", 7)}


def told() -> pd.DataFrame:
    """The frame `gaps`: pair Pn has n + 1 supporters and n + 3 receivers, in wave 2 ten more; P4's are divided."""
    rows = [
        (theme, "gap", "survey", wave, pair, value, int(pair[1]) + 1 + 10 * (wave == 2), int(pair[1]) + 3)
        for (theme, wave), values in TOLD.items()
        for pair, value in values.items()
    ]
    rows += [
        (name, "series", name, 0, pair, value, 12, 11)
        for name, column in SERIES.items()
        for pair, value in column.items()
    ]
    columns = ["theme", "contrast_kind", "outcome", "wave", "pair", "estimate", "n_supporter", "n_receiver"]
    made = pd.DataFrame(rows, columns=columns)
    divided = (made["pair"] == "P4") & (made["theme"] != "carried")
    return conform(made.assign(caution=np.where(divided, "few_people split_side", "")), GAPS)


def line(
    theme: str, name: str, values: Values, known: dict[str, str], cautions: set[str], **about: Any
) -> dict[str, Any]:
    """Means of clusters, scipy's interval, and the share of all patterns of signs."""
    clusters: dict[str, list[float]] = {}
    for pair, value in values.items():
        clusters.setdefault(known.get(pair, pair), []).append(value)
    means = np.array([np.mean(some) for some in clusters.values()])
    low, high, p = np.nan, np.nan, np.nan
    cautions = cautions | ({"split_pairs"} if "P4" in values and theme != "carried" else set())
    if len(means) > 1:
        low, high = map(float, stats.ttest_1samp(means, 0).confidence_interval())
        without = [
            stats.ttest_1samp(np.delete(means, n), 0).pvalue if len(means) > 2 else 1.0 for n in range(len(means))
        ]
        cautions |= {"one_pair_carries"} if stats.ttest_1samp(means, 0).pvalue < 0.05 <= max(without) else set()
    if len(means) >= 6:
        sums = [abs(np.array(signs) @ means) for signs in itertools.product([1, -1], repeat=len(means))]
        p = float(np.mean([one >= abs(means.sum()) - 1e-9 for one in sums]))
    else:
        cautions |= {"few_pairs"}
    cautions |= {"shared_trusts"} if len(means) < len(values) else set()
    return {
        "finding": name,
        "theme": theme,
        "outcome": "survey",
        "estimate": means.mean() if len(means) else np.nan,
        "ci_low": low,
        "ci_high": high,
        "df": len(means) - 1.0 if len(means) > 1 else np.nan,
        "p_value": p,
        "n_pairs": len(values),
        "n_clusters": len(means),
        "method": METHOD,
        "caution": joined(cautions),
        **about,
    }


@cache
def expected(clustered: bool) -> pd.DataFrame:
    known, rows = SHARED if clustered else {}, []
    for (theme, wave), values in TOLD.items():
        n = sum(int(pair[1]) for pair in values)
        about = {"contrast": "supporter minus receiver", "contrast_kind": "gap", "wave": wave}
        people = {"n_supporter": n + len(values) * (11 if wave == 2 else 1), "n_receiver": n + 3 * len(values)}
        rows.append(line(theme, f"gap-{theme}-w{wave}", values, known, {"answered_only"}, **about, **people))
    for theme in ("steady", "few", "lone", "carried"):
        for before, after in ((1, 2), (2, 4)):
            earlier, later = (TOLD.get((theme, wave), {}) for wave in (before, after))
            if (before, theme) == (2, "lone") or (before, theme) == (2, "carried"):
                continue
            values = {pair: later[pair] - earlier[pair] for pair in earlier if pair in later}
            n = sum(int(pair[1]) for pair in values)
            people = {"n_supporter": 2 * n + 12 * len(values), "n_receiver": 2 * n + 6 * len(values)}
            about = {"contrast": f"gap in wave {after} minus gap in wave {before}", "contrast_kind": "change"}
            about |= {"wave_before": before, "wave_after": after, **people}
            name = f"gap-{theme}-change-w{before}-w{after}"
            rows.append(line(theme, name, values, known, {"groups_unlinked"}, **about))
    for theme, name in (("A&E", "gap-a-e-2"), ("A E", "gap-a-e")):
        values = SERIES[theme]
        about = {"contrast": "receiver's change minus supporter's change", "contrast_kind": "series", "outcome": theme}
        people = {"n_supporter": 12 * len(values), "n_receiver": 11 * len(values)}
        rows.append(line(theme, name, values, known, {"before_after"}, **about, **people))
    return pd.DataFrame(rows)


@pytest.mark.parametrize("others", [None, np.array([0.01, np.nan, 0.02])])
@pytest.mark.parametrize("clustered", [False, True])
def test_every_theme_wave_change_and_indicator_has_its_row(clustered: bool, others: Any) -> None:
    seen = across(told(), SHARED if clustered else None, others)
    wanted = expected(clustered).reindex(columns=FINDINGS.names)
    wanted = conform(allowed(wanted, by_t(wanted), others), FINDINGS)
    pd.testing.assert_frame_equal(seen, wanted)
    trusts = pd.DataFrame({"pair": ["P0", "P1"], "supporter": ["S", "T"], "receiver": ["R", "R"]})
    pd.testing.assert_frame_equal(compare(told(), pairs=trusts if clustered else None, others=others), wanted)


PAIRS = pd.DataFrame({"pair": list("ABCDEFG"), "supporter": list("STUVWXY"), "receiver": list("KKLMNOP")})
PAIRS[["start", "end"]] = pd.Timestamp("2022-03-15"), pd.Timestamp("NaT")
RECORDS = pd.concat([monthly(trust, months("2021-03", 24, 5.0, n)) for n, trust in enumerate("SKTLUV")])
CHANGE = "gap-culture-change-w1-w2"


@cache
def compared() -> pd.DataFrame:
    """The primary rows with those who answered in either wave and in both, and the other views beside them."""
    asked = scores()
    gaps = pd.concat([dyadic_gaps(asked), series_gaps(RECORDS, PAIRS)])
    primary = across(gaps, KNOWN, np.array([0.02])).assign(view="pairs")
    ours = asked[(asked["side"] != "external") & asked["score"].notna()]
    first, second = (set(ours.loc[ours["wave"] == wave, "participant"]) for wave in (1, 2))
    change = primary["contrast_kind"] == "change"
    primary.loc[change, ["n_either", "n_both"]] = [len(first | second), len(first & second)]
    primary["caution"] = primary["caution"].str.replace("groups_unlinked", "groups_linked")
    primary["primary"] = primary["finding"]
    rows = list(other_views(asked, ("role",), KNOWN))
    for row in rows:
        if row["n_clusters"] < 6:
            row |= {"p_value": np.nan, "caution": joined([*row["caution"].split(" "), "few_pairs"])}
    beside = conform(pd.DataFrame(rows, columns=COMPARISONS.names), COMPARISONS)
    return conform(pd.concat([conform(primary, COMPARISONS), beside]), COMPARISONS)


def test_a_comparison_holds_the_findings_who_answered_twice_and_every_other_view() -> None:
    seen = compare(scores(), RECORDS, PAIRS, others=np.array([0.02]))
    assert {"gap-waits", CHANGE} < set(seen["finding"])
    pd.testing.assert_frame_equal(seen, compared())


def test_only_waves_in_which_people_of_the_pairs_answered_twice_are_linked() -> None:
    """Whoever answered twice from outside of the pairs is no part of the change."""
    asked = scores().query("pair in ['A', 'C'] and theme == 'culture'")
    asked["participant"] += np.where(asked["side"] == "external", "", "w" + asked["wave"].astype("str"))
    third = asked[asked["wave"] == 2].assign(wave=3)
    twice = [f"{pair}s{n}w2" for pair in "AC" for n in range(4)]
    third["participant"] += np.where(third["participant"].isin(twice), "", "w3")
    seen = compare(pd.concat([asked, third]), covariates=()).set_index("finding")
    first, then = (seen.loc[f"gap-culture-change-{waves}"] for waves in ("w1-w2", "w2-w3"))
    assert (first["caution"], then["caution"]) == ("groups_unlinked few_pairs", "groups_linked few_pairs")
    assert pd.isna(first[["n_either", "n_both"]]).all()
    assert (then["n_either"], then["n_both"]) == (2 * 30 - 8, 8)
