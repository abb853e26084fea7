"""Tables on coding, most for the team alone: on what codes rest, what is open, memos, codes together, their history."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.numbers import many, number
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.seen import of_team
from buddy_eval.present.tables.form import Table, count, plain, share

SHOWN = 20  # pairs of codes in a table
WITHIN = {"unit": "on the same words", "turn": "in the same turn", "person": "with the same person"}


def consensus(results: Results) -> Table:
    """Show on what the codes of double-coded units rest: a decision, agreement, or the lead coder's word alone."""
    caption = "On what the codes of double-coded units rest"
    rows = of_team(results, "consensus_basis")
    cells = {
        "Rests on": rows["decided_by"].map(plain),
        "Codes on units": rows["n_codes"].map(count),
        "Share": [share(part, 1) for part in rows["share"]],
    }
    note = "Lead: coders differ, nobody has decided, the lead coder's word stands. The command disagreements decides."
    return Table(pd.DataFrame(cells), caption, note, of_team=results.outside)


def disagreements(results: Results) -> Table:
    """Show how many units each pair of coders coded otherwise by code, and how many of them are open."""
    caption = "What coders coded otherwise, by code and pair of coders"
    rows = of_team(results, "disagreements_by_code").sort_values(["n_units", "code"], ascending=[False, True])
    cells = {
        "Code": rows["code"],
        "Coders": rows["one"] + ", " + rows["other"],
        "Units": rows["n_units"].map(count),
        "Not decided": rows["n_open"].map(count),
    }
    note = "One gave the code and the other did not, or they gave it another direction."
    return Table(pd.DataFrame(cells), caption, note, heads=2, of_team=results.outside)


def memos(results: Results) -> Table:
    """Show the memos that coders wrote, once a passage, in the order of the interviews."""
    caption = "Memos"
    passage = ["source", "start", "end", "coder", "code"]
    rows = of_team(results, "memos").drop_duplicates(passage).sort_values(passage)
    cells = {
        "Interview": rows["source"],
        "Characters": [f"{start} to {end}" for start, end in zip(rows["start"], rows["end"], strict=True)],
        "Coder": rows["coder"],
        "Code": rows["code"],
        "Memo": rows["memo"],
    }
    note = "Characters are counted from 0 in the interview's text."
    return Table(pd.DataFrame(cells), caption, note, heads=2, of_team=results.outside)


def co_occurrence(results: Results, within: str = "unit") -> Table:
    """Show the codes that stand together with most people, within the same ``unit``, ``turn`` or ``person``."""
    caption = f"Codes that stand together {WITHIN[within]}"
    rows = of_team(results, "co_occurrence")
    order = ["n_participants", "jaccard", "code", "other"]
    rows = rows[rows["within"] == within].sort_values(order, ascending=[False, False, True, True])
    names = results.table("codes").set_index("code")["name"]
    top = rows.head(SHOWN)
    cells = {
        "Code": [f"{code} {names[code]}" for code in top["code"]],
        "With": [f"{code} {names[code]}" for code in top["other"]],
        "People": top["n_participants"].map(count),
        "Of those who raised either": top["n_either"].map(count),
        "Jaccard": top["jaccard"].map(number),
    }
    left = len(rows) - len(top)
    note = "People, not passages." + (
        f" {many(left, 'more pair of codes stands', 'more pairs of codes stand')} in the table co_occurrence."
        if left
        else ""
    )
    return Table(pd.DataFrame(cells), caption, note, heads=2, of_team=results.outside)


def code_history(results: Results) -> Table:
    """Show which codes were added, renamed, merged, split or dropped, in which version of the codebook, and why."""
    rows = results.table("code_history").sort_values("position")
    cells = {
        "Version": rows["version"],
        "Change": rows["change"].map(plain),
        "From": rows["before"].fillna(""),
        "To": rows["after"].fillna(""),
        "Why": rows["why"],
    }
    note = "Codings with a renamed or merged code count under the new one; a code that was split is coded again."
    return Table(pd.DataFrame(cells), "How the codes came about", note, heads=2)


def proposals(results: Results) -> Table:
    """Show the codes that coders proposed for the next version of the codebook, with their memos."""
    caption = "Codes that coders proposed"
    rows = of_team(results, "proposals").sort_values(["name", "at", "coder"])
    cells = {
        "Code": rows["name"],
        "Coder": rows["coder"],
        "Memo": rows["memo"].fillna(""),
        "In the codebook": rows["in_codebook"].map({True: "yes", False: "not yet"}),
    }
    shown = pd.DataFrame(cells)
    return Table(shown, caption, "A proposal never changes the codebook by itself.", heads=2, of_team=results.outside)
