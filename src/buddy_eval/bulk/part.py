"""One part: its rows read, coded and counted, its spans and counts written as one file or not at all."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from buddy_eval.base.files import write_atomic
from buddy_eval.bulk.divide import Part, batches
from buddy_eval.bulk.job import Job
from buddy_eval.bulk.machines import TEXT, Flagged, Learned, Lexical

UNKNOWN = "not known"
COUNTS = b"buddy_eval.counts"
PLACE = [("file", TEXT), ("row", pa.int64())]
Counts = dict[tuple[str, ...], NDArray[np.int64]]


def code_part(job: Job, part: Part, seen: Callable[[int], None] = lambda rows: None) -> int:
    """Code one part and write its file; the same part makes the same bytes wherever and however often it is done.

    `seen` is told the rows of every batch. Returns the number of rows. The file holds file and row (from 1 without the
    header) of every span and what the machine says of it (`machines`; places in code points of the comment), and, in
    its metadata, the counts by group.
    """
    machine = _machine(job)
    schema = pa.schema([*PLACE, *machine.columns])
    counts: Counts = defaultdict(lambda: np.zeros(1 + len(job.themes), np.int64))
    sink, done = pa.BufferOutputStream(), 0
    with pq.ParquetWriter(sink, schema, compression="zstd", compression_level=1) as writer:
        for batch in batches(part, (job.text, *job.by)):
            texts = batch.column(job.text).cast(pa.large_string())
            coded = machine.flag(texts)
            file = pa.DictionaryArray.from_arrays(np.zeros(len(coded.row), np.int32), [part.file])
            rows = coded.row + np.int64(part.first + done)
            writer.write_table(pa.table([file, rows, *coded.cells], schema=schema))
            _count(counts, texts, [batch.column(name) for name in job.by], coded, len(job.themes))
            done += len(batch)
            seen(len(batch))
        by_group = [[list(group), row.tolist()] for group, row in sorted(counts.items())]
        writer.add_key_value_metadata({COUNTS: json.dumps(by_group).encode()})
    write_atomic(job.file(part), sink.getvalue().to_pybytes())
    return done


def read_counts(job: Job, parts: list[Part]) -> Counts:
    """Add up the counts of all parts: by group, comments in all and comments with each theme."""
    total: Counts = defaultdict(lambda: np.zeros(1 + len(job.themes), np.int64))
    for part in parts:
        for group, row in json.loads(pq.read_metadata(job.file(part)).metadata[COUNTS]):
            total[tuple(group)] += np.array(row)
    return total


@functools.lru_cache(2)
def _machine(job: Job) -> Lexical | Learned:
    if job.suggester:
        return Learned(job.suggester, job.themes)
    return Lexical(job.rules, job.themes, job.negations, job.window)


def _count(counts: Counts, texts: pa.Array, by: list[pa.Array], coded: Flagged, themes: int) -> None:
    """Count comments, and comments in which each theme is suggested, by group; blank text is no comment."""
    names, which = groups(by, len(texts))
    width = 1 + themes
    touched = np.zeros((len(texts), width), np.bool_)
    touched[:, 0] = ~blank(texts)
    themed = coded.theme >= 0
    touched[coded.row[themed], 1 + coded.theme[themed]] = True
    row, column = np.divmod(np.flatnonzero(touched), width)
    touched_by_group = np.bincount(which[row] * width + column, minlength=len(names) * width).reshape(-1, width)
    for group, line in zip(names, touched_by_group, strict=True):
        if line.any():
            counts[group] += line


def blank(texts: pa.Array) -> NDArray[np.bool_]:
    """Tell which texts hold nothing but white space, or are missing."""
    empty = pc.or_(pc.equal(pc.binary_length(texts), 0), pc.utf8_is_space(texts))
    return np.asarray(empty.fill_null(True).to_numpy(zero_copy_only=False), np.bool_)


def groups(by: list[pa.Array], rows: int) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """Return the distinct combinations of the columns' values, as text, and which of them every row has."""
    which: NDArray[np.int64] = np.zeros(rows, np.int64)
    names: list[tuple[str, ...]] = [()]
    for column in by:
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        texts = encoded.dictionary.cast(pa.string()).to_pylist()
        values = [text if text and text.strip() else UNKNOWN for text in [*texts, None]]
        codes = encoded.indices.fill_null(len(texts)).to_numpy().astype(np.int64)
        met, which = np.unique(which * len(values) + codes, return_inverse=True)
        names = [(*names[code // len(values)], values[code % len(values)]) for code in met.tolist()]
    return names, which
