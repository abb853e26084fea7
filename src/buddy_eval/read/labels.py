"""Where turns begin: a label before a colon, a tab, a time or the end of its line, whichever way a file writes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple
from unicodedata import normalize

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.base.numbers import many

UNSEEN = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # marks of direction, of width nought, soft hyphens
BLANK = rf"[ \t\u00a0{UNSEEN}]"
CLOCK = r"[\[(]?\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d+)?[\])]?"
SPAN = rf"{CLOCK}(?:{BLANK}*(?:-+>?|[\u2013\u2014\u2192]){BLANK}*{CLOCK})?"
STRANGER = r"[^\W\d_](?:[\w.'\u2019 -]{0,29}[\w.'\u2019-])?(?!\d*:\d)"  # though nobody listed it; no half of a time
HEAD = rf"^{BLANK}*(?:\d+\t)?"
BEFORE = rf"(?:(?P<before>{SPAN})(?:[ \t\u00a0,:{UNSEEN}-]+|{BLANK}*\n\s*))?[*_]{{0,2}}"
# What stands behind a label: the last group that matched names the layout.
ENDS = (
    rf"(?P<colon>[:\uff1a][*_]{{0,2}}{BLANK}+(?=\S))|(?P<bare>[:\uff1a]{BLANK}*$)|(?P<tight>[:\uff1a](?=[^\s\d]))"
    rf"|(?P<tab>\t{BLANK}*)|(?P<clock>(?<=[\])]){BLANK}+(?=\S))|(?P<line>{BLANK}*$)"
)
# What else may stand where labels stand: "Hart, Jo (NHS)", "[Jo]", "Jo | Trust A", "2nd nurse".
ODD = re.compile(
    rf"{HEAD}{BEFORE}(?P<name>[^\s:\uff1a*_][^:\uff1a\t\n]{{0,59}}?)[*_]{{0,2}}[ \u00a0,{UNSEEN}-]*(?P<after>{SPAN})?"
    rf"{BLANK}*(?:(?P<colon>[:\uff1a][*_]{{0,2}}(?:{BLANK}+(?=\S)|{BLANK}*$))|$)",
    re.MULTILINE,
)
BESIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|\u201c[^\u201d]*\u201d")
PROSE = re.compile(r"(?:\w{4}|[)\]])[.?!\u2026;](?:\s|$)|^\d+[.)]\s|,.*,")
STAMPED = re.compile(rf"\n{BLANK}*{SPAN}{BLANK}*$", re.MULTILINE)
FIELD = re.compile(r"^[^:\n]{1,40}:(?=[ \t])[^\n]{0,50}[^\n.?!\u2026]$", re.MULTILINE)
CLOCK_OR_NUMBER = re.compile(rf"\d+|{SPAN}")
LEAST_FIELDS = 2  # lines above an interview that say something about it
SURE, SELDOM = 10, 3  # labels from which on their layout is sure; how often what stands elsewhere is none
FIRST_CELL = re.compile(r"^(?:\d+\t)?(?:[\d:.,]+\t)?([^\t\n]{1,60})\t", re.MULTILINE)


class Mark(NamedTuple):
    """Where a label or time begins, where the words after it begin, whose they are ('' as before), and when."""

    start: int
    words: int
    speaker: str
    time: float | None


def marks(text: str, known: Collection[str], file: str = "", *, cues: bool = False) -> list[Mark]:
    r"""Find the labels of a text: of everybody listed, and of whoever else is named as people are named there.

    A name alone on its line, or before a tab, is a label where the file writes most of its labels so. Within `cues`,
    which have times of their own, labels stand before colons only.

    Raises
    ------
    StudyError : somebody listed is named alone on a line in a text whose labels have a colon or a time.

    >>> [mark.speaker for mark in marks("Elodie: Yes.\nWe said: no.\nHart, Jo 0:05\nNo.", ["Hart, Jo"])]
    ['Elodie', 'Hart, Jo']
    """
    listed = [name for name in known if name != "*"]
    forms = {normalize(form, name): name for name in listed for form in ("NFC", "NFD")}
    forms |= {name: name for name in listed}
    pattern = _pattern("|".join([*map(re.escape, sorted(forms, key=len, reverse=True)), STRANGER]))
    labels = [(match, forms.get(match["name"], match["name"]), _layout(match)) for match in pattern.finditer(text)]
    if cues:
        labels = [mark for mark in labels if mark[2] in {"colon", "bare", "tight"}]
    layouts = Counter(layout for _, name, layout in labels if name in known)
    often = Counter(name for _, name, layout in labels if layout == "colon" and name not in known)
    alone, before_colons = layouts["alone"] * 2 > layouts.total(), layouts["colon"] + layouts["bare"] + layouts["tight"]
    elsewhere = layouts.total() >= SURE and not before_colons  # then what stands before a colon once is no label
    timed = [match for match, name, layout in labels if name in known and layout == "line"]
    own = len(timed) * 2 > layouts.total() and sum(_apart(text, match) for match in timed) * 2 > len(timed)
    lonely = [STAMPED.match(text, match.end()) for match, name, layout in labels if name in known and layout == "alone"]
    stamped = sum(map(bool, lonely)) * 2 > len(lonely)  # each has its time on the next line
    taken, astray = list[Mark](), list[int]()
    for match, name, layout in labels:
        if name in known:
            label = layout != "alone" or alone or (own and _apart(text, match))
            astray += [match.start()] if taken and not label else []
        elif name is None:
            label = _clock_like(match["only"])
        else:
            label = _stranger(match, layout, layouts, often[name], alone)
            label &= not (elsewhere and layout == "colon" and often[name] < SELDOM)
            label &= not (stamped and layout == "alone" and not STAMPED.match(text, match.end()))
        if label:
            clock = match["before"] or match["after"] or match["only"]
            taken.append(Mark(*match.span(), name or "", seconds(clock) if clock else None))
        elif name and _clock_like(match["before"]) and "\n" in text[match.end("before") : match.start("name")]:
            taken.append(Mark(match.start(), match.start("name"), "", seconds(match["before"])))
    taken += [] if elsewhere else _odd(text, taken, layouts, {name.casefold() for name in listed}, cues=cues)
    if astray:
        problem = (
            f"{many(len(astray), 'line holds', 'lines hold')} nothing but a label, where others have a colon or a time"
        )
        problem += f"; the first is word {len(text[: astray[0]].split()) + 1}"
        raise StudyError([Fault(file, 0, problem, "write a colon behind them, or join them to the line before")])
    if layouts["tab"] * 2 > layouts.total():
        taken += [Mark(m.start(), m.end(), m[1].strip(), None) for m in _cells(text, taken)]
    return sorted(taken if "*" in known else _without_head(text, taken, known))


def _clock_like(clock: str | None) -> bool:
    """Whether what stands alone on its line is a time of the recording, and none that somebody speaks of."""
    return clock is not None and (clock.count(":") > 1 or clock[0] in "[(")


def _apart(text: str, match: re.Match[str]) -> bool:
    """Whether a line stands behind an empty one and before words."""
    return (
        not text[: match.start()].rpartition("\n")[0].rpartition("\n")[2].strip()
        and text[match.end() : match.end() + 2].strip() != ""
    )


def _without_head(text: str, taken: list[Mark], known: Collection[str]) -> list[Mark]:
    """Leave out what looks like a label in the lines about an interview that stand above it ("Date: 3 May")."""
    first = min((mark.start for mark in taken if mark.speaker in known), default=0)
    fields = {match.start() for match in FIELD.finditer(text, 0, first)}
    later = {mark.speaker for mark in taken if mark.start not in fields}
    return [m for m in taken if m.start not in fields or m.speaker in later or len(fields) < LEAST_FIELDS]


def _pattern(names: str) -> re.Pattern[str]:
    after = rf"[ \t\u00a0,{UNSEEN}-]*(?P<after>{SPAN})?{BLANK}*(?:{ENDS})"
    label = rf"{BEFORE}(?P<name>{names})[*_]{{0,2}}{after}"
    return re.compile(rf"{HEAD}(?:{label}|(?P<only>{SPAN}){BLANK}*$)", re.MULTILINE)


def _layout(match: re.Match[str]) -> str:
    layout = match.lastgroup or ""
    return "alone" if layout == "line" and not (match["before"] or match["after"]) else layout


def _stranger(match: re.Match[str], layout: str, layouts: Counter[str], times: int, alone: bool) -> bool:
    """Whether a label that nobody listed stands where labels stand: as often, and written, as those of the file are."""
    name = match["name"]
    if layout == "colon":
        return _name_like(name, times)
    if layout == "line" and match["after"] and match.start("after") - match.end("name") > 1:
        return True
    if layout == "alone":
        parted = len(name.split()) > 1 or any(map(str.isdigit, name))
        return alone and parted and _name_like(name, 1) and name[-1] not in "."
    least = 0 if layout == "line" and not match["before"] else 1
    return layout != "tab" and layouts[layout] >= least and _name_like(name, 1)


def _odd(text: str, taken: list[Mark], layouts: Counter[str], listed: set[str], *, cues: bool) -> list[Mark]:
    """Labels that nobody listed and that hold more than words (brackets, commas, a number first), or have no capital.

    A word without a capital is one where most lines or cues begin with a label, where it comes back, or where it is
    somebody listed but for its capitals.
    """
    at = {mark.start for mark in taken}
    rest = [match for match in ODD.finditer(text) if match.start() not in at]
    often = Counter(match["name"] for match in rest if match["colon"])
    units = text.count("\0") + 1 if cues else sum(1 for line in text.split("\n") if line.strip())
    steady = layouts.total() * 2 > units
    odd = list[Mark]()
    for match in rest:
        name, clock = match["name"], match["before"] or match["after"]
        word = name.casefold() in listed or (name.isidentifier() and (steady or often[name] > 1))
        number = steady and not any(map(str.isalpha, name))  # of a telephone
        colon = match["colon"] and (word or number or _person_like(name, often[name]))
        if colon or (clock and layouts["line"] and not match["colon"] and _person_like(name, 1)):
            odd.append(Mark(*match.span(), name, seconds(clock) if clock else None))
    return odd


def _person_like(label: str, times: int) -> bool:
    """As `_name_like`, of the words beside brackets and quotes, or of those within where there are no others."""
    words = BESIDE.sub(" ", label).split() or label.strip("[]()").split()
    capitals = [word[0] == word[0].upper() or word != word.lower() for word in words if any(map(str.isalnum, word))]
    if PROSE.search(label) or not any(map(str.isalpha, label)) or not capitals:
        return False
    return capitals[0] and (times > 1 or (len(capitals) < 6 and all(capitals)))


def _cells(text: str, taken: list[Mark]) -> list[re.Match[str]]:
    """First cells of rows, where most rows begin with somebody listed: each names somebody."""
    at = {mark.start for mark in taken}
    first = min(at)
    return [match for match in FIRST_CELL.finditer(text) if match.start() not in at and match.start() > first]


def _name_like(label: str, times: int) -> bool:
    """A label that comes back, or whose words all begin as names do: somebody forgotten or mistyped."""
    capitals = [word[0] == word[0].upper() for word in label.split()]
    return capitals[0] and (times > 1 or (len(capitals) < 4 and all(capitals)))


def seconds(clock: str) -> float:
    """Return the seconds of a clock such as 3, 1:02 or [1:02:03], or of the beginning of a span.

    >>> seconds("[1:02:03]")
    3723.0
    """
    total = 0.0
    for part in re.findall(r"[\d:]+(?:[.,]\d+)?", clock)[0].replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total
