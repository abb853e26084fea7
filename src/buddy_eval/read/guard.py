"""What no file from outside may do: be too large, unpack without end, or reach outside its folder."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.overfull import overfull

MAX_BYTES = 2_000_000_000
MAX_MEMBERS = 5_000
MAX_UNPACKED = 300_000_000
MAX_RATIO = 200
ZIPPED = {".xlsx", ".xlsm", ".docx", ".odt", ".ods", ".xlsb", ".qdpx"}


def guard(path: Path, file: str) -> None:
    """Refuse a file that is too large, or an archive that would unpack to something unreasonable.

    Only the archive's own list of contents is read, nothing is unpacked. A document that declares a DOCTYPE
    (the door of external entities) is refused too.

    Raises
    ------
    StudyError : the file is refused; the message says why and what to do.
    """
    if path.stat().st_size > MAX_BYTES:
        raise StudyError([Fault(file, 0, "is larger than 2 GB", "split it")])
    if path.suffix.lower() not in ZIPPED:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            problem = _unreasonable(archive.infolist()) or _doctype(archive) or overfull(archive)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error):
        problem = "is damaged, encrypted or not what its name says"
    if problem:
        raise StudyError([Fault(file, 0, problem, "open it, save it again without a password, and retry")])


def _unreasonable(members: list[zipfile.ZipInfo]) -> str:
    if len(members) > MAX_MEMBERS:
        return f"holds {len(members)} parts"
    if any(_outside(member.filename) for member in members):
        return "holds a part whose name leads out of its folder"
    if any(member.flag_bits & 1 for member in members):
        return "is encrypted"
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if unpacked > MAX_UNPACKED:
        return "unpacks to more than 300 MB"
    if unpacked > 10_000_000 and unpacked / packed > MAX_RATIO:
        return "is packed suspiciously tight (a zip bomb?)"
    return ""


def _outside(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":"


def _doctype(archive: zipfile.ZipFile) -> str:
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels")):
            with archive.open(member) as part:
                if b"<!DOCTYPE" in part.read(1024):
                    return "declares a DOCTYPE, which no office document needs"
    return ""
