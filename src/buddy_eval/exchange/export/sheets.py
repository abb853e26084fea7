"""A study as sheets and plain texts: for Taguette, for MAXQDA, for everyone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

import pandas as pd
from openpyxl import Workbook

from buddy_eval.base.files import csv_bytes
from buddy_eval.base.names import unique
from buddy_eval.exchange.export.collect import ExportData

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
LONGEST = 63  # characters of a code's name in MAXQDA


def taguette(exported: ExportData) -> dict[str, bytes]:
    """Return the codebook to import, the documents, and one sheet of highlights for every coder.

    The codebook is written with a mark: without it Taguette's import stumbled over characters beyond ASCII.
    """
    rows = [(label, text) for label, text in zip(exported.codes["label"], exported.codes["description"], strict=True)]
    files = {"codebook.csv": _csv(("tag", "description"), rows), **_texts(exported)}
    labels = dict(zip(exported.codes["code"], exported.codes["label"], strict=True))
    taken: set[str] = set()
    for coder, part in exported.passages.groupby("coder"):
        rows_of = part[["source_id", "start", "end", "code", "memo"]].itertuples(index=False, name=None)
        highlights = [
            (number, source, labels[code], exported.texts[source][start:end], memo)
            for number, (source, start, end, code, memo) in enumerate(rows_of, 1)
        ]
        name = safe_name(f"highlights-{coder}", taken)
        files[f"{name}.csv"] = _csv(("id", "document", "tag", "content", "memo"), highlights)
    return files


def maxqda(exported: ExportData) -> dict[str, bytes]:
    r"""Return the codebook as a workbook (`Code`, `Memo`; `\` parts theme and code), and the documents."""
    themes = exported.themes
    labels = dict(zip(themes["theme"], map(_short, themes["label"]), strict=True))
    rows = list(zip(labels.values(), themes["definition"], strict=True))
    for theme, label, text in exported.codes[["theme", "label", "description"]].itertuples(index=False, name=None):
        parent = f"{labels[theme]}\\" if theme in labels else ""
        rows.append((parent + _short(label), text))
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(("Code", "Memo"))
    for row in rows:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"  # never a formula, whatever a code begins with
    buffer = io.BytesIO()
    book.save(buffer)
    return {"codebook.xlsx": buffer.getvalue(), **_texts(exported)}


def sheets(exported: ExportData) -> dict[str, bytes]:
    """Return `codings.csv`, `decisions.csv`, `codebook.csv`, `cases.csv` and the texts that the offsets count in."""
    columns = ["source_id", "start", "end", "code", "coder", "memo"]
    codes = exported.codes[["code", "theme", "name", "description"]]
    cases = exported.attributes[["owner", "name", "variable", "value"]]
    links = [(case, source) for case, source in exported.members]
    return {
        "codings.csv": _csv(columns, exported.passages[columns].itertuples(index=False)),
        "decisions.csv": _csv(list(exported.decisions.columns), exported.decisions.itertuples(index=False)),
        "codebook.csv": _csv(list(codes.columns), codes.itertuples(index=False)),
        "cases.csv": _csv(list(cases.columns), cases.itertuples(index=False)),
        "case_sources.csv": _csv(("case", "source_id"), links),
        **_texts(exported),
    }


def safe_name(name: str, taken: set[str]) -> str:
    """Return a file name that every system allows and that differs from those taken by more than its case.

    >>> safe_name("CON", set()), safe_name("a/b: c?", set()), safe_name("A", {"a"})
    ('_CON', 'a_b_ c_', 'A-2')
    """
    plain = re.sub(r"[^\w. ()-]", "_", name).strip(" .")[:80] or "_"
    plain = f"_{plain}" if RESERVED.fullmatch(plain) else plain
    name = unique(plain, lambda candidate: candidate.casefold() in taken, "{}-{}")
    taken.add(name.casefold())
    return name


def _texts(exported: ExportData) -> dict[str, bytes]:
    taken: set[str] = set()
    return {f"sources/{safe_name(name, taken)}.txt": text.encode() for name, text in exported.texts.items()}


def _short(name: str) -> str:
    plain = name.replace("\\", "/")
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a sheet that spreadsheets read as UTF-8 and in which no cell is a formula."""
    return csv_bytes([header, *(map(guarded, row) for row in rows)])


def guarded(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; a missing one is empty."""
    if not isinstance(value, str):
        return "" if pd.isna(value) else value  # type: ignore[call-overload]
    return f"'{value}" if value.startswith(FORMULA) else value
