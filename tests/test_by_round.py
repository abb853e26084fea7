"""Rounds beside each other: every kind of evidence by its round, nothing pooled, and what figures of actions did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

import small_study
from buddy_eval.analyse import rounds
from buddy_eval.analyse.interviews import exact_interval
from buddy_eval.pipeline import processed
from buddy_eval.pipeline import run as pipeline
from buddy_eval.schemas import clean, conform, empty, kept
from buddy_eval.schemas.comparison import WITHIN
from buddy_eval.schemas.results import READINESS
from buddy_eval.study.settings import load_study
from test_kept import ROUNDS, agreed, given

PAIRS = pd.DataFrame({"pair": ["P1", "P2", "P3"], "supporter": ["A", "B", "C"], "receiver": ["R", "S", "T"]})
CODES = pd.DataFrame({"code": ["CV1", "CB1"], "theme": ["communication", "culture"]})
THEMES = pd.DataFrame({"theme": ["communication", "culture"]})


def spoken() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Consensus, units and sources of three people; one is asked in both rounds and turns round."""
    rows = [("S1", "N1", 1, "barrier"), ("S2", "N2", 1, None), ("S3", "N1", 2, "enabler"), ("S4", "N3", 2, "barrier")]
    units = pd.DataFrame(
        [
            {"unit": f"{s}-1", "source": s, "participant": who, "pair": "P1", "side": "receiver", "wave": wave}
            for s, who, wave, _ in rows
        ]
    ).assign(channel="interview", codable=True)
    said = [{"unit": f"{s}-1", "code": "CV1", "present": True, "valence": way} for s, _, _, way in rows if way]
    sources = pd.DataFrame(
        {"source": [s for s, *_ in rows], "wave": [w for *_, w, _ in rows], "asked": "communication"}
    )
    return pd.DataFrame(said), units, sources


def within(*cells: tuple[str, int, float, bool]) -> pd.DataFrame:
    rows = [
        {"pair": p, "side": "receiver", "wave": w, "theme": "culture", "n": 20, "mean": m, "split": split}
        for p, w, m, split in cells
    ]
    return conform(pd.DataFrame(rows).assign(ci_low=2.0, ci_high=4.0, low=0, middle=20, high=0), WITHIN)


def test_interviews_count_in_the_round_in_which_they_were_held() -> None:
    found: Any = rounds.by_round([rounds.interviews_by_round(rounds.heard(*spoken(), CODES, THEMES))])
    ours: Any = found[(found["pair"] == "P1") & (found["theme"] == "communication")].set_index(["measure", "wave"])
    assert ours["n"].to_dict() == {(m, w): 2 for m in ("enabler", "barrier") for w in (1, 2)}
    assert ours.loc[("barrier", 1), "value"] == 0.5
    assert ours.loc[("enabler", 2), ["value", "value_before", "change"]].tolist() == [0.5, 0.0, 0.5]
    exact = binomtest(1, 2).proportion_ci()
    assert ours.loc[("barrier", 1), ["ci_low", "ci_high"]].tolist() == pytest.approx([exact.low, exact.high])
    assert not (found["theme"] == "culture").any()  # nobody was asked about it


def test_the_interval_of_a_share_is_the_exact_one_to_the_bit_and_missing_where_nobody_was_asked() -> None:
    hits = pd.Series([*range(13), 12, 0], dtype="int64")
    n = pd.Series([12] * 13 + [40, 0], dtype="int64")
    low, high = exact_interval(hits, n)
    theirs = proportion_confint(hits[:-1], n[:-1], 1 - 0.95, "beta")
    assert [low[:-1].tolist(), high[:-1].tolist()] == [side.tolist() for side in theirs]
    assert pd.isna([low.iloc[-1], high.iloc[-1]]).all()


def test_the_survey_shows_no_mean_of_a_split_side_and_counts_independent_pairs_once() -> None:
    cells = within(("P1", 1, 3.0, False), ("P2", 1, 4.0, True), ("P3", 1, 3.5, False), ("P1", 2, 3.4, False))
    found: Any = rounds.by_round([rounds.survey_by_round(cells, PAIRS)]).set_index(["pair", "wave"])
    assert pd.isna(found.loc[("P2", 1), "value"])
    assert pd.isna(found.loc[("P2", 1), "ci_low"])
    assert found.loc[("P1", 2), "change"] == pytest.approx(0.4)
    assert found.loc[("all", 1), ["value", "n", "n_pairs"]].tolist() == [3.5, 60, 3]
    # t.interval(0.95, 2, loc=3.5, scale=0.5 / 3**0.5), as SciPy has it
    assert found.loc[("all", 1), "ci_low"] == pytest.approx(3.5 - 4.302652729911275 * 0.5 / 3**0.5)
    assert pd.isna(found.loc[("all", 2), "ci_low"])  # one pair alone
    shared = rounds.survey_by_round(cells, PAIRS.assign(receiver=["R", "R", "T"])).set_index(["pair", "wave"])
    assert shared.loc[("all", 1), "value"] == pytest.approx((3.5 + 3.5) / 2)


def test_boards_and_capacity_are_never_added_over_rounds() -> None:
    ready = pd.DataFrame({"pair": "P1", "side": "supporter", "wave": [1, 3], "n_rated": [4, 5], "in_place": [1, 4]})
    ready = ready.assign(view="theme", heading="culture", n_questions=5, not_applicable=0, dont_know=0)
    boards = rounds.boards_by_round(conform(ready, READINESS))
    capacity = rounds.capacity_by_round(
        given(
            {"start": "2025-01-01", "end": "2025-12-31", "planned": 2.0, "actual": 1.0},
            {"start": "2026-01-01", "planned": 1.0, "actual": 1.5},
            {"start": "2025-01-01", "actual": None},
        ),
        ROUNDS,
    )
    found: Any = rounds.by_round([boards, capacity]).set_index(["strand", "pair", "wave"])
    assert found.loc[("boards", "P1", 3), ["value", "n", "wave_before", "value_before"]].tolist() == [0.8, 5, 1, 0.25]
    assert found["value"].loc["capacity"].loc["P1"].tolist() == [0.5, 1.5]
    assert found["n"].loc["capacity"].loc["P1"].tolist() == [1, 1]  # what nobody wrote down enters neither sum


def test_a_round_that_is_planned_and_that_nobody_answered_has_no_figure_yet(tmp_path: Path) -> None:
    folder = small_study.cut(tmp_path / "study")
    listed = folder / "data" / "raw" / "rounds.csv"
    listed.write_text(f"{listed.read_text('utf-8').rstrip()}\n4,2027-03-01\n", encoding="utf-8")
    capacity = folder / "data" / "raw" / "capacity.csv"
    lasting = "SYN01,supporter,running,staff,improvement coach,1,1,1,2025-01-01,,,no,"
    capacity.write_text(f"{capacity.read_text('utf-8').rstrip()}\n{lasting}\n", encoding="utf-8")
    study = load_study(folder)
    pipeline.run(study, lambda line: None)
    assert processed.read(study, "rounds")["wave"].tolist() == [1, 2, 3, 4]
    assert set(processed.read(study, "by_round")["wave"]) == {1, 2, 3}


def test_comments_are_shares_of_the_comments_of_their_round() -> None:
    units = pd.DataFrame({"unit": ["a", "b", "c"], "pair": "P1", "side": "receiver", "wave": [1, 1, 2]})
    made = rounds.comments_by_round(
        pd.DataFrame({"unit": ["a", "a"], "code": ["CV1", "CV1"]}), units.assign(channel="comment"), CODES
    )
    found: Any = rounds.by_round([made]).set_index(["pair", "theme", "wave"])
    assert found.loc[("P1", "communication", 1), ["n", "value"]].tolist() == [2, 0.5]
    assert found.loc[("P1", "communication", 2), ["n", "value", "change"]].tolist() == [1, 0.0, -0.5]


def test_who_says_that_they_were_told_is_counted_by_round_from_the_item_and_the_code() -> None:
    items = pd.DataFrame({"item": ["M1"], "theme": "communication", "code": "CV1", "reversed": False})
    responses = pd.DataFrame({"participant": list("abcd"), "pair": "P1", "side": "receiver", "wave": 1, "item": "M1"})
    responses = responses.assign(answer=pd.array([5, 4, 2, None], dtype="Int64"))
    consensus, units, sources = spoken()
    people = rounds.heard(consensus, units, sources, CODES, THEMES)
    found: Any = rounds.told(responses, items, people, rounds.spoken(consensus, units, CODES))
    found = found.set_index(["kind", "wave", "measure"])[["n", "yes", "no"]]
    assert found.loc[("survey", 1, "M1")].tolist() == [3, 2, 1]
    assert found.loc[("interview", 1, "CV1")].tolist() == [2, 0, 1]
    assert found.loc[("interview", 2, "CV1")].tolist() == [2, 1, 1]


def test_the_share_that_says_it_was_told_stands_by_round_over_pairs_and_without_interviews() -> None:
    cells = [("P1", 1, "survey", "M1", 10, 4), ("P2", 1, "survey", "M1", 30, 6), ("P1", 2, "survey", "M1", 8, 6),
             ("P1", 2, "interview", "CV1", 2, 2)]  # fmt: skip
    told = pd.DataFrame(cells, columns=["pair", "wave", "kind", "measure", "n", "yes"]).assign(side="receiver", no=0)
    items = pd.DataFrame({"item": ["M1"], "theme": "communication", "code": "CV1", "reversed": False})
    found: Any = rounds.by_round([rounds.told_by_round(told, items)]).set_index(["strand", "theme", "pair", "wave"])
    assert found.loc[("reach", "communication", "all", 1), ["n", "value", "n_pairs"]].tolist() == [40, 0.25, 2]
    assert found.loc[("reach", "communication", "P1", 2), ["n", "value"]].tolist() == [8, 0.75]
    assert found.loc[("reach", "communication", "P1", 2), "change"] == pytest.approx(0.35)
    assert rounds.told_by_round(told.iloc[:0], items).empty


def test_an_item_of_a_later_round_does_not_move_the_share_that_says_it_was_told() -> None:
    cells = [("P1", 1, "M1", 10, 4), ("P1", 2, "M1", 10, 5), ("P1", 2, "M7", 10, 10)]
    told = pd.DataFrame(cells, columns=["pair", "wave", "measure", "n", "yes"])
    told = told.assign(side="receiver", no=0, kind="survey")
    items = pd.DataFrame({"item": ["M1", "M7"], "theme": "communication", "code": ["CV1", "CV2"], "reversed": False})
    found: Any = rounds.by_round([rounds.told_by_round(told, items)]).set_index(["pair", "wave"])
    assert found.loc[("P1", 2), ["n", "value", "change"]].tolist() == pytest.approx([10, 0.5, 0.1])


def test_the_figures_of_an_action_are_those_of_its_side_from_its_round_to_the_latest() -> None:
    cells = within(("P1", 1, 3.0, False), ("P1", 2, 3.4, False))
    both = pd.concat([cells, cells.assign(side="supporter", mean=cells["mean"] + 1)])
    figures = rounds.by_round([rounds.survey_by_round(both, PAIRS)])
    actions = agreed(
        {"agreed": "2025-07-01"},
        {"agreed": "2025-07-01", "side": "receiver"},
        {"agreed": "2026-07-01"},
        {"agreed": "2025-01-01"},
    )
    waves: Any = {"wave": pd.array([1, 1, 2, None], dtype="Int64"), "state": "due", "as_at": pd.Timestamp("2026-07-01")}
    found: Any = rounds.action_figures(actions.assign(**waves), figures)
    assert found[["action", "side"]].to_numpy().tolist() == [
        ["A0", "receiver"], ["A0", "supporter"], ["A1", "receiver"], ["A3", "receiver"], ["A3", "supporter"],
    ]  # fmt: skip
    assert found.loc[0, ["wave_before", "value_before", "wave", "value"]].tolist() == [1, 3.0, 2, 3.4]
    assert found["change"].tolist() == pytest.approx([0.4] * 5)


def test_a_study_without_rounds_or_figures_has_the_tables_empty() -> None:
    none = {schema.name: empty(schema) for schema in clean.TABLES}
    people = rounds.heard(empty(kept.BY_ROUND).reindex(columns=["unit", "code", "present", "valence"]),
                          none["units"], none["sources"], none["codes"], none["themes"])  # fmt: skip
    made = rounds.by_round([rounds.interviews_by_round(people), rounds.capacity_by_round(none["capacity"], ROUNDS)])
    assert made.empty
    assert rounds.action_figures(agreed({"agreed": "2025-07-01"}).assign(wave=1), made).empty


def test_who_raised_a_theme_in_no_recorded_direction_counts_in_no_share() -> None:
    same = {"pair": "P1", "side": "receiver", "theme": "culture", "wave": 1}
    for ways, n, value in (
        (["unrecorded", None], 1, None),
        (["unrecorded", "barrier", None], 2, 0.5),
        (["unrecorded"] * 2, 0, None),
    ):
        people = pd.DataFrame([{**same, "participant": f"N{k}", "direction": way} for k, way in enumerate(ways)])
        shares = rounds.interviews_by_round(people)
        share = shares[(shares["pair"] == "P1") & (shares["measure"] == "barrier")]
        assert share["n"].tolist() == [n]
        assert share["value"].dropna().tolist() == ([] if value is None else [value])
        assert share["ci_low"].isna().tolist() == [value is None]
