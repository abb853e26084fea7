"""Characters that the PDF of a report would show as boxes, named by row before anything is made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pandas as pd

from buddy_eval.base.characters import UNWRITTEN, described, lacking
from buddy_eval.read import Raw
from buddy_eval.study.codebook import Codebook
from buddy_eval.study.instrument import Instrument

BOXED = "boxed"


def boxed(raw: Raw, codebook: Codebook, instrument: Instrument) -> None:
    """Write into the log of reading where characters stand that the PDF's fonts lack, once a column or text."""
    frames = [(raw.files.get(kind, kind), frame) for kind, frame in raw.tables.items()]
    frames += [(survey.file, frame) for survey, frame in raw.surveys]
    frames += [("codebook, themes", codebook.themes), ("codebook, codes", codebook.codes)]
    frames.append(("instrument, items", instrument.items))
    columns = ((file, f"column {name}", "row", cells) for file, frame in frames for name, cells in _texts(frame))
    scripts = (
        (file, "text", "line", pd.Series(script.text.split("\n"), range(1, script.text.count("\n") + 2)))
        for file, script in raw.transcripts.items()
        if _rare(script.text)
    )
    for file, what, place, cells in chain(columns, scripts):
        if _rare("\n".join(cells.unique())):
            places = {row: signs for row, cell in cells.items() if (signs := _rare(cell))}
            row, signs = next(iter(places.items()))
            why = f"the PDF shows boxes for them, first {place} {row}: {described(min(signs))}"
            raw.note(file, f"characters of {what}", BOXED, len(places), why)


def _texts(frame: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    for name in frame.select_dtypes(["str", "object"]).columns:
        yield str(name), frame[name].dropna().astype("str")


def _rare(text: str) -> set[str]:
    return lacking(text) | set(UNWRITTEN.findall(text))
