"""The picture of the charts of rare events."""

from __future__ import annotations

from buddy_eval.base.numbers import number
from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import QUIET, SIGNAL, Picture, drawing, picture
from buddy_eval.present.tables.form import plain

MARKS = {"common_cause": "o", "improvement": "o", "concern": "s", "change": "^"}
UNITS = {"t": "days", "g": "number"}


def rare_events(results: Results) -> Picture | None:
    """Draw the time or number between the events of every series of rare ones, a row a series; for the team alone."""
    rows = seen.of_team(results, "rare_events")
    if rows.empty:
        return None
    series = list(rows.groupby(["indicator", "ods"]))
    said = []
    with drawing(len(series), 1, 0.6 + 1.3 * len(series)) as (figure, axes):
        for (axis,), ((indicator, ods), points) in zip(axes, series, strict=True):
            last = points.iloc[-1]
            name = f"{plain(str(indicator))}, {ods}"
            axis.set_title(name, fontsize=8)
            axis.plot(points["event"], points["between"], "-", color=QUIET, linewidth=0.8)
            for line, style in (("centre", "-"), ("lower", "--"), ("upper", "--")):
                axis.plot(points["event"], points[line], style, color=QUIET, linewidth=0.7)
            for signal, mine in points.groupby("signal"):
                colour, mark = SIGNAL[str(signal)], MARKS[str(signal)]
                axis.plot(mine["event"], mine["between"], mark, color=colour, markersize=3)
            axis.set_ylabel(UNITS[last["chart"]])
            special = int((points["signal"] != "common_cause").sum())
            said.append(
                f"{name}: {number(last['between'])} {UNITS[last['chart']]} before the last event, limits "
                f"{number(last['lower'])} to {number(last['upper'])}, {special} of {len(points)} special cause."
            )
        axes[-1][0].set_xlabel("event")
        caption = (
            "What lies between one event and the next, with centre and limits: days (t chart), or what the denominator "
            "counts (g chart). Blue circles: special cause, improving; orange squares: special cause, concerning."
        )
        return picture(figure, "Charts of rare events. " + " ".join(said), caption)
