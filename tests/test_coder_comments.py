"""Survey comments coded by hand: assigned by file and pair, on their words, into codings, consensus and exports."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

import small_study
from buddy_eval.cli.main import main
from buddy_eval.coder.disagreements import Disagreements
from buddy_eval.coder.session import Session
from buddy_eval.disclose.results import Results
from buddy_eval.exchange.export.collect import collect
from buddy_eval.exchange.export.refi import qdpx
from buddy_eval.pipeline import run as pipeline
from buddy_eval.study.settings import Study, load_study
from chromium import chromium
from coding_study import do, served

BATCH, OTHER = "survey_wave_1.csv SYN01", "survey_wave_1.csv SYN02"
ODD = "The cafe\u0301 👩🏽‍⚕️ met us.\r\nعليكم, no baseline."


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two pairs; one comment in many scripts; comments of one pair assigned to two coders, of the other to one."""
    folder = small_study.cut(tmp_path / "study")
    raw = folder / "data" / "raw"
    rows = small_study.table(raw / "survey_wave_1.csv")
    place = next(n for n, name in enumerate(rows[0]) if "helped the partnership" in name)
    next(row for row in rows if row[5] == "SYN01")[place] = ODD
    small_study.write_table(raw / "survey_wave_1.csv", rows)
    both = [[BATCH, "KM", "lead"], [BATCH, "RA", "second"], [OTHER, "KM", "lead"]]
    small_study.write_table(raw / "assignments.csv", [*small_study.table(raw / "assignments.csv"), *both])
    return load_study(folder)


def on(session: Session, words: str, code: str = "CB1", **told: str) -> dict[str, object]:
    """An act on words of the batch, with the offsets that a view would send."""
    text = session.sources.texts[BATCH].text
    start = text.index(words)
    return do("code", source=BATCH, code=code, start=start, end=start + len(words), **told)


def test_comments_stand_one_under_another_with_their_question_for_whoever_they_are_assigned_to(study: Study) -> None:
    km, ra = Session(study, "KM"), Session(study, "RA")
    assert {BATCH, OTHER} <= set(km.sources.texts)
    assert OTHER not in ra.sources.texts
    told = ra.source(BATCH)["turns"]
    asked = [turn["question"] for turn in told]
    assert [question.split()[1] for question in dict.fromkeys(asked)] == ["has", "has", "should"]
    assert asked == sorted(asked, key=asked.index)  # those to one question together
    assert ODD in {turn["text"] for turn in told}
    assert {turn["codable"] for turn in told} == {True}
    ra.act(on(ra, "met us.", memo="known to nobody but RA"))
    sent = json.dumps([km.about(), km.progress(), *map(km.source, km.sources.texts)])
    assert "known to nobody" not in sent
    over = do("code", source=BATCH, code="CB1", start=told[0]["start"], end=told[1]["end"])
    with pytest.raises(ValueError, match="within one participant's turn"):
        km.act(over)


SEEN = """() => {
  const { x, y, height } = document.querySelector(".chosen").getBoundingClientRect();
  return document.elementFromPoint(x + 2, y + height / 2)?.classList.contains("chosen");
}"""


def bars(page: Page) -> int:
    """How many bars are painted one under another below the space behind the first coded word."""
    box = page.locator(".coded").first.bounding_box()
    assert box is not None
    clip = FloatRect(x=box["x"] + box["width"] - 2, y=box["y"], width=1, height=box["height"] + 8)
    with Image.open(io.BytesIO(page.screenshot(clip=clip))) as image:
        painted = [level < 200 for level in image.convert("L").tobytes()]
    return sum(now and not before for before, now in zip([False, *painted], painted, strict=False))


@pytest.mark.parametrize("colours", ["none", "active"])
def test_comments_are_coded_by_keyboard_at_200_percent_and_in_high_contrast_and_axe_finds_nothing(
    study: Study, colours: Any
) -> None:
    with chromium() as browser, served(Session(study, "KM")) as view:
        page = browser.new_context(viewport={"width": 640, "height": 450}, forced_colors=colours).new_page()
        page.goto(view.address)  # half of 1280 by 900: 200%
        page.locator("#sources").select_option(BATCH)
        expect(page.locator("#text")).to_contain_text("What has helped")
        page.locator("#text").focus()
        for key in ("s", "1", "a", "2", "b"):
            page.keyboard.press(key)
        expect(page.locator("#list li")).to_have_count(2)
        page.keyboard.press("ArrowDown")
        assert bars(page) == 2
        seen = []
        for _ in Session(study, "KM").sources.turns[BATCH]:
            page.keyboard.press("ArrowDown")
            seen.append(page.evaluate(SEEN))
        assert all(seen), seen
        page.keyboard.press("m")
        page.keyboard.type("why?")
        page.keyboard.press("Escape")
        expect(page.locator("#said")).to_contain_text("Saved. Changed: CR2")
        found = page.evaluate(f"async () => {{ {Axe().axe_script}; return axe.run() }}")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        assert len(found["passes"]) > 15


def test_codings_of_comments_stay_on_their_words_when_answers_are_added_or_changed(study: Study) -> None:
    words = ("cafe\u0301 👩🏽‍⚕️", "us.\r\nعليكم", "baseline.")
    session = Session(study, "KM")
    for passage in words:
        session.act(on(session, passage))
    path = study.raw_folder / "survey_wave_1.csv"
    rows = small_study.table(path)
    place = next(n for n, row in enumerate(rows) if ODD in row)
    new = [cell if cell != ODD else "Before all others." for cell in rows[place]]
    new[0] = "900"
    small_study.write_table(path, [rows[0], new, *rows[1:]])
    now = Session(study, "KM")
    text = now.sources.texts[BATCH].text
    assert {text[one["start"] : one["end"]] for one in now.codings(BATCH)["codings"]} == set(words)
    assert now.codings(BATCH)["moved"] == 0
    rows[place] = [cell if cell != ODD else ODD.replace("no baseline", "none") for cell in rows[place]]
    small_study.write_table(path, rows)
    assert [one["words"] for one in Session(study, "KM").codings(BATCH)["lost"]] == ["baseline."]
    session.act(do("done", source=BATCH))
    (fault,) = pipeline.check(study)
    assert (fault.file, fault.row) == ("data/coding/KM.jsonl", 3)
    assert "baseline" not in str(fault)


def test_a_suggestion_on_a_comment_is_taken_or_refused(study: Study) -> None:
    session = Session(study, "KM")
    session.act(do("done", source=BATCH))
    session.act(do("show", source=BATCH))
    offers = session.codings(BATCH)["offers"]
    one, two = offers[:2]
    told = [{name: offer[name] for name in ("code", "start", "end")} for offer in (one, two)]
    session.act(do("code", source=BATCH, suggested=one["id"], **told[0]))
    session.act(do("refuse", source=BATCH, **told[1]))
    after = Session(study, "KM").codings(BATCH)
    assert [coding["suggestion"] for coding in after["codings"]] == ["taken"]
    assert len(after["offers"]) == len(offers) - 2


def test_what_two_coded_in_comments_reaches_every_table_and_the_decision_the_consensus_and_the_export(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    km, ra = Session(study, "KM"), Session(study, "RA")
    km.act(on(km, "met us.", memo="why 🙂?", valence="enabler"))
    ra.act(on(ra, "cafe\u0301 👩🏽‍⚕️", valence="enabler"))
    km.act(on(km, "no baseline", "EL1"))
    ra.act(do("done", source=BATCH))
    km.act(do("done", source=BATCH))
    pipeline.run(study, lambda line: None)

    def read(name: str) -> list[dict[Any, Any]]:
        frame = pipeline.read(study, name)
        return frame[frame["unit"].str.startswith("W1-")].to_dict("records")

    (unit,) = {row["unit"] for row in read("codings")}
    assert sorted((row["coder"], row["code"]) for row in read("codings")) == [
        ("KM", "CB1"),
        ("KM", "EL1"),
        ("RA", "CB1"),
    ]
    assert {row["coder"] for row in read("assignments")} == {"KM", "RA"}
    assert [(row["code"], row["state"]) for row in read("disagreements")] == [("EL1", "open")]
    assert [(row["unit"], row["memo"]) for row in read("memos")] == [(unit, "why 🙂?")]
    assert main(["disagreements", str(study.root)]) == 0
    assert "no baseline" in capsys.readouterr().out
    found = Disagreements(Results(study, "internal"))
    found.decide(str(unit), "neither", by="NN", why="it says the opposite")
    pipeline.run(study, lambda line: None)
    decided = {row["code"]: (row["present"], row["decided_by"]) for row in read("consensus")}
    assert decided == {"CB1": (True, "agreement"), "EL1": (False, "decision")}
    exported = collect(study, machine=False)
    text, rows = exported.texts[BATCH], exported.passages[exported.passages["source_id"] == BATCH]
    held = {(row["coder"], text[row["start"] : row["end"]]) for row in rows.to_dict("records")}
    assert held == {("KM", "met us."), ("KM", "no baseline"), ("RA", "cafe\u0301 👩🏽‍⚕️")}
    with zipfile.ZipFile(io.BytesIO(qdpx(exported))) as archive:
        assert text in {archive.read(name).decode() for name in archive.namelist()}


def test_a_table_of_codings_may_name_comments_and_a_plan_assigns_them(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    comment = next(turn["speaker"] for turn in Session(study, "KM").source(OTHER)["turns"])
    path = study.raw_folder / "codings.csv"
    rows = small_study.table(path)
    small_study.write_table(path, [*rows, [comment, "0", "4", "CB1", "KM", "", "", "", ""]])
    assert pipeline.check(study) == []
    small_study.write_table(
        path, [*rows, [comment, "0", "4", "CB1", "RA", "", "", "", ""], ["W1-0.F1", "0", "4", *rows[1][3:]]]
    )
    assert [fault.problem for fault in pipeline.check(study)] == [
        f"coder 'RA' was not assigned source {OTHER!r}",
        "source_id 'W1-0.F1' is not among the sources",
    ]
    small_study.write_table(path, rows[:1])
    small_study.write_table(study.raw_folder / "assignments.csv", [["source_id", "coder", "role"]])
    plan = ["assign", "--coders", "KM", "RA", "--seed", "1", "--unseen", "RA=ZB1", "--study", str(study.root)]
    assert main(plan) == 0
    assert not any(".csv" in row[0] for row in small_study.table(study.raw_folder / "assignments.csv"))
    assert main([*plan, "--comments"]) == 0
    added = [row for row in small_study.table(study.raw_folder / "assignments.csv") if ".csv" in row[0]]
    assert {row[0] for row in added} == {BATCH, OTHER}
    assert {row[1] for row in added if row[0] == BATCH} == {"KM"}
    assert pipeline.check(study) == []


def test_people_who_answered_in_two_waves_have_a_comment_of_each(tmp_path: Path) -> None:
    folder = small_study.cut(tmp_path)
    raw = folder / "data" / "raw"
    small_study.copy(raw / "survey_wave_1.csv", raw / "later.csv")
    path = folder / "study.toml"
    text = path.read_text("utf-8").replace("interviewers =", "linked = true\ninterviewers =")
    path.write_text(text.replace("wave = 1\n", 'wave = 1\n\n[[raw.survey]]\nfile = "later.csv"\nwave = 2\n'), "utf-8")
    assert pipeline.check(load_study(folder)) == []
