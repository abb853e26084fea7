"""From rows of results to the few messages that a report opens with: plain words, and how sure the study is of each.

How sure is read from the row, on a scale of four words:

- clear: the direction stands after the allowance for everything that the report says (see `allowance`) with an
  adjusted p-value of 1% or less, over six independent pairs or more, and no single pair carries it;
- likely: it stands otherwise; what is compared before and during support is never more than likely, for the supported
  were chosen;
- cannot tell: it does not stand;
- counted: no guess beyond those who were asked, such as what boards answered.

No message names a size or a cause: those stand in the sentences behind it (`wording`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from buddy_eval.analyse.thresholds import LEAST_PAIRS_FOR_P
from buddy_eval.base.markup import finding_tag
from buddy_eval.present import wording
from buddy_eval.schemas.cautions import listed

CLEAR, LIKELY, CANNOT_TELL, COUNTED = "Clear", "Likely", "Cannot tell", "Counted"
CLEAR_AT = 0.01  # a fifth of the 5% at which a direction stands: "clear" is kept for what hardly ever comes by chance
MEANINGS = {
    CLEAR: "chance alone would hardly ever show this",
    LIKELY: "more than chance, with a caution",
    CANNOT_TELL: "the figures fit either way",
    COUNTED: "what those asked said, and no guess beyond them",
}
Row = Mapping[Any, Any]
Labelled = Sequence[tuple[Row, str]]
APART = {  # whose answers are opposite; what boards answered is no sample of anything
    "interviews": ("the people interviewed on", LIKELY), "survey": ("the staff who answered on", LIKELY),
    "boards": ("the boards of", COUNTED),
}  # fmt: skip
SURVEY = {"gap": ("gave higher scores than", "gave lower scores than"), "change": ("up", "down")}


@dataclass(frozen=True)
class Message:
    """One message: its sentence, how sure the study is, and the sentences with the numbers, each with its finding."""

    sentence: str
    sure: str
    behind: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Messages:
    """What a report opens with; the numbers are a fold away on the page, and numbered notes in print."""

    messages: tuple[Message, ...]

    def _repr_html_(self) -> str:
        if not self.messages:
            return '<p class="note nothing">Nothing to say here: the study holds no such data.</p>'
        items = "".join(_item(number, message) for number, message in enumerate(self.messages, 1))
        used = [sure for sure in MEANINGS if any(message.sure == sure for message in self.messages)]
        scale = " ".join(f"{sure}: {MEANINGS[sure]}." for sure in used)
        return f'<ul class="messages">{items}</ul><p class="note">{escape(scale)}</p>'


def sureness(row: Row) -> str:
    """Say how sure the study is of the direction of a row of `findings` or `effects`.

    >>> row = {"stands": True, "p_adjusted": 0.008, "n_clusters": 8, "contrast_kind": "gap", "caution": ""}
    >>> sureness(row), sureness(row | {"n_clusters": 5}), sureness(row | {"stands": False})
    ('Clear', 'Likely', 'Cannot tell')
    """
    if not wording.clear(row):
        return CANNOT_TELL
    of_survey = row.get("contrast_kind") in SURVEY
    firm = bool(pd.notna(row["p_adjusted"]) and row["p_adjusted"] <= CLEAR_AT)
    if not (of_survey and firm and row["n_clusters"] >= LEAST_PAIRS_FOR_P):
        return LIKELY
    return LIKELY if "one_pair_carries" in listed(row["caution"]) else CLEAR


def of_survey(rows: Labelled) -> list[Message]:
    """The messages of the survey: a message for each direction that stands, and one for all the rest.

    Rows of one direction share a message, and it is only as sure as the least sure of them.
    """
    said, rest = [], [(row, label) for row, label in rows if not wording.clear(row)]
    for kind, ways in SURVEY.items():
        for up, way in zip((True, False), ways, strict=True):
            mine = [(r, label) for r, label in rows if wording.clear(r) and r["contrast_kind"] == kind]
            if mine := [(r, label) for r, label in mine if (r["estimate"] > 0) == up]:
                said.append(Message(_of_direction(kind, way, mine), _least(r for r, _ in mine), _findings(mine)))
    if rest:
        said.append(Message(_undecided(rest, rows), CANNOT_TELL, _together(rest)))
    return said


def of_outcomes(series: Labelled, effects: Labelled) -> list[Message]:
    """The messages of the outcome series: of supporters against receivers, and of the supported against others."""
    against = [(row, label) for row, label in effects if not row["placebo"]]
    standing = [(r, label) for r, label in (*series, *against) if wording.clear(r)]
    told = [(row, label) for row, label in series if wording.clear(row)]
    untold = [(row, label) for row, label in series if not wording.clear(row)]
    behind = (*_findings(told), *_together(untold), *((wording.effect(row, label), "") for row, label in effects))
    if standing:
        ways = {True: "rose more, or fell less", False: "fell more, or rose less"}
        said = dict.fromkeys(f"{inner(label)} {ways[row['estimate'] > 0]}" for row, label in standing)
        return [Message(f"In the trusts that got support, {written(said)}, than elsewhere.", LIKELY, behind)]
    if not behind:
        return []
    names = written(dict.fromkeys(inner(label) for _, label in (*series, *against)))
    text = f"The study cannot tell whether the figures of supported trusts moved in their own way: {names}."
    return [Message(text, CANNOT_TELL, behind)]


def of_evidence(rows: Labelled, whose: str, *, beside: bool) -> list[Message]:
    """The messages of the joint display: what is opposite first, then what goes together, then the rest.

    `beside`: the whole display stands in the same report, and is not said again behind the messages.
    """
    behind = {label: () if beside else ((wording.joint(row, label), ""),) for row, label in rows}

    def themes(column: str, value: str) -> list[str]:
        return [label for row, label in rows if row[column] == value]

    parts = [
        (themes(strand, "apart"), f"On {{}}, {who} {whose} hold opposite views.", sure)
        for strand, (who, sure) in APART.items()
    ]
    parts += [
        (themes("rating", "dissonance"), "On {}, the kinds of evidence point opposite ways within a side.", LIKELY),
        (themes("sides", "alike"), f"On {{}}, {whose} lean alike where they can be compared.", COUNTED),
        (
            themes("rating", "agreement"),
            "On {}, where a side has two kinds of evidence, they point one way.",
            COUNTED,
        ),
    ]
    unsure = themes("sides", "unclear")
    which = f"any of the {len(rows)} themes alike" if 2 < len(unsure) == len(rows) else "these themes alike: {}"
    parts.append((unsure, f"The study cannot tell whether {whose} see {which}.", CANNOT_TELL))
    return [
        Message(text.format(written(map(inner, mine))), sure, tuple(said for label in mine for said in behind[label]))
        for mine, text, sure in parts
        if mine
    ]


def _of_direction(kind: str, way: str, rows: Labelled) -> str:
    names = _in_waves(rows, {row["theme"] for row, _ in rows})
    few = any(row["n_clusters"] < LEAST_PAIRS_FOR_P for row, _ in rows)
    who = "In these pairs, supporters" if few else "Supporters"
    if kind == "change":
        return f"{who}' scores moved {way} between the waves, set against receivers', on {names}."
    return f"{who} {way} receivers on {names}."


def _undecided(rest: Labelled, rows: Labelled) -> str:
    """Say of which gaps, and of which changes, nobody can tell."""
    standing = {row["theme"] for row, _ in rows if wording.clear(row) and row["contrast_kind"] == "gap"}
    gaps, changes = ([(r, label) for r, label in rest if r["contrast_kind"] == kind] for kind in SURVEY)
    asked = [f"the two sides differ on {_in_waves(gaps, standing)}"] if gaps else []
    if changes:
        every = len(changes) == sum(row["contrast_kind"] == "change" for row, _ in rows)
        asked.append(f"any {'' if every else 'other '}gap changed between the waves")
    return f"The study cannot tell whether {'. Nor can it tell whether '.join(asked)}."


def _in_waves(rows: Labelled, by_wave: set[Any]) -> str:
    """Name what rows are about; of the themes of `by_wave` also in which wave."""
    waves: dict[str, list[str]] = {}
    for row, label in rows:
        wave: list[str] = [str(row["wave"])] if row["theme"] in by_wave and pd.notna(row["wave"]) else []
        waves.setdefault(inner(label), []).extend(wave)
    return written(f"{name} (wave {written(in_waves)})" if in_waves else name for name, in_waves in waves.items())


def _least(rows: Iterable[Row]) -> str:
    return LIKELY if LIKELY in map(sureness, rows) else CLEAR


def _findings(rows: Labelled) -> tuple[tuple[str, str], ...]:
    return tuple((wording.finding(row, label), str(row["finding"])) for row, label in rows)


def _together(rows: Labelled) -> tuple[tuple[str, str], ...]:
    return tuple((text, "") for text in wording.unclear([row for row, _ in rows], [label for _, label in rows]))


def inner(label: str) -> str:
    """A label within a sentence: small first letter, but for a name in capitals.

    >>> inner("Culture and behaviours"), inner("A&E within four hours")
    ('culture and behaviours', 'A&E within four hours')
    """
    return label if label[1:2].isupper() or not label[1:2].isalpha() else label[:1].lower() + label[1:]


def written(names: Iterable[str]) -> str:
    """Write names one after another.

    >>> written(["a"]), written(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _item(number: int, message: Message) -> str:
    texts = [f"<p>{escape(text)}{finding_tag(finding)}</p>" for text, finding in message.behind]
    fold = f"<details><summary>The numbers behind message {number}</summary>{''.join(texts)}</details>" if texts else ""
    sure = f"<strong>{escape(message.sure)}.</strong>"
    return f'<li><p class="message">{escape(message.sentence)} {sure}</p>{fold}</li>'
