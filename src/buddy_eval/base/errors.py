"""What goes wrong, said plainly: which file, which row, which value, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


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

    >>> print(Fault("data/raw/codings.csv", 41, "code 'CB9' is not in the codebook", "did you mean 'CB8'?"))
    data/raw/codings.csv row 41: code 'CB9' is not in the codebook; did you mean 'CB8'?
    """

    file: str
    row: int
    problem: str
    remedy: str
    column: str = ""

    def __str__(self) -> str:
        place = f"{self.file} row {self.row}" if self.row else self.file
        return f"{place}: {self.problem}; {self.remedy}"


class BuddyError(Exception):
    """Every error that buddy_eval raises on purpose; its message is meant for the user."""


class StudyError(BuddyError):
    """A study that cannot be used as it stands, with all of its faults at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


def closest(value: str, known: Iterable[str]) -> str:
    """Return the known value nearest to a misspelt one; nothing where none is near.

    >>> closest("trsut", ["trust", "regulation"]), closest("zzz", ["b", "a"])
    ('trust', '')
    """
    return next(iter(difflib.get_close_matches(value, sorted(known), n=1)), "")


def nearest(value: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a remedy that names the known value nearest to a misspelt one.

    >>> nearest("trsut", ["trust", "regulation"])
    "did you mean 'trust'?"
    >>> nearest("zzz", ["b", "a"])
    'use one of: a, b'
    """
    options = sorted(known)
    if close := closest(value, options):
        return f"did you mean {close!r}?"
    shown = ", ".join(options[:12]) + (", ..." if len(options) > 12 else "")
    return otherwise or f"use one of: {shown}"
