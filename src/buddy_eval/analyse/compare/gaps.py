"""The gap within each pair: supporter minus receiver in the survey, and the change before and during support."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from buddy_eval.analyse.scores import AGREE, FINE, agreement_within
from buddy_eval.analyse.strands import SIDES
from buddy_eval.schemas import conform
from buddy_eval.schemas.cautions import joined
from buddy_eval.schemas.comparison import GAPS, SIDE_CHANGES

Flags = NDArray[np.bool_]
SURVEY = "survey"
FEW = 5  # people on a side: below, the gap carries a caution
MONTHS = 12  # on either side of the start: every season once


def dyadic_gaps(scores: pd.DataFrame) -> pd.DataFrame:
    """Supporter minus receiver for every pair, theme and wave, with Welch's interval.

    A pair with people on one side only has no gap, and no row. Returns the frame `gaps` with outcome 'survey'.
    """
    grouped = scores.groupby(["pair", "wave", "theme", "side"])["score"]
    wide: pd.DataFrame = grouped.agg(["mean", "var", "count"]).unstack("side")  # type: ignore[assignment]
    if wide.empty:
        return conform(pd.DataFrame(columns=GAPS.names), GAPS)
    wide = wide.reindex(columns=pd.MultiIndex.from_product([["mean", "var", "count"], ["supporter", "receiver"]]))
    wide = wide.dropna(subset=[("mean", "supporter"), ("mean", "receiver")])
    gaps = _welch(wide).reset_index()
    holds = {"few_people": gaps[["n_supporter", "n_receiver"]].min(axis=1) < FEW}
    holds["split_side"] = (wide["var"].apply(agreement_within) < AGREE).any(axis=1)
    gaps["caution"] = [joined(name for name in holds if holds[name].iloc[place]) for place in range(len(gaps))]
    return conform(gaps.assign(outcome=SURVEY, contrast_kind="gap"), GAPS)


def side_changes(scores: pd.DataFrame) -> pd.DataFrame:
    """The later mean minus the earlier one of every side of a pair and theme, from each wave to its next, with Welch's
    interval.

    It takes the two waves' people for different ones; where some answered in both the interval is, as a rule, too wide,
    and a caution says so. Returns the frame `side_changes`; a side that was asked once has no row.
    """
    valid = scores[scores["score"].notna() & scores["side"].isin(SIDES)]
    rows = []
    for (pair, side, theme), cell in valid.groupby(["pair", "side", "theme"]):
        waves = {int(str(wave)): part.set_index("participant")["score"] for wave, part in cell.groupby("wave")}
        for before, after in pairwise(sorted(waves)):
            about = {"pair": pair, "side": side, "theme": theme, "wave_before": before, "wave_after": after}
            rows.append(about | _moved(waves[after], waves[before]))
    return conform(pd.DataFrame(rows, columns=SIDE_CHANGES.names), SIDE_CHANGES)


def _moved(later: pd.Series, earlier: pd.Series) -> dict[str, Any]:
    """How far one side moved between two waves, from its people's scores in each."""
    parts = {"supporter": later, "receiver": earlier}  # Welch's interval is that of a gap of later over earlier
    moments = {(name, key): part.agg(name) for key, part in parts.items() for name in ("mean", "var", "count")}
    moved = _welch(pd.Series(moments).to_frame().T).iloc[0]
    both = not set(later.index).isdisjoint(earlier.index)
    spreads = pd.Series([later.var(), earlier.var()])
    holds = {"few_people": min(len(later), len(earlier)) < FEW, "groups_overlap": both, "groups_unlinked": not both}
    holds["split_side"] = bool((agreement_within(spreads) < AGREE).any())
    return {
        "mean_before": round(earlier.mean(), FINE),
        "mean_after": round(later.mean(), FINE),
        **{name: moved[name] for name in ("estimate", "ci_low", "ci_high")},
        "n": min(len(later), len(earlier)),
        "caution": joined(name for name, held in holds.items() if held),
    }


def series_gaps(series: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Receiver's change minus supporter's change of every indicator, before against during the support.

    Monthly series: the mean of the 12 months before the month of the start against that of the months from it to
    the end (at most 12). Yearly series: the last whole year before the year of the start against the first whole
    year after it. A pair without both sides, or without values in both periods, has no row.

    Returns the frame `gaps`: outcome and theme are the indicator, wave is 0, n's count the values during support;
    no interval, because values of one series are not independent.
    """
    rows = []
    of_trust: dict[Any, dict[Any, pd.DataFrame]] = {
        ods: dict(list(points.groupby("indicator"))) for ods, points in series.groupby("ods")
    }
    for pair in map(dict, pairs.dropna(subset=["supporter"]).to_dict("records")):
        sides = {side: of_trust.get(pair[side], {}) for side in ("supporter", "receiver")}
        for indicator in sorted(set(sides["supporter"]) & set(sides["receiver"])):
            changes = {side: change(points[indicator], pair) for side, points in sides.items()}
            if all(n for _, n in changes.values()):
                about = {"outcome": indicator, "theme": indicator, "contrast_kind": "series", "pair": pair["pair"]}
                (theirs, n_supporter), (ours, n_receiver) = changes["supporter"], changes["receiver"]
                n = {"n_supporter": n_supporter, "n_receiver": n_receiver}
                rows.append({**about, "wave": 0, "estimate": ours - theirs, **n, "caution": "supporter_alone"})
    return conform(pd.DataFrame(rows, columns=GAPS.names), GAPS)


def slug(name: str) -> str:
    """Write a name so that it can be part of a finding's id.

    >>> slug("A&E within four hours"), slug("待機")
    ('a-e-within-four-hours', '待機')
    """
    return "-".join(re.findall(r"[^\W_]+", name.casefold()))


def finding_id(theme: object, *parts: str) -> str:
    """Name a finding after its theme or indicator, and the wave or waves that it is about.

    >>> finding_id("culture", "w1")
    'gap-culture-w1'
    """
    return "-".join(("gap", slug(str(theme)), *parts))


def _welch(wide: pd.DataFrame) -> pd.DataFrame:
    mean, var, n = (pd.DataFrame(wide[name]) for name in ("mean", "var", "count"))
    part = var / n
    square = part.sum(axis=1, skipna=False)
    df = square**2 / (part**2 / (n - 1)).sum(axis=1)
    half = stdtrit(df, 0.975) * np.sqrt(square)
    estimate = mean["supporter"] - mean["receiver"]
    return pd.DataFrame(
        {
            "estimate": estimate,
            "ci_low": estimate - half,
            "ci_high": estimate + half,
            "n_supporter": n["supporter"],
            "n_receiver": n["receiver"],
        }
    )


def change(points: pd.DataFrame, pair: Mapping[Any, Any]) -> tuple[float, int]:
    """The mean during minus the mean before of one trust's indicator, and how many values the former rests on."""
    values = points.set_index("period")["value"]
    first, then = spans(pd.DatetimeIndex(values.index), pair, yearly=points["frequency"].iloc[0] == "year")
    before, during = values[first].dropna(), values[then].dropna()
    if before.empty or during.empty:
        return np.nan, 0
    return float(during.mean() - before.mean()), len(during)


def spans(periods: pd.DatetimeIndex, pair: Mapping[Any, Any], *, yearly: bool) -> tuple[Flags, Flags]:
    """Which periods lie before a support, and which during it: see `series_gaps`."""
    start = pd.Timestamp(str(pair["start"]))
    if yearly:
        return periods.year == start.year - 1, periods.year == start.year + 1
    first = start.to_period("M").to_timestamp()
    last = pd.Timestamp(str(pair["end"] if pd.notna(pair["end"]) else periods.max()))
    before = (periods >= first - pd.DateOffset(months=MONTHS)) & (periods < first)
    return before, (periods >= first) & (periods <= last) & (periods < first + pd.DateOffset(months=MONTHS))
