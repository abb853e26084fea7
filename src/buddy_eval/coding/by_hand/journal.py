"""The journal that one coder writes: every act is on the disk before it is confirmed, and no line is ever changed."""

from __future__ import annotations

import errno
import os
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import sync_folder
from buddy_eval.read.journals import PATTERN, STEPS, Act, Journals, parsed, read_journals, undone, written

NAME = re.compile(r"(?!(?:aux|con|nul|prn|com\d|lpt\d)(?:\.|$))[^\W_][\w.\- ]{0,38}", re.ASCII | re.IGNORECASE)
LOCK_SECONDS = 10


class Journal:
    """One coder's journal in a folder of journals.

    Raises
    ------
    BuddyError : a coder's name that cannot be the name of a file.
    """

    def __init__(self, folder: Path, coder: str) -> None:
        self.folder, self.coder = folder, checked_name(coder)
        self.path = folder / f"{coder}.jsonl"
        self.journals = Journals()
        self._seen: dict[str, tuple[int, int]] = {}
        self._open = FileLock(folder / f".{coder}.open", thread_local=False)
        self.refresh()

    def shared(self) -> bool:
        """Tell whether another program on this computer holds the coder's journal open; from now on this one does."""
        if self._open.is_locked or not self.folder.is_dir():
            return False
        try:
            self._open.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:  # a folder that may not be written: an act will say so
            return False
        return False

    def close(self) -> None:
        """Hold the journal open no longer."""
        self._open.release()

    def refresh(self) -> bool:
        """Read the folder again where a file has changed; tell whether there was anything to read."""
        paths = sorted(self.folder.glob(PATTERN)) if self.folder.is_dir() else []
        now = {path.name: _stamp(path) for path in paths}
        if now == self._seen:
            return False
        self._seen, self.journals = now, read_journals(self.folder)
        return True

    def add(self, do: str, **told: Any) -> Act:
        """Write one act and flush it to the disk; only then is it returned. It names itself unless told an `id`.

        Raises
        ------
        BuddyError : it could not be saved (a full disk, a folder that may not be written); nothing was lost, and the
            same act can be tried again.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / f".{self.coder}.lock", timeout=LOCK_SECONDS):
                self.refresh()
                n = max((act["n"] for act in self.journals.acts), default=0) + 1
                at = datetime.now(UTC).isoformat(timespec="seconds")
                act = {"id": uuid.uuid4().hex, "n": n, "coder": self.coder, "at": at, "do": do, **told}
                line = written(act)
                self._append(line)
        except Timeout:
            raise BuddyError("could not save: another program holds the journal; try again") from None
        except OSError as error:
            raise BuddyError(f"could not save: {error.strerror or 'the disk refused'}; make room and go on") from None
        return act

    def back(self, **told: Any) -> Act | None:
        """Take back the coder's last act; None where there is nothing to take back."""
        past, _ = self._history()
        return self.add("undo", of=past[-1], **told) if past else None

    def forth(self, **told: Any) -> Act | None:
        """Do again what was taken back last; None where there is nothing, or something new was done since."""
        _, future = self._history()
        return self.add("redo", of=future[-1], **told) if future else None

    def _history(self) -> tuple[list[str], list[str]]:
        """Names of the acts that can be undone, and of those that can be redone, the next one last."""
        self.refresh()
        past, future = list[str](), list[str]()
        for act in self.journals.acts:
            if act["coder"] != self.coder:
                continue
            if act["do"] == "undo" and act["of"] in past:
                past.remove(act["of"])
                future.append(act["of"])
            elif act["do"] == "redo" and act["of"] in future:
                future.remove(act["of"])
                past.append(act["of"])
            elif act["do"] in STEPS:
                past.append(act["id"])
                future = []
        gone = undone(self.journals.acts)
        return [name for name in past if name not in gone], [name for name in future if name in gone]

    def _append(self, line: bytes) -> None:
        """Write at the end; what a full disk cuts short is cut off again, and a torn end gets its line to itself."""
        new = not self.path.exists()
        with self.path.open("ab+", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            torn = file.read(1) not in (b"", b"\n")
            data = b"\n" * torn + line
            try:
                if file.write(data) != len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise
        if new:
            sync_folder(self.folder)
        self.journals.acts += parsed(line, self.path.name).acts  # not read again: a key has to answer at once
        self._seen[self.path.name] = _stamp(self.path)


def checked_name(coder: str) -> str:
    """Return a coder's name that can name a file on every system. Raises `BuddyError` for one that cannot.

    >>> checked_name("KM")
    'KM'
    """
    if not NAME.fullmatch(coder) or coder.endswith((" ", ".")):
        raise BuddyError(f"coder {coder!r}: use initials or a short name of letters, figures, - and .")
    return coder


def _stamp(path: Path) -> tuple[int, int]:
    """What changes with a file: its size and its time."""
    try:
        about = path.stat()
    except OSError:  # gone since it was listed, or a link to nothing: reading it says so
        return -1, -1
    return about.st_size, about.st_mtime_ns
