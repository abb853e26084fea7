"""Settings of raw files that are not tables of our own: projects of other tools, monthly NHS files, survey maps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from buddy_eval.base.errors import Fault, nearest

Texts = dict[str, str]
QUOTED = '"..."'
MACHINE = "Lexicon (machine)"  # the user under which exports put suggestions; on reading they are no codings


@dataclass(frozen=True)
class ProjectFile:
    """One `[[raw.project]]`: a `.qdpx`, a Taguette export, or a wide sheet of codings, below `data/raw`.

    `coder` is who coded, where the file names nobody; `offsets` decides how a tool counted, where its passages do
    not tell; `codes`, `sources` and `coders` translate the tool's names into the study's ('' leaves one out).
    """

    file: str
    coder: str = ""
    offsets: str = ""
    codes: Texts = field(default_factory=dict)
    sources: Texts = field(default_factory=dict)
    coders: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class MonthlyFiles:
    """One `[[raw.monthly]]`: files as NHS England publishes them, a `*` in the name for several.

    `denominator` and `numerator` name columns (a `*` for any ending) that are added up; `without` names columns
    that are taken off the denominator to give the numerator.
    """

    files: str
    indicator: str = "A&E within four hours"
    direction: str = "higher_is_better"
    denominator: tuple[str, ...] = ("A&E attendances*", "Type * Departments*", "Total attendances")
    without: tuple[str, ...] = ("Attendances over 4hrs*",)
    numerator: tuple[str, ...] = ()
    source: str = "NHS England, OGL v3"


KINDS: dict[str, tuple[str, dict[str, type]]] = {
    "survey": ("file", {"file": str, "wave": int, "map": str}),
    "project": ("file", {"file": str, "coder": str, "offsets": str, "codes": dict, "sources": dict, "coders": dict}),
    "monthly": (
        "files",
        {
            **dict.fromkeys(("files", "indicator", "direction", "source"), str),
            **dict.fromkeys(("denominator", "without", "numerator"), list),
        },
    ),
}


def wrong_entries(settings: dict[str, Any], file: str) -> Iterator[Fault]:
    """List what is wrong with the entries of `[[raw.survey]]`, `[[raw.project]]` and `[[raw.monthly]]`."""
    for kind, (needed, keys) in KINDS.items():
        for number, entry in enumerate(_entries(settings, kind), 1):
            place = f"[[raw.{kind}]] number {number} is not clear"
            if not isinstance(entry, dict) or needed not in entry:
                yield Fault(file, 0, place, f"give {needed}, and {list(keys)[1]}")
                continue
            for key, value in entry.items():
                if key not in keys:
                    yield Fault(file, 0, f"{place}: {key} is not a setting", nearest(key, keys))
                elif type(value) is not keys[key] or not _of_text(value):
                    yield Fault(file, 0, f"{place}: {key} = {value!r}", f"write {form(key, keys[key])}")


def form(key: str, kind: type) -> str:
    """Return how a setting of a kind is written.

    >>> form("interviewers", list), form("wave", int)
    ('interviewers = ["..."]', 'wave = 1')
    """
    if key in KINDS:
        return f"[[raw.{key}]] on a line of its own, and {KINDS[key][0]} = {QUOTED} below it"
    return f"{key} = {({str: QUOTED, list: f'[{QUOTED}]', bool: 'true', int: '1'}).get(kind, f'{{name = {QUOTED}}}')}"


def file_names(settings: dict[str, Any]) -> list[str]:
    """Return the names of the files that the entries give."""
    given = [
        entry.get(needed)
        for kind, (needed, _) in KINDS.items()
        for entry in _entries(settings, kind)
        if isinstance(entry, dict)
    ]
    return [name for name in given if isinstance(name, str)]


def _entries(settings: dict[str, Any], kind: str) -> list[Any]:
    given = settings.get("raw", {}).get(kind, [])
    return given if isinstance(given, list) else []


def projects(raw: dict[str, Any]) -> tuple[ProjectFile, ...]:
    """Take the projects out of the raw section."""
    return tuple(ProjectFile(**entry) for entry in raw.pop("project", []))


def monthly(raw: dict[str, Any]) -> tuple[MonthlyFiles, ...]:
    """Take the monthly files out of the raw section."""
    entries: list[dict[str, Any]] = raw.pop("monthly", [])
    made = []
    for entry in entries:
        settings: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
        }
        made.append(MonthlyFiles(**settings))
    return tuple(made)


def _of_text(value: Any) -> bool:
    """Lists and mappings hold nothing but text."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return all(isinstance(part, str) for part in parts)
