"""A project of another tool stays what it is: its tree, its names, what it leaves unsaid; and it runs at once."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup

import held
import small_study
from buddy_eval.base.errors import StudyError
from buddy_eval.clean import clean
from buddy_eval.cli.main import main
from buddy_eval.exchange.export import collect, export
from buddy_eval.exchange.export.refi import qdpx
from buddy_eval.pipeline.run import check
from buddy_eval.publish.gate.names import identifier
from buddy_eval.read import read_raw
from buddy_eval.read.project import CODES, Project
from buddy_eval.read.refi import read_refi
from buddy_eval.start.draft_codebook import codebook
from buddy_eval.start.import_project import draft
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import load_study

NAMES = {
    "Working together": "", "Trust": "Working together", "Trust / Early": "Trust", "First day": "Trust / Early",
    "In the ward": "First day", "Presence": "Working together", "Barriers": "", "Time": "Barriers",
    "Time / Early": "Time", "Loose": "",
}  # fmt: skip
CODED = ("In the ward", "Time / Early", "Barriers", "Loose")


def deep() -> bytes:
    """A project with a tree of five levels and two codes of one name, in which a parent is coded too."""
    keys = {name: held.GUID.format(9, number) for number, name in enumerate(NAMES)}

    def code(name: str) -> str:
        below = "".join(code(inner) for inner, above in NAMES.items() if above == name)
        about = "<Description>How they worked.</Description>" if name == "Working together" else ""
        return f'<Code guid="{keys[name]}" name="{name.split(" / ")[-1]}" isCodable="true">{about}{below}</Code>'

    with zipfile.ZipFile(io.BytesIO(held.project(held.MAXQDA, passages=held.PASSAGES[:4]))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    qde = parts["project.qde"]
    tree = "".join(code(name) for name, above in NAMES.items() if not above)
    qde = qde[: qde.index("<Codes>") + 7] + tree + qde[qde.index("</Codes>") :]
    head, *refs = qde.split("<CodeRef ")
    coded = [
        f'<CodeRef targetGUID="{keys[name]}"{ref[ref.index("/>") :]}' for name, ref in zip(CODED, refs, strict=True)
    ]
    return held.archive(
        {**{name: text.encode() for name, text in parts.items()}, "project.qde": (head + "".join(coded)).encode()}
    )


def tree(project: Project) -> dict[str, str]:
    names = dict(zip(project.codes["guid"], project.codes["name"], strict=True))
    return {
        name: names.get(parent, "") for name, parent in zip(project.codes["name"], project.codes["parent"], strict=True)
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deep")
    (folder / "deep.qdpx").write_bytes(deep())
    draft(folder / "deep.qdpx", folder / "study")
    return folder / "study"


def test_codes_of_any_depth_come_back_as_the_tree_they_were_under_their_names(study: Path, tmp_path: Path) -> None:
    (tmp_path / "back.qdpx").write_bytes(qdpx(collect(load_study(study), machine=False)))
    there, back = (read_refi(path, "p") for path in (study.parent / "deep.qdpx", tmp_path / "back.qdpx"))
    assert tree(there) == tree(back) == NAMES
    assert sorted(back.codings["code"]) == sorted(there.codings["code"]) == sorted(CODED)
    described = dict(zip(back.codes["name"], back.codes["description"], strict=True))
    assert described.pop("Working together") == "How they worked."
    assert set(described.values()) == {""}  # no placeholder leaves as somebody's definition


def test_our_own_export_for_taguette_reads_back(study: Path, tmp_path: Path) -> None:
    files, _ = export(load_study(study), "taguette", tmp_path, machine=False)
    (sheet,) = (path for path in files if path.name == "highlights-KM.csv")
    draft(sheet, tmp_path / "again", coder="KM")
    again = load_study(tmp_path / "again")
    assert check(again) == []
    bundle = collect(again, machine=False)
    (text,) = bundle.texts.values()
    places = zip(bundle.passages["start"], bundle.passages["end"], strict=True)
    assert [text[start:end] for start, end in places] == [held.PASSAGES[0], held.PASSAGES[2]]
    assert set(bundle.codes["name"]) == set(NAMES) - {"Working together"}


def test_memos_and_marks_of_our_own_export_for_taguette_read_back(study: Path, tmp_path: Path) -> None:
    files, _ = export(load_study(study), "taguette", tmp_path, machine=False)
    (sheet,) = (path for path in files if path.name == "highlights-KM.csv")
    header, *rows = small_study.table(sheet)
    rows[0][header.index("memo")] = "valence: barrier\n=said twice"
    small_study.write_table(sheet, [header, *rows])
    draft(sheet, tmp_path / "again", coder="KM")
    again = load_study(tmp_path / "again")
    codebook = load_codebook(again.codebook)
    made = clean(read_raw(again), again, codebook, load_instrument(again.instrument, codebook))
    assert list(made.tables["memos"]["memo"]) == ["=said twice"]
    assert list(made.tables["codings"]["valence"].dropna()) == ["barrier"]


def test_an_imported_project_runs_to_its_report_at_once_and_says_what_it_lacks(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(study)]) == 0
    assert " report files, up to date" in (said := capsys.readouterr().out)
    assert " 0 report files" not in f" {said}".replace("\n", " ")
    page = BeautifulSoup((study / "reports" / "internal" / "report.html").read_bytes(), "html.parser")
    assert "filled in with placeholders" in page.select_one(".notice").get_text()  # type: ignore[union-attr]
    assert main(["import", str(study.parent / "deep.qdpx"), str(study.parent / "again")]) == 0
    said = capsys.readouterr().out
    for lacking in (
        "pair of participants",
        "side of participants",
        "consent of participants",
        "a placeholder for trusts",
    ):
        assert f"{lacking}" in said
    assert "assumed" in said


def test_a_project_without_cases_is_asked_for_what_import_assumed_and_its_identifiers_are_no_surnames(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(io.BytesIO(held.project(held.MAXQDA, held.SAID.replace("Anna", "SYN01-S1")))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    bare = re.sub("<Cases>.*</Cases>", "", parts["project.qde"]).replace("Interview 1", "SYN01-S1-w1")
    parts["project.qde"] = bare
    (tmp_path / "p.qdpx").write_bytes(held.archive({name: part.encode() for name, part in parts.items()}))
    draft(tmp_path / "p.qdpx", tmp_path / "study")
    assert main(["check", str(tmp_path / "study")]) == 0
    said = capsys.readouterr().out
    for assumed in (
        "side 'external' (1 of 1)",
        "consent 'yes' (1 of 1)",
        "'NOT SAID' (1 of 1)",
        "'2000-01-01' (1 of 1)",
    ):
        assert assumed in said
    assert main(["run", str(tmp_path / "study")]) == 0
    people = tmp_path / "study" / "data" / "raw" / "participants.csv"
    people.write_text(people.read_text("utf-8").replace("external", "receiver"), "utf-8")
    assert main(["check", str(tmp_path / "study")]) == 0
    said = capsys.readouterr().out
    assert "consent 'yes'" not in said
    assert "'NOT SAID' (1 of 1)" in said


def test_who_coded_a_sheet_is_asked_for_with_the_words_of_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "highlights.csv").write_text("document,tag,content\na.txt,Trust,It went well\n", "utf-8")
    assert main(["import", str(tmp_path / "highlights.csv"), str(tmp_path / "study")]) == 1
    assert "--coder NAME" in capsys.readouterr().err


def test_where_only_who_asks_has_a_label_all_else_is_the_persons_it_is_about(tmp_path: Path) -> None:
    text = "Moderator: How?\n\nIt went well 1.\n\nModerator: And then?\n\nWe met often.\n"
    (tmp_path / "p.qdpx").write_bytes(held.project(held.MAXQDA, text=text, passages=("went well", "met often")))
    draft(tmp_path / "p.qdpx", tmp_path / "study")
    study = load_study(tmp_path / "study")
    assert check(study) == []
    assert [len(part) for _, part in collect(study, machine=False).passages.groupby("code")] == [1, 1]


def test_a_parent_that_is_no_code_above_is_a_fault(tmp_path: Path, study: Path) -> None:
    book = (study / "codebook.yaml").read_text(encoding="utf-8").replace("parent: time", "parent: clock")
    draft(study.parent / "deep.qdpx", tmp_path / "study")
    (tmp_path / "study" / "codebook.yaml").write_text(book, encoding="utf-8")
    assert main(["check", str(tmp_path / "study")]) == 1
    with pytest.raises(StudyError, match="parent 'clock' is no code above it in the same theme"):
        load_codebook(tmp_path / "study" / "codebook.yaml")


def test_a_code_that_stands_alone_is_counted_as_all_others() -> None:
    rows = [("1", "Work", "", "", True, ""), ("2", "Trust", "1", "", True, ""), ("3", "Backfill", "", "", True, "")]
    drafted = yaml.safe_load(codebook(Project(codes=pd.DataFrame(rows, columns=CODES)), "own"))
    named = {theme["label"]: [code["name"] for code in theme["codes"]] for theme in drafted["themes"]}
    assert named == {"Work": ["Trust"], "Codes of no theme": ["Backfill"]}
    assert "reserved" not in drafted


def imported(folder: Path, more: str = "", text: str = held.SAID, **renamed: str) -> Path:
    """The study drafted from a project with further sources, and with other names of what it holds."""
    passages = ("went well",) if text != held.SAID else held.PASSAGES
    with zipfile.ZipFile(io.BytesIO(held.project(held.INLINE, text=text, passages=passages, more=more))) as archive:
        qde = archive.read("project.qde").decode()
    for one, other in renamed.items():
        qde = qde.replace(f'name="{one.replace("_", " ")}"', f'name="{other}"')
    (folder / "p.qdpx").write_bytes(held.archive({"project.qde": qde.encode()}))
    draft(folder / "p.qdpx", folder / "study")
    return folder / "study"


def source(number: int, name: str, text: str, passage: str, kind: str = "Text") -> str:
    begin = text.find(passage)
    return (
        f'<{kind}Source guid="{held.GUID.format(7, number)}" name="{name}"><PlainTextContent>{text}</PlainTextContent>'
        f'<PlainTextSelection guid="{held.GUID.format(3, number)}" startPosition="{begin}" '
        f'endPosition="{begin + len(passage)}"><Coding guid="{held.GUID.format(4, number)}" '
        f'creatingUser="{held.GUID.format(1, 1)}"><CodeRef targetGUID="{held.GUID.format(2, 2)}"/></Coding>'
        f"</PlainTextSelection></{kind}Source>"
    )


def test_documents_whose_names_differ_behind_a_point_keep_their_own_text_and_codings(tmp_path: Path) -> None:
    text = "P1: It went well.\nP1: We met.\n"
    more = source(21, "site.com 2015", f"P1: Late. {text[4:]}", "went well") + source(22, "site.com 2021", text, "met")
    raw = read_raw(load_study(imported(tmp_path, more, text, Interview_1="site.com 2010")))
    assert raw.faults == []
    named = raw.tables["sources"].drop_duplicates("source").set_index("source")["file"]
    codings = raw.tables["codings"].astype({"start": int, "end": int})
    spans = codings[["source_id", "start", "end"]].itertuples(index=False, name=None)
    words = [raw.transcripts[named[source]].text[start:end] for source, start, end in spans]
    assert sorted(zip(codings["source_id"].map(named), codings["start"], words, strict=True)) == [
        ("site.com 2010", 7, "went well"),
        ("site.com 2015", 13, "went well"),
        ("site.com 2021", 25, "met"),
    ]


def test_a_code_that_begins_with_capitals_keeps_its_whole_name(tmp_path: Path) -> None:
    study = imported(tmp_path, Trust="GP in hospital", Presence="HCP in hospital")
    assert sorted(load_codebook(study / "codebook.yaml").codes["name"]) == ["GP in hospital", "HCP in hospital"]
    assert read_raw(load_study(study)).faults == []


@pytest.mark.parametrize(
    "text", ["Rules: none.\nrules: some.\n", "Moderator: How?\n\nIt went well (so Jo): yes.\n", " "]
)
def test_whatever_the_texts_of_a_project_are_what_import_drafts_is_read_without_a_fault(
    tmp_path: Path, text: str
) -> None:
    picture = f'<PictureSource guid="{held.GUID.format(7, 30)}" name="ward.png" path="internal://w.png"/>'
    coded = picture.replace("/>", ">") + source(32, "", "", "").partition("</PlainTextContent>")[2]
    coded = coded.replace("PlainTextSelection", "PictureSelection").replace("</TextSource>", "</PictureSource>")
    study = imported(tmp_path, source(31, "Another", text, "o") + coded)
    raw = read_raw(load_study(study))
    assert raw.faults == []
    assert not raw.tables["sources"]["file"].eq("ward.png").any()


def test_import_makes_no_pseudonym_of_a_name_and_asks_for_consent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.qdpx").write_bytes(held.project(held.MAXQDA))
    for name, more, consent in (("asked", [], "yes"), ("told", ["--consent", "no"], "no")):
        assert main(["import", str(tmp_path / "p.qdpx"), str(tmp_path / name), *more]) == 0
        said = capsys.readouterr().out
        assert ("nobody has said that these people agreed" in said) is (consent == "yes")
        _, *people = small_study.table(tmp_path / name / "data" / "raw" / "participants.csv")
        assert {row[0] for row in people} == {"PERSON1"}
        assert {row[4] for row in people} == {consent}
        _, key = small_study.table(tmp_path / name / "private" / "who-is-who.csv")
        assert key[1] == "PERSON1"
        assert not identifier(key[0])
