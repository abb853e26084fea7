"""Large files in parts that can be read on their own: row groups of Parquet, whole records of CSV."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.parquet as pq
from pyarrow import csv as arrow

from buddy_eval.base.errors import Fault, StudyError, nearest, refuse
from buddy_eval.bulk.finished import input_files
from buddy_eval.bulk.records import RECORD_START, scan
from buddy_eval.read.swallowed import swallowed

PART, CHUNK, ROWS = (16_000_000, 8_000_000, 32_768)  # bytes of a CSV part; bytes scanned and rows read at a time
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Part:
    """Rows of one file: a row group (begin) of Parquet, or the bytes from begin to end of a CSV file.

    `first` is the number of its first row in the file, from 1 without the header; `header`, `delimiter` and
    `encoding` say how to read a CSV part.
    """

    number: int
    file: str
    path: Path
    begin: int
    end: int
    first: int
    rows: int
    header: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"


def divide(source: Path, columns: tuple[str, ...], size: int = PART) -> list[Part]:
    """List the parts of a file, or of all `.csv` and `.parquet` files below a folder, in the order of their
    names.

    Raises
    ------
    StudyError : nothing to read, a file that cannot be read, a column that a file lacks: all faults at once.
    """
    if not (paths := input_files(source)):
        raise StudyError([Fault(source.name, 0, "is no .csv or .parquet file, and holds none", "name another")])
    faults: list[Fault] = []
    parts: list[Part] = []
    for path in paths:
        file = path.relative_to(source).as_posix() if source.is_dir() else path.name
        listed = _row_groups if path.suffix.lower() == ".parquet" else _records
        try:
            parts += listed(path, file, columns, len(parts), size)
        except StudyError as error:
            faults += error.faults
    refuse(faults)
    return parts


def batches(part: Part, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    """Read the columns of a part, some rows at a time; CSV cells are text, and an empty cell is empty text.

    Raises
    ------
    StudyError : a row with more or fewer cells than the header; the message quotes no cell.
    """
    if part.path.suffix.lower() == ".parquet":
        try:
            with pq.ParquetFile(part.path, memory_map=True, read_dictionary=list(columns[1:])) as file:
                yield from file.iter_batches(ROWS, [part.begin], list(dict.fromkeys(columns)), use_threads=False)
        except (pa.ArrowInvalid, OSError):
            raise StudyError([Fault(part.file, 0, "is damaged", "save it again, or take it out")]) from None
        return
    with part.path.open("rb") as source:
        source.seek(part.begin)
        data = source.read(part.end - part.begin)
    types = dict.fromkeys(columns, pa.large_string())
    try:
        table = arrow.read_csv(
            io.BytesIO(data),
            arrow.ReadOptions(column_names=part.header, encoding=part.encoding, use_threads=False, block_size=CHUNK),
            arrow.ParseOptions(delimiter=part.delimiter, newlines_in_values=True),
            arrow.ConvertOptions(include_columns=list(types), column_types=types),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        problem = f"one of the rows {part.first} to {part.first + part.rows - 1} has not the cells of the header"
        raise StudyError([Fault(part.file, 0, problem, "save it as CSV UTF-8 again")]) from None
    _refuse_swallowed(part, table)
    yield from table.combine_chunks().to_batches(ROWS)


def _refuse_swallowed(part: Part, table: pa.Table) -> None:
    for name in table.column_names:
        place, cells = part.header.index(name), table[name]
        for row in np.flatnonzero(compute.match_substring_regex(cells, "[\r\n]").to_numpy(zero_copy_only=False)):
            cell = [*[""] * place, cells[int(row)].as_py(), *[""] * (len(part.header) - place - 1)]
            column, ends = swallowed(cell, len(part.header), part.delimiter)
            if column:
                problem = f"column {column}: a quote is closed {ends} rows too late, which swallows them"
                remedy = "close the quote in its own row, or write it twice"
                raise StudyError([Fault(part.file, part.first + int(row) + 1, problem, remedy)])


def _row_groups(path: Path, file: str, columns: tuple[str, ...], number: int, size: int) -> list[Part]:
    try:
        with pq.ParquetFile(path) as opened:
            about, names = opened.metadata, opened.schema_arrow.names
    except (pa.ArrowInvalid, OSError):
        raise StudyError([Fault(file, 0, "is no Parquet file", "save it again, or take it out")]) from None
    _expect(columns, names, file)
    parts, first = [], 1
    for group in range(about.num_row_groups):
        rows = about.row_group(group).num_rows
        parts.append(Part(number + group, file, path, group, group + 1, first, rows))
        first += rows
    return parts


def _records(path: Path, file: str, columns: tuple[str, ...], number: int, size: int) -> list[Part]:
    """Divide a CSV file between records; a quoted cell may hold line breaks."""
    with path.open("rb") as source:
        head = source.read(4)
    if head.startswith(UTF_16):
        raise StudyError([Fault(file, 0, "is UTF-16", "save it as CSV UTF-8")])
    encoding = "utf-8" if _is_utf8(path) else "cp1252"
    skip = 3 if head.startswith(codecs.BOM_UTF8) else 0
    try:
        with path.open(encoding=encoding, newline="") as text:
            text.seek(skip)
            line = text.readline()
            delimiter = max(",;\t", key=line.count)
            text.seek(skip)
            header = tuple(name.strip() for name in next(csv.reader(text, delimiter=delimiter), ()))
    except (UnicodeDecodeError, csv.Error):
        raise StudyError([Fault(file, 1, "is no table in a known encoding", "save it as CSV UTF-8")]) from None
    _expect(columns, header, file)
    cuts = [*_cuts(path, skip, ord(delimiter), size)]
    return [
        Part(number + place, file, path, begin, end, before, after - before, header, delimiter, encoding)
        for place, ((begin, before), (end, after)) in enumerate(pairwise(cuts))
        if after > before
    ]


def _cuts(path: Path, skip: int, delimiter: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield where a part may begin, and how many records (with the header) stand before it; at last the file's end."""
    state, records, at, wanted = RECORD_START, 0, skip, 0
    with path.open("rb") as source:
        source.seek(skip)
        while chunk := source.read(CHUNK):
            data, place = np.frombuffer(chunk, np.uint8), 0
            while place < len(data):
                here = max(0, min(wanted - at, len(data)))
                state, records, place, cut = scan(data, place, here, state, records, delimiter)
                if cut:
                    yield at + place, records
                    wanted = at + place + size
            at += len(data)
    yield at, records + (state != RECORD_START)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as source:
            while chunk := source.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _expect(columns: Iterable[str], names: Iterable[str], file: str) -> None:
    known = list(names)
    faults = [
        Fault(file, 1, f"there is no column {name!r}", nearest(name, known)) for name in columns if name not in known
    ]
    faults += [
        Fault(file, 1, f"column {name!r} stands twice", "keep one of them") for name in columns if known.count(name) > 1
    ]
    refuse(faults)
