"""Find all terms of a lexicon in a text: whole words, overlaps kept, offsets in the original's code points.

What counts as a match:

- A *word* is a longest run of letters, digits, underscores and combining marks. So ``staff`` is found in
  ``staff's`` and ``site`` in ``cross-site``, but ``it`` is not found in ``item``.
- A term is one or more words. Between its words the text may have white space of any kind, hyphens, or what the
  term itself has there (``staff's``); straight and curly apostrophes are the same.
- A word of a term that ends in ``*`` is a stem: it is found at the beginning of a word, and the match is the
  whole word. A term that begins with ``=`` is found in its own case only.
- Letters are compared after NFC normalisation and without case, one character for one.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LETTERS = r"\w\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
WORD = re.compile(rf"[{LETTERS}]+")
GAP = re.compile(r"[\s\-\u2010-\u2015]+")
APOSTROPHES = str.maketrans("\u2019\u2018\u02bc\uff07", "''''")


@dataclass(frozen=True)
class _Pattern:
    """A term in words: each with whether it is a stem, and what stands before each later word."""

    number: int
    words: tuple[tuple[str, bool], ...]
    gaps: tuple[str, ...]
    exact: bool


class Lexicon:
    """A set of terms to be found together.

    >>> lexicon = Lexicon(["engag*", "lift and shift", "=IT"])
    >>> list(lexicon.find("Engagement? It was lift-and-shift, IT said."))
    [(0, 10, 0), (19, 33, 1), (35, 37, 2)]
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self.terms = list(terms)
        self._by_word: dict[str, list[_Pattern]] = defaultdict(list)
        self._by_stem: dict[str, list[_Pattern]] = defaultdict(list)
        for number, term in enumerate(self.terms):
            pattern = _compiled(number, term)
            first, stem = pattern.words[0]
            (self._by_stem if stem else self._by_word)[fold(first)].append(pattern)
        self._stems = sorted({len(stem) for stem in self._by_stem})

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, number of the term) of every match, by start, then by term."""
        shown, back = _normalised(text)
        folded = fold(shown)
        words = [(match.start(), match.end()) for match in WORD.finditer(folded)]
        for position, (start, end) in enumerate(words):
            hits = []
            for pattern in self._candidates(folded[start:end]):
                last = _matched(pattern, words, position, shown if pattern.exact else folded)
                if last:
                    hits.append((pattern.number, last))
            for number, last in sorted(hits):
                yield (start, last, number) if back is None else (back[start], back[last], number)

    def _candidates(self, word: str) -> Iterator[_Pattern]:
        yield from self._by_word.get(word, ())
        for length in self._stems:
            if length > len(word):
                break
            yield from self._by_stem.get(word[:length], ())


def words_before(text: str, start: int, count: int) -> list[str]:
    """Return the last `count` words before an offset within its clause, nearest first, folded.

    A clause ends at ``. ! ? ; :`` or a line break. Apostrophes stay inside a word here: ``didn't`` is one.

    >>> words_before("It came late. We did n't, not really, trust them", 43, 3)
    ['trust', 'really', 'not']
    """
    clause = re.split(r"[.!?;:\n]", fold(unicodedata.normalize("NFC", text[:start])))[-1]
    return re.findall(rf"[{LETTERS}']+", clause)[::-1][:count]


def _compiled(number: int, term: str) -> _Pattern:
    exact = term.startswith("=")
    plain = unicodedata.normalize("NFC", term.removeprefix("=")).translate(APOSTROPHES)
    plain = plain if exact else fold(plain)
    found = list(WORD.finditer(plain))
    if not found:
        raise ValueError(f"term number {number} has no word in it")
    words = tuple((match.group(), plain[match.end() : match.end() + 1] == "*") for match in found)
    gaps = tuple(plain[before.end() : after.start()].removeprefix("*") for before, after in itertools.pairwise(found))
    return _Pattern(number, words, gaps, exact)


def _matched(pattern: _Pattern, words: list[tuple[int, int]], position: int, text: str) -> int:
    """Return where a match that begins at a word ends, or 0."""
    if position + len(pattern.words) > len(words):
        return 0
    last = 0
    for step, (wanted, stem) in enumerate(pattern.words):
        start, end = words[position + step]
        word = text[start:end]
        if not (word.startswith(wanted) if stem else word == wanted):
            return 0
        if step and not _bridged(text[last:start], pattern.gaps[step - 1]):
            return 0
        last = end
    return last


def _bridged(between: str, gap: str) -> bool:
    return between == gap or (GAP.fullmatch(between) is not None and GAP.fullmatch(gap) is not None)


def fold(text: str) -> str:
    """Lower case, one character for one: what would change the length stays as it is."""
    lowered = text.lower().translate(APOSTROPHES)
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).translate(APOSTROPHES)


def _normalised(text: str) -> tuple[str, list[int] | None]:
    """Return the NFC text and, where that differs, the original offset of every character and of the end."""
    text = text.translate(APOSTROPHES)
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text, None
    starts = [i for i, c in enumerate(text) if i == 0 or not unicodedata.combining(c)]
    shown, back = "", []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = unicodedata.normalize("NFC", text[start:end])
        shown += piece
        back += [start] * len(piece)
    return shown, [*back, len(text)]
