"""The sources that one coder may see: their texts, who speaks in them, where the coder's codings stand."""

from __future__ import annotations

from typing import Any

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError, StudyError, nearest
from buddy_eval.coder.offers import offers
from buddy_eval.read import Transcript, read_raw
from buddy_eval.read.journals import Act, Held, place, span
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import Study

NOBODY = "This study assigns sources to nobody, so all are shown; name the coders in its assignments before a run."


class Sources:
    """What is assigned to a coder, and nothing else; it does not change while the view is open.

    Raises
    ------
    StudyError : raw files that cannot be read.
    BuddyError : a coder to whom nothing is assigned.
    """

    def __init__(self, study: Study, coder: str) -> None:
        raw = read_raw(study, journals=False)
        rows = raw.tables.get("sources")
        if rows is None or not {"source", "file", "speaker", "participant"} <= set(rows) or not raw.transcripts:
            raise StudyError(raw.faults) if raw.faults else BuddyError("the study has no transcripts to code")
        self.coder, self.note, self.codebook = coder, "", load_codebook(study.codebook)
        self.texts, self.people = dict[str, Transcript](), dict[str, set[str]]()
        for source, group in rows.dropna(subset=["source", "file", "speaker"]).groupby("source", sort=True):
            if (transcript := raw.transcripts.get(str(group["file"].iloc[0]))) is not None:
                self.texts[str(source)] = transcript
                self.people[str(source)] = set(group.loc[group["participant"] != "interviewer", "speaker"])
        assigned = raw.tables.get("assignments")
        if assigned is None or not {"source_id", "coder"} <= set(assigned) or assigned["coder"].isna().all():
            self.note = NOBODY
        else:
            own = set(assigned.loc[assigned["coder"] == coder, "source_id"])
            self.texts = {source: text for source, text in self.texts.items() if source in own}
            if not self.texts:
                known = sorted(set(assigned["coder"].dropna()))
                raise BuddyError(f"no source is assigned to coder {coder!r}: {nearest(coder, known)}")
            if n := len(own - set(self.texts)):
                self.note = f"{n} source{'s' * (n != 1)} assigned to you cannot be read: {CALLED} check says why."
        self.turns = {source: self._turns(source) for source in self.texts}
        self._offers = dict[str, list[dict[str, Any]]]()
        self._places = dict[tuple[str, int, int], tuple[int, int]]()

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
        if not any(turn["codable"] and turn["start"] <= start and end <= turn["end"] for turn in self.turns[source]):
            raise ValueError("the passage is not within one participant's turn")
        return span(self.texts[source].text, start, end)

    def own(self, held: Held) -> dict[str, list[Act]]:
        """Return the coder's codings by source in reading order, where their words stand now; -1 for no more."""
        found: dict[str, list[Act]] = {source: [] for source in self.texts}
        for coding in held.codings.values():
            if coding["coder"] == self.coder and coding["source"] in found:
                known = (coding["id"], coding["start"], coding["end"])
                if known not in self._places:  # looked for once
                    self._places[known] = place(coding, self.texts[coding["source"]].text) or (-1, -1)
                start, end = self._places[known]
                found[coding["source"]].append({**coding, "start": start, "end": end})
        for codings in found.values():
            codings.sort(key=lambda one: (one["start"], one["end"]))
        return found

    def suggested(self, source: str) -> list[dict[str, Any]]:
        """Return what the machine suggests in a source, worked out when it is first asked for."""
        if source not in self._offers:
            self._offers[source] = offers(self.texts[source], self.people[source], self.codebook)
        return self._offers[source]

    def _turns(self, source: str) -> list[dict[str, Any]]:
        text, people = self.texts[source].text, self.people[source]
        return [
            {"speaker": turn.speaker, "start": turn.start, "end": turn.end, "text": text[turn.start : turn.end]}
            | {"codable": turn.speaker in people}
            for turn in self.texts[source].turns
        ]
