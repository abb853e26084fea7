"""What a cell of anybody's own shows: a picture or table has its words from itself, or from the cell's metadata."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from bs4 import Tag

PNG, NOTES = b"\x89PNG\r\n\x1a\n", {b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf"}
PICTURES = ("image/png", "image/jpeg")
WHERE = "to the cell's metadata (in JupyterLab: the cogs at the top right, Advanced Tools, Cell Metadata)"
ALT = f'add "alt": "what it shows" {WHERE}, or a "caption"'
CAPTION = f'add "caption": "what it shows" {WHERE}'
APART = "show each from a cell of its own"


def picture_of(data: Mapping[str, Any]) -> str:
    """Return the kind of the picture that an output holds, or nothing."""
    return next((kind for kind in PICTURES if kind in data), "")


def described(cell: NotebookNode, output: NotebookNode) -> tuple[str, str]:
    """Return the alt text and the caption of a picture: its own, else its cell's; either stands for the other."""
    own: Mapping[str, Any] = output.get("metadata", {}).get(picture_of(output.data), {})
    told = own if own.get("alt") or own.get("caption") else cell.metadata
    alt, caption = (str(told.get(name) or "").strip() for name in ("alt", "caption"))
    return alt or caption, caption or (alt if told is not own else "")


def without_notes(data: bytes) -> bytes:
    r"""Take out of a PNG what its program wrote beside the picture: matplotlib says which it is, and where.

    >>> without_notes(PNG + b"\0\0\0\1tEXtxcccc" + b"\0\0\0\0IENDcccc") == PNG + b"\0\0\0\0IENDcccc"
    True
    """
    kept, place = [data[: len(PNG)]], len(PNG)
    while data.startswith(PNG) and place < len(data):
        length = 12 + int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] not in NOTES:
            kept.append(data[place : place + length])
        place += length
    return b"".join(kept) if data.startswith(PNG) else data


def drawn_anew(path: Path) -> bytes:
    """Return a picture as a PNG of nothing but its colours, the right way up: no notes, no place where it was taken."""
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    bare, buffer = Image.frombytes(upright.mode, upright.size, upright.tobytes()), io.BytesIO()
    bare.save(buffer, "PNG")
    return buffer.getvalue()


def captioned(text: str, cell: NotebookNode) -> str:
    """Give the one table of an output that has no caption that of its cell."""
    caption = str(cell.metadata.get("caption") or "").strip()
    if not caption or "<table" not in text:
        return text
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    if len(bare := [table for table in soup.find_all("table") if not table.find("caption")]) == 1:
        bare[0].insert(0, soup.new_tag("caption", string=caption))
    return str(soup)


def _tables(text: str) -> list[Tag]:
    from bs4 import BeautifulSoup

    return list(BeautifulSoup(text, "lxml").find_all("table")) if "<table" in text.lower() else []


def wordless(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield what the pictures and tables of a cell lack, and the remedy."""
    shown = [output for output in cell.get("outputs", ()) if output.output_type in {"display_data", "execute_result"}]
    pictures = [output for output in shown if picture_of(output.data)]
    if any(not described(cell, output)[0] for output in pictures):
        yield "shows a picture without alt text", ALT
    own = [output for output in pictures if not output.get("metadata", {}).get(picture_of(output.data), {}).get("alt")]
    texts = ["".join(output.data.get("text/html", "")) for output in shown if output not in pictures]
    tables = [
        table for text in texts if "<table" in text.lower() for table in _tables(text) if not table.find("caption")
    ]
    if tables and not cell.metadata.get("caption"):
        yield "shows a table without a caption", CAPTION
    for what, outputs in (("pictures", own), ("tables", tables)):
        if len(outputs) > 1:
            yield f"shows {len(outputs)} {what} that share their words", APART
