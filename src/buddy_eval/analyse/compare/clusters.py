"""Which pairs are independent of each other: pairs that share a trust, directly or through others, are one cluster.

A receiver with three supporters gives three pairs and three times the same people; a supporter with three receivers
likewise. Whatever is computed across pairs first takes the mean within a cluster, and then counts each cluster once.
"""

from __future__ import annotations

import pandas as pd


def clusters(pairs: pd.DataFrame) -> dict[str, str]:
    """Return for each pair the name of its cluster: the first pair, by name, that it shares trusts with.

    Parameters
    ----------
    pairs : pair, supporter, receiver; a supporter that is not known links nothing.

    >>> clusters(pd.DataFrame({"pair": ["P1", "P2", "P3"], "supporter": ["A", "B", "C"], "receiver": ["R", "R", "S"]}))
    {'P1': 'P1', 'P2': 'P1', 'P3': 'P3'}
    """
    home: dict[str, str] = {}
    trusts: dict[str, str] = {}
    for row in pairs.sort_values("pair").to_dict("records"):
        pair = str(row["pair"])
        home[pair] = pair
        for trust in (row["supporter"], row["receiver"]):
            if pd.isna(trust):
                continue
            mine, theirs = home[pair], home[trusts.setdefault(str(trust), pair)]
            first = min(mine, theirs)
            home = {other: first if name in (mine, theirs) else name for other, name in home.items()}
    return home


def cluster_of(names: pd.Series, known: dict[str, str] | None) -> pd.Series:
    """Name the cluster of every pair in `names`; a pair of which nothing is known stands for itself."""
    return names.astype("str").map(lambda pair: (known or {}).get(pair, pair))
