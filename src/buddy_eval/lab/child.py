"""One command of the program as a process of its own, whose lines come as they are printed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable


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
        self._thread = threading.Thread(target=self._follow, args=(said, ended), daemon=True)
        self._thread.start()

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
