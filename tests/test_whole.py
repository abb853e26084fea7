"""A run with nothing to do is told from the files alone; whatever changes, it is not believed to have nothing to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import small_study
from buddy_eval.base import manifest
from buddy_eval.cli.main import main
from buddy_eval.publish.whole import reports_that_stand
from buddy_eval.study.settings import load_study

NOTEBOOKS = ("09-codebook.ipynb", "11-technical-annex.ipynb")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_study.cut(tmp_path_factory.mktemp("whole") / "study", NOTEBOOKS, pairs=3)
    assert main(["run", str(folder)]) == 0
    return folder


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "study"))


def test_a_run_with_nothing_to_do_opens_no_table_and_says_the_same(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (study / "data" / "processed" / "manifest.json").touch()
    assert main(["run", str(study)]) == 0
    title, files, place = capsys.readouterr().out.splitlines()
    assert title == load_study(study).title
    assert files.startswith("9 report files, up to date in ")
    assert place.endswith("index.html")
    told = f"import sys; from buddy_eval.cli.main import main; main(['run', {str(study)!r}]); print(*sys.modules)"
    brought = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.split()
    assert "buddy_eval.publish.whole" in brought
    assert not {"pandas", "numpy", "pyarrow", "nbformat"} & set(brought)


def added(name: str, text: str = "one more\n") -> Callable[[Path], None]:
    """A change that writes a file, or a line at the end of one."""

    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((path.read_bytes() if path.exists() else b"") + text.encode())

    return change


def linked(folder: Path) -> None:
    """A folder elsewhere, behind a link in the folder of transcripts."""
    (folder.parent / "elsewhere").mkdir()
    (folder.parent / "elsewhere" / "more.txt").write_text("Interviewer: yes?\n", encoding="utf-8")
    (folder / "data" / "raw" / "transcripts" / "more").symlink_to(folder.parent / "elsewhere")


CHANGES: dict[str, Callable[[Path], None]] = {
    "a raw table": added("data/raw/outcomes.csv", " "),
    "a transcript": added("data/raw/transcripts/SYN01-R1-w1.txt"),
    "a new raw file": added("data/raw/transcripts/new.txt"),
    "a new file behind a link": linked,
    "a new journal": added("data/coding/AB.jsonl"),
    "a raw file that is gone": lambda folder: (folder / "data/raw/actions.csv").unlink(),
    "the settings": added("study.toml", "\n"),
    "what was let pass": added("allowed.csv", "text,reason,by\n"),
    "a notebook": added("notebooks/09-codebook.ipynb", " "),
    "a new notebook": added("notebooks/new.ipynb", "{}"),
    "a table": added("data/processed/findings.parquet"),
    "what the public is not shown": added("data/processed/guards.json", " "),
    "a report": added("reports/public/annex.pdf"),
    "a report that is gone": lambda folder: (folder / "reports/internal/codebook.docx").unlink(),
    "an index": lambda folder: (folder / "reports/public/index.html").unlink(),
    "the manifest": added("data/processed/manifest.json", " x"),
    "the manifest that is gone": lambda folder: (folder / "data/processed/manifest.json").unlink(),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_there_is_something_to_do(study: Path, what: str) -> None:
    assert reports_that_stand(load_study(study)) == 9
    CHANGES[what](study)
    assert reports_that_stand(load_study(study)) == 0


def test_other_code_has_everything_to_do(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "code_version", lambda: "another")
    assert reports_that_stand(load_study(study)) == 0


def test_a_notebook_in_no_report_is_said_every_time(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(study / "notebooks" / "09-codebook.ipynb", study / "notebooks" / "own.ipynb")
    text = (study / "notebooks" / "own.ipynb").read_text(encoding="utf-8")
    (study / "notebooks" / "own.ipynb").write_text(text.replace('"buddy_eval": {', '"other": {'), encoding="utf-8")
    for _ in range(2):
        capsys.readouterr()
        assert main(["run", str(study)]) == 0
        assert "in no report: notebooks/own.ipynb" in capsys.readouterr().out
