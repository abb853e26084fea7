"""Prevalence from a machine's codes of all comments and people's codes of a random sample of them.

With y the people's code and m the machine's, the share of comments with a theme is

    p = M1/N R1 + M0/N R0,

where M1 of the N comments have the machine's code and M0 have not (both are known), and R1, R0 are the shares with
the theme by people in these two halves, estimated from the sample with its design weights. That is the
difference estimator (Särndal, Swensson and Wretman 1992, ch. 6), prediction-powered inference with the best tuning
(Angelopoulos, Duchi and Zrnic 2023) for codes that are yes or no, and post-stratification by the machine's code: the
machine's errors, however many and however unequal between groups, are measured by people and cannot bias it. A good
machine makes the interval narrow, a bad one leaves it about as wide as the people's sample alone.

The standard error is that of the stratified design, linearised, with finite-population correction (the same as
`survey::svymean` of a calibrated design). The interval does not rest on it alone, for a sample without an error would
have an interval without a width: each R gets a Wilson interval with the sample size that the design is worth (Korn and
Graubard 1998; Franco and others 2019; where few comments have the theme, drawn towards the size that the weights alone
leave, Kish's), and the two are put together by the method of variance estimates recovery (Zou
and Donner 2008), as are two groups for their difference.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST = 10  # coded comments: below, nothing is said
HALF = 5  # coded comments in each of the machine's halves: below, the machine's code is left out; with the theme: said
POOLED, ALONE, SILENT = "some strata pooled", "from the people's sample alone", "cannot tell"
RARE = f"fewer than {HALF} coded comments have the theme"


class Estimate(NamedTuple):
    """A share or a difference of shares, its 95% interval and standard error, and what to bear in mind."""

    estimate: float
    ci_low: float
    ci_high: float
    se: float
    n: int
    caution: str


def prevalence(sample: pd.DataFrame, strata: pd.DataFrame) -> Estimate:
    """Estimate the share of comments with a theme, whatever the machine's errors.

    Parameters
    ----------
    sample : stratum, human, machine (bool): one row a comment that people coded, drawn at random in its stratum.
    strata : stratum, n_comments, n_machine: the comments of each stratum, and how many of them the machine codes.

    Returns
    -------
    `Estimate`; its caution says what was pooled or left out, or that the sample is too small to tell.

    >>> strata = pd.DataFrame({"stratum": [0], "n_comments": [10_000], "n_machine": [3_000]})
    >>> machine = [True] * 60 + [False] * 140
    >>> human = [True] * 30 + [False] * 170
    >>> made = prevalence(pd.DataFrame({"stratum": 0, "human": human, "machine": machine}), strata)
    >>> [round(float(figure), 3) for figure in made[:3]]
    [0.15, 0.113, 0.192]
    """
    cautions = []
    if len(sample) < min(FEWEST, strata["n_comments"].sum()):
        nothing = float("nan")
        caution = f"{SILENT}: fewer than {FEWEST} comments coded"
        return Estimate(nothing, nothing, nothing, nothing, len(sample), caution)
    design = _design(sample, strata)
    if design.merged:
        cautions.append(POOLED)
    half = design.machine
    flagged, total = float(strata["n_machine"].sum()), float(strata["n_comments"].sum())
    shares = np.array([total - flagged, flagged]) / total
    if any(share and (half == number).sum() < HALF for number, share in enumerate(shares)):
        half, shares = np.zeros(len(half), np.int64), np.array([1.0, 0.0])
        cautions.append(ALONE)
    if sample["human"].sum() < HALF:
        cautions.append(RARE)
    point, below, above, residual = 0.0, 0.0, 0.0, np.zeros(len(half))
    for number, share in enumerate(shares):
        if share:
            rate, low, high, z = _rate(design, half == number)
            point, residual = point + share * rate, residual + share * z
            below, above = below + (share * (rate - low)) ** 2, above + (share * (high - rate)) ** 2
    se = float(np.sqrt(_variance(design, residual)))
    ends = (max(0.0, point - float(np.sqrt(below))), min(1.0, point + float(np.sqrt(above))))
    return Estimate(point, *ends, se, len(sample), "; ".join(cautions))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return one share minus another of different comments, with the interval that their two intervals make."""
    low = one.estimate - other.estimate - np.hypot(one.estimate - one.ci_low, other.ci_high - other.estimate)
    high = one.estimate - other.estimate + np.hypot(one.ci_high - one.estimate, other.estimate - other.ci_low)
    cautions = dict.fromkeys(part for made in (one, other) for part in made.caution.split("; ") if part)
    se = float(np.hypot(one.se, other.se))
    return Estimate(one.estimate - other.estimate, float(low), float(high), se, one.n + other.n, "; ".join(cautions))


class _Design(NamedTuple):
    """The sample in order of its strata: codes, weights, and per stratum its comments and coded comments."""

    human: Floats
    machine: NDArray[np.int64]
    stratum: NDArray[np.int64]
    weight: Floats
    comments: Floats
    coded: Floats
    merged: bool


def _design(sample: pd.DataFrame, strata: pd.DataFrame) -> _Design:
    """Weigh the sample; a stratum with fewer than two coded comments (of more) is pooled with the smallest other."""
    known = list(strata["stratum"])
    place = {stratum: number for number, stratum in enumerate(known)}
    stratum = sample["stratum"].map(place).to_numpy(np.int64)
    comments = strata["n_comments"].to_numpy(np.float64)
    coded = np.bincount(stratum, minlength=len(known)).astype(np.float64)
    home = np.arange(len(known))
    merged = False
    while True:
        poor = np.flatnonzero((coded < 2) & (comments > coded))
        rest = np.flatnonzero(comments > 0)
        if not len(poor) or len(rest) < 2:
            break
        one = poor[0]
        rest = rest[rest != one]
        into = rest[np.argmin(comments[rest])]
        home[home == one], merged = into, True
        comments[into], coded[into] = comments[into] + comments[one], coded[into] + coded[one]
        comments[one] = coded[one] = 0
    stratum = home[stratum]
    human, machine = sample["human"].to_numpy(np.float64), sample["machine"].to_numpy(np.int64)
    return _Design(human, machine, stratum, comments[stratum] / coded[stratum], comments, coded, merged)


def _rate(design: _Design, half: NDArray[np.bool_]) -> tuple[float, float, float, Floats]:
    """Return the share with the theme in one half, its interval, and the linearised residuals."""
    from scipy.stats import t

    weight = design.weight * half
    size = weight.sum()
    rate = float((weight * design.human).sum() / size)
    z = weight * (design.human - rate) / size
    hits = design.human[half]
    kish = float((weight**2).sum() / size**2) * (1 - float(design.coded.sum() / design.comments.sum()))
    few = float(min(hits.sum(), (1 - hits).sum()))  # how far the measured spread can be relied on
    measured = _variance(design, z) / (rate * (1 - rate)) if few else 0.0
    worth = (few + 2) / (few * measured + 2 * kish) if kish else np.inf
    if not np.isfinite(worth):
        return rate, rate, rate, z
    free = max(1.0, float(len(hits) - (design.coded > 0).sum()))
    low, high = _wilson(rate, worth, float(t.ppf(0.975, free)))
    return rate, low, high, z


def _wilson(rate: float, n: float, quantile: float) -> tuple[float, float]:
    """The score interval of a share.

    >>> [round(end, 3) for end in _wilson(0.0, 50, 1.96)]
    [0.0, 0.071]
    """
    square = quantile**2
    centre = (rate + square / (2 * n)) / (1 + square / n)
    wide = quantile / (1 + square / n) * np.sqrt(rate * (1 - rate) / n + square / (4 * n**2))
    return float(max(0.0, min(rate, centre - wide))), float(min(1.0, max(rate, centre + wide)))


def _variance(design: _Design, z: Floats) -> float:
    """The variance of a sum of `z` over a stratified sample without replacement."""
    number = len(design.comments)
    total = np.bincount(design.stratum, z, number)
    square = np.bincount(design.stratum, z**2, number)
    n, size = design.coded, design.comments
    use = (n > 1) & (size > n)
    spread = square[use] - total[use] ** 2 / n[use]
    return float(((1 - n[use] / size[use]) * n[use] / (n[use] - 1) * spread).sum())
