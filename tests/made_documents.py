"""What a made Word or PDF document, or a page, says: its text, its alt texts, and everything in between."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from openpyxl import load_workbook
from pypdf import PdfReader

from buddy_eval.publish.structure import notes

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def letters(text: str) -> str:
    """Only letters and figures, so that line breaks, ligatures and hyphens of a layout do not count."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def printed(path: Path) -> BeautifulSoup:
    """A page as print has it: its folds are numbered notes at the end."""
    page = soup(path)
    assert page.main is not None
    notes(page.main)
    return page


def sentences(path: Path) -> list[str]:
    """The texts of a page: headings, paragraphs, points, cells, captions, and what the page says of itself."""
    page = printed(path)
    found = page.select("main :is(h1, h2, h3, h4, p, li, th, td, caption, figcaption), .notice, footer p")
    return [text for tag in found if (text := " ".join(tag.get_text(" ").split()))]


def alts(path: Path) -> list[str]:
    return [" ".join(str(picture["alt"]).split()) for picture in soup(path).find_all("img")]


def page_tables(path: Path) -> list[tuple[str, list[str], list[list[str]]]]:
    """The tables of a page: caption, heads and rows."""
    return [
        (
            table.caption.get_text() if table.caption else "",
            [cell.get_text() for cell in table.select("thead th")],
            [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")],
        )
        for table in soup(path).select("main table")
    ]


def sheet_text(path: Path) -> str:
    """All of a workbook: every text and attribute of every part, seen or not: cells, names, comments, properties."""
    texts: list[str] = []
    for name, content in word_parts(path).items():
        assert name.endswith((".xml", ".rels")), name  # a part of another kind would go unread
        for element in ElementTree.fromstring(content).iter():
            texts += [element.text or "", *element.attrib.values(), element.tail or ""]
    return " ".join(texts)


def sheet_tables(path: Path) -> list[tuple[str, list[str], list[list[str]]]]:
    """The tables of a workbook: title, heads and rows; the first sheet is the cover."""
    book = load_workbook(path)
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
    found = []
    for sheet in book.worksheets[1:]:
        title, _, heads, *rows = ([str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True))
        found.append((title[0], heads, rows))
    return found


def word_parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def word_text(path: Path) -> str:
    """All text of a Word document: body, running head and foot, notes, comments and properties."""
    texts = []
    for name, content in word_parts(path).items():
        if name.endswith((".xml", ".rels")):
            for element in ElementTree.fromstring(content).iter():
                texts += [element.text or "", " " * element.tag.endswith(("}p", "}tc"))]
    return "".join(texts)


def word_alts(path: Path) -> list[str]:
    root = ElementTree.fromstring(word_parts(path)["word/document.xml"])
    return [" ".join(element.get("descr", "").split()) for element in root.iter(DRAWING)]


@cache
def pdf(path: Path) -> PdfReader:
    return PdfReader(path)


def root(path: Path) -> Any:
    """The catalogue of a PDF."""
    return pdf(path).trailer["/Root"]


@cache
def pdf_text(path: Path) -> str:
    """The text of all pages, in reading order, without the running head and the page numbers."""
    pages = [page.extract_text() for page in pdf(path).pages]
    heads = [re.sub(r"\n\d+ of \d+$", "", page.strip()) for page in pages]
    title = pdf(path).metadata
    head = str(title and title.title)
    return "\n".join(re.sub(rf"^{re.escape(head)} · [^\n]*\n", "", page) for page in heads)


def pdf_elements(path: Path) -> list[tuple[str, str]]:
    """The structure tree of a PDF in order: the kind of every element, and its alt text."""
    found: list[tuple[str, str]] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"]), " ".join(str(node.get("/Alt", "")).split())))
            walk(node.get("/K"))

    walk(root(path)["/StructTreeRoot"])
    return found


def pdf_metadata(path: Path) -> str:
    return str(root(path)["/Metadata"].get_data().decode())
