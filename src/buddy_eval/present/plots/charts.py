"""Small multiples of process-behaviour (XmR) charts, each with the two icons of NHS *Making Data Count*."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from buddy_eval.base.numbers import number
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import INK, QUIET, SIDE, SIGNAL, Picture, drawing, picture
from buddy_eval.present.tables.context import ASSURANCE, signals_by_chance
from buddy_eval.present.tables.form import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
KEY = (
    "Shaded: the support. Blue circles: special cause, improving; orange squares: concerning. Upper disc: the last "
    "month (H high, L low)."
)
TARGETS = " Lower disc: the target (dotted; P: limits clear it, F: miss it, ?: hold it)."
LETTERS, SIZE, LINE = 27, 6.3, 0.105  # of a title: letters in a line, points, and inches from line to line
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
    from matplotlib.dates import DateFormatter, YearLocator
    from matplotlib.ticker import MaxNLocator

    rows = -(-len(panels) // COLUMNS)
    titles = [_title(panel) for panel in panels]
    above = APART + LINE * max(title.count("\n") + 1 for title in titles)
    chart = CHART if shared else 0.65 * CHART
    height = 0.25 + rows * (chart + above)
    with drawing(rows, COLUMNS, height, layout=None, sharex=True, sharey=shared) as (figure, axes):
        for axis in axes.flat[len(panels) :]:
            axis.set_axis_off()
        for axis, panel, title in zip(axes.flat, panels, titles, strict=False):
            colour = SIDE[panel.side]
            axis.set_title(title, fontsize=SIZE, fontweight="normal", color=colour, pad=2)
            if panel.points.empty:
                axis.text(0.5, 0.5, "no chart", transform=axis.transAxes, ha="center", color=QUIET)
                continue
            _chart(axis, panel, colour)
            _icons(axis, panel.points)
            axis.tick_params(labelsize=6.5)
            axis.yaxis.set_major_locator(MaxNLocator(2))
        for axis in axes[-1]:
            axis.xaxis.set_major_locator(YearLocator())  # type: ignore[no-untyped-call]
            axis.xaxis.set_major_formatter(DateFormatter("%Y"))  # type: ignore[no-untyped-call]
        # Placed by hand: measuring the labels of so many small axes would take longer than drawing them.
        figure.subplots_adjust(
            left=0.07,
            right=0.99,
            bottom=0.25 / height,
            top=1 - above / height,
            wspace=0.2 - 0.08 * shared,
            hspace=above / chart,
        )
        said = " ".join(_said(panel) for panel in panels if len(panel.points))
        gaps = GAPS if any(_missing(panel.points) for panel in panels if len(panel.points)) else ""
        targets = TARGETS if any(panel.points["target"].notna().any() for panel in panels) else ""
        return picture(figure, f"Process-behaviour charts, {title}. {said}", f"{title}. {KEY}{targets}{gaps}")


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
    return points.sort_values("period").iloc[-1]


def _chart(axis: Axes, panel: Panel, colour: str) -> None:
    points, draw = panel.points, axis
    last = points["period"].max() if pd.isna(panel.end) else panel.end
    draw.axvspan(panel.start, last, color="#eef2f6", zorder=0)
    for name, style in (("centre", "-"), ("lower", "--"), ("upper", "--"), ("target", ":")):
        draw.plot(points["period"], points[name].astype("float64"), style, color=INK if name == "target" else QUIET,
                  linewidth=0.9 if name == "target" else 0.7)  # fmt: skip
    months = points.set_index("period")["value"].asfreq("MS")  # the line breaks where a month is missing
    draw.plot(months.index, months, "-", color=colour, linewidth=0.8)
    marks = {"common_cause": ".", "improvement": "o", "concern": "s", "change": "^"}
    for signal, mark in marks.items():
        mine = points[points["signal"] == signal]
        shade = colour if signal == "common_cause" else SIGNAL[signal]
        draw.plot(mine["period"], mine["value"], mark, color=shade, markersize=2.6)


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
    lacks = f" {missing} month{'s' * (missing != 1)} in between missing." if missing else ""
    kept = last["assurance"]
    target = f", {ASSURANCE[str(kept)]} of {number(last['target'])}" if pd.notna(kept) else ""
    return (
        f"{panel.name}: last value {number(last['value'])}, {plain(signal).lower()}{where}, limits {limits}{target}, "
        f"{special} of {len(points)} months special cause.{lacks}"
    )
