"""A report in all its formats, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from buddy_eval.base.files import write_atomic
from buddy_eval.publish.about import about
from buddy_eval.publish.annex import ANNEX
from buddy_eval.publish.document import BRIEF, DASHBOARD, SLIDES, TABLES
from buddy_eval.publish.page import page
from buddy_eval.publish.pdf import to_pdf
from buddy_eval.publish.powerpoint import to_pptx
from buddy_eval.publish.sheets import to_xlsx
from buddy_eval.publish.word import to_docx

ONE_PAGE = "dashboard"  # the tag of a brief's cells that a board looks at before all else, on one page


def write_report(
    notebook: NotebookNode, folder: Path, stem: str, passes: Callable[[Mapping[str, bytes]], None] | None = None
) -> list[Path]:
    """Write a notebook's page as `.html`, `.docx`, `.pdf`, and what else its form has, into a folder, all or none.

    Slides have a `.pptx`; a report with an annex has the annex as a page and as a workbook; a brief its dashboard.
    `passes` sees what was built, by ending, before anything is written; what it raises keeps the report back. While
    pandoc and Typst, programs of their own, make the PDF, the Word file is made beside it.
    """
    what, html = about(notebook, stem), page(notebook, stem)
    with ThreadPoolExecutor(1) as beside:
        pdf = beside.submit(to_pdf, html, what)
        contents = {".html": html.encode(), ".docx": to_docx(html, what), ".pdf": pdf.result()}
    if what.form == SLIDES:
        contents[".pptx"] = to_pptx(html, what)
    if what.annex:
        tables = page(_beside(notebook, ANNEX, "Long tables.", notebook.cells), what.annex)
        contents |= {f"{TABLES}.html": tables.encode(), f"{TABLES}.xlsx": to_xlsx(tables, what)}
    if what.form == BRIEF:
        tagged = [cell for cell in notebook.cells if ONE_PAGE in cell.metadata.get("tags", ())]
        short = _beside(notebook, ONE_PAGE, "On one page.", tagged or notebook.cells)
        one = page(short, f"{stem}{DASHBOARD}")
        contents |= {f"{DASHBOARD}.html": one.encode(), f"{DASHBOARD}.pdf": to_pdf(one, about(short, stem))}
    if passes is not None:
        passes(contents)
    for ending, data in contents.items():
        write_atomic(folder / f"{stem}{ending}", data)
    return [folder / f"{stem}{ending}" for ending in contents]


def _beside(notebook: NotebookNode, form: str, what: str, cells: list[NotebookNode]) -> NotebookNode:
    """What else is made of a report, as a notebook of its own."""
    said = notebook.metadata["buddy_eval"]
    said = {**said, "form": form, "subtitle": f"{what} {said.get('subtitle', '')}".strip()}
    return nbformat.v4.new_notebook(cells=cells, metadata={"buddy_eval": said})
