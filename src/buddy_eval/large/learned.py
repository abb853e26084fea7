"""A learned suggester on files of any size: one row a suggestion, in a stream."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from buddy_eval.export.sheets import guarded
from buddy_eval.files import write_atomic
from buddy_eval.large.divide import batches, divide

if TYPE_CHECKING:
    from buddy_eval.learn.model import Suggester

AT_ONCE = 2_000  # texts whose features are in memory together
HEADER = ("file", "row", "level", "code", "probability", "start", "end", "words")


def suggest_file(source: Path, text: str, suggester: Suggester, out: Path) -> tuple[int, int]:
    """Write the suggestions for a file or folder of CSV or Parquet; return the numbers of texts and suggestions.

    Columns: file, row (from 1 without the header), level and code, probability, where the word that says most stands
    (code points), and the words that say most. No text is copied but those words.

    Raises
    ------
    StudyError : faults of the input.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    n = rows = 0
    for part in divide(source, (text,)):
        first = part.first
        for batch in batches(part, (text,)):
            texts = [said or "" for said in batch.column(text).to_pylist()]
            for begin in range(0, len(texts), AT_ONCE):
                some = texts[begin : begin + AT_ONCE]
                for one in suggester.suggestions(some):
                    said, best = some[one.text], one.reasons[0]
                    words = "; ".join(said[r.start : r.end] for r in one.reasons if r.weight > 0)
                    level, _, code = suggester.codes[one.code].partition(" ")
                    where = [part.file, first + begin + one.text, level, code, one.probability, best.start, best.end]
                    writer.writerow([*where, guarded(words)])
                    rows += 1
            first, n = first + len(batch), n + len(batch)
    write_atomic(out, buffer.getvalue().encode("utf-8-sig"))
    return n, rows
