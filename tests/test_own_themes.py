"""Themes of a team's own: files to change, what does not fit named in them, and a report on three themes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

import small_study
import survey_tools
from buddy_eval.cli.main import main
from buddy_eval.start.answers import answers_file
from buddy_eval.start.own_themes import own_files
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import load_study
from test_kit import setup_of

KEPT = {"culture": ("work", "How we work"), "capacity": ("means", "Means & time"), "evaluation": ("learn", "Learning")}


def three_themes(folder: Path, *, items_too: bool = True) -> None:
    """Keep three of the themes under names of the team's own."""
    book, asked = (yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")) for name in ("codebook", "instrument"))
    book["themes"] = [one for one in book["themes"] if one["id"] in KEPT]
    for theme in book["themes"]:
        theme["id"], theme["label"] = KEPT[theme["id"]]
    book["codebook"]["id"] = "ours"
    for part in ("items", "questions") if items_too else ():
        rows: list[dict[str, Any]] = asked[part]
        asked[part] = [
            {**row, "theme": KEPT[row["theme"]][0]} if "theme" in row else row
            for row in rows
            if row.get("theme", "culture") in KEPT
        ]
    for name, made in (("codebook", book), ("instrument", asked)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files to change, and the answers to the questions of `init`."""
    assert main(["init", "--codebook", str(tmp_path / "s")]) == 0
    assert {path.name for path in (tmp_path / "s").iterdir()} == set(own_files())
    (tmp_path / "a.toml").write_bytes(answers_file(setup_of(tmp_path)))
    return tmp_path / "s"


def init(folder: Path) -> int:
    return main(["init", "--codebook", "--answers", str(folder.parent / "a.toml"), str(folder)])


def test_what_no_longer_fits_is_named_in_the_teams_own_file_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three_themes(folder, items_too=False)
    before = small_study.contents(folder)
    assert init(folder) == 1
    said = capsys.readouterr().err
    assert "instrument.yaml row" in said
    assert "theme 'culture' is not in the codebook; use one of: learn, means, work" in said
    assert small_study.contents(folder) == before


def test_from_three_themes_to_a_report_on_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three_themes(folder)
    path = folder / "codebook.yaml"
    book = yaml.safe_load(path.read_text("utf-8"))
    del book["themes"][0]["codes"][0]["terms"]
    path.write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    assert init(folder) == 0
    assert f"codebook.yaml: no terms suggest {book['themes'][0]['codes'][0]['id']}" in capsys.readouterr().out
    guide = next((folder / "kit" / "interviews").glob("*.docx"))
    for _, label in KEPT.values():
        assert label in survey_tools.word_text(guide)
    assert "Communication and visibility" not in survey_tools.word_text(guide)
    answered(folder)
    for notebook in (folder / "notebooks").glob("*.ipynb"):
        if not notebook.name.startswith(("03", "07")):
            notebook.unlink()
    assert main(["check", str(folder)]) == 0
    assert main(["run", str(folder)]) == 0
    report = (folder / "reports" / "internal" / "report.html").read_text(encoding="utf-8")
    for label in ("How we work", "Means &amp; time", "Learning"):
        assert label in report
    for label in set(load_codebook().themes["label"]) - {label for _, label in KEPT.values()}:
        assert label not in report


def answered(folder: Path) -> None:
    """Twelve people on each side of the pair answer the team's own items."""
    study = load_study(folder)
    items = yaml.safe_load((folder / "instrument.yaml").read_text("utf-8"))["items"]
    pair = small_study.table(study.raw_folder / "pairs.csv")[1][0]
    path = study.raw_folder / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "pair", "side", "role", *(item["text"] for item in items)])
        for n in range(24):
            cells = [
                "" if item.get("kind") == "free_text" else 1 + (n * 7 + place) % 5 for place, item in enumerate(items)
            ]
            rows.writerow([n, pair, ("supporter", "receiver")[n % 2], "board", *cells])
    toml = folder / "study.toml"
    text = toml.read_text(encoding="utf-8").replace(study.survey[0].file, "answers.csv")
    toml.write_text(text, encoding="utf-8")
