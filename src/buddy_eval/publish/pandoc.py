"""One pandoc for all documents of a run: it starts once, and reads each document into memory that it has already."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, cast

import pypandoc

from buddy_eval.publish.page import TEMPLATE, ReportError

ONE_BY_ONE = threading.Lock()  # Word and PDF are made side by side
WRITTEN = "written"  # the file that pandoc leaves in the folder, and what it says then
LARGE = 1_000_000  # characters of a text from which on pandoc ends with it: the memory that it took it would keep
ENDING = {"typst": "pdf"}  # of the file that people know, where it is another


def converted(text: str, form: str, to: str, folder: Path, **asked: object) -> bytes:
    """Return what pandoc makes of a text in one of its forms (`html`, ...), in another (`docx`, `typst`, ...).

    `asked` are ``facts`` (title, lang, ...), ``reference`` (the name of a document in the folder whose styles are
    used), ``filter`` (a Lua filter), ``slide_level``. Pictures are looked for in the folder.

    Raises
    ------
    ReportError : pandoc cannot make it, or has stopped. What it says may be the text, and is not told.
    """
    line = json.dumps({"text": text, "form": form, "to": to, "folder": str(folder), "facts": {}, **asked}) + "\n"
    with ONE_BY_ONE:
        said, pandoc = "", _running()
        asks, answers = _pipes(pandoc)
        try:
            with suppress(BrokenPipeError):
                asks.write(line)
                asks.flush()
                said = answers.readline().strip()
        finally:  # an answer that nobody waited for would be taken for the next
            if not said or len(text) > LARGE:
                _end(pandoc)
    if said != WRITTEN:
        why = "cannot make it" if said else "has stopped: is there enough memory?"
        raise ReportError(f"no .{ENDING.get(to, to)} of it: pandoc {why}")
    return (folder / WRITTEN).read_bytes()


def _running() -> subprocess.Popen[str]:
    """The pandoc of this process; another where it has ended."""
    if _started(os.getpid()).poll() is not None:
        _started.cache_clear()
    return _started(os.getpid())


@cache
def _started(process: int) -> subprocess.Popen[str]:
    """The pandoc of a process, which ends with it; a copy of the process has its own."""
    pandoc = subprocess.Popen(  # noqa: S603 (pandoc itself)
        [pypandoc.get_pandoc_path(), "lua", str(TEMPLATE / "convert.lua")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="ascii",
        env={**os.environ, "TMPDIR": tempfile.gettempdir()},  # it has no other place where that is missing
    )
    atexit.register(lambda: _end(pandoc) if os.getpid() == process else None)
    return pandoc


def _pipes(pandoc: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """What it reads, and what it writes."""
    return cast("IO[str]", pandoc.stdin), cast("IO[str]", pandoc.stdout)


def _end(pandoc: subprocess.Popen[str]) -> None:
    pandoc.kill()
    for pipe in _pipes(pandoc):
        with suppress(BrokenPipeError):
            pipe.close()
    pandoc.wait()
