"""Counts of people and of comments, cell by cell, as the team, the boards of a pair and the public may have them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from buddy_eval.disclose import protected
from buddy_eval.disclose.protected import Protected
from buddy_eval.disclose.results import Results
from buddy_eval.study.settings import Disclosure
from invented_results import Rows, interviews, invented, pairs

FORMS = {"shown": "{}", "rounded": "~{}", "small": "few", "secondary": "hidden", "not_recorded": "none"}
Read = dict[str, str]


def read(counts: Protected) -> Read:
    """Every row as words: a rounded count with ~, and of what is missing the reason."""
    assert list(counts.status) == list(counts.shown)
    assert set(counts.shown.dtypes.astype(str)) <= {"Int64"}
    numbers, ways = (frame.itertuples(index=False, name=None) for frame in (counts.shown, counts.status))
    lines = {}
    for key, cells, how in zip(protected.rows_of(counts.shown), numbers, ways, strict=True):
        assert [pd.isna(n) for n in cells] == [way in ("small", "secondary", "not_recorded") for way in how]
        lines[" ".join(map(str, key))] = " ".join(FORMS[way].format(n) for n, way in zip(cells, how, strict=True))
    return lines


def seen(folder: Path, rows: dict[str, Any], profile: str, pair: str | None = None, *guards: str) -> Results:
    """Three pairs with these tables."""
    study = invented(folder, profile, {"pairs": pairs("A", "B", "C"), **rows}, pair)
    return replace(study, guards=frozenset(guards))


def talks() -> dict[str, Rows]:
    """Twenty receivers, twelve of them of pair A, and seven supporters; every one speaks of capacity, one of trust."""
    said: list[tuple[str, str, str, str, str | None]] = []
    for n in range(20):
        pair = "A" if n < 12 else "B"
        said.append((f"R{n:02d}", pair, "receiver", "CR1", "enabler"))
        if n < 15:
            said.append((f"R{n:02d}", pair, "receiver", "CB2", "enabler" if n < 12 else "barrier"))
    said += [(f"S{n}", "A", "supporter", "CR2", "mixed") for n in range(7)]
    return interviews(said)


THEMES = ("culture", "capacity", "evaluation", "communication", "regulation")


def by_theme(raised: Read, silent: Read) -> Read:
    """What is read of themes somebody raised, and of each of all the others."""
    sides = [*silent]
    return {f"{t} {s}": raised.get(f"{t} {s}", silent[s]) for t in THEMES for s in sides}


def test_who_raised_a_theme_is_counted_exactly_for_the_team_and_by_the_rules_for_others(tmp_path: Path) -> None:
    """A row is asked, raised, enabler, barrier, mixed, neutral: a small direction takes the least other with it."""
    public = protected.theme_counts(seen(tmp_path / "p", talks(), "public"))
    assert list(public.shown) == ["asked", "raised", "enabler", "barrier", "mixed", "neutral"]
    own = {"culture receiver": "~20 ~15 hidden few 0 0", "capacity receiver": "~20 ~20 ~20 0 0 0"}
    assert read(public) == by_theme(own, {"receiver": "~20 0 0 0 0 0"})
    assert (public.table, public.unit, public.true.shape) == ("themes", "people", (10, 6))
    assert public.true.query("theme == 'culture'").to_numpy().tolist() == [[20, 15, 12, 3, 0, 0], [7, 0, 0, 0, 0, 0]]
    team = protected.theme_counts(seen(tmp_path / "t", talks(), "internal"))
    own = {"culture receiver": "20 15 12 3 0 0", "capacity receiver": "20 20 20 0 0 0"}
    own["capacity supporter"] = "7 7 0 0 7 0"
    assert read(team) == by_theme(own, {"receiver": "20 0 0 0 0 0", "supporter": "7 0 0 0 0 0"})
    boards = protected.theme_counts(seen(tmp_path / "b", talks(), "partners", "A"))
    own = {"culture receiver": "~10 ~10 ~10 0 0 0", "capacity receiver": "~10 ~10 ~10 0 0 0"}
    assert read(boards) == by_theme(own, {"receiver": "~10 0 0 0 0 0"})
    about = protected.theme_counts(seen(tmp_path / "a", talks(), "internal", "B"))
    own = {"culture receiver": "8 3 0 3 0 0", "capacity receiver": "8 8 8 0 0 0"}
    assert read(about) == by_theme(own, {"receiver": "8 0 0 0 0 0"})


def test_a_direction_that_nobody_recorded_is_a_column_and_what_protects_others_is_withheld(tmp_path: Path) -> None:
    rows = interviews([(f"R{n}", "A", "receiver", "CB2", None) for n in range(8)])
    guard = "themes/culture/receiver/asked"
    counts = protected.theme_counts(seen(tmp_path, rows, "public", None, guard))
    assert list(counts.shown)[-2:] == ["neutral", "unrecorded"]
    assert read(counts) == by_theme({"culture receiver": "hidden ~10 0 0 0 0 ~10"}, {"receiver": "~10 0 0 0 0 0 0"})


def code(name: str, theme: str | None, **n: int) -> Rows:
    """The row of each side, and of all, of one code."""
    same = {
        "n_asked": 40,
        "n_mentions": 9,
        **dict.fromkeys(("enabler", "barrier", "mixed", "neutral", "unrecorded"), 1),
    }
    counts = {**n, "all": sum(n.values())}
    return [{"code": name, "theme": theme, "side": side, "n_participants": k, **same} for side, k in counts.items()]


def codes() -> dict[str, Rows]:
    """Codes of two themes; the codebook has them in another order than the alphabet: EL1 stands before CV1."""
    book: Rows = [
        {"code": name, "theme": theme, "name": name, "definition": "x", "position": place}
        for place, (name, theme) in enumerate([("Z", "culture"), ("B", "culture"), ("A", "capacity"), ("N", None)], 1)
    ]
    counted = [*code("A", "capacity", receiver=20, supporter=30), *code("B", "culture", receiver=0, supporter=3)]
    counted += [*code("Z", "culture", receiver=12, supporter=5), *code("N", None, receiver=20, supporter=20)]
    return {"codes": book, "code_counts": counted}


def test_who_raised_a_code_stands_in_the_order_of_the_codebook_by_side(tmp_path: Path) -> None:
    public = protected.code_counts(seen(tmp_path / "p", codes(), "public"))
    assert list(public.shown) == ["receiver", "supporter"]
    assert list(read(public).items()) == [
        ("culture Z", "hidden few"), ("culture B", "hidden few"), ("capacity A", "~20 ~30"),
    ]  # fmt: skip
    assert (public.table, public.unit) == ("codes", "people")
    team = protected.code_counts(seen(tmp_path / "t", codes(), "internal"))
    assert list(read(team).items()) == [("culture Z", "12 5"), ("culture B", "0 3"), ("capacity A", "20 30")]
    assert protected.code_counts(seen(tmp_path / "none", {}, "public")).shown.empty
    culture = protected.of_theme(team, "culture")
    assert list(read(culture).items()) == [("Z", "12 5"), ("B", "0 3")]
    assert culture.true.to_numpy().tolist() == [[12, 5], [0, 3]]


def comments(n: dict[str, int], suggested: dict[str, int], learned: dict[str, int] | None = None) -> dict[str, Rows]:
    """So many comments a group; on culture a machine suggests so many, on every other theme none."""
    about = [(theme, group, k) for theme in THEMES for group, k in n.items()]
    rows = [
        {"theme": t, "group": g, "n_comments": k, "n_suggested": suggested[g] * (t == "culture")} for t, g, k in about
    ]
    if learned:
        rows = [{**row, "n_learned": learned[str(row["group"])]} for row in rows]
    return {"comment_counts": rows}


GROUPS = {"receiver": 40, "supporter": 7, "Trust": 30, "all": 85}
WROTE = comments(GROUPS, {"receiver": 12, "supporter": 7, "Trust": 3, "all": 25})


def test_comments_are_counted_outside_by_sides_of_enough_and_as_a_whole(tmp_path: Path) -> None:
    public, team = (seen(tmp_path / profile, WROTE, profile) for profile in ("public", "internal"))
    counts = protected.comment_counts(public)
    assert (list(counts.shown), counts.table, counts.unit) == (["receiver", "all"], "comments_lexicon", "comments")
    assert read(counts) == {"culture": "~10 ~25", **dict.fromkeys(THEMES[1:], "0 0")}
    inside = protected.comment_counts(team)
    assert list(inside.shown) == ["Trust", "receiver", "supporter", "all"]
    assert read(inside) == {"culture": "3 12 7 25", **dict.fromkeys(THEMES[1:], "0 0 0 0")}
    assert list(read(inside)) == [*THEMES]
    assert sorted(protected.comment_totals(team).items()) == sorted(GROUPS.items())
    rounded = protected.comment_totals(public)
    assert rounded.dropna().to_dict() == {"receiver": 40, "Trust": 30, "all": 85}
    assert rounded.index.name == "group"
    for results in (team, public):
        assert protected.comment_counts(results, "learned").shown.shape == (5, 0)
    by_machine = comments(GROUPS, GROUPS, dict.fromkeys(GROUPS, 13))
    learned = protected.comment_counts(seen(tmp_path / "learned", by_machine, "public"), "learned")
    assert (learned.table, set(read(learned).values())) == ("comments_learned", {"~15 ~15"})


@pytest.mark.parametrize(
    ("everybody", "told"), [(40, True), (41, False), (47, False), (48, True), (55, True), (None, True)]
)
def test_all_comments_are_counted_outside_unless_few_are_left_beside_the_sides(
    tmp_path: Path, everybody: int | None, told: bool
) -> None:
    """Of 32 and 8 comments the sides are shown; seven of externals, and those of a trust, are not."""
    groups = {"receiver": 32, "supporter": 8, "external": 7, "Trust": 20}
    groups |= {"all": everybody} if everybody else {}
    rows = comments(groups, dict.fromkeys(groups, 8))
    public = seen(tmp_path, rows, "public")
    assert protected.comments_shown(public) is told
    assert protected.comments_shown(replace(public, profile="internal")) is True
    if everybody:
        assert list(protected.comment_counts(public).shown) == ["receiver", "supporter", *["all"] * told]


def group(kind: str, pair: str, side: str, n: int, invited: int | None, **other: Any) -> dict[str, Any]:
    """One group of the flow; of the answers to the survey each sort is one more than the last."""
    row = {"kind": kind, "pair": pair, "side": side, "role": "board", "wave": 1, "invited": invited, "took_part": n}
    return {**row, "answered": n, "missing": n + 1, "not_applicable": n + 2, "dont_know": n + 3, **other}


FLOW: Rows = [
    group("interview", "A", "receiver", 12, 15), group("interview", "A", "receiver", 5, 5, role="senior_management"),
    group("interview", "B", "receiver", 4, None), group("survey", "A", "supporter", 7, None),
    group("survey", "B", "supporter", 33, None, wave=2),
]  # fmt: skip


def test_who_took_part_is_summed_over_what_a_reader_may_not_tell_apart(tmp_path: Path) -> None:
    public = seen(tmp_path, {"flow": FLOW}, "public")
    made = {"team": replace(public, profile="internal"), "all": public}
    made |= {"brief": replace(public, profile="partners", pair="A"), "ours": replace(made["team"], pair="B")}
    counts = {name: read(protected.flow_counts(results)) for name, results in made.items()}
    assert counts == {
        "team": {
            "interview A receiver 1": "20 17", "interview B receiver 1": "none 4",
            "survey A supporter 1": "none 7", "survey B supporter 2": "none 33",
        },
        "brief": {"interview receiver 1": "~20 ~15", "survey supporter 1": "none few"},
        "all": {"interview receiver 1": "~20 ~20", "survey supporter 1": "none few", "survey supporter 2": "none ~35"},
        "ours": {"interview receiver 1": "none 4", "survey supporter 2": "none 33"},
    }  # fmt: skip
    flow = protected.flow_counts(made["all"])
    assert (flow.table, flow.unit, list(flow.shown)) == ("flow", "people", ["invited", "took_part"])
    whole = protected.flow_groups(made["team"])
    assert list(whole) == ["invited", "took_part", "answered", "missing", "not_applicable", "dont_know"]
    assert whole.index.names == ["kind", "pair", "side", "wave"]
    assert protected.flow_groups(made["all"]).iloc[0].tolist() == [20, 21, 21, 24, 27, 30]


def curve(side: str, codes: str, *people: int) -> Rows:
    same = {"side": side, "codes": codes, "expected": 9.0, "new": 0.1, "heard": 9, "chao": 9.0}
    return [{**same, "k": k} for k in people]


def test_what_sentences_say_of_people_is_counted_over_the_whole_study(tmp_path: Path) -> None:
    heard = [*curve("receiver", "all", 1, 2, 12), *curve("supporter", "inductive", 1, 7), *curve("all", "all", 19)]
    empty = group("survey", "C", "receiver", 0, None)
    sources: Rows = [{"source": f"T{n}", "file": "t", "wave": 1, "text": "x"} for n in range(9)]
    rows = {"flow": [*FLOW[:3], empty], "saturation": heard, "sources": sources}
    guard = "said/saturation receiver all/n_people"
    few, lines = "saturation supporter inductive", {"interview": "21", "transcripts": "9"}
    lines |= {"saturation receiver all": "12", few: "7", "saturation all all": "19"}
    team = protected.said_counts(seen(tmp_path / "t", rows, "internal"))
    assert read(team) == lines
    assert (team.table, team.unit, team.shown.index.name, list(team.shown)) == ("said", "people", "about", ["n_people"])
    assert read(protected.said_counts(seen(tmp_path / "p", rows, "public", None, guard))) == {
        **{"interview": "~20", "transcripts": "~10", "saturation receiver all": "hidden"},
        **{few: "few", "saturation all all": "~20"},
    }
    one = seen(tmp_path / "one", {"sources": sources[:1]}, "internal")
    assert read(protected.said_counts(one)) == {"transcripts": "1"}
    assert read(protected.said_counts(seen(tmp_path / "none", {}, "public"))) == {}


def finding(name: str, n: tuple[int, int], **more: Any) -> dict[str, Any]:
    """One row of the comparison, of so many supporters and receivers."""
    row = {"finding": name, "outcome": "survey", "theme": "culture", "contrast": "x", "contrast_kind": "gap", "wave": 1}
    row |= {"stands": False, "n_looks": 1, "n_pairs": 3, "n_clusters": 3, "n_supporter": n[0], "n_receiver": n[1]}
    return {**row, "method": "t", **more}


def test_beside_figures_stand_their_people_and_of_groups_of_posts_those_that_are_left_out_too(tmp_path: Path) -> None:
    """Of nine receivers the finding is not shown, nor one of two pairs; a series counts no people at all."""
    findings = [
        finding("a", (12, 18), n_either=25, n_both=7, contrast_kind="change"), finding("b", (12, 9)),
        finding("c", (12, 18), n_pairs=2), finding("d", (12, 18), contrast_kind="series"),
    ]  # fmt: skip
    groups = {"a1": ((12, 16), "role"), "a2": ((12, 3), "role"), "a3": ((30, 30), "pairs")}
    posts = [finding(name, n, primary="a", view=view) for name, (n, view) in groups.items()]
    scale = {"theme": "culture", "side": "all", "statistic": "alpha", "n_items": 4}
    scales = [{**scale, "wave": wave, "n": n} for wave, n in ((0, 28), (1, 9))]
    rows = {"findings": findings, "comparisons": posts, "reliability": scales}
    public, team = (seen(tmp_path / p, rows, p, None, "findings/a/n_receiver") for p in ("public", "internal"))
    names = ("findings", "comparisons", "reliability")
    assert [read(protected.figure_counts(public, name)) for name in names] == [
        {"a": "~10 hidden ~25 few"},
        {"a1": "~10 ~15 none none", "a2": "hidden few none none"},
        {"culture 0 all alpha": "~30"},
    ]
    sides = ["n_supporter", "n_receiver", "n_either", "n_both"]
    for name, columns in (("findings", sides), ("reliability", ["n"])):
        counts = protected.figure_counts(public, name)
        assert (counts.table, counts.unit, list(counts.shown)) == (name, "people", columns)
    assert read(protected.figure_counts(replace(team, guards=frozenset()), "findings")) == {
        "a": "12 18 25 7", "b": "12 9 none none", "c": "12 18 none none",
    }  # fmt: skip


def test_where_counts_are_not_rounded_a_count_that_is_shown_says_so(tmp_path: Path) -> None:
    public = seen(tmp_path, WROTE, "public")
    whole = replace(public, study=replace(public.study, disclosure=Disclosure(round_to=1, suppress_below=13)))
    assert read(protected.comment_counts(whole))["culture"] == "few 25"
