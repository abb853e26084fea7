"""What is well-formed and cannot be is a fault; what lies beside the files that are read is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

import small_study
from buddy_eval.clean import clean
from buddy_eval.read import Raw, read_raw
from buddy_eval.start.companion import standing
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import load_study

BEYOND = 10_000_000


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return small_study.cut(tmp_path)


def problems(folder: Path) -> list[tuple[str, int, str]]:
    study = load_study(folder)
    codebook = load_codebook(study.codebook)
    made = clean(read_raw(study), study, codebook, load_instrument(study.instrument, codebook))
    return [(Path(fault.file).name, fault.row, fault.problem) for fault in made.faults]


def left_out(raw: Raw) -> list[tuple[str, str]]:
    return [(str(line["file"]).removeprefix("data/raw/"), str(line["item"])) for line in raw.log
            if line["action"] == "left out" and not str(line["item"]).startswith("words before")]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column", "value", "problem"),
    [
        ("pairs", "receiver", "ZA1", "supporter and receiver are the same trust"),
        ("pairs", "end", "1999-01-01", "the end lies before the start"),
        ("outcomes", "numerator", "-3", "numerator is -3"),
        ("outcomes", "ods", "za1", "ods 'za1' is 'ZA1' in other letters"),
        ("outcomes", "ods", "Z A1", "ods 'Z A1' is 'ZA1' in other letters"),
        ("outcomes", "ods", "Z\uff211", "ods 'Z\uff211' is 'ZA1' in other letters"),
        ("outcomes", "ods", "ZA1-", "ods 'ZA1-' is 'ZA1' in other letters"),
        ("outcomes", "ods", "ZA101", "ods 'ZA101' is a site of 'ZA1'"),
        ("outcomes", "ods", "{name}", "ods '{name}' is the name of 'ZA1'"),
        ("outcomes", "ods", "The {name} NHS Trust", "ods 'The {name} NHS Trust' is the name of 'ZA1'"),
    ],
)
def test_a_row_that_cannot_be_is_a_fault_with_file_and_row(
    study: Path, table: str, column: str, value: str, problem: str
) -> None:
    header, *rows = small_study.table(study / "data" / "raw" / "trusts.csv")
    name = next(row[header.index("name")] for row in rows if row[header.index("ods")] == "ZA1")
    small_study.set_cell(study / "data" / "raw" / f"{table}.csv", 2, column, value.format(name=name))
    assert (f"{table}.csv", 2, problem.format(name=name)) in problems(study)


def test_an_indicator_has_one_unit_and_one_direction(study: Path) -> None:
    path = study / "data" / "raw" / "outcomes.csv"
    header, *rows = small_study.table(path)
    places = [header.index(name) for name in ("indicator", "numerator", "denominator", "value", "direction")]
    indicator, numerator, denominator, value, direction = places
    row = next(n for n, row in enumerate(rows) if row[numerator] and float(row[denominator]) > 0)
    share = float(rows[row][numerator]) / float(rows[row][denominator])
    changed = [cells[:] for cells in rows]
    changed[row][numerator] = changed[row][denominator] = ""
    changed[row][value] = f"{100 * share:.1f}"
    other = "neither" if rows[row][direction] != "neither" else "lower_is_better"
    last = max(n for n, cells in enumerate(rows) if cells[indicator] == rows[row][indicator])
    changed[last][direction] = other
    small_study.write_table(path, [header, *changed])
    said = sorted(problems(study), key=lambda line: line[1])
    assert [line[:2] for line in said] == [("outcomes.csv", row + 2), ("outcomes.csv", last + 2)]
    assert f"is {100 * share:.1f} here and " in said[0][2]
    assert said[0][2].endswith("two units")
    assert said[1][2] == f"direction of {rows[row][indicator]!r} is {other!r} here and {rows[row][direction]!r} above"


def test_values_that_cannot_be_used_and_periods_that_are_all_alike_are_said_with_their_rows(study: Path) -> None:
    path = study / "data" / "raw" / "outcomes.csv"
    header, *rows = small_study.table(path)
    ods, period, numerator, denominator, value = (
        header.index(name) for name in ("ods", "period", "numerator", "denominator", "value")
    )
    for cells, (above, below) in zip(rows, (("3", "0"), ("3", ""), ("", "3"), ("", "")), strict=False):
        cells[numerator], cells[denominator], cells[value] = above, below, ""
    still = [[f"X{n:02d}" if place == ods else cell for place, cell in enumerate(rows[9])] for n in range(12)]
    for cells in still:
        cells[period], cells[numerator], cells[denominator], cells[value] = "2001-01", "0", "5", ""
    small_study.write_table(path, [header, *rows, *still])
    settings = load_study(study)
    assert problems(study) == []
    said = standing(settings).aside
    why = "no value, and no numerator over a denominator that is not 0: rows 2, 3, 4, 5"
    assert f"left out of data/raw/outcomes.csv: values (4): {why}" in said
    still_ones = [line for line in said if line.endswith("all 12 trusts have 0: is that so?")]
    assert any("2001-01 (12)" in line for line in still_ones)


@pytest.mark.parametrize("table", ["codings", "approvals"])
def test_a_passage_that_ends_beyond_its_text_is_a_fault(study: Path, table: str) -> None:
    assert problems(study) == []
    small_study.set_cell(study / "data" / "raw" / f"{table}.csv", 2, "end", str(BEYOND))
    (one,) = problems(study)
    assert one[:2] == (f"{table}.csv", 2)
    assert f"end {BEYOND} lies beyond the text" in one[2]


def test_files_and_sheets_beside_those_that_are_read_are_named(study: Path) -> None:
    raw = study / "data" / "raw"
    before, boards = read_raw(load_study(study)), raw / "boards"
    (boards / "ZA1.xlsx").rename(boards / "ZA1.XLSX")
    book = load_workbook(boards / "ZA2.xlsx")
    book.create_sheet("Second wave")["A1"] = "forgotten"
    book.create_sheet("Empty")
    book.save(boards / "ZA2.xlsx")
    small_study.copy(boards / "ZA2.xlsx", boards / "wave 2" / "ZA2.xlsx")
    (boards / "notes.csv").write_text("x\n", encoding="utf-8")
    small_study.copy(next((raw / "transcripts").glob("*.txt")), raw / "transcripts" / "old" / "T.txt")
    after = read_raw(load_study(study))
    assert len(after.boards) == len(before.boards)
    assert set(left_out(after)) - set(left_out(before)) == {
        ("boards/ZA2.xlsx", "sheet Second wave"),
        ("boards/notes.csv", "file"),
        ("boards/wave 2/ZA2.xlsx", "file"),
        ("transcripts/old/T.txt", "transcript"),
    }


def test_a_second_sheet_of_a_survey_is_named(study: Path) -> None:
    rows = small_study.table(study / "data" / "raw" / "survey_wave_1.csv")
    book = Workbook()
    for title in ("Answers", "More answers"):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(study / "data" / "raw" / "survey_wave_1.xlsx")
    settings = study / "study.toml"
    text = settings.read_text(encoding="utf-8").replace("survey_wave_1.csv", "survey_wave_1.xlsx")
    settings.write_text(text, encoding="utf-8")
    assert ("survey_wave_1.xlsx", "sheet More answers") in left_out(read_raw(load_study(study)))


def test_a_line_for_excel_alone_is_told_with_its_remedy(study: Path) -> None:
    path = study / "data" / "raw" / "pairs.csv"
    path.write_text("sep=;\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert ("pairs.csv", 1, "begins with a line for Excel alone (sep=)") in problems(study)


def test_groups_of_comments_that_differ_by_blanks_or_capitals_alone_are_named_and_others_are_not(study: Path) -> None:
    raw = study / "data" / "raw"
    rows = ["Ward 1", "ward 1", "Ward  1", "<30", ">30", "Ward 12"]
    text = "".join(f"c{n},Invented words.,{group}\n" for n, group in enumerate(rows))
    (raw / "comments.csv").write_text(f"comment,text,group\n{text}", encoding="utf-8")
    settings = (study / "study.toml").read_text("utf-8")
    (study / "study.toml").write_text(
        settings.replace("[raw]", '[raw]\ncomments = "comments.csv"', 1), encoding="utf-8"
    )
    other = "is 'Ward 1' with other blanks or capitals"
    assert problems(study) == [
        ("comments.csv", 3, f"group 'ward 1' {other}"),
        ("comments.csv", 4, f"group 'Ward  1' {other}"),
    ]
