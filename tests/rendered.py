"""Reports of a study as pages, made in this process: the notebooks' own cells, the page and the gate, no kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from buddy_eval.disclose.results import PAIR, PROFILE, STUDY
from buddy_eval.present.plots import form
from buddy_eval.publish.document import Document
from buddy_eval.publish.gate.known import known
from buddy_eval.publish.gate.notebook import notebook_faults
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.page import combine, page
from buddy_eval.study.settings import Study

DOTS = 30  # an inch: pictures are drawn whole, and small


def rendered(study: Study, document: Document) -> str:
    """Return the page of one report.

    Raises
    ------
    AssertionError : the gate would keep it back.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(form.STYLE, "savefig.dpi", DOTS)
        for name, value in {STUDY: str(study.root), PROFILE: document.profile, PAIR: document.pair}.items():
            patch.setenv(name, value)
        executed = [_executed(study.notebooks / name) for name in document.notebooks]
    faults = [
        fault for name, made in zip(document.notebooks, executed, strict=True) for fault in notebook_faults(made, name)
    ]
    settings = {"profile": document.profile, "subtitle": document.title, "title": study.title, "form": document.kind}
    made = page(combine(executed, settings), document.stem)
    faults += report_faults({".html": made.encode()}, document.stem, known(study, document.profile, document.pair))
    assert faults == [], f"{document.profile}/{document.stem}: {'; '.join(map(str, faults[:3]))}"
    return made


def _executed(path: Path) -> NotebookNode:
    """Run the cells of one notebook, each on what those before it left."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    space: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            with _shown(cell, space) as show:
                *steps, last = ast.parse(cell.source).body
                ending = last if isinstance(last, ast.Expr) else None
                body = ast.Module([*steps, *([] if ending else [last])], [])
                exec(compile(body, path.name, "exec"), space)
                if ending:
                    show(eval(compile(ast.Expression(ending.value), path.name, "eval"), space))
    return notebook


@contextmanager
def _shown(cell: NotebookNode, space: dict[str, Any]) -> Iterator[Any]:
    """Give the cell a `display`, and keep what it shows."""
    outputs: list[NotebookNode] = []

    def show(*things: Any) -> None:
        for thing in things:
            if thing is None:
                continue
            if hasattr(thing, "_repr_mimebundle_"):
                data, about = thing._repr_mimebundle_()
            else:
                data, about = {"text/html": thing._repr_html_(), "text/plain": ""}, {}
            outputs.append(nbformat.v4.new_output("display_data", data, metadata=about))

    space["display"] = show
    yield show
    cell.outputs, cell.execution_count = outputs, 1


def side_by_side(rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield rows that hold both sides in columns, as a brief has them, as a row a side."""
    for row in rows:
        if "Side" in row:
            yield row
            continue
        for side in ("Supporter", "Receiver", "External"):
            means, _, change = row.get(side, "").partition(": ")
            before, _, after = means.partition(" to ")
            about = {"Side": side.casefold(), "Mean before": before, "Mean after": after or before}
            if before:
                yield {**row, **about, "Change (95% interval)": change}
