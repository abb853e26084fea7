"""The list of passages approved for quoting, in which a person's choices are written down."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from buddy_eval.base.files import write_atomic
from buddy_eval.coding.by_hand.assignments import list_layout

NEEDED = ("source_id", "start", "end", "approved_by", "audience")
DATED, DECIDED = "approved_on", "names_nobody"
Passage = tuple[str, int, int]


def approve(path: Path, passage: Passage, audience: str, by: str, on: str, names_nobody: str = "") -> None:
    """Write down for whom a passage is approved, or with no audience take its row out; other rows keep their cells.

    `passage` is source, first character and the character after the last, as the raw file of the source counts;
    `names_nobody` are words in it of which `by` says so, separated by ``;``.

    Raises
    ------
    BuddyError : the file is a workbook, lacks a column, or cannot be written; it stays as it was.
    """
    layout = list_layout(path, NEEDED)
    header, *rows = list(csv.reader(io.StringIO(layout.text), delimiter=layout.mark))
    more = [name for name in (DATED, *([DECIDED] if names_nobody else [])) if name not in layout.header]
    names, header = [*layout.header, *more], [*header, *more]
    cells = [dict(zip(names, [*row, *[""] * len(names)], strict=False)) for row in rows]
    kept = [row for row in cells if _passage(row) != passage]
    if audience:
        source, start, end = passage
        new = {"source_id": source, "start": str(start), "end": str(end), "approved_by": by}
        kept.append({**new, "audience": audience, DATED: on, DECIDED: names_nobody})
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=layout.mark, lineterminator=layout.end)
    writer.writerows([header, *([row.get(name, "") for name in names] for row in kept)])
    write_atomic(path, lines.getvalue().encode(layout.encoding))


def approved(path: Path) -> dict[Passage, tuple[str, str, str, str]]:
    """Return for each passage its audience, who approved it, when, and what of it names nobody, as the file has it."""
    if not path.is_file():
        return {}
    layout = list_layout(path, NEEDED)
    rows = list(csv.reader(io.StringIO(layout.text), delimiter=layout.mark))[1:]
    cells = [dict(zip(layout.header, row, strict=False)) for row in rows]
    return {
        passage: (row.get("audience", ""), row.get("approved_by", ""), row.get(DATED, ""), row.get(DECIDED, ""))
        for row in cells
        if (passage := _passage(row))
    }


def _passage(row: dict[str, str]) -> Passage | None:
    source, *ends = (row.get(name, "").strip() for name in NEEDED[:3])
    return (source, int(ends[0]), int(ends[1])) if all(end.isdecimal() for end in ends) else None
