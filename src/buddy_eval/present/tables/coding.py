"""Tables on coding, most for the team alone: on what codes rest, what is open, memos, codes together, their history."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.numbers import number
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.seen import of_team
from buddy_eval.present.tables.form import Table, count, plain, share

SHOWN = 20  # pairs of codes in a table
WITHIN = {"unit": "on the same words", "turn": "in the same turn", "person": "with the same person"}


def consensus(results: Results) -> Table:
    """Show on what the codes of double-coded units rest: a decision, agreement, or the lead coder's word alone."""
    caption = "On what the codes of double-coded units rest"
    found = of_team(results, "consensus_basis")
    made = pd.DataFrame(
        {
            "Rests on": found["decided_by"].map(plain),
            "Codes on units": found["n_codes"].map(count),
            "Share": [share(part, 1) for part in found["share"]],
        }
    )
    note = "Lead: coders differ, nobody has decided, the lead coder's word stands. The command disagreements decides."
    return Table(made, caption, note, of_team=results.outside)


def disagreements(results: Results) -> Table:
    """Show how many units each pair of coders coded otherwise by code, and how many of them are open."""
    caption = "What coders coded otherwise, by code and pair of coders"
    found = of_team(results, "disagreements_by_code").sort_values(["n_units", "code"], ascending=[False, True])
    made = pd.DataFrame(
        {
            "Code": found["code"],
            "Coders": found["one"] + ", " + found["other"],
            "Units": found["n_units"].map(count),
            "Not decided": found["n_open"].map(count),
        }
    )
    note = "One gave the code and the other did not, or they gave it another direction."
    return Table(made, caption, note, heads=2, of_team=results.outside)


def memos(results: Results) -> Table:
    """Show the memos that coders wrote, once a passage, in the order of the interviews."""
    caption = "Memos"
    passage = ["source", "start", "end", "coder", "code"]
    found = of_team(results, "memos").drop_duplicates(passage).sort_values(passage)
    made = pd.DataFrame(
        {
            "Interview": found["source"],
            "Characters": [f"{start} to {end}" for start, end in zip(found["start"], found["end"], strict=True)],
            "Coder": found["coder"],
            "Code": found["code"],
            "Memo": found["memo"],
        }
    )
    note = "Characters are counted from 0 in the interview's text."
    return Table(made, caption, note, heads=2, of_team=results.outside)


def co_occurrence(results: Results, within: str = "unit") -> Table:
    """Show the codes that stand together with most people, within the same ``unit``, ``turn`` or ``person``."""
    caption = f"Codes that stand together {WITHIN[within]}"
    found = of_team(results, "co_occurrence")
    found = found[found["within"] == within].sort_values(
        ["n_participants", "jaccard", "code", "other"], ascending=[False, False, True, True]
    )
    names = results.table("codes").set_index("code")["name"]
    top = found.head(SHOWN)
    made = pd.DataFrame(
        {
            "Code": [f"{code} {names[code]}" for code in top["code"]],
            "With": [f"{code} {names[code]}" for code in top["other"]],
            "People": top["n_participants"].map(count),
            "Of those who raised either": top["n_either"].map(count),
            "Jaccard": top["jaccard"].map(number),
        }
    )
    left = len(found) - len(top)
    note = "People, not passages." + (f" {left} more pairs of codes stand in the table co_occurrence." if left else "")
    return Table(made, caption, note, heads=2, of_team=results.outside)


def code_history(results: Results) -> Table:
    """Show which codes were added, renamed, merged, split or dropped, in which version of the codebook, and why."""
    found = results.table("code_history").sort_values("position")
    made = pd.DataFrame(
        {
            "Version": found["version"],
            "Change": found["change"].map(plain),
            "From": found["before"].fillna(""),
            "To": found["after"].fillna(""),
            "Why": found["why"],
        }
    )
    note = "Codings with a renamed or merged code count under the new one; a code that was split is coded again."
    return Table(made, "How the codes came about", note, heads=2)


def proposals(results: Results) -> Table:
    """Show the codes that coders proposed for the next version of the codebook, with their memos."""
    caption = "Codes that coders proposed"
    found = of_team(results, "proposals").sort_values(["name", "at", "coder"])
    made = pd.DataFrame(
        {
            "Code": found["name"],
            "Coder": found["coder"],
            "Memo": found["memo"].fillna(""),
            "In the codebook": found["in_codebook"].map({True: "yes", False: "not yet"}),
        }
    )
    return Table(made, caption, "A proposal never changes the codebook by itself.", heads=2, of_team=results.outside)
