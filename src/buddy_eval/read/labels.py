"""Where turns begin: a label before a colon, a tab, a time or the end of its line, whichever way a file writes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple
from unicodedata import normalize

from buddy_eval.base.errors import Fault, StudyError

UNSEEN = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # marks of direction, of width nought, soft hyphens
BLANK = rf"[ \t\u00a0{UNSEEN}]"
CLOCK = r"[\[(]?\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d+)?[\])]?"
SPAN = rf"{CLOCK}(?:{BLANK}*(?:-+>?|[\u2013\u2014\u2192]){BLANK}*{CLOCK})?"
STRANGER = r"[^\W\d_](?:[\w.'\u2019 -]{0,29}[\w.'\u2019-])?"  # though nobody listed it
# What stands behind a label: the last group that matched names the layout.
ENDS = (
    rf"(?P<colon>[:\uff1a][*_]{{0,2}}{BLANK}+(?=\S))|(?P<bare>[:\uff1a]{BLANK}*$)|(?P<tight>[:\uff1a](?=[^\s\d]))"
    rf"|(?P<tab>\t{BLANK}*)|(?P<clock>(?<=[\])]){BLANK}+(?=\S))|(?P<line>{BLANK}*$)"
)
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
    alone = layouts["alone"] * 2 > layouts.total()
    taken, astray = list[Mark](), 0
    for match, name, layout in labels:
        if name in known:
            label = layout != "alone" or alone
            astray += bool(taken) and not label
        elif name is None:
            label = match["only"].count(":") > 1 or match["only"][0] in "[("
        else:
            label = _stranger(match, layout, layouts, often[name], alone)
        if label:
            clock = match["before"] or match["after"] or match["only"]
            taken.append(Mark(*match.span(), name or "", seconds(clock) if clock else None))
    if astray:
        problem = f"{astray} lines hold nothing but a label, where other labels have a colon or a time"
        raise StudyError([Fault(file, 0, problem, "write a colon behind them, or join them to the line before")])
    if layouts["tab"] * 2 > layouts.total():
        taken += [Mark(m.start(), m.end(), m[1].strip(), None) for m in _cells(text, taken)]
    return sorted(taken)


def _pattern(names: str) -> re.Pattern[str]:
    before = rf"(?P<before>{SPAN})(?:[ \t\u00a0,:{UNSEEN}-]+|{BLANK}*\n\s*)"
    after = rf"[ \t\u00a0,{UNSEEN}-]*(?P<after>{SPAN})?{BLANK}*(?:{ENDS})"
    label = rf"(?:{before})?[*_]{{0,2}}(?P<name>{names})[*_]{{0,2}}{after}"
    return re.compile(rf"^{BLANK}*(?:\d+\t)?(?:{label}|(?P<only>{SPAN}){BLANK}*$)", re.MULTILINE)


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
