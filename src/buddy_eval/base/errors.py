"""What goes wrong, said plainly: which file, which row, which value, what to do."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

# For show alone: faults of one column of one file that differ in a value, and in the value that is near, are one cause.
# An apostrophe ("a person's surname") opens no quotes.
VALUE = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"|\w*\d\w*")
OTHERS = 5  # further values that are shown with their remedy


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a study, in the words a tired researcher needs.

    Attributes
    ----------
    file : path relative to the study, with ``/``.
    row : the line as a spreadsheet counts it (header = 1), or 0 where no row is meant.
    problem : what is wrong, with the value and the column, never an interviewee's words.
    remedy : what to do about it.
    column : the column or key that it is about, where it is one.
    value : what `problem` shows by its ends alone: two values that look alike there are two faults. Never printed.

    >>> print(Fault("data/raw/codings.csv", 41, "code 'CB9' is not in the codebook", "did you mean 'CB8'?"))
    data/raw/codings.csv row 41: code 'CB9' is not in the codebook; did you mean 'CB8'?
    """

    file: str
    row: int
    problem: str
    remedy: str
    column: str = ""
    value: str = field(default="", repr=False)

    def __str__(self) -> str:
        place = f"{self.file} row {self.row}" if self.row else self.file
        return f"{place}: {self.problem}; {self.remedy}"


class BuddyError(Exception):
    """Every error that buddy_eval raises on purpose; its message is meant for the user."""


class StudyError(BuddyError):
    """A study that cannot be used as it stands, with all of its faults at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(causes(self.faults)))


def refuse(faults: Iterable[Fault]) -> None:
    """Raise a `StudyError` of all faults at once, where there are any."""
    if listed := list(faults):
        raise StudyError(listed)


def causes(faults: Iterable[Fault]) -> list[str]:
    """Return one line for each cause, in the order of files: its places, the problem, the remedy, and other values.

    >>> bad = "is not in the codebook"
    >>> causes([Fault("c.csv", row, f"code {code!r} {bad}", "use one of: A", "code")
    ...         for row, code in ((4, "X"), (5, "X"), (6, "X"), (9, "Y"))])
    ["c.csv rows 4 to 6, 9: code 'X' is not in the codebook; use one of: A (also 'Y')"]
    """
    grouped: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in sorted(set(faults)):
        grouped.setdefault((fault.file, fault.column, VALUE.sub("", fault.problem)), []).append(fault)
    return [_line(together) for together in grouped.values()]


def counted(faults: Sequence[Fault]) -> str:
    """Say how many faults there are, and of how many causes.

    >>> counted([]), counted([Fault("a", 1, "is bad", "mend it")])
    ('no fault found', '1 fault found')
    """
    if not faults:
        return "no fault found"
    n, different = len(set(faults)), len(causes(faults))
    of = f", of {different} cause{'s' * (different != 1)}" if different < n else ""
    return f"{n} fault{'s' * (n != 1)} found{of}"


def _line(faults: list[Fault]) -> str:
    first = faults[0]
    alike = Counter(problem for problem, _ in {(fault.problem, fault.value) for fault in faults})
    others = dict[str, str]()
    if (same := alike[first.problem] - 1) > 0:
        others[f"{'another' if same == 1 else f'{same} more'} {_shown(first.problem)}"] = ""
    for fault in faults[1:]:
        if fault.problem != first.problem:
            remedy = "" if fault.remedy == first.remedy else fault.remedy
            n = alike[fault.problem]
            others.setdefault(_value(first.problem, fault.problem) + f" ({n} of them)" * (n > 1), remedy)
    shown = [f"{value}: {remedy}" if remedy else value for value, remedy in [*others.items()][:OTHERS]]
    rest = len(others) - OTHERS
    more = [f"{rest} more value{'s' * (rest > 1)}"] if rest > 0 else []
    also = f" (also {'; '.join([*shown, *more])})" if shown else ""
    return f"{first.file}{rows_in_words([fault.row for fault in faults])}: {first.problem}; {first.remedy}{also}"


def _shown(problem: str) -> str:
    """What a problem shows of a value by its ends."""
    return next((value for value in VALUE.findall(problem) if "\u2026" in value), "of these")


def _value(first: str, other: str) -> str:
    """What another problem of one cause has in place of the first one's values; a number with the word before it."""
    pairs = zip(VALUE.findall(first), VALUE.finditer(other), strict=False)
    return ", ".join(_worded(new) for old, new in pairs if new.group() != old)


def _worded(value: re.Match[str]) -> str:
    before = re.search(r"\b[a-z]+ $", value.string[: value.start()]) if value.group().isdecimal() else None
    return f"{before.group() if before else ''}{value.group()}"


def rows_in_words(rows: Iterable[int]) -> str:
    """Return row numbers as words: 4 to 6 where three or more follow each other.

    >>> rows_in_words([4, 5, 6, 9]), rows_in_words([7]), rows_in_words([0]), rows_in_words([2, 3])
    (' rows 4 to 6, 9', ' row 7', '', ' rows 2, 3')
    """
    listed = sorted({row for row in rows if row})
    if not listed:
        return ""
    ends = [place for place, (a, b) in enumerate(pairwise(listed), 1) if b != a + 1]
    runs = [listed[a:b] for a, b in pairwise([0, *ends, len(listed)])]
    said = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f" row{'s' * (len(listed) > 1)} {', '.join(said)}"


def closest(value: str, known: Iterable[str]) -> str:
    """Return the known value nearest to a misspelt one; nothing where none is near.

    >>> closest("trsut", ["trust", "regulation"]), closest("zzz", ["b", "a"])
    ('trust', '')
    >>> closest("Q1", ["Q01", "Q16"]), closest("higher", ["higher_is_better", "neither"])
    ('Q01', 'higher_is_better')

    Where nothing but a figure differs, it is another one, such as another pair, and no slip of the pen.

    >>> closest("SYN08", ["SYN07", "SYN01"]), closest("CB55", ["CB5"])
    ('', 'CB5')
    """
    options = sorted(known)
    begins = [option for option in options if len(value) > 2 and option.casefold().startswith(value.casefold())]
    same = [option for option in options if _bare(option) == _bare(value)]
    misspelt = [option for option in options if _figures_as_one(option) != _figures_as_one(value)]
    near = difflib.get_close_matches(value, misspelt, n=1)
    return next(iter([*same, *(begins if len(begins) == 1 else []), *near]), "")


def _bare(value: str) -> str:
    """A value without case, signs, and noughts before a figure: Q1 and Q01 are near."""
    return re.sub(r"[\W_]+|(?<!\d)0+(?=\d)", "", value.casefold())


def _figures_as_one(value: str) -> str:
    return re.sub(r"\d", "0", value)


SEVERAL = re.compile(r"[,;/&+]|\band\b")


def nearest(value: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a remedy that names the known value nearest to a misspelt one.

    >>> nearest("trsut", ["trust", "regulation"])
    "did you mean 'trust'?"
    >>> nearest("zzz", ["b", "a"])
    'use one of: a, b'
    >>> nearest("Staff and the public", ["staff", "public", "other_bodies"])
    'it names several: give each a row of its own (staff; public), or write the one that fits best'
    """
    options = sorted(known)
    plain = {option.replace("_", " ").casefold(): option for option in options}
    parts = [plain.get(part.strip().removeprefix("the ")) for part in SEVERAL.split(value.replace("_", " ").casefold())]
    if len(parts) > 1 and all(parts):
        named = "; ".join(part for part in parts if part)
        return f"it names several: give each a row of its own ({named}), or write the one that fits best"
    if close := closest(value, options):
        return f"did you mean {close!r}?"
    if not options:
        return otherwise or "none is listed there yet"
    shown = ", ".join(options[:12]) + (", ..." if len(options) > 12 else "")
    return otherwise or f"use one of: {shown}"


def raised(kind: str, said: str) -> str:
    """Say what kind of error a cell ended in, and which module is not there: what else an error says may be data.

    >>> raised("ModuleNotFoundError", "No module named 'plotnine.data'"), raised("KeyError", "'Jane Doe'")
    ("ModuleNotFoundError: no module 'plotnine.data' where buddy-eval is installed", 'KeyError')
    """
    named = re.fullmatch(r"No module named '([\w.]+)'.*", said, re.DOTALL) if kind == "ModuleNotFoundError" else None
    return f"{kind}: no module {named[1]!r} where buddy-eval is installed" if named else kind
