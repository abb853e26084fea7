"""How the program is called here, for the commands that messages name: `do.py` says when it was started through it."""

from __future__ import annotations

import os
from pathlib import Path

CALLED = os.environ.get("BUDDY_EVAL_CALLED", "buddy-eval")


def call(words: str, folder: Path) -> str:
    """Return a command on a study's folder as it can be typed here; the folder in which one stands goes without saying.

    >>> call("run", Path.cwd()), call("run", Path.cwd() / "our study")
    ('buddy-eval run', 'buddy-eval run "our study"')
    """
    here, place = Path.cwd(), folder.resolve()
    if place == here:
        return f"{CALLED} {words}"
    shown = str(place.relative_to(here) if place.is_relative_to(here) else place)
    return f"{CALLED} {words} " + (f'"{shown}"' if " " in shown else shown)
