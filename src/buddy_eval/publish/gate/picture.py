"""Pictures carry more than what they show: text chunks, EXIF, thumbnails, bytes after the end."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from buddy_eval.base.errors import Fault

PNG = b"\x89PNG\r\n\x1a\n"
HARMLESS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"}


def picture_faults(data: bytes, file: str, where: str) -> Iterator[Fault]:
    """Yield a fault for everything in a picture that is not the picture; only PNG and plain JPEG may pass."""
    remedy = "show it with buddy_eval.plots.Picture, or save it again without metadata"
    if data.startswith(PNG):
        extra = sorted({name.decode("latin1") for name in _chunks(data)} - {n.decode() for n in HARMLESS})
    elif data.startswith(b"\xff\xd8"):
        extra = sorted(_segments(data))
    else:
        extra = ["an unknown kind of picture"]
    for name in extra:
        yield Fault(file, 0, f"{where}: the picture carries metadata ({name})", remedy)


def _chunks(data: bytes) -> Iterator[bytes]:
    place = len(PNG)
    while place + 12 <= len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        yield name
        place += 12 + length
        if name == b"IEND" and place < len(data):
            yield b"data after the end"


def _segments(data: bytes) -> Iterator[str]:
    for mark, name in ((b"\xff\xe1", "EXIF or XMP"), (b"\xff\xfe", "a comment"), (b"\xff\xed", "IPTC")):
        if mark in data[: data.find(b"\xff\xda")]:
            yield name
    if data.rstrip(b"\0")[-2:] != b"\xff\xd9":
        yield "data after the end"
