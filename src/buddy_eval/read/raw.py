"""What the raw files of a study hold, and what reading did to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import pandas as pd

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.journals import Act, Journals
from buddy_eval.read.project import Project
from buddy_eval.read.transcripts import Transcript
from buddy_eval.study.inputs import ProjectFile, SurveyFile

T = TypeVar("T")
Asked = ParamSpec("Asked")
ALIKE = 3  # files of which the same is said are named on one line


@dataclass
class Joined:
    """A project that a study names, and those of its codings that lie on no participant's words."""

    settings: ProjectFile
    file: str
    project: Project
    aside: list[dict[str, object]] = field(default_factory=list)


@dataclass
class Raw:
    """What the raw files of a study hold, as text; frames are indexed by the row of the file.

    `on_comments` holds, by the row of the table of codings, the acts that coded comments, with file and line: their
    words are looked for once the comments are known. So are those of `decided`, what people decided on disagreements.
    `unread` names the tables and transcripts that could not be read: what refers to them is no further fault.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    transcripts: dict[str, Transcript] = field(default_factory=dict)
    surveys: list[tuple[SurveyFile, pd.DataFrame]] = field(default_factory=list)
    boards: list[tuple[str, pd.DataFrame]] = field(default_factory=list)
    texts: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    labels: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    projects: list[Joined] = field(default_factory=list)
    on_comments: dict[int, tuple[Act, str, int]] = field(default_factory=dict)
    decided: Journals = field(default_factory=Journals)
    log: list[dict[str, str | int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def note(self, file: str, item: str, action: str, n: int, reason: str = "", example: str = "") -> None:
        """Add a line to the import log: what was read, converted, dropped or left out, and why."""
        self.log.append({"file": file, "item": item, "action": action, "n": n, "reason": reason, "example": example})

    def notable(self) -> list[str]:
        """Return lines on all that was not simply read or converted: one a reason in a file, or in many files alike."""
        grouped: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        for row in self.log:
            if row["action"] not in {"read", "converted"}:
                action, why, file, item, n = (str(row[name]) for name in ("action", "reason", "file", "item", "n"))
                grouped.setdefault((action, why, file), []).append((item, n))
        alike: dict[tuple[str, str, tuple[str, ...]], dict[str, list[tuple[str, str]]]] = {}
        for (action, why, file), noted in grouped.items():
            alike.setdefault((action, why, tuple(sorted(item for item, _ in noted))), {})[file] = noted
        lines = []
        for (action, why, of), files in alike.items():
            if len(files) < ALIKE:
                shown = {file: ", ".join(f"{item} ({n})" for item, n in noted) for file, noted in files.items()}
                lines += [f"{action} of {file}: {items}: {why}" for file, items in shown.items()]
                continue
            folders = {file.rpartition("/")[0] for file in files}
            place = f" in {min(folders)}" if len(folders) == 1 else ""
            each = (
                f"{file.rpartition('/')[2] if place else file} ({', '.join(n for _, n in sorted(noted))})"
                for file, noted in files.items()
            )
            lines.append(f"{action} of {len(files)} files{place}: {', '.join(of)}: {why}: {', '.join(each)}")
        return lines

    def attempt(self, reader: Callable[Asked, T], *args: Asked.args, **kwargs: Asked.kwargs) -> T | None:
        """Return what a reader reads; keep the faults of what it cannot read, and go on."""
        try:
            return reader(*args, **kwargs)
        except StudyError as error:
            self.faults += error.faults
            return None
