"""Where turns begin and whose words are whose: labels in every layout, words without a label, captions that roll."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import held
from buddy_eval.base.errors import StudyError
from buddy_eval.read.documents_rtf import COMMENTS, EDGES, NOTES
from buddy_eval.read.spoken import TWICE
from buddy_eval.read.transcripts import BEFORE, Transcript, read_transcript

PEOPLE = ("Interviewer", "P1")
SPOKEN = [("Interviewer", "How was it?"), ("P1", "It went well.")]
BESIDE = (NOTES, COMMENTS, EDGES)


def read(path: Path, text: str | bytes, people: tuple[str, ...] = PEOPLE) -> Transcript:
    data = text if isinstance(text, bytes) else text.encode()
    if path.suffix != ".txt" and isinstance(text, str):
        data = {".docx": held.document, ".odt": held.open_document, ".rtf": held.rich_text}[path.suffix](
            text.split("\n")
        )
    path.write_bytes(data)
    return read_transcript(path, path.name, people)


def said(made: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, made.text[turn.start : turn.end]) for turn in made.turns]


LAYOUTS = {
    "a name alone": "{}\n{}",
    "a name and a colon alone": "{}:\n{}",
    "a tab": "{}\t{}",
    "no blank": "{}:{}",
    "a time after one blank": "{} 0:03\n{}",
    "a time after several": "{}   00:00:03\n{}",
    "a time after none": "{}00:03\n{}",
    "a time in brackets": "{} (00:03)\n{}",
    "a time in brackets and words": "{} [00:00:03] {}",
    "a time before": "[00:00:03] {}: {}",
    "a time before without brackets": "00:03 {}: {}",
    "a time before, words below": "00:03 {}\n{}",
    "a span above": "0:0:3.0 --> 0:0:5.0\n{}\n{}",
    "a time between": "{} [00:00:03]: {}",
}


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.odt"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_labels_are_labels_however_a_file_writes_them(tmp_path: Path, layout: str, name: str) -> None:
    made = read(tmp_path / name, "\n".join(LAYOUTS[layout].format(*turn) for turn in SPOKEN))
    assert said(made) == SPOKEN
    assert {turn.time for turn in made.turns} == ({3.0} if "time" in layout or "span" in layout else {None})


@pytest.mark.parametrize("layout", ["{}:\n{}", "{}\t{}", "{} 0:03\n{}", "[00:00:03] {}: {}", "{} [0:03] {}"])
def test_a_label_that_nobody_lists_is_refused_in_every_layout(tmp_path: Path, layout: str) -> None:
    text = "\n".join(layout.format(*turn) for turn in [*SPOKEN, ("Chair", "Who asks?")])
    with pytest.raises(StudyError, match="speaker 'Chair' is not in the list"):
        read(tmp_path / "a.txt", text)


def test_a_name_alone_on_a_line_among_labels_with_colons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="1 line holds nothing but a label") as refused:
        read(tmp_path / "a.txt", "Interviewer: Who came?\n\nP1\nThey all did.\n\nP1: All.")
    assert "all did" not in str(refused.value)


def table(rows: list[list[str]]) -> bytes:
    import docx

    made = docx.Document()
    cells = made.add_table(len(rows), len(rows[0]))
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            cells.cell(number, place).text = text
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_table_of_speakers_and_words_is_a_transcript(tmp_path: Path) -> None:
    rows = [["No.", "Time", "Speaker", "Words"], ["1", "0:01", *SPOKEN[0]], ["2", "0:03", *SPOKEN[1]]]
    made = read(tmp_path / "a.docx", table(rows))
    assert (said(made), made.aside) == (SPOKEN, {"heads of tables": ("No.", "Time", "Speaker", "Words")})
    assert [turn.time for turn in made.turns] == [1, 3]
    with pytest.raises(StudyError, match="speaker 'the chair' is not in the list"):
        read(tmp_path / "a.docx", table([*([*turn] for turn in SPOKEN), ["the chair", "Who asks?"]]))
    rich = "".join(f"\\trowd {who}\\cell {words}\\cell\\row\n" for who, words in SPOKEN)
    assert said(read(tmp_path / "a.rtf", f"{{\\rtf1 {rich}}}".encode())) == SPOKEN


def test_words_of_a_table_without_a_speaker_are_refused_with_their_row_unless_the_cell_is_merged(
    tmp_path: Path,
) -> None:
    import docx

    rows = [*([*turn] for turn in SPOKEN), ["", "And so did we."]]
    with pytest.raises(StudyError, match="row 3 of table 1 holds words and no speaker: whose are they") as refused:
        read(tmp_path / "a.docx", table(rows))
    assert "so did" not in str(refused.value)
    timed = [["1", "0:01", *SPOKEN[0]], ["2", "0:03", *SPOKEN[1]], ["3", "0:05", "", "And so did we."]]
    with pytest.raises(StudyError, match="row 3 of table 1 holds words and no speaker"):
        read(tmp_path / "a.docx", table(timed))
    made = docx.Document(io.BytesIO(table(rows)))
    cells = made.tables[0]
    cells.cell(1, 0).merge(cells.cell(2, 0))
    made.save(str(tmp_path / "b.docx"))
    spoken = said(read(tmp_path / "b.docx", (tmp_path / "b.docx").read_bytes()))
    assert spoken == [SPOKEN[0], (SPOKEN[1][0], f"{SPOKEN[1][1]} And so did we.")]


def test_a_note_across_a_table_of_speakers_and_words_is_nobodys(tmp_path: Path) -> None:
    import docx

    made = docx.Document(io.BytesIO(table([*([*turn] for turn in SPOKEN), ["Recording paused.", ""]])))
    made.tables[0].cell(2, 0).merge(made.tables[0].cell(2, 1))
    made.save(str(tmp_path / "a.docx"))
    with pytest.raises(StudyError, match="row 3 of table 1 holds words and no speaker"):
        read_transcript(tmp_path / "a.docx", "a.docx", PEOPLE)


FIGURES = (
    [["Measure", "Value"], ["Beds", "26"]],
    [["2023", "26"], ["2024", "12"]],
    [["The number of beds that were open on the ward at the end of each month", "26"]],
)


@pytest.mark.parametrize("layout", ["{}|{}", "{}:|{}", "{}\n0:03|{}", "0:03|{}|{}", "{}: {}"])
@pytest.mark.parametrize("place", ["above", "between", "below", "within"])
@pytest.mark.parametrize("figures", FIGURES)
def test_a_table_of_figures_is_nobodys_words(layout: str, place: str, figures: list[list[str]], tmp_path: Path) -> None:
    import docx

    def add(parent: Any, rows: list[list[str]]) -> Any:
        cells = parent.add_table(len(rows), len(rows[0]))
        for number, row in enumerate(rows):
            for column, words in enumerate(row):
                cells.cell(number, column).text = words
        return cells

    spoken = [layout.format(*turn).split("|") for turn in [*SPOKEN, *SPOKEN]]
    document = docx.Document()
    tables = {"above": (figures, spoken), "between": (spoken[:2], figures, spoken[2:]), "below": (spoken, figures)}
    for rows in tables.get(place, (spoken,)):
        last = add(document, rows)
        document.add_paragraph("")
    if place == "within":
        add(last.cell(1, len(spoken[0]) - 1), figures)
    document.save(str(tmp_path / "a.docx"))
    if place == "above":
        left = read_transcript(tmp_path / "a.docx", "a.docx", PEOPLE).aside[BEFORE]
        assert left == tuple(" ".join(" ".join(row) for row in figures).split())
        return
    with pytest.raises(StudyError, match=r"table \d.* holds words and (no speaker|nobody who is listed)") as refused:
        read_transcript(tmp_path / "a.docx", "a.docx", PEOPLE)
    assert "a.docx: row" not in str(refused.value)  # the table of speakers and words itself is sound


@pytest.mark.parametrize("kept", ["{}|{}", "0:03|{}|{}", "{}|0:03|{}", "{}: {}"])
@pytest.mark.parametrize("more", ["CV1 enabler", "culture", "Clinical director"])
def test_words_in_a_second_cell_of_a_speakers_row_are_refused(kept: str, more: str, tmp_path: Path) -> None:
    rows = [kept.format(*turn).split("|") for turn in SPOKEN]
    assert said(read(tmp_path / "a.docx", table(rows))) == SPOKEN
    for wider in ([[*row, more] for row in rows], [[*row, "", more] for row in rows]):
        with pytest.raises(StudyError, match="row 1 of table 1 holds words in several cells: which did its speaker"):
            read(tmp_path / "a.docx", table(wider))


SHEETS = (
    [["Date", "3 May"], ["Interviewer", "KM"], ["Participant", "P1"], ["Place", "Room 4"]],
    [["Interviewer", "KM"], ["P1", "Clinical director, Room 4, 3 May"]],
    [["Consent", ""], ["P1", "agreed"]],
)


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_about_an_interview_whose_speakers_stand_in_paragraphs_is_left_out_by_name(
    sheet: list[list[str]], tmp_path: Path
) -> None:
    import docx

    turns = [(who, f"{words} {'And so on. ' * 20}".strip()) for who, words in SPOKEN * 3]
    made = docx.Document(io.BytesIO(table(sheet)))
    for turn in turns:
        made.add_paragraph("{}: {}".format(*turn))
    made.save(str(tmp_path / "a.docx"))
    script = read_transcript(tmp_path / "a.docx", "a.docx", PEOPLE)
    assert said(script) == turns
    assert script.aside == {BEFORE: tuple(" ".join(" ".join(row) for row in sheet).split())}


def test_a_table_that_may_be_a_part_of_the_interview_below_it_is_asked_about(tmp_path: Path) -> None:
    import docx

    made = docx.Document(io.BytesIO(table([[*turn] for turn in SPOKEN])))
    for turn in SPOKEN * 2:
        made.add_paragraph("{}: {}".format(*turn))
    made.save(str(tmp_path / "a.docx"))
    with pytest.raises(StudyError, match="table 1 names speakers, and so do paragraphs below it: did somebody say"):
        read_transcript(tmp_path / "a.docx", "a.docx", PEOPLE)
    made = docx.Document(io.BytesIO(table([[*turn] for turn in SPOKEN * 2])))
    made.add_paragraph("{}: {}".format(*SPOKEN[0]))  # what goes on below the table is said too
    made.save(str(tmp_path / "a.docx"))
    assert said(read_transcript(tmp_path / "a.docx", "a.docx", PEOPLE)) == [*SPOKEN, *SPOKEN, SPOKEN[0]]


def test_a_table_of_opendocument_without_a_speaker_is_refused_unless_the_cell_is_covered(tmp_path: Path) -> None:
    rows = "".join(f"<t:table-row><t:c><x:p>{who}</x:p></t:c><t:c><x:p>{said}</x:p></t:c></t:table-row>"
                   for who, said in [*SPOKEN, ("", "So we did.")])  # fmt: skip
    head = '<o:document-content xmlns:o="urn:o" xmlns:t="urn:b" xmlns:x="urn:t"><o:body><t:table>'
    covered = rows.replace("<t:c><x:p></x:p></t:c>", "<t:covered-table-cell/>")
    covered = covered.replace("<t:c><x:p>P1", '<t:c t:number-rows-spanned="2"><x:p>P1')
    for name, table_rows in (("a.odt", rows), ("b.odt", covered)):
        content = f"{head}{table_rows}</t:table></o:body></o:document-content>".encode()
        mime = b"application/vnd.oasis.opendocument.text"
        (tmp_path / name).write_bytes(held.archive({"mimetype": mime, "content.xml": content}))
    with pytest.raises(StudyError, match="row 3 of table 1 holds words and no speaker"):
        read_transcript(tmp_path / "a.odt", "a.odt", PEOPLE)
    assert said(read_transcript(tmp_path / "b.odt", "b.odt", PEOPLE))[1] == ("P1", "It went well. So we did.")


QUESTIONS = "Moderator: How?\n\nIt went well for all of us.\n\nModerator: And then?\n\nWe met every week or so.\n"


@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
def test_words_without_a_label_are_not_the_moderators_who_alone_has_one(tmp_path: Path, name: str) -> None:
    made = read(tmp_path / name, QUESTIONS, ("Moderator", "*"))
    assert [who for who, _ in said(made)] == ["Moderator", "*", "Moderator", "*"]
    assert said(made)[1][1] == "It went well for all of us."


@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
def test_where_it_cannot_be_told_whose_most_words_are_nobody_gets_them(tmp_path: Path, name: str) -> None:
    text = QUESTIONS.replace("Moderator: And", "Second: And")
    with pytest.raises(StudyError, match="13 words follow labelled ones") as refused:
        read(tmp_path / name, text, ("Moderator", "Second", "*"))
    assert "every week" not in str(refused.value)
    few = "Moderator: How was it for you?\n\nTell me.\n\nSecond: And what then?"
    assert said(read(tmp_path / name, few, ("Moderator", "Second", "*")))[0][0] == "Moderator"


def test_captions_without_a_speaker_are_the_last_ones_only_where_they_are_few(tmp_path: Path) -> None:
    cue = "00:0{0}.000 --> 00:0{0}.900\n{1}"
    cues = ["<v Anna>One two three.</v>", "four", "five six seven eight"]
    for n, whole in ((2, True), (3, False)):
        text = "WEBVTT\n\n" + "\n\n".join(cue.format(place, words) for place, words in enumerate(cues[:n]))
        if whole:
            assert said(read(tmp_path / "a.vtt", text.encode(), ("Anna", "*"))) == [("Anna", "One two three. four")]
        else:
            with pytest.raises(StudyError, match="5 words follow labelled ones"):
                read(tmp_path / "a.vtt", text.encode(), ("Anna", "*"))


def test_captions_that_roll_are_read_once_and_what_is_shown_again_is_counted(tmp_path: Path) -> None:
    lines = ["so we met", "every week and then", "the board came too", "and that was that"]
    cues = []
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else " "
        head = f"00:0{number}.000 --> 00:0{number}.900 align:start position:0%\n"
        cues += [f"{head}{before}\n{line.replace(' ', '<00:00:00.500><c> ', 1)}</c>", f"{head}{line}\n "]
    made = read(tmp_path / "a.vtt", ("WEBVTT\nKind: captions\n\n" + "\n\n".join(cues)).encode(), ("*",))
    assert said(made) == [("*", " ".join(lines))]
    assert len(made.aside[TWICE]) == 2 * len(" ".join(lines).split()) - len(lines[-1].split())


def test_people_who_say_the_same_twice_are_heard_twice(tmp_path: Path) -> None:
    words = ("Yes.", "Yes.", "No.", "Well.", "Well.", "So.")
    cues = "".join(f"\n\n00:0{n}.000 --> 00:0{n}.900\n<v P1>{word}</v>" for n, word in enumerate(words))
    assert said(read(tmp_path / "a.vtt", f"WEBVTT{cues}".encode())) == [("P1", " ".join(words))]


def word_with_asides() -> bytes:
    import docx

    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "page head"
    made.sections[0].footer.paragraphs[0].text = "and foot"
    run = made.add_paragraph("P1: It went well.").runs[0]
    made.add_comment(run, "Did it?", author="KM")
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


NAMES = " ".join(f'xmlns:{name}="urn:{name}"' for name in ("office", "text", "dc", "style", "number"))
OPEN = f"""<office:document-content {NAMES}><office:body><text:p>P1: It w<text:note><text:note-citation>1
</text:note-citation><text:note-body><text:p>in a note</text:p></text:note-body></text:note><office:annotation>
<dc:creator>KM</dc:creator><text:p>Did it?</text:p></office:annotation>ent well.</text:p></office:body>
</office:document-content>"""
STYLES = f"""<office:document-styles {NAMES}><number:text>/</number:text><style:master-page><style:header>
<text:p>page head</text:p></style:header><style:footer><text:p>and foot</text:p></style:footer></style:master-page>
</office:document-styles>"""
RICH = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}}{\header page head}{\footer and foot}P1: It "
    rb"w{\footnote in a note}ent {\*\atnid KM}{\*\annotation Did it?}well.\par}"
)


@pytest.mark.parametrize(
    ("name", "data", "notes"),
    [
        ("a.docx", word_with_asides(), 0),
        ("a.odt", held.archive({"content.xml": OPEN.encode(), "styles.xml": STYLES.encode()}), 3),
        ("a.rtf", RICH, 3),
    ],
)
def test_notes_comments_and_page_heads_are_named_and_in_nobodys_mouth(
    tmp_path: Path, name: str, data: bytes, notes: int
) -> None:
    made = read(tmp_path / name, data)
    assert said(made) == [("P1", "It went well.")]
    assert [len(made.aside.get(kind, ())) for kind in BESIDE] == [notes, 2, 4]


def test_what_the_reader_of_rich_text_loses_is_refused(tmp_path: Path) -> None:
    box = rb"{\rtf1 P1: It went well.\par{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt in a box\par}}}"  # of no shape
    with pytest.raises(StudyError, match="no turn: 3, the first is its word 5"):
        read(tmp_path / "a.rtf", box)


@pytest.mark.parametrize(("written", "turns"), [
    (rb"P1: It went well, {\deleted not }really.\par", ["It went well, really."]),
    (rb"P1: It went well, {\rtlch \af0\deleted\insrsid1 not }really.\par", ["It went well, really."]),
    (rb"P1: It went well, \deleted not at all\deleted0  really.\par", ["It went well, really."]),
    (rb"P1: It {\b\deleted never {\i \{once\} }{\deleted0 went }}well.\par", ["It went well."]),
    (rb"P1: It went.\par {\deleted P2: I never said so.\par }P1: So.", ["It went. So."]),
])  # fmt: skip
def test_words_of_rich_text_that_were_deleted_are_in_no_turn(written: bytes, turns: list[str], tmp_path: Path) -> None:
    made = read(tmp_path / "a.rtf", rb"{\rtf1\ansi " + written + b"}")
    assert said(made) == [("P1", words) for words in turns]
    assert not made.aside


@pytest.mark.parametrize(
    "written", [rb"caf\'e9 \u8220?so\u8221? na\u239\'efve", rb"caf\u233 ? \uc0\u8220 so\u8221  na\u239 ve"]
)
def test_letters_of_rich_text_are_the_same_in_both_readings(tmp_path: Path, written: bytes) -> None:
    made = read(tmp_path / "a.rtf", rb"{\rtf1\ansi\ansicpg1252 P1: " + written + rb"\par}")
    assert said(made) == [("P1", "café \u201cso\u201d naïve")]


@pytest.mark.parametrize(
    ("name", "text", "row"),
    [
        ("a.vtt", "WEBVTT\n\n0:01.000 --> 0:02.000\nP1: One.\n\nNaN:NaN.NaN --> NaN:NaN.NaN\nP1: Two.\n", 6),
        ("a.vtt", "WEBVTT\n\n0:01.000 --> 0:02.000\nP1: One --> two.\n", 4),
        ("a.vtt", "WEBVTT\n\n0:01.000 --> 0:02.000\nP1: One.\n\n00:00:03.000 --> 00:00:NaN\nP1: Two.\n", 6),
        ("a.srt", "1\n0:00:01,000 --> 0:00:02,000\nP1: One.\n\n2\nNaN --> NaN\nP1: Two.\n", 6),
    ],
)
def test_a_stamp_that_is_no_time_is_named_by_its_row(name: str, text: str, row: int, tmp_path: Path) -> None:
    """A recorder writes NaN where it lost its clock; `webvtt-py` drops such a cue without a word."""
    with pytest.raises(StudyError, match="no time from and to") as raised:
        read(tmp_path / name, text.encode())
    assert [fault.row for fault in raised.value.faults] == [row]


def test_an_arrow_among_words_of_subrip_is_read(tmp_path: Path) -> None:
    assert said(read(tmp_path / "a.srt", b"1\n0:00:01,000 --> 0:00:02,000\nP1: One --> two.\n")) == [
        ("P1", "One --> two.")
    ]
