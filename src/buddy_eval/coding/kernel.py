"""The compiled part of the `engine`: how the trie is walked over the bytes of the texts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from buddy_eval.coding.words import IS_APOSTROPHE, IS_GAP, IS_LOOSE, IS_STOP, IS_WORD

# The first columns of a node: no symbol; where STAR and BREAK lead; its terms from FIRST to LAST; in ENDS if
# a word may end here: 0 no, 1 if another follows over a BREAK, 2 in any case.
NONE, STAR, BREAK, FIRST, LAST, ENDS = map(np.uint32, range(6))
SPACE = 32
FOLDED, OWN, NEGATION = 1, 2, 3  # the roots of the trie; node 0 is where nothing can match any more
BEGINS = 32  # beside the kinds of `words`: a term in its own case may begin with this
SYMBOL = np.uint32(8)  # in a character's entry the bits below say what it is, those from here on which symbol
COMPILED: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}


class Trie(NamedTuple):
    """All terms and negations.

    `lower` and `own` hold an entry for every code point: its symbol in lower and in its own case, and what it
    is. `edges` holds `width` cells for every node: where each symbol leads, as the place of that node's first
    cell.
    """

    lower: NDArray[np.uint32]
    own: NDArray[np.uint32]
    edges: NDArray[np.uint32]
    terms: NDArray[np.int32]
    width: int


@numba.njit(**COMPILED)
def _character(data, position):  # type: ignore[no-untyped-def]
    """Decode the code point that begins at a byte, and say how many bytes it takes."""
    byte = np.uint32(data[position])
    if byte < 0x80:
        return byte, 1
    second = data[position + 1] & 0x3F
    if byte < 0xE0:
        return np.uint32((byte & 0x1F) << 6 | second), 2
    third = data[position + 2] & 0x3F
    if byte < 0xF0:
        return np.uint32((byte & 0x0F) << 12 | second << 6 | third), 3
    return np.uint32((byte & 0x07) << 18 | second << 12 | third << 6 | (data[position + 3] & 0x3F)), 4


@numba.njit(**COMPILED)
def _entry(data, position, entries):  # type: ignore[no-untyped-def]
    """Look up the code point that begins at a byte, and say how many bytes it takes."""
    if data[position] < 0x80:
        return entries[data[position]], 1
    code, size = _character(data, position)
    return entries[code], size


@numba.njit(**COMPILED)
def _length(data, position, end):  # type: ignore[no-untyped-def]
    """Count the code points between two bytes."""
    length = 0
    for place in range(position, end):
        length += data[place] & 0xC0 != 0x80
    return length


@numba.njit(**COMPILED)
def _cross(data, position, end, place, node, entries, edges, stack, top):  # type: ignore[no-untyped-def]
    """Put the next word on the stack if a term goes on there: over a BREAK, or over what the term itself has."""
    broken, literal = edges[node + BREAK], node
    while position < end and (broken or literal):
        entry, size = _entry(data, position, entries)
        if entry & IS_WORD:
            stack[top, 0], stack[top, 1], stack[top, 2] = broken or literal, position, place
            return top + 1
        broken = broken if entry & IS_GAP else np.uint32(0)
        literal = edges[literal + (entry >> SYMBOL)]
        position += size
        place += 1
    return top


@numba.njit(**COMPILED)
def _walk(data, position, end, place, root, entries, edges, terms, stack, ends, rows, kept, n):  # type: ignore[no-untyped-def]
    """Add the matches that begin at a word to the rows from `kept`, by term; several ways can be open at once."""
    begin = place
    stack[0, 0], stack[0, 1], stack[0, 2] = root, position, place
    top = 1
    while top:
        top -= 1
        node, position, place = np.uint32(stack[top, 0]), stack[top, 1], stack[top, 2]
        n_ends = 0
        while position < end and (node or n_ends):
            entry, size = _entry(data, position, entries)
            if not entry & IS_WORD:
                break
            node = edges[node + (entry >> SYMBOL)]
            if edges[node + STAR]:
                ends[n_ends] = edges[node + STAR]
                n_ends += 1
            position += size
            place += 1
        if node:
            ends[n_ends] = node
            n_ends += 1
        for way in range(n_ends):
            for number in range(edges[ends[way] + FIRST], edges[ends[way] + LAST]):
                row = n
                while row > kept and rows[row - 1, 3] > terms[number]:
                    rows[row, 2], rows[row, 3] = rows[row - 1, 2], rows[row - 1, 3]
                    row -= 1
                rows[row, 2], rows[row, 3] = place, terms[number]
                rows[n, 1] = begin
                n += 1
            top = _cross(data, position, end, place, ends[way], entries, edges, stack, top)
    return n


@numba.njit(**COMPILED)
def _negates(data, head, tail, lower, edges, node):  # type: ignore[no-untyped-def]
    """Whether a word is one of the negations."""
    while head < tail and node:
        entry, size = _entry(data, head, lower)
        node = edges[node + (entry >> SYMBOL)]
        head += size
    return edges[node + FIRST] < edges[node + LAST]


@numba.njit(**COMPILED)
def _judge(  # type: ignore[no-untyped-def]  # noqa: C901
    data, low, position, place, lower, edges, root, window, rows, first, last
):
    """Write into matches that begin at one place where the nearest negation before them stands."""
    for row in range(first, last):
        rows[row, 4], rows[row, 5] = -1, -1
    before, head, head_place, tail, tail_place, seen = position, position, place, -1, place, 0
    while seen < window:
        kind = np.uint32(IS_STOP)
        if position > low:
            before = position - 1
            while data[before] & 0xC0 == 0x80:
                before -= 1
            kind = _entry(data, before, lower)[0]
        if kind & IS_WORD:
            if tail < 0:
                tail, tail_place = position, place
            head, head_place = before, place - 1
        elif tail >= 0 and not kind & IS_APOSTROPHE:
            if _negates(data, head, tail, lower, edges, root):
                for row in range(first, last):
                    rows[row, 4], rows[row, 5] = head_place, tail_place
                return
            seen, tail = seen + 1, -1
        if kind & IS_STOP:
            return
        position, place = before, place - 1


@numba.njit(**COMPILED)
def _candidate(data, position, end, lower, edges, root, loose):  # type: ignore[no-untyped-def]  # noqa: C901
    """Return the next word that a match may begin with, and where to go on; -1 for none, or at a `loose` one.

    All text passes through this loop and little of it further. It calls nothing that is not rare: with what
    repeats put into functions it takes twice the time.
    """
    while position < end:
        size, entry = 1, lower[data[position]]
        if data[position] >= 0x80:
            code, size = _character(data, position)
            entry = lower[code]
            if entry & loose:
                return position, -1
        if not entry & IS_WORD:
            position += size
            continue
        start, node, stem = position, root, np.uint32(entry & BEGINS)
        while entry & IS_WORD:
            node = edges[node + (entry >> SYMBOL)]
            stem |= edges[node + STAR]
            position += size
            if position >= end:
                break
            size, entry = 1, lower[data[position]]
            if data[position] >= 0x80:
                code, size = _character(data, position)
                entry = lower[code]
                if entry & loose:
                    return start, -1
        onward = edges[node + ENDS]
        if onward == 1 and not stem and position + 1 < end and data[position] == SPACE:
            entry = lower[data[position + 1]]
            if entry & IS_WORD and data[position + 1] < 0x80:
                onward = edges[edges[node + BREAK] + (entry >> SYMBOL)]
        if stem or onward:
            return start, position
    return -1, end


@numba.njit(**COMPILED)  # type: ignore[untyped-decorator]
def search(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], trie: Trie, window: int, checked: bool
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Find all matches as rows of `Hits`; where `checked`, a unit that may not be in NFC is only marked."""
    lower, own, edges, terms = trie.lower, trie.own, trie.edges, trie.terms
    root, mine, turning = [np.uint32(kind * trie.width) for kind in (FOLDED, OWN, NEGATION)]
    rows, n = np.empty((1024 + len(terms), 6), np.int32), 0
    loose, strict = np.zeros(len(offsets) - 1, np.bool_), np.uint32(IS_LOOSE if checked else 0)
    stack = np.empty((len(edges) // trie.width + 1, 3), np.int64)
    ends = np.empty(len(stack), np.uint32)
    for unit in range(len(offsets) - 1):
        low, end, kept = offsets[unit], offsets[unit + 1], n
        position, reached, place = low, low, 0
        while position < end:
            start, position = _candidate(data, position, end, lower, edges, root, strict)
            if position < 0:
                loose[unit], n = True, kept
                break
            if start < 0:
                break
            place, reached, before = place + _length(data, reached, start), start, n
            n = _walk(data, start, end, place, root, lower, edges, terms, stack, ends, rows, before, n)
            if _entry(data, start, lower)[0] & BEGINS:
                n = _walk(data, start, end, place, mine, own, edges, terms, stack, ends, rows, before, n)
            if n > before:
                rows[before:n, 0] = unit
                _judge(data, low, start, place, lower, edges, turning, window, rows, before, n)
            if n + len(terms) > len(rows):
                rows = np.concatenate((rows, np.empty_like(rows)))
    return rows[:n].copy(), loose
