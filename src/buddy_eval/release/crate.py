"""The metadata of a release: RO-Crate 1.1, so that a machine and a stranger know what each file is."""

from __future__ import annotations

import hashlib
from typing import Any

from buddy_eval.study.settings import Study

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
HASH = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}  # a term that the context of 1.1 lacks
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}


def crate(study: Study, files: dict[str, bytes]) -> dict[str, Any]:
    """The metadata of RO-Crate 1.1 (https://w3id.org/ro/crate/1.1)."""
    about = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}}
    about["conformsTo"] = {"@id": "https://w3id.org/ro/crate/1.1"}
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": study.title,
        "description": " ".join(filter(None, (f"Open release of: {study.title}.", study.notice))),
        "author": {"@id": "#team"},
        "datePublished": study.published,
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
    return {"@context": [CONTEXT, HASH], "@graph": [about, root, team, *parts]}
