"""Is the survey good enough: omega beside alpha, every item on each side, agreement over a theme's items.

Sources: McDonald (1999) Test Theory, ch. 6, for omega from one factor, with a bootstrap interval as Kelley and
Pornprasertmanit (2016) Psychological Methods 21, 69-92 advise; James, Demaree and Wolf (1984) J. Applied Psychology
69, 85-98 for rwg(j); Lindell, Brandt and Whitney (1999) Applied Psychological Measurement 23, 127-135 for r*wg(j).
Values of R stand in `tests/reference`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.analyse.scores import AGREE, LEAST_CASES, OPTIONS, by_person, reversed_answers, scorable, scored_answers
from buddy_eval.schemas import conform
from buddy_eval.schemas.comparison import ITEM_QUALITY, RELIABILITY, WITHIN_ITEMS

Floats = NDArray[np.float64]
DRAWS = 400
MANY, BLOCK = 5_000, 4_000_000  # people from which on those who answered alike are drawn together; weights held at once
UNIQUE = 0.005  # least share of an item that is its own, as in R's factanal
ROUNDS, CLOSE, ROUGH = 2000, 1e-9, 1e-4
SIDES = ("all", "supporter", "receiver")
STATES = ("answered", "missing", "not_applicable", "dont_know")


def omega(covariances: Floats, *, close: float = CLOSE) -> Floats:
    """McDonald's omega of one-factor models by maximum likelihood, for many covariance matrices (B, K, K) at once.

    omega = (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances), loadings in the items' own units. The
    expectation-maximisation steps of all matrices run together. NaN below three items, where one factor is not
    determined, and where an item does not vary.

    >>> loadings = np.array([0.8, 0.7, 0.6])
    >>> matrix = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    >>> omega(matrix[None]).round(3).tolist()
    [0.745]
    """
    variance = np.diagonal(covariances, axis1=1, axis2=2)
    if covariances.shape[1] < 3:
        return np.full(len(covariances), np.nan)
    scale = np.sqrt(np.where(variance > 0, variance, np.nan))
    correlations = np.nan_to_num(covariances / (scale[:, :, None] * scale[:, None, :]))
    weight, vectors = np.linalg.eigh(correlations)
    loadings = vectors[:, :, -1] * np.sqrt(weight[:, -1:]) * 0.9
    unique = np.clip(1 - loadings**2, UNIQUE, None)
    for _ in range(ROUNDS):
        slope = loadings / unique
        slope /= 1 + (loadings * slope).sum(axis=1, keepdims=True)
        crossed = np.einsum("bij,bj->bi", correlations, slope)
        size = 1 - (slope * loadings).sum(axis=1) + (slope * crossed).sum(axis=1)
        moved = crossed / size[:, None]
        unique = np.clip(1 - moved * crossed, UNIQUE, None)
        done = np.abs(moved - loadings).max() < close
        loadings = moved
        if done:
            break
    common = (loadings * scale).sum(axis=1) ** 2
    return np.asarray(common / (common + (unique * scale**2).sum(axis=1)))


def omega_row(answers: Floats) -> dict[str, Any]:
    """Omega of answers (people, items), complete cases, with a percentile bootstrap interval of people."""
    complete = answers[~np.isnan(answers).any(axis=1)]
    n, k = complete.shape
    row: dict[str, Any] = {"statistic": "omega", "n": n, "n_items": k, "caution": ""}
    if n <= k or k < 3:
        return row | {"caution": "few_for_factor"}
    alike: Any = np.ones(n)
    if n > MANY:  # the same distribution, with far less to draw
        complete, alike = np.unique(complete, axis=0, return_counts=True)
    random, block = np.random.default_rng(1), max(BLOCK // len(complete), 1)
    sizes = [min(block, DRAWS - begin) for begin in range(0, DRAWS, block)]
    draws = [_covariances(complete, random.multinomial(n, alike / n, size)) for size in sizes]
    whole, drawn = omega(_covariances(complete, alike[None])), omega(np.concatenate(draws), close=ROUGH)
    drawn = drawn[np.isfinite(drawn)]
    ends = np.quantile(drawn, [0.025, 0.975]) if len(drawn) >= 0.9 * DRAWS else (np.nan, np.nan)
    few = "few_cases" if n < LEAST_CASES else ""
    return row | {"estimate": float(whole[0]), "ci_low": ends[0], "ci_high": ends[1], "caution": few}


def _covariances(answers: Floats, weights: Any) -> Floats:
    """Covariance matrices of answers (people, items) under each row of weights (draws, people)."""
    n, k = weights[0].sum(), answers.shape[1]
    products = (answers[:, :, None] * answers[:, None, :]).reshape(len(answers), k * k)
    means = weights @ answers / n
    return np.asarray((weights @ products).reshape(-1, k, k) / n - means[:, :, None] * means[:, None, :])


def omegas(responses: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Omega for each theme, wave and side, as rows of the frame `reliability`; it does not ask items to weigh alike."""
    rows = []
    for (theme, wave), part in scored_answers(responses, items).groupby(["theme", "wave"]):
        wide, sides = by_person(part)
        for side in SIDES:
            answers = wide if side == "all" else wide[sides == side]
            rows.append({"theme": theme, "wave": wave, "side": side, **omega_row(answers)})
    return conform(pd.DataFrame(rows, columns=RELIABILITY.names), RELIABILITY)


def item_quality(responses: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Each item on each side: how it was answered or not, its mean and spread, and whether it goes with the others.

    Item-rest is the correlation of the item (turned round where reversed) with the mean of the other items of the
    theme's score that the person answered; below .20 it measures something else, below 0 it may have been reversed
    wrongly.

    Returns the frame `item_quality`.
    """
    cells = reversed_answers(responses, items)
    scored = scorable(cells, items)
    person = cells.groupby(["participant", "wave", "theme"], sort=False).ngroup().to_numpy()
    cells = cells[["theme", "item", "wave", "side", "status"]].assign(
        value=cells["value"].astype("float64"), scored=scored
    )
    counts = cells["value"].where(cells["scored"])
    together = counts.groupby(person)
    others = together.transform("count") - counts.notna()
    cells["rest"] = (together.transform("sum") - counts.fillna(0)) / others.where(others > 0)
    rows = []
    for side in SIDES:
        ours = cells if side == "all" else cells[cells["side"] == side]
        states = ours.groupby(["theme", "item", "wave", "status"]).size()
        numbers = ours[["theme", "item", "wave", "value", "rest", "scored"]]
        for (theme, item, wave), part in numbers.groupby(["theme", "item", "wave"]):
            pairs = part[["value", "rest"]].dropna()
            varies = len(pairs) > 2 and (pairs.std() > 0).all()
            row = {"theme": theme, "item": item, "wave": wave, "side": side, "n": len(part)}
            row |= {status: int(states.get((theme, item, wave, status), 0)) for status in STATES}
            row |= {"mean": part["value"].mean(), "sd": part["value"].std(), "scored": bool(part["scored"].iloc[0])}
            rows.append(row | {"item_rest": pairs["value"].corr(pairs["rest"]) if varies else np.nan})
    return conform(pd.DataFrame(rows, columns=ITEM_QUALITY.names), ITEM_QUALITY)


def within_items(responses: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Agreement within each side of each pair over the items of a theme: rwg(j) and r*wg(j).

    With s^2 the mean variance of the J items and e^2 = (A^2 - 1) / 12 that of A = 5 options answered at random,
    r*wg(j) = 1 - s^2 / e^2 and rwg(j) = J r / (J r + 1 - r) with r = r*wg(j); the former does not rise with the number
    of items. rwg(j) is given as 0 where people differ more than at random (r below 0), as is usual.

    Returns the frame `within_items`; `split` where r*wg(j) is below .70.
    """
    answers = scored_answers(responses, items)
    answers = answers.assign(value=answers["value"].astype("float64"))
    keys = ["pair", "side", "wave", "theme"]
    spread = answers.groupby([*keys, "item"])["value"].var().dropna()
    agreement = spread.groupby(keys).agg(variance="mean", n_items="size")
    agreement["n"] = answers.dropna(subset=["value"]).groupby(keys)["participant"].nunique().reindex(agreement.index)
    r = 1 - agreement["variance"] / ((OPTIONS**2 - 1) / 12)
    kept, j = r.clip(lower=0), agreement["n_items"].astype("float64")
    agreement = agreement.assign(rwg_star=r, rwg_j=j * kept / (j * kept + 1 - kept), split=r < AGREE)
    return conform(agreement.reset_index(), WITHIN_ITEMS)
