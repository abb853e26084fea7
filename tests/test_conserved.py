"""Every visible word of a transcript is in a turn, a label, or named as left out; else the file is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import held
import small_study
import texts_taken_apart
from buddy_eval.base.errors import StudyError
from buddy_eval.read import read_raw
from buddy_eval.read.transcripts import BEFORE, read_transcript
from buddy_eval.read.visible import unaccounted, visible_letters
from buddy_eval.read.visible_rtf import rich_letters
from buddy_eval.study.settings import load_study

PEOPLE = ("Interviewer", "P1")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
RUN = "<w:r><w:t>{}</w:t></w:r>"
BOX = "<w:txbxContent><w:p>" + RUN.format("in the box") + "</w:p></w:txbxContent>"


def said(path: Path, data: bytes | str, people: tuple[str, ...] = PEOPLE) -> list[tuple[str, str]]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    made = read_transcript(path, path.name, people)
    return [(turn.speaker, made.text[turn.start : turn.end]) for turn in made.turns]


def word_file(body: str) -> bytes:
    """A Word file with the body given."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(held.document(["x"]))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = f'<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:body>{body}</w:body></w:document>'
            new.writestr(name, text if name == "word/document.xml" else old.read(name))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (f"<w:p><w:r><mc:AlternateContent><mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback>"
         "</mc:AlternateContent></w:r></w:p>", "in the box"),
        (f"<w:sdt><w:sdtContent><w:p>{RUN.format('controlled')}</w:p></w:sdtContent></w:sdt>", "controlled"),
        (f"<w:customXml><w:p>{RUN.format('custom')}</w:p></w:customXml>", "custom"),
        (f"<w:p><w:dir>{RUN.format('turned')}</w:dir></w:p>", "turned"),
        (f"<w:p><w:del>{RUN.format('gone')}</w:del><w:moveFrom>{RUN.format('moved')}</w:moveFrom></w:p>", ""),
        ("<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc><w:p>" + RUN.format("P1: nested")
         + "</w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>", "nested"),
        ('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p>' + RUN.format("P1: merged once")
         + "</w:p></w:tc></w:tr></w:tbl>", "merged once"),
    ],
)  # fmt: skip
def test_words_of_a_word_file_are_read_once_wherever_they_stand(tmp_path: Path, more: str, words: str) -> None:
    first = f"<w:p>{RUN.format('P1: It went well.')}</w:p>"
    assert said(tmp_path / "a.docx", word_file(first + more)) == [("P1", f"It went well. {words}".strip())]


@pytest.mark.parametrize(
    "box",
    [
        r"{\shp{\*\shpinst{\sp{\sn shapeType}{\sv 202}}{\shptxt\pard\plain P1: In the box.\par}}"
        r"{\shprslt{\*\do\dptxbx{\dptxbxtext\pard P1: In the box.\par}}}}",
        r"{\shp{\*\shpinst{\shptxt\pard{\b P1: In the} box.\par}}}",
        r"{\*\do\dobxmargin\dptxbx{\dptxbxtext\pard\plain P1: In the box.\par}\dpx0}",
    ],
)
def test_words_of_a_text_box_in_an_rtf_file_follow_the_paragraph_of_its_anchor(tmp_path: Path, box: str) -> None:
    text = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 P1: It went " + box + r"well.\par P1: Thanks.\par}"
    assert said(tmp_path / "a.rtf", text.encode("cp1252")) == [("P1", "It went well. In the box. Thanks.")]


def test_words_that_were_moved_in_an_rtf_file_are_read_where_they_stand_now(tmp_path: Path) -> None:
    moved = r"{\mvf\mvauth1 P1: Moved.\par}Interviewer: Who?\par P1: Here {\mvf away }now.\par {\mvt P1: Moved.\par}"
    assert said(tmp_path / "a.rtf", held.rich_text([moved])) == [("Interviewer", "Who?"), ("P1", "Here now. Moved.")]


def test_words_of_a_text_box_in_an_open_document_do_not_run_together(tmp_path: Path) -> None:
    content = held.open_document(["P1: Well."])
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        text = old.read("content.xml").decode().replace("Well.", "Well.<text:box><text:p>Box.</text:p></text:box>")
    assert said(tmp_path / "a.odt", held.archive({"content.xml": text.encode()})) == [("P1", "Well. Box.")]


CUES = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v P1>It went well.</v>\n\n{} --> 00:04.000\n{}\n"


def test_a_cue_without_a_stamp_that_is_one_is_refused_by_the_place_of_its_words(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no turn: 2, the first is its word 6") as refused:
        said(tmp_path / "a.vtt", CUES.format("75:08:00:00:00.000", "<v P1>Mostly here.</v>"))
    assert "Mostly" not in str(refused.value)


VANISH = "<w:r><w:rPr><w:vanish{}/>{}</w:rPr><w:t>{}</w:t></w:r>"
OFF = ' w:val="0"'
WAS = "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (".docx", f"<w:p>{RUN.format('P1: Mo')}{VANISH.format('', '', 'Dr Parry said')}{RUN.format('stly.')}</w:p><w:p>"
         f"{VANISH.format(OFF, WAS, 'Yes.')}</w:p>"),
        (".rtf", r"P1: Mo{\v Dr Parry }stly.\par \v said\v0 Yes."),
        (".rtf", r"{\stylesheet{\s1\v Hidden;}}P1: Mo{\b\v Dr}{\v  Parry }stly.{\v said\par}Yes.\v\plain"),
        (".rtf", r"\trowd\cellx1\cellx2 P1\cell Mo\v Dr\v0 stly.\par Yes.\cell\row\trowd\cellx1\cellx2\v Parry\cell"
         r" said\cell\row\plain\pard\par"),
    ],
)  # fmt: skip
def test_hidden_words_are_in_no_turn_and_left_out_by_name(tmp_path: Path, kind: str, body: str) -> None:
    """They were read as spoken: what a transcriber hid was quoted."""
    path = tmp_path / f"a{kind}"
    assert said(path, word_file(body) if kind == ".docx" else held.rich_text([body])) == [("P1", "Mostly. Yes.")]
    assert dict(read_transcript(path, path.name, PEOPLE).aside) == {"hidden words": ("Dr", "Parry", "said")}


@pytest.mark.parametrize("stamp", ["00:00:03,000", "00:03,000", "00:00:03"])
@pytest.mark.parametrize("arrow", ["-->", "->", "\u2192"])
@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_no_writing_of_a_stamp_loses_a_cue(tmp_path: Path, stamp: str, arrow: str, kind: str) -> None:
    cues = CUES.format(stamp, "<v P1>Mostly.</v>").replace("-->", arrow)
    if kind == "srt":
        cues = "1\n" + cues.removeprefix("WEBVTT\n\n").replace("\n\n00", "\n\n2\n00").replace(" 00:04", " 00:00:04")
        cues = cues.replace("00:01.000", "00:00:01").replace(" 00:02.000", " 00:00:02,000")
        cues = cues.replace("00:03,000", "00:00:03,000").replace("00:00:00:03", "00:00:03")
    assert said(tmp_path / f"a.{kind}", cues) == [("P1", "It went well. Mostly.")]


@pytest.mark.parametrize("words", ["before <v P1>Mostly.</v>", "<v P1>Mostly.</v> after"])
def test_words_outside_of_every_voice_are_refused_for_nobody_is_known_to_have_said_them(
    tmp_path: Path, words: str
) -> None:
    with pytest.raises(StudyError, match="no turn: 1, the first is its word"):
        said(tmp_path / "a.vtt", CUES.format("00:03.000", words))


def test_words_in_angle_brackets_that_are_no_tag_stay(tmp_path: Path) -> None:
    cue = CUES.format("00:03.000", "<v P1>On <ward name>, <i>mostly</i>.</v>")
    assert said(tmp_path / "a.vtt", cue) == [("P1", "It went well. On <ward name>, mostly.")]


def test_the_head_of_a_page_of_an_rtf_file_may_change_its_font_within_a_word(tmp_path: Path) -> None:
    head = r"{\header {\f0 Essay 4867}{\b 3 }{\i of {\b 9}}\par}"
    assert said(tmp_path / "a.rtf", held.rich_text(["P1: Well."]).replace(b"P1", head.encode() + b"P1")) == [
        ("P1", "Well.")
    ]


def test_a_subrip_file_may_leave_out_the_hours(tmp_path: Path) -> None:
    text = "1\n00:08,40 --> 00:09,40\nP1: Well.\n\n2\n01:09,8 --> 01:10,3\nP1: Yes."
    assert said(tmp_path / "a.srt", text.encode()) == [("P1", "Well. Yes.")]
    assert read_transcript(tmp_path / "a.srt", "a.srt", ("P1",)).turns[0].time == 8.4


def test_an_emoji_of_an_rtf_file_is_one_character(tmp_path: Path) -> None:
    assert said(tmp_path / "a.rtf", held.rich_text(["P1: Well \\u-10179?\\u-8704?."])) == [("P1", "Well \U0001f600.")]


def test_words_before_the_first_label_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Interview, invented\n\nP1: Well.\n", encoding="utf-8")
    (tmp_path / "a.docx").write_bytes(held.document(["Interview, invented", "P1: Well."]))
    for name in ("a.txt", "a.docx"):
        assert dict(read_transcript(tmp_path / name, name, PEOPLE).aside) == {BEFORE: ("Interview,", "invented")}


def test_a_word_too_many_is_told_like_one_too_few() -> None:
    faults = unaccounted("P1: It went well.", "P1: It went well. well.", [(4, 23)], [], PEOPLE, "a.txt")
    assert [fault.problem for fault in faults] == ["words in turns that the file does not show: 1, the first is word 4"]


def test_the_second_reading_takes_nothing_from_the_readers() -> None:
    for reading in (visible_letters, rich_letters):
        source = Path(str(reading.__code__.co_filename)).read_text(encoding="utf-8")
        assert source.count("buddy_eval.read") == source.count("buddy_eval.read.visible")


def test_a_word_file_may_call_its_main_part_otherwise(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(held.document(["P1: Well."]))) as old:
        parts = {
            name.replace("document.xml", "document2.xml"): old.read(name).replace(b"document.xml", b"document2.xml")
            for name in old.namelist()
        }
    assert said(tmp_path / "a.docx", held.archive(parts)) == [("P1", "Well.")]


@pytest.mark.parametrize("form", texts_taken_apart.FORMATS)
def test_of_files_taken_apart_no_word_is_lost_doubled_or_in_another_mouth(tmp_path: Path, form: str) -> None:
    """A few of each; `benchmarks/conservation_text.py` tries 2,000."""
    read = 0
    for data, sound in texts_taken_apart.files(form, 60):
        made = texts_taken_apart.outcome(tmp_path / f"a.{form}", data)
        read += made.read
        assert (made.lost, made.twice, made.elsewhere * sound) == (0, 0, 0)
    assert read > 10


def test_a_file_beside_those_that_the_settings_name_is_named(tmp_path: Path) -> None:
    raw = small_study.cut(tmp_path) / "data" / "raw"
    copies = ("survey_wave_1 (2).csv", "Participants - Copy.csv", "old/kept.csv")
    for name in (*copies, "README.md", ".hidden", "Allowed.csv"):
        small_study.copy(raw / "participants.csv", raw / name)
    log = pd.DataFrame(read_raw(load_study(tmp_path)).log, columns=["file", "item", "action", "n", "reason", "example"])
    strays = log.loc[log["reason"] == "study.toml does not name it", "file"]
    assert [path.removeprefix("data/raw/") for path in strays] == [
        "Participants - Copy.csv", "old", "survey_wave_1 (2).csv",
    ]  # fmt: skip
    astray = log[log["file"] == "data/raw/Allowed.csv"]
    assert astray["reason"].tolist() == ["it belongs beside study.toml; move it there"]
