"""Comments as people code them: their names, the batches that are assigned, codings found again by their words."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from buddy_eval.base.errors import Fault, nearest
from buddy_eval.read import Raw, Transcript
from buddy_eval.read.journals import place
from buddy_eval.read.transcripts import Turn

RAW = "data/raw/"
APART = "\n\n"  # between two comments of a batch; no passage holds it
# Words that fill a box and say nothing, without blanks and stops. "No" and "nothing" are not among them: to many a
# question they are the answer.
NO_COMMENT = {
    "", "na", "nocomment", "nocomments", "nofurthercomment", "nofurthercomments", "none", "nil", "notapplicable",
    "nothingtoadd",
}  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """Comments that are assigned together: their text, a turn a comment, the turns' questions, every comment's turn.

    A journal counts in each comment by itself: what is added to a file of answers moves nothing.
    """

    transcript: Transcript
    questions: tuple[str, ...]
    turns: dict[str, Turn]


def speaks(text: str) -> bool:
    """Tell whether a comment says anything.

    >>> speaks("Fewer meetings."), speaks("n/a"), speaks(" - "), speaks("No comment.")
    (True, False, False, False)
    """
    plain = (letter for letter in text.casefold() if unicodedata.category(letter)[0] not in "PZC")
    return "".join(plain) not in NO_COMMENT


def that_speak(units: pd.DataFrame, coded: Collection[str], raw: Raw) -> pd.DataFrame:
    """Return the comments (units) that say anything, or that somebody has coded; the log names how many do not."""
    kept = units["text"].map(speaks).astype("bool") | units["unit"].isin(coded)
    for file, mine in kept.groupby(units["source"], sort=False):
        raw.note(str(file), "comments", "read", int(mine.sum()))
        if left := int((~mine).sum()):
            raw.note(str(file), "comments", "left out", left, "they say nothing: n/a, none, a stroke, no comment")
    return units[kept].reset_index(drop=True)


def loose_comments(comments: pd.DataFrame, other: pd.DataFrame, file: str, *, linked: bool) -> pd.DataFrame:
    """Comments as units: those of the survey under their respondent, others under their own names.

    Where respondents are `linked` over waves, the wave is a part of the name.
    """
    survey = comments.rename(columns={"item": "question", "file": "source"})
    wave = "-w" + survey["wave"].astype("str") if linked else ""
    survey = survey.assign(unit=survey["participant"] + wave + "." + survey["question"])
    loose = other.rename(columns={"comment": "unit"}).assign(source=file).dropna(subset=["text"])
    units = pd.concat([part for part in (survey, loose) if len(part)] or [survey], ignore_index=True)
    units = units[units["text"].str.strip() != ""]
    return units.assign(channel="comment", turn=1, start=0, end=units["text"].str.len(), codable=True)


def assigned_as(units: pd.DataFrame) -> pd.Series:
    """Return what the list of assignments calls the source of each unit.

    An interview goes by its name, comments by their file and pair.

    >>> units = {"source": ["a", "data/raw/s.csv"], "pair": ["P", "P"], "channel": ["interview", "comment"]}
    >>> assigned_as(pd.DataFrame(units)).tolist()
    ['a', 's.csv P']
    """
    pair = (" " + units["pair"].astype("str")).fillna("")
    file = units["source"].astype("str").str.removeprefix(RAW)
    return units["source"].where(units["channel"] == "interview", file + pair)


def counted_in(units: pd.DataFrame) -> pd.Series:
    """Return the name of the text in which each unit's offsets count: an interview's, or the comment's own."""
    return units["source"].where(units["channel"] == "interview", units["unit"])


def on_comments(codings: pd.DataFrame, raw: Raw, comments: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
    """Return codings (index: rows of the table of codings) with those of journals where a comment's words stand now."""
    texts = dict(zip(comments["unit"], comments["text"], strict=True))
    start, end = codings["start"].copy(), codings["end"].copy()
    for row, (act, file, line) in raw.on_comments.items():
        name = str(act["comment"])
        if name not in texts:
            problem = f"comment {name!r} is not among the comments of {act['source']!r}"
            faults.append(Fault(file, line, problem, nearest(name, texts)))
        elif (span := place(act, texts[name])) is None:
            problem = f"the comment {name!r} has changed, and the coded words stand there no more, or more than once"
            remedy = "put the comment back, or drop the coding and code it again"
            faults.append(Fault(file, line, problem, remedy))
        elif row in start.index:
            start[row], end[row] = span
            if span[0] != act["start"]:
                moved = f"from character {act['start']} to {span[0]}: the comment has changed"
                raw.note(file, f"coding in line {line}", "converted", 1, moved)
    return codings.assign(start=start, end=end)


def batches(units: pd.DataFrame, items: pd.DataFrame) -> dict[str, Batch]:
    r"""Return the comments (`units`) by what assignments call them, in the order of the questions (`items`).

    >>> units = pd.DataFrame({"unit": ["W1-2.F1", "W1-1.F1"], "source": "data/raw/s.csv", "channel": "comment"})
    >>> units = units.assign(pair="P", question="F1", text=["Good.", "Bad."])
    >>> made = batches(units, pd.DataFrame({"item": ["F1"], "wording": ["How was it?"]}))["s.csv P"]
    >>> made.transcript.text, made.questions, made.turns["W1-1.F1"].start
    ('Good.\n\nBad.', ('How was it?', 'How was it?'), 7)
    """
    wording = dict(zip(items["item"], items["wording"], strict=True))
    place = {item: number for number, item in enumerate(wording)}
    order = units["question"].map(place).fillna(len(place))
    asked = units["question"].map(wording).fillna(units["question"]).fillna("")
    rows = units.assign(batch=assigned_as(units), order=order, asked=asked)
    rows = rows.sort_values(["order", "asked"], kind="stable")
    frames = {}
    for name, part in rows.groupby("batch", sort=True):
        turns, at = dict[str, Turn](), 0
        for unit, text in zip(part["unit"], part["text"], strict=True):
            turns[str(unit)] = Turn(str(unit), at, at + len(text))
            at += len(text) + len(APART)
        text = Transcript(APART.join(part["text"]), tuple(turns.values()))
        frames[str(name)] = Batch(text, tuple(part["asked"]), turns)
    return frames
