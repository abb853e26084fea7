"""The picture of a design: how likely a study is to see gaps of growing size."""

from __future__ import annotations

import pandas as pd

from buddy_eval.analyse.design import POWER, smallest
from buddy_eval.base.numbers import number
from buddy_eval.present.plots.form import INK, QUIET, RECEIVER, SUPPORTER, Picture, drawing, picture

LINES = ((QUIET, ":"), (SUPPORTER, "-"), (RECEIVER, "--"))


def curves(by_pairs: dict[int, pd.DataFrame], people: int) -> Picture:
    """Draw the chance to see a gap against its size, a line for each number of pairs (from `design.around`)."""
    said = []
    with drawing(height=3.0) as (figure, axes):
        axis = axes[0][0]
        axis.axhline(100 * POWER, color=QUIET, linewidth=0.6)
        axis.text(0, 100 * POWER + 1.5, "80 of 100 studies", fontsize=7.5, color=QUIET)
        for (pairs, curve), (colour, style) in zip(by_pairs.items(), LINES, strict=False):
            axis.plot(curve["gap"], 100 * curve["detected"], style, color=colour, linewidth=1.6, label=f"{pairs} pairs")
            least = number(smallest(curve))
            said.append(f"{pairs} pairs: {least + ' points' if least else 'no gap'} in 80 of 100 studies.")
        axis.set_xlabel("true gap between the sides, points of the five-point scale", color=INK)
        axis.set_ylabel("studies of 100 that see it")
        axis.set_ylim(0, 102)
        axis.set_xlim(left=0)
        axis.legend(loc="lower right")
        alt = f"Chance that a study with {people} people a side sees a gap. " + " ".join(said)
        caption = "A gap is seen where the 95% interval over pairs leaves out zero, one theme looked at alone."
        return picture(figure, alt, caption)
