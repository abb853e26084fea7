"""Words that stand in many rows, each held once: columns of long tables as categories, in order."""

from __future__ import annotations

import pandas as pd


def in_order(cells: pd.Series) -> pd.Series:
    """Return a column of categories with these in order: rows are sorted, and groups come, as categories do.

    >>> in_order(pd.Series(["b", "a"]).astype(pd.CategoricalDtype(["b", "a"]))).sort_values().tolist()
    ['a', 'b']
    """
    words = cells.cat.categories
    return cells if words.is_monotonic_increasing else cells.cat.set_categories(sorted(words))


def stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put frames with the same columns below each other; categories stay categories, of the words of all frames.

    >>> parts = [pd.DataFrame({"side": [side]}, dtype="category") for side in ("supporter", "receiver")]
    >>> stacked(parts)["side"].cat.categories.tolist()
    ['receiver', 'supporter']
    """
    for name in map(str, parts[0].select_dtypes("category")):
        if any(part[name].dtype != parts[0][name].dtype for part in parts):
            words = sorted({word for part in parts for word in part[name].cat.categories})
            together = pd.CategoricalDtype(pd.Index(words, dtype="str"))
            parts = [part.assign(**{name: part[name].astype(together)}) for part in parts]
    return pd.concat(parts) if len(parts) > 1 else parts[0]
