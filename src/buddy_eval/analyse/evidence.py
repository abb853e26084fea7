"""What each kind of evidence says of a theme on each side: a direction, or the reason why none can be read.

- interviews: among at least three people with a direction, a balance (enabler share minus barrier share) of 1/3 or more
  makes the strand positive or negative;
- survey: the 95% interval of the mean of at least three people (of three independent pairs for the whole study) lies
  above or below the middle of the scale; a side whose people are split has no mean, and is mixed;
- boards: of at least three rated questions two thirds or more in place, or one third or fewer.

`mixed` is evidence both ways; an interval that holds the middle is `unclear`. Whatever has no direction because of how
the study stands has a state of its own: not_asked, not_coded, not_raised, no_direction (coded without one), too_few.

A direction is `firm` at 5% over the number of comparisons of the whole display: exact binomial of enablers against
barriers, t of the mean against the middle (a sign test where all answers are alike); a board's answers are no sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
from scipy.special import stdtr, stdtrit

from buddy_eval.analyse.compare.clusters import cluster_of, clusters
from buddy_eval.analyse.interviews import UNRECORDED, asked, raised
from buddy_eval.analyse.strands import SIDES, SPEAKING, STRANDS, latest_waves
from buddy_eval.analyse.thresholds import ALPHA
from buddy_eval.base.numbers import interval, many, number
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import EVIDENCE
from buddy_eval.schemas.vocabulary import WHOLE

MIDDLE = 3.0
STILL = 1e-9  # standard error below which a spread is rounding
LEAST = 3  # people, rated questions, or independent pairs, from which a direction is read
Reading = tuple[str, float, int, str]  # state, p-value of its direction, n, figures


def evidence(
    themes: pd.DataFrame,
    consensus: pd.DataFrame,
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    sources: pd.DataFrame,
    codes: pd.DataFrame,
    within: pd.DataFrame,
    readiness: pd.DataFrame,
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    """Read every strand for each side of every pair, and of the whole study (pair ``all``).

    Survey and boards count with the latest wave of their pair, in the whole study with the latest of all. Of a study of
    one pair the whole is that pair. Returns the frame `evidence`.
    """
    coded = units[units["unit"].isin(set(assignments["unit"]))]
    coded_people = set(coded["participant"].dropna())
    people = (asked(units, sources, themes), _directions(consensus, units, codes))
    latest = latest_waves(within)
    ready = latest_waves(readiness[readiness["view"] == "theme"])
    ready = ready.assign(theme=ready["heading"])
    of_all = [frame[frame["wave"] == frame["wave"].max()] for frame in (latest, ready)]
    known = clusters(pairs)
    rows = []
    of_pair, of_study = (
        _by((*people, latest, ready), ["theme", "pair", "side"]),
        _by((*people, *of_all), ["theme", "side"]),
    )
    for theme in themes["theme"]:
        for pair in pairs["pair"]:
            rows += _read(partial(of_pair, theme, pair), coded_people, pair, theme, {})
        if len(pairs) == 1:
            rows += [{**row, "pair": WHOLE} for row in rows[-len(STRANDS) * len(SIDES) :]]
        else:
            rows += _read(partial(of_study, theme), coded_people, WHOLE, theme, known)
    strands = pd.DataFrame(rows, columns=[*EVIDENCE.names, "p"])
    strands["firm"] = strands["p"] <= ALPHA / max(1, _comparisons(strands))
    return conform(strands, EVIDENCE)


def asked_unscored(strands: pd.DataFrame, responses: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return the strands, where a survey that asked too few questions of a theme for a score is not said not to ask."""
    asked = responses[["pair", "side", "item"]].drop_duplicates()
    themed = asked.merge(items[["item", "theme"]], on="item")[["pair", "side", "theme"]].drop_duplicates()
    put = {key for of in (themed, themed.assign(pair=WHOLE)) for key in of.itertuples(index=False, name=None)}
    keys = strands[["pair", "side", "theme"]].itertuples(index=False, name=None)
    asked_of = pd.Series([key in put for key in keys], index=strands.index, dtype="bool")
    few = (strands["strand"] == "survey") & (strands["state"] == "not_asked") & asked_of
    detail = strands["detail"].mask(few, "too few of its questions were asked of everybody")
    return strands.assign(state=strands["state"].mask(few, "too_few"), detail=detail)


def _comparisons(rows: pd.DataFrame) -> int:
    """How many comparisons of two strands of one side, and of two sides of one strand, the display holds."""
    speaking = rows[rows["state"].isin(SPEAKING)]
    sizes = [speaking.groupby(["pair", "theme", other]).size() for other in ("side", "strand")]
    return int(sum((size * (size - 1) // 2).sum() for size in sizes))


def _by(frames: tuple[pd.DataFrame, ...], keys: list[str]) -> Callable[..., list[pd.DataFrame]]:
    """Return what gives the rows of every frame that have these keys."""
    parts: list[dict[Any, pd.DataFrame]] = [dict(list(frame.groupby(keys))) for frame in frames]
    return lambda *key: [part.get(key, frame.iloc[:0]) for part, frame in zip(parts, frames, strict=True)]


def _read(
    of: Callable[[str], list[pd.DataFrame]], coded: set[str], pair: str, theme: str, known: dict[str, str]
) -> list[dict[str, Any]]:
    rows = []
    for side in SIDES:
        topics, people, cells, boards = of(side)
        survey = _survey_of_pair(cells) if pair != WHOLE else _survey_of_all(cells, known)
        strands = (_interviews(topics, people, coded), survey, _boards(boards))
        for strand, (state, p, n, detail) in zip(STRANDS, strands, strict=True):
            about = {"pair": pair, "theme": theme, "strand": strand, "side": side}
            rows.append({**about, "state": state, "p": p, "n": n, "detail": detail})
    return rows


def _directions(consensus: pd.DataFrame, units: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Who raised which theme, and in which direction; missing where no passage was coded with one."""
    said = raised(consensus, units, codes, by="theme")
    return said.assign(direction=said["direction"].where(said["direction"] != UNRECORDED))


def _interviews(topics: pd.DataFrame, people: pd.DataFrame, coded: set[str]) -> Reading:
    put = topics.loc[topics["asked"].astype(bool), "participant"]
    n = int(put.isin(coded).sum())
    if not len(put) and people.empty:
        return "not_asked", 1.0, 0, "nobody was asked"
    if not n and people.empty:
        return "not_coded", 1.0, 0, f"{len(put)} interviewed, none coded yet"
    part = f", {n} of {len(put)} interviewed coded" if n < len(put) else ""
    if people.empty:
        return "not_raised", 1.0, n, f"raised by none of {n}{part}"
    counts = people["direction"].value_counts()
    enabler, barrier, mixed = (int(counts.get(name, 0)) for name in ("enabler", "barrier", "mixed"))
    directed = enabler + barrier + mixed
    if not people["direction"].notna().any():
        return "no_direction", 1.0, len(people), f"raised by {len(people)}, no direction recorded{part}"
    text = f"{enabler} of {len(people)} mainly enabling, {barrier} mainly hindering{part}"
    if directed < LEAST:
        return "too_few", 1.0, len(people), text
    balance = (enabler - barrier) / len(people)
    p = _by_signs(enabler, barrier)
    if abs(balance) >= 1 / 3:
        return ("positive" if balance > 0 else "negative"), p, len(people), text
    return ("mixed" if mixed or min(enabler, barrier) else "unclear"), p, len(people), text


def _by_signs(one: int, other: int) -> float:
    """Two-sided exact binomial p-value of so many of one kind and so many of another.

    >>> _by_signs(1, 5), _by_signs(3, 3)
    (0.21875, 1.0)
    """
    n = one + other
    return min(1.0, 2 * sum(math.comb(n, fewer) for fewer in range(min(one, other) + 1)) / 2**n)


def _survey_of_pair(cells: pd.DataFrame) -> Reading:
    if cells.empty:
        return "not_asked", 1.0, 0, "no answers"
    cell, n = cells.iloc[0], int(cells["n"].iloc[0])
    if n < LEAST:
        return "too_few", 1.0, n, f"too few people, n {n}"
    if cell["split"]:
        return "mixed", 1.0, n, f"people are split, n {n}"
    alike = pd.isna(cell["ci_low"])
    spread = "all alike" if alike else interval(cell["ci_low"], cell["ci_high"], 1)
    text = f"mean {number(cell['mean'], 1)} ({spread}), n {n}"
    error = 0.0 if alike else cell["sd"] / n**0.5
    return _against_middle(cell["mean"], error, n), _p(cell["mean"], error, n), n, text


def _survey_of_all(cells: pd.DataFrame, known: dict[str, str]) -> Reading:
    if cells.empty:
        return "not_asked", 1.0, 0, "no answers"
    means = cells["mean"].groupby(cluster_of(cells["pair"], known).to_numpy()).mean()
    n = len(means)
    if n < LEAST:
        return "too_few", 1.0, n, f"too few trusts for an interval, {n} independent"
    mean, error = means.mean(), means.std(ddof=1) / n**0.5
    half = stdtrit(n - 1, 0.975) * error
    spread = interval(mean - half, mean + half, 1) if error > STILL else "all alike"
    text = f"mean of {n} independent trusts {number(mean, 1)} ({spread})"
    return _against_middle(mean, error, n), _p(mean, error, n), n, text


def _boards(cells: pd.DataFrame) -> Reading:
    if cells.empty:
        return "not_asked", 1.0, 0, "no return"
    rated, in_place = int(cells["n_rated"].sum()), int(cells["in_place"].sum())
    text = f"{in_place} of {many(rated, 'answer')} in place"
    if rated < LEAST:
        return "too_few", 1.0, rated, text
    share = in_place / rated
    return ("positive" if share >= 2 / 3 else "negative" if share <= 1 / 3 else "mixed"), 0.0, rated, text


def _against_middle(mean: float, error: float, n: int) -> str:
    if _p(mean, error, n) > ALPHA:
        return "unclear"
    return "positive" if mean > MIDDLE else "negative"


def _p(mean: float, error: float, n: int) -> float:
    """Two-sided t p-value of a mean against the middle; where all answers are alike, that of a sign test."""
    if not error > STILL:  # no spread, of which a few answers alike tell nothing
        return 2 * 0.5**n if mean != MIDDLE else 1.0
    return 2 * float(stdtr(n - 1, -abs(mean - MIDDLE) / error))
