"""Numbers in sentences, beside figures and of rows are part of the one system of what leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from buddy_eval.disclose import seen
from buddy_eval.disclose.protected import comment_counts
from buddy_eval.disclose.public_counts import guards, published
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.suppression import attack, small
from buddy_eval.present import tables
from buddy_eval.study.settings import Disclosure
from invented_results import Rows, invented, pairs

SMALL = "flow/interview/supporter/2/took_part"


def flow(*groups: tuple[str, str, int, int]) -> Rows:
    """Groups who took part: (kind, side, wave, how many)."""
    rest = {"answered": 0, "missing": 0, "not_applicable": 0, "dont_know": 0}
    about = {"pair": "A", "role": "board", "invited": None, **rest}
    return [{"kind": kind, "side": side, "wave": wave, "took_part": n, **about} for kind, side, wave, n in groups]


def heard(side: str, k: int) -> dict[str, object]:
    """What so many interviews of a side brought."""
    return {"side": side, "codes": "all", "k": k, "expected": 9.0, "new": 0.1, "heard": 9, "chao": 9.0}


def study(folder: Path, round_to: int = 5) -> Results:
    """Eight and two supporters in two waves, 16 receivers in one."""
    groups = flow(("interview", "supporter", 1, 8), ("interview", "supporter", 2, 2), ("interview", "receiver", 1, 16))
    saturated = [heard("supporter", 10), heard("receiver", 16), heard("all", 26)]
    results = invented(folder, "public", {"pairs": pairs("A", "B", "C"), "flow": groups, "saturation": saturated})
    return replace(results, study=replace(results.study, disclosure=Disclosure(round_to=round_to)))


def pinned(results: Results) -> list[str]:
    """The small counts that everything published gives away as it stands."""
    system, withheld = published(results)
    found = attack(system, withheld, results.study.disclosure, withheld & small(system, results.study.disclosure))
    return list(found.loc[found["pinned"], "cell"])


def test_the_people_of_saturation_and_of_sentences_give_nothing_away(tmp_path: Path) -> None:
    """Ten people of one side, rounded, and eight of them in wave 1: at most four are left for wave 2."""
    for step in (5, 1):
        results = study(tmp_path / str(step), step)
        assert pinned(results) == [SMALL]
        kept = replace(results, guards=frozenset(json.loads(guards(results))))
        assert pinned(kept) == []


def test_a_number_that_protects_another_leaves_its_sentence(tmp_path: Path) -> None:
    results = study(tmp_path)
    assert "About 25 people were interviewed" in str(tables.flow_in_words(results))
    kept = replace(results, guards=frozenset({"said/interview/n_people"}))
    assert "People were interviewed, on both sides." in str(tables.flow_in_words(kept))


def finding(name: str, n: tuple[int, int], **more: object) -> dict[str, object]:
    """One row of the comparison; its counts are of supporters and receivers."""
    row: dict[str, object] = {
        **{"finding": name, "primary": name.split("--")[0], "view": "pairs", "outcome": "survey", "theme": "culture"},
        **{"contrast": "supporter minus receiver", "contrast_kind": "gap", "wave": 1, "stands": False, "n_looks": 1},
        **{"n_pairs": 3, "n_clusters": 3, "n_supporter": n[0], "n_receiver": n[1], "method": "t"},
    }
    return row | more


def test_groups_of_posts_that_are_left_out_are_parts_of_the_whole(tmp_path: Path) -> None:
    """Four of 44 supporters are of a group that is not shown; the other groups and the whole are."""
    whole = finding("gap-culture-w1", (44, 60))
    groups = [("senior_management", (20, 30)), ("board", (20, 26)), ("improvement_team", (4, 4))]
    rows = [whole, *(finding(f"gap-culture-w1--role-{name}", n, view="role", role=name) for name, n in groups)]
    survey = flow(("survey", "supporter", 1, 50), ("survey", "receiver", 1, 70))
    made = {"pairs": pairs("A", "B", "C"), "findings": [whole], "comparisons": rows, "flow": survey}
    results = invented(tmp_path, "public", made)
    results = replace(results, study=replace(results.study, disclosure=Disclosure(round_to=1)))
    names = [f"comparisons/gap-culture-w1--role-improvement_team/n_{side}" for side in ("supporter", "receiver")]
    assert pinned(results) == names
    kept = replace(results, guards=frozenset(json.loads(guards(results))))
    assert pinned(kept) == []
    shown = [
        kept.survey(name)[["n_supporter", "n_receiver"]].isna().any(axis=None) for name in ("findings", "comparisons")
    ]
    assert any(shown)


def test_people_who_answered_twice_are_not_told_by_those_who_answered_at_all(tmp_path: Path) -> None:
    counts = {"n_either": 57, "n_both": 3, "wave": None, "wave_before": 1, "wave_after": 2, "contrast_kind": "change"}
    made = {"pairs": pairs("A", "B", "C"), "findings": [finding("gap-culture-change-w1-w2", (30, 30), **counts)]}
    results = invented(tmp_path, "public", made)
    results = replace(results, study=replace(results.study, disclosure=Disclosure(round_to=1)))
    assert pinned(results) == ["findings/gap-culture-change-w1-w2/n_both"]
    assert pinned(replace(results, guards=frozenset(json.loads(guards(results))))) == []


def test_a_share_that_is_of_few_people_is_withheld_outside(tmp_path: Path) -> None:
    about = {"theme": "culture", "wave": 1, "side": "supporter", "missing": 0, "not_applicable": 0, "dont_know": 0}
    about["scored"] = True
    rows = [{"item": f"C{n}", "n": 25, "answered": 25 - n, **about} for n in (0, 3, 8)]
    inside, outside = (
        seen.item_quality(invented(tmp_path / name, name, {"item_quality": rows}))["unanswered"]
        for name in ("internal", "public")
    )
    assert inside.tolist() == [0, 3 / 25, 8 / 25]
    assert outside.dropna().tolist() == [0, 8 / 25]


def test_readers_outside_get_no_exact_number_of_rows_nor_one_that_leaves_few_comments(tmp_path: Path) -> None:
    log = [{"file": "data/raw/s.csv", "item": item, "action": "read", "n": 64} for item in ("rows", "comments")]
    groups = {"all": 64, "supporter": 30, "receiver": 31}
    counted = [
        {"theme": theme, "group": name, "n_comments": n, "n_suggested": 9}
        for name, n in groups.items()
        for theme in ("culture", "capacity", "evaluation", "communication", "regulation")
    ]
    results = invented(tmp_path, "public", {"imports": log, "comment_counts": counted})
    assert seen.reading(results).empty
    assert list(comment_counts(results).shown) == ["receiver", "supporter"]
    counted = [row | {"n_comments": 80} if row["group"] == "all" else row for row in counted]
    enough = invented(tmp_path, "public", {"imports": log, "comment_counts": counted})
    assert seen.reading(enough)[["item", "n"]].to_numpy().tolist() == [["comments", 65]]
    assert list(comment_counts(enough).shown) == ["receiver", "supporter", "all"]
    assert len(seen.reading(replace(enough, profile="internal"))) == 2
