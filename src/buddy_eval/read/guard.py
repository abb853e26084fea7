"""What no file from outside may do: be too large, unpack without end, or reach outside its folder."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO
from xml.parsers import expat  # declarations are refused as they are met, so that no entity is ever expanded

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.kinds import DAMAGED, REFUSED, kind_of
from buddy_eval.read.once import once
from buddy_eval.read.overfull import overfull

MAX_BYTES = 2_000_000_000
# Captions and texts of one interview: readers hold them several times over, and a day of talk is half a megabyte.
MAX_TEXT = 20_000_000
TEXTS = {".vtt", ".srt", ".rtf"}
MAX_DEPTH = 150  # elements within elements; readers walk them one call a level
MAX_WRITTEN = 60_000_000  # bytes of the main part of a document or project, which becomes a tree in memory
MAX_MEMBERS = 5_000
MAX_UNPACKED = 300_000_000
MAX_RATIO = 200
DOCUMENTS = {".docx", ".odt", ".qdpx"}
CHUNK = 65_536
CLOSED = "close it in other programs, or ask for access to it"
ZIPPED = {"xlsx", "docx", "odt", "ods", "qdpx", "zip"}


@once
def guard(path: Path, file: str) -> None:
    """Refuse a file that no reader takes, that is too large, or an archive that would unpack without reason.

    Nothing is unpacked to disk. A document that declares a DOCTYPE (the door of external entities) is refused too, and
    one whose elements are nested too deeply.

    Raises
    ------
    StudyError : the file is refused; the message says why and what to do.
    """
    try:
        kind, size = kind_of(path), path.stat().st_size
    except FileNotFoundError:
        raise StudyError(
            [Fault(file, 0, "the file is not there", "add it, or take its line out of study.toml")]
        ) from None
    except IsADirectoryError:
        raise StudyError([Fault(file, 0, "is a folder", "name the file in it that is meant")]) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise StudyError([Fault(file, 0, f"cannot be opened: {reason}", CLOSED)]) from None
    if size > MAX_BYTES:
        raise StudyError([Fault(file, 0, "is larger than 2 GB", "split it")])
    if kind in REFUSED:
        raise StudyError([Fault(file, 0, f"is {REFUSED[kind][0]}", REFUSED[kind][1])])
    if path.suffix.lower() in TEXTS and size > MAX_TEXT:
        raise StudyError([Fault(file, 0, "is larger than 20 MB", "an interview is never that long; split the file")])
    if kind not in ZIPPED and path.suffix.lower() not in DOCUMENTS:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            problem = _unreasonable(archive.infolist(), size) or _markup(archive, kind) or overfull(archive)
    except DAMAGED:
        problem = "is damaged, encrypted or not what its name says"
    if problem:
        raise StudyError([Fault(file, 0, problem, "open it, save it again without a password, and retry")])


def _unreasonable(members: list[zipfile.ZipInfo], size: int) -> str:
    if len(members) > MAX_MEMBERS:
        return f"holds {len(members)} parts"
    if any(_outside(member.filename) for member in members):
        return "holds a part whose name leads out of its folder"
    if any(member.flag_bits & 1 for member in members):
        return "is encrypted"
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if packed > size:  # a part that is read would be given that much memory beforehand
        return "is damaged: its parts say that they are larger than the whole file"
    if unpacked > MAX_UNPACKED:
        return "unpacks to more than 300 MB"
    if unpacked > 10_000_000 and unpacked / packed > MAX_RATIO:
        return "is packed suspiciously tight (a zip bomb?)"
    return ""


def _outside(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":"


def _markup(archive: zipfile.ZipFile, kind: str) -> str:
    """What is wrong with the XML of an archive: parsed, not searched, so that no comment or encoding hides anything."""
    for member in archive.infolist():
        name = member.filename.lower()
        if not name.endswith((".xml", ".rels", ".qde")):
            continue
        sheet = kind == "ods" or name.startswith("xl/")  # read as a stream, by a reader that builds no tree
        if not sheet and member.file_size > MAX_WRITTEN:
            return "holds a text of more than 60 MB"
        with archive.open(member) as part:
            word = name.startswith("word/")  # read by lxml, which refuses what nests too deeply itself
            if problem := _parsed(part, "" if sheet or word else name):
                return problem
    return ""


def _parsed(part: IO[bytes], tree: str) -> str:
    """Parse up to the first element, or where `tree` names a part that is read as a tree, all of it."""
    parser, depth, problems = expat.ParserCreate(), 0, list[str]()

    def opened(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            problems.append("is nested too deeply")

    def closed(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = lambda *_: problems.append("declares a DOCTYPE, which no office document needs")
    whole = bytearray()
    try:
        while not problems and (tree or not depth) and (chunk := part.read(CHUNK)):
            whole += chunk
            parser.Parse(chunk, False)
    except (expat.ExpatError, LookupError):  # no XML, or no known encoding; its reader says so, and must not look away
        whole += part.read()
        if not problems and b"<!DOCTYPE" in whole.replace(b"\0", b"").upper():
            problems.append("declares a DOCTYPE, which no office document needs")
    return problems[0] if problems else ""
