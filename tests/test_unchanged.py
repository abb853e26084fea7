"""`check` answers at once where nothing has changed; whatever changes, the kept answer is not believed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest
from PIL import Image

import team_study
from buddy_eval.base import manifest, seal
from buddy_eval.cli.main import main
from buddy_eval.start import unchanged
from buddy_eval.start.unchanged import ANSWER, answer_that_stands, inputs, keep_answer
from buddy_eval.study.settings import load_study

PACKAGED = Path(manifest.PACKAGE) / "instrument"
OWN = """interviewers = ["Interviewer"]
codebook = "own/codebook.yaml"
instrument = "own/instrument.yaml"
pseudonyms = ".private/key.csv"
[look]
logo = "logo.png"
[raw]
names = "names.csv"
"""
FILES = {
    "data/raw/names.csv": "name\nQuentin Marlowe\n",
    ".private/key.csv": "name,pseudonym\nAnna Bellweather,P1-R1\n",
    "maps/survey.csv": "column,item\n",
    "notebooks/own.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "data/coding/AB.jsonl": "",
    "data/processed/pairs.parquet": "a table",
    "reports/index.html": "the reports",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with every kind of file that settings can name, and the folders of a run."""
    folder = team_study.build(tmp_path_factory.mktemp("unchanged") / "study")
    settings = team_study.SETTINGS.replace('interviewers = ["Interviewer"]\n[raw]\n', OWN)
    (folder / "study.toml").write_text(settings + 'map = "maps/survey.csv"\n', encoding="utf-8")
    for name, text in FILES.items():
        added(name, text)(folder)
    for name in ("codebook.yaml", "instrument.yaml"):
        added(f"own/{name}", (PACKAGED / name).read_text(encoding="utf-8"))(folder)
    Image.new("RGB", (9, 9)).save(folder / "logo.png")
    return folder


@pytest.fixture
def study(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "study"))


def stands(folder: Path) -> bool:
    settings = load_study(folder)
    return bool(answer_that_stands(settings, inputs(settings)))


def kept(folder: Path) -> None:
    settings = load_study(folder)
    keep_answer(settings, inputs(settings), ["As it was."])
    assert stands(folder)


def added(name: str, text: str = "\n") -> Callable[[Path], None]:
    """A change that writes a file, or what comes at the end of one, and leaves its time as it was."""

    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.stat() if path.exists() else None
        path.write_bytes((path.read_bytes() if before else b"") + text.encode())
        if before:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


def another_value(folder: Path) -> None:
    """A value of the same length, in a file with the same time."""
    path = folder / "data" / "raw" / "summaries.csv"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"got on", b"fought"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def elsewhere(folder: Path) -> None:
    """A folder outside of the study, behind a link in the folder of transcripts."""
    (folder.parent / "elsewhere").mkdir()
    (folder / "data" / "raw" / "transcripts" / "more").symlink_to(folder.parent / "elsewhere")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a raw value, with its time set back": another_value,
    "a new raw file": added("data/raw/more.csv", ""),
    "a new folder": lambda folder: (folder / "data/raw/boards/old").mkdir(),
    "a raw file that is gone": lambda folder: (folder / "data/raw/actions.csv").unlink(),
    "a raw file that is open elsewhere": added("data/raw/~$tracker.xlsx", ""),
    "a folder behind a link": elsewhere,
    "a link that leads nowhere": lambda folder: (folder / "data/raw/transcripts/x").symlink_to(folder / "none"),
    "a list of names": added("data/raw/names.csv"),
    "the settings": added("study.toml", "[disclosure]\nround_to = 10\n"),
    "the codebook": added("own/codebook.yaml"),
    "the instrument": added("own/instrument.yaml"),
    "the key to the pseudonyms": added(".private/key.csv"),
    "the map of a survey": added("maps/survey.csv"),
    "the logo": added("logo.png"),
    "what was let pass": added("allowed.csv", "text,reason,by\n"),
    "a notebook": added("notebooks/own.ipynb"),
    "a journal": added("data/coding/AB.jsonl"),
    "the kit": lambda folder: (folder / "kit").mkdir(),
    "a table": added("data/processed/pairs.parquet"),
    "a report": added("reports/index.html"),
    "a report that is gone": lambda folder: (folder / "reports/index.html").unlink(),
    "the answer itself": lambda folder: _written_over(folder, "As it was.", "All is well."),
    "an answer of no lines": lambda folder: (folder / "data/processed" / ANSWER).write_text("[]"),
}  # fmt: skip


def _written_over(folder: Path, old: str, new: str) -> None:
    path = folder / "data" / "processed" / ANSWER
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_the_kept_answer_is_not_believed(study: Path, what: str) -> None:
    kept(study)
    CHANGES[what](study)
    assert not stands(study)


class Tomorrow(datetime):
    """The clock, a day on."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Tomorrow:
        return cls.fromtimestamp(datetime.now(UTC).timestamp() + 86_400, tz)


@pytest.mark.parametrize("where", ["another day", "other code", "called from another folder", "another computer"])
def test_nor_is_it_anywhere_else(study: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(study)
    if where == "another day":
        monkeypatch.setattr(unchanged, "datetime", Tomorrow)
    elif where == "other code":
        monkeypatch.setattr(unchanged, "code_version", lambda: "another")
    elif where == "called from another folder":
        monkeypatch.chdir(study)
    else:
        monkeypatch.setattr(seal, "_key", lambda: b"another")
    assert not stands(study)


def test_every_file_that_is_opened_and_every_folder_that_is_listed_counts(study: Path) -> None:
    code = """if True:
        import sys; from pathlib import Path; from buddy_eval.study.settings import load_study; opened = set()
        seen = {"open", "os.listdir", "os.scandir"}
        sys.addaudithook(lambda event, values: opened.add(values[0]) if event in seen else None)
        from buddy_eval.start.companion import standing; standing(load_study(Path(sys.argv[1])))
        print(*(name for name in opened if str(name).startswith(sys.argv[1])), sep="\\n")"""
    told = subprocess.run([sys.executable, "-c", code, str(study)], capture_output=True, text=True, check=True).stdout
    places = [Path(line) for line in told.splitlines()]
    assert {study / "own" / "codebook.yaml", study / "notebooks", study / "data" / "raw" / "boards"} <= {*places}
    for place in places:
        before = inputs(load_study(study))
        added(str(place / "more" if place.is_dir() else place), "# \n")(study)
        assert inputs(load_study(study)) not in {before, ""}, place


def test_where_a_file_changed_while_it_was_read_nothing_is_kept(study: Path) -> None:
    settings = load_study(study)
    before = inputs(settings)
    another_value(study)
    keep_answer(settings, before, ["As it was."])
    assert not (settings.processed / ANSWER).exists()


def test_an_answer_is_made_anew_as_if_none_had_been_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said() -> tuple[int, str]:
        return main(["check", str(tmp_path)]), capsys.readouterr().out

    team_study.build(tmp_path)
    (tmp_path / "data" / "processed").mkdir()
    answer = tmp_path / "data" / "processed" / ANSWER
    first = said()
    assert (first, answer.exists()) == ((0, first[1]), True)
    team_study.cell("actions.csv", 2, "Done", "1/6/2025")(tmp_path)
    second = said()
    assert "2 done" in second[1]
    assert second != first
    told = f"import sys; from buddy_eval.cli.main import main; main(['check', {str(tmp_path)!r}]); print(*sys.modules)"
    again = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    *lines, brought = again.splitlines(keepends=True)
    assert "".join(lines) == second[1]
    assert not {"pandas", "numpy", "pyarrow", "nbformat"} & {*brought.split()}
    answer.unlink()
    answer.mkdir()  # where nothing can be written, there is none
    assert said() == second
    answer.rmdir()
    team_study.cell("actions.csv", 2, "Done", "1 Juny 2025")(tmp_path)
    assert said()[0] == 1
    assert not answer.exists()
