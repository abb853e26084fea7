"""How a team's evaluation is set up: trusts, dates, who answers, with which tool; and how each answer is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd

from buddy_eval.base.dates import day, in_full
from buddy_eval.base.errors import nearest
from buddy_eval.base.names import unique
from buddy_eval.clean.impossible import plain_name
from buddy_eval.publish.gate.known import organisations
from buddy_eval.publish.gate.names import ORDINARY
from buddy_eval.publish.gate.rules import Known
from buddy_eval.read.codings import FORMULA
from buddy_eval.schemas.posts import POSTS
from buddy_eval.schemas.vocabulary import WHOLE

TOOLS = {
    "forms": "Microsoft Forms",
    "qualtrics": "Qualtrics",
    "limesurvey": "LimeSurvey",
    "paper": "paper, or any other tool",
}
LONGEST = 200


@dataclass(frozen=True)
class Trust:
    """A trust: its code in the study, and its name as staff know it."""

    code: str
    name: str


@dataclass(frozen=True)
class Arrangement:
    """One trust that supports another, from a day on, and until a day where that is known."""

    pair: str
    supporter: Trust
    receiver: Trust
    start: date
    end: date | None


@dataclass(frozen=True)
class Setup:
    """A team's answers; `posts` are keys of `POSTS`, `tool` is one of `TOOLS`."""

    title: str
    team: str
    contact: str
    posts: tuple[str, ...]
    external: bool
    tool: str
    opens: date
    arrangements: tuple[Arrangement, ...]
    wave: int = 1

    @property
    def trusts(self) -> tuple[Trust, ...]:
        """Every trust once, in the order in which they were named."""
        return tuple(dict.fromkeys(trust for one in self.arrangements for trust in (one.supporter, one.receiver)))


def _text(value: Any) -> str:
    plain = " ".join(_text_or_none(value).split())
    if not plain:
        raise ValueError("an answer is needed here")
    return plain


def _text_or_none(value: Any) -> str:
    plain = " ".join("".join(c for c in str(value) if c.isprintable() or c.isspace()).split())
    if plain.startswith(FORMULA):
        raise ValueError(f"it cannot begin with {plain[0]}, which spreadsheets take for a formula")
    if len(plain) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} letters; shorten it")
    return plain


def _day(value: Any) -> date:
    if written := day(str(value)):
        return written
    raise ValueError("that is no day of the calendar; write it as 01/04/2026 or 1 April 2026")


def _day_or_none(value: Any) -> date | None:
    return _day(value) if str(value or "").strip() else None


def _posts(value: Any) -> tuple[str, ...]:
    """Keys, labels or numbers of posts; nothing stands for all."""
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    wanted = [str(part).strip() for part in parts if str(part).strip()]
    known = {key: key for key in POSTS} | {_plain(label): key for key, label in POSTS.items()}
    known |= {str(number): key for number, key in enumerate(POSTS, 1)}
    for part in wanted:
        if _plain(part) not in known:
            raise ValueError(f"{part!r} is no group of posts; {nearest(_plain(part), POSTS)}")
    chosen = {known[_plain(part)] for part in wanted} or set(POSTS)
    return tuple(key for key in POSTS if key in chosen)


def _plain(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().casefold())


def _yes(value: Any) -> bool:
    plain = str(value).strip().casefold()
    if plain in {"yes", "y", "true"}:
        return True
    if plain in {"no", "n", "false"}:
        return False
    raise ValueError("write yes or no")


def _tool(value: Any) -> str:
    plain = _plain(str(value))
    known = {key: key for key in TOOLS} | {_plain(label): key for key, label in TOOLS.items()}
    if plain not in known:
        raise ValueError(f"{str(value)!r} is none of the tools; {nearest(plain, TOOLS)}")
    return known[plain]


READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text, "text_or_none": _text_or_none, "day": _day, "day_or_none": _day_or_none,
    "posts": _posts, "yes_or_no": _yes, "tool": _tool,
}  # fmt: skip
MORE = {"name": "text_or_none", "supporter_code": "text_or_none", "receiver_code": "text_or_none"}


def impossible(pairs: list[dict[str, Any]], study: dict[str, Any]) -> str:
    """Say what cannot be about pairs, if anything: one trust on both sides, an end before the start, a name twice.

    What stands on every page (title, team) names no trust, in whole or by the words that tell it from others.
    """
    names = [one.get("name", "") for one in pairs if one.get("name")]
    if any(":" in name for name in names):
        return "the name of a pair holds a colon"
    if any(name.casefold() == WHOLE for name in names):
        return f"a pair is named {WHOLE!r}, which stands for all pairs together"
    if twice := next((name for name in names if names.count(name) > 1), ""):
        return f"two pairs are named {twice!r}"
    for one in pairs:
        if str(one["supporter"]).casefold() == str(one["receiver"]).casefold():
            return f"{one['supporter']} cannot support itself"
        if one["end"] and one["end"] < one["start"]:
            return f"the support of {one['receiver']} ends before it begins"
    trusts = pd.DataFrame(
        [(one.get(f"{side}_code", ""), one[side]) for one in pairs for side in ("supporter", "receiver")],
        columns=["ods", "name"],
    )
    return _clash(trusts) or _named(trusts, study)


def _clash(trusts: pd.DataFrame) -> str:
    """Two trusts under one code, one trust under two, or one trust written in two ways."""
    for first, second in combinations(trusts.itertuples(index=False, name=None), 2):
        (code, name), (other, called) = first, second
        same = name.casefold() == called.casefold()
        if code and code.casefold() == other.casefold() and not same:
            return f"{name} and {called} have one code, {code!r}"
        if code and other and same and code.casefold() != other.casefold():
            return f"{name} has two codes, {code!r} and {other!r}"
        if not same and plain_name(name) and plain_name(name) == plain_name(called):
            return f"{name} and {called} seem to be one trust; write its name alike"
    return ""


def _named(trusts: pd.DataFrame, study: dict[str, Any]) -> str:
    none = pd.DataFrame(columns=["pair", "supporter", "receiver", "source"])
    codes = trusts.assign(ods=trusts["ods"].where(trusts["ods"] != "", "-"))
    known = Known("public", names=organisations({"pairs": none, "trusts": codes, "sources": none}, ""))
    for key in ("title", "team"):
        if name := next(known.named(str(study[key]), ORDINARY), None):
            return f"the {key} names a trust ({name[1]}), which stops every report for the public"
    return ""


def early(opens: date, arrangements: tuple[Arrangement, ...]) -> str:
    """Say which pair has not begun on the day when a survey opens, if any has not."""
    for one in arrangements:
        if opens < one.start:
            return f"the survey opens on {in_full(opens)}, before {one.pair} begins on {in_full(one.start)}"
    return ""


def built(study: dict[str, Any], pairs: list[dict[str, Any]]) -> Setup:
    """Put the answers together; trusts without a code get T1, T2 and so on, pairs without a name P1, P2."""
    trusts: dict[str, Trust] = {}
    sides = [(one, side) for one in pairs for side in ("supporter", "receiver")]
    codes = {one[side].casefold(): one[f"{side}_code"] for one, side in sides if one.get(f"{side}_code")}
    taken = set(codes.values())
    for one in pairs:
        for side in ("supporter", "receiver"):
            if one[side].casefold() not in trusts:
                code = codes.get(one[side].casefold()) or unique(f"T{len(trusts) + 1}", taken.__contains__, "{}-{}")
                trusts[one[side].casefold()] = Trust(code, one[side])
                taken.add(code)
    arrangements = []
    for number, one in enumerate(pairs, 1):
        supporter, receiver = (trusts[one[side].casefold()] for side in ("supporter", "receiver"))
        arrangements.append(Arrangement(one.get("name") or f"P{number}", supporter, receiver, one["start"], one["end"]))
    return Setup(
        title=study["title"],
        team=study["team"],
        contact=study["contact"],
        posts=study["interviewed"],
        external=study["external"],
        tool=study["tool"],
        opens=study["opens"],
        arrangements=tuple(arrangements),
    )
