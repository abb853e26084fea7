"""What an open release holds: an RO-Crate of findings, workbook, dictionary, methods, checklists and reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import sha256
from buddy_eval.base.manifest import MANIFEST, PACKAGE, Manifest, code_version, engines
from buddy_eval.base.numbers import many
from buddy_eval.base.yaml_nodes import Node, load_yaml
from buddy_eval.disclose.public_counts import published
from buddy_eval.disclose.results import LEAST_PAIRS_PUBLIC, for_readers
from buddy_eval.disclose.suppression import refuse_pinned
from buddy_eval.exchange.export import FORMATS, collect
from buddy_eval.exchange.export.sheets import guarded
from buddy_eval.pipeline.methods import methods, texts
from buddy_eval.pipeline.step import of
from buddy_eval.publish.gate.allowed import allowed
from buddy_eval.publish.gate.known import known
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.structured import yaml_text
from buddy_eval.publish.page import page
from buddy_eval.publish.reports import documents
from buddy_eval.read import raw_files
from buddy_eval.read.table import read_table
from buddy_eval.release.checklists import checklists
from buddy_eval.release.crate import crate
from buddy_eval.release.tables import dictionary, public_tables, workbook
from buddy_eval.study.settings import Study

DISCLOSURE = of("disclose.rules withhold", "disclose.suppression attack protect")


def make_release(study: Study) -> dict[str, bytes]:
    """Return the files of a study's open release by name; the same study gives the same bytes.

    The study must have been run and published for the public. Everything passes the gate as the public would get it.

    Raises
    ------
    RefusedError : the gate keeps a file back, or a withheld count can be worked out.
    BuddyError : the study does not say when it is published, holds too few pairs, or a report was changed.
    """
    results = for_readers(study, "public")
    refuse_closed(study, len(results.table("pairs")))
    refuse_pinned(*published(results), study.disclosure)
    tables = public_tables(results)
    files = {f"data/{name}.csv": _csv(frame) for name, frame in tables.items()}
    files["data/dictionary.csv"] = _csv(dictionary(results, tables))
    files["data/tables.xlsx"] = workbook(study, tables)
    listed = checklists(results)
    files["checklists.csv"] = _csv(listed)
    files["checklists.html"] = _page(study, "Reporting checklists", _listed(listed))
    files["methods.html"] = _page(study, "Methods", _methods())
    files["codebook.yaml"] = _parsed_yaml(study.codebook or PACKAGE / "instrument" / "codebook.yaml")
    files["codebook.qdc"] = FORMATS["qdc"](collect(study, machine=False))["codebook.qdc"]
    files |= _reports(study)
    if passed := allowed(study.root):
        files["allowed.csv"] = _csv(pd.DataFrame(sorted(passed.items()), columns=["allowed", "reason"]))
    files["CITATION.cff"] = _citation(study)
    files["LICENSE"] = _licence(study)
    files["manifest.json"] = _json(_manifest(study, files))
    files["ro-crate-metadata.json"] = _json(crate(study, files))
    _gated(study, files)
    return dict(sorted(files.items()))


def refuse_closed(study: Study, pairs: int | None = None) -> None:
    """Refuse a study that has no open release, before anything is built for it: by the pairs that it lists.

    Raises
    ------
    BuddyError : the study holds too few pairs, or does not say when it is published.
    """
    path = study.raw_path("pairs")
    if pairs is None and path is not None and path.is_file():
        pairs = read_table(path, path.name).get("pair", pd.Series()).nunique()
    if pairs and pairs < LEAST_PAIRS_PUBLIC:
        raise BuddyError(
            f"a study of {many(pairs, 'pair')} has no open release: whoever belongs to one of two pairs "
            "could work out the other; share the briefs with the boards"
        )
    if not study.published:
        raise BuddyError('study.toml: [study] has no published; add the day of the release, published = "YYYY-MM-DD"')


def _gated(study: Study, files: dict[str, bytes]) -> None:
    rules, faults = known(study, "public"), []
    for name, data in files.items():
        stem, dot, ending = name.rpartition(".")
        if not name.startswith("reports/"):  # the gate has let these pass as one report
            faults += report_faults({f".{ending}" if dot else ".txt": data}, stem or name, rules)
    if faults:
        raise RefusedError(faults)


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.rename(columns=lambda name: str(guarded(str(name))))
    for name in safe.select_dtypes(exclude=["number", "bool"]):
        safe[name] = safe[name].map(guarded, na_action="ignore")
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")  # with the mark, spreadsheets see UTF-8


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _page(study: Study, subtitle: str, cells: Iterable[str]) -> bytes:
    settings = {"title": study.title, "subtitle": subtitle, "notice": study.notice, "footer": [study.team]}
    markdown = [nbformat.v4.new_markdown_cell(text) for text in cells]
    notebook = nbformat.v4.new_notebook(cells=markdown, metadata={"buddy_eval": settings})
    return page(notebook, subtitle).encode()


def _listed(listed: pd.DataFrame) -> list[str]:
    cells = []
    for name, items in listed.groupby("checklist", sort=False):
        lines = [f"## {name}", "", f"Items of {items['source'].iloc[0]}, with labels of our own.", ""]
        lines += [f"- **{row.item}. {row.label}** ({row.status}). {row.answer}" for row in items.itertuples()]
        cells.append("\n".join(lines))
    return cells


def _methods() -> list[str]:
    """One cell a step of the analysis, and one on what is withheld."""
    sections = [*methods(), ("Withhold what could tell who said what", texts(list(DISCLOSURE)))]
    return [f"## {title}\n\n" + "\n\n".join(map(_marked_up, paragraphs)) for title, paragraphs in sections]


def _marked_up(text: str) -> str:
    """Write a text of a docstring so that Markdown shows it as it is."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").replace("``", "`")


def _parsed_yaml(path: Path) -> bytes:
    """The data of a YAML file, written anew: comments stay with the team."""
    return yaml_text(_values(load_yaml(path))).encode()


def _values(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _values(value) for key, value in node.value.items()}
    return [_values(value) for value in node.value] if isinstance(node.value, list) else node.value


def _reports(study: Study) -> dict[str, bytes]:
    """The public reports as the gate let them pass; whatever else lies in their folder stays there.

    Raises
    ------
    BuddyError : a report is kept back, or was changed after it was made.
    """
    steps = Manifest(study.root, study.processed / MANIFEST).steps
    files = {}
    for document in documents(study, ("public",)):
        if document.step not in steps:
            stands = f"{document.profile}/{document.stem} does not stand"
            raise BuddyError(f"{stands}; run: {CALLED} publish --profile public, and mend what it says")
        for name, value in steps[document.step]["outputs"].items():
            path = study.root / name
            if not path.is_file() or sha256(path) != value:
                raise BuddyError(f"{path.name} was changed after it was made; run: {CALLED} publish --profile public")
            files[f"reports/{path.name}"] = path.read_bytes()
    return files


def _citation(study: Study) -> bytes:
    own = study.root / "CITATION.cff"
    if own.is_file():
        return _parsed_yaml(own)
    about = {"cff-version": "1.2.0", "message": "If you use this release, please cite it.", "type": "dataset"}
    return yaml_text({**about, "title": study.title, "authors": [{"name": study.team}]}).encode()


def _licence(study: Study) -> bytes:
    own = study.root / "LICENSE"
    if own.is_file():
        return own.read_bytes()
    return b"No licence has been chosen yet. Until there is one, ask the team before you use this release.\n"


def _manifest(study: Study, files: dict[str, bytes]) -> dict[str, Any]:
    """What it was made from, without the names of raw files: they may say who was interviewed."""
    return {
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
        "raw": raw_hashes(study),
        "data": Manifest(study.root, study.processed / MANIFEST).data_version(),
        "disclosure": {"suppress_below": study.disclosure.suppress_below, "round_to": study.disclosure.round_to},
        "code": code_version(),
        "engines": engines(),
    }


def raw_hashes(study: Study) -> dict[str, str]:
    """Return one hash a kind of raw file, and one each for the settings, the notebooks and the instruments."""
    hashes = {kind: sha256(path) for kind in study.raw if (path := study.raw_path(kind)) and path.exists()}
    groups = {
        "survey": [study.raw_folder / survey.file for survey in study.survey],
        "all raw files together": raw_files(study),
        "notebooks": sorted(study.notebooks.glob("*.ipynb")),
    }
    for name, paths in groups.items():
        hashes[name] = hashlib.sha256("".join(map(sha256, paths)).encode()).hexdigest()
    hashes["study.toml"] = sha256(study.root / "study.toml")
    return hashes | {path.name: sha256(path) for path in (study.codebook, study.instrument) if path}
