"""Sizes of small groups told otherwise than by counting people: a team of four, what a number fell to, who voted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.form import FLAGS, Form
from buddy_eval.publish.gate.nouns import ADJECTIVES, DID, ENDS, GROUP, ONE_PERSON, PAST, PERSON, THING, small, things
from buddy_eval.publish.gate.numbers import NUMBER, number

N = rf"(?P<n>{NUMBER})\b"
END = rf"(?=[.,;:!?)|]|$| {ENDS})"
BARE = (
    rf"(?!\s?%| ?[-/:] ?\d|[.,]\d| (?:per ?cent|points?|percentage|hours?|minutes?|times?|wte|fte|[ap]\.?m|{THING})\b)"
)
OURS = r"(?<!evaluation )(?<!research )(?<!study )(?<!project )(?<!advisory )(?<!steering )(?<!reference )"
CHANGED = (
    r"(?:fell|rose|grew|dropped|shrank|went|declined|decreased|increased|halved|doubled|(?:has|have|had) (?:\w+en"
    r"|grown)"
    r"|(?:was|were) (?:cut|reduced)|down|up|reduced|cut)"
)
WHERE = r"(?: numbers| (?:in|on|at|of|who) \w+(?: \w+)?| interviewed| employed)?"
FORMS = (
    rf"\b{OURS}(?:team|crew|panel|staff|workforce|complement|roster|squad|cohort|group|party) of (?:only "
    rf"|just )?{N}{END}",
    rf"\b(?:head ?count|sample(?: size)?|base(?: size)?)(?: (?:of|is|was|fell to|stood at))?\s?[:=]? ?{N}{BARE}",
    rf"\b{PERSON},? {N} in (?:all|total|number)\b",
    rf"\b{PERSON} (?:numbered|totalled|(?:were|are) (?={NUMBER} in number)) ?{N}",
    rf"\b(?:was|were|is|are|only|just|team|group|crew) {N} strong\b",
    rf"\b(?:number|numbers|total|count) of {ADJECTIVES}{PERSON}{WHERE} (?:was|is|were|stood at|came to"
    rf"|reached) {N}{BARE}",
    rf"(?:(?:^|(?<=[.;:|] ))(?:the |our )?{ADJECTIVES}|\b(?:numbers?|count|group|team|pool) of {ADJECTIVES}"
    rf"|\b(?={PERSON} numbers))"
    rf"{PERSON}{WHERE}[:,]? {CHANGED}(?: (?:sharply|steadily|again))?(?: from (?P<was>{NUMBER}))? (?:to|by"
    rf"|from) {N}{BARE}",
    rf"\b(?:(?:the|our) (?:\w+ )?(?:team|workforce|department|panel|cohort|sample)|head ?count)"
    rf" {CHANGED}(?: from (?P<was>{NUMBER}))? (?:to"
    rf"|by) {N}{BARE}",
    rf"\b(?:vote[sd]?|ballot)\b[^.;|\d]{{0,30}}? {N}(?: votes?)? ?(?:to|against|[-–:]) ?{NUMBER}\b",
    rf"(?<![\w.,:/-]){N} (?:votes? (?:to|against|for|in favour)|abstentions?|abstained)\b",
    rf"(?<![\w.,:/-]){N} (?:(?:in|from|on|at) (?:the |our |their )?(?:\w+ ){{1,3}}?|of (?:the|our) (?:\w+ ){{0,2}}"
    rf"(?:team|department|unit|crew) )"
    r"(?:resigned|retired|declined|refused|disagreed|complained|cried|withdrew|volunteered|objected|replied|responded"
    r"|said)\b",
    rf"(?<![\w.,:/-]){N} (?:\w+ )?(?:responses|replies|forms|questionnaires|returns|comments)\b[^;|]{{0,25}} (?:from"
    rf"|by|of) {ADJECTIVES}{PERSON}\b",
    rf"\b(?:attendees|attendance)\s?[:=] ?{N}{BARE}|\battended by (?P<m>{NUMBER})(?=[.,;]|$)",
    rf"\b{GROUP}(?: \||:)? {N}(?=[,;.)|]|$| \|){BARE}",
    rf"(?<![\w.,:/-]){N} (?:fe)?male\b(?! \w+s\b)|(?<![\w.,:/-])(?P<m>{NUMBER}) aged (?:under|over|\d\d)",
    rf"\byes:? \(?(?P<m>{NUMBER})\)?[,;] no:? \(?{N}{BARE}",
    rf"\b(?:few|several|some|number of) ?\({N}\) {ADJECTIVES}{PERSON}\b|\bn ?\({ADJECTIVES}{PERSON}\)\s?[:=] ?"
    rf"(?P<m>{NUMBER})\b",
    rf"\b(?=[\w-]+ (?:of \w+ )?numbers ){ONE_PERSON} numbers {CHANGED}(?: from (?P<was>{NUMBER}))?"
    rf" (?:to|by|from) {N}{BARE}",
    rf"\b(?:how many|(?:did|have|were) any) (?:of (?:the|our|them) )?(?:{ADJECTIVES}{PERSON}\b[^.?|;]{{0,60}}|{DID})"
    rf"\?[\"'\u2019\u201d]?"
    rf"(?: (?:just|only|about|answer:|a:|-))* {N}(?=[.,;!)](?!\d)|$| (?:did|were|of them)\b)",
    rf"\b(?:number|no\.?|total) of {ADJECTIVES}{PERSON}[^.?|;]{{0,40}}\? {N}(?=[.,;!)](?!\d)|$)",
    rf"(?<![\w.,:/-]){N} {ADJECTIVES}{PERSON},? \(?(?:up from|down from|previously|formerly|was|were|before:?|against)"
    rf" (?P<was>{NUMBER}){BARE}",
    rf"\b(?:the|an?|his|her|our) (?P<n>second|third|fourth|fifth|sixth|seventh|2nd|3rd|[4-7]th)"
    rf" {ADJECTIVES}{ONE_PERSON}"
    rf" (?:to \w+|who {PAST})\b",
)
NEEDS = {  # a part of a form, and what it needs
    CHANGED: rf"\b{CHANGED} (?:(?:sharply|steadily|again) )?(?:to|by|from) {NUMBER}",
    " in (?:all|": r" in (?:all|total|number)\b",
    "numbered|totalled": r"numbered|totalled|in number",
    "up from|": rf"(?:up from|down from|previously|formerly|was|were|before:?|against) {NUMBER}",
    "numbers|total|count) of": "(?:numbers?|total|count) of",
    "few|several": r"(?:few|several|some|number of) ?\(|\bn ?\(",
    r"\?": rf"\?[\"'\u2019\u201d]?(?: (?:just|only|about|answer:|a:|-))* {NUMBER}",
    "responses|replies": r"(?:responses|replies|forms|questionnaires|returns|comments)\b[^;|]{0,25} (?:from|by|of) ",
    "|fourth|": r"\b(?:the|an?|his|her|our) (?:second|third|fourth|fifth|sixth|seventh|2nd|3rd|[4-7]th) ",
    "team|crew": r"(?:team|crew|panel|staff|workforce|complement|roster|squad|cohort|group|party) of ",
    " strong": " strong",
}
PATTERNS = tuple(
    Form(form, next((hint for part, hint in NEEDS.items() if part in form), ""), at_number=form.startswith("(?<!["))
    for form in FORMS
)


def sizes(text: str, least: int) -> Iterator[re.Match[str]]:
    """Yield what tells the size of a group of few people, without a noun of people behind the number.

    >>> [m.group() for m in sizes("A team of four. Midwives fell from nine to five. The third nurse to resign.", 8)]
    ['team of four', 'Midwives fell from nine to five', 'The third nurse to resign']
    """
    for form in PATTERNS:
        yield from (match for match in form.finditer(text) if _small(match, least))


def _small(match: re.Match[str], least: int) -> bool:
    if match.re is PATTERNS[-1].compiled:
        return least > 2
    begins = match.string.rfind(". ", 0, match.start()) + 1
    if things(match.string[match.end() :]) or re.search(
        rf"\b(?=\w+s\b){THING}\b", match.string[begins : match.end()], FLAGS
    ):
        return False
    told = match.groupdict()
    moved = abs(number(told["n"]) - number(told["was"])) if told.get("was") else 0  # who came, or left
    return 0 < moved < least or any(small(match, least, group) for group in ("n", "m", "was") if told.get(group))
