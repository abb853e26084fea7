"""`buddy-eval lab`: JupyterLab on a study, with the start page in front."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from buddy_eval.base.files import write_atomic

EXTENSIONS = Path(__file__).parent / "extensions"
PAGE = "start.ipynb"
HELP = "If nothing stands below, choose *Run → Run All Cells*. This page is written anew whenever the lab is opened."
CODE = "from buddy_eval import Start\n\nStart()"


def page() -> bytes:
    """Return the notebook of the start page: one call, and its code out of sight."""
    cells = [
        new_markdown_cell(HELP, id="start-help"),
        new_code_cell(CODE, id="start-page", metadata={"jupyter": {"source_hidden": True}}),
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return (nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": kernel})) + "\n").encode()


def open_lab(folder: Path, flags: list[str]) -> int:
    """Write the start page into a study's folder and become JupyterLab there; `flags` are JupyterLab's own.

    Raises
    ------
    BuddyError : the page cannot be written.
    """
    write_atomic(folder / PAGE, page())
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}"]
    command += [f"--LabApp.default_url=/lab/tree/{PAGE}", f"--LabApp.extra_labextensions_path={EXTENSIONS}", *flags]
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode  # noqa: S603
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606
