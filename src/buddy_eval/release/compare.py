"""A release held against a fresh one of the same study."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import BuddyError
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish import reports
from buddy_eval.read.by_hand import journals_folder
from buddy_eval.release.contents import make_release
from buddy_eval.study.settings import BESIDE, FILE, Study, load_study

INPUTS = (FILE, *BESIDE)


def reproduce(release: Path, study: Study, say: Callable[[str], None] = print) -> list[str]:
    """Run the whole study again from its raw files, in a folder of its own, and say where the release differs and why.

    Returns one line a difference; none where every byte is the same.

    Raises
    ------
    BuddyError : the folder holds no release.
    """
    old = {
        path.relative_to(release).as_posix(): path.read_bytes() for path in sorted(release.rglob("*")) if path.is_file()
    }
    if "manifest.json" not in old:
        raise BuddyError(f"{release.name} holds no release: manifest.json is missing")
    with tempfile.TemporaryDirectory() as name:
        fresh = load_study(_copied(study, Path(name) / "study"))
        pipeline.run(fresh, say)
        reports.publish(fresh, ("public",), say)
        new = make_release(fresh)
    return list(_differences(old, new))


def _copied(study: Study, folder: Path) -> Path:
    folder.mkdir()
    for name in INPUTS:
        if (study.root / name).is_file():
            shutil.copy(study.root / name, folder / name)
    for path in filter(None, (study.codebook, study.instrument, study.pseudonyms, *study.look.files)):
        target = folder / os.path.relpath(path, study.root)
        if not target.resolve().is_relative_to(folder.parent.resolve()):
            raise BuddyError(f"{path.name} lies too far from the study to be copied; put it in the study's folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    shutil.copytree(study.raw_folder, folder / "data" / "raw")
    if journals_folder(study).is_dir():
        shutil.copytree(journals_folder(study), folder / journals_folder(study).relative_to(study.root))
    shutil.copytree(study.notebooks, folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


def _differences(old: dict[str, bytes], new: dict[str, bytes]) -> Iterator[str]:
    was, now = _read(old["manifest.json"]), _read(new["manifest.json"])
    reason = _reason(was, now)
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"{name}: the study does not make this file; it was added to the release"
        elif name not in old:
            yield f"{name}: missing from the release"
        elif old[name] != new[name]:
            place = _place(old[name], new[name])
            changed = name in was["files"] and hashlib.sha256(old[name]).hexdigest() != was["files"][name]
            why = "changed after the release was made: its hash is not that of manifest.json" if changed else reason
            yield f"{name}, {place}: {why}"


def _place(old: bytes, new: bytes) -> str:
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    line = old[:at].count(b"\n") + 1
    return f"line {line}, byte {at}"


def _reason(was: dict[str, Any], now: dict[str, Any]) -> str:
    raw = sorted(kind for kind in was["raw"].keys() | now["raw"].keys() if was["raw"].get(kind) != now["raw"].get(kind))
    if raw:
        return f"made from other inputs: {', '.join(raw)}"
    versions = [
        f"{name} {was['engines'].get(name)}, now {v}"
        for name, v in now["engines"].items()
        if was["engines"].get(name) != v
    ]
    if versions:
        return f"made with other versions: {'; '.join(versions)}"
    if was["code"] != now["code"]:
        return "made with other code of buddy_eval"
    return "the same inputs, code and versions give other bytes here: a defect, please report it"


def _read(data: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(data)
        return {key: facts[key] for key in ("files", "raw", "engines", "code")}
    except (ValueError, KeyError, TypeError):
        return {"files": {}, "raw": {}, "engines": {}, "code": ""}
