"""Coding by hand: what was confirmed is on the disk, journals merge in any order, and codings stay on their words."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import small_study
from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.pipeline import run as pipeline
from buddy_eval.read import read_raw
from buddy_eval.read.journals import Act, Journals, fold, parsed, place, read_journals, span, together, written
from buddy_eval.study.settings import Study, load_study

SOURCE, KILLS = "SYN01-R1-w1", int(os.environ.get("BUDDY_EVAL_KILLS", "4"))
STREAM = """
import pathlib, sys
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.read.journals import span
journal, text = Journal(pathlib.Path(sys.argv[1]), "KM"), "We met, and it helped. " * 40
print("ready", flush=True)
while True:
    act = journal.add("code", source="s1", code="CB1", **span(text, 0, 7))
    print(act["id"], flush=True)
"""
ODD = "Ann: 👩🏽‍⚕️ helped; cafe\u0301 ٱلسَّلَامُ\n\nBen: " + "word " * 5000 + "end"


def said(journal: Journal, text: str, words: str, code: str = "CB1", **marks: str) -> Act:
    start = text.index(words)
    return journal.add("code", source=SOURCE, code=code, **marks, **span(text, start, start + len(words)))


def codes(folder: Path) -> list[str]:
    return [coding["code"] for coding in fold(read_journals(folder).acts).codings.values()]


def test_undo_and_redo_are_lines_and_a_new_act_ends_the_redo(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "KM")
    first, second = said(journal, ODD, "helped"), said(journal, ODD, "end", "CB2")
    journal.add("change", of=first["id"], valence="barrier", memo="why?")
    journal.back()
    journal.back()
    assert codes(tmp_path) == ["CB1"]
    journal.forth()
    assert codes(tmp_path) == ["CB1", "CB2"]
    assert "valence" not in fold(journal.journals.acts).codings[first["id"]]
    journal.forth()
    assert fold(journal.journals.acts).codings[first["id"]]["memo"] == "why?"
    journal.add("drop", of=second["id"])
    assert journal.forth() is None
    assert len(journal.path.read_bytes().splitlines()) == 8
    assert [Journal(tmp_path, "KM").back() is not None for _ in range(5)] == [True] * 4 + [False]
    assert codes(tmp_path) == []


def test_nobody_changes_the_coding_of_another_coder(tmp_path: Path) -> None:
    act = said(Journal(tmp_path, "KM"), ODD, "helped")
    other = Journal(tmp_path, "RA")
    other.add("drop", of=act["id"])
    assert codes(tmp_path) == ["CB1"]


def test_two_programs_of_one_coder_write_into_one_journal(tmp_path: Path) -> None:
    one, two = Journal(tmp_path, "KM"), Journal(tmp_path, "KM")
    said(one, ODD, "helped")
    said(two, ODD, "end", "CB2")
    assert one.back() is not None
    assert codes(tmp_path) == ["CB1"]
    assert [act["n"] for act in read_journals(tmp_path).acts] == [1, 2, 3]


@pytest.mark.parametrize("words", ["👩🏽‍⚕️", "cafe\u0301", "ٱلسَّلَامُ", "word word end"])
def test_what_was_marked_is_what_stands_at_its_offsets(tmp_path: Path, words: str) -> None:
    act = said(Journal(tmp_path, "KM"), ODD, words)
    kept = read_journals(tmp_path).acts[0]
    assert ODD[kept["start"] : kept["end"]] == kept["words"] == words
    assert place(act, ODD) == (kept["start"], kept["end"])
    moved = "👍🏽\n" + ODD
    assert place(act, moved) == (kept["start"] + 3, kept["end"] + 3)


def test_words_that_stand_twice_are_told_apart_by_what_stands_around_them_or_not_moved() -> None:
    text = "It helped us at night. It helped us by day."
    second = span(text, 23, 32)
    assert place(second, "So: " + text) == (27, 36)
    assert place(second, "It helped. It helped.") is None
    assert place(second, "Nothing of it.") is None


ACTS = st.lists(st.tuples(st.sampled_from(["code", "drop", "undo", "redo", "done"]), st.integers(0, 9)), max_size=12)


def invented(plan: list[tuple[str, int]]) -> list[Act]:
    made = list[Act]()
    for n, (do, of) in enumerate(plan):
        told = {"code": {"code": f"C{of}", **span("One two three", 0, 3)}, "done": {}}.get(do, {"of": f"a{of}"})
        made.append({"id": f"a{n}", "n": n // 2, "coder": "KM", "at": "", "do": do, "source": "s1", **told})
    return made


@given(plan=ACTS, draws=st.data())
def test_journals_merge_in_any_order_and_twice_with_the_same_result(
    plan: list[tuple[str, int]], draws: st.DataObject
) -> None:
    lines = [written(act) for act in invented(plan)]
    whole = parsed(b"".join(lines), "KM.jsonl")
    parts = [parsed(line, f"{n}.jsonl") for n, line in enumerate(lines)]
    mixed: list[Journals] = [*draws.draw(st.permutations(parts)), *parts[:3], whole]
    assert fold(together(mixed).acts) == fold(together([whole]).acts)


@given(plan=ACTS.filter(bool), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_costs_no_more_than_the_lines_it_touches(
    plan: list[tuple[str, int]], at: int, bit: int
) -> None:
    acts = invented(plan)
    data = bytearray(b"".join(map(written, acts)))
    data[at % len(data)] ^= 1 << bit
    made = parsed(bytes(data), "KM.jsonl")
    whole = {act["id"] for act in acts}
    assert {act["id"] for act in made.acts} <= whole
    assert len(made.acts) >= len(acts) - 2
    assert bool(made.damaged) == (len(made.acts) < len(acts))


def test_a_torn_line_is_named_with_its_place_and_the_next_act_has_a_line_of_its_own(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "KM")
    said(journal, ODD, "helped")
    with journal.path.open("ab") as file:
        file.write(b'{"id": "torn')
    said(Journal(tmp_path, "KM"), ODD, "end", "CB2")
    made = read_journals(tmp_path)
    assert [(fault.row, len(made.acts)) for fault in made.damaged] == [(2, 2)]
    assert codes(tmp_path) == ["CB1", "CB2"]


def test_a_full_disk_is_said_and_coding_goes_on_once_there_is_room(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "KM")
    said(journal, ODD, "helped")
    before, limits = journal.path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:  # the system cuts the next line short, as a full disk does
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limits[1]))
        with pytest.raises(BuddyError, match=r"could not save: .*make room and go on"):
            said(journal, ODD, "end", "CB2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert journal.path.read_bytes() == before
    assert codes(tmp_path) == ["CB1"]
    said(journal, ODD, "end", "CB2")
    assert codes(tmp_path) == ["CB1", "CB2"]


@pytest.mark.parametrize("coder", ["", "../KM", "K/M", ".hidden", "KM.", "CON:", "con", "Nul.a"])
def test_a_coder_needs_a_name_that_can_be_a_file(tmp_path: Path, coder: str) -> None:
    with pytest.raises(BuddyError, match="use initials"):
        Journal(tmp_path, coder)


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_kill_loses_no_act_that_was_confirmed(tmp_path: Path, kill: int) -> None:
    with subprocess.Popen([sys.executable, "-c", STREAM, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.05 + 0.037 * kill)
        process.send_signal(signal.SIGKILL)
        confirmed = process.stdout.read().split("\n")[:-1]
    assert confirmed
    assert set(confirmed) <= {act["id"] for act in read_journals(tmp_path).acts}
    assert said(Journal(tmp_path, "KM"), ODD, "end")["n"] > len(confirmed)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two pairs whose first source was never coded elsewhere."""
    folder = small_study.cut(tmp_path / "study")
    path = folder / "data" / "raw" / "codings.csv"
    small_study.write_table(path, [row for row in small_study.table(path) if row[0] != SOURCE])
    return load_study(folder)


def coded(study: Study, coder: str, *words: str) -> Journal:
    journal = Journal(study.root / "data" / "coding", coder)
    transcript = study.raw_folder / "transcripts" / f"{SOURCE}.txt"
    for passage in words:
        said(journal, transcript.read_text("utf-8"), passage, "CB1", valence="barrier", memo="a note")
    return journal


def table(study: Study) -> pd.DataFrame:
    made = read_raw(study).tables["codings"]
    return made[made["source_id"] == SOURCE]


def test_codings_count_once_the_coder_has_finished_the_source(study: Study) -> None:
    journal = coded(study, "KM", "Oh, arms folded. All of us.")
    assert len(table(study)) == 0
    raw = read_raw(study)
    assert SOURCE not in set(raw.tables["assignments"].query("coder == 'KM'")["source_id"])
    assert "the coder has not finished the source" in {line["reason"] for line in raw.log}
    journal.add("done", source=SOURCE)
    made = table(study)
    assert made[["coder", "code", "valence", "memo"]].to_numpy().tolist() == [["KM", "CB1", "barrier", "a note"]]
    assert pipeline.check(study) == []


def test_a_study_without_a_file_of_codings_takes_them_from_journals_alone(study: Study) -> None:
    path = study.root / "study.toml"
    path.write_text(path.read_text("utf-8").replace('codings = "codings.csv"\n', ""), "utf-8")
    journal = coded(study, "KM", *["Oh, arms folded. All of us."] * 2)
    journal.add("done", source=SOURCE)
    raw = read_raw(load_study(study.root))
    assert raw.tables["codings"]["coder"].tolist() == ["KM"]
    assert raw.tables["assignments"][["source_id", "coder"]].to_numpy().tolist() == [[SOURCE, "KM"]]
    twice = [line for line in raw.log if line["item"] == "coding in line 2"]
    assert [line["reason"] for line in twice] == ["the coder has given the same code to the same words"]
    assert pipeline.check(load_study(study.root)) == []
    path.write_text(path.read_text("utf-8").replace('assignments = "assignments.csv"\n', ""), "utf-8")
    assert "assignments lack coder, source_id" in {fault.problem for fault in pipeline.check(load_study(study.root))}


def test_what_two_journals_agree_on_and_what_the_lead_decides_reach_the_consensus(study: Study) -> None:
    both, one = "Oh, arms folded. All of us.", "Their senior sister."
    for coder, words in {"KM": (both, one), "RA": (both,)}.items():
        coded(study, coder, *words).add("done", source=SOURCE)
    assert set(read_raw(study).tables["assignments"].query("source_id == @SOURCE")["coder"]) == {"KM", "RA"}
    pipeline.run(study, lambda line: None)
    codings = pipeline.read(study, "codings").merge(pipeline.read(study, "units")[["unit", "source"]], on="unit")
    ours = codings[codings["source"] == SOURCE].groupby("unit")["coder"].agg(sorted).tolist()
    assert sorted(ours) == [["KM"], ["KM", "RA"], ["KM", "RA"]]  # "Oh, arms folded." and "All of us." are two units
    consensus = pipeline.read(study, "consensus")
    decided = consensus[consensus["unit"].str.startswith(SOURCE)]["decided_by"].tolist()
    assert sorted(decided) == ["agreement", "agreement", "lead"]


def test_a_transcript_that_changed_moves_its_codings_with_a_record_or_names_them(study: Study) -> None:
    coded(study, "KM", "Oh, arms folded. All of us.").add("done", source=SOURCE)
    before = int(table(study)["start"].iloc[0])
    path = study.raw_folder / "transcripts" / f"{SOURCE}.txt"
    text = path.read_text("utf-8")
    path.write_text("A line more.\n" + text, "utf-8")
    assert int(table(study)["start"].iloc[0]) == before + 13
    moved = [line["reason"] for line in read_raw(study).log if line["item"] == "coding in line 1"]
    assert moved == [f"from character {before} to {before + 13}: the source has changed"]
    path.write_text(text.replace("arms folded", "hands up"), "utf-8")
    (fault,) = pipeline.check(study)
    assert (fault.file, fault.row) == ("data/coding/KM.jsonl", 1)
    assert "has changed" in fault.problem
    assert "arms" not in str(fault)


def test_a_coder_with_codings_of_a_source_in_two_places_is_a_fault(study: Study) -> None:
    coded(study, "KM", "Oh, arms folded. All of us.").add("done", source=SOURCE)
    path = study.raw_folder / "codings.csv"
    small_study.write_table(path, [*small_study.table(path), [SOURCE, "507", "614", "CV1", "KM", "", "", "", ""]])
    (fault,) = pipeline.check(study)
    assert fault.problem == f"coder 'KM' has codings of '{SOURCE}' here and in data/raw/codings.csv"


def test_what_is_wrong_in_a_journal_is_named_by_file_and_line_and_stops_the_run(study: Study) -> None:
    journal = coded(study, "XX", "Oh, arms folded. All of us.")
    journal.add("done", source=SOURCE)
    ours = coded(study, "RA")
    said(ours, (study.raw_folder / "transcripts" / f"{SOURCE}.txt").read_text("utf-8"), "Their", "CB99")
    said(ours, (study.raw_folder / "transcripts" / f"{SOURCE}.txt").read_text("utf-8"), "ten minutes", valence="good")
    ours.add("done", source=SOURCE)
    faults = pipeline.check(study)
    assert [(fault.file, fault.row, fault.problem.split("'")[1]) for fault in faults] == [
        ("data/coding/RA.jsonl", 1, "CB99"),
        ("data/coding/RA.jsonl", 2, "good"),
        ("data/coding/XX.jsonl", 1, "XX"),
    ]
    with pytest.raises(StudyError):
        pipeline.run(study, lambda line: None)


def test_a_line_of_a_journal_is_plain_json(tmp_path: Path) -> None:
    said(Journal(tmp_path, "KM"), ODD, "cafe\u0301", memo="m")
    line = json.loads((tmp_path / "KM.jsonl").read_text("utf-8"))
    assert (line["coder"], line["do"], line["words"], line["memo"]) == ("KM", "code", "cafe\u0301", "m")
