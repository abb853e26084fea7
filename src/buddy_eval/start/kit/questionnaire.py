"""The staff survey, whatever the tool: every question in order, its options, and what stands beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from buddy_eval.base.names import unique
from buddy_eval.schemas.posts import EXTERNAL, POSTS, WHICH_PAIR, WHICH_POST, WHICH_TRUST
from buddy_eval.start.setup import Setup
from buddy_eval.study.instrument import Instrument

ABOUT, STATEMENTS, WORDS = "About you", "How far do you agree?", "In your own words"


@dataclass(frozen=True)
class Question:
    """One question: a code that survey tools allow, its text, its options (none: free text), what helps to answer."""

    code: str
    text: str
    options: tuple[str, ...]
    part: str
    help: str = ""
    needed: bool = False


@dataclass(frozen=True)
class Questionnaire:
    """A survey: its title, what is said before it, and its questions in order."""

    title: str
    welcome: str
    questions: tuple[Question, ...]

    def parts(self) -> dict[str, list[Question]]:
        """Return the questions by the part of the survey that they stand in."""
        return {part: [q for q in self.questions if q.part == part] for part in (ABOUT, STATEMENTS, WORDS)}


def questionnaire(setup: Setup, instrument: Instrument) -> Questionnaire:
    """Return the survey of a team: who answers, then every item of the instrument in its order."""
    questions, taken = list(_about(setup)), {"pair", "trust", "role"}
    items = instrument.items.sort_values("position")[["item", "wording", "kind"]]
    for item, wording, kind in items.itertuples(index=False, name=None):
        free = kind == "free_text"
        code = unique(_code(item), taken.__contains__, "{}{}")
        taken.add(code)
        options = () if free else (*instrument.options, *instrument.apart)
        part, help_ = (WORDS, instrument.notice) if free else (STATEMENTS, "")
        questions.append(Question(code, " ".join(wording.split()), options, part, help_))
    contact = f" Questions are answered by {setup.contact}." if setup.contact else ""
    welcome = (
        f"{setup.team} asks everybody involved on either side what helps the partnership and what gets in its way. "
        "Taking part is voluntary and takes about ten minutes. Nobody is named in any report, and small groups are "
        f"not shown. {instrument.notice}{contact}"
    )
    return Questionnaire(setup.title, welcome, tuple(questions))


def _about(setup: Setup) -> list[Question]:
    """Questions about the person: the pair only where the trust does not tell it."""
    stands = [trust for one in setup.arrangements for trust in (one.supporter, one.receiver)]
    told = len(setup.arrangements) == 1 or (len(set(stands)) == len(stands) and not setup.external)
    names = tuple(trust.name for trust in setup.trusts)
    asked = []
    if not told:
        said = tuple(f"{one.pair}: {one.supporter.name} supports {one.receiver.name}" for one in setup.arrangements)
        asked.append(Question("pair", WHICH_PAIR, said, ABOUT, needed=True))
    others = (EXTERNAL,) if setup.external else ()
    asked.append(Question("trust", WHICH_TRUST, (*names, *others), ABOUT, needed=True))
    asked.append(Question("role", WHICH_POST, tuple(POSTS.values()), ABOUT, needed=True))
    return asked


def _code(item: str) -> str:
    """A code as every tool allows it: letters and figures, beginning with a letter."""
    plain = re.sub(r"[^A-Za-z0-9]", "", item)
    return plain if plain[:1].isalpha() else f"Q{plain}"
