"""The start page in a real JupyterLab: from a filled study to a published brief by clicking alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from queue import Queue

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import small_study
from buddy_eval.lab.child import beside
from chromium import chromium
from lab import lab

WAIT = 240_000  # milliseconds, for a machine with much else to do
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SHOTS = os.environ.get("BUDDY_EVAL_SCREENSHOTS")  # a folder that keeps what docs/ shows

pytestmark = pytest.mark.xdist_group("lab")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pairs with everything filled in, and nothing made of it yet."""
    return small_study.cut(tmp_path_factory.mktemp("start") / "study", ("07-pair-brief.ipynb",))


@pytest.fixture(scope="module")
def page(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """What the address that JupyterLab opens by itself shows, without a key or a click."""
    with lab(study, tmp_path_factory.mktemp("home")) as address, chromium() as browser:
        opened = browser.new_page(viewport={"width": 1440, "height": 1000}, locale="en-GB")
        opened.set_default_timeout(WAIT)
        opened.goto(address)
        opened.locator(".buddy-start").wait_for()
        yield opened


def says(page: Page, words: str) -> None:
    expect(page.locator(".buddy-start .said")).to_contain_text(words, timeout=WAIT)


def press(page: Page, name: str) -> None:
    page.locator(".buddy-start").get_by_role("button", name=name, exact=True).click()


def kept(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page, or of all of JupyterLab once its question about news is answered."""
    if not SHOTS:
        return
    if whole:
        page.get_by_role("button", name="No", exact=True).click()
        expect(page.locator(".Toastify__toast")).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 1000 if whole else 1350})
    (page if whole else page.locator(".buddy-start")).screenshot(path=Path(SHOTS) / name)


def test_what_a_thread_says_belongs_to_the_message_that_asked() -> None:
    """Else it names the subshell of whatever message came last, and the kernel refuses the page from then on."""
    asked, heard = ContextVar[str]("asked"), Queue[str]()
    asked.set("the message")
    beside(lambda: heard.put(asked.get("another")))
    assert heard.get(timeout=60) == "the message"


def test_the_page_opens_by_itself_and_says_how_the_study_stands(page: Page) -> None:
    says(page, "Checked: no fault found.")
    start = page.locator(".buddy-start")
    expect(start.locator("h1")).to_have_text("Buddying between eight pairs of trusts")
    expect(start).to_contain_text("2 pairs of trusts: SYN01, SYN02")
    expect(start.locator("ol")).to_contain_text("Make the reports: Make everything")
    kept(page, "start-page.png", whole=True)


def test_a_fault_is_said_with_its_remedy_and_gone_once_it_is_mended(page: Page, study: Path) -> None:
    path = study / "data" / "raw" / "participants.csv"
    sound = path.read_bytes()
    path.write_bytes(sound.replace(b",receiver,", b",reciever,", 1))
    press(page, "Check")
    says(page, "1 fault found")
    expect(page.locator(".buddy-start")).to_contain_text("did you mean 'receiver'?")
    path.write_bytes(sound)
    settings = study / "study.toml"
    kept_settings = settings.read_bytes()
    settings.write_bytes(b"[study\n")
    press(page, "Check")
    says(page, "it cannot be read yet")
    settings.write_bytes(kept_settings)
    press(page, "Check")
    says(page, "no fault found")


def test_two_clicks_publish_a_brief_while_the_page_stays_alive(page: Page, study: Path) -> None:
    start = page.locator(".buddy-start")
    start.get_by_label("for").select_option("partners")
    press(page, "Publish")
    expect(start.locator("[role=log]")).to_contain_text("agree ", timeout=WAIT)
    press(page, "Check")  # nothing waits for the command
    expect(start.get_by_role("button", name="Stop")).to_be_visible()
    says(page, "Done in")
    expect(start.get_by_label("for")).to_have_value("partners")
    assert (study / "reports" / "partners" / "brief-SYN01.html").is_file()
    with page.expect_popup() as opened:
        start.get_by_role("link", name="For the boards of each pair").click()
    expect(opened.value.locator("main")).to_contain_text("Brief for two boards: pair SYN01")
    opened.value.close()
    kept(page, "start-page-published.png")


def test_what_is_refused_is_said_in_words(page: Page) -> None:
    press(page, "Open the next round")
    says(page, "choose the day on which the survey of the next round opens")
    page.locator(".buddy-start").get_by_label("survey opens on").fill("2027-03-01")
    press(page, "Open the next round")
    says(page, "Not done")
    expect(page.locator(".buddy-start [role=log]")).to_contain_text("kit/answers.toml is not there")


def test_a_command_is_stopped(page: Page) -> None:
    press(page, "Make everything")
    press(page, "Stop")
    says(page, "Stopped after")


def test_the_coder_opens_in_the_page(page: Page, study: Path) -> None:
    start = page.locator(".buddy-start")
    start.get_by_label("as").fill("KM")
    press(page, "Code")
    expect(start.locator(".buddy-coder")).to_be_visible(timeout=WAIT)


def test_quotes_are_chosen_in_the_page(page: Page) -> None:
    start = page.locator(".buddy-start")
    start.get_by_label("approved by").fill("KM")
    press(page, "Choose quotes")
    expect(start.locator(".buddy-quotes .passages > li").first).to_be_visible(timeout=WAIT)


def test_axe_finds_no_violation(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        script = f"async () => {{ {Axe().axe_script}; return axe.run('.buddy-start', {{runOnly: {TAGS}}}) }}"
        found = page.evaluate(script)
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        assert len(found["passes"]) > 10
