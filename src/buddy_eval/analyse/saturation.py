"""Interviews: whether more of them would bring new codes, and who speaks against what most say.

Sources: Colwell, Mao and Chang (2004) Ecology 85, 2717-2727 for the expected number of codes without an order of
interviews; Chao (1987) Biometrics 43, 783-791 for the codes not yet heard; Guest, Namey and Chen (2020) PLoS ONE 15,
e0232076 for new information as a share of what the first interviews brought. Values of R's vegan stand in
`tests/reference`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from buddy_eval.analyse.interviews import direction
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import NEGATIVE_CASES, SATURATION
from buddy_eval.schemas.vocabulary import OPPOSITE


def saturation(mentions: pd.DataFrame, people: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """How many codes k interviews bring on average over every order, k from 1 up, and how many stay unheard.

    A codebook made before the interviews (deductive) fills by design: its curve tells whether its codes were met.
    Saturation is a claim about codes made from the interviews; `inductive` counts those alone: codes whose
    `place` in the codebook is ``inductive``.

    Parameters
    ----------
    mentions : participant, code; from `interviews.raised`. people : participant, side; everybody interviewed.
    codes : code, theme, place.

    Returns
    -------
    The frame `saturation`: expected codes after k people, how many of them the k-th brought, and Chao's lower bound for
    the codes that exist, by side and for all.
    """
    rows = []
    inductive = set(codes.loc[codes["place"] == "inductive", "code"])
    for side in ["all", *sorted(people["side"].unique())]:
        who = set(people["participant"] if side == "all" else people.loc[people["side"] == side, "participant"])
        for kind, mine in (("all", set(codes["code"])), ("inductive", inductive)):
            heard = mentions[mentions["participant"].isin(who) & mentions["code"].isin(mine)]
            counts = heard.groupby("code")["participant"].nunique().to_numpy(dtype="int64")
            if not len(mine):
                continue
            expected = expected_codes(counts, len(who))
            for k, (now, before) in enumerate(zip(expected, [0.0, *expected], strict=False), 1):
                rows.append((side, kind, k, now, now - before, len(counts), _chao(counts, len(who))))
    return conform(pd.DataFrame(rows, columns=SATURATION.names), SATURATION)


def expected_codes(counts: np.ndarray, n: int) -> list[float]:
    """Expected number of different codes among k of n people, k = 1 to n: sum of 1 - C(n - c, k) / C(n, k).

    >>> [round(x, 3) for x in expected_codes(np.array([3, 1, 1]), 3)]
    [1.667, 2.333, 3.0]
    """
    missed = np.ones(len(counts))
    expected = []
    for k in range(n):
        missed = missed * np.clip(n - counts - k, 0, None) / (n - k)
        expected.append(float((1 - missed).sum()))
    return expected


def negative_cases(mentions: pd.DataFrame) -> pd.DataFrame:
    """Who speaks against the direction that most people of a side give a theme.

    Parameters
    ----------
    mentions : participant, pair, side, theme, direction; from `interviews.raised` by theme.

    Returns
    -------
    The frame `negative_cases`: one row a person whose direction is the opposite of their side's. A side without a clear
    direction has none: there both views are the finding.
    """
    parts = [pd.DataFrame(columns=NEGATIVE_CASES.names)]
    for _, group in mentions.groupby(["theme", "side"]):
        main = direction(group["direction"])
        against = group[group["direction"] == OPPOSITE.get(main, "")]
        if len(against):
            n_main = int((group["direction"] == main).sum())
            parts.append(against.assign(main=main, n_main=n_main, n_people=len(group)))
    return conform(pd.concat(parts[1:] or parts, ignore_index=True), NEGATIVE_CASES)


def _chao(counts: np.ndarray, n: int) -> float:
    """Chao's lower bound of all codes: those heard, plus an estimate of the unheard from codes heard once and twice."""
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    unheard = (n - 1) / n * (once * (once - 1) / 2 if not twice else once**2 / (2 * twice)) if n else 0.0
    return len(counts) + unheard
