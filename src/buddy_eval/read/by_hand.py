"""Codings made by hand in this toolkit: from the journals of `data/coding` into the table of codings, whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import Fault, nearest
from buddy_eval.read.journals import MARKS, Act, Journals, fold, place, read_journals
from buddy_eval.read.projects import MARKED, spoken
from buddy_eval.read.raw import Raw
from buddy_eval.schemas.raw import CODINGS
from buddy_eval.study.code_history import former
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import Study

NEEDED = {"assignments": ("source_id", "coder")}
NEEDED_OF_INTERVIEWS = {"sources": ("source", "file", "speaker", "participant"), **NEEDED}
FIRST = 2_000_000  # rows of journals in the table of codings, after those of files and projects


def journals_folder(study: Study) -> Path:
    """Return where the journals of a study lie: beside the raw files, which no coding ever writes."""
    return study.root / "data" / "coding"


def join_journals(raw: Raw, study: Study) -> None:
    """Add the codings of all journals to the table of codings; faults name the journal and its line.

    Only what a coder has finished counts: the codings of a source still open are left out, and so is its assignment,
    since whoever has not read a passage has not said that a code is absent from it.
    """
    journals = read_journals(journals_folder(study))
    for fault in journals.damaged:
        raw.note(fault.file, f"line {fault.row}", "left out", 1, fault.problem)
    if not journals.acts:
        return
    held = fold(journals.acts)
    interviews = any("comment" not in act for act in held.codings.values())
    for table, names in (NEEDED_OF_INTERVIEWS if interviews else NEEDED).items():
        if absent := set(names) - set(raw.tables.get(table, ())):
            file = raw.files.get(table, "study.toml")
            raw.faults.append(Fault(file, 0, f"{table} lack {', '.join(sorted(absent))}", "journals of coders need it"))
            return
    book = load_codebook(study.codebook)
    codes = {*book.codes["code"], *former(book.history).names}
    for act in journals.acts:
        if act["do"] == "decide":
            file, _ = journals.places[act["id"]]
            raw.note(file, "decision", "left out", 1, "decisions belong into data/coding/decisions")
    if held.proposals:
        columns = {"id": "act", "name": "name", "coder": "coder", "at": "at", "memo": "memo"}
        rows = [{new: act[old] or None for old, new in columns.items()} for act in held.proposals]
        raw.tables["proposals"] = pd.DataFrame(rows)
        raw.note(study.name_of(journals_folder(study)), "codes proposed", "read", len(rows))
    finished = {(source, coder) for coder, source in held.done}
    begun = {key: (act["source"], act["coder"]) for key, act in held.codings.items()}
    rows = _rows(raw, codes, journals, [held.codings[key] for key, whose in begun.items() if whose in finished])
    unfinished = Counter(journals.places[key][0] for key, whose in begun.items() if whose not in finished)
    for file, n in sorted(unfinished.items()):
        raw.note(file, "codings", "left out", n, "the coder has not finished the source")
    _assigned(raw, finished, set(begun.values()))
    if rows:
        _added(raw, rows, journals, study.name_of(journals_folder(study)))


def _rows(raw: Raw, codes: set[str], journals: Journals, codings: list[Act]) -> list[Act]:
    """The codings as rows of the table of codings; with any fault none of them."""
    kept, faults = dict[tuple[object, ...], Act](), list[Fault]()
    for coding in codings:
        file, row = journals.places[coding["id"]]
        laid, problem, remedy = _laid(raw, codes, coding)
        if problem:
            faults.append(Fault(file, row, problem, remedy))
        elif kept.setdefault(tuple(laid[name] for name in CODINGS.key), laid) is not laid:
            again = "the coder has given the same code to the same words"
            raw.note(file, f"coding in line {row}", "left out", 1, again)
        elif laid["start"] != coding["start"]:
            moved = f"from character {coding['start']} to {laid['start']}: the source has changed"
            raw.note(file, f"coding in line {row}", "converted", 1, moved)
    raw.faults += faults
    return [] if faults else list(kept.values())


def _laid(raw: Raw, codes: set[str], coding: Act) -> tuple[Act, str, str]:
    """A coding as a row of the table of codings; what is wrong with it and what to do, or ''.

    The words of a comment are looked for later, when the comments are known.
    """
    assigned, own = raw.tables["assignments"], raw.tables.get("codings")
    source, coder, comment = coding["source"], coding["coder"], coding.get("comment", "")
    row = {**coding, "source_id": comment or source}
    sources = raw.tables.get("sources", pd.DataFrame(columns=["source", "file"]))
    files = sources.loc[sources["source"] == source, "file"].dropna().tolist()
    if not comment and (not files or files[0] not in raw.transcripts):
        return row, f"source {source!r} is not among the sources", nearest(source, set(sources["source"].dropna()))
    if not ((assigned["source_id"] == source) & (assigned["coder"] == coder)).any():
        return row, f"coder {coder!r} was not assigned source {source!r}", "add a row to the assignments"
    twice = own is not None and {"source_id", "coder"} <= set(own)
    if own is not None and twice and ((own["source_id"] == row["source_id"]) & (own["coder"] == coder)).any():
        problem = f"coder {coder!r} has codings of {row['source_id']!r} here and in {raw.files['codings']}"
        return row, problem, "keep one of the two"
    if coding["code"] not in codes:
        return row, f"code {coding['code']!r} is not in the codebook", nearest(coding["code"], codes)
    for mark in MARKED:
        if coding.get(mark, "") not in ("", *MARKED[mark]):
            return row, f"{mark} {coding[mark]!r} is not allowed", nearest(str(coding[mark]), MARKED[mark])
    if comment:
        return row, "", ""
    text = raw.transcripts[files[0]].text
    span = place(coding, text)
    if span is None:
        problem = f"the source {source!r} has changed, and the coded words stand there no more, or more than once"
        return row, problem, "put the source back, or drop the coding and code the passage again"
    if not spoken(raw, (source, files[0]), span):
        return row, f"characters {span[0]} to {span[1]} of {source!r} are nothing that a participant said", "drop it"
    return {**row, "start": span[0], "end": span[1]}, "", ""


def _assigned(raw: Raw, finished: set[tuple[str, str]], begun: set[tuple[str, str]]) -> None:
    """Leave out assignments of what nobody finished, here or in another tool."""
    rows, own = raw.tables["assignments"], raw.tables.get("codings", pd.DataFrame(columns=CODINGS.names))
    elsewhere = set(own["coder"].dropna()) if "coder" in own else set()
    waits = [
        pair not in finished and (pair in begun or pair[1] not in elsewhere)
        for pair in zip(rows["source_id"], rows["coder"], strict=True)
    ]
    if any(waits):
        file = raw.files["assignments"]
        raw.note(file, "assignments", "left out", sum(waits), "the coder has not finished the source")
        raw.tables["assignments"] = rows[[not wait for wait in waits]]


def _added(raw: Raw, rows: list[Act], journals: Journals, file: str) -> None:
    own = raw.tables.get("codings", pd.DataFrame(columns=CODINGS.names, dtype="str"))
    cells = [{name: row.get(name) or None for name in (*CODINGS.key, *MARKS, "suggestion")} for row in rows]
    for cell, row in zip(cells, rows, strict=True):
        cell |= {"start": str(row["start"]), "end": str(row["end"])}
    raw.on_comments = {n: (row, *journals.places[row["id"]]) for n, row in enumerate(rows, FIRST) if "comment" in row}
    added = pd.DataFrame(cells, index=pd.RangeIndex(FIRST, FIRST + len(rows)), dtype="str")
    raw.tables["codings"] = pd.concat([own, added]) if len(own) else added.reindex(columns=CODINGS.names)
    raw.files.setdefault("codings", file)
    raw.note(file, "codings", "read", len(rows))
    if n := sum(row["suggestion"] != "" for row in rows):
        reason = "left out where agreement and machines are measured"
        raw.note(file, "codings after a machine's suggestions", "read", n, reason)
