"""Board returns: the template and what is filled in, evidence for high ratings, workbooks that cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from buddy_eval import tables
from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.clean.outcomes import board_answers
from buddy_eval.read import Raw, read_raw
from buddy_eval.read.boards import ABOUT, COLUMNS, read_board
from buddy_eval.start.kit.workbooks import board_workbook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import Study
from invented_results import Rows, invented, pairs

INSTRUMENT = load_instrument()
FILE = "data/raw/boards/ZA1.xlsx"
TOP = (("Pair", "SYN01"), ("Side", "supporter"), ("Wave", 1), ("Answered by", "board"), ())
HEADER = ("question", "rating", "evidence", "owner_role", "review_date", "agreed_with_partner")


def workbook(folder: Path, *rows: tuple[str | float | None, ...], sheet: str = "Board", name: str = "ZA1.xlsx") -> Path:
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(row)
    book.save(folder / name)
    return folder / name


def refused(path: Path) -> list[str]:
    with pytest.raises(StudyError) as error:
        read_board(path, FILE)
    assert {fault.file for fault in error.value.faults} == {FILE}
    return [fault.problem for fault in error.value.faults]


def cleaned(folder: Path, *rows: tuple[str | float | None, ...]) -> tuple[pd.DataFrame, list[Fault]]:
    """The answers of one board whose questions stand from row 7 on, and the faults."""
    board = read_board(workbook(folder, *TOP, HEADER, *rows), FILE)
    faults: list[Fault] = []
    return board_answers(Raw(boards=[(FILE, board)]), INSTRUMENT, faults, {"SYN01"}), faults


def test_the_template_asks_every_question_and_reads_when_it_is_filled_in(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(board_workbook(INSTRUMENT)))
    page = book["Board"]
    page["B1"], page["B2"], page["B3"] = "SYN01", "receiver", 2
    for row in range(7, page.max_row + 1):
        page.cell(row, 3, 2)
    book.save(tmp_path / "ZB1.xlsx")
    board = read_board(tmp_path / "ZB1.xlsx", FILE)
    assert board["question"].tolist() == INSTRUMENT.questions["question"].tolist()
    assert list(board.index) == list(range(7, 7 + len(board)))
    assert list(board.columns) == [*COLUMNS, *ABOUT.values()]
    assert set(board["rating"]) == {"2"}
    assert board[["pair", "side", "wave", "member"]].drop_duplicates().to_numpy().tolist() == [
        ["SYN01", "receiver", "2", "board"]
    ]


def test_an_empty_template_says_which_lines_to_fill_in(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(board_workbook(INSTRUMENT))
    assert refused(tmp_path / "t.xlsx") == [
        f"the line {label!r} above the questions is empty" for label in ("pair", "side", "wave")
    ]


def test_what_a_workbook_lacks_is_named(tmp_path: Path) -> None:
    assert refused(workbook(tmp_path, *TOP)) == ["no row begins with 'question'"]
    assert refused(workbook(tmp_path, *TOP, HEADER, sheet="Sheet1")) == ["no sheet 'Board'"]
    assert refused(workbook(tmp_path, *TOP[1:], HEADER[:2])) == [
        "the line 'pair' above the questions is empty",
        *(f"no column {name!r}" for name in sorted(HEADER[2:])),
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "cannot be opened: it is damaged, or no workbook"),
        (b"\0\1\2nothing", "cannot be opened: it is damaged, or no workbook"),
        (bytes(range(0x80, 0x100)), "cannot be opened: it is damaged, or no workbook"),
        (b"only words\n", "cannot be opened: it is damaged, or no workbook"),
        (b"PK\x03\x04 nothing", "is damaged, encrypted or not what its name says"),
        (b"%PDF-1.7", "is a PDF"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused_plainly(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "ZA1.xlsx").write_bytes(content)
    assert refused(tmp_path / "ZA1.xlsx") == [problem]


def test_one_unreadable_workbook_hides_no_other_and_what_excel_keeps_open_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "boards"
    folder.mkdir(parents=True)
    workbook(folder, *TOP, HEADER, ("Q01", 2), name="ZB1.xlsx")
    (folder / "ZA1.xlsx").write_bytes(b"nothing")
    (folder / "~$ZB1.xlsx").write_bytes(b"owner")
    raw = read_raw(Study(root=tmp_path, title="A", team="B", raw={"boards": "boards"}))
    assert [file for file, _ in raw.boards] == ["data/raw/boards/ZB1.xlsx"]
    assert [fault.file for fault in raw.faults] == [FILE]


def test_ratings_non_answers_and_missing_ones_are_told_apart(tmp_path: Path) -> None:
    given = (0, 1.0, "2 ", "NA", "n/a", "dk", None)
    made, faults = cleaned(tmp_path, *((f"Q0{number}", rating) for number, rating in enumerate(given, 1)))
    assert faults == []
    assert made["rating"].fillna(-1).tolist() == [0, 1, 2, -1, -1, -1, -1]
    assert made["status"].tolist() == ["answered"] * 3 + ["not_applicable"] * 2 + ["dont_know", "missing"]


@pytest.mark.parametrize("rating", [5, -1, 2.5, "yes", "3-4", "N.A."])
def test_a_rating_that_is_not_on_the_scale_is_a_fault(tmp_path: Path, rating: str | float) -> None:
    _, faults = cleaned(tmp_path, ("Q01", 2), ("Q02", rating))
    assert [(fault.row, fault.problem) for fault in faults] == [(8, f"rating '{rating}' is not on the scale")]


def test_ratings_of_3_and_4_need_evidence_and_others_do_not(tmp_path: Path) -> None:
    made, faults = cleaned(
        tmp_path, ("Q01", 2), ("Q02", 3), ("Q03", 4, "  "), ("Q04", 3, "minutes of May"), ("Q05", "NA"), ("Q06", None)
    )
    assert [(fault.row, fault.problem, fault.remedy) for fault in faults] == [
        (8, "rating 3 without evidence", "name the evidence, or rate it 2"),
        (9, "rating 4 without evidence", "name the evidence, or rate it 2"),
    ]
    assert made["evidenced"].tolist() == [False, False, False, True, False, False]


def test_owner_date_and_agreement_of_the_partner_are_kept(tmp_path: Path) -> None:
    made, faults = cleaned(tmp_path, ("Q01", 3, "plan", "chief nurse", "2024-06-30", "yes"), ("Q02", 1))
    assert faults == []
    kept = made[["owner_role", "review_date", "agreed_with_partner"]]
    assert kept.iloc[:1].to_numpy().tolist() == [["chief nurse", pd.Timestamp("2024-06-30"), True]]
    assert kept.iloc[1:].isna().all(axis=None)


def test_all_faults_of_a_return_are_told_at_once(tmp_path: Path) -> None:
    rows = [("Q01", 4), ("Q99", 2), ("Q03", 7), ("Q04", 1, None, None, "soon"), ("Q01", 1)]
    assert {(fault.row, fault.problem) for fault in cleaned(tmp_path, *rows)[1]} == {
        (7, "rating 4 without evidence"),
        (8, "question 'Q99' is not in the instrument"),
        (9, "rating '7' is not on the scale"),
        (10, "review_date 'soon' is not a day of the calendar"),
        (11, "a second row for pair SYN01, side supporter, wave 1, member board, question Q01"),
    }


def test_a_pair_that_the_study_lacks_is_a_fault(tmp_path: Path) -> None:
    board = read_board(workbook(tmp_path, ("Pair", "SYN9"), *TOP[1:], HEADER, ("Q01", 2)), FILE)
    faults: list[Fault] = []
    board_answers(Raw(boards=[(FILE, board)]), INSTRUMENT, faults, {"SYN01"})
    assert [fault.problem for fault in faults] == ["pair 'SYN9' is not among the pairs"]


def test_two_workbooks_of_one_board_are_a_fault_and_two_members_are_not(tmp_path: Path) -> None:
    first = read_board(workbook(tmp_path, *TOP, HEADER, ("Q01", 2), ("Q02", 1)), FILE)
    faults: list[Fault] = []
    board_answers(Raw(boards=[(FILE, first), ("data/raw/boards/copy.xlsx", first)]), INSTRUMENT, faults, {"SYN01"})
    assert [(fault.file, fault.row, fault.problem) for fault in faults] == [
        ("data/raw/boards/copy.xlsx", row, "this board answers the question in another workbook too") for row in (7, 8)
    ]
    member = first.assign(member="KM")
    faults.clear()
    made = board_answers(Raw(boards=[(FILE, first), ("b.xlsx", member)]), INSTRUMENT, faults, {"SYN01"})
    assert (faults, len(made)) == ([], 4)


def test_a_study_without_boards_has_an_empty_table() -> None:
    assert board_answers(Raw(), INSTRUMENT, [], {"SYN01"}).empty


def test_boards_that_answered_in_two_waves_are_counted_once_and_by_their_latest(tmp_path: Path) -> None:
    row = {"view": "theme", "heading": "culture", "pair": "A", "n_questions": 5, "n_rated": 5, "not_applicable": 0}
    row |= {"dont_know": 0, "lowest": 1, "median": 2.0, "highest": 4}
    rows: Rows = [
        {**row, "side": side, "wave": wave, "in_place": wave} for side in ("supporter", "receiver") for wave in (1, 2)
    ]
    results = invented(tmp_path, "internal", {"pairs": pairs("A"), "readiness": rows})
    shown = tables.readiness(results)
    assert shown.frame["Boards"].tolist() == ["1", "1"]
    assert shown.frame["In place"].tolist() == ["2 of 5", "2 of 5"]
    assert "Wave 2, the latest of 2" in str(shown)
    both = tables.board_pair(results).frame.iloc[0]
    assert both["Supporter"] == "wave 1: 1 of 5 in place; wave 2: 2 of 5 in place"


def test_of_a_board_that_rated_nothing_no_lowest_answer_is_shown(tmp_path: Path) -> None:
    row = {"view": "theme", "heading": "culture", "pair": "A", "side": "supporter", "wave": 1, "n_questions": 5}
    row |= {"n_rated": 0, "in_place": 0, "not_applicable": 0, "dont_know": 5}
    shown = tables.readiness(invented(tmp_path, "internal", {"pairs": pairs("A"), "readiness": [row]}))
    assert shown.frame["Lowest to highest"].tolist() == ["none rated"]
