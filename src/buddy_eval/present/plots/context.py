"""Pictures of interviews and the joint display."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present.plots.form import DIRECTION, INK, Picture, drawing, picture
from buddy_eval.present.tables.form import count
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


def _square(x: float, y: float, colour: str) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor="white")
