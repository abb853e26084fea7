"""A machine's codes in a REFI-QDA project of the tool that it works in: a source for every comment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath

import numpy as np
import pandas as pd

from buddy_eval.base.errors import Fault, StudyError, nearest
from buddy_eval.read.project import Project
from buddy_eval.read.refi import read_refi

SUFFIX = ".qdpx"


def project_codes(path: Path, key: str, themes: Sequence[str], machine: str) -> pd.DataFrame:
    """Return for every source of a project which themes the machine gave it: the index is the source's name (`key`).

    A theme is a code of that name, or any code below it. Where people coded in the project too, those codings count
    whose user is called as the machine.

    Raises
    ------
    StudyError : no such project; a theme that is no code of it; several users, none of them the machine.
    """
    project = read_refi(path, path.name)
    codings = _of_the_machine(project, machine, path.name)
    names = pd.Index([PurePath(name).stem for name in project.texts], name=key)
    if (twice := names.duplicated()).any():
        problem = f"{int(twice.sum()):,} sources bear a name that stands twice"
        raise StudyError([Fault(path.name, 0, problem, f"name each source by its {key}")])
    below = _themes(project, themes, path.name)
    sources = pd.Series([PurePath(str(name)).stem for name in codings["source"]], index=codings.index)
    held = {theme: names.isin(sources[codings["code"].isin(codes)]) for theme, codes in below.items()}
    return pd.DataFrame(held, index=names, dtype=np.bool_)


def _of_the_machine(project: Project, machine: str, file: str) -> pd.DataFrame:
    coders = set(project.codings["coder"])
    if len(coders) < 2:
        return project.codings
    if machine not in coders:
        problem = f"{len(coders)} users coded, and none of them is called {machine!r}"
        raise StudyError([Fault(file, 0, problem, f"give --machine as the project does: {nearest(machine, coders)}")])
    return project.codings[project.codings["coder"] == machine]


def _themes(project: Project, themes: Sequence[str], file: str) -> dict[str, set[str]]:
    """Theme to the names of its code and of all below it."""
    rows = project.codes[["guid", "name", "parent"]].to_dict("records")
    parent = {row["guid"]: row["parent"] for row in rows}
    name = {row["guid"]: str(row["name"]) for row in rows}
    below: dict[str, set[str]] = {theme: set() for theme in themes}
    for guid in name:
        above: str | None = guid
        while above in name:
            for theme in themes:
                if name[above].strip().casefold() == theme.casefold():
                    below[theme].add(name[guid])
            above = parent[above]
    if lost := [theme for theme, codes in below.items() if not codes]:
        known = set(name.values())
        raise StudyError([Fault(file, 0, f"there is no code {theme!r}", nearest(theme, known)) for theme in lost])
    return below
