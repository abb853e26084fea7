"""The command line: what it refuses it refuses in plain words, and an empty study grows into reports."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

import small_study
from buddy_eval.cli.declare import Command, Either
from buddy_eval.cli.main import ROOMS, main, parser
from buddy_eval.start.companion import EARLIER, standing
from buddy_eval.start.new_study import shipped_notebooks
from buddy_eval.start.unchanged import ANSWER
from buddy_eval.study.settings import load_study
from team_study import INSTRUMENT, build, head, setting

WORDING = INSTRUMENT.items.sort_values("position")["wording"].iloc[0]
COMMAND = [sys.executable, "-m", "buddy_eval"]
PEOPLE = ("board", "clinical_leadership", "improvement_team", "operational_clinical")
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: 4 observers, 12 units, some not rated.
OBSERVERS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
PUBLISHED = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}


def ended(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command as a user does, in a process of its own."""
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env={**os.environ, **environment}, check=False
    )


def broken(folder: Path) -> Path:
    """A small study with a fault in each of five files."""
    raw = small_study.cut(folder) / "data" / "raw"
    wording = small_study.table(raw / "survey_wave_1.csv")[0][8]
    small_study.set_cell(raw / "survey_wave_1.csv", 4, wording, "Strongly agre")
    small_study.set_cell(raw / "codings.csv", 7, "code", "CV11")
    small_study.set_cell(raw / "participants.csv", 2, "side", "reciever")
    small_study.set_cell(raw / "outcomes.csv", 9, "numerator", "many")
    book = load_workbook(raw / "boards" / "ZB2.xlsx")
    book["Board"]["C7"] = 7
    book.save(raw / "boards" / "ZB2.xlsx")
    return folder


EXPECTED = (
    ("data/raw/survey_wave_1.csv row 4: ", "'Strongly agre'", "did you mean 'strongly agree'?"),
    ("data/raw/codings.csv row 7: ", "'CV11'", "did you mean 'CV"),
    ("data/raw/participants.csv row 2: ", "'reciever'", "did you mean 'receiver'?"),
    ("data/raw/outcomes.csv row 9: ", "'many'", "a number such as 12.5"),
    ("data/raw/boards/ZB2.xlsx row 7: ", "'7'", "use 0, 1, 2, 3, 4, NA or DK"),
)


def test_check_lists_every_fault_at_once_with_its_place_and_remedy(tmp_path: Path) -> None:
    found = ended("check", broken(tmp_path))
    lines = found.stdout.splitlines()
    assert (found.returncode, found.stderr, lines[-1]) == (1, "", "5 faults found")
    for place, value, remedy in EXPECTED:
        line = next(line for line in lines if line.startswith(place))
        assert value in line
        assert remedy in line


def test_run_and_publish_refuse_what_check_refuses_and_write_nothing(tmp_path: Path) -> None:
    folder = broken(tmp_path)
    said = ended("check", folder).stdout.splitlines()
    listed = said[said.index("To mend:") + 1 : said.index("What to do next:") - 1]
    for command in (["run", folder], ["publish", folder, "--profile", "public"]):
        refused = ended(*command)
        assert (refused.returncode, refused.stderr.splitlines()) == (1, listed)
        assert EARLIER.words not in refused.stdout
    assert [path.name for path in (folder / "data" / "processed").iterdir() if path.name != ".lock"] == []
    assert not (folder / "reports").exists()
    (folder / "reports").mkdir()
    (folder / "reports" / "index.html").write_text("made before")
    for command in (["run", folder], ["publish", folder, "--profile", "public"]):
        assert ended(*command).stdout.splitlines()[-1] == EARLIER.words


def test_check_of_a_good_study_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = small_study.contents(small_study.cut(tmp_path))
    assert main(["check", str(tmp_path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "no fault found"
    assert "To mend:" not in said
    assert "  2 pairs of trusts: SYN01, SYN02" in said
    assert said[-4:-2] == [f"  1. Make the reports: buddy-eval run {tmp_path}", "  2. Read reports/index.html"]
    assert small_study.contents(tmp_path) == before


def test_check_says_to_run_only_where_something_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def first_step() -> str:
        capsys.readouterr()
        assert main(["check", str(tmp_path)]) == 0
        return capsys.readouterr().out.split("What to do next:\n")[1].splitlines()[0]

    small_study.cut(tmp_path, ("09-codebook.ipynb",))
    assert main(["run", str(tmp_path)]) == 0
    fresh, stale = "  1. Open reports/index.html: tables and reports", "  1. Bring tables and reports up to date"
    before = small_study.contents(tmp_path)
    assert first_step().startswith(fresh)
    now = small_study.contents(tmp_path)
    assert {name: now[name] for name in now if name != f"data/processed/{ANSWER}"} == before
    for touched in (tmp_path / "data" / "raw" / "summaries.csv", next((tmp_path / "reports").rglob("codebook.html"))):
        kept = touched.read_bytes()
        touched.write_bytes(kept + b"\n")
        assert first_step().startswith(stale)
        touched.write_bytes(kept)
    assert first_step().startswith(fresh)


def test_a_study_is_found_from_a_folder_inside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_study.cut(tmp_path / "study")
    assert main(["check", str(tmp_path / "study" / "data" / "raw")]) == 0
    assert main(["check", str(tmp_path)]) == 1
    assert "start one with: buddy-eval init FOLDER" in capsys.readouterr().err


def test_a_terminal_that_cannot_show_every_letter_gets_the_faults_all_the_same(tmp_path: Path) -> None:
    small_study.cut(tmp_path)
    small_study.set_cell(tmp_path / "data" / "raw" / "codings.csv", 7, "code", "café")
    found = ended("check", tmp_path, PYTHONIOENCODING="ascii")
    assert (found.returncode, found.stderr) == (1, "")
    assert "code 'caf\\xe9' is not in the codebook" in found.stdout


@pytest.fixture(params=["wide", "wide with names of units", "long"])
def ratings(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The published example in the three forms in which people keep ratings."""
    columns = {name: ["" if value == "." else value for value in row.split()] for name, row in OBSERVERS.items()}
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    if request.param == "wide":
        made = [list(columns), *rows]
    elif request.param == "wide with names of units":
        made = [["unit", *columns], *([f"u{n}", *row] for n, row in enumerate(rows, 1))]
    else:
        cells = [[str(n), name, row[place]] for n, row in enumerate(rows, 1) for place, name in enumerate(columns)]
        made = [["unit", "coder", "value"], *(cell for cell in cells if cell[2])]
    small_study.write_table(tmp_path / "ratings.csv", made)
    return tmp_path / "ratings.csv"


@pytest.mark.parametrize("level", list(PUBLISHED))
def test_agreement_gives_the_published_alpha(ratings: Path, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement", str(ratings), "--level", level, "--json"]) == 0
    row = next(row for row in json.loads(capsys.readouterr().out) if row["statistic"] == "alpha")
    assert round(row["estimate"], 3) == PUBLISHED[level]
    assert (row["n_units"], row["n_coders"]) == (11, 4)  # one unit was rated by a single observer
    assert row["ci_low"] < row["estimate"] < row["ci_high"]


def test_agreement_refuses_text_on_a_scale_of_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_study.write_table(tmp_path / "r.csv", [["A", "B"], ["yes", "no"], ["yes", "yes"]])
    assert main(["agreement", str(tmp_path / "r.csv"), "--level", "interval"]) == 1
    assert "is no number, which the level interval needs" in capsys.readouterr().err
    assert main(["agreement", str(tmp_path / "r.csv")]) == 0
    assert "fleiss_kappa" in capsys.readouterr().out
    assert main(["agreement", str(tmp_path / "not-there.csv")]) == 1


def test_a_command_that_is_not_understood_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["publish", "--profile", "everybody"], ["agreement"]):
        with pytest.raises(SystemExit) as refused:
            main(words)
        assert refused.value.code == 2
    assert "choose from" in capsys.readouterr().err


def test_every_declared_command_is_offered_and_takes_what_its_function_takes() -> None:
    declared = [made for room in ROOMS for made in vars(room).values() if isinstance(made, Command)]
    offered = parser().format_help()
    for each in declared:
        singles = [one for part in each.arguments for one in (part.arguments if isinstance(part, Either) else (part,))]
        names = {one.settings.get("dest", one.names[0].lstrip("-").replace("-", "_")) for one in singles}
        assert names == set(inspect.signature(each.call).parameters)
        assert f"    {each.call.__name__.strip('_').replace('_', '-')}" in offered
    assert len({each.call.__name__ for each in declared}) == len(declared) == 27


def test_export_to_a_format_that_is_none_names_the_near_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_study.cut(tmp_path)
    before = small_study.contents(tmp_path)
    assert main(["export", "--to", "qpdx", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "'qpdx' is no format of export; did you mean 'qdpx'?\n"
    assert small_study.contents(tmp_path) == before


def test_init_makes_a_study_that_check_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "ours"
    assert main(["init", str(folder)]) == 0
    assert f"buddy-eval check {folder}" in capsys.readouterr().out
    names = {path.name for path in (folder / "notebooks").iterdir()}
    assert names == {path.name for path in shipped_notebooks()} != set()
    assert main(["check", str(folder)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[said.index("To mend:") + 1] == "data/raw/pairs.csv: no pair is listed; add a row for each pair"
    assert said[-1] == "1 fault found"


def test_init_refuses_a_folder_that_holds_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "diary.txt").write_text("mine", encoding="utf-8")
    before = small_study.contents(tmp_path)
    for place in (tmp_path, tmp_path / "diary.txt"):
        assert main(["init", str(place)]) == 1
        assert "is not empty; name a new folder" in capsys.readouterr().err
    assert small_study.contents(tmp_path) == before


def test_a_study_that_names_no_pairs_at_all_is_at_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.toml").write_text('[study]\ntitle = "T"\nteam = "Us"\n', encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    assert "study.toml: [raw] names no pairs; add pairs" in capsys.readouterr().out


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_whoever_stops_reading_what_is_printed_sees_no_traceback(unbuffered: str) -> None:
    command = [*COMMAND, "design", "--pairs", "2", "--people", "2"]
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import", "{here}", "{here}/new"], "is a folder; name the file in it that is meant"),
        (["import", "{here}/nosuch.qdpx", "{here}/new"], "nosuch.qdpx is not there; check its name and its folder"),
        (["agreement", "{here}/nosuch"], "nosuch is not there; check its name and its folder"),
        (["agreement", "{here}"], "is a folder; name the file in it that is meant"),
        (["design", "--pairs", "2", "--people", "9", "--picture", "{here}/x.docx"], "written as .png; call it x.png"),
        (["board", "{here}/a.pdf"], "a.pdf: a board's workbook is written as .xlsx; call it a.xlsx"),
        (["board", "{here}"], "is a folder; name a file in it for a board's workbook"),
        (["init", "{here}/new", "--answers", "{here}/none.toml"], "none.toml is not there"),
        (["codebook", "diff", "{here}/book.docx", "{here}/a.pdf"], "give a file that ends in .yaml or .yml"),
    ],
)  # fmt: skip
def test_a_file_that_a_command_cannot_take_is_refused_at_once_with_what_to_give(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.pdf", "book.docx"):
        (tmp_path / name).write_bytes(b"%PDF-1.7")
    before = sorted(tmp_path.rglob("*"))
    assert main([word.format(here=tmp_path) for word in words]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert says.format(here=tmp_path) in said.err
    assert sorted(tmp_path.rglob("*")) == before


def test_map_says_what_to_do_where_there_is_no_survey_and_where_no_map_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path)
    assert main(["map", str(tmp_path)]) == 0
    assert "nothing to confirm, and no map is needed" in capsys.readouterr().out
    head("survey.csv", WORDING, "How long have you worked here?")(tmp_path)
    assert main(["map", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "1 column resembles no item's wording that is left; where you know better, write the item's id" in said
    assert "(it was there, and stays as it is; to have it drafted again, delete it)" in said
    setting('[[raw.survey]]\nfile = "survey.csv"\nwave = 1\n', "")(tmp_path)
    assert main(["map", str(tmp_path)]) == 1
    assert "study.toml names no survey; add [[raw.survey]]" in capsys.readouterr().err


def test_a_folder_that_the_settings_name_as_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    setting('pairs = "pairs.csv"', 'pairs = "boards"')(build(tmp_path))
    (fault,) = (fault for fault in standing(load_study(tmp_path)).faults if fault.file == "data/raw/boards")
    assert (fault.problem, fault.remedy) == ("is a folder", "name the file in it that is meant")
