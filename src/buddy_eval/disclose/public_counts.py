"""Every count of people that the public reads, in all tables of all reports together, as one system of sums."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from buddy_eval.disclose.results import Results
from buddy_eval.disclose.suppression import Counts, Mask, counts, protect
from buddy_eval.present import tables
from buddy_eval.present.tables.form import WITHHELD, Table, cell_name

Cell = tuple[str, int, bool, bool]
Sum = tuple[str, list[str]]
DIRECTIONS = ["Mostly enabler", "Mostly barrier", "Mixed", "Neutral"]


def guards(results: Results) -> bytes:
    """Return, as JSON, the names of the counts that are withheld from the public to protect others.

    Raises
    ------
    StudyError : a small count can be worked out whatever else is withheld.
    """
    made, withheld = published(replace(results, guards=frozenset()))
    chosen = protect(made, results.study.disclosure, withheld) & ~withheld
    return (json.dumps(sorted(made.cells.index[chosen]), indent=1) + "\n").encode()


def published(results: Results) -> tuple[Counts, Mask]:
    """Return the counts of people that the public's tables print, and which of them are withheld as things stand.

    The true counts are those of the team's tables; what is withheld is read from the public's own. A rest that no
    table prints (asked but not raised) is a variable too: a reader knows that it is not negative.
    """
    public = replace(results, profile="public", pair=None)
    team = replace(public, profile="internal", guards=frozenset())
    cells, sums, hidden = list[Cell](), list[Sum](), set[str]()
    pairs = [(tables.themes(team), tables.themes(public))]
    pairs += [(tables.comments(team, by), tables.comments(public, by)) for by in ("lexicon", "learned")]
    pairs += [(tables.codes(team, theme), tables.codes(public, theme)) for theme in results.themes]
    for whole, shown in pairs:
        columns = [name for name in shown.frame.columns[shown.heads :] if name in whole.frame]
        found = _cells(whole, columns, _printed(shown, columns))
        cells += found
        hidden |= {name for name, text in _printed(shown, columns).items() if text == WITHHELD}
        sums += _sums(whole, columns, {name for name, *_ in found})
    cells, sums = _with_rests([*cells, *_flow(results, public, hidden)], sums, results)
    made = counts(cells, sums)
    withheld = np.asarray(made.cells.index.isin(hidden), dtype=bool)
    return made, withheld


def _printed(table: Table, columns: list[str]) -> dict[str, str]:
    frame = table.frame
    heads = frame.iloc[:, : table.heads].to_numpy()
    return {
        cell_name(table.caption, row, column): str(text)
        for column in columns
        for row, text in zip(heads, frame[column], strict=True)
    }


def _cells(whole: Table, columns: list[str], printed: dict[str, str]) -> list[Cell]:
    values = _printed(whole, columns)
    return [(name, int(text.replace(",", "")), name in printed, False) for name, text in values.items()]


def _sums(whole: Table, columns: list[str], names: set[str]) -> Iterator[Sum]:
    """The sums within a row: directions to those who raised it; the sides' comments to all of them."""
    total = next((name for name in columns if name == "Raised it" or name.startswith("All (of")), None)
    parts = [name for name in columns if name in DIRECTIONS or (name != total and "(of" in name)]
    for row in whole.frame.iloc[:, : whole.heads].to_numpy():
        inner = [cell_name(whole.caption, row, part) for part in parts]
        outer = cell_name(whole.caption, row, total or "")
        values = whole.frame.iloc[:, : whole.heads].eq(row).all(axis=1)
        line = whole.frame[values].iloc[0]
        if total and set(inner) <= names and int(line[total]) == sum(int(line[part]) for part in parts):
            yield outer, inner


def _flow(results: Results, public: Results, hidden: set[str]) -> list[Cell]:
    """Who was asked and took part, by kind, side and wave, as the public's table groups them."""
    shown = tables.flow(public)
    texts = _printed(shown, ["Asked", "Took part"])
    keys = ["kind", "side", "wave"]
    given = results.table("flow").groupby(keys)[["invited", "took_part"]].sum(min_count=1).reset_index()
    cells = []
    for row in given.to_dict("records"):
        head = [tables.plain(str(row[key])) for key in keys]
        for column, value in (("Asked", row["invited"]), ("Took part", row["took_part"])):
            name = cell_name(shown.caption, head, column)
            if name in texts and pd.notna(value):
                cells.append((name, int(value), True, False))
                hidden |= {name} if texts[name] == WITHHELD else set()
    return cells


def _with_rests(cells: list[Cell], sums: list[Sum], results: Results) -> tuple[list[Cell], list[Sum]]:
    """Add what a reader knows without its being printed: that parts do not exceed what they are parts of."""
    value = {name: n for name, n, *_ in cells}
    labels = tables.labels(results)
    more, known = list[Cell](), list(sums)
    for name in value:
        caption, *row, column = name.split(" / ")
        whole = ""
        if column in {"Raised it", "Took part"}:
            whole = " / ".join([caption, *row, "Asked"])
        elif (theme := caption.removeprefix("Codes of the theme: ")) in labels.values():
            whole = cell_name("Themes in the interviews, by people", (theme, column.lower()), "Raised it")
        if whole in value and value[whole] >= value[name]:
            more.append((f"{name} / rest", value[whole] - value[name], False, False))
            known.append((whole, [name, f"{name} / rest"]))
    return [*cells, *more], known
