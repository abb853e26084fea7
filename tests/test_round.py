"""The next round: a kit of its own, last time's answers beside, and a survey that the settings name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

import small_study
import survey_tools
from buddy_eval.clean import clean
from buddy_eval.cli.main import main
from buddy_eval.read import read_raw
from buddy_eval.start.answers import answers_file
from buddy_eval.start.new_study import new_study
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.inputs import SurveyFile
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import load_study
from test_kit import setup_of


def filled(path: Path, rating: int, owner: str) -> None:
    book = load_workbook(path)
    sheet = book["Board"]
    for row in range(7, 25):
        sheet[f"C{row}"], sheet[f"E{row}"], sheet[f"F{row}"] = rating, owner, "31/03/2027"
    book.save(path)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose boards have answered once, and whose second round is open."""
    folder = tmp_path_factory.mktemp("round") / "s"
    new_study(folder, setup_of(folder.parent))
    for number, path in enumerate(sorted((folder / "kit" / "boards").glob("*.xlsx"))):
        filled(path, number, f"owner {number}")
        small_study.copy(path, folder / "data" / "raw" / "boards" / path.name)
    assert main(["round", "--opens", "1 March 2027", str(folder)]) == 0
    return folder


def test_the_settings_name_the_new_survey_and_keep_everything_else(study: Path) -> None:
    settings = load_study(study)
    assert settings.survey == (SurveyFile("survey_wave_1.xlsx", 1), SurveyFile("survey_wave_2.xlsx", 2))
    assert (settings.title, settings.disclosure.min_respondents) == ("Buddying on the coast", 10)
    assert main(["check", str(study)]) == 0
    listed = (study / "data" / "raw" / "rounds.csv").read_text(encoding="utf-8-sig")
    assert listed.split() == ["wave,opens", f"1,{setup_of(study.parent).opens}", "2,2027-03-01"]


def test_the_kit_of_the_round_has_its_dates_and_names(study: Path) -> None:
    kit = study / "kit" / "round-2"
    assert "Monday 1 March 2027 | Open the survey" in survey_tools.word_text(kit / "plan" / "evaluation-plan.docx")
    told = survey_tools.word_text(kit / "what-to-do-next.docx")
    assert "data/raw/survey_wave_2.xlsx" in told
    assert "data/raw/capacity.xlsx, data/raw/communications.xlsx, data/raw/actions.xlsx." in told
    assert {path.name for path in kit.iterdir()} == {path.name for path in (study / "kit").iterdir()} - {"round-2"}


def test_last_times_answers_stand_beside_and_the_new_ones_are_read(study: Path) -> None:
    boards = sorted((study / "kit" / "round-2" / "boards").glob("*.xlsx"))
    assert len(boards) == 2
    for number, path in enumerate(boards):
        sheet = load_workbook(path)["Board"]
        assert [sheet[f"{letter}6"].value for letter in "HIJ"] == [
            "Last rating", "Last owner role", "Last review date",
        ]  # fmt: skip
        assert [sheet[f"{letter}7"].value for letter in "CHIJ"] == [None, number, f"owner {number}", "31/03/2027"]
        filled(path, 2, "chair")
        small_study.copy(path, study / "data" / "raw" / "boards" / path.name)  # over none of the first round
    settings = load_study(study)
    cleaned = clean(read_raw(settings), settings, load_codebook(), load_instrument())
    assert cleaned.faults == []
    means = cleaned.tables["board_answers"].groupby(["wave", "side"])["rating"].mean()
    assert means.to_dict() == {(1, "supporter"): 0, (1, "receiver"): 1, (2, "supporter"): 2, (2, "receiver"): 2}


def test_a_round_is_refused_without_a_day_or_answers_and_writes_nothing(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = small_study.contents(study)
    assert main(["round", "--opens", "spring", str(study)]) == 1
    assert "write it as '1 March 2027'" in capsys.readouterr().err
    assert small_study.contents(study) == before
    small_study.cut(tmp_path)
    before = small_study.contents(tmp_path)
    assert main(["round", "--opens", "1 March 2027", str(tmp_path)]) == 1
    assert "kit/answers.toml is not there" in capsys.readouterr().err
    assert small_study.contents(tmp_path) == before


@pytest.mark.parametrize(
    ("opens", "said"),
    [
        (
            "1 March 2027",
            "round 2 is open already: it opens on 1 March 2027; give a later day for the next; to take it",
        ),
        ("1 February 2027", "round 2 opens later, on 1 March 2027"),
    ],
)
def test_a_round_that_is_open_or_comes_too_early_makes_nothing(
    study: Path, capsys: pytest.CaptureFixture[str], opens: str, said: str
) -> None:
    before = small_study.contents(study)
    assert main(["round", "--opens", opens, str(study)]) == 1
    assert said in capsys.readouterr().err
    assert small_study.contents(study) == before


def test_a_survey_before_a_pair_begins_is_said_by_init_and_refused_by_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = setup_of(tmp_path)
    begins = setup.arrangements[0].start
    early = replace(setup, opens=begins - timedelta(days=9))
    (tmp_path / "a.toml").write_bytes(answers_file(early))
    assert main(["init", "--answers", str(tmp_path / "a.toml"), str(tmp_path / "t")]) == 0
    assert f"before {setup.arrangements[0].pair} begins" in capsys.readouterr().out
    before = small_study.contents(tmp_path / "t")
    assert main(["round", "--opens", str(begins - timedelta(days=1)), str(tmp_path / "t")]) == 1
    assert f"before {setup.arrangements[0].pair} begins" in capsys.readouterr().err
    assert small_study.contents(tmp_path / "t") == before


def without_survey(folder: Path) -> Path:
    """A study that asks its boards and holds interviews alone."""
    new_study(folder, setup_of(folder.parent))
    settings = folder / "study.toml"
    entry = '[[raw.survey]]\nfile = "survey_wave_1.xlsx"\nwave = 1\n'
    assert entry in settings.read_text(encoding="utf-8")
    settings.write_text(settings.read_text(encoding="utf-8").replace(entry, ""), encoding="utf-8")
    return folder


def test_a_study_without_a_survey_has_rounds_without_one_and_none_is_opened_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = without_survey(tmp_path / "s")
    settings = (folder / "study.toml").read_bytes()
    assert main(["round", "--opens", "1 March 2027", str(folder)]) == 0
    assert (folder / "kit" / "round-2" / "what-to-do-next.docx").is_file()
    assert not (folder / "data" / "raw" / "survey_wave_2.xlsx").exists()
    assert (folder / "study.toml").read_bytes() == settings
    before = small_study.contents(folder)
    assert main(["round", "--opens", "1 March 2027", str(folder)]) == 1
    assert "round 2 is open already: it opens on 1 March 2027" in capsys.readouterr().err
    assert small_study.contents(folder) == before


def test_a_round_of_which_boards_have_answered_is_open_already(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = without_survey(tmp_path / "s")
    path = next((folder / "kit" / "boards").glob("*.xlsx"))
    filled(path, 2, "chair")
    book = load_workbook(path)
    (row,) = (row for row in book["Board"].iter_rows(max_row=6) if str(row[0].value).startswith("Wave"))
    row[1].value = 2
    book.save(folder / "data" / "raw" / "boards" / path.name)
    assert main(["round", "--opens", "1 March 2028", str(folder)]) == 0
    assert "begin with" in capsys.readouterr().out
    assert (folder / "kit" / "round-3").is_dir()


def test_a_day_other_than_the_one_that_is_listed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = without_survey(tmp_path / "s")
    listed = folder / "data" / "raw" / "rounds.csv"
    listed.write_bytes(listed.read_bytes().rstrip() + b"\n2,2027-03-01\n")
    before = small_study.contents(folder)
    assert main(["round", "--opens", "2 March 2027", str(folder)]) == 1
    assert "round 2 opens on 1 March 2027; give that day, or correct the row" in capsys.readouterr().err
    assert small_study.contents(folder) == before
    assert main(["round", "--opens", "1 March 2027", str(folder)]) == 0
    assert listed.read_bytes().count(b"2,2027-03-01") == 1
