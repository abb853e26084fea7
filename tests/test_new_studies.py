"""Studies of one's own, from the template to the reports: a survey of two pairs, interviews alone, outcomes alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import small_study
from buddy_eval.publish.document import DASHBOARD, endings
from buddy_eval.start.new_study import new_study, shipped_notebooks

COMMAND = [sys.executable, "-m", "buddy_eval"]
PEOPLE = ("board", "clinical_leadership", "improvement_team", "operational_clinical")
ABOUT = '[study]\ntitle = "Ours"\nteam = "Us"\n[raw]\npairs = "pairs.csv"\n'
INTERVIEWS = ABOUT + "".join(
    f'{name} = "{name}.csv"\n' for name in ("participants", "sources", "assignments", "codings", "approvals")
)


def reports_of(folder: Path) -> list[str]:
    """Run the whole command, and return the reports, each of which must be there in all formats."""
    ended = subprocess.run([*COMMAND, "run", str(folder)], capture_output=True, encoding="utf-8", check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    reports = folder / "reports"
    whole = [path for path in reports.rglob("*.pdf") if not path.stem.endswith(DASHBOARD)]
    made = sorted(path.relative_to(reports).with_suffix("").as_posix() for path in whole)
    wanted = {f"{stem}{ending}" for stem in made for ending in endings(Path(stem).name.split("-")[0])}
    assert all((reports / name).stat().st_size > 1000 for name in wanted)
    written = {path.relative_to(reports).as_posix() for path in reports.rglob("*.*") if path.name != "index.html"}
    assert written == wanted
    page = (reports / "index.html").read_text("utf-8")
    assert set(re.findall(r'href="([^"#:]+\.(?:html|docx|pdf|pptx|xlsx))"', page)) == written
    return made


def expected(*pairs: str) -> list[str]:
    """The reports of a study of one or two pairs: each could work out the other, so the public has no results."""
    return sorted(
        [
            "internal/codebook",
            "internal/coding",
            "internal/report",
            "public/codebook",
            *(f"partners/brief-{p}" for p in pairs),
        ]
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with two pairs and four people a side; everything else is left as it is."""
    folder = tmp_path_factory.mktemp("filled") / "ours"
    new_study(folder)
    raw = folder / "data" / "raw"
    header = small_study.table(raw / "pairs.csv")[0]
    assert header == ["pair", "supporter", "receiver", "start", "end", "note"]
    pairs = [["P1", "QA1", "QB1", "2024-04-01", "", ""], ["P2", "QA2", "QB2", "2024-05-01", "2025-04-30", ""]]
    small_study.write_table(raw / "pairs.csv", [header, *pairs])
    trusts = [[code, f"Trust {code}", "", "", ""] for code in ("QA1", "QA2", "QB1", "QB2")]
    small_study.write_table(raw / "trusts.csv", [small_study.table(raw / "trusts.csv")[0], *trusts])
    questions = small_study.table(raw / "survey_wave_1.csv")[0]
    rows = [
        [f"R{pair}{side}{place}", pair, side, role]
        + [str(1 + (place + number + (side == "supporter")) % 5) for number in range(len(questions) - 4)]
        for pair in ("P1", "P2")
        for side in ("supporter", "receiver")
        for place, role in enumerate(PEOPLE)
    ]
    small_study.write_table(raw / "survey_wave_1.csv", [questions, *rows])
    return folder


def test_the_template_filled_with_two_pairs_becomes_reports(filled: Path) -> None:
    assert reports_of(filled) == expected("P1", "P2")
    tables = filled / "data" / "processed"
    scores = pd.read_parquet(tables / "scores.parquet")
    assert scores["participant"].nunique() == 16
    findings = pd.read_parquet(tables / "findings.parquet")
    assert set(findings["n_pairs"]) == {2}
    assert findings["p_value"].isna().all()  # two pairs are too few for one
    log = pd.read_parquet(tables / "imports.parquet").set_index("file")
    assert log.loc["data/raw/boards/TEMPLATE.xlsx", "action"] == "left out"
    assert pd.read_parquet(tables / "board_answers.parquet").empty


def test_publish_makes_the_reports_for_the_readers_named_and_no_others(filled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(filled, tmp_path / "ours", ignore=shutil.ignore_patterns("reports"))
    command = [*COMMAND, "publish", str(folder), "--profile", "public"]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "3 report files for the public" in ended.stdout
    made = sorted(path.name for path in (folder / "reports").iterdir())
    assert made == ["index.html", "public"]
    assert {path.stem for path in (folder / "reports" / "public").glob("*.pdf")} == {"codebook"}


@pytest.mark.parametrize(
    ("settings", "holds", "lacks"),
    [
        (INTERVIEWS + 'transcripts = "transcripts"\n', "code_counts", "findings"),
        (ABOUT + 'outcomes = "outcomes.csv"\n', "signals", "scores"),
    ],
    ids=["interviews", "outcomes"],
)
def test_a_study_of_one_kind_of_data_becomes_reports(tmp_path: Path, settings: str, holds: str, lacks: str) -> None:
    folder = small_study.cut(tmp_path, tuple(path.name for path in shipped_notebooks()))
    (folder / "study.toml").write_text(settings, encoding="utf-8")
    assert reports_of(folder) == expected("SYN01", "SYN02")
    tables = folder / "data" / "processed"
    assert len(pd.read_parquet(tables / f"{holds}.parquet")) > 0
    assert pd.read_parquet(tables / f"{lacks}.parquet").empty
    briefs = [path.read_text("utf-8") for path in (folder / "reports" / "partners").glob("brief-*.html")]
    assert len(briefs) > 0
    assert not any("no return" in brief for brief in briefs)  # nobody asked the boards
