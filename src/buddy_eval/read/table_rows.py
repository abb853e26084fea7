"""Tables within transcripts: a row is a line of the text, and of every row with words it must be known who speaks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.labels import CLOCK_OR_NUMBER, Mark

REMEDY = (
    "write the speaker beside them, or merge the cell with the one above; a note, or a table that nobody said, goes "
    "into a comment or, where it names no speaker, above the first one"
)


class Row(str):
    """A row of a table as one line of cells parted by tabs; its number, and whether a cell goes on from the row above.

    `inner` holds the rows of tables within its cells, each with its place in the line.
    """

    number: int
    merged: bool
    cells: tuple[str, ...]
    inner: tuple[tuple[int, Row], ...]

    @classmethod
    def of(cls, cells: Iterable[Iterable[str]], number: int, *, merged: bool) -> Row:
        """Return the row of these cells, each the paragraphs that it holds."""
        plain, inner, place = list[str](), list[tuple[int, Row]](), 0
        for blocks in map(list, cells):
            text = "\n".join(blocks)
            at = place - (len(text) - len(text.lstrip()))
            for block in blocks:
                inner += [(at, block)] if isinstance(block, Row) else []
                at += len(block) + 1
            plain.append(text.strip())
            place += len(plain[-1]) + 1
        row = cls("\t".join(plain))
        row.number, row.merged, row.cells, row.inner = number, merged, tuple(plain), tuple(inner)
        return row


def refuse_nobodys(lines: Sequence[str], labels: Sequence[Mark], file: str) -> None:
    """Refuse rows of tables with words of which it cannot be told whose they are.

    From the first speaker on, each row that holds words names one, but where a cell is merged with the one above, or
    nothing but a time or a number stands beside the words. Of a table that names nobody, such as one of figures, no row
    holds more than one filled cell, and none any below a table of speakers and words.

    Raises
    ------
    StudyError : such rows, by table and number.
    """
    place, rows = 0, list[tuple[int, Row]]()
    for line in lines:
        rows += [(place, line)] if isinstance(line, Row) else []
        place += len(line) + 1
    starts = [mark.start for mark in labels if any(map(str.isalpha, mark.speaker))]  # a time is nobody
    if faults := [Fault(file, 0, problem, REMEDY) for problem in _nobodys(rows, starts, "")]:
        raise StudyError(faults)


def _nobodys(rows: Iterable[tuple[int, Row]], starts: Sequence[int], within: str) -> Iterator[str]:
    spoken = False  # a table of speakers and words stands here or above
    for number, table in enumerate(_tables(rows), 1):
        named = [bisect_left(starts, at) < bisect_left(starts, at + len(row)) for at, row in table]
        if not any(named):
            filled = max(sum(map(bool, row.cells)) for _, row in table)
            if starts and starts[0] < table[0][0] and filled > (not spoken):
                yield f"table {number}{within} holds words and no speaker: whose are they?"
            continue
        spoken |= any(len(row.cells) > 1 for _, row in table)
        for (at, row), one in zip(table, named, strict=True):
            where = f"row {row.number} of table {number}{within}"
            if spoken and not one and starts[0] < at and _speechless(row):
                yield f"{where} holds words and no speaker: whose are they?"
            yield from _nobodys(((at + place, inner) for place, inner in row.inner), starts, f" within {where}")


def _speechless(row: Row) -> bool:
    """Whether a row without a speaker holds words that cannot go on from the row above."""
    *before, last = row.cells
    beside = [cell for cell in before if cell and not CLOCK_OR_NUMBER.fullmatch(cell)]
    return not row.merged and bool(beside if before and all(before) else last)


def _tables(rows: Iterable[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    """The rows of each table together: numbers begin anew."""
    table = list[tuple[int, Row]]()
    for at, row in rows:
        if table and row.number <= table[-1][1].number:
            yield table
            table = []
        table.append((at, row))
    if table:
        yield table
