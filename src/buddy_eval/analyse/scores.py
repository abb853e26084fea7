"""Survey items to theme scores, and whether the scores may be used: reliability and agreement within groups.

Sources: Cronbach (1951) for alpha, Feldt (1965) for its interval; Shrout and Fleiss (1979) and Bliese (2000) for
ICC(1) and ICC(2); James, Demaree and Wolf (1984) for rwg. Values of R stand in `tests/reference`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.analyse.strands import SIDES
from buddy_eval.analyse.t_interval import t_half
from buddy_eval.schemas import conform
from buddy_eval.schemas.comparison import RELIABILITY, WITHIN
from buddy_eval.schemas.results import SCORES

Floats = NDArray[np.float64]
OPTIONS = 5
PERSON = ("participant", "wave")  # who answered once
LEAST_SHARE = 0.6  # of the items of a theme that a score rests on
LEAST_ITEMS = 0.5  # of the items of a theme that everybody was asked, for the theme to have a score at all
LEAST_CASES = 30  # complete cases: below, reliability is no reason to use a score
AGREE = 0.70
LOW, HIGH = 2.5, 3.5  # scores below and above: the camps of people who are split
FINE = 12  # decimals of a mean: behind them stands how it was summed up, and 3.45 would be written in two ways
NOISE = 1e-12  # share of the whole below which a spread is rounding


def reversed_answers(responses: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return the answers to theme items with reversed items turned round once: columns added theme, reversed, value.

    Answers in `responses` are always as given, so that nothing can be turned round twice.
    """
    themed = items[items["theme"].notna()].set_index("item")[["theme", "reversed"]]
    if not (asked := responses["item"].isin(themed.index)).all():
        responses = responses[asked]
    codes, names = pd.factorize(responses["item"])  # few items stand in many rows: each is looked up once
    about = themed.loc[names].iloc[codes].set_axis(responses.index)
    turned = about["reversed"].astype(bool)
    value = responses["answer"].where(~turned, (OPTIONS + 1) - responses["answer"])
    return responses.assign(**about, value=value)


def scored_answers(responses: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return the answers that a score may rest on, as `reversed_answers`: those that are `scorable`."""
    answers = reversed_answers(responses, items)
    kept = scorable(answers, items)
    return answers if kept.all() else answers[kept]


def scorable(answers: pd.DataFrame, items: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which answers are to items that everybody was asked.

    Who has a row for an item was asked it. An item that a wave, or one side's file, did not ask enters no score of its
    theme, so that a score means the same on both sides and in every wave; where fewer than half of a theme's items are
    left, it has no score. Other bodies have scores of their own.
    """
    staff = answers["side"].isin(SIDES).to_numpy(bool)
    (theme, themes), (item, names) = (pd.factorize(answers[name]) for name in ("theme", "item"))
    (someone, people), (wave, waves) = (pd.factorize(answers[name], use_na_sentinel=False) for name in PERSON)
    group, groups, person = 2 * theme + staff, 2 * len(themes), someone * len(waves) + wave
    present = np.zeros((groups, len(people) * len(waves)), bool)
    present[group, person] = True
    asked = np.bincount(group * len(names) + item, minlength=groups * len(names)).reshape(groups, len(names))
    of_all = (asked > 0) & (asked == present.sum(axis=1, keepdims=True))  # as many were asked it as any of its theme
    least = LEAST_ITEMS * items.groupby("theme")["item"].nunique().reindex(themes).to_numpy("float64")
    enough = (of_all.sum(axis=1) >= np.repeat(least, 2)) | (np.arange(groups) % 2 == 0)
    return np.asarray((of_all & enough[:, None])[group, item])


def by_person(answers: pd.DataFrame) -> tuple[Floats, NDArray[np.object_]]:
    """Return the answers of one theme and wave as (people, items), NaN where there is none, and everybody's side."""
    person = answers.groupby(["participant", "side"]).ngroup().to_numpy()
    item, names = pd.factorize(answers["item"], sort=True)
    wide, sides = np.full((person.max() + 1, len(names)), np.nan), np.empty(person.max() + 1, object)
    wide[person, item] = answers["value"].to_numpy("float64", na_value=np.nan)
    sides[person] = answers["side"].to_numpy(object)
    return wide, sides


def score(responses: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Score every person on every theme in every wave: the mean of the answered items after reversing.

    The items of a score are those that everybody was asked (`scored_answers`). It needs answers to at least 60% of
    them; below that it is missing and the row stays, with its counts.
    'Not applicable', 'don't know' and empty are no answers, and enter neither the sum nor the count.

    Returns the frame `scores`.
    """
    keys = ["participant", "pair", "side", "role", "wave", "theme"]
    grouped = scored_answers(responses, items).groupby(keys)["value"]
    scored = grouped.agg(score="mean", n_answered="count", n_items="size").reset_index()
    enough = (scored["n_answered"] >= LEAST_SHARE * scored["n_items"]).astype("bool")
    scored["score"] = scored["score"].astype("float64").where(enough)
    return conform(scored, SCORES, categories=True)


def cronbach(answers: Floats) -> float:
    """Cronbach's alpha of answers (people, items), from covariances of pairs of items that both have answers.

    NaN where the sum of the items does not vary.

    >>> round(cronbach(np.array([[1, 2], [2, 2], [3, 4], [4, 5]], dtype=float)), 3)
    0.967
    """
    k = answers.shape[1]
    covariance = pd.DataFrame(answers).cov().to_numpy()
    total, own = covariance.sum(), np.trace(covariance)
    return float(k / (k - 1) * (1 - own / total)) if k > 1 and total > NOISE * own else float("nan")


def intraclass(values: Floats, groups: NDArray[np.int64]) -> dict[str, float]:
    """ICC(1) and ICC(2) of one value a person within groups, by one-way analysis of variance.

    `groups` counts from 0 without gaps.

    ICC(1) = (MSB - MSW) / (MSB + (n - 1) MSW) with n = (N - sum n_i^2 / N) / (k - 1), the group size that MSB rests on
    where groups are unequal; ICC(2) = (MSB - MSW) / MSB. The interval of ICC(1) is Wald's (1940, Annals of Mathematical
    Statistics 11, 96-99), exact for unequal groups too: it holds the ratios theta of the two variances for which the
    spread of the group means, each weighed by n_i / (1 + n_i theta), over MSW lies within the quantiles of F. That of
    ICC(2) is the same by Spearman and Brown's formula.

    Returns icc1, icc1_low, icc1_high, icc2, icc2_low, icc2_high and n_groups; NaN below two groups, and where nothing
    varies within groups or between them, as F is then infinite or zero.
    """
    sizes = np.bincount(groups)
    total, count = len(values), len(sizes)
    names = ("icc1", "icc1_low", "icc1_high", "icc2", "icc2_low", "icc2_high")
    unknown = {**dict.fromkeys(names, float("nan")), "n_groups": count}
    if count < 2 or total <= count:
        return unknown
    means = np.bincount(groups, values) / sizes
    between = (sizes * (means - values.mean()) ** 2).sum() / (count - 1)
    within = ((values - means[groups]) ** 2).sum() / (total - count)
    if min(between, within) <= NOISE * (values**2).mean():
        return unknown
    from scipy.special import fdtri

    size = (total - (sizes**2).sum() / total) / (count - 1)
    low, high = (_wald(sizes, means, within, float(fdtri(count - 1, total - count, tail))) for tail in (0.975, 0.025))
    return {
        "icc1": (between - within) / (between + (size - 1) * within),
        "icc1_low": low,
        "icc1_high": high,
        "icc2": 1 - within / between,
        "icc2_low": size * low / (1 + (size - 1) * low),
        "icc2_high": size * high / (1 + (size - 1) * high),
        "n_groups": count,
    }


def _wald(sizes: NDArray[np.int64], means: Floats, within: float, cut: float) -> float:
    """The ICC(1) at which the weighed spread of the group means is `cut` times the mean square within groups."""
    from scipy.optimize import brentq

    def excess(theta: float) -> float:
        weight = sizes / (1 + sizes * theta)
        centre = (weight * means).sum() / weight.sum()
        return float((weight * (means - centre) ** 2).sum() / (len(sizes) - 1) / within - cut)

    least = -1 / float(sizes.max())
    low, high = least * (1 - 1e-9), 1.0
    while excess(high) > 0:
        high *= 2
    theta = low if excess(low) < 0 else float(brentq(excess, low, high, xtol=1e-13))
    return theta / (1 + theta)


def reliability(responses: pd.DataFrame, items: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Ask whether a theme's items hang together (alpha, for each wave and side) and sides may be averaged (ICC).

    Alpha is Cronbach's, from pairwise covariances as in R's psych, with Feldt's interval on the complete cases;
    groups of the intraclass correlations are the sides of the pairs. Returns the frame `reliability`.
    """
    answers = scored_answers(responses, items)
    rows = []
    for (theme, wave), part in answers.groupby(["theme", "wave"]):
        wide, sides = by_person(part)
        for side in ("all", "supporter", "receiver"):
            chosen = wide if side == "all" else wide[sides == side]
            rows.append({"theme": theme, "wave": wave, "side": side, **_alpha_row(chosen)})
    valid = scores.dropna(subset=["score"])
    for (theme, wave), part in valid.groupby(["theme", "wave"]):
        groups = np.asarray(part.groupby(["pair", "side"], sort=False).ngroup(), dtype=np.int64)
        icc = intraclass(part["score"].to_numpy(), groups)
        about = {"theme": theme, "wave": wave, "side": "all", "n": len(part), "n_items": int(part["n_items"].iloc[0])}
        for name in ("icc1", "icc2"):
            ends = {"ci_low": icc[f"{name}_low"], "ci_high": icc[f"{name}_high"], "n_groups": icc["n_groups"]}
            caution = "unreliable_means" if name == "icc2" and icc[name] < AGREE else ""
            rows.append({**about, "statistic": name, "estimate": icc[name], **ends, "caution": caution})
    return conform(pd.DataFrame(rows, columns=RELIABILITY.names), RELIABILITY)


def agreement_within(variance: pd.Series) -> pd.Series:
    """Return rwg = 1 - s^2 / s_E^2 of the scores, with s_E^2 = (A^2 - 1) / 12 for A = 5 options answered at random.

    >>> agreement_within(pd.Series([0.0, 2.0])).tolist()
    [1.0, 0.0]
    """
    return 1 - variance / ((OPTIONS**2 - 1) / 12)


def within(scores: pd.DataFrame) -> pd.DataFrame:
    """Describe every side of every pair by theme and wave: mean with t interval, spread, agreement (rwg).

    Below an rwg of .70 people are called split: their mean would hide two camps, so how many stand where is counted.
    Returns the frame `within`.
    """
    valid = scores.dropna(subset=["score"])
    low, high = valid["score"] < LOW, valid["score"] > HIGH
    grouped = valid.assign(low=low, middle=~(low | high), high=high).groupby(["pair", "side", "wave", "theme"])
    counted = grouped[["low", "middle", "high"]].sum()
    sides = grouped["score"].agg(n="count", mean="mean", sd="std").join(counted).reset_index()
    varies = sides["sd"] > NOISE * sides["mean"]  # of answers that are all alike no interval can be told
    half = t_half(sides["sd"].where(varies), sides["n"].astype("float64"))
    rwg = agreement_within(sides["sd"] ** 2)
    sides = sides.assign(ci_low=sides["mean"] - half, ci_high=sides["mean"] + half, rwg=rwg, split=rwg < AGREE)
    return conform(sides.assign(mean=sides["mean"].round(FINE)), WITHIN)


def _alpha_row(answers: Floats) -> dict[str, Any]:
    complete = int((~np.isnan(answers)).all(axis=1).sum())
    k = answers.shape[1]
    value = cronbach(answers) if complete >= 3 else float("nan")
    low = high = float("nan")
    if not np.isnan(value):
        from scipy.special import fdtri

        degrees = (complete - 1, (complete - 1) * (k - 1))
        low, high = (1 - (1 - value) * fdtri(*degrees, tail) for tail in (0.975, 0.025))
    few = "few_cases" if complete < LEAST_CASES else ""
    return {
        "statistic": "alpha",
        "estimate": value,
        "ci_low": low,
        "ci_high": high,
        "n": complete,
        "n_items": k,
        "caution": few or ("low_alpha" if value < 0.6 else ""),
    }
