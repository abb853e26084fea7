"""Whether a job stands finished as it is asked for: told from its files, before any library is opened."""

from __future__ import annotations

import json
from pathlib import Path

from buddy_eval.base.files import load_json, sha256, write_atomic
from buddy_eval.base.manifest import code_version

KINDS = (".csv", ".parquet")
FINISHED = ".finished.json"
BESIDE = ("job.json", "counts.csv")  # what stands beside the spans, a file a part
Inputs = list[list[object]]


def input_files(source: Path) -> list[Path]:
    """Return what is read of a source: the file, or all `.csv` and `.parquet` files below a folder, by their names."""
    paths = sorted(source.rglob("*")) if source.is_dir() else [source]
    return [path for path in paths if path.suffix.lower() in KINDS and path.is_file()]


def inputs(source: Path, columns: tuple[str, ...], machine: Path | None) -> Inputs:
    """Return what a job is done from: the code, the columns, the machine's own file by its hash, and the files."""
    asked: list[object] = [code_version(), *columns, *([sha256(machine)] if machine and machine.is_file() else [])]
    return [asked, *map(_stamp, input_files(source))]


def keep_finished(out: Path, before: Inputs) -> None:
    """Write down what a job that has come to its end wrote, and what it was done from, as that was before it began."""
    write_atomic(out / FINISHED, json.dumps({"inputs": before, "outputs": _outputs(out)}).encode())


def parts_that_stand(out: Path, now: Inputs) -> int:
    """Return how many parts a job would find done, with nothing to write; 0 where it has something to do."""
    try:
        outputs = _outputs(out)
        return len(outputs) - len(BESIDE) if load_json(out / FINISHED) == {"inputs": now, "outputs": outputs} else 0
    except (OSError, ValueError):  # not finished yet, or written over
        return 0


def _outputs(out: Path) -> Inputs:
    return [_stamp(path) for path in (*(out / name for name in BESIDE), *sorted((out / "spans").glob("*.parquet")))]


def _stamp(path: Path) -> list[object]:
    stat = path.stat()
    return [path.name, stat.st_size, stat.st_mtime_ns]
