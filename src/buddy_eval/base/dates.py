"""Days and months as people in the United Kingdom write them: the day first, names of months in full or in short."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
LONG = "january february march april may june july august september october november december".split()
MONTH = "|".join([*LONG, "sept", *NAMES])
YEAR = r"(?P<year>[12]\d{3})"
WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?,?\s+)?"
CLOCK = r"(?:[T\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
DAYS = (
    re.compile(rf"{YEAR}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){CLOCK}"),
    re.compile(rf"(?P<day>\d{{1,2}})([/.-])(?P<month>\d{{1,2}})\2(?P<year>[12]\d{{3}}|\d{{2}}){CLOCK}"),
    re.compile(rf"{WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<name>{MONTH})[\s,.-]+{YEAR}"),
)
MONTHS = (
    re.compile(rf"{YEAR}[-/.](?P<month>\d{{1,2}})(?:-01(?: 00:00:00)?)?"),
    re.compile(rf"(?P<month>\d{{1,2}})[-/.]{YEAR}"),
    re.compile(rf"(?P<name>{MONTH})[\s,.'-]+(?P<year>[12]\d{{3}}|\d{{2}})"),
    re.compile(rf"(?:0?1)([/.-])(?P<month>\d{{1,2}})\1{YEAR}"),
)


def day(text: str) -> date | None:
    """Return the day that a text names, day before month; None where it names none.

    >>> [str(day(text)) for text in ("2025-03-31", "31/03/2025", "1st April 2025", "Tue 1 Apr 2025", "31.3.25")]
    ['2025-03-31', '2025-03-31', '2025-04-01', '2025-04-01', '2025-03-31']
    >>> day("03/31/2025"), day("31 June 2025"), day("soon")
    (None, None, None)
    """
    parts = _parts(text, DAYS)
    try:
        return date(parts[0], parts[1], parts[2]) if parts else None
    except ValueError:
        return None


def in_full(value: Any, missing: str = "") -> str:
    """Write a day as ``1 April 2025``; `missing` where there is none.

    >>> in_full(date(2025, 4, 1)), in_full(None, "no date")
    ('1 April 2025', 'no date')
    """
    return missing if value is None or value != value else f"{value.day} {value:%B %Y}"  # NaT is unlike itself


def month(text: str) -> str | None:
    """Return the month (YYYY-MM) or the year (YYYY) that a text names; None where it names none.

    >>> month("2025-03"), month("March 2025"), month("Mar-25"), month("03/2025"), month("2025"), month("13/2025")
    ('2025-03', '2025-03', '2025-03', '2025-03', '2025', None)
    """
    plain = " ".join(text.split())
    if re.fullmatch(r"[12]\d{3}", plain):
        return plain
    parts = _parts(plain, MONTHS)
    return f"{parts[0]}-{parts[1]:02d}" if parts and 1 <= parts[1] <= 12 else None


def _parts(text: str, forms: tuple[re.Pattern[str], ...]) -> tuple[int, int, int] | None:
    plain = " ".join(text.casefold().split())
    fitting = next((match for form in forms if (match := form.fullmatch(plain))), None)
    if fitting is None:
        return None
    parts = fitting.groupdict()
    year = int(parts["year"])
    number = int(parts.get("month") or 0) or NAMES.index(parts["name"][:3]) + 1
    return year + 2000 * (year < 100), number, int(parts.get("day") or 1)
