"""Numbers as a reader meets them, in tables, sentences and alt texts alike."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"


def number(value: object, digits: int = 2, sign: bool = False) -> str:
    """Write a number with a true minus sign; nothing for a missing one.

    >>> number(-0.456), number(0.4, 1, sign=True), number(-0.001), number(None)
    ('−0.46', '+0.4', '0.00', '')
    """
    if _missing(value):
        return ""
    return f"{float(value):{'+' if sign else ''}z.{digits}f}".replace("-", MINUS)  # type: ignore[arg-type]


def many(n: int, one: str, several: str = "") -> str:
    """Write how many there are of something, in the singular for one.

    >>> many(1, "passage"), many(2000, "passage"), many(1, "line holds", "lines hold")
    ('1 passage', '2,000 passages', '1 line holds')
    """
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def interval(low: object, high: object, digits: int = 2) -> str:
    """Write an interval as ``low to high``; nothing where it is missing.

    >>> interval(-0.1, 0.25)
    '−0.10 to 0.25'
    """
    written = [number(low, digits), number(high, digits)]
    return " to ".join(written) if all(written) else ""


def decimals(low: object, high: object) -> int:
    """Return how many decimals show an interval: two, or what gives its width two digits; four at most.

    >>> decimals(0.05, 0.57), decimals(0.004, 0.021), decimals(None, None)
    (2, 3, 2)
    """
    if _missing(low) or _missing(high) or not low < high:  # type: ignore[operator]
        return 2
    return min(4, max(2, 1 - math.floor(math.log10(high - low))))  # type: ignore[operator]


def estimate(value: object, low: object, high: object, digits: int | None = None, *, sign: bool = True) -> str:
    """Write an estimate with its interval, in decimals that fit its width unless they are given.

    >>> estimate(0.31, 0.05, 0.57), estimate(0.31, None, None), estimate(0.012, 0.004, 0.021)
    ('+0.31 (0.05 to 0.57)', '+0.31 (no interval)', '+0.012 (0.004 to 0.021)')
    """
    digits = decimals(low, high) if digits is None else digits
    written = number(value, digits, sign)
    return f"{written} ({interval(low, high, digits) or 'no interval'})" if written else ""


def p_value(value: object) -> str:
    """Write a p-value, never as zero; the word none where none may be given.

    >>> p_value(0.0312), p_value(0.0001), p_value(None)
    ('0.031', '< 0.001', 'none')
    """
    written = number(value, 3)
    if not written:
        return "none"
    return "< 0.001" if written == "0.000" else written


def _missing(value: object) -> bool:
    """Whether a value is missing: what is, is equal to itself. (Every command says numbers, and few need pandas.)"""
    try:
        return value is None or bool(value != value)
    except TypeError:  # of pandas' NA nobody knows
        return True
