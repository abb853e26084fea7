"""REFI-QDA projects (`.qdpx`) and codebooks (`.qdc`) of NVivo, MAXQDA, ATLAS.ti, QualCoder and others."""

from __future__ import annotations

import posixpath
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import pandas as pd

from buddy_eval.base.errors import Fault, StudyError, nearest, refuse
from buddy_eval.base.names import unique
from buddy_eval.base.numbers import many
from buddy_eval.read.guard import guard
from buddy_eval.read.kinds import DAMAGED, kind_of
from buddy_eval.read.offsets import NAMES, Passages, Reading, choose, readings, under
from buddy_eval.read.project import CODINGS, Project
from buddy_eval.read.refi_cases import count, read_cases, read_codes
from buddy_eval.read.refi_xml import (
    BROKEN,
    bare,
    below,
    carriers,
    child_text,
    children,
    guid,
    inside,
    local,
    tree,
    whole,
)
from buddy_eval.read.table import decode

SELECTIONS = {f"{kind}Selection" for kind in ("PlainText", "PDF", "Picture", "Audio", "Video", "Transcript")}
KINDS = ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource")


@dataclass
class _Selection:
    """A passage as the file has it, with its codings: (code, coder, memo)."""

    source: str
    kind: str
    start: int
    end: int
    name: str
    codings: list[tuple[str, str, str]]


def is_refi(path: Path) -> bool:
    """Whether a file is a project or codebook of REFI-QDA: by its ending, or whatever its name by what it holds."""
    return path.suffix.lower() in {".qdpx", ".qde", ".qdc"} or kind_of(path) in {"qdpx", "qde"}


def read_refi(path: Path, file: str, offsets: str = "") -> Project:
    """Read a REFI-QDA project or codebook, or a project taken out of its archive (`.qde`): that lacks its texts.

    `offsets` names a convention (a key of `offsets.NAMES`) that decides instead of the passages themselves.

    Raises
    ------
    StudyError : no such file, damaged, no project in it; a source whose convention cannot be told.
    """
    guard(path, file)
    if offsets and offsets not in NAMES:
        raise StudyError([Fault(file, 0, f"offsets = {offsets!r}", nearest(offsets, NAMES))])
    try:
        if path.suffix.lower() == ".qdc" or kind_of(path) == "qde":
            return _Reader(file, tree(path.read_bytes(), file), {}).project(offsets)
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith((".qde", ".txt"))]
            members = {name.casefold(): archive.read(name) for name in names}
    except DAMAGED:
        raise StudyError([Fault(file, 0, "is damaged or not a project", BROKEN)]) from None
    roots = [name for name in members if name.endswith(".qde")]
    roots = [name for name in roots if "/" not in name] or roots
    if len(roots) != 1:
        raise StudyError([Fault(file, 0, f"holds {len(roots)} .qde files instead of one", BROKEN)])
    return _Reader(file, tree(members[roots[0]], file), members).project(offsets)


class _Reader:
    """Takes one project out of its XML tree and the texts beside it."""

    def __init__(self, file: str, root: Element, members: dict[str, bytes]) -> None:
        self.file, self.root, self.members = file, root, members
        self.whole = Project(root.get("name", ""), root.get("origin", ""))
        self.notes, self.names = dict[str, str](), dict[str, str]()
        self.raw: dict[str, tuple[str, bool, bool]] = {}
        self.whys, self.used = dict[str, str](), set[str]()

    def project(self, offsets: str) -> Project:
        project = self.whole
        listed = below(self.root, "Users", "User")
        project.users |= {guid(user): user.get("name") or user.get("id") or guid(user)[:8] for user in listed}
        read_codes(self.root, project)
        for note in below(self.root, "Notes", "Note"):
            text = child_text(note, "PlainTextContent") or self._file_text(note)[0] or child_text(note, "Description")
            self.notes[guid(note)] = text or ""
        selections = self._sources()
        self._codings(selections, self._readings(selections, offsets))
        read_cases(self.root, project, self.names)
        project.note("notes", "left out", len(set(self.notes) - self.used), "no coding refers to them")
        count(self.root, project, self.whys, len(self.notes))
        return project

    def _sources(self) -> list[_Selection]:
        selections: list[_Selection] = []
        listed = [source for kind in children(self.root, "Sources") for source in kind if local(source) in KINDS]
        for source in listed:
            name = self._name(source)
            carrier = source
            if local(source) == "PDFSource":
                carrier = next(children(source, "Representation"), source)
            self._text(name, carrier, local(source))
            for place in carriers(source):
                for selection in place:
                    if local(selection) in SELECTIONS:
                        selections.append(self._selection(name, selection))
            if whole := list(children(source, "Coding")):
                kept = [self._coding(source, coding) for coding in whole]
                selections.append(_Selection(name, "whole source", 0, 0, "", kept))
        return selections

    def _name(self, source: Element) -> str:
        path = posixpath.basename(inside(source.get("plainTextPath", source.get("path", ""))))
        plain = " ".join((source.get("name") or path or guid(source)[:8]).split())
        name = unique(plain, {*self.raw, *self.whys}.__contains__)
        self.names[guid(source)] = name
        return name

    def _text(self, name: str, carrier: Element, kind: str) -> None:
        inline = child_text(carrier, "PlainTextContent")
        if inline is not None:
            self.raw[name] = (inline.removeprefix("\ufeff"), inline.startswith("\ufeff"), True)
            return
        text, marked = self._file_text(carrier)
        if text is not None:
            self.raw[name] = (text, marked, False)
        elif carrier.get("plainTextPath"):
            self.whys[name] = "the file of the text is not in the project"
        else:
            self.whys[name] = f"a {kind.removesuffix('Source').lower()} source holds no text"
            self.whole.wordless.add(name)

    def _file_text(self, element: Element) -> tuple[str | None, bool]:
        """The text of a file inside of the archive; nothing is ever looked up outside of it."""
        wanted = inside(element.get("plainTextPath", "")).casefold()
        if not wanted:
            return None, False
        for name in (f"sources/{wanted}", wanted):
            if name in self.members:
                data = self.members[name]
                try:
                    text = decode(data)[0]
                except UnicodeDecodeError:
                    problem = f"the text {name!r} is in no known encoding"
                    raise StudyError([Fault(self.file, 0, problem, BROKEN)]) from None
                return text, data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data[:3] == b"\xef\xbb\xbf"
        return None, False

    def _selection(self, source: str, element: Element) -> _Selection:
        start, end = (whole(element.get(key)) for key in ("startPosition", "endPosition"))
        codings = [self._coding(element, coding) for coding in children(element, "Coding")]
        return _Selection(source, local(element), start, end, element.get("name", ""), codings)

    def _coding(self, selection: Element, coding: Element) -> tuple[str, str, str]:
        """Code, coder and memo: the coding's creator decides, the selection's is the fall-back."""
        code = next((bare(ref.get("targetGUID", "")) for ref in children(coding, "CodeRef")), "")
        users = (coding.get("creatingUser"), selection.get("creatingUser"), self.root.get("creatingUserGUID"))
        known = next((self.whole.users.get(bare(user), user) for user in users if user), "unknown")
        refs = [*children(coding, "NoteRef"), *children(selection, "NoteRef")]
        keys = [bare(ref.get("targetGUID", "")) for ref in refs]
        self.used |= set(keys)
        texts = [self.notes.get(key, "") for key in keys]
        memo = [*texts, child_text(selection, "Description") or ""]
        return code, known, "\n".join(filter(None, dict.fromkeys(memo)))

    def _readings(self, selections: list[_Selection], offsets: str) -> dict[str, Reading]:
        passages_of = {}
        for name, (raw, marked, inline) in self.raw.items():
            self.whole.texts[name] = Passages(raw, ()).text
            own = [s for s in selections if s.source == name and s.kind == "PlainTextSelection"]
            if own:
                spans = tuple((s.start, s.end) for s in own)
                passages_of[name] = Passages(raw, spans, tuple(s.name for s in own), marked, inline)
        options = {name: readings(passages) for name, passages in passages_of.items()}
        chosen = choose(options)
        if offsets:
            chosen = {name: under(passages, NAMES[offsets]) for name, passages in passages_of.items()}
        faults = [self._unclear(name, options[name]) for name, reading in chosen.items() if reading is None]
        refuse(faults)
        for name, reading in chosen.items():
            if reading is not None:
                known = "" if len(options[name]) == 1 else _evidence(reading, options[name])
                how = "as study.toml says" if offsets else known
                why = f"{reading.hits} of {many(len(reading.spans), 'passage lies', 'passages lie')} on word boundaries"
                why = f"{why}; {how}" if how else why
                self.whole.note(f"offsets of {name}", "converted", len(reading.spans), why, str(reading.convention))
        return {name: reading for name, reading in chosen.items() if reading is not None}

    def _unclear(self, name: str, options: list[Reading]) -> Fault:
        shown = ", ".join(f"{r.convention} {r.hits} of {len(r.spans)}" for r in options)
        problem = f"cannot tell how {name!r} counts characters (passages on word boundaries: {shown})"
        remedy = 'look up a passage, then set offsets = "..." for this project in study.toml'
        return Fault(self.file, 0, problem, remedy)

    def _codings(self, selections: list[_Selection], chosen: dict[str, Reading]) -> None:
        rows, empty, examples = [], 0, Counter[str]()
        codes = dict(zip(self.whole.codes["guid"], self.whole.codes["name"], strict=True))
        spans = {name: iter(reading.spans) for name, reading in chosen.items()}
        for selection in selections:
            source, why, start, end = selection.source, "", -1, -1
            if selection.kind == "PlainTextSelection" and source in spans:
                start, end = next(spans[source])
                why = "" if 0 <= start < end else "no character lies there"
            else:
                why = self.whys.get(source, "") or f"a {selection.kind} marks no passage of the text"
            empty += not selection.codings
            passage = "" if why else self.whole.texts[source][start:end]
            for code, coder, memo in selection.codings:
                reason = why or ("" if code in codes else "its code is not in the codebook")
                place = (pd.NA, pd.NA) if reason else (start, end)
                rows.append((source, *place, codes.get(code, code), coder, memo, reason, passage))
                examples[reason] += 1
        codings = pd.DataFrame(rows, columns=CODINGS).astype({"start": "Int64", "end": "Int64"})
        self.whole.codings = codings
        for reason, n in sorted(examples.items()):
            if reason:
                first = codings[codings["why"] == reason].iloc[0]
                self.whole.note("codings", "left out", n, reason, f"{first['code']} on {first['source']}")
        self.whole.note("codings", "read", len(rows))
        self.whole.note("passages", "left out", empty, "nobody coded them")


def _evidence(reading: Reading, options: list[Reading]) -> str:
    rivals = [f"{other.convention} {other.hits}" for other in options if other is not reading]
    return f"otherwise {', '.join(rivals)}"
