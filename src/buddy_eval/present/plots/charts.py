"""Small multiples of process-behaviour (XmR) charts, each with the two icons of NHS *Making Data Count*."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from buddy_eval.base.numbers import many, number
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import INK, QUIET, SIDE, SIGNAL, Picture, drawing, picture
from buddy_eval.present.tables.context import ASSURANCE, signals_by_chance
from buddy_eval.present.tables.form import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

SIDES, COLUMNS = ("supporter", "receiver"), 4
VARIATION = {
    "common_cause": "no signal",
    "improvement": "signal: improving",
    "concern": "signal: concerning",
    "change": "signal",
}
KEPT = {  # the letter and the colour of what variation makes of a target
    "consistent_pass": ("P", SIGNAL["improvement"]),
    "consistent_fail": ("F", SIGNAL["concern"]),
    "inconsistent": ("?", SIGNAL["common_cause"]),
}
LEVELS = {"centre": "-", "lower": "--", "upper": "--", "target": ":"}
MARKS = {"common_cause": ".", "improvement": "o", "concern": "s", "change": "^"}
KEY = (
    "Shaded: the support. Blue circles: special cause, improving; orange squares: concerning. Upper disc: the last "
    "month (H high, L low)."
)
TARGETS = " Lower disc: the target (dotted; P: limits clear it, F: miss it, ?: hold it)."
LETTERS, SIZE, LINE = 27, 6.3, 0.105  # of a title: letters in a line, points, and inches from line to line
YEARS = 5  # that stand below a chart
CHART, APART = 0.55, 0.09  # inches: how high a chart with a scale shared by all is, and what is free above its title
GAPS = " Where the line breaks, months are missing, which ends a run."


class Panel(NamedTuple):
    """One chart: its name, its side, the points, when the support began and ended, and how its title begins."""

    name: str
    side: str
    points: pd.DataFrame
    start: Any
    end: Any
    title: str = ""


def charts(results: Results, indicator: str) -> Picture | None:
    """Draw the charts of one indicator for the trusts that may be shown, two pairs a row."""
    rows = results.table("signals")
    panels = list(_panels(results, rows[rows["indicator"] == indicator]))
    named = [panel._replace(name=f"{panel.name} {panel.side}") for panel in panels]
    drawn = [panel._replace(title=f"{panel.name}:\n") for panel in named]
    return _multiples(drawn, plain(indicator), shared=True) if _any(panels) else None


def dashboard(results: Results) -> Picture | None:
    """Draw all charts of the pairs that may be shown in one picture, both sides of an indicator beside each other."""
    rows = results.table("signals")
    panels = [
        panel._replace(
            name=f"{plain(indicator)}, {panel.side}", title=f"{fill(plain(indicator), LETTERS)}\n{panel.side}: "
        )
        for indicator in results.indicators
        for panel in _panels(results, rows[rows["indicator"] == indicator])
    ]
    drawn = _multiples(panels, "Outcome series of both sides", shared=False) if _any(panels) else None
    return replace(drawn, caption=f"{drawn.caption} {signals_by_chance(results)}") if drawn else None


def _any(panels: Iterable[Panel]) -> bool:
    return any(len(panel.points) for panel in panels)


def _panels(results: Results, points: pd.DataFrame) -> Iterable[Panel]:
    pairs = results.table("pairs")
    for pair in pairs[pairs["pair"].isin(results.pairs)].itertuples():
        for side in SIDES:
            mine = points[points["ods"] == getattr(pair, side)]
            yield Panel(str(pair.pair), side, mine, pair.start, pair.end)


def _multiples(panels: list[Panel], title: str, *, shared: bool) -> Picture:
    from matplotlib.ticker import MaxNLocator

    rows = -(-len(panels) // COLUMNS)
    titles = [_title(panel) for panel in panels]
    above = APART + LINE * max(title.count("\n") + 1 for title in titles)
    chart = CHART if shared else 0.65 * CHART
    height = 0.25 + rows * (chart + above)
    full = [panel.points for panel in panels if len(panel.points)]
    ends = pd.concat([*(points["period"] for points in full), pd.Series([panel.start for panel in panels])])
    years = pd.date_range(ends.min(), ends.max(), freq="YS")
    years = years[:: 1 + (len(years) - 1) // YEARS] if len(years) else pd.DatetimeIndex([ends.min()])
    # Placed and scaled by hand: what so many small axes would measure and share takes longer than drawing them.
    with drawing(rows, COLUMNS, height, layout=None) as (figure, axes):
        for axis in axes.flat[len(panels) :]:
            axis.set_axis_off()
        for place, (axis, panel) in enumerate(zip(axes.flat, panels, strict=False)):
            colour = SIDE[panel.side]
            axis.set_title(titles[place], fontsize=SIZE, fontweight="normal", color=colour, pad=2, y=1)
            below = years if place >= len(panels) - COLUMNS else years[:0]
            axis.set_xticks(_days(below), [f"{year:%Y}" for year in below])
            axis.set_xlim(*_around(_days(ends)))
            axis.tick_params(labelsize=6.5, labelleft=not shared or place % COLUMNS == 0)
            if panel.points.empty:
                axis.text(0.5, 0.5, "no chart", transform=axis.transAxes, ha="center", color=QUIET)
                continue
            _chart(axis, panel, colour)
            _icons(axis, panel.points)
            axis.set_ylim(*_around(pd.concat(full if shared else [panel.points])[[*LEVELS, "value"]].stack()))
            axis.yaxis.set_major_locator(MaxNLocator(2))
        figure.subplots_adjust(
            left=0.07,
            right=0.99,
            bottom=0.25 / height,
            top=1 - above / height,
            wspace=0.2 - 0.08 * shared,
            hspace=above / chart,
        )
        said = " ".join(_said(panel) for panel in panels if len(panel.points))
        gaps = GAPS if any(map(_missing, full)) else ""
        targets = TARGETS if any(points["target"].notna().any() for points in full) else ""
        return picture(figure, f"Process-behaviour charts, {title}. {said}", f"{title}. {KEY}{targets}{gaps}")


def _days(dates: Any) -> NDArray[np.float64]:
    """Dates as the numbers that pictures count in."""
    return np.asarray(pd.DatetimeIndex(dates).to_numpy("datetime64[D]").astype("float64"))


def _around(values: Any) -> tuple[float, float]:
    """Limits of an axis: what it shows, and a twentieth of that at either end."""
    low, high = float(np.min(values)), float(np.max(values))
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room


def _title(panel: Panel) -> str:
    """The finding: what the last month says of variation, and what variation makes of the target."""
    if panel.points.empty:
        return panel.title.rstrip(": \n")
    last = _last(panel.points)
    told = [VARIATION[str(last["signal"])]]
    if pd.notna(last["assurance"]):
        told.append(ASSURANCE[str(last["assurance"])])
    return panel.title + "\n".join(told)


def _last(points: pd.DataFrame) -> pd.Series:
    return points.iloc[int(points["period"].to_numpy().argmax())]


def _chart(axis: Axes, panel: Panel, colour: str) -> None:
    points, days = panel.points, _days(panel.points["period"])
    end = points["period"].max() if pd.isna(panel.end) else panel.end
    axis.axvspan(*_days([panel.start, end]), color="#eef2f6", zorder=0)
    for name, style in LEVELS.items():
        if points[name].notna().any():
            axis.plot(days, points[name].to_numpy("float64"), style, color=INK if name == "target" else QUIET,
                      linewidth=0.9 if name == "target" else 0.7)  # fmt: skip
    months = points.set_index("period")["value"].asfreq("MS")  # the line breaks where a month is missing
    axis.plot(_days(months.index), months.to_numpy("float64"), "-", color=colour, linewidth=0.8)
    signals, values = points["signal"].to_numpy(), points["value"].to_numpy("float64")
    for signal, mark in MARKS.items():
        if (mine := signals == signal).any():
            shade = colour if signal == "common_cause" else SIGNAL[signal]
            axis.plot(days[mine], values[mine], mark, color=shade, markersize=2.6)


def last_month(points: pd.DataFrame) -> tuple[str, str]:
    """Return the letter and the signal of the last month, as the icons of NHS Making Data Count give them.

    H: the special cause is high, L: it is low, nothing: common cause.

    >>> last_month(pd.DataFrame({"period": [1, 2], "signal": ["common_cause", "concern"], "value": [5.0, 9.0],
    ...                          "centre": 6.0, "direction": "lower_is_better"}))
    ('H', 'concern')
    """
    last = _last(points)
    high = (last["signal"] == "improvement") == (last["direction"] == "higher_is_better")
    if last["signal"] == "change":
        high = last["value"] > last["centre"]
    return ("" if last["signal"] == "common_cause" else "H" if high else "L"), str(last["signal"])


def _icons(axis: Axes, points: pd.DataFrame) -> None:
    letter, signal = last_month(points)
    discs = [(letter or " ", SIGNAL[signal])]
    if pd.notna(kept := _last(points)["assurance"]):
        discs.append(KEPT[str(kept)])
    for line, (text, colour) in enumerate(reversed(discs)):  # each beside its words, which end the title
        disc = {"boxstyle": "circle,pad=0.15", "facecolor": colour, "edgecolor": "none"}
        at: dict[str, Any] = {"ha": "right", "va": "center", "color": "white", "fontsize": 5, "fontweight": "bold"}
        axis.annotate(text, (1, 1), (2, 4.7 + 72 * LINE * line), "axes fraction", "offset points", bbox=disc, **at)


def _missing(points: pd.DataFrame) -> int:
    """How many months between the first and the last have no value."""
    return len(pd.date_range(points["period"].min(), points["period"].max(), freq="MS")) - len(points)


def _said(panel: Panel) -> str:
    last, points = _last(panel.points), panel.points
    letter, signal = last_month(points)
    special = int((points["signal"] != "common_cause").sum())
    limits = f"{number(last['lower'])} to {number(last['upper'])}"
    where = {"H": " (high)", "L": " (low)", "": ""}[letter]
    missing = _missing(points)
    lacks = f" {many(missing, 'month')} in between missing." if missing else ""
    kept = last["assurance"]
    target = f", {ASSURANCE[str(kept)]} of {number(last['target'])}" if pd.notna(kept) else ""
    return (
        f"{panel.name}: last value {number(last['value'])}, {plain(signal).lower()}{where}, limits {limits}{target}, "
        f"{special} of {len(points)} months special cause.{lacks}"
    )
