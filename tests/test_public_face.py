"""What whoever types `buddy_eval.` or `results` sees first."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import buddy_eval
from buddy_eval.base.errors import BuddyError
from buddy_eval.disclose.results import Results
from buddy_eval.study.settings import Study
from invented_results import invented, pairs

HEAVY = ("pandas", "numpy", "scipy", "matplotlib", "numba", "pyarrow")
OFFERED = {
    "Coder",
    "Results",
    "Start",
    "open_results",
    "tables",
    "plots",
    "agreement",
    "compare",
    "signals",
    "disclosure",
}
OFFERED |= {"Disagreements", "SampleCoder"}


def test_the_package_offers_what_people_come_for_each_with_an_example() -> None:
    assert set(dir(buddy_eval)) == OFFERED | {"__version__"}
    for name in sorted(OFFERED - {"Results", "open_results", "disclosure", "Disagreements"}):
        assert ">>>" in getattr(buddy_eval, name).__doc__, name


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, buddy_eval; sys.exit(any(name in sys.modules for name in {HEAVY}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_misspelt_name_is_answered_with_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="did you mean 'tables'"):
        _ = buddy_eval.tabels
    with pytest.raises(BuddyError, match="no table is called 'scors'; did you mean 'scores'"):
        invented(tmp_path, "internal", {}).table("scors")


def test_results_show_the_team_what_is_there_and_outsiders_no_count(tmp_path: Path) -> None:
    team = invented(tmp_path, "internal", {"pairs": pairs("A", "B")})
    assert any(line.split()[:3] == ["pairs", "2", "rows"] for line in repr(team).splitlines())
    assert '<tr><th scope="row">pairs</th><td>2</td>' in team._repr_html_()
    assert "narrows every table to one pair" in repr(team)
    public = invented(tmp_path, "public", {"pairs": pairs("A", "B")})
    for shown in (repr(public), public._repr_html_()):
        assert "profile public" in shown
        assert "Whole tables are for the team" in shown
        assert "rows" not in shown.lower()


def test_results_of_a_study_that_was_not_run_say_how_to_run_it(tmp_path: Path) -> None:
    empty = Results(Study(tmp_path, "An invented study", "A team"), "internal")
    for shown in (repr(empty), empty._repr_html_()):
        assert "No table has been written yet; run: buddy-eval run" in shown


def test_the_wheel_holds_the_package_whole_and_says_that_it_is_typed(tmp_path: Path) -> None:
    package = Path(buddy_eval.__file__).parent
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=package.parents[1], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(package.parent).as_posix() for path in files} - packed == set()
    assert "buddy_eval/py.typed" in packed
    assert any(name.startswith("buddy_eval/notebooks/01") for name in packed)
