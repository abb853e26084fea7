"""The kit: asked in plain words or read from a file, made from the instrument, and read back without a mapping."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

import survey_tools
from buddy_eval.base.errors import StudyError
from buddy_eval.clean import clean
from buddy_eval.cli.main import main
from buddy_eval.pipeline import run as pipeline
from buddy_eval.read import read_raw
from buddy_eval.read.exports import read_export
from buddy_eval.read.mapping import draft_map
from buddy_eval.schemas.posts import EXTERNAL, POSTS
from buddy_eval.start.answers import ask, load_answers
from buddy_eval.start.kit import kit
from buddy_eval.start.kit.questionnaire import questionnaire
from buddy_eval.start.kit.survey_files import EXPORTS, FILES
from buddy_eval.start.new_study import new_study
from buddy_eval.start.setup import TOOLS, Setup
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import Instrument, load_instrument
from buddy_eval.study.settings import load_study

ANSWERS = """\
title = "Buddying on the coast"
team = "Joint improvement team"
contact = "improvement lead"
interviewed = ["board", "Clinical leader", 4]
external = "yes"
tool = "{tool}"
opens = "1 September 2026"
[[pair]]
supporter = "Marram Coast NHS Trust"
receiver = "St Ebba's, *Tallis* & Vale [NHS] Trust"
start = "01/04/2026"
"""
CODES = 'supporter_code = "{}"\nreceiver_code = "{}"\nstart = "01/04/2026"'
SECOND = """
[[pair]]
supporter = "marram coast NHS trust"
receiver = "Fleet Hill NHS Trust"
start = "1st May 2026"
end = "2027-04-30"
"""
ODD = """\
instrument: {id: own, version: "1"}
agreement:
  options: {"1": "Not, at all", "2": "=Hardly", "3": "So \\"so\\"", "4": "Mostly [[x]]", "5": "{Fully}"}
  not_applicable: N/A here
  dont_know: "Can't say"
items:
  - {id: z-1, theme: culture, text: "=SUM(A1) is [[Question:MC]] of <b>bold</b>; it's \\"quoted\\", and {braced}"}
  - {id: 2b, theme: capacity, text: "Time\\tand money, as they\\nare"}
  - {id: a.1, theme: culture, text: "We trust them."}
  - {id: f/1, kind: free_text, text: "What has helped?"}
free_text_notice: "Please name nobody [at all]."
questions:
  - {id: Q1, heading: A, theme: culture, text: "=HYPERLINK(1) wanted?"}
"""


def setup_of(folder: Path, tool: str = "forms", more: str = "") -> Setup:
    path = folder / "answers.toml"
    path.write_text(ANSWERS.format(tool=tool) + more, encoding="utf-8")
    return load_answers(path)


@pytest.fixture(params=["packaged", "odd"])
def instrument(request: pytest.FixtureRequest, tmp_path: Path) -> Instrument:
    """The packaged instrument, and one whose words are signs to every tool."""
    if request.param == "packaged":
        return load_instrument()
    (tmp_path / "odd.yaml").write_text(ODD, encoding="utf-8")
    return load_instrument(tmp_path / "odd.yaml", load_codebook())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Setup, dict[str, bytes]]:
    setup = setup_of(tmp_path_factory.mktemp("kit"), more=SECOND)
    return setup, kit(setup, load_codebook(), load_instrument())


def in_order(instrument: Instrument) -> pd.DataFrame:
    return instrument.items.sort_values("position")


@pytest.mark.parametrize("tool", list(FILES))
def test_a_tool_loads_every_item_in_order_with_its_options_and_the_notice(
    tool: str, instrument: Instrument, tmp_path: Path
) -> None:
    survey = questionnaire(setup_of(tmp_path, tool, SECOND), instrument)
    loaded = survey_tools.TOOLS[tool][0](FILES[tool][1](survey))
    assert [question.options for question in loaded] == [list(question.options) for question in survey.questions]
    items = loaded[len(loaded) - len(instrument.items) :]
    for question, wording, kind in zip(
        items, in_order(instrument)["wording"], in_order(instrument)["kind"], strict=True
    ):
        free = kind == "free_text"
        assert question.text.startswith(" ".join(wording.split()))
        assert question.options == ([] if free else [*instrument.options, *instrument.apart])
        assert (instrument.notice in f"{question.text} {question.help}") is free
    assert [question.options[0] for question in loaded[:2]] == [
        "P1: Marram Coast NHS Trust supports St Ebba's, *Tallis* & Vale [NHS] Trust", "Marram Coast NHS Trust",
    ]  # fmt: skip


@pytest.mark.parametrize("tool", list(FILES))
@pytest.mark.parametrize("more", ["", SECOND], ids=["one pair", "a trust in two pairs"])
def test_what_the_tool_hands_back_reads_without_a_mapping(tool: str, more: str, tmp_path: Path) -> None:
    setup, instrument = setup_of(tmp_path, tool, more), load_instrument()
    load, export, name = survey_tools.TOOLS[tool]
    loaded = load(FILES[tool][1](questionnaire(setup, instrument)))
    about = len(loaded) - len(instrument.items)
    asked: list[list[str]] = []
    for place, trust in enumerate([*(trust.name for trust in setup.trusts), EXTERNAL]):
        said = [loaded[0].options[place == 2]] if about == 3 else []
        said += [trust, list(POSTS.values())[place]]
        asked.append([*said, *(q.options[place] if q.options else f"words {place}" for q in loaded[about:])])
    folder = tmp_path / "study"
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / "raw" / name).write_bytes(export(loaded, asked))
    pairs = [f"{one.pair},{one.supporter.code},{one.receiver.code},{one.start}" for one in setup.arrangements]
    trusts = [f'{trust.code},"{trust.name}"' for trust in setup.trusts]
    (folder / "data" / "raw" / "pairs.csv").write_text("\n".join(["pair,supporter,receiver,start", *pairs]))
    (folder / "data" / "raw" / "trusts.csv").write_text("\n".join(["ods,name", *trusts]))
    (folder / "study.toml").write_text(
        '[study]\ntitle = "T"\nteam = "Us"\n[raw]\npairs = "pairs.csv"\ntrusts = "trusts.csv"\n'
        f'[[raw.survey]]\nfile = "{name}"\nwave = 1\n'
    )
    draft = draft_map(read_export(folder / "data" / "raw" / name, name), instrument)
    open_ones = draft[(draft["confirmed"] != "yes") & (draft["item"] != "")]
    assert open_ones.empty
    assert {*instrument.items["item"], "trust", "role", "respondent"} <= set(draft["item"])
    study = load_study(folder)
    cleaned = clean(read_raw(study), study, load_codebook(), instrument)
    assert cleaned.faults == []
    people = cleaned.tables["participants"].sort_values("participant")
    sides = ["supporter", "receiver", *(["receiver"] if more else []), "external"]
    assert people["side"].tolist() == sides
    assert people["role"].tolist() == list(POSTS)[: len(sides)]
    assert people["pair"].tolist() == (["P1", "P1", "P2", "P1"] if more else ["P1"] * 3)
    responses = cleaned.tables["responses"]
    assert responses.groupby("participant", sort=True)["answer"].unique().map(list).tolist() == [
        [place + 1] for place in range(len(sides))
    ]
    assert len(cleaned.tables["units"]) == 3 * len(sides)


def test_a_trust_that_stands_in_no_pair_is_a_fault_with_the_near_name(tmp_path: Path) -> None:
    setup = setup_of(tmp_path)
    new_study(tmp_path / "s", setup)
    path = tmp_path / "s" / "data" / "raw" / "survey_wave_1.xlsx"
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.append(["1", "Maram Coast NHS Trust", POSTS["board"], *["Agree"] * (sheet.max_column - 6), None, None, None])
    book.save(path)
    (fault,) = pipeline.check(load_study(tmp_path / "s"))
    assert (fault.row, fault.problem) == (2, "trust 'Maram Coast NHS Trust' stands in no pair")
    assert fault.remedy == "did you mean 'marram coast nhs trust'?"


def test_the_kit_holds_a_file_for_every_part_and_says_so(made: tuple[Setup, dict[str, bytes]]) -> None:
    setup, files = made
    assert {name.partition("/")[0] for name in files} == {
        "answers.toml", "boards", "data-dictionary.docx", "interviews", "people", "plan", "survey",
        "what-to-do-next.docx",
    }  # fmt: skip
    guides = {name for name in files if name.startswith("interviews/")}
    assert guides == {f"interviews/guide-{post.replace('_', '-')}.docx" for post in (*setup.posts, "external")}
    texts = {name: survey_tools.word_text(data) for name, data in files.items() if name.endswith(".docx")}
    for name, text in texts.items():
        assert "{{" not in text, name
        assert "\\" not in text, name
        assert "## " not in text, name
    told = texts["what-to-do-next.docx"]
    assert "Marram Coast NHS Trust supports St Ebba's, *Tallis* & Vale [NHS] Trust (called P1)" in told
    assert all(f"data/raw/{name}.xlsx" in told for name in ("tracker", "capacity", "communications", "actions"))
    for theme in load_codebook().themes["label"]:
        assert all(theme in texts[name] for name in guides)
    assert "Tuesday 1 September 2026 | Open the survey" in texts["plan/evaluation-plan.docx"]
    paper = texts["survey/questionnaire-on-paper.docx"]
    wordings = in_order(load_instrument())["wording"]
    places = [paper.index(wording) for wording in wordings]
    assert places == sorted(places)


def test_the_same_answers_make_the_same_bytes(made: tuple[Setup, dict[str, bytes]], tmp_path: Path) -> None:
    setup, files = made
    assert load_answers(_written(tmp_path, files["answers.toml"])) == setup
    assert kit(setup, load_codebook(), load_instrument()) == files


def _written(folder: Path, data: bytes) -> Path:
    (folder / "again.toml").write_bytes(data)
    return folder / "again.toml"


def test_a_board_fills_in_its_workbook_and_it_reads(tmp_path: Path) -> None:
    setup = setup_of(tmp_path)
    new_study(tmp_path / "s", setup)
    for path in sorted((tmp_path / "s" / "kit" / "boards").glob("*.xlsx")):
        book = load_workbook(path)
        sheet = book["Board"]
        assert [sheet[f"D{row}"].value[:3] for row in range(1, 6)] == ["0  ", "1  ", "2  ", "3  ", "4  "]
        assert [cell.value for cell in sheet[6]][3:] == [
            "Evidence", "Owner role", "Review date", "Agreed with partner",
        ]  # fmt: skip
        for row in range(7, sheet.max_row + 1):
            sheet[f"C{row}"], sheet[f"E{row}"], sheet[f"F{row}"] = "2", "chair", "31/03/2027"
        book.save(tmp_path / "s" / "data" / "raw" / "boards" / path.name)
    study = load_study(tmp_path / "s")
    cleaned = clean(read_raw(study), study, load_codebook(), load_instrument())
    assert cleaned.faults == []
    answers = cleaned.tables["board_answers"]
    assert answers.groupby("side").size().to_dict() == dict.fromkeys(
        ("supporter", "receiver"), len(load_instrument().questions)
    )
    assert answers["review_date"].unique().tolist() == [pd.Timestamp("2027-03-31")]


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    from buddy_eval.start.kit.workbooks import board_workbook

    (tmp_path / "odd.yaml").write_text(ODD, encoding="utf-8")
    sheet = load_workbook(io.BytesIO(board_workbook(load_instrument(tmp_path / "odd.yaml")))).worksheets[0]
    assert sheet["B7"].value == "=HYPERLINK(1) wanted?"
    assert sheet["B7"].data_type == "s"


def scripted(*answers: str) -> tuple[Setup | None, list[str]]:
    """The questions answered one after another; what was said in between."""
    left, said = list(answers), list[str]()

    def read(prompt: str) -> str:
        said.append(prompt)
        return left.pop(0)

    setup = ask(read, said.append)
    assert left == []
    return setup, said


def test_questions_are_asked_until_each_answer_can_be_read() -> None:
    setup, said = scripted(
        "Buddying", "Us", "", "7", "1, clinical leader", "perhaps", "no", "sheet", "Qualtrics", "31/02/2026",
        "1/9/2026",        "=cmd", "Marram Coast", "Tallis Vale", "1 April 2026", "",
        "yes", "Marram Coast", "marram coast", "1 May 2026", "", "no",
    )  # fmt: skip
    assert setup is not None
    assert (setup.posts, setup.external, setup.tool) == (("board", "clinical_leadership"), False, "qualtrics")
    assert (setup.opens, len(setup.arrangements)) == (date(2026, 9, 1), 1)
    problems = [line for line in said if line.startswith("  ")]
    assert len(problems) == 6
    assert "cannot support itself" in problems[-1]


def test_an_empty_first_answer_makes_an_empty_study() -> None:
    assert scripted("")[0] is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tool = "forms"', 'tool = "form"', "tool = 'form'; 'form' is none of the tools; did you mean 'forms'?"),
        ('team = "Joint improvement team"', "", 'team is not answered; add team = "..."'),
        ('contact = "improvement lead"', 'contacts = "x"', "contacts is no question; did you mean 'contact'?"),
        ("1 September 2026", "31 September 2026", "opens = '31 September 2026'; that is no day of the calendar"),
        ("Buddying on the coast", "At marram coast nhs trust", "the title names a trust (marram coast)"),
        ("Buddying on the coast", "Support at Marram Coast", "the title names a trust (Marram Coast)"),
        ("Joint improvement team", "Marram Coast team", "the team names a trust (Marram Coast)"),
        ('start = "01/04/2026"', CODES.format("RA1", "RA1"), "have one code, 'RA1'"),
        ('start = "01/04/2026"', 'name = "All"\nstart = "01/04/2026"', "a pair is named 'all'"),
        ("01/04/2026", "1 April", "pair 1: start = '1 April'"),
        ("Marram Coast NHS Trust", "=HYPERLINK(1)", "pair 1: supporter = '=HYPERLINK(1)'; it cannot begin with ="),
        ('["board", "Clinical leader", 4]', '["bord"]', "'bord' is no group of posts; did you mean 'board'?"),
        ("[[pair]]", "[pair]", "no [[pair]] is named"),
    ],
)
def test_an_answers_file_is_refused_with_the_answer_and_the_remedy(
    old: str, new: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ANSWERS.format(tool="forms")
    assert old in text
    (tmp_path / "a.toml").write_text(text.replace(old, new), encoding="utf-8")
    assert main(["init", str(tmp_path / "s"), "--answers", str(tmp_path / "a.toml")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


def test_every_fault_of_an_answers_file_is_told_at_once(tmp_path: Path) -> None:
    text = ANSWERS.format(tool="form").replace("01/04/2026", "soon").replace("1 September", "40 September")
    with pytest.raises(StudyError) as refused:
        load_answers(_written(tmp_path, text.encode()))
    assert len(refused.value.faults) == 3


def test_every_tool_has_a_name_and_a_form_of_export() -> None:
    assert set(TOOLS) == set(EXPORTS) >= set(FILES)


def test_trusts_without_a_code_get_one_that_no_other_trust_has(tmp_path: Path) -> None:
    setup = setup_of(tmp_path, more='supporter_code = "T3"\n' + SECOND)
    assert [trust.code for trust in setup.trusts] == ["T3", "T2", "T3-2"]
    with pytest.raises(StudyError, match="seem to be one trust"):
        setup_of(tmp_path, more=SECOND.replace("marram coast NHS trust", "Marram Coast"))
