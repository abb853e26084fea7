"""Names that no file of a study knows, told by the title before them: "Dr Owen Parry", "Sister Okafor"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.names import words_of_reports
from buddy_eval.publish.gate.nouns import HEAD, LABEL, THING

UPPER = "".join(letter for letter in map(chr, range(0x41, 0x530)) if letter.isupper())
TITLE = r"(?:Drs?|Mrs?|Ms|Miss|Mx|Prof(?:essor)?|Sir|Dame|Lord|Lady|Baroness|Rev(?:erend)?|Cllr|Councillor)\b\.?"
ROLE = r"(?:Sister|Matron|Nurse|Midwife)"
OF = r"(?:(?:d[aeiou]s?|v[ao]n|der|den|al|el|bin|ibn|la|le)[ -]){0,2}"
TITLED = re.compile(
    rf"\b(?:{TITLE}|(?P<role>{ROLE})) (?:{TITLE} )?(?:[{UPPER}]\.? ?){{0,3}}{OF}(?P<name>[{UPPER}][\w'\u2019-]*)"
    rf"(?: {OF}[{UPPER}][\w'\u2019-]+)*(?=(?P<row>\s?[\d|])?)"
)
# What stands behind a post and is no name: "Nurse Director", "Sister Trusts", "Matron Rounds".
POST = (
    rf"director|manager|lead|led|practitioner|specialist|associate|educator|consultant|executive|{THING}|{LABEL}|{HEAD}"
)


def titled(text: str, words: frozenset[str] = frozenset()) -> Iterator[re.Match[str]]:
    """Yield every title with a name behind it; behind a post no row of a table, and none of `words`.

    >>> [match.group() for match in titled("Dr Owen Parry and Sister Okafor; Sister Trusts and Matron of Ward 7")]
    ['Dr Owen Parry', 'Sister Okafor']
    """
    for match in TITLED.finditer(text):
        name = match["name"].casefold()
        plain = match["row"] or name in words | words_of_reports() or re.fullmatch(POST, name, re.IGNORECASE)
        if not (match["role"] and plain):
            yield match
