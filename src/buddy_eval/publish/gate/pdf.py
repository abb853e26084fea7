"""The built PDF: its text, alt text, metadata, attachments; and whether it holds all that the page holds."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator

import pypdfium2
from bs4 import Tag
from pikepdf import Dictionary, Name, Pdf, Stream, String

from buddy_eval.base.characters import lacking
from buddy_eval.base.errors import Fault
from buddy_eval.publish.gate.page import parsed
from buddy_eval.publish.gate.rules import Known, plain
from buddy_eval.publish.gate.text import text_faults, unapproved_faults

OWN_NAME = re.compile(r"(?<=ID>)[A-Za-z0-9+/]{22}==(?=</xmpMM:)")  # the PDF's, by its content; may look like anything

ROW = re.compile(r"\r?\n(?=[A-Z])")  # a new row or sentence: "supporter 3" above "Staff" counts no staff
SPOKEN = {"/Alt", "/ActualText", "/E", "/T"}
NO_LETTERS = re.compile(r"[\W_]+")
CONTENTS = re.compile(r"(?:\. ?){8,}\d+")  # a line of the contents; its page does not count the heading that follows


def pdf_faults(data: bytes, file: str, known: Known, page: frozenset[str] = frozenset(), html: str = "") -> list[Fault]:
    """List everything in a PDF that may not be published; with `html`, also what the PDF has lost of its page."""
    texts = _texts(data)
    faults: list[Fault] = []
    for number, text in enumerate(texts, 1):
        text = re.sub(rf"(?m)^{number} of {len(texts)}\s*$", "", text, count=1)  # at the page's foot: pages, not people
        rows = ROW.sub("\n| ", CONTENTS.sub(r"\g<0>.", text))
        faults += text_faults(rows, file, f"page {number}", known, page, parted=False)
    with Pdf.open(io.BytesIO(data)) as document:
        for key, value in document.docinfo.items():
            if key not in {"/CreationDate", "/ModDate"}:
                faults += text_faults(str(value), file, f"property {key[1:]}", known, page)
                if key == "/Author" and str(value).strip():
                    faults.append(Fault(file, 0, "property Author is filled", "empty it"))
        if isinstance(packet := document.Root.get("/Metadata"), Stream):
            said = packet.read_bytes().decode("utf-8", "replace")
            said = re.sub(r"<[^>]*>", " ", OWN_NAME.sub("", said))
            faults += text_faults(said, file, "XMP metadata", known, page)
        faults += [*_active(document, file), *_spoken(document, file, known, page)]
    faults += unapproved_faults(" ".join(texts), file, known)
    return [*faults, *_lost(texts, html, file)]


def _texts(data: bytes) -> list[str]:
    """The text of every page, what lies outside of its frame included."""
    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for sheet in document:
            words = sheet.get_textpage()
            texts.append(words.get_text_range())
            words.close()
            sheet.close()
        return texts
    finally:
        document.close()


def _active(document: Pdf, file: str) -> Iterator[Fault]:
    root = document.Root
    names = root.get("/Names", Dictionary())
    for key, what in (("/EmbeddedFiles", "an attached file"), ("/JavaScript", "a script")):
        if key in names:
            yield Fault(file, 0, f"document: {what}", "write the file anew")
    if "/OpenAction" in root or "/AA" in root or "/AcroForm" in root:
        yield Fault(file, 0, "document: an action or a form", "write the file anew")
    for number, sheet in enumerate(document.pages, 1):
        for note in sheet.obj.get("/Annots", ()):
            if note.get("/Subtype") != Name.Link:
                yield Fault(file, 0, f"page {number}: a note or an attachment", "take it out")
            address = str(note.get("/A", Dictionary()).get("/URI", "https://"))
            if not address.startswith(("http://", "https://")):
                yield Fault(file, 0, f"page {number}: a local link", "give a public address, or take it out")


def _spoken(document: Pdf, file: str, known: Known, page: frozenset[str]) -> Iterator[Fault]:
    """Alt text and other text that only a screen reader says."""
    for thing in document.objects:
        keys = SPOKEN & thing.keys() if isinstance(thing, Dictionary | Stream) else ()
        for key in keys:
            if isinstance(said := thing.get(key), String):
                yield from text_faults(str(said), file, f"what a screen reader says ({key[1:]})", known, page)


def _lost(texts: list[str], html: str, file: str) -> Iterator[Fault]:
    """Words of the page that the PDF does not have: something was clipped."""
    main = parsed(html).find("main")
    if not isinstance(main, Tag):
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
    return NO_LETTERS.sub("", plain(text).casefold())


def _drawn(text: str) -> str:
    """A text without what the PDF shows as boxes."""
    boxes = lacking(text)
    return text.translate(dict.fromkeys(map(ord, boxes), " ")) if boxes else text


def _there(word: str, have: str) -> bool:
    """Whether a word is in a text; of letters that join their marks a PDF may say more than once what it shows once."""
    letters = _letters(word)
    return letters in have or (any(unicodedata.category(sign)[0] == "M" for sign in word) and set(letters) <= set(have))
