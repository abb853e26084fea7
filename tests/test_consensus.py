"""Coders' work put together by fixed rules, and the lexicon held against it."""

from __future__ import annotations

import pandas as pd
import pytest

from buddy_eval.coding import against_humans, by_level, comment_counts, consensus
from buddy_eval.coding.agreement import code_agreement
from buddy_eval.coding.unaided import unaided, unaided_consensus

CODES = pd.DataFrame({"code": ["A", "B", "X"], "theme": ["t1", "t2", None]})


def given_codes(*rows: tuple[str, str, str]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["unit", "coder", "code"])
    return made.assign(
        start=range(len(rows)),
        end=range(1, len(rows) + 1),
        valence=made["coder"].map({"KM": "barrier", "RA": "enabler"}),
    )


def asked(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "coder", "role"])


def decided(codings: pd.DataFrame, assignments: pd.DataFrame) -> dict[tuple[str, str], tuple[bool, str]]:
    made = consensus(codings, assignments)
    keys = zip(made["unit"], made["code"], strict=True)
    return dict(zip(keys, zip(made["present"], made["decided_by"], strict=True), strict=True))


def test_a_single_coder_two_who_agree_and_a_lead_decide() -> None:
    assignments = asked(
        ("u1", "KM", "lead"), *((u, c, r) for u in ("u2", "u3") for c, r in (("KM", "lead"), ("RA", "second")))
    )
    codings = given_codes(("u1", "KM", "A"), ("u2", "RA", "A"), ("u2", "KM", "A"), ("u3", "KM", "A"), ("u3", "RA", "B"))
    assert decided(codings, assignments) == {
        ("u1", "A"): (True, "single coder"),
        ("u2", "A"): (True, "agreement"),
        ("u3", "A"): (True, "lead"),
        ("u3", "B"): (False, "lead"),
    }
    assert consensus(codings, assignments).set_index("unit").loc["u2", "valence"] == "barrier"


def test_an_adjudicator_decides_even_against_two_who_agree() -> None:
    assignments = asked(("u1", "KM", "lead"), ("u1", "RA", "second"), ("u1", "ZZ", "adjudicator"))
    codings = given_codes(("u1", "KM", "A"), ("u1", "RA", "A"), ("u1", "ZZ", "B"))
    assert decided(codings, assignments) == {("u1", "A"): (False, "adjudicator"), ("u1", "B"): (True, "adjudicator")}
    everybody = given_codes(("u1", "KM", "A"), ("u1", "RA", "A"), ("u1", "ZZ", "A"))
    assert decided(everybody, assignments) == {("u1", "A"): (True, "adjudicator")}


def test_agreement_is_measured_before_consensus_and_without_the_adjudicator() -> None:
    units = pd.DataFrame({"unit": ["u1", "u2"], "source": ["s1", "s2"], "channel": "interview", "participant": "P"})
    two = asked(*((u, c, r) for u in ("u1", "u2") for c, r in (("KM", "lead"), ("RA", "second"))))
    judged = pd.concat([two, asked(("u1", "ZZ", "adjudicator"), ("u2", "ZZ", "adjudicator"))])
    codings = given_codes(("u1", "KM", "A"), ("u2", "KM", "A"), ("u2", "RA", "A"))
    more = pd.concat([codings, given_codes(("u1", "ZZ", "B"), ("u2", "ZZ", "A"))])
    before = code_agreement(codings, two, units, CODES, draws=20)
    pd.testing.assert_frame_equal(code_agreement(more, judged, units, CODES, draws=20), before)
    assert before.set_index(["code", "statistic"]).loc[("A", "percent"), "estimate"] == 0.5
    assert decided(more, judged)[("u1", "A")] == (False, "adjudicator")


def test_consensus_leaves_the_codings_as_they_were() -> None:
    codings, assignments = given_codes(("u1", "KM", "A")), asked(("u1", "KM", "lead"))
    before = codings.copy(deep=True)
    consensus(codings, assignments)
    pd.testing.assert_frame_equal(codings, before)


def test_the_machine_is_held_against_humans_on_coded_units_only() -> None:
    suggestions = pd.DataFrame(
        [("u1", "A"), ("u1", "A"), ("u2", "A"), ("u9", "A"), ("u1", "X")], columns=["unit", "code"]
    )
    agreed = pd.DataFrame(
        [("u1", "A", True), ("u2", "A", False), ("u3", "A", True), ("u9", "A", True)],
        columns=["unit", "code", "present"],
    )
    coded = asked(*((f"u{n}", "KM", "lead") for n in range(1, 5)))
    themes = pd.DataFrame({"theme": ["t1", "t2"]})
    made = against_humans({"lexicon": by_level(suggestions, CODES)}, agreed, coded, CODES, themes)
    one = made[(made["level"] == "theme") & (made["code"] == "t1")]
    assert one[["n_units", "n_human", "n_machine", "n_both"]].to_numpy().tolist() == [[4, 2, 2, 1]]
    assert one["caution"].tolist() == ["few_units"]
    assert made[["recall", "precision", "f1"]].isna().all(axis=None)
    assert set(made["code"]) == {"t1", "t2", *CODES["code"]}


def test_from_five_units_on_the_machine_has_figures() -> None:
    agreed = pd.DataFrame({"unit": [f"u{n}" for n in range(5)], "code": "A", "present": True})
    suggestions = pd.DataFrame({"unit": ["u0", "u1", "u2", "u3", "u7", "u8"], "code": "A"})
    coded = asked(*((f"u{n}", "KM", "lead") for n in range(9)))
    found = {"lexicon": by_level(suggestions, CODES)}
    made = against_humans(found, agreed, coded, CODES, pd.DataFrame({"theme": ["t1"]}))
    one = made[(made["level"] == "code") & (made["code"] == "A")]
    assert one[["recall", "precision", "f1"]].to_numpy().tolist()[0] == pytest.approx([4 / 5, 4 / 6, 8 / 11])


def test_comments_are_counted_once_a_theme_by_side_by_group_and_in_all() -> None:
    units = pd.DataFrame(
        {
            "unit": ["u1", "u2", "u3", "u4"],
            "channel": ["comment", "comment", "comment", "interview"],
            "side": ["receiver", None, None, "receiver"],
            "group": [None, "Ward 1", None, None],
        }
    )
    suggestions = pd.DataFrame(
        [("u1", "A"), ("u1", "A"), ("u2", "A"), ("u4", "A"), ("u3", "X")], columns=["unit", "code"]
    )
    made = comment_counts(suggestions, units, CODES, pd.DataFrame({"theme": ["t1"]})).set_index("group")
    assert made["n_comments"].to_dict() == {"all": 3, "receiver": 1, "Ward 1": 1, "not known": 1}
    assert made["n_suggested"].to_dict() == {"all": 2, "receiver": 1, "Ward 1": 1, "not known": 0}


def test_what_rests_on_a_machines_suggestion_alone_is_held_against_nobody() -> None:
    rows = [("u1", "KM", "A"), ("u1", "RA", "A"), ("u2", "KM", "A"), ("u3", "KM", "B"), ("u3", "RA", "B")]
    codings = given_codes(*rows).assign(suggestion=pd.Series(["taken", None, "seen", "changed", "taken"]))
    roles = [(f"u{n}", coder, role) for n in (1, 2, 3) for coder, role in (("KM", "lead"), ("RA", "second"))]
    together = consensus(codings, asked(*roles))
    assert list(zip(together["unit"], together["code"], strict=True)) == [("u1", "A"), ("u2", "A"), ("u3", "B")]
    by_people = unaided_consensus(together, codings)
    assert list(zip(by_people["unit"], by_people["code"], strict=True)) == [("u1", "A")]
    kept = unaided(codings)
    assert list(zip(kept["unit"], kept["coder"], strict=True)) == [("u1", "RA")]
