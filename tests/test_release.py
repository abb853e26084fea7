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
from buddy_eval.disclose.protected import cell_id
from buddy_eval.disclose.public_counts import published
from buddy_eval.disclose.results import Results, open_results
from buddy_eval.disclose.suppression import attack, small
from buddy_eval.pipeline import run as pipeline
from buddy_eval.present import tables
from buddy_eval.present.tables.form import WITHHELD
from buddy_eval.publish import reports
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.release import make_release
from buddy_eval.release.checklists import checklists
from buddy_eval.release.compare import refuse_difference, reproduce
from buddy_eval.release.tables import meaning
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


def test_every_column_of_a_table_is_in_the_dictionary_with_its_meaning(files: dict[str, bytes]) -> None:
    listed = {(row["file"], row["column"]): row["meaning"] for row in rows(files, "data/dictionary.csv")}
    tables = [name for name in files if name.startswith("data/") and name.endswith(".csv") and "dictionary" not in name]
    assert len(tables) > 5
    for name in tables:
        header = next(csv.reader(io.StringIO(files[name].decode("utf-8-sig"))))
        assert all(listed[name, column] for column in header)
    assert meaning("Nobody knows") == ""


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


@pytest.mark.parametrize(
    ("was", "has", "step", "refused"),
    [
        ("withheld", "10", 5, True),
        ("10", "withheld", 5, True),
        ("12", "14", 1, True),
        ("12", "20", 1, False),
        ("10", "15", 5, False),
        ("10", "10", 5, False),
    ],
)
def test_a_release_is_refused_where_the_one_before_gives_it_away(
    was: str, has: str, step: int, refused: bool, tmp_path: Path
) -> None:
    write_atomic(tmp_path / "data" / "x.csv", f"Theme,Asked\nCulture,{was}\n".encode())
    rules, now = Disclosure(round_to=step), {"data/x.csv": f"Theme,Asked\nCulture,{has}\n".encode()}
    if refused:
        with pytest.raises(RefusedError, match=r"data/x.csv row 2: 'Asked'"):
            refuse_difference(tmp_path, now, rules)
    else:
        refuse_difference(tmp_path, now, rules)
