"""Index pages that lead to a study's reports: one for each circle of readers, and one for the team."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbformat

from buddy_eval.base.files import write_atomic
from buddy_eval.base.profiles import READERS
from buddy_eval.publish.document import DASHBOARD, TABLES, Document, endings
from buddy_eval.publish.out_of_date import FOLDER, set_aside_pages
from buddy_eval.publish.page import page
from buddy_eval.study.settings import Study

APART = "Each brief is for the two boards of its pair alone: send them its files, not this folder."
NONE = "No report for these readers stands at present."
LATE = ": out of date, made before the latest change"
OUT_OF_DATE = "Earlier versions of reports that are now kept back, or are no longer made. Send them to nobody."
PROGRAMS = {".docx": "Word", ".pdf": "PDF", ".pptx": "PowerPoint"}
LONG = {f"{TABLES}.html": "a page", f"{TABLES}.xlsx": "Excel"}


def write_index(study: Study, reports: Mapping[Document, bool], facts: dict[str, Any]) -> None:
    """Write `reports/index.html` and one index in each profile's folder.

    `reports` holds every report that stands, and whether it is late: made before the latest change. What was set aside
    is listed for the team alone.
    """
    everything = []
    for profile, readers in READERS.items():
        heading = f"For {readers}"
        mine = [document for document in reports if document.profile == profile]
        if not mine and not (study.reports / profile / "index.html").is_file():
            continue
        lines = [*([APART, ""] if profile == "partners" else []), *(_line("", d, late=reports[d]) for d in mine)]
        _write(study, f"{profile}/", heading, "\n".join(lines if mine else [NONE]), facts)
        listed = "\n".join(_line(f"{profile}/", d, late=reports[d]) for d in mine) or NONE
        everything.append(f"## {heading}\n\n{listed}")
    if aside := set_aside_pages(study):
        listed = "\n".join(f"- [{name.removesuffix('.html')}]({FOLDER}/{name})" for name in aside)
        everything.append(f"## Out of date\n\n{OUT_OF_DATE}\n\n{listed}")
    _write(study, "", "Reports", "\n\n".join(everything), facts)


def _line(folder: str, document: Document, *, late: bool) -> str:
    stem, has = f"{folder}{document.stem}", endings(document.kind)
    others = ", ".join(f"[{PROGRAMS[ending]}]({stem}{ending})" for ending in has if ending in PROGRAMS)
    annex = [f"[{name}]({stem}{ending})" for ending, name in LONG.items() if ending in has]
    tables = f"; its long tables as {', '.join(annex)}" if annex else ""
    if f"{DASHBOARD}.html" in has:
        tables = f"; on one page: [a page]({stem}{DASHBOARD}.html), [PDF]({stem}{DASHBOARD}.pdf)"
    return f"- [{document.title}]({stem}.html) (also as {others}{tables}){LATE * late}"


def _write(study: Study, folder: str, heading: str, text: str, facts: dict[str, Any]) -> None:
    cell = nbformat.v4.new_markdown_cell(text)
    settings = {**facts, "title": study.title, "subtitle": heading}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"buddy_eval": settings})
    write_atomic(study.reports / f"{folder}index.html", page(notebook, "index").encode())
