"""Did an outcome series change when support began: interrupted series, and differences from comparator trusts.

None of this is an experiment. Trusts get support when they are at their worst, and from there most improve anyway; new
leaders and money often come at the same time. So each result carries that caution, difference-in-differences is run
again on comparators that started alike and on a time when nothing began (placebo), and where the data do not allow
an analysis the row says so and holds no figure.

Sources: Turner et al. (2021) BMC Medical Research Methodology 21, 181 for REML in interrupted series; MacKinnon and
Webb (2020) Journal of Econometrics 218, 435-450 for randomisation inference with few treated. Values of R's nlme
stand in `tests/reference`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.compare.gaps import spans
from buddy_eval.compare.robust import Estimate
from buddy_eval.compare.segmented import interrupted
from buddy_eval.schemas import conform
from buddy_eval.schemas.comparison import EFFECTS

Floats = NDArray[np.float64]
LEAST_MONTHS = 12
LEAST_COMPARATORS, LEAST_DEALS = 10, 40
DRAWS = 4_999
ALIKE = 5
SERIES = "segmented regression, autocorrelation of the first order by REML, t interval"
DIFFERENCE = "difference-in-differences of the changes, randomisation inference over comparator trusts"
ALONE = "one series without a comparison: other changes at the same time and regression to the mean are not excluded"
CHOSEN = "the supported were chosen because they did badly: regression to the mean is not excluded"


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
    return conform(pd.DataFrame(rows, columns=EFFECTS.names), EFFECTS)


def difference(
    changes: Floats, before: Floats, treated: list[int], *, alike: int | None = None, seed: int = 1
) -> Estimate:
    """Difference-in-differences with randomisation inference.

    Parameters
    ----------
    changes, before : (W, N), each of N trusts' change, and its level before, in the window of each of W supports.
    treated : the supported trust (column) of each window; all others that are supported in no window compare.
    alike : compare with so many comparators whose level before was nearest, else with all.

    Returns
    -------
    The mean over windows of the supported trust's change minus its comparators'; the p-value is the share of deals of
    the windows to other trusts with a difference at least as large, the true deal counted; the interval holds what
    that test would not reject at 5%.
    """
    n_windows, n = changes.shape
    free = [trust for trust in range(n) if trust not in set(treated)]
    against = np.full((n_windows, n), np.nan)
    for window in range(n_windows):
        for trust in range(n):
            others = np.array([other for other in free if other != trust])
            if alike is not None:
                far = np.abs(before[window, others] - before[window, trust])
                others = others[np.argsort(far, kind="stable")[:alike]]
            against[window, trust] = changes[window, trust] - changes[window, others].mean()
    observed = float(np.mean([against[window, trust] for window, trust in enumerate(treated)]))
    random = np.random.default_rng(seed)
    deals = np.array([random.choice(n, n_windows, replace=False) for _ in range(DRAWS)])
    windows = np.arange(n_windows)
    dealt, share = against[windows, deals].mean(axis=1), np.isin(deals, treated).mean(axis=1)
    p = (1 + int((np.abs(dealt) >= abs(observed) - 1e-12).sum())) / (DRAWS + 1)
    low, high = _inverted(observed, dealt, share)
    return Estimate(observed, ci_low=low, ci_high=high, p_value=p)


def _inverted(observed: float, dealt: Floats, share: Floats) -> tuple[float, float]:
    """All differences that the test would not reject at 5%, so that interval and p-value never disagree.

    Were the true difference d, a deal would give `dealt` - d x `share` (of the windows that it gives to supported
    trusts), and the true deal `observed` - d. So each deal is as large as the true one for d between two roots.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = np.array([(observed - dealt) / (1 - share), (observed + dealt) / (1 + share)])
    roots[:, (share == 1) & (dealt == observed)] = np.array([[-np.inf], [np.inf]])
    needed = math.floor(0.05 * (DRAWS + 1)) - 1
    low, high = np.sort(roots.min(axis=0))[needed], np.sort(roots.max(axis=0))[-1 - needed]
    return float(low), float(high)


def _interrupted(series: pd.DataFrame, pairs: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    monthly = series[(series["frequency"] == "month") & series["value"].notna()]
    grouped = monthly.sort_values("period").groupby(["ods", "indicator"])
    groups = {tuple(key): points for key, points in grouped}
    for pair in pairs.to_dict("records"):
        for side in ("supporter", "receiver"):
            for indicator in sorted({str(key[1]) for key in groups if key[0] == pair[side]}):
                points = groups[(pair[side], indicator)]
                if pd.notna(pair["end"]):
                    points = points[points["period"] <= pair["end"]]
                months = (points["period"].dt.year * 12 + points["period"].dt.month).to_numpy(dtype="int64")
                start = pair["start"].year * 12 + pair["start"].month
                before, after = int((months < start).sum()), int((months >= start).sum())
                about = {
                    "kind": "interrupted series",
                    "indicator": indicator,
                    "pair": pair["pair"],
                    "side": side,
                }
                about |= {
                    "n_before": before,
                    "n_after": after,
                    "method": SERIES,
                    "n_treated": 1,
                    "n_comparators": 0,
                }
                if min(before, after) < LEAST_MONTHS:
                    lack = f"not done: needs {LEAST_MONTHS} months before and {LEAST_MONTHS} from the start on"
                    rows.append({**about, "term": "level", "caution": lack})
                    continue
                made, rho = interrupted(points["value"].to_numpy(dtype="float64"), months, start)
                rows += [
                    {**about, "term": term, **_numbers(one), "p_value": np.nan, "rho": rho, "caution": ALONE}
                    for term, one in made.items()
                ]
    return rows


def _differences(series: pd.DataFrame, comparators: pd.DataFrame, pairs: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    first = pairs.sort_values("start").drop_duplicates("receiver")
    for indicator in sorted(series["indicator"].unique()):
        ours, others = (_grid(frame[frame["indicator"] == indicator]) for frame in (series, comparators))
        yearly = (series.loc[series["indicator"] == indicator, "frequency"] == "year").all()
        for placebo in (False, True):
            windows = [
                _moved(pair, yearly, placebo) for pair in first.to_dict("records") if pair["receiver"] in ours.index
            ]
            rows += _difference_rows(indicator, windows, ours, others, yearly, placebo)
    return rows


def _grid(points: pd.DataFrame) -> pd.DataFrame:
    """Trusts x periods."""
    return points.pivot(index="ods", columns="period", values="value").astype("float64")


def _changes(grid: pd.DataFrame, windows: list[dict[str, Any]], yearly: bool) -> tuple[Floats, Floats]:
    """Every trust's change in every window, and its level before (windows, trusts); missing where it has no values."""
    made = []
    for window in windows:
        parts = [grid.loc[:, flags] for flags in spans(pd.DatetimeIndex(grid.columns), window, yearly=yearly)]
        before, during = (part.mean(axis=1).to_numpy() for part in parts)
        made.append((during - before, before + 0 * during))
    found = np.array(made, dtype="float64").reshape(len(windows), 2, len(grid))
    return found[:, 0], found[:, 1]


def _difference_rows(
    indicator: str, windows: list[dict[str, Any]], ours: pd.DataFrame, others: pd.DataFrame, yearly: bool, placebo: bool
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of one indicator: against all comparators and against those alike, or why not."""
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
    }
    about |= {
        "n_treated": len(windows),
        "n_comparators": n_complete,
        "n_before": len(windows),
        "n_after": len(windows),
    }
    if lack := _lacks(len(windows), n_complete):
        return [{**about, "term": term, "caution": lack}]
    if not kept[: len(windows)].all():
        return [
            {
                **about,
                "term": term,
                "caution": "not done: a supported trust has no values in another's months",
            }
        ]
    changes, before = changes[:, kept], before[:, kept]
    treated = list(range(len(windows)))
    rows = [{**about, "term": term, **_numbers(difference(changes, before, treated)), "caution": CHOSEN}]
    made = difference(changes, before, treated, alike=ALIKE)
    like = f"each compared with the {ALIKE} comparators that were nearest before; {CHOSEN}"
    return [*rows, {**about, "term": f"{term}, alike before", **_numbers(made), "caution": like}]


def _lacks(treated: int, comparators: int) -> str:
    """Return what the data lack for randomisation inference, or nothing."""
    if not treated:
        return "not done: no supported trust has values before and during"
    if not comparators:
        return "not done: no trust outside the pairs has values in the same months"
    if comparators < LEAST_COMPARATORS or math.comb(treated + comparators, treated) < LEAST_DEALS:
        return f"not done: {comparators} comparators; {LEAST_COMPARATORS}, and {LEAST_DEALS} possible deals, are needed"
    return ""


def _moved(pair: dict[Any, Any], yearly: bool, placebo: bool) -> dict[str, Any]:
    """The window of one support; the placebo begins early enough to end before the support began."""
    if not placebo:
        return {str(name): value for name, value in pair.items()}
    start = pair["start"] - pd.DateOffset(years=2 if yearly else 1)
    return {"receiver": pair["receiver"], "start": start, "end": pair["start"] - pd.DateOffset(days=1)}


def _numbers(found: Estimate) -> dict[str, float]:
    names = ("estimate", "ci_low", "ci_high", "p_value")
    return {name: getattr(found, name) for name in names}
