"""How far machines' suggestions go with human coding, and how many comments they touch."""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform, empty
from buddy_eval.schemas.machines import COMMENT_COUNTS, MACHINE

FEWEST = 5  # units with a code: below, no share of them is given


def against_humans(
    suggested: dict[str, pd.DataFrame],
    consensus: pd.DataFrame,
    assignments: pd.DataFrame,
    codes: pd.DataFrame,
    themes: pd.DataFrame,
) -> pd.DataFrame:
    """Compare the suggestions of every machine with human codings on the units that a human coded.

    `suggested` holds, by the machine's name, its suggestions: unit, level (theme or code), code. Recall is the share of
    the humans' units that the machine also found, precision the share of the machine's units that the humans also
    found. Every theme and code has its row; one on fewer than `FEWEST` units has no figures. Returns the frame
    `machine`.
    """
    units = set(assignments["unit"])
    human = by_level(consensus[consensus["present"]], codes)
    human = human[human["unit"].isin(units)]
    labels = [("theme", theme) for theme in themes["theme"]] + [("code", code) for code in codes["code"]]
    theirs = human.groupby(["level", "code"])["unit"].agg(set).to_dict()
    rows = []
    for machine, suggestions in suggested.items():
        judged = suggestions[suggestions["unit"].isin(units)]
        ours = judged.groupby(["level", "code"])["unit"].agg(set).to_dict()
        for label in labels:
            counts = _counts(theirs.get(label, set()), ours.get(label, set()))
            rows.append({"machine": machine, "level": label[0], "code": label[1], "n_units": len(units), **counts})
    return conform(pd.DataFrame(rows), MACHINE) if rows else empty(MACHINE)


def by_level(coded: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return unit, level and code of codes given, with a row more for the theme of each."""
    of = coded[["unit", "code"]].merge(codes[["code", "theme"]], on="code")
    theme = of[["unit", "theme"]].dropna().rename(columns={"theme": "code"}).assign(level="theme")
    both = pd.concat([of[["unit", "code"]].assign(level="code"), theme], ignore_index=True)
    return both.drop_duplicates()


def _counts(theirs: set[str], ours: set[str]) -> dict[str, object]:
    both, nothing = len(theirs & ours), float("nan")
    counts: dict[str, object] = {"n_human": len(theirs), "n_machine": len(ours), "n_both": both}
    if len(theirs) < FEWEST:
        return {**counts, "recall": nothing, "precision": nothing, "f1": nothing, "caution": "few_units"}
    f1 = 2 * both / (len(theirs) + len(ours))
    return {**counts, "recall": both / len(theirs), "precision": both / len(ours) if ours else nothing, "f1": f1}


def comment_counts(
    suggestions: pd.DataFrame,
    units: pd.DataFrame,
    codes: pd.DataFrame,
    themes: pd.DataFrame,
    learned: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count comments in which the lexicon, and what was `learned`, suggest each theme, by side or group, and in all.

    Returns the frame `comment_counts`; a count of suggestions is not a finding.
    """
    comments = units.loc[units["channel"] == "comment", ["unit", "side", "group"]]
    if comments.empty:
        return empty(COMMENT_COUNTS)
    comments = comments.assign(group=comments["side"].fillna(comments["group"]).fillna("not known"))
    comments = pd.concat([comments, comments.assign(group="all")])
    touched = suggestions.merge(codes[["code", "theme"]].dropna(), on="code")[["unit", "theme"]].drop_duplicates()
    n = comments.groupby("group").size().rename("n_comments").reset_index()
    counted = themes[["theme"]].merge(n, how="cross").assign(n_suggested=_hits(comments, touched, themes, n))
    if learned is not None and len(learned):
        said = learned.loc[learned["level"] == "theme", ["unit", "code"]].drop_duplicates()
        counted["n_learned"] = _hits(comments, said.rename(columns={"code": "theme"}), themes, n)
    return conform(counted, COMMENT_COUNTS)


def _hits(comments: pd.DataFrame, touched: pd.DataFrame, themes: pd.DataFrame, n: pd.DataFrame) -> list[int]:
    """How many comments are touched, for every theme and group in turn."""
    hits = comments.merge(touched, on="unit").groupby(["theme", "group"]).size().to_dict()
    return [int(hits.get((theme, group), 0)) for theme in themes["theme"] for group in n["group"]]
