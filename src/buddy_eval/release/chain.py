"""A release held against those before it: counts by key, and what all of them together tell of few people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from buddy_eval.base.errors import BuddyError, Fault
from buddy_eval.disclose.account import Key, at_most, totals
from buddy_eval.disclose.protected import CODES, COMMENTS, FLOW, SAID, THEMES
from buddy_eval.disclose.public_counts import parts_of, sums_within
from buddy_eval.disclose.releases import disclosed
from buddy_eval.disclose.rules import cell_id
from buddy_eval.disclose.suppression import ranges
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.release.unaltered import unaltered
from buddy_eval.schemas.form import Frame
from buddy_eval.schemas.released import FINDINGS, HOW, JOINT_DISPLAY, STATUS, TABLES
from buddy_eval.study.settings import Disclosure

LEAVES_OUT = ("interview_themes", "comments")  # a row that is absent says that its counts are small
COMMENTED, WRITTEN = f"{COMMENTS}_lexicon", f"{COMMENTS}_n"
OF_OTHERS = "p_adjusted"  # changes with other rows too
WAIT = "wait with the release until more people have joined"
REMEDY = f"round more (round_to in study.toml), or {WAIT}"
MOST = 10**9  # people; no count of a study is near


@dataclass(frozen=True)
class Count:
    """One count of a release: how many, how it is given, and where it stands."""

    key: Key
    file: str
    row: int
    about: str
    column: str
    number: float
    how: str


@dataclass(frozen=True)
class Figures:
    """What one row says of its people besides their counts, and these as they are given."""

    row: int
    counts: tuple[str, ...]
    figures: Mapping[str, str]


@dataclass(frozen=True)
class Released:
    """The counts of one release by the ids of their cells, the figures of its rows, its day, and its rule."""

    day: str
    rules: Disclosure
    counts: Mapping[str, Count]
    figures: Mapping[tuple[str, str], Figures]
    waves: pd.DataFrame
    states: Mapping[str, str]


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
    chain = [_released(folder.name, unaltered(folder, names)) for folder in earlier]
    chain = [*sorted(chain, key=lambda release: release.day), _released("the new release", files)]
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


def _released(name: str, files: Mapping[str, bytes]) -> Released:
    try:
        rule = json.loads(files["manifest.json"])["disclosure"]
        rules = Disclosure(suppress_below=int(rule["suppress_below"]), round_to=int(rule["round_to"]))
        graph = json.loads(files["ro-crate-metadata.json"])["@graph"]
        day = str(next(part["datePublished"] for part in graph if part["@id"] == "./"))
        tables = [(schema, files[file]) for schema in TABLES if (file := f"data/{schema.name}.csv") in files]
        counts = [count for schema, data in tables for count in _counts(schema, data)]
        if any(not 0 <= low <= high or low > MOST for low, high in (_ends(count, rules) for count in counts)):
            raise ValueError("a count that its rule prints nowhere")
        figures = {key: row for schema, data in tables for key, row in _figures(schema, data)}
        about = [row for _, _, row in _rows(FINDINGS, files.get("data/findings.csv", b""))]
        joint = _rows(JOINT_DISPLAY, files.get("data/joint_display.csv", b""))
        states = {row["theme"]: row["interviews"] for _, _, row in joint}
    except (KeyError, ValueError, TypeError, StopIteration, RecursionError, csv.Error) as error:
        text = f"{name} cannot be compared: it holds no manifest or tables as this version writes them"
        raise BuddyError(f"{text} ({type(error).__name__}); make it again from its data") from None
    by_cell = {cell_id(*count.key): count for count in counts}
    if len(by_cell) < len(counts):
        raise BuddyError(f"{name} cannot be compared: a table holds a key twice; it was changed after it was made")
    waves = pd.DataFrame(about, columns=["finding", "wave", "wave_before", "wave_after"]).replace("", None)
    return Released(day, rules, by_cell, figures, waves, states)


def _rows(schema: Frame, data: bytes) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Every row of a table that is about people: its number, what it is about, its cells."""
    for number, row in enumerate(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")), 2):
        if row.get("contrast_kind") != "series":  # counts periods
            yield number, ", ".join(f"{name} {row[name]}" for name in schema.key), row


def _counted(schema: Frame) -> list[str]:
    return [name for name in schema.names if f"{name}{STATUS}" in schema.names]


def _figures(schema: Frame, data: bytes) -> Iterator[tuple[tuple[str, str], Figures]]:
    """Every row that holds figures of counted people."""
    counted, file = _counted(schema), f"data/{schema.name}.csv"
    names = [column.name for column in schema.columns if column.type == "float" and column.name != OF_OTHERS]
    for number, about, row in _rows(schema, data) if counted and names else ():
        counts = tuple(row[name] for name in counted)
        if any(counts):
            yield (file, about), Figures(number, counts, {name: row[name] for name in names})


def _counts(schema: Frame, data: bytes) -> list[Count]:
    """Every count of people, or of their comments, of one table."""
    counts, file = list[Count](), f"data/{schema.name}.csv"
    for row_number, about, row in _rows(schema, data):
        for column in _counted(schema):
            if (how := row[f"{column}{STATUS}"]) not in HOW:
                raise ValueError(how)
            number = int(row[column].replace(",", "")) if how in {"shown", "rounded"} else np.nan
            counts.append(Count(_key(schema, row, column), file, row_number, about, column, number, how))
    return counts


def _key(schema: Frame, row: Mapping[str, str], column: str) -> Key:
    """The name of a count in the system of sums: that of the frame which the public reads."""
    if schema.name == "interview_themes":
        return THEMES, (row["theme"], row["side"]), column
    if schema.name == "interview_codes":
        return CODES, (row["theme"], row["code"]), row["side"]
    if schema.name == "participants":
        return FLOW, (row["kind"], row["side"], row["wave"]), column
    if schema.name == "comments":
        return WRITTEN if column == "n_comments" else COMMENTED, (row["theme"],), row["group"]
    table = SAID if schema.name == "statements" else schema.name
    return table, tuple(row[name] for name in schema.key), column


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
            rows.append((*_ends(count, release.rules), count.how == "withheld"))
    return pd.DataFrame(rows, index=names, columns=["low", "high", "withheld"])


def _ends(count: Count, rules: Disclosure) -> tuple[float, float]:
    """The range that a count stands for to whoever reads it."""
    if count.how == "rounded":
        low, high = ranges(np.array([count.number]), np.array([False]), rules)
        return float(low[0]), float(high[0])
    return (count.number, count.number) if count.how == "shown" else (0.0, np.inf)
