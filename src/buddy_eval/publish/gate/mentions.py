"""What in a quote could say who speaks or of whom; and quotes that may not leave until a person has decided on it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.base.profiles import READERS
from buddy_eval.disclose.rules import visible_quotes
from buddy_eval.publish.gate.counts import few
from buddy_eval.publish.gate.text import masked
from buddy_eval.publish.gate.titles import UPPER
from buddy_eval.study.settings import Study

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATES = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{MONTHS})\b(?:\s+\d{{4}})?"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|\b(?:19|20)\d\d\b"
)
ALSO_A_NAME = re.compile(r"(?<!\bin )(?<!\bby )(?<!\blast )(?<!\bsince )(?<!\buntil )\b(?:April|May|June|August)")
POSTS = re.compile(
    r"\b(?:chief (?:executive|nurse|operating officer|finance officer)|chair(?:man|woman)?|medical director"
    r"|director of \w+|head of \w+|matron|sister|consultant|registrar|midwife|professor|governor|non-executive)\b",
    re.IGNORECASE,
)
WORD = rf"(?!I['\u2019])[{UPPER}][\w'\u2019-]*[^\W\d{UPPER}_](?:[\w'\u2019-]*\w)?"
CAPITALS = re.compile(rf"(?<=[\w,;:)] ){WORD}(?: {WORD})*")
# Capitals that name nobody, nor one trust among others.
OF_ALL = frozenset(
    "Trust Trusts Board Boards Chief Executive Nurse Medical Director Chair English England Britain British UK Covid "
    "Teams Zoom Christmas Easter Parliament Government Department Health Care Quality Commission Improvement "
    "Band Ward Wave Round Year Month Week Day Phase Stage Level".split()
)
FEW = 8  # from which a count of people tells of nobody, where a study says no other
OPEN, DATE = "name or place?", "date"


def mentions(quote: str, names: list[tuple[str, str]]) -> list[str]:
    """List what in a quote could say who speaks or of whom: known names, posts, dates, few people, capitals.

    >>> mentions("On 3 May our medical director rang Whitby.", [])
    ['date: 3 May', 'name or place?: Whitby', 'post: medical director']
    """
    clues = {(kind, match.group()) for kind, by in ((DATE, DATES), ("post", POSTS)) for match in by.finditer(quote)}
    clues |= {("few people", match.group()) for match in few(quote, FEW)}  # once approved, the gate lets them pass
    clues |= {(OPEN, words) for words in perhaps_names(quote)}
    return [f"{kind}: {words}" for kind, words in [*sorted(set(names)), *sorted(clues)]]


def perhaps_names(quote: str) -> list[str]:
    """Return the words with a capital inside a sentence that are no date and nothing that every trust has, in turn.

    >>> perhaps_names("On Fridays in May the Trust rang Whitby and Jane Doe, and I've asked June.")
    ['Whitby', 'Jane Doe', 'June']
    """
    dated = DATES.sub(lambda date: date.group() if _a_name(date) else "then", quote)
    runs = (match.group() for match in CAPITALS.finditer(dated))
    return list(dict.fromkeys(words for words in runs if not OF_ALL.issuperset(words.split())))


def still_waiting(quote: str, names_nobody: str) -> list[str]:
    """Return what is perhaps a name in a quote and not among words, separated by ;, of which somebody says it is none.

    >>> still_waiting("We rang Whitby, then Leeds.", "Leeds; York")
    ['Whitby']
    """
    decided = {words.strip() for words in names_nobody.split(";")}
    return [words for words in perhaps_names(quote) if words not in decided]


def undecided_quotes(tables: dict[str, pd.DataFrame], profile: str) -> pd.DataFrame:
    """Return the quotes that readers of a profile would get with words that nobody has decided on.

    `tables` holds approvals, sources, units, participants and consensus. Columns: source, start, end, quote, pair,
    of the approval audience, row and names_nobody; `waiting` lists the words.
    """
    approvals = tables["approvals"]
    shown = visible_quotes(
        approvals, tables["sources"], tables["units"], tables["participants"], tables["consensus"], profile
    )
    place = ["source", "start", "end"]
    of_list = approvals.rename(columns={"source_id": "source"})[[*place, "audience", "row", "names_nobody"]]
    shown = shown[[*place, "quote", "pair"]].merge(of_list, on=place)
    decided = shown["names_nobody"].fillna("")
    waiting = [still_waiting(quote, words) for quote, words in zip(shown["quote"], decided, strict=True)]
    shown = shown.assign(waiting=pd.Series(waiting, index=shown.index, dtype="object"))
    return shown[shown["waiting"].map(bool)]


def quote_faults(study: Study, tables: dict[str, pd.DataFrame], profile: str) -> Iterator[tuple[str, Fault]]:
    """Yield each quote that would leave the team while a word in it waits for a decision, as a fault with its pair.

    `tables` holds what `undecided_quotes` takes.
    """
    path = study.raw_path("approvals")
    if profile == "internal" or path is None:
        return
    file = path.relative_to(study.root).as_posix()
    for quote in undecided_quotes(tables, profile).to_dict("records"):
        words = ", ".join(map(masked, quote["waiting"]))
        readers = READERS[quote["audience"]]
        problem = f"nobody has decided whether {words} in this quote for {readers} names a person or a place"
        remedy = (
            "see them in its sentence (quotes --choose NAME shows it, quotes lists them), and write those that name "
            "nobody into names_nobody, separated by ;, or take the row out"
        )
        yield quote["pair"], Fault(file, int(quote["row"]), problem, remedy, "names_nobody")


def _a_name(month: re.Match[str]) -> bool:
    """Whether a month is perhaps somebody's name: without a figure, and not "in" it."""
    return month.group() in {"April", "May", "June", "August"} and (
        ALSO_A_NAME.match(month.string, month.start()) is not None
    )
