"""Earlier versions of reports that the gate now keeps back, or that a study no longer has: out of readers' folders."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from buddy_eval.base.errors import BuddyError
from buddy_eval.study.settings import Study

FOLDER = "out-of-date"


def set_aside(study: Study, paths: Iterable[Path]) -> bool:
    """Move the files of a report to `reports/out-of-date`, each by rename, and return whether there were any.

    What an earlier time left there under the same name is replaced.

    Raises
    ------
    BuddyError : a file cannot be moved; those that are left are moved the next time.
    """
    there = [path for path in paths if path.is_file()]
    for path in there:
        target = aside(study, path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            problem = f"{path.name} is out of date and cannot be set aside: {reason}"
            raise BuddyError(f"{problem}; close it or ask for access, and run again") from error
    return bool(there)


def superseded(study: Study, paths: Collection[Path]) -> None:
    """Remove what was set aside of a report that stands again."""
    for path in paths:
        aside(study, path).unlink(missing_ok=True)
    for folder in (*{aside(study, path).parent for path in paths}, study.reports / FOLDER):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def set_aside_pages(study: Study) -> list[str]:
    """Return what lies set aside, each page by its place in the folder."""
    folder = study.reports / FOLDER
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html"))]


def aside(study: Study, path: Path) -> Path:
    """Return where a report's file lies once it is set aside, told by the folder of its readers and its name."""
    return study.reports / FOLDER / path.parent.name / path.name
