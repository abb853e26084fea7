"""Every count of people that the public reads, in all tables of all reports together, as one system of sums."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from buddy_eval.analyse.interviews import DIRECTIONS
from buddy_eval.analyse.strands import DIRECTED, SPEAKING
from buddy_eval.disclose import protected
from buddy_eval.disclose.account import Key, at_most, totals
from buddy_eval.disclose.protected import CODES, FLOW, THEMES, Protected, rows_of
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.rules import WITHHELD, cell_id
from buddy_eval.disclose.suppression import Counts, Mask, counts, protect
from buddy_eval.schemas.vocabulary import WHOLE

FIGURES = ("findings", "reliability", "comparisons")
Sum = tuple[str, list[str]]


def guards(results: Results) -> bytes:
    """Return, as JSON, the ids of the counts that are withheld from the public to protect others.

    Raises
    ------
    StudyError : a small count can be worked out whatever else is withheld.
    """
    system, withheld = published(replace(results, guards=frozenset()))
    chosen = protect(system, results.study.disclosure, withheld) & ~withheld
    return (json.dumps(sorted(system.cells.index[chosen]), indent=1) + "\n").encode()


def public_counts(results: Results) -> pd.DataFrame:
    """Return every count of all tables that the public reads, as a number with its key, unit and status.

    Returns one row a count; index cell (its id): table, row (ids), column, unit (people or comments), value (the true
    count), printed (false where the public's table leaves the row out), status ("" where it is not printed).
    """
    public = replace(results, profile="public", pair=None)
    tables = [protected.theme_counts(public), *(protected.comment_counts(public, by) for by in protected.MACHINES)]
    tables += [protected.code_counts(public), protected.flow_counts(public), protected.said_counts(public)]
    tables += [protected.figure_counts(public, name) for name in FIGURES]
    columns = ["cell", "table", "row", "column", "unit", "value", "printed", "status"]
    return pd.DataFrame([row for table in tables for row in _counts(table)], columns=columns).set_index("cell")


def published(results: Results) -> tuple[Counts, Mask]:
    """Return the public's counts with the sums that tie them together, and which of them are withheld as things stand.

    A rest that no table prints (asked but not raised) is a variable too: a reader knows that it is not negative. So is
    what the joint display says of the counts by its rule.
    """
    frame = public_counts(results)
    cell, value = dict[Key, str](), dict[str, int]()
    cells = list[tuple[str, int, bool, bool]]()
    for row in frame.reset_index().to_dict("records"):
        name = str(row["cell"])
        cell[row["table"], row["row"], row["column"]] = name
        value[name] = row["value"]
        cells.append((name, row["value"], row["printed"], False))
    sums = list(sums_within(cell, lambda whole, parts: sum(value[name] for name in parts) == value[whole]))
    for part, whole in parts_of(cell):
        if value[whole] >= value[part]:
            cells.append((f"{part}/rest", value[whole] - value[part], False, False))
            sums.append((whole, [part, f"{part}/rest"]))
    sums += totals(cell)
    posts = results.table("comparisons").set_index("finding")["primary"].to_dict()
    ties = at_most(cell, results.table("findings"), posts)
    told = [*_stated(results, cell, value), *_tied(ties, value)]
    withheld = frame.index[frame["status"].isin(WITHHELD)]
    system = counts(cells, sums, told)
    return system, system.cells.index.isin(withheld)


def _stated(results: Results, cell: Mapping[Key, str], value: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
    """What a direction of the interviews tells of counts: the balance is a third of all who raised it or more, or less.

    A reader is taken to know each side's, of which the display shows both together.
    """
    told = results.table("evidence")
    told = told[(told["pair"] == WHOLE) & (told["strand"] == "interviews") & told["state"].isin(SPEAKING)]
    for row in told.to_dict("records"):
        keys = [(THEMES, (row["theme"], row["side"]), name) for name in ("enabler", "barrier", "raised")]
        if not all(key in cell for key in keys):
            continue
        enabler, barrier, raised = (cell[key] for key in keys)
        ways = [{enabler: 3 * way, barrier: -3 * way} for way in (1, -1)]
        third = [{**way, raised: -1} for way in ways] if row["state"] in DIRECTED else []
        less = [{**way, raised: 1} for way in ways] if row["state"] not in DIRECTED else []
        for weights in (*third, *less):
            if sum(weight * value[name] for name, weight in weights.items()) >= 0:
                yield weights


def _tied(ties: Iterable[tuple[list[str], list[str]]], value: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
    """What is at most what, as weights; where nothing lies between them a reader may know that too."""
    for parts, wholes in ties:
        weights = dict.fromkeys(wholes, 1) | dict.fromkeys(parts, -1)
        between = sum(weight * value[name] for name, weight in weights.items())
        if between >= 0:
            yield weights
        if between == 0:
            yield {name: -weight for name, weight in weights.items()}


def _counts(table: Protected) -> Iterator[tuple[object, ...]]:
    status = table.status.to_dict()
    for column in table.shown.columns:
        for place, row in zip(table.true.index, rows_of(table.true), strict=True):
            value = table.true.loc[place, column]
            if pd.notna(value):
                how = status[column].get(place, "")
                cell = (cell_id(table.table, row, column), table.table, row, column)
                yield (*cell, table.unit, int(value), how != "", how)


def sums_within(cell: Mapping[Key, str], adds_up: Callable[[str, list[str]], bool]) -> Iterator[Sum]:
    """The sums within a row: directions to those who raised a theme; the sides' comments to all of them.

    A group of another kind is in all comments and not shown: `adds_up` says whether there is none.
    """
    for (table, row, column), whole in cell.items():
        if table == THEMES and column == "raised":
            yield whole, [cell[table, row, name] for name in DIRECTIONS if (table, row, name) in cell]
        elif column == "all":
            parts = [name for (t, r, c), name in cell.items() if (t, r) == (table, row) and c != "all"]
            if adds_up(whole, parts):
                yield whole, parts


def parts_of(cell: Mapping[Key, str]) -> Iterator[tuple[str, str]]:
    """Every count that is a part of another: raised of asked, a code's people of its theme's, took part of invited."""
    for (table, row, column), part in cell.items():
        wholes: list[Key] = []
        if table == THEMES and column == "raised":
            wholes = [(table, row, "asked")]
        elif table == FLOW and column == "took_part":
            wholes = [(table, row, "invited")]
        elif table == CODES:
            theme, _ = row
            wholes = [(THEMES, (theme, column), "raised")]
        yield from ((part, cell[whole]) for whole in wholes if whole in cell)
