"""What depends on a changed line is done again, and nothing else; what stands is what a run from nothing would make."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import small_study
from buddy_eval.base.profiles import PROFILES
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish import reports
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.study.settings import load_study

NOTEBOOKS = ("07-pair-brief.ipynb", "08-public-summary.ipynb", "09-codebook.ipynb")
CODEBOOKS = {"internal/codebook", "public/codebook"}


def made(folder: Path) -> set[str]:
    """Bring a study up to date; return the reports that were made for it."""
    said: list[str] = []
    study = load_study(folder)
    pipeline.run(study, lambda line: None)
    reports.publish(study, PROFILES, said.append)
    return {line.split()[0] for line in said} - {"protect"}


def pages(folder: Path) -> dict[str, bytes]:
    kept = (path for path in sorted((folder / "reports").rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}


def from_nothing(folder: Path, place: Path) -> Path:
    return Path(shutil.copytree(folder, place, ignore=shutil.ignore_patterns("processed", "reports")))


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said_last(folder: Path, words: str) -> None:
    """Let the first participant of the study say something at the end of the interview."""
    path = folder / "data" / "raw" / "transcripts" / "SYN01-R1-w1.txt"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f" {words}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_study.cut(tmp_path_factory.mktemp("receipts") / "study", NOTEBOOKS, pairs=3)
    assert made(folder) > CODEBOOKS
    return folder


def test_every_change_makes_again_what_depends_on_it_and_the_whole_is_as_from_nothing(
    finished: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "study"))
    raw = folder / "data" / "raw"
    assert made(folder) == set()
    said_last(folder, "That is all I can think of, thank you kindly.")
    again = made(folder)  # what was said last is no quote, and no count
    assert not again & {*CODEBOOKS, "partners/brief-SYN02", "partners/brief-SYN03"}
    rows = small_study.table(raw / "outcomes.csv")
    place = rows[0].index("value")
    row = next(row for row in rows[1:] if row[place])
    row[place] = str(float(row[place]) * 3)
    small_study.write_table(raw / "outcomes.csv", rows)
    again = made(folder)
    assert {"public/summary"} <= again
    assert not again & CODEBOOKS
    replaced(raw / "survey_wave_1.csv", "Strongly agree", "Disagree")
    assert not made(folder) & CODEBOOKS
    replaced(folder / "study.toml", "suppress_below = 8", "suppress_below = 9")
    assert made(folder) > CODEBOOKS  # every setting touches every report
    assert made(whole := from_nothing(folder, tmp_path / "whole"))
    assert pages(folder) == pages(whole)


def test_words_that_somebody_says_now_stop_a_page_that_stood(finished: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "study"))
    page = BeautifulSoup((folder / "reports" / "public" / "codebook.html").read_bytes(), "html.parser")
    longest = max((cell.get_text() for cell in page.find_all("td")), key=len)
    before = pages(folder)
    said_last(folder, " ".join(longest.split()[:12]))
    with pytest.raises(RefusedError, match=r"public/codebook.html: words that somebody said"):
        made(folder)
    after = pages(folder)
    assert {name for name in before if "codebook" in name and before[name] != after[name]} == set()
