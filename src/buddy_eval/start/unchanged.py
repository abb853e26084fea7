"""The answer of `check`, kept: while nothing changes it is told from the files alone, before any library is opened."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from buddy_eval.base.called import call
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import load_json, write_atomic
from buddy_eval.base.manifest import code_version, hash_of
from buddy_eval.base.seal import seal, sealed
from buddy_eval.publish.whole import READ, listed
from buddy_eval.study.settings import BESIDE, FILE, Study

ANSWER = ".check.json"
RESULTS = ("data/processed", "reports")  # they tell what is up to date


def inputs(study: Study) -> str:
    """Return one hash of all that an answer rests on; none where nothing was run yet, or a file cannot be opened.

    It rests on every file and folder that is read or looked for, on the tables and reports, the code, the day, and the
    folder from which the program is called.
    """
    if not study.processed.is_dir():
        return ""
    below = (name for name in listed(study, (*READ, *RESULTS)) if not name.startswith(f"{RESULTS[0]}/."))
    maps = (survey.map for survey in study.survey if survey.map)
    own = filter(None, (study.codebook, study.instrument, study.pseudonyms, *study.look.files))
    named = {*below, *maps, FILE, *BESIDE, *map(study.name_of, own)}
    try:
        told = [
            code_version(),
            str(datetime.now(UTC).date()),
            call("", study.root),
            *sorted(map(str, study.root.iterdir())),
        ]
        files = [(name, _state(study.root / name)) for name in sorted(named)]
    except OSError:  # whoever reads it says which
        return ""
    return hashlib.sha256(json.dumps([told, files]).encode()).hexdigest()


def keep_answer(study: Study, before: str, lines: list[str]) -> None:
    """Keep the answer to a study without a fault, where nothing changed meanwhile and the tables may be written to."""
    if before and inputs(study) == before:
        with suppress(BuddyError):
            kept = {"lines": lines, "seal": seal(_canonical(before, lines))}
            write_atomic(study.processed / ANSWER, json.dumps(kept).encode())


def answer_that_stands(study: Study, now: str) -> list[str]:
    """Return the lines of the kept answer; none where it was given to anything else, or on another computer."""
    try:
        kept = load_json(study.processed / ANSWER) if now else {}
        lines: list[str] = kept["lines"]
        return lines if sealed(_canonical(now, lines), kept["seal"]) else []
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or written over
        return []


def _state(path: Path) -> list[str]:
    """What a file holds, and where a link leads."""
    leads = [os.path.realpath(path)] if path.is_symlink() else []
    return [*leads, hash_of(path) if path.is_file() else "a folder" if path.is_dir() else "none"]


def _canonical(asked: str, lines: object) -> bytes:
    return json.dumps([asked, lines]).encode()
