"""Codes are renamed, merged, split and dropped over the versions of a codebook; codings follow by rule, on record."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import small_study
from buddy_eval.base.errors import StudyError
from buddy_eval.cli.main import main
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.pipeline import run as pipeline
from buddy_eval.pipeline.run import _cleaned
from buddy_eval.read.journals import span
from buddy_eval.study.code_history import Change, former
from buddy_eval.study.codebook import PACKAGED, load_codebook
from buddy_eval.study.settings import load_study

PLAIN = (PACKAGED / "codebook.yaml").read_text(encoding="utf-8")
HISTORY = """
history:
- {{version: "2", change: added, from: [], to: [CB1], why: heard often}}
- {{version: "2", change: {change}, from: {before}, to: {after}, why: two coders asked for it}}
"""


def book(folder: Path, change: str, before: str, after: str) -> Path:
    """A codebook with a history whose last change is the one given."""
    path = folder / "codebook.yaml"
    path.write_text(PLAIN + HISTORY.format(change=change, before=before, after=after), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "before", "after", "problem"),
    [
        ("joined", "[A, B]", "[CB1]", "change 'joined' is not known"),
        ("merged", "[A]", "[CB1]", "merged from names 1 codes; name 2 or more codes under from"),
        ("split", "[A]", "[CB1]", "split to names 1 codes"),
        ("renamed", "[A]", "[CB99]", "renamed to 'CB99', which is not in the codebook"),
        ("split", "[CB2]", "[CB1, CB2]", "split code 'CB2' is still in the codebook; give the new code another id"),
        ("dropped", "[CB2]", "[]", "dropped code 'CB2' is still in the codebook"),
    ],
)
def test_a_history_that_does_not_fit_its_codes_is_refused(
    tmp_path: Path, change: str, before: str, after: str, problem: str
) -> None:
    with pytest.raises(StudyError) as refused:
        load_codebook(book(tmp_path, change, before, after))
    assert [str(fault).split(": ", 1)[1] for fault in refused.value.faults if problem in str(fault)] != []


def test_former_codes_are_followed_through_all_versions() -> None:
    rules = former(
        [
            Change("2", "renamed", ("A",), ("B",), ""), Change("3", "merged", ("B", "C"), ("C",), ""),
            Change("4", "split", ("D",), ("E", "F"), ""), Change("5", "dropped", ("C",), (), ""),
            Change("6", "renamed", ("F",), ("G",), ""),
        ]
    )  # fmt: skip
    assert rules.recoded == {"F": "G"}
    assert set(rules.dropped) == {"A", "B", "C"}
    assert set(rules.split) == {"D"}


def changed(tmp_path: Path, change: str, before: str, after: str) -> Path:
    """Two pairs whose codings use the code OLD in place of CB1, with that history; OLD also stands in a journal."""
    folder = small_study.cut(tmp_path / "study")
    raw = folder / "data" / "raw"
    rows = small_study.table(raw / "codings.csv")
    small_study.write_table(raw / "codings.csv", [["OLD" if cell == "CB1" else cell for cell in row] for row in rows])
    settings = (folder / "study.toml").read_text("utf-8").replace("[study]\n", '[study]\ncodebook = "codebook.yaml"\n')
    (folder / "study.toml").write_text(settings, encoding="utf-8")
    book(folder, change, before, after)
    return folder


def test_codings_with_a_merged_code_count_under_the_new_one_and_the_log_says_so(tmp_path: Path) -> None:
    folder = changed(tmp_path, "merged", "[OLD, CB1]", "[CB1]")
    raw = folder / "data" / "raw" / "codings.csv"
    before = raw.read_bytes()
    n = sum(row[3] == "OLD" for row in small_study.table(raw))
    tables, faults, _ = _cleaned(load_study(folder))
    assert faults == []
    plain, *_ = _cleaned(load_study(small_study.cut(tmp_path / "plain")))
    pd.testing.assert_frame_equal(tables["codings"].drop(columns="codebook"), plain["codings"].drop(columns="codebook"))
    line = tables["imports"].set_index("item").loc["codings of OLD"]
    assert [line["action"], line["n"], line["reason"]] == ["converted", n, "the codebook's history makes it CB1"]
    assert tables["code_history"]["before"].fillna("").tolist() == ["", "OLD, CB1"]
    assert raw.read_bytes() == before


def test_codings_with_a_split_code_are_faults_and_those_with_a_dropped_one_are_left_out(tmp_path: Path) -> None:
    folder = changed(tmp_path, "split", "[OLD]", "[CB1, CB2]")
    faults = pipeline.check(load_study(folder))
    assert len(faults) == sum(row[3] == "OLD" for row in small_study.table(folder / "data" / "raw" / "codings.csv"))
    assert {fault.problem for fault in faults} == {"code 'OLD' was split in version 2 into CB1, CB2"}
    book(folder, "dropped", "[OLD]", "[]")
    tables, faults, _ = _cleaned(load_study(folder))
    assert faults == []
    assert "CB1" not in set(tables["codings"]["code"])
    assert (tables["imports"]["item"] == "codings of OLD").sum() == 1


def test_proposals_and_codings_of_journals_follow_too(tmp_path: Path) -> None:
    folder = changed(tmp_path, "renamed", "[OLD]", "[CB1]")
    raw, source = folder / "data" / "raw", "SYN01-R1-w1"
    rows = small_study.table(raw / "codings.csv")
    small_study.write_table(raw / "codings.csv", [row for row in rows if row[0] != source])
    text = (raw / "transcripts" / f"{source}.txt").read_text("utf-8")
    journal = Journal(folder / "data" / "coding", "KM")
    start = text.index("Oh, arms folded.")
    journal.add("code", source=source, code="OLD", **span(text, start, start + 16))
    journal.add("done", source=source)
    journal.add("propose", name="Night shifts", memo="heard twice")
    journal.add("propose", name="cultural difference", memo="")
    tables, faults, _ = _cleaned(load_study(folder))
    assert faults == []
    ours = tables["codings"][tables["codings"]["unit"].str.startswith(source)]
    assert ours[["coder", "code"]].to_numpy().tolist() == [["KM", "CB1"]]
    found = tables["proposals"].sort_values("name", key=lambda names: names.str.casefold())
    assert found[["name", "memo", "in_codebook"]].fillna("").to_numpy().tolist() == [
        ["cultural difference", "", True], ["Night shifts", "heard twice", False],
    ]  # fmt: skip


def test_two_versions_are_compared_in_words_and_as_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, out = PACKAGED / "codebook.yaml", tmp_path / "diff.html"
    (tmp_path / "new").mkdir()
    new = book(tmp_path / "new", "merged", "[CB9, CB8]", "[CB8]")
    text = new.read_text("utf-8").replace("name: Cultural difference", "name: Culture <apart>", 1)
    new.write_text(text.replace("version: 1.0.0", "version: 2", 1), encoding="utf-8")
    assert main(["codebook", "diff", str(old), str(new), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "diff: buddy-five-themes 1.0.0 to buddy-five-themes 2" in said
    assert "version 2: merged, CB9, CB8 to CB8: two coders asked for it" in said
    assert "CB1 name\n  - Cultural difference\n  + Culture <apart>\n1 difference" in said
    page = BeautifulSoup(out.read_text("utf-8"), "html.parser")
    assert page.apart is None
    assert [cell.get_text() for cell in page.select("main td")][-2:] == ["Cultural difference", "Culture <apart>"]
    assert main(["codebook", "diff", str(old), str(old)]) == 0
    assert "codes, themes and rules are the same" in capsys.readouterr().out
    assert main(["codebook", "diff", str(old), str(tmp_path / "none.yaml")]) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "label: Culture and behaviours",
            "label: Culture",
            "theme culture label\n  - Culture and behaviours\n  + Culture",
        ),
        ("definition: How both", "definition: How all", "theme culture definition"),
        ("up to three\n", "up to four\n", "all codes rules"),
        ("window: 4", "window: 3", "all codes negation window\n  - 4\n  + 3"),
        ("few, little]", "few]", "all codes negations"),
    ],
)
def test_what_holds_for_themes_and_all_codes_is_compared_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    text = (PACKAGED / "codebook.yaml").read_text("utf-8")
    assert text.count(old) == 1
    (tmp_path / "new.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert main(["codebook", "diff", str(PACKAGED / "codebook.yaml"), str(tmp_path / "new.yaml")]) == 0
    shown = capsys.readouterr().out
    assert said in shown
    assert "both call themselves version 1.0.0: give the later one a new version" in shown
    assert main(["codebook", "diff", str(tmp_path / "none.yaml"), str(tmp_path / "new.yaml")]) == 1
    assert "study.toml" not in capsys.readouterr().err
