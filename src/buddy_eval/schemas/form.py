"""What a frame may hold: column types, allowed values, keys; and a check that lists all faults at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from buddy_eval.base.errors import BuddyError, Fault, nearest
from buddy_eval.base.profiles import PROFILES
from buddy_eval.schemas.cautions import CAUTIONS, listed
from buddy_eval.schemas.vocabulary import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {
    "str": "str",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
    "date": "datetime64[us]",
    "period": "str",
    "cautions": "str",  # ids of `schemas.cautions`, joined; empty where there is none
}
VALUES = {
    "side": ("supporter", "receiver", "external"),
    "role": (
        "board",
        "senior_management",
        "clinical_leadership",
        "improvement_team",
        "operational_clinical",
        "operational_nonclinical",
    ),
    "valence": ("enabler", "barrier", "mixed", "neutral"),
    "about": ("own", "partner", "both", "external"),
    "stance": ("experienced", "anticipated", "recommended"),
    "suggestion": ("taken", "changed", "seen"),
    "channel": ("interview", "comment"),
    "status": ("answered", "not_applicable", "dont_know", "missing"),
    "audience": PROFILES,
    "direction": ("higher_is_better", "lower_is_better", "neither"),
    "coder_role": ("lead", "second", "adjudicator"),
    "kind": ("interview", "survey"),
    "contrast_kind": ("gap", "change", "series"),
    "how": ("shown", "rounded", "withheld", "not_recorded"),
    "stage": ("considering", "onboarding", "planning", "running", "review", "ending"),
    "resource": ("staff", "money", "other"),
    "told": ("staff", "managers", "board", "patients", "public", "regulators", "other_bodies"),
}


@dataclass(frozen=True)
class Column:
    """One column: its type (a key of `DTYPES` or `VALUES`), whether it must be filled, meaning and unit."""

    name: str
    type: str
    required: bool
    meaning: str
    unit: str = ""

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column in memory."""
        return DTYPES.get(self.type, "str")

    @property
    def values(self) -> tuple[str, ...]:
        """The allowed values, or an empty tuple where any value of the type may stand."""
        return VALUES.get(self.type, ())


@dataclass(frozen=True)
class Frame:
    """A named table: its key, its columns in order, what one row is."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]


def frame(name: str, row: str, /, key: str, columns: str = "", **own: str) -> Frame:
    """Declare a table by the names of its columns, in order, each with ``!`` where it must be filled.

    What a column holds is said in the vocabulary, or by ``column="type[unit] meaning"`` where it means something else
    in this table; columns that are told so and not listed come last.

    >>> pairs = frame("pairs", "one pair", key="pair", columns="pair! n_supporter", end="date! last day")
    >>> [(column.name, column.dtype, column.unit, column.required) for column in pairs.columns]
    [('pair', 'str', '', True), ('n_supporter', 'Int64', 'people', False), ('end', 'datetime64[us]', '', True)]
    """
    filled = {column.rstrip("!"): column.endswith("!") for column in columns.split()}
    declared = [
        _declared(column, own.get(column) or COLUMNS[column], filled.get(column, False))
        for column in dict.fromkeys((*filled, *own))
    ]
    return Frame(name, row, tuple(key.split()), tuple(declared))


def _declared(name: str, text: str, required: bool) -> Column:
    kind, _, meaning = text.partition(" ")
    if "[" in kind:
        head, _, rest = text.partition("[")
        unit, _, meaning = rest.partition("] ")
        return Column(name, head, required, meaning, unit)
    return Column(name, kind.rstrip("!"), required or kind.endswith("!"), meaning)


def empty(schema: Frame) -> pd.DataFrame:
    """Return a frame with the schema's columns and dtypes and no row."""
    import pandas as pd

    return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in schema.columns})


def conform(data: pd.DataFrame, schema: Frame, *, categories: bool = False) -> pd.DataFrame:
    """Return the schema's columns in order with its dtypes, sorted by key; absent optional ones are missing.

    With `categories`, words that come as such stay so, in order: tables of millions of rows hold each word once.

    Raises
    ------
    BuddyError : the frame breaks its schema; a result of ours that does is a defect, and is never written.
    """
    import pandas as pd

    absent = [c.name for c in schema.columns if c.name not in data and c.required]
    if absent:
        raise BuddyError(f"table {schema.name}: no column {', '.join(absent)}")
    columns = {column.name: _column(data, column, categories) for column in schema.columns}
    typed = pd.DataFrame(columns, columns=schema.names, index=data.index, copy=False)
    typed = typed.sort_values(list(schema.key), kind="stable", ignore_index=True)
    file = f"table {schema.name}"
    faults = [*_unfilled(typed, schema, file), *_unknown(typed, schema, file), *_repeated(typed, schema, file, typed)]
    if faults:
        raise BuddyError("\n".join(str(fault) for fault in faults[:5]))
    return typed


def check(data: pd.DataFrame, schema: Frame, file: str) -> list[Fault]:
    """List every fault of a typed frame against its schema: missing, unknown or repeated values."""
    in_order = data[list(schema.key)].sort_values(list(schema.key), kind="stable")  # leaner than `duplicated`
    return [*_unfilled(data, schema, file), *_unknown(data, schema, file), *_repeated(data, schema, file, in_order)]


def _column(data: pd.DataFrame, column: Column, categories: bool) -> pd.Series:
    if column.name not in data:
        import pandas as pd

        return pd.Series("" if column.type == "cautions" else None, index=data.index, dtype=column.dtype)
    cells = data[column.name]
    if categories and cells.dtype == "category" and column.dtype == "str":
        from buddy_eval.base.categories import in_order

        return in_order(cells)
    typed: pd.Series = cells if cells.dtype == column.dtype else cells.astype(column.dtype)  # type: ignore[call-overload]
    return typed.fillna("") if column.type == "cautions" else typed


def _unfilled(data: pd.DataFrame, schema: Frame, file: str) -> Iterator[Fault]:
    for column in schema.columns:
        if column.required:
            for row in _rows(data[column.name].isna()):
                yield Fault(file, row, f"{column.name} is empty", f"fill in: {column.meaning}", column.name)


def _unknown(data: pd.DataFrame, schema: Frame, file: str) -> Iterator[Fault]:
    for column in schema.columns:
        if column.values:
            values = data[column.name]
            for row in _rows(values.notna() & ~values.isin(column.values)):
                value = str(values.loc[row])
                problem = f"{column.name} {value!r} is not allowed"
                yield Fault(file, row, problem, nearest(value, column.values), column.name)
        if column.type == "cautions":
            for row, cell in zip(data.index, data[column.name], strict=True):
                for value in set(listed(cell)) - set(CAUTIONS):
                    problem = f"{column.name} {value!r} is no caution"
                    yield Fault(file, int(row), problem, nearest(value, CAUTIONS), column.name)


def _repeated(data: pd.DataFrame, schema: Frame, file: str, in_order: pd.DataFrame) -> Iterator[Fault]:
    """Rows with the key of an earlier one (`in_order`: the keys): the same again, or something else under one name."""
    import pandas as pd

    keys = data[list(schema.key)]
    alike = reduce(and_, (cells[1:] == cells[:-1] for cells in (in_order[name].array for name in schema.key)))
    for row in sorted(_rows(pd.Series(alike, in_order.index[1:], dtype="boolean").fillna(False))):
        values = ", ".join(f"{name} {keys.loc[row, name]}" for name in schema.key)
        first = int(keys.index[(keys == keys.loc[row]).all(axis=1)][0])
        apart = f"where both hold, tell them apart by {' or '.join(schema.key)}; else correct or delete one"
        same = data.loc[[first, row]].astype("str").duplicated().any()
        remedy = f"it is row {first} once more; delete one" if same else f"it differs from row {first}: {apart}"
        yield Fault(file, row, f"a second row for {values}", remedy)


def _rows(mask: pd.Series) -> list[int]:
    """The index labels of the hits: raw frames carry the row of the spreadsheet (header = 1) as index."""
    hits = mask.to_numpy(dtype=bool)
    return [int(row) for row in mask.index[hits]] if hits.any() else []
