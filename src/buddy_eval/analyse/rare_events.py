"""Charts of rare events: the time, or the number of opportunities, between one event and the next (t and g charts).

A monthly series that is nought in most months has too little movement for limits of its own: its XmR chart would call
single events a signal, or draw no limits at all. What moves is how long it takes until the next event. The events are
the whole numbers of `numerator`; where it is empty, of `value`. With a `denominator` in every month the chart is that
of the number between events (g), else that of the days (t). The days of the events are not known, only their months:
the events of a month are taken as spread evenly over it.

Sources: Montgomery (2009) Introduction to Statistical Quality Control, section 7.3.5, for the t chart (power 1 / 3.6);
Benneyan (2001) Health Care Management Science 4, 305-318, for the g chart; the limits are those of the R package
qicharts2 0.8.1 (`qic.t`, `qic.g`), the rules those of `analyse.spc` but two of three, which a g chart's tail breaks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from buddy_eval.analyse.spc import LEAST_POINTS, STILL, Floats, limits, meaning, missing, monthly, reason, rules
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import CHARTS, RARE_EVENTS

POWER = 3.6
RULES = ("point", "trend", "shift")
INSTEAD = "events are rare: the time or number between them is charted instead"


def t_limits(between: Floats) -> tuple[float, float, float]:
    """Return centre, lower and upper limit of times between events: XmR limits of their 3.6th root, raised again.

    >>> [round(x) for x in t_limits(np.array([286.0, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596]))]
    [356, 0, 8828]
    """
    centre, lower, upper = limits(between ** (1 / POWER))
    return centre**POWER, max(lower, 0.0) ** POWER, upper**POWER


def g_limits(between: Floats) -> tuple[float, float, float]:
    """Return centre (median), lower and upper limit of numbers between events: mean + 3 sqrt(mean (mean + 1)), from 0.

    >>> [round(x, 2) for x in g_limits(np.array([3.0, 0.0, 12.0, 5.0]))]
    [4.0, 0.0, 21.43]
    """
    mean = float(between.mean())
    spread = 3 * (mean * (mean + 1)) ** 0.5
    return float(np.median(between)), max(mean - spread, 0.0), mean + spread


def rare_events(series: pd.DataFrame) -> pd.DataFrame:
    """Chart the time or number between the events of every monthly series that has no XmR chart because they are rare.

    Parameters
    ----------
    series : ods, indicator, period, frequency, value, numerator, denominator, direction. A series needs 13 events,
        none of its months missing, and no event in more than half of them.

    Returns
    -------
    The frame `rare_events`, a row for each event from the second on. `signal` is improvement or concern by the
    direction of the indicator: where fewer events are better, longer is better. Limits are not drawn anew.

    >>> counts = [1.0, 0, 0, 0, 0] * 14
    >>> months = pd.date_range("2022-01-01", periods=len(counts), freq="MS")
    >>> series = pd.DataFrame({"ods": "ZA1", "indicator": "falls", "period": months, "frequency": "month"})
    >>> series = series.assign(value=counts, numerator=None, denominator=None, direction="lower_is_better")
    >>> made = rare_events(series)
    >>> made["chart"].iloc[0], len(made), made["signal"].unique().tolist()
    ('t', 13, ['common_cause'])
    """
    parts = [pd.DataFrame(columns=RARE_EVENTS.names)]
    for _, points in monthly(series):
        if (counts := _counts(points)) is not None:
            parts.append(_charted(points, counts))
    return conform(pd.concat(parts[1:] or parts, ignore_index=True), RARE_EVENTS)


def with_rare(charts: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Say in `charts` of which series the events are charted instead."""
    charted = set(zip(events["ods"], events["indicator"], strict=True))
    told = zip(charts["ods"], charts["indicator"], charts["reason"], strict=True)
    reasons = [INSTEAD if (ods, indicator) in charted else reason for ods, indicator, reason in told]
    return conform(charts.assign(reason=reasons), CHARTS)


def _counts(points: pd.DataFrame) -> Floats | None:
    """The events of every month, where they are rare and enough."""
    counted = points["numerator"].notna().all()
    counts = points["numerator" if counted else "value"].to_numpy(dtype="float64")
    whole = bool(((counts >= 0) & (counts % 1 == 0)).all())
    if not whole or missing(points).any() or 2 * (counts > 0).sum() >= len(counts):
        return None
    return counts if counts.sum() > LEAST_POINTS and reason(points) == STILL else None


def _charted(points: pd.DataFrame, counts: Floats) -> pd.DataFrame:
    whole = points["denominator"].to_numpy(dtype="float64", na_value=np.nan)
    by_number = bool((whole > 0).all())
    days = points["period"].dt.days_in_month.to_numpy(dtype="float64")
    size = whole if by_number else days
    month = np.repeat(np.arange(len(counts)), counts.astype("int64"))
    order = np.concatenate([np.arange(n) for n in counts.astype("int64")])
    at = (np.cumsum(size) - size)[month] + (order + 0.5) / counts[month] * size[month]
    between = np.maximum(np.diff(at) - by_number, 0.0)
    centre, lower, upper = (g_limits if by_number else t_limits)(between)
    power = 1.0 if by_number else 1 / POWER
    names, ways = rules(between**power, centre**power, upper**power, RULES)
    good = {"higher_is_better": -1, "lower_is_better": 1, "neither": 0}[points["direction"].iloc[0]]
    return points.iloc[month[1:]].assign(
        event=np.arange(2, len(at) + 1),
        chart="g" if by_number else "t",
        between=between,
        centre=centre,
        lower=lower,
        upper=upper,
        rule=pd.Series([name or None for name in names], index=points.index[month[1:]], dtype="str").to_numpy(),
        signal=[meaning(way, good) for way in ways],
    )
