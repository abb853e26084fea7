"""What ties the counts that leave to each other: sums that sentences give, and what is at most what."""

from __future__ import annotations

import pandas as pd
import pytest

from buddy_eval.disclose.account import Key, at_most, totals
from buddy_eval.disclose.public_counts import parts_of, sums_within

SIDES = ("supporter", "receiver")
Ties = list[tuple[list[str], list[str]]]


def named(*keys: Key) -> dict[Key, str]:
    """The cells of a release, each under a name of its table, row and column."""
    return {(table, row, column): " ".join(map(str, (table, *row, column))) for table, row, column in keys}


def took_part(*groups: tuple[str, str, int]) -> list[Key]:
    return [("flow", group, column) for group in groups for column in ("took_part", "invited")]


NOBODY = pd.DataFrame({"finding": [], "wave": [], "wave_before": [], "wave_after": []})


def tied(*keys: Key, findings: pd.DataFrame = NOBODY, posts: dict[object, object] | None = None) -> Ties:
    """What is at most what among these cells, as lists of their names."""
    return list(at_most(named(*keys), findings, posts or {}))


def test_everybody_of_a_sentence_is_the_sum_of_all_who_took_part_by_side_and_wave() -> None:
    groups = took_part(("interview", "supporter", 1), ("interview", "receiver", 2), ("survey", "receiver", 1))
    said: list[Key] = [("said", (about,), "n_people") for about in ("interview", "survey", "transcripts")]
    interviewed = [f"flow interview {group} took_part" for group in ("supporter 1", "receiver 2")]
    assert list(totals(named(*groups, *said))) == [
        ("said interview n_people", interviewed),
        ("said survey n_people", ["flow survey receiver 1 took_part"]),
    ]
    assert list(totals(named(*groups, *said[1:]))) == [("said survey n_people", ["flow survey receiver 1 took_part"])]
    assert list(totals(named(*said))) == []


def heard(*sides: str, codes: str = "all") -> list[Key]:
    return [("said", (f"saturation {side} {codes}",), "n_people") for side in sides]


def test_who_was_heard_took_part_and_was_asked_at_most_among_those_heard() -> None:
    groups = took_part(("interview", "supporter", 1), ("interview", "supporter", 2), ("survey", "supporter", 1))
    themes: list[Key] = [
        ("themes", (theme, side), column)
        for theme in ("culture", "trust")
        for side in SIDES
        for column in ("asked", "raised")
    ]
    inductive = heard("supporter", codes="inductive")
    assert tied(*groups, *themes, *heard("supporter"), *inductive) == [
        (["said saturation supporter all n_people"], [f"flow interview supporter {w} took_part" for w in (1, 2)]),
        (["themes culture supporter asked"], ["said saturation supporter all n_people"]),
        (["themes trust supporter asked"], ["said saturation supporter all n_people"]),
    ]
    both = [f"said saturation {side} all n_people" for side in SIDES]
    none: Ties = [([name], []) for name in both]  # no count of who took part is printed
    assert tied(*heard("all", *SIDES)) == [*none, (["said saturation all all n_people"], both)]
    assert tied(*heard("all", "supporter")) == none[:1]
    assert tied(*heard(*SIDES)) == none


def test_people_interviewed_are_at_most_the_transcripts() -> None:
    about: list[Key] = [("said", (name,), "n_people") for name in ("interview", "transcripts")]
    assert tied(*about) == [(["said interview n_people"], ["said transcripts n_people"])]
    assert tied(about[0]) == tied(about[1]) == []


COUNTS = ("n_supporter", "n_receiver", "n_either", "n_both")


def finding(*columns: str) -> list[Key]:
    return [("findings", ("F",), column) for column in columns]


@pytest.mark.parametrize(
    ("wave", "before", "after", "waves"),
    [(1, None, None, [1]), (None, 1, 2, [1, 2]), (3, None, None, []), (None, 1, 3, [])],
)
def test_people_of_a_finding_took_part_in_its_waves(
    wave: int | None, before: int | None, after: int | None, waves: list[int]
) -> None:
    """Nothing is known where a wave prints nobody."""
    days = pd.DataFrame({"wave": [wave], "wave_before": [before], "wave_after": [after]}, dtype="Int64")
    groups = took_part(*(("survey", "receiver", n) for n in (1, 2)), ("interview", "receiver", 1))
    found = tied(*groups, *finding("n_supporter", "n_receiver"), findings=days.assign(finding="F"))
    whole = [f"flow survey receiver {n} took_part" for n in waves]
    assert found == [(["findings F n_receiver"], whole)] * bool(waves)


def test_people_of_a_change_who_answered_twice_are_among_those_who_answered_at_all_and_both_are_of_the_sides() -> None:
    row = pd.DataFrame({"finding": ["F"], "wave": [None], "wave_before": [1], "wave_after": [2]})
    either, both = "findings F n_either", "findings F n_both"
    sides = [f"findings F n_{side}" for side in SIDES]
    assert tied(*finding(*COUNTS), findings=row) == [([both], [either]), ([either, both], sides)]
    for left_out in COUNTS:
        assert tied(*finding(*(name for name in COUNTS if name != left_out)), findings=row) == []
    assert tied(*finding(*COUNTS), findings=row.assign(finding="G")) == []


def test_people_of_a_scale_answered_in_its_wave_or_in_any() -> None:
    groups = took_part(("survey", "supporter", 1), ("survey", "receiver", 1), ("survey", "receiver", 2))
    groups += took_part(("interview", "receiver", 1))
    scales: list[Key] = [
        ("reliability", ("culture", wave, side, "alpha"), "n")
        for wave, side in ((0, "all"), (1, "all"), (2, "all"), (3, "all"), (1, "receiver"))
    ]
    first = [f"flow survey {side} 1 took_part" for side in SIDES]
    assert tied(*groups, *scales) == [
        (["reliability culture 0 all alpha n"], [*first, "flow survey receiver 2 took_part"]),
        (["reliability culture 1 all alpha n"], first),
        (["reliability culture 2 all alpha n"], ["flow survey receiver 2 took_part"]),
    ]


def test_groups_of_posts_together_are_at_most_the_whole_that_is_printed() -> None:
    posts: list[Key] = [("comparisons", (name,), column) for name in ("F1", "F2", "G1") for column in COUNTS[:2]]
    whole: dict[object, object] = {"F1": "F", "F2": "F", "G1": "G"}
    assert tied(*posts, *finding("n_receiver", "n_both"), posts=whole) == [
        (["comparisons F1 n_receiver", "comparisons F2 n_receiver"], ["findings F n_receiver"])
    ]


def test_a_row_adds_up_to_who_raised_a_theme_and_to_all_comments_where_no_group_is_left_out() -> None:
    row: list[Key] = [("themes", ("culture", "receiver"), name) for name in ("asked", "raised", "enabler", "mixed")]
    row += [("comments_lexicon", (theme,), group) for theme in ("culture", "trust") for group in ("all", "receiver")]
    row += [("comments_learned", ("culture",), "supporter"), ("codes", ("culture", "CB1"), "raised")]
    asked: list[tuple[str, list[str]]] = []

    def adds_up(whole: str, parts: list[str]) -> bool:
        asked.append((whole, parts))
        return "trust" in whole

    comments = [(f"comments_lexicon {t} all", [f"comments_lexicon {t} receiver"]) for t in ("culture", "trust")]
    assert list(sums_within(named(*row), adds_up)) == [
        ("themes culture receiver raised", [f"themes culture receiver {name}" for name in ("enabler", "mixed")]),
        comments[1],
    ]
    assert asked == comments


def test_raised_is_a_part_of_asked_a_code_of_its_theme_and_took_part_of_invited() -> None:
    columns = ("asked", "raised", "mixed")
    rows: list[Key] = [("themes", (theme, "receiver"), name) for theme in ("culture", "trust") for name in columns]
    rows += [("codes", ("culture", "CB1"), side) for side in SIDES]
    rows += [*took_part(("survey", "receiver", 1)), ("flow", ("survey", "receiver", 2), "took_part")]
    rows += [("other", ("survey", "receiver", 1), column) for column in ("raised", "took_part")]
    assert list(parts_of(named(*rows))) == [
        *((f"themes {theme} receiver raised", f"themes {theme} receiver asked") for theme in ("culture", "trust")),
        ("codes culture CB1 receiver", "themes culture receiver raised"),
        ("flow survey receiver 1 took_part", "flow survey receiver 1 invited"),
    ]
    assert list(parts_of(named(*rows[1:3]))) == []
