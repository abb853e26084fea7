"""The joint display: what interviews, survey and boards say of a theme; two questions, kept apart.

Do the two sides see it alike, and do the kinds of evidence point one way? Every strand is read for each side
apart (`analyse.evidence`), and the sides are never averaged.

Strands that point one way agree (`agreement`: the same direction, nothing else does), positive against negative on
one side is `dissonance`. That many pairs and themes are looked at brings opposite directions by chance: dissonance, and
sides `apart`, are said only where both directions are firm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buddy_eval.analyse.strands import DIRECTED, SIDES, SILENT, SPEAKING, STRANDS
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import JOINT
from buddy_eval.schemas.vocabulary import WHOLE

RULES = {
    "silence": "on neither side do two kinds of evidence say anything",
    "agreement": "all kinds of evidence that speak have the same direction",
    "dissonance": "on one side a kind of evidence is positive and another negative, beyond chance",
    "partial": "one kind of evidence has a direction that another has not",
    "unclear": "the kinds of evidence have no direction, or differ no more than chance would make some",
}


Row = Mapping[Any, Any]


def joint_display(evidence: pd.DataFrame) -> pd.DataFrame:
    """Set the strands side by side for every pair and theme, and rate them. Returns the frame `joint_display`."""
    rows, cells = [], dict[tuple[Any, Any], dict[tuple[Any, Any], Row]]()
    for each in evidence.to_dict("records"):
        cells.setdefault((each["pair"], each["theme"]), {})[each["strand"], each["side"]] = each
    for (pair, theme), states in cells.items():
        row: dict[str, Any] = {"pair": pair, "theme": theme}
        for strand in STRANDS:
            mine = {side: states[strand, side] for side in SIDES}
            row[strand] = together(list(mine.values()))
            row[f"{strand}_detail"] = "; ".join(f"{side}: {read['detail']}" for side, read in mine.items())
        row["sides"] = _alike([[states[strand, side] for side in SIDES] for strand in STRANDS])
        rating = rate([[states[strand, side] for strand in STRANDS] for side in SIDES])
        rows.append(row | {"rating": rating, "rule": RULES[rating]})
    display = pd.DataFrame(rows, columns=JOINT.names)
    return conform(display.sort_values("pair", key=lambda pair: pair != WHOLE, kind="stable"), JOINT)


def together(sides: list[Row]) -> str:
    """The state of one strand over both sides: ``apart`` where their directions are opposite and firm, mixed where not.

    >>> firm = {"state": "positive", "firm": True}, {"state": "negative", "firm": True}
    >>> together(list(firm)), together([firm[0], {"state": "negative", "firm": False}])
    ('apart', 'mixed')
    >>> together([firm[0], {"state": "unclear", "firm": False}]), together([firm[0], {"state": "not_asked"}])
    ('unclear', 'positive')
    """
    states = {row["state"] for row in sides if row["state"] in SPEAKING}
    if not states:
        return min((str(row["state"]) for row in sides), key=SILENT.index)
    if set(DIRECTED) <= states:
        return "apart" if all(row["firm"] for row in sides) else "mixed"
    return str(states.pop()) if len(states) == 1 else "mixed" if "mixed" in states else "unclear"


def rate(sides: list[list[Row]]) -> str:
    """Rate how the kinds of evidence go together, from each side's rows of `evidence`.

    >>> rate([[{"state": "mixed", "firm": False}] * 3]), rate([[{"state": "positive", "firm": True}] * 2])
    ('unclear', 'agreement')
    """
    ratings = [_rate_side([row for row in side if row["state"] in SPEAKING]) for side in sides]
    said = [rating for rating in ratings if rating != "silence"]
    if not said:
        return "silence"
    if len(set(said)) == 1:
        return said[0]
    return "dissonance" if "dissonance" in said else "partial"


def _rate_side(rows: list[Row]) -> str:
    if len(rows) < 2:
        return "silence"
    states = {row["state"] for row in rows}
    if {row["state"] for row in rows if row["firm"]} >= set(DIRECTED):
        return "dissonance"
    if set(DIRECTED) <= states or not states & set(DIRECTED):
        return "unclear"
    return "agreement" if len(states) == 1 else "partial"


def _alike(strands: list[list[Row]]) -> str:
    """Whether the two sides see it alike, from each strand's rows of the two sides."""
    both = [sides for sides in strands if all(row["state"] in SPEAKING for row in sides)]
    if not both:
        return "one_side"
    if any(together(sides) == "apart" for sides in both):
        return "apart"
    return "alike" if all(together(sides) in DIRECTED for sides in both) else "unclear"
