"""Names that no file of a study knows, told by a title, or by what people do: "Sister Okafor", "Owen Parry said"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.names import words_of_reports
from buddy_eval.publish.gate.nouns import ADJECTIVES, DID, HEAD, LABEL, ONE_PERSON, PERSON, THING
from buddy_eval.publish.gate.trusts import WHAT, WHICH

UPPER = "".join(letter for letter in map(chr, range(0x41, 0x530)) if letter.isupper())
TITLE = (
    r"(?:(?!Dr\.? Foster\b)Drs?|Mrs?|Ms|Miss|Mx|Prof(?:essor)?|Sir|Dame|Lord|Lady|Baroness|Rev(?:erend)?"
    r"|Cllr|Councillor|Captain|Colonel|Father|Imam|Rabbi|Judge)\b\.?"
)
ROLE = r"(?:Sister|Matron|Nurse|Midwife)"
OF = r"(?:(?:d[aeiou]s?|v[ao]n|der|den|al|el|bin|ibn|la|le)[ -]){0,2}"
TITLED = re.compile(
    rf"\b(?:{TITLE}|(?P<role>{ROLE})) (?:{TITLE} )?(?:[{UPPER}]\.? ?){{0,3}}{OF}(?P<name>[{UPPER}][\w'\u2019-]*)"
    rf"(?: {OF}[{UPPER}][\w'\u2019-]+)*(?=(?P<row>\s?[\d|])?)"
)
CAPITAL = rf"[{UPPER}](?:[\w'\u2019-]*[a-z])"
WHOLE = re.compile(
    rf"\b(?!{TITLE}|{ROLE}\b)(?P<name>(?:{CAPITAL}|[{UPPER}]\.)(?: [{UPPER}]\.?)?(?: {OF}{CAPITAL}){{1,2}})"
    rf"(?!\w| ?{CAPITAL})"
)
SAYS = (
    r"(?:said|says|told|thinks?|thought|felt|wrote|explained|added|recalled|complained|resigned|retired|asked|spoke"
    r"|signed|chaired"
    r"|agreed|disagreed|joined|left|ran|kept)"
)
DONE = (
    r"(?:chaired|led|written|drafted|signed|approved|reviewed|prepared|recorded|taken|sent|opened|presented|run|held)"
)
OFFICE = "Author|Contact|Photo|Owner|Lead|Chair|Coder|Speaker|Interviewer|Facilitator|Reviewer|Sponsor|Signed"
NO_NAME = (
    r"(?:every|any|some|no)(?:one|body|thing)|one|none|many|much|most|more|half|part|all|few|both|each|another|others?|those"
    r"|feedback|guidance|evidence|policy|morale|management|leadership|pharmacy|theatre|medicine|nobody"
)
# What stands before, or behind, a first name and a surname: what people do, or their post.
BEFORE = re.compile(
    rf"(?:(?:\b(?:[Tt]hanks(?: (?:are|is))?(?: due)? (?:go )?to|[Tt]hank|(?:[Gg]rateful|indebted) to|[Aa]ccording to"
    rf"|[Ii]n the words of"
    rf"|[Pp]hoto(?:graph)? (?:by|of)|[Ii]nterview(?:s|ed)? (?:with|by)|(?:chaired|led|written|drafted|signed|approved"
    rf"|reviewed|prepared|taken|sent|opened|run|held) by|[Aa]sk(?:ed)?)"
    rf"|\b(?:{ONE_PERSON}|[Cc]hair|[Hh]ead)(?:,|:| \|)?) |\b(?i:{OFFICE})s?['\"]?\s?[:=]\s?[\[(]?['\"\u2018\u201c]?"
    rf"|(?:^|[|\n] ?)[\u2013\u2014] ?|[.!?]?[\"'\u2019\u201d] ?[\u2013\u2014-] ?)$"
)
BEHIND = re.compile(rf",? (?:{SAYS}|{DID})\b|(?:,| \() ?(?:the |our |an? )?{ADJECTIVES}{ONE_PERSON}\b")
RUNS_ON = re.compile(r"(?:[\w'\u2019-]|\b[Tt]he) $")
# A first name alone, by where somebody works and what only people do: "Bridget from pharmacy cried".
SOMEWHERE = re.compile(
    rf"(?<![\w'\u2019-])(?!(?i:{ONE_PERSON}|{NO_NAME})\b)(?P<name>[{UPPER}][a-z]{{2,}})(?<!s)(?<!ing)(?<!ed)"
    rf",? (?:from|in|on|at) (?:(?:the|our) )?[a-z]+(?: [a-z]+)?,? (?:{SAYS}|{DID})\b"
)
LOUD = re.compile(rf"\b(?:[{UPPER}]{{4,}}|TO|BY|OF)\b")  # written in capitals: no short form of a body
QUIET = re.compile(
    rf"{SAYS}|{DONE}|to|by|of|with|thanks?|according|interview(?:ed)?|grateful|indebted|photo", re.IGNORECASE
)
NEAR = 40  # characters before a name that tell
# What stands behind a post and is no name: "Nurse Director", "Sister Trusts", "Matron Rounds".
POST = (
    rf"director|manager|lead|led|practitioner|specialist|associate|educator|consultant|executive|{THING}|{LABEL}|{HEAD}"
    r"|nurse|officer|secretary|doctor|matron|midwife|pharmacist|therapist|governor|chair|head|deputy|senior|chief|clerk"
    r"|directorate|department|division|commons|finance|estates|facilities|experience|monday|tuesday|wednesday|thursday"
    r"|friday|development|programme|charter|academy|award|leadership|education|training|recruitment|workforce|staffing"
)


def titled(text: str, words: frozenset[str] = frozenset()) -> Iterator[re.Match[str]]:
    """Yield every title with a name behind it; behind a post no row of a table, and none of `words`.

    >>> [match.group() for match in titled("Dr Owen Parry and Sister Okafor; Sister Trusts and Matron of Ward 7")]
    ['Dr Owen Parry', 'Sister Okafor']
    """
    text = LOUD.sub(_quiet, text)
    for match in TITLED.finditer(text):
        name = match["name"].casefold()
        plain = match["row"] or name in words | words_of_reports() or re.fullmatch(POST, name, re.IGNORECASE)
        if not (match["role"] and plain):
            yield match
    titles = {place for match in TITLED.finditer(text) for place in range(*match.span())}
    for match in WHOLE.finditer(text):
        before = text[max(match.start() - NEAR, 0) : match.start()]
        told = BEFORE.search(before) or (BEHIND.match(text, match.end()) and not RUNS_ON.search(before))
        if told and match.start() not in titles and not _of_all(match["name"], words):
            yield match
    for match in SOMEWHERE.finditer(text):
        if match.start() not in titles and not _of_all(match["name"], words):
            yield match


def _quiet(word: re.Match[str]) -> str:
    """A word in capitals as it is written elsewhere: a name keeps its first, what people do none."""
    return word.group().lower() if QUIET.fullmatch(word.group()) else word.group().capitalize()


def _of_all(name: str, words: frozenset[str]) -> bool:
    """Whether a word of a perhaps name is one of posts, bodies or reports: "Senior Nurses", "Nuffield Trust"."""
    parts = name.casefold().replace("\u2019", "'").split()
    return any(
        part in words | words_of_reports() | WHAT | WHICH or re.fullmatch(rf"{POST}|{PERSON}", part) for part in parts
    )
