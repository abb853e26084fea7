"""A quote that is closed some rows too late makes one cell of them all; no reader complains, and the rows are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LEAST, LEAST_NARROW = 4, 6  # separators that stand as in the table's own rows before a text is taken for rows
NARROW = 3  # columns; in so few, lines of prose have the commas of a row by chance


def swallowed(row: Sequence[str], width: int, delimiter: str) -> tuple[int, int]:
    r"""Return the column (from 1) of a cell that has swallowed rows, and how many line ends are in it; else (0, 0).

    The lines of such a cell hold as many separators as the rows they were: the first what is left of its row, each one
    between a whole row, the last what comes before the cell in which the quote was closed.

    >>> swallowed(["1", "late quote,x,y\n2,b,c,d\n3,b", "c", "d"], 4, ",")
    (2, 2)
    >>> swallowed(["1", "a comment, with a comma\nand a second line", "c", "d"], 4, ",")
    (0, 0)
    """
    least = LEAST if width > NARROW else LEAST_NARROW
    for column, cell in enumerate(row[:width], 1):
        if "\n" not in cell and "\r" not in cell:
            continue
        counts = [line.count(delimiter) for line in cell.splitlines()]
        first, within, last = counts[0], counts[1:-1], counts[-1]
        closed = column - 1 + max(width - len(row), 0)  # a short row: the quote was closed further to the right
        rows = (len(counts) - 1) * (width - 1) >= least
        if rows and first == width - column and last == closed and all(count == width - 1 for count in within):
            return column, len(counts) - 1
    return 0, 0


def in_columns(columns: Iterable[Sequence[object]], width: int, delimiter: str) -> tuple[int, int, int]:
    """Do the same for a table by columns; return row (from 0), column and line ends, or noughts."""
    for column, cells in enumerate(columns):
        for row, cell in enumerate(cells):
            if isinstance(cell, str) and "\n" in cell:
                seen = swallowed([""] * column + [cell] + [""] * (width - column - 1), width, delimiter)
                if seen[0]:
                    return row, *seen
    return 0, 0, 0
