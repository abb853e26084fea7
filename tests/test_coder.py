"""The coding view: what one coder may see, who gets anything from its server, and coding by keyboard in a browser."""

from __future__ import annotations

import http.client
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.coder.server import View
from buddy_eval.coder.session import Session
from buddy_eval.coder.sources import NOBODY
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.read.journals import fold, read_journals, span
from buddy_eval.study.settings import Study, load_study

SOURCE, SECRET = "SYN01-R1-w1", "known to nobody but RA"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEXT = (
    "Interviewer: What helped? 🙂\r\n\r\n"
    "SYN01-R1: The 👩🏽‍⚕️ came early. The cafe\u0301 meetings 🙂 helped us. Then silence.\r\n\r\n"
    "Interviewer: And then?\r\n\r\n"
    "SYN01-R1: ٱلسَّلَامُ عليكم they said. We met again.\r\n"
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pairs, one transcript in many scripts."""
    folder = small_study.cut(tmp_path_factory.mktemp("coder") / "study")
    (folder / "data" / "raw" / "transcripts" / f"{SOURCE}.txt").write_bytes(TEXT.encode())
    return folder


@pytest.fixture
def study(kept: Path) -> Iterator[Study]:
    yield load_study(kept)
    shutil.rmtree(kept / "data" / "coding", ignore_errors=True)


def do(kind: str, **told: Any) -> dict[str, Any]:
    """An act as the view sends it, under a name of its own."""
    return {"do": kind, "key": uuid.uuid4().hex, **told}


def code(start: int = 39, end: int = 42, **told: Any) -> dict[str, Any]:
    return do("code", **{"source": SOURCE, "code": "CB1", "start": start, "end": end, **told})


def test_a_coder_sees_the_sources_assigned_and_nobody_elses_work(study: Study) -> None:
    text = TEXT.replace("\r\n", "\n")
    other = Journal(study.root / "data" / "coding", "RA")
    other.add("code", source=SOURCE, code="CB2", memo=SECRET, **span(text, 39, 42))
    other.add("done", source=SOURCE)
    session = Session(study, "KM")
    assigned = [row for row in small_study.table(study.raw_folder / "assignments.csv") if row[1] == "KM"]
    assert [row["source"] for row in session.progress()] == sorted(row[0] for row in assigned)
    sent = json.dumps([session.about(), session.progress(), *map(session.source, session.sources.texts)])
    own = session.act(code(memo="mine"))
    sent += json.dumps([own, session.codings(SOURCE), session.progress()])
    assert "mine" in sent
    assert SECRET not in sent
    assert "RA" not in {row["source"] for row in session.progress()}
    assert next(row for row in session.progress() if row["source"] == SOURCE) == {
        "source": SOURCE,
        "turns": 2,
        "coded": 1,
        "done": False,
        "read": False,
    }
    theirs = other.journals.acts[0]["id"]
    with pytest.raises(ValueError, match="not there"):
        session.act(do("drop", of=theirs))
    with pytest.raises(ValueError, match="not known"):
        session.act(code(key=theirs))


def test_a_study_that_assigns_to_nobody_shows_all_and_says_so_and_a_stranger_is_refused(
    study: Study, tmp_path: Path
) -> None:
    with pytest.raises(BuddyError, match="no source is assigned to coder 'K'"):
        Session(study, "K")
    shutil.copytree(study.root, tmp_path / "study")
    path = tmp_path / "study" / "study.toml"
    path.write_text(path.read_text("utf-8").replace('assignments = "assignments.csv"\n', ""), "utf-8")
    session = Session(load_study(path.parent), "K")
    assert session.about()["note"] == NOBODY
    assert len(session.sources.texts) > len(Session(study, "RA").sources.texts)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (code(13, 20), "within one participant's turn"),
        (code(39, 150), "within one participant's turn"),
        (code(42, 39), "no passage"),
        (code(39, True), "no passage"),
        (code(source="SYN99"), "not assigned"),
        (code() | {"code": "CB99"}, "not in the codebook"),
        (code(valence="good"), "valence"),
        (code(memo="m" * 10_001), "memo"),
        (code(key="../one"), "no name"),
        (code(suggested="CB1 39 42"), "nobody suggested"),
        (do("refuse", source=SOURCE, code="CB1", start=39, end=42), "nobody suggested"),
        (do("show", source=SOURCE), "off until the source was finished"),
        (do("propose", source=SOURCE, name=" ", memo="why"), "needs a name"),
        (do("propose", source=SOURCE, name="new", memo="", start=39, end=42), "needs a memo"),
        (do("change", of="nothing"), "not there"),
        (do("move"), "not known"),
        (do("undo"), "nothing to undo"),
    ],
)
def test_an_act_that_no_coder_may_do_is_refused_and_writes_nothing(
    study: Study, told: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        Session(study, "KM").act(told)
    assert not (study.root / "data" / "coding").exists()


def test_a_source_that_cannot_be_read_is_named_as_missing(study: Study, tmp_path: Path) -> None:
    folder = shutil.copytree(study.root, tmp_path / "study")
    path = folder / "data" / "raw" / "transcripts" / f"{SOURCE}.txt"
    path.unlink()
    session = Session(load_study(folder), "KM")
    assert SOURCE not in {row["source"] for row in session.progress()}
    assert session.about()["note"] == "1 source assigned to you cannot be read: buddy-eval check says why."


def test_an_act_that_is_sent_twice_is_done_once(study: Study) -> None:
    session = Session(study, "KM")
    first, back = code(), do("undo")
    session.act(first)
    with pytest.raises(ValueError, match="have this code already"):
        session.act(code())
    told = Session(study, "KM").act(first)  # the answer was lost with the server: another takes it up
    assert (told["do"], told["coding"]) == ("code", first["key"])
    for _ in range(2):
        session.act(back)
    assert [act["do"] for act in read_journals(study.root / "data" / "coding").acts] == ["code", "undo"]


@contextmanager
def served(session: Session) -> Iterator[View]:
    with View(session) as view:
        thread = threading.Thread(target=view.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield view
        view.shutdown()
        thread.join()


def asked(view: View, path: str, told: object = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", view.server_port, timeout=10)
    body = None if told is None else json.dumps(told)
    sent = {name.title(): value for name, value in headers.items()}
    connection.request("GET" if body is None else "POST", path, body, sent)
    answer = connection.getresponse()
    made = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return made


def test_whoever_lacks_the_secret_or_comes_from_elsewhere_gets_nothing(study: Study) -> None:
    with served(Session(study, "KM")) as view:
        secret, host = f"/{view.token}", view.host
        assert urlsplit(view.address).hostname == "127.0.0.1" == view.server_address[0]
        status, body, sent = asked(view, f"{secret}/about", origin=f"http://{host}")
        assert (status, json.loads(body)["coder"]) == (200, "KM")
        assert sent["Content-Security-Policy"].startswith("default-src 'none'")
        refused = [
            asked(view, "/"),
            asked(view, "/about"),
            asked(view, f"/{view.token[:-1]}/about"),
            asked(view, secret),
            asked(view, f"{secret}/../session.py"),
            asked(view, f"{secret}/session.py"),
            asked(view, f"{secret}/source?name=SYN99"),
            asked(view, f"{secret}/about", host="evil.example"),
            asked(view, f"{secret}/about", host=f"localhost:{view.server_port}"),
            asked(view, f"{secret}/about", origin="http://evil.example"),
            asked(view, f"{secret}/about", origin="null"),
            asked(view, "/wrong/act", code()),
            asked(view, f"{secret}/act", code(), origin="http://evil.example"),
            asked(view, f"{secret}/act", code(), host="evil.example"),
            asked(view, f"{secret}/act", "m" * 100_001),
        ]
        assert [(status, body) for status, body, _ in refused] == [(403, b"")] * len(refused)
        assert asked(view, f"{secret}/act", ["no", "act"])[0] == 400
    assert not (study.root / "data" / "coding").exists()


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of the system's Chromium; without one these tests are skipped, which the summary shows."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this computer")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        browser.close()


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
            keys(page, "u")
            saved(page, "Taken back: coded")
            keys(page, "u")
            expect(page.locator("#list li")).to_have_count(2)
            keys(page, "r", "r")
            expect(page.locator("#list li")).to_have_count(4)
            bars = page.locator(".coded", has_text="cafe\u0301").evaluate("word => word.title")
            assert sorted(bars.split(", ")) == ["CB3", "CR2"]
            page.reload()
            ready(page)
            expect(page.locator("#list li")).to_have_count(4)
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
    turn = "The 👩🏽‍⚕️ came early. The cafe\u0301 meetings 🙂 helped us. Then silence."
    assert sorted(marked) == [
        ("CB1", "👩🏽‍⚕️", ""),
        ("CB3", turn, ""),
        ("CB4", "ٱلسَّلَامُ عليكم", ""),
        ("CR2", "The cafe\u0301 meetings 🙂 helped us.", "why 🙂?"),
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
