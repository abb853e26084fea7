"""The coding view in a notebook: JupyterLab, Notebook 7, VS Code."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import anywidget

from buddy_eval.bulk.sampling.elsewhere import Elsewhere
from buddy_eval.coder.answers import Work, answer
from buddy_eval.coder.sample import Sample
from buddy_eval.coder.session import Session
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.disclose.results import STUDY
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import find_study, load_study

HERE = Path(__file__).parent


class View(anywidget.AnyWidget):
    """Somebody's work on one file as a notebook shows it; the notebook keeps none of it."""

    _esm = HERE / "view.js"
    _css = HERE / "view.css"
    _open: ClassVar[dict[Path, View]] = {}

    def __init__(self, work: Work, file: Path) -> None:
        if (before := self._open.pop(file, None)) is not None:
            before.close()  # the same cell, run again
        super().__init__()
        self._open[file] = self
        self.on_msg(partial(self._answer, work))

    def _answer(self, work: Work, _: object, told: dict[str, Any], __: object) -> None:
        status, said = answer(work, str(told.get("path")), told.get("told"))
        self.send({"status": int(status), **said, "name": told.get("name")})


class Coder(View):
    """Code the interviews of the study that a notebook stands in: ``Coder("KM")`` as the last line of a cell.

    It is the view of ``buddy-eval code-by-hand``. Every act is on the disk before it is shown as saved, in the coder's
    journal in ``data/coding``: closing the tab or ending the kernel loses nothing.

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

    _journal: Journal | None = None

    def __init__(self, coder: str, folder: str | Path | None = None) -> None:
        session = Session(load_study(find_study(Path(folder or os.environ.get(STUDY) or Path.cwd()))), coder)
        super().__init__(session, session.journal.path)
        self._journal = session.journal

    def close(self) -> None:
        """Take the view away; what was coded stays."""
        if self._journal is not None:  # none where there was nothing to show: even then a widget is closed in the end
            self._journal.close()
        super().close()


class SampleCoder(View):
    """Code a sample that ``buddy-eval sample`` drew: ``SampleCoder("sample.csv")`` as the last line of a cell.

    It is the view of ``buddy-eval code-sample``: one comment after another, each theme a key, beside it how sure each
    share is by now. Every answer is in the file before it is shown as saved.

    Parameters
    ----------
    sample : the .csv file, its record (``sample.json``) beside it.
    coded : a machine's codes, as for `correct`: they narrow the interval, and are never shown.
    codebook : what the themes mean (default: the five).

    Raises
    ------
    StudyError : other rows than were drawn, a gap in the codes, codes that do not belong to the sample.
    BuddyError : no such sample, no .csv file, or more themes than there are keys.

    >>> SampleCoder("sample.csv")  # doctest: +SKIP
    """

    def __init__(
        self, sample: str | Path, coded: str | Path | Elsewhere | None = None, codebook: str | Path | None = None
    ) -> None:
        path = Path(sample).resolve()
        codes = Path(coded) if isinstance(coded, str) else coded
        super().__init__(Sample(path, load_codebook(None if codebook is None else Path(codebook)), codes), path)
