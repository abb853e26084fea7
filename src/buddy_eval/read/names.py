"""Pseudonyms for names: put in on reading, so that no later step ever holds a name; the key lies apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.project import Project
from buddy_eval.read.raw import Raw
from buddy_eval.read.table import read_table
from buddy_eval.read.transcripts import Transcript, Turn
from buddy_eval.study.settings import Study

SHARED = ("data/processed", "reports", "notebooks", "exports", "data/raw")


class Names:
    """Names and their pseudonyms; a name counts as a whole word, as written or in capitals, the longest first.

    >>> names = Names({"Anna": "P1", "Anna Smith": "P2"})
    >>> names.said("Anna Smith met ANNA's team, and Annabel.")
    "P2 met P1's team, and Annabel."
    """

    def __init__(self, key: Mapping[str, str]) -> None:
        self.key = {**{name.upper(): new for name, new in key.items()}, **key}
        longest = sorted(self.key, key=len, reverse=True)
        self.pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")

    def said(self, text: str) -> str:
        """Return a text with pseudonyms for names."""
        return self.pattern.sub(lambda match: self.key[match.group()], text)

    def column(self, cells: pd.Series) -> pd.Series:
        """Return a column of text with pseudonyms for names; missing cells stay missing."""
        return cells.map(self.said, na_action="ignore").astype("str")

    def shifts(self, text: str) -> list[tuple[int, int, int]]:
        """Return start, end and the length of the pseudonym for every name in a text, in order."""
        return [(*match.span(), len(self.key[match.group()])) for match in self.pattern.finditer(text)]


def moved(place: int, shifts: list[tuple[int, int, int]], *, end: bool = False) -> int:
    """Return where a character offset lies after the names before it were replaced.

    An offset inside of a name becomes the beginning of its pseudonym, or with `end` its end.

    >>> moved(12, [(0, 10, 2)]), moved(4, [(0, 10, 2)]), moved(4, [(0, 10, 2)], end=True)
    (4, 0, 2)
    """
    change = 0
    for first, last, length in shifts:
        if last <= place:
            change += length - (last - first)
        elif first < place:
            return first + change + (length if end else 0)
        else:
            break
    return place + change


def read_names(study: Study) -> Names | None:
    """Read the key (`name`, `pseudonym`) that `study.toml` names; None where the study has none.

    Raises
    ------
    StudyError : it cannot be read, or lies in a folder that is passed on.
    """
    if study.pseudonyms is None:
        return None
    file = study.pseudonyms.name
    inside = [folder for folder in SHARED if study.pseudonyms.resolve().is_relative_to((study.root / folder).resolve())]
    if inside:
        remedy = "keep it apart, such as in private/, which no report or archive takes up"
        raise StudyError([Fault(file, 0, f"the key to the pseudonyms lies in {inside[0]}", remedy)])
    frame = read_table(study.pseudonyms, file)
    if not {"name", "pseudonym"} <= set(frame.columns):
        raise StudyError([Fault(file, 1, "no columns 'name' and 'pseudonym'", "name the two columns so")])
    bad = frame.index[frame[["name", "pseudonym"]].isna().any(axis=1) | frame["name"].duplicated()]
    if len(bad) or frame.empty:
        problem, remedy = (
            "a name is empty, stands twice, or has no pseudonym",
            "give each name once, with its pseudonym; of two people of one name write more, as the files call them",
        )
        raise StudyError([Fault(file, int(row), problem, remedy) for row in list(bad) or [0]])
    return Names({name.strip(): new.strip() for name, new in zip(frame["name"], frame["pseudonym"], strict=True)})


def pseudonymise(raw: Raw, study: Study) -> None:
    """Replace the names of the key in everything that was read; offsets of codings and approvals move along."""
    names = raw.attempt(read_names, study)
    if names is None:
        return
    shifts = {file: names.shifts(script.text) for file, script in raw.transcripts.items()}
    files = (
        dict(zip(raw.tables["sources"]["source"], raw.tables["sources"]["file"], strict=True))
        if "sources" in raw.tables
        else {}
    )
    for table in ("codings", "approvals"):
        if table in raw.tables:
            raw.tables[table] = _shifted(raw.tables[table], files, shifts)
    raw.transcripts = {
        names.said(file): _transcript(script, names, shifts[file]) for file, script in raw.transcripts.items()
    }
    for joined in raw.projects:
        joined.aside = [_aside(row, shifts.get(files.get(str(row["source_id"]), ""), [])) for row in joined.aside]
        _project(joined.project, names)
    for kind, frame in raw.tables.items():
        if kind not in {"trusts", "outcomes"}:
            raw.tables[kind] = _replaced(frame, names)
    raw.surveys = [(survey, _replaced(frame, names)) for survey, frame in raw.surveys]
    raw.log = [
        {key: names.said(value) if isinstance(value, str) else value for key, value in line.items()} for line in raw.log
    ]
    n = sum(map(len, shifts.values()))
    file = study.pseudonyms.name if study.pseudonyms else ""
    raw.note(file, "names in transcripts", "converted", n, "pseudonyms stand for them")


def _replaced(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Pseudonyms for names in every cell; a table without a row keeps its columns of text."""
    return pd.DataFrame({column: names.column(frame[column]) for column in frame.columns}, index=frame.index)


def _transcript(script: Transcript, names: Names, shifts: list[tuple[int, int, int]]) -> Transcript:
    turns = (
        Turn(names.said(turn.speaker), moved(turn.start, shifts), moved(turn.end, shifts, end=True), turn.time)
        for turn in script.turns
    )
    return Transcript(names.said(script.text), tuple(turns))


def _shifted(frame: pd.DataFrame, files: dict[str, str], shifts: dict[str, list[tuple[int, int, int]]]) -> pd.DataFrame:
    """Move start and end of passages; a cell that is no number stays as it is, for the check to name."""
    if not {"source_id", "start", "end"} <= set(frame.columns):
        return frame
    shifted = frame.copy()
    for column in ("start", "end"):
        shifted[column] = [
            str(moved(int(cell), shifts.get(files.get(source, ""), []), end=column == "end"))
            if isinstance(cell, str) and cell.strip().isdecimal()
            else cell
            for source, cell in zip(frame["source_id"], frame[column], strict=True)
        ]
    return shifted


def _aside(row: dict[str, object], shifts: list[tuple[int, int, int]]) -> dict[str, object]:
    start, end = int(str(row["start"])), int(str(row["end"]))
    return {**row, "start": moved(start, shifts), "end": moved(end, shifts, end=True)}


def _project(project: Project, names: Names) -> None:
    project.texts = {names.said(name): names.said(text) for name, text in project.texts.items()}
    project.codings["source"] = names.column(project.codings["source"])
    for column in ("name", "value"):
        project.attributes[column] = names.column(project.attributes[column])
    project.members = [(names.said(case), names.said(source)) for case, source in project.members]


def beside(study: Study) -> list[Path]:
    """The key and the maps of surveys: files beside the raw ones on which reading depends."""
    maps = [study.root / survey.map for survey in study.survey if survey.map]
    return maps + ([study.pseudonyms] if study.pseudonyms else [])
