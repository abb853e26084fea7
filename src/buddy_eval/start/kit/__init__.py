"""What a team collects with: questionnaires, guides, sheets, workbooks, made from its codebook and instrument."""

from __future__ import annotations

import re

import pandas as pd

from buddy_eval.base.names import unique
from buddy_eval.schemas import raw as forms
from buddy_eval.start.answers import answers_file
from buddy_eval.start.kit.documents import documents
from buddy_eval.start.kit.questionnaire import questionnaire
from buddy_eval.start.kit.survey_files import FILES
from buddy_eval.start.kit.workbooks import board_workbook
from buddy_eval.start.setup import Setup
from buddy_eval.study.codebook import Codebook
from buddy_eval.study.instrument import Instrument

__all__ = ["kit"]


def kit(setup: Setup, codebook: Codebook, instrument: Instrument, last: pd.DataFrame | None = None) -> dict[str, bytes]:
    """Return the files to send out and to keep at hand, by their name below the folder of the kit.

    `last` holds what the boards answered in the round before; it stands beside the questions of their workbooks.
    """
    survey = questionnaire(setup, instrument)
    files = {"answers.toml": answers_file(setup)}
    if setup.tool in FILES:
        name, write = FILES[setup.tool]
        files[f"survey/{name}"] = write(survey)
    for one in setup.arrangements:
        for side in ("supporter", "receiver"):
            stem = file_name(f"{one.pair} {getattr(one, side).name}") + f" round {setup.wave}" * (setup.wave > 1)
            stem = unique(stem, lambda stem: _board(stem) in files)  # of its round: none is saved over another
            before = None if last is None else last[(last["pair"] == one.pair) & (last["side"] == side)]
            files[_board(stem)] = board_workbook(instrument, (one.pair, side, setup.wave, "board"), last=before)
    return {**files, **documents(setup, codebook, instrument, survey, forms.TABLES)}


def file_name(text: str) -> str:
    """Return a text as a file name that every system takes.

    >>> file_name("P1 St. Mary's & Co/NHS Trust")
    'P1 St Marys Co NHS Trust'
    """
    return " ".join(re.sub(r"[^\w\s-]", " ", text.replace("'", "").replace("\u2019", "").replace(".", "")).split())[:80]


def _board(stem: str) -> str:
    return f"boards/{stem}.xlsx"
