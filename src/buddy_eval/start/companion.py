"""`buddy-eval check`: what a study holds, what is still to come, what is wrong, and what to do next, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from buddy_eval.base.called import call
from buddy_eval.base.errors import Fault, StudyError, causes, counted
from buddy_eval.base.profiles import PROFILES
from buddy_eval.clean import clean
from buddy_eval.publish.gate.mentions import quote_faults
from buddy_eval.publish.reports import up_to_date
from buddy_eval.read import read_raw
from buddy_eval.read.once import each_file_once
from buddy_eval.start.asked import unscored
from buddy_eval.start.collected import Held, collected, column
from buddy_eval.start.follow_up import follow_up, in_no_report, to_come_true, unnamed
from buddy_eval.start.own_themes import unserved
from buddy_eval.start.would_stop import would_stop
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import Study

ASIDE = "Not used, or worth a second look"
TO_MEND = "To mend"


class Step(NamedTuple):
    """What to do next: in words, with the command that does it where there is one."""

    words: str
    command: str = ""


@dataclass
class Standing:
    """How a study stands: lines on what is there, to come or set aside, faults, and what to do next."""

    there: list[str] = field(default_factory=list)
    to_come: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    next: list[Step] = field(default_factory=list)
    coders: list[str] = field(default_factory=list)

    def parts(self) -> dict[str, list[str]]:
        """Return the lines under each heading, all but the next steps."""
        return {
            "There is": self.there,
            "Still to come, as far as you want it": self.to_come,
            ASIDE: self.aside,
            TO_MEND: causes(self.faults),
        }

    def lines(self, root: Path) -> list[str]:
        """Return the whole as lines to print, commands as they are called on the folder; the last counts the faults."""
        steps = [f"{step.words}: {call(step.command, root)}" if step.command else step.words for step in self.next]
        numbered = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
        said: list[str] = []
        for head, lines in {**self.parts(), "What to do next": numbered}.items():
            if lines:
                indent = "" if head == TO_MEND else "  "
                said += [f"{head}:", *(f"{indent}{line}" for line in lines), ""]
        return [*said, counted(self.faults)]


@each_file_once()
def standing(study: Study) -> Standing:
    """Read everything that a study names, write nothing, and say how the study stands.

    Faults are those for which `run` would refuse, what would keep a report back once it is made, and quotes for
    readers outside with words that nobody has decided on.
    """
    try:
        codebook = load_codebook(study.codebook)
        instrument = load_instrument(study.instrument, codebook)
    except StudyError as error:
        return Standing(faults=error.faults, next=[MEND])
    raw = read_raw(study)
    cleaned = clean(raw, study, codebook, instrument)
    held = Held(study, raw, cleaned.plain, instrument)
    stops = {*cleaned.faults, *would_stop(held, codebook)}
    said = {(fault.file, fault.row) for fault in stops}
    waiting = [fault for fault in _waiting(study, cleaned.tables) if (fault.file, fault.row) not in said]
    today = datetime.now(UTC).date()
    owned = {**dict(raw.boards), raw.files.get("actions", ""): cleaned.plain["actions"]}
    aside = [*raw.notable(), *to_come_true(cleaned.plain, raw.files, today), *unnamed(owned)]
    state = Standing(faults=sorted({*stops, *waiting}), aside=aside)
    if study.codebook or study.instrument:
        state.to_come += unserved(codebook, instrument)
    there, to_come = collected(held)
    state.there += there
    state.to_come += to_come
    if cleaned.tables:
        state.to_come += unscored(cleaned.tables)
        state.aside += in_no_report(cleaned.tables, raw.files.get("approvals", ""))
        state.there += follow_up(cleaned.tables, today)
    state.next = list(_steps(held, state))
    state.coders = sorted(set(column(held, "assignments", "coder")))
    return state


def _waiting(study: Study, tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Quotes for readers outside that wait for a decision; a code of any coder stands for the consensus."""
    if tables:
        for profile in PROFILES[1:]:
            yield from (fault for _, fault in quote_faults(study, {**tables, "consensus": tables["codings"]}, profile))


NO_DATA = ("pairs", "trusts", "rounds")  # tables that say who takes part, and nothing that anybody said or counted
EARLIER = Step("The reports in reports/ are of before this: wait with them until they are made again")
MEND = Step("Mend what stands under 'To mend', save the files, and ask again", "check")


def _steps(held: Held, state: Standing) -> Iterator[Step]:
    study, raw = held.study, held.raw
    sources, coded = set(column(held, "sources", "source")), set(column(held, "codings", "source_id"))
    answers = sum(len(frame) for _, frame in raw.surveys)
    there = (study.reports / "index.html").is_file()
    if state.faults:
        yield MEND
        if there:
            yield EARLIER
    if (study.root / "kit").is_dir() and not (sources or answers or raw.boards):
        yield Step("Collect: begin with kit/what-to-do-next.docx")
    if sources - coded:
        if column(held, "assignments", "source_id").empty:
            assigned = study.raw.get("assignments", "assignments.csv")
            yield Step(f"Say who codes which interview, in data/raw/{assigned}")
        yield Step("Code the interviews", "code-by-hand --coder YOUR-INITIALS")
    kept = sum(len(frame) for name, frame in raw.tables.items() if name not in NO_DATA)
    if not state.faults and (kept or answers or raw.boards):
        if there and up_to_date(study):
            yield Step("Open reports/index.html: tables and reports are up to date")
        else:
            yield Step("Bring tables and reports up to date" if there else "Make the reports", "run")
            yield Step("Read reports/index.html")
