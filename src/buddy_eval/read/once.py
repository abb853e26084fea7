"""Readers whose results are kept for as long as one asks for: several parts of a check ask for the same files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

T = TypeVar("T")
Asked = ParamSpec("Asked")
KEPT: list[dict[tuple[object, ...], Any]] = []


@contextmanager
def each_file_once() -> Iterator[None]:
    """Keep what is read meanwhile, names of people among it, for who asks again; behind it nothing is kept."""
    KEPT.append({})
    try:
        yield
    finally:
        KEPT.pop()


def once(reader: Callable[Concatenate[Path, str, Asked], T]) -> Callable[Concatenate[Path, str, Asked], T]:
    """Let a reader of a path, which faults call `file`, read each file once within `each_file_once`.

    What it cannot read it refuses every time; of a frame everybody gets a copy of their own.
    """

    @wraps(reader)
    def read(path: Path, file: str, /, *args: Asked.args, **kwargs: Asked.kwargs) -> T:
        if not KEPT:
            return reader(path, file, *args, **kwargs)
        key = (reader, path, args, *kwargs.items())
        if key not in KEPT[-1]:
            KEPT[-1][key] = reader(path, file, *args, **kwargs)
        kept: T = copy(KEPT[-1][key])
        return kept

    return read
