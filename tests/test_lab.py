"""JupyterLab as a user works in it: a notebook opened in a browser, run from the menu, exported from the menu."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chromium import chromium
from lab import choose, connected, lab, wait_for

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = "04-comparison.ipynb"
WAIT = 120_000  # milliseconds, for a machine with much else to do; nothing here takes a tenth of it

pytestmark = pytest.mark.xdist_group("lab")  # one server and one browser, whatever runs beside them


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The illustrative study with its tables, in a checkout of its own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copyfile(ROOT / "study.toml", folder / "study.toml")
    for name in ("notebooks", "data/raw"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".*"))
    script = "import sys, pathlib\nfrom buddy_eval.pipeline import run as pipeline\n"
    script += (
        "from buddy_eval.study import settings as study\npipeline.run(study.load_study(pathlib.Path(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def address(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with lab(study, tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Any]:
    """The notebook, opened in a browser on a screen that is high enough to hold it, and run from the menu."""
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 1400, "height": 6000})
        opened.set_default_timeout(WAIT)
        opened.goto(f"{address}/lab/tree/notebooks/{NOTEBOOK}")
        opened.locator(".jp-NotebookPanel .jp-CodeCell").first.wait_for()
        wait_for("a kernel", lambda: connected(address, NOTEBOOK))
        choose(opened, "Run", "Run All Cells").click()
        opened.locator(".jp-OutputArea-output table caption", has_text="after partial pooling").wait_for()
        yield opened


def test_a_notebook_runs_from_the_menu_and_shows_tables_and_pictures(page: Any, study: Path) -> None:
    captions = page.locator(".jp-OutputArea-output table caption").all_inner_texts()
    views = ["The gap in other views", "The gap by group of posts", "The gap in each pair after partial pooling"]
    assert captions == ["Differences across pairs", "The gap in each pair", *views]
    assert page.locator(".jp-OutputArea-output img").first.evaluate("image => image.naturalWidth") > 500
    for trouble in ("error", "stderr"):
        assert page.locator(f"[data-mime-type='application/vnd.jupyter.{trouble}']").count() == 0
    path = study / "notebooks" / NOTEBOOK
    with page.expect_response(lambda answer: answer.request.method == "PUT" and NOTEBOOK in answer.url):
        choose(page, "File", "Save Notebook").click()
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert {output["output_type"] for output in outputs} <= {"display_data", "execute_result"}
    assert {"text/html", "image/png"} <= {kind for output in outputs for kind in output["data"]}


def test_the_menu_exports_a_notebook_as_a_buddy_report(page: Any, address: str) -> None:
    choose(page, "File", "Save and Export Notebook As").hover()
    entry = page.locator(".lm-Menu-itemLabel", has_text="Buddy_report")  # JupyterLab makes it of the exporter's name
    entry.wait_for()
    assert entry.count() == 1
    with page.expect_popup() as opened:
        entry.click()
    opened.value.close()
    what_opened = f"{address}/nbconvert/buddy_report/notebooks/{NOTEBOOK}"
    report = page.evaluate("address => fetch(address).then(answer => answer.text())", what_opened)
    assert "The gap in each pair" in report
    assert "Content-Security-Policy" in report
    assert "<script" not in report
