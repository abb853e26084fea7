"""Which layout a ratings file has; where two readings are possible the user is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import numpy as np
import pandas as pd

from buddy_eval.base.errors import BuddyError
from buddy_eval.read.rating_cells import plain
from buddy_eval.read.rating_columns import (
    CODER,
    GROUP,
    NUMBERED,
    VALUE,
    Columns,
    in_blocks,
    is_text,
    named,
    names_unit,
    numbers_rows,
    sharing,
)


def contingency(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return the ratings behind a table of two coders' values: its rows and its columns are named alike."""
    if table.shape[1] < 3 or len(table) < 2:
        return None
    down = [plain(str(cell)) for cell in table.iloc[:, 0].fillna("")]
    across = [plain(str(name)) for name in table.columns[1:]]
    numbers = _numbers(table.iloc[:, 1:])
    if numbers is None or set(down) != set(across) or len(set(down)) != len(down):
        return None
    pairs = [(i, j) for i in range(len(down)) for j in range(len(across)) for _ in range(int(numbers[i, j]))]
    names = list(table.iloc[:, 0])
    head = {plain(str(name)): name for name in names}
    rows = [(names[i], head[across[j]]) for i, j in pairs]
    return pd.DataFrame(rows, columns=["rows", "columns"], dtype="object")


def counts(table: pd.DataFrame, asked: Columns) -> pd.DataFrame | None:
    """Return the ratings behind units x categories: whole numbers that add up to the same on every row.

    Where the user names the categories (`--value`, without a coder), rows may add up to different numbers.
    """
    unit = asked.unit or next((name for name in table.columns[:1] if names_unit(name)), "")
    names = list(asked.value) or [name for name in table.columns if name != unit]
    numbers = _numbers(table[names]) if len(names) >= 2 else None
    if asked.value and any(named(name, CODER) for name in table.columns):
        return None
    if numbers is None:
        if asked.value:
            _ask("the columns of --value hold no counts", "name the coders' column with --coder")
        return None
    each = numbers.sum(axis=1)
    same = len(table) >= 3 and bool((each == each[0]).all()) and each[0] >= 2 and bool((numbers == 0).any())
    if not asked.value and (not same or any(_a_coder(name) for name in names)):
        return None
    width = int(each.max(initial=0))
    rows = [list(np.repeat(np.array(names, object), row.astype(int))) for row in numbers]
    cells = [[*row, *[np.nan] * (width - len(row))] for row in rows]
    index = pd.Index(table[unit], name=unit) if unit else None
    return pd.DataFrame(cells, columns=[f"rating {place + 1}" for place in range(width)], index=index, dtype="object")


def long_columns(table: pd.DataFrame, asked: Columns) -> Columns | None:
    """Find unit, coder, values and groups of a file with one row a rating; None where no column names coders."""
    taken = {*filter(None, [asked.unit]), *asked.value, *asked.group}
    coders = list(asked.coder) or [name for name in table.columns if named(name, CODER) and name not in taken]
    if len(coders) != 1:
        if len(coders) > 1 and not asked.coder:
            _ask(f"more than one column may name the coders: {', '.join(coders)}", "say which with --coder")
        return None
    rest = [name for name in table.columns if name not in {*coders, *taken}]
    groups = asked.group or tuple(name for name in rest if named(name, GROUP))
    rest = [name for name in rest if name not in groups]
    unit = asked.unit or _unit_of(table, coders[0], rest)
    known = Columns(unit, (coders[0],), asked.value, groups)
    return (
        known if asked.value else replace(known, value=_values(table, known, [name for name in rest if name != unit]))
    )


def wide_columns(table: pd.DataFrame, asked: Columns) -> Columns:
    """Find unit, coders and groups of a file with one column a coder."""
    rest = [name for name in table.columns if name not in {asked.unit, *asked.group}]
    if asked.coder:
        taken = replace(asked, unit=asked.unit or next((name for name in rest if names_unit(name)), ""))
        return _enough(replace(taken, unit="" if taken.unit in asked.coder else taken.unit))
    groups = asked.group or tuple(name for name in rest if named(name, GROUP))
    rest = [name for name in rest if name not in groups and not is_text(table[name])]
    unit = asked.unit
    if not unit and rest:
        unit = next((name for name in rest if names_unit(name)), "") or _first_names(table, rest)
    rest = [name for name in rest if name != unit]
    coders = sharing(table, rest)
    if len(coders) < 2:
        _ask("found fewer than two coders: no two columns share ratings", "say --coder, --unit and --value")
    if len(coders) > 2 and sum(map(in_blocks, (table[name] for name in coders))) == 1:
        odd = next(name for name in coders if in_blocks(table[name]))
        _ask(f"column {odd!r} may be a coder or group the units", f"say --coder with the coders, or --group {odd}")
    return _enough(Columns(unit, tuple(coders), (), groups))


def _enough(columns: Columns) -> Columns:
    if len(columns.coder) < 2:
        _ask("found fewer than two coders", "give one column a coder, or the columns unit, coder, value")
    return columns


def _unit_of(table: pd.DataFrame, coder: str, rest: list[str]) -> str:
    """The column that names the units of a long file: by its name, else the one that coders have in common."""
    called = [name for name in rest if names_unit(name) and not (len(rest) > 2 and table[name].is_unique)]
    if len(called) == 1:
        return called[0]
    fit = [name for name in called or rest if not table.duplicated([name, coder]).any() and not table[name].is_unique]
    if len(fit) == 1:
        return fit[0]
    named_so = ", ".join(fit or called or rest)
    return _ask(f"which column names the units is not clear ({named_so})", "say it with --unit")


def _values(table: pd.DataFrame, taken: Columns, rest: list[str]) -> tuple[str, ...]:
    """The rated variables of a long file; text, and numbers of rows, are none."""
    rest = [name for name in rest if not is_text(table[name]) and not (names_unit(name) and table[name].is_unique)]
    if not rest:
        _ask("no column holds ratings", "say it with --value")
    units = [taken.unit, *taken.group]
    n_units = len(table[units].drop_duplicates())
    still = [name for name in rest if len(table[[*units, name]].drop_duplicates()) == n_units]
    odd = next((name for name in still if not named(name, VALUE)), None)
    if odd is not None and len(rest) > 1 and (len(still) < len(rest) or any(named(name, VALUE) for name in rest)):
        _ask(f"column {odd!r} may be rated or group the units: it is the same within each", "say --group or --value")
    return tuple(rest)


def _first_names(table: pd.DataFrame, rest: list[str]) -> str:
    """The first column where it names units rather than holds a coder's ratings, else empty."""
    first, others = table[rest[0]], [table[name] for name in rest[1:]]
    if numbers_rows(first) and len(others) > 1:
        if len(first) >= NUMBERED:
            return rest[0]
        if all(other.dropna().duplicated().any() for other in others):
            _ask(f"column {rest[0]!r} may be a coder or number the units", f"say --unit {rest[0]}, or --coder")
    if first.hasnans or not first.is_unique:
        return ""
    apart = all(other.dropna().duplicated().any() and not first.isin(other).any() for other in others)
    return rest[0] if apart else ""


def _a_coder(name: str) -> bool:
    """Tell whether a column is called after a coder: Rater 1, coder_AB, or two or three capitals."""
    return named(name.rstrip("0123456789 "), CODER) or (name.isalpha() and name.isupper() and len(name) <= 3)


def _numbers(cells: pd.DataFrame) -> np.ndarray | None:
    """The cells as whole numbers from 0, None where one is not."""
    numbers = cells.apply(pd.to_numeric, errors="coerce").to_numpy(dtype="float64")
    whole = np.isfinite(numbers).all() and (numbers >= 0).all() and (numbers == np.floor(numbers)).all()
    return numbers if whole else None


def _ask(problem: str, remedy: str) -> NoReturn:
    raise BuddyError(f"{problem}; {remedy}")
