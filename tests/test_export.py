"""A study for other tools and back: every text, range, code, coder, case and variable; the letter of the schema."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from pathlib import Path

import pytest

import held
from buddy_eval.base.errors import BuddyError
from buddy_eval.cli.main import main
from buddy_eval.exchange.export import collect, export
from buddy_eval.exchange.export.collect import ExportData
from buddy_eval.exchange.export.refi import qdc, qdpx
from buddy_eval.exchange.export.sheets import maxqda, sheets, taguette
from buddy_eval.pipeline.run import check
from buddy_eval.read.codings import read_sheet
from buddy_eval.read.refi import read_refi
from buddy_eval.start.import_project import draft
from buddy_eval.study.inputs import MACHINE
from buddy_eval.study.settings import Study, load_study

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def whole() -> ExportData:
    """What the illustrative study exports."""
    return collect(load_study(ROOT))


def completed(tmp_path: Path, tool: held.Tool = held.NVIVO) -> Study:
    """A study drafted from a project of another tool, completed as its check asks."""
    path = tmp_path / "theirs.qdpx"
    path.write_bytes(held.project(tool))
    draft(path, tmp_path / "study")
    raw = tmp_path / "study" / "data" / "raw"
    (raw / "pairs.csv").write_text("pair,supporter,receiver,start,end,note\nP1,AAA,BBB,2024-01-01,,\n")
    (raw / "participants.csv").write_text("participant,pair,side,role,consent,quotes\nAnna,P1,receiver,board,yes,no\n")
    speakers = "Interview-1,Interview 1,Anna,Anna,1,\nInterview-1,Interview 1,Interviewer,interviewer,1,\n"
    (raw / "sources.csv").write_text("source,file,speaker,participant,wave,asked\n" + speakers)
    return load_study(tmp_path / "study")


def test_a_project_becomes_a_study_and_the_same_project_again(tmp_path: Path, whole: ExportData) -> None:
    first = qdpx(whole)
    (tmp_path / "p.qdpx").write_bytes(first)
    draft(tmp_path / "p.qdpx", tmp_path / "study")
    study = load_study(tmp_path / "study")
    assert check(study) == []
    assert qdpx(collect(study)) == first  # to the byte: texts, ranges, codes, coders, memos, cases, variables


@pytest.mark.parametrize("tool", held.TOOLS, ids=lambda tool: tool.name)
def test_a_foreign_project_keeps_texts_ranges_codes_coders_cases_and_variables(tmp_path: Path, tool: held.Tool) -> None:
    study = completed(tmp_path, tool)
    assert check(study) == []
    (tmp_path / "back.qdpx").write_bytes(qdpx(collect(study, machine=False)))
    back = read_refi(tmp_path / "back.qdpx", "back.qdpx")
    there = read_refi(tmp_path / "theirs.qdpx", "theirs.qdpx")
    assert list(back.texts.values()) == list(there.texts.values())
    columns = ["start", "end", "coder", "passage"]
    assert (
        back.codings[columns].sort_values("start").values.tolist()
        == there.codings[columns].sort_values("start").values.tolist()
    )
    assert set(back.codings["code"]) == {"Trust", "Presence"}
    assert ["case", "Anna", "age", "Integer", "67"] in back.attributes.values.tolist()
    assert back.members == [("Anna", "Interview-1")]


def test_codings_on_the_interviewers_words_are_kept_for_the_tool_and_left_out_of_the_analysis(tmp_path: Path) -> None:
    study = completed(tmp_path)
    path = study.raw_folder / "theirs.qdpx"
    path.write_bytes(held.project(held.NVIVO, passages=("How was it", "It went well")))
    passages = collect(study, machine=False).passages
    assert [held.SAID[start:end] for start, end in zip(passages["start"], passages["end"], strict=True)] == [
        "How was it",
        "It went well",
    ]
    from buddy_eval.read import read_raw

    raw = read_raw(study)
    assert len(raw.tables["codings"]) == 1
    assert "it lies on no participant's words" in {line["reason"] for line in raw.log}


def test_a_code_that_the_codebook_lacks_is_a_fault_that_a_map_mends(tmp_path: Path) -> None:
    study = completed(tmp_path)
    book = study.root / "codebook.yaml"
    book.write_text(book.read_text().replace("id: trust", "id: faith").replace("name: Trust", "name: Faith"))
    assert [fault.problem for fault in check(study)] == ["code 'Trust' (3 codings) is not in the codebook"]
    settings = study.root / "study.toml"
    settings.write_text(settings.read_text() + '[raw.project.codes]\nTrust = "faith"\nPresence = ""\n')
    assert check(load_study(study.root)) == []
    assert set(collect(load_study(study.root), machine=False).passages["code"]) == {"faith"}


def test_machine_and_human_codings_are_separate_users_and_only_people_come_back(
    tmp_path: Path, whole: ExportData
) -> None:
    assert set(whole.passages.loc[whole.passages["machine"], "coder"]) == {MACHINE}
    (tmp_path / "p.qdpx").write_bytes(qdpx(whole))
    draft(tmp_path / "p.qdpx", tmp_path / "study")
    assigned = (tmp_path / "study" / "data" / "raw" / "assignments.csv").read_text("utf-8-sig")
    assert MACHINE not in assigned
    from buddy_eval.read import read_raw

    assert set(read_raw(load_study(tmp_path / "study")).tables["codings"]["coder"]) == {"KM", "RA"}


def test_exports_keep_to_the_schemas(whole: ExportData) -> None:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(qdpx(whole))) as archive:
        project = archive.read("project.qde")
    for data, schema in ((project, "refi_qda_project.xsd"), (qdc(whole), "refi_qda_codebook.xsd")):
        checker = etree.XMLSchema(etree.parse(ROOT / "tests" / "reference" / schema))
        assert checker.validate(etree.fromstring(data)), checker.error_log


def test_the_schema_of_codebooks_refuses_the_empty_sets_of_taguette() -> None:
    from lxml import etree

    checker = etree.XMLSchema(etree.parse(ROOT / "tests" / "reference" / "refi_qda_codebook.xsd"))
    assert not checker.validate(etree.fromstring(held.codebook()))


def test_a_project_holds_plain_texts_in_a_small_folder_without_marks(whole: ExportData) -> None:
    with zipfile.ZipFile(io.BytesIO(qdpx(whole))) as archive:
        names = archive.namelist()
        texts = [archive.read(name) for name in names[1:]]
    assert names[0] == "project.qde"
    assert all(name.startswith("sources/") and name.endswith(".txt") for name in names[1:])
    assert sorted(data.decode() for data in texts) == sorted(whole.texts.values())


def test_the_sheets_for_taguette_read_back_coder_by_coder(tmp_path: Path, whole: ExportData) -> None:
    files = taguette(whole)
    assert files["codebook.csv"].startswith(b"\xef\xbb\xbf")
    (tmp_path / "h.csv").write_bytes(files["highlights-KM.csv"])
    back = read_sheet(tmp_path / "h.csv", "h.csv", "KM")
    assert len(back.codings) == int((whole.passages["coder"] == "KM").sum())


def test_coders_whose_names_differ_little_have_a_sheet_each(whole: ExportData) -> None:
    passages = whole.passages.head(3).assign(coder=["K/M", "K?M", "k_m"])
    files = taguette(dataclasses.replace(whole, passages=passages))
    names = [name for name in files if name.startswith("highlights")]
    assert names == ["highlights-K_M.csv", "highlights-K_M-2.csv", "highlights-k_m-3.csv"]
    assert all(files[name].count(b"\n") > 1 for name in names)


def test_the_workbook_for_maxqda_parts_theme_and_code_and_keeps_names_short(tmp_path: Path, whole: ExportData) -> None:
    from buddy_eval.read.table import read_table

    (tmp_path / "c.xlsx").write_bytes(maxqda(whole)["codebook.xlsx"])
    frame = read_table(tmp_path / "c.xlsx", "c.xlsx")
    assert list(frame.columns) == ["Code", "Memo"]
    assert len(frame) == len(whole.themes) + len(whole.codes)
    assert frame["Code"].str.split("\\").map(lambda parts: max(map(len, parts))).max() <= 63


def test_no_cell_of_a_sheet_is_a_formula(whole: ExportData) -> None:
    evil = whole.passages.head(1).assign(memo='=HYPERLINK("x")')
    text = sheets(dataclasses.replace(whole, passages=evil))["codings.csv"]
    assert b"'=HYPERLINK" in text


def test_the_commands_import_and_export_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.qdpx").write_bytes(held.project(held.NVIVO))
    assert main(["import", str(tmp_path / "p.qdpx"), str(tmp_path / "s")]) == 0
    said = capsys.readouterr().out
    assert "read            5  codings" in said
    assert main(["import", str(tmp_path / "p.qdpx"), str(tmp_path / "s")]) == 1
    assert "is not empty" in capsys.readouterr().err
    (tmp_path / "x").mkdir()
    study = completed(tmp_path / "x")
    assert main(["export", str(study.root), "--to", "csv", "--out", str(tmp_path / "o")]) == 0
    assert "5 codings" in capsys.readouterr().out
    assert (tmp_path / "o" / "codings.csv").is_file()


def test_nothing_is_written_from_a_study_with_faults(tmp_path: Path) -> None:
    study = completed(tmp_path)
    (study.raw_folder / "pairs.csv").write_text("pair\n")
    with pytest.raises(BuddyError, match=r"pairs\.csv"):
        export(study, "qdpx")
    assert not (study.root / "exports").exists()
