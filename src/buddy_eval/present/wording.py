"""From a row of results to a sentence that says no more than the row can carry.

No sentence here uses a causal verb: a buddying study without comparison trusts cannot tell what buddying did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from buddy_eval.analyse.thresholds import LEAST_PAIRS_FOR_P
from buddy_eval.base.numbers import decimals, interval, many, number, p_value
from buddy_eval.present.cautions import cautions_in_words

SURVEY = "survey"
UNCLEAR, FEW = "the study cannot tell whether", "there are too few pairs to compare"
NONE = "no pair can be compared, for not enough was asked or answered on both sides"
QUESTIONS = {
    "gap": "the two sides differ", "change": "the gap changed", "series": "the two sides changed differently"
}  # fmt: skip


def alone(row: Mapping[Any, Any]) -> bool:
    """Tell whether the interval leaves out zero."""
    return bool(row["ci_low"] > 0 or row["ci_high"] < 0)


def clear(row: Mapping[Any, Any]) -> bool:
    """Tell whether a row carries a direction once all that a report says is allowed for (see `allowance`).

    >>> clear({"stands": True}), clear({"stands": False})
    (True, False)
    """
    return bool(row["stands"])


def finding(row: Mapping[Any, Any], label: str) -> str:
    """Say one row of `findings` in words: direction, size, interval, pairs, and p only where the row has one.

    A row that does not stand, alone or with all else that was looked at allowed for, makes the
    sentence say that the study cannot tell, before any size. With fewer than six independent pairs a sentence speaks
    of these pairs, and of no others.

    >>> row = {"contrast_kind": "gap", "wave": 2, "estimate": 0.31,
    ...        "ci_low": 0.15, "ci_high": 0.47, "p_value": 0.008, "p_adjusted": 0.031, "n_pairs": 8, "n_clusters": 8,
    ...        "stands": True, "n_looks": 5}
    >>> finding(row, "Communication")  # doctest: +NORMALIZE_WHITESPACE
    'Communication, wave 2: supporters scored 0.31 points higher than receivers on average over 8 pairs
    (95% interval 0.15 to 0.47; exact p 0.008, adjusted for all 5 results 0.031).'
    """
    head = label + (f", wave {row['wave']}" if pd.notna(row["wave"]) else "")
    evidence = _evidence(row)
    if pd.isna(row["estimate"]):
        return f"{head}: {FEW if row['n_pairs'] else NONE} ({evidence})."
    if not clear(row):
        return f"{head}: {UNCLEAR} {QUESTIONS[row['contrast_kind']]} ({evidence})."
    if row["n_clusters"] < LEAST_PAIRS_FOR_P:
        return f"{head}: in these {pairs_counted(row)}{',' * _shared(row)} {_direction(row)} on average ({evidence})."
    return f"{head}: {_direction(row)} on average over {pairs_counted(row)} ({evidence})."


def unclear(rows: Sequence[Mapping[Any, Any]], labels: Sequence[str]) -> list[str]:
    """Say all rows that do not stand together, a sentence for each question, each row with its 95% interval.

    >>> row = {"contrast_kind": "gap", "estimate": 0.1, "n_pairs": 8,
    ...        "n_clusters": 8, "ci_low": -0.1, "ci_high": 0.3, "n_looks": 2}
    >>> unclear([row | {"wave": 1}, row | {"wave": 2}], ["Culture", "Culture"])  # doctest: +NORMALIZE_WHITESPACE
    ['The study cannot tell whether the two sides differ (8 pairs): Culture, wave 1 (−0.10 to 0.30),
    wave 2 (−0.10 to 0.30).']
    """
    asked: dict[str, dict[str, list[str]]] = {}
    for row, label in zip(rows, labels, strict=True):
        about = FEW if row["n_pairs"] else NONE
        if row["n_pairs"] and pd.notna(row["estimate"]):
            about = f"{UNCLEAR} {QUESTIONS[row['contrast_kind']]} ({pairs_counted(row)})"
        low, high = row["ci_low"], row["ci_high"]
        wave = f", wave {row['wave']}" if pd.notna(row["wave"]) else ""
        written = interval(low, high, decimals(low, high))
        asked.setdefault(about, {}).setdefault(label, []).append(f"{wave} ({written})" if written else wave)
    said = [
        f"{about[:1].upper()}{about[1:]}: {'; '.join(label + ''.join(said) for label, said in rows.items())}."
        for about, rows in asked.items()
    ]
    if any(alone(row) for row in rows):
        looks = f"{rows[0]['n_looks']} results were looked at, and some intervals do so by chance"
        said[-1] += f" An interval that leaves out zero is no finding here: {looks}."
    return said


def effect(row: Mapping[Any, Any], label: str) -> str:
    """Say one difference-in-differences row of `effects` in words that claim no more than the row.

    >>> row = {"term": "difference", "estimate": 0.02, "ci_low": -0.03, "ci_high": 0.08, "p_value": 0.37,
    ...        "p_adjusted": 1.0, "n_treated": 9, "n_comparators": 116, "caution": "", "placebo": False,
    ...        "stands": False, "n_looks": 12}
    >>> effect(row, "Staff engagement")  # doctest: +NORMALIZE_WHITESPACE
    'Staff engagement: the figures cannot tell whether the 9 supported trusts changed differently from the 116 others
    (difference +0.02; 95% interval −0.03 to 0.08; p by randomisation 0.370, adjusted for all 12 results 1.000).'
    """
    head = f"{label}, in a year in which nothing began (placebo)" if row["placebo"] else label
    if pd.isna(row["estimate"]):
        return f"{head}: {'; '.join(cautions_in_words(row))}."
    others = many(row["n_comparators"], "other")
    fit = decimals(row["ci_low"], row["ci_high"])
    evidence = (
        f"95% interval {interval(row['ci_low'], row['ci_high'], fit)}; p by randomisation {p_value(row['p_value'])}"
        f"{_adjusted(row)}"
    )
    who = f"the {row['n_treated']} supported trusts" if row["n_treated"] != 1 else "the one supported trust"
    if not clear(row):
        size = number(row["estimate"], fit, sign=True)
        unsure = f"the figures cannot tell whether {who} changed differently from the {others}"
        return f"{head}: {unsure} (difference {size}; {evidence})."
    way = "above" if row["estimate"] > 0 else "below"
    said = f"the change of {who} was {number(abs(row['estimate']), fit)} {way} that of the {others}"
    return f"{head}: {said} ({evidence})."


UNRATED = {"not_applicable": "not applicable", "dont_know": "don't know", "missing": "not answered"}  # of a board
STATES = {
    "positive": "positive",
    "negative": "negative",
    "mixed": "mixed",
    "unclear": "unclear",
    "apart": "the sides apart",
    "too_few": "too few to say",
    "no_direction": "direction not recorded",
    "not_coded": "not coded yet",
    "not_raised": "not raised",
    "not_asked": "not asked",
    "withheld": "withheld",
}
SHAPES = {  # before the word, so that a state is seen without a colour and read without a key
    "positive": "\N{BLACK UP-POINTING TRIANGLE}",
    "negative": "\N{BLACK DOWN-POINTING TRIANGLE}",
    "mixed": "\N{BLACK DIAMOND}",
    "unclear": "?",
    "apart": "\N{RIGHTWARDS ARROW OVER LEFTWARDS ARROW}",
}
# Two questions, whose answers share no words, for both may be so: where each side leans, and how its evidence does.
RATED = {  # do the kinds of evidence point one way? in a cell; the sentences are `RATINGS`
    "agreement": "one way",
    "partial": "one way in part",
    "dissonance": "opposite ways",
    "unclear": "cannot tell",
    "silence": "too little said",
}
BOTH = {  # do the two sides lean alike? in a cell; the sentences are `SIDES`
    "alike": "lean alike",
    "apart": "opposite views",
    "unclear": "cannot tell",
    "one_side": "cannot be compared",
}
SIDES = {
    "alike": "the two sides lean alike where they can be compared",
    "apart": "the two sides hold opposite views",
    "unclear": "whether the two sides lean alike is unclear",
    "one_side": "the two sides cannot be compared",
}
RATINGS = {
    "agreement": "where a side has two kinds of evidence or more, they point one way",
    "partial": "the kinds of evidence point one way in part, as not all have a direction",
    "dissonance": "the kinds of evidence point opposite ways within a side",
    "unclear": "whether the kinds of evidence point one way is unclear",
    "silence": "too few kinds of evidence say anything",
}


def state(value: object) -> str:
    """Write the state of a kind of evidence as a shape and a word.

    >>> state("negative"), state("too_few")
    ('▼ negative', 'too few to say')
    """
    return f"{SHAPES.get(str(value), '')} {STATES[str(value)]}".strip()


def joint(row: Mapping[Any, Any], label: str) -> str:
    """Say one row of `joint_display` in words: how the kinds of evidence go together, and how the sides do.

    >>> joint({"rating": "unclear", "sides": "apart", "interviews": "not_coded", "survey": "apart",
    ...        "boards": "mixed"}, "Culture")  # doctest: +NORMALIZE_WHITESPACE
    'Culture: whether the kinds of evidence point one way is unclear (interviews not coded yet, survey the sides
    apart, boards mixed); the two sides hold opposite views.'
    """
    strands = ", ".join(f"{name} {STATES[row[name]]}" for name in ("interviews", "survey", "boards"))
    return f"{label}: {RATINGS[row['rating']]} ({strands}); {SIDES[row['sides']]}."


def _adjusted(row: Mapping[Any, Any]) -> str:
    """The p-value with the allowance for all results; of a single one there is none."""
    several = row["n_looks"] > 1 and pd.notna(row["p_adjusted"])
    return f", adjusted for all {row['n_looks']} results {p_value(row['p_adjusted'])}" if several else ""


def _evidence(row: Mapping[Any, Any]) -> str:
    parts, fit = [], decimals(row["ci_low"], row["ci_high"])
    if pd.notna(row["estimate"]) and not clear(row):
        parts.append(f"difference {number(row['estimate'], fit, sign=True)} over {pairs_counted(row)}")
    if written := interval(row["ci_low"], row["ci_high"], fit):
        parts.append(f"95% interval {written}")
    if pd.notna(row["p_value"]):
        parts.append(f"exact p {p_value(row['p_value'])}{_adjusted(row)}")
    elif row["n_clusters"] < LEAST_PAIRS_FOR_P:
        parts.append("too few pairs for a p-value")
    return "; ".join(parts)


def pairs_counted(row: Mapping[Any, Any]) -> str:
    """Say how many pairs a result rests on, and how many of them are independent.

    >>> pairs_counted({"n_pairs": 1, "n_clusters": 1}), pairs_counted({"n_pairs": 3, "n_clusters": 2})
    ('1 pair', '3 pairs, 2 of them independent')
    """
    independent = f", {row['n_clusters']} of them independent" if _shared(row) else ""
    return many(row["n_pairs"], "pair") + independent


def _shared(row: Mapping[Any, Any]) -> bool:
    return bool(row["n_clusters"] < row["n_pairs"])


def _direction(row: Mapping[Any, Any]) -> str:
    size = number(abs(row["estimate"]), decimals(row["ci_low"], row["ci_high"]))
    more = row["estimate"] > 0
    if row["contrast_kind"] == "series":
        return f"receivers' change was {size} {'above' if more else 'below'} their supporters'"
    if row["contrast_kind"] == "change":
        way = "up" if more else "down"
        return f"supporters' scores minus receivers' moved {way} by {size} points"
    return f"supporters scored {size} points {'higher' if more else 'lower'} than receivers"
