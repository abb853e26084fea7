"""Survey exports as the services write them: header rows of Qualtrics and SmartSurvey, SPSS files with labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.guard import guard
from buddy_eval.read.kinds import kind_of
from buddy_eval.read.once import once
from buddy_eval.read.spoken import DAMAGE
from buddy_eval.read.table import frame_of, long_rows, numbered, read_cells, read_table

QUALTRICS = set("startdate enddate status ipaddress progress finished recordeddate responseid responseset".split())
SMARTSURVEY = {"userid", "userno", "unique id", "tracking link", "started", "ended", "ip address"}
SURVEYMONKEY = {"response", "open-ended response"}  # what stands below a question that has no parts
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
BRACKETS = re.compile(r"\[([^\[\]]+)\]\s*$")
NUMBERED = re.compile(r"^\s*(?:[A-Z]{0,3}\d+[a-z]?[_.)\]:]+\s*|[A-Z]\w{0,12}(?:\[\w+\])?\.\s+)", re.IGNORECASE)


@dataclass(frozen=True)
class Export:
    """A survey as text, one row a person (index: the row of the file), with the texts that stand for each column.

    `labels` says which number a label stands for, where the file does; `missing` are the cells that hold a number which
    the file declares to be missing.
    """

    frame: pd.DataFrame
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kind: str = "a table"
    skipped: int = 0
    labels: dict[str, dict[str, float]] = field(default_factory=dict)
    missing: int = 0


@once
def read_export(path: Path, file: str) -> Export:
    """Read a survey export: Qualtrics (two or three header rows), SmartSurvey and SurveyMonkey (two), SPSS, any table.

    Raises
    ------
    StudyError : as `read.table.read_table` does.
    """
    guard(path, file)
    if kind_of(path) == "sav":
        return _spss(path, file)
    if path.suffix.lower() == ".sav":
        raise StudyError([Fault(file, 0, "is not an SPSS file", "save it as .sav again")])
    rows = [[cell.strip() for cell in row] for row in read_cells(path, file, most=3).rows[:3]]
    if len(rows) > 1:
        names = {cell.casefold() for cell in rows[0]}
        second = {cell.casefold() for cell in rows[1]}
        if len(rows) > 2 and any(cell.startswith('{"ImportId"') for cell in rows[2]):
            return _headed(path, file, names_in=0, texts_in=1, rows=3, kind="Qualtrics")
        if len(names & QUALTRICS) > 2 and not any(DATE.match(cell) for cell in rows[1]):
            return _headed(path, file, names_in=0, texts_in=1, rows=2, kind="Qualtrics")
        if len(second & QUALTRICS) > 2:
            return _headed(path, file, names_in=1, texts_in=0, rows=2, kind="Qualtrics")
        if len(names & SMARTSURVEY) > 1 and _two_floors(rows):
            return _headed(path, file, names_in=None, texts_in=None, rows=2, kind="SmartSurvey")
        blanks = (place for place, name in enumerate(rows[0]) if not name)
        if second & SURVEYMONKEY and all(rows[1][place : place + 1] != [""] for place in blanks):
            return _headed(path, file, names_in=None, texts_in=None, rows=2, kind="SurveyMonkey")
    return Export(read_table(path, file, repeated=True))


def wordings(name: str) -> list[str]:
    """Return what a column's name may be in other words: without its number, its stem, or all but its brackets.

    >>> wordings("Q3. How far do you agree? [Our leaders act.]")[1:]
    ['How far do you agree? [Our leaders act.]', 'Our leaders act.']
    """
    texts = [name, NUMBERED.sub("", name)]
    if bracket := BRACKETS.search(name):
        texts.append(bracket.group(1))
    texts += [
        NUMBERED.sub("", part) for mark in (" - ", " : ", ": ", " | ") for part in name.split(mark)[-1:] if mark in name
    ]
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _headed(path: Path, file: str, *, names_in: int | None, texts_in: int | None, rows: int, kind: str) -> Export:
    """Take several header rows for one: short names to call the columns, texts to match them by."""
    cells = read_cells(path, file).rows
    top = [[cell.strip() for cell in row] for row in cells[:rows]]
    width = max(len(row) for row in top)
    top = [[*row, *[""] * (width - len(row))] for row in top]
    if names_in is None or texts_in is None:
        names, texts = _floors(top)
    else:
        names, texts = top[names_in], top[texts_in]
    places = [f"column {place}" for place in range(1, len(names) + 1)]
    unique = numbered([name or text or place for name, text, place in zip(names, texts, places, strict=True)])
    if faults := long_rows(cells[rows:], width, rows + 1, file, "export it again"):
        raise StudyError(faults)
    named: dict[str, tuple[str, ...]] = {name: (text,) for name, text in zip(unique, texts, strict=True) if text}
    return Export(frame_of(unique, cells[rows:], first=rows + 1), named, kind, rows - 1)


def _two_floors(rows: Sequence[Sequence[str]]) -> bool:
    """A second header row: empty under the columns about the person, filled where the first goes on with blanks."""
    first, second = rows[0], rows[1]
    about = [second[place] for place, cell in enumerate(first[: len(second)]) if cell.casefold() in SMARTSURVEY]
    blanks = [second[place] for place in range(min(len(first), len(second))) if not first[place]]
    return not any(about) and any(blanks)


def _floors(top: list[list[str]]) -> tuple[list[str], list[str]]:
    """A question over its parts: the question holds until the next one begins."""
    names, texts, question = [], [], ""
    for above, below in zip(top[0], top[1], strict=True):
        question = above or question
        below = "" if below.casefold() in SURVEYMONKEY else below
        names.append(f"{question} - {below}" if below else question)
        texts.append(below or question)
    return names, texts


def _spss(path: Path, file: str) -> Export:
    """Read an SPSS file: value labels for codes, variable labels as texts, user's missing values as missing."""
    import pyreadstat

    try:
        read = partial(pyreadstat.read_sav, str(path), apply_value_formats=True, formats_as_category=False)
        whole, meta = read(user_missing=True)
        data = read()[0] if meta.missing_ranges else whole
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, *DAMAGE) as error:
        reason = type(error).__name__
        raise StudyError([Fault(file, 0, f"cannot be read as an SPSS file ({reason})", "save it again")]) from None
    cells = data.itertuples(index=False)
    rows = [["" if cell != cell or cell is None else _number(cell) for cell in row] for row in cells]
    names = [str(name) for name in data.columns]
    texts: dict[str, tuple[str, ...]] = {
        name: (label,) for name, label in zip(names, meta.column_labels, strict=True) if label
    }
    labels = {
        name: {str(label): float(code) for code, label in codes.items() if isinstance(code, int | float)}
        for name, codes in meta.variable_value_labels.items()
    }
    missing = int(whole.notna().to_numpy().sum() - data.notna().to_numpy().sum())
    return Export(frame_of(names, rows, first=1), texts, "SPSS", labels=labels, missing=missing)


def _number(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
