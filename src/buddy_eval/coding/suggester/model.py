"""The learned suggester: one ridge regression for all codes at once, its probabilities calibrated, each with reasons.

Ridge regression of yes (1) or no (0) on TF-IDF, solved in its dual form: one factorisation serves every code, and gives
in closed form what each text would have been given had its own source not been there (leave-one-group-out). From these
honest scores, and never from scores on a text's own source, come the calibration (Platt 1999: logistic regression on
the score) and each code's threshold: the one with the best F1, yet with no more suggestions than people gave codes, and
drawn (`ridge.BOUNDS`) to the one threshold that is best for all codes together, for those of rare codes rest on little.

Many texts are divided, and the weights of the parts averaged, each with its share of the penalty: time grows with the
texts and not with their cube, for the same F1 (Zhang, Duchi and Wainwright 2015, Journal of Machine Learning Research).
"""

from __future__ import annotations

import hashlib
import io
import json
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.coding.suggester.features import Features
from buddy_eval.coding.suggester.ridge import DIGITS, calibrated, divided, gram, inverse, left_out

Floats = NDArray[np.float64]
RIDGE = 2.0
PART = 1_500  # texts that are solved together; at 4,100, thirds of this size lose .003 of micro F1, and halves .001
REASONS = 3  # words that a suggestion names at most
TOGETHER = 500  # texts whose words are weighed together
FORMAT = "buddy_eval suggester 1"
# What reading arrays raises that are damaged, or that say they are larger than any machine.
DAMAGED = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, EOFError, MemoryError),
    *(SyntaxError, NotImplementedError, RuntimeError, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)


class Reason(NamedTuple):
    """A word that speaks for a code: its place in the text and how much it adds to the score."""

    start: int
    end: int
    weight: float


class Suggestion(NamedTuple):
    """One code suggested for one text: numbers of text and code, how likely people would give it, and why."""

    text: int
    code: int
    probability: float
    reasons: tuple[Reason, ...]


class Suggester:
    """Suggests codes for texts. Make one with `Suggester.learn`, keep it with `save` and `load`.

    >>> texts = ["the board listens", "listening boards", "no money left", "money is short"] * 5
    >>> labels = np.array([[1, 0], [1, 0], [0, 1], [0, 1]] * 5, bool)
    >>> made = Suggester.learn(texts, labels, ["CB2", "CR2"], groups=list("abcde" * 4))
    >>> made.suggests(made.probabilities(["they listen"])).tolist()
    [[True, False]]
    >>> [(one.code, one.reasons[0][:2]) for one in made.suggestions(["they listen"])]
    [(0, (5, 11))]
    """

    def __init__(self, codes: Sequence[str], features: Features, arrays: dict[str, Floats]) -> None:
        self.codes = tuple(codes)
        self.features = features
        self.arrays = arrays  # weights (features x codes), base, slope, shift, threshold, support (a figure a code)

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        labels: NDArray[Any],
        codes: Sequence[str],
        groups: Sequence[Any] | NDArray[Any] | None = None,
        questions: Sequence[str] | None = None,
    ) -> Suggester:
        """Learn from texts that people coded.

        Parameters
        ----------
        texts : the words. labels : texts x codes, whether people gave the code. codes : their names.
        groups : who said each (texts of one group are never used to judge each other); without it each is its own.
        questions : the question that each answers, where there is one.

        A code that fewer than two groups hold cannot be learned, and is never suggested.
        """
        labels = np.asarray(labels, bool)
        if not len(texts) or labels.shape != (len(texts), len(codes)):
            raise BuddyError("there is nothing to learn from, or labels do not go with texts and codes")
        group = np.unique(np.asarray(groups if groups is not None else range(len(texts))), return_inverse=True)[1]
        with threadpool_limits(1):
            features = Features.of(texts, questions)
            x = features(texts, questions)
            y = labels.astype(np.float64)
            base = y.mean(0)
            weights, honest = fitted(x, y - base, group)
            arrays = {"weights": weights, "base": base, "support": y.sum(0)}
        spread = [len(set(group[labels[:, place]])) for place in range(len(codes))]
        arrays |= calibrated(honest + base, labels, np.array(spread))
        return cls(codes, features, {name: np.round(np.asarray(a), 9) for name, a in arrays.items()})

    def probabilities(self, texts: Sequence[str], questions: Sequence[str] | None = None) -> Floats:
        """Return texts x codes: how likely people would give the code, to `DIGITS` decimals."""
        return self._likely(self.features(texts, questions))

    def _likely(self, x: Any) -> Floats:
        a = self.arrays
        score = x @ a["weights"] + a["base"]
        likely: Floats = np.round(1 / (1 + np.exp(-(a["slope"] * score + a["shift"]))), DIGITS)
        return likely

    def suggests(self, probabilities: Floats) -> NDArray[np.bool_]:
        """Return which codes are suggested: those that reach their threshold."""
        sure: NDArray[np.bool_] = probabilities >= self.arrays["threshold"]
        return sure

    def suggestions(self, texts: Sequence[str], questions: Sequence[str] | None = None) -> Iterator[Suggestion]:
        """Yield every suggestion, by text and code, with at most three words that speak for it.

        The weight of a word is what the score would lose without its features; where none adds anything, the whole
        text is the reason, with weight 0. A text without a word has no suggestion.
        """
        x = self.features(texts, questions)
        x.sort_indices()
        likely = self._likely(x)
        chosen = self.suggests(likely)
        rows = np.flatnonzero(chosen.any(1)).tolist()
        for several in (rows[first : first + TOGETHER] for first in range(0, len(rows), TOGETHER)):
            spoken = [self.features.by_token(texts[row]) for row in several]
            ends = np.cumsum([len(words) for words in spoken])
            speaks = np.split(self._speaks(x[several], spoken), ends[:-1])
            for row, words, weights in zip(several, spoken, speaks, strict=True):
                codes = np.flatnonzero(chosen[row])
                order = np.argsort(-weights[:, codes], axis=0, kind="stable")[:REASONS]
                for code, most in zip(codes.tolist() if words else (), order.T.tolist(), strict=False):
                    weight = weights[most, code].tolist()
                    named = [(*words[word][:2], adds) for word, adds in zip(most, weight, strict=True) if adds > 0]
                    reasons = [Reason(*one) for one in named or [(0, len(texts[row]), 0.0)]]
                    yield Suggestion(row, code, float(likely[row, code]), tuple(reasons))

    def _speaks(self, x: Any, spoken: list[list[tuple[int, int, list[int]]]]) -> Floats:
        """Return words x codes: what each word of some texts adds; what several words share is shared among them."""
        features = [held for words in spoken for _, _, held in words]
        sizes, width = [len(held) for held in features], x.shape[1]
        column = np.fromiter(chain.from_iterable(features), np.int64)
        text = np.repeat(np.repeat(range(len(spoken)), [len(words) for words in spoken]), sizes)
        cells = np.repeat(range(len(spoken)), np.diff(x.indptr)) * width + x.indices
        place = cells.searchsorted(text * width + column)
        share = x.data[place] / np.bincount(place)[place]
        by_word = csr_matrix((share, column, np.cumsum([0, *sizes])), shape=(len(features), width))
        adds: Floats = np.round(by_word @ self.arrays["weights"], DIGITS).astype(np.float64)
        return adds

    def save(self, path: Path) -> None:
        """Write the suggester as .npz: plain arrays and one JSON text with the hash of the rest; no pickle."""
        arrays: dict[str, Any] = {
            **self.arrays,
            **dict(zip(("idf_words", "idf_pieces"), self.features.weights, strict=True)),
        }
        lists = [list(self.features.words), list(self.features.pieces), list(self.features.questions)]
        about = {"format": FORMAT, "codes": self.codes, "lists": lists, "arrays": _digest(arrays)}
        text = json.dumps(about, ensure_ascii=False).encode()
        buffer = io.BytesIO()
        np.savez_compressed(buffer, about=np.frombuffer(text, np.uint8), **arrays)
        write_atomic(path, buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Suggester:
        """Read a suggester.

        Raises
        ------
        BuddyError : the file is no suggester, or was changed.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            about = json.loads(arrays.pop("about").tobytes())
            whole = about["format"] == FORMAT and about["arrays"] == _digest(arrays)
            *vocabularies, questions = about["lists"]
            features = Features(vocabularies, [arrays.pop("idf_words"), arrays.pop("idf_pieces")], questions)
            suggester = cls(about["codes"], features, arrays)
        except DAMAGED:
            whole = False
        if not whole:
            raise BuddyError(f"{path.name} is no suggester of this version, or was changed; learn it again")
        return suggester


def fitted(x: Any, y: Floats, group: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Solve the ridge regression of labels, less their means (texts x codes), on features (texts x features, sparse).

    Returns the weights (features x codes), and what each text would have been given had its group not been there.
    """
    parts = divided(group, PART)
    weights, alone = np.zeros((x.shape[1], y.shape[1])), np.zeros_like(y)
    for rows in parts:
        solved = inverse(gram(x[rows], RIDGE / len(parts)))
        dual = solved @ y[rows]
        share = x[rows].T @ dual / len(parts)
        weights += share
        # the other parts never saw the group; what its own part gives is replaced by what it would without the group
        alone[rows] = (y[rows] - left_out(solved, dual, group[rows])) / len(parts) - x[rows] @ share
    return weights, x @ weights + alone


def _digest(arrays: dict[str, Any]) -> str:
    """Return one hash of all arrays, their names, shapes and types."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.shape} {array.dtype.str}".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
