"""Save and Export goes by the door of `publish`: notice, readers, footer, gate; own output with its words."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import get_exporter
from nbformat import NotebookNode

from buddy_eval.base.errors import causes
from buddy_eval.disclose.results import PAIR, PROFILE
from buddy_eval.publish.execute import Runner
from buddy_eval.publish.exporter import BuddyReport
from buddy_eval.publish.gate.notebook import notebook_faults
from buddy_eval.publish.own_output import ALT, APART, CAPTION
from invented_cells import PNG, code, markdown, notebook, shown

Export = Callable[..., "subprocess.CompletedProcess[str]"]
DRAW = "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2], [2, 4])\nplt.show()"
FRAME = "import pandas as pd\npd.DataFrame({'Month': ['May', 'June'], 'Wards': ['a third', 'half']})"
WORDS = {"alt": "A line that doubles from 2 to 4", "caption": "A line of my own"}


@pytest.fixture(scope="module")
def study(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The illustrative study as it was run, to put notebooks in."""
    folder = tmp_path_factory.mktemp("door") / "study"
    shutil.copytree(published, folder, ignore=shutil.ignore_patterns("src", "tests", "reports", "docs"))
    return folder


@pytest.fixture(scope="module")
def run(study: Path) -> Callable[[str, str], NotebookNode]:
    def runs(name: str, profile: str) -> NotebookNode:
        with Runner(study) as runner:
            return runner.run(study / "notebooks" / name, profile)

    return runs


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Call the real command on a notebook; its page, where there is one, lies beside it."""

    def exports(path: Path, *options: str, profile: str = "") -> subprocess.CompletedProcess[str]:
        jupyter = shutil.which("jupyter", path=str(Path(sys.executable).parent))
        assert jupyter is not None
        own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "RUNTIME")}
        outside = {name: value for name, value in os.environ.items() if name not in {PROFILE, PAIR}}
        env = {**outside, **own, **({PROFILE: profile} if profile else {})}
        command = [jupyter, "nbconvert", "--to", "buddy_report", *options, path.name]
        return subprocess.run(command, cwd=path.parent, env=env, capture_output=True, text=True, check=False)

    return exports


def saved(folder: Path, made: NotebookNode, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    nbformat.write(made, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def own(source: str, **about: Any) -> NotebookNode:
    made = nbformat.v4.new_notebook(cells=[markdown("# My own\n\nWords."), code(source)])
    made.cells[1].metadata.update(about)
    return made  # type: ignore[no-any-return, unused-ignore]


def refused(done: subprocess.CompletedProcess[str], path: Path) -> str:
    """What a command said that kept a page back: plain lines, and no page."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not path.with_suffix(".html").exists()
    return done.stderr


def test_jupyter_knows_the_exporter_by_its_name() -> None:
    assert get_exporter("buddy_report") is BuddyReport  # type: ignore[no-untyped-call]


def test_an_exported_page_is_the_one_that_publish_makes(
    published: Path, study: Path, run: Callable[[str, str], NotebookNode], export: Export
) -> None:
    path = saved(study / "exports", run("08-public-summary.ipynb", "public"), "summary")
    done = export(path, profile="public")
    assert done.returncode == 0, done.stderr
    ours, theirs = read(path.with_suffix(".html")), read(published / "reports" / "public" / "summary.html")
    assert str(ours.main) == str(theirs.main)
    assert str(ours.header) == str(theirs.header)
    assert [line.get_text().split(" by ")[0] for line in ours.select("footer p")] == [
        "For the public. Buddying between eight pairs of trusts. The buddy_eval contributors.",
        "Saved from a notebook as it was last run",
    ]
    assert [line.get_text() for line in ours.select("footer p")][:1] == [
        line.get_text() for line in theirs.select("footer p")
    ][:1]


def test_what_was_run_for_the_team_says_so_and_is_not_exported_for_the_public(
    study: Path, run: Callable[[str, str], NotebookNode], export: Export
) -> None:
    path = saved(study / "exports", run("02-interviews.ipynb", "internal"), "interviews")
    said = refused(export(path, profile="public"), path)
    assert "not what these readers may see; run the notebook for these readers" in said
    assert export(path).returncode == 0
    page = read(path.with_suffix(".html"))
    assert "For the team." in page.footer.get_text()  # type: ignore[union-attr]
    assert "Invented for illustration" in page.header.get_text()  # type: ignore[union-attr]


def test_a_notebook_that_was_not_run_is_refused_with_the_remedy(study: Path, export: Export) -> None:
    path = study / "notebooks" / "04-comparison.ipynb"
    said = refused(export(path), path)
    assert "cells with code were not run; run all cells (Run, Run All Cells), save, and export again" in said


def test_a_notebook_outside_of_any_study_is_refused(tmp_path: Path, export: Export) -> None:
    path = saved(tmp_path / "elsewhere", notebook(markdown("Words.")), "x")
    assert "no study in 'elsewhere'" in refused(export(path), path)


def test_own_pictures_and_tables_are_published_with_the_words_of_their_cell(study: Path, export: Export) -> None:
    made = own(DRAW, **WORDS)
    made.cells.append(code(FRAME))
    made.cells[2].metadata["caption"] = "Wards, as I counted them"
    path = saved(study / "exports", made, "own")
    done = export(path, "--execute")
    assert done.returncode == 0, done.stderr
    page = read(path.with_suffix(".html"))
    figures = [(figure.img["alt"], figure.figcaption.get_text()) for figure in page.find_all("figure")]  # type: ignore[index, union-attr]
    assert figures == [(WORDS["alt"], WORDS["caption"])]
    assert len(page.find_all("img")) == 1
    assert [caption.get_text() for caption in page.find_all("caption")] == ["Wards, as I counted them"]
    assert "a third" in page.table.get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize(("source", "remedy"), [(DRAW, ALT), (FRAME, CAPTION)])
def test_own_output_without_words_is_refused_in_one_line_that_says_how_to_add_them(
    study: Path, export: Export, source: str, remedy: str
) -> None:
    path = saved(study / "exports", own(source), "wordless")
    told = [line for line in refused(export(path, "--execute"), path).splitlines() if line.startswith("wordless.ipynb")]
    assert len(told) == 1
    assert told[0].startswith("wordless.ipynb: cell 2: shows a ")
    assert told[0].endswith(remedy)


def faults(*outputs: NotebookNode, **about: str) -> list[tuple[str, str]]:
    cell = code("", *outputs)
    cell.metadata.update(about)
    return [(fault.problem, fault.remedy) for fault in notebook_faults(notebook(cell), "x.ipynb")]


def test_a_plotly_figure_is_published_as_a_picture_and_otherwise_the_way_is_said() -> None:
    kind = "application/vnd.plotly.v1+json"
    bundle: dict[str, Any] = {kind: {"data": [{"y": [1, 2]}]}, "text/html": "<script>draw()</script>"}
    alone, drawn = (nbformat.v4.new_output("display_data", data) for data in (bundle, {**bundle, "image/png": PNG}))  # type: ignore[no-untyped-call, unused-ignore]
    assert (f"cell 1: an output of type {kind} brings its data along", 'show it as a picture: figure.show("png")') in (
        faults(alone)
    )
    assert faults(drawn, alt="Two points, 1 and 2") == []


def test_one_text_does_not_stand_for_two_pictures() -> None:
    two = [shown("image/png", PNG), shown("image/png", PNG)]
    assert faults(*two, alt="What both show") == [("cell 1: shows 2 pictures that share their words", APART)]


def test_cells_that_hide_are_named_as_cells() -> None:
    cells = [code("1") for _ in range(5)]
    for cell, tag in zip(cells[1:], ("hide-input", "hide-input", "hide-cell"), strict=False):
        cell.metadata["tags"] = [tag]
    (line,) = causes(notebook_faults(notebook(*cells), "x.ipynb"))
    said = "x.ipynb: cell 2: tag 'hide-input' hides without removing; use remove-cell or remove-input"
    assert line == f"{said} (also cell 3; cell 4, 'hide-cell')"
