"""What people coded without a machine's help: only that may be held against other people, or against machines."""

from __future__ import annotations

import pandas as pd


def unaided(codings: pd.DataFrame) -> pd.DataFrame:
    """Return the codings that were made before their coder saw a machine's suggestions in the source.

    The others (`suggestion` says taken, changed or seen) are left out: by itself the coder had said 'absent'.

    >>> codings = pd.DataFrame({"unit": ["u1", "u2"], "code": ["CB1", "CB1"], "suggestion": [None, "taken"]})
    >>> unaided(codings)["unit"].tolist()
    ['u1']
    """
    return codings[codings["suggestion"].isna()]


def unaided_consensus(consensus: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a consensus but for those that rest on nothing that anybody coded unaided.

    `codings` : unit, code, suggestion. A row that no coding stands behind (a decision) is kept.
    """
    key = ["unit", "code"]
    aided = codings[key].assign(aided=codings["suggestion"].notna()).groupby(key)["aided"].all()
    rows = pd.MultiIndex.from_frame(consensus[key])
    return consensus[~rows.isin(aided[aided].index)]
