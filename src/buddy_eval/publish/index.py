"""Index pages that lead to a study's reports: one for each circle of readers, and one for the team."""

from __future__ import annotations

from typing import Any

import nbformat

from buddy_eval.base.files import write_atomic
from buddy_eval.base.profiles import READERS
from buddy_eval.publish.endings import DASHBOARD, TABLES
from buddy_eval.publish.page import page
from buddy_eval.study.settings import Study

APART = "Each brief is for the two boards of its pair alone: send them its files, not this folder."

PROGRAMS = {".docx": "Word", ".pdf": "PDF", ".pptx": "PowerPoint"}
LONG = {f"{TABLES}.html": "a page", f"{TABLES}.xlsx": "Excel"}


def write_index(study: Study, reports: list[tuple[str, str, str, tuple[str, ...]]], facts: dict[str, Any]) -> None:
    """Write `reports/index.html` and one index in each profile's folder.

    `reports` lists (profile, file stem, title, endings of its files) of every report that has been made.
    """
    everything = []
    for profile, readers in READERS.items():
        heading = f"For {readers}"
        mine = [report[1:] for report in reports if report[0] == profile]
        if not mine:
            continue
        lines = [*([APART, ""] if profile == "partners" else []), *(_line(*report) for report in mine)]
        _write(study, f"{profile}/", heading, "\n".join(lines), facts)
        everything.append(
            f"## {heading}\n\n" + "\n".join(_line(f"{profile}/{stem}", title, others) for stem, title, others in mine)
        )
    _write(study, "", "Reports", "\n\n".join(everything), facts)


def _line(stem: str, title: str, endings: tuple[str, ...]) -> str:
    others = ", ".join(f"[{PROGRAMS[ending]}]({stem}{ending})" for ending in endings if ending in PROGRAMS)
    annex = [f"[{name}]({stem}{ending})" for ending, name in LONG.items() if ending in endings]
    tables = f"; its long tables as {', '.join(annex)}" if annex else ""
    if f"{DASHBOARD}.html" in endings:
        tables = f"; on one page: [a page]({stem}{DASHBOARD}.html), [PDF]({stem}{DASHBOARD}.pdf)"
    return f"- [{title}]({stem}.html) (also as {others}{tables})"


def _write(study: Study, folder: str, heading: str, text: str, facts: dict[str, Any]) -> None:
    cell = nbformat.v4.new_markdown_cell(text)
    settings = {**facts, "title": study.title, "subtitle": heading}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"buddy_eval": settings})
    write_atomic(study.reports / f"{folder}index.html", page(notebook, "index").encode())
