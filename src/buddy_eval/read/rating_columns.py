"""Which column of a ratings file is what: by its name, and by what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from buddy_eval.base.errors import BuddyError
from buddy_eval.read.rating_cells import plain

CODER = {"coder", "rater", "annotator", "judge", "reviewer", "observer", "labeller", "labeler", "evaluator"}
CODER |= {"assessor", "abstractor", "coded by", "rated by"}
UNIT = {"unit", "units", "id", "item", "subject", "case", "document", "doc", "segment", "excerpt", "passage"}
UNIT |= {"statement", "sentence", "comment", "post", "row", "nr", "no", "number", "target"}
GROUP = {"group", "site", "trust", "ward", "region", "wave", "round", "batch", "set", "source", "arm", "condition"}
GROUP |= {"pair", "side", "year", "month", "team", "period", "phase", "stratum", "interview", "transcript"}
VALUE = {"value", "rating", "code", "label", "score", "type", "category", "annotation"}
LONG_TEXT = 40  # letters in the middle of a column's entries: beyond, nobody rates so
NUMBERED = 10  # rows from which 1, 2, 3, ... are numbers of units for certain


@dataclass(frozen=True)
class Columns:
    """What the columns are: as asked for on the command line, or as found. No unit: each row is one."""

    unit: str = ""
    coder: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    group: tuple[str, ...] = ()

    def known(self) -> set[str]:
        """All columns that have a part."""
        return {*filter(None, [self.unit]), *self.coder, *self.value, *self.group}


ANY = Columns()  # nothing asked for: every part is told from the file


def checked(asked: Columns, table: pd.DataFrame) -> None:
    """Refuse columns that the file does not have.

    Raises
    ------
    BuddyError : names the column and those there are.
    """
    for name in sorted(asked.known() - set(table.columns)):
        raise BuddyError(f"there is no column {name!r}; the file has: {', '.join(map(str, table.columns))}")


def named(name: str, words: set[str]) -> bool:
    """Tell whether a column is called so, also with id, name or code behind.

    >>> named("coder_id", CODER), named("Rater 1", CODER), named("post_id", UNIT)
    (True, False, True)
    """
    said = re.sub(r"[^a-z0-9]+", " ", str(name).casefold()).strip()
    return said in words or re.sub(r" ?(id|name|code|initials|no|nr)$", "", said) in words


def names_unit(name: str) -> bool:
    """Tell whether a column is called as if it named units: by a word for them, or as an id of anything but coders."""
    return not named(name, CODER) and (named(name, UNIT) or str(name).casefold().endswith(("_id", " id", ".id")))


def is_text(column: pd.Series) -> bool:
    """Tell whether a column holds free text: long entries, most of them different."""
    cells = column.dropna()
    long = len(cells) > 0 and cells.str.len().median() > LONG_TEXT
    return bool(long and cells.nunique() > len(cells) / 2)


def numbers_rows(column: pd.Series) -> bool:
    """Tell whether a column counts 1, 2, 3, ... or 0, 1, 2, ... down the rows."""
    cells = [plain(str(cell)) for cell in column]
    return any(cells == [str(first + place) for place in range(len(cells))] for first in (0, 1))


def in_blocks(column: pd.Series) -> bool:
    """Tell whether equal entries stand together, as they do where a column groups the rows."""
    cells = column.map(plain, na_action="ignore")
    runs, kinds = int((cells != cells.shift()).sum()), cells.nunique()
    return bool(cells.notna().all() and len(cells) >= 6 and 2 <= kinds <= len(cells) / 2 and runs == kinds)


def shares(one: set[str], two: set[str]) -> bool:
    """Tell whether two columns hold ratings of one kind: some are the same, or all are numbers."""
    if one & two:
        return True
    return bool(one and two) and all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", cell) for cell in one | two)


def sharing(table: pd.DataFrame, columns: list[str]) -> list[str]:
    """The most columns that hold ratings of one kind, in their order."""
    held = {name: {plain(cell) for cell in table[name].dropna()} - {""} for name in columns}
    best: list[str] = []
    for first in columns:
        joined, size = {first}, 0
        while len(joined) > size:
            size = len(joined)
            joined |= {name for name in columns if any(shares(held[name], held[other]) for other in joined)}
        if len(joined) > len(best):
            best = [name for name in columns if name in joined]
    return best
