"""A ratings file of anyone's as units x coders, whatever its layout; what was taken for what is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from buddy_eval.base.errors import BuddyError
from buddy_eval.read.rating_cells import tidy
from buddy_eval.read.rating_columns import ANY, Columns, checked
from buddy_eval.read.rating_layouts import contingency, counts, long_columns, wide_columns
from buddy_eval.read.table import frame_of, read_cells, read_table
from buddy_eval.read.workbook import beside


@dataclass(frozen=True)
class Part:
    """The ratings of one group of units by one variable; both names are empty where there is one of them only."""

    group: str
    variable: str
    ratings: pd.DataFrame


@dataclass(frozen=True)
class Ratings:
    """The parts of a file (units x coders each), and what was taken for what."""

    parts: tuple[Part, ...]
    said: tuple[str, ...]


def read_ratings_file(path: Path, asked: Columns = ANY) -> Ratings:
    """Read a `.csv` file or the first sheet of a workbook.

    Raises
    ------
    StudyError, BuddyError : it cannot be read, or as `read_ratings`.
    """
    rows = read_cells(path, path.name).rows
    if rows and len(rows[0]) > 1 and not rows[0][0].strip() and all(name.strip() for name in rows[0][1:]):
        names = [name.strip() for name in rows[0][1:]]
        table = frame_of(["(row)" if "row" in names else "row", *names], rows[1:], first=2)  # as R writes names of rows
    else:
        table = read_table(path, path.name)
    rated = read_ratings(table, asked)
    return replace(rated, said=(*rated.said, *(f"{action}: {item}" for item, action, _, _ in beside(path, path.name))))


def read_ratings(table: pd.DataFrame, asked: Columns = ANY) -> Ratings:
    """Turn a ratings file (text cells) into units x coders.

    Read are: one column a coder (wide); one row a rating, with a column of coders (long), also of several variables;
    how many coders gave a unit each category (counts); how often two coders gave each pair of values (contingency
    table); each of the first two also with columns that group the units.

    asked : columns whose part the user said; the others are found by their names and by what they hold.

    Raises
    ------
    BuddyError : two readings are possible, fewer than two coders, or one coder rated a unit twice.
    """
    checked(asked, table)
    if not asked.known() and (crossed := contingency(table)) is not None:
        return Ratings((Part("", "", crossed),), ("taken for a contingency table of two coders",))
    if not asked.known() or (asked.value and not asked.coder):
        counted = counts(table, asked)
        if counted is not None:
            said = "taken for counts: how many coders gave each unit each category; who they are is not said"
            return Ratings((Part("", "", counted),), (said,))
    columns = long_columns(table, asked)
    if columns is not None:
        return _long(table, columns)
    return _wide(table, wide_columns(table, asked))


def _long(table: pd.DataFrame, columns: Columns) -> Ratings:
    coder = columns.coder[0]
    names, said = tidy(table[[columns.unit, coder, *columns.group]])
    values, more = tidy(table[list(columns.value)])
    said = [*_roles(table, columns), *said, *more]
    parts = []
    for group, rows in _groups(names, columns.group):
        where = [names[columns.unit].loc[rows], names[coder].loc[rows]]
        _once(pd.MultiIndex.from_arrays(where), rows, f"column {coder!r}")
        for value in columns.value:
            rated = values[value].loc[rows].set_axis(pd.MultiIndex.from_arrays(where)).unstack()
            parts.append(Part(group, value if len(columns.value) > 1 else "", rated))
    return Ratings(tuple(parts), tuple(said))


def _wide(table: pd.DataFrame, columns: Columns) -> Ratings:
    names, said = tidy(table[[*filter(None, [columns.unit]), *columns.group]])
    values, more = tidy(table[list(columns.coder)])
    said = [*_roles(table, columns), *said, *more]
    parts = []
    for group, rows in _groups(names, columns.group):
        rated = values.loc[rows]
        if columns.unit:
            _once(pd.Index(names[columns.unit].loc[rows]), rows, f"column {columns.unit!r}")
            rated = rated.set_index(pd.Index(names[columns.unit].loc[rows], name=columns.unit))
        parts.append(Part(group, "", rated))
    return Ratings(tuple(parts), tuple(said))


def _groups(names: pd.DataFrame, group: tuple[str, ...]) -> Iterator[tuple[str, pd.Index]]:
    """Yield the name of every group and its rows; all rows where there is no grouping."""
    if not group:
        yield "", names.index
        return
    cells = names[list(group)].fillna("(empty)").agg(", ".join, axis=1)
    for name in sorted(cells.unique()):
        yield name, names.index[cells == name]


def _once(keys: pd.Index, rows: pd.Index, where: str) -> None:
    """Refuse a unit that stands on two rows (of one coder)."""
    again = keys.duplicated(keep=False) & ~np.asarray(keys.to_frame().isna().any(axis=1))
    if not again.any():
        return
    first = keys[again][0]
    lines = [str(row) for row, key in zip(rows, keys, strict=True) if key == first][:2]
    unit, of = first, "stands twice"
    if isinstance(first, tuple):
        unit, of = first[0], f"has two ratings of coder {first[1]!r}"
    raise BuddyError(f"unit {str(unit)[:30]!r} {of} (rows {' and '.join(lines)}, {where}); keep one, or say --group")


def _roles(table: pd.DataFrame, columns: Columns) -> list[str]:
    """Say which columns were taken for what."""
    parts = {
        "unit": [columns.unit] if columns.unit else [],
        "coders" if len(columns.coder) > 1 else "coder": columns.coder,
        "ratings": columns.value,
        "groups": columns.group,
        "left out": [name for name in table.columns if name not in columns.known()],
    }
    said = [f"{part}: {', '.join(map(str, names))}" for part, names in parts.items() if names]
    return [f"columns taken for {'; '.join(said)}" + ("" if columns.unit else "; each row is a unit")]
