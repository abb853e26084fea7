"""What tests share: values that other programs gave, and the folder of real data where there is one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from buddy_eval.base.profiles import PROFILES
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish import reports
from buddy_eval.study.settings import Study, load_study
from coding_study import in_scripts

# examples that are drawn alike in every run, without a clock: a slow machine is no failure
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "tests" / "reference"


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Any]:
    """Read one file of values kept in `tests/reference`, beside the script that made it."""
    return lambda name: json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public data, which is no part of the project; without it a test that asks is skipped."""
    folder = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no real data: set BUDDY_EVAL_REAL_DATA to its folder, or put it at ../shared/data")
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The illustrative study, run and published for all readers, in a copy that the workers of one run share."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / "illustrative", shared / "illustrative.done"
    with FileLock(shared / "illustrative.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            leave = shutil.ignore_patterns(".*", "__pycache__", "reports", "processed")
            shutil.copytree(ROOT, folder, ignore=leave)
            study = load_study(folder)
            pipeline.run(study, lambda line: None)
            reports.publish(study, PROFILES, lambda line: None)
            done.touch()
    return folder


@pytest.fixture(scope="module")
def kept_in_scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_scripts(tmp_path_factory.mktemp("coder") / "study")


@pytest.fixture
def study_in_scripts(kept_in_scripts: Path) -> Iterator[Study]:
    """Two pairs whose first transcript is written in many scripts; what a test codes is taken out again."""
    yield load_study(kept_in_scripts)
    shutil.rmtree(kept_in_scripts / "data" / "coding", ignore_errors=True)
