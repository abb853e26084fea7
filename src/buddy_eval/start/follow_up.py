"""What a team keeps as it happens, in a few lines: actions by where they stand, and where less is given than needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from buddy_eval.analyse.kept import action_status, shortfalls
from buddy_eval.base.dates import in_full
from buddy_eval.base.errors import rows_in_words
from buddy_eval.base.numbers import many
from buddy_eval.disclose.kept import SOMEBODY, is_post
from buddy_eval.disclose.quoted import under_codes
from buddy_eval.disclose.rules import visible_quotes

UNWRITTEN = "a day that nobody wrote down"
NAMED = 3  # actions and contributions that a line names
HAPPENED = {
    "actions": ("agreed", "done", "dropped"),
    "communications": ("day",),
    "approvals": ("approved_on",),
    "outcomes": ("period",),
}
UNITS = {"staff": " whole-time equivalent", "money": " pound"}


def follow_up(tables: dict[str, pd.DataFrame], today: date) -> Iterator[str]:
    """Yield a line on each of actions, capacity and communications, where there are any."""
    actions, capacity, messages = (tables[name] for name in ("actions", "capacity", "communications"))
    if len(actions):
        status = action_status(actions, pd.Timestamp(today))
        counts = [f"{n} {kind}" for kind in ("done", "due", "overdue", "dropped") if (n := int((status == kind).sum()))]
        late = actions[status == "overdue"].sort_values("due").head(NAMED)
        owned = [
            f"{row['action']} ({row['owner_role']}, {in_full(row['due'], UNWRITTEN)})"
            for row in late.to_dict("records")
        ]
        yield f"actions: {', '.join(counts)}" + (f"; overdue first: {', '.join(owned)}" if owned else "")
    if len(capacity):
        short = shortfalls(capacity)
        named = [
            f"{row['what']} of {row['pair']} by {row['short']:g}{_unit(row)}"
            for row in short.head(NAMED).to_dict("records")
        ]
        at_home = int(capacity["home_risk"].fillna(value=False).sum())
        risk = f"; {at_home} may cost services at home" if at_home else ""
        less = f"; {many(len(short), 'falls', 'fall')} short: {', '.join(named)}" if named else ""
        yield f"capacity: {many(len(capacity), 'contribution')}{less}{risk}"
    if len(messages):
        last = messages.groupby("told")["day"].max()
        said = [f"{str(told).replace('_', ' ')} last on {in_full(sent, UNWRITTEN)}" for told, sent in last.items()]
        yield f"communications: {many(len(messages), 'message')}; {', '.join(said)}"


def to_come_true(plain: dict[str, pd.DataFrame], files: dict[str, str], today: date) -> Iterator[str]:
    """Yield a line on each column of what has happened in which a day after `today` stands; files say where.

    It is no fault: a run depends on no clock.
    """
    begun = plain["capacity"]["start"].where(plain["capacity"]["actual"].notna())
    days = {(table, name): plain[table][name] for table, names in HAPPENED.items() for name in names}
    for (table, name), cells in {**days, ("capacity", "start of what was given"): begun}.items():
        later = cells[pd.to_datetime(cells, errors="coerce", format="mixed") > pd.Timestamp(today)]
        if len(later):
            rows = rows_in_words(later.index)
            yield f"in the future, of {files[table]}{rows}: {name}: is that so? today is {in_full(today)}"


def unnamed(places: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Yield a line on the owners that briefs do not name; `places` holds answers and actions by file, rows as index."""
    owners = {file: frame["owner_role"].dropna().astype("str") for file, frame in places.items()}
    rows = {file: own.index[~own.map(is_post).astype("bool")] for file, own in owners.items()}
    if said := ", ".join(f"{file}{rows_in_words(mine)}" for file, mine in rows.items() if len(mine)):
        remedy = "write the post alone, such as 'Director of nursing'"
        yield f"owners whom briefs call {SOMEBODY!r}, for they may be a person's name, of {said}; {remedy}"


def in_no_report(tables: dict[str, pd.DataFrame], file: str) -> Iterator[str]:
    """Yield a line on the passages that are approved, and that no report can show yet."""
    names = ("approvals", "sources", "units", "participants", "codings")
    approvals, sources, units, participants, codings = (tables[name] for name in names)
    seen = visible_quotes(approvals, sources, units, participants, codings, "internal")
    themes = tables["codes"].dropna(subset=["theme"])["code"]
    coded = codings[codings["code"].isin(themes)].merge(units[["unit", "source"]], on="unit")
    shown = under_codes(seen, coded)[["source", "start", "end"]].drop_duplicates()
    every = approvals.rename(columns={"source_id": "source"})
    beside = every.merge(shown, how="left", indicator=True)
    missing = beside[beside["_merge"] == "left_only"]
    if len(missing):
        why = "nobody coded them for a theme, one is marked as sensitive, or who speaks did not agree to be quoted"
        yield f"approved and in no report, of {file}{rows_in_words(missing['row'])}: {why}"


def _unit(row: Mapping[Any, Any]) -> str:
    unit = UNITS.get(row["resource"], "")
    return unit + "s" * (bool(unit) and row["short"] != 1)
