"""What may happen to a run: killed at any moment, started twice, raw files that cannot be written to."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import small_study

from buddy_eval import pipeline
from buddy_eval.study import load_study

COMMAND = [sys.executable, "-m", "buddy_eval", "run"]
NOTEBOOKS = ("09-codebook.ipynb",)  # the shortest of the reports


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study after an undisturbed run of the whole command."""
    folder = small_study.cut(tmp_path_factory.mktemp("finished") / "study", NOTEBOOKS)
    subprocess.run([*COMMAND, str(folder)], check=True, capture_output=True)
    return folder


def fresh(finished: Path, folder: Path) -> Path:
    """The same study before its first run."""
    return Path(shutil.copytree(finished, folder, ignore=shutil.ignore_patterns("processed", "reports")))


def made(folder: Path) -> dict[str, str]:
    """Everything that a run made: tables, manifest and reports, and nothing that a run may leave behind."""
    found = small_study.contents(folder / "data" / "processed") | small_study.contents(folder / "reports")
    found.pop(".lock", None)
    return found


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to kill")
def test_kills_at_any_moment_do_no_harm_to_the_tables(finished: Path, tmp_path: Path) -> None:
    """Six kills within the pipeline's part, each on a fresh copy; the plain re-run makes the same bytes."""
    moments = random.Random(2013)
    started = time.perf_counter()
    subprocess.run([*COMMAND, str(fresh(finished, tmp_path / "whole"))], check=True, capture_output=True)
    whole = time.perf_counter() - started
    stopped_early = 0
    for number in range(6):
        folder = fresh(finished, tmp_path / str(number))
        kill_after(moments.uniform(0.05, 0.75) * whole, folder)
        stopped_early += len(small_study.contents(folder / "data" / "processed", "*.parquet")) < len(tables(finished))
        pipeline.run(load_study(folder), lambda line: None)
        assert tables(folder) == tables(finished)
    assert stopped_early > 0  # or the kills came too late to try anything


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to kill")
def test_after_many_kills_the_same_command_ends_as_if_nothing_had_been(finished: Path, tmp_path: Path) -> None:
    moments = random.Random(2026)
    folder = fresh(finished, tmp_path / "study")
    for _ in range(4):
        kill_after(moments.uniform(0.5, 6), folder)
    subprocess.run([*COMMAND, str(folder)], check=True, capture_output=True)
    assert made(folder) == made(finished)


def kill_after(seconds: float, folder: Path) -> None:
    """Start the whole command, and kill it with all that it started."""
    with subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL, start_new_session=True) as process:
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)


def tables(folder: Path) -> dict[str, str]:
    """The processed tables, and whatever else lies beside them, but for what only whole runs write."""
    found = small_study.contents(folder / "data" / "processed")
    return {name: value for name, value in found.items() if name not in {".lock", pipeline.MANIFEST}}


def test_two_runs_at_once_both_end_well(finished: Path, tmp_path: Path) -> None:
    folder = fresh(finished, tmp_path / "study")
    runs = [subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in runs] == [0, 0]
    assert made(folder) == made(finished)


def test_a_run_leaves_every_raw_file_as_it_was(finished: Path, tmp_path: Path) -> None:
    folder = fresh(finished, tmp_path / "study")
    raw = folder / "data" / "raw"
    before = {path: (path.stat().st_mtime_ns, path.stat().st_mode) for path in raw.rglob("*")}
    bytes_before = small_study.contents(raw)
    pipeline.run(load_study(folder), lambda line: None)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_mode) for path in raw.rglob("*")} == before
    assert small_study.contents(raw) == bytes_before


def test_raw_files_may_lie_where_nothing_can_be_written(finished: Path, tmp_path: Path) -> None:
    """A read-only mount, which holds for the superuser too; removing permissions would not."""
    folder = fresh(finished, tmp_path / "study")
    raw = folder / "data" / "raw"
    within = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && '
    tried = 'if touch "$1/new" 2>/dev/null; then exit 1; fi'
    if not shutil.which("unshare") or subprocess.run([*within, mount + tried, "-", str(raw)], check=False).returncode:
        pytest.skip("no read-only mount can be made here")
    quietly = "import sys, pathlib; from buddy_eval import pipeline, study\n"
    quietly += "pipeline.run(study.load_study(pathlib.Path(sys.argv[1])), lambda line: None)"
    script = mount + 'exec "$2" -c "$3" "$4"'
    subprocess.run([*within, script, "-", str(raw), sys.executable, quietly, str(folder)], check=True)
    assert tables(folder) == tables(finished)
