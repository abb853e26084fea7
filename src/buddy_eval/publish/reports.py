"""Which reports a study has for which readers, and how each is made from notebooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import load_json, write_atomic
from buddy_eval.base.manifest import MANIFEST, Manifest, Receipt
from buddy_eval.disclose.kept import SOMEBODY, unnamed_owners
from buddy_eval.disclose.results import GUARDS, LEAST_PAIRS_PUBLIC, Results
from buddy_eval.pipeline.processed import recorded, table_path
from buddy_eval.pipeline.run import only_run, tables_current
from buddy_eval.pipeline.steps import STEPS
from buddy_eval.publish.document import SLIDES, STEP, TITLES, Document, endings
from buddy_eval.publish.gate.allowed import FILE as ALLOWED
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.out_of_date import FOLDER, set_aside, superseded
from buddy_eval.publish.whole import keep_whole, reports_that_stand
from buddy_eval.read import raw_files
from buddy_eval.schemas import PROCESSED
from buddy_eval.study.settings import FILE, Study

KINDS = {
    "internal": ("report", "codebook", "coding"),
    "partners": ("brief",),
    "public": ("summary", "report", "codebook", SLIDES, "annex"),
}


def documents(study: Study, profiles: tuple[str, ...]) -> list[Document]:
    """List the reports of a study for the given profiles.

    A notebook's metadata ``buddy_eval.report`` says where it belongs: ``summary`` (opens the report and stands
    alone for the public), ``brief`` (run once a pair), ``codebook``, ``slides``, ``annex``, ``coding`` (a page of its
    own each) or ``report`` (a chapter, in order of name). A notebook that says nothing is a chapter where `chapters` of
    ``study.toml`` names it. Of one or two pairs the public has the codebook alone.
    """
    kinds = kinds_of(study)
    by_kind = {kind: [name for name, own in kinds.items() if own == kind] for kind in TITLES}
    chapters = tuple(by_kind["summary"] + by_kind["report"])
    chapters_of = {kind: chapters if kind == "report" else tuple(names) for kind, names in by_kind.items()}
    pairs = list(pd.read_parquet(table_path(study, "pairs"))["pair"])
    listed = list[Document]()
    for profile in profiles:
        few = profile == "public" and len(pairs) < LEAST_PAIRS_PUBLIC  # each of two pairs could work out the other
        for kind in ("codebook",) if few else KINDS[profile]:
            listed += [
                Document(profile, kind, pair, chapters_of[kind]) for pair in (pairs if kind == "brief" else [""])
            ]
    return [document for document in listed if document.notebooks]


def publish(study: Study, profiles: tuple[str, ...], say: Callable[[str], None] = print) -> list[Path]:
    """Make every report of the profiles that is not up to date, and the index pages; return all their paths.

    Raises
    ------
    BuddyError : a notebook failed; earlier reports stay, listed as out of date. RefusedError : the gate keeps reports
        back; their earlier versions are set aside, and others come.
    """
    from buddy_eval.publish.execute import Runner  # brings in what runs notebooks, which takes its time
    from buddy_eval.publish.gate.front import front_faults
    from buddy_eval.publish.gate.known import Knowledge
    from buddy_eval.publish.gate.mentions import quote_faults

    with only_run(study), Runner(study.root) as runner:
        manifest = Manifest(study.root, study.processed / MANIFEST)
        _protect(study, manifest, profiles, say, runner.begin)
        wanted = documents(study, profiles)
        unplaced = [name for name, kind in kinds_of(study).items() if not kind]
        for name in unplaced:
            say(f"  in no report: notebooks/{name}; to make it a chapter, add it to [study] chapters in {FILE}")
        due = _due(study, manifest, wanted)
        knowledge, outside = Knowledge(study), "public" in {document.profile for document in due}
        front = front_faults(study, knowledge.tables, knowledge.people) if outside else []
        profiles_due = {document.profile for document in due}
        waiting = {profile: list(quote_faults(study, knowledge.tables, profile)) for profile in profiles_due}
        stopped = {d: [fault for pair, fault in waiting[d.profile] if d.pair in {"", pair}] for d in due}
        stopped |= {d: [*stopped[d], *front] for d in due if d.profile == "public"}
        faults = sorted(set().union(*stopped.values()))
        todo = {document: due[document] for document in due if not stopped[document]}
        if "partners" in {document.profile for document in todo} and (n := len(unnamed_owners(study))):
            say(f"  briefs name {n} of the owners as {SOMEBODY!r}; {CALLED} check says where, and what to do")
        aside = _no_longer(study, manifest) | {d.step: _outputs(study, d) for d in due if stopped[d]}
        try:
            _set_aside(study, manifest, aside, say)
            if todo:
                from buddy_eval.publish.making import Maker

                held = {document: _held(study, manifest, document, receipt) for document, receipt in todo.items()}
                kept_back = {document.step: _outputs(study, document) for document in todo}
                for written in Maker(study, knowledge, faults, runner).reports(held):
                    document, files = written.document, kept_back.pop(written.document.step)
                    manifest.keep(document.step, {**todo[document], **written.depends}, files)
                    superseded(study, files)
                    if written.seconds:
                        say(f"  {document.profile}/{document.stem:<16}{written.seconds:6.1f} s")
                _set_aside(study, manifest, kept_back, say)
        finally:
            folders = ["", *{document.profile for document in wanted}]
            indexes = [study.reports / folder / "index.html" for folder in folders]
            if due or aside or not all(path.is_file() for path in indexes):
                from buddy_eval.publish.facts import facts  # bring in nbformat, which takes its time
                from buddy_eval.publish.index import write_index

                write_index(study, _published(study, manifest), facts(study, manifest.data_version()))
        if set(profiles) == set(KINDS) and not faults and not unplaced:
            made_of = ["read", *(step.name for step in STEPS), "protect", *(document.step for document in wanted)]
            keep_whole(study, manifest, made_of)
    if faults:
        raise RefusedError(faults)
    return [path for document in wanted for path in _outputs(study, document)]


def up_to_date(study: Study) -> bool:
    """Tell whether `run` would find every table and report as it left them; nothing is written."""
    manifest = Manifest(study.root, study.processed / MANIFEST)
    if reports_that_stand(study):
        return True
    return tables_current(study, manifest) and not _due(study, manifest, documents(study, tuple(KINDS)))


def made_before(study: Study, report: Path) -> bool:
    """Tell whether something that a report was made from has changed since, by any of its files; nothing is written."""
    standing = _published(study, Manifest(study.root, study.processed / MANIFEST))
    return any(late and report in _outputs(study, document) for document, late in standing.items())


def _due(study: Study, manifest: Manifest, wanted: list[Document]) -> dict[Document, Receipt]:
    now = {document: manifest.receipt(_inputs(study, document), asdict(document)) for document in wanted}
    return {document: receipt for document, receipt in now.items() if not manifest.current(document.step, receipt)}


def _held(study: Study, manifest: Manifest, document: Document, receipt: Receipt) -> Receipt | None:
    """The kept receipt of a report whose files, code, settings and notebooks are as they were; what it read may not."""
    named = set(map(study.name_of, _read(study)))
    return manifest.steps[document.step] if manifest.current(document.step, receipt, aside=named) else None


def _no_longer(study: Study, manifest: Manifest) -> dict[str, list[Path]]:
    """The files of reports that the study has no longer, such as the brief of a pair that was taken out, by step."""
    has = {document.step for document in documents(study, tuple(KINDS))}
    gone = (step for step in manifest.steps if step.startswith(STEP) and step not in has)
    return {step: [study.root / name for name in manifest.steps[step]["outputs"]] for step in gone}


def _set_aside(study: Study, manifest: Manifest, steps: dict[str, list[Path]], say: Callable[[str], None]) -> None:
    """Take reports that do not stand, by step, out of their readers' folders; a receipt goes after its files."""
    for step, files in sorted(steps.items()):
        if set_aside(study, files):
            say(f"  {step.removeprefix(STEP)}: its earlier version is out of date, and set aside in reports/{FOLDER}")
        manifest.forget(step)


def _protect(
    study: Study,
    manifest: Manifest,
    profiles: tuple[str, ...],
    say: Callable[[str], None],
    begin: Callable[[], None] = lambda: None,
) -> None:
    """Choose what the public is not shown, over all tables of all reports together, when one that was read changed.

    Then reports are made again too: `begin` is called, and a kernel starts meanwhile.
    """

    def receipt(names: Iterable[str]) -> Receipt:
        return manifest.receipt([study.root / FILE, *(table_path(study, name) for name in names)], {})

    kept = manifest.steps.get("protect", {}).get("reads", ())
    if "public" not in profiles or (kept and manifest.current("protect", receipt(set(PROCESSED) & set(kept)))):
        return
    from buddy_eval.disclose.public_counts import guards

    begin()
    started, path = time.perf_counter(), study.processed / GUARDS
    with recorded() as reads:
        write_atomic(path, guards(Results(study, "public")))
    manifest.keep("protect", {**receipt(reads), "reads": sorted(reads)}, [path])
    say(f"  {'protect':<12}{time.perf_counter() - started:6.1f} s")


def _inputs(study: Study, document: Document) -> list[Path]:
    fixed = [study.root / FILE, *study.look.files, *(study.notebooks / name for name in document.notebooks)]
    return [*_read(study), *fixed, *([study.processed / GUARDS] if document.profile == "public" else [])]


def _read(study: Study) -> list[Path]:
    """What notebooks and the gate may read: the tables, and what the gate knows beside them."""
    return [study.root / ALLOWED, *raw_files(study), *(table_path(study, name) for name in PROCESSED)]


def _outputs(study: Study, document: Document) -> list[Path]:
    return [study.reports / document.profile / f"{document.stem}{ending}" for ending in endings(document.kind)]


def _published(study: Study, manifest: Manifest) -> dict[Document, bool]:
    """The reports that stand, and whether what each was made from has changed since."""
    every = documents(study, tuple(KINDS))
    ready = (document for document in every if document.step in manifest.steps)
    whole = [document for document in ready if all(path.is_file() for path in _outputs(study, document))]
    late = _due(study, manifest, whole)
    return {document: document in late for document in whole}


def kinds_of(study: Study) -> dict[str, str]:
    """Return the kind of report that each notebook belongs to, by its name; nothing of one that nobody has placed.

    Raises
    ------
    BuddyError : a file is no notebook, or names a kind that there is not.
    """
    kinds = {path.name: _kind(path) for path in sorted(study.notebooks.glob("*.ipynb"))}
    return {name: kind or "report" * (name in study.chapters) for name, kind in kinds.items()}


def _kind(path: Path) -> str:
    """Return the kind of report that a notebook says it belongs to, or nothing."""
    try:
        notebook = load_json(path)
    except ValueError as error:
        raise BuddyError(f"{path.name} is no notebook ({error}); save it again in JupyterLab") from None
    with suppress(KeyError, TypeError, AttributeError):
        declared = notebook["metadata"]["buddy_eval"]["report"]
        if declared in TITLES:
            return str(declared)
        raise BuddyError(f"{path.name}: report {str(declared)[:40]!r} is not one of {', '.join(TITLES)}")
    return ""
