"""From a row of results to a sentence that says no more than the row can carry.

No sentence here uses a causal verb: a buddying study without comparison trusts cannot tell what buddying did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from buddy_eval.analyse.compare.sign_flips import ALPHA, LEAST_PAIRS_FOR_P
from buddy_eval.base.numbers import decimals, interval, number, p_value
from buddy_eval.present.cautions import cautions_in_words

SURVEY = "survey"
UNCLEAR, FEW = "the study cannot tell whether", "there are too few pairs to compare"
QUESTIONS = {
    "gap": "the two sides differ", "change": "the gap changed", "series": "the two sides changed differently"
}  # fmt: skip


def alone(row: Mapping[Any, Any]) -> bool:
    """Tell whether the interval leaves out zero."""
    return bool(row["ci_low"] > 0 or row["ci_high"] < 0)


def clear(row: Mapping[Any, Any]) -> bool:
    """Tell whether a row carries a direction: its interval leaves out zero, and so does the allowance for other looks.

    >>> clear({"ci_low": 0.1, "ci_high": 0.5, "p_adjusted": 0.02}), clear({"ci_low": 0.1, "ci_high": 0.5,
    ...        "p_adjusted": 0.2}), clear({"ci_low": -0.1, "ci_high": 0.5, "p_adjusted": None})
    (True, False, False)
    """
    return alone(row) and not (pd.notna(row["p_adjusted"]) and row["p_adjusted"] > ALPHA)


def finding(row: Mapping[Any, Any], label: str) -> str:
    """Say one row of `findings` in words: direction, size, interval, pairs, and p only where the row has one.

    An interval that holds zero makes the sentence say that the study cannot tell; so does a difference that would be
    one if it were the only one looked at, and is none once the other themes are allowed for. With fewer than six pairs
    a sentence speaks of these pairs, and of no others.

    >>> row = {"contrast_kind": "gap", "wave": 2, "estimate": 0.31,
    ...        "ci_low": 0.05, "ci_high": 0.57, "p_value": 0.008, "p_adjusted": 0.031, "n_pairs": 8}
    >>> finding(row, "Communication")  # doctest: +NORMALIZE_WHITESPACE
    'Communication, wave 2: supporters scored 0.31 points higher than receivers on average over 8 pairs
    (95% interval 0.05 to 0.57; exact p 0.008, adjusted for the themes 0.031).'
    """
    head = label + (f", wave {row['wave']}" if pd.notna(row["wave"]) else "")
    evidence = _evidence(row)
    if pd.isna(row["estimate"]):
        return f"{head}: {FEW} ({evidence})."
    if not alone(row):
        return f"{head}: {UNCLEAR} {_question(row)} ({evidence})."
    if row["n_pairs"] < LEAST_PAIRS_FOR_P:
        return f"{head}: in these {_pairs(row)} {_direction(row)} on average ({evidence})."
    said = f"{_direction(row)} on average over {_pairs(row)}"
    if clear(row):
        return f"{head}: {said} ({evidence})."
    return f"{head}: looked at alone, {said}; with the others allowed for, {UNCLEAR} {_question(row)} ({evidence})."


def unclear(rows: Sequence[Mapping[Any, Any]], labels: Sequence[str]) -> list[str]:
    """Say all rows whose interval holds zero together, a sentence for each question, each row with its 95% interval.

    >>> row = {"contrast_kind": "gap", "estimate": 0.1, "n_pairs": 8,
    ...        "ci_low": -0.1, "ci_high": 0.3}
    >>> unclear([row | {"wave": 1}, row | {"wave": 2}], ["Culture", "Culture"])  # doctest: +NORMALIZE_WHITESPACE
    ['The study cannot tell whether the two sides differ (8 pairs): Culture, wave 1 (−0.10 to 0.30),
    wave 2 (−0.10 to 0.30).']
    """
    asked: dict[str, dict[str, list[str]]] = {}
    for row, label in zip(rows, labels, strict=True):
        about = f"{UNCLEAR} {_question(row)} ({_pairs(row)})" if pd.notna(row["estimate"]) else FEW
        low, high = row["ci_low"], row["ci_high"]
        wave = f", wave {row['wave']}" if pd.notna(row["wave"]) else ""
        written = interval(low, high, decimals(low, high))
        asked.setdefault(about, {}).setdefault(label, []).append(f"{wave} ({written})" if written else wave)
    return [
        f"{about[:1].upper()}{about[1:]}: {'; '.join(label + ''.join(said) for label, said in rows.items())}."
        for about, rows in asked.items()
    ]


def effect(row: Mapping[Any, Any], label: str) -> str:
    """Say one difference-in-differences row of `effects` in words that claim no more than the row.

    >>> row = {"term": "difference", "estimate": 0.02, "ci_low": -0.03, "ci_high": 0.08, "p_value": 0.37,
    ...        "p_adjusted": 1.0, "n_treated": 9, "n_comparators": 116, "caution": "", "placebo": False,
    ...        "alike": False}
    >>> effect(row, "Staff engagement")  # doctest: +NORMALIZE_WHITESPACE
    'Staff engagement: the figures cannot tell whether the 9 supported trusts changed differently from the 116 others
    (difference +0.02; 95% interval −0.03 to 0.08; p by randomisation 0.370, adjusted for the indicators 1.000).'
    """
    head = f"{label}, in a year in which nothing began (placebo)" if row["placebo"] else label
    if pd.isna(row["estimate"]):
        return f"{head}: {'; '.join(cautions_in_words(row))}."
    others = "others that stood nearest to them before" if row["alike"] else f"{row['n_comparators']} others"
    fit = decimals(row["ci_low"], row["ci_high"])
    evidence = (
        f"95% interval {interval(row['ci_low'], row['ci_high'], fit)}; p by randomisation {p_value(row['p_value'])}, "
        f"adjusted for the indicators {p_value(row['p_adjusted'])}"
    )
    who = f"the {row['n_treated']} supported trusts"
    if not alone(row):
        size = number(row["estimate"], fit, sign=True)
        unsure = f"the figures cannot tell whether {who} changed differently from the {others}"
        return f"{head}: {unsure} (difference {size}; {evidence})."
    way = "above" if row["estimate"] > 0 else "below"
    said = f"the change of {who} was {number(abs(row['estimate']), fit)} {way} that of the {others}"
    if clear(row):
        return f"{head}: {said} ({evidence})."
    return f"{head}: looked at alone, {said}; among so many indicators that can be chance ({evidence})."


def joint(row: Mapping[Any, Any], label: str) -> str:
    """Say one row of `joint_display` in words.

    >>> joint({"rating": "dissonance", "interviews": "negative", "survey": "positive", "boards": "silent"}, "Culture")
    'Culture: the kinds of evidence point in opposite directions (interviews negative, survey positive, boards silent).'
    """
    heads = {
        "agreement": "the kinds of evidence agree",
        "partial": "the kinds of evidence agree in part",
        "dissonance": "the kinds of evidence point in opposite directions",
        "silence": "too few kinds of evidence say anything",
    }
    strands = ", ".join(f"{name} {row[name]}" for name in ("interviews", "survey", "boards"))
    return f"{label}: {heads[row['rating']]} ({strands})."


def _evidence(row: Mapping[Any, Any]) -> str:
    parts, fit = [], decimals(row["ci_low"], row["ci_high"])
    if pd.notna(row["estimate"]) and not alone(row):
        parts.append(f"difference {number(row['estimate'], fit, sign=True)} over {_pairs(row)}")
    if written := interval(row["ci_low"], row["ci_high"], fit):
        parts.append(f"95% interval {written}")
    if pd.notna(row["p_value"]):
        others = "indicators" if row["contrast_kind"] == "series" else "themes"
        adjusted = f", adjusted for the {others} {p_value(row['p_adjusted'])}" if pd.notna(row["p_adjusted"]) else ""
        parts.append(f"exact p {p_value(row['p_value'])}{adjusted}")
    elif row["n_pairs"] < LEAST_PAIRS_FOR_P:
        parts.append("too few pairs for a p-value")
    return "; ".join(parts)


def _pairs(row: Mapping[Any, Any]) -> str:
    return f"{row['n_pairs']} pair" + ("s" if row["n_pairs"] != 1 else "")


def _question(row: Mapping[Any, Any]) -> str:
    return QUESTIONS[row["contrast_kind"]]


def _direction(row: Mapping[Any, Any]) -> str:
    size = number(abs(row["estimate"]), decimals(row["ci_low"], row["ci_high"]))
    more = row["estimate"] > 0
    if row["contrast_kind"] == "series":
        return f"receivers' change was {size} {'above' if more else 'below'} their supporters'"
    if row["contrast_kind"] == "change":
        way = "up" if more else "down"
        return f"supporters' scores minus receivers' moved {way} by {size} points"
    return f"supporters scored {size} points {'higher' if more else 'lower'} than receivers"
