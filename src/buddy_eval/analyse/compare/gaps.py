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
Floats = NDArray[np.float64]
SURVEY = "survey"
FEW = 5  # people on a side: below, the gap carries a caution
MONTHS = 12  # on either side of the start: every season once
_MOMENTS = pd.MultiIndex.from_product([["mean", "var", "count"], ["supporter", "receiver"]])


def dyadic_gaps(scores: pd.DataFrame) -> pd.DataFrame:
    """Supporter minus receiver for every pair, theme and wave, with Welch's interval.

    A pair with people on one side only has no gap, and no row. Returns the frame `gaps` with outcome 'survey'.
    """
    grouped = scores.groupby(["pair", "wave", "theme", "side"])["score"]
    wide: pd.DataFrame = grouped.agg(["mean", "var", "count"]).unstack("side")  # type: ignore[assignment]
    if wide.empty:
        return conform(pd.DataFrame(columns=GAPS.names), GAPS)
    wide = wide.reindex(columns=_MOMENTS)
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
    score, people = valid["score"].to_numpy(dtype="float64"), valid["participant"].to_numpy(dtype="object")
    asked: dict[Any, dict[int, Any]] = {}
    groups: dict[Any, Any] = valid.groupby(["pair", "side", "theme", "wave"]).indices
    for (*cell, wave), places in sorted(groups.items()):
        asked.setdefault(tuple(cell), {})[int(wave)] = places
    rows, moments, holds = [], [], []
    for (pair, side, theme), waves in asked.items():
        for before, after in pairwise(waves):
            later, earlier = score[waves[after]], score[waves[before]]
            both = not set(people[waves[after]]).isdisjoint(people[waves[before]])
            few = min(len(later), len(earlier)) < FEW
            holds.append({"few_people": few, "groups_overlap": both, "groups_unlinked": not both})
            about = {"pair": pair, "side": side, "theme": theme, "wave_before": before, "wave_after": after}
            about |= {"mean_before": round(earlier.mean(), FINE), "mean_after": round(later.mean(), FINE)}
            about |= {"n": min(len(later), len(earlier))}
            rows.append(about)
            moments.append([of(part) for of in (np.mean, _variance, len) for part in (later, earlier)])
    wide = pd.DataFrame(moments, columns=_MOMENTS, dtype="float64")  # Welch's interval is that of later over earlier
    split = (wide["var"].apply(agreement_within) < AGREE).any(axis=1)
    held = [{**hold, "split_side": one} for hold, one in zip(holds, split, strict=True)]
    cautions = [joined(name for name in hold if hold[name]) for hold in held]
    changes = pd.DataFrame(rows, columns=SIDE_CHANGES.names).assign(caution=cautions)
    ends = ["estimate", "ci_low", "ci_high"]
    changes[ends] = _welch(wide)[ends]
    return conform(changes, SIDE_CHANGES)


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else np.nan


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
    values, periods = points["value"].to_numpy(dtype="float64", na_value=np.nan), pd.DatetimeIndex(points["period"])
    flags = spans(periods, pair, yearly=points["frequency"].iloc[0] == "year")
    before, during = (values[some & ~np.isnan(values)] for some in flags)
    if not (len(before) and len(during)):
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
