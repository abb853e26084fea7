"""A picture of codes that stand together, for the team alone."""

from __future__ import annotations

import numpy as np

from buddy_eval.base.numbers import many
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.seen import of_team
from buddy_eval.present.plots.form import INK, Picture, drawing, picture

MOST = 5  # pairs of codes that the alt text names


def co_occurrence(results: Results, within: str = "turn") -> Picture | None:
    """Draw with how many people two codes stand together in the same ``unit``, ``turn`` or with the same ``person``."""
    together = of_team(results, "co_occurrence")
    together = together[together["within"] == within]
    if together.empty:
        return None
    order = results.table("codes").sort_values("position")["code"]
    codes = [code for code in order if code in {*together["code"], *together["other"]}]
    place = {code: number for number, code in enumerate(codes)}
    people = np.full((len(codes), len(codes)), np.nan)
    for code, other, n in together[["code", "other", "n_participants"]].itertuples(index=False, name=None):
        people[place[other], place[code]] = n
    with drawing(height=6.2) as (figure, axes):
        axis = axes[0][0]
        drawn = axis.imshow(people, cmap="Blues", vmin=0, vmax=max(float(np.nanmax(people)), 1.0))
        for row, column in zip(*np.nonzero(people > 0), strict=True):
            dark = people[row, column] > 0.6 * np.nanmax(people)
            colour = "white" if dark else INK
            axis.text(column, row, f"{people[row, column]:.0f}", ha="center", va="center", fontsize=6, color=colour)
        axis.set_xticks(range(len(codes)), codes, rotation=90, fontsize=6.5)
        axis.set_yticks(range(len(codes)), codes, fontsize=6.5)
        figure.colorbar(drawn, ax=axis, label="people", shrink=0.6)
        top = together.sort_values(["n_participants", "code", "other"], ascending=[False, True, True]).head(MOST)
        rows = top[["code", "other", "n_participants"]].itertuples(index=False, name=None)
        pairs = many(len(together), "pair of codes", "pairs of codes")
        most = "; ".join(f"{code} with {other}: {n}" for code, other, n in rows)
        return picture(
            figure,
            f"People with whom two codes stand together ({within}), {pairs}. Most: {most}.",
            f"With how many people two codes stand together ({within}).",
        )
