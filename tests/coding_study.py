"""A study with one transcript in many scripts, and the acts that a coding view sends."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import small_study
from buddy_eval.coder.answers import Work
from buddy_eval.coder.server import View

SOURCE = "SYN01-R1-w1"
TEXT = (
    "Interviewer: What helped? 🙂\r\n\r\n"
    "SYN01-R1: The 👩🏽‍⚕️ came early. The cafe\u0301 meetings 🙂 helped us. Then silence.\r\n\r\n"
    "Interviewer: And then?\r\n\r\n"
    "SYN01-R1: ٱلسَّلَامُ عليكم they said. We met again.\r\n\r\n"
    "Interviewer: What else?\r\n\r\n"
    "SYN01-R1: A baseline for the regulator, and feedback.\r\n\r\n"
    "Interviewer: All of it?\r\n\r\n"
    "SYN01-R1: " + "🙂 cafe\u0301 عليكم nights " * 1_250 + "then. It ended.\r\n"
)


def in_scripts(folder: Path) -> Path:
    """Two pairs; the first transcript holds emoji, accents apart from their letters, Arabic, CRLF, and a long turn."""
    small_study.cut(folder)
    (folder / "data" / "raw" / "transcripts" / f"{SOURCE}.txt").write_bytes(TEXT.encode())
    return folder


def do(kind: str, **told: Any) -> dict[str, Any]:
    """An act as the view sends it, under a name of its own."""
    return {"do": kind, "key": uuid.uuid4().hex, **told}


def code(start: int = 39, end: int = 42, **told: Any) -> dict[str, Any]:
    return do("code", **{"source": SOURCE, "code": "CB1", "start": start, "end": end, **told})


@contextmanager
def served(work: Work) -> Iterator[View]:
    with View(work) as view:
        thread = threading.Thread(target=view.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield view
        finally:
            view.shutdown()
            thread.join()
