"""Transcripts and comments to units; passages that coders marked to the units they lie on."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.base.errors import Fault
from buddy_eval.clean.comments import counted_in
from buddy_eval.read import Transcript

END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9])|\n+")
ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|e\.g|i\.e|approx|no|No)\.$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the offsets of the sentences of a turn, without the white space between them.

    A sentence ends at ``. ! ? …`` (with closing quotes) before white space and a capital or a figure, and at a line
    break; not after common abbreviations.

    >>> text = "We met Dr. Who. It helped! did it?"
    >>> [text[start:end] for start, end in sentences(text)]
    ['We met Dr. Who.', 'It helped! did it?']
    """
    spans, start = [], 0
    for match in END.finditer(text):
        if ABBREVIATION.search(text[start : match.end()]):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = [_trimmed(text, *span) for span in spans]
    return [(a, b) for a, b in trimmed if b > a]


def transcript_units(transcript: Transcript, source: str, participants: dict[str, str]) -> pd.DataFrame:
    """Return the units of one transcript: a participant's turn by sentences, another speaker's turn whole.

    `participants` maps a speaker's label to the participant. Columns: unit, source, participant, turn, start,
    end, text, codable; the unit's name counts from 1 within its source.
    """
    rows = []
    for number, turn in enumerate(transcript.turns, 1):
        person = participants.get(turn.speaker)
        words = transcript.text[turn.start : turn.end]
        spans = sentences(words) if person else [(0, len(words))]
        for start, end in spans:
            rows.append((person, number, turn.start + start, turn.start + end, words[start:end], bool(person)))
    frame = pd.DataFrame(rows, columns=["participant", "turn", "start", "end", "text", "codable"])
    frame.insert(0, "unit", [f"{source}.{n:04d}" for n in range(1, len(frame) + 1)])
    frame.insert(1, "source", source)
    return frame


def on_units(codings: pd.DataFrame, units: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Lay passages (source_id, start, end; index: rows of the file) on the units of their sources or comments.

    A passage belongs to every unit of which it covers at least half, and always to the unit that holds most of
    it, so that no coding is lost. A passage outside of what participants said is a fault.

    Returns the rows of `codings` with `unit` added, once for every unit touched, and the faults.
    """
    texts = counted_in(units)
    cited = units["codable"].astype(bool) & texts.isin(codings["source_id"].drop_duplicates())
    by_source = {str(name): part for name, part in units[cited].groupby(texts[cited])}
    spans = {name: part[["start", "end"]].to_numpy("int64") for name, part in by_source.items()}
    rows, names, faults = [], [], []
    for row, source, start, end in codings[["source_id", "start", "end"]].itertuples(name=None):
        hits = (
            _touched(spans[source], int(start), int(end))
            if source in spans and start >= 0
            else np.array([], dtype="intp")
        )
        touched = by_source[source]["unit"].iloc[hits].tolist() if len(hits) else []
        if not touched:
            problem = f"characters {start} to {end} of {source!r} are nothing that a participant said"
            faults.append(Fault(file, int(row), problem, "check the offsets: code points from 0, end exclusive"))
        rows += [row] * len(touched)
        names += touched
    return codings.loc[rows].assign(unit=names), faults


def _touched(spans: NDArray[np.int64], start: int, end: int) -> NDArray[np.intp]:
    """Return the places of the spans (n, 2) that a passage covers by half or more, and of the one that holds most."""
    first, last = spans[:, 0], spans[:, 1]
    shared = (np.minimum(last, end) - np.maximum(first, start)).clip(min=0)
    enough = (shared * 2 >= last - first) | (shared == shared.max())
    return np.flatnonzero(enough & (shared > 0))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())
