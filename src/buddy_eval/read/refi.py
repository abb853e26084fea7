"""REFI-QDA projects (`.qdpx`) and codebooks (`.qdc`) of NVivo, MAXQDA, ATLAS.ti, QualCoder and others."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pandas as pd

from buddy_eval.errors import Fault, StudyError, nearest
from buddy_eval.read.guard import guard
from buddy_eval.read.offsets import NAMES, Passages, Reading, choose, readings, under
from buddy_eval.read.table import decode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CODES = ["guid", "name", "parent", "description", "codable", "color"]
CODINGS = ["source", "start", "end", "code", "coder", "memo", "why", "passage"]
ATTRIBUTES = ["owner", "name", "variable", "type", "value"]
SELECTIONS = ("PlainTextSelection", "PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection", "TranscriptSelection")  # fmt: skip
KINDS = ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource")
NOT_TAKEN = {"Links": "Link", "Sets": "Set", "Graphs": "Graph"}
BROKEN = "save it again in the tool, or export it anew"


@dataclass
class Project:
    """What a project file holds; whatever could not be taken over is in `log`.

    Attributes
    ----------
    users : GUID to name.
    codes : guid, name, parent (GUID), description, codable, color, in the order of the file.
    texts : name of the source to its text (LF line ends, no mark).
    codings : source, start, end (code points of the text; missing where there is none), code, coder, memo, and
        `why` a coding has no place; `passage` holds the words.
    attributes : owner ('case' or 'source'), name, variable, type, value.
    members : pairs of a case and a source that belongs to it.
    log : item, action, n, reason, example.
    """

    name: str = ""
    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CODES))
    texts: dict[str, str] = field(default_factory=dict)
    codings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CODINGS))
    attributes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ATTRIBUTES))
    members: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    log: list[dict[str, str | int]] = field(default_factory=list)

    def note(self, item: str, action: str, n: int, reason: str = "", example: str = "") -> None:
        """Add a line to the log, where there is anything to say."""
        if n:
            self.log.append({"item": item, "action": action, "n": n, "reason": reason, "example": example[:60]})


@dataclass
class _Selection:
    """A passage as the file has it, with its codings: (code, coder, memo)."""

    source: str
    kind: str
    start: int
    end: int
    name: str
    codings: list[tuple[str, str, str]]


def read_refi(path: Path, file: str, offsets: str = "") -> Project:
    """Read a REFI-QDA project or codebook.

    `offsets` names a convention (a key of `offsets.NAMES`) that decides instead of the passages themselves.

    Raises
    ------
    StudyError : no such file, damaged, no project in it; a source whose convention cannot be told.
    """
    guard(path, file)
    if offsets and offsets not in NAMES:
        raise StudyError([Fault(file, 0, f"offsets = {offsets!r}", nearest(offsets, NAMES))])
    try:
        if path.suffix.lower() == ".qdc":
            return _Reader(file, _tree(path.read_bytes(), file), {}).project(offsets)
        with zipfile.ZipFile(path) as archive:
            members = {name.casefold(): archive.read(name) for name in archive.namelist() if _wanted(name)}
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        raise StudyError([Fault(file, 0, "is damaged or not a project", BROKEN)]) from None
    roots = [name for name in members if name.endswith(".qde")]
    roots = [name for name in roots if "/" not in name] or roots
    if len(roots) != 1:
        raise StudyError([Fault(file, 0, f"holds {len(roots)} .qde files instead of one", BROKEN)])
    return _Reader(file, _tree(members[roots[0]], file), members).project(offsets)


def _wanted(name: str) -> bool:
    return name.lower().endswith((".qde", ".txt"))


def _tree(data: bytes, file: str) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise StudyError([Fault(file, 0, "declares a DOCTYPE or entities, which no project needs", BROKEN)]) from None
    except (ParseError, ValueError, LookupError):
        raise StudyError([Fault(file, 0, "is not whole XML", BROKEN)]) from None
    if _local(root) not in {"Project", "CodeBook"}:
        raise StudyError([Fault(file, 0, f"begins with {_local(root)!r}, not Project or CodeBook", BROKEN)])
    return root


class _Reader:
    """Takes one project out of its XML tree and the texts beside it."""

    def __init__(self, file: str, root: Element, members: dict[str, bytes]) -> None:
        self.file, self.root, self.members = file, root, members
        self.made = Project(root.get("name", ""), root.get("origin", ""))
        self.notes: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.raw: dict[str, tuple[str, bool, bool]] = {}
        self.whys: dict[str, str] = {}

    def project(self, offsets: str) -> Project:
        made = self.made
        for user in _under(self.root, "Users", "User"):
            made.users[_guid(user)] = user.get("name") or user.get("id") or _guid(user)[:8]
        self._codes()
        for note in _under(self.root, "Notes", "Note"):
            text = _child_text(note, "PlainTextContent") or self._file_text(note)[0] or _child_text(note, "Description")
            self.notes[_guid(note)] = text or ""
            if note.get("name"):
                made.notes[note.get("name", "")] = text or ""
        selections = self._sources()
        self._codings(selections, self._readings(selections, offsets))
        self._cases()
        self._count()
        return made

    def _codes(self) -> None:
        book = self.root if _local(self.root) == "CodeBook" else next(_children(self.root, "CodeBook"), None)
        stack = [("", code) for code in reversed(list(_under(book, "Codes", "Code")))] if book is not None else []
        rows = []
        while stack:
            parent, code = stack.pop()
            codable = code.get("isCodable", "true").lower() != "false"
            name, description = code.get("name", "").strip() or _guid(code)[:8], _child_text(code, "Description")
            rows.append((_guid(code), name, parent, description or "", codable, code.get("color", "")))
            stack += [(_guid(code), inner) for inner in reversed(list(_children(code, "Code")))]
        self.made.codes = pd.DataFrame(rows, columns=CODES)
        if book is not None:
            self.made.note("sets of codes", "left out", len(list(_under(book, "Sets", "Set"))), "we know no sets")

    def _sources(self) -> list[_Selection]:
        found: list[_Selection] = []
        listed = [source for kind in _children(self.root, "Sources") for source in kind if _local(source) in KINDS]
        for source in listed:
            name = self._name(source)
            carrier = source
            if _local(source) == "PDFSource":
                carrier = next(_children(source, "Representation"), source)
            self._text(name, carrier, _local(source))
            for place in _carriers(source):
                for selection in place:
                    if _local(selection) in SELECTIONS:
                        found.append(self._selection(name, selection))
            if whole := list(_children(source, "Coding")):
                kept = [self._coding(source, coding) for coding in whole]
                found.append(_Selection(name, "whole source", 0, 0, "", kept))
        return found

    def _name(self, source: Element) -> str:
        path = posixpath.basename(_inside(source.get("plainTextPath", source.get("path", ""))))
        name = base = " ".join((source.get("name") or path or _guid(source)[:8]).split())
        number = 1
        while name in self.raw or name in self.whys:
            number += 1
            name = f"{base} ({number})"
        self.names[_guid(source)] = name
        return name

    def _text(self, name: str, carrier: Element, kind: str) -> None:
        inline = _child_text(carrier, "PlainTextContent")
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

    def _file_text(self, element: Element) -> tuple[str | None, bool]:
        """The text of a file inside of the archive; nothing is ever looked up outside of it."""
        wanted = _inside(element.get("plainTextPath", "")).casefold()
        if not wanted:
            return None, False
        for name in (f"sources/{wanted}", wanted):
            if name in self.members:
                data = self.members[name]
                try:
                    text = decode(data)[0]
                except UnicodeDecodeError:
                    raise StudyError([Fault(self.file, 0, f"the text {name!r} is in no known encoding", BROKEN)]) from None
                return text, data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data[:3] == b"\xef\xbb\xbf"
        return None, False

    def _selection(self, source: str, element: Element) -> _Selection:
        start, end = (_whole(element.get(key)) for key in ("startPosition", "endPosition"))
        codings = [self._coding(element, coding) for coding in _children(element, "Coding")]
        return _Selection(source, _local(element), start, end, element.get("name", ""), codings)

    def _coding(self, selection: Element, coding: Element) -> tuple[str, str, str]:
        """Code, coder and memo: the coding's creator decides, the selection's is the fall-back."""
        code = next((_plain(ref.get("targetGUID", "")) for ref in _children(coding, "CodeRef")), "")
        users = (coding.get("creatingUser"), selection.get("creatingUser"), self.root.get("creatingUserGUID"))
        known = next((self.made.users.get(_plain(user), user) for user in users if user), "unknown")
        refs = [*_children(coding, "NoteRef"), *_children(selection, "NoteRef")]
        texts = [self.notes.get(_plain(ref.get("targetGUID", "")), "") for ref in refs]
        memo = [*texts, _child_text(selection, "Description") or ""]
        return code, known, "\n".join(filter(None, dict.fromkeys(memo)))

    def _readings(self, selections: list[_Selection], offsets: str) -> dict[str, Reading]:
        given = {}
        for name, (raw, marked, inline) in self.raw.items():
            self.made.texts[name] = Passages(raw, ()).text
            own = [s for s in selections if s.source == name and s.kind == "PlainTextSelection"]
            if own:
                spans = tuple((s.start, s.end) for s in own)
                given[name] = Passages(raw, spans, tuple(s.name for s in own), marked, inline)
        options = {name: readings(passages) for name, passages in given.items()}
        chosen = choose(options)
        if offsets:
            chosen = {name: under(passages, NAMES[offsets]) for name, passages in given.items()}
        faults = [self._unclear(name, options[name]) for name, reading in chosen.items() if reading is None]
        if faults:
            raise StudyError(faults)
        for name, reading in chosen.items():
            if reading is not None:
                how = "as study.toml says" if offsets else "" if len(options[name]) == 1 else _evidence(reading, options[name])
                reason = f"{reading.hits} of {len(reading.spans)} passages lie on word boundaries"
                self.made.note(f"offsets of {name}", "converted", len(reading.spans), "; ".join(filter(None, (reason, how))), str(reading.convention))  # fmt: skip
        return {name: reading for name, reading in chosen.items() if reading is not None}

    def _unclear(self, name: str, options: list[Reading]) -> Fault:
        shown = ", ".join(f"{r.convention} {r.hits} of {len(r.spans)}" for r in options)
        problem = f"cannot tell how {name!r} counts characters (passages on word boundaries: {shown})"
        return Fault(self.file, 0, problem, 'look up a passage, then set offsets = "..." for this project in study.toml')

    def _codings(self, selections: list[_Selection], chosen: dict[str, Reading]) -> None:
        rows, empty, examples = [], 0, Counter[str]()
        codes = dict(zip(self.made.codes["guid"], self.made.codes["name"], strict=True))
        spans = {name: iter(reading.spans) for name, reading in chosen.items()}
        for selection in selections:
            source, why, start, end = selection.source, "", -1, -1
            if selection.kind == "PlainTextSelection" and source in spans:
                start, end = next(spans[source])
                why = "" if 0 <= start < end else "no character lies there"
            else:
                why = self.whys.get(source, "") or f"a {selection.kind} marks no passage of the text"
            empty += not selection.codings
            passage = "" if why else self.made.texts[source][start:end]
            for code, coder, memo in selection.codings:
                reason = why or ("" if code in codes else "its code is not in the codebook")
                place = (pd.NA, pd.NA) if reason else (start, end)
                rows.append((source, *place, codes.get(code, code), coder, memo, reason, passage))
                examples[reason] += 1
        made = pd.DataFrame(rows, columns=CODINGS).astype({"start": "Int64", "end": "Int64"})
        self.made.codings = made
        for reason, n in sorted(examples.items()):
            if reason:
                first = made[made["why"] == reason].iloc[0]
                self.made.note("codings", "left out", n, reason, f"{first['code']} on {first['source']}")
        self.made.note("codings", "read", len(rows))
        self.made.note("passages", "left out", empty, "nobody coded them")

    def _cases(self) -> None:
        variables = {_guid(v): (v.get("name", ""), v.get("typeOfVariable", "Text")) for v in _under(self.root, "Variables", "Variable")}  # fmt: skip
        owners = [("case", case, case.get("name") or _guid(case)[:8]) for case in _under(self.root, "Cases", "Case")]
        sources = [source for kind in _children(self.root, "Sources") for source in kind]
        owners += [("source", source, self.names[_guid(source)]) for source in sources if _guid(source) in self.names]
        rows = []
        for owner, element, name in owners:
            for value in _children(element, "VariableValue"):
                ref = next((_plain(r.get("targetGUID", "")) for r in _children(value, "VariableRef")), "")
                given = next((v.text or "" for v in value if _local(v).endswith("Value")), "")
                rows.append((owner, name, *variables.get(ref, (ref[:8], "Text")), given))
            if owner == "case":
                linked = [self.names.get(_plain(ref.get("targetGUID", ""))) for ref in _children(element, "SourceRef")]
                self.made.members += [(name, source) for source in linked if source]
                if not linked and not list(_children(element, "VariableValue")):
                    rows.append((owner, name, "", "Text", ""))
        self.made.attributes = pd.DataFrame(rows, columns=ATTRIBUTES)

    def _count(self) -> None:
        made = self.made
        cases = {name for owner, name in zip(made.attributes["owner"], made.attributes["name"], strict=True) if owner == "case"}
        cases |= {case for case, _ in made.members}
        for item, n in (("users", len(made.users)), ("codes", len(made.codes)), ("texts", len(made.texts)), ("cases", len(cases)), ("notes", len(self.notes))):  # fmt: skip
            made.note(item, "read", n)
        for reason in sorted(set(self.whys.values())):
            lost = sorted(name for name, why in self.whys.items() if why == reason)
            made.note("sources", "left out", len(lost), reason, lost[0])
        for group, kind in NOT_TAKEN.items():
            found = list(_under(self.root, group, kind))
            example = found[0].get("name", "") if found else ""
            made.note(group.lower(), "left out", len(found), f"we know no {group.lower()}", example)


def _evidence(reading: Reading, options: list[Reading]) -> str:
    rivals = [f"{other.convention} {other.hits}" for other in options if other is not reading]
    return f"otherwise {', '.join(rivals)}"


def _carriers(source: Element) -> Iterator[Element]:
    """The elements below a source that may hold selections: itself, a representation, transcripts."""
    yield source
    for child in source:
        if _local(child) in {"Representation", "Transcript", "TextDescription"}:
            yield child


def _inside(path: str) -> str:
    """The name of a file within the archive, or nothing for a path that leads elsewhere."""
    plain = unquote(path.strip()).removeprefix("internal://").replace("\\", "/").removeprefix("./")
    outside = "://" in plain or plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":"
    return "" if outside else plain.removeprefix("sources/").removeprefix("Sources/")


def _whole(text: str | None) -> int:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else -1


def _plain(guid: str) -> str:
    return guid.strip().strip("{}").lower()


def _guid(element: Element) -> str:
    return _plain(element.get("guid", ""))


def _local(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _under(element: Element, group: str, name: str) -> Iterator[Element]:
    return (child for found in _children(element, group) for child in _children(found, name))


def _child_text(element: Element, name: str) -> str | None:
    found = next(_children(element, name), None)
    return None if found is None else found.text or ""
