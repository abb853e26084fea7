"""Projects of other tools in a study: their texts become transcripts, their codings rows of the table of codings."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

import pandas as pd

from buddy_eval.base.errors import Fault, nearest
from buddy_eval.read.codings import locate, read_sheet
from buddy_eval.read.raw import Joined, Raw
from buddy_eval.read.refi import is_refi, read_refi
from buddy_eval.schemas import VALUES
from buddy_eval.schemas.raw import CODINGS
from buddy_eval.study.code_history import former
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.inputs import NO_CODERS
from buddy_eval.study.settings import Study

MARKED = {name: VALUES[name] for name in ("valence", "about", "stance")}
ENDING = re.compile(r"\.(?:txt|docx?|odt|rtf|pdf|vtt|srt|html?|md)$", re.IGNORECASE)
IN_MEMO = {**MARKED, "suggestion": VALUES["suggestion"]}


def read_projects(raw: Raw, study: Study) -> None:
    """Read every project that `study.toml` names; faults and log go into `raw`."""
    for entry in study.projects:
        path = study.raw_folder / entry.file
        file = study.name_of(path)
        if not path.is_file():
            raw.faults.append(Fault(file, 0, "the file is not there", "add it, or take its lines out of study.toml"))
            continue
        reader, told = (read_refi, entry.offsets) if is_refi(path) else (read_sheet, entry.coder)
        project = raw.attempt(reader, path, file, told)
        if project is not None:
            raw.projects.append(Joined(entry, file, project))
            for line in project.log:
                raw.log.append({"file": file, **line})


def text_of(raw: Raw, name: str) -> str | None:
    """Return the text of the project source that a row of the list of sources calls its file."""
    for alike in (str.__eq__, _same):
        for joined in raw.projects:
            for source, text in joined.project.texts.items():
                if alike(source, name) or joined.settings.sources.get(source) == name:
                    return text
    return None


def join_codings(raw: Raw, study: Study) -> None:
    """Add the codings of all projects to the table of codings, under the study's sources, codes and coders."""
    if not raw.projects or "sources" not in raw.tables:
        return
    book = load_codebook(study.codebook)
    codes, known = book.codes, {_plainer(code): code for code in former(book.history).names}
    for code, name in zip(codes["code"], codes["name"], strict=True):
        known |= dict.fromkeys(map(_plainer, (code, name, f"{code} {name}")), code)
    rows: list[dict[str, object]] = []
    for joined in raw.projects:
        rows += _rows(raw, joined, known)
    if not rows:
        return
    own = raw.tables.get("codings", pd.DataFrame(columns=CODINGS.names, dtype="str"))
    first = 1_000_000 if len(own) else 1  # faults count the codings of projects from 1, or from a million
    added = pd.DataFrame(rows, index=pd.RangeIndex(first, first + len(rows)), dtype="str")
    raw.tables["codings"] = pd.concat([own, added]) if len(own) else added.reindex(columns=CODINGS.names).astype("str")
    raw.files.setdefault("codings", raw.projects[0].file)


def _rows(raw: Raw, joined: Joined, known: dict[str, str]) -> list[dict[str, object]]:
    """The codings of one project that can be placed, once each; the rest is counted in the log with its reason."""
    names, codes = named_sources(raw, joined), _codes(raw, joined, known)
    lost: Counter[str] = Counter()
    examples: dict[str, str] = {}
    laid: dict[tuple[object, ...], dict[str, object]] = {}
    for record in joined.project.codings.to_dict("records"):
        coding = {str(name): value for name, value in record.items()}
        source, code = names.get(coding["source"]), codes.get(coding["code"], "")
        placed, why = ((-1, -1), coding["why"]) if coding["why"] else _place(raw, coding, source)
        coder = joined.settings.coders.get(coding["coder"], coding["coder"])
        why = (
            NO_CODERS.get(str(coding["coder"]), why)
            or ("" if code else "study.toml leaves its code out")
            or ("" if coder else "study.toml leaves its coder out")
        )
        row = {"source_id": source and source[0], "start": placed[0], "end": placed[1], "code": code, "coder": coder}
        row |= _marks(coding["memo"])
        if not why and not spoken(raw, source, placed):
            why = "it lies on no participant's words"
            joined.aside.append(row)
        key = tuple(row[name] for name in CODINGS.key)
        why = why or ("the same coding stands twice" if key in laid else "")
        if not why:
            laid[key] = row
        elif why != coding["why"]:  # those are in the log of reading already
            lost[why] += 1
            examples.setdefault(why, f"{coding['code']} on {coding['source']}")
    stray = sorted(set(joined.project.texts) - set(names))
    if stray:
        raw.note(joined.file, "texts", "left out", len(stray), "no row of the list of sources names them", stray[0])
    for why, n in sorted(lost.items()):
        raw.note(joined.file, "codings", "left out", n, why, examples[why][:60])
    raw.note(joined.file, "codings", "converted", len(laid), "laid on the sources of the study")
    return list(laid.values())


def named_sources(raw: Raw, joined: Joined) -> dict[str, tuple[str, str]]:
    """Map the names of a project's sources to (source, file) of the list of sources."""
    listed = raw.tables["sources"].dropna(subset=["source", "file"]).drop_duplicates("source")
    pairs = list(zip(listed["source"], listed["file"], strict=True))
    places = {}
    for name in set(joined.project.codings["source"]) | set(joined.project.texts):
        wanted = joined.settings.sources.get(name, name)
        for alike in (str.__eq__, _same):
            for pair in pairs:
                if name not in places and any(alike(wanted, listed) for listed in pair):
                    places[name] = pair
    return places


def _codes(raw: Raw, joined: Joined, known: dict[str, str]) -> dict[str, str]:
    """Map a project's codes to the codebook's; '' for one that study.toml leaves out, a fault for a stranger."""
    ours = {}
    for name in dict.fromkeys(joined.project.codings["code"]):
        wanted = joined.settings.codes.get(name, name)
        if code := known.get(_plainer(wanted)) if wanted else "":
            ours[name] = code
        elif wanted:
            used = int((joined.project.codings["code"] == name).sum())
            remedy = nearest(wanted, known.values(), otherwise='map it under [raw.project.codes]; "" leaves it out')
            raw.faults.append(Fault(joined.file, 0, f"code {name!r} ({used} codings) is not in the codebook", remedy))
    return ours


def _place(raw: Raw, coding: dict[str, object], source: tuple[str, str] | None) -> tuple[tuple[int, int], str]:
    """Where a coding lies in the transcript of the study: its own offsets, or the place of its words."""
    transcript = raw.transcripts.get(source[1]) if source else None
    if transcript is None:
        return (-1, -1), "its source is not among the sources of the study"
    passage, start, end = str(coding["passage"]), coding["start"], coding["end"]
    if isinstance(start, int) and isinstance(end, int) and transcript.text[start:end] == passage:
        return (start, end), ""
    places = locate(transcript.text, passage)
    if len(places) == 1:
        return places[0], ""
    return (-1, -1), "its words stand more than once in the source" if places else "its words are not in the source"


def spoken(raw: Raw, source: tuple[str, str] | None, span: tuple[int, int]) -> bool:
    """Tell whether a participant says any of the passage."""
    if source is None:
        return False
    rows = raw.tables["sources"]
    people = set(rows.loc[(rows["source"] == source[0]) & (rows["participant"] != "interviewer"), "speaker"])
    turns = raw.transcripts[source[1]].turns
    return any(turn.speaker in people and turn.start < span[1] and span[0] < turn.end for turn in turns)


def _marks(memo: object) -> dict[str, str | None]:
    """Split the lines `valence: barrier` and the like, which our own exports write, from the rest of a memo."""
    values: dict[str, str | None] = dict.fromkeys(IN_MEMO)
    rest = []
    for line in str(memo).splitlines():
        name, _, value = (part.strip() for part in line.partition(":"))
        if value in IN_MEMO.get(name, ()):
            values[name] = value
        else:
            rest.append(line)
    return {**values, "memo": "\n".join(rest).strip() or None}


def document_name(name: str) -> str:
    """The name of a document without folders and the ending of its kind: what else follows a point is part of it.

    >>> document_name("texts/Interview 1.docx"), document_name("site.com 2010")
    ('Interview 1', 'site.com 2010')
    """
    return ENDING.sub("", PurePath(name).name)


def _same(one: str, other: str) -> bool:
    return document_name(one).casefold() == document_name(other).casefold() or one.casefold() == other.casefold()


def _plainer(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
