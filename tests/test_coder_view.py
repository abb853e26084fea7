"""The coding view in a browser: by keyboard, mouse and touch, in many scripts, on a full disk, for everybody."""

from __future__ import annotations

import os
import queue
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from buddy_eval.coder.session import Session
from buddy_eval.read.journals import fold, read_journals
from buddy_eval.study.settings import Study
from chromium import chromium
from coding_study import SOURCE, TEXT, served

TURN = "The 👩🏽‍⚕️ came early. The cafe\u0301 meetings 🙂 helped us. Then silence."
LONG = TEXT.split("SYN01-R1: ")[-1].strip()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def study(study_in_scripts: Study) -> Study:
    return study_in_scripts


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_context(viewport={"width": 1280, "height": 900}).new_page()


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def ready(page: Page) -> None:
    """The view has the first source that is not finished, and the keys."""
    expect(page.locator("#text")).to_contain_text("What helped?")
    expect(page.locator("#text")).to_be_focused()


def saved(page: Page, line: str) -> None:
    expect(page.locator("#said")).to_contain_text(line)
    expect(page.locator("#said")).to_contain_text("Saved.")


def test_a_coder_codes_by_keyboard_alone_and_what_was_confirmed_outlives_tab_and_server(
    study: Study, page: Page
) -> None:
    command = [sys.executable, "-m", "buddy_eval", "code-by-hand", "--coder", "KM", str(study.root)]
    quiet = {**os.environ, "BROWSER": "true"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet) as process:
        try:
            assert process.stdout is not None
            address = [process.stdout.readline() for _ in range(2)][1].strip()
            problems: list[str] = []
            page.on("console", lambda message: problems.append(message.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto(address)
            ready(page)
            for part in ("#done", "#text"):  # what has the keys keeps them from the shortcuts of any notebook
                page.locator(part).focus()
                expect(page.locator(part)).to_have_attribute("data-lm-suppress-shortcuts", "true")
            keys(page, "ArrowRight", "1", "a")  # the second word
            saved(page, "Coded: CB1, 👩🏽‍⚕️")
            keys(page, "ArrowRight", "ArrowRight", "ArrowRight", "s", "2", "b")  # the sentence that follows
            saved(page, "Coded: CR2, The cafe\u0301 meetings 🙂 helped us.")
            keys(page, "m")
            page.keyboard.type("why 🙂?")
            keys(page, "Escape")
            saved(page, "Changed: CR2")
            keys(page, "t", "1", "c")  # the whole turn, over both
            saved(page, "Coded: CB3")
            keys(page, "ArrowDown", "Shift+ArrowRight", "1", "d")
            saved(page, "Coded: CB4, ٱلسَّلَامُ عليكم")
            keys(page, *["ArrowDown"] * 2, "t", "3", "a")  # a turn of 5,000 words
            saved(page, "Coded: EL1, 🙂 cafe\u0301 عليكم")
            keys(page, "ArrowRight", "ArrowLeft", "s", "3", "b")
            saved(page, "Coded: EL2, It ended.")
            keys(page, "u")
            saved(page, "Taken back: coded")
            keys(page, "u", "u")
            expect(page.locator("#list li")).to_have_count(3)
            keys(page, "r", "r", "r")
            expect(page.locator("#list li")).to_have_count(6)
            bars = page.locator(".coded", has_text="cafe\u0301").first.evaluate("word => word.title")
            assert sorted(bars.split(", ")) == ["CB3", "CR2"]
            page.reload()
            ready(page)
            expect(page.locator("#list li")).to_have_count(6)
            second = page.context.new_page()
            second.goto(address)
            expect(second.locator("#elsewhere")).to_contain_text("open elsewhere too")
            expect(page.locator("#elsewhere")).to_contain_text("open elsewhere too")
            second.close()
            assert problems == []
            page.close()
        finally:
            process.kill()
    text = TEXT.replace("\r\n", "\n")
    codings = fold(read_journals(study.root / "data" / "coding").acts).codings.values()
    marked = [(one["code"], text[one["start"] : one["end"]], one.get("memo", "")) for one in codings]
    assert sorted(marked) == [
        ("CB1", "👩🏽‍⚕️", ""),
        ("CB3", TURN, ""),
        ("CB4", "ٱلسَّلَامُ عليكم", ""),
        ("CR2", "The cafe\u0301 meetings 🙂 helped us.", "why 🙂?"),
        ("EL1", LONG, ""),
        ("EL2", "It ended.", ""),
    ]


def test_a_full_disk_is_said_and_the_act_waits_and_axe_finds_nothing(study: Study, page: Page) -> None:
    session = Session(study, "KM")
    with served(session) as view:
        page.goto(view.address)
        ready(page)
        keys(page, "1", "a")
        saved(page, "Coded: CB1")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = session.journal.path.stat().st_size
        try:  # the system cuts the next line short, as a full disk does
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, limits[1]))
            keys(page, "t", "1", "b", "1", "c")
            expect(page.locator("#failed")).to_contain_text("Not saved: 2 acts wait. could not save")
            expect(page.locator("#list li")).to_have_count(1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        for width in (1280, 640, 320):  # 640 is 200% of a page 1280 wide
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = page.evaluate(f"async () => {{ {Axe().axe_script}; return axe.run({{runOnly: {TAGS}}}) }}")
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
            assert len(found["passes"]) > 15
        page.locator("#again").click()
        expect(page.locator("#failed")).to_be_hidden()
        expect(page.locator("#list li")).to_have_count(3)
    assert len(fold(read_journals(study.root / "data" / "coding").acts).codings) == 3


def test_touch_and_mouse_choose_words_and_a_code_is_proposed_and_suggestions_are_taken_on_the_page(
    study: Study, page: Page
) -> None:
    session = Session(study, "KM")
    with served(session) as view:
        assert page.context.browser is not None
        page = page.context.browser.new_context(has_touch=True, viewport={"width": 900, "height": 1000}).new_page()
        page.goto(view.address)
        ready(page)
        word = page.locator("#text span", has_text="meetings")
        word.tap()
        expect(page.locator("#said")).to_contain_text("Chosen: meetings")
        for button, words in (("longer", "meetings 🙂"), ("shorter", "meetings"), ("turn", TURN), ("sentence", TURN)):
            page.locator(f"#{button}").tap()
            expect(page.locator("#said")).to_contain_text(f"Chosen: {words}")
        held = "([from, to]) => getSelection().setBaseAndExtent(from.firstChild, 1, to.firstChild, 2)"
        both = [page.locator("#text span", has_text=text).element_handle() for text in ("meetings", "helped")]
        page.evaluate(held, both)  # as a finger held on a word and its handles do
        expect(page.locator("#said")).to_contain_text("Chosen: meetings 🙂 helped")
        page.locator("#codes button", has_text="CB2").tap()
        saved(page, "Coded: CB2, meetings 🙂 helped")
        page.locator("#text span", has_text="they").hover()
        page.mouse.down()
        page.locator("#text span", has_text="again.").hover()
        page.mouse.up()
        expect(page.locator("#said")).to_contain_text("Chosen: they said. We met again.")
        keys(page, "c")
        page.keyboard.type("Greetings")
        keys(page, "Tab")
        page.keyboard.type("no code for it")
        keys(page, "Control+Enter")
        saved(page, "Proposed")
        expect(page.locator("#proposals li")).to_have_text("Greetings no code for it")
        expect(page.locator("#text")).to_be_focused()
        expect(page.locator("#show")).to_be_hidden()
        page.locator("#done").tap()
        saved(page, "Finished")
        page.locator("#show").tap()
        saved(page, "Suggestions shown")
        expect(page.locator("#offers li")).to_have_count(3)
        page.locator("#offers button", has_text="Refuse").first.tap()
        saved(page, "Refused")
        page.locator("#text").focus()
        keys(page, "g", "s", "Enter")  # the sentence around what was suggested
        saved(page, "A baseline for the regulator, and feedback.")
        expect(page.locator("#offers li")).to_have_count(1)
        found = page.evaluate(f"async () => {{ {Axe().axe_script}; return axe.run({{runOnly: {TAGS}}}) }}")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    held_now = fold(read_journals(study.root / "data" / "coding").acts)
    assert [(one["name"], one["words"]) for one in held_now.proposals] == [("Greetings", "they said. We met again.")]
    assert [one["suggestion"] for one in held_now.codings.values()] == ["", "changed"]


class Busy:
    """A session whose acts wait until it is free, as in a kernel that runs another cell."""

    def __init__(self, session: Session) -> None:
        self.ask, self._act, self.free, self.done = session.ask, session.act, threading.Event(), queue.Queue[str]()
        self.free.set()

    def act(self, told: dict[str, Any]) -> dict[str, Any]:
        assert self.free.wait(60)
        said = self._act(told)
        self.done.put(said["what"])
        return said


def test_what_is_typed_ahead_of_the_answer_belongs_to_the_coding_just_given(study: Study, page: Page) -> None:
    work = Busy(Session(study, "KM"))
    with served(work) as view:
        page.goto(view.address)
        ready(page)
        keys(page, "1", "a")
        saved(page, "Coded: CB1, The")
        work.free.clear()
        keys(page, "ArrowRight", "1", "b", "m")
        page.keyboard.type("of CB2")
        keys(page, "Escape", "ArrowRight", "1", "c", "x", "ArrowRight", "1", "d")
        expect(page.locator("#hand")).to_contain_text("early. (not saved yet)")
        expect(page.locator("#list li")).to_have_count(1)
        page.locator("#sources").select_option("SYN01-R2-w2")  # and the coder goes on
        expect(page.locator("#text")).not_to_contain_text("What helped?")
        work.free.set()
        assert [work.done.get(timeout=60) for _ in range(6)] == ["code", "code", "change", "code", "drop", "code"]
        saved(page, "Coded")
        expect(page.locator("#sources")).to_have_value("SYN01-R2-w2")
        page.locator("#sources").select_option(SOURCE)
        expect(page.locator("#list li")).to_have_text(["CB1: The", "CB2 [memo]: 👩🏽‍⚕️", "CB4: early."])
    held = fold(read_journals(study.root / "data" / "coding").acts).codings.values()
    assert [(one["code"], one.get("memo", "")) for one in held] == [("CB1", ""), ("CB2", "of CB2"), ("CB4", "")]


@contextmanager
def begun(study: Study, page: Page) -> Iterator[None]:
    """A coder's view, open on the first source."""
    with served(Session(study, "KM")) as view:
        page.goto(view.address)
        ready(page)
        yield


def test_a_journal_that_cannot_be_read_is_named_and_the_view_goes_on_once_it_can(study: Study, page: Page) -> None:
    with begun(study, page):
        keys(page, "1", "a")
        saved(page, "Coded: CB1")
        beside = study.root / "data" / "coding" / "RA.jsonl"
        beside.symlink_to("nothing")  # as a synced folder whose file has not come yet
        keys(page, "1", "b")
        expect(page.locator("#failed")).to_contain_text("data/coding/RA.jsonl: the journal cannot be read")
        page.reload()
        expect(page.locator("#coder")).to_contain_text("data/coding/RA.jsonl: the journal cannot be read")
        beside.unlink()
        page.reload()
        ready(page)
        keys(page, "1", "c")
        saved(page, "Coded: CB3")


def test_a_source_in_which_only_the_interviewer_speaks_says_so_and_can_be_finished(
    study: Study, page: Page, request: pytest.FixtureRequest
) -> None:
    path = study.raw_folder / "transcripts" / f"{SOURCE}.txt"
    request.addfinalizer(partial(path.write_bytes, path.read_bytes()))  # the study is that of all these tests
    path.write_text("Interviewer: What helped?\n\nSYN01-R1: \n\nInterviewer: Well.\n", "utf-8")
    with begun(study, page):
        expect(page.locator("#said")).to_have_text("Nobody says anything here that can be coded.")
        keys(page, "t", "1", "a", "m", "x")
        page.locator("#done").press("Enter")
        saved(page, "Finished")
    assert [act["do"] for act in read_journals(study.root / "data" / "coding").acts] == ["done"]


def test_a_second_program_with_the_journal_open_says_so(study: Study, page: Page) -> None:
    with begun(study, page):
        keys(page, "1", "a")
        saved(page, "Coded: CB1")
        page.reload()  # the journal is there now, and the first program holds it
        ready(page)
        expect(page.locator("#elsewhere")).to_be_hidden()
        with served(Session(study, "KM")) as second:
            page.goto(second.address)
            ready(page)
            expect(page.locator("#elsewhere")).to_contain_text("open elsewhere too")
