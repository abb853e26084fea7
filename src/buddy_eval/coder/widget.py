"""The coding view in a notebook: JupyterLab, Notebook 7, VS Code."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import anywidget

from buddy_eval.coder.answers import answer
from buddy_eval.coder.session import Session
from buddy_eval.disclose.results import STUDY
from buddy_eval.study.settings import find_study, load_study

HERE = Path(__file__).parent


class Coder(anywidget.AnyWidget):
    """Code the interviews of the study that a notebook stands in: ``Coder("KM")`` as the last line of a cell.

    It is the view of ``buddy-eval code-by-hand``. Every act is on the disk before it is shown as saved, in the coder's
    journal in ``data/coding``: closing the tab or ending the kernel loses nothing. The notebook keeps none of it.

    Parameters
    ----------
    coder : initials, as in the study's assignments.
    folder : the study, or a folder in it (default: where the notebook stands).

    Raises
    ------
    StudyError : no study there, or raw files that cannot be read.
    BuddyError : a coder to whom nothing is assigned, or whose name cannot name a file.

    >>> Coder("KM")  # doctest: +SKIP
    """

    _esm = HERE / "view.js"
    _css = HERE / "view.css"
    _open: ClassVar[dict[Path, Coder]] = {}
    _session: Session | None = None

    def __init__(self, coder: str, folder: str | Path | None = None) -> None:
        session = Session(load_study(find_study(Path(folder or os.environ.get(STUDY) or Path.cwd()))), coder)
        if (before := self._open.pop(session.journal.path, None)) is not None:
            before.close()  # the same cell, run again
        super().__init__()
        self._session = session
        self._open[session.journal.path] = self
        self.on_msg(partial(self._answer, session))

    def close(self) -> None:
        """Take the view away; what was coded stays."""
        if self._session is not None:  # none where there was nothing to show: even then a widget is closed in the end
            self._session.journal.close()
        super().close()

    def _answer(self, session: Session, _: object, told: dict[str, Any], __: object) -> None:
        status, said = answer(session, str(told.get("path")), told.get("told"))
        self.send({"status": int(status), **said, "name": told.get("name")})
