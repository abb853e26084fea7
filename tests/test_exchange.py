"""Transcripts, surveys, pseudonyms, monthly files and damage: what teams hold, read or refused plainly."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

import damage
import held
from buddy_eval.base.errors import StudyError
from buddy_eval.read import mapping, read_raw
from buddy_eval.read.exports import Export, read_export
from buddy_eval.read.mapping import confirmed, draft_map
from buddy_eval.read.monthly import read_month
from buddy_eval.read.names import Names, moved
from buddy_eval.read.surveys import answers
from buddy_eval.read.table import read_table
from buddy_eval.read.transcripts import read_transcript
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import load_study

REAL = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real sample files are not at hand")
INSTRUMENT = load_instrument()
WORDINGS = dict(zip(INSTRUMENT.items["item"], INSTRUMENT.items["wording"], strict=True))
SPEAKERS = ("Interviewer", "Anna", "Ben")
LINES = (
    "Interviewer   0:03",
    "How was it?",
    "Anna: It went well.",
    "Anna: Mostly.",
    "One thing: the café.",
    "Ben: No.",
)
SPOKEN = [("Interviewer", "How was it?"), ("Anna", "It went well. Mostly. One thing: the café."), ("Ben", "No.")]


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def said(path: Path, speakers: tuple[str, ...] = SPEAKERS) -> list[tuple[str, str]]:
    made = read_transcript(path, path.name, speakers)
    return [(turn.speaker, made.text[turn.start : turn.end]) for turn in made.turns]


@pytest.mark.parametrize(
    ("name", "write"), [("a.docx", held.document), ("a.odt", held.open_document), ("a.rtf", held.rich_text)]
)
def test_documents_of_every_word_processor_read_alike(tmp_path: Path, name: str, write: object) -> None:
    assert callable(write)
    assert said(written(tmp_path, name, write(LINES))) == SPOKEN


def test_subtitles_keep_speakers_and_times(tmp_path: Path) -> None:
    srt = "1\n00:00:01,500 --> 00:00:02,000\nAnna: It went\nwell.\n\n2\n00:01:02,000 --> 00:01:03,000\nBen: No.\n"
    path = written(tmp_path, "a.srt", srt)
    assert said(path) == [("Anna", "It went well."), ("Ben", "No.")]
    assert [turn.time for turn in read_transcript(path, "a.srt", SPEAKERS).turns] == [1.5, 62.0]


def test_two_voices_that_zoom_puts_into_one_cue_are_two_turns(tmp_path: Path) -> None:
    vtt = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nAnna: It went well.\nBen: Did it &amp; why?\n"
    assert said(written(tmp_path, "a.vtt", vtt)) == [("Anna", "It went well."), ("Ben", "Did it & why?")]


def test_words_without_a_speaker_belong_to_the_star_where_the_list_has_one(tmp_path: Path) -> None:
    vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nIt went well.\n"
    path = written(tmp_path, "a.vtt", vtt)
    assert said(path, ("*",)) == [("*", "It went well.")]
    with pytest.raises(StudyError, match="no speaker was found"):
        said(path)


@real
@pytest.mark.parametrize(
    ("name", "turns", "words"),
    [
        ("captions_with_bom.vtt", 1, 12),
        ("cue_tags.vtt", 1, 13),
        ("non_padded_timestamps.vtt", 3, 10),
        ("sample.srt", 1, 15),
        ("sample.vtt", 1, 48),
        ("styles.vtt", 1, 3),
        ("teams_timeframe.vtt", 2, 7),
        ("youtube_dl.vtt", 1, 15),
    ],
)
def test_captions_of_every_recorder_read_with_exact_counts(name: str, turns: int, words: int) -> None:
    people = ("*", "Jane Doe", "John Smith", "Yuri Bakulin", "Adrian Petrescu")
    spoken = said(REAL / "transcripts" / name, people)
    assert (len(spoken), sum(len(text.split()) for _, text in spoken)) == (turns, words)


def survey(export: Export) -> tuple[list[tuple[str, str, int]], list[str]]:
    """Participant, item and answer of every answer given, and the faults."""
    made, _, faults, _ = answers(export.frame, INSTRUMENT, "f", 1, linked=False, texts=export.texts)
    if made.empty:
        return [], [str(fault) for fault in faults]
    given = made.dropna(subset=["answer"])
    rows = zip(given["participant"], given["item"], given["answer"], strict=True)
    return [(who, item, int(answer)) for who, item, answer in rows], [str(fault) for fault in faults]


ABOUT = ["SYN01", "receiver", "board"]
TWO = [("C1", 4), ("C2", 2)]


def sheet(kind: str) -> list[list[str]]:
    """One person's answers to two items, as a service writes them."""
    first, second = WORDINGS["C1"], WORDINGS["C2"]
    person = [*ABOUT, "Agree", "Disagree"]
    names = ["StartDate", "Progress", "ResponseId", "Pair", "Side", "Role", "Q1_1", "Q1_2"]
    texts = [
        "Start Date",
        "Progress",
        "Response ID",
        "Pair?",
        "Side?",
        "Role?",
        f"How far? - {first}",
        f"How far? - {second}",
    ]
    row = ["2024-01-01 09:00:00", "100", "R_1", *person]
    ids = [f'{{"ImportId":"Q{n}"}}' for n in range(8)]
    shapes = {
        "Qualtrics, three header rows": [names, texts, ids, row],
        "Qualtrics, two header rows": [names, texts, row],
        "Qualtrics, two header rows of old": [[f"V{n}" for n in range(6)] + names[6:], names[:6] + texts[6:], row],
        "SmartSurvey": [
            ["UserID", "UserNo", "Started", "Pair", "Side", "Role", "1. How far?", ""],
            ["", "", "", "", "", "", first, second],
            ["1", "1", "01/01/2024 09:00", *person],
        ],
        "LimeSurvey": [
            ["id. Response ID", "Pair", "Side", "Role", f"G01Q01[SQ001]. How far? [{first}]", f"How far? [{second}]"],
            ["1", *person],
        ],
        "Google Forms": [
            ["Timestamp", "Pair", "Side", "Role", f"How far? [{first}]", f"How far? [{second}]"],
            ["2024/01/01 9:00:00", *person],
        ],
        "MS Forms": [
            ["ID", "Start time", "Email", "Name", "Pair", "Side", "Role", first, second],
            ["1", "x", "a@b.org", "A", *person],
        ],
    }
    return shapes[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "Qualtrics, three header rows",
        "Qualtrics, two header rows",
        "Qualtrics, two header rows of old",
        "SmartSurvey",
        "LimeSurvey",
        "Google Forms",
        "MS Forms",
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_exports_of_every_service_give_the_same_answers(tmp_path: Path, kind: str, suffix: str) -> None:
    rows = sheet(kind)
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    path = written(tmp_path, f"a{suffix}", held.comma(padded) if suffix == ".csv" else held.workbook(padded))
    found, faults = survey(read_export(path, "a"))
    assert faults == []
    assert [(item, answer) for _, item, answer in found] == TWO


def test_labels_of_spss_stand_for_its_numbers(tmp_path: Path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"id": [1.0], "pair": ["SYN01"], "side": [2.0], "role": ["board"], "v1": [4.0], "v2": [2.0]})
    scale = {2.0: "Disagree", 4.0: "Agree"}
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "a.sav"),
        column_labels={"v1": WORDINGS["C1"], "v2": WORDINGS["C2"]},
        variable_value_labels={"v1": scale, "v2": scale, "side": {2.0: "receiver"}},
    )
    found, faults = survey(read_export(tmp_path / "a.sav", "a.sav"))
    assert faults == []
    assert [(item, answer) for _, item, answer in found] == TWO


@real
def test_real_spss_and_qualtrics_files_read_with_their_texts() -> None:
    spss = read_export(REAL / "surveys" / "efc.sav", "efc.sav")
    assert spss.frame.shape == (908, 26)
    assert spss.texts["e16sex"] == ("elder's gender",)
    qualtrics = read_export(REAL / "surveys" / "qualtrics_three_header_rows.csv", "q.csv")
    assert (qualtrics.kind, list(qualtrics.frame.index)) == ("Qualtrics", [4])
    assert qualtrics.texts["Q2"] == ("This is a free text question.",)


def test_a_map_is_drafted_with_guesses_that_stop_the_run_until_confirmed(tmp_path: Path) -> None:
    close = WORDINGS["C2"].replace("people here", "colleagues")
    rows = [
        ["ID", "Pair", "Side", "Role", WORDINGS["C1"], close, "Email"],
        ["1", *ABOUT, "Agree", "Disagree", "a@b.org"],
    ]
    export = read_export(written(tmp_path, "a.csv", held.comma(rows)), "a.csv")
    made = draft_map(export, INSTRUMENT)
    assert made.set_index("column")["item"].to_dict() == {
        "ID": "respondent",
        "Pair": "pair",
        "Side": "side",
        "Role": "role",
        WORDINGS["C1"]: "C1",
        close: "C2",
    }
    path = tmp_path / "map.csv"
    made.to_csv(path, index=False)
    with pytest.raises(StudyError, match="nobody has confirmed 'C2'"):
        confirmed(path, "map.csv", INSTRUMENT)
    made.assign(confirmed="yes").to_csv(path, index=False)
    mapping = confirmed(path, "map.csv", INSTRUMENT)
    given, *_ = answers(export.frame, INSTRUMENT, "a.csv", 1, linked=False, mapping=mapping)
    assert given.set_index("item")["answer"].to_dict() == {"C1": 4, "C2": 2}


OTHER_WORDS = {
    "The top teams in both trusts trust one another": "C1",
    "4. When problems arise, staff here get defensive with our partner trust": "C2",
    "Turnover of senior staff has held back the buddying": "C6",
    "Learning stays with the few people directly involved": "E5",
    "What got in the way most?": "F2",
    "Regulators leave us enough freedom": "G1",
    "Leaders of the partnership are visible to staff": "M2",
    "Both trusts give the same messages about the partnership": "M5",
    "Overall the partnership benefits patients": "O1",
    "Capacity problems are dealt with promptly by joint governance": "R5",
    "The partnership has put my trust's reputation at risk": "R7",
    "Which partnership are you answering about?": "pair",
}
ELSE = ("How long have you worked here?", "Start time", "Any other comments", "How old are you?")


def test_items_in_other_words_are_proposed_each_once_and_nothing_for_what_resembles_none(tmp_path: Path) -> None:
    worse = "Do regulators leave you freedom, enough or too little of it?"
    columns = ["ID", *OTHER_WORDS, *ELSE, worse]
    export = read_export(written(tmp_path, "a.csv", held.comma([columns, ["1"] * len(columns)])), "a.csv")
    drafted = draft_map(export, INSTRUMENT).set_index("column")
    assert drafted["item"].to_dict() == {"ID": "respondent", **OTHER_WORDS, **dict.fromkeys((*ELSE, worse), "")}
    assert drafted["confirmed"].to_dict() == {**dict.fromkeys(columns, ""), "ID": "yes"}
    asked = {**INSTRUMENT.items.set_index("item")["wording"], **mapping.ABOUT}  # beside the text, for whoever confirms
    assert drafted["wording"].to_dict() == {name: asked.get(item, "") for name, item in drafted["item"].items()}


def test_an_unknown_answer_names_the_nearest_label(tmp_path: Path) -> None:
    rows = sheet("MS Forms")
    rows[1][-1] = "Disagre"
    _, faults = survey(read_export(written(tmp_path, "a.csv", held.comma(rows)), "a.csv"))
    assert faults == ["f row 2: answer 'Disagre' to C2 is not on the scale; did you mean 'disagree'?"]


def test_offsets_move_with_the_names_that_are_replaced() -> None:
    text = "Anna Smith met Ben. Anna left."
    names = Names({"Anna Smith": "P1", "Anna": "P1", "Ben": "Participant 2"})
    shifts = names.shifts(text)
    new = names.said(text)
    for passage, wanted in (("met", "met"), ("Ben", "Participant 2"), ("left", "left"), ("Anna left", "P1 left")):
        start = text.index(passage)
        assert new[moved(start, shifts) : moved(start + len(passage), shifts, end=True)] == wanted


def study(folder: Path, more: str = "", **files: str) -> Path:
    """A study of one interview and one coding."""
    raw = folder / "data" / "raw"
    (raw / "transcripts").mkdir(parents=True)
    names = ("pairs", "participants", "sources", "assignments", "codings")
    tables = {
        "pairs": "pair,supporter,receiver,start\nP1,AAA,BBB,2024-01-01\n",
        "participants": "participant,pair,side,role,consent,quotes\nA1,P1,receiver,board,yes,yes\n",
        "sources": "source,file,speaker,participant,wave\n"
        "I1,Anna.txt,Anna,A1,1\nI1,Anna.txt,Interviewer,interviewer,1\n",
        "assignments": "source_id,coder,role\nI1,KM,lead\n",
        "codings": "source_id,start,end,code,coder,memo\nI1,47,62,CB1,KM,Anna says so\n",
        **files,
    }
    for name, text in tables.items():
        (raw / f"{name}.csv").write_text(text, encoding="utf-8")
    (raw / "transcripts" / "Anna.txt").write_text("Interviewer: How is it, Anna?\nAnna: It went well, Anna told.\n")
    lines = "".join(f'{name} = "{name}.csv"\n' for name in names)
    settings = f'[study]\ntitle = "T"\nteam = "U"\n{more}\n[raw]\ntranscripts = "transcripts"\n{lines}'
    (folder / "study.toml").write_text(settings)
    return folder


def test_a_pseudonym_stands_wherever_a_name_was_read(tmp_path: Path) -> None:
    root = study(tmp_path, 'pseudonyms = "private/key.csv"')
    (root / "private").mkdir()
    (root / "private" / "key.csv").write_text("name,pseudonym\nAnna,Person One\n")
    plain = "Interviewer: How is it, Anna?\nAnna: It went well, Anna told.\n"
    raw = read_raw(load_study(root))
    assert raw.faults == []
    transcript = raw.transcripts["Person One.txt"]
    coding = raw.tables["codings"].iloc[0]
    assert transcript.text[int(coding["start"]) : int(coding["end"])] == plain[47:62].replace("Anna", "Person One")
    assert {turn.speaker for turn in transcript.turns} == {"Interviewer", "Person One"}
    everything = [transcript.text, str(raw.log), *(frame.to_csv() for frame in raw.tables.values())]
    assert not any("Anna" in text for text in everything)


def test_a_key_to_the_pseudonyms_among_the_raw_files_is_refused(tmp_path: Path) -> None:
    root = study(tmp_path, 'pseudonyms = "data/raw/key.csv"', key="name,pseudonym\nAnna,P\n")
    assert "the key to the pseudonyms lies in data/raw" in str(read_raw(load_study(root)).faults[0])


MONTH = [
    ["Title:", "A&E attendances"],
    ["Period:", "August 2024"],
    [],
    ["Code", "Name", "A&E attendances Type 1", "A&E attendances Other", "Attendances over 4hrs Type 1"],
    ["RAA", "One", "1,000", "500", "300"],
    ["RBB", "Two", "0", "0", "0"],
    ["-", "TOTAL", "1,000", "500", "300"],
    ["", "England", "1,000", "500", "300"],
]


def test_a_published_month_loses_its_preamble_and_totals_and_keeps_its_rows(tmp_path: Path) -> None:
    made = read_month(written(tmp_path, "AE.csv", held.comma(MONTH)), "AE.csv")
    assert (made.period, made.preamble, made.totals, made.frame.index.tolist()) == ("2024-08", 3, 2, [5, 6])


def test_a_revised_month_replaces_the_first_and_the_log_says_so(tmp_path: Path) -> None:
    root = study(tmp_path)
    (root / "study.toml").write_text((root / "study.toml").read_text() + '[[raw.monthly]]\nfiles = "ae/*.csv"\n')
    (root / "data" / "raw" / "ae").mkdir()
    revised = [*MONTH[:4], ["RAA", "One", "1,000", "500", "600"]]
    written(root / "data" / "raw" / "ae", "AE-August-2024.csv", held.comma(MONTH))
    written(root / "data" / "raw" / "ae", "AE-August-2024-revised.csv", held.comma(revised))
    raw = read_raw(load_study(root))
    assert raw.faults == []
    columns = ["ods", "period", "numerator", "denominator"]
    assert raw.tables["outcomes"][columns].values.tolist() == [["RAA", "2024-08", "900", "1500"]]
    assert "a revised file has the same month" in {line["reason"] for line in raw.log}


@real
@pytest.mark.parametrize(
    ("name", "period", "revised"), [("August-2024", "2024-08", False), ("November-2024-revised", "2024-11", True)]
)
def test_months_as_published_read_whole(name: str, period: str, revised: bool) -> None:
    made = read_month(REAL / "trusts" / "ae_monthly" / f"Monthly-AE-{name}.csv", name)
    assert (made.period, len(made.frame), made.totals, made.revised) == (period, 198, 1, revised)


def test_sheets_filled_to_the_last_row_or_column_are_refused_before_they_unfold(tmp_path: Path) -> None:
    cell = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
    body = f"<worksheet><sheetData>{cell.format(1, 'A')}{cell.format(1_048_576, 'XFD')}</sheetData></worksheet>"
    path = written(tmp_path, "a.xlsx", held.archive({"xl/worksheets/sheet1.xml": body.encode()}))
    with pytest.raises(StudyError, match="filled to its last row or column"):
        read_table(path, "a.xlsx")
    row = '<table:table-row table:number-rows-repeated="1048576">'
    row += "<table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    with pytest.raises(StudyError, match="filled to its last row or column"):
        read_table(written(tmp_path, "a.ods", held.archive({"content.xml": row.encode()})), "a.ods")


def test_an_encrypted_workbook_is_refused_plainly(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="encrypted"):
        read_table(written(tmp_path, "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)), "a.xlsx")


def test_a_large_table_reads_as_a_small_one_does(tmp_path: Path) -> None:
    rows = [
        ["id", "text", "note"],
        *[[f"{n:05d}", 'Well, «quoted» "words"\nand more', "NA" if n % 3 else "  "] for n in range(9000)],
        ["", "", ""],
        ["x", "None", ""],
    ]
    data = held.comma(rows)
    made = read_table(written(tmp_path, "a.csv", data), "a.csv")
    assert made.index.tolist() == [*range(2, 9002), 9003]
    assert made.iloc[1].tolist() == ["00001", 'Well, «quoted» "words"\nand more', "NA"]
    assert made["note"].isna().sum() == 3001
    with pytest.raises(StudyError, match="row 9004: 4 cells under 3 column names"):
        read_table(written(tmp_path, "b.csv", data + b"a,b,c,d\r\n"), "b.csv")


def test_two_thousand_damaged_files_are_read_or_refused_plainly_and_lose_nothing(tmp_path: Path) -> None:
    outcomes = [(name, number, outcome) for name, number, outcome, _ in damage.trials(tmp_path, 2000)]
    assert [entry for entry in outcomes if entry[2] not in {"read", "refused"}] == []
    assert {name for name, _, outcome in outcomes if outcome == "refused"} == set(damage.samples(tmp_path))
