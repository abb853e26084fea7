"""Does the coding view lose anything, and is it quick? Kills, and a long document in a browser beside other tools.

    python benchmarks/coder.py [--kills 500] [--rivals FOLDER]

The server of the view is killed (SIGKILL) at random moments while acts stream in; what it had confirmed has to be in
the journal, once. Then a document of 30,000 words with 38 codes and 600 codings is opened in Chromium. With `--rivals`,
spanmark 0.1.1 and Taguette are installed into virtual environments in that folder, and shown the same document:
spanmark's own module with a model that answers at once and saves nothing, Taguette by its server. Prints one line a
figure, and exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from coder_rivals import memory, spanmark, taguette

import small_study
from buddy_eval.coder.server import View
from buddy_eval.coder.session import Session
from buddy_eval.read.journals import fold, parsed
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import load_study

SOURCE, SPEAKER = "SYN01-R1-w1", "SYN01-R1"
WORDS, TURN, CODINGS, KEYS = 30_000, 120, 600, 100
OPENS, ANSWERS, FRAME = 1.0, 50.0, 34.0  # seconds, milliseconds, of which two frames of a usual screen have 33.3
EACH = 25  # kills on one journal
LATEST = 0.4  # seconds after the first act
MISSED: list[str] = []


def say(name: str, value: float, unit: str, bar: str = "", kept: bool = True) -> None:
    """Print a figure, and remember a missed bar."""
    if not kept:
        MISSED.append(name)
    print(f"{name}: {value:.4g} {unit}{f' (bar: {bar})' if bar else ''}{'' if kept else '  MISSED'}", flush=True)


def study(folder: Path) -> Path:
    """Two pairs, the first transcript of which has, in the view, 30,000 words: turns of 120, and one of 5,000."""
    small_study.cut(folder)
    path = folder / "data" / "raw" / "assignments.csv"
    small_study.write_table(path, [row for row in small_study.table(path) if row[0] >= SOURCE])
    draw = random.Random(1)
    words = ["the", "ward", "met", "staff", "🙂", "cafe\u0301", "nights", "came", "and", "listened.", "board", "they"]
    sizes = [5_000] + [TURN] * ((WORDS - 5_000) // TURN)
    turns = [" ".join(draw.choices(words, k=size)).capitalize() for size in sizes]
    text = "".join(f"Interviewer: And then?\n\n{SPEAKER}: {turn}\n\n" for turn in turns)
    (folder / "data" / "raw" / "transcripts" / f"{SOURCE}.txt").write_text(text, encoding="utf-8")
    return folder


def spans(session: Session, n: int) -> list[tuple[int, int]]:
    """Passages of some words, spread over the turns, many of them overlapping."""
    draw, made = random.Random(2), []
    turns = [turn for turn in session.sources.turns[SOURCE] if turn["codable"] and turn["text"].count(" ") > 14]
    while len(made) < n:
        turn = draw.choice(turns)
        words = turn["text"].split(" ")
        first = draw.randrange(len(words) - 12)
        start = turn["start"] + len(" ".join([*words[:first], ""]))
        made.append((start, start + len(" ".join(words[first : first + draw.randint(1, 12)]))))
    return made


def code(start: int, end: int, name: str) -> dict[str, Any]:
    """An act that gives a code to a passage, under a name of its own."""
    return {"key": uuid.uuid4().hex, "do": "code", "source": SOURCE, "code": name, "start": start, "end": end}


# ---- kills


def serve(folder: Path, told: Any) -> None:
    """A server of the view in a process of its own."""
    with View(Session(load_study(folder), "KM")) as view:
        told.send((view.server_port, view.token))
        view.serve_forever(poll_interval=0.01)


def acts(session: Session, draw: random.Random) -> Iterator[dict[str, Any]]:
    """What a coder does: codes, memos, undo, redo, without end."""
    codes = session.sources.codebook.codes["code"].tolist()
    while True:
        start, end = spans_of[draw.randrange(len(spans_of))]
        act = code(start, end, draw.choice(codes))
        yield act
        yield {"key": uuid.uuid4().hex, "do": "change", "of": act["key"], "memo": "why 🙂? " * draw.randrange(40)}
        if draw.random() < 0.5:
            yield {"key": uuid.uuid4().hex, "do": "undo"}
            yield {"key": uuid.uuid4().hex, "do": "redo"}


spans_of: list[tuple[int, int]] = []


def kills(folder: Path, n: int) -> None:
    """Kill the server while acts stream in; look for what it had confirmed."""
    session = Session(load_study(folder), "KM")
    spans_of.extend(spans(session, 5_000))
    draw, fork = random.Random(3), multiprocessing.get_context("fork")
    journal = folder / "data" / "coding" / "KM.jsonl"
    confirmed, lost, twice, torn, unreadable, total = set[str](), 0, 0, 0, 0, 0
    waiting: dict[str, Any] | None = None
    for kill in range(n):
        here, there = fork.Pipe()
        server = fork.Process(target=serve, args=(folder, there))
        server.start()
        port, token = here.recv()
        timer = threading.Timer(draw.uniform(0, LATEST), os.kill, (server.pid, signal.SIGKILL))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        stream = acts(session, draw)
        timer.start()
        try:
            while True:
                act = waiting or next(stream)  # the act that had no answer is sent again, under its name
                waiting = act
                connection.request("POST", f"/{token}/act", json.dumps(act), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    confirmed.add(act["key"])
                waiting = None
        except (OSError, http.client.HTTPException):
            pass
        server.join()
        held = parsed(journal.read_bytes(), "KM.jsonl") if journal.exists() else parsed(b"", "KM.jsonl")
        there_now = [act["id"] for act in held.acts]
        lost += len(confirmed - set(there_now))
        twice += len(there_now) - len(set(there_now))
        fold(held.acts)
        if (kill + 1) % EACH == 0 or kill == n - 1:
            total, torn = total + len(confirmed), torn + len(held.damaged)
            unreadable += not journal.exists()
            shutil.rmtree(journal.parent)
            confirmed, waiting = set(), None
    say("kills of the server while acts streamed in", n, "kills")
    say("acts confirmed before the kills", total, "acts", "more than the kills", total > n)
    say("confirmed acts lost", lost, "acts", "0", lost == 0)
    say("acts done twice", twice, "acts", "0", twice == 0)
    say("journals that could not be read", unreadable, "files", "0", unreadable == 0)
    say("lines torn by a kill and set aside", torn, "lines", "at most one a kill", torn <= n)


# ---- in the browser

WATCH = """() => {
  window.answers = [];
  let pressed = 0;
  addEventListener("keydown", (event) => { if (/^[a-z]$/.test(event.key)) pressed = performance.now(); }, true);
  const said = document.getElementById("said");
  new MutationObserver(() => {
    if (!said.textContent.startsWith("Saved. Coded")) return;
    requestAnimationFrame(() => answers.push(performance.now() - pressed));
  }).observe(said, { childList: true, characterData: true, subtree: true });
}"""

ANSWERED = """(n) => new Promise((done) => {
  const look = () => (answers.length > n ? done() : requestAnimationFrame(look));
  look();
})"""

SCROLLED = """() => new Promise((done) => {
  const hidden = (one) => one.scrollHeight - one.clientHeight;
  const parts = [document.scrollingElement, ...document.querySelectorAll("main *")];
  const box = parts.reduce((a, b) => (hidden(b) > hidden(a) ? b : a));
  box.scrollTop = 0;
  const step = hidden(box) / 300, gaps = [];
  let last = performance.now();
  const next = (now) => {
    gaps.push(now - last);
    last = now;
    box.scrollTop += step;
    gaps.length > 300 ? done(gaps) : requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""


@contextmanager
def browser() -> Iterator[Callable[[], Page]]:
    """New pages of the system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--enable-precise-memory-info"])
        yield lambda: opened.new_context(viewport={"width": 1280, "height": 900}).new_page()
        opened.close()


def ours(folder: Path, page: Page) -> tuple[str, list[tuple[int, int]]]:
    """The view on the long document: opening, keys, memory. Returns the text, and the passages coded."""
    session = Session(load_study(folder), "KM")
    codes = session.sources.codebook.codes["code"].tolist()
    coded = spans(session, CODINGS)
    for n, (start, end) in enumerate(coded):
        session.act(code(start, end, codes[n % len(codes)]))
    with View(session) as view:
        thread = threading.Thread(target=view.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        page.goto(view.address)
        page.locator("#list li").nth(CODINGS - 1).wait_for()
        times = []
        for _ in range(5):
            started = time.perf_counter()
            page.goto(view.address)
            page.locator("#list li").nth(CODINGS - 1).wait_for()
            times.append(time.perf_counter() - started)
        opened = statistics.median(times)
        say(
            f"buddy_eval: {WORDS:,} words, {len(codes)} codes, {CODINGS} codings, opened in",
            opened,
            "s",
            f"below {OPENS}",
            opened < OPENS,
        )
        page.evaluate(WATCH)
        for n in range(KEYS):
            for key in ("ArrowDown", "ArrowRight", "Shift+ArrowRight", "1", "abc"[n % 3]):
                page.keyboard.press(key)
            page.evaluate(ANSWERED, n)
        answers = page.evaluate("answers")
        middle, late = statistics.median(answers), statistics.quantiles(answers, n=20)[-1]
        say(
            "buddy_eval: a key's answer, on the disk and on the screen, median",
            middle,
            "ms",
            f"below {ANSWERS:g}",
            middle < ANSWERS,
        )
        say("buddy_eval: the slowest of twenty keys", late, "ms")
        say("buddy_eval: memory of the page's scripts", memory(page), "MB")
        frames = page.evaluate(SCROLLED)
        late = statistics.quantiles(frames, n=20)[-1]
        say("buddy_eval: from top to end in 300 steps, 19 of 20 frames within", late, "ms", f"{FRAME:g}", late < FRAME)
        view.shutdown()
    return session.sources.texts[SOURCE].text, coded


def main() -> int:
    """Print every figure."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--rivals", type=Path, help="a folder for the virtual environments of spanmark and Taguette")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kills(small_study.cut(Path(folder) / "short"), told.kills)
        with browser() as page:
            text, coded = ours(study(Path(folder) / "long"), page())
            if told.rivals:
                codes = load_codebook().codes["code"].tolist()
                for rival in (spanmark, taguette):
                    try:
                        figures = rival(told.rivals, page(), text, coded, codes)
                    except (subprocess.CalledProcessError, OSError, RuntimeError) as error:
                        print(f"{rival.__name__}: did not run: {error}", flush=True)
                        continue
                    for name, (value, unit) in figures.items():
                        say(f"{rival.__name__}: {name}", value, unit)
    say("programs that wanted to run meanwhile", os.getloadavg()[1], f"on {os.cpu_count()} cores")
    print(f"bars missed: {len(MISSED)}")
    return int(bool(MISSED))


if __name__ == "__main__":
    sys.exit(main())
