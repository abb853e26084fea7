"""Tables within transcripts: a row is a line of the text, and of every row with words it must be known who speaks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate

from buddy_eval.base.errors import Fault, StudyError, refuse
from buddy_eval.read.labels import CLOCK_OR_NUMBER, Mark

REMEDY = (
    "write the speaker beside them, or merge the cell with the one above; a note, or a table that nobody said, goes "
    "into a comment or, where it names no speaker, above the first one"
)
ONE_COLUMN = "leave one column of words; codes and notes go into comments, or their column is taken out"
LOOSE = "begin it with its speaker's label, or put it into a comment or above the first speaker"
HEADS = "heads of tables"
# What stands at the head of a column of speakers, of times or of numbers.
HEAD = frozenset("speaker speakers name names who time start timestamp timecode no no. nr # turn line".split())
ABOUT = 10  # what stands above an interview holds a tenth of its words at most; more may be a part of it


class Row(str):
    """A row of a table as one line of cells parted by tabs; its number, and which cells are merged with those above.

    `inner` holds the rows of tables within its cells, each with its place in the line.
    """

    number: int
    merged: frozenset[int]
    cells: tuple[str, ...]
    inner: tuple[tuple[int, Row], ...]

    @classmethod
    def of(cls, cells: Iterable[Iterable[str]], number: int, merged: Iterable[int]) -> Row:
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
        row.number, row.merged, row.cells, row.inner = number, frozenset(merged), tuple(plain), tuple(inner)
        return row


def without_heads(lines: Sequence[str], known: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the lines of a document without the heads of its tables, and the words of these.

    A head is a first row that begins as one does and names nobody who is listed; programs write it again on each page.
    """
    rows = [line for line in lines if isinstance(line, Row)]
    heads = {
        str(row) for row in rows if row.number == 1 and row.cells[0].casefold() in HEAD and row.cells[0] not in known
    }
    again = [row for row in rows if str(row) in heads]
    rest = [line for line in lines if not (isinstance(line, Row) and str(line) in heads)]
    return rest, " ".join(again).split()


Table = list[tuple[int, Row]]  # each row with its place in the text


def spoken(lines: Sequence[str], labels: Sequence[Mark], known: Collection[str], file: str) -> list[Mark]:
    """Return the labels of a document without those in tables about the interview, which stand above what was said.

    From the first speaker on, each row that holds words names one, but where the speaker's cell is merged with the one
    above, or nothing but a time or a number stands beside the words; and its words stand in one cell. Of a table that
    names nobody who is listed, such as one of figures or a box, no row holds words. A paragraph behind a turn of a
    table begins with a label.

    Raises
    ------
    StudyError : rows, tables and paragraphs of which it cannot be told who said what, by table and number.
    """
    places = accumulate((len(line) + 1 for line in lines), initial=0)
    tables = list(_tables((at, line) for at, line in zip(places, lines, strict=False) if isinstance(line, Row)))
    labels = _below(tables, labels, known, "\n".join(lines), file)
    named = [mark for mark in labels if _names(mark)]
    unclear = [*_unclear(tables, named, known, ""), *((problem, LOOSE) for problem in _behind(lines, labels))]
    refuse(Fault(file, 0, problem, remedy) for problem, remedy in unclear)
    return labels


def _below(tables: Sequence[Table], labels: Sequence[Mark], known: Collection[str], text: str, file: str) -> list[Mark]:
    """The labels but for those of tables above an interview whose speakers stand in its paragraphs."""
    within = [(table[0][0], table[-1][0] + len(table[-1][1])) for table in tables]
    listed = [mark.start for mark in labels if mark.speaker in known]
    loose = [at for at in listed if not any(start <= at < end for start, end in within)]
    above = [at for at in listed if loose and at < loose[0]]
    if not above or len(above) >= len(loose):  # the interview is itself a table
        return list(labels)
    words = sum(len(text[start:end].split()) for start, end in within if end <= loose[0])
    if words * ABOUT > len(text[loose[0] :].split()) or "*" in known:
        number = next(n for n, (start, end) in enumerate(within, 1) if start <= above[0] < end)
        problem = f"table {number} names speakers, and so do paragraphs below it: did somebody say what it holds?"
        raise StudyError([Fault(file, 0, problem, "put what is about the interview into a comment, or take it out")])
    return [mark for mark in labels if mark.start >= loose[0]]


def _unclear(
    tables: Iterable[Table], named: Sequence[Mark], known: Collection[str], within: str
) -> Iterator[tuple[str, str]]:
    below = False  # a table of speakers and words stands here or above
    for number, table in enumerate(tables, 1):
        speakers = [_within(row, at, named) for at, row in table]
        if not any(mark.speaker in known for marks in speakers for mark in marks):
            filled = max(sum(map(bool, row.cells)) for _, row in table)
            if named and named[0].start < table[0][0] and filled:
                who = "nobody who is listed" if any(speakers) else "no speaker"
                yield f"table {number}{within} holds words and {who}: whose are they?", REMEDY
            continue
        below |= any(len(row.cells) > 1 for _, row in table)
        column = _column(table, speakers, known)
        for (at, row), marks in zip(table, speakers, strict=True):
            where = f"row {row.number} of table {number}{within}"
            if marks and len(_worded(row)) - _alone(row, marks[0].words - at) > 1:
                yield f"{where} holds words in several cells: which did its speaker say?", ONE_COLUMN
            elif below and not marks and named[0].start < at and _speechless(row, *column):
                yield f"{where} holds words and no speaker: whose are they?", REMEDY
            inner = _tables((at + place, one) for place, one in row.inner)
            yield from _unclear(inner, named, known, f" within {where}")


def _behind(lines: Sequence[str], labels: Sequence[Mark]) -> Iterator[str]:
    """Problems of paragraphs without a label behind a turn of a table, the first behind each."""
    number, row, at, in_table, told = 0, 0, 0, False, 0
    for line in lines:
        marks = _within(line, at, labels)
        if isinstance(line, Row):
            number += not row or line.number <= row
            row, in_table = line.number, in_table or any(map(_names, marks))
        else:
            words, first = "", at  # that stand before the first name, but for times of their own
            for mark in marks:
                words += line[first - at : mark.start - at]
                first = mark.words
                if _names(mark):
                    break
            else:
                words += line[first - at :]
            if in_table and told < number and any(map(str.isalnum, words)):
                yield f"a paragraph behind table {number} holds words and no speaker: whose are they?"
                told = number
            in_table &= not any(map(_names, marks))
        at += len(line) + 1


def _names(mark: Mark) -> bool:
    return any(map(str.isalpha, mark.speaker))  # a time is nobody


def _within(row: str, at: int, named: Sequence[Mark]) -> Sequence[Mark]:
    return named[bisect_left(named, at, key=_start) : bisect_left(named, at + len(row), key=_start)]


def _start(mark: Mark) -> int:
    return mark.start


def _alone(row: Row, words: int) -> bool:
    """Whether a speaker's name, behind which words begin, has a cell of its own, but for a time."""
    rest = row[words:].partition("\t")[0].strip()
    return row[:words].endswith("\t") or not rest or CLOCK_OR_NUMBER.fullmatch(rest) is not None


def _worded(row: Row) -> list[str]:
    return [cell for cell in row.cells if cell and not CLOCK_OR_NUMBER.fullmatch(cell)]


def _column(table: Table, speakers: Sequence[Sequence[Mark]], known: Collection[str]) -> tuple[int, bool]:
    """The column in which a table mostly names those listed, and whether names stand alone there."""
    rows = zip(table, speakers, strict=True)
    named = [(row, mark.words - at) for (at, row), marks in rows for mark in marks if mark.speaker in known]
    columns = Counter((_cell(row, words), _alone(row, words)) for row, words in named)
    return max(columns, key=columns.__getitem__)


def _cell(row: Row, words: int) -> int:
    """The cell of the name behind which words begin: the last that is no time or number."""
    ends = accumulate(len(cell) + 1 for cell in row.cells)
    before = [row.cells[0], *(cell for cell, end in zip(row.cells[1:], ends, strict=False) if end < words)]
    return max((at for at, cell in enumerate(before) if cell and not CLOCK_OR_NUMBER.fullmatch(cell)), default=0)


def _speechless(row: Row, column: int, alone: bool) -> bool:
    """Whether a row without a speaker holds words that cannot go on from the row above."""
    if column in row.merged:
        return False
    speaker = row.cells[column] if column < len(row.cells) > 1 else ""
    if not speaker or not all(row.cells[:column]):
        return any(row.cells)
    return bool(_worded(row)[0 if alone and not CLOCK_OR_NUMBER.fullmatch(speaker) else 1 :])


def _tables(rows: Iterable[tuple[int, Row]]) -> Iterator[Table]:
    """The rows of each table together: numbers begin anew."""
    table: Table = []
    for at, row in rows:
        if table and row.number <= table[-1][1].number:
            yield table
            table = []
        table.append((at, row))
    if table:
        yield table
