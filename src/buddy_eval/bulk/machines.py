"""The two machines that code large text: a codebook's lexicon, and a suggester that was learned from people."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from buddy_eval.bulk.job import Rule
from buddy_eval.coding.engine import search_all
from buddy_eval.coding.lexicon import Lexicon
from buddy_eval.schemas.vocabulary import OPPOSITE

TEXT = pa.dictionary(pa.int32(), pa.string())
SPAN = (("start", pa.int32()), ("end", pa.int32()), ("code", TEXT), ("theme", TEXT), ("term", TEXT))
AT_ONCE = 2_000  # texts whose features are in memory together


class Flagged(NamedTuple):
    """What a machine finds in some texts: for each span its text and the number of its theme (or -1), and its cells."""

    row: NDArray[np.int32]
    theme: NDArray[np.int32]
    cells: list[Any]


class Lexical:
    """A codebook's lexicon: one span a match and code, with valence and what negates it."""

    columns = (
        *SPAN, ("negated", pa.bool_()), ("valence", TEXT), ("negation_start", pa.int32()), ("negation_end", pa.int32()),
    )  # fmt: skip

    def __init__(
        self, rules: tuple[Rule, ...], themes: tuple[str, ...], negations: tuple[str, ...], window: int
    ) -> None:
        terms = list(dict.fromkeys(rule.term for rule in rules))
        self.lexicon = Lexicon(terms, negations, window)
        number = {term: place for place, term in enumerate(terms)}
        rules = tuple(sorted(rules, key=lambda rule: number[rule.term]))
        self.first = np.searchsorted([number[rule.term] for rule in rules], np.arange(len(terms) + 1))
        self.theme = np.array([themes.index(rule.theme) if rule.theme else -1 for rule in rules], np.int32)
        self.named = [_column([getattr(rule, name) for rule in rules]) for name in ("code", "theme", "term")]
        turned = [OPPOSITE.get(rule.valence or "", rule.valence) for rule in rules]
        self.valence = _column([*(rule.valence for rule in rules), *turned])

    def flag(self, texts: pa.Array) -> Flagged:
        """Find all matches; a term may stand under several codes, and a negation turns the valence round."""
        hits = search_all(self.lexicon, texts)
        first, last = self.first[hits.term], self.first[hits.term + 1]
        places = np.repeat(np.arange(len(hits.term)), last - first)
        before = np.cumsum(last - first) - (last - first)
        rules = np.arange(len(places)) - before[places] + first[places]
        negated = hits.negation_start[places] >= 0
        negation = [pa.array(side[places], mask=~negated) for side in (hits.negation_start, hits.negation_end)]
        valence = self.valence.take(pa.array(rules + len(self.theme) * negated))
        named = [column.take(pa.array(rules)) for column in self.named]
        cells = [hits.start[places], hits.end[places], *named, negated, valence, *negation]
        return Flagged(hits.unit[places], self.theme[rules], cells)


class Learned:
    """A learned suggester: one span a suggestion and word that speaks for it (reason 1 the most).

    Themes are learned beside codes: a span has one or the other, and only those of themes are counted.
    """

    columns = (*SPAN, ("probability", pa.float64()), ("reason", pa.int8()), ("weight", pa.float64()))

    def __init__(self, path: Path, themes: tuple[str, ...]) -> None:
        from buddy_eval.coding.suggester.model import Suggester

        self.suggester = Suggester.load(path)
        labels = [label.partition(" ") for label in self.suggester.codes]
        self.code = [None if level == "theme" else name for level, _, name in labels]
        self.name = [name if level == "theme" else None for level, _, name in labels]
        self.theme = np.array([themes.index(name) if name else -1 for name in self.name], np.int32)

    def flag(self, texts: pa.Array) -> Flagged:
        """Suggest themes and codes for every text that has words."""
        said = [text or "" for text in texts.to_pylist()]
        rows: list[tuple[Any, ...]] = []
        for begin in range(0, len(said), AT_ONCE):
            some = said[begin : begin + AT_ONCE]
            for one in self.suggester.suggestions(some):
                for place, reason in enumerate(one.reasons, 1):
                    word = some[one.text][reason.start : reason.end] if reason.weight > 0 else None
                    span = (begin + one.text, one.code, reason.start, reason.end, word)
                    rows.append((*span, one.probability, place, reason.weight))
        row, label, start, end, words, likely, number, weight = list(zip(*rows, strict=True)) or [()] * 8
        code, theme = ([names[n] for n in label] for names in (self.code, self.name))
        cells = [start, end, _column(code), _column(theme), _column(words), likely, number, weight]
        return Flagged(np.array(row, np.int32), self.theme[np.array(label, np.int32)], cells)


def _column(values: Any) -> pa.DictionaryArray:
    return pa.array(values, pa.string()).dictionary_encode()
