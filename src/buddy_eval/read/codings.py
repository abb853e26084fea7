"""Codings in sheets: Taguette's export of highlights, its codebook, wide sheets (`Code 1` .. `Code 8`)."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.project import CODES, CODINGS, Project
from buddy_eval.read.table import read_table

WIDE = re.compile(r"code[ _.-]?\d+", re.IGNORECASE)
SOURCE = ("source_id", "source", "document", "transcript", "interview", "file")
PASSAGE = ("text", "content", "passage", "quote", "statement", "unit", "comment")
FORMULA = ("=", "+", "-", "@")
NOBODY = "a sheet of codings names no coder"


def read_sheet(path: Path, file: str, coder: str = "") -> Project:
    """Read a sheet of codings, or a codebook of tags, as a project whose passages are still to be found in texts.

    Known shapes, by their column names: `tag, description` (Taguette's codebook); `document, tag, content`
    (Taguette's highlights, a row for every highlight and tag); a source, a passage and `Code 1` .. `Code 8`.
    `coder` says who coded: these sheets do not. A column `coder` decides, where there is one; `memo` is kept.

    Raises
    ------
    StudyError : another shape, or codings without a coder.
    """
    frame = read_table(path, file)
    names = {name.strip().casefold(): name for name in frame.columns}
    wide = [name for name in frame.columns if WIDE.fullmatch(name.strip())]
    tags = Project()
    if {"tag", "content", "document"} <= set(names):
        origin, columns = "Taguette", (names["document"], names["content"], [names["tag"]])
    elif "tag" in names:
        return _codebook(frame, names)
    elif wide:
        origin, columns = "a wide sheet", (_first(names, SOURCE, file), _first(names, PASSAGE, file), wide)
    else:
        raise StudyError([Fault(file, 1, "is no sheet of codings that we know", "see docs/bring-your-data.md")])
    if not coder and "coder" not in names:
        raise StudyError(
            [Fault(file, 0, NOBODY, 'say who: import --coder NAME, or coder = "NAME" for this project in study.toml')]
        )
    tags.origin = origin
    who = frame[names["coder"]].fillna(coder) if "coder" in names else pd.Series(coder, index=frame.index)
    memo = frame[names["memo"]].fillna("") if "memo" in names else pd.Series("", index=frame.index)
    tags.codings = _long(frame, columns, who, memo)
    tags.users = {name: name for name in sorted(set(tags.codings["coder"]))}
    distinct = list(dict.fromkeys(tags.codings["code"]))
    tags.codes = pd.DataFrame([(tag, tag, "", "", True, "") for tag in distinct], columns=CODES)
    tags.note("rows", "read", len(frame))
    tags.note("codings", "read", len(tags.codings))
    tags.note("codes", "read", len(distinct))
    bare = frame[[columns[0], columns[1]]].isna().any(axis=1)
    tags.note("rows", "left out", int(bare.sum()), "no source or no passage in the row")
    beside = [names[name] for name in ("coder", "memo") if name in names]
    for column in frame.columns.drop([columns[0], columns[1], *columns[2], *beside]):
        why = "no source, passage, code, coder or memo"
        tags.note(f"column {column}", "left out", int(frame[column].notna().sum()), why)
    uncoded = frame[columns[2]].isna().all(axis=1) & ~bare
    tags.note("rows", "left out", int(uncoded.sum()), "nobody coded them")
    return tags


def locate(text: str, passage: str) -> list[tuple[int, int]]:
    r"""Return every place of a passage in a text, whatever white space lies between its words.

    >>> locate("We met.\n\nIt  helped us.", "It helped")
    [(9, 19)]
    """
    places: list[tuple[int, int]] = []
    for form in dict.fromkeys((passage, html.unescape(passage))):
        words = form.split()
        if words and not places:
            pattern = r"\s+".join(map(re.escape, words))
            places = [match.span() for match in re.finditer(pattern, text)]
    return places


def _long(frame: pd.DataFrame, columns: tuple[str, str, list[str]], who: pd.Series, memo: pd.Series) -> pd.DataFrame:
    """One row a code of a passage; a code given twice to the same row counts once."""
    source, passage, codes = columns
    rows = []
    frame = frame.map(unguarded, na_action="ignore")
    for row, where, words, *cells in frame[[source, passage, *codes]].itertuples(name=None):
        if isinstance(where, str) and isinstance(words, str):
            tags = dict.fromkeys(cell.strip() for cell in cells if isinstance(cell, str))
            about = (who.loc[row], unguarded(memo.loc[row]), "", words)
            rows += [(where.strip(), pd.NA, pd.NA, code, *about) for code in tags]
    return pd.DataFrame(rows, columns=CODINGS).astype({"start": "Int64", "end": "Int64"})


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe by which exports keep spreadsheets from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _codebook(frame: pd.DataFrame, names: dict[str, str]) -> Project:
    whole = Project(origin="Taguette")
    tags = frame.dropna(subset=[names["tag"]])
    texts = tags[names["description"]] if "description" in names else pd.Series("", index=tags.index)
    rows = [(tag, tag, "", text, True, "") for tag, text in zip(tags[names["tag"]], texts.fillna(""), strict=True)]
    whole.codes = pd.DataFrame(rows, columns=CODES)
    whole.note("codes", "read", len(rows))
    return whole


def _first(names: dict[str, str], wanted: Sequence[str], file: str) -> str:
    for name in wanted:
        if name in names:
            return names[name]
    raise StudyError([Fault(file, 1, f"no column {wanted[0]!r}", f"name one of: {', '.join(wanted)}")])
