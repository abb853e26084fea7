"""A study's settings: each unknown or ill-typed one is a fault, and all faults are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from buddy_eval.base.errors import StudyError
from buddy_eval.study.inputs import SurveyFile
from buddy_eval.study.settings import Disclosure, find_study, load_study

LEAST = '[study]\ntitle = "A study"\nteam = "Us"\n'


SEVERAL = 'write [[raw.survey]] on a line of its own, and file = "..." below it'


def study_of(folder: Path, text: str | bytes) -> Path:
    (folder / "study.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def problems(folder: Path, text: str | bytes) -> list[str]:
    """The faults of a `study.toml`, each with its remedy."""
    with pytest.raises(StudyError) as refused:
        load_study(study_of(folder, text))
    assert {fault.file for fault in refused.value.faults} == {"study.toml"}
    return [f"{fault.problem}; {fault.remedy}" for fault in refused.value.faults]


def test_the_least_study_has_safe_settings(tmp_path: Path) -> None:
    study = load_study(study_of(tmp_path, LEAST))
    assert (study.title, study.team, study.linked, study.raw, study.survey) == ("A study", "Us", False, {}, ())
    assert study.disclosure == Disclosure("internal", 8, 5, 10)
    assert study.raw_path("pairs") is None
    assert study.codebook is None


def test_a_chapter_is_a_notebook_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "13-wards.ipynb").touch()
    assert load_study(study_of(tmp_path, f'{LEAST}chapters = ["13-wards.ipynb"]')).chapters == ("13-wards.ipynb",)
    assert problems(tmp_path, f'{LEAST}chapters = ["13-ward.ipynb"]') == [
        "[study] chapters: no notebook '13-ward.ipynb' in notebooks/; did you mean '13-wards.ipynb'?"
    ]


def test_all_settings_arrive_where_they_belong(tmp_path: Path) -> None:
    text = f"""{LEAST}codebook = "own.yaml"
interviewers = ["KM", "RA"]
linked = true
[raw]
pairs = "p.csv"
boards = "returns"
[[raw.survey]]
file = "both.xlsx"
[[raw.survey]]
file = "second.csv"
wave = 2
[disclosure]
profile = "public"
round_to = 10
"""
    study = load_study(study_of(tmp_path, text))
    root = tmp_path.resolve()
    assert study.codebook == root / "own.yaml"
    assert study.raw_path("pairs") == root / "data" / "raw" / "p.csv"
    assert study.raw == {"pairs": "p.csv", "boards": "returns"}
    assert study.survey == (SurveyFile("both.xlsx"), SurveyFile("second.csv", 2))
    assert (study.interviewers, study.linked) == (("KM", "RA"), True)
    assert study.disclosure == Disclosure("public", 8, 10, 10)


def test_a_study_is_found_from_inside_it_and_nowhere_else(tmp_path: Path) -> None:
    inner = tmp_path / "study" / "data" / "raw"
    inner.mkdir(parents=True)
    study_of(tmp_path / "study", LEAST)
    assert find_study(inner) == (tmp_path / "study").resolve()
    with pytest.raises(StudyError, match=r"no study in .*buddy-eval init"):
        find_study(tmp_path)


@pytest.mark.parametrize(
    ("section", "key", "meant"),
    [
        ("study", "titel", "title"),
        ("study", "interviewer", "interviewers"),
        ("raw", "coding", "codings"),
        ("raw", "transcript", "transcripts"),
        ("disclosure", "suppress_bellow", "suppress_below"),
        ("disclosure", "round", "round_to"),
    ],
)
def test_every_unknown_setting_is_a_fault_with_the_nearest_known(
    tmp_path: Path, section: str, key: str, meant: str
) -> None:
    text = f'{LEAST}{key} = "x"\n' if section == "study" else f'{LEAST}[{section}]\n{key} = "x"\n'
    assert problems(tmp_path, text) == [f"[{section}] {key} is not a setting; did you mean {meant!r}?"]


def test_an_unknown_section_is_a_fault(tmp_path: Path) -> None:
    said = problems(tmp_path, LEAST + "[disclosures]\n")
    assert said == ["[disclosures] is not a section; did you mean 'disclosure'?"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[study]\ntitle = 7\nteam = "Us"\n', '''[study] title = 7; write title = "..."'''),
        ('[study]\ntitle = ""\nteam = "Us"\n', '''[study] title = ''; write title = "..."'''),
        ('[study]\nteam = "Us"\n', '[study] has no title; add title = "..."'),
        (LEAST + 'linked = "yes"\n', "[study] linked = 'yes'; write linked = true"),
        (LEAST + 'interviewers = "KM"\n', '''[study] interviewers = 'KM'; write interviewers = ["..."]'''),
        (LEAST + "[raw]\npairs = 3\n", '''[raw] pairs = 3; write pairs = "..."'''),
        (LEAST + '[raw]\nsurvey = "a.csv"\n', f"[raw] survey = 'a.csv'; {SEVERAL}"),
        (LEAST + "[raw]\nsurvey = 5\n", f"[raw] survey = 5; {SEVERAL}"),
        (LEAST + "[[raw.survey]]\nwave = 1\n", "[[raw.survey]] number 1 is not clear; give file, and wave"),
        (
            LEAST + '[[raw.survey]]\nfile = "a"\nwave = "one"\n',
            "[[raw.survey]] number 1 is not clear: wave = 'one'; write wave = 1",
        ),
        (
            LEAST + '[[raw.survey]]\nfile = "a"\nround = 1\n',
            "[[raw.survey]] number 1 is not clear: round is not a setting; use one of: file, map, wave",
        ),
        (LEAST + '[disclosure]\nround_to = "5"\n', "[disclosure] round_to = '5'; write round_to = 5"),
        (LEAST + "[disclosure]\nround_to = true\n", "[disclosure] round_to = True; write round_to = 5"),
        (LEAST + "[disclosure]\nround_to = 0\n", "[disclosure] round_to = 0; give a number from 1 up"),
        (LEAST + "[disclosure]\nsuppress_below = -8\n", "[disclosure] suppress_below = -8; give a number from 0 up"),
        (LEAST + '[disclosure]\nprofile = "pubic"\n', "[disclosure] profile 'pubic'; did you mean 'public'?"),
    ],
)  # fmt: skip
def test_every_ill_typed_setting_is_one_fault(tmp_path: Path, text: str, said: str) -> None:
    assert problems(tmp_path, text) == [said]


@pytest.mark.parametrize("text", ['study = "x"\n', "study = 1\n", f"raw = []\n{LEAST}", f"disclosure = true\n{LEAST}"])
def test_a_section_that_is_no_section_is_a_fault(tmp_path: Path, text: str) -> None:
    name = text.split()[0]
    assert any(f"[{name}] is not a section" in line for line in problems(tmp_path, text))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('pairs = "../secret.csv"', "../secret.csv"),
        ('boards = "/srv/boards"', "/srv/boards"),
        ('survey = [{file = "../s.csv"}]', "../s.csv"),
    ],
)
def test_a_raw_file_outside_of_the_raw_folder_is_a_fault(tmp_path: Path, line: str, name: str) -> None:
    assert problems(tmp_path, f"{LEAST}[raw]\n{line}\n") == [
        f"[raw] {name!r} is not in data/raw; put the file there, and give its name"
    ]


@pytest.mark.parametrize("name", ["../shared.yaml", "/srv/items.yaml"])
def test_a_codebook_or_instrument_lies_in_the_studys_folder(tmp_path: Path, name: str) -> None:
    problem = f"[study] instrument {name!r} is not in the study's folder"
    assert problems(tmp_path, f'{LEAST}instrument = "{name}"\n') == [
        f"{problem}; put the file there, and name it from the study's folder"
    ]
    within = study_of(tmp_path, f'{LEAST}codebook = "shared.yaml"\n')
    assert load_study(within).codebook == tmp_path.resolve() / "shared.yaml"


def test_all_faults_of_a_study_are_told_at_once(tmp_path: Path) -> None:
    text = """[study]
titel = "x"
linked = 1
[raw]
pair = "p.csv"
[[raw.survey]]
wave = 1
[disclosure]
profile = "all"
[diclosure]
"""
    said = [line.split(";")[0] for line in problems(tmp_path, text)]
    assert said == [
        "[[raw.survey]] number 1 is not clear",
        "[diclosure] is not a section",
        "[disclosure] profile 'all'",
        "[raw] pair is not a setting",
        "[study] has no team",
        "[study] has no title",
        "[study] linked = 1",
        "[study] titel is not a setting",
    ]


@pytest.mark.parametrize("text", [LEAST + "linked = yes\n", LEAST + LEAST, LEAST.encode("utf-16")])
def test_what_is_no_toml_is_refused_plainly(tmp_path: Path, text: str | bytes) -> None:
    assert [line.split(":")[0] for line in problems(tmp_path, text)] == ["is not TOML"]


def test_a_mark_at_the_beginning_of_the_settings_does_no_harm(tmp_path: Path) -> None:
    assert load_study(study_of(tmp_path, "\ufeff" + LEAST)).title == "A study"
