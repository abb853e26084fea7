"""Set up buddy_eval in `.venv` and run a command there; needs only Python 3.11 to 3.14.

    python3 do.py study    the whole illustrative study: tables, notebooks, reports
    python3 do.py test     the tests
    python3 do.py lab      the start page in JupyterLab; `lab FOLDER` for a study of your own
    python3 do.py ...      anything else is handed to buddy-eval, such as: check, run FOLDER, init FOLDER

The set-up happens once, and again when the lock file, the project file or Python change. Everything comes from
files with hashes. A set-up that was interrupted is done again from the start by the next command.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HOME = ROOT / ".venv"
BIN = HOME / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = HOME / "set-up"
LOCK, UV_LOCK, PROJECT = (ROOT / name for name in ("requirements.lock", "requirements-uv.txt", "pyproject.toml"))


def main() -> int:
    """Set up if need be, then become the command."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 14):
        print(f"Python 3.11 to 3.14 is needed; this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    try:
        set_up()
    except subprocess.CalledProcessError:
        print("the set-up failed, see above; once that is mended, give the same command again", file=sys.stderr)
        return 1
    if sys.argv[1] != "test":  # the next steps that are said can be typed as this one was
        os.environ["BUDDY_EVAL_CALLED"] = f"{'python' if os.name == 'nt' else 'python3'} {sys.argv[0]}"
    return become(command(sys.argv[1], sys.argv[2:]))


def command(name: str, rest: list[str]) -> list[str]:
    """Return what a word of the command line stands for."""
    known = {
        "study": ["-m", "buddy_eval", "run", str(ROOT)],
        "test": ["-m", "pytest", "--rootdir", str(ROOT), "-n", "2", *(rest or [str(ROOT)])],
        "lab": ["-m", "buddy_eval", "lab", *([] if rest and not rest[0].startswith("-") else [str(ROOT)])],
    }
    if name == "test":
        return known[name]
    return [*known[name], *rest] if name in known else ["-m", "buddy_eval", name, *rest]


def set_up() -> None:
    """Make `.venv` hold exactly what the lock file says, unless its stamp says that it does."""
    wanted = stamp()
    if current(wanted):
        return
    with only_one():
        if current(wanted):  # whoever held the lock before has done it
            return
        started = time.perf_counter()
        print("setting up .venv, once; this takes a minute or so ...", file=sys.stderr, flush=True)
        STAMP.unlink(missing_ok=True)
        venv.create(HOME, clear=True, with_pip=True)
        install = fastest()
        run([*install, "--require-hashes", "-r", LOCK])
        run([*install, "--no-deps", "--no-build-isolation", "-e", ROOT])
        part = STAMP.with_suffix(".part")
        part.write_text(wanted, encoding="utf-8")
        part.replace(STAMP)
        print(f"set up in {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)


def stamp() -> str:
    """Return one hash of what the set-up depends on: the lock files, the project, this Python, this place."""
    parts = [path.read_bytes() for path in (LOCK, UV_LOCK, PROJECT)]
    return hashlib.sha256(b"\0".join([*parts, sys.version.encode(), os.fsencode(ROOT)])).hexdigest()


def current(wanted: str) -> bool:
    """Tell whether the set-up is complete and of today."""
    return PYTHON.exists() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted


def fastest() -> list[str | Path]:
    """Return the installer: uv inside `.venv`, or pip where uv cannot be had."""
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    try:
        run([*pip, "--require-hashes", "-r", UV_LOCK])
    except subprocess.CalledProcessError:
        print("uv cannot be had; going on with pip, which is slower", file=sys.stderr, flush=True)
        return pip
    return [BIN / "uv", "pip", "install", "-q", "--compile-bytecode", "--python", PYTHON]


def run(arguments: list[str | Path]) -> None:
    """Run one step of the set-up in a clean place."""
    outside = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    subprocess.run([str(argument) for argument in arguments], check=True, cwd=ROOT, env=outside)


@contextmanager
def only_one() -> Iterator[None]:
    """Hold a lock that the system gives back when this process ends, however it ends."""
    with (ROOT / ".venv.lock").open("a+b") as file:
        if os.name == "nt":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
                    break
                except OSError:  # it gives up after ten seconds
                    continue
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def become(arguments: list[str]) -> int:
    """Go on as the command, so that signals and its exit status are its own."""
    if os.name == "nt":
        return subprocess.run([str(PYTHON), *arguments]).returncode
    os.execv(PYTHON, [str(PYTHON), *arguments])


if __name__ == "__main__":
    sys.exit(main())
