"""The only readers of raw files: everything as text, with a log of what reading did."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import Fault, closest, nearest
from buddy_eval.base.files import inside
from buddy_eval.read.boards import SHEET, TEMPLATE, read_board
from buddy_eval.read.by_hand import join_journals, journals_folder
from buddy_eval.read.decisions import join_decisions
from buddy_eval.read.exports import read_export
from buddy_eval.read.guard import CLOSED
from buddy_eval.read.monthly import monthly_paths, read_monthly
from buddy_eval.read.names import beside, pseudonymise
from buddy_eval.read.private import private_columns
from buddy_eval.read.projects import join_codings, read_projects, text_of
from buddy_eval.read.raw import Raw
from buddy_eval.read.table import read_table
from buddy_eval.read.transcripts import Transcript, read_text, read_transcript
from buddy_eval.read.workbook import beside as beside_cells
from buddy_eval.study.settings import BESIDE, FILE, TABLES, Study

GUIDE = "README.md"  # what a folder is for, as `init` writes it
LOCKS = ("~${}", ".~lock.{}#")  # files that Excel and LibreOffice keep while one is open
__all__ = ["Raw", "Transcript", "raw_files", "read_raw"]


def read_raw(study: Study, journals: bool = True) -> Raw:
    """Read every raw file that `study.toml` names; faults are collected in the result, not raised.

    Without `journals` the assignments are as their file has them, also those that nobody has finished.
    """
    raw = Raw()
    for kind in TABLES:
        if path := study.raw_path(kind):
            _table(raw, kind, path, study.name_of(path))
    for survey in study.survey:
        path = study.raw_folder / survey.file
        export = raw.attempt(read_export, path, study.name_of(path))
        if export is not None:
            _beside(raw, path, study.name_of(path))
            raw.surveys.append((survey, _without_identities(raw, export.frame, study.name_of(path))))
            raw.texts[survey.file], raw.labels[survey.file] = export.texts, export.labels
            if export.missing:
                raw.note(study.name_of(path), "cells", "left out", export.missing, "declared to be missing in SPSS")
            if export.skipped:
                raw.note(
                    study.name_of(path), "header rows", "converted", export.skipped, f"{export.kind} writes several"
                )
    read_projects(raw, study)
    _transcripts(raw, study)
    join_codings(raw, study)
    read_monthly(raw, study)
    pseudonymise(raw, study)
    if journals:
        join_journals(raw, study)  # its offsets count in the text that coders saw
        join_decisions(raw, study)
    _boards(raw, study)
    _strays(raw, study)
    return raw


def _strays(raw: Raw, study: Study) -> None:
    """Name what lies beside the raw files, and the settings do not name."""
    named = {study.raw_folder / name for name in study.raw.values()} | set(raw_files(study))
    for path in sorted(study.raw_folder.iterdir()) if study.raw_folder.is_dir() else ():
        ours = path.name == GUIDE or path.name.startswith((".", "~$"))
        if not ours and not any(other.is_relative_to(path) for other in named):
            astray = path.name.casefold() in map(str.casefold, BESIDE)
            why = f"it belongs beside {FILE}; move it there" if astray else f"{FILE} does not name it"
            raw.note(study.name_of(path), "file", "left out", 1, why)


def _boards(raw: Raw, study: Study) -> None:
    boards = study.raw_path("boards")
    if boards is None:
        return
    folders = (path for path in boards.glob("*.xlsx") if path.is_dir())
    raw.faults += [Fault(study.name_of(path), 0, "is a folder, not a workbook", "take it out") for path in folders]
    for path in _lying_in(raw, study, boards):
        file = study.name_of(path)
        if path.suffix.lower() != ".xlsx" or path.parent != boards:
            raw.note(file, "file", "left out", 1, "board returns are .xlsx files that lie in the folder itself")
            continue
        if path.name == TEMPLATE:
            raw.note(file, "board return", "left out", 1, "the template; save a filled one under another name")
            continue
        board = raw.attempt(read_board, path, file)
        if board is not None:
            _beside(raw, path, file, SHEET)
            raw.boards.append((file, board))
            raw.note(file, "questions", "read", len(board))


def raw_files(study: Study) -> list[Path]:
    """List every raw file that a study names, folders with all they hold, in a stable order."""
    named = [study.raw_folder / name for name in study.raw.values()]
    files = [*(survey.file for survey in study.survey), *(project.file for project in study.projects)]
    named += [study.raw_folder / name for name in files]
    named += [*monthly_paths(study), *beside(study), journals_folder(study)]
    every = [inner for path in named for inner in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return sorted({path for path in every if path.is_file() and not path.name.startswith((".", "~$"))})


def _table(raw: Raw, kind: str, path: Path, file: str) -> None:
    frame = raw.attempt(read_table, path, file)
    if frame is None:
        raw.unread.add(kind)
    else:
        _beside(raw, path, file)
        raw.tables[kind] = frame if kind == "trusts" else _without_identities(raw, frame, file)
        raw.files[kind] = file
        raw.note(file, "rows", "read", len(frame))


def _without_identities(raw: Raw, frame: pd.DataFrame, file: str) -> pd.DataFrame:
    private = private_columns(frame)
    for column, reason in private.items():
        raw.note(file, f"column {column}", "dropped", int(frame[column].notna().sum()), reason)
    return frame.drop(columns=list(private))


def _transcripts(raw: Raw, study: Study) -> None:
    folder, sources = study.raw_path("transcripts"), raw.tables.get("sources")
    if sources is None or not {"file", "speaker"} <= set(sources.columns) or not (folder or raw.projects):
        return
    folder = folder or study.raw_folder / "transcripts"
    lying = _lying_in(raw, study, folder) if folder.is_dir() or not raw.projects else []
    files = {path.relative_to(folder).as_posix(): path for path in lying if path != folder / GUIDE}
    named = sources.dropna(subset=["file", "speaker"])
    astray = {*named["file"]} - {*files}
    meant = {name: _meant(name, sources, files) for name in sorted(astray) if text_of(raw, name) is None}
    for file, rows in named.groupby("file", sort=True):
        others = named.loc[named["file"].map(meant) == file, "speaker"]  # under another name, which is a fault
        name, labels = str(file), (*rows["speaker"], *others, *study.interviewers)
        path, text = folder / name, text_of(raw, name)
        there = inside(folder, name) and _there(path)
        if there:
            script = raw.attempt(read_transcript, path, study.name_of(path), labels)
        elif text is not None:
            script = raw.attempt(read_text, text, name, labels)
        else:
            near = meant.get(name)
            script, remedy = None, f"did you mean {near!r}?" if near else "add the file, or take out its rows"
            missing = f"{name!r} is not in {folder.name}"
            raw.faults.append(Fault(raw.files["sources"], int(rows.index[0]), missing, remedy))
        if script is None:
            raw.unread.add(name)
            continue
        raw.transcripts[name] = script
        raw.faults += _silent(rows, script, raw.files["sources"])
        if there:
            raw.note(study.name_of(path), "turns", "read", len(script.turns))
            for what, words in script.aside.items():
                raw.note(study.name_of(path), what, "left out", len(words), "no turn holds them")
    for name in sorted(files.keys() - {*sources["file"].dropna(), *meant.values()}):
        raw.note(study.name_of(files[name]), "transcript", "left out", 1, "no row of the list of sources names it")


def _meant(name: str, sources: pd.DataFrame, files: Collection[str]) -> str:
    """The file that a name which is none may stand for: a near one that no row names, or that of its own source."""
    if near := closest(name, {*files} - {*sources["file"]}):
        return near
    rows = sources[sources["file"] == name]
    own = sources.loc[sources.get("source", sources["file"]).isin(rows.get("source", [])), "file"]
    return min({*own} & {*files}, default="")


def _lying_in(raw: Raw, study: Study, folder: Path) -> list[Path]:
    """All files below a folder, but for hidden ones; what cannot be opened, or leads nowhere, is a fault."""
    files: list[Path] = []
    refused: list[OSError] = []
    for place, _, names in os.walk(folder, onerror=refused.append):
        files += [Path(place) / name for name in names if not name.startswith((".", "~$"))]
    gone = [path for path in files if not _there(path)]
    problems = [(Path(error.filename), (error.strerror or "").lower()) for error in refused]
    for path, reason in [*problems, *((path, "it leads nowhere") for path in gone)]:
        raw.faults.append(Fault(study.name_of(path), 0, f"cannot be opened: {reason}", CLOSED))
    return sorted(set(files) - set(gone))


def _there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # in a folder that cannot be opened
        return False


def _beside(raw: Raw, path: Path, file: str, sheet: str | int = 0) -> None:
    """Name what a workbook holds beside the cells that are read, what of those is hidden, and that it is open."""
    for item, action, n, why in raw.attempt(lambda: list(beside_cells(path, file, sheet))) or ():
        raw.note(file, item, action, n, why)
    if any(path.with_name(name.format(path.name)).exists() for name in LOCKS):
        raw.note(file, "what is not saved", "left out", 1, "the file is open in another program; save it there")


def _silent(rows: pd.DataFrame, script: Transcript, file: str) -> list[Fault]:
    """Interviewees whom the list of sources names and who have no turn in their file."""
    spoke = {turn.speaker for turn in script.turns}
    absent = rows[~rows["speaker"].isin(spoke)]
    if "participant" in absent:
        absent = absent[absent["participant"] != "interviewer"]
    problem, remedy = f"has no turn in {rows['file'].iloc[0]!r}", "write the label as the file does"
    return [
        Fault(file, int(str(row)), f"speaker {name!r} {problem}", nearest(name, spoke, remedy))
        for row, name in absent["speaker"].items()
    ]
