"""CSV files of a million rows: a quick parser where it reads exactly what the strict reader would."""

from __future__ import annotations

from csv import reader

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute, csv

from buddy_eval.read.swallowed import in_columns

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
LONGEST = 131_072  # characters of a cell, as in the csv module; a spreadsheet allows 32,767
MAX_COLUMNS = 5_000  # survey tools stop at some hundreds
SMALL = 200_000  # bytes; the strict reader is quick enough below


def quick_frame(data: bytes, delimiter: str, encoding: str) -> pd.DataFrame | None:
    """Return a large table as text, or None where the strict reader has to look: it then names the fault.

    The first row is the header; the index is the row as a spreadsheet counts it. None is returned for small files, for
    files with NUL bytes, with a quote inside of a word, with unclosed quotes, with rows that are longer than
    the header, with a header that has gaps or repeats itself, with a cell that swallows rows or is very long, and for
    other encodings than UTF-8.
    """
    if len(data) < SMALL or encoding not in {"utf-8", "utf-8-sig"} or b"\0" in data or _odd_quotes(data, delimiter):
        return None
    if data[: data.find(b"\n")].count(delimiter.encode()) >= MAX_COLUMNS:
        return None
    frame = _parsed(data.removeprefix(b"\xef\xbb\xbf"), delimiter)
    if frame is None or _swallows(data, frame, delimiter):
        return None
    header = frame.iloc[0]
    if header.isna().any():
        return None
    names = [str(name).strip() for name in header]
    if "" in names or len(set(names)) < len(names):
        return None
    frame = frame.iloc[1:].set_axis(names, axis=1)
    frame.index = pd.RangeIndex(2, 2 + len(frame))
    for name in names:
        blank = frame[name].str.isspace()
        if blank.fillna(False).any():
            frame[name] = frame[name].mask(blank.fillna(False).astype(bool))
    empty = frame.isna().all(axis=1)
    return frame[~empty] if empty.any() else frame


def _parsed(data: bytes, delimiter: str) -> pd.DataFrame | None:
    """Every cell as text, the header as the first row; None for uneven rows, long cells, other than UTF-8."""
    try:
        header = data[: data.find(b"\n")].decode()
        names = [str(place) for place in range(len(next(reader([header], delimiter=delimiter))))]
        table = csv.read_csv(
            pa.BufferReader(data),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
            csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    if any((compute.max(compute.binary_length(column)).as_py() or 0) > LONGEST for column in table.columns):
        return None
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.string(): TEXT}.get)
    return frame


def _swallows(data: bytes, frame: pd.DataFrame, delimiter: str) -> bool:
    """Whether a quoted cell holds rows of the table; where there are no more line ends than rows, none can."""
    if data.count(b"\n") <= len(frame):
        return False
    quoted = [
        frame[name][frame[name].str.contains("\n", regex=False).fillna(False).astype(bool)].to_list() for name in frame
    ]
    return bool(in_columns(quoted, len(quoted), delimiter)[2])


def _odd_quotes(data: bytes, delimiter: str) -> bool:
    """Tell whether a quote stands between two ordinary characters, where readers differ in what they make of it."""
    classes = bytearray(b"\1" * 256)
    classes[ord('"')] = 2
    for character in (delimiter, "\r", "\n"):
        classes[ord(character)] = 0
    return b"\1\2\1" in data.translate(bytes(classes))
