"""The lexicon over Arrow buffers: one trie of all terms, walked only where a word starts, compiled by numba.

The definition of a match is `lexicon`'s and the matches are the same; this is the formulation for much text.
Every term is a path of symbols: its characters, STAR where a stem's word may go on, BREAK for white space and
hyphens. The text is read once as UTF-8; a unit that may not be in NFC is normalised and searched again.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from buddy_eval.coding import words
from buddy_eval.coding.kernel import BEGINS, BREAK, ENDS, FIRST, FOLDED, LAST, NEGATION, OWN, STAR, SYMBOL, Trie, search
from buddy_eval.coding.lexicon import Hits, Lexicon, Pattern
from buddy_eval.coding.words import IS_WORD

SMALL = 3_000_000  # bytes of text up to which the plain coder is done before the compiled one has started


def find_all(lexicon: Lexicon, texts: pa.Array | pa.ChunkedArray) -> Hits:
    """Find all matches in all texts, in little text by the plain coder; a missing text has none.

    >>> find_all(Lexicon(["trust*"]), pa.array(["We trusted them", None, "Trust"])).unit.tolist()
    [0, 2]
    """
    if texts.nbytes > SMALL:
        return search_all(lexicon, texts)
    matches = ((unit, *hit) for unit, text in enumerate(texts.to_pylist()) for hit in lexicon.find(text or ""))
    return Hits(*np.fromiter((cell for row in matches for cell in row), np.int32).reshape(-1, 6).T)


def search_all(lexicon: Lexicon, texts: pa.Array | pa.ChunkedArray) -> Hits:
    """Find what `Lexicon.find` finds in every text; see `Hits`. Memory beside the texts grows with the matches only."""
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    matches, before = [], 0
    for chunk in chunks:
        matches.append(_searched(lexicon, chunk))
        matches[-1][:, 0] += before
        before += len(chunk)
    return Hits(*np.concatenate(matches or [np.empty((0, 6), np.int32)]).T)


def _searched(lexicon: Lexicon, texts: pa.Array) -> NDArray[np.int32]:
    """Matches as rows; units that may not be in NFC are searched in NFC, their places led back."""
    data, offsets = _buffers(texts)
    terms = trie(lexicon)
    rows: NDArray[np.int32]
    rows, loose = search(data, offsets, terms, lexicon.window, True)
    odd = np.flatnonzero(loose)
    if not len(odd):
        return rows
    mapped = [words.normalised(text) for text in texts.take(pa.array(odd)).to_pylist()]
    plain = texts.take(pa.array(odd)).to_pylist()
    again = pa.array([new[0] if new else old for new, old in zip(mapped, plain, strict=True)], pa.large_string())
    more, _ = search(*_buffers(again), terms, lexicon.window, False)
    for row in more:
        if back := mapped[row[0]]:
            row[[1, 2]] = back[1][row[1]], back[2][row[2] - 1]
            if row[4] >= 0:
                row[[4, 5]] = back[1][row[4]], back[2][row[5] - 1]
    more[:, 0] = odd[more[:, 0]]
    both = np.concatenate([rows, more])
    return both[np.argsort(both[:, 0], kind="stable")]


def _buffers(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of a column of text, and where each unit begins in them."""
    plain = texts.cast(pa.large_string())
    plain = plain.fill_null("") if plain.null_count else plain
    _, offsets, data = plain.buffers()
    places = np.frombuffer(offsets, np.int64) if offsets else np.zeros(1, np.int64)
    return np.frombuffer(data or b"", np.uint8), places[plain.offset : plain.offset + len(plain) + 1]


@lru_cache(4)
def trie(lexicon: Lexicon) -> Trie:
    """Make the trie of a lexicon's terms and negations."""
    kinds, own, lower = words.characters()
    paths = [_path(pattern) for pattern in lexicon.patterns]
    paths += [(NEGATION, -1, [ord(c) for c in word]) for word in sorted(lexicon.negations)]
    used = sorted({code for _, _, codes in paths for code in codes if code >= 0})
    symbol = np.zeros(words.CHARACTERS, np.uint32)
    symbol[used] = np.arange(len(used)) + int(ENDS) + 1
    nodes: list[dict[int, int]] = [{} for _ in range(NEGATION + 1)]
    ends: list[tuple[int, int]] = []
    for node, number, codes in paths:
        for code in codes:
            step = int(symbol[code]) if code >= 0 else -code
            if step not in nodes[node]:
                nodes[node][step] = len(nodes)
                nodes.append({})
            node = nodes[node][step]
        ends.append((node, number))
    ends.sort()
    width = int(ENDS) + 1 + len(used)
    edges = np.zeros((len(nodes), width), np.uint32)
    for place, steps in enumerate(nodes):
        edges[place, list(steps)] = np.array(list(steps.values()), np.uint32) * width
    bounds = np.searchsorted([node for node, _ in ends], np.arange(len(nodes) + 1))
    edges[:, FIRST], edges[:, LAST] = bounds[:-1], bounds[1:]
    after = [code for code in used if not kinds[code] & IS_WORD]
    edges[:, ENDS] = edges[:, BREAK] > 0
    edges[edges[:, symbol[after]].any(axis=1) | (bounds[:-1] < bounds[1:]), ENDS] = 2
    entries = [kinds | symbol[code] << SYMBOL for code in (lower, own)]
    entries[0] |= np.where(edges[OWN, symbol[own]] > 0, np.uint32(BEGINS), np.uint32(0))
    return Trie(entries[0], entries[1], edges.ravel(), np.array([number for _, number in ends], np.int32), width)


def _path(pattern: Pattern) -> tuple[int, int, list[int]]:
    """A term as root, number and characters, with STAR and BREAK as negative numbers."""
    codes: list[int] = []
    for gap, (word, stem) in zip(("", *pattern.gaps), pattern.words, strict=True):
        codes += [-int(BREAK)] if words.GAP.fullmatch(gap) else map(ord, gap)
        codes += [*map(ord, word), *[-int(STAR)] * stem]
    return OWN if pattern.exact else FOLDED, pattern.number, codes
