"""What one coder may see and do: the sources assigned, the codebook, the coder's own acts, and nothing of others."""

from __future__ import annotations

import string
import threading
from typing import Any

from buddy_eval.base.errors import BuddyError, StudyError, nearest
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.read import Transcript, read_raw
from buddy_eval.read.by_hand import journals_folder
from buddy_eval.read.journals import MARKS, Act, Held, fold, place, span
from buddy_eval.read.projects import MARKED
from buddy_eval.study.codebook import Codebook, load_codebook
from buddy_eval.study.settings import Study

LONGEST_MEMO = 10_000  # characters
DIGITS = "1234567890"
NOBODY = "This study assigns sources to nobody, so all are shown; name the coders in its assignments before a run."


class Session:
    """One coder's work on a study: what is sent to the view, and every act that comes back.

    Raises
    ------
    StudyError : raw files that cannot be read.
    BuddyError : a coder to whom nothing is assigned, or whose name cannot name a file.
    """

    def __init__(self, study: Study, coder: str) -> None:
        raw = read_raw(study, journals=False)
        rows = raw.tables.get("sources")
        if rows is None or not {"source", "file", "speaker", "participant"} <= set(rows) or not raw.transcripts:
            raise StudyError(raw.faults) if raw.faults else BuddyError("the study has no transcripts to code")
        self.title, self.coder, self.note = study.title, coder, ""
        self.journal = Journal(journals_folder(study), coder)
        self.codebook = load_codebook(study.codebook)
        self.sources, self.people = dict[str, Transcript](), dict[str, set[str]]()
        for source, group in rows.dropna(subset=["source", "file", "speaker"]).groupby("source", sort=True):
            if (transcript := raw.transcripts.get(str(group["file"].iloc[0]))) is not None:
                self.sources[str(source)] = transcript
                self.people[str(source)] = set(group.loc[group["participant"] != "interviewer", "speaker"])
        assigned = raw.tables.get("assignments")
        if assigned is None or not {"source_id", "coder"} <= set(assigned) or assigned["coder"].isna().all():
            self.note = NOBODY
        else:
            own = set(assigned.loc[assigned["coder"] == coder, "source_id"])
            self.sources = {source: text for source, text in self.sources.items() if source in own}
            if not self.sources:
                known = sorted(set(assigned["coder"].dropna()))
                raise BuddyError(f"no source is assigned to coder {coder!r}: {nearest(coder, known)}")
            if n := len(own - set(self.sources)):
                self.note = f"{n} source{'s' * (n != 1)} assigned to you cannot be read: buddy-eval check says why."
        self._turns = {source: self._told_turns(source) for source in self.sources}
        self._confirmed = dict[str, Act]()  # acts by the view's own key: one sent again is not done again
        self._places = dict[tuple[str, int, int], tuple[int, int]]()
        self._lock = threading.Lock()

    def about(self) -> dict[str, Any]:
        """Return what stays: title, coder, note, themes with their codes and keys, and the values of the marks."""
        values = {name: list(values) for name, values in MARKED.items()}
        return {
            "title": self.title,
            "coder": self.coder,
            "note": self.note,
            "themes": themes(self.codebook),
            "marks": values,
        }

    def progress(self) -> list[dict[str, Any]]:
        """Return for every source its turns that can be coded, those that hold a coding, and whether it is finished."""
        with self._lock:
            self.journal.refresh()
            held = fold(self.journal.journals.acts)
        rows = []
        for source, turns in self._turns.items():
            spoken = [(turn["start"], turn["end"]) for turn in turns if turn["codable"]]
            starts = [coding["start"] for coding in self._own(source, held)]
            coded = sum(any(start <= at < end for at in starts) for start, end in spoken)
            done = (self.coder, source) in held.done
            rows.append({"source": source, "turns": len(spoken), "coded": coded, "done": done})
        return rows

    def source(self, source: str) -> dict[str, Any]:
        """Return the turns of a source. Raises `BuddyError` for one that the coder may not see."""
        self._allowed(source)
        return {"source": source, "turns": self._turns[source], **self.codings(source)}

    def codings(self, source: str) -> dict[str, Any]:
        """Return the coder's own codings of a source, and how many lost their words because the source changed."""
        self._allowed(source)
        own = self._own(source)
        names = ("id", "code", "start", "end", *MARKS)
        found = [{name: coding.get(name, "") for name in names} for coding in own if coding["start"] >= 0]
        return {"codings": sorted(found, key=lambda one: (one["start"], one["end"])), "lost": len(own) - len(found)}

    def act(self, told: dict[str, Any]) -> dict[str, Any]:
        """Do what the view asks, once; return what was done when it is on the disk.

        Raises
        ------
        ValueError : what no coder may do, or what is malformed; nothing was written.
        BuddyError : it could not be saved; the same act can be sent again.
        """
        key, do = str(told.get("key", "")), told.get("do")
        with self._lock:
            if key and key in self._confirmed:
                return self._said(self._confirmed[key])
            self.journal.refresh()
            if do in ("undo", "redo"):
                act = self.journal.back() if do == "undo" else self.journal.forth()
                if act is None:
                    raise ValueError(f"nothing to {do}")
            else:
                act = self.journal.add(str(do), **self._checked(str(do), told))
            self._confirmed[key] = act
            return self._said(act)

    def _checked(self, do: str, told: dict[str, Any]) -> Act:
        """What an act writes beside its kind, each value looked at."""
        marks = _marks(told)
        if "code" in told and told["code"] not in set(self.codebook.codes["code"]):
            raise ValueError("the code is not in the codebook")
        if do in ("done", "reopen"):
            return {"source": self._asked(told)}
        if do in ("change", "drop"):
            coding = fold(self.journal.journals.acts).codings.get(str(told.get("of")))
            if coding is None or coding["coder"] != self.coder or coding["source"] not in self.sources:
                raise ValueError("the coding is not there")
            code = {"code": told["code"]} if "code" in told else {}
            return {"of": coding["id"], **({**marks, **code} if do == "change" else {})}
        if do != "code" or "code" not in told:
            raise ValueError("the act is not known")
        source = self._asked(told)
        start, end = self._passage(source, told.get("start"), told.get("end"))
        same = (told["code"], start, end)
        if any((one["code"], one["start"], one["end"]) == same for one in self._own(source)):
            raise ValueError("these words have this code already")
        return {"source": source, "code": told["code"], **marks, **span(self.sources[source].text, start, end)}

    def _passage(self, source: str, start: object, end: object) -> tuple[int, int]:
        if type(start) is not int or type(end) is not int or start >= end:
            raise ValueError("the passage is no passage")
        if not any(turn["codable"] and turn["start"] <= start and end <= turn["end"] for turn in self._turns[source]):
            raise ValueError("the passage is not within one participant's turn")
        return start, end

    def _said(self, act: Act) -> dict[str, Any]:
        """An act as the view is told it: what was done (or undone), to which coding, in which source."""
        acts = {one["id"]: one for one in self.journal.journals.acts}
        meant = acts[act["of"]] if act["do"] in ("undo", "redo") else act
        coding = acts[meant["of"]] if "of" in meant else meant
        return {"do": act["do"], "what": meant["do"], "coding": coding["id"], "source": coding.get("source", "")}

    def _own(self, source: str, held: Held | None = None) -> list[Act]:
        """The coder's own codings of a source where their words stand now; -1 where they stand no more."""
        found = []
        for coding in (held or fold(self.journal.journals.acts)).codings.values():
            if (coding["coder"], coding["source"]) == (self.coder, source):
                known = (coding["id"], coding["start"], coding["end"])
                if known not in self._places:  # looked for once: the sources do not change while the view is open
                    self._places[known] = place(coding, self.sources[source].text) or (-1, -1)
                start, end = self._places[known]
                found.append({**coding, "start": start, "end": end})
        return found

    def _told_turns(self, source: str) -> list[dict[str, Any]]:
        text, people = self.sources[source].text, self.people[source]
        return [
            {"speaker": turn.speaker, "start": turn.start, "end": turn.end, "text": text[turn.start : turn.end]}
            | {"codable": turn.speaker in people}
            for turn in self.sources[source].turns
        ]

    def _asked(self, told: dict[str, Any]) -> str:
        source = str(told.get("source"))
        if source not in self.sources:
            raise ValueError("the source is not assigned")
        return source

    def _allowed(self, source: str) -> None:
        if source not in self.sources:
            raise BuddyError("the source is not assigned")


def _marks(told: dict[str, Any]) -> Act:
    marks = {name: told[name] for name in MARKS if name in told}
    for name, value in marks.items():
        allowed = isinstance(value, str) and (name == "memo" or value in ("", *MARKED[name]))
        if not allowed or len(value) > LONGEST_MEMO:
            raise ValueError(f"{name} is not allowed")
    return marks


def themes(codebook: Codebook) -> list[dict[str, Any]]:
    """Return the themes with their codes; each code has its key: the theme's digit, then a letter, where they last.

    >>> [(code["code"], code["key"]) for code in themes(load_codebook())[1]["codes"]][:2]
    [('CR1', '2a'), ('CR2', '2b')]
    """
    ordered = codebook.themes.sort_values("position")
    labels = {str(row["theme"]): str(row["label"]) for row in ordered.to_dict("records")}
    grouped: dict[str, list[dict[str, str]]] = {theme: [] for theme in labels}
    for row in codebook.codes.sort_values("position").fillna("").to_dict("records"):
        grouped.setdefault(str(row["theme"]), []).append({str(name): str(value) for name, value in row.items()})
    told = []
    for number, (theme, rows) in enumerate(grouped.items()):
        digit = DIGITS[number : number + 1]
        for code, letter in zip(rows, [*string.ascii_lowercase, *[""] * len(rows)], strict=False):
            code["key"] = digit + letter if digit and letter else ""
        names = ("code", "name", "definition", "include", "exclude", "key")
        codes = [{name: code[name] for name in names} for code in rows]
        told.append({"label": labels.get(theme, "Other"), "digit": digit, "codes": codes})
    return told
