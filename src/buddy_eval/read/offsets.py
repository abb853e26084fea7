"""How a tool counted characters: found from where its passages begin and end, never guessed in silence.

The REFI-QDA standard counts Unicode code points from 0. NVivo for Windows counts UTF-16 units, CRLF as two and the
byte order mark not at all; ATLAS.ti counts CRLF as one. People mark whole words, so the convention under which the
passages of a source begin and end at word boundaries is the tool's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Convention:
    """A way to count: UTF-16 units or code points, CRLF as one or two, the byte order mark or not."""

    utf16: bool = False
    newline: int = 1
    mark: bool = False

    def __str__(self) -> str:
        return f"{'utf16' if self.utf16 else 'codepoints'}-crlf{self.newline}{'-mark' if self.mark else ''}"


ALL = tuple(Convention(utf16, newline, mark) for mark, utf16, newline in product((False, True), (False, True), (1, 2)))
NAMES = {str(convention): convention for convention in ALL}


@dataclass(frozen=True)
class Passages:
    """The passages of one source as its tool counted them, and its text as it lies in the file.

    `raw` has its own line ends and no mark; `marked` says that a mark stood before it; `inline` that the text came
    through XML, which turns CRLF into LF.
    """

    raw: str
    spans: tuple[Span, ...]
    names: tuple[str, ...] = ()
    marked: bool = False
    inline: bool = False

    @property
    def text(self) -> str:
        """The text that our offsets count in: LF line ends, no mark."""
        return self.raw.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Reading:
    """The passages of one source under one convention: spans in code points of `Passages.text`, -1 where impossible.

    `hits` counts the passages that begin and end at word boundaries, or read as the tool's own label; `score` counts
    the clean ones twice, and adds those that read as the label.
    """

    convention: Convention
    spans: tuple[Span, ...]
    hits: int
    score: int


def readings(source: Passages) -> list[Reading]:
    r"""Read the passages of a source under every convention; conventions that agree to the character count once.

    >>> given = Passages("One line.\r\nTwo words here.", ((11, 20),))
    >>> [(str(reading.convention), reading.hits) for reading in readings(given)]
    [('codepoints-crlf1', 0), ('codepoints-crlf2', 1)]
    """
    text = source.text
    words = np.fromiter((character.isalnum() for character in text), dtype=bool, count=len(text))
    blank = np.fromiter((character.isspace() for character in text), dtype=bool, count=len(text))
    distinct: dict[tuple[Span, ...], Reading] = {}
    for convention in ALL:
        if convention.mark and not source.marked:
            continue
        spans = _converted(source, convention)
        if spans not in distinct:
            distinct[spans] = Reading(convention, spans, *_scores(spans, source, text, words, blank))
    return list(distinct.values())


def choose(sources: Mapping[str, Sequence[Reading]]) -> dict[str, Reading | None]:
    """Choose a reading for every source: by its own passages, else by the other sources of the same tool.

    None where neither decides: the choice is the researcher's.
    """
    total = {c: sum(_under(options, c).score for options in sources.values()) for c in ALL}
    count = sum(len(options[0].spans) for options in sources.values() if options)
    chosen: dict[str, Reading | None] = {}
    for name, options in sources.items():
        best = max(options, key=lambda reading: reading.score)
        n = len(best.spans)
        rivals = [reading for reading in options if best.score - reading.score < max(1, 0.1 * n)]
        if len(options) == 1:
            chosen[name] = best
        elif len(rivals) == 1:
            chosen[name] = best if best.hits * 2 >= n else None
        else:
            ranked = sorted(((total[r.convention], r) for r in rivals), key=lambda pair: -pair[0])
            clear = ranked[0][0] - ranked[1][0] >= max(1, 0.1 * count)
            chosen[name] = ranked[0][1] if clear else None
    return chosen


def under(source: Passages, convention: Convention) -> Reading:
    """Read the passages of a source under a convention that somebody decided on."""
    return _under(readings(source), convention, _converted(source, convention))


def _under(options: Sequence[Reading], convention: Convention, spans: tuple[Span, ...] | None = None) -> Reading:
    """The reading that stands for a convention; one that agreed with another is found by its spans."""
    for reading in options:
        if reading.convention == convention or reading.spans == spans:
            return reading
    same = [r for r in options if (r.convention.utf16, r.convention.newline) == (convention.utf16, convention.newline)]
    near = [r for r in options if r.convention.newline == convention.newline]
    return (same or near or list(options))[0]


def _converted(source: Passages, convention: Convention) -> tuple[Span, ...]:
    """Return the spans in code points of the LF text; an offset that falls nowhere becomes -1."""
    points = np.frombuffer(source.raw.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    following = np.append(points[1:], 0)
    crlf = (points == 13) & (following == 10)
    width = 1 + (convention.utf16 & (points > 0xFFFF)).astype(np.int64)
    if convention.newline == 1:
        width[crlf] = 0
    elif source.inline:
        width[points == 10] = 2
    theirs = np.concatenate([[0], np.cumsum(width)]) + convention.mark
    ours = np.concatenate([[0], np.cumsum(~crlf)]).astype(np.int64)
    asked = np.array(source.spans, dtype=np.int64).reshape(-1, 2)
    place = np.searchsorted(theirs, asked).clip(max=len(theirs) - 1)
    exact = np.where(theirs[place] == asked, ours[place], -1)
    return tuple((int(start), int(end)) for start, end in exact)


def _scores(
    spans: tuple[Span, ...], source: Passages, text: str, words: NDArray[np.bool_], blank: NDArray[np.bool_]
) -> tuple[int, int]:
    hits = clean = named = 0
    names = source.names or ("",) * len(spans)
    for (start, end), name in zip(spans, names, strict=True):
        if not 0 <= start < end:
            continue
        inside = (start > 0 and words[start - 1] and words[start]) or (
            end < len(text) and words[end - 1] and words[end]
        )
        labelled = _reads_as(text[start:end], name)
        hits += labelled or not inside
        clean += not inside and not blank[start] and not blank[end - 1]
        named += labelled
    return hits, hits + clean + named


def _reads_as(passage: str, name: str) -> bool:
    """Tell whether a tool's label of a passage begins as the passage does (ATLAS.ti shortens and trims it)."""
    label = " ".join(name.rstrip("… .").split())
    return len(label) > 3 and " ".join(passage.split()).startswith(label)
