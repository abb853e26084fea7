"""Whose words they are: labels of any script, headers of exporters, people nobody listed, people who say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import held
import small_study
from buddy_eval.base.errors import StudyError
from buddy_eval.read import read_raw
from buddy_eval.read.transcripts import read_transcript
from buddy_eval.study.settings import load_study

TITLE = "Associate Director of Nursing and Midwifery"


def said(folder: Path, name: str, text: str, people: tuple[str, ...]) -> list[tuple[str, str]]:
    data = held.document(text.split("\n")) if name.endswith(".docx") else text.encode()
    (folder / name).write_bytes(data)
    made = read_transcript(folder / name, name, people)
    return [(turn.speaker, made.text[turn.start : turn.end]) for turn in made.turns]


@pytest.mark.parametrize("label", ["Élodie", "1A", "Hart, Jo", TITLE, "Юлия", "张伟", "nurse"])
@pytest.mark.parametrize("form", ["{}: Yes.", "  {}: Yes.", "{}\u00a0: Yes.", "{}\uff1a Yes."])
@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.vtt"])
def test_a_listed_label_is_known_in_any_script_length_and_spacing(
    tmp_path: Path, label: str, form: str, name: str
) -> None:
    text = f"Interviewer: Was it good?\n\n{form.format(label)}"
    if name == "a.vtt":
        text = "WEBVTT\n\n00:01.000 --> 00:02.000\n" + text.replace("\n\n", "\n\n00:02.000 --> 00:03.000\n")
    made = said(tmp_path, name, text, ("Interviewer", label))
    assert made == [("Interviewer", "Was it good?"), (label, "Yes.")]


@pytest.mark.parametrize("mark", ["\u200f", "\u200e", "\u200b", "\ufeff", "\u00ad", "\u202b"])
@pytest.mark.parametrize("form", ["{mark}P1: Yes.", "P1{mark}: Yes.", "P1:{mark} Yes."])
@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
def test_a_mark_that_nobody_sees_leaves_no_words_in_another_mouth(
    tmp_path: Path, mark: str, form: str, name: str
) -> None:
    text = f"Int: How?\n{form.format(mark=mark)}\nInt: And?"
    assert said(tmp_path, name, text, ("Int", "P1")) == [("Int", "How?"), ("P1", "Yes."), ("Int", "And?")]


@pytest.mark.parametrize(("listed", "written"), [("\u00c9lodie", "E\u0301lodie"), ("E\u0301lodie", "\u00c9lodie")])
@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
def test_a_letter_and_its_accent_are_one_letter(tmp_path: Path, listed: str, written: str, name: str) -> None:
    text = f"Int: How?\n{written}: Well.\nInt: And?"
    assert said(tmp_path, name, text, ("Int", listed)) == [("Int", "How?"), (listed, "Well."), ("Int", "And?")]


@pytest.mark.parametrize("stranger", ["Chair", "Intervewer", "INTERVIEWER", "Second Interviewer"])
@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
def test_a_label_that_stands_once_and_is_nobody_is_refused(tmp_path: Path, stranger: str, name: str) -> None:
    text = f"Interviewer: How?\n\nP1: Well.\n\n{stranger}: Who asks?"
    with pytest.raises(StudyError, match=f"speaker '{stranger}' is not in the list"):
        said(tmp_path, name, text, ("Interviewer", "P1"))


ODD = ["Jo Hart (NHS)", "Hart, Jo", "Jo & Sam", "Jo | Trust A", "[Jo]", "1A", 'Jo "Joey" Hart', "jo", "Jo's iPad (2)"]


@pytest.mark.parametrize("stranger", [*ODD, "P1 (laughs)", "p1", "07700 900123"])
@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.vtt"])
def test_a_label_of_more_than_words_leaves_nothing_in_another_mouth(tmp_path: Path, stranger: str, name: str) -> None:
    lines = ["P1: Well.", "Int: How?", f"{stranger}: Not me.", "P1: No."]
    cues = "".join(f"\n\n00:0{n}.000 --> 00:0{n + 1}.000\n{line}" for n, line in enumerate(lines))
    text = f"WEBVTT{cues}" if name == "a.vtt" else "\n\n".join(lines)
    with pytest.raises(StudyError) as refused:
        said(tmp_path, name, text, ("Int", "P1"))
    assert repr(stranger) in refused.value.faults[0].problem
    assert (stranger, "Not me.") in said(tmp_path, name, text, ("Int", "P1", stranger))


@pytest.mark.parametrize(
    "line",
    ["1. Background: none.", "Like this (one): no.", "Yes; and Jo: no.", "Red, Green, Blue: all.", "12: 30 men."],
)
def test_a_list_or_a_sentence_with_a_colon_is_no_label(tmp_path: Path, line: str) -> None:
    text = f"P1: We said\n{line}\nand we\nleft."
    assert said(tmp_path, "a.txt", text, ("P1",)) == [("P1", text[4:])]


def test_a_person_nobody_listed_is_named_without_the_time_behind_the_label(tmp_path: Path) -> None:
    text = "P1  0:03\nYes.\n\nB3 (NHS)  10:12\nNo.\n\nC4  1:05:12\nWell."
    with pytest.raises(StudyError) as refused:
        said(tmp_path, "a.docx", text, ("P1",))
    assert [fault.problem.split("'")[1] for fault in refused.value.faults] == ["B3 (NHS)", "C4"]


@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
def test_lines_about_an_interview_above_its_first_label_are_left_out_by_name(tmp_path: Path, name: str) -> None:
    head = "Interview 3\n\nGender : F\nPlace: Ward 4\nName: Jo\n\n"
    text = head + "Int: How?\n\nP1: Well."
    assert said(tmp_path, name, text, ("Int", "P1")) == [("Int", "How?"), ("P1", "Well.")]
    aside = read_transcript(tmp_path / name, name, ("Int", "P1")).aside
    assert list(map(len, aside.values())) == [len(head.split())]
    for spoken in (
        "Chair: Welcome to all.\n\n" + text,
        text + "\n\nPlace: Nowhere",
        "Chair: Hello\n\n" + text[len(head) :],
    ):
        with pytest.raises(StudyError, match=r"speaker '(Chair|Place)' is not in the list"):
            said(tmp_path, name, spoken, ("Int", "P1"))


def test_a_label_whose_time_was_deleted_begins_a_turn_where_its_line_stands_as_those_of_the_others_do(
    tmp_path: Path,
) -> None:
    text = "Jo Hart  0:03\nA.\n\nP1\nB.\n\nJo Hart\nC.\n\nP1  0:09\nD?{}\n\nJo Hart  0:12\nE.\n\nP1  0:15\nF."
    made = said(tmp_path, "a.docx", text.format(""), ("Jo Hart", "P1"))
    who = ["Jo Hart", "P1"] * 3
    assert made == list(zip(who, ["A.", "B.", "C.", "D?", "E.", "F."], strict=True))
    with pytest.raises(StudyError, match=r"1 line holds nothing but a label.*; the first is word 13"):
        said(tmp_path, "a.docx", text.format("\nJo Hart"), ("Jo Hart", "P1"))


def test_where_names_stand_alone_above_their_times_neither_a_line_nor_a_colon_makes_one(tmp_path: Path) -> None:
    turns = [("Jo Hart", f"Then I\nsaid {n}\nEdit: no {n}" if n == 3 else f"said {n}") for n in range(12)]
    text = "\n".join(f"{who}\n00:00:{n:02d}\n{words}" for n, (who, words) in enumerate(turns))
    made = said(tmp_path, "a.txt", text, ("Jo Hart",))
    assert [words for _, words in made] == [words for _, words in turns]
    with pytest.raises(StudyError, match="speaker 'Al Green' is not in the list"):
        said(tmp_path, "a.txt", f"{text}\nAl Green\n00:01:00\nMe.", ("Jo Hart",))


def test_a_line_that_goes_on_with_a_colon_is_no_label(tmp_path: Path) -> None:
    text = "P1: We said\none thing: no.\n\nAnd one more thing: never."
    assert said(tmp_path, "a.txt", text, ("P1",)) == [("P1", text[4:])]


@pytest.mark.parametrize("gap", [" ", "  "])
def test_headers_with_one_blank_before_the_time_begin_a_turn(tmp_path: Path, gap: str) -> None:
    text = f"P1{gap}0:03\nWe met at 10:30\nA2{gap}1:02:12\nYes."
    assert said(tmp_path, "a.docx", text, ("P1", "A2")) == [("P1", "We met at 10:30"), ("A2", "Yes.")]
    with pytest.raises(StudyError, match="speaker 'B3' is not in the list"):
        said(tmp_path, "a.docx", text + f"\nB3{gap}1:05:12\nNo.", ("P1", "A2"))


def test_an_interviewee_who_says_nothing_in_their_file_is_a_fault(tmp_path: Path) -> None:
    study = small_study.cut(tmp_path)
    path = study / "data" / "raw" / "transcripts" / "SYN01-R1-w1.txt"
    text = path.read_text(encoding="utf-8")
    sources = small_study.table(study / "data" / "raw" / "sources.csv")
    file, speaker = sources[0].index("file"), sources[0].index("speaker")
    label = next(row[speaker] for row in sources if row[file] == path.name)
    path.write_text("\n".join(line for line in text.split("\n") if not line.startswith(f"{label}:")), encoding="utf-8")
    faults = read_raw(load_study(study)).faults
    assert [fault.problem for fault in faults] == [f"speaker {label!r} has no turn in {path.name!r}"]
    assert faults[0].row > 1
