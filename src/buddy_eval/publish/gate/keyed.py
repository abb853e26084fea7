"""Counts of few people beside the names of variables and the keys of data: n_nurses = 3, {"role": "nurse", "n": 3}."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.form import Form
from buddy_eval.publish.gate.nouns import ADJECTIVES, ONE_PERSON, PAST, PERSON, small

N = r"(?P<n>\d+)\b(?!\s?%|[.,:/-]\d)"
COUNTING = r"(?:n|nr|num|counts?|number|total|freq\w*|value|size|people)"
MEASURE = (
    r"(?:scores?|means?|rates?|levels?|grades?|bands?|medians?|ratings?|waves?|ranks?|share|percent|pct|width|size|seed"
    r"|min\w*|max\w*|threshold|least|limit|colou?rs?|ids?|version|column|index|years?|age|days?|hours?)\b"
)
BOUND = Form(r"\b(?:min\w*|max\w*|least|per|limit|top|every|each|seed) (?:\w+ )?$")
FORMS = tuple(
    Form(form)
    for form in (
        rf"\b(?:n|nr|no|num|number|count|total|sum)(?: of)? {ADJECTIVES}{PERSON}(?: (?!per\b|{MEASURE})\w+){{0,3}}"
        rf"\s?[:=] ?{N}",
        rf"\b{PERSON}(?: (?!per\b|{MEASURE})\w+){{1,3}}\s?= ?{N}",
        rf"\b{PERSON} (?:{PAST}|remaining|absent|present)(?: \w+)?: ?{N}(?=\s*(?:$|[,;.|)\]}}\"']))",
        rf"\b{ONE_PERSON} (?:n|counts?|totals?|numbers?|head ?count)\s?[:=] ?{N}",
        rf"\b(?:{PERSON}|{ONE_PERSON})[,;|] ?{COUNTING}[\])]*\s?[:=] ?{N}",
        rf"\b{COUNTING}\s?[:=] ?{N}[,;|] ?(?:role|post|job|group|profession|name|label|who)s?\s?[:=] ?{ADJECTIVES}"
        rf"(?:{PERSON}|{ONE_PERSON})\b",
    )
)
NEAR = 60  # characters before a value, and behind it, that say what it counts
VALUE = re.compile(r"(?:=|[^\W\d][)\]]?\s?:) ?\d{1,2}\b(?!\s?%|[.,:/-]\d)")


def keyed(text: str, least: int) -> Iterator[re.Match[str]]:
    """Yield what a key, or a variable, counts of few people, in a text whose marks of code are undone.

    >>> [m.group() for m in keyed("n nurses left = 3; max nurses = 4; {role: nurse, n: 2}", 8)]
    ['n nurses left = 3', 'nurse, n: 2']
    """
    told = set[int]()
    for value in VALUE.finditer(text):  # a form is sought around a value alone: most texts are long
        start = max(value.start() - NEAR, 0)
        start = text.find(" ", start, value.start()) + 1 if start else 0
        for match in filter(None, (form.search(text, start, value.end() + NEAR) for form in FORMS)):
            if match.end() not in told and small(match, least) and not BOUND.search(text, 0, match.start()):
                told.add(match.end())
                yield match
