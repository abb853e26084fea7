"""Effects between sides, pairs and waves: within each pair first, then across pairs, a pair counting once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from buddy_eval.analyse.compare.allowance import allowed, by_t
from buddy_eval.analyse.compare.clusters import cluster_of, clusters
from buddy_eval.analyse.compare.effects import ordinal, superiority
from buddy_eval.analyse.compare.gaps import SURVEY, dyadic_gaps, finding_id, series_gaps, side_changes
from buddy_eval.analyse.compare.pooled import shrunken
from buddy_eval.analyse.compare.robust import cr2, wild_bootstrap
from buddy_eval.analyse.compare.sign_flips import Floats, sign_flip
from buddy_eval.analyse.compare.views import other_views, over_pairs
from buddy_eval.analyse.strands import SIDES
from buddy_eval.analyse.thresholds import LEAST_PAIRS_FOR_P
from buddy_eval.schemas import conform
from buddy_eval.schemas.cautions import joined, listed
from buddy_eval.schemas.comparison import COMPARISONS, FINDINGS

__all__ = [
    "across",
    "clusters",
    "compare",
    "cr2",
    "dyadic_gaps",
    "ordinal",
    "series_gaps",
    "shrunken",
    "side_changes",
    "sign_flip",
    "superiority",
    "wild_bootstrap",
]

METHOD = (
    "mean of pair-level differences, pairs that share a trust as one; t interval over these; exact sign-flip p; "
    "adjusted for everything that a report says (Holm), by the spread of these and by that of all themes"
)
PRIMARY = "pairs"


def compare(
    scores: pd.DataFrame,
    series: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    *,
    covariates: tuple[str, ...] = ("role",),
    others: Floats | None = None,
) -> pd.DataFrame:
    """Compare the sides: the primary view (a pair counts once), and beside it every other view that the data allow.

    Parameters
    ----------
    scores : the frame `scores`. (The frame `gaps` is taken too, and gives the frame `findings` of `across` alone.)
    series, pairs : the frames of these names, for the change of outcome indicators; pairs that share a trust count as
        one (`clusters`), in every view.
    covariates : columns of `scores` that the models allow for, as categories.
    others : p-values of what else the same reports say (see `allowance`).

    Returns
    -------
    The frame `comparisons`: one row a view and contrast. `view` is ``pairs`` for the primary rows, else cr2, bootstrap,
    mixed, pooled, order, linked or role; every row has its method and its caution, and no row that rests on
    fewer than six pairs has a p-value.

    >>> people = [(pair, side, n) for pair in "ABC" for side in ("supporter", "receiver") for n in range(4)]
    >>> scores = pd.DataFrame(people, columns=["pair", "side", "n"]).assign(wave=1, theme="culture", role="board")
    >>> scores["participant"] = scores["pair"] + scores["side"] + scores["n"].astype("str")
    >>> scores["score"] = 3.0 + (scores["side"] == "supporter") * 0.5 + scores["n"] / 4
    >>> rows = compare(scores)
    >>> rows.loc[rows["view"] == "pairs", ["finding", "estimate", "n_pairs"]].to_numpy().tolist()
    [['gap-culture-w1', 0.5, 3]]
    """
    known = None if pairs is None else clusters(pairs)
    if "score" not in scores:
        return across(scores, known, others)
    gaps = dyadic_gaps(scores)
    if series is not None and pairs is not None:
        gaps = pd.concat([gaps, series_gaps(series, pairs)])
    primary = _followed(across(gaps, known, others), scores).assign(view=PRIMARY)
    primary["primary"] = primary["finding"]
    views = pd.DataFrame(list(other_views(scores, covariates, known)), columns=COMPARISONS.names)
    views[["p_value", "df"]] = views[["p_value", "df"]].astype("float64")
    few = views["n_clusters"] < LEAST_PAIRS_FOR_P
    views["p_value"] = views["p_value"].where(~few)
    views["caution"] = [
        joined([*listed(cell), "few_pairs"] if short else listed(cell))
        for cell, short in zip(views["caution"], few, strict=True)
    ]
    return conform(pd.concat([conform(primary, COMPARISONS), conform(views, COMPARISONS)]), COMPARISONS)


def _followed(findings: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Count for every change who in the pairs answered in either wave and in both; if nobody did the caution stands."""
    valid = scores[scores["score"].notna() & scores["side"].isin(SIDES)]
    for before, after in pairwise(sorted(valid["wave"].unique())):
        earlier, later = (set(valid.loc[valid["wave"] == wave, "participant"]) for wave in (before, after))
        rows = findings["wave_before"] == before
        if both := earlier & later:
            findings.loc[rows, ["n_either", "n_both"]] = [len(earlier | later), len(both)]
            findings.loc[rows, "caution"] = [
                joined({*listed(cell), "groups_linked"} - {"groups_unlinked"}) for cell in findings.loc[rows, "caution"]
            ]
    return findings


def across(gaps: pd.DataFrame, known: dict[str, str] | None = None, others: Floats | None = None) -> pd.DataFrame:
    """Compare sides across pairs: one finding for each theme and wave, each change, and each indicator.

    The unit is the pair, or the cluster of pairs that share a trust. The interval is t with G - 1 degrees of freedom
    over the clusters' mean gaps; the p-value is exact over all sign patterns, and given from six clusters on; adjusted
    p-values, and whether a direction may be said (`stands`), allow for all findings together.

    Parameters
    ----------
    gaps : the frame `gaps`, from `dyadic_gaps` and `series_gaps`.
    known : the cluster of each pair, from `clusters`; without it each pair stands for itself.
    others : p-values of what else the same reports say.

    Returns
    -------
    The frame `findings`, one row a finding, with its method and the cautions that its design demands.
    """
    survey = gaps[gaps["contrast_kind"] == "gap"]
    about: dict[str, Any] = {"contrast": "supporter minus receiver", "contrast_kind": "gap", "caution": "answered_only"}
    parts = [
        _family(_wide(part), part, (f"w{wave}",), {**about, "wave": wave}, known)
        for wave, part in survey.groupby("wave")
    ]
    waves = sorted(survey["wave"].unique())
    for before, after in pairwise(waves):
        earlier, later = (_wide(survey[survey["wave"] == wave]) for wave in (before, after))
        about = {"contrast": f"gap in wave {after} minus gap in wave {before}", "contrast_kind": "change"}
        about |= {"wave_before": before, "wave_after": after, "caution": "groups_unlinked"}
        both = survey[survey["wave"].isin([before, after])]
        parts.append(_family(later - earlier, both, (f"change-w{before}-w{after}",), about, known))
    series = gaps[gaps["contrast_kind"] == "series"]
    about = {"contrast": "receiver's change minus supporter's change", "contrast_kind": "series"}
    if len(series):
        parts.append(_family(_wide(series), series, (), {**about, "caution": "before_after"}, known))
    rows = pd.DataFrame([row for part in parts for row in part], columns=COMPARISONS.names)
    again = rows.groupby("finding").cumcount()  # "A&E" and "A E" are two indicators
    rows["finding"] = rows["finding"].where(again == 0, rows["finding"] + "-" + (again + 1).astype("str"))
    rows["p_value"] = rows["p_value"].astype("float64")
    return conform(allowed(rows, by_t(rows), others), FINDINGS)


def _wide(gaps: pd.DataFrame) -> pd.DataFrame:
    """Pairs x themes."""
    return gaps.pivot(index="pair", columns="theme", values="estimate")


def _family(
    wide: pd.DataFrame, gaps: pd.DataFrame, waves: tuple[str, ...], about: dict[str, Any], known: dict[str, str] | None
) -> list[dict[str, Any]]:
    """One row a theme."""
    home = cluster_of(wide.index.to_series(), known)
    clustered = wide.groupby(home.to_numpy()).mean()
    values = clustered.to_numpy(dtype="float64")
    n = np.isfinite(values).sum(axis=0)
    p = np.full(len(n), np.nan)
    if (testable := n >= LEAST_PAIRS_FOR_P).any():
        p[testable] = sign_flip(values[:, testable])
    rows = []
    for place, theme in enumerate(wide.columns):
        used = wide.index[wide[theme].notna()]
        mine = values[np.isfinite(values[:, place]), place]
        mean = over_pairs(mine)
        people = gaps[(gaps["theme"] == theme) & gaps["pair"].isin(used)]
        holds = {
            "few_pairs": not testable[place],
            "split_pairs": any("split_side" in listed(cell) for cell in people["caution"]),
            "shared_trusts": len(mine) < len(used),
            "one_pair_carries": carried(mine),
        }
        row = {
            **about,
            "finding": finding_id(theme, *waves),
            "outcome": theme if about["contrast_kind"] == "series" else SURVEY,
            "theme": theme,
            **mean.figures(),
            "p_value": p[place],
            "n_pairs": len(used),
            "n_clusters": len(mine),
            "n_supporter": people["n_supporter"].sum(),
            "n_receiver": people["n_receiver"].sum(),
            "method": METHOD,
            "caution": joined([about["caution"], *(name for name, held in holds.items() if held)]),
        }
        rows.append(row)
    return rows


def carried(values: Floats) -> bool:
    """Tell whether an interval that leaves out zero would hold it without one of its values.

    >>> carried(np.array([0.5, 0.6, 0.4, 0.5])), carried(np.array([0.02, 0.4, 0.5, 0.5, 0.6]))
    (False, True)
    """

    def leaves_out(some: Floats) -> bool:
        mean = over_pairs(some)
        return mean.ci_low > 0 or mean.ci_high < 0

    every = range(len(values))
    return leaves_out(values) and not all(leaves_out(np.delete(values, place)) for place in every)
