"""`jupyter nbconvert --to buddy_report`, also in JupyterLab's menu: a notebook as one accessible page."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from buddy_eval.publish.page import page


class BuddyReport(Exporter):
    """Export an executed notebook as a self-contained HTML page without scripts.

    Code and printed text are left out; the cell tags ``show-code``, ``remove-cell`` and ``remove-input`` do what
    they do everywhere in Jupyter. What to print on the page (title, notice, footer) stands in the notebook's
    metadata under ``buddy_eval``, and has sensible defaults.
    """

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "Buddy report"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of a notebook and the resources that nbconvert's writers need.

        Raises
        ------
        ReportError : a picture has no alt text, or a cell ended in an error.
        """
        copy, made = super().from_notebook_node(nb, resources, **kwargs)
        name = made.get("metadata", {}).get("name", "Report")
        made["output_extension"] = self.file_extension
        return page(copy, name), made
