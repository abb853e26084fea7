"""What people said as units, human codings laid on them, and a whole study cleaned or refused at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buddy_eval.clean import Cleaned, clean
from buddy_eval.clean.text import on_units, sentences, transcript_units
from buddy_eval.pipeline.run import check
from buddy_eval.read import read_raw
from buddy_eval.read.transcripts import Transcript, Turn
from buddy_eval.schemas import PROCESSED, conform
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import load_study

ROOT = Path(__file__).resolve().parents[1]
TALK = "Interviewer: How was it?\nA: We trust them. It took time!\nInterviewer: And then?\nA: Nothing changed.\n"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four\u2026 Five", ["One.", "Two!", "Three?", "Four\u2026", "Five"]),
        ('He said "No." Then 5 left.', ['He said "No."', "Then 5 left."]),
        ("about 3.5 hours, e.g. Mondays. dr. who", ["about 3.5 hours, e.g. Mondays. dr. who"]),
        ("We met Dr. Who vs. Prof. X.", ["We met Dr. Who vs. Prof. X."]),
        ("first line\nsecond line\n\n third", ["first line", "second line", "third"]),
        ("   ", []),
    ],
)
def test_sentences_end_where_they_are_said_to_end(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(st.text(st.sampled_from("aA1 .!?\u2026\n\"')\u201d\u00a0\u0301"), max_size=40) | st.text(max_size=40))
def test_sentences_are_in_order_without_white_space_around_and_lose_nothing(text: str) -> None:
    spans = sentences(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    ends = [0, *(offset for span in spans for offset in span), len(text)]
    assert ends == sorted(ends)
    assert "".join(text.split()) == "".join("".join(text[start:end].split()) for start, end in spans)


def talk() -> pd.DataFrame:
    """The units of one interview: sentences 32..45 and 46..59 and 86..102 of A, and two whole questions."""
    turns = [line.split(": ") for line in TALK.splitlines()]
    places = [(speaker, TALK.index(words), words) for speaker, words in turns]
    transcript = Transcript(TALK, tuple(Turn(who, at, at + len(words)) for who, at, words in places))
    return transcript_units(transcript, "s1", {"A": "P-A"}).assign(channel="interview")


def test_a_participants_turn_is_cut_and_the_interviewers_is_not() -> None:
    units = talk()
    assert units["text"].tolist() == ["How was it?", "We trust them.", "It took time!", "And then?", "Nothing changed."]
    assert [TALK[a:b] for a, b in zip(units["start"], units["end"], strict=True)] == units["text"].tolist()
    assert units["unit"].tolist() == [f"s1.000{number}" for number in range(1, 6)]
    assert units["codable"].tolist() == [False, True, True, False, True]
    assert units["turn"].tolist() == [1, 2, 2, 3, 4]


def passages(*spans: tuple[int, int], source: str = "s1") -> pd.DataFrame:
    made = pd.DataFrame(spans, columns=["start", "end"], index=range(2, 2 + len(spans)))
    return made.assign(source_id=source)


def laid(start: int, end: int) -> list[str]:
    made, faults = on_units(passages((start, end)), talk(), "codings.csv")
    assert faults == []
    return [unit[-1:] for unit in made["unit"]]


def test_a_passage_belongs_to_every_unit_that_it_covers_by_half_and_to_the_one_that_holds_most() -> None:
    first, second = TALK.index("We trust"), TALK.index("It took")
    assert laid(first, first + 14) == ["2"]
    assert laid(first, second + 13) == ["2", "3"]
    assert laid(first, second + 7) == ["2", "3"]
    assert laid(first, second + 5) == ["2"]
    assert laid(second, second + 2) == ["3"]
    assert laid(first + 12, second + 3) == ["3"]
    assert laid(0, len(TALK)) == ["2", "3", "5"]


def test_a_passage_that_no_participant_said_is_a_fault_with_row_and_remedy() -> None:
    asked = TALK.index("And then")
    spans = [
        (TALK.index("We trust"), TALK.index("We trust") + 5),
        (asked, asked + 9),
        (500, 510),
        (40, 40),
        (45, 35),
        (-9, 40),
    ]
    made, faults = on_units(passages(*spans), talk(), "codings.csv")
    assert made.index.tolist() == [2]
    assert [fault.row for fault in faults] == [3, 4, 5, 6, 7]
    assert str(faults[1]) == (
        "codings.csv row 4: characters 500 to 510 of 's1' are nothing that a participant said; "
        "check the offsets: code points from 0, end exclusive"
    )
    assert [fault.row for fault in on_units(passages((0, 99), source="s9"), talk(), "codings.csv")[1]] == [2]


def study(folder: Path, **tables: str) -> Path:
    """A study of one pair and two interviews on the disk; tables replace its own."""
    files = {
        "pairs": "pair,supporter,receiver,start\nP1,AAA,BBB,2023-10-01\n",
        "participants": "participant,pair,side,role,consent,quotes\nP-A,P1,receiver,board,yes,yes\n"
        "P-B,P1,supporter,board,yes,no\n",
        "sources": "source,file,speaker,participant,wave,asked\ns1,a.txt,A,P-A,1,culture\n"
        "s1,a.txt,Interviewer,interviewer,1,\ns2,b.txt,B,P-B,1,\n",
        "assignments": "source_id,coder,role\ns1,KM,lead\ns1,RA,second\ns2,KM,lead\n",
        "codings": "source_id,start,end,code,coder,valence,about\ns1,28,42,CB5,KM,enabler,own\n"
        "s1,30,36,CB5,KM,barrier,own\ns1,28,56,CR1,RA,barrier,partner\ns2,3,8,CB5,KM,,\n",
        "approvals": "source_id,start,end,approved_by,audience\ns1,28,42,KM,public\n",
        "comments": "comment,text,group\nc1,Very kind.,Ward 1\nc2,,Ward 1\n",
    } | tables
    raw = folder / "data" / "raw"
    (raw / "transcripts").mkdir(parents=True)
    (raw / "transcripts" / "a.txt").write_text(TALK, encoding="utf-8")
    (raw / "transcripts" / "b.txt").write_text("B: They do.", encoding="utf-8")
    for name, text in files.items():
        (raw / f"{name}.csv").write_text(text, encoding="utf-8")
    lines = "".join(f'{name} = "{name}.csv"\n' for name in files)
    settings = f'[study]\ntitle = "A"\nteam = "B"\n[raw]\ntranscripts = "transcripts"\n{lines}'
    (folder / "study.toml").write_text(settings, encoding="utf-8")
    return folder


def cleaned(folder: Path) -> Cleaned:
    made, codebook = load_study(folder), load_codebook()
    return clean(read_raw(made), made, codebook, load_instrument(None, codebook))


def test_a_clean_study_has_every_table_and_each_keeps_its_schema(tmp_path: Path) -> None:
    made = cleaned(study(tmp_path))
    assert made.faults == []
    for name, table in made.tables.items():
        pd.testing.assert_frame_equal(table, conform(table, PROCESSED[name]))
    columns = ["unit", "text", "participant", "pair", "side", "group", "channel"]
    units = made.tables["units"][columns].astype("object").fillna("")
    assert units.to_numpy().tolist() == [
        ["c1", "Very kind.", "", "", "", "Ward 1", "comment"],
        ["s1.0001", "How was it?", "", "", "", "", "interview"],
        ["s1.0002", "We trust them.", "P-A", "P1", "receiver", "", "interview"],
        ["s1.0003", "It took time!", "P-A", "P1", "receiver", "", "interview"],
        ["s1.0004", "And then?", "", "", "", "", "interview"],
        ["s1.0005", "Nothing changed.", "P-A", "P1", "receiver", "", "interview"],
        ["s2.0001", "They do.", "P-B", "P1", "supporter", "", "interview"],
    ]


def test_passages_of_one_coder_on_one_unit_become_one_coding_and_differing_valences_mixed(tmp_path: Path) -> None:
    made = cleaned(study(tmp_path)).tables["codings"]
    keys = ["unit", "coder", "code", "start", "end", "valence", "about"]
    assert made[keys].fillna("").to_numpy().tolist() == [
        ["s1.0002", "KM", "CB5", 28, 42, "mixed", "own"],
        ["s1.0002", "RA", "CR1", 28, 56, "barrier", "partner"],
        ["s1.0003", "RA", "CR1", 28, 56, "barrier", "partner"],
        ["s2.0001", "KM", "CB5", 3, 8, "", ""],
    ]


def test_whoever_did_not_consent_is_left_out_whole_and_the_log_says_so(tmp_path: Path) -> None:
    people = "participant,pair,side,role,consent,quotes\nP-A,P1,receiver,board,no,yes\nP-B,P1,supporter,board,yes,no\n"
    made = cleaned(study(tmp_path, participants=people))
    assert made.faults == []
    for name in ("sources", "units", "codings", "assignments", "approvals"):
        cells = made.tables[name].astype("object").fillna("").astype("str")
        assert not cells.apply(lambda column: column.str.contains("s1|trust|time")).any(axis=None), name
    assert made.tables["units"]["unit"].tolist() == ["c1", "s2.0001"]
    log = made.tables["imports"]
    counted = log[log["reason"] == "no consent"].set_index("item")["n"].to_dict()
    assert counted == {"transcript": 1, "codings": 3}


def test_every_fault_of_a_study_is_listed_at_once_and_no_table_is_made(tmp_path: Path) -> None:
    folder = study(
        tmp_path,
        participants="participant,pair,side,role,consent,quotes\nP-A,P9,receiver,board,yes,yes\nP-B,P1,up,board,yes,no\n",
        codings="source_id,start,end,code,coder,valence\ns1,28,42,CB99,KM,\ns1,28,42,CB5,ZZ,\ns7,1,2,CB5,KM,\n"
        "s1,x,42,CB5,KM,good\ns1,900,950,CB5,KM,\n",
        approvals="source_id,start,end,approved_by,audience\ns2,3,8,KM,partners\ns2,3,7,KM,internal\n"
        "s1,900,950,KM,internal\n",
        sources="source,file,speaker,participant,wave,asked\ns1,a.txt,A,P-A,1,cultur\ns1,a.txt,Interviewer,interviewer,1,\n"
        "s2,b.txt,B,P-B,1,\ns3,c.txt,C,P-C,1,\n",
    )
    made = cleaned(folder)
    assert made.tables == {}
    found = {(fault.file.split("/")[-1], fault.row, fault.problem) for fault in made.faults}
    assert found == {
        ("participants.csv", 2, "pair 'P9' is not among the pairs"),
        ("participants.csv", 3, "side 'up' is not allowed"),
        ("sources.csv", 2, "asked holds 'cultur', which is no theme"),
        ("sources.csv", 5, "'c.txt' is not in transcripts"),
        ("sources.csv", 5, "participant 'P-C' is not among the participants"),
        ("codings.csv", 2, "code 'CB99' is not in the codebook"),
        ("codings.csv", 3, "coder 'ZZ' was not assigned source 's1'"),
        ("codings.csv", 4, "source_id 's7' is not among the sources"),
        ("codings.csv", 5, "start 'x' is not a whole number"),
        ("codings.csv", 5, "valence 'good' is not allowed"),
        ("codings.csv", 6, "end 950 lies beyond the text, which has 100 characters"),
        ("approvals.csv", 2, "approves words of a participant who did not agree to be quoted"),
        ("approvals.csv", 4, "end 950 lies beyond the text, which has 100 characters"),
    }
    assert check(load_study(folder)) == sorted(set(made.faults))


def test_an_interviewee_and_a_respondent_of_one_name_are_a_fault(tmp_path: Path) -> None:
    people = "participant,pair,side,role,consent,quotes\nP-A,P1,receiver,board,yes,yes\nP1,P1,supporter,board,yes,no\n"
    sources = (
        "source,file,speaker,participant,wave\ns1,a.txt,A,P-A,1\ns1,a.txt,Interviewer,interviewer,1\ns2,b.txt,B,P1,1\n"
    )
    folder = study(tmp_path, participants=people, sources=sources)
    (folder / "data" / "raw" / "s.csv").write_text("ID,pair,side,role,C1\n1,P1,receiver,board,4\n", encoding="utf-8")
    settings = (folder / "study.toml").read_text(encoding="utf-8").replace("[study]\n", "[study]\nlinked = true\n")
    (folder / "study.toml").write_text(settings + '[[raw.survey]]\nfile = "s.csv"\nwave = 1\n', encoding="utf-8")
    assert [(fault.row, fault.problem, fault.remedy) for fault in cleaned(folder).faults] == [
        (3, "participant 'P1' is also the name of a survey respondent", "give the participant another name")
    ]


def test_the_illustrative_study_has_no_fault() -> None:
    if not (ROOT / "data" / "raw" / "pairs.csv").is_file():
        pytest.skip("the illustrative study is not here")
    assert check(load_study(ROOT)) == []
