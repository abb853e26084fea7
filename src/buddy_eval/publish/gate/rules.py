"""What a study knows and a reader may not: names, identifiers, trusts, pairs, and words without approval."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from buddy_eval.disclose.results import Results
from buddy_eval.pipeline.processed import note, recorded
from buddy_eval.present.tables.form import DRAWN, Table
from buddy_eval.publish.gate.allowed import without
from buddy_eval.publish.gate.names import PARTS, TOKEN, Index, Tokens, fold

SHARED = 6  # words in a row that a page may not share with somebody's words
STEP = 3  # every run of SHARED words holds a run of STEP words that starts at a multiple of STEP

SMALL = frozenset(
    "a an the and or but of to in on at by for from with as is are was were be been it its this that these those he "
    "she they we i you who which what there their our his her your my not no so do did has have had would could can "
    "will if than then when all more most one two other each end day time way side well out up about into over "
    "between".split()
)
BACKWARDS = re.compile("\u202e(?P<text>[^\u202c\n]*)\u202c?")  # shown from right to left
OWN = 2  # words of a run that are not small ones


@dataclass(frozen=True)
class Known:
    """What may not stand in a report for the readers of one profile (and one pair).

    Attributes
    ----------
    profile, pair : the readers.
    suppress_below : counts of people from 1 to one less are withheld from readers outside of the team.
    names : what kind of name each sequence of words is; words as written where case tells, else in lower case.
    quotes : the passages that these readers may see, as sequences of words in lower case.
    spoken : everything that participants said or wrote, one text a unit; empty for the team.
    ordinary : words that people of the study use in lower case: alone they are no name.
    allowed : what a person has let pass, with the reason.
    results : what these readers may have of the study, or None where there is none.
    """

    profile: str
    pair: str = ""
    suppress_below: int = 0
    names: dict[Tokens, str] = field(default_factory=dict)
    quotes: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    ordinary: frozenset[str] = frozenset()
    allowed: dict[str, str] = field(default_factory=dict)
    results: Results | None = None

    @property
    def outside(self) -> bool:
        """Whether the readers are outside of the team."""
        return self.profile != "internal"

    def named(self, text: str, page: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """Yield (kind, the words) for every name in a text; `page` holds the lower-case words of the whole page.

        A single surname or place counts only where the page does not also use it as an ordinary word; a part of a
        trust's name only where nobody let it pass (`allowed`).

        >>> known = Known("public", names={("doe",): "a surname", ("za1",): "a trust"})
        >>> list(known.named("Dr Doe of ZA1, not a doe", frozenset({"doe"})))
        [('a trust', 'ZA1')]
        """
        hits = list(self._index.named(plain(text), page))
        if self.allowed and any(kind in PARTS for kind, _ in hits):
            rest = set(self._index.named(without(plain(text), self.allowed), page))
            hits = [one for one in hits if one[0] not in PARTS or one in rest]
        yield from hits

    def drawn(self, name: str) -> list[Table]:
        """Return all tables of a name that these readers can get, drawn once for all of their reports."""
        if self.results is None:
            return []
        if name not in self._drawn:
            with recorded() as reads:
                self._drawn[name] = list(DRAWN[name](self.results)), reads
        tables, reads = self._drawn[name]
        note(*reads)
        return tables

    @cached_property
    def _drawn(self) -> dict[str, tuple[list[Table], set[str]]]:
        return {}

    @cached_property
    def met(self) -> dict[tuple[str, frozenset[str], bool], list[tuple[str, str]]]:
        """What was found in a text, beside the words of its page: it stands in the page, in Word and in the PDF."""
        return {}

    @cached_property
    def digest(self) -> str:
        """One hash of all that is known, the tables apart."""
        words = (self.profile, self.pair, self.suppress_below, sorted(self.names.items()), self.quotes, self.spoken)
        return hashlib.sha256(repr((*words, sorted(self.ordinary), sorted(self.allowed.items()))).encode()).hexdigest()

    @cached_property
    def _index(self) -> Index:
        return Index(self.names, self.ordinary)

    def unapproved(self, text: str) -> Iterator[str]:
        """Yield the beginning of every run of six or more words that somebody said and nobody approved here."""
        if not self.spoken:
            return
        words, (said, places) = tokens(text), _runs(self.spoken)
        near = sorted({place for run in places.keys() & _of_length(words, STEP) for place in places[run]})
        shared, longer = (_of_length(words if near else [], length) for length in (SHARED, SHARED + 1))
        for theirs in (said[place] for place in near):
            for n in range(len(theirs) - SHARED + 1):
                run = tuple(theirs[n : n + SHARED])
                told = run in shared and (_telling(run) or tuple(theirs[n : n + SHARED + 1]) in longer)
                if told and not any(" ".join(run) in quote for quote in self.quotes):
                    yield " ".join(theirs[n : n + 3])
                    break


@lru_cache(maxsize=4)  # what was said is the same for all readers outside
def _runs(spoken: tuple[str, ...]) -> tuple[list[list[str]], dict[Tokens, list[int]]]:
    """The words of every text, and in which texts a run of STEP words starts at a multiple of STEP."""
    said, places = [tokens(text) for text in spoken], defaultdict[Tokens, list[int]](list)
    for place, words in enumerate(said):
        for n in range(0, len(words) - STEP + 1, STEP):
            places[tuple(words[n : n + STEP])].append(place)
    return said, places


def _of_length(words: list[str], length: int) -> set[Tokens]:
    """All runs of so many words."""
    return set(zip(*(words[n:] for n in range(length)), strict=False))


def plain(text: str) -> str:
    """Undo what hides a word from a search: look-alike forms, soft hyphens, characters without width."""
    if text.isascii():
        return text
    shown = unicodedata.normalize("NFKC", BACKWARDS.sub(lambda match: match["text"][::-1], text))
    hidden = [c for c in set(shown) if unicodedata.category(c) in {"Cf", "Me", "Mn"}]
    return shown.translate(dict.fromkeys(map(ord, hidden))) if hidden else shown


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents, or anything between them."""
    return [fold(word) for word in TOKEN.findall(plain(text))]


def _telling(run: Tokens) -> bool:
    """Whether a run of words is anybody's own: more than "at the end of the day" is."""
    return len(set(run) - SMALL) >= OWN


def file_name(path: str | Path) -> str:
    """Return a file's name without folder and ending, as words.

    >>> file_name("public/minutes_jane-doe.html")
    'minutes jane doe'
    """
    return " ".join(TOKEN.findall(Path(path).stem))
