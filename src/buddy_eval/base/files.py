"""Whole files or none: atomic writes and content hashes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

PART = ".part"  # how the names of files end that are not whole yet


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` so that a reader sees the old file or the new one, never half of either.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and take their name by rename; then
    the folder itself is flushed. Parent folders are made. The same bytes are not written again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_bytes() == data:
        return
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
    sync_folder(path.parent)


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
