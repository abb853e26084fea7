"""Where coders who read the same words coded them otherwise, and whether somebody has decided."""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform
from buddy_eval.schemas.results import DISAGREEMENTS, DISAGREEMENTS_BY_CODE

ORDER = {"lead": 0, "second": 1}
OPEN = ("open", "contested")


def disagreements(codings: pd.DataFrame, assignments: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """List every code of every unit that two coders coded otherwise: one gave it, or both with another valence.

    Whoever was assigned a unit and did not give it a code says that the code is absent. The adjudicator is no coder
    here: where one was assigned, the disagreement is adjudicated. A decision changes no row but its state.

    Parameters
    ----------
    codings : unit, coder, code, valence. assignments : unit, coder, role. decisions : unit, code, settled.

    Returns
    -------
    The frame `disagreements`: unit, code, one, other (the lead coder first), whether each gave the code, with which
    valence, and the state: open, decided, contested or adjudicated.
    """
    asked = assignments[assignments["role"] != "adjudicator"][["unit", "coder", "role"]]
    asked = asked.assign(rank=asked["role"].map(ORDER)).sort_values(["rank", "coder"]).drop(columns="role")
    both = asked.merge(asked, on="unit", suffixes=("_one", "_other"))
    first = both["rank_one"] < both["rank_other"]
    alike = (both["rank_one"] == both["rank_other"]) & (both["coder_one"] < both["coder_other"])
    both = both[first | alike].rename(columns={"coder_one": "one", "coder_other": "other"})
    marks = codings[["unit", "coder", "code", "valence"]]
    codes = marks[["unit", "code"]].drop_duplicates()
    rows = both[["unit", "one", "other"]].merge(codes, on="unit")
    for who in ("one", "other"):
        theirs = marks.rename(columns={"coder": who, "valence": f"{who}_valence"}).assign(**{f"{who}_present": True})
        rows = rows.merge(theirs, on=["unit", "code", who], how="left")
        rows[f"{who}_present"] = rows[f"{who}_present"].astype("boolean").fillna(False)
    valence = rows["one_valence"].fillna("") != rows["other_valence"].fillna("")
    apart = rows["one_present"] != rows["other_present"]
    rows = rows[apart | (rows["one_present"] & rows["other_present"] & valence)]
    judged = assignments.loc[assignments["role"] == "adjudicator", "unit"]
    rows = rows.merge(decisions[["unit", "code", "settled"]], on=["unit", "code"], how="left")
    state = rows["settled"].astype("boolean").map({True: "decided", False: "contested"}).astype("str")
    state = state.fillna(rows["unit"].isin(judged).map({True: "adjudicated", False: "open"}))
    return conform(rows.assign(state=state), DISAGREEMENTS)


def disagreements_by_code(listed: pd.DataFrame) -> pd.DataFrame:
    """Count the units of the frame `disagreements` by code and pair of coders, and those that nobody has decided.

    Returns the frame `disagreements_by_code`: code, one, other, n_units, n_open.
    """
    frame = listed.assign(open=listed["state"].isin(OPEN).astype("int64"))
    pairs = frame.groupby(["code", "one", "other"], as_index=False)
    return conform(pairs.agg(n_units=("unit", "size"), n_open=("open", "sum")), DISAGREEMENTS_BY_CODE)
