"""`buddy-eval import`: a study drafted from a project of another tool, for a person to complete and confirm.

The project's file is copied as it is to `data/raw`; around it stand a draft of the codebook (unless all its codes are
the packaged ones), and of the lists of sources, participants, pairs and assignments. What the project does not say is
filled in with placeholders, which the log and a notice on every page name, so that a report can be made at once. People
get pseudonyms, unless the project calls them by identifiers; who is who lies apart, in `private`.
"""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.base.errors import StudyError
from buddy_eval.base.files import refuse_filled, write_atomic
from buddy_eval.publish.gate.names import identifier
from buddy_eval.read.codings import read_sheet
from buddy_eval.read.labels import marks
from buddy_eval.read.project import Project
from buddy_eval.read.projects import document_name
from buddy_eval.read.refi import is_refi, read_refi
from buddy_eval.read.table import decode
from buddy_eval.read.transcripts import read_text
from buddy_eval.schemas import Frame
from buddy_eval.schemas import raw as forms
from buddy_eval.start.assumed import NO_PAIR, NO_START, NO_TRUST, PLACEHOLDER
from buddy_eval.start.draft_codebook import all_ours, codebook, empty_instrument, slug
from buddy_eval.start.new_study import shipped_notebooks
from buddy_eval.study.inputs import NO_CODERS

ASKING = {"interviewer", "int", "i", "q", "researcher", "moderator", "facilitator"}
ROUNDS = 5  # of reading what was drafted, until nothing changes
ASSUMED = "what the project does not say of pairs, sides, posts and consent is filled in with placeholders."
KEY = "private/who-is-who.csv"
HERE = Path(__file__).parent
SETTINGS = (HERE / "drafted-settings.toml").read_text(encoding="utf-8")


def draft(
    path: Path, folder: Path, *, coder: str = "", offsets: str = "", consent: str = "yes"
) -> tuple[list[Path], Project]:
    """Draft a study in a new folder from a project file; return the files written and what was read.

    `consent` (yes or no) is what holds of everybody of whom the project does not say whether they agreed to take part.

    Raises
    ------
    BuddyError : the folder is not empty. StudyError : the file cannot be read; nothing is written.
    """
    refuse_filled(folder)
    refi = is_refi(path)
    project = read_refi(path, path.name, offsets) if refi else read_sheet(path, path.name, coder)
    beside = {} if refi else _beside(path, project)
    ours = all_ours(project)
    key = _pseudonyms(project)
    lists = _lists(project, key, {**PLACEHOLDER, "consent": consent})
    files: dict[str, bytes] = {
        "study.toml": SETTINGS.format(
            file=path.name,
            quoted=_quoted(path.name),
            origin=project.origin or "unknown tool",
            title=_quoted(project.name or path.stem),
            codebook="" if ours else 'codebook = "codebook.yaml"\ninstrument = "instrument.yaml"\n',
            assumed=ASSUMED,
            coder=f"coder = {_quoted(coder)}\n" if coder else "",
            offsets=f"offsets = {_quoted(offsets)}\n" if offsets else "",
        ).encode(),
        f"data/raw/{path.name}": path.read_bytes(),
        ".gitignore": b"/data/processed/\n/reports/\n/exports/\n/private/\n",
        **{f"data/raw/{name}.csv": _sheet(frame) for name, frame in lists.items()},
        "data/raw/transcripts/README.md": b"One file an interview (.txt, .vtt, .srt, .docx, .odt, .rtf).\n",
        **{f"data/raw/transcripts/{name}": data for name, data in beside.items()},
        **{f"notebooks/{path.name}": path.read_bytes() for path in shipped_notebooks()},
    }
    if key:
        names = pd.DataFrame(key.items(), columns=["name", "pseudonym"])
        files[KEY] = _sheet(names)
        project.note("people", "converted", len(key), f"they have pseudonyms now; who is who stands in {KEY}")
    if not ours:
        files["codebook.yaml"] = codebook(project, path.stem)
        files["instrument.yaml"] = empty_instrument()
    for name, data in files.items():
        write_atomic(folder / name, data)
    return [folder / name for name in files], project


def _beside(path: Path, project: Project) -> dict[str, bytes]:
    """The documents and the codebook beside a sheet of codings, as `buddy-eval export --to taguette` writes them.

    Codes of the codebook are added to the project, and the texts under the names of their files.
    """
    texts: dict[str, bytes] = {}
    documents = project.codings["source"]
    for name in sorted(set(documents)):
        places = [path.parent / "sources" / f"{name}.txt", path.parent / f"{name}.txt", path.parent / name]
        file = next((place for place in places if place.suffix == ".txt" and place.is_file()), None)
        if file is None:
            project.note("texts", "left out", 1, "save the document as text in data/raw/transcripts", name)
        else:
            texts[file.name] = file.read_bytes()
            project.texts[file.name] = decode(texts[file.name])[0]
            documents = documents.replace(name, file.name)
    project.codings["source"] = documents
    listed = path.parent / "codebook.csv"
    if listed != path and listed.is_file():
        codes = read_sheet(listed, listed.name).codes
        lacking = project.codes[~project.codes["name"].isin(codes["name"])]
        project.codes = pd.concat([codes, lacking], ignore_index=True)
    return texts


def _pseudonyms(project: Project) -> dict[str, str]:
    """A pseudonym for every case that is not called by an identifier: its name may be a person's."""
    columns = project.attributes[["owner", "name"]]
    cases = {str(name) for kind, name in columns.itertuples(index=False, name=None) if kind == "case"}
    cases |= {case for case, _ in project.members}
    kept = {name for name in cases if identifier(name)}
    free = (name for number in count(1) if (name := f"PERSON{number}") not in kept)
    return dict(zip(sorted(cases - kept), free, strict=False))


def _lists(project: Project, called: dict[str, str], placeholder: dict[str, str]) -> dict[str, pd.DataFrame]:
    """The drafts of sources, participants, pairs and assignments, with the columns of their templates."""
    cases: dict[str, dict[str, str]] = {}
    waves: dict[str, str] = {}
    columns = project.attributes[["owner", "name", "variable", "value"]].copy()
    columns["name"] = columns["name"].where(columns["owner"] != "case", columns["name"].map(lambda n: called.get(n, n)))
    for kind, name, variable, value in columns.itertuples(index=False, name=None):
        if kind == "case":
            cases.setdefault(name, {})[variable] = value
        elif variable == "wave":
            waves[name] = value
    owner = {source: called.get(case, case) for case, source in reversed(project.members)}
    taken: set[str] = set()
    sources, speaking = [], {}
    for name in dict.fromkeys([*project.texts, *project.codings["source"].sort_values()]):
        if name in project.wordless or not project.texts.get(name, name).strip():
            continue  # nobody says anything there
        key = speaking[name] = slug(document_name(name), taken, lower=False)
        person = owner.get(name, key)
        cases.setdefault(person, {})
        for label in _labels(project.texts.get(name, ""), name):
            who = "interviewer" if label.casefold() in ASKING else person
            sources.append((key, name, label, who, waves.get(name, "1"), ""))
    loose = sum(not identifier(source) for source in speaking.values())
    project.note("sources", "converted", loose, "called by their files; rename those that are called after a person")
    people = [(n, *(c.get(k) or told for k, told in placeholder.items())) for n, c in sorted(cases.items())]
    for k, told in placeholder.items():
        unsaid = sum(not case.get(k) for case in cases.values())
        project.note(f"{k} of participants", "assumed", unsaid, f"the project does not say it; {told!r} stands for it")
    paired = [case for case in cases.values() if case.get("pair")]
    about = ("supporter", "receiver", "start", "end")
    known = {c["pair"]: (c["pair"], *(c.get(name, "") for name in about), "") for c in paired}
    if not paired or len(paired) < len(cases):
        project.note("pairs", "assumed", 1, "a placeholder for trusts and time, which the project does not say")
        known[NO_PAIR] = (NO_PAIR, "", NO_TRUST, NO_START, "", "a placeholder")
    coded = project.codings[~project.codings["coder"].isin(list(NO_CODERS))]
    coders = list(coded["coder"].value_counts().index)
    pairs = coded[["source", "coder"]].drop_duplicates().itertuples(index=False, name=None)
    tasks = [
        (speaking[source], coder, "lead" if coder == coders[0] else "second")
        for source, coder in pairs
        if source in speaking
    ]
    rows: dict[Frame, list[Any]] = {
        forms.SOURCES: sources,
        forms.PARTICIPANTS: people,
        forms.PAIRS: sorted(known.values()),
        forms.ASSIGNMENTS: tasks,
    }
    return {form.name: pd.DataFrame(listed, columns=form.names) for form, listed in rows.items()}


def _labels(text: str, name: str) -> list[str]:
    """The labels of a text; where nobody is named but who asks, all else is said by the one person that it is about.

    What is drafted can be read: labels that show themselves once others are listed are added, and those left out that
    have no words.
    """
    labels = list(dict.fromkeys(mark.speaker for mark in marks(text, ()) if mark.speaker))
    labels += ["*"] if all(label.casefold() in ASKING for label in labels) else []
    for _ in range(ROUNDS):
        try:
            turns = {turn.speaker for turn in read_text(text, name, labels).turns}
        except StudyError:
            further = {mark.speaker for mark in marks(text, labels)} - {"", *labels}
            labels = [*labels, *sorted(further)] if further else [label for label in labels if label != "*"] or ["*"]
            continue
        if set(labels) == turns:
            break
        labels = [label for label in labels if label in turns]
    return labels


def _sheet(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _quoted(text: str) -> str:
    return '"' + re.sub(r'["\\\x00-\x1f]', "_", text) + '"'
