"""Monthly files as NHS England publishes them: preamble, totals, revisions; made into outcome series."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.base.names import unique
from buddy_eval.read.raw import Raw
from buddy_eval.read.table import frame_of, read_cells
from buddy_eval.schemas.raw import OUTCOMES
from buddy_eval.study.inputs import MonthlyFiles
from buddy_eval.study.settings import Study

CODE = ("org code", "code", "provider code", "organisation code", "provider org code", "trust code", "ods code")
ODS = re.compile(r"[A-Z0-9]{3,6}")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = re.compile(rf"(?i)\b({'|'.join(MONTHS)})[a-z]*[\s_-]*(20\d\d|\d\d)\b")
ISO = re.compile(r"\b(20\d\d)-(0[1-9]|1[0-2])\b")
TOTAL = re.compile(r"\b(?:total|england)\b|^-?$")


@dataclass(frozen=True)
class Month:
    """One published file: its table (index: the row of the file), its month as YYYY-MM, and what is not data."""

    frame: pd.DataFrame
    code: str
    period: str
    preamble: int
    totals: int
    revised: bool


def read_month(path: Path, file: str) -> Month:
    """Read one published file; the month is that of its Period column, else of its preamble, else of its name.

    Raises
    ------
    StudyError : no row of column names with a code of organisations, no month, or several.
    """
    rows = [[cell.strip() for cell in row] for row in read_cells(path, file).rows]
    top = next((n for n, row in enumerate(rows[:60]) if _is_header(row)), None)
    if top is None:
        remedy = f"keep the row with one of: {', '.join(CODE)}"
        raise StudyError([Fault(file, 0, "no row of column names with a code of organisations", remedy)])
    header: list[str] = []
    for place, name in enumerate(rows[top], 1):
        header.append(unique(" ".join(name.split()) or f"column {place}", header.__contains__))
    frame = frame_of(header, rows[top + 1 :], first=top + 2)
    code = next(name for name in header if name.casefold() in CODE)
    organisations = frame[code].str.fullmatch(ODS.pattern).fillna(False).astype(bool)
    named = [name for name in header if "name" in name.casefold()]
    for name in (code, *named[:1]):
        organisations &= ~frame[name].str.contains(TOTAL.pattern, na=False, case=False) | (name != code)
    about = next((name for name in header if name.casefold() == "period"), None)
    told = set(frame.loc[organisations, about].dropna()) if about else set()
    months = {month for text in told if (month := month_of(text))} or _first_month(rows[:top], path.stem)
    if len(months) != 1:
        known = ", ".join(sorted(months)) or "none"
        raise StudyError([Fault(file, 0, f"its month is not clear (found: {known})", "name the file as published")])
    kept = frame[organisations]
    return Month(kept, code, months.pop(), top, len(frame) - len(kept), "revised" in path.stem.casefold())


def month_of(text: str) -> str:
    """Return the month that a text names as YYYY-MM, or nothing.

    >>> month_of("MSitAE-AUGUST-2024"), month_of("2024-08-01"), month_of("Sept 24"), month_of("soon")
    ('2024-08', '2024-08', '2024-09', '')
    """
    if named := ISO.search(text):
        return f"{named.group(1)}-{named.group(2)}"
    if named := MONTH.search(re.sub(r"[_-]", " ", text)):
        year = named.group(2)
        return f"{'20' if len(year) == 2 else ''}{year}-{MONTHS.index(named.group(1).lower()) + 1:02d}"
    return ""


def monthly_paths(study: Study) -> list[Path]:
    """Every file that the monthly entries of a study name."""
    return sorted({path for entry in study.monthly for path in study.raw_folder.glob(entry.files)})


def read_monthly(raw: Raw, study: Study) -> None:
    """Add the series of all monthly files to the table of outcomes; a revised file replaces the one before."""
    parts = []
    for entry in study.monthly:
        paths = sorted(study.raw_folder.glob(entry.files))
        if not paths:
            raw.faults.append(Fault(f"data/raw/{entry.files}", 0, "no such file", "add it, or mend the name"))
        months: dict[str, tuple[str, Month]] = {}
        for path in paths:
            file = study.name_of(path)
            month = raw.attempt(read_month, path, file)
            if month is not None:
                _keep(raw, months, file, month)
        for file, month in months.values():
            _noted(raw, file, month)
            series = raw.attempt(_series, month, entry, file)
            if series is not None:
                parts.append(series)
                _unused(raw, file, month, entry, len(series))
    if parts:
        _join(raw, pd.concat(parts, ignore_index=True))


def _keep(raw: Raw, months: dict[str, tuple[str, Month]], file: str, month: Month) -> None:
    """Keep one file a month: the revised one of two; two alike are a fault."""
    other = months.get(month.period)
    if other and other[1].revised == month.revised:
        raw.faults.append(Fault(file, 0, f"holds the month of {other[0]} again", "keep one of the two files"))
        return
    if other:
        older = file if other[1].revised else other[0]
        raw.note(older, "file", "left out", 1, "a revised file has the same month", month.period)
    if not other or month.revised:
        months[month.period] = (file, month)


def _join(raw: Raw, rows: pd.DataFrame) -> None:
    own = raw.tables.get("outcomes")
    first = 1_000_000 if own is not None and len(own) else 1  # faults count the rows of monthly files from there
    rows.index = pd.RangeIndex(first, first + len(rows))
    raw.tables["outcomes"] = rows if own is None else pd.concat([own, rows])
    raw.files.setdefault("outcomes", "monthly files")


def _noted(raw: Raw, file: str, month: Month) -> None:
    raw.note(file, "organisations", "read", len(month.frame), "", month.period)
    for item, n, why in (
        ("rows", month.preamble, "preamble above the table"),
        ("rows", month.totals, "totals, and rows without a code"),
    ):
        if n:
            raw.note(file, item, "left out", n, why)


def _unused(raw: Raw, file: str, month: Month, entry: MonthlyFiles, counted: int) -> None:
    """Name the columns that the indicator does not need, and organisations that counted nothing."""
    patterns = (*entry.denominator, *entry.numerator, *([] if entry.numerator else entry.without))
    columns = month.frame.columns.drop([month.code, *_named(month.frame, patterns)])
    filled = month.frame[columns].notna().sum()
    if n := int(filled.sum()):
        names = ", ".join(filled.index[filled > 0])
        raw.note(file, "cells of other columns", "left out", n, f"{entry.indicator} needs none of: {names}")
    if idle := len(month.frame) - counted:
        raw.note(file, "organisations", "left out", idle, f"no count for {entry.indicator}")


def _series(month: Month, entry: MonthlyFiles, file: str) -> pd.DataFrame:
    """The indicator of one month as rows of the table of outcomes, in text; organisations without any count are out."""
    whole = _summed(month.frame, entry.denominator, file)
    part = (
        _summed(month.frame, entry.numerator, file)
        if entry.numerator
        else whole - _summed(month.frame, entry.without, file)
    )
    rows = pd.DataFrame(
        {
            "ods": month.frame[month.code],
            "indicator": entry.indicator,
            "period": month.period,
            "numerator": part.map("{:.10g}".format),
            "denominator": whole.map("{:.10g}".format),
            "direction": entry.direction,
            "source": entry.source,
        }
    )
    return rows[whole > 0].reindex(columns=OUTCOMES.names).astype("str")


def _summed(frame: pd.DataFrame, patterns: Iterable[str], file: str) -> pd.Series:
    names = _named(frame, patterns)
    if not names:
        raise StudyError([Fault(file, 0, f"no column {' or '.join(patterns)!r}", "name the columns in study.toml")])
    total = pd.Series(0.0, index=frame.index)
    for name in names:
        cells = frame[name].str.replace(",", "").str.strip().replace({"-": "0"})
        numbers = pd.to_numeric(cells, errors="coerce")
        bad = frame.index[numbers.isna() & cells.notna()]
        if len(bad):
            raise StudyError([Fault(file, int(row), f"{name} is no number", "mend the cell") for row in bad[:5]])
        total = total + numbers.fillna(0.0)
    return total


def _named(frame: pd.DataFrame, patterns: Iterable[str]) -> list[str]:
    return [n for n in frame.columns if any(fnmatch.fnmatchcase(n.casefold(), p.casefold()) for p in patterns)]


def _is_header(row: list[str]) -> bool:
    return sum(map(bool, row)) > 2 and any(cell.casefold() in CODE for cell in row)


def _first_month(preamble: list[list[str]], stem: str) -> set[str]:
    for row in preamble:
        told = next((month for cell in row if (month := month_of(cell))), "")
        if told and row[0].casefold().startswith("period"):
            return {told}
    month = month_of(stem)
    return {month} if month else set()
