"""Withheld counts are attacked with everything published, and protected so that none can be worked out."""

from __future__ import annotations

import contextlib
import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buddy_eval.base.errors import StudyError
from buddy_eval.disclose.public_counts import guards, published
from buddy_eval.disclose.suppression import Counts, attack, counts, protect, refuse_pinned, small
from buddy_eval.disclose.witnesses import Witnesses
from buddy_eval.study.settings import Disclosure
from invented_results import interviews, invented, pairs

RULES = Disclosure(suppress_below=8, round_to=1)


def table(body: list[list[int]], *, exact: bool = False) -> Counts:
    """A table with both margins and the total."""
    high, wide = len(body), len(body[0])
    cells = [(f"{i}.{j}", body[i][j], True, False) for i in range(high) for j in range(wide)]
    cells += [(f"{i}", sum(body[i]), True, exact) for i in range(high)]
    cells += [(f".{j}", sum(row[j] for row in body), True, exact) for j in range(wide)]
    cells += [("all", sum(map(sum, body)), True, exact)]
    sums = [(f"{i}", [f"{i}.{j}" for j in range(wide)]) for i in range(high)]
    sums += [(f".{j}", [f"{i}.{j}" for i in range(high)]) for j in range(wide)]
    return counts(cells, [*sums, ("all", [str(i) for i in range(high)])])


def test_the_bounds_are_those_of_every_table_that_fits() -> None:
    made = table([[3, 9, 12], [5, 2, 20], [11, 30, 8]])
    hidden = small(made, RULES)
    found = attack(made, hidden, RULES).set_index("cell")
    values = dict(zip(made.cells.index, made.values.astype(int), strict=True))
    names = list(found.index)
    fitting = []
    for tried in itertools.product(range(18), repeat=len(names)):
        now = values | dict(zip(names, tried, strict=True))
        vector = np.array([now[name] for name in made.cells.index])
        if not (made.matrix @ vector).any():
            fitting.append(tried)
    lows, highs = np.min(fitting, axis=0), np.max(fitting, axis=0)
    assert found["low"].tolist() == lows.tolist()
    assert found["high"].tolist() == highs.tolist()


def test_one_withheld_count_beside_its_total_is_pinned_and_named_without_its_value() -> None:
    made = table([[3, 9], [20, 30]])
    with pytest.raises(StudyError) as refused:
        refuse_pinned(made, small(made, RULES), RULES)
    what = "is withheld and can be worked out from what else is published; withhold more, or say less"
    assert str(refused.value) == f"0.0: {what}"


def test_two_that_say_one_each_are_pinned_though_two_are_withheld() -> None:
    made = counts(
        [("a", 1, True, False), ("b", 1, True, False), ("c", 40, True, False), ("all", 42, True, True)],
        [("all", ["a", "b", "c"])],
    )
    assert attack(made, small(made, RULES), RULES)["pinned"].all()
    chosen = protect(made, RULES)
    assert not attack(made, chosen, RULES)["pinned"].any()
    assert chosen.tolist() == [True, True, True, False]


def test_rounding_alone_can_protect() -> None:
    made = table([[3, 19], [20, 30]])
    wide = Disclosure(suppress_below=4, round_to=10)
    assert small(made, wide).sum() == 1
    assert not attack(made, small(made, wide), wide)["pinned"].any()
    assert protect(made, wide).sum() == 1


def test_a_figure_that_is_always_printed_and_gives_a_count_away_refuses_the_release() -> None:
    made = counts([("a", 3, True, False), ("b", 9, True, True), ("all", 12, True, True)], [("all", ["a", "b"])])
    with pytest.raises(StudyError, match="can be worked out"):
        protect(made, RULES)


def test_tables_that_share_a_total_are_one_system() -> None:
    cells = [("a", 3, True, False), ("b", 19, True, False), ("c", 12, True, False), ("d", 10, True, False)]
    apart = counts([*cells, ("all", 22, True, False)], [("all", ["a", "b"])])
    joined = counts([*cells, ("all", 22, True, False)], [("all", ["a", "b"]), ("all", ["c", "d"])])
    with_total = np.array([True, False, True, False, True])  # a, c and the total
    lonely = np.array([True, False, False, False, True])
    assert not attack(apart, lonely, RULES, lonely & small(apart, RULES))["pinned"].any()
    assert attack(joined, lonely, RULES, lonely & small(joined, RULES))["pinned"].any()
    assert not attack(joined, with_total, RULES)["pinned"].any()


def test_a_word_of_which_the_rule_is_known_is_a_relation_too() -> None:
    """Sixteen people; `negative` says that hindered ones are more than enabled ones by a third of all or more."""
    cells = [("enabler", 4, True, False), ("barrier", 12, True, False), ("raised", 16, True, False)]
    sums, negative = [("raised", ["enabler", "barrier"])], {"barrier": 3, "enabler": -3, "raised": -1}
    hidden = np.array([True, True, False])
    plain, told = counts(cells, sums), counts(cells, sums, [negative])
    assert attack(plain, hidden, RULES)[["low", "high"]].to_numpy().tolist() == [[0, 16], [0, 16]]
    little = small(told, RULES)
    found = attack(told, np.append(hidden, False), RULES, little)
    assert found[["low", "high", "pinned"]].to_numpy().tolist() == [[0, 5, True]]  # 3 (16 - e) - 3 e >= 16
    chosen = protect(told, RULES)
    assert not attack(told, chosen, RULES, little)["pinned"].any()
    assert chosen[2]  # the total goes too


def test_parts_that_do_not_sum_are_no_sum() -> None:
    with pytest.raises(ValueError, match="do not sum"):
        counts([("a", 3, True, False), ("all", 4, True, False)], [("all", ["a"])])


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(0, 25), min_size=3, max_size=3), min_size=2, max_size=3), st.sampled_from([1, 5]))
def test_nothing_protected_is_pinned_and_nothing_small_is_shown(body: list[list[int]], step: int) -> None:
    made, rules = table(body), Disclosure(suppress_below=8, round_to=step)
    chosen = protect(made, rules)
    assert not attack(made, chosen, rules)["pinned"].any()
    little = small(made, rules)
    assert not (little & ~chosen).any()
    for guard in np.flatnonzero(chosen & ~little):  # none is withheld for nothing
        fewer = chosen.copy()
        fewer[guard] = False
        assert attack(made, fewer, rules, little)["pinned"].any()


@settings(max_examples=25)
@given(st.data())
def test_what_is_refused_is_what_the_attack_pins_also_where_witnesses_are_known(drawn: st.DataObject) -> None:
    made = table(drawn.draw(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3)))
    hidden = np.array(drawn.draw(st.lists(st.booleans(), min_size=len(made.values), max_size=len(made.values))))
    found = attack(made, hidden, RULES, hidden & small(made, RULES))
    known = Witnesses(made)
    for more in (hidden, hidden | small(made, RULES), hidden):  # what hid a count once does not hide it for good
        with contextlib.suppress(StudyError):
            refuse_pinned(made, more, RULES, known)
    refused = list[str]()
    try:
        refuse_pinned(made, hidden, RULES, known)
    except StudyError as error:
        refused = [fault.file for fault in error.faults]
    assert sorted(refused) == sorted(found.loc[found["pinned"], "cell"])


def test_protection_withholds_no_more_than_the_smallest_table_needs() -> None:
    made = table([[3, 9, 12], [20, 30, 40]])
    chosen = protect(made, RULES)
    # a count needs one beside it in its row, one in its column, and one across: those of the fewest people
    assert list(made.cells.index[chosen]) == ["0.0", "0.1", "1.0", "1.1"]


def test_of_what_hides_a_count_the_fewest_counts_and_the_fewest_people_are_withheld() -> None:
    made = table([[4, 17, 13], [19, 3, 18], [18, 25, 7]])  # 0.2 (13) would do, or 1.2 (18)
    chosen = protect(made, RULES)
    assert list(made.cells.index[chosen]) == ["0.0", "0.1", "0.2", "1.0", "1.1", "2.0", "2.2"]
    small_study = table([[1, 7, 7], [2, 0, 6], [7, 4, 1]])  # where the most that a count can be is just enough
    chosen = protect(small_study, replace(RULES, suppress_below=3))
    assert list(small_study.cells.index[chosen]) == ["0.0", "0.1", "1.0", "1.2", "2.1", "2.2"]
    cells = [("a", 3, True, False), ("one", 30, True, False), ("two", 10, True, False), ("its part", 10, True, False)]
    either = counts([*cells, ("all", 43, True, True)], [("all", ["a", "one", "two"]), ("two", ["its part"])])
    assert list(either.cells.index[protect(either, RULES)]) == ["a", "one"]


def test_what_is_withheld_already_stays_so_and_hides_others() -> None:
    made = table([[3, 9, 12], [20, 30, 40]])
    withheld = np.isin(made.cells.index, ["0.2", "1.0", "1.2"])
    chosen = protect(made, RULES, withheld)
    assert list(made.cells.index[chosen]) == ["0.0", "0.2", "1.0", "1.2"]


def test_a_withheld_count_of_many_is_pinned_where_it_is_known_to_the_person() -> None:
    made = counts([("a", 20, True, False), ("b", 30, True, True), ("all", 50, True, False)], [("all", ["a", "b"])])
    hidden = np.array([True, False, False])
    found = [attack(made, hidden, replace(RULES, round_to=step)) for step in (1, 2)]
    assert [one[["low", "high", "pinned"]].iloc[0].tolist() for one in found] == [[20, 20, True], [19, 20, False]]
    refuse_pinned(made, hidden, RULES)  # it is no small count, and withholding it promised nothing
    few = table([[3, 9], [20, 30]])
    refuse_pinned(few, np.zeros(len(few.values), dtype=bool), RULES)  # nor was a count that is shown to be hidden


STATES = {  # what the display says of the receivers, and what that tells: 3 x enabled - 3 x hindered against all
    "negative": [{"enabler": -3, "barrier": 3, "raised": -1}],
    "mixed": [{"enabler": 3, "barrier": -3, "raised": 1}, {"enabler": -3, "barrier": 3, "raised": 1}],
    "not_raised": [],
}


@pytest.mark.parametrize("state", STATES)
def test_what_the_public_reads_is_one_system_of_sums_rests_and_sentences(tmp_path: Path, state: str) -> None:
    """Of fourteen receivers twelve found the culture hard or easy, eight to four: the balance is a third exactly."""
    valences = ["barrier"] * 8 + ["enabler"] * 4 + [None] * 2
    said = [(f"P{n}", "A", "receiver", "CB2" if way else "SENS", way) for n, way in enumerate(valences)]
    about = {"firm": False, "n": 12, "detail": "8 of 12"}
    evidence = [
        {**about, "pair": pair, "theme": theme, "strand": strand, "side": side, "state": said_so}
        for pair, theme, strand, side, said_so in (
            ("all", "capacity", "interviews", "supporter", "negative"),  # of whom no count is printed
            ("all", "culture", "interviews", "receiver", state),
            ("all", "culture", "survey", "receiver", "negative"),
            ("A", "culture", "interviews", "receiver", "negative"),
        )
    ]
    counted = {"code": "CB2", "theme": "culture", "side": "receiver", "n_participants": 11, "n_asked": 14}
    counted |= {"share": 0.8, "enabler": 4, "barrier": 7, "mixed": 0, "neutral": 0, "unrecorded": 0, "n_mentions": 11}
    flow = {"kind": "interview", "pair": "A", "side": "receiver", "role": "board", "wave": 1, "invited": 20}
    flow |= {"took_part": 14, "answered": 0, "missing": 0, "not_applicable": 0, "dont_know": 0}
    rows: dict[str, Any] = {"pairs": pairs("A", "B", "C"), "evidence": evidence, "flow": [flow], **interviews(said)}
    rows["code_counts"] = [counted, {**counted, "side": "all"}]
    public = invented(tmp_path, "public", rows)
    system, withheld = published(public)
    value, row = {str(name): n for name, n in system.cells["value"].items()}, "themes/culture/receiver"
    assert {name: value[f"{row}/{name}"] for name in ("asked", "raised", "enabler", "barrier", "mixed")} == {
        "asked": 14, "raised": 12, "enabler": 4, "barrier": 8, "mixed": 0,
    }  # fmt: skip
    rests = {name: n for name, n in value.items() if "flow" in name or ("culture" in name and "/rest" in name)}
    assert rests == {
        f"{row}/raised/rest": 2, "codes/culture/CB2/receiver/rest": 1, "flow/interview/receiver/1/invited": 20,
        "flow/interview/receiver/1/took_part": 14, "flow/interview/receiver/1/took_part/rest": 6,
    }  # fmt: skip
    assert not system.cells.loc[[name for name in rests if name.endswith("/rest")], "printed"].any()
    assert set(system.cells.index[withheld]) == {f"{row}/enabler", f"{row}/barrier"}
    relations = [
        dict(zip(part["cell"], part["weight"], strict=True)) for _, part in system.relations.groupby("relation")
    ]
    directions = [f"{row}/{name}" for name in ("enabler", "barrier", "mixed", "neutral")]
    assert {f"{row}/raised": -1, **dict.fromkeys(directions, 1)} in relations
    assert {f"{row}/asked": -1, f"{row}/raised": 1, f"{row}/raised/rest": 1} in relations
    assert {f"{row}/raised": -1, "codes/culture/CB2/receiver": 1, "codes/culture/CB2/receiver/rest": 1} in relations
    told = [{name: weight for name, weight in one.items() if "/" in name and not name.startswith("stated")}
            for one in relations if any(name.startswith("stated") for name in one)]  # fmt: skip
    expected = [{f"{row}/{name}": weight for name, weight in one.items()} for one in STATES[state]]
    assert sorted((one for one in told if f"{row}/raised" in one), key=str) == sorted(expected, key=str)
    named = set(json.loads(guards(public)))
    assert named.isdisjoint(system.cells.index[withheld])
    refuse_pinned(system, withheld | system.cells.index.isin(list(named)), public.study.disclosure)
