"""Every published page against WCAG 2.2 AA: by axe in a real browser, and by what axe cannot see."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page

from chromium import chromium

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READERS = ["", "internal", "partners", "public"]
WIDE, MIDDLE, NARROW = 1920, 768, 320
CSP = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def pages(study: Path, readers: str) -> list[Path]:
    """The pages in one folder of reports."""
    found = sorted((study / "reports" / readers).glob("*.html"))
    assert found
    return found


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def all_pages(study: Path) -> dict[str, BeautifulSoup]:
    paths = [path for readers in READERS for path in pages(study, readers)]
    return {name(path): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in paths}


def opened(browser: Browser, width: int) -> Page:
    """An empty page; the content policy is set aside for axe, which is a script."""
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
    return context.new_page()


def test_every_kind_of_report_is_among_the_pages(published: Path) -> None:
    pairs = [f"partners/brief-SYN0{n}{page}.html" for n in range(1, 9) for page in ("", "-dashboard")]
    both = [
        f"{readers}/{stem}.html"
        for readers in ("internal", "public")
        for stem in ("report", "report-tables", "codebook", "index")
    ]
    public = [f"public/{stem}.html" for stem in ("summary", "slides", "annex")]
    wanted = {"reports/index.html", "partners/index.html", "internal/coding.html", *public, *pairs, *both}
    assert set(all_pages(published)) == wanted


@pytest.mark.parametrize("width", [WIDE, MIDDLE, NARROW])
@pytest.mark.parametrize("readers", READERS)
def test_axe_finds_no_violation(published: Path, browser: Browser, readers: str, width: int) -> None:
    found: dict[str, Any] = {}
    page, axe = opened(browser, width), Axe()
    for path in pages(published, readers):
        page.goto(path.as_uri())
        answer = axe.run(page, options={"runOnly": TAGS}).response
        assert len(answer["passes"]) > 15  # axe was at work
        if answer["violations"]:
            found[name(path)] = [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in answer["violations"]]
    page.context.close()
    assert found == {}


def test_axe_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<html><body><img src='data:,'><p style='color:#ccc'>pale</p></body></html>", encoding="utf-8")
    page = opened(browser, WIDE)
    page.goto(bad.as_uri())
    found = {violation["id"] for violation in Axe().run(page, options={"runOnly": TAGS}).response["violations"]}
    page.context.close()
    assert {"image-alt", "html-has-lang", "document-title", "color-contrast"} <= found


@pytest.mark.parametrize("readers", READERS)
def test_a_page_of_320_pixels_does_not_scroll_sideways(published: Path, browser: Browser, readers: str) -> None:
    page = opened(browser, NARROW)
    widths = {}
    for path in pages(published, readers):
        page.goto(path.as_uri())
        widths[name(path)] = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert {key: width for key, width in widths.items() if width > NARROW} == {}


@pytest.mark.parametrize("readers", READERS)
def test_a_page_asks_for_nothing_but_itself(published: Path, browser: Browser, readers: str) -> None:
    page = opened(browser, WIDE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    paths = pages(published, readers)
    for path in paths:
        page.goto(path.as_uri(), wait_until="networkidle")
    page.context.close()
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri() for path in paths]


def test_every_page_forbids_scripts_and_requests_before_anything_else(published: Path) -> None:
    for key, page in all_pages(published).items():
        policies = page.find_all("meta", attrs={"http-equiv": "Content-Security-Policy"})
        assert [policy["content"] for policy in policies] == [CSP], key
        assert page.find("script") is None, key
        assert policies[0].find_previous(["style", "img", "link"]) is None, key


def test_every_page_has_a_language_a_title_and_landmarks(published: Path) -> None:
    for key, page in all_pages(published).items():
        assert page.html is not None, key
        assert page.html["lang"] == "en-GB", key
        assert page.title is not None, key
        assert len(page.title.get_text().split(" – ")) == 2, key
        assert [len(page.find_all(part)) for part in ("header", "main", "footer")] == [1, 1, 1], key
        skip = page.select_one("body > a.skip")
        assert skip is not None, key
        assert page.select_one(str(skip["href"])) == page.main, key


def test_titles_tell_the_pages_of_one_folder_apart(published: Path) -> None:
    titles = {key: str(page.title) for key, page in all_pages(published).items()}
    for readers in READERS:
        ours = [title for key, title in titles.items() if key.startswith(f"{readers or 'reports'}/")]
        assert len(set(ours)) == len(ours)


def test_every_page_has_one_first_heading_and_skips_no_level(published: Path) -> None:
    for key, page in all_pages(published).items():
        levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
        assert levels[0] == 1, key
        assert levels.count(1) == 1, key
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), key
        assert all(heading.get_text().strip() for heading in page.find_all(re.compile("^h[1-6]$"))), key


def test_no_id_stands_twice_and_every_link_within_a_page_arrives(published: Path) -> None:
    for key, page in all_pages(published).items():
        ids = [str(element["id"]) for element in page.find_all(id=True)]
        assert len(set(ids)) == len(ids), key
        inner = {str(link["href"])[1:] for link in page.find_all("a", href=re.compile("^#"))}
        assert inner <= set(ids), key


def test_every_link_between_pages_arrives(published: Path) -> None:
    count = 0
    for readers in READERS:
        for path in pages(published, readers):
            page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            for link in page.find_all("a", href=re.compile("^[^#]")):
                count += 1
                assert (path.parent / str(link["href"])).is_file(), (name(path), link["href"])
    assert count > 60


def test_every_picture_says_what_it_shows(published: Path) -> None:
    pictures = [picture for page in all_pages(published).values() for picture in page.find_all("img")]
    assert len(pictures) > 20
    for picture in pictures:
        assert len(str(picture["alt"]).split()) > 8
        assert not re.search(r"\.png|\bimage\b|\bnan\b", str(picture["alt"]))


def test_every_table_has_a_caption_and_every_header_a_scope(published: Path) -> None:
    tables = [table for page in all_pages(published).values() for table in page.find_all("table")]
    assert len(tables) > 60
    for table in tables:
        caption = table.find("caption")
        assert caption is not None
        assert caption.get_text().strip()
        assert table.find("thead") is not None
        headers = table.find_all("th")
        assert {str(header["scope"]) for header in headers} == {"col", "row"}
        assert all(header.get_text().strip() for header in headers)
        region = table.parent
        assert region is not None
        assert (region["role"], region["tabindex"], region["aria-labelledby"]) == ("region", "0", caption["id"])
