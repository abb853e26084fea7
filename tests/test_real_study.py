"""The main job on real public data, where it is at hand: pairs of 2013, their figures, patients' comments."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import docx
import pandas as pd
import pytest

import real_study

LONG = 40  # characters from which a comment is somebody's own, not a phrase that anybody writes


@pytest.fixture(scope="module")
def study(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study built from the data, after a run of the whole command over all comments."""
    folder = tmp_path_factory.mktemp("real") / "study"
    real_study.build(folder, real_data)
    command = [sys.executable, "-m", "buddy_eval", "run", str(folder)]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return folder


def table(study: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(study / "data" / "processed" / f"{name}.parquet")


def test_ten_spells_one_of_them_without_a_known_supporter(study: Path) -> None:
    pairs = table(study, "pairs")
    assert len(pairs) == 10
    assert pairs["supporter"].isna().sum() == 1
    twice = pairs["receiver"].value_counts()
    assert list(twice[twice > 1].items()) == [("RK5", 2)]  # one receiver, two spells
    assert pairs.loc[pairs["receiver"] == "RK5", "start"].is_unique


def test_figures_of_merged_trusts_are_followed_and_the_log_says_so(study: Path) -> None:
    """Burton (RJF) went into RTG after June 2018, South Manchester (RM2) into R0A in October 2017."""
    series = table(study, "series")
    raw = pd.read_csv(study / "data" / "raw" / "outcomes.csv", dtype="str")
    period = series["period"].dt.strftime("%Y-%m").where(series["frequency"] == "month", series["period"].dt.year)
    keys = ["ods", "indicator", "period"]
    own = series.assign(period=period.astype("str")).merge(raw[keys], on=keys, how="left", indicator=True)
    followed = own[own["_merge"] == "left_only"]
    assert set(followed["ods"]) == {"RJF", "RM2"}
    first = followed[followed["frequency"] == "month"].groupby("ods")["period"].min()
    assert first.to_dict() == {"RJF": "2018-07", "RM2": "2017-10"}
    july = raw[(raw["ods"] == "RTG") & (raw["period"] == "2018-07")].iloc[0]
    ours = followed[(followed["ods"] == "RJF") & (followed["period"] == "2018-07")].iloc[0]
    assert ours["value"] == float(july["numerator"]) / float(july["denominator"])
    log = table(study, "imports").query("action == 'converted'")
    assert (log["file"].to_list(), log["n"].to_list()) == (["data/raw/outcomes.csv"], [len(followed)])


def test_no_figure_is_made_up_for_the_spell_without_a_supporter(study: Path) -> None:
    pairs = table(study, "pairs")
    alone = pairs.loc[pairs["supporter"].isna(), "pair"]
    gaps, findings = table(study, "gaps"), table(study, "findings")
    assert len(gaps) > 0
    assert not gaps["pair"].isin(alone).any()
    assert findings["n_pairs"].max() <= 9
    assert findings.loc[findings["n_pairs"] < 6, "p_value"].isna().all()


def test_every_comment_is_coded_by_the_lexicon_only(study: Path) -> None:
    given = pd.read_csv(study / "data" / "raw" / "comments.csv", dtype="str", keep_default_na=False)
    units = table(study, "units")
    assert set(units["channel"]) == {"comment"}
    said = table(study, "imports")
    nothing = said[(said["item"] == "comments") & (said["action"] == "left out")]["n"].sum()  # "n/a", "none", a stroke
    assert len(units) + nothing == (given["text"].str.strip() != "").sum()
    assert 0 < nothing < len(units) / 100
    assert table(study, "suggestions")["unit"].nunique() > 1000
    assert table(study, "codings").empty
    assert table(study, "consensus").empty


def test_no_comment_is_printed_in_any_report(study: Path) -> None:
    reports = study / "reports"
    pages = [html.unescape(re.sub("<[^>]+>", " ", path.read_text("utf-8"))) for path in reports.rglob("*.html")]
    pages += [
        "\n".join(part.text for part in docx.Document(str(path)).iter_inner_content() if hasattr(part, "text"))
        for path in reports.rglob("*.docx")
    ]
    assert len(pages) > 10
    everything = plain(" ".join(pages))
    assert plain("The comments are patients' words about their care") in everything  # the search finds what is there
    comments = [plain(text) for text in table(study, "units")["text"]]
    long = [text for text in comments if len(text) >= LONG]
    assert len(long) > 5000
    assert [text for text in long if text in everything] == []


def plain(text: str) -> str:
    """Compare words without regard to spaces and case."""
    return " ".join(text.split()).casefold()
