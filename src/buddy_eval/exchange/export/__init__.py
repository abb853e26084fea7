"""A study as files that qualitative-analysis tools open: for the team, since they hold what people said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.base.files import write_atomic
from buddy_eval.exchange.export.collect import ExportData, collect
from buddy_eval.exchange.export.refi import qdc, qdpx
from buddy_eval.exchange.export.sheets import maxqda, sheets, taguette
from buddy_eval.study.settings import Study

__all__ = ["FORMATS", "ExportData", "collect", "export"]

FORMATS: dict[str, Callable[[ExportData], dict[str, bytes]]] = {
    "qdc": lambda exported: {"codebook.qdc": qdc(exported)},
    "qdpx": lambda exported: {"project.qdpx": qdpx(exported)},
    "taguette": taguette,
    "maxqda": maxqda,
    "csv": sheets,
}


def export(study: Study, to: str, out: Path | None = None, *, machine: bool = True) -> tuple[list[Path], ExportData]:
    """Write a study for another tool; return the files written and what went into them.

    Parameters
    ----------
    to : ``qdc`` (codebook) or ``qdpx`` (project) of REFI-QDA, ``taguette``, ``maxqda`` or ``csv``.
    out : the folder to write to, `exports/<to>` of the study if None.
    machine : the lexicon's suggestions too, under a user of their own.

    Raises
    ------
    BuddyError : no such format.
    StudyError : the study has faults. In both cases nothing is written.
    """
    if to not in FORMATS:
        raise BuddyError(f"{to!r} is no format of export; {nearest(to, FORMATS)}")
    exported = collect(study, machine=machine)
    folder = out or study.root / "exports" / to
    files = FORMATS[to](exported)
    for name, data in files.items():
        write_atomic(folder / name, data)
    return [folder / name for name in files], exported
