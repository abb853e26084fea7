"""The kinds of evidence, the sides of a pair, and the states that a kind can have on a side."""

from __future__ import annotations

import pandas as pd

STRANDS = ("interviews", "survey", "boards")
SIDES = ("supporter", "receiver")
DIRECTED = ("positive", "negative")
SPEAKING = (*DIRECTED, "mixed", "unclear")
SILENT = ("too_few", "no_direction", "not_coded", "not_raised", "not_asked", "withheld")


def latest_waves(frame: pd.DataFrame, of: tuple[str, ...] = ("pair",)) -> pd.DataFrame:
    """Return the rows of the latest wave of each pair, or of each of `of`; waves are never added.

    >>> waves = pd.DataFrame({"pair": ["A", "A", "B"], "wave": [1, 2, 1]})
    >>> latest_waves(waves).values.tolist()
    [['A', 2], ['B', 1]]
    """
    return frame[frame["wave"] == frame.groupby(list(of))["wave"].transform("max")]
