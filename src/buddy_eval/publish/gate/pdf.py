"""The built PDF: its text, alt text, metadata, attachments; and whether it holds all that the page holds."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from pypdf import PdfReader

from buddy_eval.base.characters import lacking
from buddy_eval.base.errors import Fault
from buddy_eval.publish.gate.rules import Known, plain
from buddy_eval.publish.gate.text import text_faults, unapproved_faults

OWN_NAME = re.compile(r"(?<=ID>)[A-Za-z0-9+/]{22}==(?=</xmpMM:)")  # the PDF's, by its content; may look like anything

CONTENTS = re.compile(r"(?:\. ?){8,}\d+")  # a line of the contents; its page does not count the heading that follows


def pdf_faults(data: bytes, file: str, known: Known, page: frozenset[str] = frozenset(), html: str = "") -> list[Fault]:
    """List everything in a PDF that may not be published; with `html`, also what the PDF has lost of its page."""
    reader = PdfReader(io.BytesIO(data))
    texts = [sheet.extract_text() for sheet in reader.pages]
    found: list[Fault] = []
    for number, text in enumerate(texts, 1):
        found += text_faults(CONTENTS.sub(r"\g<0>.", text), file, f"page {number}", known, page)
    for key, value in (reader.metadata or {}).items():
        if key not in {"/CreationDate", "/ModDate"}:
            found += text_faults(str(value), file, f"property {key[1:]}", known, page)
            if key == "/Author" and str(value).strip():
                found.append(Fault(file, 0, "property Author is filled", "empty it"))
    if (packet := reader.root_object.get("/Metadata")) is not None:
        said = packet.get_object().get_data().decode("utf-8", "replace")
        said = re.sub(r"<[^>]*>", " ", OWN_NAME.sub("", said))
        found += text_faults(said, file, "XMP metadata", known, page)
    found += [*_active(reader, file), *_spoken(reader, file, known, page)]
    found += unapproved_faults(" ".join(texts), file, known)
    return [*found, *_lost(texts, html, file)]


def _active(reader: Any, file: str) -> Iterator[Fault]:
    root = reader.root_object
    names = root.get("/Names", {})
    for key, what in (("/EmbeddedFiles", "an attached file"), ("/JavaScript", "a script")):
        if key in names.get_object() if hasattr(names, "get_object") else key in names:
            yield Fault(file, 0, f"document: {what}", "write the file anew")
    if "/OpenAction" in root or "/AA" in root or "/AcroForm" in root:
        yield Fault(file, 0, "document: an action or a form", "write the file anew")
    for number, sheet in enumerate(reader.pages, 1):
        for note in sheet.get("/Annots") or ():
            note = note.get_object()
            if note.get("/Subtype") != "/Link":
                yield Fault(file, 0, f"page {number}: a note or an attachment", "take it out")
            address = str(note.get("/A", {}).get("/URI", "https://"))
            if not address.startswith(("http://", "https://")):
                yield Fault(file, 0, f"page {number}: a local link", "give a public address, or take it out")


def _spoken(reader: Any, file: str, known: Known, page: frozenset[str]) -> Iterator[Fault]:
    """Alt text and other text that only a screen reader says."""
    for object_number in range(1, len(reader.xref.get(0, {})) + 1) if reader.xref else ():
        try:
            thing = reader.get_object(object_number)
        except Exception:  # noqa: S112 (a free entry of the cross-reference table)
            continue
        for key in ("/Alt", "/ActualText", "/E", "/T"):
            if isinstance(thing, dict) and isinstance(thing.get(key), str):
                yield from text_faults(thing[key], file, f"what a screen reader says ({key[1:]})", known, page)


def _lost(texts: list[str], html: str, file: str) -> Iterator[Fault]:
    """Words of the page that the PDF does not have: something was clipped."""
    main = BeautifulSoup(html, "html.parser").find("main")
    if main is None:
        return
    have = _letters(" ".join(texts))
    for block in main.find_all(["p", "li", "td", "th", "caption", "figcaption", "h2", "h3", "h4"]):
        text = _drawn(block.get_text(" "))
        if block.find(["p", "li"]) or "subtitle" in (block.get("class") or ()) or _letters(text) in have:
            continue
        lost = [word for word in re.split(r"[\s\-\u2010-\u2014/]+", text) if not _there(word, have)]
        if lost:
            start = " ".join(text.split())[:20]
            yield Fault(
                file, 0, f"text of the page is missing from the PDF, near {start!r}", "split the table or shorten it"
            )


def _letters(text: str) -> str:
    return "".join(c for c in plain(text).casefold() if c.isalnum())


def _drawn(text: str) -> str:
    """A text without what the PDF shows as boxes."""
    return text.translate(dict.fromkeys(map(ord, lacking(text)), " "))


def _there(word: str, have: str) -> bool:
    """Whether a word is in a text; of letters that join their marks a PDF may say more than once what it shows once."""
    letters = _letters(word)
    marked = any(unicodedata.category(sign)[0] == "M" for sign in word)
    return letters in have or (marked and set(letters) <= set(have))
