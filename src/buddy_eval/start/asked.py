"""Which items of the instrument a survey's file does not carry: not asked there, or asked under another wording."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from buddy_eval.analyse.scores import reversed_answers, scored_answers
from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import StudyError
from buddy_eval.read.mapping import confirmed
from buddy_eval.read.raw import Raw
from buddy_eval.read.surveys import matched
from buddy_eval.study.inputs import SurveyFile
from buddy_eval.study.instrument import Instrument, plain_label
from buddy_eval.study.settings import Study

IN_WORDS = 3  # items that a line gives with their wording


def unasked(
    survey: SurveyFile, frame: pd.DataFrame, raw: Raw, study: Study, instrument: Instrument
) -> tuple[list[str], list[str]]:
    """Say which items were not asked, as no column holds them; or, apart, that some column might in other words.

    A column might be one where it matches nothing and somebody answers on the scale in it, or in words. Where a person
    has confirmed a map of the columns, none might. A map with faults says them elsewhere.
    """
    try:
        mapped = confirmed(study.root / survey.map, survey.map, instrument) if survey.map else {}
    except StudyError:
        return [], []
    columns = {**matched(frame.columns, instrument, raw.texts.get(survey.file)), **mapped}
    items = instrument.items[~instrument.items["item"].isin(columns)]
    if len(items) in {0, len(instrument.items)}:
        return [], []
    shown = [f"{item} ({wording!r})" if place < IN_WORDS else item
             for place, (item, wording) in enumerate(zip(items["item"], items["wording"], strict=True))]  # fmt: skip
    kinds = {"free_text" if kind == "free_text" else "scale" for kind in items["kind"]}
    strangers = [repr(name) for name in frame.columns.drop(list(set(columns.values()) & set(frame.columns)))
                 if not survey.map and _answers(frame[name].dropna(), instrument) in kinds]  # fmt: skip
    if not strangers:
        return [f"did not ask {', '.join(shown)}; a score takes the items that every wave asked of everybody"], []
    remedy = f"where one is such an item in other words, say so: {CALLED} map"
    return [], [
        f"the file has no answers to {', '.join(shown)}, and no item is called {', '.join(strangers)}; {remedy}"
    ]


def _answers(cells: pd.Series, instrument: Instrument) -> str:
    """What a column that matches no item holds: answers on the scale, free text, or neither."""
    if cells.map(plain_label).isin(list(instrument.labels)).any():
        return "scale"
    return "free_text" if cells.str.contains(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}").any() else ""


def unscored(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Yield a line on the themes that people were asked about, and of too few of whose items everybody was asked."""
    responses, items = tables["responses"], tables["items"]
    scored = set(scored_answers(responses, items)["theme"])
    lacking = [theme for theme in reversed_answers(responses, items)["theme"].unique() if theme not in scored]
    if lacking:
        yield (
            f"survey: no score of {', '.join(lacking)}: fewer than half of the items were asked of everybody in every "
            "wave; ask the same items in every wave, or name an instrument of those that you ask"
        )
