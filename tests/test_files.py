"""Files are whole or not there, and receipts know when a step has to be done again."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import sha256, write_atomic
from buddy_eval.base.manifest import Manifest, code_version, engines

KILLED = """
import os, signal, sys
from pathlib import Path
from buddy_eval.base import files
setattr(files.os, sys.argv[2], lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL))
files.write_atomic(Path(sys.argv[1]), b"new" * 100_000)
"""


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def full_disk(*given: object, **named: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "no space left")


def test_a_file_is_written_with_its_folders_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    write_atomic(path, b"first")
    write_atomic(path, b"second")
    assert path.read_bytes() == b"second"
    assert left(path.parent) == ["c.txt"]


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_atomic(path, b"same")
    before = path.stat().st_ino, path.stat().st_mtime_ns
    write_atomic(path, b"same")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == before
    write_atomic(path, b"other")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) != before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_new_file_may_be_read_by_those_whom_the_umask_lets_read(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "a.txt", b"x")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
def test_a_disk_that_fills_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "a.txt"
    write_atomic(path, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full_disk)
        with pytest.raises(BuddyError, match=r"a\.txt cannot be written: no space left"):
            write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert left(tmp_path) == ["a.txt"]
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
@pytest.mark.parametrize(("call", "content"), [("fsync", b"old"), ("replace", b"old"), ("close", b"new" * 100_000)])
def test_a_process_that_is_killed_leaves_old_or_new(tmp_path: Path, call: str, content: bytes) -> None:
    path = tmp_path / "a.txt"
    write_atomic(path, b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), call], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == content


def test_a_hash_is_of_content_and_for_a_folder_of_names_too(tmp_path: Path) -> None:
    path = tmp_path / "one" / "a.txt"
    write_atomic(path, b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    first = sha256(tmp_path)
    write_atomic(tmp_path / "one" / "__pycache__" / "a.pyc", b"made anew every time")
    assert sha256(tmp_path) == first
    path.rename(tmp_path / "one" / "b.txt")
    second = sha256(tmp_path)
    write_atomic(tmp_path / "one" / "b.txt", b"abd")
    assert len({first, second, sha256(tmp_path)}) == 3


class Step:
    """A step that reads two files below a study and writes one."""

    def __init__(self, root: Path) -> None:
        self.root, self.inputs, self.output = root, [root / "a.csv", root / "b.csv"], root / "out" / "t.parquet"
        self.settings: dict[str, object] = {"seed": 1}
        for path in self.inputs:
            write_atomic(path, path.name.encode())

    def manifest(self) -> Manifest:
        return Manifest(self.root, self.root / "manifest.json")

    def do(self, *outputs: Path) -> None:
        made = self.manifest()
        for path in outputs or (self.output,):
            write_atomic(path, b"result")
        made.keep("step", made.receipt(self.inputs, self.settings), outputs or (self.output,))

    def current(self) -> bool:
        """Ask a manifest read anew from the disk, as the next run does."""
        made = self.manifest()
        return made.current("step", made.receipt(self.inputs, self.settings))


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path)


def test_a_step_is_current_only_after_it_was_done(step: Step) -> None:
    assert not step.current()
    step.do()
    assert step.current()
    assert not step.manifest().current("another", step.manifest().receipt(step.inputs, step.settings))


def test_an_input_that_changed_went_or_was_added_ends_it(step: Step) -> None:
    step.do()
    write_atomic(step.inputs[0], b"changed")
    assert not step.current()
    write_atomic(step.inputs[0], b"a.csv")
    assert step.current()
    step.inputs[1].unlink()
    assert not step.current()
    write_atomic(step.inputs[1], b"b.csv")
    step.inputs.append(step.root / "c.csv")
    assert not step.current()


def test_an_output_that_changed_or_went_ends_it(step: Step) -> None:
    step.do()
    write_atomic(step.output, b"touched by hand")
    assert not step.current()
    step.do()
    step.output.unlink()
    assert not step.current()


def test_settings_and_code_that_changed_end_it(step: Step) -> None:
    step.do()
    step.settings = {"seed": 2}
    assert not step.current()
    step.settings = {"seed": 1}
    made = step.manifest()
    receipt = made.receipt(step.inputs, step.settings)
    assert receipt["code"] == code_version()
    assert made.current("step", receipt)
    assert not made.current("step", {**receipt, "code": "another version"})


def test_the_order_of_inputs_and_settings_makes_no_difference(step: Step) -> None:
    step.settings = {"a": 1, "b": 2}
    step.do()
    step.inputs.reverse()
    step.settings = {"b": 2, "a": 1}
    assert step.current()


def test_what_a_step_no_longer_makes_is_removed(step: Step) -> None:
    old, new = step.root / "out" / "old.parquet", step.root / "out" / "new.parquet"
    step.do(old, new)
    step.do(new)
    assert left(step.root / "out") == ["new.parquet"]


def test_the_data_version_is_of_tables_only_and_the_same_for_the_same_tables(step: Step) -> None:
    step.do(step.output, step.root / "out" / "picture.svg")
    first = step.manifest().data_version()
    step.settings = {"seed": 3}
    step.do(step.output)
    assert step.manifest().data_version() == first
    write_atomic(step.output, b"other")
    made = step.manifest()
    made.keep("step", made.receipt(step.inputs, step.settings), [step.output])
    assert made.data_version() != first


def test_the_same_work_leaves_the_same_manifest(step: Step) -> None:
    step.do()
    first = (step.root / "manifest.json").read_bytes()
    (step.root / "manifest.json").unlink()
    step.do()
    assert (step.root / "manifest.json").read_bytes() == first
    assert str(step.root).encode() not in first
    assert engines()["pandas"].encode() in first


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"steps": 1}', '{"steps": {"step": []}}', '{"steps": {"step": {"outputs": 3}}}', "\xff"],
)
def test_a_manifest_that_cannot_be_read_means_that_everything_is_done_again(step: Step, content: str) -> None:
    step.do()
    (step.root / "manifest.json").write_bytes(content.encode("latin-1"))
    assert not step.current()
    step.do()
    assert step.current()
    assert step.manifest().data_version()
