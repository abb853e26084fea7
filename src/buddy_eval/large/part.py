"""One part: its rows read, coded and counted, its spans and counts written as one file or not at all."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from buddy_eval.coding.lexicon import Hits, Lexicon
from buddy_eval.coding.suggest import OPPOSITE
from buddy_eval.files import write_atomic
from buddy_eval.large.divide import Part, batches
from buddy_eval.large.job import Job, Rule

UNKNOWN = "not known"
COUNTS = b"buddy_eval.counts"
TEXT = pa.dictionary(pa.int32(), pa.string())
SPANS = pa.schema(
    [
        ("file", TEXT),
        ("row", pa.int64()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("code", TEXT),
        ("theme", TEXT),
        ("term", TEXT),
        ("negated", pa.bool_()),
        ("valence", TEXT),
        ("negation_start", pa.int32()),
        ("negation_end", pa.int32()),
    ]
)
Counts = dict[tuple[str, ...], NDArray[np.int64]]


def code_part(job: Job, part: Part, seen: Callable[[int], None] = lambda rows: None) -> int:
    """Code one part and write its file; the same part makes the same bytes wherever and however often it is
    done.

    `seen` is told the rows of every batch. Returns the number of rows. The file holds the spans (`SPANS`:
    places in code points of the comment, `row` from 1 without the header) and, in its metadata, the counts by
    group.
    """
    import pyarrow.parquet as pq

    from buddy_eval.coding.engine import search_all

    coder = _coder(job.rules, job.themes, job.negations, job.window)
    counts: Counts = defaultdict(lambda: np.zeros(1 + len(coder.themes), np.int64))
    sink, done = pa.BufferOutputStream(), 0
    with pq.ParquetWriter(sink, SPANS, compression="zstd", compression_level=1) as writer:
        for batch in batches(part, (job.text, *job.by)):
            texts = batch.column(job.text).cast(pa.large_string())
            hits = search_all(coder.lexicon, texts)
            places, rules = coder.expand(hits)
            writer.write_table(coder.spans(part, done, hits, places, rules))
            coder.count(counts, texts, [batch.column(name) for name in job.by], hits.unit[places], rules)
            done += len(batch)
            seen(len(batch))
        made = [[list(group), row.tolist()] for group, row in sorted(counts.items())]
        writer.add_key_value_metadata({COUNTS: json.dumps(made).encode()})
    write_atomic(job.file(part), sink.getvalue().to_pybytes())
    return done


def read_counts(job: Job, parts: list[Part]) -> Counts:
    """Add up the counts of all parts: by group, comments in all and comments with each theme."""
    import pyarrow.parquet as pq

    total: Counts = defaultdict(lambda: np.zeros(1 + len(job.themes), np.int64))
    for part in parts:
        for group, row in json.loads(pq.read_metadata(job.file(part)).metadata[COUNTS]):
            total[tuple(group)] += np.array(row)
    return total


class Coder:
    """A codebook ready to be laid on batches: which codes every term suggests, and their themes and valences."""

    def __init__(
        self, rules: tuple[Rule, ...], themes: tuple[str, ...], negations: tuple[str, ...], window: int
    ) -> None:
        terms = list(dict.fromkeys(rule.term for rule in rules))
        self.lexicon = Lexicon(terms, negations, window)
        number = {term: place for place, term in enumerate(terms)}
        rules = tuple(sorted(rules, key=lambda rule: number[rule.term]))
        self.themes = themes
        self.first = np.searchsorted([number[rule.term] for rule in rules], np.arange(len(terms) + 1))
        self.theme = np.array([themes.index(rule.theme) if rule.theme else -1 for rule in rules], np.int32)
        self.columns = {name: _column([getattr(rule, name) for rule in rules]) for name in ("code", "theme", "term")}
        turned = [OPPOSITE.get(rule.valence or "", rule.valence) for rule in rules]
        self.valence = _column([*(rule.valence for rule in rules), *turned])

    def expand(self, hits: Hits) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return for every suggestion the place of its hit and of its rule: a term may stand under several codes."""
        first, last = self.first[hits.term], self.first[hits.term + 1]
        places = np.repeat(np.arange(len(hits.term)), last - first)
        before = np.cumsum(last - first) - (last - first)
        return places, np.arange(len(places)) - before[places] + first[places]

    def spans(self, part: Part, done: int, hits: Hits, places: Any, rules: Any) -> pa.Table:
        """Make the rows of `SPANS`."""
        file = pa.DictionaryArray.from_arrays(np.zeros(len(places), np.int32), [part.file])
        negated = hits.negation_start[places] >= 0
        negation = [pa.array(side[places], mask=~negated) for side in (hits.negation_start, hits.negation_end)]
        valence = self.valence.take(pa.array(rules + len(self.theme) * negated))
        named = [self.columns[name].take(pa.array(rules)) for name in ("code", "theme", "term")]
        rows = hits.unit[places] + np.int64(part.first + done)
        plain = [file, rows, hits.start[places], hits.end[places], *named, negated, valence, *negation]
        return pa.table(dict(zip(SPANS.names, plain, strict=True)), schema=SPANS)

    def count(self, counts: Counts, texts: pa.Array, by: list[pa.Array], units: Any, rules: Any) -> None:
        """Count comments, and comments in which each theme is suggested, by group; blank text is no comment."""
        names, which = groups(by, len(texts))
        said = ~blank(texts)
        width = 1 + len(self.themes)
        touched = np.zeros((len(texts), width), np.bool_)
        touched[:, 0] = said
        themed = self.theme[rules] >= 0
        touched[units[themed], 1 + self.theme[rules[themed]]] = True
        row, column = np.divmod(np.flatnonzero(touched), width)
        made = np.bincount(which[row] * width + column, minlength=len(names) * width).reshape(-1, width)
        for group, line in zip(names, made, strict=True):
            if line.any():
                counts[group] += line


@functools.lru_cache(2)
def _coder(rules: tuple[Rule, ...], themes: tuple[str, ...], negations: tuple[str, ...], window: int) -> Coder:
    return Coder(rules, themes, negations, window)


def _column(values: list[str | None]) -> pa.DictionaryArray:
    return pa.array(values, pa.string()).dictionary_encode()


def blank(texts: pa.Array) -> NDArray[np.bool_]:
    """Tell which texts hold nothing but white space, or are missing."""
    made = pc.or_(pc.equal(pc.binary_length(texts), 0), pc.utf8_is_space(texts))
    return np.asarray(made.fill_null(True).to_numpy(zero_copy_only=False), np.bool_)


def groups(by: list[pa.Array], rows: int) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """Return the distinct combinations of the columns' values, as text, and which of them every row has."""
    which: NDArray[np.int64] = np.zeros(rows, np.int64)
    names: list[tuple[str, ...]] = [()]
    for column in by:
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        texts = encoded.dictionary.cast(pa.string()).to_pylist()
        values = [text if text and text.strip() else UNKNOWN for text in [*texts, None]]
        codes = encoded.indices.fill_null(len(texts)).to_numpy().astype(np.int64)
        met, which = np.unique(which * len(values) + codes, return_inverse=True)
        names = [(*names[code // len(values)], values[code % len(values)]) for code in met.tolist()]
    return names, which
