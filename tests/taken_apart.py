"""Tables taken apart on purpose, with a fixed seed: every filled cell is read or named, or the file is refused."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

import held
from buddy_eval.base.errors import StudyError
from buddy_eval.bulk.divide import batches, divide
from buddy_eval.read.exports import read_export
from buddy_eval.read.table import read_table
from buddy_eval.read.workbook import beside

Cell = str | int | float | None
Rows = list[list[Cell]]
FORMATS = ("csv", "tsv", "xlsx", "ods", "sav", "parquet")
TEXTS = (
    "SYN01",
    "receiver",
    "Agree",
    "NA",
    "None",
    "007",
    "1,5",
    "a; b",
    'they said "so"',
    "café – naïve",
    "-",
    "#N/A",
)
LINES = ("first line\nsecond line", "x" * 400)
URN = "urn:oasis:names:tc:opendocument:xmlns"


@dataclass
class Made:
    """A table as it is to be written: its rows with the header, and what is done to the file around them."""

    rows: Rows
    second: Rows = field(default_factory=list)
    merged: tuple[int, int, int, int] | None = None  # top, left, bottom, right, from 1
    hidden: bool = False
    formula: bool = False
    encoding: str = "utf-8"
    newline: str = "\n"
    mark: str = ","
    before: str = ""

    def held(self) -> Counter[str]:
        """Every filled cell of the sheet that is read, as text."""
        return texts(self.rows)


def texts(rows: Rows) -> Counter[str]:
    """Filled cells as the package writes them: whole numbers without a point, no blanks around."""
    return Counter(text for row in rows for cell in row if (text := said(cell)))


def said(cell: Cell) -> str:
    """One cell as text."""
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell) if whole else cell).strip()


def whole(chance: random.Random) -> Rows:
    """A well-formed table of text and numbers."""
    names: list[Cell] = ["respondent", "Pair", "Antwort", "comment", "n", "share"]
    rows: Rows = [names]
    for number in range(chance.randrange(4, 12)):
        text: list[Cell] = [chance.choice((*TEXTS, *LINES, None)) for _ in range(3)]
        rows.append([str(number), *text, chance.randrange(99), round(chance.random(), 3)])
    return rows


Change = Callable[[Made, random.Random], object]


def _somewhere(made: Made, chance: random.Random) -> tuple[int, int]:
    full = [place for place, row in enumerate(made.rows) if len(row) > 2]
    return chance.choice(full[1:]), chance.randrange(3)


def _header(made: Made) -> list[Cell]:
    return next(row for row in made.rows if len(row) > 2)


def _set(cell: Cell) -> Change:
    def change(made: Made, chance: random.Random) -> None:
        row, column = _somewhere(made, chance)
        made.rows[row][column] = cell

    return change


def _insert(row: Rows, first: int = 0) -> Change:
    return lambda made, chance: made.rows.__setitem__(slice(at := chance.randrange(first, 3), at), [r[:] for r in row])


def _longer(made: Made, chance: random.Random) -> None:
    made.rows[_somewhere(made, chance)[0]].append("one too many")


def _shorter(made: Made, chance: random.Random) -> None:
    del made.rows[_somewhere(made, chance)[0]][2:]


def _merge(made: Made, chance: random.Random) -> None:
    top = _somewhere(made, chance)[0] + chance.randrange(2)
    down = chance.random() < 0.5
    made.merged = (top, 2, top + down, 2 + (not down))
    for row in range(top, top + 1 + down):
        for column in range(2, 3 + (not down)):
            if (row, column) != (top, 2) and row <= len(made.rows) and column <= len(made.rows[row - 1]):
                made.rows[row - 1][column - 1] = None


CHANGES: dict[str, Change] = {
    "nothing": lambda made, chance: None,
    "a blank row": _insert([[]], 1),
    "blank rows above": lambda made, chance: made.rows.__setitem__(slice(0, 0), [[], []]),
    "a row of blanks": _insert([[" ", "", "  "]], 1),
    "a title above": lambda made, chance: made.rows.insert(0, ["Our survey"]),
    "a row twice": lambda made, chance: made.rows.append(made.rows[-1][:]),
    "a row gone": lambda made, chance: made.rows.pop(),
    "a longer row": _longer,
    "a shorter row": _shorter,
    "a column without a name": lambda made, chance: _header(made).__setitem__(2, None),
    "a last column without a name": lambda made, chance: _header(made).__setitem__(5, None),
    "a name twice": lambda made, chance: _header(made).__setitem__(2, "Pair"),
    "blanks in a cell": _set("   "),
    "an error": _set("#DIV/0!"),
    "a long number": _set(123456789012),
    "a second sheet": lambda made, chance: made.second.extend([["more", "sheets"], ["forgotten", 7]]),
    "merged cells": _merge,
    "hidden rows": lambda made, chance: setattr(made, "hidden", True),
    "a formula without a value": lambda made, chance: setattr(made, "formula", True),
    "Windows-1252": lambda made, chance: setattr(made, "encoding", "cp1252"),
    "UTF-16": lambda made, chance: setattr(made, "encoding", "utf-16"),
    "a mark of UTF-8": lambda made, chance: setattr(made, "encoding", "utf-8-sig"),
    "line ends of Windows": lambda made, chance: setattr(made, "newline", "\r\n"),
    "another separator": lambda made, chance: setattr(made, "mark", chance.choice(";\t|")),
    "a line for Excel": lambda made, chance: setattr(made, "before", "sep=,"),
}


def trials(folder: Path, kind: str, n: int) -> Iterator[tuple[str, str, str]]:
    """Yield for each of n files what was done to it, how the package read it, and how pandas does as people call it.

    The words are `conserved`, `refused` and `LOST`.
    """
    chance = random.Random(f"2026 {kind}")
    names = list(CHANGES)
    for number in range(n):
        made = Made(whole(chance), mark="\t" if kind == "tsv" else ",")
        done = [names[number % len(names)], *chance.sample(names, chance.randrange(2))]
        for name in done:
            CHANGES[name](made, chance)
        path = folder / f"t.{kind}"
        rows = written(path, kind, made)
        yield " and ".join(done), ours(path, kind, rows, made), theirs(path, kind, rows)


def ours(path: Path, kind: str, rows: Rows, made: Made) -> str:
    """Read a file with the package; cells in are cells read and cells named."""
    try:
        named = {item: n for item, action, n, _ in beside(path, path.name) if action == "left out"}
        if kind == "parquet":
            names = tuple(str(name) for name in rows[0])
            parts = [pd.DataFrame(batch.to_pydict()) for part in divide(path, names) for batch in batches(part, names)]
            frame, missing = pd.concat(parts), 0
        else:
            export = read_export(path, path.name) if kind == "sav" else None
            frame = export.frame if export else read_table(path, path.name)
            missing = export.missing if export else 0
    except StudyError:
        return "refused"
    lost = texts(rows) - cells(frame)
    invented = cells(frame) - texts(rows)
    others = {"sheet More": sum(texts(made.second).values())} if made.second and kind in {"xlsx", "ods"} else {}
    return "conserved" if lost.total() == missing and not invented and named == others else "LOST"


def theirs(path: Path, kind: str, rows: Rows) -> str:
    """Read a file with pandas as people call it, without a word about types, sheets or missing values."""
    try:
        if kind in {"csv", "tsv"}:
            frame = pd.read_csv(path, sep="\t" if kind == "tsv" else ",")
        else:
            read: dict[str, Callable[[Path], pd.DataFrame]] = {"sav": pd.read_spss, "parquet": pd.read_parquet}
            frame = read.get(kind, _first_sheet)(path)
    except Exception:
        return "refused"
    return "conserved" if cells(frame) == texts(rows) else "LOST"


def _first_sheet(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, engine="calamine")


def cells(frame: pd.DataFrame) -> Counter[str]:
    """The names and filled cells of a frame, as `texts` writes them."""
    body = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return texts([[str(name) for name in frame.columns], *body])


def written(path: Path, kind: str, made: Made) -> Rows:
    """Write the table in a format as far as the format can hold it; return the rows that it holds."""
    if kind in {"csv", "tsv"}:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=made.mark, lineterminator=made.newline).writerows(made.rows)
        text = (made.before + made.newline if made.before else "") + buffer.getvalue()
        path.write_bytes(text.encode(made.encoding, errors="replace"))
        return [["" if cell is None else _as_encoded(str(cell), made.encoding) for cell in row] for row in made.rows]
    if kind == "xlsx":
        return _workbook(path, made)
    if kind == "ods":
        return _open_document(path, made)
    header = [str(name or f"V{place}") for place, name in enumerate(whole(random.Random(1))[0])]
    body = [[*row[:6], *[None] * (6 - len(row))] for row in made.rows[1:]]
    frame = pd.DataFrame(body, columns=header).astype({"n": "object"})
    frame = frame.apply(lambda column: column.map(said, na_action="ignore"))
    frame["n"] = pd.to_numeric(frame["n"], errors="coerce")
    if kind == "sav":
        given = frame.fillna({name: "" for name in header if name != "n"})
        missing = {"n": [7, 8]} if made.hidden else None
        pyreadstat.write_sav(given, str(path), missing_ranges=missing)  # type: ignore[arg-type]
    else:
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=3)
    rows: Rows = [list(header), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()]
    return rows


def _as_encoded(cell: str, encoding: str) -> str:
    return cell.encode(encoding, errors="replace").decode(encoding)


def _workbook(path: Path, made: Made) -> Rows:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in made.rows:
        sheet.append(row)
    if made.formula:
        sheet.cell(2, 2, "=1+1")
    if made.merged:
        top, left, bottom, right = made.merged
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    if made.hidden:
        sheet.row_dimensions[2].hidden = True
    for row in made.second:
        more = book["More"] if "More" in book.sheetnames else book.create_sheet("More")
        more.append(row)
    book.save(path)
    return made.rows


def _open_document(path: Path, made: Made) -> Rows:
    names = " ".join(f'xmlns:{part}="{URN}:{part}:1.0"' for part in ("office", "table", "text"))
    body = "".join(
        f'<table:table table:name="{name}">{"".join(_open_row(row, made, place) for place, row in enumerate(rows))}'
        "</table:table>"
        for name, rows in (("First", made.rows), ("More", made.second))
        if rows
    )
    content = f"<office:document-content {names}><office:body><office:spreadsheet>{body}</office:spreadsheet>"
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{URN}:manifest:1.0"/>'.encode(),
        "content.xml": (content + "</office:body></office:document-content>").encode(),
    }
    path.write_bytes(held.archive(parts))
    return made.rows


def _open_row(row: list[Cell], made: Made, place: int) -> str:
    hidden = ' table:visibility="collapse"' if made.hidden and place == 1 else ""
    cells = "".join(_open_cell(cell, made, (place + 1, column)) for column, cell in enumerate(row, 1))
    return f"<table:table-row{hidden}>{cells}</table:table-row>"


def _open_cell(cell: Cell, made: Made, place: tuple[int, int]) -> str:
    more = ""
    if made.merged and place == made.merged[:2]:
        top, left, bottom, right = made.merged
        more = f' table:number-rows-spanned="{bottom - top + 1}" table:number-columns-spanned="{right - left + 1}"'
    if made.formula and place == (2, 2):
        return f'<table:table-cell{more} table:formula="of:=1+1"/>'
    if cell is None:
        return f"<table:table-cell{more}/>"
    if isinstance(cell, str):
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
        return f'<table:table-cell office:value-type="string"{more}>{lines}</table:table-cell>'
    given = f'office:value-type="float" office:value="{cell}"'
    return f"<table:table-cell {given}{more}><text:p>{cell}</text:p></table:table-cell>"
