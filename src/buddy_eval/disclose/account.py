"""What ties the counts that leave to each other, of whatever table, sentence or figure: sums, and what is at most what.

`public_counts` knows the true numbers and `release.chain` those of releases; both attack with the same ties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pandas as pd

from buddy_eval.analyse.strands import SIDES
from buddy_eval.disclose.protected import FLOW, SAID, THEMES, TRANSCRIPTS
from buddy_eval.schemas.vocabulary import WHOLE

Key = tuple[str, tuple[object, ...], object]
Ids = list[str]
Took = Mapping[tuple[str, str], Mapping[str, str]]  # who took part by kind, side and wave
COUNTS = ("n_supporter", "n_receiver", "n_either", "n_both")


def totals(cell: Mapping[Key, str]) -> Iterator[tuple[str, Ids]]:
    """The sums that sentences give: everybody interviewed, and everybody who answered, over sides and waves."""
    for kind in ("interview", "survey"):
        parts = [name for (table, row, column), name in cell.items()
                 if (table, row[0], column) == (FLOW, kind, "took_part")]  # fmt: skip
        if (whole := cell.get((SAID, (kind,), "n_people"))) and parts:
            yield whole, parts


def at_most(
    cell: Mapping[Key, str], findings: pd.DataFrame, posts: Mapping[object, object]
) -> Iterator[tuple[Ids, Ids]]:
    """Yield (parts, wholes): the parts together are at most the wholes together.

    `findings` says which wave or waves each row of figures is about: finding, wave, wave_before, wave_after; `posts`
    which finding each comparison among a group of posts is a part of.
    """
    took = defaultdict[tuple[str, str], dict[str, str]](dict)
    for (table, row, column), name in cell.items():
        if table == FLOW and column == "took_part":
            took[str(row[0]), str(row[1])][str(row[2])] = name
    said = {f"saturation {side} {WHOLE}": side for side in (*SIDES, WHOLE)}
    heard = {said[str(row[0])]: name for (table, row, _), name in cell.items() if table == SAID and row[0] in said}
    for side in SIDES:
        if side in heard:
            yield [heard[side]], list(took["interview", side].values())
        asked = [name for (table, row, column), name in cell.items()
                 if table == THEMES and row[1] == side and column == "asked"]  # fmt: skip
        yield from (([name], [heard[side]]) for name in asked if side in heard)
    if WHOLE in heard and len(heard) == 1 + len(SIDES):
        yield [heard[WHOLE]], [heard[side] for side in SIDES]
    transcripts, interviews = (cell.get((SAID, (about,), "n_people")) for about in (TRANSCRIPTS, "interview"))
    if transcripts and interviews:
        yield [interviews], [transcripts]
    yield from _findings(cell, findings, took)
    yield from _reliability(cell, took)
    yield from _posts(cell, posts)


def _findings(cell: Mapping[Key, str], findings: pd.DataFrame, took: Took) -> Iterator[tuple[Ids, Ids]]:
    """Those with a score took part in the wave; a change counts the people of both waves."""
    for _, row in findings.iterrows():
        waves = [str(int(row[name])) for name in ("wave", "wave_before", "wave_after") if pd.notna(row[name])]
        own = {name: cell.get(("findings", (row["finding"],), name)) for name in COUNTS}
        sides = [n for side in SIDES if (n := own[f"n_{side}"])]
        for side in SIDES:
            whole = [took["survey", side][wave] for wave in waves if wave in took.get(("survey", side), {})]
            if (n := own[f"n_{side}"]) and whole and len(whole) == len(waves):
                yield [n], whole
        if (either := own["n_either"]) and (both := own["n_both"]) and len(sides) == len(SIDES):
            yield [both], [either]
            yield [either, both], sides


def _reliability(cell: Mapping[Key, str], took: Took) -> Iterator[tuple[Ids, Ids]]:
    """Those who answered a scale, in one wave or in all (0)."""
    for (table, row, _), name in cell.items():
        if table == "reliability" and WHOLE in row:
            answered = [place for (kind, _), waves in took.items() if kind == "survey" for place in waves.items()]
            if whole := [n for wave, n in answered if str(row[1]) in ("0", wave)]:
                yield [name], whole


def _posts(cell: Mapping[Key, str], whole_of: Mapping[object, object]) -> Iterator[tuple[Ids, Ids]]:
    """People of all groups of posts are at most those of the whole."""
    posts = defaultdict[tuple[object, object], Ids](list)
    for (table, about, column), name in cell.items():
        if table == "comparisons":
            posts[whole_of[about[0]], column].append(name)
    for (finding, column), parts in posts.items():
        if whole := cell.get(("findings", (finding,), column)):
            yield parts, [whole]
