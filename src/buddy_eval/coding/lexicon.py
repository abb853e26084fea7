"""Find all terms of a lexicon in a text: whole words, overlaps kept, offsets in the original's code points.

What counts as a match:

- `words` says what a word is. So ``staff`` is found in ``staff's`` and ``site`` in ``cross-site``, but ``it`` is not
  found in ``item``.
- A term is one or more words. Between its words the text may have white space of any kind, hyphens, or what the term
  itself has there (``staff's``); straight and curly apostrophes are the same.
- What is typed without its apostrophe is found too: ``dont`` for ``don't``, in terms and negations.
- A word of a term that ends in ``*`` is a stem: it is found at the beginning of a word, and the match is the whole
  word. A term that begins with ``=`` is found in its own case only.

What counts as negated: one of the last `window` words before the match, in the same clause, is a negation. A
clause ends at ``. ! ? ; :`` or a line break; here an apostrophe inside a word is part of it, so ``didn't`` is
one word. The nearest such word is the evidence. Only matches are judged, never the rest of the text.

Every character is looked at a bounded number of times, whatever the text: there is no backtracking anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from buddy_eval.coding.words import GAP, STOPS, WORD, composed, folded, normalised, plain

SHORT = re.compile(r"(?<=[^\W\d_])n'(t)\b", re.IGNORECASE)
SPOKEN = re.compile(f"[{re.escape(STOPS)}]|{WORD.pattern}(?:'+{WORD.pattern})*")


class Hits(NamedTuple):
    """Matches as arrays of one length, by unit, start and term; places are code points, -1 where there is none."""

    unit: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    term: NDArray[np.int32]
    negation_start: NDArray[np.int32]
    negation_end: NDArray[np.int32]


@dataclass(frozen=True)
class Pattern:
    """A term in words: each with whether it is a stem, and what stands before each later word."""

    number: int
    words: tuple[tuple[str, bool], ...]
    gaps: tuple[str, ...]
    exact: bool


class Lexicon:
    """A set of terms to be found together, and the words that negate a match when they stand before it.

    Raises
    ------
    ValueError : a term has no word in it.

    >>> lexicon = Lexicon(["engag*", "lift and shift", "=IT"], ["not"], 3)
    >>> list(lexicon.find("Engagement? It was not lift-and-shift, IT said."))
    [(0, 10, 0, -1, -1), (23, 37, 1, 19, 22), (39, 41, 2, -1, -1)]
    """

    def __init__(self, terms: Iterable[str], negations: Iterable[str] = (), window: int = 0) -> None:
        self.terms = list(terms)
        self.negations = frozenset(folded(composed(form)) for word in negations for form in _forms(word))
        self.window = window
        self.patterns = [_compiled(n, form) for n, term in enumerate(self.terms) for form in _forms(term)]
        self._by_word: dict[str, list[Pattern]] = defaultdict(list)
        self._by_stem: dict[str, list[Pattern]] = defaultdict(list)
        for pattern in self.patterns:
            first, stem = pattern.words[0]
            (self._by_stem if stem else self._by_word)[folded(first)].append(pattern)
        self._stems = sorted({len(stem) for stem in self._by_stem})

    def find(self, text: str) -> Iterator[tuple[int, int, int, int, int]]:
        """Yield start, end, number of the term, start and end of its negation of every match, by start and term."""
        composed = normalised(text)
        shown = plain(composed[0] if composed else text)
        lowered = folded(shown)
        words = [match.span() for match in WORD.finditer(lowered)]
        spoken: list[tuple[int, int]] = []
        for position, (start, end) in enumerate(words):
            hits = []
            for pattern in self._candidates(lowered[start:end]):
                last = _matched(pattern, words, position, shown if pattern.exact else lowered)
                if last:
                    hits.append((pattern.number, last))
            if hits:
                spoken = spoken or [match.span() for match in SPOKEN.finditer(lowered)]
                negation = self._negation(lowered, spoken, start)
                for number, last in sorted(hits):
                    yield (*_back(composed, start, last), number, *_back(composed, *negation))

    def _negation(self, text: str, spoken: list[tuple[int, int]], start: int) -> tuple[int, int]:
        """Return where the nearest negation before a match stands, or (-1, -1)."""
        before = bisect_left(spoken, (start, 0))
        for begin, end in reversed(spoken[max(0, before - self.window) : before]):
            word = text[begin : min(end, start)].rstrip("'")
            if word in self.negations:
                return begin, begin + len(word)
            if word in STOPS:
                break
        return -1, -1

    def _candidates(self, word: str) -> Iterator[Pattern]:
        yield from self._by_word.get(word, ())
        for length in self._stems:
            if length > len(word):
                break
            yield from self._by_stem.get(word[:length], ())


def _forms(term: str) -> list[str]:
    """A term, and as people type it: dont for don't."""
    return list(dict.fromkeys((term, SHORT.sub(r"n\1", plain(term)))))


def _compiled(number: int, term: str) -> Pattern:
    exact = term.startswith("=")
    shown = plain(composed(term.removeprefix("=")))
    shown = shown if exact else folded(shown)
    spans = list(WORD.finditer(shown))
    if not spans:
        raise ValueError(f"term number {number} has no word in it")
    words = tuple((match.group(), shown[match.end() : match.end() + 1] == "*") for match in spans)
    gaps = tuple(shown[before.end() : after.start()].removeprefix("*") for before, after in pairwise(spans))
    return Pattern(number, words, gaps, exact)


def _matched(pattern: Pattern, words: list[tuple[int, int]], position: int, text: str) -> int:
    """Return where a match that begins at a word ends, or 0."""
    if position + len(pattern.words) > len(words):
        return 0
    last = 0
    for step, (wanted, stem) in enumerate(pattern.words):
        start, end = words[position + step]
        if not (text.startswith(wanted, start, end) if stem else text[start:end] == wanted):
            return 0
        if step and not _bridged(text[last:start], pattern.gaps[step - 1]):
            return 0
        last = end
    return last


def _bridged(between: str, gap: str) -> bool:
    return between == gap or (GAP.fullmatch(between) is not None and GAP.fullmatch(gap) is not None)


def _back(composed: tuple[str, list[int], list[int]] | None, start: int, end: int) -> tuple[int, int]:
    """Places in the text as it was written, from places in its NFC form."""
    return (start, end) if composed is None or start < 0 else (composed[1][start], composed[2][end - 1])
