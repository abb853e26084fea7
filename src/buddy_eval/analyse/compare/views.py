"""Other views of the same gap beside the primary one, each with its method and what it cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from buddy_eval.analyse.compare.clusters import cluster_of
from buddy_eval.analyse.compare.design_matrix import Floats, within_pairs
from buddy_eval.analyse.compare.effects import ordinal
from buddy_eval.analyse.compare.gaps import SURVEY, dyadic_gaps, finding_id, slug
from buddy_eval.analyse.compare.mixed import mixed_model
from buddy_eval.analyse.compare.pooled import by_cluster, pooled_mean
from buddy_eval.analyse.compare.robust import Estimate, by_t, cr2, wild_bootstrap
from buddy_eval.analyse.strands import SIDES
from buddy_eval.schemas.cautions import joined

LEAST_IN_ROLE = 3
METHODS = {
    "cr2": "people with their role, pairs taken out; CR2 standard error with Satterthwaite's degrees of freedom",
    "bootstrap": "people with their role, pairs taken out; wild cluster bootstrap over every pattern of signs",
    "mixed": "people with their role; mixed model with random intercept and slope by pair, REML, Satterthwaite",
    "pooled": "sensitivity: pair gaps weighted by certainty (partial pooling), Hartung and Knapp's interval",
    "order": "Cliff's delta in each pair (-1 to 1), mean over pairs; t interval over pairs",
    "role": "pair gaps among people of one group of posts; t interval over pairs",
    "linked": "changes of the people who answered in both waves, by side and pair; t interval over pairs",
}
CAUTIONS = {
    "cr2": "weighted_by_size",
    "bootstrap": "weighted_by_size",
    "mixed": "normal_spreads",
    "pooled": "drawn_together",
    "order": "order_only",
    "role": "many_roles",
    "linked": "answered_twice",
}
GAP = "supporter minus receiver"


def other_views(
    scores: pd.DataFrame, covariates: tuple[str, ...] = ("role",), known: dict[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield one row a view, wave and theme: models with covariates, partial pooling, order, each role, linked
    change. `known` are the clusters of pairs, from `clusters`.
    """
    valid = scores[scores["score"].notna() & scores["side"].isin(SIDES)]
    valid = valid.assign(cluster=cluster_of(valid["pair"], known))
    gaps, ranks = dyadic_gaps(valid), ordinal(valid)
    for (wave, theme), people in valid.groupby(["wave", "theme"]):
        both = people.groupby("pair")["side"].transform("nunique") == 2
        people = people[both]
        if people["cluster"].nunique() < 2:
            continue
        home = people.drop_duplicates("pair").set_index("pair")["cluster"]
        about: dict[str, Any] = {"wave": wave, "theme": theme, "contrast": GAP, "people": people}
        mine = gaps[(gaps["wave"] == wave) & (gaps["theme"] == theme)]
        model = within_pairs(people, covariates)
        fitted = mixed_model(people, covariates)
        yield _row("cr2", cr2(model), **about)
        yield _row("bootstrap", wild_bootstrap(model), **about)
        yield _row("mixed", fitted.side, **about, caution=fitted.caution)
        sure = mine[mine["ci_low"].notna()]
        if len(set(sure["pair"].map(home))) > 1:
            estimate = pooled_mean(*by_cluster(sure, home))
            yield _row("pooled", estimate, **{**about, "people": people[people["pair"].isin(sure["pair"])]})
        delta = ranks[(ranks["wave"] == wave) & (ranks["theme"] == theme)].set_index("pair")["delta"]
        yield _row("order", over_pairs(_means(delta, home)), **{**about, "contrast": f"Cliff's delta, {GAP}"})
        yield from _roles(people, about)
    yield from _linked(valid)


def over_pairs(values: Floats) -> Estimate:
    """The mean over pairs with its t interval (G - 1)."""
    if len(values) < 2:
        return Estimate(float(values.mean()) if len(values) else np.nan)
    return by_t(float(values.mean()), float(values.std(ddof=1)) / len(values) ** 0.5, len(values) - 1.0)


def _means(values: pd.Series, home: pd.Series) -> Floats:
    """The mean of each cluster of values by pair; `home` names the cluster of each pair."""
    return values.groupby(home).mean().to_numpy()


def _roles(people: pd.DataFrame, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One row a group of posts, over the pairs in which both sides have at least three of them."""
    grouped = people.groupby(["role", "pair", "side"])["score"]
    means = grouped.mean().unstack("side")[(grouped.count().unstack("side") >= LEAST_IN_ROLE).all(axis=1)]
    for role, part in means.groupby(level="role"):
        part = part.droplevel("role")
        gap = _means(part["supporter"] - part["receiver"], people.drop_duplicates("pair").set_index("pair")["cluster"])
        if len(gap) < 2:
            continue
        among = people[(people["role"] == role) & people["pair"].isin(part.index)]
        contrast = GAP + ", " + str(role).replace("_", " ")
        yield _row("role", over_pairs(gap), **{**about, "people": among, "contrast": contrast}, role=str(role))


def _linked(valid: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The change of the gap among those who answered both of two successive waves; none where nobody can be
    followed.
    """
    waves = sorted(valid["wave"].unique())
    for before, after in pairwise(waves):
        keys = ["participant", "pair", "cluster", "side", "theme"]
        earlier, later = (valid.loc[valid["wave"] == wave, [*keys, "score"]] for wave in (before, after))
        followed = earlier.merge(later, on=keys, suffixes=("_before", "_after"))
        followed["score"] = followed["score_after"] - followed["score_before"]
        for theme, people in followed.groupby("theme"):
            change = people.groupby(["pair", "side"])["score"].mean().unstack("side")
            change = change.reindex(columns=list(SIDES)).dropna()
            home = people.drop_duplicates("pair").set_index("pair")["cluster"]
            gap = _means(change["supporter"] - change["receiver"], home)
            if len(gap) < 2:
                continue
            yield _row(
                "linked",
                over_pairs(gap),
                wave=pd.NA,
                theme=theme,
                contrast=f"gap in wave {after} minus gap in wave {before}, the same people",
                people=people[people["pair"].isin(change.index)],
                waves=(before, after),
            )


def _row(
    view: str, estimated: Estimate, *, wave: Any, theme: object, contrast: str, people: pd.DataFrame,
    caution: str = "", role: str | None = None, waves: tuple[int, int] | None = None,
) -> dict[str, Any]:  # fmt: skip
    primary = finding_id(theme, f"w{wave}" if waves is None else f"change-w{waves[0]}-w{waves[1]}")
    before, after = waves or (pd.NA, pd.NA)
    return {
        "finding": f"{primary}--{slug(f'{view} {role or str()}')}",
        "primary": primary,
        "view": view,
        "role": role,
        "outcome": SURVEY,
        "theme": theme,
        "contrast": contrast,
        "contrast_kind": "gap" if waves is None else "change",
        "wave": wave,
        "wave_before": before,
        "wave_after": after,
        **estimated.figures(),
        **({"p_value": np.nan} if view == "role" else {}),
        "p_adjusted": np.nan,
        "stands": False,
        "n_looks": 0,
        "n_pairs": people["pair"].nunique(),
        "n_clusters": people["cluster"].nunique(),
        "n_supporter": int((people["side"] == "supporter").sum()),
        "n_receiver": int((people["side"] == "receiver").sum()),
        "method": METHODS[view],
        "caution": joined(filter(None, (CAUTIONS[view], caution))),
    }
