"""Every filled cell of a table is read, named as left out, or a fault; what a file is, its content says."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import held
import taken_apart
from buddy_eval.base.errors import StudyError
from buddy_eval.cli.main import main
from buddy_eval.read.boards import read_board
from buddy_eval.read.exports import read_export
from buddy_eval.read.surveys import answers
from buddy_eval.read.table import read_table
from buddy_eval.read.workbook import beside, errors_in_xls
from buddy_eval.study.instrument import load_instrument

HEADER: list[object] = ["pair", "side", "q1"]
ROWS: list[list[object]] = [["A", "s", 1], ["B", "r", 2], ["C", "s", 3]]
Change = Callable[[Worksheet], object]


def workbook(path: Path, rows: Sequence[Sequence[object]], change: Change = lambda sheet: None) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    change(book.worksheets[0])
    book.save(path)
    return path


def refused(path: Path) -> str:
    with pytest.raises(StudyError) as error:
        read_table(path, path.name)
    return str(error.value)


def rows_of(path: Path) -> dict[int, list[str]]:
    frame = read_table(path, path.name).fillna("")
    return dict(zip(frame.index, frame.to_numpy().tolist(), strict=True))


def test_rows_below_blank_rows_and_a_table_that_begins_further_down_are_read_by_their_own_numbers(
    tmp_path: Path,
) -> None:
    below = workbook(tmp_path / "a.xlsx", [HEADER, ROWS[0], [], [], ROWS[1]])
    assert rows_of(below) == {2: ["A", "s", "1"], 5: ["B", "r", "2"]}
    down = workbook(tmp_path / "b.xlsx", [[], [], HEADER, ROWS[0]])
    (tmp_path / "c.csv").write_text("\n,,\npair,side,q1\nA,s,1\n", encoding="utf-8")
    assert rows_of(down) == rows_of(tmp_path / "c.csv") == {4: ["A", "s", "1"]}


@pytest.mark.parametrize("above", [["Our survey"], ["Our survey", ""], ["# from the tool"]])
def test_a_title_above_the_column_names_is_one_fault_with_its_remedy(tmp_path: Path, above: list[object]) -> None:
    rows = [above, [], HEADER, *ROWS]
    said = "has 1 column name, and row 3 has 3 cells; delete the rows above the column names"
    (tmp_path / "a.csv").write_bytes(held.comma([[str(cell) for cell in row] for row in rows]))
    for path in (tmp_path / "a.csv", workbook(tmp_path / "a.xlsx", rows)):
        assert said in refused(path)
        assert "\n" not in refused(path)


def test_an_error_stands_as_a_spreadsheet_shows_it_and_a_formula_without_value_is_a_fault(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["A", "s", "#N/A"], ["B", "#DIV/0!", 2]])
    assert rows_of(path) == {2: ["A", "s", "#N/A"], 3: ["B", "#DIV/0!", "2"]}
    path = workbook(tmp_path / "b.xlsx", [HEADER, ["A", "s", "=SUM(1,2)"], ["B", "r", "=1/0"]])
    assert "b.xlsx row 2: cell C2, C3: a formula without its value; open it, let it calculate" in refused(path)


def test_errors_of_a_workbook_of_before_2007_are_found_in_its_records() -> None:
    error = b"\x05\x02\x08\x00" + bytes([12, 0, 1, 0, 15, 0, 0x2A, 1])
    formula = b"\x06\x00\x16\x00" + bytes([13, 0, 1, 0, 15, 0, 2, 0, 0x1D, 0, 0, 0, 0xFF, 0xFF])
    number = b"\x06\x00\x16\x00" + bytes([14, 0, 1, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    assert errors_in_xls(b"before" + error + number + formula) == [(13, 2), (14, 2)]


OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def open_sheet(path: Path, *rows: str) -> Path:
    names = " ".join(f'xmlns:{part}="{OPEN}:{part}:1.0"' for part in ("office", "table", "text"))
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f'<office:document-content {names} xmlns:calcext="urn:calcext"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind, manifest = b"application/vnd.oasis.opendocument.spreadsheet", f'<m:manifest xmlns:m="{OPEN}:manifest:1.0"/>'
    parts = {"mimetype": kind, "META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode()}
    path.write_bytes(held.archive(parts))
    return path


def cell(text: str, more: str = "", kind: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {kind} {more}><text:p>{text}</text:p></table:table-cell>"


def test_an_open_document_sheet_keeps_its_errors_and_what_stands_for_many(tmp_path: Path) -> None:
    error = cell("#DIV/0!", 'office:string-value="" calcext:value-type="error" table:formula="of:=1/0"')
    noted = "<table:table-cell><office:annotation><text:p>no cell</text:p></office:annotation></table:table-cell>"
    path = open_sheet(
        tmp_path / "a.ods", cell("a") + cell("b"), error + noted, cell("x", 'table:number-columns-repeated="2"')
    )
    assert rows_of(path) == {2: ["#DIV/0!", ""], 3: ["x", "x"]}
    path = open_sheet(tmp_path / "b.ods", cell("a"), '<table:table-cell table:formula="of:=1+1"/>')
    assert "cell A2: a formula without its value" in refused(path)
    path = open_sheet(tmp_path / "c.ods", cell("a") + cell("b"), cell("x", 'table:number-rows-spanned="2"') + cell("y"))
    assert "cells A2:A3 are merged" in refused(path)


@pytest.mark.parametrize(
    ("area", "rows"),
    [
        ("A1:B1", [["About", "", "Trust"], ["pair", "side", "q1"], ["A", "s", 1]]),
        ("B1:C1", [["pair", "q1", None], ["A", 1, 2]]),
        ("A2:A3", [["pair", "q1"], ["A", 1], [None, 3]]),
    ],
)
def test_merged_cells_are_named_by_their_area(tmp_path: Path, area: str, rows: list[list[object]]) -> None:
    path = workbook(tmp_path / "a.xlsx", rows, lambda sheet: sheet.merge_cells(area))
    assert f"cells {area} are merged, and hold one value for several; unmerge them" in refused(path)


def test_merged_questions_of_a_board_are_named_too(tmp_path: Path) -> None:
    top = [["Pair", "SYN01"], ["Side", "receiver"], ["Wave", "1"], ["Answered by", "board"]]
    names = ["question", "rating", "evidence", "owner_role", "review_date", "agreed_with_partner"]
    path = workbook(
        tmp_path / "a.xlsx", [*top, names, ["Q01", "2"], ["", "3"]], lambda sheet: setattr(sheet, "title", "Board")
    )
    with pytest.raises(StudyError, match="row 7: question is empty"):
        read_board(path, "a.xlsx")


def test_what_is_hidden_is_read_and_said_and_a_hidden_sheet_is_not_taken_for_the_first(tmp_path: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = sheet.column_dimensions["B"].hidden = True
        first = sheet.parent.create_sheet("Lists", 0)  # type: ignore[union-attr]
        first["A1"], first.sheet_state = "yes", "hidden"

    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS], hide)
    assert len(rows_of(path)) == len(ROWS)
    assert [line[:3] for line in beside(path, "a.xlsx")] == [
        ("sheet Lists", "left out", 1), ("rows", "hidden", 1), ("columns", "hidden", 1)]  # fmt: skip


TEXT = b"pair,side,q1\nA,s,1\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"%PDF-1.7\n", "is a PDF; save what it was made from"),
        ("a.csv", b"<html><body><table><tr><td>pair</td></tr></table>", "is a web page (HTML), whatever its name"),
        ("a.xls", b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "is a web page (HTML)"),
        ("a.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "is an Excel file of 2003 (XML)"),
        ("a.csv", held.archive({"project.qde": b"<Project/>"}), "name it under [[raw.project]]"),
        ("a.csv", b'<?xml version="1.0"?><Project xmlns="urn:QDA-XML:project:1.0"/>', "is a REFI-QDA project"),
        ("a.csv", held.document(["words"]), "is a Word file, not a table"),
        ("a.csv", OLE + "WordDocument\0".encode("utf-16-le"), "save it in Word as .docx"),
        ("a.xlsx", OLE, "is encrypted"),
        ("a.csv", held.archive({"xl/workbook.bin": b""}), "is a binary workbook (.xlsb)"),
        ("a.csv", b"PAR1", "is a Parquet file; save it as .csv"),
        ("a.csv", TEXT.decode().encode("utf-32"), "holds NUL characters"),
        ("a.xlsx", b"\0\1\2", "cannot be opened: it is damaged, or no workbook; open it, save it again as .xlsx"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line_that_says_what_it_is(
    tmp_path: Path, name: str, data: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert said in refused(path)
    assert main(["agreement", str(path)]) == 1
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_a_database_of_another_tool_is_told_by_its_content(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "data.csv")
    database.execute("create table code_name (name text)")
    database.close()
    assert "is a database (SQLite)" in refused(tmp_path / "data.csv")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", TEXT),
        ("a.xls", TEXT.replace(b",", b"\t")),
        ("a.csv", TEXT.replace(b",", b"|")),
        ("a.csv", TEXT.decode().replace(",", ";").encode("utf-16")),
        ("a.csv", held.workbook([["pair", "side", "q1"], ["A", "s", "1"]])),
        ("a.xls", held.workbook([["pair", "side", "q1"], ["A", "s", "1"]])),
        ("a", held.workbook([["pair", "side", "q1"], ["A", "s", "1"]])),
    ],
)
def test_a_table_is_read_under_any_name(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert rows_of(tmp_path / name) == {2: ["A", "s", "1"]}


def test_commas_in_the_wording_of_a_question_are_no_separators(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Do you, in general, agree, or not?;Role\n3;board\n", encoding="utf-8")
    assert rows_of(tmp_path / "a.csv") == {2: ["3", "board"]}


ENDS: dict[str, dict[int | float, str]] = {
    "half": {1: "Strongly agree", 5: "Strongly disagree"},
    "same": {1: "Strongly disagree", 5: "Strongly agree"},
}
ABOUT = {"respondent": list("abcde"), "pair": "SYN01", "side": "receiver", "role": "board"}


def answered(path: Path) -> tuple[list[int], list[str]]:
    """The answers to C1 in a file, and what is wrong with it."""
    export = read_export(path, path.name)
    long, _, faults, _ = answers(
        export.frame, load_instrument(), path.name, 1, linked=False, texts=export.texts, labels=export.labels
    )
    return long["answer"].tolist(), [fault.problem for fault in faults]


def test_labels_of_the_ends_alone_turn_a_scale_whole_or_not_at_all(tmp_path: Path) -> None:
    frame = pd.DataFrame({**ABOUT, "C1": [1.0, 2, 3, 4, 5]})
    for name, ends in ENDS.items():
        pyreadstat.write_sav(frame, str(tmp_path / f"{name}.sav"), variable_value_labels={"C1": ends})
    assert answered(tmp_path / "same.sav") == ([1, 2, 3, 4, 5], [])
    said = "C1 holds labels and bare numbers, and 'Strongly agree' is 1 in the file"
    assert answered(tmp_path / "half.sav")[1] == [said]
    every: dict[int | float, str] = dict(
        enumerate(["Strongly agree", "Agree", "Neutral", "Disagree", "Strongly disagree"], 1)
    )
    pyreadstat.write_sav(frame, str(tmp_path / "all.sav"), variable_value_labels={"C1": every})
    assert answered(tmp_path / "all.sav") == ([5, 4, 3, 2, 1], [])
    frame.assign(C1=["Strongly agree", 2, 3, 4, "Strongly disagree"]).to_csv(tmp_path / "a.csv", index=False)
    said = "C1 holds labels and bare numbers, and nothing says which number 'Strongly agree' is"
    assert answered(tmp_path / "a.csv")[1] == [said]
    frame.assign(C1=["Don't know", 2, 3, 4, "N/A"]).to_csv(tmp_path / "b.csv", index=False)
    assert answered(tmp_path / "b.csv")[1] == []


def test_what_spss_declares_to_be_missing_is_counted(tmp_path: Path) -> None:
    frame = pd.DataFrame({**ABOUT, "C1": [1.0, 2, 99, 4, None]})
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), missing_ranges={"C1": [99]})
    export = read_export(tmp_path / "a.sav", "a.sav")
    assert (export.missing, export.frame["C1"].notna().sum()) == (1, 3)


def test_a_title_with_a_comma_above_a_table_of_tabs_does_not_join_its_cells(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("Our survey, 2024\npair\tside\tq1\nA\ts\t1,5\nB\tr\t2\n", encoding="utf-8")
    assert "delete the rows above the column names" in refused(tmp_path / "a.tsv")


@pytest.mark.parametrize("kind", taken_apart.FORMATS)
def test_no_cell_of_a_table_taken_apart_is_lost(tmp_path: Path, kind: str) -> None:
    outcomes = list(taken_apart.trials(tmp_path, kind, 30))
    assert [done for done, own, _ in outcomes if own == "LOST"] == []
    assert sum(own == "conserved" for _, own, _ in outcomes) >= len(outcomes) / 3


def test_a_question_of_survey_monkey_stands_above_its_parts(tmp_path: Path) -> None:
    rows = [["RespondentID", "Do you agree?", "Which do you use?", "", "Why?"],
            ["", "Response", "Phone", "Post", "Open-Ended Response"], ["11", "Yes", "", "Post", "None"]]  # fmt: skip
    (tmp_path / "a.csv").write_bytes(held.comma(rows))
    export = read_export(tmp_path / "a.csv", "a.csv")
    assert export.kind == "SurveyMonkey"
    assert list(export.frame.columns) == [
        "RespondentID", "Do you agree?", "Which do you use? - Phone", "Which do you use? - Post", "Why?"]  # fmt: skip
    assert export.frame.fillna("").to_numpy().tolist() == [rows[2]]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_the_numbers_of_rows_that_r_and_pandas_write_first_are_a_column_of_a_survey_and_no_fault(
    tmp_path: Path, name: str
) -> None:
    rows = [["", "respondent", "answer"], ["1", "r1", "4"], ["2", "r2", "5"]]
    (tmp_path / name).write_bytes(held.comma(rows) if name == "a.csv" else held.workbook(rows))
    frame = read_export(tmp_path / name, name).frame
    assert frame.columns.tolist() == ["column 1", "respondent", "answer"]
    assert frame.to_numpy().tolist() == rows[1:]
    with pytest.raises(StudyError, match="column 1 has no name"):
        read_table(tmp_path / name, name)
