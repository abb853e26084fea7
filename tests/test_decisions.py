"""What coders coded otherwise is listed, decided by people, and the consensus rests on it; agreement does not move."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import small_study
from buddy_eval import Disagreements
from buddy_eval.base.errors import BuddyError
from buddy_eval.cli.main import main
from buddy_eval.coding import consensus, consensus_basis, disagreements
from buddy_eval.disclose.results import Results
from buddy_eval.exchange.export import export
from buddy_eval.pipeline import run as pipeline
from buddy_eval.read import read_raw
from buddy_eval.read.refi import read_refi
from buddy_eval.start.import_project import draft
from buddy_eval.study.inputs import DECIDED
from buddy_eval.study.settings import Study, load_study

TABLES = ("pairs", "trusts", "participants", "sources", "assignments", "codings")
ASKED = pd.DataFrame(
    [(u, c, r) for u in ("u1", "u2", "u3") for c, r in (("KM", "lead"), ("RA", "second"))],
    columns=["unit", "coder", "role"],
)
GIVEN = pd.DataFrame(
    [
        ("u1", "KM", "A", "barrier"), ("u1", "RA", "B", None), ("u2", "KM", "A", "barrier"),
        ("u2", "RA", "A", "enabler"), ("u3", "KM", "A", "barrier"), ("u3", "RA", "A", "barrier"),
    ],
    columns=["unit", "coder", "code", "valence"],
).assign(start=5, end=9)  # fmt: skip


def decided(*rows: tuple[str, str, bool, str | None, bool]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["unit", "code", "present", "valence", "settled"])
    return made.assign(start=0, end=20)


def states(decisions: pd.DataFrame, asked: pd.DataFrame = ASKED) -> dict[tuple[str, str], str]:
    made = disagreements(GIVEN, asked, decisions)
    return dict(zip(zip(made["unit"], made["code"], strict=True), made["state"], strict=True))


def test_every_code_that_two_coded_otherwise_is_listed_with_its_state() -> None:
    open_ = {("u1", "A"): "open", ("u1", "B"): "open", ("u2", "A"): "open"}
    assert states(decided()) == open_
    some = decided(("u1", "A", False, None, True), ("u2", "A", True, "mixed", False))
    assert states(some) == open_ | {("u1", "A"): "decided", ("u2", "A"): "contested"}
    judged = pd.concat([ASKED, pd.DataFrame([("u1", "ZZ", "adjudicator")], columns=list(ASKED))])
    assert states(decided(), judged) == open_ | {("u1", "A"): "adjudicated", ("u1", "B"): "adjudicated"}
    listed = disagreements(GIVEN, ASKED, decided())
    row = listed.loc[listed["code"] == "B", ["one", "other", "one_present", "other_present"]]
    assert row.to_numpy().tolist() == [["KM", "RA", False, True]]


def test_three_coders_are_compared_two_by_two() -> None:
    third = pd.DataFrame([("u1", "TB", "second")], columns=list(ASKED))
    made = disagreements(GIVEN, pd.concat([ASKED, third]), decided())
    assert sorted(made.loc[made["unit"] == "u1", ["code", "one", "other"]].to_numpy().tolist()) == [
        ["A", "KM", "RA"], ["A", "KM", "TB"], ["B", "KM", "RA"], ["B", "RA", "TB"],
    ]  # fmt: skip


def test_the_consensus_rests_on_settled_decisions_and_says_on_what_else() -> None:
    before = consensus(GIVEN, ASKED)
    assert before["decided_by"].tolist() == ["lead", "lead", "agreement", "agreement"]
    rests = consensus_basis(before)
    assert rests.to_numpy().tolist() == [["agreement", 2, 0.5], ["lead", 2, 0.5]]
    some = decided(
        ("u1", "A", False, None, True), ("u1", "C", True, "enabler", True), ("u1", "B", True, None, False),
        ("u2", "A", True, "mixed", True),
    )  # fmt: skip
    made = consensus(GIVEN, ASKED, some)
    assert made["decided_by"].tolist() == ["decision", "lead", "decision", "decision", "agreement"]
    assert made["present"].tolist() == [False, False, True, True, True]
    places = made.loc[made["decided_by"] == "decision", ["unit", "code", "start", "end"]].to_numpy().tolist()
    assert places == [["u1", "A", 5, 9], ["u1", "C", 0, 20], ["u2", "A", 5, 9]]
    assert made["valence"].fillna("").tolist() == ["", "", "enabler", "mixed", "barrier"]
    pd.testing.assert_frame_equal(consensus(GIVEN, ASKED, decided()), before)


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of interviews alone, run once."""
    folder = small_study.cut(tmp_path_factory.mktemp("coded") / "study")
    raw = "\n".join(f'{name} = "{name}.csv"' for name in TABLES)
    settings = f'[study]\ntitle = "Two pairs"\nteam = "Us"\n[raw]\ntranscripts = "transcripts"\n{raw}\n'
    (folder / "study.toml").write_text(settings, encoding="utf-8")
    pipeline.run(load_study(folder), lambda line: None)
    return folder


@pytest.fixture
def study(coded: Path, tmp_path: Path) -> Study:
    """A copy of it."""
    shutil.copytree(coded, tmp_path / "study", ignore=shutil.ignore_patterns(".lock"))
    return load_study(tmp_path / "study")


def opened(study: Study) -> Disagreements:
    return Disagreements(Results(study, "internal"))


def held(study: Study, unit: str) -> dict[str, tuple[bool, object, str]]:
    """What the consensus says of one unit when everything is read again."""
    tables, faults, _ = pipeline._cleaned(study)
    assert faults == []
    made = consensus(*(tables[name] for name in ("codings", "assignments", "decisions")))
    made = made[made["unit"] == unit]
    values = zip(made["present"], made["valence"].fillna(""), made["decided_by"], strict=True)
    return dict(zip(made["code"], values, strict=True))


def test_cases_stand_with_words_memos_and_rules_the_worst_code_first(study: Study) -> None:
    found = opened(study)
    counted = found.by_code
    assert counted["n_units"].sum() == len(found.frame)
    assert counted["n_units"].is_monotonic_decreasing
    (case,) = (case for case in found.cases() if case.unit == "SYN01-R1-w1.0013")
    assert counted.loc[0, "code"] in set(found.frame.loc[found.frame["unit"] == found.cases()[0].unit, "code"])
    assert [coder for coder, _ in case.said] == ["KM", "RA"]
    assert case.said[0][1].startswith("CB1 barrier (memo: size is named")
    assert [rule.split()[0] for rule in case.rules] == ["CB1", "CV6"]
    assert case.words == found._texts[case.source][case.start : case.end]
    shown = found._repr_html_()
    assert "<script" not in shown
    assert shown.count("<details>") == found.frame["unit"].nunique()
    assert "CB1 barrier (memo: size is named" in shown


def unheard(study: Study) -> list[str]:
    """The codes that nobody of the receiver of the first pair raised, by the framework matrix."""
    made = pipeline.read(study, "framework")
    here = (made["pair"] == "SYN01") & (made["side"] == "receiver") & (made["cell"] != "raised")
    return sorted(made.loc[here, "code"])


CHOICES = [
    ("KM", None, {"CB1": (True, "barrier"), "CV6": (False, "")}),
    ("RA", None, {"CB1": (False, ""), "CV6": (True, "barrier")}),
    ("both", None, {"CB1": (True, "barrier"), "CV6": (True, "barrier")}),
    ("neither", None, {"CB1": (False, ""), "CV6": (False, "")}),
    ("else", {"EL4": "enabler"}, {"CB1": (False, ""), "CV6": (False, ""), "EL4": (True, "enabler")}),
]


def test_each_choice_reaches_the_consensus_and_agreement_stays(study: Study) -> None:
    before = pipeline.read(study, "agreement")
    for choice, codes, wanted in CHOICES:
        found = opened(study)
        found.decide("SYN01-R1-w1.0013", choice, by="KM", why="we read it together", codes=codes)
        made = held(study, "SYN01-R1-w1.0013")
        assert {code: row[:2] for code, row in made.items() if row[2] == "decision" and code in wanted} == wanted
        assert {code for code, row in made.items() if row[0]} == {code for code, row in wanted.items() if row[0]}
        assert "SYN01-R1-w1.0013" not in {case.unit for case in found.cases()}
    (code, *_) = unheard(study)
    found.decide("SYN01-R1-w1.0013", "else", by="KM", why="we read it together", codes={code: "", "EL4": "enabler"})
    pipeline.run(study, lambda line: None)
    assert code not in unheard(study)
    pd.testing.assert_frame_equal(pipeline.read(study, "agreement"), before)
    assert "decision" in set(pipeline.read(study, "consensus_basis")["decided_by"])
    decisions = pipeline.read(study, "decisions")
    assert set(decisions["coder"]) == {"KM"}
    assert set(decisions["why"]) == {"we read it together"}
    assert found.undo("KM")
    after = held(study, "SYN01-R1-w1.0013")
    assert {name for name, row in after.items() if row[0]} == {"EL4"}  # the decision before holds again


def test_two_who_did_not_see_each_other_settle_nothing_until_one_sees_both(study: Study, tmp_path: Path) -> None:
    unit, elsewhere = "SYN01-R1-w1.0013", tmp_path / "elsewhere"
    shutil.copytree(study.root, elsewhere, ignore=shutil.ignore_patterns(".lock"))
    opened(study).decide(unit, "KM", by="KM", why="one")
    opened(load_study(elsewhere)).decide(unit, "RA", by="RA", why="two")
    journals = study.root / "data" / "coding" / "decisions"
    copied = (elsewhere / "data" / "coding" / "decisions" / "RA.jsonl").read_bytes()
    (journals / "from-RA.jsonl").write_bytes(copied)
    (journals / "again.jsonl").write_bytes(copied)
    found = opened(study)
    (case,) = (case for case in found.cases() if case.unit == unit)
    assert case.state == "contested"
    assert all("decide again" in line for line in case.decided)
    assert {row[2] for row in held(study, unit).values()} == {"lead"}
    found.decide(unit, "RA", by="KM", why="now we have talked")
    assert held(study, unit)["CV6"] == (True, "barrier", "decision")
    assert found.decisions["settled"].all()


def test_a_decision_whose_words_are_gone_is_named_and_the_case_open_again(study: Study) -> None:
    found = opened(study)
    unit = "SYN01-R1-w1.0013"
    found.decide(unit, "KM", by="KM", why="size")
    (case,) = (case for case in found.cases(all_of_them=True) if case.unit == unit)
    path = study.raw_folder / "transcripts" / "SYN01-R1-w1.txt"
    text = path.read_bytes()
    path.write_bytes(text.replace(case.words.encode(), case.words.upper().encode()))
    assert {row[2] for row in held(study, unit).values()} == {"lead"}
    log = pipeline._cleaned(study)[0]["imports"]
    assert log["item"].str.startswith("decision in line 1").sum() == 1
    path.write_bytes(text)
    assert held(study, unit)["CB1"][2] == "decision"


def test_decisions_and_memos_leave_for_other_tools_and_come_back_as_no_codings(study: Study, tmp_path: Path) -> None:
    opened(study).decide("SYN01-R1-w1.0013", "both", by="KM", why="it is both")
    opened(study).decide("SYN01-R1-w1.0018", "neither", by="RA", why="it is neither")
    files = {
        to: {path.name: path for path in export(study, to, tmp_path / to)[0]} for to in ("qdpx", "csv", "taguette")
    }
    project = read_refi(files["qdpx"]["project.qdpx"], "p.qdpx").codings
    ours = project[project["coder"] == DECIDED].sort_values("code")
    assert ours["memo"].tolist() == ["valence: barrier\ndecided by KM: both, it is both"] * 2
    assert set(project["coder"]) >= {"KM", "RA", DECIDED}
    decisions = small_study.table(files["csv"]["decisions.csv"])
    assert [row[3:6] for row in decisions[1:]] == [
        ["CB1", "True", "barrier"], ["CV6", "True", "barrier"], ["CV5", "False", ""], ["EL4", "False", ""],
    ]  # fmt: skip
    memo = next(text for text in pipeline.read(study, "memos")["memo"] if "size is named" in text)
    assert any(memo in row[-1] for row in small_study.table(files["taguette"]["highlights-KM.csv"]))
    assert any(memo in row[-1] for row in small_study.table(files["csv"]["codings.csv"]))
    draft(files["qdpx"]["project.qdpx"], tmp_path / "back")
    back = read_raw(load_study(tmp_path / "back"))
    assert set(back.tables["codings"]["coder"]) == {"KM", "RA"}
    assert [line["n"] for line in back.log if line["reason"] == "it was decided on, and not coded"] == [2]


@pytest.mark.parametrize(
    ("unit", "choice", "why", "codes", "problem"),
    [
        ("SYN01-R1-w1.0012", "KM", "so", None, "nobody coded unit 'SYN01-R1-w1.0012' otherwise"),
        ("SYN01-R1-w1.0013", "KN", "so", None, "'KN' is no choice; use one of: KM, RA, both"),
        ("SYN01-R1-w1.0013", "KM", " ", None, "a decision needs a reason"),
        ("SYN01-R1-w1.0013", "else", "so", None, "name codes with the choice 'else'"),
        ("SYN01-R1-w1.0013", "else", "so", {"CB99": ""}, "code 'CB99' is not in the codebook"),
        ("SYN01-R1-w1.0013", "else", "so", {"CB1": "barier"}, "valence 'barier' is not allowed; did you mean"),
    ],
)
def test_what_is_no_decision_is_refused_and_writes_nothing(
    study: Study, unit: str, choice: str, why: str, codes: dict[str, str] | None, problem: str
) -> None:
    found = opened(study)
    with pytest.raises(BuddyError, match=problem):
        found.decide(unit, choice, by="KM", why=why, codes=codes)
    assert not (study.root / "data" / "coding").exists()


def test_disagreements_are_for_the_team(study: Study) -> None:
    with pytest.raises(BuddyError, match="they are for the team"):
        Disagreements(Results(study, "public"))


def test_the_command_lists_and_decides_one_by_one(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    n = opened(study).frame["unit"].nunique()
    assert main(["disagreements", str(study.root)]) == 0
    said = capsys.readouterr().out
    assert f"{n} units were coded otherwise, of which open: {n}." in said
    assert said.count(" (open)\n") == n
    answers = ["1", "read it together", "x", "s", "e", "CB1:barrier OTH", "something else", "e", "CB77", "why", "q"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers)))
    assert main(["disagreements", str(study.root), "--decide", "KM"]) == 0
    said = capsys.readouterr().out
    assert "not decided: code 'CB77' is not in the codebook" in said
    assert "'x' is no choice" in said
    assert "the next run rests the consensus on what was decided" in said
    assert f"{n} units were coded otherwise, of which open: {n - 2}." in said
    lines = (study.root / "data" / "coding" / "decisions" / "KM.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["choice"] for line in lines] == ["KM", "else"]
    assert {code: value for code, value in json.loads(lines[1])["codes"].items() if value is not None} == {
        "CB1": "barrier", "OTH": "",
    }  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("u\n"))
    assert main(["disagreements", str(study.root), "--decide", "KM"]) == 0
    assert f"of which open: {n - 1}." in capsys.readouterr().out


def test_a_name_that_names_no_file_is_refused_before_anything_is_asked_and_nothing_decided_is_said_so(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\nwhy\n"))
    assert main(["disagreements", str(study.root), "--decide", "../../evil"]) == 1
    said = capsys.readouterr()
    assert "coder '../../evil': use initials" in said.err
    assert said.out == ""
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert main(["disagreements", str(study.root), "--decide", "KM"]) == 0
    said = capsys.readouterr()
    assert "nothing was decided" in said.out
    assert "rests the consensus" not in said.out
