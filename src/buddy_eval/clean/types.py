"""Text to types: columns of a raw table as its schema wants them, every bad cell named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from buddy_eval.base.dates import day, month
from buddy_eval.base.errors import Fault, closest, nearest
from buddy_eval.schemas import VALUES, Frame, check
from buddy_eval.schemas.posts import POSTS

YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
FORMS = {
    "int": (r"[+-]?[0-9]{1,18}", "a whole number"),
    "float": (r"[+-]?([0-9]{1,30}\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?", "a number such as 12.5"),
    "bool": (r"(?i)yes|no|y|n|true|false|1|0", "yes or no"),
}
LEAST = {  # what counts or measures something, and is no less
    "wave": 1, "invited": 0, "needed": 0, "planned": 0, "actual": 0, "numerator": 0, "denominator": 0,
}  # fmt: skip
YEARS = (1948, 2100)  # the first of the NHS, and one that no study reaches
THOUSANDS = r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?"
WRITTEN = {
    "date": (day, "a day of the calendar", "write it as 31/03/2025, 31 March 2025 or 2025-03-31"),
    "period": (month, "a month or a year", "write it as 2025-03, March 2025 or 2025"),
}


def _plain(name: str) -> str:
    return "_".join(str(name).strip().casefold().replace("-", " ").replace("_", " ").split())


# Allowed values as people write them: with a capital, with blanks; a group of posts also as the kit calls it.
WORDS = {kind: {_plain(value): value for value in values} for kind, values in VALUES.items()}
WORDS["role"] |= {_plain(label): post for post, label in POSTS.items()}


def typed(frame: pd.DataFrame, schema: Frame, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Give a frame of text the types of its schema; columns that the schema lacks are left out.

    Returns the typed frame (index: rows of the file) and every fault: columns missing, cells that are no
    number, date or yes/no, values not allowed, keys twice.
    """
    names = {_plain(name): name for name in frame.columns}
    twice = [name for name in frame.columns if names[_plain(name)] != name]
    if twice:
        return pd.DataFrame(), [
            Fault(file, 1, f"columns {name!r} and {names[_plain(name)]!r} have one name", "keep one", name)
            for name in twice
        ]
    absent = [column for column in schema.columns if column.required and _plain(column.name) not in names]
    if absent:
        spare = spare_columns(frame, schema)
        return pd.DataFrame(), [
            Fault(file, 1, f"no column {column.name!r}", _renamed(column.name, spare), column.name) for column in absent
        ]
    faults: list[Fault] = []
    columns = {}
    for column in schema.columns:
        source = names.get(_plain(column.name))
        if source:
            cells = frame[source].str.strip()
            columns[column.name] = _converted(cells, column.type, column.dtype, column.name, file, faults)
        else:
            columns[column.name] = pd.Series(None, index=frame.index, dtype=column.dtype)
    values = pd.DataFrame(columns, index=frame.index, columns=schema.names)
    clear = {(fault.row, fault.column) for fault in faults}
    later = [fault for fault in check(values, schema, file) if (fault.row, fault.column) not in clear]
    return values, faults + later


def spare_columns(frame: pd.DataFrame, schema: Frame) -> list[str]:
    """List the columns of a raw table that its schema does not have."""
    names = {_plain(name) for name in schema.names}
    return [name for name in frame.columns if _plain(name) not in names]


def not_read(frame: pd.DataFrame, schema: Frame) -> Iterator[tuple[str, int, str]]:
    """Yield the filled columns that the schema does not have: the name, how many cells, and which one may be meant."""
    present = {_plain(name) for name in frame.columns}
    lacking = {_plain(name).replace("_", " "): name for name in schema.names if _plain(name) not in present}
    for column in spare_columns(frame, schema):
        if n := int(frame[column].notna().sum()):
            near = closest(_plain(column).replace("_", " "), lacking)
            why = f"no column of {schema.name}" + (f"; did you mean {lacking[near]!r}?" if near else "")
            yield column, n, why


def known(frame: pd.DataFrame, column: str, allowed: Iterable[str] | None, file: str, where: str) -> list[Fault]:
    """List the rows whose value in a column is not among the allowed ones (None: not known), each with the nearest."""
    if column not in frame or allowed is None:
        return []
    options = {value for value in allowed if pd.notna(value)}
    values = frame[column].dropna()
    return [
        Fault(file, int(str(row)), f"{column} {value!r} is not {where}", nearest(str(value), options), column)
        for row, value in values[~values.isin(options)].items()
    ]


def elsewhere(
    rows: pd.DataFrame, keys: list[str], seen: set[tuple[object, ...]], file: str, problem: str, remedy: str
) -> list[Fault]:
    """List the rows of a file whose keys stand in an earlier file too (`seen`); then the file's own are added."""
    own = list(rows[keys].itertuples(index=False, name=None))
    faults = [Fault(file, int(row), problem, remedy) for row, key in zip(rows.index, own, strict=True) if key in seen]
    seen.update(own)
    return faults


def _renamed(name: str, spare: list[str]) -> str:
    near = closest(name, spare)
    return f"rename the column {near!r}" if near else "add it"


def _dates(cells: pd.Series, kind: str, name: str, file: str, faults: list[Fault]) -> pd.Series:
    """Days and months in the one form in which they are kept."""
    read, wanted, remedy = WRITTEN[kind]
    kept = {cell: read(cell) for cell in cells.dropna().unique()}
    plain = cells.map(kept, na_action="ignore")
    for row, value in cells[cells.notna() & plain.isna()].items():
        faults.append(Fault(file, int(str(row)), f"{name} {_shown(value)} is not {wanted}", remedy, name))
    years = pd.to_numeric(plain.astype("str").str[:4], errors="coerce")
    for row, value in cells[(years < YEARS[0]) | (years > YEARS[1])].items():
        problem = f"{name} {_shown(value)} lies outside of {YEARS[0]} to {YEARS[1]}"
        faults.append(Fault(file, int(str(row)), problem, "correct the year", name))
    return pd.to_datetime(plain) if kind == "date" else plain


def _shown(value: str) -> str:
    return repr(value) if len(value) <= 30 else "'a long text'"


def _converted(cells: pd.Series, kind: str, dtype: str, name: str, file: str, faults: list[Fault]) -> pd.Series:
    if kind in {"int", "float"}:
        cells = cells.where(~cells.str.fullmatch(THOUSANDS).astype("boolean").fillna(False), cells.str.replace(",", ""))
    if kind in FORMS:
        pattern, wanted = FORMS[kind]
        good = cells.isna() | cells.str.fullmatch(pattern).astype("boolean").fillna(False)
        for row, value in cells[~good].items():
            problem = f"{name} {_shown(value)} is not {wanted}"
            faults.append(Fault(file, int(str(row)), problem, f"write {wanted}", name))
        cells = cells.where(good)
    if kind in WORDS:
        cells = cells.map(lambda cell: WORDS[kind].get(_plain(cell), cell), na_action="ignore")
    if kind in WRITTEN:
        cells = _dates(cells, kind, name, file, faults)
    if kind == "bool":
        return cells.str.casefold().map(YES_NO).astype("boolean")
    if kind in {"int", "float"}:
        cells = pd.to_numeric(cells)
        for row, n in cells[cells < LEAST.get(name, -float("inf"))].items():
            problem = f"{name} is {n:g}"
            faults.append(Fault(file, int(str(row)), problem, f"it cannot be below {LEAST[name]}", name))
    typed_cells: pd.Series = cells.astype(dtype)  # type: ignore[call-overload]
    return typed_cells
