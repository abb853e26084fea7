"""A sample coded in the view: a key a theme, next by itself, on the disk before it is confirmed, and how sure it is."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.base.numbers import number
from buddy_eval.bulk.sampling.draw import draw
from buddy_eval.bulk.sampling.elsewhere import Elsewhere
from buddy_eval.bulk.sampling.progress import progress
from buddy_eval.coder.sample import Sample
from buddy_eval.study.codebook import load_codebook
from chromium import chromium
from coding_study import served

THEMES = ["culture", "capacity"]
ODD = "The cafe\u0301 👩🏽‍⚕️, =1+1\r\nand عليكم."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Forty of 400 comments, one in many scripts, one that begins as a formula would."""
    said = [ODD, "=1+1, they said", *[f"Comment number {n}" for n in range(398)]]
    chance = np.random.default_rng(2)
    frame = pd.DataFrame({"id": range(400), "trust": chance.choice(["RA", "RB"], 400), "comment": said})
    frame.to_csv(tmp_path / "comments.csv", index=False)
    frame[["id"]].assign(culture=1, capacity=0).to_csv(tmp_path / "codes.csv", index=False)
    draw(tmp_path / "comments.csv", "comment", ["trust"], 40, 3, tmp_path / "sample.csv", THEMES)
    return tmp_path / "sample.csv"


def codes(path: Path) -> list[str]:
    """The codes of each comment as the file has them, such as '10', up to the last."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return [cell for cell in table["culture"] + table["capacity"] if cell]


def act(n: int, *given: str, do: str = "codes") -> dict[str, Any]:
    return {"do": do, "number": n, "codes": list(given)}


def test_comments_are_coded_in_their_order_and_nothing_else_of_the_file_changes(path: Path) -> None:
    before = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    sample = Sample(path, load_codebook())
    assert sample.act(act(1, "culture")) == {"coded": 1}
    assert sample.act(act(1, "culture")) == {"coded": 1}  # the answer was lost, and it is sent again
    other = Sample(path, load_codebook())  # a second view writes too
    assert other.act(act(2)) == {"coded": 2}
    assert sample.act(act(3, "culture", "capacity")) == {"coded": 3}
    assert sample.act(act(2, "capacity")) == {"coded": 3}  # changed afterwards
    assert codes(path) == ["10", "01", "11"]
    assert sample.act(act(3, do="back")) == {"coded": 2}
    assert codes(path) == ["10", "01"]
    for wrong in (act(4, "culture"), act(0), act(41), act(1, do="back"), act(3, "beds"), {"do": "codes"}):
        with pytest.raises(ValueError, match=r"in their order|not one of|not known"):
            sample.act(wrong)
    assert codes(path) == ["10", "01"]
    after = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(after.drop(columns=THEMES), before.drop(columns=THEMES))
    asked = [sample.ask("comment", {"number": n}) for n in (1, 3, 4)]
    assert [one and one["codes"] for one in asked] == [["culture"], [], None]


def test_every_comment_is_shown_as_it_was_written_and_a_machine_never(path: Path) -> None:
    elsewhere = Elsewhere(path.with_name("codes.csv"), path.with_name("comments.csv"), "id", "A local model", "1")
    sample = Sample(path, load_codebook(), elsewhere)
    sent: list[Any] = [sample.ask("about", {})]
    for n in range(1, 41):
        sent.append(sample.ask("comment", {"number": n}))
        sample.act(act(n, *(["culture"] if n % 3 else [])))
    shown = {one["text"] for one in sent[1:]}
    drawn = pd.read_csv(path, dtype=str, encoding="utf-8-sig")["row"].astype(int)
    assert shown == set(pd.read_csv(path.with_name("comments.csv"))["comment"].iloc[drawn - 1])
    assert "machine" not in json.dumps(sent)
    sure = sample.ask("sure", {})
    assert sure is not None
    expected = progress(path, elsewhere).set_index("theme")
    for row in sure["sure"]:
        assert (row["estimate"], row["ci_low"]) == tuple(expected.loc[row["theme"], ["estimate", "ci_low"]])
        assert row["n_more"] == expected.loc[row["theme"], "n_more"]


def test_what_is_no_sample_or_was_spoilt_is_refused(path: Path) -> None:
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    table.assign(culture=["1", "", *["0"] * 38]).to_csv(path, index=False)
    with pytest.raises(StudyError, match="only the end may be left open"):
        Sample(path, load_codebook())
    table.to_excel(path.with_suffix(".xlsx"), index=False)
    with pytest.raises(BuddyError, match=r"codes a \.csv file"):
        Sample(path.with_suffix(".xlsx"), load_codebook())


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_context(viewport={"width": 1280, "height": 900}).new_page()


def test_a_person_codes_by_keyboard_alone_and_sees_how_sure_the_shares_are(path: Path, page: Page) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    with served(Sample(path, load_codebook())) as view:
        page.goto(view.address)
        expect(page.locator("#text")).to_be_focused()
        for n in range(1, 13):
            for key in ("1", "2", "1") if n % 2 else ("1",):
                page.keyboard.press(key)
            page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("Saved: comment 12, culture.")
        assert codes(path) == ["01", "10"] * 6
        row = progress(path).set_index("theme").loc["culture"]
        share, low, high = (number(100 * row[name], 1) for name in ("estimate", "ci_low", "ci_high"))
        expect(page.locator("#rows tr").first).to_contain_text(f"6{share}% ({low}% to {high}%){row['n_more']}")
        for key in ("u", "p", "p", "2", "Enter"):
            page.keyboard.press(key)  # ahead of the answers
        expect(page.locator("#said")).to_contain_text("Saved: comment 10, culture, capacity.")
        assert codes(path) == ["01", "10"] * 4 + ["01", "11", "01"]
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        page.keyboard.press("n")
        expect(page.locator("#text-title")).to_have_text("Comment 12 of 40")
        try:  # the system cuts the file short, as a full disk does
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size - 20, limits[1]))
            page.keyboard.press("Enter")
            expect(page.locator("#failed")).to_contain_text("Not saved")
            page.keyboard.press("1")
            page.keyboard.press("Enter")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert len(codes(path)) == 11
        for width in (1280, 640, 320):  # 640 is 200% of a page 1280 wide
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = page.evaluate(f"async () => {{ {Axe().axe_script}; return axe.run() }}")
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        page.locator("#again").click()
        expect(page.locator("#failed")).to_be_hidden()
        expect(page.locator("#text-title")).to_have_text("Comment 13 of 40")
        assert codes(path)[-1] == "00"
        page.reload()
        expect(page.locator("#text-title")).to_have_text("Comment 13 of 40")
    assert [problem for problem in problems if "507" not in problem] == []
