"""Who took part: interviewees and respondents in one table, survey answers and comments by person."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.categories import stacked
from buddy_eval.base.errors import Fault, StudyError, closest
from buddy_eval.clean.respondents import Places, placed
from buddy_eval.clean.types import elsewhere, known
from buddy_eval.read import Raw
from buddy_eval.read.mapping import confirmed
from buddy_eval.read.surveys import answers as survey_rows
from buddy_eval.read.surveys import matched
from buddy_eval.schemas import clean as schemas
from buddy_eval.study.instrument import Instrument
from buddy_eval.study.settings import Study

GROUP = ["kind", "pair", "side", "role", "wave"]
RESPONSES = schemas.RESPONSES.names
TWICE = "this respondent stands in another file of the wave too"
MANY = 10  # people with one and the same answer, from which on it is said
COMMENTS = ["participant", "pair", "side", "role", "wave", "item", "text", "file"]


def survey_answers(
    raw: Raw, study: Study, instrument: Instrument, faults: list[Fault], pairs: set[str] | None, stands: Places
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the answers (columns of `RESPONSES`, words as categories) and comments of all survey files together."""
    long, words = list[pd.DataFrame](), [pd.DataFrame(columns=COMMENTS)]
    seen = set[tuple[object, ...]]()
    for survey, frame in raw.surveys:
        file = f"data/raw/{survey.file}"
        try:
            mapping = confirmed(study.root / survey.map, survey.map, instrument) if survey.map else None
        except StudyError as error:
            faults += error.faults
            continue
        columns = {**matched(frame.columns, instrument, raw.texts.get(survey.file)), **(mapping or {})}
        frame, columns, strangers = placed(frame, columns, stands, file)
        numbers = raw.labels.get(survey.file)
        answered, comments, faulty, unused = survey_rows(
            frame, instrument, file, survey.wave, linked=study.linked, mapping=columns, labels=numbers
        )
        faults += strangers + faulty
        if answered.empty and comments.empty:
            continue
        rows = answered if len(answered) else comments
        rows = rows[~rows.index.duplicated()]
        raw.note(file, "respondents", "read", int(rows["participant"].nunique()))
        items = zip(instrument.items["wording"], instrument.items["item"], strict=True)
        wanted = {str(wording): str(item) for wording, item in items if item not in columns}
        for column in unused:
            near = wanted.get(closest(column, wanted), "")
            why = "matches no item" + (f"; did you mean {near}? then: {CALLED} map" if near else "")
            raw.note(file, f"column {column}", "left out", int(frame[column].notna().sum()), why)
        for item, answer in _constant(answered):
            raw.note(file, f"item {item}", "constant", len(rows), f"everybody answers {answer}: is that so?")
        faults += known(rows, "pair", pairs, file, "among the pairs")
        people = rows.dropna(subset=["participant", "wave"])
        faults += elsewhere(people, ["participant", "wave"], seen, file, TWICE, "give everybody an id of their own")
        long += [answered] if len(answered) else []
        words.append(comments.assign(file=file))
    together = stacked(long or [pd.DataFrame(columns=RESPONSES)]).reset_index(drop=True)
    return together[RESPONSES], pd.concat(words[1:] or words, ignore_index=True)


def _constant(answers: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """Items to which many people give one and the same answer, with the answer."""
    ends = answers.groupby("item")["answer"].agg(["count", "min", "max"])
    for item, answer in ends.loc[(ends["count"] >= MANY) & (ends["min"] == ends["max"]), "min"].items():
        yield str(item), int(answer)


def everybody(interviewees: pd.DataFrame, answers: pd.DataFrame, comments: pd.DataFrame) -> pd.DataFrame:
    """One row a person: interviewees as listed; respondents, whose comments are quoted nowhere."""
    columns = ["participant", "pair", "side", "role"]
    each = [frame[columns].drop_duplicates("participant") for frame in (answers, comments)]
    respondents = pd.concat(each).drop_duplicates("participant")
    return pd.concat(
        [interviewees.assign(kind="interview"), respondents.assign(kind="survey", consent=True, quotes=False)],
        ignore_index=True,
    )


def took_part(people: pd.DataFrame, units: pd.DataFrame, answers: pd.DataFrame) -> pd.Series:
    """Count those who took part by kind, pair, side, role and wave: who speaks in an interview, who answers."""
    spoke = units.loc[units["channel"] == "interview", ["participant", "wave"]].dropna().drop_duplicates()
    interviewed = spoke.merge(people, on="participant").assign(kind="interview")
    surveyed = answers.drop_duplicates(["participant", "wave"]).assign(kind="survey")
    return pd.concat([interviewed[GROUP], surveyed[GROUP]]).groupby(GROUP).size().rename("took_part")


def asked_fewer(invitations: pd.DataFrame, took: pd.Series, raw: Raw) -> list[Fault]:
    """Return a fault for every group of which fewer people were asked than took part."""
    beside = invitations.reset_index(names="row").merge(took.reset_index(), on=GROUP, how="left")
    few = beside[beside["invited"] < beside["took_part"].fillna(0)]
    remedy = "count everybody who was asked, or take the row out where nobody counted"
    file, took_part = raw.files.get("invitations", "invitations"), few["took_part"].fillna(0).astype("int64")
    faults = []
    told = zip(few["row"], few["invited"], took_part, *(few[name] for name in GROUP), strict=True)
    for row, invited, n, kind, pair, side, role, wave in told:
        problem = f"{invited} asked, and {n} took part ({kind}, {pair}, {side}, {role}, wave {wave})"
        faults.append(Fault(file, int(row), problem, remedy, "invited"))
    return faults
