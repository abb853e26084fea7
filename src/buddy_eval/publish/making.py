"""How reports are made: notebooks run in one kernel while what is ready is written and held against the gate.

A report depends on the tables and views that its notebooks and its gate asked for, recorded while they ran, and on
what the gate knows. Where tables have changed but nothing of these, the report stands; where only what the gate knows
has, its files are held against the gate again, and no notebook is run.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from buddy_eval.base.errors import Fault
from buddy_eval.base.files import sha256
from buddy_eval.base.manifest import Receipt
from buddy_eval.disclose.quoted import QUOTES
from buddy_eval.disclose.results import Results, for_readers
from buddy_eval.pipeline.processed import recorded, table_path
from buddy_eval.publish.document import REPORT, TABLES, Document, endings
from buddy_eval.publish.execute import Runner
from buddy_eval.publish.facts import facts, settings, subtitle
from buddy_eval.publish.gate.known import Knowledge
from buddy_eval.publish.gate.notebook import notebook_faults
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.report import inspect
from buddy_eval.publish.page import ReportError, combine, main_part, page
from buddy_eval.publish.write import write_report
from buddy_eval.study.settings import Study

Digests = dict[str, str]


@dataclass(frozen=True)
class Report:
    """A report that stands: what it was made from, and the seconds that took; none where it stood already."""

    document: Document
    seconds: float
    depends: dict[str, Any]  # `reads`, the hash of every table and view, and `known`, the hash of what the gate knows


class Maker:
    """Makes the reports of one study; what is refused is collected in `faults`."""

    def __init__(self, study: Study, knowledge: Knowledge, faults: list[Fault], runner: Runner) -> None:
        self.study, self.knowledge, self.faults, self.runner = study, knowledge, faults, runner
        self.kept: dict[tuple[str, str, str], tuple[NotebookNode, frozenset[str]]] = {}
        self.tables: Digests = {}

    def reports(self, todo: Mapping[Document, Receipt | None]) -> Iterator[Report]:
        """Yield every report that now stands; `todo` holds the receipt of those whose files are as they were left."""
        changed = []
        for document, receipt in todo.items():
            if receipt is None or not self._same(document, receipt.get("reads")):
                changed.append(document)
            elif again := self._passed(document, receipt):
                yield again
        if changed:
            yield from self._remade(changed)

    def _remade(self, todo: list[Document]) -> Iterator[Report]:
        """Run notebooks in one kernel, the shortest reports first, and write what is ready beside it.

        A second kernel would cost its start and its libraries, and the second core is busy writing. All writing is
        done by one thread, for lxml is not made for more. It takes longer than the notebooks do: a short report
        first, and it need not wait for its first one.
        """
        with ThreadPoolExecutor(1) as pool:
            shortest_first = sorted(todo, key=lambda document: len(document.notebooks))
            waiting = {pool.submit(self._executed, document): document for document in shortest_first}
            try:
                for done in as_completed(waiting):
                    document, seconds, started = waiting[done], done.result(), time.perf_counter()
                    if depends := self._written(document):
                        yield Report(document, seconds + time.perf_counter() - started, depends)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _executed(self, document: Document) -> float:
        """Run the notebooks of a report, each once for the same readers: a summary also opens the whole report."""
        started = time.perf_counter()
        for name in document.notebooks:
            key = (name, document.profile, document.pair)
            if key not in self.kept:
                run = self.runner.run(self.study.notebooks / name, document.profile, document.pair)
                self.kept[key] = run, self.runner.reads
        return time.perf_counter() - started

    def _written(self, document: Document) -> dict[str, Any]:
        """Write a report, and return what it depends on; nothing where the gate keeps it back."""
        runs = [self.kept[name, document.profile, document.pair] for name in document.notebooks]
        reads = frozenset[str]().union(*(read for _, read in runs))
        digests = self._digests(document, reads)
        data = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
        of_study = facts(self.study, data)
        with recorded() as front:
            title = subtitle(self.study, document.title, document.kind, document.pair)
        about = settings(of_study, title, document.kind, document.profile, document.pair)
        about |= {"annex": f"{document.stem}{TABLES}"} if document.kind == REPORT else {}
        known = self.knowledge.known(document.profile, document.pair)
        named = [self.study.name_of(self.study.notebooks / name) for name in document.notebooks]
        if hidden := [f for name, (run, _) in zip(named, runs, strict=True) for f in notebook_faults(run, name)]:
            self.faults += hidden
            return {}
        try:
            with recorded() as seen:
                write_report(
                    combine([run for run, _ in runs], about),
                    self.study.reports / document.profile,
                    document.stem,
                    lambda contents: inspect(contents, document.stem, known),
                )
        except RefusedError as refused:
            self._refused(document, refused)
            return {}
        except ReportError as error:
            place = _where(named, [run for run, _ in runs]) or str(error)
            raise ReportError(f"{document.profile}/{document.stem} is not made: {place}") from None
        return {"reads": self._digests(document, reads | front | seen), "known": known.digest}

    def _passed(self, document: Document, receipt: Receipt) -> Report | None:
        """A report that stands, once what the gate knows now has let it pass."""
        known = self.knowledge.known(document.profile, document.pair)
        reads = receipt["reads"]
        if receipt.get("known") != known.digest:
            folder = self.study.reports / document.profile
            contents = {e: (folder / f"{document.stem}{e}").read_bytes() for e in endings(document.kind)}
            try:
                with recorded() as seen:
                    inspect(contents, document.stem, known)
            except RefusedError as refused:
                self._refused(document, refused)
                return None
            reads = self._digests(document, {*reads, *seen})
        return Report(document, 0.0, {"reads": reads, "known": known.digest})

    def _refused(self, document: Document, refused: RefusedError) -> None:
        self.faults += [replace(fault, file=f"{document.profile}/{fault.file}") for fault in refused.faults]

    def _same(self, document: Document, reads: object) -> bool:
        return isinstance(reads, dict) and bool(reads) and self._digests(document, reads) == reads

    def _digests(self, document: Document, reads: Iterable[str]) -> Digests:
        """The hash of every table as it is, and of the quotes as these readers see them."""
        readers = for_readers(self.study, document.profile, document.pair or None)
        return {name: self._digest(name, readers) for name in sorted(reads)}

    def _digest(self, name: str, readers: Results) -> str:
        key = f"{name}/{readers.profile}/{readers.pair}" if name == QUOTES else name
        if key not in self.tables:
            if name == QUOTES:
                self.tables[key] = hashlib.sha256(readers.quotes().to_json(orient="split").encode()).hexdigest()
            else:
                path = table_path(self.study, name)
                self.tables[key] = sha256(path) if path.is_file() else "absent"
        return self.tables[key]


def _where(names: Iterable[str], runs: Iterable[NotebookNode]) -> str:
    """Say which notebook of a report cannot be shown, and why, its cells counted as in the notebook."""
    with tempfile.TemporaryDirectory() as folder:
        for name, run in zip(names, runs, strict=True):
            try:
                main_part(page(run, name), Path(folder))
            except ReportError as error:
                return f"{name}: {error}"
    return ""
