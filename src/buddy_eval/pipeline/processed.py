"""The processed tables of a study: where each lies, how it is read and written."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.schemas import PROCESSED, conform
from buddy_eval.study.settings import Study


def table_path(study: Study, name: str) -> Path:
    """Return where a processed table lies."""
    return study.processed / f"{name}.parquet"


def read(study: Study, name: str) -> pd.DataFrame:
    """Return one processed table.

    Raises
    ------
    BuddyError : it has not been made yet.
    """
    path = table_path(study, name)
    if not path.is_file():
        raise BuddyError(f"{name} has not been made yet; run: {CALLED} run")
    return pd.read_parquet(path)


def write(study: Study, name: str, frame: pd.DataFrame) -> Path:
    """Write one table as Parquet, whole or not at all; equal frames make equal bytes."""
    buffer = io.BytesIO()
    conform(frame, PROCESSED[name]).to_parquet(buffer, index=False, compression="zstd")
    path = table_path(study, name)
    write_atomic(path, buffer.getvalue())
    return path
