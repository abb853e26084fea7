"""The processed tables of a study: where each lies, how it is read and written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetFile, ParquetWriter

from buddy_eval.base.called import CALLED
from buddy_eval.base.categories import in_order
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.schemas import PROCESSED, conform
from buddy_eval.study.settings import Study

SMALL = 1_000_000  # bytes of a table that is kept in memory once it was read
ROWS = 1_048_576  # that are written at once, as Arrow itself does

RECORDERS: list[set[str]] = []  # sets that are told what is read


def note(*names: str) -> None:
    """Tell whoever records that these tables, or this view of several, were asked for."""
    for reads in RECORDERS:
        reads.update(names)


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Give a set that holds the names of all tables and views that are read meanwhile."""
    reads = set[str]()
    RECORDERS.append(reads)
    try:
        yield reads
    finally:
        RECORDERS[:] = [other for other in RECORDERS if other is not reads]


@contextmanager
def as_view(name: str) -> Iterator[None]:
    """Record what is read meanwhile as one view: whoever asked for it depends on what it shows, not on its tables."""
    note(name)
    held, RECORDERS[:] = list(RECORDERS), []
    try:
        yield
    finally:
        RECORDERS[:] = held


def table_path(study: Study, name: str) -> Path:
    """Return where a processed table lies."""
    return study.processed / f"{name}.parquet"


def read(study: Study, name: str) -> pd.DataFrame:
    """Return one processed table.

    Raises
    ------
    BuddyError : it has not been made yet.
    """
    note(name)
    path, *stamp = stamped(study, name)
    return pd.read_parquet(path) if stamp[-1] > SMALL else _small(path, *stamp).copy(deep=False)


def stamped(study: Study, name: str) -> tuple[Path, int, int, int]:
    """Return where a processed table lies with what tells it from one written anew: file number, time, bytes.

    Raises
    ------
    BuddyError : it has not been made yet.
    """
    path = table_path(study, name)
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise BuddyError(f"{name} has not been made yet; run: {CALLED} run") from None
    return path, stat.st_ino, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=64)
def _small(path: Path, *_: int) -> pd.DataFrame:
    """One table, kept for who asks again."""
    return pd.read_parquet(path)


def by_words(study: Study, name: str) -> pd.DataFrame:
    """Return one processed table as `read` does, with every word held once, as a category: for tables of many rows."""
    note(name)
    words = [column.name for column in PROCESSED[name].columns if column.dtype == "str"]
    with ParquetFile(table_path(study, name), read_dictionary=words) as file:  # a column at once, to hold none twice
        columns = {column: file.read(columns=[column]).to_pandas()[column] for column in PROCESSED[name].names}
    columns |= {word: in_order(columns[word]) for word in words}
    pa.default_memory_pool().release_unused()  # Arrow keeps what was freed: 0.2 GB of 120,000 people's answers
    return pd.DataFrame(columns, copy=False)


def write(study: Study, name: str, frame: pd.DataFrame) -> Path:
    """Write one table as Parquet, whole or not at all; equal frames make equal bytes, whichever way words are held."""
    schema, buffer = PROCESSED[name], io.BytesIO()
    conformed = conform(frame, schema, categories=True)
    words = {name: "str" for name, dtype in conformed.dtypes.items() if dtype == "category"}
    plain = conformed.iloc[:0].astype(words)
    form = pa.Schema.from_pandas(plain, preserve_index=False)
    with ParquetWriter(buffer, form, compression="zstd") as file:
        for start in range(0, max(len(conformed), 1), ROWS):
            part = pa.Table.from_pandas(conformed.iloc[start : start + ROWS], preserve_index=False)
            file.write_table(part.cast(form), ROWS)
    path = table_path(study, name)
    write_atomic(path, buffer.getvalue())
    return path
