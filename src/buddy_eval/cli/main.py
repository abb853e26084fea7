"""The command line: takes the words apart, calls the command, and refuses in plain words."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError
from buddy_eval.cli import coding, exchange, release, study, team
from buddy_eval.cli.declare import Command

ROOMS = (study, release, coding, team, exchange)  # in the order of `--help`


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when it worked, 1 when it refused, 2 when it was not understood.

    A refusal is printed in plain words on the standard error, without a traceback.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # where a terminal lacks a letter, show its code
        sys.stdout.reconfigure(errors="backslashreplace")
    gc.set_threshold(50_000)  # tables and pages are many small parts, and garbage among them is rare
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: a second thread costs more than it saves
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # jsonschema does without; 1 s to load
    try:
        options = vars(parser().parse_args(arguments))
        call, checks = options.pop("call"), options.pop("checks")
        for name, check in checks.items():
            if options[name] is not None:
                check(options[name])
        status = call(**options) or 0
        sys.stdout.flush()
        return int(status)
    except BuddyError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads what is printed has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # of the machine: a file that cannot be opened or written, a disk that is full
        where = f"{Path(error.filename).name}: " if isinstance(error.filename, str) else ""
        reason = (error.strerror or type(error).__name__).lower()
        print(f"{where}{reason}; close it in other programs, make room, or ask for access", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the next run goes on from here", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command that the modules of this room declare."""
    whole = argparse.ArgumentParser(prog=CALLED, description="Evaluate organisational buddying between NHS trusts.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for room in ROOMS:
        for declared in vars(room).values():
            if isinstance(declared, Command):
                declared.add_to(commands)
    return whole
