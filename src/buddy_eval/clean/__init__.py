"""Raw text to typed, cross-checked, de-identified tables; every fault of a study at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.clean.characters import boxed
from buddy_eval.clean.comments import assigned_as, loose_comments, on_comments, that_speak
from buddy_eval.clean.decisions import decided, decided_units, on_their_units
from buddy_eval.clean.impossible import impossible
from buddy_eval.clean.outcomes import board_answers, comparator_series, outcome_series
from buddy_eval.clean.people import asked_fewer, everybody, survey_answers, took_part
from buddy_eval.clean.recoding import code_history, proposals, recoded
from buddy_eval.clean.respondents import places
from buddy_eval.clean.text import on_units
from buddy_eval.clean.types import known, not_read, typed
from buddy_eval.clean.words import coded_units, interview_units, sources_with_text, told_of_offsets, with_consent
from buddy_eval.read import Raw
from buddy_eval.schemas import PROCESSED, conform, empty
from buddy_eval.schemas import raw as forms
from buddy_eval.study.codebook import Codebook
from buddy_eval.study.instrument import Instrument
from buddy_eval.study.settings import FILE, Study

__all__ = ["Cleaned", "clean", "comment_units"]
KEPT = [schema.name for schema in forms.KEPT]  # what a team keeps as it happens
IN_PAIRS = ("participants", "invitations", "summaries", "comments")


@dataclass
class Cleaned:
    """The clean tables of a study by name, conforming to `schemas.clean`, and everything that is wrong.

    `passages` holds the codings before they were laid on units, a row a passage, code and coder; `plain` the tables of
    `schemas.raw` with their types, as far as they could be read, also where something is wrong.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    plain: dict[str, pd.DataFrame] = field(default_factory=dict)
    passages: pd.DataFrame = field(default_factory=pd.DataFrame)
    faults: list[Fault] = field(default_factory=list)


def clean(raw: Raw, study: Study, codebook: Codebook, instrument: Instrument) -> Cleaned:
    """Make the clean tables of a study from its raw text.

    With any fault the tables are empty: nothing is analysed that a check refuses.
    """
    cleaned = Cleaned(faults=list(raw.faults))
    plain = _typed_tables(raw, cleaned.faults)
    cleaned.plain = dict(plain)
    cleaned.faults += _no_pair(raw, study)
    unread = raw.unread | {
        name for name in study.raw if name in plain and plain[name].empty and len(raw.tables.get(name, "-"))
    }
    stands = places(plain["pairs"], plain["trusts"])
    names = None if "pairs" in unread else set(plain["pairs"]["pair"])
    surveyed: list[Fault] = []
    answers, comments = survey_answers(raw, study, instrument, surveyed, names, stands)
    said = loose_comments(comments, plain["comments"], raw.files.get("comments", ""), linked=study.linked)
    said = that_speak(said, set(plain["codings"]["source_id"].dropna()), raw)
    plain["codings"] = on_comments(plain["codings"], raw, said, cleaned.faults)
    plain["codings"] = recoded(plain["codings"], codebook, raw, cleaned.faults)
    cleaned.faults += _references(plain, raw, codebook, unread, said)
    cleaned.faults += impossible(plain, raw)
    decisions = decided(raw, sources_with_text(plain["sources"], raw), said, codebook)
    plain = with_consent(plain, raw)
    unheard = plain["sources"].loc[plain["sources"]["file"].isin(raw.unread), "source"]
    plain |= {name: plain[name][~plain[name]["source_id"].isin(unheard)] for name in ("codings", "approvals")}
    cleaned.faults += surveyed
    people = everybody(plain["participants"], answers, comments)
    cleaned.faults += _namesakes(plain["participants"], people[people["kind"] == "survey"], raw)
    sources = sources_with_text(plain["sources"], raw)
    units = pd.concat([interview_units(plain["sources"], plain["participants"], raw), said], ignore_index=True)
    assignments, codings, notes = coded_units(plain, units, raw.files, codebook, cleaned.faults, unread)
    approvals = _approvals(plain, units, raw, cleaned.faults)
    boards = board_answers(raw, instrument, cleaned.faults, names)
    series = outcome_series(plain, raw)
    boxed(raw, codebook, instrument)
    cleaned.faults += asked_fewer(plain["invitations"], took_part(people, units, answers), raw)
    if cleaned.faults:
        return cleaned
    frames = {
        "themes": codebook.themes,
        "codes": codebook.codes,
        "terms": codebook.terms,
        "negations": _negations(codebook),
        "items": instrument.items,
        "questions": instrument.questions,
        "participants": people,
        "sources": sources,
        "units": units,
        "responses": answers,
        "assignments": assignments,
        "codings": codings,
        "memos": notes,
        "code_history": code_history(codebook),
        "proposals": proposals(raw.tables.get("proposals"), codebook),
        "decisions": decided_units(on_their_units(decisions, units)),
        "approvals": approvals,
        "board_answers": boards,
        "series": series,
        "comparators": comparator_series(plain),
        "imports": pd.DataFrame(raw.log, columns=PROCESSED["imports"].names),
        **{name: plain[name] for name in ("pairs", "trusts", "invitations", "summaries", "rounds", *KEPT)},
    }
    cleaned.passages = plain["codings"]
    del answers  # the largest table: it makes way for itself in order
    for name in list(frames):
        cleaned.tables[name] = conform(frames.pop(name), PROCESSED[name], categories=name == "responses")
    return cleaned


def comment_units(raw: Raw, study: Study, instrument: Instrument) -> pd.DataFrame:
    """Return the comments of a study as units, whatever else is wrong with it."""
    plain = _typed_tables(raw, [])
    stands = places(plain["pairs"], plain["trusts"])
    _, comments = survey_answers(raw, study, instrument, [], None, stands)
    said = loose_comments(comments, plain["comments"], raw.files.get("comments", ""), linked=study.linked)
    return that_speak(said, set(plain["codings"]["source_id"].dropna()), raw)


def _typed_tables(raw: Raw, faults: list[Fault]) -> dict[str, pd.DataFrame]:
    """Every plain table with its types; an absent or unreadable one is empty."""
    typed_ones = {}
    for schema in forms.TABLES:
        frame = pd.DataFrame()
        if schema.name in raw.tables:
            frame, untyped = typed(raw.tables[schema.name], schema, raw.files[schema.name])
            faults += untyped
            for column, n, why in not_read(raw.tables[schema.name], schema):
                raw.note(raw.files[schema.name], f"column {column}", "left out", n, why)
        typed_ones[schema.name] = frame if len(frame.columns) else empty(schema)
    return typed_ones


def _no_pair(raw: Raw, study: Study) -> list[Fault]:
    """A study without any pair, as `buddy-eval init` leaves it; a table that cannot be read has faults of its own."""
    if "pairs" not in study.raw:
        return [Fault(FILE, 0, "[raw] names no pairs", 'add pairs = "pairs.csv", with a row for each pair')]
    pairs = raw.tables.get("pairs")
    if pairs is None or len(pairs):
        return []
    return [Fault(raw.files["pairs"], 0, "no pair is listed", "add a row for each pair")]


def _references(
    plain: dict[str, pd.DataFrame], raw: Raw, codebook: Codebook, unread: Collection[str], comments: pd.DataFrame
) -> list[Fault]:
    """Values that must stand in another table: pairs, participants, sources, codes, themes, trusts.

    What rests on a table that cannot be read is not held against it: the table's own fault is the cause.
    """
    pairs, people, sources = plain["pairs"], plain["participants"], plain["sources"]
    themes = set(codebook.themes["theme"])
    interviewed = {*people["participant"], "interviewer"}
    keys: dict[str, Iterable[str]] = {
        "pairs": pairs["pair"],
        "participants": interviewed,
        "sources": sources["source"],
        "batches": [*sources["source"], *assigned_as(comments)],
        "comments": [*sources["source"], *comments["unit"]],
        "themes": themes,
    }
    keys |= {"codes": codebook.codes["code"], "trusts": plain["trusts"]["ods"]}
    checks = [
        *((table, "pair", "pairs", "among the pairs") for table in (*IN_PAIRS, *KEPT)),
        ("sources", "participant", "participants", "among the participants"),
        ("approvals", "source_id", "sources", "among the sources"),
        ("assignments", "source_id", "batches", "among the sources"),
        ("codings", "source_id", "comments", "among the sources"),
        ("codings", "code", "codes", "in the codebook"),
        *((table, "theme", "themes", "in the codebook") for table in ("summaries", "actions")),
    ]
    if len(plain["trusts"]):
        checks += [("pairs", side, "trusts", "among the trusts") for side in ("supporter", "receiver")]
    dangling = []
    for table, column, other, where in checks:
        if {"batches": "sources", "comments": "sources"}.get(other, other) not in unread:
            dangling += known(plain[table], column, keys[other], raw.files.get(table, table), where)
    for row, asked in sources["asked"].dropna().items():
        for theme in filter(None, map(str.strip, asked.split(";"))):
            if theme not in themes:
                problem, remedy = f"asked holds {theme!r}, which is no theme", "use: " + ", ".join(sorted(themes))
                dangling.append(Fault(raw.files["sources"], int(str(row)), problem, remedy))
    return dangling


def _negations(codebook: Codebook) -> pd.DataFrame:
    version = f"{codebook.id} {codebook.version}"
    return pd.DataFrame({"word": list(codebook.negations)}).assign(window=codebook.window, codebook=version)


def _namesakes(interviewees: pd.DataFrame, respondents: pd.DataFrame, raw: Raw) -> list[Fault]:
    problem, remedy = "is also the name of a survey respondent", "give the participant another name"
    both = interviewees.loc[interviewees["participant"].isin(respondents["participant"].dropna()), "participant"]
    file = raw.files.get("participants", "participants")
    return [Fault(file, int(str(row)), f"participant {name!r} {problem}", remedy) for row, name in both.items()]


def _approvals(plain: dict[str, pd.DataFrame], units: pd.DataFrame, raw: Raw, faults: list[Fault]) -> pd.DataFrame:
    """Approvals of participants' words; for a reader outside of the team the speaker must agree to be quoted."""
    approvals, sources, people = plain["approvals"], plain["sources"], plain["participants"]
    silent = people.loc[~people["quotes"].fillna(False).astype(bool), "participant"]
    theirs = sources.loc[sources["participant"].isin(silent), "source"]
    for row in approvals.index[approvals["source_id"].isin(theirs) & (approvals["audience"] != "internal")]:
        problem = "approves words of a participant who did not agree to be quoted"
        faults.append(Fault(raw.files["approvals"], int(row), problem, "take the row out"))
    heard = set(sources["source"]) & set(units["source"])
    whole = approvals[approvals["source_id"].isin(heard)].dropna(subset=["start", "end"])
    said = told_of_offsets(faults)
    misplaced = on_units(whole, units, raw.files.get("approvals", "approvals"))[1]
    faults += [fault for fault in misplaced if (fault.file, fault.row) not in said]
    return approvals.assign(row=approvals.index)
