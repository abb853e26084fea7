"""What a word is: one rule for letters, case, accents, apostrophes and gaps, for the plain and the fast coder.

A *word* is a longest run of letters, digits, underscores and combining marks. Letters are compared after NFC
normalisation and without case, one character for one, so that offsets stay offsets: İ and ß stay what they are, and the
two small sigmas are one letter. All forms of the apostrophe (backquotes and primes that stand for one too) are one
character, which is no part of a word. Soft hyphens and marks without width are nothing, ligatures are their letters.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from operator import ne

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"[\w\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
GAP = re.compile(r"[\s\-\u2010-\u2015]+")
STOPS = ".!?;:\n"
APOSTROPHES = "\u2019\u2018\u02bc\uff07`\u00b4\u2032\u201b"
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
LIGATURES = {sign: unicodedata.normalize("NFKC", sign) for sign in map(chr, range(0xFB00, 0xFB07))}
LETTERS = {**dict.fromkeys(UNSEEN, ""), **LIGATURES}  # what stands for some characters in a word
ODD = re.compile(f"[{''.join(LETTERS)}]")
LONGER = "\u0130"  # İ, the one letter whose lower case is two characters
CHARACTERS, LAST = 0x110000, 0x33480  # from LAST on no character is a letter, has a case or composes
IS_WORD, IS_GAP, IS_STOP, IS_APOSTROPHE, IS_LOOSE = 1, 2, 4, 8, 16


def plain(text: str) -> str:
    """Write every apostrophe in one way."""
    for form in APOSTROPHES:
        text = text.replace(form, "'")
    return text


def folded(text: str) -> str:
    r"""Lower case, one character for one, with one form of apostrophe.

    >>> folded("İT\u2019S ΟΔΟΣ")
    "İt's οδοσ"
    """
    lowered = LONGER.join(part.lower() for part in text.split(LONGER))
    return plain(lowered).replace("\u03c2", "\u03c3")


def normalised(text: str) -> tuple[str, list[int], list[int]] | None:
    r"""Return the NFC form, with where each of its characters starts and ends in the text; None where it is the text.

    >>> normalised("cafe\u0301s")
    ('cafés', [0, 1, 2, 3, 5], [1, 2, 3, 5, 6])
    """
    if text.isascii() or (unicodedata.is_normalized("NFC", text) and not ODD.search(text)):
        return None
    parts = [LETTERS.get(character, character) for character in text]
    places = [place for place, part in enumerate(parts) for _ in part]  # of each letter in the text as it is written
    letters = "".join(parts)
    begins = [place for place, character in enumerate(letters) if place == 0 or not _leans(character)]
    shown: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for begin, end in zip(begins, [*begins[1:], len(letters)], strict=False):
        piece = unicodedata.normalize("NFC", letters[begin:end])
        same = piece == letters[begin:end]
        shown.append(piece)
        starts += places[begin:end] if same else [places[begin]] * len(piece)
        ends += [place + 1 for place in places[begin:end]] if same else [places[end - 1] + 1] * len(piece)
    return "".join(shown), starts, ends


def composed(text: str) -> str:
    r"""Return a text as its words are compared, but for case: in NFC, without unseen marks, ligatures as letters.

    >>> composed("o\ufb03ce sta\u00adff")
    'office staff'
    """
    words = normalised(text)
    return words[0] if words else text


def _leans(character: str) -> bool:
    """Whether a character may change together with the one before it."""
    first = unicodedata.normalize("NFD", character)[0]
    return unicodedata.combining(first) > 0 or first in _joining()


@functools.cache
def _joining() -> frozenset[str]:
    """The characters that compose with one before them."""
    pairs = (parts.split() for parts in map(unicodedata.decomposition, map(chr, range(LAST))) if parts)
    marks = (chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<"))
    return frozenset([*marks, *map(chr, range(0x1161, 0x1176)), *map(chr, range(0x11A8, 0x11C3))])


@functools.cache
def characters() -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32]]:
    """Return three tables over all code points: what it is (a sum of ``IS_...``), itself in its own case,
    folded.

    ``IS_LOOSE`` marks whatever may not be in NFC: a text that holds it is normalised before it is searched.
    """
    numbers = np.arange(CHARACTERS, dtype="<i4")
    every = numbers[:LAST].tobytes().decode("utf-32-le", "surrogatepass")
    own, lower = numbers.copy(), numbers.copy()
    shown = plain(every)
    for table, text in ((own, shown), (lower, folded(shown))):
        table[:LAST] = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4")
    kinds = np.zeros(CHARACTERS, np.uint32)
    for rule, kind in ((WORD, IS_WORD), (GAP, IS_GAP)):
        for run in rule.finditer(shown):
            kinds[run.start() : run.end()] |= kind
    kinds[[ord(stop) for stop in STOPS]] |= IS_STOP
    kinds[own == ord("'")] |= IS_APOSTROPHE
    composed = (unicodedata.normalize("NFC", character) for character in every)
    kinds[:LAST][np.fromiter(map(ne, every, composed), bool, LAST)] |= IS_LOOSE
    kinds[:LAST][np.fromiter(map(unicodedata.combining, every), bool, LAST)] |= IS_LOOSE
    kinds[[ord(mark) for mark in [*_joining(), *LETTERS]]] |= IS_LOOSE
    return kinds, own, lower
