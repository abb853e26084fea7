"""Run notebooks as they stand, top to bottom, in a kernel that sees one study, one profile and one pair."""

from __future__ import annotations

import ast
import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from buddy_eval.base.errors import BuddyError, raised
from buddy_eval.disclose.quoted import QUOTES
from buddy_eval.disclose.results import PAIR, PROFILE, STUDY
from buddy_eval.publish.gate.notebook import read_notebook
from buddy_eval.schemas import PROCESSED

SECONDS = 300
OPENS = frozenset({"open", "eval", "exec", "compile", "getattr", "vars", "globals", "get_ipython", "__import__"})
HANDS_OVER = frozenset({"study", "run_line_magic", "run_cell_magic"})  # a study leads to its files
# What is there before a notebook runs is never garbage: to look for some, as each emptying does, is ten times as quick.
LIBRARIES = "from buddy_eval import plots, tables"
WARM = f"import gc\n{LIBRARIES}\ngc.set_threshold(50_000)\ngc.freeze()\n"
RECORD = "from buddy_eval.pipeline import processed\nprocessed.RECORDERS[:] = [set()]\ndel processed\n"
TOLD = "from buddy_eval.pipeline import processed\nprint(*sorted(processed.RECORDERS[0]))"


class Runner:
    """One kernel that runs notebooks one after another; each begins with an empty namespace.

    `reads` holds the tables and views that the last one asked for; all, where it may have read more than it asked for.
    Starting a kernel and importing the libraries costs more than most notebooks, so it is done once.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.warm, self.reads = root, False, frozenset[str]()
        self.folder = tempfile.TemporaryDirectory(prefix="kernel")
        # Between processes of one machine nothing needs to go over TCP, which is open to every user of it.
        transport = "tcp" if os.name == "nt" else "ipc"
        place = str(Path(self.folder.name) / "kernel.json")
        self.kernel = KernelManager(kernel_name="python3", transport=transport, connection_file=place)

    def begin(self) -> None:
        """Start the kernel before its first notebook: it loads the libraries while something else is at work."""
        early = ["--HistoryManager.hist_file=:memory:", f"--IPKernelApp.code_to_run={LIBRARIES}"]
        self.kernel.start_kernel(extra_arguments=early, cwd=str(self.root))

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        if self.kernel.has_kernel:
            self.kernel.shutdown_kernel(now=True)
        self.kernel.cleanup_resources()
        self.folder.cleanup()

    def run(self, path: Path, profile: str, pair: str = "") -> NotebookNode:
        """Return an executed copy of a notebook; the file itself is not touched.

        Raises
        ------
        BuddyError : a cell failed; the message names the notebook and the cell, and shows no data.
        """
        notebook = read_notebook(path)
        settings = {STUDY: str(self.root), PROFILE: profile, PAIR: pair}
        start = f"{WARM * (not self.warm)}%reset -f\nimport gc\ngc.freeze()\ndel gc\n"
        start += f"{RECORD}import os\nos.environ.update({settings!r})\ndel os"
        before, self.warm = nbformat.v4.new_code_cell(start), True
        notebook.cells.insert(0, before)
        notebook.cells.append(nbformat.v4.new_code_cell(TOLD))
        client = NotebookClient(
            notebook, km=self.kernel, timeout=SECONDS, resources={"metadata": {"path": str(self.root)}}
        )
        try:
            client.execute(cleanup_kc=False)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise BuddyError(_failure(path, notebook, error)) from None
        finally:
            if client.kc is not None:  # the kernel goes on, its client does not
                client.kc.stop_channels()
        told = "".join(output.get("text", "") for output in notebook.cells.pop().outputs)
        self.reads = frozenset(told.split()) if traceable(notebook) else frozenset({*PROCESSED, QUOTES})
        del notebook.cells[0]
        return notebook


def traceable(notebook: NotebookNode) -> bool:
    """Tell whether a notebook asks the package for everything it reads, so that the package knows all of it.

    One that brings in something else, or uses IPython's magic, may read any file.
    """
    try:
        trees = [ast.parse(cell.source) for cell in notebook.cells[1:] if cell.cell_type == "code"]
    except SyntaxError:
        return False
    parts = [part for tree in trees for part in ast.walk(tree)]
    brought = {name.name for part in parts if isinstance(part, ast.Import) for name in part.names}
    brought |= {str(part.module) for part in parts if isinstance(part, ast.ImportFrom)}
    called = {part.id for part in parts if isinstance(part, ast.Name)} & OPENS
    deep = any(isinstance(part, ast.Attribute) and part.attr in HANDS_OVER for part in parts)
    return brought <= {"buddy_eval"} and not called and not deep


def _failure(path: Path, notebook: NotebookNode, error: Exception) -> str:
    """Name the cell that failed and the kind of error: a traceback may quote what people said."""
    failed = next((n for n, cell in enumerate(notebook.cells) if _errors(cell)), 0)
    kind = raised(getattr(error, "ename", type(error).__name__), str(getattr(error, "evalue", "")))
    return f"{path.name}, cell {failed}: {kind}; open the notebook in JupyterLab and run it to see more"


def _errors(cell: NotebookNode) -> list[Any]:
    return [output for output in cell.get("outputs", []) if output["output_type"] == "error"]
