"""Ratings as people write them: what is the same rating, and what is none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import pandas as pd

# What R, SPSS, SAS, Stata, pandas, Excel and SQL write where there is nothing, and dashes of people.
MISSING = {"", "na", "n/a", "#n/a", "nan", "<na>", ".", "-", "–", "null", "#null!"}
MISSING_LETTER = re.compile(r"\.[a-z_]")  # of SAS and Stata: .a to .z
WHOLE = re.compile(r"([+-]?)0*(\d+)(?:\.0*)?")
DECIMAL = re.compile(r"([+-]?)0*(\d*)\.(\d*[1-9])0*")
CODES = {"-9", "-99", "-999", "-9999", "9", "99", "999", "9999", "77", "88"}
FAR = 4  # times the largest other number, beyond which such a code is asked about
LETTERS = 30  # of a cell that a line shows at most
SHOWN = 6  # spellings that a line names at most


def plain(cell: str) -> str:
    """Say what a cell stands for: without blanks around, case, or zeros that change no number; empty for missing.

    >>> plain(" Yes "), plain("1.0"), plain("01"), plain("2.50"), plain("#N/A"), plain(".a")
    ('yes', '1', '1', '2.5', '', '')
    """
    text = " ".join(cell.split()).casefold()
    if text in MISSING or MISSING_LETTER.fullmatch(text):
        return ""
    for form in (WHOLE, DECIMAL):
        if parts := form.fullmatch(text):
            sign, whole, *rest = parts.groups()
            number = ".".join([whole or "0", *rest])
            return f"-{number}" if sign == "-" and number.strip("0.") else number
    return text


def tidy(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Give every cell the commonest spelling of what it stands for; return lines that say what was taken for what."""
    written = Counter(str(cell) for cell in cells.to_numpy(dtype=object).ravel() if isinstance(cell, str))
    spellings: dict[str, list[str]] = {}
    for cell in sorted(written, key=lambda cell: (-written[cell], cell)):
        spellings.setdefault(plain(cell), []).append(cell)
    missing = spellings.pop("", [])
    chosen = {cell: _best(same) for same in spellings.values() for cell in same}
    tidied = cells.apply(lambda column: column.map(chosen).astype("str")) if len(cells.columns) else cells
    said = [f"taken as the same: {_listed(same, written)}" for same in spellings.values() if len(same) > 1]
    if missing:
        said.append(f"taken as missing: {_listed(missing, written)}")
    if codes := _codes_for_missing(spellings):
        said.append(f"{', '.join(map(repr, codes))} was taken for a rating, not for missing")
    if "none" in spellings:
        said.append("'none' was taken for a rating, not for missing")
    return tidied, said


def _codes_for_missing(spellings: Mapping[str, list[str]]) -> list[str]:
    """Numbers that statistics programs use for missing, where they lie far from all others.

    >>> _codes_for_missing({"1": [], "5": [], "-99": []}), _codes_for_missing({"80": [], "99": []})
    (['-99'], [])
    """
    numbers = {text: abs(float(text)) for text in spellings if WHOLE.fullmatch(text) or DECIMAL.fullmatch(text)}
    others = [value for text, value in numbers.items() if text not in CODES]
    return [text for text in numbers if text in CODES and others and numbers[text] > FAR * max(others)]


def _best(same: list[str]) -> str:
    """The commonest spelling; of a number the short form, so that 1 and 1.0 are 1."""
    key = plain(same[0])
    return key if WHOLE.fullmatch(key) or DECIMAL.fullmatch(key) else " ".join(same[0].split())


def _listed(cells: list[str], written: Counter[str]) -> str:
    named = ", ".join(f"{cell[:LETTERS]!r} ({written[cell]})" for cell in cells[:SHOWN])
    return named + (f" and {len(cells) - SHOWN} more" if len(cells) > SHOWN else "")
