"""From raw files to results: read and clean, then the steps of the analysis, each only when it has to be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout
from pyarrow import default_memory_pool

from buddy_eval.base.errors import BuddyError, Fault, StudyError, refuse
from buddy_eval.base.files import PART, sha256
from buddy_eval.base.manifest import MANIFEST, Manifest, Receipt
from buddy_eval.pipeline.processed import by_words, read, table_path, write
from buddy_eval.pipeline.step import Step
from buddy_eval.pipeline.steps import STEPS
from buddy_eval.read import raw_files, read_raw
from buddy_eval.study.settings import FILE, Study

__all__ = ["check", "only_run", "read", "run", "table_path", "tables_current", "write"]
Frames = dict[str, pd.DataFrame]
Say = Callable[[str], None]
LONG = ("responses",)  # tables of as many rows as answers, of few words


def check(study: Study) -> list[Fault]:
    """Read and cross-check everything that a study names, write nothing, and list every fault at once."""
    try:
        return _cleaned(study)[1]
    except StudyError as error:
        return error.faults


def run(study: Study, say: Say = print) -> Manifest:
    """Bring all tables of `data/processed` up to date; a step whose inputs have not changed is not repeated.

    Raises
    ------
    StudyError : the raw files have faults; the tables of an earlier run are left as they were.
    BuddyError : a raw file changed while it was read, or another run is at work.
    """
    with only_run(study):
        manifest = Manifest(study.root, study.processed / MANIFEST)
        _read_step(study, manifest, say)
        for step in STEPS:
            receipt = _receipt(study, manifest, step)
            if manifest.current(step.name, receipt):
                continue
            started = time.perf_counter()
            default_memory_pool().release_unused()  # Arrow keeps what was freed: 0.2 GB after 120,000 answers are read
            manifest.keep(step.name, receipt, _tables(study, step))
            say(f"  {step.name:<12}{time.perf_counter() - started:6.1f} s")
    return manifest


def _tables(study: Study, step: Step) -> list[Path]:
    """Run a step and write its tables, none of which stays in memory."""
    tables = step.call(*(by_words(study, name) if name in LONG else read(study, name) for name in step.needs))
    return [write(study, name, frame) for name, frame in tables.items()]


def tables_current(study: Study, manifest: Manifest) -> bool:
    """Tell whether `run` would find every table as it left it; nothing is written."""
    read = manifest.current("read", manifest.receipt(_inputs(study), {"raw": study.raw}))
    return read and all(manifest.current(step.name, _receipt(study, manifest, step)) for step in STEPS)


@contextmanager
def only_run(study: Study) -> Iterator[None]:
    """Hold the study's lock, so that two runs cannot write at once; the second one waits a minute.

    Half-written files of a run that was killed are swept away: whoever holds the lock is the only one writing.
    """
    lock = FileLock(study.processed / ".lock", timeout=60)
    try:
        study.processed.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise BuddyError("another run of this study is at work; wait for it to end") from None
    except OSError as error:
        raise BuddyError(f"data/processed cannot be written to: {error.strerror}; ask for access") from None
    try:
        for folder in (study.processed, study.reports):
            for left in folder.rglob(f".*{PART}"):
                left.unlink(missing_ok=True)  # `check` may be done with its own
        yield
    finally:
        lock.release()


def _read_step(study: Study, manifest: Manifest, say: Say) -> None:
    """Read and clean everything raw, unless nothing raw has changed."""
    inputs = _inputs(study)
    try:
        receipt = manifest.receipt(inputs, {"raw": study.raw})
    except OSError:  # one that cannot be opened; reading says which, beside all else that is wrong
        if faults := check(study):
            raise StudyError(faults) from None
        raise
    if manifest.current("read", receipt):
        return
    started = time.perf_counter()
    tables, faults, notable = _cleaned(study)
    refuse(faults)
    if any(receipt["inputs"][study.name_of(p)] != sha256(p) for p in inputs if p.exists()):
        raise BuddyError("a raw file changed while it was being read; run again")
    manifest.keep("read", receipt, [write(study, name, frame) for name, frame in tables.items()])
    say(f"  {'read':<12}{time.perf_counter() - started:6.1f} s")
    for line in notable:
        say(f"    {line}")


def _inputs(study: Study) -> list[Path]:
    return [study.root / FILE, *raw_files(study), *filter(None, (study.codebook, study.instrument))]


def _receipt(study: Study, manifest: Manifest, step: Step) -> Receipt:
    return manifest.receipt([table_path(study, name) for name in step.needs], {})


def _cleaned(study: Study) -> tuple[Frames, list[Fault], list[str]]:
    from buddy_eval.clean import clean
    from buddy_eval.study.codebook import load_codebook
    from buddy_eval.study.instrument import load_instrument

    codebook = load_codebook(study.codebook)
    instrument = load_instrument(study.instrument, codebook)
    raw = read_raw(study)
    cleaned = clean(raw, study, codebook, instrument)
    return cleaned.tables, sorted(set(cleaned.faults)), raw.notable()
