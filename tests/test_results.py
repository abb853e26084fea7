"""The same results seen by the team, by the boards of a pair and by the public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from buddy_eval import plots, tables
from buddy_eval.analyse.joint_display import joint_display
from buddy_eval.base.errors import BuddyError
from buddy_eval.disclose import seen
from buddy_eval.disclose.protected import comment_counts, theme_counts
from buddy_eval.disclose.results import PAIR, PROFILE, STUDY, Results, open_results
from buddy_eval.pipeline.processed import recorded
from buddy_eval.study.codebook import load_codebook
from invented_results import Rows, interviews, invented, pairs

SAID = [(f"P{n}", "A", side, "CB2", "barrier") for n, side in enumerate(["receiver", "receiver", "supporter"])]


def small(folder: Path, profile: str, pair: str | None = "A", **more: Rows) -> Any:
    """Two pairs; three people of pair A were interviewed, and all found one thing hard."""
    return invented(folder, profile, {"pairs": pairs("A", "B"), **interviews(SAID), **more}, pair)


def test_a_brief_counts_nobody_where_few_were_interviewed(tmp_path: Path) -> None:
    team, boards = small(tmp_path, "internal"), small(tmp_path, "partners")
    assert {"1", "2"} <= set(tables.themes(team).frame.to_numpy().ravel())
    assert tables.themes(boards).frame.empty
    assert plots.directions(team) is not None
    assert plots.directions(boards) is None


def test_rows_that_speak_of_one_or_two_people_are_for_the_team_alone(tmp_path: Path) -> None:
    cell = {
        "pair": "A",
        "side": "receiver",
        "theme": "culture",
        "code": "CB2",
        "cell": "raised",
        "direction": "barrier",
    }
    cells: Rows = [{**cell, "n_participants": 2, "n_asked": 2, "n_interviewed": 2}]
    assert len(tables.framework(small(tmp_path, "internal", framework=cells), "culture").frame) == 1
    for profile, pair in (("partners", "A"), ("public", None)):
        assert tables.framework(small(tmp_path, profile, pair, framework=cells), "culture").frame.empty


def test_partners_whose_pair_nobody_named_see_what_the_public_sees(tmp_path: Path) -> None:
    results = small(tmp_path, "partners", None)
    assert (results.public, results.outside, results.pairs) == (True, True, [])
    assert tables.pairs(results).frame.empty
    assert small(tmp_path, "partners").pairs == ["A"]
    assert small(tmp_path, "internal", None).pairs == ["A", "B"]


def approved(audience: str, participant: str = "P0") -> dict[str, Rows]:
    return {
        "approvals": [
            {"source_id": f"T-{participant}", "start": 0, "end": 9, "approved_by": "AB", "audience": audience, "row": 2}
        ]
    }


@pytest.mark.parametrize(
    ("profile", "pair", "audience", "shown"),
    [
        ("internal", None, "internal", 1),
        ("partners", "A", "partners", 1),
        ("partners", "B", "partners", 0),
        ("partners", None, "partners", 0),
        ("partners", None, "public", 1),
        ("public", None, "partners", 0),
        ("public", None, "public", 1),
    ],
)
def test_quotes_of_a_pair_are_for_its_own_boards(
    tmp_path: Path, profile: str, pair: str | None, audience: str, shown: int
) -> None:
    assert len(small(tmp_path, profile, pair, **approved(audience)).quotes()) == shown


def within(n: int) -> Rows:
    cell = {"pair": "A", "wave": 1, "theme": "culture", "mean": 4.2, "ci_low": 4.0, "ci_high": 4.4, "split": False}
    cell |= {"low": 0, "middle": 2, "high": n - 2}
    return [{**cell, "side": "supporter", "n": n}, {**cell, "side": "receiver", "n": 30}]


def split(n: int) -> Rows:
    return [{**row, "split": True, "low": 4, "middle": 1, "high": n - 5} for row in within(n)]


@pytest.mark.parametrize(("profile", "said"), [("internal", "split: 4 low, 1 middle, 25 high"), ("partners", "split")])
def test_where_people_disagree_no_mean_is_shown_but_the_split(tmp_path: Path, profile: str, said: str) -> None:
    results = small(tmp_path, profile, within=split(30))
    cells = tables.means(results).frame["Culture and behaviours"]
    assert set(cells) == {said}
    drawn = plots.sides(results)
    assert drawn is not None
    assert "supporter split, receiver split" in drawn.alt
    assert "No mark: people of that side are split." in drawn.caption
    assert "4.2" not in drawn.alt


def evidence(boards: str = "positive") -> Any:
    states = {"interviews": "positive", "survey": "positive", "boards": boards}
    about = {"pair": "A", "theme": "culture", "firm": False, "n": 9, "detail": "4.2, n 9"}
    found: Rows = [
        {**about, "strand": strand, "side": side, "state": state}
        for strand, state in states.items()
        for side in ("supporter", "receiver")
    ]
    shown: Any = joint_display(pd.DataFrame(found)).to_dict("records")
    return {"evidence": found, "joint_display": shown}


@pytest.mark.parametrize(
    ("profile", "n", "shown"), [("internal", 9, True), ("partners", 9, False), ("partners", 10, True)]
)
def test_survey_figures_of_few_people_stay_in_the_team(tmp_path: Path, profile: str, n: int, shown: bool) -> None:
    results = small(tmp_path, profile, within=within(n), **evidence())
    texts = [*map(str, tables.means(results).frame.to_numpy().ravel()), str(plots.sides(results))]
    assert any("4.2 (4.0 to 4.4)" in text for text in texts)  # the receiver's 30 are always shown
    assert (f"{n}" in texts) is shown
    assert ("supporter 4.2" in texts[-1]) is shown
    found = results.joint().iloc[0]
    assert (found["survey"], found["rating"]) == ("positive" if shown else "withheld", "agreement")
    assert ("n 9" in found["survey_detail"]) is shown


def test_a_joint_display_without_its_survey_is_rated_anew(tmp_path: Path) -> None:
    for profile, rating in (("internal", "agreement"), ("partners", "silence")):
        results = small(tmp_path, profile, within=within(9), **evidence(boards="not_asked"))
        assert results.joint()["rating"].tolist() == [rating]


def test_what_is_rated_once_for_all_readers_is_noted_for_each_and_goes_with_its_tables(tmp_path: Path) -> None:
    for boards, rating in (("not_asked", "silence"), ("positive", "agreement")):
        study = small(tmp_path, "partners", within=within(9), **evidence(boards)).study
        for profile in ("partners", "public"):
            with recorded() as reads:
                assert Results(study, profile).joint()["rating"].tolist() == [rating]
            assert reads == {"evidence", "within", "pairs"}


def test_outside_of_the_team_two_pairs_have_no_whole_from_which_one_could_be_worked_out(tmp_path: Path) -> None:
    rows = evidence()
    both: Rows = [{**row, "pair": pair} for pair in ("A", "B", "all") for row in rows["evidence"]]
    display: Any = joint_display(pd.DataFrame(both)).to_dict("records")
    for profile, pair, shown in (("internal", None, {"A", "B", "all"}), ("partners", "A", {"A", "B"})):
        results = small(tmp_path, profile, pair, evidence=both, joint_display=display)
        assert set(results.joint()["pair"]) == shown


def test_about_one_pair_the_team_gets_its_rows_and_readers_outside_keep_whole_tables(tmp_path: Path) -> None:
    month = {"indicator": "Waits", "period": "2023-01", "frequency": "month", "value": 1.0, "direction": "neither"}
    points: Rows = [{**month, "ods": ods, "source": "NHS"} for ods in ("SA", "RA", "SB", "RB")]
    rows: dict[str, Any] = {"pairs": pairs("A", "B"), "series": points, "comparators": [{**points[0], "ods": "X"}]}
    rows |= interviews([*SAID, ("P9", "B", "receiver", "CB2", "barrier")])
    rows |= {"evidence": [{**row, "pair": pair} for pair in ("A", "B", "all") for row in evidence()["evidence"]]}
    team = invented(tmp_path, "internal", rows)
    ours = team.about("B").about("A")
    assert ours.pairs == list(ours.table("pairs")["pair"]) == ["A"]
    for name, column, held in (
        ("units", "participant", {"P0", "P1", "P2"}),
        ("consensus", "unit", {"U0", "U1", "U2"}),
        ("sources", "source", {"T-P0", "T-P1", "T-P2"}),
        ("evidence", "pair", {"A", "all"}),
        ("series", "ods", {"SA", "RA"}),
        ("comparators", "ods", {"X"}),
    ):
        assert set(ours.table(name)[column]) == held
        pd.testing.assert_frame_equal(replace(ours, profile="partners").table(name), team.table(name))
    assert len(ours.table("codes")) == len(team.table("codes"))
    assert any(line.split()[:3] == ["units", "3", "rows"] for line in repr(ours).splitlines())


def test_comments_of_an_organisation_are_not_counted_apart_outside_of_the_team(tmp_path: Path) -> None:
    groups = [("Fairmead Trust", 400), ("receiver", 31), ("supporter", 5), ("all", 436)]
    counts: Rows = [
        {"theme": theme, "group": group, "n_comments": n, "n_suggested": 12}
        for group, n in groups
        for theme in ("culture", "capacity", "evaluation", "communication", "regulation")
    ]
    team, public = (small(tmp_path, profile, None, comment_counts=counts) for profile in ("internal", "public"))
    assert any("Fairmead" in column for column in map(str.title, tables.comments(team).frame.columns))
    assert list(tables.comments(public).frame.columns) == ["Theme", "Receiver (of 30)", "All (of 435)"]
    assert set(tables.comments(public).frame["Receiver (of 30)"]) == {"10"}
    for results, sentence in ((team, "436 comments were written."), (public, "About 435 comments were written.")):
        assert sentence in [text for text, _ in tables.flow_in_words(results).sentences]


@pytest.mark.parametrize(
    ("profile", "n", "words"),
    [
        ("internal", 3, "3 people were"),
        ("internal", 1, "1 person was"),
        ("public", 3, "People were"),
        ("public", 28, "About 30 people were"),
    ],
)
def test_how_many_took_part_is_said_without_giving_anybody_away(
    tmp_path: Path, profile: str, n: int, words: str
) -> None:
    group = {"kind": "interview", "pair": "A", "side": "receiver", "role": "board", "wave": 1, "took_part": n}
    flow: Rows = [{**group, "answered": 0, "missing": 0, "not_applicable": 0, "dont_know": 0}]
    said = tables.flow_in_words(small(tmp_path, profile, None, flow=flow)).sentences
    assert any(text == f"{words} interviewed, on the receiver side only." for text, _ in said)
    assert any(text.startswith("2 pairs of trusts were studied; in each,") for text, _ in said)


def test_a_notebook_sees_the_profile_that_is_set_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(tmp_path, "internal")
    (tmp_path / "study.toml").write_text('[study]\ntitle = "T"\nteam = "U"\n[disclosure]\nprofile = "public"\n')
    assert open_results(tmp_path).profile == "public"
    for name, value in ((STUDY, str(tmp_path)), (PROFILE, "partners"), (PAIR, "B")):
        monkeypatch.setenv(name, value)
    assert (open_results().profile, open_results().pair, open_results().pairs) == ("partners", "B", ["B"])
    monkeypatch.setenv(PAIR, "BB")
    with pytest.raises(BuddyError, match="pair 'BB' is not in this study"):
        open_results()
    monkeypatch.setenv(PROFILE, "pubic")
    with pytest.raises(BuddyError, match="did you mean 'public'"):
        open_results()


def test_where_no_side_answered_no_picture_of_the_sides_is_drawn(tmp_path: Path) -> None:
    row = {"pair": "A", "side": "external", "wave": 1, "theme": "culture", "n": 20, "mean": 3.0, "sd": 1.0, "low": 0}
    row |= {"ci_low": 2.5, "ci_high": 3.5, "split": False, "middle": 20, "high": 0}
    assert plots.sides(invented(tmp_path, "internal", {"pairs": pairs("A"), "within": [row]})) is None


def heard(
    people: int, split: tuple[str, ...] = (), side: str = "receiver"
) -> list[tuple[str, str, str, str, str | None]]:
    """Everybody found the culture hard; on the themes named half of them say the one and half the other."""
    codes = load_codebook(None).codes.dropna(subset=["theme"]).drop_duplicates("theme").set_index("theme")["code"]
    named = [("culture", people), *((theme, people // 2) for theme in split)]
    return [
        (f"{side}{n}", "A", side, str(codes[theme]), "barrier" if n < barriers else "enabler")
        for theme, barriers in named
        for n in range(people)
    ]


def test_counts_are_shown_outside_from_the_mark_on(tmp_path: Path) -> None:
    said = heard(8) + heard(7, side="supporter")
    groups: Rows = [
        {"theme": theme, "group": group, "n_comments": n, "n_suggested": n_suggested}
        for group, n, n_suggested in (("receiver", 8, 8), ("supporter", 7, 3), ("all", 15, 11))
        for theme in load_codebook(None).themes["theme"]
    ]
    rows: dict[str, Any] = {"pairs": pairs("A", "B", "C"), "comment_counts": groups, **interviews(said)}
    public = invented(tmp_path, "public", rows)
    counts, names = theme_counts(public), ["asked", "raised", "barrier", "enabler"]
    assert set(counts.shown.index.get_level_values("side")) == {"receiver"}
    assert counts.shown.query("theme == 'culture'")[names].to_numpy().tolist() == [[10, 10, 10, 0]]
    assert counts.status.query("theme == 'culture'")[names].to_numpy().tolist() == [[*["rounded"] * 3, "shown"]]
    assert "supporter" not in comment_counts(public).shown
    assert "receiver" in comment_counts(public).shown
    assert comment_counts(public, "learned").shown.shape == (len(public.themes), 0)
    team = replace(public, profile="internal")
    assert set(theme_counts(team).shown.index.get_level_values("side")) == {"receiver", "supporter"}
    assert set(theme_counts(team).status.to_numpy().ravel()) == {"shown"}
    assert set(comment_counts(team).shown["supporter"]) == {3}


@pytest.mark.parametrize(("split", "drawn"), [((), 1), (("capacity",), 1), (("capacity", "evaluation"), 0)])
def test_directions_are_drawn_outside_where_half_of_the_rows_are_whole(
    tmp_path: Path, split: tuple[str, ...], drawn: int
) -> None:
    """Four of eight on either side are both withheld, so that their row is not whole."""
    public = invented(tmp_path, "public", {"pairs": pairs("A", "B", "C"), **interviews(heard(8, split))})
    assert len(seen.directions(public)) == drawn
    assert len(seen.directions(replace(public, profile="internal"))) == 1 + len(split)


@pytest.mark.parametrize(("names", "shown"), [(("A", "B"), 0), (("A", "B", "C"), 1)])
def test_the_public_is_told_of_the_charts_of_three_or_more_pairs(
    tmp_path: Path, names: tuple[str, ...], shown: int
) -> None:
    point = {"indicator": "Falls", "signal": "concern", "direction": "lower_is_better"}
    month = {"period": "2024-01-01", **dict.fromkeys(("value", "centre", "lower", "upper"), 1.0)}
    signals: Rows = [{**point, **month, "ods": f"R{name}"} for name in names]
    results = invented(tmp_path, "public", {"pairs": pairs("A", "B", "C"), "signals": signals})
    assert len(seen.trusts_by_signal(results)) == shown
    assert len(seen.trusts_by_signal(replace(results, profile="internal"))) == 1


def test_a_pair_that_is_no_name_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(BuddyError, match="pair 3 is not in this study"):
        small(tmp_path, "internal", None).about(3)
