"""Who codes what: everything to somebody, a share to two, even in length, spread over the study, nothing forgotten."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.cli.main import main
from buddy_eval.coding.assign import assign, barred
from buddy_eval.coding.by_hand.assignments import add_assignments
from buddy_eval.study.settings import load_study

NONE = pd.DataFrame(columns=["source_id", "coder", "role"])
CODERS = ["KM", "RA", "TB"]
LENGTHS = st.lists(st.integers(200, 9000), min_size=1, max_size=40)


def interviews(words: list[int]) -> pd.DataFrame:
    """Interviews of four pairs, two sides, two waves, one after another."""
    rows = [
        (f"s{n:02d}", f"P{n % 4}", ("supporter", "receiver")[n // 4 % 2], n // 8 % 2 + 1) for n in range(len(words))
    ]
    return pd.DataFrame(rows, columns=["source", "pair", "side", "wave"]).assign(words=words)


@given(words=LENGTHS, share=st.sampled_from([0.0, 0.2, 0.5, 1.0]), seed=st.integers(0, 99))
def test_every_interview_has_a_lead_a_share_two_coders_and_nobody_much_more_than_others(
    words: list[int], share: float, seed: int
) -> None:
    sources = interviews(words)
    made = assign(sources, NONE, CODERS, seed=seed, share=share)
    leads, second = (set(made.loc[made["role"] == role, "source_id"]) for role in ("lead", "second"))
    assert leads == set(sources["source"])
    assert not made.duplicated(["source_id", "coder"]).any()
    length = sources.set_index("source")["words"]
    assert len(second) >= share * len(words)
    assert length[sorted(second)].sum() >= share * sum(words)
    if share == 0:  # longest first: nobody has more than the others by the length of one interview
        loads = made.assign(words=made["source_id"].map(length)).groupby("coder")["words"].sum().reindex(CODERS)
        assert loads.max() - loads.fillna(0).min() <= max(words)
    pd.testing.assert_frame_equal(
        made, assign(sources.sample(frac=1, random_state=seed), NONE, CODERS, seed=seed, share=share)
    )


def test_what_two_people_code_is_spread_over_pairs_sides_waves_and_pairs_of_coders() -> None:
    sources = interviews([600] * 32)
    for seed in range(20):
        made = assign(sources, NONE, CODERS, seed=seed, share=0.25)
        both = sources[sources["source"].isin(made.loc[made["role"] == "second", "source_id"])]
        assert [sorted(both[name].value_counts()) for name in ("pair", "side", "wave")] == [[2] * 4, [4, 4], [4, 4]]
        teams = made[made["source_id"].isin(both["source"])].groupby("source_id")["coder"].agg(frozenset)
        assert sorted(teams.value_counts()) == [2, 3, 3]
    chosen = {tuple(assign(sources, NONE, CODERS, seed=seed)["coder"]) for seed in range(5)}
    assert len(chosen) == 5


@given(words=LENGTHS.filter(lambda words: len(words) > 3), seed=st.integers(0, 99))
def test_a_later_round_keeps_what_there_is_and_adds_what_is_missing(words: list[int], seed: int) -> None:
    sources = interviews(words)
    first = assign(sources.iloc[:3], NONE, CODERS, seed=seed, share=0.5)
    judged = pd.concat([first, pd.DataFrame([("s00", "ZZ", "adjudicator")], columns=list(first))])
    later = assign(sources, judged, ["RA", "NN"], seed=seed, share=0.5)
    whole = pd.concat([judged, later])
    assert not whole.duplicated(["source_id", "coder"]).any()
    assert (whole[whole["role"] == "lead"].groupby("source_id").size() == 1).all()
    assert set(whole.loc[whole["role"] == "lead", "source_id"]) == set(sources["source"])
    assert len(assign(sources, whole, ["RA", "NN"], seed=seed, share=0.5)) == 0


def test_nobody_sees_a_pair_of_their_own_trust_also_under_the_code_it_had_before() -> None:
    units = pd.DataFrame({"source": ["a", "b", "c"], "pair": ["P", "Q", "R"], "channel": "interview"})
    pairs = pd.DataFrame({"pair": ["P", "Q", "R"], "supporter": ["A1", "B1", "C1"], "receiver": ["X1", "A2", "Y1"]})
    trusts = pd.DataFrame({"ods": ["A1", "A2", "B1", "C1"], "successor": ["A2", None, None, None]})
    trusts["name"] = ["Marram Coast NHS Trust", "Marram NHS Trust", "Tallis Vale NHS Trust", "Fleet Hill"]
    assert barred({"KM": ["A1"]}, units, pairs, trusts) == {("KM", "a"), ("KM", "b")}
    for word in ("a1", " Marram  coast", "marram coast nhs trust"):
        assert barred({"KM": [word]}, units, pairs, trusts) == {("KM", "a"), ("KM", "b")}
    assert barred({"KM": ["r"]}, units, pairs, trusts) == {("KM", "c")}  # the pair itself
    with pytest.raises(BuddyError, match="'Tallis Vole', which KM may not see, is no pair and in none; did you mean"):
        barred({"KM": ["Tallis Vole"]}, units, pairs, trusts)
    sources = interviews([500, 400, 300]).assign(source=["a", "b", "c"])
    closed = {("KM", "a"), ("KM", "b")}
    made = assign(sources, NONE, ["KM", "RA"], seed=1, share=0.1, unseen=closed)
    assert not closed & set(zip(made["coder"], made["source_id"], strict=True))
    with pytest.raises(BuddyError, match="nobody may code 'a'"):
        assign(sources, NONE, ["KM"], seed=1, share=0, unseen=closed)
    with pytest.raises(BuddyError, match="two people can code 25% of the interviews at most"):
        assign(sources, NONE, ["KM", "RA"], seed=1, share=0.9, unseen=closed)
    there = pd.DataFrame([("a", "KM", "lead")], columns=list(NONE))
    with pytest.raises(BuddyError, match="KM is assigned 'a' already, and may not see it"):
        assign(sources, there, ["KM", "RA"], seed=1, unseen=closed)


@pytest.mark.parametrize(
    ("text", "encoding", "added"),
    [
        ("source_id,coder,role\na,KM,lead", "utf-8-sig", "\nb,RA,second\n"),
        ("role;source_id;note;coder\r\nlead;a;caf\u00e9;KM\r\n", "cp1252", "second;b;;RA\r\n"),
        ("source_id\tcoder\trole\n", "utf-16", "b\tRA\tsecond\n"),
    ],
)
def test_rows_are_added_in_the_form_of_the_file_whose_bytes_stay(
    tmp_path: Path, text: str, encoding: str, added: str
) -> None:
    path = tmp_path / "assignments.csv"
    path.write_bytes(text.encode(encoding))
    before = path.read_bytes()
    add_assignments(path, pd.DataFrame([("b", "RA", "second")], columns=["source_id", "coder", "role"]))
    assert path.read_bytes().startswith(before)
    assert path.read_bytes().decode(encoding) == text + added


def test_the_command_plans_for_a_new_study_and_again_for_its_next_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_study.cut(tmp_path / "study")
    path = folder / "data" / "raw" / "assignments.csv"
    for name in ("assignments.csv", "codings.csv"):
        small_study.write_table(path.parent / name, small_study.table(path.parent / name)[:1])
    words = ["assign", "--coders", "KM", "RA", "--seed", "3", "--study", str(folder)]
    assert main([*words, "--unseen", "RA=ZB1"]) == 0
    said = capsys.readouterr().out
    rows = small_study.table(path)
    assert rows[0] == ["source_id", "coder", "role"]
    sources = {row[0] for row in small_study.table(path.parent / "sources.csv")[1:]}
    assert {row[0] for row in rows[1:] if row[2] == "lead"} == sources
    assert {row[1] for row in rows[1:] if row[0].startswith("SYN01")} == {"KM"}
    assert f"{len(rows) - 1} rows added to assignments.csv" in said
    assert "two people code 3 of 9 interviews" in said
    assert main(["check", str(folder)]) == 0
    before = path.read_bytes()
    assert main([*words, "--share", "0.5", "--unseen", "RA=ZB1", "--out", str(tmp_path / "plan.csv")]) == 1
    assert "two people can code" in capsys.readouterr().err
    raw = path.with_name("participants.csv")
    people = raw.read_bytes()
    assert main([*words, "--out", str(raw)]) == 1
    assert "nothing else is written among the raw files" in capsys.readouterr().err
    assert raw.read_bytes() == people
    assert path.read_bytes() == before
    assert main([*words, "--share", "0.5", "--out", str(tmp_path / "plan.csv")]) == 0
    assert path.read_bytes().startswith(before)
    plan = small_study.table(tmp_path / "plan.csv")
    assert plan[0] == ["source", "pair", "side", "wave", "words", "lead", "second", "adjudicator", "new"]
    assert sum(bool(row[5] and row[6]) for row in plan[1:]) == 5


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--coders", "KM", "km"], "name each coder once"),
        (["--coders", "KM", "--share", "2"], "a share from 0 to 1"),
        (["--coders", "KM", "--unseen", "RA=ZB1"], "write NAME=TRUST, with one of KM"),
        (["--coders", "a/b", "RA", "--share", "0.6"], "use initials or a short name"),
    ],
)
def test_what_cannot_be_planned_is_refused_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], problem: str
) -> None:
    folder = small_study.cut(tmp_path)
    before = small_study.contents(folder)
    assert main(["assign", *words, "--seed", "1", "--study", str(folder)]) == 1
    assert problem in capsys.readouterr().err
    assert small_study.contents(folder) == before
    assert load_study(folder).raw["assignments"] == "assignments.csv"
