"""A release held against those before it: counts by key, and what all of them together tell of few people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.disclose.account import Key, at_most, totals
from buddy_eval.disclose.protected import THEMES
from buddy_eval.disclose.public_counts import parts_of, sums_within
from buddy_eval.disclose.releases import disclosed
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.release.earlier import COMMENTED, WRITTEN, Count, Released, ends, read_release
from buddy_eval.release.unaltered import unaltered
from buddy_eval.schemas.released import TABLES

LEAVES_OUT = ("interview_themes", "comments")  # a row that is absent says that its counts are small
WAIT = "wait with the release until more people have joined"
REMEDY = f"round more (round_to in study.toml), or {WAIT}"


def refuse_difference(earlier: Sequence[Path], files: Mapping[str, bytes]) -> None:
    """Refuse a release from which, with any earlier ones, counts of few people can be worked out.

    All are taken in the order of their days. A row is known by its key, so that rows which were added, moved or left
    out hide nothing. Counts that stay as they are given say of figures that differ that few people did it.

    Raises
    ------
    RefusedError : with file, row and column of every such count.
    BuddyError : an earlier release is none, is not as this version writes it, or was changed since.
    """
    names = [f"data/{schema.name}.csv" for schema in TABLES]
    chain = [read_release(folder.name, unaltered(folder, names)) for folder in earlier]
    chain = [*sorted(chain, key=lambda release: release.day), read_release("the new release", files)]
    where = {cell: count for release in chain for cell, count in release.counts.items()}
    cells = pd.Index(list(where), name="cell")
    cell = {count.key: name for name, count in where.items()}
    words = dict(_words(cell))
    frames = [pd.concat([_known(release, cells, where), _said(release, cell, words)]) for release in chain]
    below = max(release.rules.suppress_below for release in chain)
    sums = [*_sums(where, cell), *_ties(cell, pd.concat([release.waves for release in chain]))]
    told = disclosed(frames, sums, below, {name: weights for name, (_, _, weights) in words.items()})
    faults = []
    for row in told.to_dict("records"):
        count, release = where[row["cell"]], chain[row["release"]]
        what = "its change since the release before is of few people"
        if not row["change"]:
            what = f"withheld in the release of {release.day}, can be narrowed with the others"
        faults.append(Fault(count.file, count.row, f"{count.column!r} of {count.about}: {what}", REMEDY))
    for before, after in combinations(chain, 2):
        faults += _moved(before, after)
    if faults:
        raise RefusedError(sorted(set(faults)))


def _moved(before: Released, after: Released) -> Iterator[Fault]:
    """The figures that differ though every count beside them is given as before."""
    for (file, about), now in after.figures.items():
        was = before.figures.get((file, about), now)
        moved = [name for name, figure in now.figures.items() if was.figures.get(name, figure) != figure]
        if moved and was.counts == now.counts:
            what = f"differ from the release of {before.day} while its counts are given alike: few people changed"
            yield Fault(file, now.row, f"{', '.join(map(repr, moved))} of {about}: {what}", WAIT)


def _ties(cell: Mapping[Key, str], waves: pd.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """The sums that sentences give, and what is at most what: a rest that nobody prints lies between the two."""
    yield from totals(cell)
    ties = at_most(cell, waves.drop_duplicates("finding"), {})  # a release holds no groups of posts
    for number, (parts, wholes) in enumerate(ties):
        yield f"tie/{number}", wholes
        yield f"tie/{number}", [*parts, f"tie/{number}/rest"]


def _words(cell: Mapping[Key, str]) -> Iterator[tuple[str, tuple[str, int, dict[str, int]]]]:
    """What the joint display can say of a theme and side by its rule of a third: name, theme, way, weights."""
    for (table, row, column), raised in cell.items():
        ends = [cell.get((THEMES, row, name)) for name in ("enabler", "barrier")]
        if table == THEMES and column == "raised" and all(ends):
            for way in (1, -1):
                weights = {str(ends[0]): 3 * way, str(ends[1]): -3 * way, raised: -1}
                yield f"{raised}/stated/{way}", (str(row[0]), way, weights)


def _said(
    release: Released, cell: Mapping[Key, str], words: Mapping[str, tuple[str, int, dict[str, int]]]
) -> pd.DataFrame:
    """What a release says of each balance less a third of all: not negative, not positive, or nothing."""
    rows = []
    for theme, way, weights in words.values():
        count = release.counts.get(next(name for name, weight in weights.items() if weight == -1))
        state = release.states.get(theme, "") if count and count.how in {"shown", "rounded"} else ""
        directed = {"positive": 1, "negative": -1}.get(state)
        rows.append((0 if directed == way else -np.inf, 0 if state == "unclear" else np.inf, False))
    return pd.DataFrame(rows, index=list(words), columns=["low", "high", "withheld"])


def _sums(where: Mapping[str, Count], cell: Mapping[Key, str]) -> list[tuple[str, list[str]]]:
    """The sums that tie the counts together; what is asked and not raised, say, is a part of its own."""

    def adds_up(whole: str, parts: list[str]) -> bool:
        written = [where[cell[WRITTEN, *where[name].key[1:]]].number for name in (whole, *parts)]
        return written[0] == sum(written[1:])

    sums = list(sums_within(cell, adds_up))
    parts = [*parts_of(cell), *((cell[COMMENTED, row, group], name) for (table, row, group), name in cell.items()
                                if table == WRITTEN)]  # fmt: skip
    return [*sums, *((whole, [part, f"{part}/rest"]) for part, whole in parts)]


def _known(release: Released, names: pd.Index, where: Mapping[str, Count]) -> pd.DataFrame:
    """What a release lets its reader know of every count: low, high, withheld."""
    rows = []
    for name in names:
        if (count := release.counts.get(name)) is None:
            few = where[name].file in {f"data/{table}.csv" for table in LEAVES_OUT}
            rows.append((0.0, release.rules.suppress_below - 1.0 if few else np.inf, few))
        else:
            rows.append((*ends(count, release.rules), count.how == "withheld"))
    return pd.DataFrame(rows, index=names, columns=["low", "high", "withheld"])
