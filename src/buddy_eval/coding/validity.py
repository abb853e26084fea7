"""How far the lexicon's suggestions go with human coding, and how many comments it touches."""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform, empty
from buddy_eval.schemas.results import COMMENT_COUNTS, MACHINE


def against_humans(
    suggestions: pd.DataFrame,
    consensus: pd.DataFrame,
    assignments: pd.DataFrame,
    codes: pd.DataFrame,
    themes: pd.DataFrame,
) -> pd.DataFrame:
    """Compare suggestions with human codings on the units that a human coded, theme by theme.

    Recall is the share of the humans' units that the lexicon also found, precision the share of the lexicon's
    units that the humans also found; missing where there is nothing to divide by. Returns the frame `machine`.
    """
    of = codes[["code", "theme"]].dropna()
    units = set(assignments["unit"])
    human = set(
        consensus[consensus["present"]].merge(of, on="code")[["unit", "theme"]].itertuples(index=False, name=None)
    )
    machine = set(suggestions.merge(of, on="code")[["unit", "theme"]].itertuples(index=False, name=None))
    rows = []
    for theme in themes["theme"]:
        theirs = {unit for unit, found in human if found == theme and unit in units}
        ours = {unit for unit, found in machine if found == theme and unit in units}
        both = len(theirs & ours)
        rows.append(
            {
                "theme": theme,
                "n_units": len(units),
                "n_human": len(theirs),
                "n_machine": len(ours),
                "n_both": both,
                "recall": both / len(theirs) if theirs else float("nan"),
                "precision": both / len(ours) if ours else float("nan"),
            }
        )
    return conform(pd.DataFrame(rows), MACHINE)


def comment_counts(
    suggestions: pd.DataFrame, units: pd.DataFrame, codes: pd.DataFrame, themes: pd.DataFrame
) -> pd.DataFrame:
    """Count comments in which the lexicon suggests each theme, by side or group, and in all.

    Returns the frame `comment_counts`; a count of suggestions is not a finding.
    """
    comments = units.loc[units["channel"] == "comment", ["unit", "side", "group"]]
    if comments.empty:
        return empty(COMMENT_COUNTS)
    comments = comments.assign(group=comments["side"].fillna(comments["group"]).fillna("not known"))
    comments = pd.concat([comments, comments.assign(group="all")])
    touched = suggestions.merge(codes[["code", "theme"]].dropna(), on="code")[["unit", "theme"]].drop_duplicates()
    n = comments.groupby("group").size().rename("n_comments").reset_index()
    hits = comments.merge(touched, on="unit").groupby(["theme", "group"]).size().rename("n_suggested")
    made = themes[["theme"]].merge(n, how="cross").merge(hits.reset_index(), on=["theme", "group"], how="left")
    made["n_suggested"] = made["n_suggested"].fillna(0)
    return conform(made, COMMENT_COUNTS)
