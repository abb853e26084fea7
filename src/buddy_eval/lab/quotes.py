"""Quotes by choosing: the passages that may be quoted, what stands against each, and a person's choice."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.numbers import many
from buddy_eval.base.profiles import PROFILES, READERS
from buddy_eval.coder.server import FILES
from buddy_eval.coding.by_hand.approvals import Passage, approve, approved
from buddy_eval.coding.by_hand.journal import checked_name
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.rules import LEAST_POSTS, SENSITIVE, attribution
from buddy_eval.publish.gate.known import known
from buddy_eval.publish.gate.mentions import mentions, perhaps_names, still_waiting
from buddy_eval.publish.gate.rules import Known, tokens
from buddy_eval.publish.gate.text import text_faults
from buddy_eval.read import read_raw
from buddy_eval.read.names import moved, read_names
from buddy_eval.study.settings import Study

HERE = Path(__file__).parent
PAGE = {
    **FILES,  # the page of the coder's view, with another view on it
    "view.js": (HERE / "quotes.js", "text/javascript"),
    "view.css": (HERE / "quotes.css", "text/css"),
}
CONTEXT = 300  # characters before and after a passage
RULES = [
    "Only words of people who consented and agreed to be quoted stand here, and none that a coder marked as sensitive.",
    f"A post is named beside a quote for the public where {LEAST_POSTS['public']} people or more hold it on that side, "
    "else the side, else nothing.",
    "Words with a capital wait for a decision: say that they name nobody whom the readers may not know, or leave it.",
    "A passage with a name, a trust, or what finds a person cannot be approved for readers who may not know it.",
]
Told = dict[str, Any]
Stand = dict[Passage, tuple[str, str, str, str]]


class Quotes:
    """What one person may approve for quoting in a study whose tables are made; `by` is who approves.

    `of` are the sources to choose from (default: all).

    Raises
    ------
    BuddyError : the tables are not made yet, the study names no list of approvals, or the name cannot stand in it.
    """

    def __init__(self, study: Study, by: str, of: Collection[str] | None = None) -> None:
        checked_name(by)
        path = study.raw_path("approvals")
        if path is None:
            raise BuddyError('study.toml: [raw] names no approvals; add approvals = "approvals.csv"')
        self.study, self.by, self.path, self._lock = study, by, path, threading.Lock()
        read = Results(study, "internal").table
        people, units, consensus = read("participants"), read("units"), read("consensus")
        self.people, self.texts = (
            people,
            read("sources").drop_duplicates("source").set_index("source")["text"].to_dict(),
        )
        said = units[units["codable"] & units["turn"].notna()]
        said = said if of is None else said[said["source"].isin(of)]
        said = said.merge(people, on="participant", suffixes=("", "_"))
        may = said["consent"] & said["quotes"]
        sensitive = said["unit"].isin(consensus.loc[consensus["code"] == SENSITIVE, "unit"])
        self.left_out = {"of people who did not agree": int((~may).sum()), "sensitive": int((may & sensitive).sum())}
        said = said[may & ~sensitive].sort_values(["source", "start"])
        columns = ["unit", "source", "participant", "pair", "turn", "start", "end"]
        self._said: dict[str, list[dict[Any, Any]]] = {
            str(source): group[columns].to_dict("records") for source, group in said.groupby("source")
        }
        coded = consensus[consensus["present"]].merge(read("codes")[["code", "theme", "name"]], on="code")
        coded = coded.dropna(subset=["theme"])
        self._codes = {unit: list(zip(own["theme"], own["name"], strict=True)) for unit, own in coded.groupby("unit")}
        spoken = people[people["participant"].isin(said["participant"])]
        self._as = {
            profile: dict(zip(spoken["participant"], attribution(spoken, people, profile, least), strict=True))
            for profile, least in LEAST_POSTS.items()
        }
        self.themes = read("themes").set_index("theme")["label"].to_dict()
        # a number of people in words that are approved may stand, as the gate has it
        self._known: Callable[[str, str], Known] = cache(lambda *whom: replace(known(study, *whom), suppress_below=0))
        self._back = _raw_places(study)

    def ask(self, path: str, told: object) -> Told | None:
        """Answer ``about`` or ``passage``; None for what is not known."""
        if path == "passage" and isinstance(told, dict):
            return self.passage(str(told.get("source")), int(told.get("start", -1)), int(told.get("end", -1)))
        return self.about() if path == "about" else None

    def about(self) -> Told:
        """Return the passages: every coded sentence, and what is approved already, with all that bears on it."""
        stand = approved(self.path)
        sentences = [row for rows in self._said.values() for row in rows if row["unit"] in self._codes]
        spans = {(str(row["source"]), int(row["start"]), int(row["end"])) for row in sentences}
        spans |= {span for span in map(self._span_here, stand) if span is not None}
        left = [f"{many(n, 'sentence is', 'sentences are')} left out: {why}" for why, n in self.left_out.items() if n]
        return {
            "title": f"Choose quotes: {self.study.title}", "by": self.by, "rules": [*RULES, *left],
            "audiences": [[profile, READERS[profile]] for profile in PROFILES],
            "themes": [*self.themes.items()],
            "passages": [passage for span in sorted(spans) if (passage := self.passage(*span, stand))],
        }  # fmt: skip

    def passage(self, source: str, start: int, end: int, stand: Stand | None = None) -> Told | None:
        """Return what bears on one passage; None where it does not lie in one turn of one person."""
        here = self._said.get(source, [])
        own = [row for row in here if row["start"] < end and row["end"] > start]
        if not own or not own[0]["start"] <= start < end <= own[-1]["end"]:
            return None
        if len({(row["participant"], row["turn"]) for row in own}) > 1:
            return None
        text, pair, who = str(self.texts[source]), str(own[0]["pair"]), own[0]["participant"]
        quote, turn = text[start:end], [row for row in here if row["turn"] == own[0]["turn"]]
        codes = {code for row in own for code in self._codes.get(row["unit"], [])}
        place = self._raw_span(source, start, end)
        stood = (approved(self.path) if stand is None else stand).get(place, ("", "", "", ""))
        audience, by, on, names_nobody = stood
        return {
            "source": source, "start": start, "end": end, "quote": quote,
            "before": text[max(0, start - CONTEXT) : start], "after": text[end : end + CONTEXT],
            "themes": sorted({theme for theme, _ in codes}), "codes": sorted({name for _, name in codes}),
            "longer": next((int(row["end"]) for row in turn if row["end"] > end), None),
            "shorter": next((int(row["end"]) for row in turn[::-1] if start < row["end"] < end), None),
            "against": {profile: self._against(quote, profile, pair) for profile in PROFILES},
            "as": {profile: self._as[profile][who] for profile in PROFILES},
            "look": mentions(quote, []), "audience": audience, "approved_by": by, "approved_on": on,
            "waiting": still_waiting(quote, names_nobody),
        }  # fmt: skip

    def act(self, told: Told) -> Told:
        """Write down for whom a passage is approved, or that it is for nobody; return how it stands then.

        Raises
        ------
        ValueError : the passage or the readers are not known, something stands against them, or words wait for a
        decision (`names_nobody` is not true) that readers outside would get; nothing was written.
        BuddyError : the list cannot be written; it stays as it was.
        """
        source, audience = (str(told.get(name) or "") for name in ("source", "audience"))
        start, end = told.get("start"), told.get("end")
        if type(start) is not int or type(end) is not int:
            raise ValueError("the passage is not known")
        with self._lock:
            chosen = self.passage(source, start, end)
            if chosen is None or (audience and audience not in PROFILES):
                raise ValueError("the passage is not known")
            wider = PROFILES[: PROFILES.index(audience) + 1] if audience else ()
            if against := [line for profile in wider for line in chosen["against"][profile]]:
                raise ValueError(f"it cannot be approved for {READERS[audience]}: {'; '.join(dict.fromkeys(against))}")
            words = perhaps_names(chosen["quote"]) if audience in PROFILES[1:] else []
            if chosen["waiting"] and words and told.get("names_nobody") is not True:
                raise ValueError(f"first say that this names nobody whom they may not know: {', '.join(words)}")
            place, today = self._raw_span(source, start, end), str(datetime.now(UTC).date())
            approve(self.path, place, audience, self.by, today, "; ".join(words))
            return self.passage(source, start, end) or {}

    def _against(self, quote: str, profile: str, pair: str) -> list[str]:
        """What the gate would refuse of a passage for readers of a profile, once its words are approved."""
        rules = self._known(profile, pair if profile == "partners" else "")
        faults = text_faults(quote, "", "it holds", rules, frozenset(tokens(quote)))
        return [fault.problem.replace("it holds: ", "it holds ") for fault in faults]

    def _raw_span(self, source: str, start: int, end: int) -> tuple[str, int, int]:
        return source, self._back(source, start, False), self._back(source, end, True)

    def _span_here(self, span: tuple[str, int, int]) -> tuple[str, int, int] | None:
        """A passage of the list as the tables count, where it is whole sentences that may be quoted."""
        own = self._said.get(span[0], [])
        starts = {self._back(span[0], int(row["start"]), False): int(row["start"]) for row in own}
        ends = {self._back(span[0], int(row["end"]), True): int(row["end"]) for row in own}
        return (span[0], starts[span[1]], ends[span[2]]) if span[1] in starts and span[2] in ends else None


def _raw_places(study: Study) -> Callable[[str, int, bool], int]:
    """Return where an offset of the tables lies in the raw text: the same, but where pseudonyms stand for names."""
    names = read_names(study)
    if names is None:
        return lambda source, place, end: place
    raw = read_raw(replace(study, pseudonyms=None), journals=False)
    files = raw.tables["sources"].drop_duplicates("source").set_index("source")["file"]
    texts = {names.said(str(source)): raw.transcripts[file].text for source, file in files.items()}
    shifts = {source: names.shifts(text) for source, text in texts.items()}

    def back(source: str, place: int, end: bool) -> int:
        return bisect_left(range(len(texts[source]) + 1), place, key=lambda at: moved(at, shifts[source], end=end))

    return back
