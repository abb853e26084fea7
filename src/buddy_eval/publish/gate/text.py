"""Rules for any text that leaves the building, wherever it stands: page, metadata, alt text, file name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.base.errors import Fault
from buddy_eval.publish.gate.rules import Known, plain

PATTERNS = {
    "an e-mail address": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "a file path": (
        r"(?<![\w/.:])(?:~|/(?:home|Users|root|tmp|var|mnt|media|opt|srv|private|work|workspace|data|etc|usr))/[\w.-]+"
        r"|\b[A-Za-z]:\\+\w|\\\\\w+\\+\w|\bfile:/"
    ),
    "a postcode": (
        r"\b(?-i:GIR ?0AA|[A-PR-UWYZ](?:\d[\dA-HJKPSTUW]?|[A-HK-Y]\d[\dABEHMNPRV-Y]?) ?\d[ABD-HJLNP-UW-Z]{2})\b"
        r"|\b[a-pr-uwyz][a-hk-y]?\d{1,2}[a-z]? \d(?!st\b|nd\b|rd\b|th\b)[abd-hjlnp-uw-z]{2}\b"
    ),
    "a secret": (
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}"
        r"|\bxox[abprs]-[\w-]{10,}|\bsk-[\w-]{20,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.|\bBearer [\w.-]{16,}"
        r"|(?:password|passwd|pwd|secret|api[_-]?key|token)\s*[=:]\s*['\"]?[^\s'\"]{6,}"
    ),
    "a telephone number": r"(?<![\w.])(?:\+44|0044|\(?0)\s?\(?\d{2,5}\)?[\s-]?\d{3,4}[\s-]?\d{3,4}(?!\w|\.\d)",
    "a National Insurance number": r"\b(?-i:[A-CEGHJ-PR-TW-Z]{2}) ?\d{2} ?\d{2} ?\d{2} ?(?-i:[A-D])\b",
    "an address of a computer": r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)",
    "a traceback": r"Traceback \(most recent call last\)|\bipykernel_\d+",
}
COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in PATTERNS.items()}
NHS_NUMBER = re.compile(r"(?<!\w)(?<!\d[.,])\d{3}[ -]?\d{3}[ -]?\d{4}(?!\w|[.,]\d)")
FEW = re.compile(
    r"\bn\s*=\s*(\d+)\b|(?<![\d.,])(\d+) (?:of (?:the )?\d+ )?(?:\w+ )?"
    r"(?:people|persons?|participants?|respondents?|interviewees?|nurses?|doctors?|consultants?|midwives|managers?"
    r"|directors?|patients?|staff|members of staff|enablers?|barriers?)\b",
    re.IGNORECASE,
)
REMEDY = {
    "a file path": "take it out; print no paths",
    "a secret": "take it out, and change the secret: it has been seen",
    "a traceback": "mend the cell that fails",
}
UNQUOTE = "quote what has consent and approval, with tables.quotes; else put it in your own words"


def text_faults(text: str, file: str, where: str, known: Known, page: frozenset[str] = frozenset()) -> Iterator[Fault]:
    """Yield a fault for everything in a text that may not be published; values are shown by their ends only.

    >>> [str(fault) for fault in text_faults("ask a.b@nhs.net", "r.html", "footer", Known("internal"))]
    ["r.html: footer: an e-mail address ('a…t'); take it out"]
    """
    text = plain(text)
    if not text.strip():
        return
    for kind, pattern in COMPILED.items():
        for match in pattern.finditer(text):
            yield _fault(file, where, kind, match.group(), REMEDY.get(kind, "take it out"))
    for match in NHS_NUMBER.finditer(text):
        if valid_nhs_number(match.group()):
            yield _fault(file, where, "a valid NHS number", match.group(), "take it out")
    for kind, words in known.named(text, page):
        yield _fault(file, where, kind, words, "take it out, or say it without the name")
    if known.outside:
        yield from _few(text, file, where, known)


def unapproved_faults(text: str, file: str, known: Known) -> Iterator[Fault]:
    """Yield a fault for every run of words that somebody said and nobody approved for these readers."""
    for start in known.unapproved(text):
        problem = f"words that somebody said, from {start.split()[0]!r} on, are not approved for these readers"
        yield Fault(file, 0, problem, UNQUOTE)


def valid_nhs_number(text: str) -> bool:
    """Tell whether ten figures have the check digit of an NHS number (modulus 11).

    Source: NHS Data Dictionary, NHS number.

    >>> valid_nhs_number("943 476 5919"), valid_nhs_number("943 476 5918")
    (True, False)
    """
    figures = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(f * weight for f, weight in zip(figures, range(10, 1, -1), strict=False)) % 11
    return len(figures) == 10 and len(set(figures)) > 1 and check % 11 == figures[9] and check != 10


def masked(value: str) -> str:
    """Show a value by its first and last character, so that a refusal does not tell it again."""
    short = " ".join(value.split())
    return repr(f"{short[:1]}…{short[-1:]}")


def _few(text: str, file: str, where: str, known: Known) -> Iterator[Fault]:
    for match in FEW.finditer(text):
        if 0 < int(match.group(1) or match.group(2)) < known.suppress_below:
            problem = f"{where}: a count of people below {known.suppress_below}"
            yield Fault(file, 0, problem, "withhold it, or say it without a number")


def _fault(file: str, where: str, kind: str, value: str, remedy: str) -> Fault:
    return Fault(file, 0, f"{where}: {kind} ({masked(value)})", remedy)
