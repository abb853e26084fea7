"""Tables of a built page against what their readers may have: the package's own by row and status, others blind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from buddy_eval.base.errors import Fault
from buddy_eval.disclose.rules import WITHHELD as KEPT
from buddy_eval.present.tables.form import DRAWN, WITHHELD, Table
from buddy_eval.publish.gate.rules import Known

NOT_PEOPLE = re.compile(
    r"\b(waves?|boards?|questions?|pairs?|trusts?|months?|years?|units?|items?|lexicon|codebook|reading|position"
    r"|rating|passages?|lowest|highest)\b",
    re.IGNORECASE,
)
PEOPLE = re.compile(r"\b(people|participants?|respondents?|interviewees?|staff|n)\b", re.IGNORECASE)
NUMBERS = re.compile(r"(\d[\d,]*(?:(?: of | / )\d[\d,]*)?)(?: \(\d{1,3}(?:\.\d+)?\s?%\))?")

Row = dict[str, str]


def table_faults(soup: BeautifulSoup, file: str, known: Known) -> Iterator[Fault]:
    """Yield a fault for every column of a table that shows these readers more than they may have.

    A table of the package bears the name of the function that made it. It is made again for these readers: every row
    has to be among its rows, what has the status of a withheld count has to say so, and a whole number may be small
    only where the column is declared to count something else than people. Whatever bears no name is read blind: by
    the words above it, as a second net.
    """
    for table in soup.find_all("table"):
        name = next((str(name) for name in table.get_attribute_list("class") if name in DRAWN), "")
        if known.results is None or not name:
            yield from _blind(table, file, known.suppress_below)
            continue
        yield from _held(table, known.drawn(name), file, known.suppress_below)


def place(tag: Tag) -> str:
    """Say where an element stands: the heading above it."""
    heading = tag if re.fullmatch("h[1-6]", tag.name) else tag.find_previous(re.compile("^h[1-6]$"))
    return f"under {heading.get_text().strip()[:60]!r}" if isinstance(heading, Tag) else "top of the page"


def table_place(table: Tag) -> str:
    """Say where a table stands: the heading above it, and its caption."""
    caption = table.find("caption")
    return f"{place(table)}, table {caption.get_text()[:60]!r}" if caption else place(table)


def _held(table: Tag, drawn: list[Table], file: str, least: int) -> Iterator[Fault]:
    """Hold a table of the package against those of its name that these readers can get, by the nearest of them."""
    heads, rows = _read(table)
    fitting = [other for other in drawn if set(heads) <= set(_heads(other))]
    differing = min((_unlike(rows, other) for other in fitting), key=len, default=set(heads))
    for head in sorted(differing):
        problem = f"{table_place(table)}, column {head!r}: not what these readers may see"
        yield Fault(file, 0, problem, "run the notebook for these readers, and show the table as it comes")
    for head in sorted(set(heads) & {head for other in fitting for head in _small(other, least)}):
        yield _fault(table, head, file, least)


def _unlike(rows: list[Row], drawn: Table) -> set[str]:
    """The columns of a page's rows whose cells are in no row of the table with the same heads."""
    columns, differing = _heads(drawn), set[str]()
    shown = drawn.rows.astype("str").itertuples(index=False, name=None)
    heads, written = columns[: drawn.heads], [dict(zip(columns, map(_plain, row), strict=True)) for row in shown]
    for row in rows:
        same = [other for other in written if all(other[name] == row[name] for name in heads if name in row)]
        differing |= min(
            ({name for name in row if row[name] != other[name]} for other in same), key=len, default=set(row)
        )
    return differing


def _small(drawn: Table, least: int) -> Iterator[str]:
    """The columns that show a withheld count, or a small number of people."""
    for position, head in enumerate(_heads(drawn)):
        cells, status = drawn.frame.iloc[:, position], drawn.status
        told = status is not None and bool((status.iloc[:, position].isin(KEPT) & (cells != WITHHELD)).any())
        counts_people = position >= drawn.heads and head not in drawn.units
        if told or (counts_people and any(_few(str(cell), least) for cell in cells)):
            yield head


def _heads(drawn: Table) -> list[str]:
    return [_plain(str(column)) for column in drawn.frame.columns]


def _read(table: Tag) -> tuple[list[str], list[Row]]:
    rows = [[_plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    heads = rows[0] if rows else []
    return heads, [dict(zip(heads, row, strict=False)) for row in rows[1:]]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _few(text: str, least: int) -> bool:
    """Whether a cell is a whole number, or two, of which one is small; a share may stand behind it in brackets."""
    told = NUMBERS.fullmatch(text.strip())
    counts = re.split(r" of | / ", told.group(1).replace(",", "")) if told else []
    return any(0 < int(count) < least for count in counts)


def _blind(table: Tag, file: str, least: int) -> Iterator[Fault]:
    """Whole numbers below the least, in columns that count people; what counts something else has to say so."""
    caption = table.find("caption")
    title, (heads, rows) = caption.get_text() if caption else "", _read(table)
    elsewhere = bool(NOT_PEOPLE.search(title)) and not PEOPLE.search(title)
    passed = {head for head in heads if NOT_PEOPLE.search(head) or (elsewhere and not PEOPLE.search(head))}
    if [row.get("") for row in rows] == [str(n) for n in range(len(rows))]:
        passed.add("")  # the numbers that pandas gives to rows
    for head in sorted({head for row in rows for head, cell in row.items() if _few(cell, least)} - passed):
        yield _fault(table, head, file, least)


def _fault(table: Tag, head: str, file: str, least: int) -> Fault:
    shown = "withhold it (`from buddy_eval import disclosure; disclosure.withhold(counts, rules)`)"
    remedy = f"{shown}, or say in the header what is counted, if it is not people"
    return Fault(file, 0, f"{table_place(table)}, column {head!r}: a count below {least}", remedy)
