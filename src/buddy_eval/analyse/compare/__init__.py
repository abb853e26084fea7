"""Effects between sides, pairs and waves: within each pair first, then across pairs, a pair counting once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from buddy_eval.analyse.compare.effects import ordinal, superiority
from buddy_eval.analyse.compare.gaps import SURVEY, dyadic_gaps, finding_id, series_gaps
from buddy_eval.analyse.compare.pooled import shrunken
from buddy_eval.analyse.compare.robust import cr2, wild_bootstrap
from buddy_eval.analyse.compare.sign_flips import LEAST_PAIRS_FOR_P, max_t, sign_flip
from buddy_eval.analyse.compare.views import other_views
from buddy_eval.analyse.t_interval import t_half
from buddy_eval.schemas import conform
from buddy_eval.schemas.cautions import joined, listed
from buddy_eval.schemas.comparison import COMPARISONS, FINDINGS

__all__ = [
    "across",
    "compare",
    "cr2",
    "dyadic_gaps",
    "max_t",
    "ordinal",
    "series_gaps",
    "shrunken",
    "sign_flip",
    "superiority",
    "wild_bootstrap",
]

METHOD = "mean of pair-level differences; t interval over pairs; exact sign-flip p; step-down max-T adjustment"
PRIMARY = "pairs"


def compare(
    scores: pd.DataFrame,
    series: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    *,
    covariates: tuple[str, ...] = ("role",),
) -> pd.DataFrame:
    """Compare the sides: the primary view (a pair counts once), and beside it every other view that the data allow.

    Parameters
    ----------
    scores : the frame `scores`. (The frame `gaps` is taken too, and gives the frame `findings` of `across` alone.)
    series, pairs : the frames of these names, for the change of outcome indicators.
    covariates : columns of `scores` that the models allow for, as categories.

    Returns
    -------
    The frame `comparisons`: one row a view and contrast. `view` is ``pairs`` for the primary rows, else cr2, bootstrap,
    mixed, pooled, order, linked or role; every row has its method and its caution, and no row that rests on
    fewer than six pairs has a p-value.
    """
    if "score" not in scores:
        return across(scores)
    gaps = dyadic_gaps(scores)
    if series is not None and pairs is not None:
        gaps = pd.concat([gaps, series_gaps(series, pairs)], ignore_index=True)
    primary = _followed(across(gaps), scores).assign(view=PRIMARY)
    primary["primary"] = primary["finding"]
    primary["df"] = (primary["n_pairs"] - 1).where(primary["n_pairs"] > 1).astype("float64")
    others = pd.DataFrame(list(other_views(scores, covariates)), columns=COMPARISONS.names)
    others[["p_value", "df"]] = others[["p_value", "df"]].astype("float64")
    few = others["n_pairs"] < LEAST_PAIRS_FOR_P
    others["p_value"] = others["p_value"].where(~few)
    others["caution"] = [
        joined([*listed(cell), "few_pairs"] if short else listed(cell))
        for cell, short in zip(others["caution"], few, strict=True)
    ]
    return conform(pd.concat([conform(primary, COMPARISONS), conform(others, COMPARISONS)]), COMPARISONS)


def _followed(findings: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Count for every change between waves who answered in either and in both; where nobody did the caution stands."""
    valid = scores[scores["score"].notna()]
    for before, after in pairwise(sorted(valid["wave"].unique())):
        earlier, later = (set(valid.loc[valid["wave"] == wave, "participant"]) for wave in (before, after))
        rows = (findings["wave_before"] == before) & (findings["wave_after"] == after)
        if both := earlier & later:
            findings.loc[rows, ["n_either", "n_both"]] = [len(earlier | later), len(both)]
            findings.loc[rows, "caution"] = [
                joined({*listed(cell), "groups_linked"} - {"groups_unlinked"}) for cell in findings.loc[rows, "caution"]
            ]
    return findings


def across(gaps: pd.DataFrame) -> pd.DataFrame:
    """Compare sides across pairs: one finding for each theme and wave, each change, and each indicator.

    The unit is the pair. The interval is t with G - 1 degrees of freedom over the pairs' gaps; the p-value is
    exact over all sign patterns, and given from six pairs on; adjusted p-values allow for all themes of one
    contrast and wave together.

    Parameters
    ----------
    gaps : the frame `gaps`, from `dyadic_gaps` and `series_gaps`.

    Returns
    -------
    The frame `findings`, one row a finding, with its method and the cautions that its design demands.
    """
    survey = gaps[gaps["contrast_kind"] == "gap"]
    about: dict[str, Any] = {"contrast": "supporter minus receiver", "contrast_kind": "gap", "caution": "answered_only"}
    parts = [
        _family(_wide(part), part, (f"w{wave}",), {**about, "wave": wave}) for wave, part in survey.groupby("wave")
    ]
    waves = sorted(survey["wave"].unique())
    for before, after in pairwise(waves):
        earlier, later = (_wide(survey[survey["wave"] == wave]) for wave in (before, after))
        about = {"contrast": f"gap in wave {after} minus gap in wave {before}", "contrast_kind": "change"}
        about |= {"wave_before": before, "wave_after": after, "caution": "groups_unlinked"}
        both = survey[survey["wave"].isin([before, after])]
        parts.append(_family(later - earlier, both, (f"change-w{before}-w{after}",), about))
    series = gaps[gaps["contrast_kind"] == "series"]
    about = {"contrast": "receiver's change minus supporter's change", "contrast_kind": "series"}
    if len(series):
        parts.append(_family(_wide(series), series, (), {**about, "caution": "before_after"}))
    rows = [row for part in parts for row in part]
    return conform(pd.DataFrame(rows, columns=FINDINGS.names), FINDINGS)


def _wide(gaps: pd.DataFrame) -> pd.DataFrame:
    """Pairs x themes."""
    return gaps.pivot(index="pair", columns="theme", values="estimate")


def _family(
    wide: pd.DataFrame, gaps: pd.DataFrame, waves: tuple[str, ...], about: dict[str, Any]
) -> list[dict[str, Any]]:
    """One row a theme; the themes are adjusted together."""
    values = wide.to_numpy(dtype="float64")
    n = np.isfinite(values).sum(axis=0)
    testable = n >= LEAST_PAIRS_FOR_P
    raw, adjusted = np.full(len(n), np.nan), np.full(len(n), np.nan)
    if testable.any():
        raw[testable] = sign_flip(values[:, testable])
        adjusted[testable] = max_t(values[:, testable])
    rows = []
    for place, theme in enumerate(wide.columns):
        used = np.isfinite(values[:, place])
        measured = pd.Series(values[used, place])
        people = gaps[(gaps["theme"] == theme) & gaps["pair"].isin(wide.index[used])]
        mean, half = measured.mean(), t_half(measured.std(), len(measured))
        cautions = [about["caution"], *([] if testable[place] else ["few_pairs"])]
        cautions += ["split_pairs"] if any("split_side" in listed(cell) for cell in people["caution"]) else []
        rows.append(
            {
                **about,
                "finding": finding_id(theme, *waves),
                "outcome": theme if about["contrast_kind"] == "series" else SURVEY,
                "theme": theme,
                "estimate": mean,
                "ci_low": mean - half,
                "ci_high": mean + half,
                "p_value": raw[place],
                "p_adjusted": adjusted[place],
                "n_pairs": len(measured),
                "n_supporter": people["n_supporter"].sum(),
                "n_receiver": people["n_receiver"].sum(),
                "method": METHOD,
                "caution": joined(cautions),
            }
        )
    return rows
