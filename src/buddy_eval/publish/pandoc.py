"""One pandoc for all documents of a run: it starts once, and reads each document into memory that it has already."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import threading
from functools import cache
from pathlib import Path
from typing import IO, cast

import pypandoc

from buddy_eval.publish.page import TEMPLATE, ReportError

ONE_BY_ONE = threading.Lock()  # Word and PDF are made side by side
WRITTEN = "written"  # the file that pandoc leaves in the folder, and what it says then


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
        pandoc = _started(os.getpid())
        asks, answers = cast("IO[str]", pandoc.stdin), cast("IO[str]", pandoc.stdout)
        try:
            asks.write(line)
            asks.flush()
            said = answers.readline().strip()
        except BrokenPipeError:
            said = ""
        if not said:
            _started.cache_clear()  # the next document has another
    if said != WRITTEN:
        why = "cannot make it" if said else "has stopped: is there enough memory?"
        raise ReportError(f"no .{to} of it: pandoc {why}")
    return (folder / WRITTEN).read_bytes()


@cache
def _started(process: int) -> subprocess.Popen[str]:
    """The pandoc of a process, which ends with what it reads; a copy of the process has its own."""
    pandoc = subprocess.Popen(  # noqa: S603 (pandoc itself)
        [pypandoc.get_pandoc_path(), "lua", str(TEMPLATE / "convert.lua")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="ascii",
    )
    atexit.register(lambda: pandoc.communicate() if os.getpid() == process else None)
    return pandoc
