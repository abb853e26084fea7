"""The illustrative study: its counted part comes from the generator, and the analysis finds what is planted in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import generate
from buddy_eval.pipeline import run as pipeline
from buddy_eval.present import wording
from buddy_eval.study.settings import load_study

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
WAVES = (1, 2)
NULLS = ("culture", "evaluation", "regulation")
Read = Callable[[str], pd.DataFrame]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the generator writes."""
    folder = tmp_path_factory.mktemp("generated")
    generate.main(folder)
    return folder


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The tables of the illustrative study, made anew from `data/raw`."""
    root = tmp_path_factory.mktemp("study")
    shutil.copytree(RAW, root / "data" / "raw")
    shutil.copyfile(ROOT / "study.toml", root / "study.toml")
    study = load_study(root)
    pipeline.run(study, lambda line: None)
    return lambda name: pipeline.read(study, name)


def cells(path: Path) -> list[list[list[object]]]:
    """The values of every sheet of a workbook; its bytes hold the date on which it was written."""
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(path).worksheets]


KEPT = ("rounds.csv", "capacity.csv", "communications.csv", "actions.csv")


@pytest.mark.parametrize("name", ["survey_wave_1.csv", "outcomes.csv", *KEPT])
def test_the_generator_makes_the_tables_of_the_study(generated: Path, name: str) -> None:
    assert (generated / name).read_bytes() == (RAW / name).read_bytes()


def test_the_generator_makes_the_workbooks_of_the_study(generated: Path) -> None:
    made = sorted(path.relative_to(generated) for path in generated.rglob("*.xlsx"))
    assert made == sorted(path.relative_to(RAW) for path in RAW.rglob("*.xlsx"))
    assert len(made) == 33  # the second wave, and sixteen boards in two rounds
    for name in made:
        assert cells(generated / name) == cells(RAW / name)


def test_the_generator_makes_the_invitations_to_the_survey(generated: Path) -> None:
    ours = pd.read_csv(RAW / "invitations.csv").query("kind == 'survey'").reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.read_csv(generated / "invitations_survey.csv"), ours)


def survey_findings(read: Read, contrast: str = "supporter minus receiver") -> pd.DataFrame:
    found = read("findings")
    return found[(found["outcome"] == "survey") & (found["contrast"] == contrast)]


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("theme", list(generate.GAPS))
def test_the_interval_over_pairs_covers_the_planted_mean(read: Read, theme: str, wave: int) -> None:
    planted = np.mean([generate.planted(pair, theme, wave) for pair in generate.PAIRS])
    found = survey_findings(read)
    row = found[(found["theme"] == theme) & (found["wave"] == wave)].iloc[0]
    assert row["n_pairs"] == len(generate.PAIRS)
    assert row["ci_low"] <= planted <= row["ci_high"]
    if theme not in NULLS:
        assert row["ci_low"] > 0 or row["ci_high"] < 0
        assert row["p_value"] < 0.05


def test_no_difference_is_claimed_where_none_is_planted(read: Read) -> None:
    found = survey_findings(read)
    nulls = found[found["theme"].isin(NULLS)]
    assert len(nulls) == len(NULLS) * len(WAVES)
    assert (nulls["p_adjusted"] > 0.05).all()
    assert ((nulls["ci_low"] < 0) & (nulls["ci_high"] > 0)).all()


def test_only_the_gap_in_communication_narrowed(read: Read) -> None:
    found = survey_findings(read, "gap in wave 2 minus gap in wave 1").set_index("theme")
    for theme in generate.GAPS:
        changes = [generate.planted(pair, theme, 2) - generate.planted(pair, theme, 1) for pair in generate.PAIRS]
        row = found.loc[theme].to_dict()
        assert row["ci_low"] <= np.mean(changes) <= row["ci_high"]
    clear = found[(found["ci_high"] < 0) | (found["ci_low"] > 0)]
    assert list(clear.index) == ["communication"]
    assert clear["estimate"].iloc[0] < 0


@pytest.mark.parametrize(("pair", "theme"), list(generate.EXCEPTIONS))
def test_a_pair_unlike_the_others_stands_out(read: Read, pair: str, theme: str) -> None:
    gaps = read("gaps").query("outcome == 'survey' and theme == @theme and wave == 1").set_index("pair")
    row = gaps.loc[pair].to_dict()
    assert row["ci_low"] <= generate.planted(pair, theme, 1) <= row["ci_high"]
    assert gaps["estimate"].idxmax() == pair


def test_the_split_side_is_marked_and_no_other_is_split_as_far(read: Read) -> None:
    within = read("within").sort_values("rwg")
    most = within.iloc[0]
    assert (most["pair"], most["side"], most["theme"], most["wave"]) == generate.SPLIT
    assert most["rwg"] < 0.35
    assert most["split"]
    assert within["rwg"].iloc[1:].min() > 0.60
    assert not within.loc[within["rwg"] >= 0.70, "split"].any()


@pytest.mark.parametrize(
    ("ods", "indicator", "signal"),
    [
        ("ZB1", "A&E within four hours", "improvement"),
        ("ZB8", "A&E within four hours", "improvement"),
        ("ZA6", "Falls per 1,000 bed days", "concern"),
        ("ZB7", "Vacancy rate", "concern"),
    ],
)
def test_a_planted_change_is_a_signal_at_the_end_of_its_chart(
    read: Read, ods: str, indicator: str, signal: str
) -> None:
    assert generate.change(ods, indicator)[-1] != 0
    chart = read("signals").query("ods == @ods and indicator == @indicator").sort_values("period")
    assert set(chart["signal"].tail(7)) == {signal}


@pytest.mark.parametrize("indicator", list(generate.INDICATORS))
def test_against_trusts_outside_the_pairs_the_planted_mean_change_is_recovered(read: Read, indicator: str) -> None:
    first, year = generate.START, 12
    planted = [generate.change(f"ZB{n}", indicator) for n in range(1, 9)]
    change = np.mean([values[first : first + year].mean() - values[first - year : first].mean() for values in planted])
    found = read("effects").query("pair == 'all' and indicator == @indicator").set_index("term")
    row = found.loc["difference"].to_dict()
    assert (row["n_treated"], row["n_comparators"]) == (8, 12)
    assert row["ci_low"] <= change <= row["ci_high"]


def test_nothing_is_said_to_differ_where_nothing_is_planted(read: Read) -> None:
    """Every sentence that claims a direction, of survey and outcomes, placebos included."""
    found, effects = read("findings"), read("effects").query("pair == 'all'")
    claimed = {str(row["finding"]) for row in map(dict, found.to_dict("records")) if wording.clear(row)}
    planted = {f"gap-{theme}-w{wave}" for theme in generate.GAPS if theme not in NULLS for wave in WAVES}
    assert claimed <= {*planted, "gap-communication-change-w1-w2"}
    assert "gap-communication-w1" in claimed  # the largest one outlasts the allowance for all that the reports say
    said = {(row["indicator"], row["term"]) for row in map(dict, effects.to_dict("records")) if wording.clear(row)}
    assert said <= {("A&E within four hours", "difference")}


def test_only_charts_with_a_planted_change_are_mostly_special_cause(read: Read) -> None:
    found = read("signals")
    share = (found["signal"] != "common_cause").groupby([found["ods"], found["indicator"]]).mean()
    assert len(share) == 64
    changed = [key for key in share.index if generate.change(*map(str, key)).any()]
    assert list(share[share > 0.5].index) == changed
