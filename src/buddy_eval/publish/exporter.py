"""`jupyter nbconvert --to buddy_report`, also in JupyterLab's menu: a notebook as one page, by the door of publish."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets.config import Application

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.manifest import MANIFEST, Manifest
from buddy_eval.disclose.results import PAIR, PROFILE
from buddy_eval.publish.document import TITLES
from buddy_eval.publish.facts import facts, settings, subtitle
from buddy_eval.publish.gate.known import Knowledge
from buddy_eval.publish.gate.mentions import quote_faults
from buddy_eval.publish.gate.notebook import not_run, notebook_faults
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.report import inspect
from buddy_eval.publish.page import combine, page
from buddy_eval.study.settings import find_study, load_study

COMMAND = "jupyter-nbconvert"  # JupyterLab, which also exports, must not be ended
CHAPTER = "One chapter of the report"
SAVED = "Saved from a notebook as it was last run"


class BuddyReport(Exporter):
    """Export an executed notebook of a study as a self-contained HTML page without scripts.

    It is what `publish` makes of it: with the study's notice, for the readers of its profile (`[disclosure] profile`,
    or ``BUDDY_EVAL_PROFILE``), through the same gate. Code and printed text are left out; the cell tags
    ``show-code``, ``remove-cell`` and ``remove-input`` do what they do everywhere in Jupyter.
    """

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "Buddy report"

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """Export from a file, as the command does; what keeps a page back ends the command in plain lines."""
        try:
            return super().from_file(file_stream, resources, **kw)
        except BuddyError as error:
            if Application.initialized() and Application.instance().name == COMMAND:
                raise SystemExit(str(error)) from None  # whatever else it meets, nbconvert shows with a traceback
            raise

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of a notebook and the resources that nbconvert's writers need.

        Raises
        ------
        StudyError : the notebook lies in no study.
        RefusedError : it was not run, or holds what its readers may not have; with every place and remedy.
        """
        copy, details = super().from_notebook_node(nb, resources, **kwargs)
        about = details.get("metadata", {})
        details["output_extension"] = self.file_extension
        return exported(copy, str(about.get("name", "Report")), Path(about.get("path") or ".")), details


def exported(notebook: NotebookNode, name: str, folder: Path) -> str:
    """Return the page of an executed notebook that lies in a folder of a study, once the gate has let it pass."""
    study, file = load_study(find_study(folder)), f"{name}.ipynb"
    profile, pair = os.environ.get(PROFILE) or study.disclosure.profile, os.environ.get(PAIR, "")
    knowledge = Knowledge(study)
    waiting = (fault for of, fault in quote_faults(study, knowledge.tables, profile) if pair in {"", of})
    if faults := [*(not_run(notebook, file) or notebook_faults(notebook, file)), *waiting]:
        raise RefusedError(faults)
    kind = str(notebook.metadata.get("buddy_eval", {}).get("report", "report"))
    of_study = facts(study, Manifest(study.root, study.processed / MANIFEST).data_version(), SAVED)
    title = CHAPTER if kind == "report" else subtitle(study, TITLES.get(kind, name), kind, pair)
    html = page(combine([notebook], settings(of_study, title, kind, profile, pair)), name)
    inspect({".html": html.encode()}, name, knowledge.known(profile, pair))
    return html
