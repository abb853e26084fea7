"""A study of nothing but the tables that a test gives it, seen through one profile."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.disclose.results import Results
from buddy_eval.pipeline import run as pipeline
from buddy_eval.schemas import PROCESSED, conform, empty
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import Study

Rows = list[dict[str, Any]]


def invented(folder: Path, profile: str, tables: Mapping[str, Rows], pair: str | None = None) -> Results:
    """Write the given rows, and an empty table for every other; themes and codes are those of the codebook."""
    study = Study(folder, "An invented study", "A team")
    study.processed.mkdir(parents=True, exist_ok=True)
    for name in PROCESSED:
        written = _written(name, pd.DataFrame(tables[name])) if name in tables else _unasked(name)
        pipeline.table_path(study, name).write_bytes(written)
    return Results(study, profile, pair)


@cache
def _unasked(name: str) -> bytes:
    book = load_codebook(None)
    return _written(name, {"themes": book.themes, "codes": book.codes}.get(name, empty(PROCESSED[name])))


def _written(name: str, rows: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    conform(rows, PROCESSED[name]).to_parquet(buffer, index=False)
    return buffer.getvalue()


def pairs(*names: str) -> Rows:
    """Pairs with one supporter and one receiver each."""
    return [{"pair": name, "supporter": f"S{name}", "receiver": f"R{name}", "start": "2023-01-01"} for name in names]


def interviews(said: Sequence[tuple[str, str, str, str, str | None]]) -> dict[str, Rows]:
    """Units, sources, participants and consensus: each tuple is (participant, pair, side, code, valence)."""
    people = sorted({(person, pair, side) for person, pair, side, _, _ in said})
    units: Rows = []
    for number, (person, pair, side, _, _) in enumerate(said):
        about = {"source": f"T-{person}", "participant": person, "pair": pair, "side": side, "wave": 1}
        place = {"turn": 1, "start": 10 * number, "end": 10 * number + 9, "text": "invented.", "codable": True}
        units.append({"unit": f"U{number}", "channel": "interview", **about, **place})
    about_code = [
        {"unit": f"U{n}", "code": code, "valence": valence} for n, (_, _, _, code, valence) in enumerate(said)
    ]
    marks = [{"present": True, "start": 0, "end": 9, "decided_by": "single coder", **row} for row in about_code]
    post = {"kind": "interview", "role": "board", "consent": True, "quotes": True}
    return {
        "units": units,
        "consensus": marks,
        "sources": [{"source": f"T-{p}", "file": f"{p}.txt", "wave": 1, "text": "invented."} for p, _, _ in people],
        "participants": [{"participant": p, "pair": pair, "side": side, **post} for p, pair, side in people],
    }


def cells(rows: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """These cells of every row, or all of them; a missing one as None."""
    chosen = rows[list(columns or rows)].astype("object")
    return chosen.where(chosen.notna(), None).to_numpy().tolist()
