"""Which codes stand together: on the same words, in the same turn, or with the same person; people are counted.

Source: Jaccard (1901), Bulletin de la Société Vaudoise des Sciences Naturelles 37, for the share of people.
"""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform, empty
from buddy_eval.schemas.results import CO_OCCURRENCE

PLACES = {"unit": ["unit"], "turn": ["source", "turn"], "person": []}  # with the participant: where two codes meet


def co_occurrence(consensus: pd.DataFrame, units: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Count the people with whom two codes stand together, in one unit, in one turn, or anywhere in what they said.

    Someone for whom two codes meet ten times counts once. `jaccard` is that number by the number of people who raised
    one of the two codes or both.

    Parameters
    ----------
    consensus : unit, code, present. units : unit, channel, source, participant, turn. codes : code, position.

    Returns
    -------
    The frame `co_occurrence`, of pairs of codes that meet at all; the first code is the earlier in the codebook.

    >>> said = pd.DataFrame({"unit": ["u1", "u1", "u2"], "code": ["A", "B", "C"], "present": True})
    >>> spoken = pd.DataFrame({"unit": ["u1", "u2"], "source": "s", "turn": [1, 2], "participant": "P"})
    >>> book = pd.DataFrame({"code": ["A", "B", "C"], "position": [1, 2, 3]})
    >>> found = co_occurrence(said, spoken.assign(channel="interview"), book)
    >>> found.loc[found["within"] == "turn", ["code", "other", "n_participants"]].to_numpy().tolist()
    [['A', 'B', 1]]
    """
    spoken = units.loc[units["channel"] == "interview", ["unit", "source", "turn", "participant"]]
    present = consensus.loc[consensus["present"], ["unit", "code"]].merge(spoken.dropna(), on="unit")
    present = present.merge(codes[["code", "position"]], on="code")
    raised = present.groupby("code")["participant"].nunique()
    parts = [empty(CO_OCCURRENCE)]
    for within, place in PLACES.items():
        where = ["participant", *place]
        once = present[[*where, "code", "position"]].drop_duplicates()
        met = once.merge(once.rename(columns={"code": "other"}), on=where, suffixes=("", "_other"))
        met = met[met["position"] < met["position_other"]]
        counted = met.groupby(["code", "other"], as_index=False).agg(n_participants=("participant", "nunique"))
        counted["n_either"] = counted["code"].map(raised) + counted["other"].map(raised)
        if within == "person":
            together = counted.set_index(["code", "other"])["n_participants"]
        if len(counted):
            parts.append(counted.assign(within=within))
    meetings = pd.concat(parts[1:] or parts, ignore_index=True)
    if meetings.empty:
        return empty(CO_OCCURRENCE)
    both = together.reindex(pd.MultiIndex.from_frame(meetings[["code", "other"]])).to_numpy()
    meetings["n_either"] = meetings["n_either"].astype("int64") - both
    return conform(meetings.assign(jaccard=meetings["n_participants"] / meetings["n_either"]), CO_OCCURRENCE)
