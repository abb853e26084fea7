"""Mistakes that teams make in their files: ten or so in one study, each named with its place and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from buddy_eval.base.errors import Fault, StudyError, causes
from buddy_eval.publish.gate.allowed import KINDS
from buddy_eval.publish.gate.names import OF_PEOPLE, TRUST, people_names
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.text import masked, text_faults
from buddy_eval.start.companion import standing
from buddy_eval.study.settings import load_study
from team_study import INSTRUMENT, TRANSCRIPT, Hand, added, build, cell, changed_rows, edited, gone, head, setting, text

W = INSTRUMENT.items.sort_values("position")["wording"].tolist()
BOARD, TRACK = "boards/receiver.xlsx", "tracker.xlsx"


def at(file: str, place: str, value: str | int | None) -> Hand:
    """Write one cell of a workbook, by its letter and number."""

    def change(sheet: Worksheet) -> None:
        sheet[place] = value

    return edited(file, change)


def key_of(content: str, place: str = "private/key.csv") -> Hand:
    """Write a key to pseudonyms, and name it in the settings."""

    def change(folder: Path) -> None:
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(content, encoding="utf-8")
        setting("[raw]", f'pseudonyms = "{place}"\n[raw]')(folder)

    return change


def copied(file: str, new: str) -> Hand:
    return lambda folder: shutil.copyfile(folder / "data" / "raw" / file, folder / "data" / "raw" / new)


# What was done, and what one line must hold: the place, the value, the remedy.
LISTS: list[tuple[Hand, tuple[str, ...]]] = [
    (cell("pairs.csv", 2, "start", "04/13/2025"), ("pairs.csv row 2: start '04/13/2025'", "write it as 31/03/2025")),
    (added("pairs.csv", "P1", "RA1", "RB1", "1 May 2025", "", ""), ("pairs.csv row 3: a second row for pair P1",)),
    (added("pairs.csv", "P2", "RA1", "RB2", "1 May 2025", "", ""), ("row 4: receiver 'RB2'", "use one of: ")),
    (added("pairs.csv", "P3", "RA1", "RA1", "1 May 2025", "", ""), ("row 5: supporter and receiver are the same",)),
    (added("pairs.csv", "P4", "RA1", "RB1", "1/5/2025", "1/4/2025", ""), ("row 6: the end lies before the start",)),
    (cell("participants.csv", 2, "side", "reciever"), ("participants.csv row 2: side 'reciever'", "'receiver'")),
    (cell("participants.csv", 3, "consent", "✓"), ("participants.csv row 3: consent '✓'", "write yes or no")),
    (added("participants.csv", "P1-S1", "P1", "supporter", "board", "yes", "no"), ("row 4: a second row for",)),
    (added("participants.csv", "P1-S2", "P9", "supporter", "nurse", "no", "no"), ("5: pair 'P9'", "use one of: P1")),
    (added("participants.csv", "P1-S3", "P1", "supporter", "nurse", "no", "no"), ("5, 6: role 'nurse'", "use one of:")),
    (added("participants.csv", "P1-S4", "P1", "supporter", "", "no", "no"), ("row 7: role is empty; fill in",)),
    (added("trusts.csv", "RC1", ""), ("trusts.csv row 4: name is empty",)),
]  # fmt: skip
WORDS: list[tuple[Hand, tuple[str, ...]]] = [
    (cell("codings.csv", 2, "code", "CB55"), ("codings.csv row 2: code 'CB55'", "did you mean 'CB5'?")),
    (cell("codings.csv", 3, "valence", "enabeler"), ("codings.csv row 3: valence 'enabeler'", "'enabler'")),
    (added("codings.csv", "I1", "32", "6300", "CB5", "KM", "", "", "", ""), ("row 4: end 6300 lies beyond the text",)),
    (added("codings.csv", "I1", "thirty", "63", "CB5", "KM", "", "", "", ""), ("row 5: start 'thirty'",)),
    (added("codings.csv", "I1", "33", "63", "CB5", "ZZ", "", "", "", ""), ("coder 'ZZ' was not assigned source 'I1'",)),
    (added("codings.csv", "I9", "33", "63", "CB5", "KM", "", "", "", ""), ("source_id 'I9'", "use one of: I1")),
    (added("codings.csv", "I1", "34", "63", "CB5", "KM", "", "ours", "", ""), ("about 'ours'", "both, external, own")),
    (added("codings.csv", "I1", "35", "63", "CB5", "KM", "", "", "felt", ""), ("stance 'felt'", "experienced")),
    (added("assignments.csv", "I1", "MB", "first"), ("assignments.csv row 4: role 'first'", "lead, second")),
    (cell("sources.csv", 2, "asked", "culture;capcity"), ("sources.csv row 2: asked holds 'capcity'", "use: capacity")),
    (cell("sources.csv", 3, "wave", "first"), ("sources.csv row 3: wave 'first'", "write a whole number")),
    (added("sources.csv", "I2", "I2.docx", "P1-S1", "P1-S1", "1", ""), ("row 4: 'I2.docx' is not in transcripts",)),
    (cell("approvals.csv", 2, "audience", "everybody"), ("approvals.csv row 2: audience 'everybody'", "public")),
    (cell("summaries.csv", 2, "theme", "cultur"), ("summaries.csv row 2: theme 'cultur'", "did you mean 'culture'?")),
    (added("summaries.csv", "P1", "supporter", "culture", ""), ("summaries.csv row 3: summary is empty",)),
]  # fmt: skip
FIGURES: list[tuple[Hand, tuple[str, ...]]] = [
    (cell("outcomes.csv", 2, "numerator", "many"), ("outcomes.csv row 2: numerator 'many'", "a number such as 12.5")),
    (cell("outcomes.csv", 3, "period", "Q1 2025"), ("outcomes.csv row 3: period 'Q1 2025'", "March 2025 or 2025")),
    (cell("outcomes.csv", 4, "direction", "higher"), ("outcomes.csv row 4: direction 'higher'", "'higher_is_better'")),
    (cell("outcomes.csv", 5, "period", "May 2025"), ("outcomes.csv row 6: a second row for ods RA1",)),
    (cell("outcomes.csv", 7, "ods", "ra1"), ("outcomes.csv row 7: ods 'ra1' is 'RA1' in other letters",)),
    (cell("outcomes.csv", 8, "indicator", ""), ("outcomes.csv row 8: indicator is empty",)),
    (cell("outcomes.csv", 9, "source", ""), ("outcomes.csv row 9: source is empty",)),
    (at(TRACK, "F2", "six"), ("tracker.xlsx row 2: invited 'six'", "write a whole number")),
    (at(TRACK, "A2", "questionnaire"), ("tracker.xlsx row 2: kind 'questionnaire'", "interview, survey")),
    (at(TRACK, "C2", "Marram"), ("tracker.xlsx row 2: side 'Marram'", "external, receiver, supporter")),
    (setting('title = "Buddying on the coast"', 'title = "Tallis Vale and its partner"'),
     ("study.toml: [study] title holds a trust (Tallis Vale)", "change title = ...")),
    (setting('team = "Joint team"', 'team = "Marram Coast team"'), ("[study] team holds a trust", "change team = ...")),
    (text("names.csv", "name\nZofia Quillfeather\n"), ("[study] notice holds a person's name", "change notice = ...")),
    (setting("[raw]", 'notice = "Ask Zofia Quillfeather"\n[raw]\nnames = "names.csv"'), ("notice holds a person's",)),
]  # fmt: skip
SURVEY: list[tuple[Hand, tuple[str, ...]]] = [
    (cell("survey.csv", 2, W[0], "Agre"), ("survey.csv rows 2, 3: answer 'Agre' to C1", "did you mean 'agree'?")),
    (cell("survey.csv", 2, W[1], "It depends on the day and on who is in, as I said"), ("also 'a long text', C2",)),
    (cell("survey.csv", 3, W[2], "6"), ("'6', C3: use one of: 1, 2, 3, 4, 5",)),
    (cell("survey.csv", 3, "side", "supporters"), ("survey.csv row 3: side 'supporters'", "'supporter'")),
    (cell("survey.csv", 4, "role", "nurse"), ("survey.csv row 4: role 'nurse'", "board")),
    (cell("survey.csv", 5, "pair", "P7"), ("survey.csv row 5: pair 'P7'", "use one of: P1")),
    (cell("survey.csv", 4, "ID", "1"), ("survey.csv row 4: this respondent stands twice", "two people")),
    (cell("survey.csv", 5, "ID", ""), ("survey.csv row 5: respondent (column 'ID') is empty",)),
    (cell("survey.csv", 2, "side", ""), ("survey.csv row 2: side is empty",)),
    (cell("participants.csv", 2, "quotes", "no"), ("approvals.csv row 2: approves words of",)),
]  # fmt: skip
BOARDS: list[tuple[Hand, tuple[str, ...]]] = [
    (at(BOARD, "C7", 5), ("receiver.xlsx rows 7, 8: rating '5'", "use 0, 1, 2, 3, 4, NA or DK", "also 'done'")),
    (at(BOARD, "C8", "done"), ("rating '5' is not on the scale",)),
    (at(BOARD, "C9", 4), ("receiver.xlsx row 9: rating 4 without evidence", "name the evidence, or rate it 2")),
    (at(BOARD, "F7", "next spring"), ("receiver.xlsx row 7: review_date 'next spring'", "write it as 31/03/2025")),
    (at(BOARD, "A10", "Q4"), ("receiver.xlsx row 10: question 'Q4'", "did you mean 'Q04'?")),
    (at(BOARD, "G7", "not yet"), ("receiver.xlsx row 7: agreed_with_partner 'not yet'", "write yes or no")),
    (at(BOARD, "B1", "P 1"), ("rows 7 to 24: pair 'P 1'", "did you mean 'P1'?")),
    (at("boards/supporter.xlsx", "B2", "suporter"), ("supporter.xlsx rows 7 to 24: side 'suporter'", "'supporter'")),
    (copied("boards/supporter.xlsx", "boards/copy.xlsx"), ("this board answers the question in another workbook too",)),
    (at(BOARD, "B3", "one"), ("receiver.xlsx rows 7 to 24: wave 'one'", "write a whole number")),
]  # fmt: skip
UNREADABLE: list[tuple[Hand, tuple[str, ...]]] = [
    (head("participants.csv", "quotes", "Quoted?"), ("participants.csv row 1: no column 'quotes'", "'Quoted?'")),
    (head("summaries.csv", "summary", "theme"), ("summaries.csv row 1: column 'theme' stands twice",)),
    (text("codings.csv", ""), ("codings.csv: the file is empty", "keep at least the row of column names")),
    (gone("approvals.csv"), ("approvals.csv: the file is not there", "take its line out of study.toml")),
    (text("assignments.csv", "source_id;coder\nI1;KM\n"), ("assignments.csv row 1: no column 'role'",)),
    (lambda f: (f / "data/raw/tracker.xlsx").write_bytes(b"%PDF-1.7"), ("tracker.xlsx: is a PDF",)),
    (at(BOARD, "C6", "Score"), ("receiver.xlsx row 6: no column 'rating'", "use the template")),
    (at("boards/supporter.xlsx", "B2", None), ("supporter.xlsx: the line 'side' above the questions is empty",)),
    (head("survey.csv", "pair", "Which partnership"), ("survey.csv row 1: no column for pair", "name it 'pair'")),
    (text("transcripts/I1.txt", TRANSCRIPT + "Chair: And I?\n"), ("I1.txt", "'Chair'")),
    (text("pairs.csv", "pair,supporter,begin\nP1,RA1,2025-04-01\n"), ("pairs.csv row 1: no column 'receiver'",)),
]  # fmt: skip
SETTINGS: list[tuple[Hand, tuple[str, ...]]] = [
    (setting("interviewers", "interviewer"), ("[study] interviewer is not a setting", "did you mean 'interviewers'?")),
    (setting('"pairs.csv"', '"/home/x/pairs.csv"'), ("[raw] '/home/x/pairs.csv' is not in data/raw",)),
    (setting("wave = 1", 'wave = "1"'), ("[[raw.survey]] number 1", "write wave = 1")),
    (setting('codings = "codings.csv"', "codings = 5"), ("[raw] codings = 5", 'write codings = "..."')),
    (setting('title = "Buddying on the coast"\n', ""), ("[study] has no title", 'add title = "..."')),
    (setting("[raw]", 'published = "soon"\n[raw]'), ("[study] published 'soon'", 'as in published = "1 May 2026"')),
    (setting('sources = "sources.csv"', 'source = "sources.csv"'), ("[raw] source is not a setting", "'sources'")),
    (setting("[study]", "[disclosure]\nprofile = 'all'\nround_to = 0\n[study]"), ("[disclosure] profile 'all'",)),
    (setting("round_to", "round_to"), ("[disclosure] round_to = 0", "from 1 up")),
]  # fmt: skip
KEPT: list[tuple[Hand, tuple[str, ...]]] = [
    (cell("capacity.csv", 2, "Resource", "nurses"), ("capacity.csv row 2: resource 'nurses'", "staff")),
    (cell("capacity.csv", 2, "Stage", "ongoing"), ("capacity.csv row 2: stage 'ongoing'",)),
    (cell("capacity.csv", 2, "Planned", "two"), ("capacity.csv row 2: planned 'two'", "a number such as 12.5")),
    (cell("capacity.csv", 3, "End", "1/3/2025"), ("capacity.csv row 3: the end lies before the start",)),
    (cell("communications.csv", 2, "Told", "nurses"), ("communications.csv row 2: told 'nurses'", "managers")),
    (cell("communications.csv", 3, "Pair", "P2"), ("communications.csv row 3: pair 'P2'", "use one of: P1")),
    (cell("communications.csv", 3, "Day", "June"), ("communications.csv row 3: day 'June'", "write it as 31/03/2025")),
    (cell("actions.csv", 2, "Owner role", ""), ("actions.csv row 2: owner_role is empty",)),
    (cell("actions.csv", 3, "Dropped", "2/6/2025"), ("actions.csv row 3: is both done and dropped", "keep one")),
    (cell("actions.csv", 4, "Reason", ""), ("is dropped without a reason", "write why it was given up")),
    (cell("actions.csv", 5, "Theme", "cultur"), ("actions.csv row 5: theme 'cultur'", "did you mean 'culture'?")),
    (cell("actions.csv", 5, "Done", "1/4/2025"), ("actions.csv row 5: was done before it was agreed",)),
]
IMPOSSIBLE: list[tuple[Hand, tuple[str, ...]]] = [
    (cell("actions.csv", 2, "Due", "1/4/2025"), ("actions.csv row 2: was due before it was agreed",)),
    (cell("actions.csv", 4, "Dropped", "2/4/2025"), ("actions.csv row 4: was dropped before it was agreed",)),
    (cell("actions.csv", 5, "Due", "1/6/2999"), ("actions.csv row 5: due '1/6/2999' lies outside of 1948 to 2100",)),
    (cell("capacity.csv", 2, "Planned", "-2"), ("capacity.csv row 2: planned is -2", "it cannot be below 0")),
    (cell("capacity.csv", 3, "Needed", "-1,000"), ("capacity.csv row 3: needed is -1000",)),
    (at(TRACK, "F2", -6), ("tracker.xlsx row 2: invited is -6", "it cannot be below 0")),
    (cell("sources.csv", 2, "wave", "0"), ("sources.csv row 2: wave is 0", "it cannot be below 1")),
    (at(BOARD, "B3", 0), ("receiver.xlsx rows 7 to 24: wave is 0",)),
    (at(BOARD, "F7", "1 May 1825"), ("receiver.xlsx row 7: review_date '1 May 1825' lies outside of",)),
    (cell("outcomes.csv", 4, "denominator", "-100"), ("outcomes.csv row 4: denominator is -100",)),
    (cell("outcomes.csv", 13, "period", "2205-12"), ("outcomes.csv row 13: period '2205-12' lies outside",)),
    (text("trusts.csv", "ods,name,valid_from,valid_to\nRA1,Marram Coast NHS Trust,,\n"
          "RB1,Tallis Vale NHS Trust,1 April 2020,1 April 2019\n"),
     ("trusts.csv row 3: valid_to lies before valid_from",)),
    (text("rounds.csv", "wave,opens\n1,1 May 2025\n2,1 May 2024\n"), ("rounds.csv row 3: round 2 opens no later",)),
    (setting("[raw]", '[raw]\nrounds = "rounds.csv"'), ("correct the day of one of the two",)),
]  # fmt: skip
ALONE: list[tuple[Hand, tuple[str, ...]]] = [
    (setting('"Joint team"', "“Joint team”"), ("study.toml row 3: is not TOML: Invalid value", "straight quotes")),
    (key_of("name,pseudonym\nAnna,X1\nAnna,X2\n"), ("key.csv row 3: a name is empty, stands twice", "write more")),
    (key_of("Name,Code\nAnna,X1\n"), ("key.csv row 1: no columns 'name' and 'pseudonym'",)),
    (key_of("name,pseudonym\nAnna,X1\n", "data/raw/key.csv"), ("key.csv: the key to the pseudonyms lies in data/raw",)),
    (text("pairs.csv", "pair,supporter,receiver,start\n"), ("pairs.csv: no pair is listed",)),
    (setting("[raw]", 'codebook = "own.yaml"\n[raw]'), ("own.yaml: the file is not there",)),
]  # fmt: skip
TOGETHER = {
    "lists": LISTS, "words": WORDS, "figures": FIGURES, "survey": SURVEY, "boards": BOARDS, "unreadable": UNREADABLE,
    "settings": SETTINGS, "kept": KEPT, "impossible": IMPOSSIBLE,
}  # fmt: skip


def said(folder: Path) -> list[str]:
    """The causes that check prints for a study."""
    try:
        return causes(standing(load_study(folder)).faults)
    except StudyError as error:
        return causes(error.faults)


@pytest.mark.parametrize("mistakes", TOGETHER.values(), ids=TOGETHER)
def test_every_mistake_in_one_study_is_named_at_once(
    mistakes: list[tuple[Hand, tuple[str, ...]]], tmp_path: Path
) -> None:
    build(tmp_path)
    for hand, _ in mistakes:
        hand(tmp_path)
    lines = said(tmp_path)
    for _, parts in mistakes:
        assert any(all(part in line for part in parts) for line in lines), (parts, lines)
    assert len(lines) <= len(mistakes) + 4, lines  # a line a cause, and few that follow from another


@pytest.mark.parametrize(("hand", "parts"), ALONE)
def test_a_mistake_that_hides_the_rest_is_named_alone(hand: Hand, parts: tuple[str, ...], tmp_path: Path) -> None:
    hand(build(tmp_path))
    lines = said(tmp_path)
    assert any(all(part in line for part in parts) for line in lines), lines


def test_there_are_eighty_mistakes_and_ten_in_one_study() -> None:
    assert sum(map(len, TOGETHER.values())) + len(ALONE) >= 80
    assert max(map(len, TOGETHER.values())) >= 10


@pytest.mark.parametrize("hand", [
    lambda folder: None,
    cell("participants.csv", 2, "role", "Member of a board"),
    cell("participants.csv", 2, "side", "Receiver "),
    cell("outcomes.csv", 5, "numerator", "1,084"),
    added("participants.csv", "", "", "", "", "", ""),
    text("summaries.csv", "pair,side,theme,summary\n"),
    lambda folder: (folder / "data/raw/boards/~$receiver.xlsx").write_bytes(b"open in Excel"),
    key_of("name,pseudonym\nAnna,X1\n"),
])  # fmt: skip
def test_what_is_no_mistake_is_not_called_one(hand: Hand, tmp_path: Path) -> None:
    hand(build(tmp_path))
    assert said(tmp_path) == []


def test_check_says_where_actions_stand_and_where_less_is_given_than_needed(tmp_path: Path) -> None:
    lines = standing(load_study(build(tmp_path))).lines(tmp_path)
    actions = "actions: 1 done, 1 due, 1 overdue, 1 dropped; overdue first: A1 (chief nurse, 1 June 2025)"
    short = "1 falls short: Ward nurses of P1 by 1.5 whole-time equivalents; 1 may cost services at home"
    assert f"  {actions}" in lines
    assert f"  capacity: 2 contributions; {short}" in lines
    said = "communications: 2 messages; other bodies last on 1 June 2025, staff last on 1 May 2025"
    assert f"  {said}" in lines


def test_check_names_questions_without_a_column_and_what_was_left_out(tmp_path: Path) -> None:
    build(tmp_path)
    head("survey.csv", W[0], "Do the senior teams trust each other?")(tmp_path)
    cell("participants.csv", 2, "consent", "no")(tmp_path)
    text("approvals.csv", "source_id,start,end,approved_by,audience\n")(tmp_path)
    lines = standing(load_study(tmp_path)).lines(tmp_path)
    (asked,) = (line for line in lines if line.startswith("  survey, wave 1: the file has no answers to"))
    strange = "no item is called 'Do the senior teams trust each other?'"
    remedy = "where one is such an item in other words, say so: buddy-eval map"
    assert asked.split(" to ", 1)[1] == f"C1 ('{W[0]}'), and {strange}; {remedy}"
    assert any("I1.txt" in line and "no consent" in line for line in lines)
    assert lines[-1] == "no fault found"


def test_one_of_a_kind_is_said_in_the_singular(tmp_path: Path) -> None:
    build(tmp_path)
    for file in ("capacity.csv", "communications.csv", "survey.csv"):
        changed_rows(tmp_path, lambda rows: rows[:2], file)
    there = "\n".join(standing(load_study(tmp_path)).there)
    for said in ("capacity: 1 contribution;", "communications: 1 message;", "survey, wave 1: 1 answer ("):
        assert said in there


def test_several_values_in_one_cell_are_told_to_be_several_rows(tmp_path: Path) -> None:
    build(tmp_path)
    cell("communications.csv", 2, "Told", "Staff, managers")(tmp_path)
    cell("communications.csv", 3, "Told", "staff and the public")(tmp_path)
    for fault, named in zip(standing(load_study(tmp_path)).faults, ("staff; managers", "staff; public"), strict=True):
        assert fault.remedy.startswith(f"it names several: give each a row of its own ({named})")


@pytest.mark.parametrize("kind", sorted({*KINDS, *OF_PEOPLE, TRUST, "people's names, in trusts' files", "a 'thing'"}))
def test_one_cause_names_each_other_value_and_no_part_of_its_own_words(kind: str) -> None:
    problems = [f"owner_role holds {kind} ({masked(words)}), which stops briefs" for words in ("Ann Lee", "Jo Hart")]
    faults = [Fault("actions.csv", row, problem, "say it without", "what") for row, problem in enumerate(problems, 2)]
    assert causes(faults) == [f"actions.csv rows 2, 3: {problems[0]}; say it without (also 'J…t')"]


def test_values_that_differ_and_are_shown_alike_are_counted() -> None:
    """Two people of whom 'F…e' is shown were one: with the first mended, the line still stood there."""
    known = Known("internal", names=dict(people_names(["Frances Poole", "Fay Doyle", "Jo Hart"])))
    texts = ("Frances Poole and Fay Doyle came.", "Jo Hart and Frances Poole", "Frances  Poole")
    lines = causes(fault for text in texts for fault in text_faults(text, "r.html", "top", known))
    (line,) = (line for line in lines if "a person's name (" in line)
    assert line == "r.html: top: a person's name ('F…e'); say it without the name (also another 'F…e'; 'J…t')"
    assert "Poole" not in repr(list(text_faults(texts[0], "r.html", "top", known)))


KEYS = "pairs.pair trusts.ods trusts.name participants.participant participants.pair sources.source sources.participant"


@pytest.mark.parametrize("key", KEYS.split())
def test_a_key_that_was_left_out_is_a_fault_and_ends_nothing(tmp_path: Path, key: str) -> None:
    """It ended in a traceback, as the values that others were held against could not be sorted."""
    name, column = key.split(".")
    cell(f"{name}.csv", 2, column, "")(build(tmp_path))
    empty = [fault for fault in standing(load_study(tmp_path)).faults if f"{column} is empty" in fault.problem]
    assert (f"data/raw/{name}.csv", 2) in [(fault.file, fault.row) for fault in empty]


OTHERS = {
    "assigned": text("assignments.csv", "source_id,coder\nI1,KM\n"),
    "coder": cell("codings.csv", 2, "coder", "ZZ"),
    "code": cell("codings.csv", 2, "code", "ZZ1"),
    "quotes": cell("participants.csv", 2, "quotes", "no"),
}


def test_offsets_are_told_beside_other_faults_of_their_rows_and_files(tmp_path: Path) -> None:
    """They came to light once all else was mended, a round of mending later."""
    build(tmp_path)
    for file in ("codings.csv", "approvals.csv"):
        for column, value in (("start", "0"), ("end", "9")):  # the interviewer's words
            cell(file, 2, column, value)(tmp_path)
    alone = standing(load_study(tmp_path)).faults
    assert [fault.file for fault in alone] == ["data/raw/approvals.csv", "data/raw/codings.csv"]
    for name, hand in OTHERS.items():
        beside = tmp_path / name
        shutil.copytree(tmp_path, beside, ignore=shutil.ignore_patterns(*OTHERS))
        hand(beside)
        assert set(alone) < set(standing(load_study(beside)).faults), name


def test_a_file_that_the_list_of_sources_names_wrongly_is_one_fault_with_the_near_name(tmp_path: Path) -> None:
    """The transcript was blamed too: for a speaker whom nobody lists, or for having no row."""
    for rows in ((2,), (2, 3)):
        build(tmp_path)
        for row in rows:
            cell("sources.csv", row, "file", "I01.txt")(tmp_path)
        stands = standing(load_study(tmp_path))
        (line,) = causes(stands.faults)
        assert line == "data/raw/sources.csv row 2: 'I01.txt' is not in transcripts; did you mean 'I1.txt'?"
        assert not [said for said in stands.aside if "I1.txt" in said]


def test_reports_of_before_a_fault_are_said_to_be_of_before(tmp_path: Path) -> None:
    """They lay there, and nothing said that they know nothing of what is to mend."""
    build(tmp_path)
    cell("codings.csv", 2, "code", "ZZ1")(tmp_path)
    before = "The reports in reports/ are of before this: wait with them until they are made again"
    assert before not in [step.words for step in standing(load_study(tmp_path)).next]
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "index.html").write_text("made before")
    assert [step.words for step in standing(load_study(tmp_path)).next][1] == before
