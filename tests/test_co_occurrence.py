"""Codes that stand together are counted by people, and the share is Jaccard's."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jaccard

from buddy_eval.analyse.co_occurrence import co_occurrence

CODES = pd.DataFrame({"code": ["A", "B", "C"], "position": [1, 2, 3]})


def spoken(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["unit", "participant", "source", "turn"])
    return made.assign(channel="interview")


def coded(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "code"]).assign(present=True)


def held(made: pd.DataFrame) -> dict[tuple[str, str, str], tuple[int, int]]:
    keys = zip(made["within"], made["code"], made["other"], strict=True)
    return dict(zip(keys, zip(made["n_participants"], made["n_either"], strict=True), strict=True))


def test_somebody_with_whom_two_codes_meet_often_counts_once() -> None:
    units = spoken(("u1", "P", "s", 1), ("u2", "P", "s", 1), ("u3", "P", "s", 2), ("u4", "Q", "t", 1))
    found = coded(("u1", "B"), ("u1", "A"), ("u2", "A"), ("u3", "A"), ("u3", "B"), ("u3", "C"), ("u4", "A"))
    assert held(co_occurrence(found, units, CODES)) == {
        ("unit", "A", "B"): (1, 2), ("unit", "A", "C"): (1, 2), ("unit", "B", "C"): (1, 1),
        ("turn", "A", "B"): (1, 2), ("turn", "A", "C"): (1, 2), ("turn", "B", "C"): (1, 1),
        ("person", "A", "B"): (1, 2), ("person", "A", "C"): (1, 2), ("person", "B", "C"): (1, 1),
    }  # fmt: skip


def test_codes_that_do_not_hold_or_stand_in_comments_are_not_counted() -> None:
    units = spoken(("u1", "P", "s", 1), ("u2", "Q", "file", 1))
    units.loc[1, "channel"] = "comment"
    found = coded(("u1", "A"), ("u1", "B"), ("u2", "A"), ("u2", "B"))
    assert len(co_occurrence(found.assign(present=[True, False, True, True]), units, CODES)) == 0
    assert set(co_occurrence(found, units, CODES)["n_participants"]) == {1}
    assert len(co_occurrence(found.iloc[:0], units, CODES)) == 0


@pytest.mark.parametrize("seed", range(5))
def test_the_share_is_jaccards_as_scipy_has_it(seed: int) -> None:
    said = np.random.default_rng(seed).random((12, 3)) < 0.5  # people by codes
    units = spoken(
        *((f"u{person}{code}", f"P{person}", f"s{person}", code) for person in range(12) for code in range(3))
    )
    found = coded(*((f"u{person}{code}", "ABC"[code]) for person, code in zip(*np.nonzero(said), strict=True)))
    made = co_occurrence(found, units, CODES)
    shares = made[made["within"] == "person"].set_index(["code", "other"])["jaccard"]
    for one, other in itertools.combinations(range(3), 2):
        assert shares.get(("ABC"[one], "ABC"[other]), 0.0) == pytest.approx(1 - jaccard(said[:, one], said[:, other]))
