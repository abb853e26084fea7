"""The picture of capacity over time, beside what people say of capacity."""

from __future__ import annotations

from typing import Any

import pandas as pd

from buddy_eval.base.numbers import many, number
from buddy_eval.disclose import kept
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import (
    INK,
    QUIET,
    RECEIVER,
    RULE,
    SUPPORTER,
    Picture,
    drawing,
    named_at_end,
    picture,
)

SIDES = {"supporter": (SUPPORTER, "s"), "receiver": (RECEIVER, "o"), "external": (QUIET, "^")}
LINES = {  # how each is drawn, and its name behind a piece of such a line
    "actual": ("-", 2.0, "\N{BOX DRAWINGS HEAVY HORIZONTAL} given"),
    "planned": ("--", 1.0, "\N{BOX DRAWINGS LIGHT DOUBLE DASH HORIZONTAL} planned"),
    "needed": (":", 1.2, "\N{BOX DRAWINGS LIGHT QUADRUPLE DASH HORIZONTAL} needed"),
}
MONTHLY = (
    "Left: staff needed, planned and given, the most on one day of each month; a line with a number: that round "
    "opened. "
)
SHARES = (
    "Left: staff given, of staff planned, when each round opened; mean over {pairs}, the same in every round, in "
    "steps of ten per cent. "
)


def capacity(results: Results) -> Picture | None:
    """Draw the staff that each side gives over time, beside how people score capacity in each round.

    The public sees no months: it sees which share of the planned staff was given when each round opened.
    """
    months, shares, scores = kept.staff_months(results), kept.staff_shares(results), _scores(results)
    months = months.dropna(subset=list(LINES), how="all")
    if months.empty and shares["value"].isna().all():
        return None
    ours = [(side, months[months["side"] == side]) for side in SIDES if (months["side"] == side).any()]
    wide = {"width_ratios": [1.0] * (len(ours) + 1) if ours else [1.5, 1.0]}
    height = 1.55 if results.pair else 2.0
    with drawing(1, max(2, len(ours) + 1), height, gridspec_kw=wide) as (figure, axes):
        *left, right = axes[0]
        said = _months(left, ours, results.table("rounds")) if ours else _shares(left[0], shares)
        said += _scored(right, scores)
        caption = MONTHLY if ours else SHARES.format(pairs=many(int(shares["n_pairs"].min()), "pair"))
        caption += "What nobody wrote down is in none of the lines. " * (bool(ours) and kept.unwritten(results))
        caption += "Right: mean score on capacity, 1 to 5, by round. Neither says where the other comes from."
        return picture(figure, "Capacity over time, beside what people say of it. " + " ".join(said), caption)


def _scores(results: Results) -> pd.DataFrame:
    rows = kept.figures(results)
    return rows[(rows["theme"] == kept.CAPACITY) & (rows["strand"] == "survey") & rows["value"].notna()]


def _months(axes: Any, ours: list[tuple[str, pd.DataFrame]], rounds: pd.DataFrame) -> list[str]:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    said = []
    top = 1.05 * max(float(months[list(LINES)].max().max()) for _, months in ours)
    for axis, (side, months) in zip(axes, ours, strict=True):
        ends = {}
        for column, (style, width, name) in LINES.items():
            axis.step(months["month"], months[column], style, where="post", color=SIDES[side][0], linewidth=width)
            if len(written := months[column].dropna()):
                ends[name] = (float(written.iloc[-1]), INK)
        known = months.dropna(subset=["planned"]).sort_values("planned", kind="stable")
        if len(known):
            most, last = known.iloc[-1], known.sort_values("month").iloc[-1]
            said += [_at(side, most.to_dict()), _at(side, last.to_dict())]
        axis.set_ylim(0, top)
        axis.set_title(f"Staff of\nthe {side}", fontsize=8, color=SIDES[side][0], pad=11)
        axis.tick_params(labelleft=axis is axes[0])
        for wave, day in zip(rounds["wave"], rounds["opens"], strict=True):
            axis.axvline(day, color=RULE, linewidth=0.8, zorder=0)
            axis.text(day, top, str(wave), color=QUIET, fontsize=6.5, va="bottom", ha="center")
        axis.xaxis.set_major_locator(AutoDateLocator(minticks=1, maxticks=3))  # type: ignore[no-untyped-call]
        axis.xaxis.set_major_formatter(DateFormatter("%b\n%Y"))  # type: ignore[no-untyped-call]
        axis.grid(axis="y", color=RULE, linewidth=0.4)
        named_at_end(axis, ends)
    axes[0].set_ylabel("whole-time\nequivalents", fontsize=7)
    return list(dict.fromkeys(said))


def _at(side: str, row: dict[Any, Any]) -> str:
    parts = [f"{number(row[column], 1)} {name[2:]}" for column, (*_, name) in LINES.items() if pd.notna(row[column])]
    return f"{side}, {row['month']:%B %Y}: {', '.join(parts)} whole-time equivalents."


def _shares(axis: Any, shares: pd.DataFrame) -> list[str]:
    said, ends = [], {}
    axis.axhline(100, color=QUIET, linewidth=0.8, linestyle="--")
    for side, (colour, mark) in SIDES.items():
        ours = shares[shares["side"] == side]
        if len(ours):
            axis.plot(ours["wave"].astype("int64"), 100 * ours["value"], f"-{mark}", color=colour)
            ends[side] = (100 * float(ours["value"].iloc[-1]), colour)
            said += [
                f"{side}, round {w}: {100 * v:.0f}% of the planned staff given."
                for w, v in zip(ours["wave"], ours["value"], strict=True)
            ]
    axis.set_ylim(0, max(150, 110 * shares["value"].max()))
    _rounds(axis, shares["wave"])
    named_at_end(axis, ends)
    axis.set_title("Given, per cent of planned staff", fontsize=8)
    return said


def _rounds(axis: Any, waves: pd.Series) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.xaxis.set_major_locator(MaxNLocator(3, integer=True, min_n_ticks=1))
    axis.set_xlim(int(waves.min()) - 0.3, int(waves.max()) + 0.3)
    axis.set_xlabel("round")


def _scored(axis: Any, scores: pd.DataFrame) -> list[str]:
    said, ends = [], {}
    axis.set_title("Mean score\non capacity", fontsize=8)
    axis.set_ylim(1, 5)
    axis.set_yticks(range(1, 6))
    if scores.empty:
        axis.text(0.5, 0.5, "nobody asked,\nor too few", transform=axis.transAxes, ha="center", color=QUIET, fontsize=7)
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
        ends[side] = (float(ours["value"].iloc[-1]), colour)
        said += [f"{side}, round {w}: score {number(v, 1)}." for w, v in zip(ours["wave"], ours["value"], strict=True)]
    _rounds(axis, scores["wave"])
    named_at_end(axis, ends)
    axis.grid(axis="y", color=RULE, linewidth=0.4)
    return said
