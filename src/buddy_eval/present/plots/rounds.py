"""The picture of capacity over time, beside what people say of capacity."""

from __future__ import annotations

from typing import Any

import pandas as pd

from buddy_eval.base.numbers import number
from buddy_eval.disclose import kept
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import QUIET, RECEIVER, RULE, SUPPORTER, Picture, drawing, picture

SIDES = {"supporter": (SUPPORTER, "s"), "receiver": (RECEIVER, "o"), "external": (QUIET, "^")}
LINES = {"actual": ("-", 2.0, "given"), "planned": ("--", 1.0, "planned"), "needed": (":", 1.2, "needed")}

ROOM = 0.8  # of a round, right of the last mark, for the name of its side
MONTHLY = "Left: staff needed, planned and given, the most on one day of each month. "
SHARES = (
    "Left: staff given, of staff planned, when each round opened; mean over {n} pairs, the same in every round, in "
    "steps of ten per cent. "
)


def capacity(results: Results) -> Picture | None:
    """Draw the staff that each side gives over time, beside how people score capacity in each round.

    The public sees no months: it sees which share of the planned staff was given when each round opened.
    """
    months, shares, scores = kept.staff_months(results), kept.given(results), _scores(results)
    over_time = not months.empty
    if not over_time and shares["value"].isna().all():
        return None
    with drawing(1, 2, height=1.55 if results.pair else 2.15, gridspec_kw={"width_ratios": (1.5, 1)}) as (figure, axes):
        left, right = axes[0]
        said = _months(left, months, results.table("rounds")) if over_time else _shares(left, shares)
        said += _scored(right, scores)
        if over_time:
            marks = [left.plot([], [], style, color=QUIET, linewidth=width)[0] for style, width, _ in LINES.values()]
            sides = [] if len(scores) else [left.plot([], [], color=colour)[0] for colour, _ in SIDES.values()]
            names = [name for *_, name in LINES.values()]
            figure.legend([*sides, *marks], [*(SIDES if sides else ()), *names], loc="outside lower center", ncols=6)
        caption = MONTHLY if over_time else SHARES.format(n=int(shares["n_pairs"].min()))
        caption += "What nobody wrote down is in none of the lines. " * (over_time and kept.unwritten(results))
        caption += "Right: mean score on capacity, 1 to 5, by round. Neither says where the other comes from."
        return picture(figure, "Capacity over time, beside what people say of it. " + " ".join(said), caption)


def _scores(results: Results) -> pd.DataFrame:
    rows = kept.figures(results)
    return rows[(rows["theme"] == kept.CAPACITY) & (rows["strand"] == "survey") & rows["value"].notna()]


def _months(axis: Any, months: pd.DataFrame, rounds: pd.DataFrame) -> list[str]:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    said = []
    for side, (colour, _) in SIDES.items():
        ours = months[months["side"] == side]
        for column, (style, width, _) in LINES.items():
            axis.step(ours["month"], ours[column], style, where="post", color=colour, linewidth=width)
        known = ours.dropna(subset=["planned"]).sort_values("planned", kind="stable")
        if len(known):
            said += [
                _at(side, row) for row in (known.iloc[-1].to_dict(), known.sort_values("month").iloc[-1].to_dict())
            ]
    axis.set_ylim(0, 1.15 * axis.get_ylim()[1])  # the names of rounds stand above all lines
    axis.set_title("Staff, whole-time equivalents", fontsize=8)
    top = axis.get_ylim()[1]
    for wave, day in zip(rounds["wave"], rounds["opens"], strict=True):
        axis.axvline(day, color=RULE, linewidth=0.8, zorder=0)
        axis.text(day, top, f"round {wave} ", color=QUIET, fontsize=6.5, va="top", ha="right")
    axis.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=6))  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_formatter(DateFormatter("%b %Y"))  # type: ignore[no-untyped-call]
    axis.grid(axis="y", color=RULE, linewidth=0.4)
    return list(dict.fromkeys(said))


def _at(side: str, row: dict[Any, Any]) -> str:
    parts = [f"{number(row[column], 1)} {name}" for column, (*_, name) in LINES.items() if pd.notna(row[column])]
    return f"{side}, {row['month']:%B %Y}: {', '.join(parts)} whole-time equivalents."


def _shares(axis: Any, shares: pd.DataFrame) -> list[str]:
    said, ends = [], {}
    axis.axhline(100, color=QUIET, linewidth=0.8, linestyle="--")
    for side, (colour, mark) in SIDES.items():
        ours = shares[shares["side"] == side]
        if len(ours):
            axis.plot(ours["wave"].astype("int64"), 100 * ours["value"], f"-{mark}", color=colour)
            ends[side] = (float(ours["wave"].iloc[-1]), 100 * float(ours["value"].iloc[-1]))
            said += [
                f"{side}, round {w}: {100 * v:.0f}% of the planned staff given."
                for w, v in zip(ours["wave"], ours["value"], strict=True)
            ]
    axis.set_ylim(0, max(150, 110 * shares["value"].max()))
    axis.set_xticks(sorted(shares["wave"].unique()), [f"round {wave}" for wave in sorted(shares["wave"].unique())])
    axis.set_xlim(shares["wave"].min() - 0.3, shares["wave"].max() + ROOM)
    _named(axis, ends)
    axis.set_title("Given, per cent of planned staff", fontsize=8)
    return said


def _named(axis: Any, ends: dict[str, tuple[float, float]]) -> None:
    """Write beside the last mark of each line whose it is, the higher above the lower."""
    for place, side in enumerate(sorted(ends, key=lambda side: ends[side][1])):
        at, value = ends[side]
        way = "bottom" if place else "top"
        axis.text(at + 0.1, value, side, color=SIDES[side][0], fontsize=7, va=way if len(ends) > 1 else "center")


def _scored(axis: Any, scores: pd.DataFrame) -> list[str]:
    said, ends = [], {}
    axis.set_title("Mean score on capacity", fontsize=8)
    axis.set_ylim(1, 5)
    if scores.empty:
        axis.text(0.5, 0.5, "nobody asked, or too few", transform=axis.transAxes, ha="center", color=QUIET)
        axis.set_xticks([])
        return ["No score of capacity is shown."]
    for shift, (side, (colour, mark)) in enumerate(SIDES.items()):
        ours = scores[scores["side"] == side]
        if ours.empty:
            continue
        at = ours["wave"].astype("float64") + 0.06 * (shift - 1)
        low, high = (
            ours["value"] - ours["ci_low"].fillna(ours["value"]),
            ours["ci_high"].fillna(ours["value"]) - ours["value"],
        )
        axis.errorbar(at, ours["value"], yerr=[low, high], fmt=f"-{mark}", color=colour, markersize=5, linewidth=1.2)
        ends[side] = (float(at.iloc[-1]), float(ours["value"].iloc[-1]))
        said += [f"{side}, round {w}: score {number(v, 1)}." for w, v in zip(ours["wave"], ours["value"], strict=True)]
    waves = sorted(scores["wave"].unique())
    axis.set_xticks([int(wave) for wave in waves], [f"round {wave}" for wave in waves])
    axis.set_xlim(min(waves) - 0.3, max(waves) + ROOM)
    _named(axis, ends)
    axis.grid(axis="y", color=RULE, linewidth=0.4)
    return said
