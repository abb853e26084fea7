"""Counts of few people in a sentence, by its grammar: who is counted, out of how many, and what only looks so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from buddy_eval.publish.gate.nouns import (
    ACTS,
    ADJECTIVES,
    DID,
    ENTRY,
    FLAGS,
    FRACTIONS,
    HEAD,
    LABEL,
    NO_ADJECTIVE,
    NUMBER,
    ONE_PERSON,
    PAST,
    PERSON,
    THING,
    WORDS,
    labelled,
    number,
    on_scale,
    things,
)  # fmt: skip

FREE = r"(?<![\w.,:/£%-])(?<!hundred and )(?<!thousand and )"  # where a number begins
ACTED = re.compile(
    rf"{FREE}(?P<n>{NUMBER}) (?:of (?:them|us|those|whom)\b|{DID}\b"
    rf"|(?:(?:was|were|came) (?:\w+ )?)?(?:by|from) {ADJECTIVES}{PERSON}\b"
    rf"|(?P<they>(?:were|had|{ACTS})\b(?! (?!(?:not|the|its|their|no)\b){NO_ADJECTIVE})))",
    FLAGS,
)
# What makes a number alone one of people: they are the last of whom the sentence spoke.
NAMED = re.compile(
    rf"\b{PERSON}\b(?:(?! \w{{3,}}[^su]s\b)[^.|])*(?:[,;]|\b(?:and|but|while|whereas))(?: only| just| the| other)*$",
    FLAGS,
)
DUTY = rf"(?: (?!{PAST}\b)\w+ (?:each|every) (?!other\b))"  # what a rota says: two registrars cover each night
COUNTED = re.compile(rf"{FREE}(?P<n>{NUMBER}) {ADJECTIVES}{PERSON}\b(?!['’]|{DUTY}| {HEAD}\b)", FLAGS)
# One of a post: alone, left over, or with what that person did.
SINGLE = re.compile(
    rf"{FREE}(?P<n>one|1|another|a (?:single|second|third|fourth)) {ADJECTIVES}(?P<who>{ONE_PERSON})\b(?!['’-])"
    rf"(?:(?P<did>(?:,[^,.;]+,)? {PAST}\b)|(?=\s?[.,;:!?)]| (?:who|of|in|from|at|on|and|but|with)\b|$))",
    FLAGS,
)
ANYBODY = re.compile(r"participant|person|respondent|interviewee|individual|colleague|member", FLAGS)
MODAL = r"(?:can|cannot|could|should|would|may|might|must|needs?)"  # a rule of any group, no size of one
# Posts that each trust has once: "both chief executives" counts nobody.
ONCE = r"(?:chief|chairs|medical directors?|executive leads|leads)\b"
BOTH = re.compile(
    rf"\bboth (?!{ONCE}){ADJECTIVES}{PERSON}\b(?<!staff)(?<!people)(?!['’]| (?:and|or) | {HEAD}\b)", FLAGS
)
SIZE = re.compile(
    rf"(?<![\w.,/-])(?P<n>{NUMBER})-(?:person|strong|member|people|man|woman)\b(?![^.;]*\b{MODAL}\b)", FLAGS
)
LISTED = re.compile(
    rf"\b{PERSON} (?P<n>\d+)(?=[,;] {PERSON} \d)|(?<=\d[,;] ){PERSON} (?P<m>\d+)\b(?![.,]\d|\s?%)", FLAGS
)
LESS = re.compile(
    rf"\b(?:{PERSON}|every(?:one|body)|(?:every|each|no) {ADJECTIVES}{ONE_PERSON})\b(?:[^.;|]{{0,40}},)?"
    rf" (?:less|minus|but|bar|save|except|apart from)(?: for)? (?P<n>{NUMBER})\b(?! {LABEL}| (?:[\w-]+ )?{THING}\b)",
    FLAGS,
)
ONE = re.compile(
    r"\b(?:only|just|exactly|but|except|save|apart from|exception of|exclud\w+|bar|there (?:was|is))(?: a| the)?$",
    FLAGS,
)
ALONE = re.compile(
    rf"\b(?:(?:the|a|an|our) (?:only|sole|lone|solitary)|(?:the|our) single(?! \w+est\b| most\b)) {ADJECTIVES}"
    rf"{ONE_PERSON}(?<!s)(?<!staff)(?<!people)\b(?!['’-])|\bthe one {ADJECTIVES}{ONE_PERSON} (?:who|that) {PAST}\b",
    FLAGS,
)
WHOM = re.compile(rf"\bof whom,? (?P<n>{NUMBER})\b", FLAGS)
OF = re.compile(
    rf"(?<![\w.,:/-])(?P<n>{NUMBER})(?: \(?(?:out )?of (?:the |all |our )?| in | from |\s?/\s?)(?P<all>{NUMBER})\b"
    r"(?![.,]?\d|%|-\w)",
    FLAGS,
)
PERCENT = rf"(?:(?P<share>\d{{1,3}}(?:\.\d+)?|{NUMBER})\s?(?:%|per ?cent))"
PART = rf"(?P<part>{'|'.join(FRACTIONS)}|(?:one|1) in (?:{'|'.join(WORDS)}|\d{{1,2}}))"
SHARE = re.compile(
    rf"(?:(?P<base>{NUMBER}) {PERSON},? (?:and )?)?(?:{PERCENT}|{PART}) "
    rf"(?:\(?of (?:(?:the|our|their|all|these|those|only) ){{0,2}}|\(\s?(?:n\s?=\s?)?)"
    rf"(?:(?P<all>{NUMBER})|them|these|those|whom)\b",
    FLAGS,
)
# Those who are counted stand first: "of the 25 people who answered, 12%", "among ten pharmacists three said".
TOPIC = re.compile(
    rf"\b(?:of|among(?:st)?|base:) (?:the |our |all |these )?(?P<all>{NUMBER}) {ADJECTIVES}{PERSON}\b(?!['’]| {HEAD}\b)"
    rf"\.?[^.;|]{{0,60}}?[ ,](?:{PERCENT}|{PART}\b|(?P<n>{NUMBER}) (?:is|are|have|has|would|could|{PAST})\b)",
    FLAGS,
)
BRACKET = re.compile(r"(?<![\w.,/])(?P<n>\d+) [(\[]\d{1,3}(?:\.\d+)?\s?%[)\]]|\d\s?% [(\[](?P<m>\d+)(?:[)\]]|/)")
SAMPLE = re.compile(r"\bn\s?(?:=|:|of)?\s?(?P<n>\d+)\b(?![.,]\d)", FLAGS)
AFTER = re.compile(
    rf"(?:{ENTRY}|\bnumber of {ADJECTIVES}{PERSON}[^|.;:\d]{{0,40}}|\b(?:{PERSON}|{ONE_PERSON})(?: \(\w+\)(?= \|))?)"
    rf"(?:\s?[:=] ?| \((?P<sample>n ?= ?)?| \| (?:\d\d+ \| )*|, (?=\d+(?:[;.]?$|;)))(?P<n>\d+)(?=\)|\b)"
    rf"(?!\)?\s?%|[.,/]\d|\)? {LABEL})",
    FLAGS,
)
BESIDE = re.compile(
    rf"(?:{ENTRY}: |\b{PERSON}(?:: | \(|, ))(?:(?:perhaps|maybe|about|some|only|just) )?"
    rf"(?P<n>a couple|{'|'.join(WORDS)})(?: or so)?(?=[,;.)]|$)",
    FLAGS,
)
LOWER = re.compile(
    r"\b(?:at least|(?<!no )more than|over|above|minimum of|or more|no fewer than|every|each"
    r"|(?<!fewer )(?<!less )(?<!more )than)$",
    FLAGS,
)
UPPER = re.compile(r"\b(?:fewer than|less than|under|below|at most|up to|no more than|counts of \d+ to)$", FLAGS)
BETWEEN = re.compile(rf"\b(?P<n>{NUMBER})(?: (?P<to>to|and)|-)$", FLAGS)
TAKES = re.compile(r"\b(?:takes?|took|needs?|needed|requires?|required)$", FLAGS)
RATED = re.compile(rf"\b{NUMBER} in$", FLAGS)
HIDDEN = re.compile(
    r"not shown|not published|withh[eo]ld|hidden|suppress|rule|rounded|(?:is|are|be) (?:left out|joined)", FLAGS
)
CASE = re.compile(r"(?:^|[.;:] )(?:where|if|when|under the rule)\b[^.;]*$", FLAGS)
RATE, MOST_ROUND = 10, {20, 50, 100, 1000}  # "1 in 4" and "4 of 5" are shares; a base above ten is one of people
RATES = {2, 3, 4, 5, RATE}  # a share of six to nine is of so many people, but for one in so many
MEASURE = r"(?:medians?|means?|averages?|scores?|quartiles?|ranks?)"


@lru_cache(maxsize=20_000)  # a text stands in the page, in Word and in the PDF, and often in the page of other readers
def few(text: str, least: int) -> tuple[re.Match[str], ...]:
    """Return every count of people from 1 to `least` - 1 in a text; a cell alone is judged by its column.

    >>> [m.group() for m in few("Three nurses of Band 6; 3 out of 25 agreed; Wave 2 respondents; 1 in 4 people", 8)]
    ['3 out of 25', 'Three nurses']
    """
    return tuple(_few(text, least)) if least else ()


def _few(text: str, least: int) -> Iterator[re.Match[str]]:
    told = set[int]()
    for pattern, small in (
        (OF, _of),
        (SHARE, _share),
        (TOPIC, _topic),
        (COUNTED, _counted),
        (SINGLE, _single),
        (ACTED, _acted),
        (BRACKET, _bare),
        (SAMPLE, _bare),
        (AFTER, _bare),
        (BESIDE, _counted),
        (WHOM, _counted),
        (SIZE, _counted),
        (LISTED, _bare),
        (LESS, lambda match, least: 0 < number(match["n"]) < least),
        (BOTH, lambda match, least: least > 2),
        (ALONE, lambda match, least: True),
    ):
        for match in pattern.finditer(text):
            alone = pattern in {OF, BRACKET} and match.group() == text.strip()
            if not alone and match.start() not in told and small(match, least):
                told.add(match.start())
                yield match


def _counted(match: re.Match[str], least: int) -> bool:
    before, n = match.string[: match.start()].rstrip(), number(match["n"])
    if not 0 < n < least or LOWER.search(before) or labelled(match) or RATED.search(before):
        return False
    if TAKES.search(before):
        return False  # it takes two people to hold a conversation
    if match.group()[:3].lower() == "one" and not ONE.search(before) and " of the " not in match.group():
        return False  # that one person said something, every quote tells
    if CASE.search(before) and HIDDEN.search(match.string):
        return False  # how counts are withheld
    between = BETWEEN.search(before)
    if between and number(between["n"]) > n and between["to"] != "and":
        return False  # 9 to 5 staff
    if between or UPPER.search(before):
        return not (HIDDEN.search(match.string) or n == least)
    return not re.search(rf"\b(?=\w+s\b){THING}\b|\b{NUMBER} [\w-]*?{THING}-", match.group(), FLAGS)


def _single(match: re.Match[str], least: int) -> bool:
    """One person alone, or one of a post with what that person did: that somebody said something, every quote tells."""
    before = match.string[: match.start()].rstrip()
    did = match["did"] and not ANYBODY.match(match["who"]) and not LOWER.search(before)
    return bool(did or match["n"].lower() == "a single" or ONE.search(before))


def _of(match: re.Match[str], least: int) -> bool:
    n, base, rest = number(match["n"]), number(match["all"]), match.string[match.end() :]
    in_brackets = match.string[: match.start()].endswith("(") and rest.startswith(")")
    figures = " of " in match.group() and (in_brackets or re.match(rf" {DID}\b", rest, FLAGS))
    left = 0 < base - n < least and re.match(rf" {ADJECTIVES}{PERSON}\b| {DID}\b", rest, FLAGS) and base > RATE
    if not (0 < n < least or left) or base <= n or labelled(match) or things(rest):
        return False
    people = re.match(rf" {ADJECTIVES}{PERSON}\b", rest, FLAGS)
    loose = {" in ", " from "} & {between.group() for between in re.finditer(r" \w+ ", match.group())}
    rate = base in RATES or (base <= RATE and (not people or (n == 1 and " in " in loose)))
    share = (rate and not figures) or (n == 1 and base in MOST_ROUND) or (loose and (n == 1 or not people))
    about_things = re.search(rf"\b{THING}\b", match.string[: match.start()], FLAGS)
    return bool(not share and (people or not about_things)) and not re.match(r"/\d", rest)


def _share(match: re.Match[str], least: int) -> bool:
    told = match.groupdict()
    base = told["all"] or told.get("base")
    part = told["part"] and told["part"].lower()
    one_in = number(part.split()[-1]) if part and part not in FRACTIONS else 0
    percent = told["share"] or "0"
    share = FRACTIONS.get(part, 0) or (1 / one_in if one_in else number(percent) / 100)
    whole = number(base) if base else 0
    n = round(share * whole)
    return (0 < n < least or 0 < whole - n < least <= n) and not things(match.string[match.end() :])


def _topic(match: re.Match[str], least: int) -> bool:
    n, base = number(match["n"] or "0"), number(match["all"])
    return 0 < n < least or 0 < base - n < least if match["n"] else _share(match, least)


def _acted(match: re.Match[str], least: int) -> bool:
    """A number that does what people do (answer, agree), or some of them, where no things are spoken of."""
    before = match.string[: match.start()].rstrip()
    few_people = 0 < number(match["n"]) < least and (match["n"].lower() != "one" or ONE.search(before) is not None)
    named = not match["they"] or NAMED.search(before)
    of_things = re.search(rf"\b{THING}\b", match.string, FLAGS) or on_scale(match)
    no_count = of_things or LOWER.search(before) or RATED.search(before) or labelled(match)
    return bool(few_people and named and not no_count)


def _bare(match: re.Match[str], least: int) -> bool:
    """A count beside a bracket, an n or a noun: of people, unless the text around says that things are counted."""
    told = match.groupdict()
    n = int(told["n"] or told["m"])
    if not 0 < n < least or told.get("sample"):
        return 0 < n < least
    near = match.string[max(match.start() - 40, 0) : match.end() + 25]
    return not re.search(rf"\b(?:{THING}|{MEASURE}(?= \|))\b", near, FLAGS)
