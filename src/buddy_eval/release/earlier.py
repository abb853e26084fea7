"""One earlier release, or the new one: its counts and figures by key, from the tables as this version writes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from buddy_eval.base.errors import BuddyError, Fault, refuse
from buddy_eval.disclose.account import Key
from buddy_eval.disclose.protected import CODES, COMMENTS, FLOW, SAID, THEMES
from buddy_eval.disclose.rules import cell_id
from buddy_eval.disclose.suppression import ranges
from buddy_eval.release.unaltered import REMEDY
from buddy_eval.schemas.form import Frame
from buddy_eval.schemas.released import FINDINGS, HOW, JOINT_DISPLAY, STATUS, TABLES
from buddy_eval.study.settings import Disclosure

COMMENTED, WRITTEN = f"{COMMENTS}_lexicon", f"{COMMENTS}_n"
OF_OTHERS = "p_adjusted"  # changes with other rows too
AS_NUMBER = {"shown", "rounded"}  # how a count is given as a number
MOST = 10**9  # people; no count of a study is near


@dataclass(frozen=True)
class Count:
    """One count of a release: how many, how it is given, and where it stands."""

    key: Key
    file: str
    row: int
    about: str
    column: str
    number: float
    how: str


@dataclass(frozen=True)
class Figures:
    """What one row says of its people besides their counts, and these as they are given."""

    row: int
    counts: tuple[str, ...]
    figures: Mapping[str, str]


@dataclass(frozen=True)
class Released:
    """The counts of one release by the ids of their cells, the figures of its rows, its day, and its rule."""

    day: str
    rules: Disclosure
    counts: Mapping[str, Count]
    figures: Mapping[tuple[str, str], Figures]
    waves: pd.DataFrame
    states: Mapping[str, str]


def read_release(name: str, files: Mapping[str, bytes]) -> Released:
    """Return the counts and figures of a release from its files.

    Raises
    ------
    StudyError : with file, row and column of every count that no release prints.
    BuddyError : it has no manifest or no tables as this version writes them.
    """
    try:
        rule = json.loads(files["manifest.json"])["disclosure"]
        rules = Disclosure(suppress_below=int(rule["suppress_below"]), round_to=int(rule["round_to"]))
        graph = json.loads(files["ro-crate-metadata.json"])["@graph"]
        day = str(next(part["datePublished"] for part in graph if part["@id"] == "./"))
        tables = [(schema, files[file]) for schema in TABLES if (file := f"data/{schema.name}.csv") in files]
        read = [one for schema, data in tables for one in _counts(schema, data, rules)]
        figures = {key: row for schema, data in tables for key, row in _figures(schema, data)}
        about = [row for _, _, row in _rows(FINDINGS, files.get("data/findings.csv", b""))]
        joint = _rows(JOINT_DISPLAY, files.get("data/joint_display.csv", b""))
        states = {row["theme"]: row["interviews"] for _, _, row in joint}
    except (KeyError, ValueError, TypeError, StopIteration, RecursionError, csv.Error) as error:
        text = f"{name} cannot be compared: it holds no manifest or tables as this version writes them"
        raise BuddyError(f"{text} ({type(error).__name__}); make it again from its data") from None
    refuse(
        Fault(f"{name}/{count.file}", count.row, f"{count.column!r} of {count.about} {wrong}", REMEDY, count.column)
        for count, wrong in read
        if wrong
    )
    by_cell = {cell_id(*count.key): count for count, _ in read}
    if len(by_cell) < len(read):
        raise BuddyError(f"{name} cannot be compared: a table holds a key twice; it was changed after it was made")
    waves = pd.DataFrame(about, columns=["finding", "wave", "wave_before", "wave_after"]).replace("", None)
    return Released(day, rules, by_cell, figures, waves, states)


def _rows(schema: Frame, data: bytes) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Every row of a table that is about people: its number, what it is about, its cells."""
    for number, row in enumerate(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")), 2):
        if row.get("contrast_kind") != "series":  # counts periods
            yield number, ", ".join(f"{name} {row[name]}" for name in schema.key), row


def _counted(schema: Frame) -> list[str]:
    return [name for name in schema.names if f"{name}{STATUS}" in schema.names]


def _figures(schema: Frame, data: bytes) -> Iterator[tuple[tuple[str, str], Figures]]:
    """Every row that holds figures of counted people."""
    counted, file = _counted(schema), f"data/{schema.name}.csv"
    names = [column.name for column in schema.columns if column.type == "float" and column.name != OF_OTHERS]
    for number, about, row in _rows(schema, data) if counted and names else ():
        counts = tuple(row[name] for name in counted)
        if any(counts):
            yield (file, about), Figures(number, counts, {name: row[name] for name in names})


def _counts(schema: Frame, data: bytes, rules: Disclosure) -> Iterator[tuple[Count, str]]:
    """Every count of people, or of their comments, of one table, and what is wrong with it."""
    file = f"data/{schema.name}.csv"
    for row_number, about, row in _rows(schema, data):
        for column in _counted(schema):
            how, cell = str(row[f"{column}{STATUS}"]), str(row[column])
            figures = cell.replace(",", "")
            number = np.nan if how not in AS_NUMBER else float(figures) if figures.isdecimal() else -1.0
            count = Count(_key(schema, row, column), file, row_number, about, column, number, how)
            yield count, _wrong(count, cell, rules)


def _wrong(count: Count, cell: str, rules: Disclosure) -> str:
    """What makes a count one that no release prints, or nothing."""
    if count.how not in HOW:
        return f"has the status {count.how!r}, which no release writes"
    low, high = ends(count, rules)
    if 0 <= low <= high and low <= MOST:
        return ""
    rule = f"rounded to {rules.round_to}, none from 1 to {rules.suppress_below - 1}"
    return f"is no count that this release prints: {cell!r} is {count.how} ({rule})"


def _key(schema: Frame, row: Mapping[str, str], column: str) -> Key:
    """The name of a count in the system of sums: that of the frame which the public reads."""
    if schema.name == "interview_themes":
        return THEMES, (row["theme"], row["side"]), column
    if schema.name == "interview_codes":
        return CODES, (row["theme"], row["code"]), row["side"]
    if schema.name == "participants":
        return FLOW, (row["kind"], row["side"], row["wave"]), column
    if schema.name == "comments":
        return WRITTEN if column == "n_comments" else COMMENTED, (row["theme"],), row["group"]
    table = SAID if schema.name == "statements" else schema.name
    return table, tuple(row[name] for name in schema.key), column


def ends(count: Count, rules: Disclosure) -> tuple[float, float]:
    """The range that a count stands for to whoever reads it."""
    if count.how == "rounded":
        low, high = ranges(np.array([count.number]), np.array([False]), rules)
        return float(low[0]), float(high[0])
    return (count.number, count.number) if count.how == "shown" else (0.0, np.inf)
