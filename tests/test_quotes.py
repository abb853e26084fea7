"""Quotes by choosing: what may be approved, what stands against it, and the list that the gate reads."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.cli.main import main
from buddy_eval.coder.answers import answer
from buddy_eval.coder.server import View
from buddy_eval.coding.by_hand.approvals import approve, approved
from buddy_eval.disclose.results import Results
from buddy_eval.lab import beside_coding
from buddy_eval.lab.beside_coding import CodingAndQuotes
from buddy_eval.lab.quotes import PAGE, Quotes
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish.exporter import exported
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.start.companion import standing
from buddy_eval.study.settings import load_study
from chromium import chromium

SOURCE = "SYN01-R1-w1"
OWN, OTHER = "Marram Coast came to us.", "Then Tallis Vale heard of it."
ELSEWHERE = "On Fridays we rang Whitby about it."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pairs with their tables, pseudonyms for a name, and one interview that names two trusts and a place."""
    notebooks = ("08-public-summary.ipynb", "07-pair-brief.ipynb")
    study = small_study.cut(tmp_path_factory.mktemp("quotes") / "study", notebooks, pairs=3)
    told = study / "data" / "raw" / "transcripts" / f"{SOURCE}.txt"
    told.write_text(f"{told.read_text('utf-8').rstrip()} {OWN} {OTHER} {ELSEWHERE}\n", encoding="utf-8", newline="")
    path = study / "study.toml"
    settings = path.read_text(encoding="utf-8").replace("[study]", '[study]\npseudonyms = "names.csv"', 1)
    path.write_text(settings, encoding="utf-8")
    (study / "names.csv").write_text("name,pseudonym\nThursday,[a weekday]\n", encoding="utf-8")
    pipeline.run(load_study(study), lambda line: None)
    return study


@pytest.fixture
def quotes(folder: Path) -> Iterator[Quotes]:
    path = folder / "data" / "raw" / "approvals.csv"
    before = path.read_bytes()
    yield Quotes(load_study(folder), "KM")
    path.write_bytes(before)


def first(quotes: Quotes, **wanted: Any) -> dict[str, Any]:
    passages: list[dict[str, Any]] = quotes.about()["passages"]
    return next(one for one in passages if all(one[name] == value for name, value in wanted.items()))


def choose(quotes: Quotes, one: dict[str, Any], audience: str) -> dict[str, Any]:
    return quotes.act({**{name: one[name] for name in ("source", "start", "end")}, "audience": audience})


def test_what_is_approved_stands_in_the_list_with_its_day_and_is_shown_after_the_next_run(
    quotes: Quotes, folder: Path
) -> None:
    """The words come back from the tables although a pseudonym of another length stands before them."""
    study, before = load_study(folder), approved(quotes.path)
    texts = quotes.texts
    one = next(
        passage
        for passage in quotes.about()["passages"]
        if not passage["audience"] and "[a weekday]" in str(texts[passage["source"]])[: passage["start"]]
    )
    made = choose(quotes, one, "public")
    assert (made["audience"], made["approved_by"], len(made["approved_on"])) == ("public", "KM", 10)
    added = {passage: row for passage, row in approved(quotes.path).items() if passage not in before}
    assert [row[:2] for row in added.values()] == [("public", "KM")]
    assert {passage: row for passage, row in approved(quotes.path).items() if passage in before} == before
    assert next(iter(added))[1] != one["start"]
    pipeline.run(study, lambda line: None)
    assert one["quote"] in set(Results(study, "internal").quotes()["quote"])
    taken = choose(quotes, one, "")
    assert taken["audience"] == ""
    assert approved(quotes.path) == before


def test_nobody_is_offered_who_did_not_agree_and_nothing_sensitive(quotes: Quotes) -> None:
    about = quotes.about()
    people = quotes.people.set_index("participant")
    silent = set(people.index[~(people["consent"] & people["quotes"]).astype(bool)])
    assert silent
    assert not {one["as"]["internal"] for one in about["passages"]} & silent
    assert [line for line in about["rules"] if "did not agree" in line]
    assert [line for line in about["rules"] if "sensitive" in line]


def test_a_passage_with_a_name_cannot_be_approved_for_who_may_not_know_it(quotes: Quotes) -> None:
    """The trusts of a pair are no secret to its own boards; those of another pair are, and to the public all."""
    text = str(quotes.texts[SOURCE])
    for sentence, closed in ((OWN, ["public"]), (OTHER, ["partners", "public"])):
        start = text.index(sentence)
        one = quotes.passage(SOURCE, start, start + len(sentence))
        assert one is not None
        assert [profile for profile, against in one["against"].items() if against] == closed
        with pytest.raises(ValueError, match="cannot be approved for the public: it holds a trust"):
            choose(quotes, one, "public")


def test_words_with_a_capital_wait_until_somebody_says_that_they_name_nobody(quotes: Quotes, folder: Path) -> None:
    """Chosen in the view only with the word of who approves; written without it, `check` has row and remedy."""
    start = str(quotes.texts[SOURCE]).index(ELSEWHERE)
    one = quotes.passage(SOURCE, start, start + len(ELSEWHERE))
    assert one is not None
    assert one["waiting"] == ["Whitby"]
    with pytest.raises(ValueError, match="first say that this names nobody"):
        choose(quotes, one, "partners")
    place = quotes._raw_span(SOURCE, start, start + len(ELSEWHERE))
    study, before = load_study(folder), standing(load_study(folder)).faults
    approve(quotes.path, place, "public", "KM", "2026-11-26")
    line = f"{SOURCE},{place[1]},{place[2]},KM,public,"
    row = quotes.path.read_text("utf-8").splitlines().index(f"{line}2026-11-26") + 1
    waiting = [fault for fault in standing(study).faults if fault not in before]
    assert [(fault.file, fault.row, fault.column) for fault in waiting] == [
        ("data/raw/approvals.csv", row, "names_nobody")
    ]
    assert "nobody has decided whether 'W…y' in this quote for the public names a person" in waiting[0].problem
    assert "Whitby" not in str(waiting[0])
    assert "quotes --choose NAME shows it, quotes lists them" in waiting[0].remedy
    told = {**{name: one[name] for name in ("source", "start", "end")}, "audience": "public", "names_nobody": True}
    assert quotes.act(told)["waiting"] == []
    said = quotes.path.read_text("utf-8").splitlines()[-1]
    assert re.fullmatch(rf"{line}\d{{4}}-\d\d-\d\d,Whitby", said)
    assert standing(study).faults == before


@pytest.mark.parametrize(
    ("command", "audience"),
    [("publish", "partners"), ("release", "public"), ("export", "public")],
)
def test_no_quote_leaves_while_a_word_in_it_waits_for_a_decision(
    command: str,
    audience: str,
    quotes: Quotes,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = str(quotes.texts[SOURCE]).index(ELSEWHERE)
    approve(quotes.path, quotes._raw_span(SOURCE, start, start + len(ELSEWHERE)), audience, "KM", "2026-11-26")
    if command == "export":
        pipeline.run(load_study(folder), lambda line: None)
        path = folder / "notebooks" / "07-pair-brief.ipynb"
        monkeypatch.setenv("BUDDY_EVAL_PROFILE", audience)
        with pytest.raises(RefusedError, match="nobody has decided whether 'W…y'"):
            exported(nbformat.read(path, 4), "brief", path.parent)
        return
    more = ["--profile", audience] if command == "publish" else ["--out", str(folder / "out")]
    assert main([command, str(folder), *more]) == 1
    said = capsys.readouterr()
    assert "approvals.csv row" in said.err
    assert "nobody has decided whether 'W…y'" in said.err
    assert "Whitby" not in said.err + said.out
    assert not (folder / "out").exists()
    assert not [*(folder / "reports").glob("p*/brief-SYN01.*"), *(folder / "reports").glob("p*/summary.*")]


def test_an_unknown_passage_or_reader_changes_nothing(quotes: Quotes) -> None:
    one, before = first(quotes, audience=""), quotes.path.read_bytes()
    for wrong in ({"start": -5}, {"audience": "everybody"}, {"source": "no such"}, {"start": "1"}):
        status, said = answer(
            quotes, "act", {**{k: one[k] for k in ("source", "start", "end")}, "audience": "public", **wrong}
        )
        assert (int(status), said) == (400, {"problem": "the passage is not known"})
    assert answer(quotes, "names", {})[0] == 403
    assert quotes.path.read_bytes() == before


def test_a_list_keeps_its_marks_and_columns_and_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "approvals.csv"
    path.write_bytes("source_id;start;end;audience;approved_by;seen\r\nI1;3;9;public;KM;Zoë\r\n".encode("utf-8-sig"))
    approve(path, ("I2", 4, 8), "internal", "RA", "2026-11-26")
    assert path.read_bytes().decode("utf-8-sig").splitlines() == [
        "source_id;start;end;audience;approved_by;seen;approved_on",
        "I1;3;9;public;KM;Zoë;",
        "I2;4;8;internal;RA;;2026-11-26",
    ]
    approve(path, ("I1", 3, 9), "", "RA", "2026-11-26")
    assert [*approved(path)] == [("I2", 4, 8)]
    assert b"\r\n" in path.read_bytes()
    (tmp_path / "book.csv").write_bytes((small_study.RAW / "boards" / "ZA1.xlsx").read_bytes())
    with pytest.raises(BuddyError, match="is a workbook"):
        approve(tmp_path / "book.csv", ("I1", 3, 9), "public", "RA", "2026-11-26")


def test_the_page_approves_by_a_click_and_axe_finds_nothing(quotes: Quotes) -> None:
    one = first(quotes, audience="")
    with View(quotes, files=PAGE) as view, chromium() as browser:
        threading.Thread(target=view.serve_forever, kwargs={"poll_interval": 0.01}).start()
        page = browser.new_page(viewport={"width": 900, "height": 1000})
        page.goto(view.address)
        card = page.locator(".passages > li", has_text=one["quote"]).first
        card.get_by_label("the public").check()
        expect(page.locator(".said")).to_contain_text("Saved. Approved for the public.")
        script = f"async () => {{ {Axe().axe_script}; return axe.run('.buddy-quotes') }}"
        found = page.evaluate(script)
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
        view.shutdown()
    assert approved(quotes.path)[quotes._raw_span(one["source"], one["start"], one["end"])][0] == "public"


def test_a_coder_chooses_quotes_in_the_coding_view_of_what_is_finished_alone(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "study")
    study = load_study(tmp_path / "study")
    mine = pd.read_csv(study.raw_folder / "assignments.csv").query("coder == 'KM'")["source_id"].tolist()
    work = CodingAndQuotes(study, "KM")
    with View(work, beside_coding.answer, beside_coding.PAGES) as view, chromium() as browser:
        threading.Thread(target=view.serve_forever, kwargs={"poll_interval": 0.01}).start()
        coding = browser.new_page()
        coding.goto(view.address)
        link = coding.get_by_role("link", name="Choose quotes")
        with coding.expect_popup() as opened:
            link.click()
        expect(opened.value.locator("#coder")).to_have_text(re.compile("no interview is finished"))
        opened.value.close()
        work.session.act({"do": "done", "source": mine[0], "key": "a" * 32})
        with coding.expect_popup() as opened:
            link.click()
        card = opened.value.locator(".passages > li").first
        card.get_by_label("the team").check(timeout=60_000)
        expect(opened.value.locator(".said")).to_contain_text("Saved. Approved for the team.")
        view.shutdown()
    assert {one["source"] for one in work.quotes(anew=False).about()["passages"]} == {mine[0]}
    written = [(span[0], *stood[:2]) for span, stood in approved(study.raw_folder / "approvals.csv").items()]
    assert (mine[0], "internal", "KM") in written
    stranger = next(one for one in Quotes(study, "KM").about()["passages"] if one["source"] != mine[0])
    told = {**{name: stranger[name] for name in ("source", "start", "end")}, "audience": "internal"}
    status, said = beside_coding.answer(work, "quotes/act", told)
    assert (int(status), said) == (400, {"problem": "the passage is not known"})
