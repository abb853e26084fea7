"""Words as a search has to read them: folded over accents, case, look-alikes and marks, and what hides them undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

TOKEN = re.compile(r"[^\W_]+")
PIECE = re.compile(r"[^\W\d_]+|\d+")
# Letters of other alphabets that look like Latin ones, and Latin ones that no decomposition takes apart.
ALIKE = str.maketrans(
    dict(zip("аеорсхуіјѕһԁкмтвнԛԝɡıαεικνορτυχγ", "aeopcxyijshdkmtbhqwgiaeiknoptuxy", strict=True))
    | {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "\u2019": "'"}
)
FIGURES = str.maketrans("01345", "oleas")
FIGURE = re.compile(r"(?<=[a-z])[01345](?=[a-z])")
# How a word is written so that a search for it fails: each is undone, and the text is read that way as well.
UNDONE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<=[^\W\d_])-[^\S\n]*\n\s*(?=[^\W\d_])"), ""),  # broken at the end of a line
    (
        re.compile(r"(?<=[^\W\d_])1{1,2}(?=[^\W\d_])"),
        lambda match: "i" * len(match.group()),
    ),  # 1 for i; `fold` has it for l
    (re.compile(r"(?<=[^\W\d_])[*~`]+(?=[^\W\d_])"), ""),  # marked
    (re.compile(r"\b([A-Z][a-z]+)-(?=[a-z])"), r"\1"),
    (re.compile(r"(?<=[^\W\d_])11(?=[^\W\d_])"), "ll"),
    (re.compile(r"[A-Z](?<=[a-z].)"), r" \g<0>"),  # written together: JaneDoe
    (
        re.compile(r"(?<![^\W_])[^\W\d_](?:(?P<by>[\s._-])[^\W\d_](?=(?P=by)|\b|_)){3,}(?![^\W_])"),
        lambda match: re.sub(r"[\W_]", "", match.group()),  # spaced out: J-a-n-e
    ),
    (re.compile(r"(?:%[0-9A-Fa-f]{2})+"), lambda match: unquote(match.group())),  # in a link
)
Stand = list[tuple[str, re.Match[str]]]  # pieces of words, each with its word


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    r"""Return a text in lower case without accents, look-alikes, marks, and figures that stand for letters.

    >>> fold("M\u00fcller"), fold("M\u0430r\u200blowe"), fold("B0ateng")
    ('muller', 'marlowe', 'boateng')
    """
    if text.isascii() and text.isalpha():
        return text.lower()
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in {"Cf", "Mn", "Me"})
    small = seen.casefold().translate(ALIKE)
    bare = "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))
    return FIGURE.sub(lambda match: match.group().translate(FIGURES), bare.translate(ALIKE))


@lru_cache(maxsize=2_000)  # most texts of a report stand in the next one too, for other readers
def as_read(text: str) -> tuple[Stand, ...]:
    """Return the pieces of a text, as it stands and as it is read once what hides a word is undone."""
    versions = dict.fromkeys([text, *(pattern.sub(plain, text) for pattern, plain in UNDONE)])
    return tuple(
        [(piece, word) for word in TOKEN.finditer(version) for piece in PIECE.findall(fold(word.group()))]
        for version in versions
    )
