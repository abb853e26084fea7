"""Reports are short: pages and rows are held, and what is too long for a report stands whole in its annex."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader

from buddy_eval.publish.annex import MOST_ROWS
from buddy_eval.publish.write import write_report
from invented_cells import code, markdown, notebook, shown

PAGES = {"internal/report": 18, "public/summary": 2} | {f"partners/brief-SYN0{n}": 2 for n in range(1, 9)}
PAGES |= {f"partners/brief-SYN0{n}-dashboard": 1 for n in range(1, 9)}


def table(rows: int, caption: str) -> str:
    cells = "".join(f'<tr><th scope="row">{n}</th><td>cell {n} of {caption}</td></tr>' for n in range(rows))
    head = '<thead><tr><th scope="col">Row</th><th scope="col">Cell</th></tr></thead>'
    note = f'<p class="note">A note on {caption}.</p>'
    return f"<table><caption>{caption}</caption>{head}<tbody>{cells}</tbody></table>{note}"


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def rows(one: Tag) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in one.find_all("tr")]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a table that just fits, and two that do not."""
    folder = tmp_path_factory.mktemp("report")
    first = code("", shown("text/html", table(MOST_ROWS, "short")), shown("text/html", table(MOST_ROWS + 1, "long")))
    second = code("", shown("text/html", table(40, "longest")))
    cells = [markdown("# Chapter\n\n## Section"), first, markdown("# Empty\n\n## Void"), markdown("# Last"), second]
    write_report(notebook(*cells, title="T", annex="x-tables", chapters=True), folder, "x")
    return folder


def test_a_table_of_more_than_a_dozen_rows_is_named_in_the_body_and_stands_in_the_annex(written: Path) -> None:
    body, annex = read(written / "x.html"), read(written / "x-tables.html")
    assert [one.caption.get_text() for one in body.find_all("table") if one.caption] == ["short"]
    lines = [one.get_text() for one in body.select("p.note")]
    assert lines == [
        "A note on short.", "Table 1 of x-tables: long (13 rows).", "Table 2 of x-tables: longest (40 rows).",
    ]  # fmt: skip
    found = [one.get_text() for one in annex.main.find_all(["h2", "h3", "caption"])]  # type: ignore[union-attr]
    assert found == ["Chapter", "Section", "1. long", "Last", "2. longest"]
    assert [one.get_text() for one in annex.select("p.note")] == ["A note on long.", "A note on longest."]
    assert [len(one.find_all("tr")) for one in annex.find_all("table")] == [14, 41]


def test_the_workbook_of_an_annex_holds_what_its_page_holds(written: Path) -> None:
    book = openpyxl.load_workbook(written / "x-tables.xlsx")
    tables = read(written / "x-tables.html").find_all("table")
    assert book.sheetnames == ["Cover", "Table 1", "Table 2"]
    for name, one in zip(book.sheetnames[1:], tables, strict=True):
        assert [list(row) for row in book[name].iter_rows(min_row=3, values_only=True)] == rows(one)
    assert book["Table 1"]["A2"].value == "A note on long. This sheet holds one table."


def test_a_report_without_long_tables_has_an_annex_that_says_so(tmp_path: Path) -> None:
    write_report(notebook(markdown("## A part\n\nWords."), title="T", annex="x-tables"), tmp_path, "x")
    assert "No table of the report has more than a dozen rows." in read(tmp_path / "x-tables.html").get_text()
    assert openpyxl.load_workbook(tmp_path / "x-tables.xlsx").sheetnames == ["Cover"]


@pytest.mark.parametrize("stem", PAGES)
def test_a_report_keeps_to_its_pages(published: Path, stem: str) -> None:
    pages = len(PdfReader(published / "reports" / f"{stem}.pdf").pages)
    assert pages <= PAGES[stem], f"{stem} has {pages} pages"


def test_the_first_page_of_a_report_holds_its_contents_and_its_first_message(published: Path) -> None:
    reader = PdfReader(published / "reports" / "internal" / "report.pdf")
    page = read(published / "reports" / "internal" / "report.html")
    first = " ".join(reader.pages[0].extract_text().split())
    message = " ".join(page.select("p.message")[0].get_text().split())
    assert "Contents" in first
    assert message.rpartition(". ")[0] in first


@pytest.mark.parametrize("readers", ["internal", "public"])
def test_a_report_says_a_sentence_of_a_list_once(published: Path, readers: str) -> None:
    said = [item.get_text() for item in read(published / "reports" / readers / "report.html").select("ul.points li")]
    assert len(said) > 10
    assert [text for text in said if said.count(text) > 1] == []


def test_no_caption_says_the_heading_above_it_again(published: Path) -> None:
    pages = sorted(published.glob("reports/*/*.html"))
    captions = [caption for page in pages for caption in read(page).select("caption, figcaption")]
    headings = [caption.find_previous(["h1", "h2", "h3", "h4"]) for caption in captions]
    assert len(captions) > 100
    assert [c.get_text() for c, h in zip(captions, headings, strict=True) if h and h.get_text() == c.get_text()] == []


@pytest.mark.parametrize("readers", ["internal", "public"])
def test_no_table_in_the_body_of_a_report_is_long_and_no_row_is_lost(published: Path, readers: str) -> None:
    body, annex = (read(published / "reports" / readers / f"report{end}.html") for end in ("", "-tables"))
    assert max(len(rows(one)) - 1 for one in body.find_all("table")) <= MOST_ROWS
    lines = [one.get_text() for one in body.select("p.note") if " of report-tables: " in one.get_text()]
    told = [f"Table {one.caption.get_text()}" for one in annex.find_all("table") if one.caption]
    assert [line.split(" (")[0].replace(" of report-tables:", ".") for line in lines] == told
    assert [f"({len(rows(one)) - 1} rows)." for one in annex.find_all("table")] == [
        line[line.rindex("(") :] for line in lines
    ]
