"""Kill `run`, `publish`, `release` and `code` at random moments, let their disk be full or closed, start them twice.

Each call is a process forked from this one, so that no time goes into imports. A kill comes at a random write (a file
opened to be written, renamed, removed) or a random moment. After each, every file that has its name must be whole: as
an undisturbed call writes it. The next call goes on from there, and ends with the same bytes.

Run: python benchmarks/kills.py [how many kills [commands]]. Needs Linux. Exits 1 where a bar is missed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import buddy_eval.bulk.run
import buddy_eval.publish.reports
import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_folder
from buddy_eval.cli.main import main as buddy_eval

KILLS = {"run": 0.3, "publish": 0.1, "release": 0.4, "code": 0.2}  # their shares of all kills
ERRORS = (errno.ENOSPC, errno.EACCES, errno.EROFS)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate"}
PASSING = {".lock", "manifest.json", "guards.json"}  # of a study: written step by step, each time whole
RELEASE = {f"data/table{n}.csv": b"theme,people\n" + b"culture,25\n" * 10 ** (n % 5) for n in range(30)}


@dataclass(frozen=True)
class Work:
    """What is called on a folder, from what it starts, and where its files lie."""

    start: Callable[[Path], object]
    call: Callable[[Path], int]
    out: str
    second: int = 0  # the status of a second one at the same time: waits and does the same, or is refused (1)

    def files(self, folder: Path) -> dict[str, str]:
        """The files that have their names, by hash, but for one that says where they lie; others are left aside."""
        found = {
            name: value for part in self.out.split() for name, value in small_study.contents(folder / part).items()
        }
        return {name: value for name, value in found.items() if Path(name).name[0] != "." and name != "job.json"}


def works() -> dict[str, Work]:
    """The four commands, each on something tiny."""

    def study(folder: Path, notebooks: tuple[str, ...] = ()) -> None:
        small_study.cut(folder, notebooks, pairs=1)

    def published(folder: Path) -> None:
        study(folder, ("09-codebook.ipynb",))

    def comments(folder: Path) -> None:
        folder.mkdir(parents=True)
        rows = [[str(n), f"Leaders trust us, and staff number {n} is short of time."] for n in range(3000)]
        small_study.write_table(folder / "said.csv", [["id", "text"], *rows])

    def release(folder: Path) -> int:
        with contextlib.suppress(BaseException):
            shutil.rmtree(folder / "release")  # the next release goes to the same place
        try:
            write_folder(folder / "release", RELEASE)
        except BuddyError as error:
            print(error)
            return 1
        return 0

    def code(folder: Path) -> int:
        return buddy_eval(["code", str(folder / "said.csv"), "--text", "text", "--out", str(folder / "coded")])

    return {
        "run": Work(study, lambda folder: buddy_eval(["run", str(folder)]), "data/processed"),
        "publish": Work(
            published,
            lambda folder: buddy_eval(["publish", str(folder), "--profile", "internal"]),
            "data/processed reports",
        ),
        "release": Work(lambda folder: folder.mkdir(parents=True), release, "release"),
        "code": Work(comments, code, "coded", second=1),
    }


def forked(work: Work, folder: Path, trouble: Callable[[int], None] | None = None) -> int:
    """Start a call in a process group of its own; `trouble` is told the number of every write before it is done."""
    process = os.fork()
    if process:
        return process
    os.setsid()
    log = os.open(folder.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    count = 0

    def heard(event: str, args: tuple[Any, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(args[2], int) and args[2] & WRITES and str(folder) in str(args[0])
        if writes or (event in CHANGING and str(folder) in str(args[0])):
            count += 1
            if trouble:
                trouble(count)

    sys.addaudithook(heard)
    try:
        status = work.call(folder)
    except BaseException as error:
        print("Traceback:", type(error).__name__, error, file=sys.stderr)
        status = 99
    finally:
        trouble = None
        sys.stdout.flush()
        folder.with_suffix(".count").write_text(str(count))
        os._exit(status)


def ended(process: int) -> int:
    """Wait for a call, and return its status; 137 where it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) % 256


def kill(work: Work, folder: Path, writes: int, seconds: float, chance: random.Random) -> None:
    """Kill a call at a random write, or at a random moment."""
    at = chance.randint(1, writes)

    def now(count: int) -> None:
        if count == at:
            os.killpg(0, signal.SIGKILL)

    if chance.random() < 0.5:
        ended(forked(work, folder, now))
        return
    process = forked(work, folder)
    time.sleep(chance.uniform(0, seconds))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    ended(process)


def refuse(work: Work, folder: Path, at: int, error: int) -> str:
    """Let a write fail, and all that follow; return what is wrong with how that is said."""

    def fails(count: int) -> None:
        if count >= at:
            raise OSError(error, os.strerror(error))

    status, said = ended(forked(work, folder, fails)), folder.with_suffix(".log").read_text()
    return "" if status in {0, 1} and "Traceback" not in said else f"status {status}: {said.strip().splitlines()[-1:]}"


def torn(work: Work, folder: Path, whole: dict[str, str]) -> list[str]:
    """Files that have their name and are not as an undisturbed call writes them."""
    now = work.files(folder)
    return [name for name, value in now.items() if Path(name).name not in PASSING and whole.get(name) != value]


def drill(work: Work, folder: Path, n: int, chance: random.Random) -> tuple[list[str], list[str], list[str]]:
    """What was torn by kills, where a next call did not go on, and where a refusal was a traceback."""
    work.start(folder / "whole")
    started = time.perf_counter()
    first = ended(forked(work, folder / "whole"))
    seconds, whole = time.perf_counter() - started, work.files(folder / "whole")
    writes = int((folder / "whole.count").read_text())
    broken, stuck, rude = list[str](), [f"the first call ended with {first}"] * bool(first), list[str]()
    place, ends = folder / "0", max(1, n // 10)
    work.start(place)
    for number in range(n):
        kill(work, place, writes, seconds, chance)
        broken += torn(work, place, whole)
        if (number + 1) % ends == 0:
            stuck += _goes_on(work, place, whole)
            place = folder / str(number + 1)
            work.start(place)
    for at in {1, 2, *(chance.randint(1, writes) for _ in range(max(3, n // 20)))}:
        rude += filter(None, [refuse(work, place, at, chance.choice(ERRORS))])
        broken += torn(work, place, whole)
    stuck += _goes_on(work, place, whole)
    two = folder / "two"
    work.start(two)
    if work.out != "release":  # two of them are told apart by their folders
        both = sorted(map(ended, [forked(work, two) for _ in range(2)]))
        stuck += [f"two at once: {both}"] * (both[0] != 0 or both[1] > work.second)
        stuck += _goes_on(work, two, whole)
    for path in (path for part in work.out.split() for path in (two / part).rglob("*")):
        os.utime(path, (time.time() + 1e6, time.time() + 1e6), follow_symlinks=False)  # the clock was set back since
    stuck += _goes_on(work, two, whole)
    return broken, stuck, rude


def _goes_on(work: Work, folder: Path, whole: dict[str, str]) -> list[str]:
    status = ended(forked(work, folder))
    now = work.files(folder)
    other = sorted(name for name in now.keys() | whole.keys() if now.get(name) != whole.get(name))
    said = folder.with_suffix(".log").read_text().strip().splitlines()[-1:]
    return [] if status == 0 and not other else [f"status {status}, other: {other[:3]}, {said}"]


def main(n: int = 500, commands: Collection[str] = tuple(KILLS)) -> int:
    """Print one line a command and one line a figure."""
    bad = dict.fromkeys(("torn", "stuck", "rude"), 0)
    kills, chance = 0, random.Random(2013)
    with tempfile.TemporaryDirectory() as name:
        for command, work in ((command, work) for command, work in works().items() if command in commands):
            folder, times = Path(name) / command, max(2, round(KILLS[command] * n))
            folder.mkdir()
            found = drill(work, folder, times, chance)
            kills += times
            for kind, lines in zip(bad, found, strict=True):
                bad[kind] += len(lines)
                print(
                    *(f"{command}: {kind}: {line}" for line in sorted(set(lines))[:5]), sep="\n", end="\n" * bool(lines)
                )
            print(f"{command}: {times} kills", flush=True)
    print(f"kills: {kills}")
    print(f"files torn: {bad['torn']} (bar: 0)")
    print(f"next calls that did not go on to the same bytes: {bad['stuck']} (bar: 0)")
    print(f"full or closed disks that ended in a traceback: {bad['rude']} (bar: 0)")
    return int(any(bad.values()))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500, sys.argv[2:] or tuple(KILLS)))
