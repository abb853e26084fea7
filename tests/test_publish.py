"""From notebooks to reports: how notebooks are run, by which names they are exported, and which reports there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.manifest import code_version
from buddy_eval.base.profiles import PROFILES
from buddy_eval.cli.main import main
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish.execute import Runner
from buddy_eval.publish.reports import documents, publish
from buddy_eval.release.contents import make_release
from buddy_eval.study.settings import Study, load_study
from chromium import PLACES
from invented_cells import code, markdown, notebook
from small_study import cut
from team_study import setting


@pytest.fixture(scope="module")
def runner(published: Path) -> Iterator[Runner]:
    with Runner(published) as made:
        yield made


def test_a_module_that_is_not_there_is_named_and_nothing_else(runner: Runner, tmp_path: Path) -> None:
    for source, said in {
        "import no_such.module": "cell 1: ModuleNotFoundError: no module 'no_such' where buddy-eval is",
        "raise KeyError('PLANTED')": "cell 1: KeyError; open",
    }.items():
        nbformat.write(notebook(code(source)), tmp_path / "a.ipynb")
        with pytest.raises(BuddyError, match=said):
            runner.run(tmp_path / "a.ipynb", "internal")


def test_notebooks_run_apart_and_see_their_profile_and_pair(runner: Runner, tmp_path: Path) -> None:
    first, second = tmp_path / "first.ipynb", tmp_path / "second.ipynb"
    sources = {
        first: "import buddy_eval\nleft = 1\nr = buddy_eval.open_results()\nprint(r.profile, r.pair, r.pairs)",
        second: "'left' in dir(), 'r' in dir()",
    }
    for path, source in sources.items():
        nbformat.write(notebook(code(source)), path)
    before = first.read_bytes()
    assert runner.run(first, "partners", "SYN03").cells[0].outputs[0].text == "partners SYN03 ['SYN03']\n"
    assert runner.run(first, "public").cells[0].outputs[0].text == "public None []\n"
    assert runner.run(second, "internal").cells[0].outputs[0].data["text/plain"] == "(False, False)"
    assert first.read_bytes() == before


def test_a_notebook_that_fails_is_named_without_what_it_was_reading(runner: Runner, tmp_path: Path) -> None:
    path = tmp_path / "broken.ipynb"
    nbformat.write(notebook(markdown("text"), code("1 + 1"), code("raise KeyError('PLANTED')")), path)
    with pytest.raises(BuddyError, match=r"broken\.ipynb, cell 3: KeyError") as caught:
        runner.run(path, "internal")
    assert "PLANTED" not in str(caught.value)


def test_publishing_again_makes_nothing_anew(published: Path) -> None:
    said: list[str] = []
    paths = publish(load_study(published), PROFILES, said.append)
    assert said == []
    assert {path.suffix for path in paths} == {".html", ".docx", ".pdf", ".pptx", ".xlsx"}
    assert {path for path in paths if not path.is_file()} == set()


def study_of(folder: Path, chapters: tuple[str, ...] = (), **kinds: str) -> Study:
    """A study of three pairs whose notebooks say what kind of report they belong to."""
    study = Study(folder, "An invented study", "A team", chapters=chapters)
    found = [{"pair": name, "receiver": f"R{name}", "start": "2023-01-01"} for name in ("A", "B", "C")]
    pipeline.write(study, "pairs", pd.DataFrame(found))
    study.notebooks.mkdir()
    for name, kind in kinds.items():
        nbformat.write(notebook(**({"report": kind} if kind else {})), study.notebooks / f"{name}.ipynb")
    return study


def test_a_notebook_says_which_report_it_belongs_to(tmp_path: Path) -> None:
    study = study_of(tmp_path, ("a.ipynb",), a="", b="brief", c="summary", d="codebook", e="report", f="")
    found = {(document.profile, document.stem): document.notebooks for document in documents(study, PROFILES)}
    whole = ("c.ipynb", "a.ipynb", "e.ipynb")
    assert found == {
        ("internal", "report"): whole,
        ("internal", "codebook"): ("d.ipynb",),
        ("partners", "brief-A"): ("b.ipynb",),
        ("partners", "brief-B"): ("b.ipynb",),
        ("partners", "brief-C"): ("b.ipynb",),
        ("public", "summary"): ("c.ipynb",),
        ("public", "report"): whole,
        ("public", "codebook"): ("d.ipynb",),
    }


def test_of_one_or_two_pairs_the_public_has_the_codebook_alone(tmp_path: Path) -> None:
    study = study_of(tmp_path, a="", b="brief", c="summary", d="codebook")
    two = pipeline.read(study, "pairs").iloc[:2]
    pipeline.write(study, "pairs", two)
    assert [document.stem for document in documents(study, ("public",))] == ["codebook"]
    with pytest.raises(BuddyError, match="a study of 2 pairs has no open release"):
        make_release(study)


def test_that_a_study_of_one_pair_has_no_release_is_said_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cut(tmp_path / "one", pairs=1)
    setting("published =", "# published =")(folder)
    before = sorted(folder.rglob("*"))
    assert main(["release", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert "a study of 1 pair has no open release" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


def test_a_notebook_that_nobody_placed_is_in_no_report_and_the_line_to_write_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    publish(study_of(tmp_path, chapters=("b.ipynb",), a="", b=""), (), said.append)
    assert said == ["  in no report: notebooks/a.ipynb; to make it a chapter, add it to [study] chapters in study.toml"]


def test_a_notebook_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuddyError, match="'breif' is not one of report, brief, summary, codebook"):
        documents(study_of(tmp_path, a="breif"), PROFILES)


def test_every_published_page_names_its_code_and_data_but_no_path_and_no_clock(published: Path) -> None:
    made = re.compile(rf"code {code_version()[:12]}, data [0-9a-f]{{12}}\.$")
    paths = sorted((published / "reports").rglob("*.html"))
    assert len(paths) > 15
    for path in paths:
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert soup.footer is not None
        assert made.search(soup.footer.get_text().strip())
        assert str(published.parent) not in str(soup)
        assert not re.search(rf"\d\d:\d\d|{PLACES}|[A-Z]:\\\\", soup.get_text())
        assert not re.search(r"20\d\d-\d\d-\d\d", soup.footer.get_text())


def test_every_published_page_says_that_the_study_is_invented(published: Path) -> None:
    notice = load_study(published).notice
    assert notice.startswith("Invented")
    for path in sorted((published / "reports").rglob("*.html")):
        said = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select("header .notice")
        assert [tag.get_text() for tag in said] == [notice]


def test_a_report_on_what_was_found_bears_its_round_and_how_far_its_figures_reach(published: Path) -> None:
    dates = "; round 3, opened 8 September 2025; outcome figures to September 2025"
    bear = {"public/summary": True, "partners/brief-SYN02": True, "internal/report": True, "internal/codebook": False}
    for name, dated in bear.items():
        soup = BeautifulSoup((published / "reports" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        (subtitle,) = soup.select("p.subtitle")
        assert subtitle.get_text().endswith(dates) == dated, name
        receipt = json.loads((published / "data/processed/manifest.json").read_bytes())["steps"][f"publish:{name}"]
        assert not dated or {"by_round", "rounds", "series"} <= set(receipt["reads"])
