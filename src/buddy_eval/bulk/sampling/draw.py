"""Draw the comments that people will code: stratified, seeded, recorded, in a stream over files of any size.

Every comment gets a number that looks random and depends on the seed and its place alone; of each stratum those with
the smallest numbers are taken. That is simple random sampling without replacement in each stratum, and the first rows
of the file are themselves such a sample, so that coding may stop early. Blank text is no comment.

The sizes follow Bankier's power allocation (1988): with the square root of a stratum's size, at least two, so that
small groups can be told from each other and the whole is not blurred.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from buddy_eval.base.errors import BuddyError, Fault, StudyError
from buddy_eval.base.files import csv_bytes, load_json, write_atomic
from buddy_eval.base.numbers import many
from buddy_eval.bulk.divide import Part, batches, divide
from buddy_eval.bulk.part import blank, groups
from buddy_eval.exchange.export.sheets import guarded

LEAST = 2  # comments of a stratum: with fewer its spread is not known
FIXED = ("number", "file", "row", "stratum", "stratum_comments", "stratum_sampled", "probability")
Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Stratum:
    """One group of comments: the values that make it, how many comments it holds, how many were drawn."""

    values: tuple[str, ...]
    comments: int
    sampled: int


@dataclass(frozen=True)
class Record:
    """How a sample was drawn: enough to draw it again, and to say what its rows stand for."""

    source: dict[str, int]
    text: str
    by: tuple[str, ...]
    n: int
    seed: int
    strata: tuple[Stratum, ...]
    rows: str
    codes: tuple[str, ...] = ()
    method: str = "stratified simple random sampling without replacement, square-root allocation"


def draw(
    source: Path,
    text: str,
    by: Sequence[str],
    n: int,
    seed: int,
    out: Path,
    codes: Sequence[str] = (),
) -> Record:
    """Draw `n` comments of a file or folder of CSV or Parquet, and write them and the record beside them.

    `out` (.csv) holds the columns of `FIXED` (probability: the stratum's share that was drawn), the columns `by`, the
    text, and an empty column for each of `codes`, for a person to write 1 or 0 in. ``out`` with ``.json`` holds the
    `Record`. Memory depends on `n` and the number of strata only.

    Raises
    ------
    StudyError : faults of the input; fewer comments asked for than two a stratum. BuddyError : `out` is there.
    """
    if out.suffix.lower() != ".csv":
        raise BuddyError(f"{out.name}: a sample is a .csv file; give --out FILE.csv")
    if out.exists():
        raise BuddyError(f"{out.name} is there already, perhaps with codes in it; give another --out")
    parts = divide(source, (text, *by))
    pool = _Pool(n, seed)
    first = 0
    for part in parts:
        at = first
        for batch in batches(part, (text, *by)):
            pool.add(at, batch, text, by)
            at += len(batch)
        first += part.rows
    values, sizes, order = pool.result(source.name)
    strata = tuple(map(Stratum, values, sizes.tolist(), allocate(sizes, n, source.name).tolist()))
    picked = _picked(order, strata)
    files = {part.file: sum(p.rows for p in parts if p.file == part.file) for part in parts}
    rows = _rows(parts, picked, text, by, strata)
    record = Record(files, text, tuple(by), n, seed, strata, fingerprint(row[1:4] for row in rows), tuple(codes))
    told = len(FIXED)
    cells = ([*row[:told], *map(guarded, row[told:]), *[""] * len(codes)] for row in rows)
    write_atomic(out, csv_bytes([[*FIXED, *by, text, *codes], *cells]))
    write_atomic(out.with_suffix(".json"), (json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n").encode())
    return record


def read_record(path: Path) -> Record:
    """Read the record of a sample, from its place beside the sample.

    Raises
    ------
    StudyError : the sample or its record is absent, or it is no such record.
    """
    beside = path.with_suffix(".json")
    if not path.is_file():
        raise StudyError([Fault(path.name, 0, "the sample is not there", "check its name and its folder")])
    try:
        record = load_json(beside)
        strata = tuple(Stratum(tuple(s["values"]), int(s["comments"]), int(s["sampled"])) for s in record["strata"])
        return Record(**{**record, "by": tuple(record["by"]), "codes": tuple(record["codes"]), "strata": strata})
    except (OSError, ValueError, KeyError, TypeError):
        problem = "the record of the draw is not there, or was changed"
        raise StudyError([Fault(beside.name, 0, problem, "put it back beside the sample, as it was written")]) from None


def fingerprint(rows: object) -> str:
    """Return a hash of which rows were drawn: file, row and stratum of each, in order."""
    listed = [[str(cell) for cell in row] for row in rows]  # type: ignore[attr-defined]
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()


def allocate(sizes: NDArray[np.int64], n: int, file: str = "") -> NDArray[np.int64]:
    """Divide `n` comments among strata by the square root of their sizes; at least two (or all), never more than all.

    Raises
    ------
    StudyError : `n` is less than two a stratum.

    >>> allocate(np.array([10_000, 100, 1]), 100).tolist()
    [90, 9, 1]
    """
    low = np.minimum(sizes, LEAST)
    if n < low.sum():
        problem = f"{many(len(sizes), 'stratum', 'strata')} cannot be sampled with {many(n, 'comment')}"
        raise StudyError([Fault(file, 0, problem, f"give --n {low.sum()} or more, or fewer columns with --by")])
    below, above = 0.0, float(np.sqrt(sizes).max(initial=1.0))
    for _ in range(100):
        middle = (below + above) / 2
        fits = np.clip(middle * np.sqrt(sizes), low, sizes).sum() <= n
        below, above = (middle, above) if fits else (below, middle)
    exact = np.clip(below * np.sqrt(sizes), low, sizes)
    allocated = np.floor(exact + 1e-9).astype(np.int64)
    room = np.flatnonzero(allocated < sizes)
    most = room[np.argsort(-(exact - allocated)[room], kind="stable")]
    allocated[most[: max(0, min(n, int(sizes.sum())) - int(allocated.sum()))]] += 1
    return allocated


class _Pool:
    """The comments that may still be drawn: of each stratum those with the `n` smallest numbers."""

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self.strata: dict[tuple[str, ...], int] = {}
        self.salt = np.frombuffer(hashlib.sha256(f"buddy_eval sample {seed}".encode()).digest()[:8], np.uint64)[0]
        self.sizes: list[int] = []
        self.key: Keys = np.zeros(0, np.uint64)
        self.row: NDArray[np.int64] = np.zeros(0, np.int64)
        self.stratum: NDArray[np.int64] = np.zeros(0, np.int64)

    def add(self, first: int, batch: pa.RecordBatch, text: str, by: Sequence[str]) -> None:
        said = ~blank(batch.column(text).cast(pa.large_string()))
        names, which = groups([batch.column(name) for name in by], len(batch))
        for name in names:
            if self.strata.setdefault(name, len(self.strata)) == len(self.sizes):
                self.sizes.append(0)
        stratum = np.array([self.strata[name] for name in names], np.int64)[which][said]
        for place, more in enumerate(np.bincount(stratum, minlength=len(self.sizes)).tolist()):
            self.sizes[place] += more
        row = (first + np.arange(len(batch)))[said]
        key = np.concatenate([self.key, _mixed(row, self.salt)])
        row, stratum = np.concatenate([self.row, row]), np.concatenate([self.stratum, stratum])
        order = np.lexsort((row, key, stratum))
        begin = np.searchsorted(stratum[order], stratum[order])
        kept = order[np.arange(len(order)) - begin < self.n]
        self.key, self.row, self.stratum = key[kept], row[kept], stratum[kept]

    def result(self, file: str) -> tuple[list[tuple[str, ...]], NDArray[np.int64], list[NDArray[np.int64]]]:
        """Return the strata in the order of their names, their sizes, and their rows in the order of the draw."""
        named = sorted((name, place) for name, place in self.strata.items() if self.sizes[place])
        if not named:
            raise StudyError([Fault(file, 0, "holds no comment", "name another file or column")])
        sizes = np.array([self.sizes[place] for _, place in named], np.int64)
        return [name for name, _ in named], sizes, [self.row[self.stratum == place] for _, place in named]


def _mixed(row: NDArray[np.int64], salt: np.uint64) -> Keys:
    """Give every row a number that looks random (the finaliser of SplitMix64), the same on every machine."""
    with np.errstate(over="ignore"):
        z = (row.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + salt
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Keys = z ^ (z >> np.uint64(31))
    return mixed


def _picked(order: list[NDArray[np.int64]], strata: Sequence[Stratum]) -> dict[int, tuple[int, int]]:
    """Return stratum and number in the sheet of every row drawn; strata take turns, each as often as its share."""
    turns = [
        ((turn + 0.5) / stratum.sampled, place, int(row))
        for place, stratum in enumerate(strata)
        for turn, row in enumerate(order[place][: stratum.sampled])
    ]
    return {row: (place, number) for number, (_, place, row) in enumerate(sorted(turns), 1)}


def _rows(
    parts: list[Part], picked: dict[int, tuple[int, int]], text: str, by: Sequence[str], strata: Sequence[Stratum]
) -> list[list[object]]:
    """Read the rows that were drawn: only the parts that hold one."""
    wanted = np.array(sorted(picked), np.int64)
    drawn: list[list[object]] = []
    first = 0
    for part in parts:
        at = first
        first += part.rows
        if not ((wanted >= at) & (wanted < first)).any():
            continue
        for batch in batches(part, (text, *by)):
            for row in wanted[(wanted >= at) & (wanted < at + len(batch))].tolist():
                place, number = picked[row]
                s = strata[place]
                cells = [number, part.file, part.first + row - (first - part.rows), place, s.comments, s.sampled]
                words = batch.column(text)[row - at].as_py()
                drawn.append([*cells, round(s.sampled / s.comments, 8), *s.values, words])
            at += len(batch)
    return sorted(drawn, key=lambda row: int(str(row[0])))
