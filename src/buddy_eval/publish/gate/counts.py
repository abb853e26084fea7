"""Counts of few people in a sentence, by its grammar: who is counted, out of how many, and what only looks so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from buddy_eval.publish.gate.nouns import (
    ACTS,
    ADJECTIVES,
    CASE,
    DID,
    ENDS,
    ENTRY,
    FLAGS,
    HEAD,
    HIDDEN,
    LABEL,
    LOWER,
    NO_ADJECTIVE,
    NORM,
    NUMBER,
    ONE_PERSON,
    PAST,
    PERSON,
    THING,
    THINGS,
    WORDS,
    labelled,
    number,
    on_scale,
    things,
)  # fmt: skip
from buddy_eval.publish.gate.shares import shares
from buddy_eval.publish.gate.sizes import sizes

FREE = r"(?<![\w.,:/£%-])(?<!hundred and )(?<!thousand and )"  # where a number begins
ACTED = re.compile(
    rf"{FREE}(?P<n>{NUMBER}) (?:of (?:them|us|those|whom)\b|(?:others? |more )?{DID}\b|(?:were|are) {ADJECTIVES}{PERSON}\b"
    rf"|(?:(?:was|were|came) (?:\w+ )?)?(?:by|from) {ADJECTIVES}{PERSON}\b"
    rf"|(?P<they>(?:were|had|{ACTS})\b(?! (?!(?:not|the|its|their|no)\b){NO_ADJECTIVE})))",
    FLAGS,
)
# What makes a number alone one of people: they are the last of whom the sentence spoke.
NAMED = re.compile(
    rf"\b{PERSON}\b(?:(?! \w{{3,}}[^su]s\b)[^.|])*(?:[,;]|\b(?:and|but|while|whereas))(?: only| just| the| other)*$",
    FLAGS,
)
DUTY = rf"(?: (?!{PAST}\b)\w+ (?:each|every) (?!other\b)| (?:must|should|shall|ought to|need to|have to)\b)"  # what a rota says: two registrars cover each night
COUNTED = re.compile(rf"{FREE}(?:(?P<low>\d{{1,3}})[-\u2013])?(?P<n>{NUMBER})(?: {ADJECTIVES}{PERSON}|\s?[x\u00d7] {ADJECTIVES}(?:{PERSON}|{ONE_PERSON}))\b(?!['’]|{DUTY}| {HEAD}\b)", FLAGS)
# One of a post: alone, left over, or with what that person did.
SINGLE = re.compile(
    rf"{FREE}(?P<n>one|1|another|a (?:single|second|third|fourth)) {ADJECTIVES}(?P<who>{ONE_PERSON})\b(?!['’-])"
    rf"(?:(?P<did>(?:,[^,.;]+,)? {PAST}\b)|(?=\s?[.,;:!?)]| (?:who|of|in|from|at|on|and|but|with)\b|$)|(?P<more>(?= (?:would|could|will|has|is|did)\b)))",
    FLAGS,
)
ANYBODY = re.compile(r"participant|person|respondent|interviewee|individual|colleague|member", FLAGS)
MODAL = r"(?:can|cannot|could|should|would|may|might|must|needs?)"  # a rule of any group, no size of one
# Posts that each trust has once: "both chief executives" counts nobody.
ONCE = r"(?:chief|chairs|medical directors?|executive leads|leads)\b"
WHO = re.compile(rf"{FREE}(?P<n>{NUMBER}) (?:(?!{THING}\b){NO_ADJECTIVE}\w+ )?who(?:se|m)?\b", FLAGS)
NEITHER = re.compile(
    rf"\bneither (?:of (?:the|our|their|these) {ADJECTIVES}{PERSON}|(?!{ONCE}){ADJECTIVES}{ONE_PERSON})\b"
    rf"(?!['\u2019-]| (?:n?or|{HEAD})\b)",
    FLAGS,
)
BOTH = re.compile(
    rf"\bboth (?:of them were |were )?(?!{ONCE}){ADJECTIVES}{PERSON}\b(?<!staff)(?<!people)(?!['’]| (?:and|or) | {HEAD}\b)", FLAGS
)
SIZE = re.compile(
    rf"(?<![\w.,/-])(?P<n>{NUMBER})-(?:{ONE_PERSON}|strong|people)\b(?! (?:rule|scale))(?![^.;]*\b{MODAL}\b)", FLAGS
)
LISTED = re.compile(
    rf"\b{PERSON} (?P<n>\d+)(?=[,;] {PERSON} \d)|(?<=\d[,;] ){PERSON} (?P<m>\d+)\b(?![.,]\d|\s?%)", FLAGS
)
LESS = re.compile(
    rf"\b(?:{PERSON}|(?:every|no)[ -]?(?:one|body)|(?:every|each|no) {ADJECTIVES}{ONE_PERSON})\b(?:[^.;|]{{0,40}}[,;])?"
    rf"(?: all)? (?:less|minus|but|bar|save|except|apart from|other than)(?: for)?"
    rf" (?:(?P<n>{NUMBER})\b(?! {LABEL}| (?:[\w-]+ )?{THING}\b)"
    rf"|(?:the|our|an?) {ADJECTIVES}{ONE_PERSON}(?=[.,;!?)]|$| (?:who|in|on|at|of|had|{DID}|{PAST})\b))",
    FLAGS,
)
ONE = re.compile(
    r"\b(?:only|just|exactly|but|except|save|apart from|exception of|exclud\w+|bar|there (?:was|is))(?: a| the)?$",
    FLAGS,
)
ALONE = re.compile(
    rf"\b(?:(?:the|an?|our|its|their|his|her|my|your|whose|\w+['\u2019]s?)"
    rf" (?:only|sole|lone(?! work)|solitary|single-handed|last remaining)|(?:the|our) single(?! \w+est\b| most\b)) {ADJECTIVES}"
    rf"{ONE_PERSON}(?<!s)(?<!staff)(?<!people)\b(?!['’-])|\bthe one {ADJECTIVES}{ONE_PERSON} (?:who|that) {PAST}\b",
    FLAGS,
)
WHOM = re.compile(rf"\bof whom,? (?P<n>{NUMBER})\b", FLAGS)
OF = re.compile(
    rf"(?<![\w.,:/-])(?P<n>{NUMBER})(?: \(?(?:out )?of (?:the |all |our )?| in | from |\s?/\s?)(?P<all>{NUMBER})\b"
    r"(?![.,]?\d|%|-\w)",
    FLAGS,
)
NAMED_BEFORE = re.compile(rf"\b(?:{PERSON})\b[^.;|]*(?<![\w-])(?!(?=\w+s\b){THING}\b)[\w-]+[\s:,(\[]*$", FLAGS)
BRACKET = re.compile(r"(?<![\w.,/])(?P<n>\d+) [(\[]\d{1,3}(?:\.\d+)?\s?%[)\]]|\d\s?% [(\[](?P<m>\d+)(?:[)\]]|/)")
SAMPLE = re.compile(rf"\bn\s?(?:(?:=|:|of)?\s?(?P<n>\d+)|[=:]\s?(?P<m>{'|'.join(WORDS)}))\b(?![.,]\d)", FLAGS)
AFTER = re.compile(
    rf"(?:{ENTRY}|\bnumber of {ADJECTIVES}{PERSON}[^|.;:\d]{{0,40}}|\b(?:{PERSON}|{ONE_PERSON})(?: \(\w+\)(?= \|))?"
    rf"|\b{PERSON} (?:who|with|without|whose|{PAST}|\w+ing)\b[^|.;:,\d]{{0,40}}(?= \|))"
    rf"(?:\s?[:=] ?| \((?P<sample>n ?= ?)?| \| (?:\d\d+ \| )*|(?:,|\s?[\u2013\u2014\u00d7]| -) (?=\d+(?:[;.]?$|;)))(?P<n>\d+)(?=\)|\b)"
    rf"(?!\)?\s?%|[.,/]\d|\)? {LABEL})",
    FLAGS,
)
BESIDE = re.compile(
    rf"(?:{ENTRY}: |\b{PERSON}(?:: | \(|, | [-\u2013\u2014] ))(?:(?:perhaps|maybe|about|some|only|just) )?"
    rf"(?P<n>a couple|{'|'.join(WORDS)})(?: or so)?(?=[,;.)]|$)",
    FLAGS,
)
UPPER = re.compile(r"\b(?:fewer than|less than|under|below|at most|up to|no more than|counts of \d+ to)$", FLAGS)
BETWEEN = re.compile(rf"\b(?P<n>{NUMBER})(?: (?P<to>to|and)|-)$", FLAGS)
FROM = re.compile(rf"\bfrom {NUMBER} to$", FLAGS)
TAKES = re.compile(r"\b(?:takes?|took|needs?|needed|requires?|required)$", FLAGS)
APART = re.compile(rf"\b(?:both|all) (?:of them )?{THING}\b", FLAGS)
SCORED = re.compile(r"\b(?:rated|scored|ranked|graded)\b[^.;|]*$", FLAGS)
RATED = re.compile(rf"\b{NUMBER} in$", FLAGS)
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
        (LESS, lambda match, least: not match["n"] or 0 < number(match["n"]) < least),
        (WHO, _counted),
        (NEITHER, lambda match, least: least > 2),
        (BOTH, lambda match, least: least > 2),
        (ALONE, lambda match, least: True),
    ):
        for match in pattern.finditer(text):
            alone = pattern in {OF, BRACKET} and match.group() == text.strip()
            if not alone and match.start() not in told and small(match, least):
                told.add(match.start())
                yield match
    yield from (match for form in (shares, sizes) for match in form(text, least) if match.start() not in told)


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
    between = BETWEEN.search(before)
    if low := match.groupdict().get("low"):
        return int(low) < n and not (HIDDEN.search(match.string) or n + 1 == least)
    if between and number(between["n"]) > n and between["to"] != "and" and not FROM.search(before):
        return False  # 9 to 5 staff
    if between or UPPER.search(before):
        return not (HIDDEN.search(match.string) or n == least)
    return not re.search(rf"(?<![\w-])(?=\w+s\b){THING}\b|\b{NUMBER} [\w-]*?{THING}-", match.group(), FLAGS)


def _single(match: re.Match[str], least: int) -> bool:
    """One person alone, or one of a post with what that person did: that somebody said something, every quote tells."""
    before = match.string[: match.start()].rstrip()
    if match["more"] is not None or (ANYBODY.match(match["who"]) and CASE.search(match.string[: match.start()])):
        return match["more"] is not None and ONE.search(before) is not None
    did = match["did"] and not ANYBODY.match(match["who"]) and not LOWER.search(before)
    return bool(did or match["n"].lower() == "a single" or ONE.search(before))


def _of(match: re.Match[str], least: int) -> bool:
    n, base, rest = number(match["n"]), number(match["all"]), match.string[match.end() :]
    in_brackets = match.string[: match.start()].endswith("(") and rest.startswith(")")
    people = re.match(rf" {ADJECTIVES}{PERSON}\b", rest, FLAGS)
    figures = in_brackets or re.match(rf" {DID}\b", rest, FLAGS) if " of " in match.group() else "/" in match.group() and people
    left = 0 < base - n < least and (people or re.match(rf" {DID}\b", rest, FLAGS)) and base > RATE
    if not (0 < n < least or left) or base <= n or labelled(match) or things(rest):
        return False
    loose = {" in ", " from "} & {between.group() for between in re.finditer(r" \w+ ", match.group())}
    rate = base in RATES or (base <= RATE and (not people or (n == 1 and " in " in loose)))
    share = (rate and not figures) or (n == 1 and base in MOST_ROUND) or (loose and (n == 1 or not people))
    about_things = re.search(THINGS, match.string[: match.start()], FLAGS) or not re.match(rf"\W|$| {ENDS}", rest, FLAGS)
    return bool(not share and (people or not about_things)) and not re.match(r"/\d", rest)


def _acted(match: re.Match[str], least: int) -> bool:
    """A number that does what people do (answer, agree), or some of them, where no things are spoken of."""
    before = match.string[: match.start()].rstrip()
    few_people = 0 < number(match["n"]) < least and (match["n"].lower() != "one" or ONE.search(before) is not None)
    named = not match["they"] or NAMED.search(before)
    of_things = re.search(THINGS, before, FLAGS) or on_scale(match) or SCORED.search(before) or APART.search(match.string, match.end())
    no_count = of_things or LOWER.search(before) or RATED.search(before) or labelled(match)
    return bool(few_people and named and not no_count)


def _bare(match: re.Match[str], least: int) -> bool:
    """A count beside a bracket, an n or a noun: of people, unless the text around says that things are counted."""
    told = match.groupdict()
    n = number(told["n"] or told["m"])
    if not 0 < n < least or told.get("sample"):
        return 0 < n < least
    if match.re is SAMPLE and NAMED_BEFORE.search(match.string[: match.start()]):
        return not things(match.string[match.end() :])
    near = match.string[max(match.start() - 40, 0) : match.end() + 25]
    return not re.search(rf"{THINGS}|\b{MEASURE}(?= \|)", near, FLAGS)
