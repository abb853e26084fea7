"""Whole files or none: atomic writes, content hashes, and what a file may not do: be too deep, or lead outside."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import BuddyError

PART = ".part"  # how the names of files end that are not whole yet
MAX_JSON = 50_000_000  # bytes; the largest that the package writes are notebooks with their pictures


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` so that a reader sees the old file or the new one, never half of either.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and take their name by rename; then
    the folder itself is flushed. Parent folders are made. The same bytes are not written again.

    Raises
    ------
    BuddyError : the disk is full, or the folder may not be written to; the old file is left.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.read_bytes() == data:
            return
        _renamed(path, data)
        sync_folder(path.parent)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BuddyError(f"{path.name} cannot be written: {reason}; make room or ask for access, and retry") from error


def _renamed(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as a CSV file whose mark tells spreadsheets that it is UTF-8."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder whole or not at all: it is built beside its place, and takes its name by rename.

    What a killed attempt left beside is swept away. The folder must be absent or empty.

    Raises
    ------
    BuddyError : the folder holds something, or cannot be written.
    """
    beside = folder.parent / f".{folder.name}{PART}"
    refuse_filled(folder)
    try:
        shutil.rmtree(beside, ignore_errors=True)
        for name, data in files.items():
            write_atomic(beside / name, data)
        if folder.is_dir():
            folder.rmdir()
        beside.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise BuddyError(f"{folder.name} cannot be written: {error.strerror}; ask for access, and retry") from error


def refuse_filled(folder: Path) -> None:
    """Refuse a folder that holds something, or a file of its name.

    Raises
    ------
    BuddyError : there is something in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BuddyError(f"{folder} is not empty; name a new folder")


def inside(folder: Path, name: str) -> bool:
    """Tell whether a name, followed through `..` and links, stays within a folder; the folder itself may be a link.

    >>> inside(Path("study"), "data/raw/a.csv"), inside(Path("study"), "../a.csv"), inside(Path("study"), "/etc/a")
    (True, False, False)
    """
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a name with a NUL, a link that leads to itself
        return False


def load_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    OSError : it cannot be opened.
    ValueError : no JSON, nested too deeply, or larger than 50 MB.
    """
    if path.stat().st_size > MAX_JSON:
        raise ValueError("larger than 50 MB")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content, or of the names and contents below a folder, in hex."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    parts = sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    lines = (f"{p.relative_to(path).as_posix()} {sha256(p)}\n" for p in parts)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def sync_folder(folder: Path) -> None:
    """Flush a folder to the disk, so that the name of a new file in it lasts."""
    if os.name == "nt":  # Windows cannot open a folder; its rename is durable with the file's own flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
