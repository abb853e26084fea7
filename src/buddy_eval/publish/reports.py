"""Which reports a study has for which readers, and how each is made from notebooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any

import pandas as pd

from buddy_eval.base.errors import BuddyError, Fault
from buddy_eval.base.files import load_json, write_atomic
from buddy_eval.base.manifest import Manifest, Receipt
from buddy_eval.disclose.results import GUARDS, LEAST_PAIRS_PUBLIC, Results
from buddy_eval.pipeline.processed import table_path
from buddy_eval.pipeline.run import MANIFEST, only_run, tables_current
from buddy_eval.publish.endings import REPORT, SLIDES, TABLES, endings
from buddy_eval.publish.facts import TITLES, facts, settings
from buddy_eval.publish.gate.allowed import FILE as ALLOWED
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.schemas import PROCESSED
from buddy_eval.study.settings import FILE, Study

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from buddy_eval.publish.execute import Runner

KINDS = {
    "internal": ("report", "codebook", "coding"),
    "partners": ("brief",),
    "public": ("summary", "report", "codebook", SLIDES, "annex"),
}


@dataclass(frozen=True)
class Document:
    """One report: its readers, its kind, the pair of a brief, and the notebooks it is made of."""

    profile: str
    kind: str
    pair: str
    notebooks: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The file name without its ending."""
        return f"{self.kind}-{self.pair}" if self.pair else self.kind

    @property
    def step(self) -> str:
        """The name of the step in the manifest."""
        return f"publish:{self.profile}/{self.stem}"

    @property
    def title(self) -> str:
        """What the index calls it."""
        return f"{TITLES[self.kind]}: pair {self.pair}" if self.pair else TITLES[self.kind]


def documents(study: Study, profiles: tuple[str, ...]) -> list[Document]:
    """List the reports of a study for the given profiles.

    A notebook's metadata ``buddy_eval.report`` says where it belongs: ``summary`` (opens the report and stands
    alone for the public), ``brief`` (run once a pair), ``codebook``, ``slides``, ``annex``, ``coding`` (a page of its
    own each) or ``report`` (a chapter, in order of name). A notebook that says nothing is a chapter where `chapters` of
    ``study.toml`` names it. Of one or two pairs the public has the codebook alone.
    """
    kinds = _kinds(study)
    by_kind = {kind: [name for name, own in kinds.items() if own == kind] for kind in TITLES}
    chapters = tuple(by_kind["summary"] + by_kind["report"])
    made = {kind: chapters if kind == "report" else tuple(names) for kind, names in by_kind.items()}
    pairs = list(pd.read_parquet(table_path(study, "pairs"))["pair"])
    found = list[Document]()
    for profile in profiles:
        few = profile == "public" and len(pairs) < LEAST_PAIRS_PUBLIC  # each of two pairs could work out the other
        for kind in ("codebook",) if few else KINDS[profile]:
            found += [Document(profile, kind, pair, made[kind]) for pair in (pairs if kind == "brief" else [""])]
    return [document for document in found if document.notebooks]


def publish(study: Study, profiles: tuple[str, ...], say: Callable[[str], None] = print) -> list[Path]:
    """Make every report of the profiles that is not up to date, and the index pages; return all their paths.

    Raises
    ------
    BuddyError : a notebook failed, and earlier reports stay. RefusedError : the gate keeps reports back; others come.
    """
    from buddy_eval.publish.gate.front import front_faults

    with only_run(study):
        manifest = Manifest(study.root, study.processed / MANIFEST)
        _protect(study, manifest, profiles, say)
        wanted, of_study = documents(study, profiles), facts(study, manifest)
        for name in (name for name, kind in _kinds(study).items() if not kind):
            say(f"  in no report: notebooks/{name}; to make it a chapter, add it to [study] chapters in {FILE}")
        due = _due(study, manifest, wanted)
        faults = front_faults(study) if "public" in {document.profile for document in due} else []
        todo = {document: due[document] for document in due if not (faults and document.profile == "public")}
        for document, seconds in _made(study, list(todo), of_study, faults):
            manifest.keep(document.step, todo[document], _outputs(study, document))
            say(f"  {document.profile}/{document.stem:<16}{seconds:6.1f} s")
        indexes = [study.reports / "index.html", *(study.reports / profile / "index.html" for profile in profiles)]
        if todo or not all(path.is_file() for path in indexes):
            from buddy_eval.publish.index import write_index  # brings in nbformat, which takes its time

            write_index(study, _published(study, manifest), of_study)
    if faults:
        raise RefusedError(faults)
    return [path for document in wanted for path in _outputs(study, document)]


def up_to_date(study: Study) -> bool:
    """Tell whether `run` would find every table and report as it left them; nothing is written."""
    manifest = Manifest(study.root, study.processed / MANIFEST)
    return tables_current(study, manifest) and not _due(study, manifest, documents(study, tuple(KINDS)))


def _due(study: Study, manifest: Manifest, wanted: list[Document]) -> dict[Document, Receipt]:
    now = {document: manifest.receipt(_inputs(study, document), asdict(document)) for document in wanted}
    return {document: receipt for document, receipt in now.items() if not manifest.current(document.step, receipt)}


def _made(
    study: Study, todo: list[Document], of_study: dict[str, Any], faults: list[Fault]
) -> Iterator[tuple[Document, float]]:
    """Run notebooks two at a time, each with one of two kernels that serve them all, and write what is ready.

    All writing is done by one thread, for lxml is not made for more; what is refused is collected.
    """
    if not todo:
        return
    from buddy_eval.publish.execute import Runner

    ready: Queue[Runner] = Queue()
    with ExitStack() as stack:
        for _ in range(min(2, len(todo))):
            ready.put(stack.enter_context(Runner(study.root)))
        pool = stack.enter_context(ThreadPoolExecutor(2))
        longest_first = sorted(todo, key=lambda document: -len(document.notebooks))
        waiting = {pool.submit(_executed, study, document, ready): document for document in longest_first}
        try:
            for done in as_completed(waiting):
                document, (executed, seconds) = waiting[done], done.result()
                started = time.perf_counter()
                try:
                    _write(study, document, of_study, executed)
                except RefusedError as refused:
                    faults += [
                        Fault(f"{document.profile}/{f.file}", f.row, f.problem, f.remedy) for f in refused.faults
                    ]
                    continue
                yield document, seconds + time.perf_counter() - started
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _executed(study: Study, document: Document, ready: Queue[Runner]) -> tuple[list[NotebookNode], float]:
    started = time.perf_counter()
    runner = ready.get()
    try:
        made = [runner.run(study.notebooks / name, document.profile, document.pair) for name in document.notebooks]
    finally:
        ready.put(runner)
    return made, time.perf_counter() - started


def _write(study: Study, document: Document, of_study: dict[str, Any], executed: list[NotebookNode]) -> None:
    from buddy_eval.publish.gate.notebook import notebook_faults
    from buddy_eval.publish.gate.report import inspect
    from buddy_eval.publish.gate.rules import known
    from buddy_eval.publish.page import combine
    from buddy_eval.publish.write import write_report

    about = settings(of_study, document.title, document.kind, document.profile, document.pair)
    about |= {"annex": f"{document.stem}{TABLES}"} if document.kind == REPORT else {}
    named = zip(document.notebooks, executed, strict=True)
    if hidden := [fault for name, made in named for fault in notebook_faults(made, name)]:
        raise RefusedError(hidden)
    rules = known(study, document.profile, document.pair)
    write_report(
        combine(executed, about),
        study.reports / document.profile,
        document.stem,
        lambda contents: inspect(contents, document.stem, rules),
    )


def _protect(study: Study, manifest: Manifest, profiles: tuple[str, ...], say: Callable[[str], None]) -> None:
    """Choose what the public is not shown, over all tables of all reports together, when a table has changed."""
    inputs = [study.root / FILE, *(table_path(study, name) for name in PROCESSED)]
    receipt = manifest.receipt(inputs, {})
    if "public" not in profiles or manifest.current("protect", receipt):
        return
    from buddy_eval.disclose.public_counts import guards

    started, path = time.perf_counter(), study.processed / GUARDS
    write_atomic(path, guards(Results(study, "public")))
    manifest.keep("protect", receipt, [path])
    say(f"  {'protect':<12}{time.perf_counter() - started:6.1f} s")


def _inputs(study: Study, document: Document) -> list[Path]:
    read = [study.root / FILE, *(table_path(study, name) for name in PROCESSED)]
    read += [study.processed / GUARDS] if document.profile == "public" else []
    read += [study.root / ALLOWED, *filter(None, [study.raw_path("names")])]  # the gate knows them beside the tables
    return [*read, *study.look.files, *(study.notebooks / name for name in document.notebooks)]


def _outputs(study: Study, document: Document) -> list[Path]:
    return [study.reports / document.profile / f"{document.stem}{ending}" for ending in endings(document.kind)]


def _published(study: Study, manifest: Manifest) -> list[tuple[str, str, str, tuple[str, ...]]]:
    ready = (document for document in documents(study, tuple(KINDS)) if document.step in manifest.steps)
    whole = (document for document in ready if all(path.is_file() for path in _outputs(study, document)))
    return [(d.profile, d.stem, d.title, endings(d.kind)) for d in whole]


def _kinds(study: Study) -> dict[str, str]:
    """The kind of report that each notebook belongs to, by its name; nothing of one that nobody has placed."""
    kinds = {path.name: _kind(path) for path in sorted(study.notebooks.glob("*.ipynb"))}
    return {name: kind or "report" * (name in study.chapters) for name, kind in kinds.items()}


def _kind(path: Path) -> str:
    """Return the kind of report that a notebook says it belongs to, or nothing."""
    try:
        notebook = load_json(path)
    except ValueError as error:
        raise BuddyError(f"{path.name} is no notebook ({error}); save it again in JupyterLab") from None
    with suppress(KeyError, TypeError, AttributeError):
        found = notebook["metadata"]["buddy_eval"]["report"]
        if found in TITLES:
            return str(found)
        raise BuddyError(f"{path.name}: report {str(found)[:40]!r} is not one of {', '.join(TITLES)}")
    return ""
