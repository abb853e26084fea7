"""Projects of other tools: every passage to the character, the right coder, and nothing lost in silence."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

import held
from buddy_eval.base.errors import StudyError
from buddy_eval.read.codings import locate, read_sheet
from buddy_eval.read.offsets import NAMES, Passages, choose, readings
from buddy_eval.read.refi import is_refi, read_refi
from buddy_eval.start.import_project import draft
from buddy_eval.study.settings import load_study

REAL = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
real = pytest.mark.skipif(not (REAL / "qda").is_dir(), reason="the real sample files are not at hand")

NO_SPACES = "你好世界\n再见朋友们好\n"  # a script in which no boundary of words shows


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def log(path: Path) -> dict[tuple[str, str, str], int]:
    return {(str(r["item"]), str(r["action"]), str(r["reason"])): int(r["n"]) for r in read_refi(path, "p").log}


@pytest.mark.parametrize("tool", held.TOOLS, ids=lambda tool: tool.name)
def test_every_passage_of_every_tool_is_recovered_to_the_character(tmp_path: Path, tool: held.Tool) -> None:
    made = read_refi(written(tmp_path, "p.qdpx", held.project(tool)), "p.qdpx")
    text = made.texts["Interview 1"]
    assert text == held.SAID
    spans = zip(made.codings["start"], made.codings["end"], strict=True)
    assert [text[start:end] for start, end in spans] == list(held.PASSAGES)


def test_the_creator_of_the_coding_decides_and_not_that_of_the_selection(tmp_path: Path) -> None:
    made = read_refi(written(tmp_path, "p.qdpx", held.project(held.NVIVO)), "p.qdpx")
    assert made.codings["coder"].tolist() == ["KM", "RA", "KM", "RA", "KM"]
    assert made.codings["code"].tolist() == ["Trust", "Presence", "Trust", "Presence", "Trust"]


def test_without_a_creator_of_the_coding_the_selections_is_taken(tmp_path: Path) -> None:
    data = held.project(held.INLINE)
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as given:
        qde = given.read("project.qde").decode()
    user = held.GUID.format(1, 1)
    qde = qde.replace(
        f'<Coding guid="{held.GUID.format(4, 0)}" creatingUser="{user}"', f'<Coding guid="{held.GUID.format(4, 0)}"'
    )
    made = read_refi(written(tmp_path, "p.qdpx", held.archive({"project.qde": qde.encode()})), "p.qdpx")
    assert made.codings["coder"].tolist()[:2] == ["RA", "RA"]


def test_hierarchy_cases_variables_and_links_to_sources_are_read(tmp_path: Path) -> None:
    made = read_refi(written(tmp_path, "p.qdpx", held.project(held.ATLAS)), "p.qdpx")
    parents = dict(zip(made.codes["guid"], made.codes["name"], strict=True))
    assert [parents.get(parent, "") for parent in made.codes["parent"]] == ["", "Working together", "Working together"]
    assert made.attributes.values.tolist() == [["case", "Anna", "age", "Integer", "67"]]
    assert made.members == [("Anna", "Interview 1")]


def test_the_convention_is_reported_with_its_evidence(tmp_path: Path) -> None:
    made = read_refi(written(tmp_path, "p.qdpx", held.project(held.NVIVO)), "p.qdpx")
    line = next(line for line in made.log if line["item"] == "offsets of Interview 1")
    assert line["example"] == "utf16-crlf2"
    assert str(line["reason"]).startswith("5 of 5 passages lie on word boundaries; otherwise")


def test_a_source_that_does_not_tell_is_refused_until_somebody_decides(tmp_path: Path) -> None:
    path = written(tmp_path, "p.qdpx", held.project(held.Tool("x", "\r\n"), NO_SPACES, ["朋友们", "世界"]))
    with pytest.raises(StudyError, match=r"cannot tell how 'Interview 1' counts.*set offsets"):
        read_refi(path, "p.qdpx")
    made = read_refi(path, "p.qdpx", "codepoints-crlf2")
    assert made.codings["passage"].tolist() == ["朋友们", "世界"]
    with pytest.raises(StudyError, match="did you mean 'codepoints-crlf2'"):
        read_refi(path, "p.qdpx", "codepoint-crlf2")


def test_a_silent_source_follows_the_other_sources_of_its_tool() -> None:
    text = "Lead in.\nThen nothing but words here, and more of them.\n"
    crlf = text.replace("\n", "\r\n")
    spans = tuple((text.index(w) + 1, text.index(w) + 1 + len(w)) for w in ("nothing", "words here", "more of"))
    silent = readings(Passages(NO_SPACES.replace("\n", "\r\n"), ((8, 11),)))
    chosen = choose({"clear": readings(Passages(crlf, spans)), "silent": silent})
    assert chosen["silent"] is not None
    assert str(chosen["silent"].convention) == "codepoints-crlf2"
    assert choose({"silent": silent})["silent"] is None


def test_the_tools_own_label_of_a_passage_counts_as_evidence() -> None:
    labelled = Passages(NO_SPACES.replace("\n", "\r\n"), ((8, 12),), ("朋友们好",))
    chosen = choose({"x": readings(labelled)})["x"]
    assert chosen is not None
    assert chosen.convention == NAMES["codepoints-crlf2"]


def test_what_cannot_be_taken_over_is_listed_with_its_reason(tmp_path: Path) -> None:
    user, code = held.GUID.format(1, 1), held.GUID.format(2, 2)
    coding = f'<Coding guid="{held.GUID.format(4, 77)}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>'
    more = (
        f'<TextSource guid="{held.GUID.format(7, 2)}" plainTextPath="internal://gone.txt">'
        f'<PlainTextSelection guid="{held.GUID.format(3, 77)}" startPosition="0" '
        f'endPosition="4">{coding}</PlainTextSelection></TextSource>'
        f'<PictureSource guid="{held.GUID.format(7, 3)}" name="a.jpg" path="internal://a.jpg">'
        f'<PictureSelection guid="{held.GUID.format(3, 78)}" firstX="0" firstY="0" secondX="1" secondY="1">{coding}'
        "</PictureSelection></PictureSource>"
        f'<TextSource guid="{held.GUID.format(7, 4)}" name="away" plainTextPath="internal://../../etc/passwd"/>'
        f'<TextSource guid="{held.GUID.format(7, 5)}" name="empty"><PlainTextContent>Some words.</PlainTextContent>'
        f'<PlainTextSelection guid="{held.GUID.format(3, 79)}" startPosition="3" '
        f'endPosition="3">{coding}</PlainTextSelection>'
        f'<PlainTextSelection guid="{held.GUID.format(3, 80)}" startPosition="0" endPosition="4"/></TextSource>'
    )
    found = log(written(tmp_path, "p.qdpx", held.project(held.MAXQDA, more=more)))
    assert found["codings", "read", ""] == 8
    assert found["codings", "left out", "the file of the text is not in the project"] == 1
    assert found["codings", "left out", "a picture source holds no text"] == 1
    assert found["codings", "left out", "no character lies there"] == 1
    assert found["passages", "left out", "nobody coded them"] == 1
    assert found["sources", "left out", "the file of the text is not in the project"] == 2


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.qdpx", b"PK\x03\x04 nothing", "damaged"),
        ("a.qdpx", held.archive({"notes.txt": b"x"}), "holds 0 .qde files"),
        ("a.qdpx", held.archive({"a.qde": b"<Project/>", "b.qde": b"<Project/>"}), "holds 2 .qde files"),
        ("a.qdpx", held.archive({"project.qde": b"<Project><Users>"}), "is not whole XML"),
        (
            "a.qdpx",
            held.archive({"project.qde": b"<?xml version='1.0' encoding='utf-H'?><Project/>"}),
            "is not whole XML",
        ),
        ("a.qdpx", held.archive({"project.qde": b"<html/>"}), "begins with 'html'"),
        ("a.qdpx", held.archive({"../evil.qde": b"<Project/>"}), "leads out of its folder"),
        ("a.qdc", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><CodeBook>&x;</CodeBook>', "DOCTYPE"),
        ("a.qdc", held.project(held.NVIVO), "is not whole XML"),
    ],
)
def test_a_project_that_cannot_be_read_is_refused_plainly(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        read_refi(written(tmp_path, name, data), name)


@pytest.mark.parametrize("name", ["project.qde", "project.xml", "project.zip"])
def test_a_project_is_known_by_what_it_holds_and_one_out_of_its_archive_lacks_its_texts(
    tmp_path: Path, name: str
) -> None:
    whole = held.project(held.NVIVO)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        bare = archive.read("project.qde")
    path = written(tmp_path, name, whole if name.endswith("zip") else bare)
    assert is_refi(path)
    made = read_refi(path, name)
    assert len(made.codings) == len(held.PASSAGES)
    reason = "the file of the text is not in the project"
    lacking = {line["item"] for line in made.log if line["reason"] == reason}
    assert lacking == (set() if name.endswith("zip") else {"codings", "sources"})
    assert bool(made.texts) == name.endswith("zip")
    files, _ = draft(path, tmp_path / "study")
    assert load_study(tmp_path / "study").projects[0].file == name
    assert path.name in {file.name for file in files}
    assert not is_refi(written(tmp_path, "codings.csv", b"source,code\n"))


def test_a_codebook_against_the_schema_is_read_all_the_same(tmp_path: Path) -> None:
    made = read_refi(written(tmp_path, "a.qdc", held.codebook()), "a.qdc")
    assert made.codes[["name", "description"]].values.tolist() == [["Trust", "That one believes."]]


def test_highlights_need_a_coder_and_count_once_a_tag(tmp_path: Path) -> None:
    rows = [
        ["id", "document", "tag", "content"],
        ["1", "a.txt", "Trust", "It went"],
        ["1", "a.txt", "Hope", "It went"],
        ["2", "a.txt", "Trust", ""],
    ]
    path = written(tmp_path, "h.csv", held.comma(rows))
    with pytest.raises(StudyError, match="names no coder; say who: import --coder NAME"):
        read_sheet(path, "h.csv")
    made = read_sheet(path, "h.csv", "KM")
    assert made.codings[["source", "code", "coder", "passage"]].values.tolist() == [
        ["a.txt", "Trust", "KM", "It went"],
        ["a.txt", "Hope", "KM", "It went"],
    ]
    assert ("rows", "left out", 1) in [(line["item"], line["action"], line["n"]) for line in made.log]


def test_a_wide_sheet_gives_a_row_for_every_code_of_a_passage(tmp_path: Path) -> None:
    rows = [
        ["source_id", "text", "Code 1", "Code 2", "Code 8"],
        ["I1", "It went", "CB1", "", "CB2"],
        ["I1", "well", "CB1", "CB1", ""],
    ]
    made = read_sheet(written(tmp_path, "w.csv", held.comma(rows)), "w.csv", "RA")
    assert made.codings[["passage", "code"]].values.tolist() == [
        ["It went", "CB1"],
        ["It went", "CB2"],
        ["well", "CB1"],
    ]


def test_a_passage_is_found_whatever_the_white_space_and_the_entities() -> None:
    assert locate("He said: a < b,\n twice. a < b, twice", "a &lt; b, twice") == [(9, 22), (24, 36)]
    assert locate("nothing here", "missing") == []


@real
def test_the_sample_project_of_atlas_holds_what_is_known_of_it() -> None:
    made = read_refi(REAL / "qda" / "atlasti8_sample.qdpx", "atlasti8_sample.qdpx")
    assert (len(made.codes), len(made.codings), len(made.users)) == (14, 16, 3)
    lost = sum(int(line["n"]) for line in made.log if line["item"] == "codings" and line["action"] == "left out")
    notes = [line["n"] for line in made.log if line["item"] == "notes" and line["action"] == "left out"]
    assert notes == [2]  # they belong to the project, not to a coding
    assert lost == 16  # none of its sources is in the file


@real
def test_the_highlights_of_a_real_study_are_all_there() -> None:
    made = read_sheet(REAL / "qda" / "taguette_all_tags_20220224.csv", "t.csv", "someone")
    assert len(made.codings) == 1940
    assert made.codings["source"].nunique() == 17
    assert len(made.codes) == 25
