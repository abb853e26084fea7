"""What people said: the units of interviews and comments, and the human codings laid on them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.clean.comments import assigned_as, counted_in
from buddy_eval.clean.decisions import memos
from buddy_eval.clean.text import on_units, transcript_units
from buddy_eval.read import Raw
from buddy_eval.schemas import clean as schemas
from buddy_eval.study.codebook import Codebook

UNITS = schemas.UNITS.names


SOURCED = {"sources": "source", "assignments": "source_id", "codings": "source_id", "approvals": "source_id"}


def with_consent(plain: dict[str, pd.DataFrame], raw: Raw) -> dict[str, pd.DataFrame]:
    """Leave out whole every interview in which somebody spoke who did not consent; the log counts them.

    Consent that cannot be read is none: nothing rests on its being a fault as well.
    """
    people, sources = plain["participants"], plain["sources"]
    refused = people.loc[~people["consent"].fillna(value=False).astype(bool), "participant"]
    gone = sources[sources["participant"].isin(refused)]
    kept = {name: plain[name][~plain[name][key].isin(gone["source"])] for name, key in SOURCED.items()}
    for file in sorted(set(gone["file"].dropna())):
        raw.note(file, "transcript", "left out", 1, "no consent")
    if n := len(plain["codings"]) - len(kept["codings"]):
        raw.note(raw.files["codings"], "codings", "left out", n, "no consent")
    return {**plain, **kept}


def sources_with_text(sources: pd.DataFrame, raw: Raw) -> pd.DataFrame:
    """One row a transcript, with the text that offsets count in."""
    listed = sources[sources["participant"] != "interviewer"].drop_duplicates("source")
    texts = listed["file"].map({name: transcript.text for name, transcript in raw.transcripts.items()})
    return listed.assign(text=texts).dropna(subset=["text"])


def interview_units(sources: pd.DataFrame, people: pd.DataFrame, raw: Raw) -> pd.DataFrame:
    """The units of all transcripts, with the pair and side of who speaks."""
    parts = [pd.DataFrame(columns=UNITS)]
    for (source, file), rows in sources.groupby(["source", "file"]):
        who = dict(zip(rows["speaker"], rows["participant"], strict=True))
        if str(file) not in raw.transcripts:
            continue
        who = {label: person if isinstance(person, str) else label for label, person in who.items()}
        speaking = {label: person for label, person in who.items() if person != "interviewer"}
        units = transcript_units(raw.transcripts[str(file)], str(source), speaking)
        parts.append(units.assign(wave=rows["wave"].iloc[0], channel="interview"))
    units = pd.concat(parts[1:] or parts, ignore_index=True)
    about = people.set_index("participant")[["pair", "side"]]
    return units.drop(columns=["pair", "side"], errors="ignore").join(about, on="participant")


def coded_units(
    plain: dict[str, pd.DataFrame],
    units: pd.DataFrame,
    files: dict[str, str],
    codebook: Codebook,
    faults: list[Fault],
    unread: Collection[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Lay assignments, codings and memos on units; a coding by somebody who was not assigned is a fault.

    Without the assignments (`unread`) nobody can be told to be none of the coders.
    """
    codable = units[units["codable"].astype(bool)]
    named = codable.assign(asked=assigned_as(codable), text_of=counted_in(codable))[["unit", "asked", "text_of"]]
    assigned = plain["assignments"].merge(named, left_on="source_id", right_on="asked")
    codings = plain["codings"].dropna(subset=["source_id", "start", "end", "code", "coder"])
    listed = set(zip(plain["assignments"]["source_id"], plain["assignments"]["coder"], strict=True))
    asked = dict(zip(named["text_of"], named["asked"], strict=True))
    sources = {*plain["sources"]["source"], *asked}
    for row, source, coder in zip(codings.index, codings["source_id"], codings["coder"], strict=True):
        if "assignments" not in unread and (asked.get(source, source), coder) not in listed and source in sources:
            problem = f"coder {coder!r} was not assigned source {asked.get(source, source)!r}"
            faults.append(Fault(files["codings"], int(row), problem, "add a row to the assignments"))
    laid, misplaced = on_units(codings, units, files.get("codings", "codings"))
    said = told_of_offsets(faults)
    heard = set(counted_in(units))  # a transcript that cannot be read has a fault of its own
    faults += [f for f in misplaced if codings.loc[f.row, "source_id"] in heard and (f.file, f.row) not in said]
    return assigned, _merged(laid, f"{codebook.id} {codebook.version}"), memos(laid)


def told_of_offsets(faults: list[Fault]) -> set[tuple[str, int]]:
    """The rows, by file, whose offsets have a fault already (beyond the text, say): one a row is enough."""
    return {(fault.file, fault.row) for fault in faults if fault.column in {"start", "end"}}


def _merged(laid: pd.DataFrame, version: str) -> pd.DataFrame:
    """One row a unit, coder and code: passages are joined, differing valences become mixed.

    A unit to which the coder also gave the code unaided has it unaided.
    """
    if laid.empty:
        return pd.DataFrame(columns=schemas.CODINGS.names)
    grouped = laid.assign(unaided=laid["suggestion"].isna()).groupby(["unit", "coder", "code"])
    merged = grouped.agg(
        start=("start", "min"), end=("end", "max"), valence=("valence", "first"), about=("about", "first"),
        stance=("stance", "first"), suggestion=("suggestion", "first"), unaided=("unaided", "any"),
    )  # fmt: skip
    for column, several in (("valence", "mixed"), ("about", "both")):
        merged[column] = merged[column].mask(grouped[column].nunique().gt(1), several)
    suggestion = merged["suggestion"].mask(merged["unaided"])
    return merged.assign(suggestion=suggestion, codebook=version).drop(columns="unaided").reset_index()
