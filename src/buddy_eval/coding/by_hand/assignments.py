"""The list of assignments of a study, to which a plan adds rows: nothing that stands in the file is changed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.coding.assign import ROWS
from buddy_eval.coding.by_hand.journal import checked_name
from buddy_eval.read.table import decode
from buddy_eval.read.workbook import is_workbook


@dataclass(frozen=True)
class Layout:
    """How a list is written: its text, its columns in lower case, what stands between cells and lines, its encoding."""

    text: str
    header: list[str]
    mark: str
    end: str
    encoding: str


def list_layout(path: Path, columns: tuple[str, ...]) -> Layout:
    """Read how a list of a study is written; one that is not there yet has its columns alone.

    Raises
    ------
    BuddyError : the file is a workbook, or lacks one of the columns.
    """
    if path.is_file() and is_workbook(path):
        raise BuddyError(f"{path.name} is a workbook; save it as .csv, and name that in study.toml")
    text, encoding = decode(path.read_bytes() if path.is_file() else (",".join(columns) + "\n").encode())
    for mark in (",", ";", "\t"):
        header = [name.strip().casefold() for name in next(csv.reader(io.StringIO(text), delimiter=mark), [])]
        if set(columns) <= set(header):
            return Layout(text, header, mark, "\r\n" if "\r\n" in text else "\n", encoding)
    raise BuddyError(f"{path.name} has no columns {', '.join(columns)} in its first line")


def add_assignments(path: Path, rows: pd.DataFrame) -> None:
    """Write rows at the end of a list of assignments, whole or not at all; its bytes stay as they are.

    Raises
    ------
    BuddyError : the file is a workbook or has no columns source_id, coder, role; a coder's name cannot name a file.
    """
    for coder in rows["coder"]:
        checked_name(coder)
    layout = list_layout(path, ROWS)
    data = path.read_bytes() if path.is_file() else layout.text.encode()
    lines = io.StringIO()
    cells = [dict(zip(ROWS, row, strict=True)) for row in rows[list(ROWS)].itertuples(index=False, name=None)]
    csv.writer(lines, delimiter=layout.mark, lineterminator=layout.end).writerows(
        [[row.get(name, "") for name in layout.header] for row in cells]
    )
    begun = "" if layout.text.endswith(("\n", "\r")) else layout.end
    utf_16 = "utf-16-be" if data[:2] == b"\xfe\xff" else "utf-16-le"
    plain = layout.encoding.removesuffix("-sig").replace("utf-16", utf_16)
    write_atomic(path, data + (begun + lines.getvalue()).encode(plain))
