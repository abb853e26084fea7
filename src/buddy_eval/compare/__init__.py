"""Effects between sides, pairs and waves: within each pair first, then across pairs, a pair counting once."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pandas as pd

from buddy_eval.compare.exact import max_t, sign_flip
from buddy_eval.compare.gaps import SURVEY, dyadic_gaps, series_gaps
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import FINDINGS

__all__ = ["compare", "dyadic_gaps", "max_t", "series_gaps", "sign_flip"]

LEAST_PAIRS = 6
METHOD = "mean of pair-level differences; t interval over pairs; exact sign-flip p; step-down max-T adjustment"
FEW_PAIRS = "fewer than six pairs: no p-value, because 5% could not be reached or hardly"
UNLINKED = "the waves asked different people, so this is a change of the groups, not of persons"
BEFORE_AFTER = (
    "before and during support with the supporter as the only comparison: regression to the mean, and other changes "
    "at the same time, are not excluded"
)
VIEWS = "views of those who answered; sides were not assigned by chance"


def compare(gaps: pd.DataFrame) -> pd.DataFrame:
    """Compare sides across pairs: one finding for each theme and wave, each change, and each indicator.

    The unit is the pair. The interval is t with G - 1 degrees of freedom over the pairs' gaps; the p-value is
    exact over all sign patterns, and given from six pairs on; adjusted p-values allow for all themes of one
    contrast and wave together.

    Parameters
    ----------
    gaps : the frame `gaps`, from `dyadic_gaps` and `series_gaps`.

    Returns
    -------
    The frame `findings`, one row a finding, with its method and the caution that its design demands.
    """
    survey = gaps[gaps["outcome"] == SURVEY]
    parts = [
        _family(_wide(part), part, f"w{wave}", {"wave": wave, "contrast": "supporter minus receiver", "caution": VIEWS})
        for wave, part in survey.groupby("wave")
    ]
    waves = sorted(survey["wave"].unique())
    for before, after in itertools.pairwise(waves):
        earlier, later = (_wide(survey[survey["wave"] == wave]) for wave in (before, after))
        about = {"contrast": f"gap in wave {after} minus gap in wave {before}", "caution": UNLINKED}
        both = survey[survey["wave"].isin([before, after])]
        parts.append(_family(later - earlier, both, f"change-w{before}-w{after}", about))
    series = gaps[gaps["outcome"] != SURVEY]
    about = {"contrast": "receiver's change minus supporter's change", "caution": BEFORE_AFTER}
    if len(series):
        parts.append(_family(_wide(series), series, "", about))
    rows = [row for part in parts for row in part]
    return conform(pd.DataFrame(rows, columns=FINDINGS.names), FINDINGS)


def _wide(gaps: pd.DataFrame) -> pd.DataFrame:
    """Pairs x themes."""
    return gaps.pivot(index="pair", columns="theme", values="estimate")


def _family(wide: pd.DataFrame, gaps: pd.DataFrame, suffix: str, about: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a theme; the themes are adjusted together."""
    from scipy.stats import t

    values = wide.to_numpy(dtype="float64")
    n = np.isfinite(values).sum(axis=0)
    testable = n >= LEAST_PAIRS
    raw, adjusted = np.full(len(n), np.nan), np.full(len(n), np.nan)
    if testable.any():
        raw[testable] = sign_flip(values[:, testable])
        adjusted[testable] = max_t(values[:, testable])
    outcome = SURVEY if (gaps["outcome"] == SURVEY).all() else None
    rows = []
    for place, theme in enumerate(wide.columns):
        used = np.isfinite(values[:, place])
        found = values[used, place]
        people = gaps[(gaps["theme"] == theme) & gaps["pair"].isin(wide.index[used])]
        half = t.ppf(0.975, len(found) - 1) * found.std(ddof=1) / len(found) ** 0.5 if len(found) > 1 else np.nan
        mean = found.mean() if len(found) else np.nan
        few = "" if testable[place] else f"; {FEW_PAIRS}"
        rows.append(
            {
                "wave": pd.NA,
                **about,
                "finding": "-".join(filter(None, ("gap", _slug(str(theme)), suffix))),
                "outcome": outcome or theme,
                "theme": theme,
                "estimate": mean,
                "ci_low": mean - half,
                "ci_high": mean + half,
                "p_value": raw[place],
                "p_adjusted": adjusted[place],
                "n_pairs": len(found),
                "n_supporter": people["n_supporter"].sum(),
                "n_receiver": people["n_receiver"].sum(),
                "method": METHOD,
                "caution": about["caution"] + few,
            }
        )
    return rows


def _slug(name: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", name.casefold()))
