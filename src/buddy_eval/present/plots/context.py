"""Pictures of interviews, outcomes and the joint display."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from buddy_eval.base.numbers import number
from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import DIRECTION, INK, QUIET, SIGNAL, Picture, drawing, picture
from buddy_eval.present.tables.form import count, plain
from buddy_eval.present.wording import STATES
from buddy_eval.schemas.vocabulary import WHOLE

if TYPE_CHECKING:
    from matplotlib.patches import Rectangle

MARKS = {"positive": "+", "negative": "\N{MINUS SIGN}", "mixed": "\N{PLUS-MINUS SIGN}", "apart": "\N{NOT EQUAL TO}",
         "unclear": "?"}  # fmt: skip
NO_MARK = "\N{MIDDLE DOT}"
RATING = {
    "agreement": "#0b3d6b",
    "partial": "#8fa3b8",
    "dissonance": "#d17a00",
    "unclear": "#d5dbe2",
    "silence": "#eef0f3",
}


def directions(results: Results) -> Picture | None:
    """Draw, by theme and side, how many people spoke of an enabler, a barrier or both."""
    counts = seen.directions(results)
    colours = {name: colour for name, colour in DIRECTION.items() if name in counts}
    if counts.empty:
        return None
    themes = results.table("themes").sort_values("position")
    with drawing(height=0.8 + 0.46 * len(themes)) as (figure, axes):
        axis, ticks, texts, said = axes[0][0], [], [], []
        for place, (theme, label) in enumerate(zip(themes["theme"], themes["label"], strict=True)):
            for shift, side in ((0.0, "supporter"), (0.4, "receiver")):
                if (theme, side) not in counts.index:
                    continue
                row = counts.loc[(theme, side)]
                left = 0
                for name, colour in colours.items():
                    width = int(row[name])
                    axis.barh(place + shift, width, height=0.36, left=left, color=colour, edgecolor="white")
                    left += width
                ticks.append(place + shift)
                texts.append(f"{label}: {side}" if shift == 0 else side)
                said.append(f"{label}, {side}: " + ", ".join(f"{count(row[name])} {name}" for name in colours) + ".")
        axis.set_yticks(ticks, texts)
        axis.invert_yaxis()
        axis.set_xlabel("people interviewed")
        handles = [axis.barh(0, 0, color=colour) for colour in colours.values()]
        figure.legend(handles, list(colours), loc="outside upper center", ncols=5)
        note = " Sides with small counts are left out." if results.outside else ""
        return picture(
            figure,
            "Direction of themes by side. " + " ".join(said),
            f"What people said about each theme, by people.{note}",
        )


def charts(results: Results, indicator: str) -> Picture | None:
    """Draw the process-behaviour (XmR) charts of one indicator for the trusts that may be shown, a row a pair."""
    points = results.table("signals")
    points = points[points["indicator"] == indicator]
    pairs = results.table("pairs")
    pairs = pairs[pairs["pair"].isin(results.pairs)]
    if points.empty or pairs.empty:
        return None
    from matplotlib.dates import DateFormatter, YearLocator

    said = []
    height = 0.6 + 0.95 * len(pairs)
    with drawing(len(pairs), 2, height, layout=None, sharex=True, sharey=True) as (figure, axes):
        for row, pair in zip(axes, pairs.itertuples(), strict=True):
            for axis, side in zip(row, ("supporter", "receiver"), strict=True):
                ods = getattr(pair, side)
                mine = points[points["ods"] == ods]
                axis.set_title(f"{pair.pair} {side}", fontsize=8)
                if mine.empty:
                    axis.text(0.5, 0.5, "no chart", transform=axis.transAxes, ha="center", color=QUIET)
                    continue
                _chart(axis, mine, pair.start, pair.end)
                _icon(axis, mine)
                said.append(_said(mine, f"{pair.pair} {side}"))
        for axis in axes[-1]:
            axis.xaxis.set_major_locator(YearLocator())  # type: ignore[no-untyped-call]
            axis.xaxis.set_major_formatter(DateFormatter("%Y"))  # type: ignore[no-untyped-call]
        # Placed by hand: measuring the labels of so many small axes would take longer than drawing them.
        edge = 0.35 / figure.get_figheight()
        figure.subplots_adjust(left=0.09, right=0.99, bottom=edge, top=1 - edge, wspace=0.06, hspace=0.55)
        figure.supylabel(plain(indicator), fontsize=8.5, x=0.01)
        caption = (
            f"{plain(indicator)}: monthly values with mean and natural process limits; the shaded months are those of "
            "the support. Blue circles: special cause, improving; orange squares: special cause, concerning. "
            "The disc speaks of the last month: H special cause high, L low, grey common cause. Where the line breaks, "
            "months are missing, which ends a run."
        )
        return picture(figure, f"Process-behaviour charts, {plain(indicator)}. " + " ".join(said), caption)


def joint(results: Results) -> Picture | None:
    """Draw the joint display: themes by pair, coloured by rating, with the mark of each kind of evidence."""
    found = results.joint()
    shown = [pair for pair in (WHOLE, *results.pairs) if (found["pair"] == pair).any()]
    found = found[found["pair"].isin(shown)].set_index(["theme", "pair"])
    if (found["rating"] == "silence").all():
        return None
    themes = results.table("themes").sort_values("position")
    with drawing(height=0.9 + 0.4 * len(themes)) as (figure, axes):
        axis = axes[0][0]
        for y, theme in enumerate(themes["theme"]):
            for x, pair in enumerate(shown):
                cell = found.loc[(theme, pair)]
                axis.add_patch(_square(x, y, RATING[str(cell["rating"])]))
                marks = " ".join(MARKS.get(str(cell[name]), NO_MARK) for name in ("interviews", "survey", "boards"))
                ink = "white" if cell["rating"] == "agreement" else INK
                axis.text(x, y, marks, ha="center", va="center", color=ink, fontsize=8.5, fontweight="bold")
        axis.set_xlim(-0.5, len(shown) - 0.5)
        axis.set_ylim(len(themes) - 0.5, -0.5)
        axis.set_xticks(range(len(shown)), shown)
        axis.set_yticks(range(len(themes)), themes["label"])
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
        figure.legend(
            [_square(0, 0, colour) for colour in RATING.values()], list(RATING), loc="outside lower center", ncols=5
        )
        said = [
            f"{label}, {'whole study' if pair == 'all' else pair}: {found.loc[(theme, pair), 'rating']}, "
            f"sides {str(found.loc[(theme, pair), 'sides']).replace('_', ' ')}."
            for theme, label in zip(themes["theme"], themes["label"], strict=True)
            for pair in shown
        ]
        marks = ", ".join(f"{mark} {STATES[meaning]}" for meaning, mark in MARKS.items())
        marks += f", {NO_MARK} nothing that can be read"
        caption = f"Each cell: interviews, survey, boards ({marks})."
        return picture(figure, "Joint display. " + " ".join(said), caption)


def _chart(axis: object, points: pd.DataFrame, start: object, end: object) -> None:
    draw = axis  # matplotlib's axes are untyped here
    last = points["period"].max() if pd.isna(end) else end  # type: ignore[call-overload]
    draw.axvspan(start, last, color="#eef2f6", zorder=0)  # type: ignore[attr-defined]
    for name, style in (("centre", "-"), ("lower", "--"), ("upper", "--")):
        draw.plot(points["period"], points[name], style, color=QUIET, linewidth=0.7)  # type: ignore[attr-defined]
    months = points.set_index("period")["value"].asfreq("MS")  # the line breaks where a month is missing
    draw.plot(months.index, months, "-", color=QUIET, linewidth=0.8)  # type: ignore[attr-defined]
    marks = {"common_cause": "o", "improvement": "o", "concern": "s", "change": "^"}
    for signal, mark in marks.items():
        mine = points[points["signal"] == signal]
        draw.plot(mine["period"], mine["value"], mark, color=SIGNAL[signal], markersize=2.6)  # type: ignore[attr-defined]


def last_month(points: pd.DataFrame) -> tuple[str, str]:
    """Return the letter and the signal of the last month, as the icons of NHS Making Data Count give them.

    H: the special cause is high, L: it is low, nothing: common cause.

    >>> last_month(pd.DataFrame({"period": [1, 2], "signal": ["common_cause", "concern"], "value": [5.0, 9.0],
    ...                          "centre": 6.0, "direction": "lower_is_better"}))
    ('H', 'concern')
    """
    last = points.sort_values("period").iloc[-1]
    high = (last["signal"] == "improvement") == (last["direction"] == "higher_is_better")
    if last["signal"] == "change":
        high = last["value"] > last["centre"]
    return ("" if last["signal"] == "common_cause" else "H" if high else "L"), str(last["signal"])


def _icon(axis: object, points: pd.DataFrame) -> None:
    letter, signal = last_month(points)
    disc = {"boxstyle": "circle,pad=0.2", "facecolor": SIGNAL[signal], "edgecolor": "none"}
    at = {"ha": "right", "va": "bottom", "color": "white", "fontsize": 6.5, "fontweight": "bold", "bbox": disc}
    axis.text(0.985, 1.1, letter or " ", transform=axis.transAxes, **at)  # type: ignore[attr-defined]


def _said(points: pd.DataFrame, name: str) -> str:
    last = points.sort_values("period").iloc[-1]
    letter, signal = last_month(points)
    special = int((points["signal"] != "common_cause").sum())
    limits = f"{number(last['lower'])} to {number(last['upper'])}"
    where = {"H": " (high)", "L": " (low)", "": ""}[letter]
    missing = len(pd.date_range(points["period"].min(), points["period"].max(), freq="MS")) - len(points)
    lacks = f" {missing} month{'s' * (missing != 1)} in between missing." if missing else ""
    return (
        f"{name}: last value {number(last['value'])}, {plain(signal).lower()}{where}, limits {limits}, {special} of "
        f"{len(points)} months special cause.{lacks}"
    )


def _square(x: float, y: float, colour: str) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor="white")
