"""What several releases tell together: ranges that each leaves, joined by sums and by how few people can have moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from buddy_eval.disclose.releases import disclosed

Range = tuple[float, float]
ANY: Range = (0, np.inf)
SUM = [("all", ["a", "b"])]


def chain(hidden: str, **cells: Sequence[Range]) -> list[pd.DataFrame]:
    """A frame a release; of each cell its range in every release; cells named in `hidden` are withheld in all."""
    releases = range(len(next(iter(cells.values()))))
    columns = ["low", "high", "withheld"]
    rows = [[(*ranges[n], name in hidden) for name, ranges in cells.items()] for n in releases]
    return [pd.DataFrame(row, index=pd.Index(cells, name="cell"), columns=columns) for row in rows]


def told(
    frames: list[pd.DataFrame],
    sums: Sequence[tuple[str, Sequence[str]]] = SUM,
    stated: Mapping[str, Mapping[str, int]] | None = None,
) -> list[tuple[str, int, str]]:
    """The cells that are told of, in which release, as a count or as a change; small is below eight."""
    rows = disclosed(frames, sums, 8, stated)
    assert list(rows) == ["cell", "release", "change"]
    return [(cell, n, "change" if change else "count") for cell, n, change in rows.to_numpy().tolist()]


@pytest.mark.parametrize(
    ("was", "now", "few"),
    [
        ((20, 20), (20, 20), False),
        ((20, 20), (21, 21), True),
        ((20, 20), (27, 27), True),
        ((20, 20), (28, 28), False),
        ((20, 20), (19, 19), True),
        ((20, 20), (13, 13), True),
        ((20, 20), (12, 12), False),
        ((20, 20), (21, 27), False),  # from one to seven is what a withheld count says
        ((20, 20), (22, 27), True),
        ((20, 20), (21, 26), True),
        ((20, 20), (13, 19), False),
        ((20, 20), (19, 25), False),  # nobody need have moved
        ((18, 22), (23, 27), False),
        ((18, 22), (23, 24), True),
    ],
)
def test_a_change_is_told_where_it_is_known_to_be_of_few_people(was: Range, now: Range, few: bool) -> None:
    assert told(chain("", a=[was, now]), []) == [("a", 1, "change")] * few


@pytest.mark.parametrize(
    ("part", "whole", "few"),
    [  # nobody moved, so what is hidden lies from the lowest whole less the highest part to the highest less the lowest
        ((9, 9), (16, 16), True),  # seven
        ((9, 9), (17, 17), False),
        ((9, 9), (10, 10), True),
        ((9, 9), (9, 9), False),  # nobody
        ((9, 9), (9, 10), True),  # nobody or one
        ((9, 9), (8, 15), True),  # at most six
        ((9, 9), (8, 16), False),
        ((9, 9), (10, 16), False),
        ((9, 9), (11, 16), True),
        ((9, 9), (10, 15), True),
        ((9, 9), (16, 30), True),  # seven or more
        ((9, 9), (17, 30), False),
    ],
)
def test_a_hidden_count_is_told_where_part_and_whole_of_two_releases_narrow_it(
    part: Range, whole: Range, few: bool
) -> None:
    frames = chain("a", a=[ANY, ANY], b=[part, ANY], all=[ANY, whole])
    assert told(frames) == [("a", 0, "count"), ("a", 1, "count")] * few


def test_what_one_release_tells_alone_is_not_told_by_several() -> None:
    alone = chain("a", a=[ANY, ANY], b=[(9, 9), ANY], all=[(12, 12), ANY])
    assert told(alone) == [("a", 1, "count")]
    assert told([alone[0], alone[0]]) == []
    from_below = chain("a", a=[ANY, ANY], b=[(9, 14), (9, 16)], all=[ANY, (16, 16)])
    assert told(from_below) == [("a", 0, "count"), ("a", 1, "count")]  # from two to seven


@pytest.mark.parametrize(
    ("b", "c", "who"),
    [
        ([(9, 9), (20, 20)], [(9, 9), (9, 9)], [0]),  # only added: there were no more before
        ([(20, 20), (9, 9)], [(9, 9), (9, 9)], [0]),  # only taken out: there were no fewer
        ([(9, 9), (20, 20)], [(20, 20), (9, 9)], []),  # some came and others went: nothing is known of the rest
    ],
)
def test_of_a_change_no_more_is_assumed_than_fits_what_is_printed(
    b: Sequence[Range], c: Sequence[Range], who: list[int]
) -> None:
    """The second release leaves five; the first says nothing of them."""
    whole = (ANY, (b[1][0] + c[1][0] + 5,) * 2)
    frames = chain("a", a=[ANY, ANY], b=b, c=c, all=whole)
    assert told(frames, [("all", ["a", "b", "c"])]) == [("a", n, "count") for n in who]


def test_people_who_may_only_have_been_taken_out_were_not_more_later() -> None:
    frames = chain("a", a=[ANY, ANY], b=[(20, 20), (9, 9)], all=[(25, 25), ANY])
    assert told(frames) == [("a", 1, "count")]


def test_a_part_that_may_have_stayed_while_the_whole_grew_is_not_told() -> None:
    frames = chain("", a=[(20, 20), (20, 27)], b=[(30, 30), (40, 40)], all=[(50, 50), (60, 67)])
    assert told(frames) == []


UP, DOWN = [(10, 12), (12, 14), (14, 16)], [(14, 16), (12, 14), (10, 12)]


@pytest.mark.parametrize(
    ("b", "c", "place", "who"),
    [(UP, UP, 2, [0, 1]), (DOWN, DOWN, 0, [1, 2]), (UP, DOWN, 2, []), (DOWN, UP, 0, []), (UP, UP, 0, [])],
)
def test_of_a_chain_in_which_not_every_step_can_be_none_one_way_is_assumed(
    b: Sequence[Range], c: Sequence[Range], place: int, who: list[int]
) -> None:
    """Between any two releases nobody need have moved; over all three somebody did."""
    whole = [ANY] * 3
    whole[place] = (b[place][0] + c[place][0] + 5,) * 2
    frames = chain("a", a=[ANY] * 3, b=b, c=c, all=whole)
    assert told(frames, [("all", ["a", "b", "c"])]) == [("a", n, "count") for n in who]


def test_a_release_in_which_other_sums_held_is_compared_count_by_count() -> None:
    frames = chain("a", a=[ANY, ANY], b=[(9, 9), ANY], all=[(8, 8), (16, 16)])
    assert told(frames) == []
    assert told(chain("", a=[(3, 3), (3, 3)], b=[(9, 9), (9, 9)], all=[(13, 13), (12, 12)])) == [("all", 1, "change")]


def test_a_part_that_no_release_prints_may_be_any_number() -> None:
    sums = [("all", ["a", "b", "others"]), ("nowhere", ["c", "others"])]
    frames = chain("a", a=[ANY, ANY], b=[(9, 9), ANY], all=[ANY, (12, 12)], c=[(30, 30), (33, 33)])
    assert told(frames, sums) == [("a", 0, "count"), ("a", 1, "count"), ("c", 1, "change")]
    assert told(frames, [("all", ["b", "others"])]) == [("c", 1, "change")]


def test_what_a_word_says_in_one_release_counts_in_the_other_and_is_itself_no_count() -> None:
    """Of sixteen people those who hindered are more than the others by a third of all, says the second release."""
    word, weights = [(-np.inf, np.inf), ANY], {"word": {"b": 3, "a": -3, "all": -1}}
    frames = chain("a", a=[ANY, ANY], b=[ANY, ANY], all=[(16, 16), (16, 16)], word=word)
    assert told(frames, stated=weights) == [("a", 0, "count")]
    moved = chain("", a=[(20, 20), (30, 30)], word=[(5, 5), (2, 2)])
    assert told(moved, [], {"word": {"a": -1}}) == []


def test_tables_that_no_sum_ties_are_attacked_apart() -> None:
    """The first and the last are the same in both; of the others one people joined, one they left."""
    same, cells = [(9, 9), (9, 9)], {"a": [(20, 20), (40, 40)], "b": [(9, 9), (12, 12)], "all": [(29, 29), (52, 52)]}
    frames = chain("", first=same, **cells, c=[(30, 30), (25, 25)], last=same)
    assert told(frames) == [("b", 1, "change"), ("c", 1, "change")]
