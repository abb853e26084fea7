"""The words of counts of people: numbers, who is counted, what people do, and what only looks so."""

from __future__ import annotations

import re

FLAGS = re.IGNORECASE
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
WORDS = {word: n for n, word in enumerate([*UNITS.split(), "eighteen", "nineteen"])}
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
FEW = {"couple": 2, "pair": 2, "trio": 3, "handful": 3, "quartet": 4}  # a handful is fewer than any rule lets pass
GROUPS = {f"{which} {word} of": n for word, n in FEW.items() for which in ("a", "the")} | {"half a dozen": 6}
PARTS = "third quarter fifth sixth seventh eighth ninth tenth".split()
FRACTIONS = {"half": 1 / 2} | {
    f"{words}{by}{part}{'s' * (times > 1)}": times / n
    for n, part in enumerate(PARTS, 3)
    for words, times in (("a", 1), ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5))
    for by in " -"
    if times < n
}
NUMBER = rf"(?:\d{{1,6}}|(?:{'|'.join(TENS)})(?:-(?:{'|'.join(WORDS)}))?|{'|'.join(WORDS)}|a single|{'|'.join(GROUPS)})"
# Nouns of people by their endings, in the singular; what ends so and is nobody, and the team's own coders, stand first.
SOMEBODY = (
    r"(?:(?!(?:numb|remind|newslett|post|quart|chapt|pap|lett|answ|ord|fold|pow|matt|regist|clust|paramet|comput|offic"
    r"|oth|anoth|furth|lat|lay|ti|identifi|barri|enabl|report|trust|transf|part|support|receiv|wint|summ|corn|off|filt"
    r"|research|review|outli|interview|cod|rat)ers?\b)\w{2,}er|(?!(?:auth|fact|err|indicat|sect|vect|denominat|numerat"
    r"|comparat|behavi|col|descript|maj|min|pri|fl|do|moderat)ors?\b)\w{2,}or|(?!lists?\b|checklists?\b)\w{3,}ist"
    r"|\w{3,}ician|\w+titian|person|participant|respondent|patient|consultant|assistant|resident|student|trainee"
    r"|interviewee|employee|attendee|nurse|colleague|executive|individual|matron|sister|registrar|surgeon|professional"
    r"|apprentice|volunteer|clerk|lead|chaplain|paramedic|medic|physio|trustee|delegate|attendant|relative|parent|adult)"
)
ONE_PERSON = rf"(?:{SOMEBODY}|(?:wo)?man|midwife|secretary|deputy|member of \w+)"
PERSON = rf"(?:{SOMEBODY}s|people|staff|(?:wo)?men|midwives|chairs|deputies|secretaries|members of \w+)"
THING = (
    r"(?:waves?|boards?|questions?|pairs?|trusts?|months?|years?|weeks?|days?|hours?|units?|items?|themes?|codes?|terms?"
    r"|passages?|ratings?|sides?|sites?|wards?|answers?|interviews?|points?|stars?|sections?|tables?|figures?|indicators?"
    r"|organisations?|hospitals?|transcripts?|coders?|lexicon|codebook|headings?|cells?|rows?|columns?|files?|tests?"
    r"|visits?|meetings?|plans?|documents?|reports?|actions?|beds?|recommendations?)"
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
    r"|against|as|times?|minutes|hours|days|weeks|months|years|each|every)\b)"
)
ADJECTIVES = rf"(?:(?:of (?:the|our|their|these|those) )?(?:{NO_ADJECTIVE}[a-z-]+ ){{0,4}}?)"
DID = (
    r"(?:answered|agreed|disagreed|said|responded|replied|declined|refused|felt|thought|mentioned|raised|took part"
    r"|wrote|spoke|objected|complained|(?:were|was) (?:interviewed|asked|invited))"
)
ACTS = r"\w{2,}ed|said|told|felt|thought|wrote|spoke|left|did|found|saw|went|took|gave|knew|kept|heard|put|met|came"
PAST = rf"(?:was|were|had|{ACTS})"
# What people have, or what their number is a rate of: "3 staff posts", "two chief executives a year".
HEAD = (
    r"(?:rule|threshold|limit|posts?|vacanc(?:y|ies)|shifts?|rooms?|roles?|grades?|bays?|stations?|rotas?|meetings?"
    r"|surveys?|groups?|networks?|forums?|councils?|grants?|homes|hours|days|weeks|months|years"
    r"|(?:a|per|each|every) (?:year|month|week|day|shift|night|ward|bed|bay|site|trust|pair|team|visit|session)"
    rf"(?! (?:had|{DID})\b))"
)
# People and what is said of them, as a line of a list begins: "- Nurses who left: 3".
ENTRY = (
    rf"(?:^|[-*•;] ){ADJECTIVES}{PERSON}(?= (?:who|whose|with|without|from|in|on|at|of|{PAST})\b"
    r"[^|]{0,80}?[:=] ?\w+\)?[;.]?(?:$|\s[-*•]))[^|.;:=(\d]{0,60}"
)
LABELLED = re.compile(rf"\b{LABEL}(?: {NUMBER}(?: to|,| and| or)?)*$", FLAGS)
WHICH = re.compile(r"\b(?:the|our|each|every) (?:\w+(?:er|st|nd|rd|th)|next) $")  # "the smaller site 4 nurses"


def number(text: str) -> float:
    """Return what a number in figures or words is worth; a couple are two."""
    text = text.lower()
    if text[0].isdigit():
        return float(text) if "." in text else int(text)
    if text in GROUPS or text.startswith("a "):
        return GROUPS.get(text, GROUPS.get(f"{text} of", 1))
    tens, _, rest = text.partition("-")
    return TENS[tens] + WORDS.get(rest, 0) if tens in TENS else WORDS[text]


def things(text: str) -> bool:
    """Whether what is counted, in the text behind a number, are things: "site managers" are none."""
    return re.match(rf"\s(?:[\w-]+ )?{THING}\b(?:(?<=s)|(?! {PERSON}\b))", text, FLAGS) is not None


def on_scale(match: re.Match[str]) -> bool:
    """Whether a figure is a step of a scale that is read out: 1 discussed, 2 agreed, 3 in place."""
    n = number(match["n"])
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(
        re.search(rf"\b{n - 1} [a-z ]+,? (?:and |or )?$", before)
        and re.match(rf"[a-z ]*,? (?:and |or )?{n + 1}\b", after)
    )


def labelled(match: re.Match[str]) -> bool:
    """Whether a figure is the name of something (Wave 2, Band 6) or begins a line of a list."""
    before = match.string[: match.start()].rstrip()
    label = LABELLED.search(before)
    return label is not None and WHICH.search(before[: label.start()]) is None
