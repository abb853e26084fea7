"""One coder's work on a study: what the view is sent, and every act that comes back; nothing of other coders."""

from __future__ import annotations

import hashlib
import re
import threading
from bisect import bisect_left
from typing import Any

from buddy_eval.coder.acts import checked
from buddy_eval.coder.codes import themes
from buddy_eval.coder.offers import still_open
from buddy_eval.coder.sources import Sources
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.read.by_hand import journals_folder
from buddy_eval.read.journals import MARKS, Act, Held, fold
from buddy_eval.read.projects import MARKED
from buddy_eval.study.settings import Study

KEY = re.compile(r"[0-9a-f]{32}")  # the name that the view gives to an act, which stays its name in the journal


class Session:
    """One coder's work on a study.

    Raises
    ------
    StudyError : raw files that cannot be read.
    BuddyError : a coder to whom nothing is assigned, or whose name cannot name a file.
    """

    def __init__(self, study: Study, coder: str) -> None:
        self.title, self.coder = study.title, coder
        self.journal = Journal(journals_folder(study), coder)
        self.sources = Sources(study, coder)
        self._lock = threading.Lock()
        self._state: tuple[list[Act], int, Held, dict[str, list[Act]]] = ([], -1, Held(), {})

    def ask(self, path: str, told: object) -> dict[str, Any] | None:
        """Answer ``about`` or ``source``; None for what is not known, or not for this coder."""
        if path == "about":
            return {**self.about(), "sources": self.progress()}
        if path == "source" and isinstance(told, dict) and told.get("name") in self.sources.texts:
            return self.source(told["name"])
        return None

    def about(self) -> dict[str, Any]:
        """Return what stays: title, coder, note, themes with their codes and keys, and the values of the marks.

        `elsewhere` tells whether another program on this computer has the coder's view open.
        """
        return {
            "title": self.title,
            "coder": self.coder,
            "note": self.sources.note,
            "journal": hashlib.sha256(str(self.journal.path.resolve()).encode()).hexdigest()[:16],
            "elsewhere": self.journal.shared(),
            "themes": themes(self.sources.codebook),
            "marks": {name: list(values) for name, values in MARKED.items()},
        }

    def progress(self) -> list[dict[str, Any]]:
        """Return for every source how many turns can be coded and hold a coding, and whether it is or was finished."""
        with self._lock:
            self.journal.refresh()
            held, own = self._now()
        rows = []
        for source, turns in self.sources.turns.items():
            spoken = [(turn["start"], turn["end"]) for turn in turns if turn["codable"]]
            starts = [coding["start"] for coding in own[source]]
            coded = sum(bisect_left(starts, start) < bisect_left(starts, end) for start, end in spoken)
            who = (self.coder, source)
            states = {"done": who in held.done, "read": who in held.read}
            rows.append({"source": source, "turns": len(spoken), "coded": coded, **states})
        return rows

    def source(self, source: str) -> dict[str, Any]:
        """Return the turns of a source that the coder may see, and the coder's work on it."""
        return {"source": source, "turns": self.sources.turns[source], **self.codings(source)}

    def codings(self, source: str) -> dict[str, Any]:
        """Return the coder's own codings of a source where they stand now, and what else the coder did there.

        `moved` counts those whose words stand elsewhere than when they were coded, `lost` holds those whose words stand
        there no more; `offers` are open suggestions, none before the coder has asked for them; `proposals` are codes.
        """
        (held, all_own), who = self._now(), (self.coder, source)
        own, shown = all_own[source], who in held.shown
        here = [coding for coding in own if coding["start"] >= 0]
        answer: dict[str, Any] = {
            "codings": [_of(coding, "id", "code", "start", "end", "suggestion", *MARKS) for coding in here],
            "moved": sum(coding["moved"] for coding in here),
            "lost": [_of(coding, "id", "code", "words", "memo") for coding in own if coding["start"] < 0],
            "proposals": [_of(one, "id", "name", "memo") for one in held.proposals if one["coder"] == self.coder],
            "shown": shown,
            "offers": [],
        }
        if shown:
            refused = [one for one in held.refused if (one["coder"], one["source"]) == who]
            places = {(one["code"], *where) for one in refused if (where := self.sources.where(one))}
            answer["offers"] = still_open(self.sources.suggested(source), here, places)
        return answer

    def act(self, told: dict[str, Any]) -> dict[str, Any]:
        """Do what the view asks, once; return what was done when it is on the disk, and what holds then.

        Raises
        ------
        ValueError : what no coder may do, or what is malformed; nothing was written.
        BuddyError : it could not be saved; the same act can be sent again.
        """
        key = str(told.get("key"))
        if not KEY.fullmatch(key):
            raise ValueError("the act has no name")
        said = self._done(key, told)
        after = self.codings(said["source"]) if said["source"] in self.sources.texts else {}
        return {**said, **after, "sources": self.progress()}

    def _done(self, key: str, told: dict[str, Any]) -> dict[str, Any]:
        do = told.get("do")
        with self._lock:
            self.journal.refresh()
            acts = self.journal.journals.acts
            act = next((one for one in reversed(acts) if one["id"] == key), None)
            if act is not None and act["coder"] != self.coder:
                raise ValueError("the act is not known")
            if act is None and do in ("undo", "redo"):
                act = self.journal.back(id=key) if do == "undo" else self.journal.forth(id=key)
                if act is None:
                    raise ValueError(f"nothing to {do}")
            elif act is None:
                act = self.journal.add(str(do), id=key, **checked(self.sources, self._now()[0], told))
            return self._said(act)

    def _now(self) -> tuple[Held, dict[str, list[Act]]]:
        """What holds after all acts, and the coder's own codings; worked out once an act."""
        acts = self.journal.journals.acts
        if self._state[0] is not acts or self._state[1] != len(acts):
            held = fold(acts)
            self._state = (acts, len(acts), held, self.sources.own(held))
        return self._state[2:]

    def _said(self, act: Act) -> dict[str, Any]:
        """An act as the view is told it: what was done (or undone), to which coding, in which source."""
        acts = {one["id"]: one for one in self.journal.journals.acts}
        meant = acts[act["of"]] if act["do"] in ("undo", "redo") else act
        coding = acts[meant["of"]] if "of" in meant else meant
        return {"do": act["do"], "what": meant["do"], "coding": coding["id"], "source": coding.get("source", "")}


def _of(act: Act, *names: str) -> dict[str, Any]:
    return {name: act.get(name, "") for name in names}
