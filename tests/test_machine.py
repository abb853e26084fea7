"""Faults of the machine: each is one line with its remedy, never a traceback, and everything else is still listed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import small_study
from buddy_eval.analyse.compare.mixed import mixed_model
from buddy_eval.analyse.scale_quality import within_items
from buddy_eval.cli.main import main
from buddy_eval.publish import reports
from buddy_eval.start.companion import standing
from buddy_eval.study.settings import load_study

NOBODY = 65534
WORDS = "transcripts/SYN01-R1-w1.txt"
UNREADABLE = (
    "pairs.csv",
    "survey_wave_1.csv",
    "boards/ZA1.xlsx",
    "transcripts/SYN01-R1-w1.txt",
    "boards",
    "transcripts",
)
assert reports  # loaded here, since whoever steps down may not load it
pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights of files as on Linux and macOS")


@pytest.fixture
def study() -> Iterator[Path]:
    """A small study of somebody who may not open everything: the superuser steps down for the test."""
    with tempfile.TemporaryDirectory() as name:
        folder = small_study.cut(Path(name) / "study")
        if os.geteuid() != 0:
            yield folder
            return
        standing(load_study(folder))  # what is loaded late is loaded while it may be
        for path in (Path(name), *Path(name).rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)


@pytest.mark.parametrize(
    "name",
    ["pairs.csv", "survey_wave_1.csv", "boards/ZA1.xlsx", "transcripts/SYN01-R1-w1.txt", "boards", "transcripts"],
)
def test_what_cannot_be_opened_is_named_once_beside_all_other_faults(
    study: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = study / "data" / "raw"
    small_study.set_cell(raw / "codings.csv", 3, "code", "CV99")
    (raw / name).chmod(0)
    said = f"data/raw/{name}: cannot be opened: permission denied; close it in other programs, or ask for access to it"
    assert main(["check", str(study)]) == 1
    assert said in capsys.readouterr().out
    lines = [str(fault) for fault in standing(load_study(study)).faults]
    absent = [line for line in lines if "is not in transcripts" in line]
    assert bool(absent) == (name == "transcripts")
    coded = [line for line in lines if "'CV99' is not in the codebook" in line]
    assert sorted(line for line in lines if line not in absent) == sorted([*coded, said])
    assert len(coded) == 1
    assert main(["run", str(study)]) == 1
    assert said in capsys.readouterr().err
    (raw / name).chmod(0o755)


@pytest.mark.parametrize("name", ["outcomes.csv", "boards/ZA1.xlsx"])
def test_what_leads_nowhere_or_is_a_folder_is_a_fault(study: Path, name: str) -> None:
    path = study / "data" / "raw" / name
    path.unlink()
    path.mkdir()
    assert any(fault.file == f"data/raw/{name}" for fault in standing(load_study(study)).faults)


def test_settings_that_cannot_be_opened_and_a_folder_that_cannot_be_written_are_one_line(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (study / "data").chmod(0o555)
    assert main(["run", str(study)]) == 1
    assert capsys.readouterr().err == "data/processed cannot be written to: Permission denied; ask for access\n"
    (study / "data").chmod(0o755)
    (study / "study.toml").chmod(0)
    assert main(["check", str(study)]) == 1
    said = "study.toml: permission denied; close it in other programs, make room, or ask for access\n"
    assert capsys.readouterr().err == said


def test_a_workbook_that_is_open_in_excel_is_said(study: Path) -> None:
    (study / "data" / "raw" / "boards" / "~$ZA1.xlsx").write_bytes(b"\x05Somebody")
    stands = standing(load_study(study))
    assert stands.faults == []
    why = "the file is open in another program; save it there"
    said = f"left out of data/raw/boards/ZA1.xlsx: what is not saved (1): {why}"
    assert said in stands.aside


def test_one_respondent_on_each_side_has_no_agreement_and_no_model_but_stops_nothing() -> None:
    people = pd.DataFrame(
        [(f"p{n}{side}", f"SYN0{n}", side, "board", 1, "C1", n, "answered") for n in (1, 2, 3)
         for side in ("supporter", "receiver")],
        columns=["participant", "pair", "side", "role", "wave", "item", "answer", "status"],
    )  # fmt: skip
    items = pd.DataFrame({"item": ["C1"], "theme": ["culture"], "reversed": [False]})
    assert within_items(people.astype({"answer": "Int64"}), items).empty
    fitted = mixed_model(people.assign(score=[3.0, 2, 4, 1, 5, 2]), ("role",))
    assert fitted.caution == "mixed_failed"
    assert pd.isna(fitted.side.estimate)
