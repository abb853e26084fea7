"""A ratings file of anyone's, wide or long, as units x coders."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.errors import BuddyError


def read_ratings(table: pd.DataFrame) -> pd.DataFrame:
    """Turn a ratings file (text cells) into units x coders.

    Long: columns unit, coder and value (or rating, code). Wide: one column a coder; a first column named unit, id,
    item or subject names the units, and so does one whose entries are all different and stand in no other column,
    where every other column repeats some.

    Raises
    ------
    BuddyError : fewer than two coders, or one coder rated a unit twice.
    """
    plain = {str(name).strip().casefold(): name for name in table.columns}
    value = next((plain[name] for name in ("value", "rating", "code") if name in plain), None)
    if {"unit", "coder"} <= set(plain) and value is not None:
        long = table.set_index([plain["unit"], plain["coder"]])[value]
        if long.index.has_duplicates:
            twice = long.index[long.index.duplicated()][0]
            raise BuddyError(f"unit {twice[0]!r} has two ratings of coder {twice[1]!r}; keep one")
        return long.unstack()
    wide = table.set_index(table.columns[0]) if _names_units(table) else table
    if wide.shape[1] < 2:
        raise BuddyError("found fewer than two coders; give one column a coder, or the columns unit, coder, value")
    return wide


def _names_units(table: pd.DataFrame) -> bool:
    """Whether the first column of a wide table holds names of units rather than a coder's ratings."""
    first, others = table.iloc[:, 0], [table[name] for name in table.columns[1:]]
    if str(first.name).strip().casefold() in {"unit", "units", "id", "item", "subject", ""}:
        return True
    if first.hasnans or not first.is_unique:
        return False
    return all(other.dropna().duplicated().any() and not first.isin(other).any() for other in others)
