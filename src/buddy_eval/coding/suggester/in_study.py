"""The learned suggester in a study: what it suggests on every unit, always by a model that never saw who speaks there.

The units that people coded are divided by who speaks: everything of one person and one source (transcript) lies in one
of five parts, and each part's suggestions come from a model of the other four. Words that nobody coded, of people whom
nobody coded, are judged by a model of all codings. Themes are learned beside codes, not put together from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from buddy_eval.base.errors import BuddyError
from buddy_eval.coding.suggester.model import Suggester
from buddy_eval.schemas import conform, empty
from buddy_eval.schemas.machines import LEARNED

PARTS = 5
LEVELS = ("theme", "code")


def learned(
    units: pd.DataFrame, consensus: pd.DataFrame, assignments: pd.DataFrame, codes: pd.DataFrame
) -> pd.DataFrame:
    """Suggest codes and themes on all codable units, from the consensus of the human codings.

    Parameters
    ----------
    units : unit, source, participant, question, channel, text, codable. consensus : unit, code, present.
    assignments : unit (those that people coded). codes : code, theme.

    Returns
    -------
    The frame `learned`: one row a suggestion and word that speaks for it (reason 1 the most). Empty where fewer than
    two people or sources were coded, or nothing was found in them.
    """
    spoken = units[units["codable"].astype(bool)].reset_index(drop=True)
    coded = spoken["unit"].isin(set(assignments["unit"])).to_numpy()
    names, labels = _labels(spoken[coded], consensus, codes)
    who = speakers(spoken)
    if len(set(who[coded])) < 2 or not labels.any():
        return empty(LEARNED)
    suggested = list[dict[str, Any]]()
    for train, judged in _turns(who, coded):
        taught = labels[np.flatnonzero(coded).searchsorted(train)]
        suggested += _suggested(spoken, train, judged, names, taught, who)
    return conform(pd.DataFrame(suggested), LEARNED) if suggested else empty(LEARNED)


def whole(units: pd.DataFrame, consensus: pd.DataFrame, assignments: pd.DataFrame, codes: pd.DataFrame) -> Suggester:
    """Learn from all human codings of a study, for text that is none of the study's.

    Raises
    ------
    BuddyError : fewer than two people or sources were coded.
    """
    coded = units[units["codable"].astype(bool) & units["unit"].isin(set(assignments["unit"]))]
    names, labels = _labels(coded, consensus, codes)
    who = speakers(coded)
    if len(set(who)) < 2:
        raise BuddyError("nothing can be learned: fewer than two people or sources were coded")
    return Suggester.learn(coded["text"].tolist(), labels, [f"{level} {name}" for level, name in names], who)


def speakers(units: pd.DataFrame) -> NDArray[np.int64]:
    """Number the groups of units that share a source or a participant; a comment without a person is its own.

    >>> frame = pd.DataFrame({"unit": list("abcd"), "source": ["s", "t", "t", "f"], "channel": ["interview"] * 3 +
    ...     ["comment"], "participant": ["P", "P", None, None]})
    >>> speakers(frame).tolist()
    [0, 0, 0, 1]
    """
    one = units["source"].where(units["channel"] == "interview", units["unit"]).astype(object)
    two = units["participant"].astype(object).where(units["participant"].notna(), one)
    ends = pd.factorize(pd.concat(["s " + one.astype(str), ("p " + two.astype(str)).where(two.ne(one), "s " + one)]))[0]
    size, n = ends.max(initial=-1) + 1, len(units)
    graph = coo_matrix((np.ones(n), (ends[:n], ends[n:])), shape=(size, size))
    number: NDArray[np.int64] = pd.factorize(connected_components(graph, directed=False)[1][ends[:n]])[0]
    return number


def _labels(
    coded: pd.DataFrame, consensus: pd.DataFrame, codes: pd.DataFrame
) -> tuple[list[tuple[str, str]], NDArray[np.bool_]]:
    """Return level and name of every label, and units x labels."""
    present = consensus.loc[consensus["present"].astype(bool), ["unit", "code"]]
    present = present.merge(codes[["code", "theme"]], on="code")
    names = [("theme", theme) for theme in sorted(codes["theme"].dropna().unique())]
    names += [("code", code) for code in codes["code"]]
    held = {level: present.groupby(level)["unit"].agg(set).to_dict() for level in LEVELS}
    columns = [coded["unit"].isin(held[level].get(name, set())).to_numpy() for level, name in names]
    return names, np.column_stack(columns) if columns else np.zeros((len(coded), 0), bool)


def _turns(who: NDArray[np.int64], coded: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield which rows are learned from and which are judged: each row is judged once, by others' codings only."""
    groups, sizes = np.unique(who[coded], return_counts=True)
    parts = min(PARTS, len(groups))
    load, part = np.zeros(parts), {}
    for group, size in sorted(zip(groups.tolist(), sizes.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0])):
        part[group] = int(load.argmin())
        load[part[group]] += size
    place = np.array([part.get(group, parts) for group in who.tolist()])
    for number in range(parts + 1):
        if (place == number).any():
            yield np.flatnonzero(coded & (place != number)), np.flatnonzero(place == number)


def _suggested(
    spoken: pd.DataFrame,
    train: NDArray[np.int64],
    judged: NDArray[np.int64],
    names: list[tuple[str, str]],
    labels: NDArray[np.bool_],
    who: NDArray[np.int64],
) -> Iterator[dict[str, Any]]:
    texts, asked, units = spoken["text"].tolist(), spoken["question"].fillna("").tolist(), spoken["unit"].tolist()
    labelled = [f"{level} {name}" for level, name in names]
    model = Suggester.learn([texts[r] for r in train], labels, labelled, who[train], [asked[r] for r in train])
    for one in model.suggestions([texts[row] for row in judged], [asked[row] for row in judged]):
        row, (level, name) = int(judged[one.text]), names[one.code]
        common = {"unit": units[row], "level": level, "code": name, "probability": one.probability}
        for reason, (start, end, weight) in enumerate(one.reasons, 1):
            first = {"reason": reason, "start": start, "end": end, "term": texts[row][start:end], "weight": weight}
            yield {**common, **first, "method": "learned"}
