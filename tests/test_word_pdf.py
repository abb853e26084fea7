"""Every published Word and PDF document: it says what its page says, it is accessible, and always the same."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import docx
import pdfua
import pypdfium2
import pytest

from buddy_eval.publish.about import About
from buddy_eval.publish.annex import MOST_ROWS
from buddy_eval.publish.gate.pdf import pdf_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.page import ReportError
from buddy_eval.publish.pdf import to_pdf
from buddy_eval.publish.word import _text, to_docx
from buddy_eval.study.settings import load_study
from chromium import PLACES
from made_documents import (
    alts,
    letters,
    pdf,
    pdf_elements,
    pdf_metadata,
    pdf_text,
    printed,
    root,
    sentences,
    soup,
    word_alts,
    word_parts,
    word_text,
)

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STEMS = [
    "internal/report",
    "internal/codebook",
    "internal/coding",
    "public/report",
    "public/summary",
    "public/codebook",
]
STEMS += ["public/slides", "public/annex"]
STEMS += [f"partners/brief-SYN0{number}" for number in range(1, 9)]


@pytest.fixture(params=STEMS)
def stem(request: pytest.FixtureRequest, published: Path) -> Path:
    """A published document without its ending."""
    return published / "reports" / str(request.param)


def of(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


def test_the_list_of_documents_is_whole(published: Path) -> None:
    reports = published / "reports"
    for ending, more in ((".docx", set[str]()), (".pdf", {f"{stem}-dashboard" for stem in STEMS if "brief" in stem})):
        found = {path.relative_to(reports).with_suffix("").as_posix() for path in reports.rglob(f"*{ending}")}
        assert found == set(STEMS) | more


def test_a_pdf_claims_pdf_ua_and_is_tagged_titled_and_in_british_english(stem: Path, published: Path) -> None:
    reader, about = pdf(of(stem, ".pdf")), root(of(stem, ".pdf"))
    assert "<pdfuaid:part>1</pdfuaid:part>" in pdf_metadata(of(stem, ".pdf"))
    assert about["/MarkInfo"]["/Marked"]
    assert about["/Lang"] == "en-GB"
    assert about["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == load_study(published).title
    wide = 842 if stem.name == "slides" else 595  # 16:9, or A4
    assert {page.mediabox.width.__round__() for page in reader.pages} == {wide}


def test_a_second_checker_finds_no_fault_of_pdf_ua(stem: Path) -> None:
    """It tries 16 of the 106 rules that machines can; the compiler refuses what breaks those that it knows."""
    made = pdfua.validate(str(of(stem, ".pdf")))
    assert [(found.rule_id, found.message) for found in made.findings] == []


def test_a_dashboard_has_no_fault_of_pdf_ua_either(published: Path) -> None:
    made = pdfua.validate(str(published / "reports" / "partners" / "brief-SYN01-dashboard.pdf"))
    assert [(found.rule_id, found.message) for found in made.findings] == []


def test_a_pdf_tags_headings_tables_lists_and_quotes_as_such(stem: Path) -> None:
    kinds = [kind for kind, _ in pdf_elements(of(stem, ".pdf"))]
    main = printed(of(stem, ".html")).main
    assert main is not None
    for kind, selector in {"/Table": "table", "/H1": "h2", "/H2": "h3", "/BlockQuote": "blockquote"}.items():
        contents = kind == "/H1" and "/TOC" in kinds  # the table of contents has a heading of its own
        assert kinds.count(kind) - contents == len(main.select(selector)), kind
    assert kinds.count("/THead") == kinds.count("/Table")
    assert kinds.count("/TH") >= len(main.select("thead th"))


def test_a_pdf_gives_the_alt_text_of_every_picture(stem: Path) -> None:
    found = [alt for kind, alt in pdf_elements(of(stem, ".pdf")) if kind == "/Figure"]
    assert found == alts(of(stem, ".html"))


def torn(text: str, said: str) -> bool:
    """Whether a text stands in two parts: a row of a table that a new page has torn."""
    words = re.split(r"\s+|(?<=-)", text)
    return any(
        letters("".join(words[:n])) in said and letters("".join(words[n:])) in said for n in range(1, len(words))
    )


def test_a_pdf_says_what_its_page_says(stem: Path) -> None:
    said = letters(pdf_text(of(stem, ".pdf")))
    lost = [text for text in sentences(of(stem, ".html")) if letters(text) not in said and not torn(text, said)]
    assert lost == []


def test_a_word_document_says_what_its_page_says(stem: Path) -> None:
    said = letters(word_text(of(stem, ".docx")))
    lost = [text for text in sentences(of(stem, ".html")) if letters(text) not in said]
    assert lost == []


def test_a_word_document_opens_with_title_language_and_headings(stem: Path, published: Path) -> None:
    document = docx.Document(str(of(stem, ".docx")))
    assert document.core_properties.title == load_study(published).title
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.author == ""
    styles = ElementTree.fromstring(word_parts(of(stem, ".docx"))["word/styles.xml"])
    assert [found.get(f"{WORD}val") for found in styles.iter(f"{WORD}lang")] == ["en-GB"]
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style and p.style.name.startswith("Heading")]
    main = printed(of(stem, ".html")).main
    assert main is not None
    wanted = [(f"Heading {int(tag.name[1]) - 1}", tag.get_text()) for tag in main.select("h2, h3, h4")]
    assert headings == wanted


def test_every_table_of_a_word_document_repeats_its_header_row(stem: Path) -> None:
    tables = docx.Document(str(of(stem, ".docx"))).tables
    assert len(tables) == len(soup(of(stem, ".html")).select("main table"))
    for table in tables:
        heads = [row._tr.find(f".//{WORD}tblHeader") is not None for row in table.rows]
        assert heads == [True] + [False] * (len(heads) - 1)


def test_the_notes_of_a_word_document_are_small_print(stem: Path) -> None:
    document, page = docx.Document(str(of(stem, ".docx"))), printed(of(stem, ".html"))
    told = {letters(tag.get_text()) for tag in page.select("main p.note, main .notes p")}
    small = document.styles["Note"]
    notes = {letters(paragraph.text) for paragraph in document.paragraphs if paragraph.style == small}
    assert told - {""} <= notes
    size = small.font.size
    assert size is not None
    assert size.pt == (8 if "brief" in stem.name else 9)


def test_a_brief_in_word_has_two_pages(published: Path, tmp_path: Path) -> None:
    if not (office := shutil.which("soffice")):
        pytest.skip("no LibreOffice to count the pages of a Word file with")
    briefs = sorted((published / "reports" / "partners").glob("brief-*.docx"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *map(str, briefs)], check=True, capture_output=True)
    assert [len(pdf(tmp_path / f"{brief.stem}.pdf").pages) for brief in briefs] == [2] * 8


def test_every_picture_of_a_word_document_has_the_alt_text_of_its_page(stem: Path) -> None:
    assert word_alts(of(stem, ".docx")) == alts(of(stem, ".html"))


def test_a_word_document_holds_its_pictures_and_asks_for_nothing(stem: Path) -> None:
    parts = word_parts(of(stem, ".docx"))
    texts = {name: content for name, content in parts.items() if name.endswith((".xml", ".rels"))}
    assert [name for name, content in texts.items() if b"data:image" in content] == []
    assert [name for name, content in texts.items() if b'TargetMode="External"' in content] == []
    pictures = [content for name, content in parts.items() if name.startswith("word/media/")]
    assert len(pictures) == len(alts(of(stem, ".html")))
    assert all(content.startswith(b"\x89PNG") for content in pictures)


def test_no_document_knows_a_path_or_the_hour_it_was_made(stem: Path, published: Path) -> None:
    texts = [word_text(of(stem, ".docx")), pdf_text(of(stem, ".pdf")), pdf_metadata(of(stem, ".pdf"))]
    for text in texts:
        assert str(published.parent) not in text
        assert not re.search(rf"{PLACES}|file:", text)
        assert not re.search(r"202[4-9]-\d\d-\d\d|202[5-9]-", text)


@pytest.mark.parametrize(("n", "together"), [(MOST_ROWS, True), (MOST_ROWS + 1, False)])
def test_a_short_table_of_a_word_document_stands_on_one_page(n: int, together: bool) -> None:
    rows = "".join(f"<tr><td>a {place}</td></tr>" for place in range(n))
    table = f"<table><caption>c</caption><thead><tr><th>a</th></tr></thead><tbody>{rows}</tbody></table>"
    written = to_docx(f"<html><body><main><h1>T</h1>{table}</main></body></html>", About("T"))
    lines = docx.Document(io.BytesIO(written)).tables[0].rows
    kept = [line.cells[0].paragraphs[0].paragraph_format.keep_with_next for line in lines]
    assert kept == [together or None] * n + [None]


def test_a_table_too_wide_for_a_page_is_refused_by_name() -> None:
    row = "<tr>" + "<th>a</th>" * 11 + "</tr>"
    made = f"<main><table><caption>Too much</caption><thead>{row}</thead></table></main>"
    with pytest.raises(ReportError, match="'Too much' has 11 columns, row labels counted; a page holds 10"):
        to_pdf(made, About("A title"))


def test_the_page_of_a_heading_in_the_contents_counts_nobody() -> None:
    """The number of the page stands between one heading and the next, which may begin with people."""
    sections = "".join(f"<h2>Among people in post {letter}</h2><p>Nothing.</p>" for letter in "abcdefghijklmn")
    made = to_pdf(f"<main>{sections}</main>", About("A title"))
    assert pdf_faults(made, "a.pdf", Known("public", suppress_below=8)) == []
    counted = to_pdf("<main><h2>One</h2><p>7 people answered.</p></main>", About("A title"))
    assert len(pdf_faults(counted, "a.pdf", Known("public", suppress_below=8))) == 1


def test_the_number_of_a_page_counts_no_people_and_the_same_words_in_its_text_do() -> None:
    """At the foot stands "7 of 12": a share of more than ten, which would be one of people."""
    known = Known("public", suppress_below=8)
    pages = [f"<h2>Part {n}</h2>" + "<p>Words.</p>" * 60 for n in range(1, 10)]
    blank = to_pdf(f"<main>{''.join(pages)}</main>", About("A title"))
    assert len(pypdfium2.PdfDocument(blank)) > 10
    assert pdf_faults(blank, "a.pdf", known) == []
    said = to_pdf(f"<main><p>7 of 12</p>{''.join(pages)}</main>", About("A title"))
    assert [fault.problem.partition(":")[0] for fault in pdf_faults(said, "a.pdf", known)] == ["page 1"]


@pytest.fixture(scope="module")
def remade(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], list[Path]]:
    """Make the public summary anew in two other places, by processes of two other kinds; return both folders."""
    places = {
        "here": {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        "over there": {"TZ": "America/Caracas", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    }
    running = []
    for name, outside in places.items():
        folder = tmp_path_factory.mktemp("again") / name
        shutil.copytree(published / "data", folder / "data")
        (folder / "notebooks").mkdir()
        for kept in ("study.toml", "notebooks/08-public-summary.ipynb"):
            shutil.copyfile(published / kept, folder / kept)
        command = [sys.executable, "-m", "buddy_eval", "publish", "--profile", "public", str(folder)]
        running.append((folder, subprocess.Popen(command, cwd=folder.parent, env={**os.environ, **outside})))
    assert [process.wait() for _, process in running] == [0, 0]
    return lambda: [folder / "reports" / "public" for folder, _ in running]


@pytest.mark.parametrize("ending", [".html", ".docx", ".pdf"])
def test_another_process_hour_place_and_locale_make_the_same_bytes(
    published: Path, remade: Callable[[], list[Path]], ending: str
) -> None:
    first = (published / "reports" / "public" / f"summary{ending}").read_bytes()
    again = [(folder / f"summary{ending}").read_bytes() for folder in remade()]
    assert [made == first for made in again] == [True, True]


def test_a_column_is_as_wide_as_what_its_own_cells_say() -> None:
    """A break parts words, and a table within a cell has widths of its own."""
    cell = docx.Document().add_table(1, 1).cell(0, 0)
    cell.paragraphs[0].add_run("Trust").add_break()
    cell.paragraphs[0].add_run("between")
    cell.add_paragraph("organisations")
    cell.add_table(1, 1).cell(0, 0).text = "inner"
    assert _text(cell).split() == cell.text.split() == ["Trust", "between", "organisations"]
