"""Tables that stand in a text, with bars, tabs, semicolons or commas between their cells: their cells of few people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.form import FLAGS
from buddy_eval.publish.gate.nouns import ADJECTIVES, GROUP, LABEL, ONE_PERSON, PERSON, THING
from buddy_eval.publish.gate.numbers import WORDS, number

COUNT = re.compile(
    rf"(?:about |only )?(?P<n>\d+|{'|'.join(WORDS)})(?: \(\d{{1,3}}(?:\.\d+)?\s?%\)| (?:of|/) \d+)?", FLAGS
)
SHARE = re.compile(r"(?P<n>\d{1,3}(?:\.\d+)?)\s?(?:%|per ?cent)", FLAGS)
PEOPLE = re.compile(rf"\b(?:{PERSON}|head ?count|interviewed|interviewees)\b", FLAGS)
COUNTS = re.compile(r"(?:n|number|count|total|frequency)(?: \(.*\))?", FLAGS)
# What a number of people is told by: "Reason | n".
ASKED = re.compile(
    r"\b(?:roles?|posts?|jobs?|professions?|genders?|sex|ethnic\w*|ages?|reasons?|answers?|responses?)\b", FLAGS
)
BASE = re.compile(rf"n|base|(?:number of )?{ADJECTIVES}{PERSON}", FLAGS)
# What heads a column of something else than people: things, labels and measures.
OTHER = re.compile(
    rf"(?:number of |no\.? of )?(?:\w+ )?(?:{THING}|{LABEL}|no|order|rates?|position|hours|wte|fte|sd)\b"
    r"|.*(?:\b(?:medians?|means?|averages?|scores?|quartiles?|ranks?|share|per ?cent|days|hours)\b|%|\u00a3)",
    FLAGS,
)
SOMEBODY = re.compile(rf"(?:{ADJECTIVES}(?:{PERSON}|{ONE_PERSON})|{GROUP})(?:,? \(?\w+\)?)?", FLAGS)
WAVE = re.compile(r"(?:wave|round|year|time) \d+(?: \(n\))?", FLAGS)
RULE = re.compile(r"[\s|:+-]*")
Cell = tuple[str, int]  # its text, and where that begins


def rows(text: str, least: int) -> Iterator[re.Match[str]]:
    r"""Yield the cells that count few people: by the head of their column, or by who stands at the head of their row.

    >>> [m.group() for m in rows("| Post | People |\n| --- | --- |\n| Porter | 3 |", 8)]
    ['3']
    """
    for heads, *body in _tables(text) if least and "\n" in text else ():
        if any(COUNT.fullmatch(cell) for cell, _ in heads[1:]):  # without a head
            heads, body = [("", place) for _, place in heads], [heads, *body]
        base = next((n for n, (head, _) in enumerate(heads) if BASE.fullmatch(head)), 0)
        measured = {n for row in body for n, (cell, _) in enumerate(row) if re.search(r"\d\.\d", cell)}
        for row in body:
            for n, (cell, start) in enumerate(row[: len(heads)]):
                match = COUNT.fullmatch(cell)
                counted = match and 0 < number(match["n"]) < least and n not in measured and _counts(heads, row, n)
                part = 0 < base < len(row) and n != base and _part(cell, row[base][0], least)
                if counted or (part and not OTHER.match(row[0][0])):
                    yield re.compile(re.escape(cell)).match(text, start)  # type: ignore[misc]


def in_rows(text: str) -> str:
    """Return a text with a bar between cells that tabs or marks of a page part, and every row in a line of its own."""
    return (
        re.sub(r"(?:[ ]*</?t[dhr][^>]*>[ ]*)+|[ ]*\t+[ ]*", " | ", re.sub(r"</tr>", "\n", text))
        if "\t" in text or "<" in text
        else text
    )


def barred(text: str) -> str:
    """Return a text in one line; where it holds a table, a cell is told from who stands before it."""
    table = "|" in text and "\n" in text and next(_tables(text, "|"), None)
    return " ".join((text.replace("|", "| ;").replace("\n", " ; ") if table else text).split())


def _counts(heads: list[Cell], row: list[Cell], n: int) -> bool:
    """Whether a cell counts people: its head names them, or its row, or the head of the rows."""
    head, corner = heads[n][0], heads[0][0]
    if OTHER.match(head) and not WAVE.fullmatch(head):
        return False
    of_people = SOMEBODY.fullmatch(row[0][0]) or PEOPLE.search(corner)
    asked = ASKED.search(corner) and (COUNTS.fullmatch(head) or WAVE.fullmatch(head))
    return bool(PEOPLE.search(head) or (n and (of_people or asked)))


def _part(cell: str, base: str, least: int) -> bool:
    """Whether a percentage of the people of its row is one of few, or leaves few."""
    share, whole = SHARE.fullmatch(cell), re.fullmatch(r"\d+", base)
    if not share or not whole:
        return False
    exact = float(share["n"]) * int(base) / 100
    n = round(exact)
    return abs(exact - n) <= max(0.06, int(base) / 200) and (0 < n < least or 0 < int(base) - n < least)


def _tables(text: str, signs: str = "|;,") -> Iterator[list[list[Cell]]]:
    """The tables of a text, as rows of cells; a line of rules between head and body is none."""
    lines = [(line.group(), line.start()) for line in re.finditer(r"[^\n]+", text)]
    for by in signs:
        parted = [_cells(line, start, by) if by in line and not RULE.fullmatch(line) else [] for line, start in lines]
        parted = [cells for cells, (line, _) in zip(parted, lines, strict=True) if not RULE.fullmatch(line)]
        whole = (
            by == "|" or len({len(cells) for cells in parted}) == 1
        )  # every line, where the sign is used in sentences
        block = list[list[Cell]]()
        for cells in [*parted, []] if whole else []:
            if len(cells) > 1:
                block.append(cells)
            elif len(block) > 1:
                yield block
            block = block if len(cells) > 1 else []


def _cells(line: str, start: int, by: str) -> list[Cell]:
    cells, place = list[Cell](), start
    for part in line.split(by):
        cells.append((part.strip(), place + len(part) - len(part.lstrip())))
        place += len(part) + 1
    outer = slice(not cells[0][0], len(cells) - (not cells[-1][0])) if by == "|" else slice(None)
    return cells[outer]
