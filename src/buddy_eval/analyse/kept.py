"""What boards and teams keep as it happens: what is given, who was told what, what was agreed; each by its round.

A round opens on a day. What was agreed, or begins, belongs to the last round that had opened; what was told
belongs to the first round that opened on or after it, for that one asked those who had been told.
"""

from __future__ import annotations

import pandas as pd

from buddy_eval.schemas import conform, empty
from buddy_eval.schemas.kept import ACTION_STATES, CAPACITY_MONTHS, CONTRIBUTIONS, REACH

FIGURES = ("needed", "planned", "actual")


def last_day(
    rounds: pd.DataFrame, waves: set[int], actions: pd.DataFrame, messages: pd.DataFrame, capacity: pd.DataFrame
) -> pd.Timestamp:
    """Return the last day on which anything was written down: what a state of things is told as at.

    Days on which an action was agreed, done or dropped, and on which a round opened that people or boards answered
    (`waves`); where none is known, the last day of a message, which may be planned, and then of anything that began.
    So the same files always make the same report.
    """
    opened = rounds.loc[rounds["wave"].isin(waves), "opens"]
    days = pd.concat([opened, *(actions[name] for name in ("agreed", "done", "dropped"))]).dropna()
    return next((known.max() for known in (days, messages["day"].dropna()) if len(known)), capacity["start"].max())


def last_opened(days: pd.Series, rounds: pd.DataFrame) -> pd.Series:
    """Return the last round that had opened on each day; missing before the first.

    >>> rounds = pd.DataFrame({"wave": [1, 2], "opens": pd.to_datetime(["2025-01-10", "2026-01-10"])})
    >>> last_opened(pd.to_datetime(pd.Series(["2025-01-09", "2025-01-10", "2026-02-01"])), rounds).tolist()
    [<NA>, 1, 2]
    """
    known = rounds.sort_values("opens")
    return _wave(known, known["opens"].searchsorted(days, side="right") - 1, days)


def next_to_open(days: pd.Series, rounds: pd.DataFrame) -> pd.Series:
    """Return the first round that opened on or after each day; missing after the last.

    >>> rounds = pd.DataFrame({"wave": [1, 2], "opens": pd.to_datetime(["2025-01-10", "2026-01-10"])})
    >>> next_to_open(pd.to_datetime(pd.Series(["2025-01-10", "2025-01-11", "2026-02-01"])), rounds).tolist()
    [1, 2, <NA>]
    """
    known = rounds.sort_values("opens")
    return _wave(known, known["opens"].searchsorted(days, side="left"), days)


def _wave(known: pd.DataFrame, places: object, days: pd.Series) -> pd.Series:
    waves = dict(enumerate(known["wave"].astype("int64")))
    return pd.Series(places, index=days.index).map(waves).astype("Int64").where(days.notna())


def contributions(capacity: pd.DataFrame, rounds: pd.DataFrame, as_at: pd.Timestamp) -> pd.DataFrame:
    """Say of everything that a side gives how far it falls short, in which round it begins, and whether it runs.

    `short_planned` is needed less planned, `short_given` planned less actual; of what nobody wrote down neither can be
    told, and it is missing. Returns the frame `contributions`.
    """
    state = pd.Series("running", index=capacity.index)
    state = state.mask(capacity["end"] < as_at, "ended").mask(capacity["start"] > as_at, "to_come")
    told = capacity.assign(wave=last_opened(capacity["start"], rounds), state=state, as_at=as_at)
    told = told.assign(short_planned=told["needed"] - told["planned"], short_given=told["planned"] - told["actual"])
    return conform(told, CONTRIBUTIONS)


def capacity_months(capacity: pd.DataFrame, as_at: pd.Timestamp) -> pd.DataFrame:
    """Add up the whole-time equivalents of staff that each side needs, plans and gives, by month.

    A month shows the most that was in place on one of its days: who begins on the 20th is there, and who takes over
    from somebody within it is not added. A contribution without an end lasts to the end of the month of `as_at`. What
    was given is told up to that month. Money and other things have no sum over time.

    Returns the frame `capacity_months`.
    """
    staff = capacity[capacity["resource"] == "staff"]
    ends = staff["end"].fillna(as_at + pd.offsets.MonthEnd(0))
    ends = ends.where(ends >= staff["start"], staff["start"])
    rows = []
    for row, end in zip(staff.to_dict("records"), ends, strict=True):
        for month in pd.period_range(row["start"], end, freq="M"):
            first, so_far = max(row["start"], month.start_time), month.start_time <= as_at
            in_month = {
                **{name: row[name] for name in ("pair", "side", "needed", "planned")},
                "month": month.start_time,
                "first": first.normalize(),
                "last": end,
                "actual": row["actual"] if so_far else None,
                "planned_known": row["planned"] if so_far and pd.notna(row["actual"]) else None,
            }
            rows.append(in_month)
    if not rows:
        return empty(CAPACITY_MONTHS)
    keys, told = ["pair", "side", "month"], [*FIGURES, "planned_known"]
    lasting = pd.DataFrame(rows).astype(dict.fromkeys(told, "float64"))
    days = lasting[[*keys, "first"]].drop_duplicates().rename(columns={"first": "day"})  # a sum rises on these alone
    there = days.merge(lasting, on=keys)
    there = there[(there["first"] <= there["day"]) & (there["last"] >= there["day"])]
    most = there.groupby([*keys, "day"])[told].sum(min_count=1).groupby(keys).max()
    months = most.join(lasting.groupby(keys).size().rename("n"))
    return conform(months.reset_index(), CAPACITY_MONTHS)


def shortfalls(capacity: pd.DataFrame) -> pd.DataFrame:
    """Return the contributions of which less was planned or given than needed, or less given than planned.

    Adds `short` (the largest of these) to the columns of `capacity`. What nobody wrote down is no shortfall.
    """
    needed, planned, actual = (capacity[name] for name in FIGURES)
    gaps = pd.concat([needed - planned, needed - actual, planned - actual], axis=1)
    short = capacity.assign(short=gaps.max(axis=1))
    return short[short["short"] > 0].sort_values("short", ascending=False, kind="stable")


def reach(messages: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    """Count the messages to each group of people, by the side that sent them and the round that asked after them.

    Returns the frame `reach`.
    """
    sent = messages.assign(wave=next_to_open(messages["day"], rounds), heard=messages["heard_back"].notna())
    grouped = sent.groupby(["pair", "side", "told", "wave"], dropna=False)
    counted = grouped.agg(
        n=("message", "size"),
        channels=("channel", lambda names: ";".join(sorted(set(names)))),
        first=("day", "min"),
        last=("day", "max"),
        n_heard=("heard", "sum"),
    )
    return conform(counted.reset_index(), REACH)


def action_status(actions: pd.DataFrame, today: pd.Timestamp) -> pd.Series:
    """Say of each action whether it is done, dropped, overdue (its day has passed) or due.

    >>> frame = pd.DataFrame({"done": [pd.NaT] * 2, "dropped": [pd.NaT] * 2, "due": pd.to_datetime(["2026-01-01"] * 2)})
    >>> [action_status(frame, pd.Timestamp(day)).tolist() for day in ("2026-01-02", "2026-01-01")]
    [['overdue', 'overdue'], ['due', 'due']]
    """
    status = pd.Series("due", index=actions.index).mask(actions["due"] < today, "overdue")
    return status.mask(actions["dropped"].notna(), "dropped").mask(actions["done"].notna(), "done")


def action_states(actions: pd.DataFrame, rounds: pd.DataFrame, as_at: pd.Timestamp) -> pd.DataFrame:
    """Say where every action stands, and in which round it was agreed. Returns the frame `action_states`."""
    wave = last_opened(actions["agreed"], rounds)
    return conform(actions.assign(wave=wave, state=action_status(actions, as_at), as_at=as_at), ACTION_STATES)
