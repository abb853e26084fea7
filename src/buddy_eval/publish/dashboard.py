"""The one page of a brief: what a board looks at before all else, to be printed and laid on the table."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

TAG = "dashboard"


def dashboard(notebook: NotebookNode) -> NotebookNode:
    """Return the cells of a brief that carry the tag ``dashboard``; where none does, all of them."""
    tagged = [cell for cell in notebook.cells if TAG in cell.metadata.get("tags", ())]
    about = dict(notebook.metadata["buddy_eval"])
    about |= {"form": TAG, "subtitle": f"On one page. {about.get('subtitle', '')}".strip()}
    return nbformat.v4.new_notebook(cells=tagged or notebook.cells, metadata={"buddy_eval": about})
