"""What the learned suggester sees of a text: words, pairs of neighbours, and pieces of words, each with its word.

A word is what `coding.words` says; case and apostrophes make no difference. Pieces are the runs of three to five
characters of a word with a blank at either end, so that "listened" helps to know "listening". Every feature belongs
to one or two words of the text, and so every reason has a place.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from buddy_eval.coding.words import WORD, folded

PIECES = (3, 5)
KEPT = 10_000  # texts whose features are remembered: models of the same study share them
QUESTION = 0.7  # weight of the question that a comment answers, beside words and pieces of weight 1 each


def tokens(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and folded form of every word.

    >>> tokens("It wasn’t Easy")
    [(0, 2, 'it'), (3, 7, 'wasn'), (8, 9, 't'), (10, 14, 'easy')]
    """
    return [(match.start(), match.end(), match.group()) for match in WORD.finditer(folded(text))]


@functools.lru_cache(KEPT)
def in_words(text: str) -> tuple[str, ...]:
    """Return the words of a text and its pairs of neighbours."""
    words = [word for _, _, word in tokens(text)]
    return (*words, *(f"{one} {two}" for one, two in pairwise(words)))


@functools.lru_cache(KEPT)
def in_pieces(text: str) -> tuple[str, ...]:
    """Return the pieces of all words of a text."""
    return tuple(piece for _, _, word in tokens(text) for piece in pieces(word))


@functools.lru_cache(10 * KEPT)
def pieces(word: str) -> tuple[str, ...]:
    """Return the pieces of one word.

    >>> pieces("it")
    (' it', 'it ', ' it ')
    """
    padded = f" {word} "
    return tuple(
        padded[start : start + size]
        for size in range(PIECES[0], PIECES[1] + 1)
        for start in range(max(0, len(padded) - size + 1))
    )


class Features:
    """TF-IDF of words and of pieces, to the bit scikit-learn's with logarithmic counts, and the question; sparse.

    A feature that stands c times in a text, and in d of n texts, weighs (1 + log c) (1 + log((n + 1) / (d + 1))); then
    the squares of a text's words sum to 1, and those of its pieces. Scikit-learn itself takes most of a second to load.
    """

    def __init__(self, vocabularies: Sequence[Sequence[str]], weights: Sequence[Any], questions: Sequence[str]) -> None:
        self.questions = tuple(questions)
        self.weights = [np.asarray(idf, np.float64) for idf in weights]
        self.words = {word: place for place, word in enumerate(vocabularies[0])}
        self.pieces = {piece: len(self.words) + place for place, piece in enumerate(vocabularies[1])}
        self.held: dict[str, list[int]] = {}  # the features of each word that was met

    @classmethod
    def of(cls, texts: Sequence[str], questions: Sequence[str] | None = None) -> Features:
        """Learn the vocabulary: every word and pair, every piece that two texts hold."""
        vocabularies: list[list[str]] = []
        weights: list[Any] = []
        for kind, least in ((in_words, 1), (in_pieces, 2)):
            held = Counter[str]()
            for text in texts:
                held.update(set(kind(text)))
            vocabularies.append(sorted(feature for feature, n in held.items() if n >= least))
            often = np.array([held[feature] for feature in vocabularies[-1]], np.float64)
            weights.append(np.log((len(texts) + 1) / (often + 1)) + 1)
        return cls(vocabularies, weights, sorted(set(questions or ())))

    def __len__(self) -> int:
        return len(self.words) + len(self.pieces) + len(self.questions)

    def __call__(self, texts: Sequence[str], questions: Sequence[str] | None = None) -> csr_matrix:
        """Return one row a text."""
        kinds = zip((in_words, in_pieces), (self.words, self.pieces), self.weights, strict=True)
        cells = [_weighed([kind(text) for text in texts], places, idf) for kind, places, idf in kinds if places]
        number = {question: len(self) - len(self.questions) + place for place, question in enumerate(self.questions)}
        asked = np.array([(row, number[q]) for row, q in enumerate(questions or ()) if q in number], np.int64)
        cells.append((*asked.reshape(-1, 2).T, np.full(len(asked), QUESTION)))
        rows, columns, values = (np.concatenate(parts) for parts in zip(*cells, strict=True))
        return csr_matrix((values, (rows, columns)), shape=(len(texts), len(self)))

    def by_token(self, text: str) -> list[tuple[int, int, list[int]]]:
        """Return start, end and features of every word; a pair belongs to both of its words."""
        spoken = tokens(text)
        features = []
        for start, end, word in spoken:
            if word not in self.held:
                held = [self.words.get(word), *map(self.pieces.get, pieces(word))]
                self.held[word] = [feature for feature in held if feature is not None]
            features.append((start, end, [*self.held[word]]))
        for place, ((_, _, one), (_, _, two)) in enumerate(pairwise(spoken)):
            pair = self.words.get(f"{one} {two}")
            if pair is not None:
                features[place][2].append(pair)
                features[place + 1][2].append(pair)
        return features


def _weighed(
    texts: Sequence[Sequence[str]], places: Mapping[str, int], idf: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Row, column and weight of every feature that a text holds and that has a place."""
    first = next(iter(places.values()))
    row = np.repeat(np.arange(len(texts)), [len(features) for features in texts])
    place = np.array([places.get(feature, -1) for features in texts for feature in features], np.int64)
    cell, times = np.unique((row * len(idf) + place - first)[place >= 0], return_counts=True)
    row, place = np.divmod(cell, len(idf))
    weight = (np.log(times) + 1) * idf[place]
    weight /= np.sqrt(np.bincount(row, weight**2, len(texts)))[row]
    return row, first + place, weight
