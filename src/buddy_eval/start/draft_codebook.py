"""The codebook of a study drafted from a project: its tree of codes, unless all of them are the packaged ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from buddy_eval.base.names import unique
from buddy_eval.read.project import Project
from buddy_eval.study.codebook import FLAT, PACKAGED, UNTOLD, load_codebook

OWN = re.compile(r"([A-Z]{2,4}\d+) (\S.*)")


def codebook(project: Project, name: str) -> bytes:
    """Draft a codebook: codes at the top that hold others become themes, the others keep their places in the tree."""
    codes = project.codes
    parents = dict(zip(codes["guid"], codes["parent"], strict=True))
    used = set(project.codings["code"])
    themes: dict[str, dict[str, Any]] = {}
    loose: list[dict[str, str]] = []
    ids: dict[str, str] = {}
    taken: set[str] = set()
    columns = codes[["guid", "name", "description", "codable"]]
    for guid, label, text, codable in columns.itertuples(index=False, name=None):
        top = _top(guid, parents)
        holds = guid in set(codes["parent"])
        if top == guid and holds:
            themes[guid] = {"id": slug(label, taken), "label": label, "definition": text or UNTOLD, "codes": []}
        if top != guid or not holds or (codable and label in used):
            ids[guid] = slug(label, taken)
            entry = {"id": ids[guid], "name": _name(label), "definition": text or UNTOLD}
            if parents.get(guid) in ids and parents[guid] != top:
                entry["parent"] = ids[parents[guid]]
            (themes[top]["codes"] if top in themes else loose).append(entry)
    content: dict[str, Any] = {
        "codebook": {
            "id": slug(name, set()),
            "version": "0.1.0",
            "status": "a draft",
            "source": f"drafted from {name}",
        },
        "negations": {"window": 4, "words": ["not", "no", "never", "without"]},
        "themes": [theme for theme in themes.values() if theme["codes"]],
    }
    if loose:  # codes that stand alone are shown and counted as all others
        label = "Codes of no theme" if content["themes"] else "All codes"
        content["themes"].append({"id": FLAT, "label": label, "definition": UNTOLD, "codes": loose})
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110).encode()


def _top(guid: str, parents: Mapping[str, str]) -> str:
    seen = set[str]()
    while parents.get(guid) in parents and guid not in seen:
        seen.add(guid)
        guid = parents[guid]
    return guid


def _name(label: str) -> str:
    """The name of a code without the short name that our own exports write before it."""
    own = OWN.fullmatch(label)
    return own[2] if own else label


def all_ours(project: Project) -> bool:
    """Whether every code of a project is one of the packaged codebook."""
    packaged = load_codebook().codes
    labels = set(packaged["code"]) | set(packaged["name"]) | set(packaged["code"] + " " + packaged["name"])
    codable = project.codes[project.codes["codable"].astype(bool)]
    return bool(len(codable)) and set(codable["name"]) <= labels


def empty_instrument() -> bytes:
    """The packaged instrument's scale, without its items: those rest on the packaged codebook."""
    packaged = yaml.safe_load((PACKAGED / "instrument.yaml").read_text(encoding="utf-8"))
    scale = {str(key): value for key, value in packaged["agreement"]["options"].items()}
    content = {**packaged, "items": [], "questions": [], "agreement": {**packaged["agreement"], "options": scale}}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110).encode()


def slug(name: str, taken: set[str], *, lower: bool = True) -> str:
    """A short name of a code, theme or source: our own id where the name begins with one."""
    own = OWN.fullmatch(name)
    plain = own.group(1) if own and lower else re.sub(r"[^\w.-]+", "-", name).strip("-.")
    short = (plain if own or not lower else plain.lower()) or "x"
    slug = unique(short, lambda candidate: candidate.casefold() in taken, "{}-{}")
    taken.add(slug.casefold())
    return slug
