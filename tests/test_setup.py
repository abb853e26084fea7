"""The set-up: its files agree with each other, and `do.py` survives what may happen to it."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

import environment_file

ROOT = Path(__file__).resolve().parents[1]
LOCKED = dict(
    re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def do(tmp_path: Path) -> ModuleType:
    """The module `do.py` of a checkout of its own, with nothing but what the set-up reads."""
    for name in ("do.py", "requirements.lock", "requirements-uv.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    found = importlib.util.spec_from_file_location("do", tmp_path / "do.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_environment_yml_is_what_pyproject_makes_of_it() -> None:
    assert environment_file.TARGET.read_text("utf-8") == environment_file.made()


def test_environment_yml_names_every_dependency_with_its_limits() -> None:
    listed = yaml.safe_load(environment_file.TARGET.read_text("utf-8"))["dependencies"]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    conda = [Requirement(entry) for entry in listed if isinstance(entry, str) and not entry.startswith("python>")]
    assert len(conda) + len(pip) == len(PROJECT["dependencies"]) + 2  # pip itself, and the project


@pytest.mark.parametrize("wanted", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"])
def test_the_lock_holds_a_version_that_the_project_allows(wanted: str) -> None:
    requirement = Requirement(wanted)
    assert Version(LOCKED[requirement.name.lower()]) in requirement.specifier


def test_every_locked_package_has_a_hash_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_a_word_of_the_command_line_becomes_a_command(do: ModuleType) -> None:
    assert do.command("check", ["x"]) == ["-m", "buddy_eval", "check", "x"]
    assert do.command("study", [])[:3] == ["-m", "buddy_eval", "run"]
    assert do.command("lab", ["--no-browser"]) == ["-m", "buddy_eval", "lab", str(do.ROOT), "--no-browser"]
    assert do.command("lab", ["our-study"]) == ["-m", "buddy_eval", "lab", "our-study"]


def test_messages_name_the_command_as_it_was_given(
    tmp_path: Path, do: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[list[str]] = []
    monkeypatch.setattr(do, "set_up", lambda: None)
    monkeypatch.setattr(do, "become", ended.append)
    monkeypatch.setattr(sys, "argv", ["do.py", "check", "nowhere"])
    monkeypatch.setenv("BUDDY_EVAL_CALLED", "buddy-eval")
    do.main()
    found = subprocess.run(
        [sys.executable, *ended[0]], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert "do.py init FOLDER" in found.stderr


def test_a_set_up_counts_only_with_its_stamp(do: ModuleType) -> None:
    wanted = do.stamp()
    do.BIN.mkdir(parents=True)
    do.PYTHON.touch()
    assert not do.current(wanted)  # as a kill half-way leaves it
    do.STAMP.write_text(wanted)
    assert do.current(wanted)
    do.LOCK.write_text("changed")
    assert not do.current(do.stamp())


def test_two_starts_at_once_wait_for_each_other(tmp_path: Path, do: ModuleType) -> None:
    """Each start holds the lock while it writes two marks; marks of two starts never mix."""
    script = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import do\n"
        "with do.only_one(), open('marks', 'a') as file:\n"
        "    file.write(f'{sys.argv[2]}'); file.flush(); time.sleep(0.05); file.write(f'{sys.argv[2]}')\n"
    )
    starts = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(n)], cwd=tmp_path) for n in range(4)]
    assert [start.wait() for start in starts] == [0] * 4
    marks = (tmp_path / "marks").read_text()
    assert sorted(marks[::2]) == list("0123")
    assert marks[::2] == marks[1::2]


def test_a_failed_set_up_says_so_and_leaves_no_stamp(tmp_path: Path, do: ModuleType) -> None:
    (tmp_path / "requirements-uv.txt").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    (tmp_path / "requirements.lock").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    nowhere = {**os.environ, "PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}
    ended = subprocess.run(
        [sys.executable, "do.py", "check"], cwd=tmp_path, capture_output=True, text=True, env=nowhere, check=False
    )
    assert ended.returncode == 1
    assert "give the same command again" in ended.stderr
    assert not do.STAMP.exists()
