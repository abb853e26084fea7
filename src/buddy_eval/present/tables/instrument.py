"""What the study asks and codes with, as a page to read: themes and codes, survey items, board questions."""

from __future__ import annotations

import pandas as pd

from buddy_eval.disclose.results import Results
from buddy_eval.present.tables.form import Table


def codebook(results: Results, theme: str | None = None) -> Table:
    """Show the codes of one theme (None: those outside of all) with definition, limits and place in the source."""
    codes = results.table("codes")
    mine = codes[codes["theme"].isna() if theme is None else codes["theme"] == theme].sort_values("position")
    made = pd.DataFrame(
        {
            "Code": mine["code"] + " " + mine["name"],
            "Definition": mine["definition"],
            "Include": mine["include"].fillna(""),
            "Exclude": mine["exclude"].fillna(""),
            "Place in the source": mine["place"].fillna(""),
        }
    )
    if theme is None:
        return Table(made, "Codes outside of the themes")
    definition = results.table("themes").set_index("theme").loc[theme, "definition"]
    return Table(made, f"Codebook: {results.labels[theme]}", f"The theme: {definition}")


def terms(results: Results, theme: str) -> Table:
    """Show the terms at which the lexicon suggests the codes of a theme, by the valence that they carry."""
    codes = results.table("codes").sort_values("position")
    mine = codes[codes["theme"] == theme]
    found = results.table("terms")
    found = found.assign(valence=found["valence"].fillna("any"))
    joined = found.groupby(["code", "valence"])["term"].agg(", ".join).unstack().reindex(mine["code"])
    made = pd.DataFrame({"Code": mine["code"] + " " + mine["name"]})
    for valence, title in (("any", "Without direction"), ("enabler", "Enabling"), ("barrier", "Hindering")):
        made[title] = joined[valence].fillna("").to_list() if valence in joined else ""
    note = "A star marks a stem, an equals sign a term whose case counts. A negation turns a direction round."
    return Table(made, f"Terms of the lexicon: {results.labels[theme]}", note)


def items(results: Results) -> Table:
    """Show the survey's items with their theme, and which of them are turned round when scored."""
    found = results.table("items").sort_values("position")
    kinds = {"overall": "Overall", "free_text": "In one's own words"}
    shown = found["theme"].map(results.labels).fillna(found["kind"].map(kinds))
    made = pd.DataFrame(
        {
            "Item": found["item"],
            "Theme": shown,
            "Wording": found["wording"],
            "Turned round": found["reversed"].map({True: "yes", False: ""}),
        }
    )
    note = "Five answers from strongly disagree to strongly agree; not applicable and don't know apart. Unvalidated."
    return Table(made, "Items of the survey", note)


def questions(results: Results) -> Table:
    """Show the boards' questions with the heading of the source and the analytic theme."""
    found = results.table("questions").sort_values("position")
    made = pd.DataFrame(
        {
            "Question": found["question"],
            "Wording": found["wording"],
            "Heading in the source": found["source_heading"],
            "Analytic theme": found["theme"].map(results.labels),
            "Comes after": found["depends_on"].fillna(""),
        }
    )
    note = "In our own words. Rated 0 not considered, 1 discussed, 2 agreed, 3 in place, 4 reviewed with the partner."
    return Table(made, "Questions to the boards", note)
