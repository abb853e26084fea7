"""Before anybody is asked: the smallest gap that so many pairs and people can see, by simulation.

A study is simulated as it will be analysed: five-point items with a skewed distribution, people who differ,
pairs whose levels and gaps differ, sides of given sizes; scores, pair-level differences, t interval over pairs and
exact sign-flip p-value. A gap is *detected* where the interval leaves out zero on the gap's side, and *reported* where
a report then also says so after five themes were looked at: the t p-value, by the pairs' own spread and by that of five
themes together, five times over (the first step of Holm's allowance), and from six pairs on the exact one too at most
.05. The smallest gap is the one detected, or reported, in 80 of 100 studies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from buddy_eval.analyse.compare.sign_flips import TIE, sign_patterns
from buddy_eval.analyse.t_interval import t_half
from buddy_eval.analyse.thresholds import ALPHA, LEAST_PAIRS_FOR_P
from buddy_eval.base.errors import BuddyError

Floats = NDArray[np.float64]
SHARES = (0.04, 0.10, 0.16, 0.40, 0.30)  # of the five answers where nothing else is planted: skewed
POWER = 0.80
SHIFTS = np.linspace(0.0, 2.4, 17)
MOST_ANSWERS = 12_000_000  # simulated at once: keeps memory below a quarter of a gigabyte
MOST_PAIRS, MOST_PEOPLE = 40, 500
THEMES = 5
MOST_PATTERNS = 4096  # of signs: all of them up to 12 pairs


@dataclass(frozen=True)
class Assumed:
    """Standard deviations on the scale behind the answers, and items of a theme.

    The defaults give scores with a standard deviation of 0.6 to 0.7 points within a side, alpha about .6 to .7, and
    pair gaps that differ by about 0.2 points beyond chance, as in the illustrative study.
    """

    items: int = 5
    gap: float = 0.25
    level: float = 0.30
    person: float = 0.60
    item: float = 0.80

    @property
    def total(self) -> float:
        """The standard deviation of one answer behind the scale."""
        return float(np.sqrt(self.gap**2 / 4 + self.level**2 + self.person**2 + self.item**2))

    @property
    def cuts(self) -> Floats:
        """Where the answer changes from one to the next."""
        return np.asarray(self.total * norm.ppf(np.cumsum(SHARES)[:-1]), dtype="float64")

    def points(self, shift: float) -> float:
        """The true gap in points of the score where the sides lie `shift` apart behind the scale.

        >>> Assumed().points(0.0)
        0.0
        """
        up, down = (norm.sf((self.cuts - way * shift / 2) / self.total).sum() for way in (1, -1))
        return float(up - down)


@dataclass(frozen=True)
class Simulated:
    """Simulated studies of one layout: `pair` and `supporter` (N,), and the answers before any gap (S, N, items)."""

    pair: NDArray[np.int64]
    supporter: NDArray[np.bool_]
    behind: NDArray[np.float32]
    assumed: Assumed

    def scores(self, shift: float) -> Floats:
        """The people's scores (S, N) with the sides `shift` apart behind the scale."""
        moved = np.where(self.supporter, shift / 2, -shift / 2).astype("float32")[:, None]
        answers = np.zeros(self.behind.shape, dtype="int8")
        for cut in self.assumed.cuts:
            answers += self.behind > (np.float32(cut) - moved)
        return np.asarray(1.0 + answers.mean(axis=2, dtype="float64"))

    def gaps(self, scores: Floats) -> Floats:
        """Supporter minus receiver in every pair (S, G)."""
        weights = np.zeros((len(self.pair), int(self.pair.max()) + 1))
        for side, sign in ((self.supporter, 1.0), (~self.supporter, -1.0)):
            weights[np.flatnonzero(side), self.pair[side]] = sign / np.bincount(self.pair[side])[self.pair[side]]
        return np.asarray(scores @ weights)


def simulate(sizes: Sequence[tuple[int, int]], studies: int, seed: int, assumed: Assumed | None = None) -> Simulated:
    """Simulate studies with the given people a pair on the supporter's and the receiver's side.

    >>> simulate([(3, 2), (4, 4)], 10, 1).behind.shape
    (10, 13, 5)
    """
    assumed = assumed or Assumed()
    random = np.random.default_rng(seed)
    pair = np.repeat(np.arange(len(sizes)), [sum(size) for size in sizes])
    supporter = np.concatenate([np.repeat([True, False], size) for size in sizes])
    level = random.normal(0, assumed.level, (studies, len(sizes)))
    half = random.normal(0, assumed.gap / 2, (studies, len(sizes)))
    person = level[:, pair] + np.where(supporter, 1, -1) * half[:, pair]
    person += random.normal(0, assumed.person, person.shape)
    behind = random.standard_normal((*person.shape, assumed.items), dtype="float32")
    behind *= np.float32(assumed.item)
    behind += person[:, :, None].astype("float32")
    return Simulated(pair, supporter, behind, assumed)


def t_intervals(gaps: Floats, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Mean over pairs with its t interval, for gaps (S, G): three arrays (S,)."""
    mean, half = gaps.mean(axis=1), t_half(gaps.std(axis=1, ddof=1), gaps.shape[1], level)
    return mean, mean - half, mean + half


def power(
    pairs: int, people: int, *, studies: int = 1000, seed: int = 1, assumed: Assumed | None = None
) -> pd.DataFrame:
    """Say how often a study of `pairs` pairs with `people` people a side sees gaps of growing size.

    Returns
    -------
    gap (points of the score), detected (share of the studies whose interval lies above zero), reported (share of those
    in which a report on five themes says so).

    Raises
    ------
    BuddyError : fewer than 2 or more than 40 pairs, fewer than 2 or more than 500 people.
    """
    _check(pairs, people)
    assumed = assumed or Assumed()
    studies = min(studies, MOST_ANSWERS // (2 * pairs * people * assumed.items))
    drawn = simulate([(people, people)] * pairs, studies, seed, assumed)
    signs = sign_patterns(pairs)[:MOST_PATTERNS] if pairs >= LEAST_PAIRS_FOR_P else np.ones((1, pairs))
    rows = []
    for shift in SHIFTS:
        gaps = drawn.gaps(drawn.scores(float(shift)))
        detected = t_intervals(gaps)[1] > 0
        reported = (t_intervals(gaps, 1 - ALPHA / THEMES)[1] > 0) & _beyond_common_spread(gaps)
        if pairs >= LEAST_PAIRS_FOR_P:
            sums = np.abs(gaps @ signs.T)
            reported &= (sums >= sums[:, :1] * (1 - TIE)).mean(axis=1) <= ALPHA
        rows.append((assumed.points(float(shift)), float(detected.mean()), float(reported.mean())))
        if min(rows[-1][1:]) > 0.99:
            break
    return pd.DataFrame(rows, columns=["gap", "detected", "reported"])


def _beyond_common_spread(gaps: Floats) -> NDArray[np.bool_]:
    """Whether a mean is beyond chance by the spread of five themes; the next four studies stand for the others."""
    pairs, own = gaps.shape[1], gaps.var(axis=1, ddof=1)
    common = np.mean([np.roll(own, place) for place in range(THEMES)], axis=0)
    cut = float(t.ppf(1 - ALPHA / THEMES / 2, THEMES * (pairs - 1)))
    return np.asarray(gaps.mean(axis=1) > cut * np.sqrt(common / pairs))


def smallest(curve: pd.DataFrame, column: str = "detected") -> float:
    """The smallest gap of a power curve that is detected in 80 of 100 studies; missing where none is.

    >>> smallest(pd.DataFrame({"gap": [0.0, 0.5, 1.0], "detected": [0.0, 0.6, 1.0]}))
    0.75
    """
    share = np.maximum.accumulate(curve[column].to_numpy(dtype="float64"))
    if not len(share) or not share[-1] >= POWER:
        return float("nan")
    place = int(np.argmax(share >= POWER))
    gap = curve["gap"].to_numpy(dtype="float64")
    if place == 0:
        return float(gap[0])
    part = (POWER - share[place - 1]) / (share[place] - share[place - 1])
    return float(gap[place - 1] + part * (gap[place] - gap[place - 1]))


def around(pairs: int, people: int, **options: int) -> tuple[pd.DataFrame, dict[int, pd.DataFrame]]:
    """Ask what the design sees, and what more or fewer pairs and people would change.

    Returns
    -------
    A table pairs, people (a side), smallest_detected, smallest_reported, for half, as many and twice the people and two
    pairs fewer and more; and the power curves with `people` people, by pairs.
    """
    _check(pairs, people)
    rows, curves = [], {}
    for number in sorted({max(2, pairs - 2), pairs, min(MOST_PAIRS, pairs + 2)}):
        for size in sorted({max(2, people // 2), people, min(MOST_PEOPLE, people * 2)}):
            curve = power(number, size, **options)  # type: ignore[arg-type]
            rows.append((number, size, smallest(curve), smallest(curve, "reported")))
            if size == people:
                curves[number] = curve
    return pd.DataFrame(rows, columns=["pairs", "people", "smallest_detected", "smallest_reported"]), curves


def _check(pairs: int, people: int) -> None:
    if not (2 <= pairs <= MOST_PAIRS and 2 <= people <= MOST_PEOPLE):
        raise BuddyError(f"give 2 to {MOST_PAIRS} pairs and 2 to {MOST_PEOPLE} people a side, not {pairs} and {people}")
