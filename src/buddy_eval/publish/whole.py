"""Whether a study is as the last whole run left it: told from its files, before tables or any library are opened."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from buddy_eval.base.manifest import MANIFEST, Manifest
from buddy_eval.publish.document import STEP as OF_REPORTS
from buddy_eval.study.settings import Study

STEP = "whole"
READ = ("data/raw", "data/coding", "notebooks")  # the folders that a run looks through


def keep_whole(study: Study, manifest: Manifest, steps: Iterable[str]) -> None:
    """Write down that a run has come to its end: the steps that it stands on, and which files there were to read."""
    receipt = {"inputs": {}, "steps": sorted(steps), "listed": listed(study, READ)}
    if manifest.steps.get(STEP) != {**receipt, "outputs": {}}:
        manifest.keep(STEP, receipt, [])


def reports_that_stand(study: Study) -> int:
    """Return how many files of reports a whole run would leave as they are; 0 where it would have something to do.

    Every step on which the last whole run ended stands as it was left, by the hash of all that it was made from and
    of all that it made, and there is no file to read that was not there.
    """
    try:
        manifest = Manifest(study.root, study.processed / MANIFEST)
        kept = manifest.steps.get(STEP, {})
        if not kept or kept["listed"] != listed(study, READ) or not all(map(manifest.as_left, kept["steps"])):
            return 0
    except OSError:  # a file that cannot be opened; whoever reads it says which
        return 0
    files = [manifest.steps[step]["outputs"] for step in kept["steps"] if step.startswith(OF_REPORTS)]
    folders = {study.reports, *(study.root / Path(name).parent for outputs in files for name in outputs)}
    return sum(map(len, files)) if all((folder / "index.html").is_file() for folder in folders) else 0


def listed(study: Study, below: Iterable[str]) -> list[str]:
    """All files and folders below folders of a study, links followed, each folder once; then what cannot be opened."""
    names, walked, refused = list[str](), set[Path](), list[OSError]()
    for folder in below:
        for place, folders, files in os.walk(study.root / folder, onerror=refused.append, followlinks=True):
            names += [study.name_of(Path(place) / name) for name in (*files, *folders)]
            folders[:] = [name for name in folders if (Path(place) / name).resolve() not in walked]
            walked |= {(Path(place) / name).resolve() for name in folders}
    return [*sorted(names), *(f"{study.name_of(Path(error.filename))}: {error.errno}" for error in refused)]
