"""Say where two builds of one study differ: every processed table, release table and sentence of a report.

    python tests/same_numbers.py BEFORE AFTER

BEFORE and AFTER are study folders after `buddy-eval run`, or releases. Tables are compared cell by cell, numbers as
numbers; reports as what a reader sees, line by line. Prints one line a difference and exits with 1 where there is any.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from bs4 import BeautifulSoup

NEAR = 1e-9  # two machines' libraries may add in another order; no report prints so many digits
SHOWN = 4  # differing cells of a column, and lines of a report, that are printed
LINES = ["h1", "h2", "h3", "p", "li", "caption", "tr", "figcaption", "blockquote"]


def main(before: Path, after: Path) -> int:
    """Print every difference between two folders; return whether there is any."""
    differences = [*tables(before, after, "data/processed/*.parquet"), *tables(before, after, "data/**/*.csv")]
    differences += reports(before, after)
    print("\n".join(differences) or "no difference")
    return bool(differences)


def names(before: Path, after: Path, pattern: str) -> list[str]:
    """The files of a kind that either folder holds, but for raw data."""
    files = {path.relative_to(top).as_posix() for top in (before, after) for path in top.glob(pattern)}
    return sorted(name for name in files if not name.startswith("data/raw"))


def tables(before: Path, after: Path, pattern: str) -> Iterator[str]:
    """One line a table or column that only one side has, and a line a column whose cells differ."""
    for name in names(before, after, pattern):
        if not (before / name).exists() or not (after / name).exists():
            yield f"{name}: only {'after' if (after / name).exists() else 'before'}"
            continue
        one, two = (
            pd.read_parquet(p) if p.suffix == ".parquet" else pd.read_csv(p) for p in (before / name, after / name)
        )
        for column in [*(one.columns.difference(two.columns)), *two.columns.difference(one.columns)]:
            yield f"{name}: column {column} only {'before' if column in one else 'after'}"
        if len(one) != len(two):
            yield f"{name}: {len(one)} rows before, {len(two)} after"
            continue
        for column in one.columns.intersection(two.columns):
            unlike = np.flatnonzero(~alike(one[column], two[column]))
            cells = [f"row {row}: {one[column][row]!r} -> {two[column][row]!r}" for row in unlike[:SHOWN]]
            if cells:
                yield f"{name}: {column} differs in {len(unlike)} of {len(one)} rows; {'; '.join(cells)}"


def alike(one: pd.Series, two: pd.Series) -> np.ndarray:
    """Tell which cells are the same: both missing, equal, or numbers nearer than `NEAR`."""
    both = (one.isna() & two.isna()).to_numpy(bool)
    if all(pd.api.types.is_numeric_dtype(column) for column in (one, two)):
        near = np.isclose(
            one.to_numpy("float64", na_value=np.nan), two.to_numpy("float64", na_value=np.nan), NEAR, NEAR
        )
        return np.asarray(both | near)
    return np.asarray(both | (one.astype("str") == two.astype("str")).to_numpy(bool))


def reports(before: Path, after: Path) -> Iterator[str]:
    """One line a report that only one side has, and the lines of text that differ."""
    for name in names(before, after, "reports/**/*.html"):
        if not (before / name).exists() or not (after / name).exists():
            yield f"{name}: only {'after' if (after / name).exists() else 'before'}"
            continue
        one, two = (spoken(path.read_text("utf-8")) for path in (before / name, after / name))
        lines = [line for line in difflib.unified_diff(one, two, lineterm="", n=0) if line[:3] not in {"---", "+++"}]
        changed = [line for line in lines if not line.startswith("@@")]
        if changed:
            yield f"{name}: {len(changed)} lines differ"
            yield from (f"    {line[:300]}" for line in changed[: SHOWN * 3])


def spoken(page: str) -> list[str]:
    """What a page says, a line a paragraph, row or caption, without the footer's hashes."""
    soup = BeautifulSoup(page, "html.parser")
    for footer in soup.find_all("footer"):
        footer.decompose()
    return [" | ".join(tag.stripped_strings) for tag in soup.find_all(LINES)]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
