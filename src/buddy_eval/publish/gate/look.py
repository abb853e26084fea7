"""What no gate can decide of a report, for whoever signs it: pictures, posts, words of names, what was let pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup

from buddy_eval.disclose.results import Results
from buddy_eval.disclose.rules import AUDIENCES, visible_quotes
from buddy_eval.publish.gate.allowed import allowed, stands_in
from buddy_eval.publish.gate.mentions import DATES, POSTS
from buddy_eval.publish.gate.rules import tokens
from buddy_eval.publish.gate.trusts import WHAT
from buddy_eval.study.settings import Study

UNTOLD = (
    "what no rule tells: unusual nicknames, people whom no file names and who say and do nothing, surnames that are "
    "words and begin a sentence, somebody's words said in others, few people told without a number"
)


def to_look_at(results: Results, report: Path) -> list[str]:
    """Return a line for each thing in a report (its page) that a person has to judge before it leaves.

    These are pictures, words of trusts' names that are ordinary words too, quotes with a post or a date, texts that
    somebody let pass, and what no rule can tell.
    """
    page = report.with_suffix(".html")
    if not page.is_file() or page.parent.name not in AUDIENCES:
        return []
    soup = BeautifulSoup(page.read_bytes(), "lxml")
    text = " ".join(soup.get_text(" ").split())
    pictures = len(soup.find_all("img"))
    lines = [f"pictures: {pictures}; nothing reads what is drawn in them"] if pictures else []
    if named := _named(text, results.table("trusts")["name"]):
        lines.append(f"words that are part of a trust's name too: {', '.join(named)}")
    lines += _quotes(results, page.parent.name, " ".join(tokens(text)))
    return [*lines, *_let_pass(results.study, text), UNTOLD]


def _named(text: str, names: Iterable[str]) -> list[str]:
    """Words with a capital that a trust's name holds, with how often; alone the gate takes none for a name."""
    telling = {word for name in names for word in tokens(name)} - WHAT
    seen = Counter(word for word in re.findall(r"\b[A-Z]\w{2,}", text) if word.casefold() in telling)
    return [f"{word} ({n})" for word, n in sorted(seen.items())]


def _quotes(results: Results, profile: str, text: str) -> Iterator[str]:
    read = results.table
    shown = visible_quotes(
        read("approvals"), read("sources"), read("units"), read("participants"), read("consensus"), profile
    )
    here = [quote for quote in dict.fromkeys(shown["quote"]) if " ".join(tokens(quote)) in text]
    for what, pattern in (("post", POSTS), ("date", DATES)):
        if n := sum(pattern.search(quote) is not None for quote in here):
            yield f"quotes with a {what}: {n}; each stands in quote-register.csv"


def _let_pass(study: Study, text: str) -> Iterator[str]:
    let = allowed(study.root).items()
    yield from (f"let pass: {words} ({why})" for words, why in let if stands_in(text, words))
