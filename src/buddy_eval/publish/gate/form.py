"""Patterns that are tried where a text holds what they need: they are many and long, and most texts lack it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from buddy_eval.publish.gate.numbers import FEW, PARTS, TENS, WORDS

FLAGS = re.IGNORECASE
# Where a number, or a part of a whole, may begin, in small letters.
BEGINS = re.compile(
    rf"(?<![\w.,])(?=\d|{'|'.join((*WORDS, *TENS))}|half|(?:a|the)[ -](?:single|half|tw|{'|'.join((*FEW, *PARTS))}))"
)


@dataclass(frozen=True)
class Form:
    """A pattern that is compiled when it is first searched for: most commands need few.

    `needs` is what a text, in small letters, has to hold for the pattern to match in it: it may be too wide, and never
    too narrow. What is one `at_number` matches nothing but what begins with a number, and is tried there alone.
    """

    pattern: str
    needs: str = ""
    at_number: bool = False

    def may_stand_in(self, text: str) -> bool:
        """Whether a text holds what the pattern needs."""
        return not self.needs or self._hint.search(small_letters(text)) is not None

    @cached_property
    def _hint(self) -> re.Pattern[str]:
        return re.compile(self.needs)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, in any case of letters."""
        return re.compile(self.pattern, FLAGS)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As of a compiled pattern."""
        return self.compiled.search(text, start, end)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As of a compiled pattern."""
        return self.compiled.match(text, start)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As of a compiled pattern."""
        if not self.may_stand_in(text):
            return iter(())
        return self._at_numbers(text) if self.at_number else self.compiled.finditer(text)

    def _at_numbers(self, text: str) -> Iterator[re.Match[str]]:
        end = 0
        for place in number_places(text):
            if place >= end and (match := self.compiled.match(text, place)):
                end = match.end()
                yield match


@lru_cache(maxsize=8)  # asked for by one form after the other
def number_places(text: str) -> tuple[int, ...]:
    """Return where in a text a number may begin.

    >>> number_places("12 of Twenty nurses, 1.5, half a dozen, a few and a quarter of the team")
    (0, 6, 21, 26, 33, 50)
    """
    return tuple(place.start() for place in BEGINS.finditer(small_letters(text)))


@lru_cache(maxsize=8)  # asked for by one form after the other
def small_letters(text: str) -> str:
    """Return a text in the small letters that a pattern in any case takes its letters for, each at its place.

    >>> small_letters("KEY of D\u0131ana, \u017fister")
    'key of diana, sister'
    """
    if text.isascii():
        return text.lower()
    return text.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s").lower()
