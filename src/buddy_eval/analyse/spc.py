"""Process-behaviour (XmR) charts of outcome series with the rules of NHS 'Making Data Count'.

Sources: Wheeler (2000) Understanding Variation; NHS England, Making Data Count; the rules are those of the R
package NHSRplotthedots 0.2.2 (point outside the limits, 7 rising or falling, 2 of 3 close to a limit, 7 on one side).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.schemas import conform
from buddy_eval.schemas.results import CHARTS, SIGNALS

Floats = NDArray[np.float64]
LEAST_POINTS = 12
RULES = ("point", "trend", "two_of_three", "shift")  # the first that fires names the cause
RUN = 7
LIMIT = 2.66  # 3 / 1.128: three standard deviations from the mean moving range of two
SCREEN = 3.267  # upper limit of the moving ranges themselves
ALIKE = 2.0  # standard errors of an autocorrelation of none, above which months resemble the last
# Share of charts of independent normal months that signal at the last month (about the same for every length), and at
# any month: 4,000 simulated charts of each length; `benchmarks/honesty.py` measures them again.
LAST_BY_CHANCE = 0.018
LENGTHS = (12, 18, 24, 36, 48, 60, 84, 120)
ANY_BY_CHANCE = (0.071, 0.124, 0.188, 0.298, 0.393, 0.472, 0.611, 0.762)
STILL = "hardly moves: in half of its months or more the value is that of the month before"
SHORT = f"fewer than {LEAST_POINTS} months"
NOISE = 1e-9  # share of the largest value below which a distance from the centre is rounding


def limits(values: Floats) -> tuple[float, float, float]:
    """Return centre, lower and upper natural process limit of a series.

    Centre is the mean; the limits lie 2.66 mean moving ranges off. Moving ranges of 3.267 times their mean or more are
    left out of it, once, as NHSRplotthedots does by default.

    >>> [round(x, 2) for x in limits(np.array([10.0, 12.0, 11.0, 13.0, 12.0]))]
    [11.6, 7.61, 15.59]
    """
    ranges = np.abs(np.diff(values))
    mean_range = ranges.mean()
    kept = ranges[ranges < SCREEN * mean_range]
    if len(kept):
        mean_range = kept.mean()
    centre = float(values.mean())
    return centre, centre - LIMIT * float(mean_range), centre + LIMIT * float(mean_range)


def rules(
    values: Floats, centre: float, upper: float, named: tuple[str, ...] = RULES
) -> tuple[list[str], NDArray[np.int64]]:
    """Return for each point the first rule that fires ('' for none) and its direction (+1 high, -1 low).

    ``point``: outside the limits. ``trend``: one of 7 or more successive points that rise, or fall.
    ``two_of_three``: one of two out of three successive points on one side that are more than two thirds of the way
    to the limit. ``shift``: one of 7 or more successive points on one side of the centre.

    A trend points the way it goes, whichever side of the centre it is on; every other rule points to its side. A
    point in two trends belongs to the later one.
    """
    sigma = (upper - centre) / 3
    far = values - centre
    far = np.where(np.abs(far) <= NOISE * np.abs(values).max(), 0.0, far)
    side = np.sign(far).astype("int64")
    fired_by = {
        "point": np.where(np.abs(far) > 3 * sigma, side, 0),
        "trend": _trends(values),
        "two_of_three": _close(far, sigma),
        "shift": _runs(side, RUN),
    }
    names, directions = [""] * len(values), np.zeros(len(values), dtype="int64")
    for name in reversed(named):
        for position in np.flatnonzero(fired_by[name]):
            names[position] = name
            directions[position] = fired_by[name][position]
    return names, directions


def signals(series: pd.DataFrame) -> pd.DataFrame:
    """Draw the limits of every monthly series of 12 points or more, and name what is not common cause.

    Parameters
    ----------
    series : ods, indicator, period, frequency, value, direction; and rebase, true where limits are drawn anew from
        that month on (for a known cause; both stretches need 12 points, else the limits stay).

    Returns
    -------
    The frame `signals`: the point's value, centre, lower, upper, rule, and signal: improvement or concern by the
    direction of the indicator, change where it has none, common_cause otherwise; and what `assurance` says of the
    month's target. A month that is missing ends a run.

    >>> months = pd.date_range("2023-01-01", periods=12, freq="MS")
    >>> series = pd.DataFrame({"ods": "ZA1", "indicator": "waits", "period": months, "frequency": "month"})
    >>> series = series.assign(value=[9.0, 11, 10, 9, 11, 10, 9, 11, 10, 9, 11, 30], direction="lower_is_better")
    >>> signals(series.assign(rebase=False))["signal"].iloc[-1]
    'concern'
    """
    parts = [pd.DataFrame(columns=SIGNALS.names)]
    for _, points in monthly(series):
        if not reason(points):
            parts += [_charted(part) for part in _stretches(points)]
    return conform(pd.concat(parts[1:] or parts, ignore_index=True), SIGNALS)


def charts(series: pd.DataFrame) -> pd.DataFrame:
    """Say of every monthly series whether it has a chart, what its chart shows, and how often chance shows as much.

    Returns the frame `charts`. `alike` where months resemble the last (lag-one autocorrelation above two of its
    standard errors): limits are then too narrow, and signals come more often than `by_chance`.
    """
    rows = []
    for (ods, indicator), points in monthly(series):
        row = {"ods": ods, "indicator": indicator, "n": len(points), "reason": reason(points), "alike": False}
        row["n_missing"] = int(missing(points).sum())
        row |= {"any_signal": False, "last_signal": False, "by_chance_any": 0.0, "by_chance_last": 0.0}
        if not row["reason"]:
            parts = _stretches(points)
            drawn = pd.concat([_charted(part) for part in parts])
            signalled = (drawn["signal"] != "common_cause").to_numpy()
            far = (drawn["value"] - drawn["centre"]).to_numpy(dtype="float64")
            next_to = missing(points) == 0
            resemblance = float((far[1:] * far[:-1])[next_to].sum() / (far**2).sum())
            none = np.prod([1 - np.interp(len(part), LENGTHS, ANY_BY_CHANCE) for part in parts])
            row |= {"any_signal": signalled.any(), "last_signal": signalled[-1], "autocorrelation": resemblance}
            row |= {"by_chance_any": 1 - none, "by_chance_last": LAST_BY_CHANCE}
            row["alike"] = resemblance > ALIKE / len(far) ** 0.5
        rows.append(row)
    return conform(pd.DataFrame(rows, columns=CHARTS.names), CHARTS)


def monthly(series: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """The points of every monthly series, in order."""
    monthly = series[(series["frequency"] == "month") & series["value"].notna()].sort_values("period")
    return [((str(key[0]), str(key[1])), points) for key, points in monthly.groupby(["ods", "indicator"])]


def reason(points: pd.DataFrame) -> str:
    """Why a series has no chart, or nothing."""
    if len(points) < LEAST_POINTS:
        return SHORT
    values = points["value"].to_numpy(dtype="float64")
    moves = np.abs(np.diff(values)) > NOISE * np.abs(values).max()
    return "" if 2 * moves.sum() > len(moves) else STILL


def _stretches(points: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut a series where it is rebased; a cut that would leave fewer than 12 points on a side is not made."""
    marks = (
        points["rebase"].fillna(False).to_numpy(dtype="bool")
        if "rebase" in points
        else np.zeros(len(points), dtype="bool")
    )
    cuts = [0]
    for mark in np.flatnonzero(marks):
        if mark - cuts[-1] >= LEAST_POINTS and len(points) - mark >= LEAST_POINTS:
            cuts.append(int(mark))
    return [points.iloc[start:end] for start, end in zip(cuts, [*cuts[1:], len(points)], strict=True)]


def _charted(points: pd.DataFrame) -> pd.DataFrame:
    """Limits and rules of one stretch."""
    values = points["value"].to_numpy(dtype="float64")
    centre, lower, upper = limits(values)
    names, directions = _rules_between_gaps(points, centre, upper)
    good = {"higher_is_better": 1, "lower_is_better": -1, "neither": 0}[points["direction"].iloc[0]]
    kept = [assurance(lower, upper, target, good) for target in _targets(points)]
    return points.assign(
        centre=centre,
        lower=lower,
        upper=upper,
        rule=pd.Series([name or None for name in names], index=points.index, dtype="str"),
        signal=[meaning(way, good) for way in directions],
        assurance=pd.Series(kept, index=points.index, dtype="str"),
    )


def assurance(lower: float, upper: float, target: float, good: int) -> str | None:
    """Say what variation within the limits makes of a target: `good` is 1 where higher is better, -1 where lower is.

    Consistent where the target lies outside of the limits, inconsistent within them; nothing without a target, or
    where neither way is better. As `ptd_calculate_assurance_type` of NHSRplotthedots.

    >>> [assurance(0.6, 0.7, target, 1) for target in (0.78, 0.55, 0.65)]
    ['consistent_fail', 'consistent_pass', 'inconsistent']
    """
    if good == 0 or np.isnan(target):
        return None
    if lower <= target <= upper:
        return "inconsistent"
    return "consistent_pass" if (target < lower) == (good == 1) else "consistent_fail"


def _targets(points: pd.DataFrame) -> Floats:
    targets = points["target"] if "target" in points else pd.Series(np.nan, index=points.index)
    return np.asarray(targets.to_numpy(dtype="float64", na_value=np.nan), dtype="float64")


def _rules_between_gaps(points: pd.DataFrame, centre: float, upper: float) -> tuple[list[str], NDArray[np.int64]]:
    """The rules of each stretch without a missing month: no run goes on over months of which nothing is known."""
    values = points["value"].to_numpy(dtype="float64")
    parts = [rules(part, centre, upper) for part in np.split(values, np.flatnonzero(missing(points)) + 1)]
    return [name for names, _ in parts for name in names], np.concatenate([ways for _, ways in parts])


def missing(points: pd.DataFrame) -> NDArray[np.int64]:
    """How many months are missing after each month but the last."""
    months = (points["period"].dt.year * 12 + points["period"].dt.month).to_numpy(dtype="int64")
    return np.diff(months) - 1


def meaning(way: int, good: int) -> str:
    """Whether a special cause is an improvement, a concern or, where neither way is better, a change."""
    if way == 0:
        return "common_cause"
    if good == 0:
        return "change"
    return "improvement" if way == good else "concern"


def _runs(side: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    """Mark every point of a run of `least` equal, non-zero signs."""
    marked = np.zeros(len(side), dtype="int64")
    edges = np.flatnonzero(np.diff(side)) + 1
    for run in np.split(np.arange(len(side)), edges):
        if len(run) >= least and side[run[0]] != 0:
            marked[run] = side[run[0]]
    return marked


def _trends(values: Floats) -> NDArray[np.int64]:
    """Mark every point of 7 or more that rise (or fall) one after the other: 6 or more equal steps."""
    steps = _runs(np.sign(np.diff(values)).astype("int64"), RUN - 1)
    before, after = np.concatenate([[0], steps]), np.concatenate([steps, [0]])
    return np.where(after != 0, after, before)


def _close(far: Floats, sigma: float) -> NDArray[np.int64]:
    """Mark points beyond two sigma within the limits that are two of three successive points on the same side."""
    side = np.sign(far).astype("int64")
    near = np.where((np.abs(far) > 2 * sigma) & (np.abs(far) <= 3 * sigma), side, 0)
    marked = np.zeros(len(far), dtype="int64")
    for start in range(len(far) - 2):
        window = slice(start, start + 3)
        for way in (1, -1):
            if (near[window] == way).sum() >= 2 and (side[window] == way).all():
                marked[window] = np.where(near[window] == way, way, marked[window])
    return marked
