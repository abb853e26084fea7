"""The slides as a PowerPoint file: a slide a chapter, every word of the page on it or in the speaker's notes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from buddy_eval.publish.about import About
from buddy_eval.publish.powerpoint import to_pptx
from made_documents import alts, letters, soup, word_parts

PAGE = """<main><h1>Study</h1><h2>First</h2><ul class="messages"><li><p class="message">A message.</p><details>
<summary>Behind</summary><p>Row one.</p><p>Row two.</p></details></li></ul><p class="note">A scale.</p>
<h2>Second</h2><table><caption>Counts</caption><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody>
</table><p class="note">Of the table.</p><h2>Third</h2><p>Words.</p></main>"""
ABOUT = About("Study", "Slides", "Invented.", footer=("Made by us.",), form="slides")


def texts(content: bytes) -> str:
    return " ".join(found.text or "" for found in etree.fromstring(content).iter("{*}t"))


def slides(data: bytes, folder: Path) -> dict[str, str]:
    """The text of every slide and of every slide's notes."""
    path = folder / "slides.pptx"
    path.write_bytes(data)
    parts = word_parts(path)
    return {name: texts(parts[name]) for name in sorted(parts) if re.search(r"s/(slide|notesSlide)\d+\.xml$", name)}


@pytest.fixture
def made(tmp_path: Path) -> dict[str, str]:
    return slides(to_pptx(PAGE, ABOUT), tmp_path)


def test_every_chapter_is_a_slide_and_asides_are_in_the_notes_of_their_own(made: dict[str, str]) -> None:
    shown = [text for name, text in made.items() if "notes" not in name]
    assert [text.split()[0] for text in shown] == ["Study", "First", "Second", "Third"]
    assert not re.search("Row|scale|Of the table|Made by", " ".join(shown))
    told = [re.sub(r"\s*\d+$", "", text) for name, text in made.items() if "notes" in name]
    assert told == ["Row one. Row two. A scale.", "Counts Of the table.", "Invented. Made by us."]


def test_a_notice_with_signs_of_markup_is_told_as_it_is(tmp_path: Path) -> None:
    about = About("Study", "Slides", "Wards <5 beds & others.", footer=("By R&D <a>.",), form="slides")
    told = " ".join(slides(to_pptx(PAGE, about), tmp_path).values())
    assert told.count("Wards <5 beds & others.") == 2  # on the title slide and in the last notes
    assert "By R&D <a>." in told


def test_a_column_of_a_table_is_as_wide_as_its_longest_word_asks(tmp_path: Path) -> None:
    path, page = tmp_path / "slides.pptx", PAGE.replace(">A<", ">Communication<").replace("</th>", "</th><th>n</th>")
    path.write_bytes(to_pptx(page.replace("<td>1</td>", "<td>1</td><td>2</td>"), ABOUT))
    slides = [content for name, content in word_parts(path).items() if name.startswith("ppt/slides/slide")]
    wide, narrow = (int(column.get("w")) for slide in slides for column in etree.fromstring(slide).iter("{*}gridCol"))
    assert wide > 2 * narrow


def test_the_same_page_gives_the_same_bytes_without_an_author() -> None:
    assert to_pptx(PAGE, ABOUT) == to_pptx(PAGE, ABOUT)


def test_the_illustrative_slides_say_what_their_page_says(published: Path, tmp_path: Path) -> None:
    path = published / "reports" / "public" / "slides.pptx"
    said = letters(" ".join(slides(path.read_bytes(), tmp_path).values()))
    page = published / "reports" / "public" / "slides.html"
    blocks = "main :is(h2, p, th, td, caption, figcaption), main ul.points li, footer p"
    assert [text for block in soup(page).select(blocks) if letters(text := block.get_text()) not in said] == []


def test_every_picture_has_alt_text_and_every_run_a_language(published: Path) -> None:
    path = published / "reports" / "public" / "slides.pptx"
    described, runs = [], set()
    for name, content in word_parts(path).items():
        if name.startswith("ppt/slides/slide"):
            root = etree.fromstring(content)
            described += [about.get("descr") for pic in root.iter("{*}pic") for about in pic.iter("{*}cNvPr")]
            runs |= {run.get("lang") for run in root.iter("{*}rPr")}
    assert described == alts(path.with_suffix(".html"))
    assert runs == {"en-GB"}
    with zipfile.ZipFile(path) as archive:
        assert BeautifulSoup(archive.read("docProps/core.xml"), "xml").find("creator").get_text() == ""  # type: ignore[union-attr]
