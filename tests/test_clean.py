"""Text to types with every bad cell named; outcome series under the trusts' codes of the study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import small_study
from buddy_eval.base.errors import Fault
from buddy_eval.clean.comments import that_speak
from buddy_eval.clean.outcomes import outcome_series
from buddy_eval.clean.types import known, typed
from buddy_eval.clean.words import with_consent
from buddy_eval.pipeline import run as pipeline
from buddy_eval.read import Raw
from buddy_eval.schemas import conform, empty, frame, raw
from buddy_eval.schemas.clean import SERIES
from buddy_eval.study.settings import load_study

VISITS = frame(
    "visits",
    "one visit",
    key="visit",
    visit="str! its name",
    people="int how many",
    hours="float how long",
    shared="bool notes were shared",
    day="date the day",
    month="period the month",
    side="side who came",
)


def visit(**columns: Sequence[str | None]) -> tuple[pd.DataFrame, list[Fault]]:
    """One visit in row 5 of a file (or as many as there are cells)."""
    length = max([len(cells) for cells in columns.values()], default=1)
    cells = {"visit": [f"v{number}" for number in range(length)], **columns}
    return typed(pd.DataFrame(cells, dtype="str", index=range(5, 5 + length)), VISITS, "v.csv")


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("day", " 31/03/2025 ", pd.Timestamp("2025-03-31")),
        ("day", "1 April 2025", pd.Timestamp("2025-04-01")),
        ("month", "March 2025", "2025-03"),
        ("people", " +12 ", 12),
        ("people", "007", 7),
        ("hours", ".5", 0.5),
        ("hours", "1.5E3", 1500.0),
        ("shared", "YES", True),
        ("shared", "0", False),
        ("day", "2024-02-29", pd.Timestamp("2024-02-29")),
        ("day", "2024-02-29 00:00:00", pd.Timestamp("2024-02-29")),
        ("month", "2024-02", "2024-02"),
        ("month", "2024", "2024"),
        ("side", "receiver", "receiver"),
    ],
)
def test_a_good_cell_becomes_its_value(column: str, cell: str, value: object) -> None:
    made, faults = visit(**{column: [cell]})
    assert faults == []
    assert made.loc[5, column] == value
    assert made.dtypes.astype("str").to_dict() == empty(VISITS).dtypes.astype("str").to_dict()


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("people", "12.0", "people '12.0' is not a whole number"),
        ("people", "\uff11\uff12", "people '\uff11\uff12' is not a whole number"),
        ("people", "9" * 19, f"people '{'9' * 19}' is not a whole number"),
        ("people", "about twelve people, perhaps more", "people 'a long text' is not a whole number"),
        ("hours", "1,5", "hours '1,5' is not a number such as 12.5"),
        ("hours", "nan", "hours 'nan' is not a number such as 12.5"),
        ("hours", "1e400", "hours '1e400' is not a number such as 12.5"),
        ("shared", "maybe", "shared 'maybe' is not yes or no"),
        ("shared", "yesno", "shared 'yesno' is not yes or no"),
        ("day", "02/29/2024", "day '02/29/2024' is not a day of the calendar"),
        ("day", "2023-02-29", "day '2023-02-29' is not a day of the calendar"),
        ("day", "0000-01-01", "day '0000-01-01' is not a day of the calendar"),
        ("month", "2024-13", "month '2024-13' is not a month or a year"),
        ("month", "10-24", "month '10-24' is not a month or a year"),
        ("side", "supporters", "side 'supporters' is not allowed"),
    ],
)
def test_a_bad_cell_is_one_fault_with_its_row_and_becomes_no_value(column: str, cell: str, said: str) -> None:
    made, faults = visit(**{column: [None, cell]})
    assert [(fault.row, fault.problem) for fault in faults] == [(6, said)]
    assert made[column].isna().tolist() == [True, column != "side"]


def test_columns_are_known_by_name_whatever_their_case_and_spaces_and_others_are_left_out() -> None:
    given = pd.DataFrame({" Source-ID ": ["s1"], "Coder": ["KM"], "ROLE": ["lead"], "extra": ["x"]}, dtype="str")
    made, faults = typed(given, raw.ASSIGNMENTS, "a.csv")
    assert (faults, made.to_dict("records")) == ([], [{"source_id": "s1", "coder": "KM", "role": "lead"}])


def test_an_absent_column_is_told_with_the_one_that_may_be_meant() -> None:
    made, faults = typed(pd.DataFrame({"source": ["s1"], "coder": ["KM"]}, dtype="str"), raw.ASSIGNMENTS, "a.csv")
    assert made.empty
    assert list(map(str, faults)) == [
        "a.csv row 1: no column 'source_id'; rename the column 'source'",
        "a.csv row 1: no column 'role'; add it",
    ]


def test_a_bad_cell_of_a_required_column_is_not_also_empty() -> None:
    given = pd.DataFrame({"source_id": "s1", "start": ["x"], "end": "4", "code": "CB1", "coder": "KM"}, dtype="str")
    assert [fault.problem for fault in typed(given, raw.CODINGS, "c.csv")[1]] == ["start 'x' is not a whole number"]


def test_empty_cells_unknown_values_and_keys_twice_are_told_at_once() -> None:
    cells = {"source_id": ["s1", "s1", "s2", None], "role": ["lead", "lead", "chief", "lead"]}
    given = pd.DataFrame({**cells, "coder": "KM"}, dtype="str", index=[2, 3, 4, 6])
    assert {(fault.row, fault.problem) for fault in typed(given, raw.ASSIGNMENTS, "a.csv")[1]} == {
        (3, "a second row for source_id s1, coder KM"),
        (4, "role 'chief' is not allowed"),
        (6, "source_id is empty"),
    }


def test_known_names_the_row_and_the_nearest_and_says_nothing_of_empty_cells() -> None:
    codings = pd.DataFrame({"code": ["CB1", None, "CB9"]}, dtype="str", index=[2, 3, 41])
    assert list(map(str, known(codings, "code", ["CB1", "CB8"], "codings.csv", "in the codebook"))) == [
        "codings.csv row 41: code 'CB9' is not in the codebook; use one of: CB1, CB8"
    ]
    assert known(codings, "theme", ["culture"], "codings.csv", "in the codebook") == []


def figures(*rows: tuple[str, str, float | None, float | None, float | None]) -> pd.DataFrame:
    """Outcomes of one indicator: trust, period, numerator, denominator, value."""
    made = pd.DataFrame(rows, columns=["ods", "period", "numerator", "denominator", "value"])
    made = made.assign(indicator="waiting", direction="lower_is_better", source="invented")
    return made.astype(dict.fromkeys(("numerator", "denominator", "value"), "float64"))


def series(given: pd.DataFrame, *successions: tuple[str, str, str | None]) -> tuple[pd.DataFrame, Raw]:
    """The series of a study of the pair AAA, BBB whose trusts went over as (code, successor, last day)."""
    pairs = pd.DataFrame({"pair": ["P"], "supporter": ["AAA"], "receiver": ["BBB"]}, dtype="str")
    trusts = pd.DataFrame(list(successions), columns=["ods", "successor", "valid_to"])
    trusts = trusts.astype({"valid_to": "datetime64[us]"})
    log = Raw(files={"outcomes": "o.csv"})
    return conform(outcome_series({"outcomes": given, "pairs": pairs, "trusts": trusts}, log), SERIES), log


def values(made: pd.DataFrame) -> list[tuple[str, str, float]]:
    days = made["period"].dt.strftime("%Y-%m-%d")
    return list(zip(made["ods"], days, made["value"].fillna(-1), strict=True))


def test_a_value_is_the_ratio_where_there_is_one_and_missing_where_nothing_can_be_divided() -> None:
    made, log = series(
        figures(("AAA", "2024-01", 1, 4, None), ("AAA", "2024-02", None, None, 9.5), ("AAA", "2024-03", 1, 4, 25),
                ("AAA", "2024-04", 0, 0, None), ("AAA", "2024-05", 3, 0, None))
    )  # fmt: skip
    assert made["value"].fillna(-1).tolist() == [0.25, 9.5, 0.25, -1, -1]
    assert [(line["n"], line["reason"]) for line in log.log] == [
        (2, "no value, and no numerator over a denominator that is not 0: rows 3, 4")
    ]


def test_months_and_years_begin_with_their_first_day_and_strangers_are_logged() -> None:
    made, log = series(
        figures(("AAA", "2024", None, None, 1), ("BBB", "2024-03", None, None, 2), ("ZZZ", "2024", None, None, 3))
    )
    assert values(made) == [("AAA", "2024-01-01", 1), ("BBB", "2024-03-01", 2)]
    assert made["frequency"].tolist() == ["year", "month"]
    assert [(line["action"], line["n"], line["reason"]) for line in log.log] == [
        ("left out", 1, "no trust of the study; kept for comparison alone")
    ]


def test_what_fills_a_box_and_says_nothing_is_no_comment_and_is_named() -> None:
    said = ["Fewer meetings.", "n/a", "None", "-", " no comment. ", "No", "\N{THUMBS UP SIGN}", "N.A.", "nil"]
    units = pd.DataFrame({"unit": [f"W1-{n}.F1" for n in range(9)], "source": "data/raw/s.csv", "text": said})
    made = Raw()
    kept = that_speak(units, {"W1-8.F1"}, made)  # somebody coded the last
    assert kept["text"].tolist() == ["Fewer meetings.", "No", "\N{THUMBS UP SIGN}", "nil"]
    assert [(line["item"], line["action"], line["n"]) for line in made.log] == [
        ("comments", "read", 4), ("comments", "left out", 5)
    ]  # fmt: skip


def test_what_is_said_of_many_files_alike_is_one_line_that_names_each() -> None:
    made = Raw()
    for n, file in enumerate(["t/a.txt", "t/b.docx", "t/c.txt"], 7):
        made.note(file, "turns", "read", 3)
        made.note(file, "words", "left out", n, "nobody says them")
    made.note("t/a.txt", "table", "left out", 1, "of figures")
    made.note("t/a.txt", "table", "left out", 2, "of figures")
    made.note("s.csv", "column Name", "dropped", 5, "names people")
    assert made.notable() == [
        "left out of 3 files in t: words: nobody says them: a.txt (7), b.docx (8), c.txt (9)",
        "left out of t/a.txt: table (1), table (2): of figures",
        "dropped of s.csv: column Name (5): names people",
    ]


def test_what_is_said_alike_of_files_in_several_folders_and_orders_of_columns_is_one_line() -> None:
    made = Raw()
    for file, columns in (("t/a.csv", "xy"), ("u/b.csv", "yx"), ("c.csv", "xy")):
        for n, column in enumerate(columns, 1):
            made.note(file, f"column {column}", "left out", n, "matches no item")
    (line,) = made.notable()
    assert line == (
        "left out of 3 files: column x, column y: matches no item: t/a.csv (1, 2), u/b.csv (2, 1), c.csv (1, 2)"
    )


def test_a_later_code_counts_for_the_trust_from_then_on_only() -> None:
    given = figures(
        ("AAA", "2024-01", None, None, 1),
        ("NEW", "2023-12", None, None, 8),
        ("NEW", "2024-01", None, None, 8),
        ("NEW", "2024-02", None, None, 2),
        ("NEW", "2024-03", None, None, 3),
        ("AAA", "2024-03", None, None, 4),
    )
    made, log = series(given, ("AAA", "NEW", "2024-01-31"))
    assert values(made) == [("AAA", "2024-01-01", 1), ("AAA", "2024-02-01", 2), ("AAA", "2024-03-01", 4)]
    assert {(line["action"], line["n"]) for line in log.log} == {("converted", 1), ("left out", 2)}


@pytest.mark.parametrize(("last", "period", "counts"), [
    ("2024-03-15", "2024-03", True), ("2024-03-15", "2024-02", False), ("2024-03-15", "2024", True),
    ("2024-12-31", "2024", False), ("2024-03-31", "2024-03", False), (None, "1999", True),
])  # fmt: skip
def test_the_period_of_a_merger_counts_under_the_later_code(last: str | None, period: str, counts: bool) -> None:
    made, _ = series(figures(("NEW", period, None, None, 1)), ("AAA", "NEW", last))
    assert made["ods"].tolist() == ["AAA"] * counts


def test_successors_are_followed_along_the_chain_and_never_in_a_circle() -> None:
    given = figures(("CCC", "2024-05", None, None, 1), ("CCC", "2024-02", None, None, 9))
    made, _ = series(given, ("AAA", "XXX", "2023-12-31"), ("XXX", "CCC", "2024-03-31"), ("CCC", "AAA", None))
    assert values(made) == [("AAA", "2024-05-01", 1)]


def test_two_trusts_that_become_one_both_have_its_figures() -> None:
    given = figures(("NEW", "2024-05", None, None, 1))
    made, _ = series(given, ("AAA", "NEW", "2024-04-30"), ("BBB", "NEW", "2024-04-30"))
    assert values(made) == [("AAA", "2024-05-01", 1), ("BBB", "2024-05-01", 1)]


def test_fewer_people_asked_than_took_part_is_a_fault_with_its_row(tmp_path: Path) -> None:
    folder = small_study.cut(tmp_path)
    path = folder / "data" / "raw" / "invitations.csv"
    head, *rows = small_study.table(path)
    small_study.write_table(path, [head, [*rows[0][:-1], "0"], *([*row[:-1], "0"] for row in rows[1:3]), *rows[3:]])
    faults = {fault.row: fault.problem for fault in pipeline.check(load_study(folder))}
    assert faults == {
        3: "0 asked, and 1 took part (interview, SYN01, receiver, clinical_leadership, wave 2)",
        4: "0 asked, and 1 took part (interview, SYN01, receiver, operational_clinical, wave 1)",
    }


def test_consent_that_cannot_be_read_is_none() -> None:
    people = pd.DataFrame({"participant": ["P1", "P2"], "consent": pd.array([True, None], "boolean")})
    sources = pd.DataFrame({"source": ["I1", "I2"], "participant": ["P1", "P2"], "file": ["1.txt", "2.txt"]})
    rows = pd.DataFrame({"source_id": ["I1", "I2"]})
    heard = Raw(files={"codings": "codings.csv"})
    plain = {"participants": people, "sources": sources, "assignments": rows, "codings": rows, "approvals": rows}
    kept = with_consent(plain, heard)
    assert kept["sources"]["source"].tolist() == ["I1"]
    assert all(kept[name]["source_id"].tolist() == ["I1"] for name in ("assignments", "codings", "approvals"))
