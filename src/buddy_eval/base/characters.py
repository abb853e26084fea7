"""Which characters the PDF's fonts lack, and which no page can hold: neither may stop a report, both are said."""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path

COMMON = re.compile(r"[\t\n\v\f\r -~\u00a0-\u024f\u2010-\u2027\u2030-\u203a]+")
DEVANAGARI = range(0x0900, 0x0980)  # in New Computer Modern, which comes with Typst
# controls, halves of characters, and the marks that turn the order of what follows
UNWRITTEN = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\u202d\\u202e\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff]")


def lacking(text: str) -> set[str]:
    """Return the characters of a text that neither DejaVu Sans nor the fonts of Typst can draw.

    >>> sorted(lacking("Tuesday \u2013 \u0434\u0430 \U0001f600 \u4f1a\u8bae"))
    ['会', '议']
    """
    rare = set(COMMON.sub("", text))
    return {sign for sign in rare if unicodedata.category(sign) != "Cf" and ord(sign) not in _drawn()} if rare else rare


def described(sign: str) -> str:
    """Return the number and the name of a character.

    >>> described("\u4f1a")
    'U+4F1A CJK UNIFIED IDEOGRAPH-4F1A'
    """
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')}"


def fonts() -> Path:
    """Return the folder of the fonts that come with matplotlib, DejaVu Sans among them; it is not loaded for that."""
    package = find_spec("matplotlib")
    return Path(str(package and package.origin)).parent / "mpl-data" / "fonts" / "ttf"


@functools.cache
def _drawn() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(fonts() / "DejaVuSans.ttf")["cmap"].getBestCmap()) | frozenset(DEVANAGARI)
