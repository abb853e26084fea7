"""Tables on what people said: codes by people, the framework matrix, quotes."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from buddy_eval.analyse.interviews import UNRECORDED
from buddy_eval.base.numbers import interval, number
from buddy_eval.disclose import seen
from buddy_eval.disclose.protected import code_counts, comment_counts, comment_totals, of_theme, theme_counts
from buddy_eval.disclose.results import Results
from buddy_eval.present.tables.form import Heading, Quotes, Table, counted, drawn, share

COLUMNS = {
    "asked": "Asked",
    "raised": "Raised it",
    "enabler": "Mostly enabler",
    "barrier": "Mostly barrier",
    "mixed": "Mixed",
    "neutral": "Neutral",
    UNRECORDED: "Direction not recorded",
}

STATED = {UNRECORDED: "direction not recorded"}


def heading(results: Results, theme: str) -> Heading:
    """Show the name of a theme as a heading."""
    return Heading(results.labels[theme])


@drawn()
def themes(results: Results) -> Table:
    """Show how many people raised each theme in interviews, and in which direction, by side."""
    counts, labels = theme_counts(results), results.labels
    heads = counts.shown.index.to_frame(index=False)
    heads = pd.DataFrame({"Theme": heads["theme"].map(labels), "Side": heads["side"]})
    table, status = counted(counts, heads)
    note = "People, not passages. Directions: what a person said about the theme, taken together." + _waves(results)
    if results.outside:
        note += " Small counts are withheld and others rounded."
    caption = "Themes in the interviews, by people"
    return Table(table.rename(columns=COLUMNS), caption, note, heads=2, status=status.rename(columns=COLUMNS))


def _waves(results: Results) -> str:
    """Say that interviews of several waves are counted together, and why; nothing where there is one wave."""
    units = results.table("units")
    n = units.loc[units["channel"] == "interview", "wave"].nunique()
    return f" Interviews of {n} waves are counted together: in any one there are few." if n > 1 else ""


@drawn(lambda results: results.themes)
def codes(results: Results, theme: str) -> Table:
    """Show the codes of one theme by people of each side, with the exact interval of the share of all."""
    counts = results.table("code_counts")
    names = results.table("codes").set_index("code")["name"]
    chosen = counts[counts["theme"] == theme]
    caption = f"Codes of the theme: {results.labels[theme]}"
    if chosen.empty:
        return Table(pd.DataFrame(), caption)
    total = seen.code_totals(results, theme)
    people = of_theme(code_counts(results), theme)
    order = list(people.shown.index)
    listed, status = counted(people, pd.DataFrame({"Code": [f"{code} {names[code]}" for code in order]}))
    listed, status = (frame.rename(columns=str.capitalize) for frame in (listed, status))
    if len(total):
        listed["All"] = [f"{total.loc[code, 'n_participants']} of {total.loc[code, 'n_asked']}" for code in order]
        listed["Share"] = [share(total.loc[code, "n_participants"], total.loc[code, "n_asked"]) for code in order]
        listed["95% interval, per cent"] = [
            interval(100 * total.loc[code, "ci_low"], 100 * total.loc[code, "ci_high"], 0) for code in order
        ]
        listed["Enabling / hindering"] = [
            f"{total.loc[code, 'enabler']} / {total.loc[code, 'barrier']}" for code in order
        ]
    note = "People who raised the code. The interval treats interviewees as a sample, which they are only in part."
    note += _waves(results)
    return Table(listed, caption, note, status=status.reindex(columns=listed.columns, fill_value=""))


@drawn(lambda results: results.themes)
def framework(results: Results, theme: str) -> Table:
    """Show one theme of the framework matrix: a row a pair and side, with the evaluators' summary."""
    cells = seen.framework(results, theme)
    summaries = results.table("summaries").set_index(["pair", "side", "theme"])["summary"]
    rows = []
    for (pair, side), group in cells.groupby(["pair", "side"]):
        heard = group[group["cell"] == "raised"].sort_values("n_participants", ascending=False, kind="stable")
        said = "; ".join(
            f"{row.code} ({row.n_participants}, {STATED.get(str(row.direction), row.direction)})"
            for row in heard.itertuples()
        )
        empty = "not raised" if group["n_asked"].max() > 0 else "not asked"
        short = summaries.get((pair, side, theme), "" if said else empty)
        rows.append((pair, side, str(group["n_interviewed"].max()), said or empty, short))
    columns = ["Pair", "Side", "Interviewed", "Codes (people, direction)", "In short"]
    note = (
        "The summaries are the evaluators' own words. An empty theme says whether nobody raised it or nobody was asked."
    )
    return Table(pd.DataFrame(rows, columns=columns), f"Framework matrix: {results.labels[theme]}", note, heads=2)


MACHINES = {"lexicon": "lexicon", "learned": "learned suggester"}


@drawn()
def machine(results: Results) -> Table:
    """Show how the machines' suggestions go with human coding, theme by theme."""
    note = (
        "Found again: of the units that people coded. Right: of the units that the machine suggests. The learned "
        "suggester was judged on people and sources that it did not learn from."
    )
    named = [("theme", theme, label) for theme, label in results.labels.items()]
    return _validity(results, named, "Theme", "The machines held against human coding", note)


@drawn()
def machine_codes(results: Results) -> Table:
    """Show the same for every code, for the team; none is left out, and one on too few units says so."""
    codes = results.table("codes").sort_values("position")
    named = [("code", code, f"{code} {name}") for code, name in codes[["code", "name"]].itertuples(index=False)]
    caption = "The machines held against human coding, code by code"
    return _validity(results, named, "Code", caption, "")


def _validity(results: Results, named: list[tuple[str, str, str]], head: str, caption: str, note: str) -> Table:
    compared = seen.machine(results)
    kept = compared[compared["n_units"] > 0].set_index(["level", "code", "machine"]).to_dict("index")
    rows = []
    for level, code, label in named:
        for name, shown in MACHINES.items():
            row = kept.get((level, code, name))
            if row is None:
                continue
            few = "too few" if row["caution"] else ""
            figures = {
                "Units": str(row["n_units"]),
                "Units that people coded": str(row["n_human"]),
                "Units suggested": str(row["n_machine"]),
                "Units in both": str(row["n_both"]),
                "Found again": few or share(row["n_both"], row["n_human"]),
                "Right": few or share(row["n_both"], row["n_machine"]),
                "F1": few or number(row["f1"]),
            }
            rows.append({head: label, "By the": shown, **figures})
    units = dict.fromkeys(("Units", "Units that people coded", "Units suggested", "Units in both"), "units")
    return Table(pd.DataFrame(rows), caption, note, heads=2, units=units)


@drawn(lambda _: MACHINES)
def comments(results: Results, by: str = "lexicon") -> Table:
    """Show in how many comments a machine (`lexicon` or `learned`) suggests each theme, by side or group."""
    counts = comment_counts(results, by)
    n = comment_totals(results)
    names = {group: f"{group.capitalize()} (of {n[group]:,})" for group in counts.shown.columns}
    labels = results.labels
    heads = pd.DataFrame({"Theme": [labels[theme] for theme in counts.shown.index]})
    table, status = (frame.rename(columns=names) for frame in counted(counts, heads))
    note = "Suggestions of a machine that nobody has checked: they show where to read, and are not a finding."
    return Table(table, f"Comments in which the {MACHINES[by]} suggests a theme", note, status=status)


def quotes(results: Results, theme: str | None = None, most: int = 3) -> Quotes:
    """Show quotes that the profile allows, of as many themes, sides and directions as there are, at most `most`."""
    rest = results.quotes(theme).drop_duplicates("quote").fillna({"valence": ""}).to_dict("records")
    shown, chosen = Counter[tuple[str, str]](), list[tuple[str, str]]()
    while rest and len(chosen) < most:  # next the one whose theme was shown least often, then its side, its direction
        often = [[shown[of, row[of]] for of in ("theme", "side", "valence")] for row in rest]
        following = rest.pop(often.index(min(often)))
        shown.update((of, following[of]) for of in ("theme", "side", "valence"))
        chosen.append((following["quote"], following["attribution"]))
    return Quotes(tuple(chosen))
