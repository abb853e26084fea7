"""`buddy-eval import`: a study drafted from a project of another tool, for a person to complete and confirm.

The project's file is copied as it is to `data/raw`; around it stand a draft of the codebook (unless all its codes are
the packaged ones), and of the lists of sources, participants, pairs and assignments. What the project does not say is
left empty, so that `buddy-eval check` asks for it.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path, PurePath
from typing import Any

import pandas as pd
import yaml

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import refuse_filled, write_atomic
from buddy_eval.base.names import unique
from buddy_eval.read.codings import read_sheet
from buddy_eval.read.labels import marks
from buddy_eval.read.project import Project
from buddy_eval.read.refi import read_refi
from buddy_eval.schemas import Frame
from buddy_eval.schemas import raw as forms
from buddy_eval.study.codebook import PACKAGED, load_codebook
from buddy_eval.study.inputs import NO_CODERS

ASKING = {"interviewer", "int", "i", "q", "researcher", "moderator", "facilitator"}
UNTOLD = "No definition was given; write one."
OWN = re.compile(r"([A-Z]{2,4}\d*) (\S.*)")
SETTINGS = """\
# Drafted from {file} ({origin}). Complete the lists in data/raw, then: buddy-eval check
[study]
title = {title}
team = "Who carries it out"
{codebook}
[raw]
pairs = "pairs.csv"
participants = "participants.csv"
sources = "sources.csv"
assignments = "assignments.csv"
transcripts = "transcripts"

[[raw.project]]
file = {quoted}
{coder}{offsets}"""


def draft(path: Path, folder: Path, *, coder: str = "", offsets: str = "") -> tuple[list[Path], Project]:
    """Draft a study in a new folder from a project file; return the files written and what was read.

    Raises
    ------
    BuddyError : the folder is not empty. StudyError : the file cannot be read; nothing is written.
    """
    refuse_filled(folder)
    if not path.is_file():
        raise BuddyError(f"{path} is not there")
    refi = path.suffix.lower() in {".qdpx", ".qdc"}
    project = read_refi(path, path.name, offsets) if refi else read_sheet(path, path.name, coder)
    ours = _all_ours(project)
    files: dict[str, bytes] = {
        "study.toml": SETTINGS.format(
            file=path.name,
            quoted=_quoted(path.name),
            origin=project.origin or "unknown tool",
            title=_quoted(project.name or path.stem),
            codebook="" if ours else 'codebook = "codebook.yaml"\ninstrument = "instrument.yaml"\n',
            coder=f"coder = {_quoted(coder)}\n" if coder else "",
            offsets=f"offsets = {_quoted(offsets)}\n" if offsets else "",
        ).encode(),
        f"data/raw/{path.name}": path.read_bytes(),
        ".gitignore": b"/data/processed/\n/reports/\n/exports/\n/private/\n",
        **{f"data/raw/{name}.csv": _sheet(frame) for name, frame in _lists(project).items()},
    }
    if not ours:
        files["codebook.yaml"] = codebook(project, path.stem)
        files["instrument.yaml"] = _empty_instrument()
    for name, data in files.items():
        write_atomic(folder / name, data)
    return [folder / name for name in files], project


def codebook(project: Project, name: str) -> bytes:
    """Draft a codebook: codes at the top that hold others become themes, and every code that can be given a code."""
    codes = project.codes
    parents = dict(zip(codes["guid"], codes["parent"], strict=True))
    themes: dict[str, dict[str, Any]] = {}
    loose: list[dict[str, str]] = []
    taken: set[str] = set()
    columns = codes[["guid", "name", "description", "codable"]]
    for guid, label, text, codable in columns.itertuples(index=False, name=None):
        top = guid
        while parents.get(top):
            top = parents[top]
        holds = guid in set(codes["parent"])
        if top == guid and holds:
            themes[guid] = {"id": _slug(label, taken), "label": label, "definition": text or UNTOLD, "codes": []}
        if codable or not holds:
            made = {"id": _slug(label, taken), "name": label, "definition": text or UNTOLD}
            (themes[top]["codes"] if top in themes else loose).append(made)
    content: dict[str, Any] = {
        "codebook": {
            "id": _slug(name, set()),
            "version": "0.1.0",
            "status": "a draft",
            "source": f"drafted from {name}",
        },
        "negations": {"window": 4, "words": ["not", "no", "never", "without"]},
        "themes": [theme for theme in themes.values() if theme["codes"]],
    }
    if not content["themes"]:
        content["themes"] = [{"id": "all", "label": "All codes", "definition": UNTOLD, "codes": loose}]
    elif loose:
        content["reserved"] = loose
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110).encode()


def _all_ours(project: Project) -> bool:
    packaged = load_codebook().codes
    labels = set(packaged["code"]) | set(packaged["name"]) | set(packaged["code"] + " " + packaged["name"])
    codable = project.codes[project.codes["codable"].astype(bool)]
    return bool(len(codable)) and set(codable["name"]) <= labels


def _empty_instrument() -> bytes:
    """The packaged instrument's scale, without its items: those rest on the packaged codebook."""
    given = yaml.safe_load((PACKAGED / "instrument.yaml").read_text(encoding="utf-8"))
    scale = {str(key): value for key, value in given["agreement"]["options"].items()}
    content = {**given, "items": [], "questions": [], "agreement": {**given["agreement"], "options": scale}}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110).encode()


def _lists(project: Project) -> dict[str, pd.DataFrame]:
    """The drafts of sources, participants, pairs and assignments, with the columns of their templates."""
    cases: dict[str, dict[str, str]] = {}
    waves: dict[str, str] = {}
    columns = project.attributes[["owner", "name", "variable", "value"]]
    for kind, name, variable, value in columns.itertuples(index=False, name=None):
        if kind == "case":
            cases.setdefault(name, {})[variable] = value
        elif variable == "wave":
            waves[name] = value
    owner = {source: case for case, source in reversed(project.members)}
    taken: set[str] = set()
    sources, speaking = [], {}
    for name in dict.fromkeys([*project.texts, *project.codings["source"].sort_values()]):
        key = speaking[name] = _slug(PurePath(name).stem, taken, lower=False)
        person = owner.get(name, key)
        cases.setdefault(person, {})
        for label in _labels(project.texts.get(name, "")):
            who = "interviewer" if label.casefold() in ASKING else person
            sources.append((key, name, label, who, waves.get(name, "1"), ""))
    people = [
        (n, *(c.get(k, "") for k in ("pair", "side", "role", "consent", "quotes"))) for n, c in sorted(cases.items())
    ]
    paired = [case for case in cases.values() if case.get("pair")]
    known = {
        c["pair"]: (c["pair"], *(c.get(k, "") for k in ("supporter", "receiver", "start", "end")), "") for c in paired
    }
    coded = project.codings[~project.codings["coder"].isin(list(NO_CODERS))]
    coders = list(coded["coder"].value_counts().index)
    pairs = coded[["source", "coder"]].drop_duplicates().itertuples(index=False, name=None)
    tasks = [(speaking[source], coder, "lead" if coder == coders[0] else "second") for source, coder in pairs]
    rows: dict[Frame, list[Any]] = {
        forms.SOURCES: sources,
        forms.PARTICIPANTS: people,
        forms.PAIRS: sorted(known.values()),
        forms.ASSIGNMENTS: tasks,
    }
    return {form.name: pd.DataFrame(made, columns=form.names) for form, made in rows.items()}


def _labels(text: str) -> list[str]:
    """Labels that come back in a text; without any, everything is said by the one person that it is about."""
    often = Counter(mark.speaker for mark in marks(text, ()) if mark.speaker)
    return [label for label, n in often.items() if n > 1] or ["*"]


def _slug(name: str, taken: set[str], *, lower: bool = True) -> str:
    """A short name of a code, theme or source: our own id where the name begins with one."""
    own = OWN.fullmatch(name)
    plain = own.group(1) if own and lower else re.sub(r"[^\w.-]+", "-", name).strip("-.")
    short = (plain if own or not lower else plain.lower()) or "x"
    slug = unique(short, lambda candidate: candidate.casefold() in taken, "{}-{}")
    taken.add(slug.casefold())
    return slug


def _sheet(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _quoted(text: str) -> str:
    return '"' + re.sub(r'["\\\x00-\x1f]', "_", text) + '"'
