"""Journals of people who code by hand: lines of acts, put together by the acts' names, folded to what holds now.

A journal is a file `data/coding/*.jsonl`; each line is one act of one coder with a name of its own, its number in the
coder's order and a check sum. Journals that came from elsewhere are dropped into the folder: acts are known by their
names, so that any order, and the same file twice, give the same result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import Fault, StudyError

Act = dict[str, Any]
PATTERN = "*.jsonl"
NEEDED = {"id": str, "n": int, "coder": str, "at": str, "do": str}
STEPS = ("code", "change", "drop", "propose", "done", "reopen", "refuse", "decide")  # what can be undone
MARKS = ("valence", "about", "stance", "memo")
SPAN = ("start", "end", "text", "words", "before", "after")
PASSAGE = tuple((key, int if key in ("start", "end") else str) for key in SPAN)
FILLED: dict[str, tuple[tuple[str, type], ...]] = {
    **dict.fromkeys(("code", "refuse"), (("source", str), ("code", str), *PASSAGE)),
    "decide": (("source", str), ("codes", dict), ("choice", str), ("why", str), ("over", list), *PASSAGE),
    "move": (("of", str), *PASSAGE),
    "propose": (("name", str), ("memo", str)),
    **dict.fromkeys(("change", "drop", "undo", "redo"), (("of", str),)),
    **dict.fromkeys(("done", "reopen", "show"), (("source", str),)),
}  # what an act of each kind has to hold
AROUND = 40  # characters kept before and after a passage: they tell two places with the same words apart


@dataclass
class Journals:
    """All acts of a folder in their order, where each stands (file, line), and the lines set aside."""

    acts: list[Act] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    damaged: list[Fault] = field(default_factory=list)


@dataclass
class Held:
    """What holds after all acts: codings by the act that made them, (coder, source) finished, codes proposed.

    A coding has its `suggestion`: ``taken`` as a machine made it, ``changed``, ``seen`` where the coder made it after
    suggestions had been shown in the source, empty where nothing had been shown.
    """

    codings: dict[str, Act] = field(default_factory=dict)
    done: set[tuple[str, str]] = field(default_factory=set)
    read: set[tuple[str, str]] = field(default_factory=set)  # finished once, and perhaps open again
    shown: set[tuple[str, str]] = field(default_factory=set)  # a machine's suggestions
    refused: list[Act] = field(default_factory=list)
    proposals: list[Act] = field(default_factory=list)


@lru_cache(maxsize=256)  # a text is asked for once a coding, and stays the same
def text_hash(text: str) -> str:
    """Return the hash under which a journal knows the text that its offsets count in."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def written(act: Act) -> bytes:
    r"""Return an act as a line of a journal, with its check sum.

    >>> parsed(written({"id": "a", "n": 1, "coder": "KM", "at": "", "do": "done", "source": "s1"}), "f").acts[0]["do"]
    'done'
    """
    return json.dumps({**act, "sum": _sum(act)}, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def parsed(data: bytes, file: str) -> Journals:
    """Read the lines of one journal; a damaged line is named, and the rest kept."""
    journals = Journals()
    for row, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        act = _act(line)
        if act is None:
            journals.damaged.append(Fault(file, row, "the line is damaged and was set aside", "mend it from a copy"))
        else:
            journals.acts.append(act)
            journals.places.setdefault(act["id"], (file, row))
    return journals


def read_journals(folder: Path) -> Journals:
    """Read every journal of a folder, whatever the files are called.

    Raises
    ------
    StudyError : a journal that cannot be read, such as one that a program which copies folders holds.
    """
    paths = sorted(folder.glob(PATTERN)) if folder.is_dir() else []
    return together(_read(path, f"data/{folder.name}/{path.name}") for path in paths)


def _read(path: Path, file: str) -> Journals:
    try:
        return parsed(path.read_bytes(), file)
    except OSError as error:
        problem = f"the journal cannot be read: {error.strerror or 'the system refused'}"
        raise StudyError([Fault(file, 0, problem, "let other programs finish with it, and try again")]) from None


def together(parts: Iterable[Journals]) -> Journals:
    """Put journals together: each act once, in the order of its coder; the order of the parts does not matter."""
    journals, seen = Journals(), dict[str, Act]()
    for part in parts:
        journals.damaged += part.damaged
        for act in part.acts:
            known = seen.setdefault(act["id"], act)
            if known["sum"] != act["sum"]:  # nobody writes an act twice: one of the two was tampered with
                file, row = part.places[act["id"]]
                journals.damaged.append(Fault(file, row, "the act stands elsewhere with another content", "keep one"))
                seen[act["id"]] = min(known, act, key=lambda one: str(one["sum"]))
            here = part.places[act["id"]]
            journals.places[act["id"]] = min(journals.places.get(act["id"], here), here)
    journals.acts = sorted(seen.values(), key=lambda act: (act["n"], act["id"]))
    return journals


def undone(acts: Iterable[Act]) -> set[str]:
    """Return the names of the acts that were taken back; the last word on an act counts."""
    last = {act.get("of", ""): act["do"] for act in acts if act["do"] in ("undo", "redo")}
    return {name for name, word in last.items() if word == "undo"}


def fold(acts: list[Act]) -> Held:
    """Say what holds after all acts (in the order of `together`), without those that were taken back."""
    held, gone = Held(), undone(acts)
    for act in acts:
        if act["id"] not in gone:
            _apply(held, act)
    return held


def span(text: str, start: int, end: int) -> Act:
    """Return what a journal keeps of a passage: its place, its words, what stands around it, the text's hash."""
    around = {"before": text[max(0, start - AROUND) : start], "after": text[end : end + AROUND]}
    return {"start": start, "end": end, "words": text[start:end], "text": text_hash(text), **around}


def suggestion(coding: Act) -> str:
    """Return the name of a machine's suggestion of a code on a passage, which a coding that takes it up keeps.

    >>> suggestion({"code": "CB1", "start": 0, "end": 8})
    'CB1 0 8'
    """
    return " ".join(str(coding[name]) for name in ("code", "start", "end", "comment") if name in coding)


def place(coding: Act, text: str) -> tuple[int, int] | None:
    """Return where the words of a coding stand in a text: as recorded, or where they moved to; else None.

    Words that stand in several places are told apart by the characters around them, never by their nearness.

    >>> coding = {"start": 0, "end": 2, "words": "no", "before": "", "after": " beds", "text": "of another text"}
    >>> place(coding, "Oh no beds, no."), place(coding, "None.")
    ((3, 5), None)
    """
    start, end, words = int(coding["start"]), int(coding["end"]), str(coding["words"])
    if not words:
        return None
    if coding["text"] == text_hash(text):
        return (start, end) if text[start:end] == words else None
    starts, at = list[int](), text.find(words)
    while at >= 0:
        starts.append(at)
        at = text.find(words, at + 1)
    if len(starts) > 1:
        before, after = str(coding["before"]), str(coding["after"])
        both = [at for at in starts if text[:at].endswith(before) and text.startswith(after, at + len(words))]
        starts = both or [at for at in starts if _near(text, at, at + len(words), before, after)]
    return (starts[0], starts[0] + len(words)) if len(starts) == 1 else None


def _near(text: str, start: int, end: int, before: str, after: str) -> bool:
    """Whether the nearer half of what stood on one side of a passage still stands there."""
    half = AROUND // 2
    left, right = before[-half:], after[:half]
    return bool(left and text[:start].endswith(left)) or bool(right and text.startswith(right, end))


def _act(line: bytes) -> Act | None:
    try:
        act = json.loads(line)
    except ValueError:  # also bytes that are no UTF-8
        return None
    if not isinstance(act, dict) or any(type(act.get(key)) is not kind for key, kind in NEEDED.items()):
        return None
    if type(act.get("comment", "")) is not str:  # the one among a batch of comments that the offsets count in
        return None
    if any(type(act.get(key)) is not kind for key, kind in FILLED.get(act["do"], (("a known act", str),))):
        return None
    return act if act.get("sum") == _sum(act) else None


def _sum(act: Act) -> str:
    bare = {key: value for key, value in act.items() if key != "sum"}
    return hashlib.sha256(json.dumps(bare, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def _apply(held: Held, act: Act) -> None:
    do, who = act["do"], (act["coder"], str(act.get("source", "")))
    of = held.codings.get(str(act.get("of", "")))
    if do == "code":
        held.codings[act["id"]] = {**act, "suggestion": _suggestion(held, act)}
    elif do in ("done", "reopen", "show"):
        _marked(held, do, who)
    elif do in ("propose", "refuse"):
        (held.proposals if do == "propose" else held.refused).append(act)
    elif of is None or of["coder"] != act["coder"]:
        return  # undo and redo are weighed before; nobody changes another coder's coding
    elif do == "change":
        new = {**of, **{key: act[key] for key in (*MARKS, "code") if key in act}}
        new["suggestion"] = of["suggestion"] if new["code"] == of["code"] else _suggestion(held, new)
        held.codings[of["id"]] = new
    elif do == "move":
        held.codings[of["id"]] = {**of, **{key: act[key] for key in SPAN}}
    elif do == "drop":
        del held.codings[of["id"]]


def _marked(held: Held, do: str, who: tuple[str, str]) -> None:
    if do == "show":
        held.shown.add(who)
    elif do == "done":
        held.done.add(who)
        held.read.add(who)
    else:
        held.done.discard(who)


def _suggestion(held: Held, coding: Act) -> str:
    """What a machine's suggestion had to do with a coding, which was just made, or given another code."""
    if suggested := coding.get("suggested"):
        return "taken" if suggested == suggestion(coding) else "changed"
    return "seen" if (coding["coder"], coding["source"]) in held.shown else ""
