"""What an open release holds: an RO-Crate of findings, workbook, dictionary, methods, checklists and reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from buddy_eval.base.files import sha256
from buddy_eval.base.manifest import PACKAGE, Manifest, code_version, engines
from buddy_eval.disclose.results import GUARDS, Results
from buddy_eval.exchange.export import FORMATS, gather
from buddy_eval.pipeline.methods import methods, texts
from buddy_eval.pipeline.run import MANIFEST
from buddy_eval.pipeline.step import of
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.rules import known
from buddy_eval.read import raw_files
from buddy_eval.release.checklists import checklists
from buddy_eval.release.tables import dictionary, public_tables
from buddy_eval.release.workbook import workbook
from buddy_eval.study.settings import Study

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
DISCLOSURE = of("disclose.rules withhold", "disclose.suppression attack protect")
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}


def make_release(study: Study) -> dict[str, bytes]:
    """Return the files of a study's open release by name; the same study gives the same bytes.

    The study must have been run and published for the public. Everything passes the gate as the public would get it.

    Raises
    ------
    RefusedError : the gate keeps a file back, or a withheld count can be worked out.
    """
    results = _public(study)
    _attacked(results)
    tables = public_tables(results)
    files = {f"data/{name}.csv": _csv(table.frame) for name, table in tables.items()}
    files["data/dictionary.csv"] = _csv(dictionary(tables))
    files["data/tables.xlsx"] = workbook(study, tables)
    listed = checklists(results)
    files["checklists.csv"] = _csv(listed)
    files["checklists.html"] = _page(study, "Reporting checklists", _listed(listed))
    files["methods.html"] = _page(study, "Methods", _methods())
    files["codebook.yaml"] = (study.codebook or _package_codebook()).read_bytes()
    files["codebook.qdc"] = FORMATS["qdc"](gather(study, machine=False))["codebook.qdc"]
    for path in sorted((study.reports / "public").iterdir()):
        if path.suffix in {".html", ".docx", ".pdf"} and path.stem != "index":
            files[f"reports/{path.name}"] = path.read_bytes()
    files["CITATION.cff"] = _citation(study)
    files["LICENSE"] = _licence(study)
    files["manifest.json"] = _json(_manifest(study, files))
    files["ro-crate-metadata.json"] = _json(_crate(study, files))
    _gated(study, files)
    return dict(sorted(files.items()))


def _public(study: Study) -> Results:
    kept = study.processed / GUARDS
    guards = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else ()
    return Results(study, "public", guards=frozenset(guards))


def _attacked(results: Results) -> None:
    from buddy_eval.disclose.public_counts import published
    from buddy_eval.disclose.suppression import refuse_pinned

    shown, withheld = published(results)
    refuse_pinned(shown, withheld, results.study.disclosure)


def _gated(study: Study, files: dict[str, bytes]) -> None:
    rules, faults = known(study, "public"), []
    for name, data in files.items():
        stem, dot, ending = name.rpartition(".")
        if not name.startswith("reports/"):  # the gate has let these pass as one report
            faults += report_faults({f".{ending}" if dot else ".txt": data}, stem or name, rules)
    if faults:
        raise RefusedError(faults)


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")  # with the mark, spreadsheets see UTF-8


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _page(study: Study, subtitle: str, cells: Iterable[str]) -> bytes:
    from buddy_eval.publish.page import page

    settings = {"title": study.title, "subtitle": subtitle, "notice": study.notice, "footer": [study.team]}
    markdown = [nbformat.v4.new_markdown_cell(text) for text in cells]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=markdown, metadata={"buddy_eval": settings})  # type: ignore[no-untyped-call]
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


def _package_codebook() -> Path:
    return PACKAGE / "instrument" / "codebook.yaml"


def _citation(study: Study) -> bytes:
    own = study.root / "CITATION.cff"
    if own.is_file():
        return own.read_bytes()
    lines = ["cff-version: 1.2.0", "message: If you use this release, please cite it.", "type: dataset"]
    lines += [f"title: {json.dumps(study.title)}", "authors:", f"  - name: {json.dumps(study.team)}"]
    return ("\n".join(lines) + "\n").encode()


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


def _crate(study: Study, files: dict[str, bytes]) -> dict[str, Any]:
    """The metadata of RO-Crate 1.1 (https://w3id.org/ro/crate/1.1)."""
    about = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}}
    about["conformsTo"] = {"@id": "https://w3id.org/ro/crate/1.1"}
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": study.title,
        "description": " ".join(filter(None, (f"Open release of: {study.title}.", study.notice))),
        "author": {"@id": "#team"},
        "license": {"@id": "LICENSE"},
        "hasPart": [{"@id": name} for name in sorted(files)],
    }
    team = {"@id": "#team", "@type": "Organization", "name": study.team}
    parts = []
    for name, data in sorted(files.items()):
        part: dict[str, Any] = {"@id": name, "@type": "File", "name": name, "contentSize": str(len(data))}
        part["sha256"] = hashlib.sha256(data).hexdigest()
        if kind := MEDIA_TYPES.get("." + name.rpartition(".")[2]):
            part["encodingFormat"] = kind
        parts.append(part)
    return {"@context": CONTEXT, "@graph": [about, root, team, *parts]}
