"""One person or two, told without a count: the only one, neither, both, all but one, one of a post who did."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.form import Form
from buddy_eval.publish.gate.nouns import (
    ADJECTIVES,
    CASE,
    DID,
    FREE,
    HEAD,
    LABEL,
    LOWER,
    ONE_PERSON,
    PAST,
    PERSON,
    THING,
)
from buddy_eval.publish.gate.numbers import NUMBER, number

MODAL = r"(?:can|cannot|could|should|would|may|might|must|needs?)"  # a rule of any group, no size of one
# Posts that each trust has once: "both chief executives" counts nobody.
ONCE = r"(?:chief|chairs|executive leads|leads)\b"
ONE = Form(
    r"\b(?:only|just|exactly|but|except|save|apart from|exception of|exclud\w+|bar|there (?:was|is))(?: a| the)?$"
)
ANYBODY = Form(r"participant|person|respondent|interviewee|individual|colleague|member")
# One of a post: alone, left over, or with what that person did.
SINGLE = Form(
    rf"{FREE}(?P<n>one(?: \(1\))?|1|another|the (?:other|remaining)|a (?:single|second|third|fourth)) {ADJECTIVES}"
    rf"(?P<who>{ONE_PERSON})\b(?!['’-])"
    rf"(?:(?P<did>(?:,[^,.;]+,)? {PAST}\b)|(?=\s?[.,;:!?)]| (?:who|of|in|from|at|on|and|but|with|only)\b|$)"
    rf"|(?P<more>(?= (?:would|could|will|has|is(?! (?:needed|required|enough))|did)\b)))"
)
NEITHER = Form(
    rf"\bneither (?:of (?:the|our|their|these) {ADJECTIVES}{PERSON}|(?!{ONCE}){ADJECTIVES}{ONE_PERSON})\b"
    rf"(?!['\u2019-]| (?:n?or|{HEAD})\b)",
    "neither",
)
BOTH = Form(
    rf"\bboth (?:of them were |were )?(?!{ONCE}){ADJECTIVES}{PERSON}\b(?<!staff)(?<!people)(?!['’]| (?:and|or) "
    rf"| {HEAD}\b)|\b{PERSON}(?: \(both\)|, both of whom\b)",
    "both",
)
LESS = Form(
    rf"\b(?:{PERSON}|all(?= \w+ed (?:but|except|bar|save|apart)\b)|(?:every|no)[ -]?(?:one|body)|(?:every|each"
    rf"|no) {ADJECTIVES}{ONE_PERSON})\b(?:[^.;|]{{0,40}}[,;])?"
    rf"(?: (?:\w+ ){{1,2}}?(?=except|bar|save|apart))?(?: all)? ?\b(?:less|minus|but|bar|save|except|apart from"
    rf"|other than)(?: for)?"
    rf" (?:(?P<left>{NUMBER})\b(?! {LABEL}| (?:[\w-]+ )?{THING}\b)"
    rf"|(?:the|our|an?) {ADJECTIVES}{ONE_PERSON}(?=[.,;!?)]|$| (?:who|in|on|at|of|had|{DID}|{PAST})\b))",
    r"\b(?:less|minus|but|bar|save|except|apart from|other than)(?: for)?"
    rf" (?:{NUMBER}|(?:an?|the|our) )",
)
ALONE = Form(
    rf"\b(?:(?:the|an?|our|its|their|his|her|my|your|whose|\w+['\u2019]s?)"
    rf" (?:only|sole|lone(?! work)|solitary|single-handed|last remaining)|(?:the|our) single(?! \w+est\b"
    rf"| most\b)) {ADJECTIVES}"
    rf"{ONE_PERSON}(?<!s)(?<!staff)(?<!people)\b(?!['’-])|\bthe one {ADJECTIVES}{ONE_PERSON} (?:who|that) {PAST}\b",
    r"(?:\b(?:the|an?|our|its|their|his|her|my|your|whose)|['\u2019]s?)"
    " (?:only|sole|lone|solitary|single|last remaining)|the one ",
)
# One person told without a number.
LONE = Form(
    rf"\bonly (?:the|our|an?) (?!{ONCE}){ADJECTIVES}{ONE_PERSON} (?:{PAST}|{DID})\b|\b(?:the|our)"
    rf" {ADJECTIVES}{ONE_PERSON} alone\b(?! {MODAL}\b)"
    rf"|\bthe (?:only|lone|sole) (?:\w+ ){{1,3}}(?:was|is) (?:an?|the|our) {ADJECTIVES}{ONE_PERSON}\b"
    rf"|\bone (?:person|participant|respondent|interviewee|colleague|member)(?:,| \() ?an? {ADJECTIVES}{ONE_PERSON}\b",
    r"only (?:the|our|an?) | alone\b|the (?:only|lone|sole) (?:\w+ ){1,3}(?:was|is) "
    r"|one (?:person|participant|respondent|interviewee|colleague|member)(?:,| \()",
)
# Each of a few by what they are, or one by what they did that is no view: "one was a surgeon, one a midwife".
EACH = Form(
    rf"(?<!no )(?<!each )(?<!every )(?<![\w-])(?:one|another|the other)(?: of (?:them|whom|these|those))?"
    rf" (?:was|were|had been) (?:an?|the|our) {ADJECTIVES}{ONE_PERSON}\b(?!['\u2019-]| (?:{HEAD}|{THING})\b)"
    rf"|[,;:(] (?:and |the )?(?:one|another|the other) (?:is )?an? {ADJECTIVES}{ONE_PERSON}\b(?=[,;.)]|$| and )"
    r"|\bone (?:person|participant|respondent|interviewee|individual|member of staff)"
    r" (?:\w+ly |later |has |had |also )*(?:asked (?:for|to|us|that|not)|requested|withdr[ae]w\w*"
    r"|declined|refused|resigned|retired|left|cried|wept"
    r"|complained|objected|dropped out|abstained|walked|stopped|died|fell ill"
    r"|was (?:dismissed|suspended|off sick|in tears))\b",
    r"\b(?:one|another|the other)(?: of (?:them|whom|these|those))? (?:was|were|had been) (?:an?|the|our) "
    r"|[,;:(] (?:and |the )?(?:one|another|the other) (?:is )?an? "
    "|one (?:person|participant|respondent|interviewee|individual|member of staff) ",
)


def alone(text: str, least: int) -> Iterator[re.Match[str]]:
    """Yield what tells of one person, of two, or of all but few.

    >>> [m.group() for m in alone("Neither doctor knew. The only porter left. All agreed bar the chaplain.", 8)]
    ['All agreed bar the chaplain', 'Neither doctor', 'The only porter']
    """
    for pattern in (SINGLE, LESS, NEITHER, BOTH, ALONE, LONE, EACH):
        for match in pattern.finditer(text):
            left = match.groupdict().get("left")
            few = 0 < number(left) < least if left else least > 2
            if _single(match) if pattern is SINGLE else few:
                yield match


def _single(match: re.Match[str]) -> bool:
    """One person alone, or one of a post with what that person did: that somebody said something, every quote tells."""
    before = match.string[: match.start()].rstrip()
    rest, told = match.string[match.end() :], ONE.search(before) is not None
    if match["more"] is not None:
        return told
    if anybody := ANYBODY.match(match["who"]):
        told &= CASE.search(match.string[: match.start()]) is None
    did = match["did"] and not anybody and not LOWER.search(before)
    whole = match["n"][0] in "oO1" and not re.search(r"\w", before + rest)
    return bool(did or whole or told or rest.startswith(" only") or (match["n"].lower() == "a single" and not anybody))
