"""The open release: what it holds, what it withholds, and that it can be made again byte by byte."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.disclose import protected
from buddy_eval.disclose.public_counts import public_counts, published
from buddy_eval.disclose.results import Results, for_readers, open_results
from buddy_eval.disclose.rules import cell_id
from buddy_eval.disclose.suppression import attack, small
from buddy_eval.pipeline import run as pipeline
from buddy_eval.present import tables
from buddy_eval.present.tables.form import WITHHELD
from buddy_eval.publish import reports
from buddy_eval.release import make_release
from buddy_eval.release.chain import refuse_difference
from buddy_eval.release.checklists import checklists
from buddy_eval.release.compare import reproduce
from buddy_eval.schemas.form import Frame
from buddy_eval.schemas.released import HOW, PEOPLE, STATUS, TABLES
from buddy_eval.study.settings import Disclosure, Study, load_study

NOTEBOOKS = ("02-interviews.ipynb", "08-public-summary.ipynb")


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The small study, run and published for the public."""
    folder = small_study.cut(tmp_path_factory.mktemp("released") / "study", NOTEBOOKS, pairs=3)
    made = load_study(folder)
    pipeline.run(made, quiet)
    reports.publish(made, ("public",), quiet)
    return made


@pytest.fixture(scope="module")
def files(study: Study) -> dict[str, bytes]:
    """The files of its release."""
    return make_release(study)


@pytest.fixture
def release(files: dict[str, bytes], tmp_path: Path) -> Path:
    """The release in a folder."""
    for name, data in files.items():
        write_atomic(tmp_path / "release" / name, data)
    return tmp_path / "release"


def rows(files: dict[str, bytes], name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file of a release."""
    yield from csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline=""))


def released(files: dict[str, bytes]) -> list[Frame]:
    """The schemas of the tables that a release holds."""
    return [schema for schema in TABLES if f"data/{schema.name}.csv" in files]


def test_the_crate_describes_every_file_by_its_hash(files: dict[str, bytes]) -> None:
    graph = {part["@id"]: part for part in json.loads(files["ro-crate-metadata.json"])["@graph"]}
    parts = {part["@id"] for part in graph["./"]["hasPart"]}
    assert parts == set(files) - {"ro-crate-metadata.json"}
    assert all(graph[name]["sha256"] == hashlib.sha256(files[name]).hexdigest() for name in parts)
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}


def test_no_raw_file_is_named_in_a_release(files: dict[str, bytes]) -> None:
    manifest = files["manifest.json"].decode()
    assert "transcripts" in manifest
    assert not [name for name in ("SYN01", "ZA1", ".vtt") if name in manifest]


def test_every_column_and_id_of_a_table_is_in_the_dictionary_with_its_meaning(files: dict[str, bytes]) -> None:
    listed = {(row["file"], row["column"], row["value"]): row for row in rows(files, "data/dictionary.csv")}
    assert all(row["meaning"] for row in listed.values())
    for schema in released(files):
        name = f"data/{schema.name}.csv"
        for row in rows(files, name):
            assert list(row) == schema.names
            for column in (column for column in schema.columns if column.type in {"how", "cautions"}):
                assert all((name, column.name, value) in listed for value in row[column.name].split())
        about = {column.name: listed[name, column.name, ""] for column in schema.columns}
        assert tuple(c for c, row in about.items() if row["key"] == "True") == schema.key
        assert {about[c.name]["unit"] for c in schema.columns} == {c.unit for c in schema.columns}


def test_cells_are_numbers_by_key_and_each_count_says_how_it_is_given(files: dict[str, bytes]) -> None:
    withheld = 0
    for schema in released(files):
        found = list(rows(files, f"data/{schema.name}.csv"))
        keys = [tuple(row[name] for name in schema.key) for row in found]
        assert len(set(keys)) == len(keys)
        numbers = [column for column in schema.columns if column.type in {"int", "float"}]
        assert all(float(row[c.name]) is not None for row in found for c in numbers if row[c.name])
        for column in (column for column in schema.columns if column.unit in PEOPLE):
            for row in found:
                cell, how = row[column.name], row[f"{column.name}{STATUS}"]
                assert how in HOW
                assert (cell == "") == (how in {"withheld", "not_recorded"})
                assert how != "rounded" or (int(cell) >= 8 and int(cell) % 5 == 0)
                withheld += how == "withheld"
    assert withheld > 20


def test_the_tables_of_people_are_the_protected_frames_themselves(study: Study, files: dict[str, bytes]) -> None:
    results = for_readers(study, "public")
    comments, codes = protected.comment_counts(results).shown, protected.code_counts(results).shown
    read = [(row["n_suggested"], comments.loc[row["theme"], row["group"]]) for row in rows(files, "data/comments.csv")]
    read += [
        (row["n_participants"], codes.loc[(row["theme"], row["code"]), row["side"]])
        for row in rows(files, "data/interview_codes.csv")
    ]
    assert len(read) == comments.size + codes.size
    assert [cell for cell, _ in read] == [str(n).replace("<NA>", "") for _, n in read]


def test_whether_a_withheld_count_is_small_or_protects_another_is_not_said(
    study: Study, files: dict[str, bytes]
) -> None:
    inside = public_counts(for_readers(study, "public"))
    assert {"small", "secondary"} <= set(inside["status"])  # there was something to keep
    assert not [name for name, data in files.items() if name.startswith("data/") and b",secondary," in data]
    assert not [name for name, data in files.items() if name.startswith("data/") and b",small," in data]


def test_reliability_is_numbers_with_rounded_people(files: dict[str, bytes]) -> None:
    found = list(rows(files, "data/reliability.csv"))
    assert {row["statistic"] for row in found} == {"alpha", "omega", "icc1", "icc2"}
    assert all(int(row["n"]) % 5 == 0 and float(row["ci_low"]) <= float(row["estimate"]) for row in found)


def test_the_workbook_has_a_cover_and_one_table_a_sheet_and_hides_nothing(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["data/tables.xlsx"]))
    cover, *sheets = book.worksheets
    assert cover.title == "Cover"
    assert cover["A1"].value == "Buddying between eight pairs of trusts"
    for sheet in sheets:
        assert len(sheet.tables) == 1
        assert sheet.sheet_state == "visible"
        assert not sheet.merged_cells.ranges
        assert sheet["A1"].value
    assert not book.properties.creator


def test_findings_are_those_of_the_study_with_rounded_people(files: dict[str, bytes]) -> None:
    found = list(rows(files, "data/findings.csv"))
    assert found
    assert all(int(row["n_supporter"]) % 5 == 0 for row in found if row["outcome"] == "survey" and row["n_supporter"])


def test_no_withheld_count_of_the_release_can_be_worked_out(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDDY_EVAL_PROFILE", "public")
    results = open_results(study.root)
    made, withheld = published(results)
    assert withheld.sum() > 20
    assert not (small(made, study.disclosure) & ~withheld).any()
    assert not attack(made, withheld, study.disclosure, withheld & small(made, study.disclosure))["pinned"].any()


def test_a_guard_withholds_its_cell_and_no_other(study: Study) -> None:
    results = Results(replace(study, disclosure=Disclosure(suppress_below=1)), "public")  # few were interviewed here
    guard = cell_id("themes", ("culture", "receiver"), "asked")
    open_ones, fewer = (tables.themes(replace(results, guards=frozenset(names))) for names in ((), (guard,)))
    assert open_ones.status is not None
    assert fewer.status is not None
    changed = open_ones.frame.ne(fewer.frame)
    row = open_ones.frame.index[changed.any(axis=1)]
    assert changed.to_numpy().sum() == 1
    assert fewer.frame.loc[row, "Asked"].tolist() == [WITHHELD]
    assert (open_ones.status.loc[row, "Asked"].tolist(), fewer.status.loc[row, "Asked"].tolist()) == (
        ["rounded"],
        ["secondary"],
    )


def test_a_release_is_made_again_byte_by_byte_elsewhere_under_another_clock_and_locale(
    release: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert reproduce(release, study, quiet) == []


def test_a_release_as_it_was_written_is_compared_with_the_next_and_a_changed_one_is_not(
    release: Path, files: dict[str, bytes]
) -> None:
    refuse_difference([release], files)
    (release / "data" / "findings.csv").write_bytes(files["data/findings.csv"].splitlines(keepends=True)[0])
    with pytest.raises(BuddyError, match=r"cannot be compared: data/findings\.csv was changed"):
        refuse_difference([release], files)


def test_one_changed_byte_and_one_changed_input_are_found_with_their_reason(release: Path, study: Study) -> None:
    path = release / "data" / "findings.csv"
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    (release / "more.txt").write_text("added")
    copy = load_study(Path(shutil.copytree(study.root, release.parent / "copy")))
    small_study.set_cell(copy.raw_folder / "outcomes.csv", 2, "numerator", "1")
    said = reproduce(release, copy, quiet)
    changed = [line for line in said if line.startswith("data/findings.csv")]
    assert len(changed) == 1
    assert "changed after the release was made" in changed[0]
    assert "more.txt: the study does not make this file; it was added to the release" in said
    manifest = next(line for line in said if line.startswith("manifest.json"))
    assert "other inputs: all raw files together, outcomes" in manifest


def test_a_folder_without_a_manifest_is_no_release(tmp_path: Path, study: Study) -> None:
    with pytest.raises(BuddyError, match="holds no release"):
        reproduce(tmp_path, study, quiet)


def test_checklists_are_filled_from_the_study_and_by_the_team(study: Study) -> None:
    results = open_results(study.root)
    before = checklists(results)
    assert before.groupby("checklist")["item"].max().to_dict() == {
        "COREQ": 32,
        "CROSS": 19,
        "GRAMMS": 6,
        "SQUIRE 2.0": 18,
        "SRQR": 21,
    }
    assert {"filled", "missing"} == set(before["status"])
    answers = study.root / "checklists.csv"
    answers.write_text("checklist,item,answer\nCOREQ,2,Two researchers with doctorates.\n", encoding="utf-8")
    after = checklists(results)
    answers.unlink()
    mine = after[(after["checklist"] == "COREQ") & (after["item"] == 2)].iloc[0]
    assert (mine["status"], mine["answer"]) == ("answered", "Two researchers with doctorates.")
