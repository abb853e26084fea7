"""The whole job: parts not yet done are done, here or on a cluster, and their counts are added up at the end."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from buddy_eval.base.errors import BuddyError, Fault, StudyError
from buddy_eval.base.files import sha256, write_atomic
from buddy_eval.bulk.divide import Part, divide
from buddy_eval.bulk.job import Job
from buddy_eval.bulk.part import code_part, read_counts

Say = Callable[[str], None]


def code_files(
    job: Job, say: Say = print, cluster: str | None = None, seen: Callable[[int], None] = lambda rows: None
) -> Path:
    """Do what is not yet done of a job, and write ``counts.csv``: group columns, theme, n_comments, n_suggested.

    Every part is one file in ``spans``, whole or absent, so a run that was killed goes on where it was. With
    `cluster`, the address of a Dask scheduler whose workers see the same folders, the parts are done there.
    `say` is told how far it is, `seen` of every part.

    Raises
    ------
    StudyError : faults of the input, or `out` holds another job. BuddyError : another run is at work in `out`.
    """
    parts = divide(job.source, (job.text, *job.by))
    job.out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(job.out / ".lock", timeout=0):
            _claim(job, parts)
            todo = [part for part in parts if not job.file(part).exists()]
            for rest in job.out.glob("spans/.*.part"):
                rest.unlink(missing_ok=True)
            clock = _Clock(sum(part.rows for part in todo), say)
            if len(todo) < len(parts):
                say(f"{len(parts) - len(todo)} of {len(parts)} parts were done before")
            for rows in _on_cluster(job, todo, cluster) if cluster else _here(job, todo, clock):
                clock.tick(rows)
                seen(rows)
            _write_counts(job, parts)
    except Timeout:
        raise BuddyError(f"another run is at work in {job.out.name}; wait for it, or stop it") from None
    return job.out / "counts.csv"


class _Clock:
    """Says now and then how far the work is and how long it may still take."""

    def __init__(self, rows: int, say: Say) -> None:
        self.rows, self.say, self.done = rows, say, 0
        self.started = self.said = time.monotonic()

    def tick(self, rows: int) -> None:
        self.done += rows
        now = time.monotonic()
        if now - self.said >= 2 and self.done:
            self.said = now
            left = (now - self.started) / self.done * (self.rows - self.done)
            self.say(f"{self.done:,} of {self.rows:,} comments, about {_duration(left)} left")


def _duration(seconds: float) -> str:
    """A time in words that do not claim more than a guess can.

    >>> _duration(42), _duration(400), _duration(9000)
    ('42 s', '7 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _here(job: Job, parts: list[Part], clock: _Clock) -> Iterator[int]:
    for part in parts:
        code_part(job, part, clock.tick)
        yield 0


def _on_cluster(job: Job, parts: list[Part], address: str) -> Iterator[int]:
    """Do the parts on a Dask cluster; what a lost worker had in hand is done again by another."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise BuddyError("--cluster needs Dask: pip install 'buddy_eval[cluster]'") from None
    try:
        client = Client(address, timeout=10)  # type: ignore[no-untyped-call, unused-ignore]
    except (OSError, ValueError):
        raise BuddyError(f"no Dask scheduler answers at {address}; start one, or leave --cluster out") from None
    with client:
        futures = client.map(code_part, [job] * len(parts), parts, pure=False, retries=2)
        for future in as_completed(futures):  # type: ignore[no-untyped-call, unused-ignore]
            yield future.result()


def _claim(job: Job, parts: list[Part]) -> None:
    """Write down what this folder is for; refuse a folder that was begun for something else."""
    files = {part.file: [(s := part.path.stat()).st_size, s.st_mtime_ns] for part in parts}
    machine = [job.rules, job.negations, job.window, sha256(job.suggester) if job.suggester else ""]
    rules = hashlib.sha256(json.dumps(machine).encode()).hexdigest()
    about = {"files": files, "text": job.text, "by": job.by, "parts": len(parts), "machine": rules}
    path = job.out / "job.json"
    data = (json.dumps(about, indent=1) + "\n").encode()
    if path.exists() and path.read_bytes() != data:
        problem = "holds another job: other files, columns, codebook or suggester"
        raise StudyError([Fault(job.out.name, 0, problem, "give another --out, or delete this one")])
    write_atomic(path, data)


def _write_counts(job: Job, parts: list[Part]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*job.by, "theme", "n_comments", "n_suggested"])
    for group, row in sorted(read_counts(job, parts).items()):
        writer.writerows((*group, theme, row[0], n) for theme, n in zip(job.themes, row[1:], strict=True))
    write_atomic(job.out / "counts.csv", text.getvalue().encode())
