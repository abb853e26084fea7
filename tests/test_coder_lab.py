"""Two coders code thirty passages each by keyboard alone, one in a real JupyterLab, one on the page of the server.

What was shown as saved outlives the tab and the kernel, and the agreement of the two is what the hand works out.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import small_study
from buddy_eval.bulk.sampling.draw import draw
from buddy_eval.coder.disagreements import Disagreements
from buddy_eval.disclose.results import Results
from buddy_eval.exchange.export import export
from buddy_eval.pipeline import run as pipeline
from buddy_eval.read.journals import fold, read_journals
from buddy_eval.read.refi import read_refi
from buddy_eval.study.inputs import DECIDED
from buddy_eval.study.settings import load_study
from chromium import chromium
from lab import choose, connected, lab, wait_for

SOURCES = ("SYN01-R1-w1", "SYN01-R2-w2", "SYN01-S1-w1")
TURNS = [
    "We met in May 🙂. Nobody wrote it down.",
    "The cafe\u0301 was loud. They helped us.",
    "It took long. A regulator came, a baseline too.",
    "Nights knew little. Days knew more.",
    "It may end. We hope it goes on.",
]
KEYS = {"CB1": "1a", "CB3": "1c", "CR2": "2b"}
# The sentences (0 to 9, two a turn) that get CB1 and CR2, and the turn that gets CB3 over them; by coder and source.
WORK = {
    "KM": [("01234", "5678", 2), ("01234", "5678", 2), ("01234", "5678", 2)],
    "RA": [("01239", "5678", 2), ("01234", "5679", 2), ("01234", "5678", 3)],
}

pytestmark = pytest.mark.xdist_group("lab")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pairs, three transcripts of ten sentences, each assigned to two coders; nothing coded yet."""
    folder = small_study.cut(tmp_path_factory.mktemp("two-coders") / "study")
    raw = folder / "data" / "raw"
    rows = small_study.table(raw / "sources.csv")
    for source in SOURCES:
        speaker = source[:8]
        told = "\n\n".join(f"Interviewer: And then?\n\n{speaker}: {turn}" for turn in TURNS)
        (raw / "transcripts" / f"{source}.txt").write_text(told + "\n", encoding="utf-8")
        for row in rows:
            row[1:3] = (
                [f"{source}.txt", row[2] if row[2] == "Interviewer" else speaker] if row[0] == source else row[1:3]
            )
    small_study.write_table(raw / "sources.csv", rows)
    roles = [[source, coder, role] for source in SOURCES for coder, role in (("KM", "lead"), ("RA", "second"))]
    small_study.write_table(raw / "assignments.csv", [["source_id", "coder", "role"], *roles])
    for name in ("codings", "approvals"):
        small_study.write_table(raw / f"{name}.csv", small_study.table(raw / f"{name}.csv")[:1])
    _notebook(folder, "coding", "from buddy_eval import Coder\nCoder('KM')")
    said = pd.DataFrame({"comment": [f"Comment {n} on nights" for n in range(60)]})
    said.to_csv(folder / "notebooks" / "comments.csv", index=False)
    sample = folder / "notebooks" / "sample.csv"
    draw(sample.with_name("comments.csv"), "comment", [], 30, 3, sample, ["culture", "capacity"])
    _notebook(folder, "sample", "from buddy_eval import SampleCoder\nSampleCoder('sample.csv')")
    return folder


def _notebook(study: Path, name: str, cell: str) -> None:
    cells = ["import os; print('process', os.getpid())", cell]
    notebook = {
        "cells": [
            {"cell_type": "code", "source": cell, "id": f"c{n}", "metadata": {}, "outputs": [], "execution_count": None}
            for n, cell in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = study / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


class Typist:
    """Somebody who has a view and a keyboard, and no mouse; `saved` holds what the view has shown as saved."""

    def __init__(self, page: Page, saved: list[str]) -> None:
        self.page, self.saved = page, saved
        self.view: Locator = page.locator(".buddy-coder")
        expect(self.view.locator(".part-text")).to_contain_text("And then?")
        self.view.locator(".part-text").focus()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def said(self, line: str) -> None:
        expect(self.view.locator(".foot")).to_contain_text(line)

    def at(self, sentence: int, whole_turn: bool = False) -> None:
        """Choose a sentence, from the first turn on."""
        self.press(*["ArrowUp"] * 6, *["ArrowDown"] * (sentence // 2))
        if whole_turn:
            self.press("t")
        else:
            self.press(*["ArrowRight"] * (len(TURNS[sentence // 2].split(". ")[0].split()) * (sentence % 2)), "s")

    def code(self, code: str, sentence: int, whole_turn: bool = False) -> None:
        self.at(sentence, whole_turn)
        words = TURNS[sentence // 2] if whole_turn else sentences()[sentence]
        self.press(*KEYS[code])
        self.said(f"Saved. Coded: {code}, {words}")
        self.saved.append(f"{code} {words}")

    def whole(self, codes: tuple[str, str, int]) -> None:
        """Code one source: nine sentences and a turn over two of them, with a memo and something taken back."""
        first, second, turn = codes
        for sentence in first:
            self.code("CB1", int(sentence))
        self.press("m")
        self.page.keyboard.type("why 🙂?")
        self.press("Escape")
        self.said("Saved. Changed: CB1")
        for sentence in second:
            self.code("CR2", int(sentence))
        self.code("CB3", turn * 2, whole_turn=True)
        self.press("u")
        self.said("Saved. Taken back: coded")
        self.press("r")
        self.said("Saved. Done again: coded: CB3")

    def finish(self) -> None:
        self.view.locator(".part-done").focus()
        self.press("Enter")
        self.said("Saved. Finished")

    def go_to(self, source: str) -> None:
        self.view.locator(".part-sources").focus()
        self.page.keyboard.type(source)
        expect(self.view.locator(".part-list li")).to_have_count(0)
        self.view.locator(".part-text").focus()


def sentences() -> list[str]:
    return [part.rstrip(".") + "." for turn in TURNS for part in turn.split(". ")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


def notebook(browser: Any, address: str, name: str = "coding", part: str = ".spoken") -> tuple[Page, int]:
    """A notebook, run from the menu in a new tab; and its kernel's process."""
    page: Page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.goto(f"{address}/lab/tree/notebooks/{name}.ipynb")
    page.locator(".jp-NotebookPanel .jp-CodeCell").first.wait_for(timeout=120_000)
    wait_for("a kernel", lambda: connected(address, f"{name}.ipynb"))
    choose(page, "Run", "Run All Cells").click()
    page.locator(f".buddy-coder {part}").first.wait_for(timeout=120_000)
    return page, int(page.locator(".jp-OutputArea-output", has_text="process").inner_text().split()[1])


def marked(study: Path, coder: str) -> list[str]:
    """Code and words of what a coder's journal holds."""
    held = fold(read_journals(study / "data" / "coding").acts)
    return [f"{one['code']} {one['words']}" for one in held.codings.values() if one["coder"] == coder]


@pytest.fixture(scope="module")
def in_lab(study: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """KM codes in JupyterLab; half-way the tab is closed and the kernel killed. What was shown as saved."""
    saved: list[str] = []
    with lab(study, tmp_path_factory.mktemp("home")) as address:
        page, kernel = notebook(browser, address)
        typist = Typist(page, saved)
        typist.whole(WORK["KM"][0])
        typist.finish()
        suggestions(typist)
        typist.go_to(SOURCES[1])
        for sentence in WORK["KM"][1][0]:
            typist.code("CB1", int(sentence))
        os.kill(kernel, signal.SIGKILL)
        page.close()
        assert marked(study, "KM") == saved
        page, _ = notebook(browser, address)
        typist = Typist(page, saved)  # it opens the first source that is not finished
        assert page.locator(".buddy-coder .part-sources").input_value() == SOURCES[1]
        expect(typist.view.locator(".part-list li")).to_have_count(len(WORK["KM"][1][0]))
        for sentence in WORK["KM"][1][1]:
            typist.code("CR2", int(sentence))
        typist.code("CB3", 4, whole_turn=True)
        typist.finish()
        typist.go_to(SOURCES[2])
        typist.whole(WORK["KM"][2])
        typist.finish()
        assert page.locator(".jp-Notebook .jp-Cell").count() == 2  # no letter was a command of the notebook
        page.close()
        sample_coded(notebook(browser, address, "sample", ".part-comment")[0])
    return saved


def no_violation(page: Page, part: str) -> bool:
    found = page.evaluate(f"async () => {{ {Axe().axe_script}; return axe.run({part}) }}")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    return len(found["passes"]) > 5


def sample_coded(page: Page) -> None:
    """Twelve comments of a sample are coded, then the cell is run again; axe finds nothing in the view."""
    view = page.locator(".buddy-coder")
    for run in (12, 1):
        view.locator(".part-text").focus()
        for n in range(run):
            for key in ("1", "Enter") if n % 2 else ("2", "1", "Enter"):
                page.keyboard.press(key)
        expect(view.locator(".part-said")).to_contain_text(f"Saved: comment {12 if run == 12 else 13}, culture")
        expect(view.locator(".part-rows tr").first).to_contain_text("100.0% (7")
        if run == 12:
            choose(page, "Run", "Run All Cells").click()
            expect(view.locator(".part-said")).to_have_text("")
            expect(view.locator(".part-progress")).to_have_text("12 of 30 comments coded")
    assert no_violation(page, "'.buddy-coder'")
    assert page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").count() == 2
    page.close()


def suggestions(typist: Typist) -> None:
    """After the first reading: one suggestion is taken on the words chosen, one refused."""
    expect(typist.view.locator(".part-offers li")).to_have_count(0)
    typist.view.locator(".part-show").focus()
    typist.press("Enter")
    typist.said("Saved. Suggestions shown")
    before = typist.view.locator(".part-offers li").count()
    assert before >= 2
    typist.view.locator(".part-text").focus()
    typist.press("g", "Enter")
    typist.said("Saved. Coded: ")
    taken = typist.view.locator(".part-hand").inner_text()
    typist.saved.append(f"{taken.split()[0]} {taken.partition(': ')[2]}")
    typist.press("g", "Backspace")
    typist.said("Saved. Refused")
    expect(typist.view.locator(".part-offers li")).to_have_count(before - 2)


@pytest.fixture(scope="module")
def on_page(study: Path, browser: Any) -> list[str]:
    """RA codes on the page; half-way the tab is closed and the server killed. What was shown as saved."""
    saved: list[str] = []
    with page_of(study, browser) as page:
        typist = Typist(page, saved)
        typist.whole(WORK["RA"][0])
        typist.finish()
        typist.go_to(SOURCES[1])
        typist.whole(WORK["RA"][1])
    assert marked(study, "RA") == saved
    with page_of(study, browser) as page:
        typist = Typist(page, saved)
        expect(typist.view.locator(".part-list li")).to_have_count(10)
        typist.finish()
        typist.go_to(SOURCES[2])
        typist.whole(WORK["RA"][2])
        typist.finish()
    return saved


@contextmanager
def page_of(study: Path, browser: Any) -> Iterator[Page]:
    """The page of a server, which is killed at the end."""
    command = [sys.executable, "-m", "buddy_eval", "code-by-hand", "--coder", "RA", str(study)]
    quiet = {**os.environ, "BROWSER": "true"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet) as server:
        try:
            assert server.stdout is not None
            page = browser.new_page()
            page.goto([server.stdout.readline() for _ in range(2)][1].strip())
            yield page
        finally:
            server.kill()
        page.close()


def test_every_act_that_was_shown_as_saved_is_there(study: Path, in_lab: list[str], on_page: list[str]) -> None:
    assert (len(in_lab), len(on_page)) == (31, 30)
    assert (marked(study, "KM"), marked(study, "RA")) == (in_lab, on_page)
    held = fold(read_journals(study / "data" / "coding").acts)
    assert [one.get("memo") for one in held.codings.values() if one.get("memo")] == ["why 🙂?"] * 5
    text = {source: (study / f"data/raw/transcripts/{source}.txt").read_text("utf-8") for source in SOURCES}
    for one in held.codings.values():
        assert text[one["source"]][one["start"] : one["end"]] == one["words"]
    sample = pd.read_csv(study / "notebooks" / "sample.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert [*(sample["culture"] + sample["capacity"])] == [*["11", "10"] * 6, "11", *[""] * 17]


def test_agreement_of_the_two_is_what_the_hand_works_out(study: Path, in_lab: list[str], on_page: list[str]) -> None:
    """Nominal alpha of two coders on 30 sentences: 1 - (share that differs) / (2 n1 n0 / (60 x 59)).

    CB1: 15 and 15 times, 2 sentences differ: 1 - (2/30) / (2*30*30/3540) = 0.868889.
    CR2: 12 and 12 times, 2 differ: 1 - (2/30) / (2*24*36/3540) = 0.863426.
    CB3: on turns of two sentences, 6 and 6 times, 4 differ: 1 - (4/30) / (2*12*48/3540) = 0.590278.
    What KM took from a machine counts in the consensus, and in no agreement.
    """
    settings = load_study(study)
    pipeline.run(settings, lambda line: None)
    agreement = pipeline.read(settings, "agreement").set_index(["code", "statistic"])
    expected = {"CB1": (0.868889, 28 / 30), "CR2": (0.863426, 28 / 30), "CB3": (0.590278, 26 / 30)}
    for code, (alpha, percent) in expected.items():
        rows = agreement.loc[code]
        assert rows["estimate"]["alpha"] == pytest.approx(alpha, abs=1e-6)
        assert rows["estimate"]["percent"] == pytest.approx(percent)
        assert rows["n_units"].tolist() == [30] * 3
    taken = next(line for line in in_lab if line[:3] not in KEYS)
    assert agreement.loc[(taken.split()[0], "alpha"), "n_positive"] == 0
    codings = pipeline.read(settings, "codings")
    assert codings["suggestion"].dropna().tolist() == ["taken"]
    consensus = pipeline.read(settings, "consensus")
    assert taken.split()[0] in set(consensus.loc[consensus["present"], "code"])


def test_what_the_two_coded_otherwise_is_decided_and_reaches_consensus_framework_and_export_with_its_coders(
    study: Path, in_lab: list[str], on_page: list[str], browser: Any, tmp_path: Path
) -> None:
    """By hand: CB1 and CR2 differ on two sentences each, CB3 on four, and one code that KM took from a machine."""
    settings = load_study(study)
    pipeline.run(settings, lambda line: None)
    found = Disagreements(Results(settings, "internal"))
    taken = next(line.split()[0] for line in in_lab if line[:3] not in KEYS)
    assert dict(zip(found.by_code["code"], found.by_code["n_units"], strict=True)) == {
        "CB3": 4,
        "CB1": 2,
        "CR2": 2,
        taken: 1,
    }
    page = browser.new_page()
    page.set_content(f"<html lang='en'><title>Cases</title><main><h1>Cases</h1>{found._repr_html_()}</main></html>")
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    assert no_violation(page, "document")
    page.close()
    for case in found.cases():
        found.decide(case.unit, "RA", by="NN", why="read again by both")
    assert found.cases() == []
    pipeline.run(settings, lambda line: None)
    consensus = pipeline.read(settings, "consensus")
    decided = consensus[consensus["decided_by"] == "decision"]
    assert decided.groupby("code")["present"].agg(["size", "sum"]).T.to_dict("list") == {
        "CB1": [2, 1], "CB3": [4, 2], "CR2": [2, 1], taken: [1, 0],
    }  # fmt: skip
    framework = pipeline.read(settings, "framework")
    raised = framework[(framework["pair"] == "SYN01") & (framework["cell"] == "raised")]
    assert set(raised["code"]) == {"CB1", "CB3", "CR2"}
    (path, *_), _ = export(settings, "qdpx", tmp_path)
    project = read_refi(path, path.name).codings
    assert project[project["coder"].isin(["KM", "RA"])].groupby("coder").size().to_dict() == {"KM": 31, "RA": 30}
    assert set(project.loc[project["coder"] == DECIDED, "memo"]) == {"decided by NN: RA, read again by both"}
