"""The rules by which results leave the team: small counts, quotes, posts, and figures that rest on few people."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buddy_eval.disclose.rules import attribution, enough, statuses, visible_quotes, withhold, withhold_row
from buddy_eval.study.settings import Disclosure
from invented_results import Rows

RULES = Disclosure()
COUNTS = st.lists(st.one_of(st.integers(0, 9), st.integers(0, 60)), min_size=2, max_size=5)


def row(counts: list[int]) -> pd.DataFrame:
    return pd.DataFrame([counts], columns=[f"c{place}" for place in range(len(counts))])


@given(COUNTS, st.integers(0, 12), st.integers(1, 10))
def test_a_small_count_is_withheld_and_every_other_is_rounded(counts: list[int], below: int, to: int) -> None:
    rules = Disclosure(suppress_below=below, round_to=to)
    for given_count, shown in zip(counts, withhold(row(counts), rules).iloc[0], strict=True):
        if 0 < given_count < below:
            assert pd.isna(shown)
        else:
            assert shown % to == 0
            assert abs(shown - given_count) <= to / 2


def test_counts_at_the_edges_of_the_rule_are_withheld_and_rounded_like_this() -> None:
    shown = withhold(row([0, 1, 7, 8, 12, 13, 17, 18]), RULES).iloc[0]
    assert [None if pd.isna(cell) else int(cell) for cell in shown] == [0, None, None, 10, 10, 15, 15, 20]


def test_the_counts_that_were_given_are_not_changed() -> None:
    counts = row([1, 20])
    withhold(counts, RULES)
    withhold_row(counts, RULES)
    pd.testing.assert_frame_equal(counts, row([1, 20]))


@given(COUNTS)
def test_no_withheld_count_of_a_row_can_be_had_by_subtraction(counts: list[int]) -> None:
    made = withhold_row(row(counts), RULES).iloc[0]
    hidden = [count for count, shown in zip(counts, made, strict=True) if pd.isna(shown)]
    assert all(pd.isna(shown) for count, shown in zip(counts, made, strict=True) if 0 < count < 8)
    assert len(hidden) != 1


@given(COUNTS)
def test_what_few_people_all_said_is_withheld_whole(counts: list[int]) -> None:
    made = withhold_row(row(counts), RULES).iloc[0]
    if 0 < sum(counts) < 8 and max(counts) == sum(counts):
        assert made.isna().all()


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([3, 8, 20], [None, None, 20]),  # 8 goes with 3
        ([3, 4, 20], [None, None, 20]),
        ([3, 0, 20], [None, 0, None]),
        ([3, 0, 0], [None, None, None]),
        ([0, 12, 0], [0, 10, 0]),
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_a_row_with_a_total_is_withheld_like_this(counts: list[int], shown: list[int | None]) -> None:
    made = withhold_row(row(counts), RULES).iloc[0]
    assert [None if pd.isna(count) else int(count) for count in made.tolist()] == shown


@pytest.mark.parametrize(("to", "plain"), [(5, "rounded"), (1, "shown")])
def test_every_cell_says_how_it_is_shown_and_which_rule_withholds_it(to: int, plain: str) -> None:
    true = pd.DataFrame({"n": [0, 1, 7, 8, 7, 0, 20, pd.NA]}, dtype="Int64")
    shown = pd.DataFrame({"n": [0, pd.NA, pd.NA, 8, 7, pd.NA, pd.NA, pd.NA]}, dtype="Int64")
    said = statuses(true, shown, Disclosure(round_to=to))["n"].tolist()
    assert said == ["shown", "small", "small", plain, plain, "secondary", "secondary", "not_recorded"]


def test_each_row_is_withheld_on_its_own() -> None:
    counts = pd.DataFrame({"a": [3, 30], "b": [20, 40]}, index=["x", "y"])
    made = withhold_row(counts, RULES)
    assert made.loc[["x"]].isna().to_numpy().all()
    assert made.loc[["y"]].to_numpy().tolist() == [[30, 40]]


def test_figures_rest_on_enough_people_of_each_side_they_speak_of() -> None:
    assert enough(pd.DataFrame({"n": [9, 10]}), RULES).tolist() == [False, True]
    sides = pd.DataFrame({"n_supporter": [10, 10, 9], "n_receiver": [10, 9, 10]})
    assert enough(sides, RULES).tolist() == [True, False, False]


TEXT = "Tell me. It was hard for us. We managed. I disagree."
PEOPLE: Rows = [
    {"participant": "P1", "pair": "A", "side": "receiver", "role": "board", "consent": True, "quotes": True},
    {"participant": "P2", "pair": "A", "side": "supporter", "role": "board", "consent": True, "quotes": True},
]
UNITS: Rows = [  # the interviewer, two sentences of P1, one of P2
    {"unit": f"U{n}", "source": "T", "participant": person, "start": start, "end": end, "codable": person is not None}
    for n, (person, start, end) in enumerate([(None, 0, 8), ("P1", 9, 28), ("P1", 29, 40), ("P2", 41, 52)])
]


def quotes(
    spans: list[tuple[int, int]], audience: str, profile: str, people: Rows = PEOPLE, marks: Rows | None = None
) -> list[str]:
    """The quotes of one transcript that a profile shows, with who is said to have said them."""
    approvals = pd.DataFrame([{"source_id": "T", "start": a, "end": b, "audience": audience} for a, b in spans])
    consensus = pd.DataFrame(marks or [], columns=["unit", "code", "present", "start", "end"])
    found = visible_quotes(
        approvals,
        pd.DataFrame([{"source": "T", "text": TEXT}]),
        pd.DataFrame(UNITS).astype({"codable": "boolean"}),
        pd.DataFrame(people).astype({"consent": "boolean", "quotes": "boolean"}),
        consensus,
        profile,
    )
    return [f"{row['participant']}: {row['quote']}" for row in found.to_dict("records")]


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        ("internal", ["internal"]),
        ("partners", ["internal", "partners"]),
        ("public", ["internal", "partners", "public"]),
    ],
)
def test_a_quote_is_seen_by_those_it_was_approved_for(audience: str, seen: list[str]) -> None:
    shown = [profile for profile in ("internal", "partners", "public") if quotes([(9, 28)], audience, profile)]
    assert shown == seen


@pytest.mark.parametrize("refused", ["consent", "quotes"])
def test_without_consent_no_word_of_a_person_is_shown(refused: str) -> None:
    people = [{**PEOPLE[0], refused: False}, PEOPLE[1]]
    assert quotes([(9, 28), (41, 52)], "public", "public", people) == ["P2: I disagree."]
    assert quotes([(9, 28)], "public", "internal", people) == []


def test_in_a_talk_of_two_each_quote_is_its_own_speakers() -> None:
    assert quotes([(9, 28), (41, 52)], "public", "public") == ["P1: It was hard for us.", "P2: I disagree."]


def test_a_quote_may_span_two_sentences_of_one_person_and_touch_the_next_persons_words() -> None:
    assert quotes([(9, 40)], "public", "public") == ["P1: It was hard for us. We managed."]
    assert quotes([(9, 41)], "public", "public") == ["P1: It was hard for us. We managed. "]
    assert quotes([(40, 52)], "public", "public") == ["P2:  I disagree."]


def test_a_passage_with_words_of_two_people_is_nobodys_quote() -> None:
    assert quotes([(29, 52)], "public", "internal") == []
    assert quotes([(0, 8)], "public", "internal") == []  # the interviewer's


@pytest.mark.parametrize(("start", "end", "shown"), [(9, 28, 0), (27, 40, 0), (13, 14, 0), (28, 40, 1), (0, 9, 1)])
@pytest.mark.parametrize("present", [True, False])
def test_what_any_coder_found_sensitive_is_shown_to_nobody(start: int, end: int, shown: int, present: bool) -> None:
    mark = {"unit": "U1", "code": "SENS", "present": present, "start": start, "end": end}
    assert len(quotes([(9, 28)], "public", "internal", marks=[mark])) == shown
    assert len(quotes([(9, 28)], "public", "internal", marks=[{**mark, "code": "CB2"}])) == 1


def people(*posts: tuple[str, str, str], kind: str = "interview") -> pd.DataFrame:
    columns = ["pair", "side", "role"]
    made = pd.DataFrame(posts, columns=columns).assign(kind=kind)
    return made.assign(participant=[f"{kind}{n}" for n in range(len(made))])


LADDER = people(
    *[("A", "receiver", "board")] * 2, ("B", "receiver", "board"), ("B", "receiver", "improvement_team"),
    ("A", "supporter", "board"), ("B", "supporter", "improvement_team"), ("B", "external", "board"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "least", "who"),
    [
        ("internal", 3, ["interview0", "interview2", "interview3", "interview4", "interview5", "interview6"]),
        ("public", 3, ["board, receiver", "board, receiver", "receiver", *["a participant"] * 3]),
        ("public", 2, ["board, receiver", "board, receiver", "receiver", "supporter", "supporter", "a participant"]),
        ("partners", 2, ["board, receiver", "receiver", "receiver", *["a participant"] * 3]),
    ],
)
def test_whose_words_they_are_is_said_as_far_as_enough_people_share_the_post(
    profile: str, least: int, who: list[str]
) -> None:
    said = LADDER.iloc[[0, 2, 3, 4, 5, 6]]
    everybody = pd.concat([LADDER, people(*[("A", "supporter", "board")] * 20, kind="survey")])
    attributed = attribution(said, everybody, profile, least)
    assert attributed.tolist() == who
    assert attributed.index.tolist() == said.index.tolist()


def test_a_post_of_several_words_is_written_with_spaces() -> None:
    posts = people(*[("A", "receiver", "improvement_team")] * 3)
    assert attribution(posts, posts, "public", 3).tolist() == ["improvement team, receiver"] * 3


def test_who_is_not_among_the_people_interviewed_is_a_participant_and_no_quotes_are_no_words() -> None:
    posts, nobody = people(("A", "receiver", "board")), people(("A", "receiver", "board"), kind="survey")
    assert attribution(posts, nobody, "public", 1).tolist() == ["a participant"]
    assert attribution(posts.iloc[:0], posts, "public", 1).dtype == "str"
