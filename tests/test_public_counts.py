"""Every count that the public reads, as one system: which cells, what is withheld of them, and all that ties them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from buddy_eval.disclose.public_counts import guards, public_counts, published
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.suppression import Counts
from buddy_eval.study.settings import Disclosure
from invented_results import Rows, cells, interviews, invented, pairs

REST = dict.fromkeys(("answered", "missing", "not_applicable", "dont_know"), 0)


def public(folder: Path, **tables: Any) -> Results:
    """Three pairs with these tables."""
    return invented(folder, "public", {"pairs": pairs("A", "B", "C"), **tables})


def exactly(results: Results) -> Results:
    """The same where counts are not rounded."""
    return replace(results, study=replace(results.study, disclosure=Disclosure(round_to=1)))


def group(kind: str, side: str, wave: int, n: int, invited: int | None = None) -> dict[str, Any]:
    row = {"kind": kind, "pair": "A", "side": side, "role": "board", "wave": wave, "invited": invited, "took_part": n}
    return {**row, **REST}


def comments(**groups: tuple[int, int]) -> Rows:
    """Of each group how many comments there are, and in how many of them a machine suggests any theme."""
    themes = ("culture", "capacity", "evaluation", "communication", "regulation")
    rows = [(theme, group, *n) for theme in themes for group, n in groups.items()]
    return [{"theme": t, "group": g, "n_comments": n, "n_suggested": few} for t, g, n, few in rows]


def finding(name: str, *n: int | None, **more: Any) -> dict[str, Any]:
    """One row of the comparison: supporters, receivers, in either wave, in both."""
    row = {"finding": name, "outcome": "survey", "theme": "culture", "contrast": "x", "contrast_kind": "gap", "wave": 1}
    row |= {
        "stands": False,
        "n_looks": 1,
        "n_pairs": 3,
        "n_clusters": 3,
        "method": "t",
        "n_either": None,
        "n_both": None,
    }
    return {**row, **dict(zip(("n_supporter", "n_receiver", "n_either", "n_both"), n, strict=False)), **more}


SCALE = {"theme": "culture", "statistic": "alpha", "n_items": 4}
FIGURES: dict[str, Any] = {
    "flow": [
        group("survey", "receiver", 1, 33, 40), group("survey", "receiver", 2, 7), group("survey", "supporter", 1, 12),
    ],
    "comment_counts": comments(receiver=(30, 10), supporter=(9, 3), all=(39, 13)),
    "findings": [finding("F", 12, 30), finding("G", 12, 40), finding("H", 30, 8)],
    "comparisons": [
        finding("F1", 9, 20, view="role", primary="F"), finding("F2", 3, 12, view="role", primary="F"),
        finding("F3", 9, 9, view="pairs", primary="F"),
    ],
    "reliability": [{**SCALE, "wave": 0, "side": "all", "n": 52}, {**SCALE, "wave": 2, "side": "all", "n": 7}],
}  # fmt: skip


def test_every_count_that_the_public_reads_has_its_name_its_number_and_how_it_is_shown(tmp_path: Path) -> None:
    """Rows that the public's table leaves out are counts too; a count that nobody recorded is none."""
    heard = {"side": "receiver", "codes": "all", "expected": 9.0, "new": 0.1, "heard": 9, "chao": 9.0}
    results = public(tmp_path, **FIGURES, saturation=[{**heard, "k": 20}])
    frame = public_counts(results)
    assert list(frame) == ["table", "row", "column", "unit", "value", "printed", "status"]
    assert frame.index.name == "cell"
    said = {cell: f"{n} {status}" for cell, n, status in cells(frame.reset_index(), "cell", "value", "status")}
    assert {cell: how for cell, how in said.items() if "comments" not in cell} == {
        "flow/survey/receiver/1/invited": "40 rounded", "flow/survey/receiver/1/took_part": "33 rounded",
        "flow/survey/receiver/2/took_part": "7 small", "flow/survey/supporter/1/took_part": "12 rounded",
        "said/survey/n_people": "52 rounded", "said/saturation receiver all/n_people": "20 rounded",
        "findings/F/n_supporter": "12 rounded", "findings/F/n_receiver": "30 rounded",
        "findings/G/n_supporter": "12 rounded", "findings/G/n_receiver": "40 rounded",
        "reliability/culture/0/all/alpha/n": "52 rounded",
        "comparisons/F1/n_supporter": "9 secondary", "comparisons/F1/n_receiver": "20 secondary",
        "comparisons/F2/n_supporter": "3 small", "comparisons/F2/n_receiver": "12 secondary",
    }  # fmt: skip
    lexicon = {name: how for name, how in said.items() if "culture" in name and "comments_lexicon" in name}
    assert lexicon == {
        "comments_lexicon/culture/receiver": "10 rounded", "comments_lexicon/culture/supporter": "3 small",
        "comments_lexicon/culture/all": "13 rounded",
    }  # fmt: skip
    assert cells(frame.loc[["comments_lexicon/culture/all", "findings/F/n_receiver"]]) == [
        ["comments_lexicon", ("culture",), "all", "comments", 13, True, "rounded"],
        ["findings", ("F",), "n_receiver", "people", 30, True, "rounded"],
    ]
    assert frame["printed"].all()
    for other in (replace(results, profile="internal"), replace(results, profile="partners", pair="B")):
        assert public_counts(other).equals(frame)


def test_what_a_machine_learned_is_counted_beside_the_lexicon(tmp_path: Path) -> None:
    rows = [{**row, "n_learned": 9} for row in FIGURES["comment_counts"]]
    frame = public_counts(public(tmp_path, comment_counts=rows))
    assert frame.groupby("table", sort=False).size().to_dict() == {"comments_lexicon": 15, "comments_learned": 15}


def equations(system: Counts) -> list[str]:
    """Each relation in a line, a cell without its table's name and with its weight where it is not one."""
    lines = []
    for _, part in system.relations.groupby("relation"):
        weights = zip(part["cell"], part["weight"], strict=True)
        lines.append(" ".join(f"{weight:+d} {cell}" for cell, weight in weights))
    return lines


def test_figures_are_tied_by_the_sums_and_by_what_is_at_most_what(tmp_path: Path) -> None:
    """More people of G than took part are tied by nothing; of F there are as many supporters as took part."""
    system, withheld = published(public(tmp_path, **FIGURES))
    flow, wave, scale = "flow/survey", "flow/survey/receiver/1", "reliability/culture/0/all/alpha/n"
    supporters, receivers = f"{flow}/supporter/1/took_part", f"{wave}/took_part"
    ties = [line for line in equations(system) if "comments" not in line]
    said = [line.split(" ", 2)[2] for line in ties if line.startswith("-1 stated/")]
    assert said == [
        f"+1 {supporters} -1 findings/F/n_supporter", f"-1 {supporters} +1 findings/F/n_supporter",
        f"+1 {receivers} -1 findings/F/n_receiver",
        f"+1 {supporters} -1 findings/G/n_supporter", f"-1 {supporters} +1 findings/G/n_supporter",
        f"+1 {receivers} +1 {flow}/receiver/2/took_part +1 {supporters} -1 {scale}",
        f"-1 {receivers} -1 {flow}/receiver/2/took_part -1 {supporters} +1 {scale}",
        "+1 findings/F/n_supporter -1 comparisons/F1/n_supporter -1 comparisons/F2/n_supporter",
        "-1 findings/F/n_supporter +1 comparisons/F1/n_supporter +1 comparisons/F2/n_supporter",
    ]  # fmt: skip
    assert [line for line in ties if not line.startswith("-1 stated/")] == [
        f"-1 {wave}/invited +1 {wave}/took_part +1 {wave}/took_part/rest",
        f"-1 said/survey/n_people +1 {receivers} +1 {flow}/receiver/2/took_part +1 {supporters}",
    ]
    one = "comments_lexicon/culture"
    assert f"-1 {one}/all +1 {one}/receiver +1 {one}/supporter" in equations(system)
    part = system.cells.loc[[f"{wave}/took_part", f"{wave}/took_part/rest"]]
    assert cells(part) == [[33, True, False], [7, False, False]]
    hidden = [cell for cell in system.cells.index[withheld] if "comments" not in cell]
    assert hidden == [
        f"{flow}/receiver/2/took_part",
        *(f"comparisons/F{n}/n_{side}" for side in ("supporter", "receiver") for n in (1, 2)),
    ]  # fmt: skip
    assert withheld.dtype == bool


def test_comments_of_a_group_that_is_not_shown_are_no_part_of_the_sum(tmp_path: Path) -> None:
    counted = comments(receiver=(30, 10), Trust=(9, 3), all=(39, 13))
    system, _ = published(public(tmp_path, comment_counts=counted))
    assert equations(system) == []


BALANCE = {  # enabling, hindering: what each word tells of enabling less hindering, three times, against all
    ("positive", 8, 4): ["+3 {e} -3 {b} -1 {r}"],
    ("positive", 7, 5): [],
    ("negative", 4, 8): ["-3 {e} +3 {b} -1 {r}"],
    ("mixed", 8, 4): ["+3 {e} -3 {b} +1 {r}", "-3 {e} +3 {b} +1 {r}"],
    ("unclear", 9, 3): ["+3 {e} -3 {b} +1 {r}"],
    ("no_direction", 8, 4): [],
}


@pytest.mark.parametrize(("state", "enabler", "barrier"), list(BALANCE))
def test_interviews_are_tied_by_theme_by_code_and_by_what_the_display_says_of_all_pairs(
    tmp_path: Path, state: str, enabler: int, barrier: int
) -> None:
    """Fourteen receivers; of a code more people are counted than raised its theme, so it is no part of it."""
    ways = ["enabler"] * enabler + ["barrier"] * barrier + [None] * 2
    said = [(f"P{n:02d}", "A", "receiver", "CB2" if way else "SENS", way) for n, way in enumerate(ways)]
    about = {"firm": False, "n": 12, "detail": "x", "theme": "culture", "strand": "interviews", "side": "receiver"}
    rows = [{}, {"pair": "A", "state": "unclear"}, {"strand": "survey", "state": "negative"}]
    rows.append({"side": "supporter", "theme": "capacity", "state": "negative"})
    evidence = [{**about, "pair": "all", "state": state, **other} for other in rows]
    counted: dict[str, Any] = {"theme": "culture", "n_asked": 14, "n_mentions": 9}
    counted |= dict.fromkeys(("enabler", "barrier", "mixed", "neutral", "unrecorded"), 0)
    codes = [
        {**counted, "code": code, "side": side, "n_participants": n}
        for code, n in (("CB2", 12), ("CB3", 13))
        for side in ("receiver", "all")
    ]
    results = public(tmp_path, **interviews(said), evidence=evidence, code_counts=codes)
    system, _ = published(results)
    row = "themes/culture/receiver"
    names = {"e": f"{row}/enabler", "b": f"{row}/barrier", "r": f"{row}/raised"}
    lines = [line for line in equations(system) if "culture" in line]
    told = [f"-1 stated/{n} {line.format(**names)}" for n, line in enumerate(BALANCE[state, enabler, barrier])]
    assert [line for line in lines if "stated" in line] == told
    assert lines[len(told) :] == [
        f"-1 {row}/raised +1 {row}/enabler +1 {row}/barrier +1 {row}/mixed +1 {row}/neutral",
        f"-1 {row}/asked +1 {row}/raised +1 {row}/raised/rest",
        f"-1 {row}/raised +1 codes/culture/CB2/receiver +1 codes/culture/CB2/receiver/rest",
    ]
    value = system.cells["value"]
    assert [value[f"{row}/raised/rest"], value["codes/culture/CB2/receiver/rest"]] == [2, 0]


def test_what_protects_others_is_named_in_order_whatever_was_named_before(tmp_path: Path) -> None:
    """Two small groups beside two larger ones whose sums are said: of each pair the larger is withheld too."""
    rows = [
        group(kind, side, 1, n) for kind in ("survey", "interview") for side, n in (("receiver", 20), ("supporter", 5))
    ]
    rounded = public(tmp_path, flow=rows)
    results = exactly(rounded)
    named = b'[\n "flow/interview/receiver/1/took_part",\n "flow/survey/receiver/1/took_part"\n]\n'
    assert guards(results) == named
    assert guards(replace(results, guards=frozenset({"said/survey/n_people"}))) == named
    assert guards(rounded) == b"[]\n"


def test_what_is_withheld_anyway_protects_others_before_anything_else_is_withheld(tmp_path: Path) -> None:
    """Two of three groups of posts are left out, for a side of nine: the larger hides the three of the other."""
    groups = {"F1": (30, 9), "F2": (3, 12), "F3": (20, 12)}
    posts = [finding(name, *n, view="role", primary="F") for name, n in groups.items()]
    results = public(tmp_path, findings=[finding("F", 53, 33)], comparisons=posts)
    assert guards(exactly(results)) == b"[]\n"


def test_a_row_that_the_public_does_not_read_is_a_count_that_nothing_prints(tmp_path: Path) -> None:
    frame = public_counts(public(tmp_path, **interviews([("S1", "A", "supporter", "CB1", "mixed")])))
    mine = frame[frame["row"] == ("culture", "supporter")]
    columns = ("asked", "raised", "enabler", "barrier", "mixed", "neutral")
    numbers = zip(columns, (1, 1, 0, 0, 1, 0), strict=True)
    assert cells(mine, "column", "value", "printed", "status") == [[name, n, False, ""] for name, n in numbers]
