"""What stops publishing is said by `check`, and what each round still waits for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from buddy_eval.base.errors import causes
from buddy_eval.cli.main import main
from buddy_eval.start.companion import standing
from buddy_eval.start.kit.workbooks import board_workbook
from buddy_eval.start.new_study import new_study
from buddy_eval.study.codebook import PACKAGED
from buddy_eval.study.settings import load_study
from team_study import INSTRUMENT, TRANSCRIPT, Hand, added, build, cell, edited, head, setting, text

WORDING = INSTRUMENT.items.sort_values("position")["wording"].iloc[0]
PERSON = (text("names.csv", "name\nZofia Quillfeather\n"), setting("[raw]", '[raw]\nnames = "names.csv"'))
TRUSTED = TRANSCRIPT.replace("trusted them", "trusted Marram Coast")


def owner(folder: Path) -> None:
    edited("boards/receiver.xlsx", lambda sheet: sheet.__setitem__("E9", "Zofia Quillfeather"))(folder)


def more_pairs(folder: Path) -> None:
    """Two more pairs, so that there is a report for the public."""
    for pair, ours, theirs in (("P2", "RC1", "RD1"), ("P3", "RE1", "RF1")):
        added("pairs.csv", pair, ours, theirs, "1 April 2025", "", "")(folder)
        for code in (ours, theirs):
            added("trusts.csv", code, f"Invented {code} NHS Trust")(folder)


def quoted(folder: Path) -> None:
    more_pairs(folder)
    text("transcripts/I1.txt", TRUSTED)(folder)
    cell("approvals.csv", 2, "end", "73")(folder)


def decided(folder: Path) -> None:
    path = folder / "data" / "raw" / "approvals.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([f"{head},names_nobody", *(f"{row},Marram Coast" for row in rows)]), "utf-8")


def notebook(name: str, **metadata: object) -> Hand:
    """A notebook of the study's own, with a raw cell."""
    kinds = ("markdown", "raw")
    cells = [{"cell_type": kind, "metadata": {}, "source": ["One line\n", "and another"]} for kind in kinds]
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}

    def change(folder: Path) -> None:
        (folder / "notebooks").mkdir(exist_ok=True)
        (folder / "notebooks" / name).write_text(json.dumps(made), encoding="utf-8")

    return change


@pytest.mark.parametrize(("hands", "parts"), [
    ((*PERSON, cell("actions.csv", 2, "Owner role", "Zofia Quillfeather")),
     ("actions.csv row 2: owner_role", "a person's name", "every report")),
    ((*PERSON, owner), ("receiver.xlsx row 9: owner_role", "a person's name", "every report")),
    ((*PERSON, cell("summaries.csv", 2, "summary", "Quillfeather said so.")), ("summaries.csv row 2: summary",)),
    ((*PERSON, cell("capacity.csv", 2, "What", "Zofia Quillfeather's time")), ("capacity.csv row 2: what", "a person")),
    ((cell("actions.csv", 3, "What", "Ring 01632 960123 each week"),), ("actions.csv row 3: what", "a telephone")),
    ((quoted,), ("approvals.csv row 2: the passage", "a trust", "stops reports for the public")),
    ((more_pairs, cell("actions.csv", 3, "What", "Visits to RC1")),
     ("actions.csv row 3: what holds a trust ('R…1')", "stops the brief of P1")),
    ((more_pairs, cell("outcomes.csv", 2, "indicator", "Marram Coast falls")),
     ("indicator holds a trust", "stops briefs")),
    ((setting("[raw]", 'limits = "Tallis Vale was late."\n[raw]'),), ("[study] limits holds a trust", "limits =")),
    ((notebook("30-own.ipynb", buddy_eval={"report": "report"}),), ("30-own.ipynb: cell 2: is a raw cell",)),
    ((notebook("30-own.ipynb", buddy_eval={"report": "chapter"}),), ("30-own.ipynb: report 'chapter' is not one of",)),
    ((lambda folder: (folder / "allowed.csv").write_text("text,why\nx,y\n"),), ("allowed.csv row 1: has no column",)),
])  # fmt: skip
def test_what_stops_publishing_is_said_by_check(
    hands: tuple[Hand, ...], parts: tuple[str, ...], tmp_path: Path
) -> None:
    build(tmp_path)
    for hand in hands:
        hand(tmp_path)
    lines = causes(standing(load_study(tmp_path)).faults)
    assert [line for line in lines if all(part in line for part in parts)], lines
    assert len(lines) == 1, lines


@pytest.mark.parametrize("hands", [
    (cell("actions.csv", 2, "Owner role", "Grace Abbot, chief nurse"),),  # nobody of whom the files know
    (quoted, cell("approvals.csv", 2, "audience", "partners"), decided),  # the boards of the pair know their own trusts
    (more_pairs, cell("actions.csv", 3, "What", "Visits to Tallis Vale")),
    (notebook("30-own.ipynb"),),  # in no report
])  # fmt: skip
def test_what_the_gate_lets_pass_is_no_fault(hands: tuple[Hand, ...], tmp_path: Path) -> None:
    build(tmp_path)
    for hand in hands:
        hand(tmp_path)
    assert causes(standing(load_study(tmp_path)).faults) == []


def test_check_asks_for_what_the_latest_round_lacks(tmp_path: Path) -> None:
    build(tmp_path)
    raw = tmp_path / "data" / "raw"
    (raw / "survey2.csv").write_bytes((raw / "survey.csv").read_bytes())
    setting("[[raw.survey]]", '[[raw.survey]]\nfile = "survey2.csv"\nwave = 2\n[[raw.survey]]')(tmp_path)
    (raw / "boards" / "late.xlsx").write_bytes(board_workbook(INSTRUMENT, ("P1", "receiver", 2, "board")))
    edited("boards/late.xlsx", lambda sheet: [sheet.__setitem__(f"C{row}", 2) for row in range(7, 25)])(tmp_path)
    stands = standing(load_study(tmp_path))
    assert {"boards, round 1: 2 of 2 have answered", "boards, round 2: 1 of 2 have answered"} <= set(stands.there)
    waits = [line.partition(": ")[::2] for line in stands.to_come]
    assert ("boards, round 2", "P1 supporter; save their workbooks in data/raw/boards") in waits
    assert {"interviews, round 2", "groups of people who were asked, round 2"} <= {head for head, _ in waits}


def test_a_day_in_the_future_and_a_part_above_its_whole_are_named_and_stop_nothing(tmp_path: Path) -> None:
    build(tmp_path)
    for hand in (
        cell("actions.csv", 3, "Done", "20/5/2099"),
        cell("actions.csv", 3, "Due", "20/5/2099"),
        cell("outcomes.csv", 13, "period", "2099-12"),
        cell("outcomes.csv", 5, "numerator", "840"),
        added("communications.csv", "P1", "receiver", "1 June 2098", "Staff", "letter", "What is planned"),
    ):
        hand(tmp_path)
    stands = standing(load_study(tmp_path))
    assert stands.faults == []
    said = [line.partition(": is that so?")[0].replace("data/raw/", "") for line in stands.aside]
    assert said == [
        "doubtful of outcomes.csv: A&E (1): numerator above its denominator, unlike in most rows",
        "in the future, of actions.csv row 3: done",
        "in the future, of communications.csv row 4: day",
        "in the future, of outcomes.csv row 13: period",
    ]


def test_an_owner_whom_briefs_do_not_name_is_said_once_with_its_places(tmp_path: Path) -> None:
    build(tmp_path)
    cell("actions.csv", 3, "Owner role", "Head of catering")(tmp_path)
    edited(
        "boards/receiver.xlsx",
        lambda sheet: [
            sheet.__setitem__(f"E{row}", "Jo Hart, chief nurse" if row < 9 else "Chair") for row in (7, 8, 9)
        ],
    )(tmp_path)
    stands = standing(load_study(tmp_path))
    assert stands.faults == []
    assert stands.aside == [
        "owners whom briefs call 'an owner', for they may be a person's name, of data/raw/boards/receiver.xlsx "
        "rows 7, 8, data/raw/actions.csv row 3; write the post alone, such as 'Director of nursing'"
    ]


def test_a_column_that_is_not_read_is_named_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    build(tmp_path)
    for hand in (
        head("actions.csv", "Done", "Date done"),
        head("capacity.csv", "Home risk", "Risk at home"),
        head("survey.csv", WORDING, WORDING.replace("The", "Our", 1) + " (please tick)"),
        edited(
            "boards/receiver.xlsx", lambda sheet: [sheet.__setitem__("H6", "Remarks"), sheet.__setitem__("H7", "x")]
        ),
    ):
        hand(tmp_path)
    said = " ".join(standing(load_study(tmp_path)).aside)
    assert "actions.csv: column Date done (1): no column of actions; did you mean 'done'?" in said
    assert "capacity.csv: column Risk at home (2): no column of capacity" in said
    assert "matches no item; did you mean C1? then: buddy-eval map" in said
    assert "boards/receiver.xlsx: column remarks (1): no column of boards" in said


def test_a_cell_of_a_board_under_no_name_is_a_fault(tmp_path: Path) -> None:
    edited("boards/receiver.xlsx", lambda sheet: sheet.__setitem__("I9", "see the minutes"))(build(tmp_path))
    lines = causes(standing(load_study(tmp_path)).faults)
    assert lines == ["data/raw/boards/receiver.xlsx row 9: a cell stands under no name; name the column in row 6, or "
                     "take it out"]  # fmt: skip


@pytest.mark.parametrize(("row", "remedy"), [
    (("P1-S1", "P1", "supporter", "board", "yes", "no"), "it is row 3 once more; delete one"),
    (("P1-S1", "P1", "supporter", "board", "yes", "yes"),
     "it differs from row 3: where both hold, tell them apart by participant; else correct or delete one"),
])  # fmt: skip
def test_of_two_people_with_one_name_nobody_is_to_be_deleted(row: tuple[str, ...], remedy: str, tmp_path: Path) -> None:
    added("participants.csv", *row)(build(tmp_path))
    problem = "data/raw/participants.csv row 4: a second row for participant P1-S1"
    assert causes(standing(load_study(tmp_path)).faults) == [f"{problem}; {remedy}"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_files_in_utf_16_are_read_also_without_a_mark(encoding: str, tmp_path: Path) -> None:
    build(tmp_path)
    for file in ("survey.csv", "actions.csv", "transcripts/I1.txt"):
        path = tmp_path / "data" / "raw" / file
        path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
    stands = standing(load_study(tmp_path))
    assert stands.faults == []
    assert "survey, wave 1: 4 answers (survey.csv)" in stands.there


@pytest.mark.parametrize("file", ["actions.csv", "survey.csv", "transcripts/I1.txt"])
@pytest.mark.parametrize("content", ['[\n  {"ID": 1, "pair": "P1"}]', '{"actions": [{"action": "A1"}]}', '[["a", 1]]'])
def test_json_is_refused_as_what_it_is(file: str, content: str, tmp_path: Path) -> None:
    text(file, content)(build(tmp_path))
    lines = causes(standing(load_study(tmp_path)).faults)
    remedy = "export the table as .csv or .xlsx, a transcript as .docx, .vtt or .txt"
    assert f"data/raw/{file}: is a JSON file; {remedy}" in lines


@pytest.mark.parametrize(("words", "reason"), [
    (["release", ".", "--out", "new", "--after", "old"], "--after old: no such folder"),
    (["code-sample", "sample.csv", "--codebook", "{codebook}"], "sample.csv: the sample is not there"),
])  # fmt: skip
def test_what_is_not_there_is_said_to_be_so(
    words: list[str], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main([word.format(codebook=PACKAGED / "codebook.yaml") for word in words]) == 1
    assert reason in capsys.readouterr().err


def titled(sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = "Who was asked, as far as we know"
    sheet.merge_cells("A1:D1")


def test_a_title_above_the_column_names_is_said_to_be_one_also_where_its_cells_are_merged(tmp_path: Path) -> None:
    edited("tracker.xlsx", titled)(build(tmp_path))
    (line,) = causes(standing(load_study(tmp_path)).faults)
    assert line.endswith("tracker.xlsx row 1: has 1 column name, and row 2 has 7 cells; delete the rows above the "
                         "column names")  # fmt: skip


def test_a_pseudonym_that_may_be_a_name_and_a_round_without_answers_are_no_cause_for_reports(tmp_path: Path) -> None:
    new_study(tmp_path / "new")
    for name, row in (("pairs", "P1,RA1,RB1,1 April 2025,,"), ("rounds", "1,1 May 2025")):
        path = tmp_path / "new" / "data" / "raw" / f"{name}.csv"
        path.write_text(f"{path.read_text('utf-8-sig')}{row}\n", encoding="utf-8")
    assert [step for step in standing(load_study(tmp_path / "new")).next if step.command == "run"] == []
    added("participants.csv", "Anna", "P1", "supporter", "board", "yes", "no")(build(tmp_path))
    said = [line for line in standing(load_study(tmp_path)).to_come if line.startswith("participants")]
    assert len(said) == 1
    assert "a person's name stands in data/raw/participants.csv row 4" in said[0]


def test_a_passage_that_is_approved_and_stands_in_no_report_is_said(tmp_path: Path) -> None:
    build(tmp_path)
    study = load_study(tmp_path)
    assert not [line for line in standing(study).aside if "in no report" in line]
    for row in (2, 3):
        cell("codings.csv", row, "end", "41")(tmp_path)
    cell("approvals.csv", 2, "start", "42")(tmp_path)
    said = [line for line in standing(study).aside if line.startswith("approved and in no report")]
    assert len(said) == 1
    assert "approvals.csv row 2:" in said[0]
