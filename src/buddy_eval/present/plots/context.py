"""Pictures of interviews and the joint display."""

from __future__ import annotations

from itertools import accumulate
from textwrap import fill
from typing import TYPE_CHECKING

from buddy_eval.analyse.strands import STRANDS
from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import INK, RULE, SIDE, Picture, drawing, picture
from buddy_eval.present.tables.form import count, plain
from buddy_eval.present.wording import BOTH, RATED, state
from buddy_eval.schemas.vocabulary import WHOLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATING = {  # the ground of a cell, and its mark before the word
    "agreement": ("#0b3d6b", "\N{CHECK MARK}"),
    "partial": ("#8fa3b8", "\N{CIRCLE WITH LEFT HALF BLACK}"),
    "dissonance": ("#d17a00", "\N{BALLOT X}"),
    "unclear": ("#d5dbe2", "?"),
    "silence": ("#eef0f3", "\N{EN DASH}"),
}
BLANK = "#ffffff"
LETTERS = 15  # in a line of a head: of five themes each is an inch wide


def directions(results: Results) -> Picture | None:
    """Draw how many people of each side spoke of each theme as an enabler, a barrier or both: a column a direction."""
    counts = seen.directions(results)
    people = counts.to_dict("index")
    shown = [name for name in map(str, counts) if counts[name].any()]
    if not shown:
        return None
    rows = [(theme, side) for theme in results.labels for side in SIDE if (theme, side) in counts.index]
    first = [theme != before for (theme, _), (before, _) in zip(rows, [("", ""), *rows], strict=False)]
    places = [place + 0.4 * n for place, n in enumerate(accumulate(first))]
    with drawing(1, len(shown), height=0.6 + 0.21 * len(rows), sharex=True, sharey=True) as (figure, axes):
        for axis, name in zip(axes[0], shown, strict=True):
            bars = axis.barh(places, [people[row][name] for row in rows], color=[SIDE[side] for _, side in rows])
            axis.bar_label(bars, padding=2, fontsize=7)
            axis.set_title(name.capitalize(), fontsize=8)
            axis.spines["bottom"].set_visible(False)
            axis.tick_params(length=0, labelbottom=False)
        labels = [f"{results.labels[t]}: {side}" if new else side for new, (t, side) in zip(first, rows, strict=True)]
        axes[0][0].set_yticks(places, labels)
        axes[0][0].invert_yaxis()
        said = [
            f"{results.labels[theme]}, {side}: "
            + ", ".join(f"{count(n)} {name}" for name, n in people[theme, side].items())
            + "."
            for theme, side in rows
        ]
        note = " Sides with small counts are left out." if results.outside else ""
        return picture(
            figure,
            "Direction of themes by side. " + " ".join(said),
            f"How many of the people interviewed spoke of each theme so.{note}",
        )


def joint(results: Results) -> Picture | None:
    """Draw the joint display in words and shapes: how the kinds of evidence go together, by pair and theme.

    Of the whole study alone, each kind of evidence stands above it.
    """
    rows = results.joint()
    shown = [pair for pair in (WHOLE, *results.pairs) if (rows["pair"] == pair).any()]
    rows = rows[rows["pair"].isin(shown)].set_index(["theme", "pair"])
    if (rows["rating"] == "silence").all():
        return None
    themes = results.labels
    strands = STRANDS if len(shown) == 1 else ()
    names = [*map(plain, strands), "Together" if strands else "Whole study", *shown[1:]]
    with drawing(height=0.45 + 0.32 * len(names)) as (figure, axes):
        axis, said = axes[0][0], []
        for x, (theme, label) in enumerate(themes.items()):
            for y, strand in enumerate(strands):
                _cell(axis, x, y, state(rows.loc[(theme, shown[0]), strand]), BLANK)
            for y, pair in enumerate(shown, len(strands)):
                rating, sides = map(str, rows.loc[(theme, pair), ["rating", "sides"]])
                colour, mark = RATING[rating]
                _cell(axis, x, y, f"{mark} {RATED[rating]}" + "\nsides opposed" * (sides == "apart"), colour)
                whose = "whole study" if pair == WHOLE else pair
                said.append(f"{label}, {whose}: {RATED[rating]}; the two sides: {BOTH[sides]}.")
        axis.set_xlim(-0.5, len(themes) - 0.5)
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.set_xticks(range(len(themes)), [fill(label, LETTERS) for label in themes.values()], fontweight="bold")
        axis.set_yticks(range(len(names)), names)
        axis.tick_params(length=0, labeltop=True, labelbottom=False)
        axis.spines[:].set_visible(False)
        caption = "Whether interviews, survey and boards point one way, each side read apart."
        return picture(figure, "Joint display. " + " ".join(said), caption)


def _cell(axis: Axes, x: float, y: float, words: str, colour: str) -> None:
    from matplotlib.patches import Rectangle

    axis.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor=RULE, linewidth=0.4))
    ink = "white" if colour == RATING["agreement"][0] else INK
    axis.text(x, y, words, ha="center", va="center", color=ink, fontsize=7, linespacing=1.05)
