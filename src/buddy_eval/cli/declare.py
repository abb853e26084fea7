"""How a command is declared: one function, with its arguments above it and its help in its docstring.

To add one, write into a module of this room that `main.ROOMS` names::

    @command(argument("--pairs", type=int, required=True, help="how many pairs"))
    def design(pairs: int) -> None:
        \"\"\"Say before the study how small a gap it could see.\"\"\"

The function's name is the command (``code_by_hand`` is ``code-by-hand``), its parameters are the arguments, and it
returns the exit status where that is not 0. What is heavy is imported inside: `buddy-eval --help` stays quick.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import BuddyError

Check = Callable[[Path], None]


@dataclass(frozen=True)
class Argument:
    """One argument, as `ArgumentParser.add_argument` takes it, and what refuses a file that the command cannot take."""

    names: tuple[str, ...]
    settings: dict[str, Any]
    file: Check | None = None


@dataclass(frozen=True)
class Either:
    """Arguments of which one at most may be given."""

    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Command:
    """One command: the function that does it, and its arguments."""

    call: Callable[..., int | None]
    arguments: tuple[Argument | Either, ...]

    def add_to(self, commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        """Add the command to the parser of `buddy-eval`."""
        about = inspect.getdoc(self.call) or ""
        name = self.call.__name__.strip("_").replace("_", "-")
        parser = commands.add_parser(name, help=about.splitlines()[0].rstrip("."), description=about)
        checks: dict[str, Check] = {}
        parser.set_defaults(call=self.call, checks=checks)
        for one in self.arguments:
            group = parser.add_mutually_exclusive_group() if isinstance(one, Either) else parser
            for each in one.arguments if isinstance(one, Either) else (one,):
                added = group.add_argument(*each.names, **each.settings)
                if each.file:
                    checks[added.dest] = each.file


def argument(*names: str, file: Check | None = None, **settings: Any) -> Argument:
    """Declare one argument; names and settings are those of `ArgumentParser.add_argument`.

    `file` is `to_read` or `to_write` for a file, which is looked at before the command begins.
    """
    return Argument(names, {"type": Path, **settings} if file else settings, file)


def command(*arguments: Argument | Either) -> Callable[[Callable[..., int | None]], Command]:
    """Make a command of the function below."""
    return lambda call: Command(call, arguments)


def to_read(*endings: str) -> Check:
    """Return what refuses a file that cannot be read: a folder, one that is not there, or ends otherwise."""

    def check(path: Path) -> None:
        wanted = f" ({', '.join(endings)})" if endings else ""
        if path.is_dir():
            raise BuddyError(f"{path} is a folder; name the file in it that is meant{wanted}")
        if not path.exists():
            raise BuddyError(f"{path} is not there; check its name and its folder")
        if endings and path.suffix.casefold() not in endings:
            raise BuddyError(f"{path} is not what is read here; give a file that ends in {' or '.join(endings)}")

    return check


def to_write(ending: str, what: str) -> Check:
    """Return what refuses the name of a file to write that does not end as that kind of file does."""

    def check(path: Path) -> None:
        if path.is_dir():
            raise BuddyError(f"{path} is a folder; name a file in it for {what}, such as {path / ('file' + ending)}")
        if path.suffix.casefold() != ending:
            raise BuddyError(f"{path}: {what} is written as {ending}; call it {path.stem}{ending}")

    return check


CODEBOOK = to_read(".yaml", ".yml")
STUDY = argument("study", nargs="?", type=Path, default=Path(), help="the study's folder (default: here)")
STUDY_OPTION = argument("--study", type=Path, default=Path(), help="the study's folder (default: here)")
SOURCE = argument("source", type=Path, help="a .csv or .parquet file, or a folder of them")
TEXT = argument("--text", required=True, metavar="COLUMN", help="the column of text")


def say(line: str) -> None:
    """Print one line at once, also where the output goes into a file."""
    print(line, flush=True)


def shown(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
