"""Pictures of the survey: the gap across pairs, and both sides of every pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buddy_eval.base.numbers import estimate, number
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.seen import answer_shares
from buddy_eval.present.plots.form import INK, QUIET, RECEIVER, RULE, SCALE, SIDE, SUPPORTER, Picture, drawing, picture
from buddy_eval.present.wording import clear, pairs_counted


def gaps(results: Results) -> Picture | None:
    """Draw the mean gap over pairs with its interval, and a dot for each pair that may be shown, by theme and wave."""
    rows = results.survey("findings").dropna(subset=["wave"])
    dots = results.survey("gaps")
    names = results.labels
    waves = sorted(rows["wave"].unique())
    if not waves:
        return None
    with drawing(1, len(waves), height=0.55 + 0.31 * len(names), sharex=True, sharey=True) as (figure, axes):
        for axis, wave in zip(axes[0], waves, strict=True):
            axis.axvline(0, color=QUIET, linewidth=0.8)
            for place, theme in enumerate(names):
                mine = dots[(dots["theme"] == theme) & (dots["wave"] == wave)]
                axis.plot(mine["estimate"], [place + 0.2] * len(mine), "o", color=RULE, markersize=4)
                for row in rows[(rows["theme"] == theme) & (rows["wave"] == wave)].to_dict("records"):
                    colour, inside = (INK, INK) if clear(row) else (QUIET, "white")
                    axis.plot([row["ci_low"], row["ci_high"]], [place, place], color=colour, linewidth=1.2)
                    axis.plot(row["estimate"], place, "D", color=colour, markerfacecolor=inside, markersize=5)
                    if clear(row):
                        style = {"fontsize": 6.5, "ha": "center", "va": "bottom"}
                        axis.text(row["estimate"], place - 0.2, _who_is_higher(row), **style)
            axis.set_title(f"Wave {wave}")
        axes[0][0].set_yticks(range(len(names)), list(names.values()))
        axes[0][0].invert_yaxis()
        figure.supxlabel("points: receivers scored higher left of 0, supporters right of it", fontsize=8)
        alt = "Difference of supporter and receiver by theme. " + " ".join(
            f"{names[row['theme']]}, wave {row['wave']}: {estimate(row['estimate'], row['ci_low'], row['ci_high'], 2)}"
            f", {pairs_counted(row)}, {_who_is_higher(row)}."
            for row in rows.to_dict("records")
        )
        caption = "Diamonds: mean over pairs with its 95% interval" + ("; dots: the pairs." if len(dots) else ".")
        unsure = rows[~rows["stands"]]
        if len(unsure):
            caption += " Hollow: the study cannot tell whether the sides differ"
            alone = (unsure["ci_low"] > 0) | (unsure["ci_high"] < 0)
            caption += (
                ", also where the interval leaves out 0: among so many, some do so by chance." if alone.any() else "."
            )
        return picture(figure, alt, caption)


def _who_is_higher(row: Mapping[Any, Any]) -> str:
    """Say which side scored higher, where the row carries that."""
    return ("supporters" if row["estimate"] > 0 else "receivers") + " higher" if clear(row) else "cannot tell"


def sides(results: Results) -> Picture | None:
    """Draw both sides' mean score of each pair that may be shown, joined by a line, by theme; latest wave."""
    rows = results.survey("within")
    rows = rows[rows["pair"].isin(results.pairs) & rows["side"].isin(["supporter", "receiver"])]
    if rows.empty:
        return None
    wave = int(rows["wave"].max())
    latest = rows[rows["wave"] == wave].set_index(["theme", "pair", "side"])
    split = latest["split"].unstack().reindex(columns=["supporter", "receiver"]).eq(True)
    wide = latest["mean"].unstack().reindex(columns=["supporter", "receiver"]).mask(split)
    names, pairs = results.labels, results.pairs
    with drawing(1, len(names), height=0.65 + 0.22 * len(pairs), sharex=True, sharey=True) as (figure, axes):
        for axis, (theme, label) in zip(axes[0], names.items(), strict=True):
            for place, pair in enumerate(pairs):
                if (theme, pair) not in wide.index:
                    continue
                ours, theirs = wide.loc[(theme, pair), ["supporter", "receiver"]].astype("float64")
                axis.plot([ours, theirs], [place, place], color=RULE, linewidth=2.5, zorder=1)
                axis.plot(ours, place, "s", color=SUPPORTER, markersize=5)
                axis.plot(theirs, place, "o", color=RECEIVER, markersize=5.5)
            axis.set_title(label.replace(" and ", "\nand "), fontsize=8)
            axis.set_xlim(1, 5)
            axis.set_xticks(range(1, 6))
            axis.grid(axis="x", color=RULE, linewidth=0.4)
        axes[0][0].set_yticks(range(len(pairs)), pairs)
        axes[0][0].invert_yaxis()
        _sides_named(axes[0], wide, names, pairs)
        written = wide.map(lambda mean: number(mean, 1) or "none").mask(split, "split")
        alt = f"Mean scores of both sides, wave {wave}. " + " ".join(
            f"{names[theme]}, {pair}: " + ", ".join(f"{side} {row[side]}" for side in row) + "."
            for (theme, pair), row in zip(written.index, written.to_dict("records"), strict=True)
        )
        missing = " No mark: people of that side are split." if split.any(axis=None) else ""
        caption = f"Mean score of each side, 1 to 5, wave {wave}. Square: supporter; circle: receiver.{missing}"
        return picture(figure, alt, caption)


def _sides_named(axes: Any, wide: pd.DataFrame, names: dict[str, str], pairs: list[str]) -> None:
    """Write beside the first two marks which side each is, in its colour."""
    both = wide.dropna().astype("float64").to_dict("index")
    for axis, theme in zip(axes, names, strict=True):
        for place, pair in enumerate(pairs):
            if means := both.get((theme, pair)):
                lower, higher = sorted(means, key=lambda side: means[side])
                for side, way, align in ((lower, -0.3, "right"), (higher, 0.3, "left")):
                    style = {"color": SIDE[str(side)], "fontsize": 6, "ha": align, "va": "center"}
                    axis.text(means[side] + way, place, str(side), **style)
                return


def answers(results: Results) -> Picture | None:
    """Draw how the answers of each side spread over the scale, by theme, reversed items turned round; latest wave."""
    names = results.labels
    rows = answer_shares(results)
    if rows.empty:
        return None
    shares = dict(zip(rows.index, rows.to_dict("records"), strict=True))
    with drawing(height=0.9 + 0.46 * len(names)) as (figure, axes):
        axis = axes[0][0]
        ticks, texts, said = [], [], []
        for place, (theme, label) in enumerate(names.items()):
            for shift, side in ((0.0, "supporter"), (0.4, "receiver")):
                if (theme, side) not in shares:
                    continue
                row, left = shares[(theme, side)], 0.0
                for value, shade in zip(range(1, 6), SCALE, strict=True):
                    width = float(row[value])
                    axis.barh(place + shift, width, height=0.36, left=left, color=shade, edgecolor="white")
                    if width >= 8:
                        style = {"color": "white" if value in {1, 5} else INK, "fontsize": 7}
                        axis.text(left + width / 2, place + shift, f"{width:.0f}", ha="center", va="center", **style)
                    left += width
                ticks.append(place + shift)
                texts.append(f"{label}: {side}" if shift == 0 else side)
                said.append(f"{label}, {side}: {row[4] + row[5]:.0f}% positive, {row[1] + row[2]:.0f}% negative.")
        axis.set_yticks(ticks, texts)
        axis.invert_yaxis()
        axis.set_xlim(0, 100)
        axis.set_xlabel("per cent of the answers given")
        for place, align, text in (
            (0, "left", "strongly negative"),
            (50, "center", "neither"),
            (100, "right", "strongly positive"),
        ):
            axis.text(place, -0.3, text, ha=align, va="bottom", fontsize=7.5, fontweight="bold")
        alt = "Spread of answers by theme and side. " + " ".join(said)
        return picture(figure, alt, "Answers to all items of a theme, latest wave; reversed items turned round.")
