"""Pictures of interviews and the joint display."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from buddy_eval.analyse.strands import STRANDS
from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import DIRECTION, INK, RULE, Picture, drawing, picture
from buddy_eval.present.tables.form import count, plain
from buddy_eval.present.wording import BOTH, RATED, SHAPES, STATES
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
                state = str(rows.loc[(theme, shown[0]), strand])
                _cell(axis, x, y, f"{SHAPES.get(state, '')} {STATES[state]}".strip(), BLANK)
            for y, pair in enumerate(shown, len(strands)):
                rating, sides = map(str, rows.loc[(theme, pair), ["rating", "sides"]])
                colour, mark = RATING[rating]
                _cell(axis, x, y, f"{mark} {RATED[rating]}" + "\nsides opposite" * (sides == "apart"), colour)
                whose = "whole study" if pair == WHOLE else pair
                said.append(f"{label}, {whose}: {RATED[rating]}, sides {BOTH[sides]}.")
        axis.set_xlim(-0.5, len(themes) - 0.5)
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.set_xticks(range(len(themes)), [fill(label, LETTERS) for label in themes.values()], fontweight="bold")
        axis.set_yticks(range(len(names)), names)
        axis.tick_params(length=0, labeltop=True, labelbottom=False)
        axis.spines[:].set_visible(False)
        caption = "Whether interviews, survey and boards point the same way, each side read apart."
        return picture(figure, "Joint display. " + " ".join(said), caption)


def _cell(axis: Axes, x: float, y: float, words: str, colour: str) -> None:
    from matplotlib.patches import Rectangle

    axis.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor=RULE, linewidth=0.4))
    ink = "white" if colour == RATING["agreement"][0] else INK
    axis.text(x, y, words, ha="center", va="center", color=ink, fontsize=7, linespacing=1.05)
