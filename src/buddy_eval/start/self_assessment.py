"""One board that considers an arrangement: its answers as one page, with what is open, who owns it, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from buddy_eval.analyse.boards import IN_PLACE
from buddy_eval.base.dates import in_full
from buddy_eval.base.errors import Fault, refuse
from buddy_eval.clean.outcomes import board_answers
from buddy_eval.present.wording import UNRATED
from buddy_eval.publish.about import About
from buddy_eval.publish.word import markdown_docx
from buddy_eval.read import Raw
from buddy_eval.read.boards import ALONE, read_board
from buddy_eval.start.kit.documents import template
from buddy_eval.start.kit.workbooks import ALONE as LINES
from buddy_eval.start.kit.workbooks import board_workbook
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import Instrument, load_instrument

NOBODY, NO_DATE = "nobody yet", "no date yet"
STAND_IN = {
    "pair": "-",
    "side": "supporter",
    "wave": "1",
}  # a board alone has none of them, and every answer needs them


@dataclass(frozen=True)
class SelfAssessment:
    """What a board answered: `questions` holds question, wording, theme, rating, state, stands, owner, by."""

    board: str
    questions: pd.DataFrame

    @property
    def open(self) -> pd.DataFrame:
        """The open questions, the earliest date first, those without a date last."""
        waiting = self.questions[self.questions["state"] == "open"]
        return waiting.sort_values(["review_date", "position"], na_position="last", kind="stable")


def blank_workbook() -> bytes:
    """Return the workbook for a board that considers an arrangement: no pair, no side, no date of a start."""
    return board_workbook(load_instrument(), ("", "", "", "board"), LINES)


def self_assessment(path: Path, today: date) -> SelfAssessment:
    """Read the workbook of a board that considers an arrangement.

    A question is open where it is rated 0 to 2, not known, or not answered; not applicable is apart.
    A day before `today` is overdue.

    Raises
    ------
    StudyError : with every fault of the workbook: its row, the value, the remedy.
    """
    instrument, faults = load_instrument(), list[Fault]()
    returned = read_board(path, path.name, ALONE)
    raw = Raw(boards=[(path.name, returned.drop(columns="board").assign(**STAND_IN))])
    answers = board_answers(raw, instrument, faults, None)
    refuse(faults)
    every = instrument.questions[["question", "wording", "theme", "position"]].merge(answers, on="question", how="left")
    every = every.assign(status=every["status"].fillna("missing"))
    in_place, apart = (every["rating"] >= IN_PLACE).fillna(False), every["status"] == "not_applicable"
    state = pd.Series("open", index=every.index).mask(in_place, "place").mask(apart, "apart")
    stands = [
        _stands(rating, status, instrument) for rating, status in zip(every["rating"], every["status"], strict=True)
    ]
    by = [_by(day, today) for day in pd.to_datetime(every["review_date"])]
    standing = every.assign(state=state, stands=stands, owner=every["owner_role"].fillna(NOBODY), by=by)
    return SelfAssessment(str(returned["board"].iloc[0]), standing.sort_values("position"))


def page(assessment: SelfAssessment) -> bytes:
    """Return the answers as one page for the board, in Word."""
    counts = assessment.questions["state"].value_counts()
    labels = load_codebook().themes.sort_values("position")[["theme", "label"]]
    by_theme = pd.crosstab(assessment.questions["theme"], assessment.questions["state"])
    by_theme = by_theme.reindex(columns=["place", "open", "apart"], fill_value=0)
    themes = [
        {"label": label, **{str(name): int(n) for name, n in by_theme.loc[theme].items()}}
        for theme, label in labels.itertuples(index=False, name=None)
        if theme in by_theme.index
    ]
    facts = {
        "board": assessment.board, "n": len(assessment.questions), "themes": themes,
        "place": int(counts.get("place", 0)), "apart": int(counts.get("apart", 0)),
        "open": assessment.open[["wording", "stands", "owner", "by"]].to_dict("records"),
        "unowned": int((assessment.open["owner"] == NOBODY).sum()),
        "undated": int(assessment.open["review_date"].isna().sum()),
    }  # fmt: skip
    return markdown_docx(template("self-assessment.md").render(facts), About(assessment.board, "Before an arrangement"))


def _by(day: pd.Timestamp, today: date) -> str:
    if pd.isna(day):
        return NO_DATE
    return in_full(day) + (" (overdue)" if day.date() < today else "")


def _stands(rating: int, status: str, instrument: Instrument) -> str:
    return instrument.readiness[int(rating)] if pd.notna(rating) else UNRATED[status]
