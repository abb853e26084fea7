"""Board readiness: answers under each heading, as printed in the source and by analytic theme; what is still open."""

from __future__ import annotations

import pandas as pd

from buddy_eval.analyse.strands import latest_waves
from buddy_eval.schemas import conform
from buddy_eval.schemas.results import AGENDA, READINESS

VIEWS = {"source": "source_heading", "theme": "theme"}
MEDIAN_FROM = 3
IN_PLACE = 3
REASONS = ("apart", "dissonance", "one_board", "not_known", "open")  # why a question is asked now, the first first


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


def latest_returns(answers: pd.DataFrame) -> pd.DataFrame:
    """Return each board's agreed answers in its latest wave: the boards of a pair need not answer in the same one."""
    return latest_waves(answers[answers["member"] == "board"], ("pair", "side"))


def agenda(answers: pd.DataFrame, questions: pd.DataFrame, joint: pd.DataFrame) -> pd.DataFrame:
    """List what the boards of each pair have still to answer, in the order in which to ask it.

    A question is open where a board that it applies to does not have it in place (rated 3 or 4), with its latest
    return. First come those of themes on which the sides point in opposite directions (`apart`) or the kinds of
    evidence contradict each other (`dissonance`), then those that one board has in place and the other has not
    (`one_board`), those that a board cannot answer (`not_known`), and all others (`open`); within a reason the lowest
    rated first. Each side's row is kept, with who owns the answer and when it is looked at again.

    Returns the frame `agenda`.
    """
    agreed = latest_returns(answers).merge(questions, on="question")
    agreed = agreed.merge(joint[["pair", "theme", "sides", "rating"]], on=["pair", "theme"], suffixes=("", "_joint"))
    applies = agreed["status"] != "not_applicable"
    short = applies & ~(agreed["rating"] >= IN_PLACE).fillna(value=False).astype("bool")
    by_question = [agreed["pair"], agreed["question"]]
    behind = short.groupby(by_question).transform("sum")
    boards = applies.groupby(by_question).transform("sum")
    unknown = (agreed["status"] == "dont_know").groupby(by_question).transform("any")
    holds = [agreed["sides"] == "apart", agreed["rating_joint"] == "dissonance", behind < boards, unknown]
    reason = pd.Series(REASONS[-1], index=agreed.index)
    for name, where in reversed(list(zip(REASONS, holds, strict=False))):
        reason = reason.mask(where, name)
    lowest = agreed["rating"].groupby(by_question).transform("min").fillna(0)
    order = agreed.assign(open=short, reason=reason, lowest=lowest, rank=reason.map(REASONS.index))[behind > 0]
    order = order.sort_values(["pair", "rank", "lowest", "position", "side"], kind="stable")
    return conform(order.assign(place=order.groupby("pair")["question"].transform(_numbered)), AGENDA)


def _numbered(names: pd.Series) -> pd.Series:
    """Number the names of a list in the order of their first place, from 1."""
    return pd.Series(pd.factorize(names)[0] + 1, index=names.index)
