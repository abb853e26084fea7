"""The joint display: what interviews, survey and boards say of a theme, and whether they agree.

Every strand is read for each side apart, and the sides are never averaged:

- interviews: of the people with a direction, at least two more in three on one side of the balance
  (enabler share minus barrier share of 1/3 or more) make it positive or negative;
- survey: the 95% interval of the mean (people of one pair, or pairs for the whole study) lies above or below
  the middle of the scale; a side whose people are split has no mean, and is mixed;
- boards: at least two thirds of the rated questions in place, or at most one third.

A strand is positive or negative where both sides that say something say the same, mixed otherwise, silent where nobody
says anything. Two strands or more that say the same agree; positive against negative is dissonance; anything else is
partial; fewer than two strands that speak are silence.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from buddy_eval.analyse.interviews import raised
from buddy_eval.analyse.t_interval import t_half
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import JOINT

MIDDLE = 3.0
STRANDS = ("interviews", "survey", "boards")
RULES = {
    "silence": "fewer than two kinds of evidence say anything",
    "agreement": "all kinds of evidence that speak point the same way",
    "dissonance": "one kind of evidence is positive and another negative",
    "partial": "one kind of evidence is mixed where another has a direction",
}


def joint_display(
    themes: pd.DataFrame,
    consensus: pd.DataFrame,
    units: pd.DataFrame,
    codes: pd.DataFrame,
    within: pd.DataFrame,
    readiness: pd.DataFrame,
) -> pd.DataFrame:
    """Set the three strands side by side for every pair and theme, and for the whole study (pair ``all``).

    Survey and boards count with their latest wave. Returns the frame `joint_display`.
    """
    people = raised(consensus, units, codes, by="theme")
    latest = within[within["wave"] == within["wave"].max()]
    ready = readiness[(readiness["view"] == "theme") & (readiness["wave"] == readiness["wave"].max())]
    pairs = sorted({*people["pair"], *latest["pair"], *ready["pair"]})
    rows = []
    for pair in ["all", *pairs]:
        for theme in themes["theme"]:
            strands = (
                _by_side(_of(people, pair, "theme", theme), _interviews),
                _by_side(_of(latest, pair, "theme", theme), _survey_of_pair if pair != "all" else _survey_of_all),
                _by_side(_of(ready, pair, "heading", theme), _boards),
            )
            rating = rate([found for found, _ in strands])
            row = {"pair": pair, "theme": theme, "rating": rating, "rule": RULES[rating]}
            for name, (found, detail) in zip(STRANDS, strands, strict=True):
                row |= {name: found, f"{name}_detail": detail}
            rows.append(row)
    return conform(pd.DataFrame(rows, columns=JOINT.names), JOINT)


def rate(directions: list[str]) -> str:
    """Rate how strands go together.

    >>> rate(["positive", "negative", "silent"]), rate(["mixed", "positive", "silent"])
    ('dissonance', 'partial')
    """
    speaking = {found for found in directions if found != "silent"}
    if sum(found != "silent" for found in directions) < 2:
        return "silence"
    if len(speaking) == 1:
        return "agreement"
    return "dissonance" if {"positive", "negative"} <= speaking else "partial"


def _of(frame: pd.DataFrame, pair: str, column: str, theme: str) -> pd.DataFrame:
    chosen = frame[frame[column] == theme]
    return chosen if pair == "all" else chosen[chosen["pair"] == pair]


def _by_side(frame: pd.DataFrame, judge: Callable[[pd.DataFrame], tuple[str, str]]) -> tuple[str, str]:
    """Judge each side apart; sides that differ make the strand mixed, and the detail says how."""
    found = {}
    for side in ("supporter", "receiver"):
        ours = frame[frame["side"] == side]
        if len(ours):
            found[side] = judge(ours)
    if not found:
        return "silent", "nothing"
    detail = "; ".join(f"{side}: {text}" for side, (_, text) in found.items())
    directions = {direction for direction, _ in found.values()}
    return (directions.pop() if len(directions) == 1 else "mixed"), detail


def _interviews(people: pd.DataFrame) -> tuple[str, str]:
    enabler = int((people["direction"] == "enabler").sum())
    barrier = int((people["direction"] == "barrier").sum())
    n = len(people)
    balance = (enabler - barrier) / n
    return _sign(balance, 1 / 3), f"{enabler} of {n} mainly enabling, {barrier} mainly hindering"


def _survey_of_pair(cells: pd.DataFrame) -> tuple[str, str]:
    cell = cells.iloc[0]
    if cell["split"]:
        return "mixed", f"people are split, n {cell['n']}"
    text = f"mean {cell['mean']:.1f} ({cell['ci_low']:.1f} to {cell['ci_high']:.1f}), n {cell['n']}"
    return _against_middle(cell["ci_low"], cell["ci_high"]), text


def _survey_of_all(cells: pd.DataFrame) -> tuple[str, str]:
    n, mean = len(cells), cells["mean"].mean()
    half = t_half(cells["mean"].std(), n)
    text = f"mean of {n} trusts {mean:.1f} ({mean - half:.1f} to {mean + half:.1f})"
    return _against_middle(mean - half, mean + half), text


def _boards(cells: pd.DataFrame) -> tuple[str, str]:
    rated, in_place = int(cells["n_rated"].sum()), int(cells["in_place"].sum())
    if not rated:
        return "mixed", "no question rated"
    share = in_place / rated
    found = "positive" if share >= 2 / 3 else "negative" if share <= 1 / 3 else "mixed"
    return found, f"{in_place} of {rated} answers in place"


def _sign(balance: float, least: float) -> str:
    return "positive" if balance >= least else "negative" if balance <= -least else "mixed"


def _against_middle(low: float, high: float) -> str:
    return "positive" if low > MIDDLE else "negative" if high < MIDDLE else "mixed"
