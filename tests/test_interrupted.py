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

import small_study
from buddy_eval.base.manifest import MANIFEST
from buddy_eval.pipeline import run as pipeline
from buddy_eval.study.settings import load_study

COMMAND = [sys.executable, "-m", "buddy_eval", "run"]
KILLS = int(os.environ.get("BUDDY_EVAL_KILLS", "4"))  # more for a drill
NOTEBOOKS = ("09-codebook.ipynb",)  # the shortest of the reports


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A small study after an undisturbed run of the whole command, and the seconds that it took."""
    folder = small_study.cut(tmp_path_factory.mktemp("finished") / "study", NOTEBOOKS)
    started = time.perf_counter()
    subprocess.run([*COMMAND, str(folder)], check=True, capture_output=True)
    return folder, time.perf_counter() - started


@pytest.fixture
def finished(undisturbed: tuple[Path, float]) -> Path:
    """The study after the undisturbed run."""
    return undisturbed[0]


def fresh(finished: Path, folder: Path) -> Path:
    """The same study before its first run."""
    return Path(shutil.copytree(finished, folder, ignore=shutil.ignore_patterns("processed", "reports")))


def made(folder: Path) -> dict[str, str]:
    """Everything that a run made: tables, manifest and reports, and nothing that a run may leave behind."""
    found = small_study.contents(folder / "data" / "processed") | small_study.contents(folder / "reports")
    found.pop(".lock", None)
    return found


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to kill")
def test_a_kill_at_any_moment_does_no_harm_to_the_tables(undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    """Kills within the pipeline's part, each on a fresh copy; a plain re-run makes the same bytes."""
    finished, whole = undisturbed
    moments = random.Random(2013)
    half_way = 0
    for number in range(KILLS):
        folder = fresh(finished, tmp_path / str(number))
        kill_after(moments.uniform(0.1, 0.7) * whole, folder)
        half_way += tables(folder).keys() != tables(finished).keys()
        pipeline.run(load_study(folder), lambda line: None)
        assert tables(folder) == tables(finished)
    assert half_way > 0  # or every kill came too late to try anything


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to kill")
def test_after_some_kills_the_same_command_ends_as_if_nothing_had_been(
    undisturbed: tuple[Path, float], tmp_path: Path
) -> None:
    finished, whole = undisturbed
    moments = random.Random(2026)
    folder = fresh(finished, tmp_path / "study")
    for _ in range(max(2, KILLS // 4)):
        kill_after(moments.uniform(0.2, 0.9) * whole, folder)
    subprocess.run([*COMMAND, str(folder)], check=True, capture_output=True)
    assert made(folder) == made(finished)


def test_what_a_killed_run_left_half_written_is_swept_away(finished: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "study"))
    left = [folder / "data" / "processed" / ".a1.part", folder / "reports" / "public" / ".b2.part"]
    for path in left:
        path.write_bytes(b"half of some")
    pipeline.run(load_study(folder), lambda line: None)
    assert made(folder) == made(finished)


def kill_after(seconds: float, folder: Path) -> None:
    """Start the whole command, and kill it with all that it started."""
    with subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL, start_new_session=True) as process:
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)


def tables(folder: Path) -> dict[str, str]:
    """The processed tables, and whatever else lies beside them, but for what only whole runs write."""
    found = small_study.contents(folder / "data" / "processed")
    return {name: value for name, value in found.items() if name not in {".lock", "guards.json", MANIFEST}}


def test_two_runs_at_once_both_end_well(finished: Path, tmp_path: Path) -> None:
    folder = fresh(finished, tmp_path / "study")
    runs = [subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in runs] == [0, 0]
    assert made(folder) == made(finished)


def test_a_run_leaves_every_raw_file_as_it_was(finished: Path, tmp_path: Path) -> None:
    untouched = small_study.cut(tmp_path, NOTEBOOKS)
    made_by_run = ("data/processed/", "reports/")
    left = {name: value for name, value in small_study.contents(finished).items() if not name.startswith(made_by_run)}
    assert left == small_study.contents(untouched)


def test_raw_files_may_lie_where_nothing_can_be_written(finished: Path, tmp_path: Path) -> None:
    """A read-only mount, which holds for the superuser too; removing permissions would not."""
    folder = fresh(finished, tmp_path / "study")
    raw = folder / "data" / "raw"
    within = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && '
    tried = 'if touch "$1/new" 2>/dev/null; then exit 1; fi'
    if not shutil.which("unshare") or subprocess.run([*within, mount + tried, "-", str(raw)], check=False).returncode:
        pytest.skip("no read-only mount can be made here")
    quietly = "import sys, pathlib\nfrom buddy_eval.pipeline import run as pipeline\n"
    quietly += "from buddy_eval.study import settings as study\n"
    quietly += "pipeline.run(study.load_study(pathlib.Path(sys.argv[1])), lambda line: None)"
    script = mount + 'exec "$2" -c "$3" "$4"'
    subprocess.run([*within, script, "-", str(raw), sys.executable, quietly, str(folder)], check=True)
    assert tables(folder) == tables(finished)


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and hears of every write")
def test_kills_and_full_disks_do_no_harm_to_releases_and_codings() -> None:
    """A few of each; `benchmarks/kills.py` tries 500, of `run` and `publish` too."""
    drill = Path(__file__).resolve().parents[1] / "benchmarks" / "kills.py"
    done = subprocess.run([sys.executable, str(drill), "20", "release", "code"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kills: 12" in done.stdout
