"""Counts of few people in a sentence, by its grammar: who is counted, out of how many, and what only looks so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from buddy_eval.publish.gate.alone import MODAL, ONE, alone
from buddy_eval.publish.gate.form import Form
from buddy_eval.publish.gate.keyed import keyed
from buddy_eval.publish.gate.nouns import (
    ACTS,
    ADJECTIVES,
    CASE,
    DID,
    ENDS,
    ENTRY,
    FREE,
    HEAD,
    HIDDEN,
    LABEL,
    LOWER,
    NO_ADJECTIVE,
    NORM,
    ONE_PERSON,
    PAST,
    PERSON,
    THING,
    THINGS,
    labelled,
    on_scale,
    things,
)
from buddy_eval.publish.gate.numbers import FEW, NUMBER, ROMAN, TENS, WORDS, number
from buddy_eval.publish.gate.shares import shares
from buddy_eval.publish.gate.sizes import sizes

ACTED = Form(
    rf"{FREE}(?P<n>{NUMBER}) (?:of (?:them|us|those|whom)\b|(?:others? |more )?{DID}\b|(?:were|are)"
    rf" {ADJECTIVES}{PERSON}\b"
    rf"|(?:(?:was|were|came) (?:\w+ )?)?(?:by|from) {ADJECTIVES}{PERSON}\b"
    rf"|(?P<they>had been \w+ed\b|(?:were|had|{ACTS})\b(?! (?!(?:not|the|its|their|no)\b){NO_ADJECTIVE})))",
    at_number=True,
)
# What makes a number alone one of people: they are the last of whom the sentence spoke.
NAMED = Form(
    rf"\b{PERSON}\b(?:(?! \w{{3,}}[^su]s\b)[^.|])*(?:[,;]|\b(?:and|but|while|whereas))(?: only| just| the| other)*$"
)
# What a rota says, or a rule: two registrars cover each night.
SIGN = r"(?:,[^.;|,]{,60},)? (?:(?:counter|co-)?sign|(?:approve|authorise|ratify)(?! of\b))\b"
DUTY = rf"(?: (?!{PAST}\b)\w+ (?:each|every) (?!other\b)| (?:must|should|shall|ought to|need to|have to)\b|{SIGN})"
SAID = r"(?:views?|opinions?|accounts?|experiences?|stories|words|replies)"  # of so many people
COUNTED = Form(
    rf"{FREE}(?:(?P<low>\d{{1,3}})[-\u2013])?(?P<n>{NUMBER})(?: {ADJECTIVES}{PERSON}|\s?[x\u00d7] {ADJECTIVES}"
    rf"(?:{PERSON}|{ONE_PERSON}))\b(?!['’](?! {SAID}\b)|{DUTY}| {HEAD}\b| (?:in|out of) (?:ten|five|four|three|10"
    rf"|100)\b)",
    at_number=True,
)
WHO = Form(rf"{FREE}(?P<n>{NUMBER}) (?:(?!{THING}\b){NO_ADJECTIVE}\w+ )?who(?:se|m)?\b", "who", at_number=True)
SIZE = Form(
    rf"(?<![\w.,/-])(?P<n>{NUMBER})-(?:{ONE_PERSON}|strong|people)\b(?! (?:rule|scale))(?![^.;]*\b{MODAL}\b)",
    at_number=True,
)
LISTED = Form(
    rf"\b{PERSON} (?P<n>\d+)(?=[,;] {PERSON} \d)|(?<=\d[,;] ){PERSON} (?P<m>\d+)\b(?![.,]\d|\s?%)",
    r"\d[,;] [\w-]*[^\W\d](?: of \w+)? \d",
)
WHOM = Form(rf"\bof whom,? (?P<n>{NUMBER})\b")
OF = Form(
    rf"(?<![\w.,:/-])(?P<n>{NUMBER})(?: \(?(?:out )?of (?:the |all |our )?| in | from | per |\s?/\s?)"
    rf"(?P<all>{NUMBER})\b"
    r"(?![.,]?\d|%|-\w)",
    at_number=True,
)
NAMED_BEFORE = Form(rf"\b(?:{PERSON})\b[^.;|]*(?<![\w-])(?!(?=\w+s\b){THING}\b)[\w-]+[\s:,(\[]*$")
BRACKET = Form(
    rf"(?<![\w.,/])(?P<n>\d+|{'|'.join(WORDS)}) [(\[]\d{{1,3}}(?:\.\d+)?\s?%[)\]]|\d\s?% [(\[](?P<m>\d+)(?:[)\]]|/)",
    r" [(\[]\d{1,3}(?:\.\d+)?\s?%|\d\s?% [(\[]\d",
)
SAMPLE = Form(rf"\bn\s?(?:(?:=|:|of)?\s?(?P<n>\d+)|[=:]\s?(?P<m>{'|'.join(WORDS)}))\b(?![.,]\d)")
AFTER = Form(
    rf"(?:{ENTRY}|\bnumber of {ADJECTIVES}{PERSON}[^|.;:\d]{{0,40}}|"
    rf"\b(?:{PERSON}(?: (?:who|with|without|whose|{PAST}|\w+ing)\b[^|.;:,\d]{{0,40}}(?= \|))?"
    rf"|(?=\w++(?: of \w+)?(?:,? \(?\w+\)? \||\s?[:=,(\[|\u2013\u2014\u00d7\u2026]| [-x] )){ONE_PERSON})(?:,?"
    rf" \(?\w+\)?(?= \|))?)"
    rf"(?:\s?[:=] ?| [(\[](?P<sample>n ?= ?)?| \| (?:\d\d+(?:\.\d+)?%? \| )*|(?:,|\s?[\u2013\u2014\u00d7\u2026]| -"
    rf"| x) ?(?=\d+(?:[;.]?$|;)))(?P<n>\d+)(?=[)\]]|\b)"
    rf"(?!\)?\s?%|[.,/]\d|\)? {LABEL})",
    r"[:=(\[|,\u2013\u2014\u00d7\u2026x-] ?(?:n ?= ?)?\d",
)
BESIDE = Form(
    rf"(?:{ENTRY}: |\b{PERSON}(?:: | \(|, | [-\u2013\u2014|] ))(?:(?:perhaps|maybe|about|some|only|just) )?"
    rf"(?P<n>a couple|{'|'.join(WORDS)}|(?-i:{'|'.join(ROMAN).upper()}))(?: or so| in (?:all|total))?(?=[,;.)]|$| \|)",
    r"(?:: | \(|, | [-\u2013\u2014|] )(?:(?:perhaps|maybe|about|some|only|just) )?"
    rf"(?:a couple|{'|'.join((*WORDS, *ROMAN))})(?: or so| in (?:all|total))?(?:[,;.)]|$| \|)",
)
UPPER = Form(r"\b(?:fewer than|less than|under|below|at most|up to|no more than|counts of \d+ to)$")
CHOSEN = Form(rf"\b(?:{MODAL}|to|named?|lists?|listed|choose|chose|nominated?) (?:\w+ )?up to$")
BETWEEN = Form(rf"\b(?P<n>{NUMBER})(?: (?P<to>to|and)|-)$")
FROM = Form(rf"\bfrom {NUMBER} to$")
TAKES = Form(r"\b(?:takes?|took|needs?|needed|requires?|required)$")
APART = Form(rf"\b(?:both|all) (?:of them )?{THING}\b")
TEAM = r"(?:research|evaluation|study|project|advisory|steering) (?:team|group|panel|committee)"
OWN = Form(rf"\b{TEAM} (?:had|has|comprised|included|of|with)\b[^.;|]{{0,40}}$|\w+ (?:\w+ )?of the {TEAM}\b")
SCORED = Form(r"\b(?:rated|scored|ranked|graded)\b[^.;|]*$")
RATED = Form(rf"\b{NUMBER} (?:\w+ )?in$|\bevery {NUMBER} (?:\w+,? ?){{1,4}}$")
COUNTABLE, OF_THINGS = (
    Form(THINGS),
    Form(rf"(?<![\w-])(?=\w+s\b){THING}\b|\b{NUMBER} [\w-]*?{THING}-"),
)
PEOPLE, DONE = Form(rf" {ADJECTIVES}{PERSON}\b(?!['’]| {HEAD}\b)"), Form(rf" {DID}\b")
COLON = Form(rf"\b{PERSON}(?:: ?| \()$")
ENDED = Form(rf"\s*(?:[^\w\s]|$|{ENDS})")  # where nothing is named that is counted
RATE, MOST_ROUND = 10, {20, 50, 100, 1000}  # "1 in 4" and "4 of 5" are shares; a base above ten is one of people
RATES = {2, 3, 4, 5, RATE}  # a share of six to nine is of so many people, but for one in so many
BOUND = Form(r"\b(?:min|max)\w* (?:\w+ )?$")
MEASURED = Form(rf"{THINGS}|\b(?:medians?|means?|averages?|scores?|quartiles?|ranks?)(?= \|)")


ANY = Form(
    rf"\d|\b(?:{'|'.join((*WORDS, *TENS, *FEW))}|half|second|third|fourth|fifth|sixth|seventh)\b|\b(?-i:[IVX]{{2,4}})\b"
)


@lru_cache(maxsize=20_000)  # a text stands in the page, in Word and in the PDF, and often in the page of other readers
def few(text: str, least: int) -> tuple[re.Match[str], ...]:
    """Return every count of people from 1 to `least` - 1 in a text; a cell alone is judged by its column.

    >>> [m.group() for m in few("Three nurses of Band 6; 3 out of 25 agreed; Wave 2 respondents; 1 in 4 people", 8)]
    ['3 out of 25', 'Three nurses']
    """
    return tuple(_few(text, least)) if least else ()


def _few(text: str, least: int) -> Iterator[re.Match[str]]:
    told = set[int]()
    numbers = ANY.search(text) is not None  # most texts have none: there is little to search
    for form, small in FORMS.items():
        for match in form.finditer(text) if numbers else ():
            whole = form in {OF, BRACKET} and match.group() == text.strip()
            if not whole and match.start() not in told and small(match, least):
                told.add(match.start())
                yield match
    yield from (
        match
        for forms in ((alone, shares, sizes, keyed) if numbers else (alone,))
        for match in forms(text, least)
        if match.start() not in told
    )


def _counted(match: re.Match[str], least: int) -> bool:
    before, n = match.string[: match.start()].rstrip(), number(match["n"])
    if not 0 < n < least or LOWER.search(before) or NORM.search(before) or labelled(match) or RATED.search(before):
        return False
    if TAKES.search(before):
        return False  # it takes two people to hold a conversation
    if match.group()[:3].lower() == "one" and not ONE.search(before) and " of the " not in match.group():
        return False  # that one person said something, every quote tells
    if CASE.search(before) and HIDDEN.search(match.string):
        return False  # how counts are withheld
    if OWN.search(before) or OWN.match(match.string, match.start()) or CHOSEN.search(before):
        return False  # the team and its advisers, and what people could choose
    between = BETWEEN.search(before)
    if low := match.groupdict().get("low"):
        return int(low) < n and not (HIDDEN.search(match.string) or n + 1 == least)
    if between and number(between["n"]) > n and between["to"] != "and" and not FROM.search(before):
        return False  # 9 to 5 staff
    if between or UPPER.search(before):
        return not (HIDDEN.search(match.string) or n == least)
    return not OF_THINGS.search(match.group())


def _of(match: re.Match[str], least: int) -> bool:
    n, base, rest = number(match["n"]), number(match["all"]), match.string[match.end() :]
    if not (0 < n < least or 0 < base - n < least):
        return False
    in_brackets = match.string[: match.start()].endswith("(") and rest.startswith(")")
    named = COLON.search(match.string[: match.start()]) and ENDED.match(rest)
    people, did = named or PEOPLE.match(rest), DONE.match(rest)
    figures = in_brackets or did if " of " in match.group() else "/" in match.group() and people
    left = 0 < base - n < least and (people or did) and (base > RATE or n == 0)
    all_of_them = n == base and figures  # "5/5 podiatrists agreed"
    if not (0 < n < least or left) or (base <= n and not all_of_them) or labelled(match) or things(rest):
        return False
    loose = {" in ", " from ", " per "} & {between.group() for between in re.finditer(r" \w+ ", match.group())}
    rate = base in RATES or (base <= RATE and (not people or (n == 1 and " in " in loose)))
    share = (rate and not figures) or (n == 1 and base in MOST_ROUND) or (loose and (n == 1 or not people))
    about_things = COUNTABLE.search(match.string, 0, match.start()) or not ENDED.match(rest)
    return bool(not share and (people or not about_things)) and not re.match(r"/\d", rest)


def _acted(match: re.Match[str], least: int) -> bool:
    """A number that does what people do (answer, agree), or some of them, where no things are spoken of."""
    before = match.string[: match.start()].rstrip()
    few_people = 0 < number(match["n"]) < least and (match["n"].lower() != "one" or ONE.search(before) is not None)
    named = not match["they"] or NAMED.search(before)
    of_things = COUNTABLE.search(before) or APART.search(match.string, match.end()) or on_scale(match)
    no_count = of_things or any(form.search(before) for form in (SCORED, LOWER, RATED)) or labelled(match)
    return bool(few_people and named and not no_count)


def _bare(match: re.Match[str], least: int) -> bool:
    """A count beside a bracket, an n or a noun: of people, unless the text around says that things are counted."""
    told = match.groupdict()
    n = number(told["n"] or told["m"])
    if not 0 < n < least or told.get("sample"):
        return 0 < n < least
    if match.re is SAMPLE.compiled and NAMED_BEFORE.search(match.string[: match.start()]):
        return not things(match.string[match.end() :])
    if BOUND.search(match.string, 0, match.start()):
        return False  # max people = 5
    near = match.string[max(match.start() - 40, 0) : match.end() + 25]
    return not MEASURED.search(near)


FORMS = {
    OF: _of,
    COUNTED: _counted,
    ACTED: _acted,
    BRACKET: _bare,
    SAMPLE: _bare,
    AFTER: _bare,
    BESIDE: _counted,
    WHOM: _counted,
    SIZE: _counted,
    LISTED: _bare,
    WHO: _counted,
}
