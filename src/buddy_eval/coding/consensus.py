"""Several coders' work put together, with who decided; the originals stay as they were."""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform
from buddy_eval.schemas.results import CONSENSUS

ORDER = {"adjudicator": 0, "lead": 1, "second": 2}


def consensus(codings: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Decide for every unit and code that any coder named whether the code holds.

    An adjudicator who was assigned the unit decides; otherwise a code that all assigned coders gave holds by
    agreement; otherwise the lead coder's word stands. Agreement between coders is never computed from this.

    Parameters
    ----------
    codings : unit, coder, code, start, end, valence.
    assignments : unit, coder, role.

    Returns
    -------
    The frame `consensus`: unit, code, present, valence, start, end, decided_by.
    """
    roles = assignments.assign(rank=assignments["role"].map(ORDER))
    given = codings.merge(roles[["unit", "coder", "rank"]], on=["unit", "coder"])
    coders = roles.groupby("unit").agg(n_assigned=("coder", "nunique"), first=("rank", "min"))
    given = given.sort_values(["unit", "code", "rank", "coder"], kind="stable")
    best = given.drop_duplicates(["unit", "code"]).join(coders, on="unit")
    n_given = given.groupby(["unit", "code"]).size().rename("n_given")
    best = best.join(n_given, on=["unit", "code"])
    everyone = (best["n_given"] == best["n_assigned"]) & (best["first"] > 0)
    decided = best["first"].map({0: "adjudicator", 1: "lead", 2: "second"}).where(~everyone, "agreement")
    decided = decided.where(best["n_assigned"] > 1, "single coder")
    present = best["rank"] == best["first"]
    return conform(best.assign(present=present, decided_by=decided), CONSENSUS)
