"""`buddy-eval map`: which column of a survey export is which item; drafted here, confirmed by a person."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import Fault, StudyError, nearest
from buddy_eval.base.files import write_atomic
from buddy_eval.read.exports import Export, read_export, wordings
from buddy_eval.read.private import private_columns
from buddy_eval.read.surveys import ABOUT_PEOPLE, matched
from buddy_eval.read.table import read_table
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import Instrument, load_instrument
from buddy_eval.study.settings import Study

COLUMNS = ["column", "text", "item", "similarity", "confirmed"]
LIKELY = 0.6
EXACT = "exact"


def draft_maps(study: Study) -> Iterator[tuple[Path, int, int]]:
    """Draft a mapping file beside `study.toml` for every survey of a study; one that is there is not touched.

    Yields the path, how many columns match exactly, and how many wait for somebody to confirm them.

    Raises
    ------
    StudyError : a survey cannot be read.
    """
    instrument = load_instrument(study.instrument, load_codebook(study.codebook))
    for survey in study.survey:
        export = read_export(study.raw_folder / survey.file, f"data/raw/{survey.file}")
        path = study.root / (survey.map or f"maps/{Path(survey.file).stem}.csv")
        draft = draft_map(export, instrument)
        sure = int((draft["similarity"] == EXACT).sum())
        if not path.exists():
            buffer = io.StringIO(newline="")
            csv.writer(buffer, lineterminator="\n").writerows([COLUMNS, *draft[COLUMNS].values.tolist()])
            write_atomic(path, buffer.getvalue().encode("utf-8-sig"))
        yield path.relative_to(study.root), sure, len(draft) - sure


def draft_map(export: Export, instrument: Instrument) -> pd.DataFrame:
    """Return the draft: column, text, item (or respondent, pair, side, role, wave; '' for none), similarity, confirmed.

    Exact matches, by id or wording, are confirmed by themselves. The others hold the likeliest item by the similarity
    of its wording (0 to 1, `difflib`), and count only when somebody writes yes. Columns that identify people are
    left out.
    """
    sure = {column: item for item, column in matched(export.frame.columns, instrument, export.texts).items()}
    pairs = zip(instrument.items["item"], instrument.items["wording"], strict=True)
    items = {item: wording for item, wording in pairs if item not in sure.values()}
    rows = []
    for column in export.frame.columns.drop(list(private_columns(export.frame))):
        text = export.texts.get(column, (column,))[0]
        if column in sure:
            rows.append((column, text, sure[column], EXACT, "yes"))
            continue
        scores = {item: _alike(wording, [*wordings(column), *wordings(text)]) for item, wording in items.items()}
        best = max(scores, key=scores.__getitem__, default="")
        likely = scores.get(best, 0.0)
        rows.append((column, text, best if likely >= LIKELY else "", f"{likely:.2f}", ""))
    return pd.DataFrame(rows, columns=COLUMNS)


def confirmed(path: Path, file: str, instrument: Instrument) -> dict[str, str]:
    """Return item to column, from a mapping file that somebody has confirmed.

    Raises
    ------
    StudyError : an item that is unknown or stands twice, or a guess that nobody has confirmed.
    """
    frame = read_table(path, file)
    absent = [name for name in ("column", "item", "confirmed") if name not in frame]
    faults = [Fault(file, 1, f"no column {name!r}", f"draft the file again: {CALLED} map") for name in absent]
    if faults:
        raise StudyError(faults)
    known = {*instrument.items["item"], *ABOUT_PEOPLE}
    columns: dict[str, str] = {}
    for row, column, item, yes in frame[["column", "item", "confirmed"]].dropna(subset=["item"]).itertuples(name=None):
        if item not in known:
            faults.append(Fault(file, row, f"item {item!r} is not in the instrument", nearest(item, known)))
        elif item in columns:
            faults.append(Fault(file, row, f"item {item!r} stands twice", "empty one of the two cells"))
        elif not isinstance(yes, str) or yes.strip().casefold() not in {"yes", "y"}:
            faults.append(
                Fault(file, row, f"nobody has confirmed {item!r}", "write yes under 'confirmed', or empty 'item'")
            )
        columns[item] = column
    if faults:
        raise StudyError(faults)
    return columns


def _alike(wording: str, texts: list[str]) -> float:
    plain = wording.casefold()
    return max((difflib.SequenceMatcher(None, plain, text.casefold()).ratio() for text in texts), default=0.0)
