"""What depends on a changed line is done again, and nothing else; what stands is what a run from nothing would make."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.profiles import PROFILES
from buddy_eval.cli.main import main
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish import reports
from buddy_eval.release.contents import make_release
from buddy_eval.study.settings import load_study
from invented_cells import code

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


@pytest.fixture(scope="module")
def with_codebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose only reports are the codebook for the team and the public."""
    folder = small_study.cut(tmp_path_factory.mktemp("codebooks") / "study", NOTEBOOKS[-1:], pairs=3)
    assert made(folder) == CODEBOOKS
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


def links(page: Path) -> set[str]:
    """Where an index leads to, each page that it marks as out of date with a ~ before it."""
    lines = BeautifulSoup(page.read_bytes(), "html.parser").find_all("li")
    found = {(str(a["href"]), "out of date" in line.get_text()) for line in lines for a in line.find_all("a")}
    return {"~" * late + href for href, late in found if href.endswith(".html")}


def test_a_report_that_is_kept_back_leaves_no_earlier_version_among_those_that_stand(
    with_codebooks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(with_codebooks, tmp_path / "study"))
    page = BeautifulSoup((folder / "reports" / "public" / "codebook.html").read_bytes(), "html.parser")
    longest = max((cell.get_text() for cell in page.find_all("td")), key=len)
    before = pages(folder)
    mine = {name for name in before if name.startswith("reports/public/codebook.")}
    transcript = folder / "data" / "raw" / "transcripts" / "SYN01-R1-w1.txt"
    as_it_was = transcript.read_bytes()
    said_last(folder, " ".join(longest.split()[:12]))
    assert main(["run", str(folder)]) == 1
    said = capsys.readouterr()
    assert "public/codebook.html: words that somebody said" in said.err
    assert "  public/codebook: its earlier version is out of date, and set aside in reports/out-of-date" in said.out
    after, reports_folder = pages(folder), folder / "reports"
    assert not mine & set(after)
    aside = {name.replace("reports/", "reports/out-of-date/"): before[name] for name in mine}
    assert {name: after[name] for name in after if "out-of-date" in name} == aside
    assert "No report for these readers stands" in (reports_folder / "public" / "index.html").read_text("utf-8")
    assert links(reports_folder / "public" / "index.html") == set()
    listed = links(reports_folder / "index.html")
    assert listed == {"internal/codebook.html", "out-of-date/public/codebook.html"}
    with pytest.raises(BuddyError, match=r"public/codebook does not stand"):
        make_release(load_study(folder))
    assert main(["sign", str(reports_folder / "out-of-date" / "public" / "codebook.html"), "--by", "KM"]) == 1
    capsys.readouterr()
    assert main(["sign", str(reports_folder / "public" / "codebook.html"), "--by", "KM"]) == 1
    assert "codebook.html is kept back at present; publish again to see why" in capsys.readouterr().err
    assert main(["run", str(folder)]) == 1  # nothing is there to be set aside again, and nothing is lost
    assert {name: data for name, data in pages(folder).items() if "out-of-date" in name} == aside
    transcript.write_bytes(as_it_was)
    made(folder)
    assert pages(folder) == before
    assert not (reports_folder / "out-of-date").exists()


def test_what_a_notebook_hides_is_refused_by_the_name_of_the_notebook(
    with_codebooks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(with_codebooks, tmp_path / "study"))
    path = folder / "notebooks" / NOTEBOOKS[-1]
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(code("1", tags=("hide-input",)))
    nbformat.write(notebook, path)
    assert main(["publish", str(folder), "--profile", "internal"]) == 1
    assert f"notebooks/{path.name}: cell {len(notebook.cells)}: " in capsys.readouterr().err


def test_the_brief_of_a_pair_that_was_taken_out_is_set_aside_and_unnamed_owners_are_said_once(
    finished: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "study"))
    study, said = load_study(folder), list[str]()
    pairs, actions = (pipeline.read(study, name) for name in ("pairs", "actions"))
    pipeline.write(study, "pairs", pairs[pairs["pair"] != "SYN03"])
    pipeline.write(study, "actions", actions.assign(owner_role="Head of catering"))
    reports.publish(study, ("partners",), said.append)
    left = {name for name in pages(folder) if "SYN03" in name or "public/" in name}
    assert {name for name in left if "out-of-date" not in name} == {
        f"reports/public/{name}" for name in ("codebook.docx", "codebook.html", "codebook.pdf", "index.html")
    }
    assert "reports/out-of-date/partners/brief-SYN03.docx" in left
    named = [line for line in said if "owner" in line]
    assert named == ["  briefs name 1 of the owners as 'an owner'; buddy-eval check says where, and what to do"]


def test_a_report_that_was_not_made_again_is_listed_as_out_of_date(with_codebooks: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(with_codebooks, tmp_path / "study"))
    replaced(folder / "study.toml", "suppress_below = 8", "suppress_below = 9")
    assert main(["publish", str(folder), "--profile", "internal"]) == 0
    assert links(folder / "reports" / "internal" / "index.html") == {"codebook.html"}
    assert links(folder / "reports" / "index.html") == {"internal/codebook.html", "~public/codebook.html"}
    assert links(folder / "reports" / "public" / "index.html") == {"~codebook.html"}
    made(folder)
    assert links(folder / "reports" / "index.html") == {"internal/codebook.html", "public/codebook.html"}
    book = nbformat.read(folder / "notebooks" / NOTEBOOKS[-1], 4)
    book.cells.append(code("raise KeyError"))
    nbformat.write(book, folder / "notebooks" / NOTEBOOKS[-1])
    assert main(["run", str(folder)]) == 1
    assert links(folder / "reports" / "index.html") == {"~internal/codebook.html", "~public/codebook.html"}


def test_who_signs_a_report_is_told_that_what_it_was_made_from_has_changed(
    with_codebooks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a refused run the earlier report could be signed without a word on it."""
    folder = Path(shutil.copytree(with_codebooks, tmp_path / "study"))
    report, told = folder / "reports" / "public" / "codebook.html", "something that it was made from has changed since"

    def signed() -> str:
        assert main(["sign", str(report), "--by", "A. Chair"]) == 0
        return capsys.readouterr().out

    assert told not in signed()
    replaced(folder / "data" / "raw" / "participants.csv", "receiver", "reciever")
    assert main(["run", str(folder)]) == 1
    assert told in signed()


def test_a_chapter_that_a_page_cannot_hold_is_named_with_its_report(with_codebooks: Path, tmp_path: Path) -> None:
    """One of seven chapters had a table of 11 columns, and the refusal named the table alone."""
    folder = Path(shutil.copytree(with_codebooks, tmp_path / "study"))
    wide = "import pandas as pd\npd.DataFrame([range(11)], index=['Falls']).rename_axis('Ward').reset_index()"
    cell = nbformat.v4.new_code_cell(wide, metadata={"caption": "Falls by month"})
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Wards"), cell])
    nbformat.write(own, folder / "notebooks" / "13-wards.ipynb")
    replaced(folder / "study.toml", "[study]", '[study]\nchapters = ["13-wards.ipynb"]')
    named = r"internal/report is not made: notebooks/13-wards.ipynb: the table .* has 1[23] columns, row labels counted"
    with pytest.raises(BuddyError, match=named):
        made(folder)
