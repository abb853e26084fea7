"""Names that differ from those taken."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, count


def unique(name: str, taken: Callable[[str], bool], form: str = "{} ({})") -> str:
    """Return a name as it is where it is free, else with the first number from 2 on that makes it so.

    >>> unique("A", {"A", "A (2)"}.__contains__), unique("B", {"A"}.__contains__)
    ('A (3)', 'B')
    """
    numbered = (form.format(name, number) for number in count(2))
    return next(candidate for candidate in chain([name], numbered) if not taken(candidate))
