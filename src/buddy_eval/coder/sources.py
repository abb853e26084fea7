"""The sources that one coder may see: their texts, who speaks in them, where the coder's codings stand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError, StudyError, nearest
from buddy_eval.base.numbers import many
from buddy_eval.clean import comment_units
from buddy_eval.clean.comments import Batch, batches
from buddy_eval.coder.offers import offers
from buddy_eval.read import Raw, Transcript, read_raw
from buddy_eval.read.journals import Act, Held, place, span, suggestion
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import Study

NOBODY = "This study assigns sources to nobody, so all are shown; name the coders in its assignments before a run."
NOTHING = "the study has no transcripts or comments to code"


class Sources:
    """What is assigned to a coder, and nothing else; it does not change while the view is open.

    Raises
    ------
    StudyError : raw files that cannot be read.
    BuddyError : a coder to whom nothing is assigned.
    """

    def __init__(self, study: Study, coder: str) -> None:
        raw = read_raw(study, journals=False)
        self.coder, self.note, self.codebook = coder, "", load_codebook(study.codebook)
        assigned = raw.tables.get("assignments", pd.DataFrame())
        listed = {"source_id", "coder"} <= set(assigned) and assigned["coder"].notna().any()
        own = set(assigned.loc[assigned["coder"] == coder, "source_id"].dropna()) if listed else None
        texts, self.people = _interviews(raw)
        self.comments = dict[str, Batch]()
        if own is None or own - set(texts):
            instrument = load_instrument(study.instrument, self.codebook)
            self.comments = batches(comment_units(raw, study, instrument), instrument.items)
            texts |= {name: batch.transcript for name, batch in self.comments.items()}
            self.people |= {name: set(batch.turns) for name, batch in self.comments.items()}
        if not texts:
            raise StudyError(raw.faults) if raw.faults else BuddyError(NOTHING)
        self.texts = {source: text for source, text in texts.items() if own is None or source in own}
        if own is None:
            self.note = NOBODY
        elif not self.texts:
            known = sorted(set(assigned["coder"].dropna()))
            raise BuddyError(f"no source is assigned to coder {coder!r}: {nearest(coder, known)}")
        elif n := len(own - set(self.texts)):
            self.note = f"{many(n, 'source')} assigned to you cannot be read: {CALLED} check says why."
        self.turns = {source: self._turns(source) for source in self.texts}
        self._offers = dict[str, list[dict[str, Any]]]()
        self._places = dict[tuple[str, int, int], tuple[int, int] | None]()

    def asked(self, told: dict[str, Any]) -> str:
        """Return the source that an act names. Raises `ValueError` for one that the coder may not see."""
        source = told.get("source")
        if not isinstance(source, str) or source not in self.texts:
            raise ValueError("the source is not assigned")
        return source

    def passage(self, told: dict[str, Any]) -> Act:
        """Return what a journal keeps of the passage that an act names. Raises `ValueError` for what is none."""
        source, start, end = self.asked(told), told.get("start"), told.get("end")
        if type(start) is not int or type(end) is not int or start >= end:
            raise ValueError("the passage is no passage")
        for turn in self.turns[source]:
            if turn["codable"] and turn["start"] <= start and end <= turn["end"]:
                if source not in self.comments:
                    return span(self.texts[source].text, start, end)
                return {"comment": turn["speaker"], **span(turn["text"], start - turn["start"], end - turn["start"])}
        raise ValueError("the passage is not within one participant's turn")

    def where(self, act: Act) -> tuple[int, int] | None:
        """Return where the words of an act stand now in its source; None for no more."""
        known = (act["id"], act["start"], act["end"])
        if known not in self._places:  # looked for once
            text, at = self.texts[act["source"]].text, self._begins(act)
            if act["source"] in self.comments:
                turn = self.comments[act["source"]].turns.get(act.get("comment", ""))
                text = text[turn.start : turn.end] if turn else ""
            span = place(act, text)
            self._places[known] = span and (span[0] + at, span[1] + at)
        return self._places[known]

    def own(self, held: Held) -> dict[str, list[Act]]:
        """Return the coder's codings by source in reading order, where their words stand now; -1 for no more."""
        by_source: dict[str, list[Act]] = {source: [] for source in self.texts}
        for coding in held.codings.values():
            if coding["coder"] == self.coder and coding["source"] in by_source:
                start, end = self.where(coding) or (-1, -1)
                moved = start - self._begins(coding) != coding["start"]
                by_source[coding["source"]].append({**coding, "start": start, "end": end, "moved": moved})
        for codings in by_source.values():
            codings.sort(key=lambda one: (one["start"], one["end"]))
        return by_source

    def suggested(self, source: str) -> list[dict[str, Any]]:
        """Return what the machine suggests in a source, worked out when it is first asked for."""
        if source not in self._offers:
            offered = offers(self.texts[source], self.people[source], self.codebook)
            if source in self.comments:  # known by the comment and the place in it, as a journal keeps them
                for one in offered:
                    one["id"] = suggestion({**one, **self.passage({**one, "source": source})})
            self._offers[source] = offered
        return self._offers[source]

    def _begins(self, act: Act) -> int:
        """Where the text that an act counts in begins in its source."""
        batch = self.comments.get(act["source"])
        turn = batch.turns.get(act.get("comment", "")) if batch else None
        return turn.start if turn else 0

    def _turns(self, source: str) -> list[dict[str, Any]]:
        text, people = self.texts[source].text, self.people[source]
        turns = self.texts[source].turns
        asked = self.comments[source].questions if source in self.comments else ("",) * len(turns)
        return [
            {"speaker": turn.speaker, "start": turn.start, "end": turn.end, "text": text[turn.start : turn.end]}
            | {"codable": turn.speaker in people, "question": question}
            for turn, question in zip(turns, asked, strict=True)
        ]


def _interviews(raw: Raw) -> tuple[dict[str, Transcript], dict[str, set[str]]]:
    """The texts of all interviews that can be read, and the labels of those interviewed."""
    texts, people = dict[str, Transcript](), dict[str, set[str]]()
    rows = raw.tables.get("sources")
    if rows is not None and {"source", "file", "speaker", "participant"} <= set(rows):
        for source, group in rows.dropna(subset=["source", "file", "speaker"]).groupby("source", sort=True):
            if (transcript := raw.transcripts.get(str(group["file"].iloc[0]))) is not None:
                texts[str(source)] = transcript
                people[str(source)] = set(group.loc[group["participant"] != "interviewer", "speaker"])
    return texts, people
