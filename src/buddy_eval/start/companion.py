"""`buddy-eval check`: what a study holds, what is still to come, what is wrong, and what to do next, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from buddy_eval.base.called import CALLED, call
from buddy_eval.base.errors import Fault, StudyError, causes, counted
from buddy_eval.clean import clean
from buddy_eval.publish.gate.front import front_faults
from buddy_eval.publish.reports import up_to_date
from buddy_eval.read import Raw, read_raw
from buddy_eval.read.surveys import matched
from buddy_eval.start.follow_up import follow_up
from buddy_eval.start.import_project import NO_START, NO_TRUST, PLACEHOLDER
from buddy_eval.start.own_themes import unserved
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import Instrument, load_instrument
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


def standing(study: Study) -> Standing:
    """Read everything that a study names, write nothing, and say how the study stands.

    Faults are those for which `run` would refuse, and settings for which no report for the public could be made.
    """
    try:
        codebook = load_codebook(study.codebook)
        instrument = load_instrument(study.instrument, codebook)
    except StudyError as error:
        return Standing(faults=error.faults, next=[MEND])
    raw = read_raw(study)
    cleaned = clean(raw, study, codebook, instrument)
    made = Standing(faults=sorted({*cleaned.faults, *_front(study, raw)}), aside=raw.notable())
    if study.codebook or study.instrument:
        made.to_come += unserved(codebook, instrument)
    for part in (_pairs, _assumed, _survey, _interviews, _boards, _others):
        there, to_come = part(study, raw, instrument)
        made.there += there
        made.to_come += to_come
    if cleaned.tables:
        made.there += follow_up(cleaned.tables, datetime.now(UTC).date())
    made.next = list(_steps(study, raw, made))
    made.coders = sorted(set(_column(raw, "assignments", "coder")))
    return made


MEND = Step("Mend what stands under 'To mend', save the files, and ask again", "check")
Said = tuple[list[str], list[str]]


def _front(study: Study, raw: Raw) -> list[Fault]:
    """Settings that stop reports for the public, as far as pairs, trusts and lists of people can be read."""
    lists = {"pairs": ("pair", "supporter", "receiver"), "trusts": ("ods", "name"), "sources": ("source",)}
    lists["participants"] = ("participant",)
    tables = {
        name: raw.tables.get(name, pd.DataFrame()).reindex(columns=list(columns)).dropna(how="all")
        for name, columns in lists.items()
    }
    tables["trusts"] = tables["trusts"].dropna()
    return raw.attempt(lambda: front_faults(study, tables)) or []


def _pairs(study: Study, raw: Raw, instrument: Instrument) -> Said:
    pairs = _column(raw, "pairs", "pair")
    return ([_number(len(pairs), "pair") + f" of trusts: {', '.join(pairs)}"] if len(pairs) else []), []


def _assumed(study: Study, raw: Raw, instrument: Instrument) -> Said:
    """What `import` filled in: pairs cell by cell, and people of whom nobody has changed a cell yet."""
    to_come = []
    for table, cells in {"participants": PLACEHOLDER, "pairs": {"receiver": NO_TRUST, "start": NO_START}}.items():
        frame = raw.tables.get(table, pd.DataFrame()).reindex(columns=list(cells))
        same = frame == pd.Series(cells)
        if table == "participants":  # of these each alone may hold
            same = same[same.drop(columns="pair").all(axis=1) & bool(study.projects)]
        numbers = {name: int(same[name].sum()) for name in cells}
        stand = [f"{name} {cells[name]!r} ({n} of {len(frame)})" for name, n in numbers.items() if n]
        if stand:
            remedy = f"write what holds in data/raw/{study.raw[table]}, then take the notice out of study.toml"
            to_come.append(f"{table}: import filled in {', '.join(stand)}; {remedy}")
    return [], to_come


def _survey(study: Study, raw: Raw, instrument: Instrument) -> Said:
    there, to_come = list[str](), list[str]()
    for survey, frame in raw.surveys:
        name = "survey" + (f", wave {survey.wave}" if survey.wave else "")
        if len(frame):
            there.append(f"{name}: {_number(len(frame), 'answer')} ({survey.file})")
            columns = set(matched(frame.columns, instrument, raw.texts.get(survey.file)))
            lacking = [item for item in instrument.items["item"] if item not in columns]
            if lacking and not survey.map and len(lacking) < len(instrument.items):
                words = dict(zip(instrument.items["item"], instrument.items["wording"], strict=True))
                asked = "; ".join(f"{item} ('{words[item]}')" for item in lacking)
                remedy = f"name the column that holds it, if its wording was changed: {CALLED} map"
                to_come.append(f"{name}: the file has no answers to {asked}; {remedy}")
        else:
            to_come.append(f"{name}: no answer yet; save your tool's export in place of data/raw/{survey.file}")
    return there, to_come


def _interviews(study: Study, raw: Raw, instrument: Instrument) -> Said:
    if "sources" not in study.raw:
        return [], []
    sources = _column(raw, "sources", "source").drop_duplicates()
    if sources.empty:
        remedy = "save transcripts in data/raw/transcripts and name them in data/raw/" + study.raw["sources"]
        return [], [f"interviews: none yet; {remedy}"]
    coded = raw.tables.get("codings", pd.DataFrame()).reindex(columns=["source_id", "coder"]).dropna()
    coders = coded[coded["source_id"].isin(sources)].groupby("source_id")["coder"].nunique()
    line = f"interviews: {len(sources)}, of which {len(coders)} coded and {int((coders > 1).sum())} by two people"
    return [line], []


def _boards(study: Study, raw: Raw, instrument: Instrument) -> Said:
    if "boards" not in study.raw:
        return [], []
    pairs = raw.tables.get("pairs", pd.DataFrame()).reindex(columns=["pair", "supporter", "receiver"])
    came = {
        (str(board["pair"].iloc[0]), str(board["side"].iloc[0]).casefold()) for _, board in raw.boards if len(board)
    }
    wanted = [
        (str(row.pair), side)
        for row in pairs.itertuples()
        for side in ("supporter", "receiver")
        if isinstance(getattr(row, side), str)
    ]
    open_ones = [f"{pair} {side}" for pair, side in wanted if (pair, side) not in came]
    there = [f"boards: {len(wanted) - len(open_ones)} of {len(wanted)} have answered"] if came else []
    remedy = "save their workbooks in data/raw/" + study.raw["boards"]
    return there, [f"boards: {', '.join(open_ones)}; {remedy}"] if open_ones else []


NO_DATA = ("pairs", "trusts")  # tables that say who takes part, and nothing that anybody said or counted
OTHERS = {
    "invitations": ("groups of people who were asked", "write down how many were asked, for rates of response"),
    "outcomes": ("outcome figures", "add figures by month, if you follow any"),
    "summaries": ("summaries by side and theme", "write one or two sentences for each, once interviews are coded"),
    "approvals": ("passages approved for quoting", f"if reports shall quote: {CALLED} quotes --choose NAME"),
}


def _others(study: Study, raw: Raw, instrument: Instrument) -> Said:
    there, to_come = list[str](), list[str]()
    for table, (what, remedy) in OTHERS.items():
        if table in raw.tables:
            n = len(raw.tables[table])
            (there if n else to_come).append(
                f"{what}: {n}" if n else f"{what}: none yet; {remedy} (data/raw/{study.raw[table]})"
            )
    return there, to_come


def _steps(study: Study, raw: Raw, made: Standing) -> Iterator[Step]:
    sources = _column(raw, "sources", "source")
    coded = set(_column(raw, "codings", "source_id"))
    answers = sum(len(frame) for _, frame in raw.surveys)
    if made.faults:
        yield MEND
    if (study.root / "kit").is_dir() and not (len(sources) or answers or raw.boards):
        yield Step("Collect: begin with kit/what-to-do-next.docx")
    if set(sources) - coded:
        if not len(_column(raw, "assignments", "source_id")):
            assigned = study.raw.get("assignments", "assignments.csv")
            yield Step(f"Say who codes which interview, in data/raw/{assigned}")
        yield Step("Code the interviews", "code-by-hand --coder YOUR-INITIALS")
    kept = sum(len(frame) for name, frame in raw.tables.items() if name not in NO_DATA)
    if not made.faults and (kept or answers or raw.boards):
        done = (study.reports / "index.html").is_file()
        if done and up_to_date(study):
            yield Step("Open reports/index.html: tables and reports are up to date")
        else:
            yield Step("Bring tables and reports up to date" if done else "Make the reports", "run")
            yield Step("Read reports/index.html")


def _column(raw: Raw, table: str, column: str) -> pd.Series:
    return raw.tables.get(table, pd.DataFrame()).reindex(columns=[column])[column].dropna()


def _number(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"
