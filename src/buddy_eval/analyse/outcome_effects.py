"""Did an outcome series change when support began: interrupted series, and differences from comparator trusts.

None of this is an experiment. Trusts get support when they are at their worst, and from there most improve anyway; new
leaders and money often come at the same time. So each result carries that caution, difference-in-differences allows
for the level before and is run again on a time when nothing began (placebo), and where the data do not allow an
analysis the row says so and holds no figure.

P-values are adjusted for looking at every indicator, placebos too; the pipeline adjusts them anew together with all
else that a report says (see `allowance`).

Source: Turner et al. (2021) BMC Medical Research Methodology 21, 181 for REML in interrupted series. Values of R's
nlme stand in `tests/reference`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.analyse.compare.allowance import allowed
from buddy_eval.analyse.compare.gaps import spans
from buddy_eval.analyse.compare.randomisation_inference import LEAST_SPREAD, difference
from buddy_eval.analyse.compare.segmented import interrupted
from buddy_eval.analyse.thresholds import LEAST_COMPARATORS, LEAST_DEALS, LEAST_MONTHS
from buddy_eval.base.errors import BuddyError
from buddy_eval.schemas import conform
from buddy_eval.schemas.cautions import joined, listed
from buddy_eval.schemas.comparison import EFFECTS
from buddy_eval.schemas.vocabulary import WHOLE

Floats = NDArray[np.float64]
SERIES = (
    "segmented regression, autocorrelation of the first order by REML; intervals by t mixed over the autocorrelation, "
    "the three of a series together 95%"
)
DIFFERENCE = (
    "difference-in-differences of the changes, the level before allowed for; studentised randomisation inference over "
    "all trusts"
)


def effects(series: pd.DataFrame, comparators: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """All that the outcome series allow: an interrupted series for each trust, difference-in-differences over pairs.

    Parameters
    ----------
    series : the trusts of the pairs. comparators : trusts outside the pairs, of the same form. pairs : the pairs.

    Returns
    -------
    The frame `effects`; a row without an estimate says in `caution` what the data lack.
    """
    rows = [*_interrupted(series, pairs), *_differences(series, comparators, pairs)]
    table = pd.DataFrame(rows, columns=EFFECTS.names)
    p_values = table["p_value"].to_numpy(dtype="float64")
    return conform(allowed(table.assign(p_value=p_values), p_values), EFFECTS)


def unless_placebo(effects: pd.DataFrame) -> pd.DataFrame:
    """Take the direction from a difference whose placebo stands too: the trusts were as far apart without any support.

    It bears the caution `placebo_stands`; the placebo keeps its direction, as a warning.
    """
    moved = effects.loc[effects["placebo"] & effects["stands"], "indicator"]
    told = effects["stands"] & ~effects["placebo"] & effects["indicator"].isin(moved) & (effects["pair"] == WHOLE)
    cautions = [joined([*listed(cell), "placebo_stands"]) for cell in effects.loc[told, "caution"].fillna("")]
    caution = effects["caution"].mask(told, pd.Series(cautions, effects.index[told], dtype="str"))
    return effects.assign(stands=effects["stands"] & ~told, caution=caution)


def _interrupted(series: pd.DataFrame, pairs: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    monthly = series[(series["frequency"] == "month") & series["value"].notna()].sort_values("period")
    every, values = pd.DatetimeIndex(monthly["period"]), monthly["value"].to_numpy(dtype="float64")
    number = (every.year * 12 + every.month).to_numpy(dtype="int64")
    groups: dict[Any, Any] = monthly.groupby(["ods", "indicator"]).indices
    for pair in pairs.to_dict("records"):
        for side in ("supporter", "receiver"):
            for indicator in sorted({str(key[1]) for key in groups if key[0] == pair[side]}):
                points = groups[(pair[side], indicator)]
                if pd.notna(pair["end"]):
                    points = points[every[points] <= pair["end"]]
                months = number[points]
                start = pair["start"].year * 12 + pair["start"].month
                before, after = int((months < start).sum()), int((months >= start).sum())
                about = {"kind": "interrupted series", "indicator": indicator, "pair": pair["pair"], "side": side}
                about |= {"n_before": before, "n_after": after, "method": SERIES, "n_treated": 1, "n_comparators": 0}
                about |= {"placebo": False}
                if min(before, after) < LEAST_MONTHS:
                    rows.append({**about, "term": "level", "caution": "few_months"})
                    continue
                try:
                    terms, rho = interrupted(values[points], months, start)
                except BuddyError:
                    rows.append({**about, "term": "level", "caution": "series_still"})
                    continue
                rows += [
                    {**about, "term": term, **one.figures(), "p_value": np.nan, "rho": rho, "caution": "series_alone"}
                    for term, one in terms.items()
                ]
    return rows


def _differences(series: pd.DataFrame, comparators: pd.DataFrame, pairs: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    first = pairs.sort_values("start").drop_duplicates("receiver").to_dict("records")
    for indicator in sorted(series["indicator"].unique()):
        points = (frame[frame["indicator"] == indicator] for frame in (series, comparators))
        grids = (frame.pivot(index="ods", columns="period", values="value") for frame in points)
        ours, others = (grid.astype("float64") for grid in grids)
        yearly = (series.loc[series["indicator"] == indicator, "frequency"] == "year").all()
        for placebo in (False, True):
            windows = [_moved(pair, yearly, placebo) for pair in first if pair["receiver"] in ours.index]
            rows += _difference_rows(indicator, windows, ours, others, yearly, placebo)
    return rows


def _changes(grid: pd.DataFrame, windows: list[dict[str, Any]], yearly: bool) -> tuple[Floats, Floats]:
    """Every trust's change in every window, and its level before (windows, trusts); missing where it has no values."""
    moved = []
    for window in windows:
        parts = [grid.loc[:, flags] for flags in spans(pd.DatetimeIndex(grid.columns), window, yearly=yearly)]
        before, during = (part.mean(axis=1).to_numpy() for part in parts)
        moved.append((during - before, before + 0 * during))
    windowed = np.array(moved, dtype="float64").reshape(len(windows), 2, len(grid))
    return windowed[:, 0], windowed[:, 1]


def _difference_rows(
    indicator: str, windows: list[dict[str, Any]], ours: pd.DataFrame, others: pd.DataFrame, yearly: bool, placebo: bool
) -> list[dict[str, Any]]:  # fmt: skip
    """The row of one indicator, or why there is none."""
    own = _changes(ours, windows, yearly)[0]
    windows = [w for w, row in zip(windows, own, strict=True) if np.isfinite(row[ours.index.get_loc(w["receiver"])])]
    together = pd.concat([ours.loc[[window["receiver"] for window in windows]], others if windows else others.iloc[:0]])
    changes, before = _changes(together, windows, yearly)
    kept = np.asarray(np.isfinite(changes).all(axis=0))
    n_complete = int(kept[len(windows) :].sum())
    term = "placebo: a year earlier" if placebo else "difference"
    about: dict[str, Any] = {
        "kind": "difference-in-differences",
        "indicator": indicator,
        "pair": "all",
        "side": "receiver",
        "method": DIFFERENCE,
        "placebo": placebo,
    }
    about |= {"n_treated": len(windows), "n_comparators": n_complete, "n_before": len(windows), "n_after": len(windows)}
    if lack := _lacks(len(windows), n_complete):
        return [{**about, "term": term, "caution": lack}]
    if not kept[: len(windows)].all():
        return [{**about, "term": term, "caution": "lacks_months"}]
    changes, before = changes[:, kept], before[:, kept]
    treated = list(range(len(windows)))
    fitted = difference(changes, before, treated)
    notes = {
        "supported_vary_more": fitted.noisier,
        "supported_outside": fitted.outside,
        "spread_untold": len(treated) < LEAST_SPREAD,
    }
    caution = joined(["chosen_for_need", *(name for name, held in notes.items() if held)])
    return [{**about, "term": term, **fitted.effect.figures(), "caution": caution}]


def _lacks(treated: int, comparators: int) -> str:
    """Return the caution that says what the data lack for randomisation inference, or nothing."""
    if not treated:
        return "no_window"
    if not comparators:
        return "no_comparators"
    if comparators < LEAST_COMPARATORS or math.comb(treated + comparators, treated) < LEAST_DEALS:
        return "few_comparators"
    return ""


def _moved(pair: dict[Any, Any], yearly: bool, placebo: bool) -> dict[Any, Any]:
    """The window of one support; the placebo begins early enough to end before the support began."""
    if not placebo:
        return pair
    start = pair["start"] - pd.DateOffset(years=2 if yearly else 1)
    return {"receiver": pair["receiver"], "start": start, "end": pair["start"] - pd.DateOffset(days=1)}
