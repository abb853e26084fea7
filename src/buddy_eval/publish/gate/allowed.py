"""What a person has looked at and let pass, with a reason: `allowed.csv` in the study's folder (text, reason, by).

The next run remembers it, and a release shows text and reason. Counts, addresses and numbers of an office can be
allowed, names with a title that no file knows, and words of a trust's name that mean something else; never a name that
is known, a secret, a number of a person, or words that somebody said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.publish.gate.names import PARTS
from buddy_eval.read.table import read_table

FILE = "allowed.csv"
GAP = "\u25a1"
COUNT, TITLED = "a count of people", "what reads as a name"
COLUMNS = ("text", "reason", "by")
KINDS = frozenset({
    COUNT, TITLED, "a telephone number", "an e-mail address", "a postcode", "an address of a computer",
    "a file path", "a name of an account", "a link to a private place", "a street address",
    "a place on a map", "an age", "a number of a vehicle", "a number of an author", *PARTS,
})  # fmt: skip


def allowed(root: Path) -> dict[str, str]:
    """Return the reason of each text that was let pass in a study; none where there is no such file.

    Raises
    ------
    StudyError : a column is missing, or a text has no reason or nobody who answers for it.
    """
    path = root / FILE
    if not path.is_file():
        return {}
    frame = read_table(path, FILE)
    if lacking := [name for name in COLUMNS if name not in frame]:
        raise StudyError([Fault(FILE, 1, f"has no column {', '.join(lacking)}", f"give {', '.join(COLUMNS)}")])
    empty = frame[list(COLUMNS)].isna().any(axis=1)
    if empty.any():
        remedy = "say what is let pass, why, and who answers for it"
        raise StudyError([Fault(FILE, int(row), "has an empty cell", remedy) for row in frame.index[empty]])
    return dict(zip(frame["text"].map(_plain), frame["reason"], strict=True))


def without(text: str, texts: Iterable[str]) -> str:
    """Return a text without what was let pass there, for the search of what may be let pass (`KINDS`).

    Capitals and ends of lines are nothing to it, as they are to the gate; a part of a word or number is none of it.

    >>> without("Grade 6  nurses, grade 6 nurses and 3 nurses; 16 nurses", ["Grade 6 nurses", "6 nurses"])
    '□, □ and 3 nurses; 16 nurses'
    """
    plain = unicodedata.normalize("NFKC", str(text))
    for one in sorted(texts, key=len, reverse=True):
        plain = _as_written(one).sub(GAP, plain)
    return plain


def stands_in(text: str, one: str) -> bool:
    """Tell whether what was let pass stands in a text, by the rule of `without`."""
    return _as_written(one).search(unicodedata.normalize("NFKC", text)) is not None


def _as_written(one: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, one.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(text)).split())
