"""Tables and pictures: they stand on any study, round and count rightly, and bring captions and alt texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from buddy_eval import plots, tables
from buddy_eval.base.profiles import PROFILES
from buddy_eval.disclose.results import Results
from buddy_eval.pipeline import run as pipeline
from buddy_eval.present import wording
from buddy_eval.present.tables.form import Heading, Prose, Quotes, Table
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import Disclosure, Study, load_study
from invented_results import Rows, interviews, invented, pairs

LABELS = dict(load_codebook(None).themes.sort_values("position")[["theme", "label"]].to_numpy())
THEMES = list(LABELS)
BARE = """[study]
title = "Pairs"
team = "A team"

[raw]
pairs = "pairs.csv"
"""
OF_NO_STUDY = ("plain", "designs")
WITH_ANOTHER = {  # what else a function of tables or plots asks for
    **dict.fromkeys(("heading", "codes", "codebook", "terms", "framework", "quotes"), THEMES[0]),
    "charts": "Falls per 1,000 bed days",
    "answer": "survey",
}
NONE_OF_IT = {"plots.rare_events"}  # of which the illustrative study holds nothing
SHOWN = [*tables.__all__, *(f"plots.{name}" for name in plots.__all__)]
FUNCTIONS = [name for name in SHOWN if not name.rpartition(".")[2][0].isupper() and name not in OF_NO_STUDY]
SEES = [("internal", None), ("public", None), ("partners", "SYN03"), ("partners", None)]


def call(name: str, results: Results) -> Any:
    """Call a function of `tables` or `plots`, for the first theme or another thing where it needs one."""
    module, _, short = name.rpartition(".")
    function: Callable[..., Any] = getattr(plots if module else tables, short)
    return function(results, WITH_ANOTHER[short]) if short in WITH_ANOTHER else function(results)


def cells(table: Table) -> list[list[str]]:
    """The rows of a table as a reader finds them on the page."""
    page = BeautifulSoup(table._repr_html_(), "html.parser")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of which nothing but the pairs is known, run as every other."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "study.toml").write_text(BARE, encoding="utf-8")
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / "raw" / "pairs.csv").write_text("pair,supporter,receiver,start\nA,S1,R1,2023-01-01\n")
    pipeline.run(load_study(folder), lambda line: None)
    return load_study(folder)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("profile", "pair"), [("internal", None), ("public", None), ("partners", "A")])
def test_a_study_of_nothing_but_its_pairs_can_be_shown(bare: Study, name: str, profile: str, pair: str | None) -> None:
    made = call(name, Results(bare, profile, pair))
    if name.startswith("plots."):
        assert made is None or made.alt
    else:
        text = BeautifulSoup(made._repr_html_(), "html.parser").get_text()
        assert text.strip()
        assert "nan" not in text.casefold().split()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("profile", "pair"), SEES)
def test_the_illustrative_study_can_be_shown(published: Path, name: str, profile: str, pair: str | None) -> None:
    made = call(name, Results(load_study(published), profile, pair))
    if isinstance(made, Table) and not made.frame.empty:
        assert list(made.frame.columns) == list(dict.fromkeys(made.frame.columns))
        assert not made.frame.isna().any(axis=None)
        assert made.caption
        assert {type(cell) for row in made.frame.to_numpy() for cell in row} == {str}
    if isinstance(made, plots.Picture):
        assert made.png.startswith(b"\x89PNG")
        assert made.caption.endswith(".")
        assert not re.search(r"\bnan\b|<NA>|, [,.]", made.alt)
    assert made is not None or name in NONE_OF_IT or (name.startswith("plots.") and profile != "internal")


def test_everything_that_a_notebook_may_show_is_in_the_list() -> None:
    kinds = {Table, Prose, Quotes, Heading}
    assert {getattr(tables, name) for name in tables.__all__ if name[0].isupper()} == kinds
    assert len(FUNCTIONS) == len(SHOWN) - len(kinds) - 1 - len(OF_NO_STUDY)  # Picture is none


def test_a_table_is_shown_with_caption_scopes_and_text_that_is_no_markup() -> None:
    frame = pd.DataFrame({"Theme & more": ["<b>bold</b>"], "n": ["3"]})
    page = BeautifulSoup(Table(frame, "A <caption>", "A < note")._repr_html_(), "html.parser")
    assert page.b is None
    assert page.caption is not None
    assert page.caption.get_text() == "A <caption>"
    assert [(cell.name, cell["scope"]) for cell in page.find_all("th")] == [("th", "col"), ("th", "col"), ("th", "row")]
    assert [cell.get_text() for cell in page.find_all(["th", "td"])] == ["Theme & more", "n", "<b>bold</b>", "3"]
    assert page.select_one("p.note") is not None


def test_the_columns_that_head_a_row_are_marked_so() -> None:
    frame = pd.DataFrame({"a": ["1"], "b": ["2"], "c": ["3"]})
    page = BeautifulSoup(Table(frame, "x", heads=2)._repr_html_(), "html.parser")
    assert [cell.name for cell in page.select("tbody tr > *")] == ["th", "th", "td"]


@pytest.mark.parametrize(
    "made", [Prose((("<b>said</b>", "<i>"),)), Quotes((("<b>said</b>", "<i>"),)), Heading("<b>said</b>")]
)
def test_words_are_shown_as_text(made: Prose | Quotes | Heading) -> None:
    page = BeautifulSoup(made._repr_html_(), "html.parser")
    assert page.find(["b", "i"]) is None
    assert "<b>said</b>" in page.get_text()


def test_a_theme_counts_people_and_not_passages(tmp_path: Path) -> None:
    talker = [("P1", "A", "receiver", "CB2", "barrier")] * 9 + [("P1", "A", "receiver", "CB3", "enabler")] * 2
    said = [*talker, ("P2", "A", "receiver", "CB2", "enabler"), ("P3", "A", "supporter", "CR1", "mixed")]
    found = cells(tables.themes(invented(tmp_path, "internal", {"pairs": pairs("A"), **interviews(said)})))
    # theme, side, asked, raised it, enabler, barrier, mixed, neutral
    assert [LABELS["culture"], "receiver", "2", "2", "1", "1", "0", "0"] in found
    assert [LABELS["culture"], "supporter", "1", "0", "0", "0", "0", "0"] in found
    assert [LABELS["capacity"], "supporter", "1", "1", "0", "0", "1", "0"] in found


def test_a_direction_that_nobody_recorded_is_not_neutral(tmp_path: Path) -> None:
    said = [("P1", "A", "receiver", "CB2", None), ("P2", "A", "receiver", "CB2", "neutral")]
    results = invented(tmp_path, "internal", {"pairs": pairs("A"), **interviews(said)})
    made = tables.themes(results)
    assert list(made.frame.columns)[-2:] == ["Neutral", "Direction not recorded"]
    assert [LABELS["culture"], "receiver", "2", "2", "0", "0", "0", "1", "1"] in cells(made)
    drawn = plots.directions(results)
    assert drawn is not None
    assert "1 neutral, 1 unrecorded" in drawn.alt


def test_a_brief_counts_its_own_pair_alone(tmp_path: Path) -> None:
    said = [(f"P{n}", "AB"[n % 2], "receiver", "CB2", "barrier") for n in range(25)]
    results = invented(tmp_path, "partners", {"pairs": pairs("A", "B"), **interviews(said)}, "B")
    assert cells(tables.themes(results))[0][:4] == [LABELS["culture"], "receiver", "10", "10"]  # 12 of the 25


def views(n: int) -> dict[str, Rows]:
    """One gap as the primary view and a view of one group of posts give it, over n people on each side."""
    row = {"outcome": "survey", "theme": "culture", "contrast": "", "wave": 1, "method": "m"}
    sizes = {
        "n_pairs": 6,
        "n_clusters": 6,
        "stands": False,
        "n_looks": 1,
        "n_supporter": n,
        "n_receiver": n,
        "estimate": 0.5,
        "caution": "",
        "contrast_kind": "gap",
        "primary": "f",
    }
    kinds = [("pairs", "", None), ("role", "--role-board", "board")]
    item = {"theme": "culture", "item": "C1", "wave": 1, "side": "receiver", "n": n, "answered": n - 1, "missing": 1}
    return {
        "comparisons": [
            {"finding": f"f{end}", "view": view, "role": role, **row, **sizes} for view, end, role in kinds
        ],
        "item_quality": [{**item, "not_applicable": 0, "dont_know": 0, "scored": True}],
    }


@pytest.mark.parametrize(("people", "rows"), [(9, 0), (10, 1)])
def test_no_view_of_the_survey_is_shown_outside_of_too_few_people(tmp_path: Path, people: int, rows: int) -> None:
    for show in (tables.views, tables.roles, tables.item_quality):
        assert len(show(invented(tmp_path, "internal", views(people))).frame) == 1
        assert len(show(invented(tmp_path, "public", views(people))).frame) == rows


@pytest.mark.parametrize(("pairs_in_it", "rows"), [(2, 0), (3, 1)])
def test_the_public_sees_no_result_of_fewer_than_three_pairs(tmp_path: Path, pairs_in_it: int, rows: int) -> None:
    row: dict[str, Any] = {
        "finding": "gap-falls",
        "outcome": "falls",
        "theme": "falls",
        "contrast": "c",
        "contrast_kind": "series",
        "method": "m",
        "caution": "",
    }
    row |= {
        "estimate": 0.5,
        "n_pairs": pairs_in_it,
        "n_clusters": pairs_in_it,
        "stands": False,
        "n_looks": 1,
        "n_supporter": 12,
        "n_receiver": 12,
    }
    effect: dict[str, Any] = {
        "kind": "k",
        "indicator": "falls",
        "pair": "all",
        "side": "receiver",
        "term": "difference",
        "placebo": False,
        "method": "m",
    }
    effect |= {"estimate": 0.5, "ci_low": 0.1, "ci_high": 0.9, "n_treated": pairs_in_it, "n_comparators": 12}
    effect |= {"n_before": 1, "n_after": 1, "caution": "", "stands": False, "n_looks": 1}
    given = {"findings": [row], "effects": [effect]}
    for profile, seen in (("internal", 1), ("public", rows)):
        results = invented(tmp_path, profile, given)
        assert len(tables.findings(results, "outcomes").frame) == seen
        assert len(tables.sentences(results, "outcomes").sentences) == seen
        assert len(tables.comparators(results).frame) == seen


def test_people_behind_a_row_are_rounded_outside(tmp_path: Path) -> None:
    shown = [tables.roles(invented(tmp_path, profile, views(13))).frame["People"] for profile in ("internal", "public")]
    assert [list(column) for column in shown] == [["13 / 13"], ["15 / 15"]]
    strict = invented(tmp_path, "public", views(13))
    strict = replace(strict, study=replace(strict.study, disclosure=Disclosure(suppress_below=14)))
    assert list(tables.roles(strict).frame["People"]) == ["withheld / withheld"]


def test_saturation_counts_no_few_people_outside(tmp_path: Path) -> None:
    rows = [
        {"side": side, "codes": "all", "k": k, "heard": 9, "expected": 9.0, "new": 0.1, "chao": 11.0}
        for side, k in (("receiver", 7), ("supporter", 13))
    ]
    team = tables.saturation(invented(tmp_path, "internal", {"saturation": rows})).frame
    assert team["People"].tolist() == ["7", "13"]
    public = tables.saturation(invented(tmp_path, "public", {"saturation": rows})).frame
    assert public["People"].tolist() == ["15"]
    assert not [column for column in map(str, public) if "New in the last" in column]  # 0.19, of 3 codes: 16 people
    assert public["Codes there may be (Chao)"].tolist() == ["11"]
    few = tables.saturation(invented(tmp_path, "public", {"saturation": [{**rows[1], "heard": 2, "chao": 2.0}]}))
    assert [head for head in few.frame if str(few.frame[head][0]).isdecimal() and head not in few.units] == ["People"]


@pytest.mark.parametrize(("hindered", "said"), [(9, 1), (5, 0)])
def test_a_brief_names_nobody_who_speaks_against_the_others(tmp_path: Path, hindered: int, said: int) -> None:
    """And nobody outside is told of most where how many these are is withheld."""
    case = {"theme": "culture", "side": "receiver", "participant": "P0", "pair": "A", "n_main": hindered}
    ways = ["enabler", "mixed", *["barrier"] * hindered]
    people = [(f"P{n}", "A", "receiver", "CB2", way) for n, way in enumerate(ways)]
    given = {
        **{"pairs": pairs("A"), **interviews(people)},
        "negative_cases": [{**case, "n_people": hindered + 2, "direction": "enabler", "main": "barrier"}],
    }
    shown = [tables.negative_cases(invented(tmp_path, *who)).frame for who in
             (("internal", given), ("public", given), ("partners", given, "A"))]  # fmt: skip
    assert [len(frame) for frame in shown] == [1, said, 0]
    assert ["P0" in frame.to_string() for frame in shown] == [True, False, False]


def test_every_figure_of_reliability_has_its_people(published: Path) -> None:
    results = Results(load_study(published), "internal")
    found = results.table("reliability").query("side == 'all' and theme == 'capacity' and wave == 1")
    n = found.set_index("statistic")["n"]
    assert n["alpha"] == n["omega"] < n["icc1"] == n["icc2"]
    made = tables.reliability(results).frame
    row = made[(made["Theme"] == LABELS["capacity"]) & (made["Wave"] == "1")].iloc[0]
    assert (row["People"], row["People (ICC)"]) == (str(n["alpha"]), str(n["icc1"]))


@pytest.mark.parametrize("name", ["themes", "joint", "readiness", "reliability", "comments", "machine"])
def test_themes_stand_in_the_order_of_the_codebook(published: Path, name: str) -> None:
    made = getattr(tables, name)(Results(load_study(published), "internal"))
    assert list(dict.fromkeys(made.frame["Theme"])) == [LABELS[theme] for theme in THEMES]


def test_findings_are_the_results_rounded(published: Path) -> None:
    results = Results(load_study(published), "internal")
    rows = {row[0]: row for row in cells(tables.findings(results))}
    found = results.table("findings").set_index("finding").loc[list(rows)]
    assert len(rows) == 15
    for name, row in found.iterrows():
        shown = [float(cell) for cell in re.findall(r"-?[\d.]+", rows[str(name)][3].replace("−", "-"))]
        assert shown == pytest.approx([row["estimate"], row["ci_low"], row["ci_high"]], abs=0.0051)


def test_findings_and_sentences_of_survey_and_series_do_not_mix(published: Path) -> None:
    results = Results(load_study(published), "internal")
    survey, series = ({row[0] for row in cells(tables.findings(results, kind))} for kind in ("survey", "outcomes"))
    everything = set(results.table("findings")["finding"])
    assert survey | series == everything
    assert not survey & series
    assert [
        {finding for _, finding in tables.sentences(results, kind).sentences} for kind in ("survey", "outcomes")
    ] == [survey, series]


def test_clear_differences_are_said_first(published: Path) -> None:
    said = [text for text, _ in tables.sentences(Results(load_study(published), "internal")).sentences]
    unclear = ["cannot tell" in text for text in said]
    assert unclear == sorted(unclear)
    assert {True, False} == set(unclear)


@pytest.mark.parametrize("outcome", ["survey", "outcomes"])
def test_in_short_every_finding_is_said_alone_or_together_with_others(published: Path, outcome: str) -> None:
    results = Results(load_study(published), "internal")
    rows = {row["finding"]: dict(row) for row in results.table("findings").to_dict("records")}
    whole = {finding for _, finding in tables.sentences(results, outcome).sentences}
    said = tables.in_short(results, outcome).sentences
    alone, together = {finding for _, finding in said if finding}, [text for text, finding in said if not finding]
    assert alone == {name for name in whole if wording.clear(rows[name])}
    assert all(text.startswith("The study cannot tell whether") for text in together)
    for row in (rows[name] for name in whole - alone):
        label = LABELS.get(row["theme"], row["theme"])
        wave = "" if pd.isna(row["wave"]) else f"[^;]*, wave {row['wave']} "
        assert any(re.search(f"[:;] {re.escape(label)}{wave}", text) for text in together)


def test_of_comparators_claims_are_said_first_and_placebos_only_as_warnings(published: Path) -> None:
    results = Results(load_study(published), "internal")
    found = results.table("effects").query("pair == 'all'")
    rows = [dict(row) for row in found.to_dict("records")]
    warned = [row for row in rows if row["placebo"] and wording.clear(row)]
    said = [text for text, _ in tables.effect_sentences(results).sentences]
    unclear = ["cannot tell" in text for text in said]
    assert unclear == sorted(unclear)
    assert sum("(placebo)" in text for text in said) == len(warned)
    assert len(said) == found["indicator"].nunique() + len(warned)


def test_rows_in_which_everything_is_withheld_are_counted_instead_of_shown() -> None:
    frame = pd.DataFrame(
        {"Code": ["A", "B", "C"], "People": ["10", "withheld", "withheld"], "All": ["15", "20", "withheld"]}
    )
    shown, gone = "rounded", "small"
    status = pd.DataFrame({"Code": "", "People": [shown, gone, gone], "All": [shown, shown, gone]})
    table = Table(frame, "Codes", "A note.", status=status)
    assert cells(table) == [["A", "10", "15"], ["B", "withheld", "20"]]
    assert "Rows left out because all their counts are small: 1." in table._repr_html_()
    assert "Nothing to show." in Table(frame[["Code"]], "Codes", "A note.")._repr_html_()
    nothing = Table(frame.iloc[2:], "Codes", "A note.", status=status.iloc[2:])._repr_html_()
    assert "<table" not in nothing
    assert "Withheld: every count is small." in nothing


def test_a_word_in_a_cell_or_a_note_withholds_nothing_and_closes_nothing() -> None:
    frame = pd.DataFrame({"Code": ["A"], "People": ["withheld"]})
    status = pd.DataFrame({"Code": [""], "People": ["shown"]})
    assert cells(Table(frame, "Codes", status=status)) == [["A", "withheld"]]
    assert "Nothing to show." in Table(frame[["Code"]], "Codes", "Withheld: no.")._repr_html_()
    assert "Withheld: no." in Table(frame[["Code"]], "Codes", closed="Withheld: no.")._repr_html_()


@pytest.mark.parametrize(("below", "drawn"), [(1, 10), (9, 0)])
def test_a_bar_without_one_of_its_parts_is_not_drawn(published: Path, below: int, drawn: int) -> None:
    results = Results(load_study(published), "public")
    results = replace(
        results, guards=frozenset(), study=replace(results.study, disclosure=Disclosure(suppress_below=below))
    )
    made = plots.directions(results)
    assert len(re.findall("enabler", made.alt)) == drawn if made else not drawn


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_picture_has_the_same_bytes(published: Path, profile: str) -> None:
    results = Results(load_study(published), profile, "SYN01" if profile == "partners" else None)
    first, second = plots.joint(results), plots.joint(results)
    assert first is not None
    assert first == second


@pytest.mark.parametrize("name", ["directions", "gaps", "answers", "joint", "sides"])
def test_alt_texts_say_every_theme_in_words(published: Path, name: str) -> None:
    made = getattr(plots, name)(Results(load_study(published), "internal"))
    assert all(label in made.alt for label in LABELS.values())


def test_a_chart_says_every_trust_of_every_pair_and_how_many_months_stand_out(published: Path) -> None:
    results = Results(load_study(published), "internal")
    made = plots.charts(results, "Falls per 1,000 bed days")
    assert made is not None
    points = results.table("signals").query("indicator == 'Falls per 1,000 bed days'")
    for pair in results.table("pairs").to_dict("records"):
        mine = points[points["ods"] == pair["supporter"]]
        special = int((mine["signal"] != "common_cause").sum())
        assert re.search(rf"{pair['pair']} supporter: .*?, {special} of {len(mine)} months", made.alt)


def test_a_quote_is_shown_once_however_many_themes_it_has(published: Path) -> None:
    shown = [quote for quote, _ in tables.quotes(Results(load_study(published), "internal"), most=100).quotes]
    assert len(shown) == len(set(shown)) > 20
    assert len(tables.quotes(Results(load_study(published), "internal"), most=4).quotes) == 4
