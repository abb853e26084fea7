"""Board readiness: answers under each heading, as printed in the source and by analytic theme."""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform
from buddy_eval.schemas.results import OPEN_QUESTIONS, READINESS

VIEWS = {"source": "source_heading", "theme": "theme"}
MEDIAN_FROM = 3
IN_PLACE = 3


def readiness(answers: pd.DataFrame, questions: pd.DataFrame) -> pd.DataFrame:
    """Summarise each board's agreed answers by heading, in the view as printed and in the analytic one.

    Not applicable and don't know are counted apart and enter no figure. The median is given from three rated
    questions on; below that the lowest and the highest are the two answers.

    Returns the frame `readiness`.
    """
    agreed = answers[answers["member"] == "board"].merge(questions, on="question")
    parts = []
    for view, column in VIEWS.items():
        named = agreed.assign(view=view, heading=agreed[column])
        grouped = named.groupby(["view", "heading", "pair", "side", "wave"])
        summary = grouped.agg(
            n_questions=("question", "size"),
            n_rated=("rating", "count"),
            lowest=("rating", "min"),
            median=("rating", "median"),
            highest=("rating", "max"),
            in_place=("rating", lambda ratings: int((ratings >= IN_PLACE).sum())),
            not_applicable=("status", lambda status: int((status == "not_applicable").sum())),
            dont_know=("status", lambda status: int((status == "dont_know").sum())),
        )
        parts.append(summary.reset_index())
    together = pd.concat(parts, ignore_index=True)
    together["median"] = together["median"].astype("float64").where(together["n_rated"] >= MEDIAN_FROM)
    return conform(together, READINESS)


def open_questions(answers: pd.DataFrame, questions: pd.DataFrame) -> pd.DataFrame:
    """List what each board has open in its latest return, with who answers for it and when it is looked at again.

    Open is what the board's agreed answer rates 0 to 2, does not know, or leaves empty; not applicable is not open.

    Returns the frame `open_questions`.
    """
    agreed = answers[answers["member"] == "board"]
    latest = agreed[agreed["wave"] == agreed.groupby(["pair", "side"])["wave"].transform("max")]
    in_place = (latest["rating"] >= IN_PLACE).fillna(False)
    left = latest[~in_place & (latest["status"] != "not_applicable")]
    return conform(left.merge(questions, on="question"), OPEN_QUESTIONS)
