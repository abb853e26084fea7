"""A study as files that qualitative-analysis tools open: for the team, since they hold what people said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.base.files import write_atomic
from buddy_eval.exchange.export.gather import Bundle, gather
from buddy_eval.exchange.export.refi import qdc, qdpx
from buddy_eval.exchange.export.sheets import maxqda, sheets, taguette
from buddy_eval.study.settings import Study

__all__ = ["FORMATS", "Bundle", "export", "gather"]

FORMATS: dict[str, Callable[[Bundle], dict[str, bytes]]] = {
    "qdc": lambda bundle: {"codebook.qdc": qdc(bundle)},
    "qdpx": lambda bundle: {"project.qdpx": qdpx(bundle)},
    "taguette": taguette,
    "maxqda": maxqda,
    "csv": sheets,
}


def export(study: Study, to: str, out: Path | None = None, *, machine: bool = True) -> tuple[list[Path], Bundle]:
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
    bundle = gather(study, machine=machine)
    folder = out or study.root / "exports" / to
    files = FORMATS[to](bundle)
    for name, data in files.items():
        write_atomic(folder / name, data)
    return [folder / name for name in files], bundle
