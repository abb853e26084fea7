"""The pipeline: it repeats exactly what has to be repeated, always makes the same bytes, and leaves raw files alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

import small_study
from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.base.manifest import PACKAGE, code_version
from buddy_eval.pipeline import run as pipeline
from buddy_eval.pipeline.steps import STEPS
from buddy_eval.schemas import PROCESSED
from buddy_eval.study.settings import load_study

QUIETLY = "import sys\nfrom pathlib import Path\nfrom buddy_eval.pipeline import run as pipeline\n"
QUIETLY += "from buddy_eval.study import settings as study\n"
ONCE = QUIETLY + "pipeline.run(study.load_study(Path(sys.argv[1])), lambda line: None)\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study that ran once, undisturbed; tests work on copies of it."""
    folder = small_study.cut(tmp_path_factory.mktemp("finished") / "study")
    run(folder)
    return folder


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished study."""
    return Path(shutil.copytree(finished, tmp_path / "study"))


def run(folder: Path) -> list[str]:
    """Run the pipeline; return the steps that it says it did."""
    said: list[str] = []
    pipeline.run(load_study(folder), said.append)
    return steps_in(said)


def steps_in(said: list[str]) -> list[str]:
    """The steps among the lines that a run says: those with the seconds that they took."""
    return [line.split()[0] for line in said if re.fullmatch(r" +\w+ +\d+\.\d s", line)]


def tables(folder: Path) -> dict[str, str]:
    """The hashes of the processed tables and their manifest; anything else there would be in the way."""
    found = small_study.contents(folder / "data" / "processed")
    found.pop(".lock", None)
    return found


def test_the_first_run_does_every_step_once_and_says_so(tmp_path: Path) -> None:
    folder = small_study.cut(tmp_path)
    assert run(folder) == ["read", *(step.name for step in STEPS)]
    assert set(tables(folder)) == {"manifest.json", *(f"{name}.parquet" for name in PROCESSED)}


def test_a_second_run_repeats_nothing(study: Path) -> None:
    for path in (study / "data" / "raw").rglob("*"):
        path.touch()  # a new date alone is no change
    before = {path: path.stat().st_mtime_ns for path in (study / "data" / "processed").glob("*.*")}
    assert run(study) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


def another_value(raw: Path) -> None:
    small_study.set_cell(raw / "outcomes.csv", 2, "numerator", "5000")


def another_answer(raw: Path) -> None:
    wording = small_study.table(raw / "survey_wave_1.csv")[0][8]
    before = small_study.set_cell(raw / "survey_wave_1.csv", 2, wording, "Strongly agree")
    assert before != "Strongly agree"


def another_valence(raw: Path) -> None:
    small_study.set_cell(raw / "codings.csv", 2, "valence", "enabler")
    small_study.set_cell(raw / "codings.csv", 3, "valence", "enabler")


def another_summary(raw: Path) -> None:
    small_study.set_cell(raw / "summaries.csv", 2, "summary", "Said in other words.")


def another_rating(raw: Path) -> None:
    book = load_workbook(raw / "boards" / "ZA1.xlsx")
    sheet = book["Board"]
    sheet["C7"] = 1 if str(sheet["C7"].value) != "1" else 0
    book.save(raw / "boards" / "ZA1.xlsx")


@pytest.mark.parametrize(
    ("change", "repeated"),
    [
        (another_value, "read compare spc"),
        (another_answer, "read score compare participant_flow integrate follow_up by_round"),
        (another_valence, "read agree learn validate code_counts integrate by_round"),
        (another_rating, "read participant_flow integrate follow_up by_round"),
        (another_summary, "read"),
    ],
)
def test_a_changed_input_repeats_exactly_what_depends_on_it(
    study: Path, change: Callable[[Path], None], repeated: str
) -> None:
    change(study / "data" / "raw")
    assert run(study) == repeated.split()
    assert run(study) == []


def test_a_change_that_is_taken_back_brings_the_same_bytes_back(study: Path, finished: Path) -> None:
    outcomes = study / "data" / "raw" / "outcomes.csv"
    before = outcomes.read_bytes()
    small_study.set_cell(outcomes, 2, "numerator", "5000")
    run(study)
    assert tables(study) != tables(finished)
    outcomes.write_bytes(before)
    run(study)
    assert tables(study) == tables(finished)


@pytest.mark.parametrize(
    ("name", "step"), [("pairs", "read"), ("scores", "score"), ("findings", "compare"), ("joint_display", "integrate")]
)
def test_a_step_whose_output_was_tampered_with_is_done_again(study: Path, finished: Path, name: str, step: str) -> None:
    path = study / "data" / "processed" / f"{name}.parquet"
    other = study / "data" / "processed" / "themes.parquet"
    path.write_bytes(other.read_bytes())
    assert run(study) == [step]
    path.unlink()
    assert run(study) == [step]
    assert tables(study) == tables(finished)


def test_without_a_manifest_or_with_a_torn_one_everything_is_done_again(study: Path, finished: Path) -> None:
    manifest = study / "data" / "processed" / "manifest.json"
    whole = manifest.read_text(encoding="utf-8")
    for torn in ("", whole[: len(whole) // 2]):
        manifest.write_text(torn, encoding="utf-8")
        assert len(run(study)) == 1 + len(STEPS)
        assert tables(study) == tables(finished)


def test_the_manifest_lists_hashes_of_inputs_code_settings_and_outputs(study: Path) -> None:
    steps = json.loads((study / "data" / "processed" / "manifest.json").read_text("utf-8"))["steps"]
    assert set(steps) == {"read", *(step.name for step in STEPS)}
    raw = {name for name in small_study.contents(study) if name.startswith("data/raw/")}
    assert set(steps["read"]["inputs"]) == {"study.toml", *raw}
    for step in STEPS:
        assert set(steps[step.name]["inputs"]) == {f"data/processed/{name}.parquet" for name in step.needs}
    made = [name for receipt in steps.values() for name in receipt["outputs"]]
    assert sorted(made) == sorted(f"data/processed/{name}.parquet" for name in PROCESSED)  # each made once
    for receipt in steps.values():
        assert set(receipt) == {"inputs", "settings", "code", "outputs"}
        assert (receipt["code"], len(receipt["settings"])) == (code_version(), 64)
        for name, value in {**receipt["inputs"], **receipt["outputs"]}.items():
            assert value == hashlib.sha256((study / name).read_bytes()).hexdigest()


def test_new_code_and_new_settings_repeat_every_step_that_they_touch(study: Path, tmp_path: Path) -> None:
    library = shutil.copytree(PACKAGE, tmp_path / "src" / "buddy_eval")
    aloud = ONCE.replace("lambda line: None", "print")
    steps = [sys.executable, "-c", aloud, str(study)]
    elsewhere = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    assert subprocess.run(steps, check=True, env=elsewhere, capture_output=True).stdout == b""  # the same code
    spoken = library / "present" / "wording.py"
    spoken.write_text(spoken.read_text("utf-8") + "\n# a comment\n", "utf-8")
    again = subprocess.run(steps, check=True, env=elsewhere, capture_output=True, text=True).stdout
    assert steps_in(again.splitlines()) == ["read", *(step.name for step in STEPS)]
    settings = study / "study.toml"
    settings.write_text(settings.read_text("utf-8").replace("round_to = 5", "round_to = 3"), "utf-8")
    assert run(study)[0] == "read"


def test_a_faulty_study_leaves_the_tables_of_before_untouched(study: Path, finished: Path) -> None:
    small_study.set_cell(study / "data" / "raw" / "codings.csv", 5, "code", "no such code")
    with pytest.raises(StudyError) as refused:
        run(study)
    assert [(fault.file, fault.row) for fault in refused.value.faults] == [("data/raw/codings.csv", 5)]
    assert tables(study) == tables(finished)


def test_a_raw_file_that_changes_while_it_is_read_is_noticed(study: Path, finished: Path) -> None:
    """The list of pairs changes after it was read, the moment that the outcomes are opened for the second time."""
    script = QUIETLY + (
        "root = Path(sys.argv[1]); opened = []\n"
        "def change(event, arguments):\n"
        "    if event == 'open' and str(arguments[0]).endswith('outcomes.csv'):\n"
        "        opened.append(event)\n"
        "        if len(opened) == 2:\n"
        "            pairs = root / 'data' / 'raw' / 'pairs.csv'\n"
        "            pairs.write_bytes(pairs.read_bytes().replace(b'2024-09-30', b'2024-10-31'))\n"
        "sys.addaudithook(change)\n"
        "try:\n"
        "    pipeline.run(study.load_study(root))\n"
        "except pipeline.BuddyError as error:\n"
        "    sys.exit(str(error))\n"
    )
    small_study.set_cell(study / "data" / "raw" / "summaries.csv", 2, "summary", "So that there is something to do.")
    ended = subprocess.run([sys.executable, "-c", script, str(study)], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.strip()) == (1, "a raw file changed while it was being read; run again")
    assert tables(study) == tables(finished)
    assert run(study)[0] == "read"
    assert tables(study)["pairs.parquet"] != tables(finished)["pairs.parquet"]


def test_equal_tables_have_equal_bytes_wherever_and_whenever_they_are_made(finished: Path, tmp_path: Path) -> None:
    places = (
        {"TZ": "Asia/Kolkata", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "4294967295", "LANG": "de_DE"},
    )
    for number, place in enumerate(places):
        folder = shutil.copytree(finished, tmp_path / str(number), ignore=shutil.ignore_patterns("processed"))
        subprocess.run([sys.executable, "-c", ONCE, str(folder)], check=True, env={**os.environ, **place})
        assert tables(folder) == tables(finished)


def test_a_table_that_has_not_been_made_is_asked_for_in_plain_words(tmp_path: Path) -> None:
    study = load_study(small_study.cut(tmp_path))
    with pytest.raises(BuddyError, match="findings has not been made yet; run: buddy-eval run"):
        pipeline.read(study, "findings")
