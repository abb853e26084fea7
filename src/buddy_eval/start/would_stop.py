"""What would keep a report back, looked for before any is made: the gate's own rules on what the pages will show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pandas as pd
from nbformat import NotebookNode

from buddy_eval.base.errors import BuddyError, Fault, StudyError
from buddy_eval.base.profiles import PROFILES
from buddy_eval.disclose.results import LEAST_PAIRS_PUBLIC
from buddy_eval.disclose.rules import SENSITIVE
from buddy_eval.publish.gate.allowed import allowed
from buddy_eval.publish.gate.front import front_faults
from buddy_eval.publish.gate.known import organisations, people, pseudonyms
from buddy_eval.publish.gate.names import OF_PEOPLE, ORDINARY
from buddy_eval.publish.gate.notebook import notebook_faults, read_notebook
from buddy_eval.publish.gate.rules import Known, tokens
from buddy_eval.publish.gate.text import masked, text_faults
from buddy_eval.publish.reports import KINDS, kinds_of
from buddy_eval.start.collected import Held
from buddy_eval.study.codebook import Codebook
from buddy_eval.study.settings import Study

STOPS = {"internal": "every report", "public": "reports for the public"}
# What people write in a table and a page shows: table, column, and the widest circle of readers who see it.
SHOWN = (
    ("pairs", "pair", "partners"),
    ("summaries", "summary", "internal"),
    ("capacity", "what", "internal"),
    ("communications", "channel", "internal"),
    ("actions", "what", "partners"),
    ("actions", "reason", "partners"),
    ("actions", "owner_role", "internal"),
    ("codings", "memo", "internal"),
    ("comments", "group", "public"),
    ("outcomes", "indicator", "public"),
)
OWN_WORDS = {  # of a codebook and an instrument, which everybody may read
    "themes": ("label", "definition"),
    "codes": ("name", "definition", "include", "exclude", "example"),
    "terms": ("term",),
    "items": ("wording",),
    "questions": ("wording", "source_heading"),
}


def would_stop(held: Held, codebook: Codebook) -> list[Fault]:
    """Return a fault for everything that the gate would find on a page, as far as it stands in the files already.

    What is shown to a circle of readers is held against what these readers may not see. What may be a name or an
    ordinary word is left to the gate, which knows the whole page; so is what a notebook's code makes.
    """
    study, faults = held.study, list[Fault]()
    try:
        tables = _as_read(held)
        every = Readers(study, tables)
        faults += front_faults(study, tables, every.people)
        for part in (_tables(held, every), _boards(held, every), _quotes(held, every), _own(held, codebook, every)):
            faults += part
    except StudyError as error:  # a file that the gate reads beside the tables
        faults += [fault for fault in error.faults if _of_gate(fault, held)]
    return [*faults, *_notebooks(study)]


class Readers:
    """What each circle of readers may not see, from the tables as they were read."""

    def __init__(self, study: Study, tables: dict[str, pd.DataFrame]) -> None:
        self.study, self.tables = study, tables
        self.pairs = tables["pairs"]["pair"].dropna().nunique()
        self.of, self.rest = cache(self._of), cache(self._rest)
        self.people = dict(people(study, tables["participants"]))
        self._allowed = allowed(study.root)

    def faults(
        self, text: str, place: tuple[str, int, str], widest: str, pair: str = "", *, counts: bool = True
    ) -> Iterator[Fault]:
        """Yield what stops a text, said once for the narrowest circle in which it does; `place`: file, row, column."""
        file, row, column = place
        page, told = ORDINARY | frozenset(tokens(text)), set[str]()
        for profile in PROFILES[: PROFILES.index(widest) + 1]:
            own = pair if profile == "partners" else ""
            known = self.of(profile, own)
            named = sorted(known.named(text, page), key=lambda one: (one[0] not in OF_PEOPLE, -len(one[1])))
            kinds = {"a person" if kind in OF_PEOPLE else kind: (kind, words) for kind, words in reversed(named)}
            for of_whom, (kind, words) in kinds.items():
                if of_whom not in told:
                    problem = f"{column} holds {kind} ({masked(words)}), which stops {self._stops(profile, pair)}"
                    yield Fault(file, row, problem, "say it without the name", column, words)
            rest = text_faults(text, file, column, self.rest(profile, own, counts))
            others = [fault for fault in rest if fault.problem not in told]
            for fault in others:
                yield replace(fault, row=row, problem=f"{fault.problem}, which stops {self._stops(profile, pair)}")
            told |= {*kinds, *(fault.problem for fault in others)}

    def _stops(self, profile: str, pair: str) -> str:
        if profile == "partners":
            return f"the brief of {pair}" if pair else "briefs"
        return STOPS[profile]

    def _rest(self, profile: str, pair: str, counts: bool) -> Known:
        """What they may not see beside names."""
        known = self.of(profile, pair)
        return replace(known, names={}, suppress_below=known.suppress_below * counts)

    def _of(self, profile: str, pair: str) -> Known:
        names = dict(self.people)
        if profile != "internal":
            names |= pseudonyms(self.study, self.tables["participants"]) | organisations(self.tables, pair)
        least = self.study.disclosure.suppress_below
        return Known(profile, pair, least, names, allowed=self._allowed)


def _as_read(held: Held) -> dict[str, pd.DataFrame]:
    """Pairs, trusts, sources and participants as the gate knows them, as far as they can be read."""
    names = ("pairs", "trusts", "sources", "participants")
    tables = {name: held.plain[name].dropna(how="all") for name in names}
    tables["pairs"] = tables["pairs"].dropna(subset=["pair"])
    tables["trusts"] = tables["trusts"].dropna(subset=["ods", "name"])
    tables["sources"] = tables["sources"].dropna(subset=["source"])
    tables["participants"] = tables["participants"].dropna(subset=["participant"]).assign(kind="interview")
    return tables


def _of_gate(fault: Fault, held: Held) -> bool:
    """Whether reading did not meet the fault already: the gate reads lists of names, and what was let pass."""
    return not any(fault.problem == other.problem for other in held.raw.faults)


def _tables(held: Held, every: Readers) -> Iterator[Fault]:
    for table, column, widest in SHOWN:
        frame, file = held.plain[table], held.raw.files.get(table, table)
        first = frame.assign(of=frame.get("pair", "")).dropna(subset=[column])
        for row, text, pair in first[[column, "of"]].drop_duplicates().itertuples(name=None):
            yield from every.faults(str(text), (file, int(row), column), widest, str(pair))


def _boards(held: Held, every: Readers) -> Iterator[Fault]:
    for file, board in held.raw.boards:
        for row, owner in board["owner_role"].dropna().drop_duplicates().items():
            yield from every.faults(str(owner), (file, int(str(row)), "owner_role"), "internal")


def _quotes(held: Held, every: Readers) -> Iterator[Fault]:
    """Passages that are approved, but for those that a coder marked as sensitive: nobody is shown them."""
    plain, file = held.plain, held.raw.files.get("approvals", "approvals")
    said = plain["sources"].dropna(subset=["source"]).drop_duplicates("source").set_index("source")["file"]
    pair_of = plain["participants"].drop_duplicates("participant").set_index("participant")["pair"]
    speaks = plain["sources"][plain["sources"]["participant"] != "interviewer"].drop_duplicates("source")
    pairs = speaks.set_index("source")["participant"].map(pair_of)
    sensitive = plain["codings"][plain["codings"]["code"] == SENSITIVE]
    approved = plain["approvals"].dropna(subset=["source_id", "start", "end", "audience"])
    approved = approved.loc[approved["audience"].isin(PROFILES), ["source_id", "start", "end", "audience"]]
    for row, source, start, end, audience in approved.itertuples(name=None):
        script, ours = held.raw.transcripts.get(str(said.get(source))), sensitive[sensitive["source_id"] == source]
        if script is None or ((ours["start"] < end) & (ours["end"] > start)).any():
            continue
        widest = "partners" if audience == "public" and every.pairs < LEAST_PAIRS_PUBLIC else str(audience)
        place, pair = (file, int(row), "the passage"), str(pairs.get(source, ""))
        # a number of people in words that are approved may stand, as the gate has it
        yield from every.faults(script.text[int(start) : int(end)], place, widest, pair, counts=False)


def _own(held: Held, codebook: Codebook, every: Readers) -> Iterator[Fault]:
    """The words of a codebook and an instrument of the study's own."""
    books = ((held.study.codebook, codebook), (held.study.instrument, held.instrument))
    for path, book in books:
        for name, columns in OWN_WORDS.items() if path else ():
            frame = getattr(book, name, pd.DataFrame())
            for column in columns if len(frame) else ():
                for key, text in zip(frame.iloc[:, 0], frame[column], strict=True):
                    place = (path.name if path else "", 0, f"{column} of {key}")
                    yield from every.faults(str(text), place, "public") if pd.notna(text) else ()


def _notebooks(study: Study) -> Iterator[Fault]:
    """Notebooks that cannot be placed in a report, or hold what no report may."""
    notebooks = list[tuple[str, NotebookNode]]()
    try:
        for name, kind in kinds_of(study).items():
            if any(kind in shown for shown in KINDS.values()):
                notebooks.append((name, read_notebook(study.notebooks / name)))
    except BuddyError as error:
        problem, _, remedy = str(error).partition("; ")
        yield Fault("notebooks", 0, problem, remedy or "mend it, or take it out of the folder notebooks")
    for name, notebook in notebooks:
        for cell in notebook.cells:
            cell.pop("outputs", None)  # those of the last time; every report makes its own
        yield from notebook_faults(notebook, f"notebooks/{name}")
