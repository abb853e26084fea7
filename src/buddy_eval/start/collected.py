"""What has come to a study and what is still to come, in plain lines: by kind of evidence, and by round."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import rows_in_words
from buddy_eval.base.numbers import many
from buddy_eval.publish.gate.names import identifier
from buddy_eval.read import Raw
from buddy_eval.start.asked import unasked
from buddy_eval.start.assumed import NO_START, NO_TRUST, PLACEHOLDER
from buddy_eval.study.instrument import Instrument
from buddy_eval.study.settings import Study

SIDES = ("supporter", "receiver")
OTHERS = {
    "invitations": ("groups of people who were asked", "write down how many were asked, for rates of response"),
    "outcomes": ("outcome figures", "add figures by month, if you follow any"),
    "summaries": ("summaries by side and theme", "write one or two sentences for each, once interviews are coded"),
    "approvals": ("passages approved for quoting", f"if reports shall quote: {CALLED} quotes --choose NAME"),
}


class Held(NamedTuple):
    """What a study holds: its settings, what was read, the plain tables with their types, and its instrument."""

    study: Study
    raw: Raw
    plain: dict[str, pd.DataFrame]
    instrument: Instrument

    @property
    def rounds(self) -> pd.DataFrame:
        """The rounds that are listed or have a survey: columns wave and opens (missing where no day is listed)."""
        listed = self.plain["rounds"][["wave", "opens"]].dropna(subset=["wave"]).drop_duplicates("wave")
        surveyed = {survey.wave for survey in self.study.survey if survey.wave} - set(listed["wave"])
        more = pd.DataFrame({"wave": sorted(surveyed), "opens": pd.NaT})
        every = pd.concat([part for part in (listed, more) if len(part)] or [listed])
        return every.astype({"wave": "int64", "opens": "datetime64[us]"}).sort_values("wave", ignore_index=True)


Said = tuple[list[str], list[str]]


def collected(held: Held) -> Said:
    """Return lines on what is there, and on what is still to come."""
    there, to_come = list[str](), list[str]()
    for part in (_pairs, _named, _assumed, _survey, _interviews, _boards, _others):
        said, lacking = part(held)
        there += said
        to_come += lacking
    return there, to_come


def column(held: Held, table: str, name: str) -> pd.Series:
    """Return the filled cells of one column of a plain table."""
    return held.plain[table][name].dropna()


def _pairs(held: Held) -> Said:
    pairs = column(held, "pairs", "pair")
    return ([many(len(pairs), "pair") + f" of trusts: {', '.join(pairs)}"] if len(pairs) else []), []


def _named(held: Held) -> Said:
    """People whose pseudonym may be their name: it holds no figure."""
    people = held.plain["participants"]["participant"].dropna()
    names = people[~people.map(identifier)]
    rows = f"data/raw/{held.study.raw.get('participants', '')}{rows_in_words(names.index)}"
    remedy = "where it is one, give a pseudonym such as P1-R1 instead"
    return [], [f"participants: what may be a person's name stands in {rows}; {remedy}"] if len(names) else []


def _assumed(held: Held) -> Said:
    """What `import` filled in: pairs cell by cell, and people of whom nobody has changed a cell yet."""
    to_come = []
    for table, cells in {"participants": PLACEHOLDER, "pairs": {"receiver": NO_TRUST, "start": NO_START}}.items():
        frame = held.raw.tables.get(table, pd.DataFrame()).reindex(columns=list(cells))
        same = frame == pd.Series(cells)
        if table == "participants":  # of these each alone may hold
            theirs = same.drop(columns=["pair", "consent"]).all(axis=1)  # consent may have been said to import
            same = same[theirs & bool(held.study.projects)]
        numbers = {name: int(same[name].sum()) for name in cells}
        stand = [f"{name} {cells[name]!r} ({n} of {len(frame)})" for name, n in numbers.items() if n]
        if stand:
            remedy = f"write what holds in data/raw/{held.study.raw[table]}, then take the notice out of study.toml"
            to_come.append(f"{table}: import filled in {', '.join(stand)}; {remedy}")
    return [], to_come


def _survey(held: Held) -> Said:
    there, to_come, alike = list[str](), list[str](), dict[tuple[bool, str], list[str]]()
    for survey, frame in held.raw.surveys:
        name = "survey" + (f", wave {survey.wave}" if survey.wave else "")
        if len(frame):
            there.append(f"{name}: {many(len(frame), 'answer')} ({survey.file})")
            not_asked, perhaps = unasked(survey, frame, held.raw, held.study, held.instrument)
            for line in (*not_asked, *perhaps):
                alike.setdefault((line in perhaps, line), []).append(name.removeprefix("survey, "))
        else:
            to_come.append(f"{name}: no answer yet; save your tool's export in place of data/raw/{survey.file}")
    for (maybe, line), names in alike.items():
        of = ", ".join(dict.fromkeys(["survey", *names]))
        (to_come if maybe else there).append(f"{of}: {line}")
    return there, to_come


def _interviews(held: Held) -> Said:
    if "sources" not in held.study.raw:
        return [], []
    listed, file = held.plain["sources"], held.study.raw["sources"]
    sources = column(held, "sources", "source").drop_duplicates()
    rounds = held.rounds["wave"]
    if sources.empty:
        return [], [f"interviews: none yet; save transcripts in data/raw/transcripts and name them in data/raw/{file}"]
    coded = held.plain["codings"].reindex(columns=["source_id", "coder"]).dropna()
    coders = coded[coded["source_id"].isin(sources)].groupby("source_id")["coder"].nunique()
    line = f"interviews: {len(sources)}, of which {len(coders)} coded and {int((coders > 1).sum())} by two people"
    if len(rounds) < 2 or (listed["wave"] == rounds.iloc[-1]).any():
        return [line], []
    remedy = f"save transcripts in data/raw/transcripts and name them in data/raw/{file} with wave {rounds.iloc[-1]}"
    return [line], [f"interviews, round {rounds.iloc[-1]}: none yet; {remedy}"]


def _boards(held: Held) -> Said:
    """Which boards have answered, in every round, and whose workbook of the latest one is still to come."""
    if "boards" not in held.study.raw:
        return [], []
    came = {tuple(_plain(board[name].iloc[0]) for name in ("pair", "side", "wave")) for _, board in held.raw.boards
            if len(board)}  # fmt: skip
    answered = {int(wave) for _, _, wave in came if wave.isdecimal()}
    days = pd.Series(pd.NaT, index=sorted(answered - set(held.rounds["wave"])), dtype="datetime64[us]")
    days = pd.concat([days, held.rounds.set_index("wave")["opens"]])
    there, to_come = list[str](), list[str]()
    for wave in sorted(days.index) or [1]:
        pairs = held.plain["pairs"]
        pairs = pairs[~(pairs["end"] < days.get(wave, pd.NaT)).astype("bool")]
        wanted = [(pair, side) for pair in pairs["pair"].dropna() for side in SIDES
                  if pairs.loc[pairs["pair"] == pair, side].notna().any()]  # fmt: skip
        lacking = [f"{pair} {side}" for pair, side in wanted if (_plain(pair), side, str(wave)) not in came]
        name = f"boards, round {wave}" if len(days) > 1 else "boards"
        if len(lacking) < len(wanted):
            there.append(f"{name}: {len(wanted) - len(lacking)} of {len(wanted)} have answered")
        if lacking and wave == max(days.index, default=1):
            remedy = f"save their workbooks in data/raw/{held.study.raw['boards']}"
            to_come.append(f"{name}: {', '.join(lacking)}; {remedy}")
    return there, to_come


def _others(held: Held) -> Said:
    there, to_come = list[str](), list[str]()
    rounds = held.rounds["wave"]
    for table, (what, remedy) in OTHERS.items():
        if table not in held.raw.tables:
            continue
        n, file = len(held.raw.tables[table]), held.study.raw[table]
        if n:
            there.append(f"{what}: {n}")
        else:
            to_come.append(f"{what}: none yet; {remedy} (data/raw/{file})")
        by_round = n and table == "invitations" and len(rounds) > 1
        if by_round and not (held.plain[table]["wave"] == rounds.iloc[-1]).any():
            to_come.append(f"{what}, round {rounds.iloc[-1]}: none yet; {remedy} (data/raw/{file})")
    return there, to_come


def _plain(cell: object) -> str:
    return str(cell).strip().casefold()
