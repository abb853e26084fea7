"""What a notebook may not hold when it is published: whatever is hidden, active, or brings data along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from buddy_eval.base.errors import BuddyError, Fault, raised
from buddy_eval.base.files import load_json
from buddy_eval.publish.own_output import picture_of, wordless

SHOWN = {"text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg"}
AS_PICTURE = {"application/vnd.plotly.v1+json": 'show it as a picture: figure.show("png")'}
HIDING = {"hide-input", "hide-output", "hide-cell", "hide_input", "hide_output", "hide_cell", "hidden"}
BROKEN = (nbformat.ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError, Warning)
ACTIVE = re.compile(
    r"<\s*(script|iframe|object|embed|form|link|base|svg|video|audio|meta)\b|\son\w+\s*=", re.IGNORECASE
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|<[^>]+\shidden[\s>=]|text-overflow", re.IGNORECASE)


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook.

    Raises
    ------
    BuddyError : the file is none.
    """
    try:
        load_json(path)  # its size and depth
        notebook: NotebookNode = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        return notebook
    except BROKEN as error:
        kind = type(error).__name__
        raise BuddyError(f"{path.name} is no notebook ({kind}); save it again in JupyterLab") from None


def notebook_faults(notebook: NotebookNode, file: str) -> list[Fault]:
    """List everything in an executed notebook that may not be published, with the cell, counted from 1.

    Printed text (stdout, stderr) is no fault: the page leaves it out. A cell tagged ``remove-cell`` is left out too.
    """
    faults = []
    if notebook.metadata.get("widgets"):
        faults.append(
            Fault(file, 0, "the notebook keeps the state of widgets", "clear the outputs; show a table instead")
        )
    for number, cell in enumerate(notebook.cells, 1):
        if "remove-cell" in cell.metadata.get("tags", ()):
            continue
        faults += [Fault(file, 0, f"cell {number}: {problem}", remedy) for problem, remedy in _cell(cell)]
    return faults


def not_run(notebook: NotebookNode, file: str) -> list[Fault]:
    """Say that cells of a notebook were not run, so that a page of it would lack what they show."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    left = sum(cell.get("execution_count") is None for cell in cells)
    remedy = "run all cells (Run, Run All Cells), save, and export again"
    return [Fault(file, 0, f"{left} of {len(cells)} cells with code were not run", remedy)] if left else []


def _cell(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    about = cell.metadata
    jupyter = about.get("jupyter", {})
    if about.get("hidden") or jupyter.get("source_hidden") or jupyter.get("outputs_hidden") or about.get("collapsed"):
        yield "is hidden or folded", "show it, or delete it"
    if tags := HIDING & set(about.get("tags", ())):
        yield f"tag {sorted(tags)[0]!r} hides without removing", "use remove-cell or remove-input"
    if cell.cell_type == "raw":
        yield "is a raw cell", "make it markdown, or delete it"
    if cell.get("attachments"):
        yield "has attached files", "delete them, or show the picture from a code cell"
    if cell.cell_type == "markdown":
        yield from _marked_up(cell.source)
    for output in cell.get("outputs", ()):
        yield from _output(output)
    yield from wordless(cell)


def _output(output: NotebookNode) -> Iterator[tuple[str, str]]:
    if output.output_type == "error":
        yield f"ended in {raised(output.ename, output.evalue)}", "run the notebook and mend the cell"
    data: dict[str, Any] = output.get("data", {})
    if picture_of(data):  # of all that such an output brings along, the page takes the picture alone
        return
    for kind in sorted(set(data) - SHOWN):
        yield f"an output of type {kind} brings its data along", AS_PICTURE.get(kind, "show a table, or a picture")
    for kind in {"text/html", "text/markdown"} & set(data):
        yield from _marked_up("".join(data[kind]))


def _marked_up(text: str) -> Iterator[tuple[str, str]]:
    if "<!--" in text:
        yield "holds a comment that readers would not see", "delete it"
    if match := ACTIVE.search(text):
        yield f"holds an active element ({match.group().strip(' =<')})", "show a table, or a picture"
    if HIDDEN.search(text):
        yield "holds hidden content", "show it, or delete it"
