"""Pictures carry more than what they show: a picture passes where every byte of it has a known and checked purpose."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

from buddy_eval.base.errors import Fault

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type; a palette (3) has room for entries that no dot shows
LARGEST = 100_000_000  # bytes of dots
SRGB = (0, 1, 2, 3)  # rendering intents
GAMMA = 45_455  # the one value that sRGB goes with
JFIF = b"JFIF\0\1"
TABLES = {0xC4, 0xDB, 0xDD}  # Huffman, quantisation, restart
MOST_TABLES = 3_000  # bytes; four tables of quantisation and eight of Huffman take less
FRAMES = {0xC0, 0xC1, 0xC2}


def picture_faults(data: bytes, file: str, where: str) -> Iterator[Fault]:
    """Yield a fault for everything in a picture that is not the picture; only plain PNG and JPEG may pass."""
    plainly = "save it again as a plain PNG without metadata"
    remedy = f"show it with `from buddy_eval import plots; plots.Picture(png, alt, caption)`, or {plainly}"
    try:
        for name in _extra(data):
            yield Fault(file, 0, f"{where}: the picture carries metadata ({name})", remedy)
    except (struct.error, IndexError, zlib.error):
        yield Fault(file, 0, f"{where}: the picture is damaged", remedy)


@lru_cache(maxsize=64)  # a picture stands in the page, in Word and in what is made beside them
def _extra(data: bytes) -> list[str]:
    extra = _png(data) if data.startswith(PNG) else _jpeg(data) if data.startswith(JPEG) else ["of an unknown kind"]
    return sorted(set(extra))


def _png(data: bytes) -> Iterator[str]:
    """What is wrong with the chunks: only the critical ones and three harmless ones, each with the content it needs."""
    place, names, packed, head = len(PNG), list[bytes](), list[bytes](), b""
    while place < len(data):
        if names[-1:] == [b"IEND"]:
            yield "data after the end"
            break
        length, name = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        if check != zlib.crc32(name + body):
            yield "a chunk with a wrong check sum"
        if name == b"IHDR":
            head = body
        elif name == b"IDAT":
            packed.append(body)
        elif name != b"IEND" and (name in names or not _harmless(name, body)):
            yield name.decode("latin1")
        elif name == b"IEND" and body:
            yield "data in its end"
        names.append(name)
        place += 12 + length
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or names.count(b"IHDR") > 1:
        yield "no beginning or no end"
    else:
        yield from _dots(head, b"".join(packed))


def _harmless(name: bytes, body: bytes) -> bool:
    if name == b"pHYs" and len(body) == 9:
        across, down, unit = struct.unpack(">IIB", body)
        return bool(across == down < 100_000 and unit in {0, 1})
    if name == b"gAMA":
        return body == struct.pack(">I", GAMMA)
    return name == b"sRGB" and len(body) == 1 and body[0] in SRGB


def _dots(head: bytes, packed: bytes) -> Iterator[str]:
    """The stream of dots has exactly the length that the head asks for, and nothing behind it."""
    wide, high, depth, colour, method, kind, interlaced = struct.unpack(">IIBBBBB", head)
    if colour not in CHANNELS or depth not in {8, 16} or method or kind or interlaced:
        yield "a palette, or another unusual form"
        return
    length = high * (1 + wide * CHANNELS[colour] * depth // 8)
    stream = zlib.decompressobj()
    dots = stream.decompress(packed, min(length, LARGEST) + 1)
    if len(dots) != length or not stream.eof or stream.unused_data or stream.unconsumed_tail:
        yield "data that are not dots"


def _jpeg(data: bytes) -> Iterator[str]:
    """What is wrong with the segments: only tables, frame, scans and the 16 bytes of JFIF may stand."""
    place, tables = 2, 0
    while data[place : place + 2] != b"\xff\xd9":
        mark, kind, length = struct.unpack(">BBH", data[place : place + 4])
        body = data[place + 4 : place + 2 + length]
        tables += len(body) * (kind in TABLES)
        yield from _segment(mark, kind, body)
        place += 2 + max(length, 2)
        while kind == 0xDA and (data[place] != 0xFF or data[place + 1] == 0 or 0xD0 <= data[place + 1] <= 0xD7):
            place += 1
    if len(data) > place + 2:
        yield "data after the end"
    if tables > MOST_TABLES:
        yield "tables without end"


def _segment(mark: int, kind: int, body: bytes) -> Iterator[str]:
    known = {0xE1: "EXIF or XMP", 0xFE: "a comment", 0xED: "IPTC"}
    if mark != 0xFF:
        yield "data between its segments"
    elif kind == 0xE0:
        if not body.startswith(JFIF) or len(body) != 14 or body[12:] != b"\0\0":
            yield "a thumbnail"
    elif kind in FRAMES:
        if len(body) != 6 + 3 * body[5]:
            yield "data in its frame"
    elif kind == 0xDA:
        if len(body) != 4 + 2 * body[0]:
            yield "data in its scan"
    elif kind not in TABLES:
        yield known.get(kind, f"segment {kind:02X}")
