"""Columns that say who somebody is: dropped on reading, and listed in the log."""

from __future__ import annotations

import re

import pandas as pd

NAMES = re.compile(
    r"""(?x)
    ^(recipient|your|user|respondent|staff|contact)?[\s_.-]*
        (first|last|full|fore|sur|family|given)?[\s_.-]*name(\s*\(.*\))?$
    | e-?mail | \bip[\s_-]*addr | ^ipaddress$
    | latitude | longitude | ^(geo)?[\s_-]*location | post[\s_-]*code | (tele)?phone | \bmobile\b
    | date[\s_-]*of[\s_-]*birth | ^dob$ | nhs[\s_-]*(number|no\b) | external[\s_-]*(data[\s_-]*)?reference
    | ^user[\s_-]*id$ | device[\s_-]*id
    """,
    re.IGNORECASE,
)
REPEATED = re.compile(r" \(\d+\)$")  # what reading adds to a name that stands twice
VALUES = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}|\d{1,3}(\.\d{1,3}){3}", re.IGNORECASE)


def private_columns(frame: pd.DataFrame) -> dict[str, str]:
    """Return the columns that identify people, each with the reason: by its name, or by what it holds.

    A column counts as identifying by content where more than half of its filled cells are e-mail or IP
    addresses. The cells themselves are never shown.

    >>> private_columns(pd.DataFrame({"Email": ["x"], "contact": ["a@b.org"], "Role": ["nurse"]}))
    {'Email': 'identifies people by its name', 'contact': 'holds e-mail or IP addresses'}
    """
    reasons = {}
    for name in map(str, frame.columns):
        filled = frame[name].dropna()
        if NAMES.search(REPEATED.sub("", name.strip())):
            reasons[name] = "identifies people by its name"
        elif len(filled) and _addresses(filled) > 0.5:
            reasons[name] = "holds e-mail or IP addresses"
    return reasons


def _addresses(cells: pd.Series) -> float:
    """The share of cells that are e-mail or IP addresses; what stands in many is looked at once."""
    counts = cells.value_counts(sort=False)
    addresses = (n for cell, n in zip(counts.index, counts, strict=True) if VALUES.fullmatch(cell.strip()))
    return sum(addresses) / len(cells)
