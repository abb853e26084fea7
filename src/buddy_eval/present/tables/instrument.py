"""What the study asks and codes with, as a page to read: themes and codes, survey items, board questions."""

from __future__ import annotations

import pandas as pd

from buddy_eval.disclose.results import Results
from buddy_eval.present.tables.form import Table


def codebook(results: Results, theme: str | None = None) -> Table:
    """Show the codes of one theme (None: those outside of all) with definition, limits and place in the source."""
    codes = results.table("codes")
    mine = codes[codes["theme"].isna() if theme is None else codes["theme"] == theme].sort_values("position")
    cells = {
        "Code": mine["code"] + " " + mine["name"],
        "Definition": mine["definition"],
        "Include": mine["include"].fillna(""),
        "Exclude": mine["exclude"].fillna(""),
        "Place in the source": mine["place"].fillna(""),
    }
    shown = pd.DataFrame(cells)
    if theme is None:
        return Table(shown, "Codes outside of the themes")
    definition = results.table("themes").set_index("theme").loc[theme, "definition"]
    return Table(shown, f"Codebook: {results.labels[theme]}", f"The theme: {definition}")


def terms(results: Results, theme: str) -> Table:
    """Show the terms at which the lexicon suggests the codes of a theme, by the valence that they carry."""
    codes = results.table("codes").sort_values("position")
    mine = codes[codes["theme"] == theme]
    rows = results.table("terms")
    rows = rows.assign(valence=rows["valence"].fillna("any"))
    joined = rows.groupby(["code", "valence"])["term"].agg(", ".join).unstack().reindex(mine["code"])
    shown = pd.DataFrame({"Code": mine["code"] + " " + mine["name"]})
    for valence, title in (("any", "Without direction"), ("enabler", "Enabling"), ("barrier", "Hindering")):
        shown[title] = joined[valence].fillna("").to_list() if valence in joined else ""
    note = "A star marks a stem, an equals sign a term whose case counts. A negation turns a direction round."
    return Table(shown, f"Terms of the lexicon: {results.labels[theme]}", note)


def items(results: Results) -> Table:
    """Show the survey's items with their theme, and which of them are turned round when scored."""
    rows = results.table("items").sort_values("position")
    kinds = {"overall": "Overall", "free_text": "In one's own words"}
    about = rows["theme"].map(results.labels).fillna(rows["kind"].map(kinds))
    cells = {
        "Item": rows["item"],
        "Theme": about,
        "Wording": rows["wording"],
        "Turned round": rows["reversed"].map({True: "yes", False: ""}),
    }
    note = "Five answers from strongly disagree to strongly agree; not applicable and don't know apart. Unvalidated."
    return Table(pd.DataFrame(cells), "Items of the survey", note)


def questions(results: Results) -> Table:
    """Show the boards' questions with the heading of the source and the analytic theme."""
    rows = results.table("questions").sort_values("position")
    cells = {
        "Question": rows["question"],
        "Wording": rows["wording"],
        "Heading in the source": rows["source_heading"],
        "Analytic theme": rows["theme"].map(results.labels),
        "Comes after": rows["depends_on"].fillna(""),
    }
    note = "In our own words. Rated 0 not considered, 1 discussed, 2 agreed, 3 in place, 4 reviewed with the partner."
    return Table(pd.DataFrame(cells), "Questions to the boards", note)
