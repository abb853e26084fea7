"""Settings of raw files that are not tables of our own: survey exports, projects of other tools, monthly NHS files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from buddy_eval.base.errors import Fault, nearest

Texts = dict[str, str]
QUOTED = '"..."'
MACHINE = "Lexicon (machine)"  # the user under which exports put suggestions; on reading they are no codings
DECIDED = "Decisions (team)"  # the user under which exports put codes that were decided on; no coder either
NO_CODERS = {MACHINE: "a machine suggested it", DECIDED: "it was decided on, and not coded"}


@dataclass(frozen=True)
class SurveyFile:
    """One survey export: the file below `data/raw`, the wave where it has no such column, its confirmed map."""

    file: str
    wave: int | None = None
    map: str = ""


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


ENTRIES = {"survey": SurveyFile, "project": ProjectFile, "monthly": MonthlyFiles}  # [[raw.survey]], and so on


def keys(form: type, but: Collection[str] = ()) -> dict[str, type]:
    """Return the settings that a class declares, each with its type in TOML: text for a path, a list for a tuple.

    >>> keys(SurveyFile)
    {'file': <class 'str'>, 'wave': <class 'int'>, 'map': <class 'str'>}
    """
    written: dict[Any, type] = {Path | None: str, int | None: int, tuple[str, ...]: list, Texts: dict}
    hints = get_type_hints(form)
    return {each.name: written.get(hints[each.name], hints[each.name]) for each in fields(form) if each.name not in but}


def wrong_entries(settings: dict[str, Any], file: str) -> Iterator[Fault]:
    """List what is wrong with the entries of `[[raw.survey]]`, `[[raw.project]]` and `[[raw.monthly]]`."""
    for kind, form in ENTRIES.items():
        known = keys(form)
        needed, also = list(known)[:2]
        for number, entry in enumerate(_entries(settings, kind), 1):
            place = f"[[raw.{kind}]] number {number} is not clear"
            if not isinstance(entry, dict) or needed not in entry:
                yield Fault(file, 0, place, f"give {needed}, and {also}")
                continue
            for key, value in entry.items():
                if key not in known:
                    yield Fault(file, 0, f"{place}: {key} is not a setting", nearest(key, known))
                elif type(value) is not known[key] or not _of_text(value):
                    yield Fault(file, 0, f"{place}: {key} = {value!r}", f"write {as_written(key, known[key])}")


def as_written(key: str, kind: type) -> str:
    """Return how a setting of a kind is written.

    >>> as_written("interviewers", list), as_written("wave", int)
    ('interviewers = ["..."]', 'wave = 1')
    """
    if key in ENTRIES:
        return f"[[raw.{key}]] on a line of its own, and {next(iter(keys(ENTRIES[key])))} = {QUOTED} below it"
    return f"{key} = {({str: QUOTED, list: f'[{QUOTED}]', bool: 'true', int: '1'}).get(kind, f'{{name = {QUOTED}}}')}"


def file_names(settings: dict[str, Any]) -> list[str]:
    """Return the names of the files that the entries give."""
    named = [
        entry.get(fields(form)[0].name)
        for kind, form in ENTRIES.items()
        for entry in _entries(settings, kind)
        if isinstance(entry, dict)
    ]
    return [name for name in named if isinstance(name, str)]


def _entries(settings: dict[str, Any], kind: str) -> list[Any]:
    listed = settings.get("raw", {}).get(kind, [])
    return listed if isinstance(listed, list) else []


def entries(raw: dict[str, Any], kind: str) -> tuple[Any, ...]:
    """Take the entries of one kind out of the raw section."""
    return tuple(
        ENTRIES[kind](**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})
        for entry in raw.pop(kind, [])
    )


def _of_text(value: Any) -> bool:
    """Lists and mappings hold nothing but text."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return all(isinstance(part, str) for part in parts)
