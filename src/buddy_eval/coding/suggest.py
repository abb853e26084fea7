"""Suggestions of codes by the lexicon: each with its evidence, its rule, and the mark of a machine."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from buddy_eval.coding.engine import find_all
from buddy_eval.coding.lexicon import Lexicon
from buddy_eval.schemas import conform
from buddy_eval.schemas.machines import SUGGESTIONS
from buddy_eval.schemas.vocabulary import OPPOSITE


def suggest(units: pd.DataFrame, terms: pd.DataFrame, negations: pd.DataFrame) -> pd.DataFrame:
    """Find every term of the lexicon in every codable unit.

    Parameters
    ----------
    units : columns unit, text, codable.
    terms : columns code, term, valence; one term may stand under several codes.
    negations : columns word, window (how many words before the evidence may hold it, within the same clause),
        codebook (name and version, kept with every suggestion).

    Returns
    -------
    The frame `suggestions`: unit, code, start, end (code points of the unit's text), term, negated,
    negation_start and negation_end (its evidence), valence (turned round by a negation; missing where the
    term carries none), method ``lexicon``, codebook.

    >>> units = pd.DataFrame({"unit": ["u1"], "text": ["We had no baseline at all."], "codable": [True]})
    >>> terms = pd.DataFrame({"code": ["EL1"], "term": ["baseline*"], "valence": ["enabler"]})
    >>> negations = pd.DataFrame({"word": ["no"], "window": [3], "codebook": ["demo 1"]})
    >>> made = suggest(units, terms, negations)
    >>> made[["code", "start", "end", "negated", "valence"]].values.tolist()
    [['EL1', 10, 18, True, 'barrier']]
    """
    distinct = list(dict.fromkeys(terms["term"]))
    spoken = units[units["codable"].astype(bool)]
    lexicon = Lexicon(distinct, negations["word"], int(negations["window"].max()))
    matches = find_all(lexicon, pa.array(spoken["text"], pa.large_string()))
    hits = pd.DataFrame(matches._asdict())
    hits["unit"] = spoken["unit"].to_numpy()[matches.unit]
    hits["term"] = pd.Series(distinct, dtype="str").to_numpy()[matches.term]
    hits["negated"] = matches.negation_start >= 0
    negation = hits[["negation_start", "negation_end"]].astype("Int64")
    hits[["negation_start", "negation_end"]] = negation.where(hits["negated"])
    suggested = hits.merge(terms[["code", "term", "valence"]], on="term")
    turned = suggested["valence"].map(OPPOSITE).fillna(suggested["valence"])
    suggested["valence"] = suggested["valence"].where(~suggested["negated"].astype(bool), turned)
    return conform(suggested.assign(method="lexicon", codebook=negations["codebook"].iloc[0]), SUGGESTIONS)
