"""Tables on rounds beside each other, and on what was given, told and agreed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buddy_eval.base.dates import in_full
from buddy_eval.base.numbers import number
from buddy_eval.disclose import kept
from buddy_eval.disclose.results import Results
from buddy_eval.present.tables.form import Table, drawn, plain
from buddy_eval.schemas import VALUES
from buddy_eval.schemas.kept import channels_in

MOST_ACTIONS = 5  # of a brief: what half a page holds
SHOWN = {  # strand and measure: what a row is called, and one and many of what its shares are out of
    ("survey", "mean"): ("Survey: mean score", "person", "people"),
    ("boards", "in_place"): ("Boards: in place", "answer", "answers"),
    ("interviews", "enabler"): ("Interviews: enabling", "asked", "asked"),
    ("interviews", "barrier"): ("Interviews: hindering", "asked", "asked"),
    ("comments", "suggested"): ("Comments: lexicon", "comment", "comments"),
    ("reach", "told"): ("Survey: were told", "answer", "answers"),
}
NO_VALUE = {  # what it means that a figure is missing
    "mean": "split", "in_place": "none rated", "enabler": "not recorded", "barrier": "not recorded",
}  # fmt: skip
SIDES = tuple(VALUES["side"])
AMOUNTS = {"staff": "Staff: needed / planned / given", "money": "Money: needed / planned / given"}
PUBLIC_NOTE = "Withheld: a single pair's figures are not published."


@drawn()
def by_round(results: Results) -> Table:
    """Show every kind of evidence in its latest round, with the change from the round before, a column a theme."""
    by_wave = kept.figures(results)
    latest = by_wave[by_wave["wave"] == by_wave.groupby(["strand", "measure", "side"])["wave"].transform("max")]
    rows: list[dict[str, str]] = []
    for (strand, measure), (name, one, many) in SHOWN.items():
        for side in SIDES:
            ours = latest[(latest["strand"] == strand) & (latest["measure"] == measure) & (latest["side"] == side)]
            if ours.empty:
                continue
            cells = {str(row["theme"]): _figure(row) for row in ours.to_dict("records")}
            row = {"Evidence": name, "Side": side, "Round": str(int(ours["wave"].iloc[0]))}
            row |= {label: cells.get(theme, "") for theme, label in results.labels.items()}
            rows.append({**row, "Out of": f"{_spread(ours['n'])} {one if ours['n'].max() == 1 else many}"})
    columns = ["Evidence", "Side", "Round", *results.labels.values(), "Out of"]
    note = (
        "The latest round of each; in brackets the change from the round before that has it. Rounds are not added: "
        "each asks other people unless they are linked, so a change may be one of those who answered. "
        "Nothing in this table is tested."
    )
    shown, units = pd.DataFrame(rows, columns=columns), dict.fromkeys(columns, "shares")
    return Table(shown, "Round by round", note, heads=3, units=units)


def _figure(row: Mapping[Any, Any]) -> str:
    """A share in whole per cent, or a mean, with the change."""
    mean = row["measure"] == "mean"
    if pd.isna(row["value"]):
        return NO_VALUE[row["measure"]]
    value = number(row["value"], 1) if mean else f"{100 * row['value']:.0f}%"
    if pd.isna(row["change"]):
        return value
    change = number(row["change"], 1, sign=True) if mean else number(100 * row["change"], 0, sign=True)
    return f"{value} ({change})"


def _spread(n: pd.Series) -> str:
    return " to ".join(dict.fromkeys(str(int(end)) for end in (n.min(), n.max())))


@drawn()
def capacity(results: Results) -> Table:
    """Show what each side of the pairs that may be shown needs, plans and gives, and what that may cost at home."""
    contributed = kept.own(results, "contributions")
    rows = []
    for (pair, side), every in contributed.groupby(["pair", "side"]):
        running = every[every["state"] == "running"]
        ours = running if len(running) else every[every["start"] == every["start"].max()]
        risks = ours.loc[ours["home_risk"].fillna(value=False).astype("bool"), "what"]
        row = {"Pair": str(pair), "Side": str(side)}
        for resource, title in AMOUNTS.items():
            row[title] = _amounts(ours[ours["resource"] == resource])
        row["Other"] = ", ".join(sorted(set(ours.loc[ours["resource"] == "other", "what"])))
        rows.append({**row, "May cost services at home": ", ".join(sorted(set(risks))) or "none named"})
    columns = ["Pair", "Side", *AMOUNTS.values(), "Other", "May cost services at home"]
    shown = _supporters_first(pd.DataFrame(rows, columns=columns), ["Pair"])
    note = (
        f"As at {as_at(contributed)}: what runs, or the last that ran; needed, planned and given, of staff in "
        "whole-time equivalents, of money in pounds. A mark (?) stands where nobody wrote an amount down."
    )
    shown = shown.drop(columns="Pair") if results.pair else shown
    closed, units = PUBLIC_NOTE * results.public, dict.fromkeys(columns, "amounts")
    return Table(shown, "What each side gives", note, 1 if results.pair else 2, closed=closed, units=units)


def _amounts(ours: pd.DataFrame) -> str:
    """Needed, planned and given as written down; a mark where some of it was not."""
    if ours.empty:
        return "none"
    said = []
    for column in ("needed", "planned", "actual"):
        written = f"{ours[column].sum():,.2f}".rstrip("0").rstrip(".") if ours[column].notna().any() else ""
        said.append(written + "?" * bool(ours[column].isna().any()))
    return " / ".join(said)


def _supporters_first(shown: pd.DataFrame, before: list[str]) -> pd.DataFrame:
    ordered = shown.assign(place=shown["Side"].map(SIDES.index)).sort_values([*before, "place"], kind="stable")
    return ordered.drop(columns="place")


@drawn()
def reach(results: Results) -> Table:
    """Show who was told how often before each round, beside how many say in the survey that they were told."""
    if results.public:
        return _reach_of_all(results)
    sent, told = kept.own(results, "reach"), kept.told_of(results)
    rows, order, codes = [], list(VALUES["told"]), results.table("codes").set_index("code")["name"]
    sent = sent.sort_values(["side", "told"], key=lambda c: c.map(order.index if c.name == "told" else SIDES.index))
    for (side, group), ours in sent.groupby(["side", "told"], sort=False):
        before = ours.groupby("wave", dropna=False)["n"].sum()
        said = [f"since the last round: {n}" if wave is pd.NA else f"round {wave}: {n}" for wave, n in before.items()]
        how, last = ", ".join(channels_in(ours["channels"])), in_full(ours["last"].max())
        heard = _agree(told[told["side"] == side], codes) if group == "staff" else ""
        rows.append((str(side), plain(str(group)), "; ".join(said), how, last, heard))
    columns = ["Side", "Told", "Messages before", "How", "Last", "Say that they were told"]
    items = results.table("items").set_index("item")["wording"]
    words = " or ".join(f"{items[name]!r} ({name})" for name in items.index if name in set(told["measure"]))
    note = f"Say that they were told: staff who agree with {words}" if words else ""
    if len(told[told["kind"] == "interview"]):
        note += " In interviews: people who speak of being told, or whom it reaches, as an enabler, and as a barrier."
    shown, units = pd.DataFrame(rows, columns=columns), dict.fromkeys(columns, "messages")
    return Table(shown, "Messages, and who says that they were told", note.strip(), heads=2, units=units)


def _agree(told: pd.DataFrame, codes: pd.Series) -> str:
    """Who agrees with each item in each round; for the team also who speaks of it in interviews, code by code."""
    said = []
    asked = told[told["kind"] == "survey"].groupby(["wave", "measure"], as_index=False)[["yes", "n"]].sum()
    for row in asked.to_dict("records"):
        said.append(f"round {row['wave']}, {row['measure']}: {100 * row['yes'] / row['n']:.0f}% of {row['n']}")
    heard = told[told["kind"] == "interview"].groupby(["wave", "measure"], as_index=False)[["yes", "no", "n"]].sum()
    for row in heard.to_dict("records"):
        about = f"interviews of round {row['wave']}, {codes[row['measure']]!r} ({row['measure']})"
        people = "person" if row["n"] == 1 else "people"
        said.append(f"{about}: an enabler for {row['yes']} and a barrier for {row['no']} of {row['n']} {people}")
    return "; ".join(said)


def _reach_of_all(results: Results) -> Table:
    rows = kept.pairs_told(results)
    rows = rows.assign(row=rows["told"].map(plain))
    wide = rows.pivot_table(index=["row", "side"], columns="wave", values="n_pairs", fill_value=0)
    shown = pd.DataFrame({"Told": [told for told, _ in wide.index], "Side": [side for _, side in wide.index]})
    rounds = {f"Before round {wave}": wide[wave].astype("int64").astype("str").to_numpy() for wave in wide}
    logs = kept.pairs_with(results, "reach")
    note = f"In how many pairs, of {logs} that kept a log, a side told each group of people."
    units = dict.fromkeys(rounds, "pairs")
    return Table(shown.assign(**rounds), "Who was told", note if len(shown) else "", heads=2, units=units)


@drawn()
def actions(results: Results) -> Table:
    """Show the actions that were agreed, what is open first: who answers for it, where it stands, what figures did."""
    if results.public:
        return _actions_of_all(results)
    agreed = kept.own(results, "action_states").sort_values(["due", "action"])
    agreed = agreed.assign(rank=agreed["state"].map(kept.STATES.index)).sort_values(["pair", "rank"], kind="stable")
    most = MOST_ACTIONS if results.pair else len(agreed)
    left, agreed = agreed["state"].iloc[most:].value_counts(), agreed.iloc[:most]
    every = moved = results.table("action_figures")
    if results.outside:  # a score of too few people is none of theirs
        least = results.study.disclosure.min_respondents
        moved = moved[(moved["strand"] == "boards") | (moved[["n", "n_before"]].min(axis=1) >= least)]
    withheld = set(every["action"]) - set(moved["action"])
    rows = []
    for row in agreed.to_dict("records"):
        none = "withheld" if row["action"] in withheld else "asked in no later round"
        meanwhile = _meanwhile(moved[moved["action"] == row["action"]]) or none
        rows.append((row["pair"], row["what"], kept.owner(row["owner_role"], results), _state(row), meanwhile))
    columns = ["Pair", "Action", "Who answers for it", "State", "Figures of its theme meanwhile"]
    shown = pd.DataFrame(rows, columns=columns)
    shown = shown.drop(columns="Pair") if results.pair else shown
    beside = "In place: share of the board's rated questions. Nothing here says that figures moved for an action."
    note = f"As at {as_at(agreed)}; figures from the round of the agreement to the latest. {beside}" if rows else ""
    if len(left):
        note += f" Further actions: {', '.join(f'{n} {state}' for state, n in left.items())}."
    units = dict.fromkeys(columns, "actions")
    return Table(shown, "What was agreed", note, heads=1 if results.pair else 2, units=units)


def _state(row: Mapping[Any, Any]) -> str:
    day = row[row["state"] if row["state"] in {"done", "dropped"} else "due"]
    when = "" if pd.isna(day) else f" {in_full(day)}"
    link = ": was due" if row["state"] == "overdue" else ":"
    why = f" ({row['reason']})" if row["state"] == "dropped" and pd.notna(row["reason"]) else ""
    return f"{plain(row['state'])}{link}{when}{why}" if when else f"{plain(row['state'])}{why}"


def _meanwhile(moved: pd.DataFrame) -> str:
    """The score and the board's share in place, of each side, from the round of the agreement to the latest."""
    both, said = len(set(moved["side"])) > 1, []
    for strand, what, times, digits, sign in (("survey", "score", 1, 1, ""), ("boards", "in place", 100, 0, "%")):
        ours = moved[moved["strand"] == strand].sort_values("side", ascending=False)
        parts = []
        for row in ours.to_dict("records"):
            values = [round(times * row[name], digits) for name in ("value_before", "value")]
            then, now = (f"{value:.{digits}f}{sign}" for value in values)
            went = f"still {now}" if values[0] == values[1] else f"{then} to {now}"
            parts.append(went + f" ({row['side']})" * both)
        said += [f"{what} {', '.join(parts)}"] if parts else []
    return "; ".join(said)


def _actions_of_all(results: Results) -> Table:
    counts = kept.action_counts(results)
    states = [plain(str(state)) for state in counts.index]
    shown = pd.DataFrame({"State": states, "Actions": counts.astype("str").to_numpy()})
    rows = results.table("action_states")
    note = f"As at {as_at(rows)}, over {kept.pairs_with(results, 'action_states')} pairs." if len(shown) else ""
    return Table(shown, "Actions agreed, by state", note, units={"Actions": "actions"})


def as_at(rows: pd.DataFrame) -> str:
    """Name the day as at which contributions or actions are shown."""
    return in_full(rows["as_at"].max())
