"""Survey exports: answers as given, non-answers apart from missing ones, and nobody counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from buddy_eval.base.errors import Fault
from buddy_eval.clean.people import everybody, survey_answers
from buddy_eval.read import Raw
from buddy_eval.read.exports import read_export
from buddy_eval.read.private import private_columns
from buddy_eval.read.surveys import answers
from buddy_eval.study.inputs import SurveyFile
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import Study

INSTRUMENT = load_instrument()
WORDING = INSTRUMENT.items.set_index("item")["wording"]
PEOPLE = {"ID": ["1", "2"], "Pair": ["SYN01"] * 2, "Side": ["supporter", "receiver"], "Role": ["board"] * 2}
FILE = "data/raw/s.csv"


def export(**columns: Sequence[str | None]) -> pd.DataFrame:
    """An export of two respondents, with columns added, replaced or (None) taken out."""
    made = {name: cells for name, cells in {**PEOPLE, **columns}.items() if list(cells) != [None]}
    return pd.DataFrame(made, dtype="str").set_axis([2, 4])


def read(frame: pd.DataFrame, wave: int | None = 1, *, linked: bool = False) -> tuple[pd.DataFrame, list[Fault]]:
    long, _, faults, _ = answers(frame, INSTRUMENT, FILE, wave, linked=linked)
    return long, faults


def problems(**columns: Sequence[str | None]) -> list[tuple[int, str]]:
    return [(fault.row, fault.problem) for fault in read(export(C1=["4", "4"], **columns))[1]]


@pytest.mark.parametrize(
    ("cell", "answer", "status"),
    [
        ("Strongly disagree", 1, "answered"),
        ("4 - agree", 4, "answered"),
        ("Agree (4)", 4, "answered"),
        ("[5] Strongly  agree", 5, "answered"),
        ("Neutral\u20133", 3, "answered"),
        ("6. Don\u2019t know", None, "dont_know"),
        (" agree ", 4, "answered"),
        ("5", 5, "answered"),
        ("NEUTRAL", 3, "answered"),
        ("Neither agree\u00a0nor  disagree", 3, "answered"),
        ("NA", None, "not_applicable"),
        ("Not applicable to my role", None, "not_applicable"),
        ("DK", None, "dont_know"),
        ("Don't know", None, "dont_know"),
        ("Don\u2019t know", None, "dont_know"),
        (None, None, "missing"),
    ],
)
def test_answers_are_numbers_and_non_answers_are_told_apart(cell: str | None, answer: int | None, status: str) -> None:
    long, faults = read(export(C1=[cell, "Disagree"]))
    assert faults == []
    assert long["status"].tolist() == [status, "answered"]
    assert [None if pd.isna(value) else value for value in long["answer"]] == [answer, 2]


def test_a_reversed_item_keeps_the_answer_as_given() -> None:
    assert INSTRUMENT.items.set_index("item").loc["C2", "reversed"]
    assert read(export(C2=["Strongly agree", "1"]))[0]["answer"].tolist() == [5, 1]


def test_an_unknown_label_is_a_fault_with_row_item_and_remedy_and_long_text_is_not_shown() -> None:
    _, faults = read(export(C1=["Strongly agre", "4"], C3=["6", "What I think of my manager is a long story indeed"]))
    assert [(fault.row, fault.problem) for fault in sorted(faults)] == [
        (2, "answer '6' to C3 is not on the scale"),
        (2, "answer 'Strongly agre' to C1 is not on the scale"),
        (4, "answer 'a long text' to C3 is not on the scale"),
    ]
    assert sorted(faults)[1].remedy == "did you mean 'strongly agree'?"


def test_words_and_a_number_that_differ_are_a_fault_and_both_prove_the_direction() -> None:
    _, faults = read(export(C1=["2 - Agree", "4"]))
    assert [str(fault) for fault in faults] == [
        f"{FILE} row 2: answer '2 - Agree' to C1 is not on the scale; "
        "its words are 4 on the scale of this study, not 2; export the words alone"
    ]
    assert read(export(C1=["1 - Strongly disagree", "3"]))[1] == []


@pytest.mark.parametrize(
    "name",
    ["C1", "c1", WORDING["C1"], WORDING["C1"].upper().rstrip("."), f"C1. {WORDING['C1']}", f" {WORDING['C1']}  "],
)
def test_an_item_is_known_by_its_id_or_its_wording(name: str) -> None:
    long, faults = read(export(**{name: ["4", "5"]}))
    assert (long["item"].tolist(), long["answer"].tolist(), faults) == (["C1", "C1"], [4, 5], [])


def test_columns_that_match_nothing_are_named_and_the_first_of_two_counts() -> None:
    frame = export(C1=["4", "5"], Mood=["low", "high"], **{WORDING["C1"]: ["1", "1"]})
    long, _, faults, unused = answers(frame, INSTRUMENT, FILE, 1, linked=False)
    assert (long["answer"].tolist(), faults, unused) == ([4, 5], [], ["Mood", WORDING["C1"]])


def test_a_name_that_stands_twice_is_a_fault_where_it_is_needed_and_else_both_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ID,Pair,Side,Role,C1,Other,Other,Email,Email,C1\n1,A,receiver,board,4,x,y,a,b,{}\n".format("2"))
    frame = read_export(path, FILE).frame
    assert list(frame.columns[5:]) == ["Other", "Other (2)", "Email", "Email (2)", "C1 (2)"]
    assert set(private_columns(frame)) == {"Email", "Email (2)"}
    frame = frame.drop(columns=["Email", "Email (2)"])
    faults = answers(frame, INSTRUMENT, FILE, 1, linked=False)[2]
    assert [str(fault) for fault in faults] == [f"{FILE} row 1: column 'C1' stands twice; keep one of them"]
    long, _, faults, unused = answers(frame.assign(**{"C1 (2)": None}), INSTRUMENT, FILE, 1, linked=False)
    assert (long["answer"].tolist(), faults, unused) == ([4], [], ["Other", "Other (2)", "C1 (2)"])


def test_all_absent_columns_are_told_at_once() -> None:
    _, faults = read(export(Pair=[None], Role=[None]), wave=None)
    assert [fault.problem for fault in faults] == [
        "no column for pair", "no column for role", "no column for wave", "no column matches an item"
    ]  # fmt: skip


def test_sides_and_roles_may_be_spelt_with_spaces_hyphens_and_capitals() -> None:
    frame = export(C1=["4", "4"], Side=["Supporter ", "RECEIVER"], Role=["Operational clinical", "senior-management"])
    long, faults = read(frame)
    assert faults == []
    assert long[["side", "role"]].to_numpy().tolist() == [
        ["supporter", "operational_clinical"],
        ["receiver", "senior_management"],
    ]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"Side": ["suporter", "receiver"]}, [(2, "side 'suporter' is not allowed")]),
        ({"Role": ["board", None]}, [(4, "role is empty")]),
        ({"Pair": [None, "SYN01"]}, [(2, "pair is empty or unreadable")]),
        ({"ID": ["1", None]}, [(4, "respondent (column 'ID') is empty or unreadable")]),
        (
            {"Pair": ["A", None], "Side": ["receiver", None], "Role": ["board", None]},
            [(4, "pair, side and role are empty")],
        ),
        ({"ID": ["1", "1"]}, [(4, "this respondent stands twice in one wave")]),
        ({"ID": ["1", " 1"]}, [(4, "this respondent stands twice in one wave")]),
        ({"wave": ["1", "two"]}, [(4, "wave is empty or unreadable")]),
        ({"wave": ["1", "1.5"]}, [(4, "wave is empty or unreadable")]),
        ({"ID": ["1", "1"], "wave": ["1", "2"]}, []),
    ],
)
def test_a_person_who_is_not_clear_is_a_fault(
    columns: dict[str, Sequence[str | None]], found: list[tuple[int, str]]
) -> None:
    assert problems(**columns) == found


def test_the_wave_is_that_of_the_column_else_that_of_the_settings() -> None:
    assert read(export(C1=["4", "4"]), wave=2)[0]["wave"].tolist() == [2, 2]
    assert read(export(C1=["4", "4"], Wave=["1", "3"]), wave=None)[0]["wave"].tolist() == [1, 3]
    assert read(export(C1=["4", "4"], Wave=["1", "3"]), wave=2)[0]["wave"].tolist() == [1, 3]


def test_only_linked_waves_follow_a_person() -> None:
    first, second = export(C1=["4", "5"]), export(C1=["3", "2"])
    names = [[set(read(frame, wave, linked=linked)[0]["participant"]) for wave, frame in enumerate((first, second), 1)]
             for linked in (False, True)]  # fmt: skip
    assert names == [[{"W1-1", "W1-2"}, {"W2-1", "W2-2"}], [{"P1", "P2"}, {"P1", "P2"}]]


def test_comments_are_kept_apart_from_answers() -> None:
    frame = export(C1=["4", "5"], F1=["Trust ", None], F2=["NA", "None"])
    long, comments, faults, _ = answers(frame, INSTRUMENT, FILE, 1, linked=False)
    assert (set(long["item"]), faults) == ({"C1"}, [])
    assert comments[["participant", "item", "text"]].to_numpy().tolist() == [
        ["W1-1", "F1", "Trust "],
        ["W1-1", "F2", "NA"],
        ["W1-2", "F2", "None"],
    ]


def together(
    *frames: pd.DataFrame, waves: tuple[int, ...] = (1, 1), linked: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, list[Fault], Raw]:
    """All survey files of a study: answers, comments, faults, and the raw files with their log."""
    files = [SurveyFile(f"s{number}.csv", wave) for number, wave in zip((1, 2), waves, strict=True)]
    raw, faults = Raw(surveys=list(zip(files, frames, strict=False))), list[Fault]()
    study = Study(root=Path("study"), title="A", team="B", linked=linked)
    return *survey_answers(raw, study, INSTRUMENT, faults, {"SYN01"}, {}), faults, raw


def test_files_of_several_waves_come_together_with_a_log() -> None:
    long, comments, faults, raw = together(
        export(C1=["4", "5"], Mood=["x", None]), export(C1=["1", None], F1=["Yes", None]), waves=(1, 2)
    )
    assert faults == []
    assert long[["participant", "wave", "status"]].to_numpy().tolist() == [
        ["W1-1", 1, "answered"], ["W1-2", 1, "answered"], ["W2-1", 2, "answered"], ["W2-2", 2, "missing"]
    ]  # fmt: skip
    assert comments[["participant", "file"]].to_numpy().tolist() == [["W2-1", "data/raw/s2.csv"]]
    log = [(line["file"], line["item"], line["action"], line["n"]) for line in raw.log]
    assert ("data/raw/s1.csv", "column Mood", "left out", 1) in log
    assert ("data/raw/s2.csv", "respondents", "read", 2) in log


def test_waves_that_ask_other_items_hold_each_word_once() -> None:
    long, _, faults, _ = together(
        export(C1=["4", "5"], C2=["Agree", None]), export(F1=["Yes", None], R1=["DK", "2"]), waves=(1, 2)
    )
    assert faults == []
    assert long[["participant", "item", "status"]].to_numpy().tolist() == [
        ["W1-1", "C1", "answered"], ["W1-2", "C1", "answered"], ["W1-1", "C2", "answered"],
        ["W1-2", "C2", "missing"], ["W2-1", "R1", "dont_know"], ["W2-2", "R1", "answered"],
    ]  # fmt: skip
    assert set(long[["participant", "pair", "side", "role", "item", "status"]].dtypes.astype("str")) == {"category"}


def test_a_wave_of_comments_alone_leaves_the_answers_of_the_other() -> None:
    long, comments, faults, _ = together(export(F1=["Yes", None]), export(C1=["4", "5"]), waves=(1, 2))
    assert (faults, long["answer"].tolist(), comments["text"].tolist()) == ([], [4, 5], ["Yes"])


@pytest.mark.parametrize("column", ["Pair", "pair", "Pair ID"])
def test_a_pair_that_the_study_lacks_is_a_fault_whatever_its_column_is_called(column: str) -> None:
    frame = export(C1=["4", "5"], C3=["4", "5"]).rename(columns={"Pair": column})
    frame[column] = [" SYN01 ", "SYN10"]
    assert [str(fault) for fault in together(frame)[2]] == [
        "data/raw/s1.csv row 4: pair 'SYN10' is not among the pairs; use one of: SYN01"
    ]


@pytest.mark.parametrize(
    ("waves", "linked", "n_faults"), [((1, 1), False, 1), ((1, 2), False, 0), ((1, 2), True, 0), ((1, 1), True, 1)]
)
def test_one_respondent_in_two_files_of_a_wave_is_a_fault(waves: tuple[int, int], linked: bool, n_faults: int) -> None:
    frame = export(C1=["4", "5"])
    found = together(frame, export(C1=["4", "5"], ID=["2", "3"]), waves=waves, linked=linked)[2]
    assert [(fault.file, fault.row, fault.problem) for fault in found] == [
        ("data/raw/s2.csv", 2, "this respondent stands in another file of the wave too")
    ][:n_faults]


def test_a_file_of_comments_alone_loses_no_comment_and_nobody() -> None:
    long, comments, faults, _ = together(export(F1=["Trust", None]))
    assert faults == []
    assert comments["text"].tolist() == ["Trust"]
    assert long.empty


def test_everybody_stands_once_and_respondents_are_never_quoted() -> None:
    interviewed = pd.DataFrame([("SYN01-R1", "SYN01", "receiver", "board", True, True)],
                               columns=["participant", "pair", "side", "role", "consent", "quotes"])  # fmt: skip
    second = export(F1=["Trust", "Time"], ID=["2", "3"])
    frames = together(export(C1=["4", "5"], C3=["1", None]), second, waves=(1, 2), linked=True)
    people = everybody(interviewed, *frames[:2])
    assert people[["participant", "kind", "quotes"]].to_numpy().tolist() == [
        ["SYN01-R1", "interview", True], ["P1", "survey", False], ["P2", "survey", False], ["P3", "survey", False]
    ]  # fmt: skip
