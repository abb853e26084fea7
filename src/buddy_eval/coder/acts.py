"""What an act writes into the journal beside its kind: each value that the view sends is looked at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from buddy_eval.coder.sources import Sources
from buddy_eval.read.journals import MARKS, Act, Held, suggestion
from buddy_eval.read.projects import MARKED

LONGEST_MEMO, LONGEST_NAME = 10_000, 200  # characters


def checked(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    """Return what an act of the view writes. Raises `ValueError` for what no coder may do, or what is malformed."""
    if (check := CHECKS.get(str(told.get("do")))) is None:
        raise ValueError("the act is not known")
    if "code" in told and told["code"] not in set(sources.codebook.codes["code"]):
        raise ValueError("the code is not in the codebook")
    return check(sources, held, told)


def _code(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    source = sources.asked(told)
    coding = {"source": source, **_wanted(told), **_marks(told), **sources.passage(told)}
    same = (told["code"], told["start"], told["end"])
    if any((one["code"], one["start"], one["end"]) == same for one in sources.own(held)[source]):
        raise ValueError("these words have this code already")
    if "suggested" in told:
        coding["suggested"] = _offered(sources, held, source, told["suggested"])
    return coding


def _refuse(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    source = sources.asked(told)
    refusal = {"source": source, **_wanted(told), **sources.passage(told)}
    _offered(sources, held, source, suggestion(refusal))
    return refusal


def _of(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    coding = held.codings.get(str(told.get("of")))
    if coding is None or coding["coder"] != sources.coder or coding["source"] not in sources.texts:
        raise ValueError("the coding is not there")
    return {"of": coding["id"]}


def _change(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    return {**_of(sources, held, told), **_marks(told), **{name: told[name] for name in ("code",) if name in told}}


def _show(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    source = sources.asked(told)
    who = (sources.coder, source)
    if who not in held.read or who in held.shown:
        raise ValueError("suggestions are off until the source was finished once, or are shown already")
    return {"source": source}


def _propose(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    proposal: Act = {"source": sources.asked(told), **(sources.passage(told) if "start" in told else {})}
    for name, longest in (("name", LONGEST_NAME), ("memo", LONGEST_MEMO)):
        value = told.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise ValueError(f"a proposed code needs a {name}")
        proposal[name] = value
    return proposal


def _wanted(told: dict[str, Any]) -> Act:
    if "code" not in told:
        raise ValueError("the act is not known")
    return {"code": told["code"]}


def _offered(sources: Sources, held: Held, source: str, name: object) -> str:
    if (sources.coder, source) in held.shown:
        for one in sources.suggested(source):
            if one["id"] == name:
                return str(name)
    raise ValueError("nobody suggested that")


def _marks(told: dict[str, Any]) -> Act:
    marks = {name: told[name] for name in MARKS if name in told}
    for name, value in marks.items():
        allowed = isinstance(value, str) and (name == "memo" or value in ("", *MARKED[name]))
        if not allowed or len(value) > LONGEST_MEMO:
            raise ValueError(f"{name} is not allowed")
    return marks


def _source(sources: Sources, held: Held, told: dict[str, Any]) -> Act:
    return {"source": sources.asked(told)}


CHECKS: dict[str, Callable[[Sources, Held, dict[str, Any]], Act]] = {
    "code": _code,
    "refuse": _refuse,
    "change": _change,
    "drop": _of,
    "show": _show,
    "propose": _propose,
    "done": _source,
    "reopen": _source,
}
