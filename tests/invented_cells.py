"""Notebooks made of a few invented cells, as if they had been run."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
from nbformat import NotebookNode

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n invented").decode()
DATA = f"data:image/png;base64,{PNG}"


def markdown(text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def code(source: str = "", *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs))
    cell.metadata["tags"] = list(tags)
    return cell  # type: ignore[no-any-return, unused-ignore]


def shown(kind: str, data: str, **metadata: Any) -> NotebookNode:
    return nbformat.v4.new_output("display_data", {kind: data}, metadata=metadata)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def stream(name: str, text: str) -> NotebookNode:
    return nbformat.v4.new_output("stream", name=name, text=text)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def notebook(*cells: NotebookNode, **about: Any) -> NotebookNode:
    made = nbformat.v4.new_notebook(cells=list(cells), metadata={"buddy_eval": about})
    return made  # type: ignore[no-any-return, unused-ignore]
