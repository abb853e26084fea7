"""Several coders' work put together, with who decided; the originals stay as they were."""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform
from buddy_eval.schemas.results import CONSENSUS, CONSENSUS_BASIS

ORDER = {"adjudicator": 0, "lead": 1, "second": 2}


def consensus(codings: pd.DataFrame, assignments: pd.DataFrame, decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Decide for every unit and code that any coder named whether the code holds.

    What somebody decided on a disagreement stands, also a code that no coder gave. Else an adjudicator who was
    assigned the unit decides; otherwise a code that all assigned coders gave holds by agreement; otherwise the lead
    coder's word stands. Agreement between coders is never computed from this.

    Parameters
    ----------
    codings : unit, coder, code, start, end, valence.
    assignments : unit, coder, role.
    decisions : unit, code, start, end, present, valence, settled; those that are not settled decide nothing.

    Returns
    -------
    The frame `consensus`: unit, code, present, valence, start, end, decided_by.
    """
    roles = assignments.assign(rank=assignments["role"].map(ORDER))
    ranked = codings.merge(roles[["unit", "coder", "rank"]], on=["unit", "coder"])
    coders = roles.groupby("unit").agg(n_assigned=("coder", "nunique"), first=("rank", "min"))
    ranked = ranked.sort_values(["unit", "code", "rank", "coder"], kind="stable")
    best = ranked.drop_duplicates(["unit", "code"]).join(coders, on="unit")
    n_given = ranked.groupby(["unit", "code"]).size().rename("n_given")
    best = best.join(n_given, on=["unit", "code"])
    everyone = (best["n_given"] == best["n_assigned"]) & (best["first"] > 0)
    decided = best["first"].map({0: "adjudicator", 1: "lead", 2: "second"}).where(~everyone, "agreement")
    decided = decided.where(best["n_assigned"] > 1, "single coder")
    present = best["rank"] == best["first"]
    table = best.assign(present=present, decided_by=decided)
    if decisions is not None and len(decisions):
        table = _decided(table[CONSENSUS.names], decisions[decisions["settled"].astype(bool)])
    return conform(table, CONSENSUS)


def consensus_basis(together: pd.DataFrame) -> pd.DataFrame:
    """Count on what the codes of units with two coders or more rest: how many on a lead coder's word alone.

    Returns the frame `consensus_basis`: decided_by, n_codes, share.
    """
    shared = together[together["decided_by"] != "single coder"]
    counted = shared.groupby("decided_by").size().rename("n_codes").reset_index()
    return conform(counted.assign(share=counted["n_codes"] / max(len(shared), 1)), CONSENSUS_BASIS)


def _decided(before: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Put decisions in the place of what held before; passages stay those of the coders, where one gave the code."""
    key = ["unit", "code"]
    settled = decisions[[*key, "start", "end", "present", "valence"]]
    settled = settled.merge(before[[*key, "start", "end"]], on=key, how="left", suffixes=("", "_coded"))
    for name in ("start", "end"):
        settled[name] = settled[f"{name}_coded"].fillna(settled[name])
    settled = settled.assign(decided_by="decision")[before.columns]
    others = before.merge(settled[key], on=key, how="left", indicator=True)
    return pd.concat([others[others["_merge"] == "left_only"][before.columns], settled], ignore_index=True)
