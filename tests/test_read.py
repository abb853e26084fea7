"""Raw files: what is read, what is refused and in which words, what is dropped."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from buddy_eval.base.errors import StudyError
from buddy_eval.read import quick
from buddy_eval.read.once import KEPT, each_file_once
from buddy_eval.read.private import private_columns
from buddy_eval.read.table import read_table
from buddy_eval.read.transcripts import read_transcript

PEOPLE = ("Interviewer", "P1", "P2")
REFERENCE = Path(__file__).parent / "reference"


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_of_every_encoding_and_separator_read_alike(tmp_path: Path, encoding: str, separator: str) -> None:
    text = separator.join(["pair", "note"]) + "\r\n" + separator.join(["007", "café"]) + "\r\n"
    frame = read_table(written(tmp_path, "a.csv", text.encode(encoding)), "a.csv")
    assert frame.to_dict("records") == [{"pair": "007", "note": "café"}]
    assert list(frame.index) == [2]


@pytest.mark.parametrize("head", ["pair,note", '"How far, if at all, do you agree?",note', "caf\u00e9, note "])
def test_a_large_table_is_read_the_quick_way_as_the_strict_reader_does(
    tmp_path: Path, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f'{n},"a note, of {n}"' if n % 3 else f"{n}," for n in range(500)]
    path = written(tmp_path, "a.csv", "\n".join([head, *rows, ""]))
    strict = read_table(path, "a.csv")
    monkeypatch.setattr(quick, "SMALL", 100)
    assert quick.quick_frame(path.read_bytes(), ",", "utf-8") is not None
    pd.testing.assert_frame_equal(read_table(path, "a.csv"), strict)


def test_text_that_looks_missing_stays_text_and_empty_rows_keep_the_count(tmp_path: Path) -> None:
    frame = read_table(written(tmp_path, "a.csv", "a,b\nNA,None\n,\nnull,n/a\n"), "a.csv")
    assert frame.to_numpy().tolist() == [["NA", "None"], ["null", "n/a"]]
    assert list(frame.index) == [2, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("a,a\n1,2\n", "'a' stands twice"),
        ("a,,c\n1,2,3\n", "column 2 has no name"),
        ("a,b\n1,2,3\n", "3 cells under 2 column names"),
        ('a,b\n"1,2\n', "is not a table"),
    ],
)
def test_a_broken_table_is_refused_with_its_row(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        read_table(written(tmp_path, "a.csv", text), "a.csv")


def test_a_workbook_reads_like_its_csv(tmp_path: Path) -> None:
    frame = pd.DataFrame({"item": ["C1", "C2"], "answer": [4, None], "when": ["2024-04-01", ""]})
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    read = read_table(tmp_path / "a.xlsx", "a.xlsx")
    assert read["answer"].iloc[0] == "4"
    assert read["answer"].isna().tolist() == [False, True]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_books_of_older_and_free_offices_read_like_their_csv(kind: str) -> None:
    # soffice --headless --infilter='CSV:44,34,76,1' --convert-to xls (and ods) answers.csv   (LibreOffice 7.4.7)
    wanted, read = (read_table(REFERENCE / f"answers.{end}", "answers") for end in ("csv", kind))
    assert len(wanted) == 2
    pd.testing.assert_frame_equal(read, wanted)


@pytest.mark.parametrize(
    ("member", "size", "said"), [("xl/a.bin", 400_000_000, "300 MB"), ("xl/b.bin", 50_000_000, "zip bomb")]
)
def test_an_archive_that_unpacks_without_measure_is_refused(tmp_path: Path, member: str, size: int, said: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as part:
        for _ in range(size // 1_000_000):
            part.write(bytes(1_000_000))
    with pytest.raises(StudyError, match=said):
        read_table(written(tmp_path, "bomb.xlsx", buffer.getvalue()), "bomb.xlsx")


@pytest.mark.parametrize("name", ["mimetype", "content.xml"])
def test_an_archive_whose_parts_say_more_than_it_holds_is_refused_before_they_are_read(
    tmp_path: Path, name: str
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet")
    data = bytearray(buffer.getvalue())
    listed = data.index(b"PK\1\2")
    data[listed + 20 : listed + 24] = (2**31).to_bytes(4, "little")  # its packed size, in the list of parts
    path = written(tmp_path, "a.ods", bytes(data))
    tracemalloc.start()
    try:
        with pytest.raises(StudyError, match="damaged"):
            read_table(path, "a.ods")
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>')
    with pytest.raises(StudyError, match="DOCTYPE"):
        read_transcript(written(tmp_path, "a.docx", buffer.getvalue()), "a.docx", PEOPLE)


def test_a_damaged_workbook_is_refused_plainly(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="damaged"):
        read_table(written(tmp_path, "a.xlsx", b"PK\x03\x04 nothing"), "a.xlsx")


def test_private_columns_are_found_by_name_and_by_content() -> None:
    frame = pd.DataFrame(
        {
            "Email": ["anonymous"],
            "Name": ["anonymous"],
            "IPAddress": ["x"],
            "LocationLatitude": ["51"],
            "Recipient First Name": ["x"],
            "contact us": ["a@example.org"],
            "source": ["10.0.0.1"],
            "Role": ["board"],
            "Pair": ["SYN01"],
            "The senior teams trust each other.": ["Agree"],
        }
    )
    assert set(frame.columns) - set(private_columns(frame)) == {"Role", "Pair", "The senior teams trust each other."}


def said(path: Path, speakers: tuple[str, ...] = PEOPLE) -> list[tuple[str, str]]:
    made = read_transcript(path, path.name, speakers)
    return [(turn.speaker, made.text[turn.start : turn.end]) for turn in made.turns]


def test_labelled_text_keeps_the_offsets_of_the_file(tmp_path: Path) -> None:
    text = "Interviewer: How was it?\r\n\r\nP1: Fine. One thing: the café.\r\nStill fine.\r\nP2: No."
    path = written(tmp_path, "a.txt", "\ufeff" + text)
    assert said(path) == [
        ("Interviewer", "How was it?"),
        ("P1", "Fine. One thing: the café.\nStill fine."),
        ("P2", "No."),
    ]
    assert read_transcript(path, "a.txt", PEOPLE).text == text.replace("\r\n", "\n")


def test_captions_of_teams_join_cues_and_part_voices(tmp_path: Path) -> None:
    vtt = """WEBVTT

0f0f0f0f-0000-0000-0000-000000000001/12-0
00:00:03.240 --> 00:00:09.880
<v Interviewer>How was it &amp; why?</v>

0f0f0f0f-0000-0000-0000-000000000001/13-0
0:0:10.0 --> 0:0:12.0
<v P1>It went
well,</v>

0f0f0f0f-0000-0000-0000-000000000001/13-1
0:0:12.0 --> 0:0:14.0
<v P1>mostly.</v> <v P2>Did it?</v>
"""
    assert said(written(tmp_path, "a.vtt", vtt)) == [
        ("Interviewer", "How was it & why?"),
        ("P1", "It went well, mostly."),
        ("P2", "Did it?"),
    ]


def test_captions_of_zoom_name_speakers_in_the_text(tmp_path: Path) -> None:
    vtt = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nP1: It went well.\n\n2\n00:00:02.000 --> 00:00:03.000\nMostly.\n"
    assert said(written(tmp_path, "a.vtt", vtt)) == [("P1", "It went well. Mostly.")]


def test_word_transcripts_read_stamps_labels_and_tables(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_heading("Interview, invented")
    document.add_paragraph("Interviewer   0:03")
    document.add_paragraph("How was it?")
    document.add_paragraph("P1: It went well.")
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "P2   1:02:03\nDid it?"
    document.save(str(tmp_path / "a.docx"))
    assert said(tmp_path / "a.docx") == [("Interviewer", "How was it?"), ("P1", "It went well."), ("P2", "Did it?")]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "P1: Hello.\nP3: Who am I?\nP1: No.\nP3: Me again.", "speaker 'P3' is not in the list"),
        ("a.txt", "nobody says anything", "no speaker was found"),
        ("a.pages", "P1: Hello.", "no transcript"),
        ("a.vtt", "not captions", "not a WebVTT file"),
    ],
)
def test_a_transcript_that_cannot_be_read_says_why(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(StudyError, match=words):
        read_transcript(written(tmp_path, name, text), name, PEOPLE)


def test_within_a_check_each_file_is_read_once_and_behind_it_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with each_file_once():
        with pytest.raises(StudyError, match="is not there"):
            read_table(path, "a.csv")
        written(tmp_path, "a.csv", "name\nAnna\n")
        own = read_table(path, "a.csv")
        own.loc[2, "name"] = "P1"
        path.unlink()
        assert read_table(path, "as others call it")["name"].tolist() == ["Anna"]
    assert KEPT == []
    with pytest.raises(StudyError, match="is not there"):
        read_table(path, "a.csv")
