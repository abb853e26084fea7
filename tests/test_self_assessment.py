"""A board that considers an arrangement: a workbook without a pair, and a page on what is open, whose, by when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from buddy_eval.cli.main import main
from buddy_eval.start.self_assessment import self_assessment
from buddy_eval.study.instrument import load_instrument
from survey_tools import word_text

QUESTIONS = load_instrument().questions.sort_values("position")


@pytest.fixture
def workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The workbook that the command makes, filled in as a board does."""
    path = tmp_path / "ours.xlsx"
    assert main(["board", str(path)]) == 0
    assert "fill it in" in capsys.readouterr().out
    book = load_workbook(path)
    sheet = book["Board"]
    assert [sheet[f"A{row}"].value for row in range(1, 5)] == ["Board", None, None, "Answered by"]
    sheet["B1"] = "Marram Coast NHS Trust"
    filled: dict[int, tuple[int | str | None, ...]] = {
        7: (3, "minutes of May", None, None),
        8: (1, None, "chair", "31/03/2097"),
        9: (2, None, "chief nurse", "1 May 2096"),
        10: ("NA", None, None, None),
        11: ("DK", None, None, None),
        12: (4, "joint review", "chair", None),
    }
    for row, cells in filled.items():
        for letter, value in zip("CDEF", cells, strict=True):
            sheet[f"{letter}{row}"] = value
    book.save(path)
    return path


def test_the_page_says_what_is_open_whose_and_by_when(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["board", str(workbook)]) == 0
    n = len(QUESTIONS)
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith(f"{n - 3} of {n} questions are open")
    text = word_text(workbook.with_suffix(".docx"))
    assert f"Marram Coast NHS Trust answered {n} questions" in text
    assert f"2 in place, {n - 3} open, 1 not applicable" in text
    wordings = QUESTIONS["wording"].tolist()
    rows = [line for line in text.splitlines() if line.startswith(tuple(wordings))]
    assert rows[0] == f"{wordings[2]} | Answer agreed, not yet acted on | chief nurse | 1 May 2096"
    assert rows[1] == f"{wordings[1]} | Discussed | chair | 31 March 2097"
    assert rows[2] == f"{wordings[4]} | don't know | nobody yet | no date yet"
    assert len(rows) == n - 3
    assert f"{n - 5} of the {n - 3} open questions have no owner, {n - 5} no date." in text
    assert main(["board", str(workbook), "--out", str(workbook.with_name("again.docx"))]) == 0
    assert workbook.with_name("again.docx").read_bytes() == workbook.with_suffix(".docx").read_bytes()


def test_every_question_is_in_place_open_or_apart(workbook: Path) -> None:
    made = self_assessment(workbook, date(2096, 6, 1))
    assert len(made.questions) == len(QUESTIONS)
    assert made.open["by"].head(3).tolist() == ["1 May 2096 (overdue)", "31 March 2097", "no date yet"]
    by_theme = made.questions.groupby("theme")["state"].value_counts()
    assert by_theme.sum() == len(QUESTIONS)
    assert set(made.questions["state"]) == {"place", "open", "apart"}


def test_faults_of_the_workbook_are_told_with_their_row_and_no_page_is_made(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = load_workbook(workbook)
    book["Board"]["C8"], book["Board"]["F9"], book["Board"]["D12"] = 9, "soon", None
    book.save(workbook)
    assert main(["board", str(workbook)]) == 1
    said = capsys.readouterr().err
    for part in ("ours.xlsx row 8: rating '9'", "ours.xlsx row 9: review_date 'soon'", "row 12: rating 4 without"):
        assert part in said
    assert not workbook.with_suffix(".docx").exists()


@pytest.mark.parametrize(
    ("words", "remedy"), [(["a.docx"], "a.xlsx"), (["b.csv"], "b.xlsx"), (["c.xlsx", "d.pdf"], "d.docx")]
)
def test_a_file_of_another_name_than_kind_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], remedy: str
) -> None:
    workbook, *out = (str(tmp_path / word) for word in words)
    assert main(["board", workbook, *(["--out", *out] if out else [])]) == 1
    assert f"call it {remedy}" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []
