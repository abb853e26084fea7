"""Counts of few people in a sentence, by its grammar: who is counted, out of how many, and what only looks so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

WORDS = {
    word: n for n, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
GROUPS = {"a couple of": 2, "a pair of": 2, "a trio of": 3, "a quartet of": 4, "half a dozen": 6}
PARTS = "third quarter fifth sixth seventh eighth ninth tenth".split()
FRACTIONS = {"half": 1 / 2} | {
    f"{words}{by}{part}{'s' * (times > 1)}": times / n
    for n, part in enumerate(PARTS, 3)
    for words, times in (("a", 1), ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5))
    for by in " -"
    if times < n
}
NUMBER = rf"(?:\d{{1,6}}|(?:{'|'.join(TENS)})(?:-(?:{'|'.join(WORDS)}))?|{'|'.join(WORDS)}|a single|{'|'.join(GROUPS)})"
PERSON = (
    r"(?:people|persons?|staff|participants?|respondents?|patients?|consultants?|assistants?|residents?|students?|trainees?"
    r"|interviewees?|employees?|attendees?|nurses?|colleagues?|executives?|chairs|women|men|individuals?"
    r"|(?!(?:numb|remind|newslett|post|quart|chapt|pap|lett|answ|ord|fold|pow|matt|regist|clust|paramet|comput|offic|oth|lay|ti|identifi"
    r"|barri|enabl|report|trust|transf|part|support|receiv)ers)\w{2,}ers|(?!(?:auth|fact|err|indicat|sect|vect|denominat"
    r"|numerat|comparat|behavi|col|descript)ors|moderators)\w{2,}ors|(?!lists|checklists)\w{3,}ists|\w{3,}icians|midwives"
    r"|matrons?|sisters?|registrars?|surgeons?|professionals?|apprentices?|volunteers?|clerks?|leads|chaplains?|deputies"
    r"|\w+titians?|paramedics?|medics|physios?|trustees?|delegates?|attendants?|relatives|parents|adults|secretar(?:y|ies)"
    r"|member of staff|members of \w+|director|manager|doctor|midwife)"
)
ONE_PERSON = PERSON.replace("ers)", "er)").replace("ors)", "or)").replace("ers|", "er|").replace("ors|", "or|")
ONE_PERSON = (
    ONE_PERSON.replace("lists|checklists)", "list|checklist)").replace("ists|", "ist|").replace("icians|", "ician|")
)
THING = (
    r"(?:waves?|boards?|questions?|pairs?|trusts?|months?|years?|weeks?|days?|hours?|units?|items?|themes?|codes?|terms?"
    r"|passages?|ratings?|sides?|sites?|wards?|answers?|interviews?|points?|stars?|sections?|tables?|figures?|indicators?"
    r"|organisations?|hospitals?|transcripts?|coders?|lexicon|codebook|headings?|cells?|rows?|columns?|files?)"
)
LABEL = (
    r"(?:waves?|bands?|grades?|levels?|tiers?|stages?|phases?|groups?|sites?|wards?|years?|rounds?|cohorts?|types?|sections?"
    r"|tables?|figures?|questions?|items?|themes?|days?|weeks?|months?|units?|steps?|pages?|parts?|chapters?|score of"
    r"|afc|slides?|q|version|priorit(?:y|ies)|principles?|scenarios?|sheets?|categor(?:y|ies)|class(?:es)?|domains?|objectives?"
    r"|(?-i:Visits?|Teams?|Rooms?|Bays?|Clinics?|Theatres?|Blocks?|Buildings?|Regions?|Areas?|Strands?|Workstreams?|Pillars?)"
    r"|(?-i:Goals?|Aims?|Targets?|Standards?|Cases?|Examples?|Vignettes?|Pathways?|Shifts?|Quarters?|Lots?)"
    r"|recommendations?|appendi(?:x|ces)|annex(?:es)?|box(?:es)?|notes?|options?|models?|zones?|floors?|modules?|sessions?|top)"
)
NO_ADJECTIVE = (
    r"(?!(?:of|to|and|or|per|by|in|out|at|on|for|with|from|than|what|who|which|how|where|did|do|does|said|say|was|were"
    r"|is|are|had|have|has|that|between|after|before|during|among|about|over|under|into|without|within|through|until|since"
    r"|against|as|times|minutes|hours|days|weeks|months|years)\b)"
)
ADJECTIVES = rf"(?:(?:of (?:the|our|their|these|those) )?(?:{NO_ADJECTIVE}[a-z-]+ ){{0,4}}?)"
FLAGS = re.IGNORECASE
DID = (
    r"(?:answered|agreed|disagreed|said|responded|replied|declined|refused|felt|thought|mentioned|raised|took part"
    r"|wrote|spoke|objected|complained|(?:were|was) (?:interviewed|asked|invited))"
)
ACTED = re.compile(rf"(?<![\w.,:/£%-])(?P<n>{NUMBER}) (?:of (?:them|us|those|whom)\b|{DID}\b)", FLAGS)
# What people have, or what their number is a rate of: "3 staff posts", "two chief executives a year".
HEAD = (
    r"(?:rule|threshold|limit|posts?|vacanc(?:y|ies)|shifts?|rooms?|roles?|grades?|bays?|stations?|rotas?|meetings?"
    r"|surveys?|groups?|networks?|forums?|councils?|grants?|homes|hours|days|weeks|months|years"
    r"|(?:a|per|each|every) (?:year|month|week|day|shift|night|ward|bed|bay|site|trust|pair|team|visit|session))"
)
COUNTED = re.compile(rf"(?<![\w.,:/£%-])(?P<n>{NUMBER}) {ADJECTIVES}{PERSON}\b(?!['’]| {HEAD}\b)", FLAGS)
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
    rf"\b{PERSON},? (?:less|minus|but|bar|save|except)(?: for)? (?P<n>{NUMBER})\b(?! {LABEL}| (?:[\w-]+ )?{THING}\b)",
    FLAGS,
)
ONE = re.compile(r"\b(?:only|just|exactly|but|except|save|apart from|bar)(?: a| the)?$", FLAGS)
ALONE = re.compile(
    rf"\b(?:the|a|an|our) (?:only|sole|lone|solitary) {ADJECTIVES}{ONE_PERSON}(?<!s)(?<!staff)(?<!people)\b(?!['’-])",
    FLAGS,
)
WHOM = re.compile(rf"\bof whom,? (?P<n>{NUMBER})\b", FLAGS)
OF = re.compile(
    rf"(?<![\w.,:/-])(?P<n>{NUMBER})(?: \(?(?:out )?of (?:the |all |our )?| in | from |/)(?P<all>{NUMBER})\b"
    r"(?![.,]?\d|%|-\w)",
    FLAGS,
)
SHARE = re.compile(
    rf"(?:(?P<base>{NUMBER}) {PERSON},? (?:and )?)?(?:(?P<share>\d{{1,3}}(?:\.\d+)?)\s?(?:%|per ?cent)"
    rf"|(?P<part>{'|'.join(FRACTIONS)}|(?:one|1) in (?:{'|'.join(WORDS)}|\d{{1,2}}))) "
    rf"(?:of (?:(?:the|our|their|all|these|those|only) ){{0,2}}|\(\s?(?:n\s?=\s?)?)"
    rf"(?:(?P<all>{NUMBER})|them|these|those|whom)\b",
    FLAGS,
)
BRACKET = re.compile(r"(?<![\w.,/])(?P<n>\d+) [(\[]\d{1,3}(?:\.\d+)?\s?%[)\]]|\d\s?% [(\[](?P<m>\d+)(?:[)\]]|/)")
SAMPLE = re.compile(r"\bn\s?(?:=|:|of)?\s?(?P<n>\d+)\b(?![.,]\d)", FLAGS)
AFTER = re.compile(
    rf"\b{PERSON}(?:\s?[:=] ?| \(|, (?=\d+(?:[;.]?$|;)))(?P<n>\d+)(?=\)|\b)(?!\)?\s?%|[.,/]\d|\)? {LABEL})", FLAGS
)
LOWER = re.compile(r"\b(?:at least|more than|over|above|minimum of|or more|no fewer than|every|each|than)$", FLAGS)
UPPER = re.compile(r"\b(?:fewer than|less than|under|below|at most|up to|no more than|counts of \d+ to)$", FLAGS)
BETWEEN = re.compile(rf"\b(?P<n>{NUMBER})(?: (?P<to>to|and)|-)$", FLAGS)
TAKES = re.compile(r"\b(?:takes?|took|needs?|needed|requires?|required)$", FLAGS)
RATED = re.compile(rf"\b{NUMBER} in$", FLAGS)
HIDDEN = re.compile(r"not shown|not published|withh[eo]ld|hidden|suppress|rule|rounded", FLAGS)
LABELLED = re.compile(rf"\b{LABEL}(?: {NUMBER}(?: to|,| and| or)?)*$", FLAGS)
RATE, MOST_ROUND = 10, {20, 50, 100, 1000}  # "1 in 4" and "4 of 5" are shares; a base above ten is one of people


@lru_cache(maxsize=20_000)  # a text stands in the page, in Word and in the PDF, and often in the page of other readers
def few(text: str, least: int) -> tuple[re.Match[str], ...]:
    """Return every count of people from 1 to `least` - 1 in a text; a cell alone is judged by its column.

    >>> [m.group() for m in few("Three nurses of Band 6; 3 out of 25 agreed; Wave 2 respondents; 1 in 4 people", 8)]
    ['3 out of 25', 'Three nurses']
    """
    return tuple(_few(text, least))


def _few(text: str, least: int) -> Iterator[re.Match[str]]:
    told = set[int]()
    for pattern, small in (
        (OF, _of),
        (SHARE, _share),
        (COUNTED, _counted),
        (ACTED, _acted),
        (BRACKET, _bare),
        (SAMPLE, _bare),
        (AFTER, _bare),
        (WHOM, _counted),
        (SIZE, _counted),
        (LISTED, _bare),
        (LESS, _counted),
        (BOTH, lambda match, least: least > 2),
        (ALONE, lambda match, least: True),
    ):
        for match in pattern.finditer(text):
            alone = pattern in {OF, BRACKET} and match.group() == text.strip()
            if not alone and match.start() not in told and small(match, least):
                told.add(match.start())
                yield match


def number(text: str) -> int:
    """Return what a number in figures or words is worth; a couple are two."""
    text = text.lower()
    if text.isdigit():
        return int(text)
    if text in GROUPS or text == "a single":
        return GROUPS.get(text, 1)
    tens, _, rest = text.partition("-")
    return TENS[tens] + WORDS.get(rest, 0) if tens in TENS else WORDS[text]


def _counted(match: re.Match[str], least: int) -> bool:
    before, n = match.string[: match.start()].rstrip(), number(match["n"])
    if not 0 < n < least or LOWER.search(before) or _labelled(match) or RATED.search(before):
        return False
    if TAKES.search(before):
        return False  # it takes two people to hold a conversation
    if match["n"].lower() == "one" and not ONE.search(before) and " of the " not in match.group():
        return False  # that one person said something, every quote tells
    between = BETWEEN.search(before)
    if between and number(between["n"]) > n and between["to"] != "and":
        return False  # 9 to 5 staff
    if between or UPPER.search(before):
        return not (HIDDEN.search(match.string) or n == least)
    return not re.search(rf"\b(?=\w+s\b){THING}\b|\b{NUMBER} [\w-]*?{THING}-", match.group(), FLAGS)


def _of(match: re.Match[str], least: int) -> bool:
    n, base, rest = number(match["n"]), number(match["all"]), match.string[match.end() :]
    in_brackets = match.string[: match.start()].endswith("(") and rest.startswith(")")
    figures = " of " in match.group() and (in_brackets or re.match(rf" {DID}\b", rest, FLAGS))
    left = 0 < base - n < least and re.match(rf" {ADJECTIVES}{PERSON}\b| {DID}\b", rest, FLAGS) and base > RATE
    if (
        not (0 < n < least or left)
        or base <= n
        or _labelled(match)
        or re.match(rf"\s(?:[\w-]+ )?{THING}\b", rest, FLAGS)
    ):
        return False
    people = re.match(rf" {ADJECTIVES}{PERSON}\b", rest, FLAGS)
    loose = {" in ", " from "} & {between.group() for between in re.finditer(r" \w+ ", match.group())}
    share = (base <= RATE and not figures) or (n == 1 and base in MOST_ROUND) or (loose and (n == 1 or not people))
    about_things = re.search(rf"\b{THING}\b", match.string[: match.start()], FLAGS)
    return bool(not share and (people or not about_things)) and not re.match(r"/\d", rest)


def _share(match: re.Match[str], least: int) -> bool:
    rest, base = match.string[match.end() :], match["all"] or match["base"]
    part = match["part"] and match["part"].lower()
    one_in = number(part.split()[-1]) if part and part not in FRACTIONS else 0
    share = FRACTIONS.get(part, 0) or (1 / one_in if one_in else float(match["share"] or 0) / 100)
    whole = number(base) if base else 0
    n = round(share * whole)
    return (0 < n < least or 0 < whole - n < least <= n) and not re.match(rf"\s(?:[\w-]+ )?{THING}\b", rest, FLAGS)


def _acted(match: re.Match[str], least: int) -> bool:
    """A number that does what people do (answer, agree), or some of them, where no things are spoken of."""
    before = match.string[: match.start()].rstrip()
    few_people = 0 < number(match["n"]) < least and (match["n"].lower() != "one" or ONE.search(before) is not None)
    things = re.search(rf"\b{THING}\b", match.string, FLAGS) or _on_scale(match)
    return few_people and not (things or LOWER.search(before) or RATED.search(before) or _labelled(match))


def _on_scale(match: re.Match[str]) -> bool:
    """Whether a figure is a step of a scale that is read out: 1 discussed, 2 agreed, 3 in place."""
    n = number(match["n"])
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(
        re.search(rf"\b{n - 1} [a-z ]+,? (?:and |or )?$", before)
        and re.match(rf"[a-z ]*,? (?:and |or )?{n + 1}\b", after)
    )


def _bare(match: re.Match[str], least: int) -> bool:
    """A count beside a bracket, an n or a noun: of people, unless the text around says that things are counted."""
    n = int(next(filter(None, match.groupdict().values())))
    if not 0 < n < least:
        return False
    near = match.string[max(match.start() - 40, 0) : match.end() + 25]
    return not re.search(rf"\b{THING}\b", near, FLAGS)


def _labelled(match: re.Match[str]) -> bool:
    """Whether a figure is the name of something (Wave 2, Band 6) or begins a line of a list."""
    before = match.string[: match.start()].rstrip()
    return bool(LABELLED.search(before))
