"""One command of the program as a process of its own, whose lines come as they are printed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextvars import copy_context


def beside(work: Callable[..., None], *about: object) -> None:
    """Do it in a thread, as part of the message that is being answered.

    A kernel takes what a thread without that sends for part of whatever message came last, perhaps one of a subshell
    that is gone by then; from then on it refuses every message of the same widget.
    """
    threading.Thread(target=copy_context().run, args=(work, *about), daemon=True).start()


class Child:
    """A command that runs beside; `said` is called with each line, `ended` with its status and seconds.

    Both are called from a thread. The status is that of the program: 0 where it worked, negative where it was stopped.
    """

    def __init__(self, words: list[str], said: Callable[[str], None], ended: Callable[[int, float], None]) -> None:
        self._started = time.perf_counter()
        # -P: the folder of a study is no place to import from; without the inline pictures of the notebook
        env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-u", "-m", "buddy_eval", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**env, "PYTHONUTF8": "1"},
        )
        beside(self._follow, said, ended)

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.perf_counter() - self._started

    def stop(self) -> None:
        """End it; what it has written is whole, and the next run goes on from there."""
        self._process.terminate()

    def _follow(self, said: Callable[[str], None], ended: Callable[[int, float], None]) -> None:
        with self._process as process:
            for line in process.stdout or ():
                said(line.rstrip("\n"))
        ended(process.returncode, self.seconds)
