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
have an interval without a width: it is Jeffreys' (Brown, Cai and DasGupta 2001) with the sample size that the design
is worth (Korn and Graubard 1998; Franco and others 2019). Where few comments have the theme, that size is drawn
towards the one that the weights alone leave (Kish's), for a spread measured on few is not to be relied on. A difference
of two groups has the interval that the method of variance estimates recovery makes of theirs (Zou and Donner 2008).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t
from statsmodels.stats.proportion import proportion_confint

from buddy_eval.schemas.cautions import joined, listed

Floats = NDArray[np.float64]
FEWEST = 10  # coded comments: below, nothing is said
HALF = 5  # coded comments expected in each of the machine's halves, else its code is left out; with the theme: said
TOWARDS = 2  # comments with the theme: how much the weights alone count beside them


class Estimate(NamedTuple):
    """A share or a difference of shares, its 95% interval and standard error, and what to bear in mind."""

    estimate: float
    ci_low: float
    ci_high: float
    se: float
    n: int
    caution: str  # ids, joined


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
    [0.15, 0.114, 0.192]
    """
    if len(sample) < min(FEWEST, strata["n_comments"].sum()):
        nothing = float("nan")
        return Estimate(nothing, nothing, nothing, nothing, len(sample), "few_coded")
    fitted = _fitted(sample, strata)
    variance = _variance(fitted.design, fitted.residual)
    interval = _interval(fitted.design, fitted.point, variance)
    return Estimate(fitted.point, *interval, variance**0.5, len(sample), joined(fitted.cautions))


def more_needed(sample: pd.DataFrame, strata: pd.DataFrame, within: float = 0.05) -> int | None:
    """Return how many more comments bring half the interval of `prevalence` to `within`, were they as those so far.

    The same design is thought on: strata in the proportions of the sample, the share and the spread as measured. None
    where too few are coded to say. For simple samples it is the usual sample size, z^2 p (1 - p) / within^2
    (Cochran 1977, ch. 4), as large as Jeffreys' interval asks for.
    """
    if len(sample) < min(FEWEST, strata["n_comments"].sum()):
        return None
    fitted, n = _fitted(sample, strata), len(sample)
    low, high = n, int(strata["n_comments"].sum())  # all of them: the interval has no width
    while low < high:
        middle = (low + high) // 2
        ends = _interval(fitted.design, fitted.point, _variance(fitted.design, fitted.residual, middle / n), middle / n)
        low, high = (low, middle) if (ends[1] - ends[0]) / 2 <= within else (middle + 1, high)
    return low - n


class _Fit(NamedTuple):
    """A sample laid on its design: the share, what each comment adds to its error, and what to bear in mind."""

    design: _Design
    point: float
    residual: Floats
    cautions: list[str]


def _fitted(sample: pd.DataFrame, strata: pd.DataFrame) -> _Fit:
    cautions = []
    design = _design(sample, strata)
    if design.merged:
        cautions.append("strata_pooled")
    half = design.machine
    flagged, total = float(strata["n_machine"].sum()), float(strata["n_comments"].sum())
    shares = np.array([total - flagged, flagged]) / total
    if any(share and not _enough(sample, strata, number) for number, share in enumerate(shares)):
        half, shares = np.zeros(len(half), np.int64), np.array([1.0, 0.0])
        cautions.append("sample_alone")
    if sample["human"].sum() < HALF:
        cautions.append("few_with_theme")
    point, residual = 0.0, np.zeros(len(half))
    for number, share in enumerate(shares):
        if share:
            weight = design.weight * (half == number)
            rate = float((weight * design.human).sum() / weight.sum())
            point, residual = point + share * rate, residual + share * weight * (design.human - rate) / weight.sum()
    return _Fit(design, point, residual, cautions)


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return one share minus another of different comments, with the interval that their two intervals make."""
    low = one.estimate - other.estimate - np.hypot(one.estimate - one.ci_low, other.ci_high - other.estimate)
    high = one.estimate - other.estimate + np.hypot(one.ci_high - one.estimate, other.estimate - other.ci_low)
    cautions = [*listed(one.caution), *listed(other.caution)]
    if "few_coded" in cautions:
        cautions = ["few_coded"]
    se = float(np.hypot(one.se, other.se))
    return Estimate(one.estimate - other.estimate, float(low), float(high), se, one.n + other.n, joined(cautions))


def _enough(sample: pd.DataFrame, strata: pd.DataFrame, half: int) -> bool:
    """Whether one of the machine's halves is large enough: by the coded comments that the design lets expect in it.

    Were the number drawn to decide, samples that happened to hold few of a rare theme would be estimated without the
    machine and those with many with it: the good machine would be heard only where it corrects downwards.
    """
    coded = sample.groupby("stratum").size().reindex(strata["stratum"]).fillna(0).to_numpy(np.float64)
    share = (strata["n_machine"] / strata["n_comments"].where(strata["n_comments"] > 0)).fillna(0).to_numpy(np.float64)
    expected = float((coded * (share if half else 1 - share)).sum())
    return expected >= HALF and bool((sample["machine"].astype(bool) == bool(half)).any())


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


def _interval(design: _Design, share: float, variance: float, times: float = 1.0) -> tuple[float, float]:
    """Return Jeffreys' interval of a share (of 0 or 1: the exact one) for as many comments as the design is worth.

    `times` thinks the same sample so many times as large.
    """
    weight = design.weight / design.weight.sum()
    kish = float((weight**2).sum()) / times * (1 - times * float(design.coded.sum() / design.comments.sum()))
    if kish <= 0:  # every comment was coded
        return share, share
    few = times * float(min(design.human.sum(), (1 - design.human).sum()))  # how far the spread can be relied on
    measured = variance / (share * (1 - share)) if few else 0.0
    worth = (few + TOWARDS) / (few * measured + TOWARDS * kish)
    free = max(1.0, float(times * len(design.human) - (design.coded > 0).sum()))
    outside = 2 * float(norm.sf(t.ppf(0.975, free)))
    low, high = proportion_confint(share * worth, worth, outside, "jeffreys" if few else "beta")
    return float(min(share, low)), float(max(share, high))


def _variance(design: _Design, z: Floats, times: float = 1.0) -> float:
    """The variance of a sum of `z` over a stratified sample without replacement, were it so many times as large."""
    number = len(design.comments)
    total = np.bincount(design.stratum, z, number)
    square = np.bincount(design.stratum, z**2, number)
    n, size = times * design.coded, design.comments
    use = (n > times) & (size > n)
    spread = np.maximum(square[use] - total[use] ** 2 / design.coded[use], 0.0) / times  # of no error: rounding alone
    return float(((1 - n[use] / size[use]) * n[use] / (n[use] - 1) * spread).sum())
