"""Shares of few people: a percentage or a part whose base stands before it, behind it, or in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.form import Form
from buddy_eval.publish.gate.nouns import ADJECTIVES, DID, ENDS, HEAD, PAST, PERSON, things
from buddy_eval.publish.gate.numbers import FRACTIONS, NUMBER, WORDS, number

PERCENT = rf"(?:(?P<share>\d{{1,3}}(?:\.\d+)?|{NUMBER})\s?(?:%|per ?cent))"
SMALL = rf"(?:{'|'.join(WORDS)}|\d\d?)"
PART = rf"(?P<part>{'|'.join(FRACTIONS)}|{SMALL} in {SMALL})"
WHOLE = rf"(?P<all>{NUMBER}) {ADJECTIVES}{PERSON}\b(?!['’]| {HEAD}\b)"
SHARE = Form(
    rf"(?<![\w.,-])(?:(?P<base>{NUMBER}) {PERSON},? (?:and )?)?(?:{PERCENT}|{PART}) "
    rf"(?:\(?of (?:(?:the|our|their|all|these|those|only) ){{0,2}}|\(\s?(?:n\s?=\s?)?"
    rf"|(?<=half )(?:(?:the|our|their|all|these) )?)(?:(?P<all>{NUMBER})(?![.,]\d)|them|these|those|whom)\b",
    at_number=True,
)
# What stands behind the base of a share of people: the people, or nothing that could be counted instead.
FOLLOWS = Form(rf"\s*(?:$|[^\w\s]|{ENDS}|{ADJECTIVES}{PERSON}\b)")
# Those who are counted stand first: "of the 25 people who answered, 12%", "among ten pharmacists three said".
TOPIC = Form(
    rf"\b(?:of|among(?:st)?|base:) (?:the |our |all |these )?{WHOLE}"
    rf"\.?[^.;|]{{0,60}}?[ ,](?:{PERCENT}|{PART}\b|(?P<n>{NUMBER}) (?:is|are|have|has|would|could|{PAST})\b)",
    r"\b(?:of|among(?:st)?|base:) ",
)
FIRST = Form(
    rf"(?<![\w.,-])(?<!every )(?<!each )(?:{WHOLE}|(?P<asked>{NUMBER})(?= were (?:invited|asked|approached|surveyed"
    rf"|eligible)\b))[^.|]{{0,60}}?[ ,]"
    rf"(?:{PERCENT} (?:of (?:them|whom|these|those)\b|{DID}\b|(?:are|have|would|{PAST})\b)|(?P<n>{NUMBER}) (?:{DID}"
    rf"|{PAST}|of (?:them|these|those|whom))\b)",
    at_number=True,
)
LAST = Form(
    rf"(?<![\w.,-]){PERCENT}[^.;|%]{{0,60}}?(?:(?:out of|among|from|of) (?:the |our |all |only )?{WHOLE}"
    rf"|[(,;] ?(?:n\s?[:=]|base:?)\s?(?P<n>\d+)\b)",
    at_number=True,
)
BESIDE = Form(
    rf"\b{PERSON} \((?:n\s?=\s?)?(?P<all>\d+)\b[^)]{{0,30}}\)[^.;|]{{0,60}}?[ :]{PERCENT}",
    r"(?:[^\W\d]|\bof \w+) \((?:n\s?=\s?)?\d+\b[^)]{0,30}\)[^.;|]{0,60}?[ :][\da-z]",
)

PORTION = Form(rf"%|per ?cent|half|third|quarter|[fxnhe]th| in {SMALL}\b")


def shares(text: str, least: int) -> Iterator[re.Match[str]]:
    """Yield every share that is one of few people, or leaves few.

    >>> [m.group() for m in shares("30 registrars answered; 10% disagreed. 5% of 200 staff", 8)]
    ['30 registrars answered; 10% disagreed']
    """
    for form in (SHARE, TOPIC, FIRST, LAST, BESIDE) if PORTION.search(text) else (TOPIC, FIRST):
        yield from (match for match in form.finditer(text) if _few(match, form, least))


def _few(match: re.Match[str], form: Form, least: int) -> bool:
    told = match.groupdict()
    base = told.get("all") or told.get("base") or told.get("asked") or (told.get("n") if form is LAST else None)
    rest = match.string[match.end() :]
    if not base or things(rest) or (form is SHARE and not FOLLOWS.match(rest)):
        return False
    whole = number(base)
    counted = told.get("n") and form is not LAST
    n = number(told["n"] or "") if counted else round(_share(told) * whole)
    near = counted or form not in {FIRST, LAST, BESIDE} or abs(_share(told) * whole - n) <= max(0.06, whole / 200)
    few = 0 < n < least or 0 < whole - n < least <= n
    return bool(near) and few


def _share(told: dict[str, str | None]) -> float:
    part = (told.get("part") or "").lower()
    if part in FRACTIONS:
        return FRACTIONS[part]
    if part:
        n, _, base = part.split()
        return number(n) / max(number(base), 1)
    return number(told["share"] or "0") / 100
