"""The tables of a release, as the public sees them, and a dictionary of every column."""

from __future__ import annotations

import pandas as pd

from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.results import Results
from buddy_eval.present import tables
from buddy_eval.present.cautions import cautions_in_words
from buddy_eval.present.tables.form import Table
from buddy_eval.schemas import PROCESSED

MEANINGS = {
    "Kind": "interview or survey",
    "Side": "supporter, receiver or external",
    "Wave": "number of the wave",
    "Theme": "theme of the codebook",
    "Heading": "heading of the source of the board questions",
    "Code": "code and its name, as in the codebook",
    "Asked": "people who were asked; withheld where few, else rounded",
    "Took part": "people who took part; withheld where few, else rounded",
    "Left empty": "per cent of all survey questions put that were left empty",
    "Not applicable": "answers 'not applicable': per cent of the survey's questions, or number of board answers",
    "Don't know": "answers 'don't know': per cent of the survey's questions, or number of board answers",
    "Raised it": "people who raised the theme; withheld where few, else rounded",
    "Mixed": "people for whom the theme was both; withheld where few or to protect others",
    "Neutral": "people who gave no direction; withheld where few or to protect others",
    "Supporter": "people of the supporting side; withheld where few, else rounded",
    "Receiver": "people of the receiving side; withheld where few, else rounded",
    "Boards": "number of boards that answered",
    "Questions": "number of questions under the theme or heading",
    "In place": "board answers rated 3 or 4, of those rated 0 to 4",
    "Lowest to highest": "range of the boards' ratings, 0 to 4",
    "Indicator": "name of the outcome indicator",
    "Interviews": "what interviews say: positive, negative, mixed, unclear, the sides apart, or why nothing",
    "Survey": "what the survey says: positive, negative, mixed, unclear, the sides apart, or why nothing",
    "Kinds of evidence": "whether they point the same way: agreement, partial, dissonance, unclear or silence",
    "Two sides": "whether they see it alike: alike, apart, unclear or one side",
    "Independent pairs": "pairs that share no trust; those that share one count together",
    "Because": "the rule that gave the rating",
    "95% interval": "95% confidence interval",
    "People": "people; rounded",
    "Caution": "what to bear in mind",
    "Alpha": "Krippendorff's alpha, nominal",
    "Same answer": "per cent of units to which coders gave the same answer",
    "Prevalence": "per cent of codings that say present",
    "Units": "units that two or more coders coded",
}
TIDY = ("findings", "reliability")  # as numbers, in the columns of their schema
PREFIXES = {
    "Mostly ": "people for whom it was mostly so; withheld where few or to protect others",
    "Special cause": "number of trusts whose last point shows special cause of this kind",
    "Common cause": "number of trusts whose last point shows common cause only",
    "Receiver (of": "comments of receivers in which the lexicon suggests the theme",
    "Supporter (of": "comments of supporters in which the lexicon suggests the theme",
    "All (of": "all comments in which the lexicon suggests the theme",
}


def public_tables(results: Results) -> dict[str, Table]:
    """Return the tables of a release by name; those that have nothing to show are left out."""
    codes = [tables.codes(results, theme) for theme in results.themes]
    filled = [table.frame for table in codes if not table.frame.empty]
    made = {
        "findings": _findings(results),
        "participants": tables.flow(results),
        "interview_themes": tables.themes(results),
        "interview_codes": Table(
            pd.concat(filled) if filled else pd.DataFrame(), "Codes by people", "People, not passages."
        ),
        "comments": tables.comments(results),
        "board_readiness": tables.readiness(results, "theme"),
        "board_readiness_source": tables.readiness(results, "source"),
        "outcome_variation": tables.variation(results),
        "joint_display": tables.joint(results),
        "reliability": _reliability(results),
        "coder_agreement": tables.agreement(results, "theme"),
    }
    return {name: table for name, table in made.items() if not table.frame.empty}


def dictionary(made: dict[str, Table]) -> pd.DataFrame:
    """Return one row a file and column: file, column, unit, meaning."""
    schema = {(name, c.name): (c.unit, c.meaning) for name in TIDY for c in PROCESSED[name].columns}
    rows = [
        (f"data/{name}.csv", column, *(schema[name, column] if name in TIDY else ("", meaning(column))))
        for name, table in made.items()
        for column in table.frame.columns
    ]
    return pd.DataFrame(rows, columns=["file", "column", "unit", "meaning"])


def meaning(column: str) -> str:
    """Say what a displayed column holds; nothing where it is not described."""
    return MEANINGS.get(column) or next((text for start, text in PREFIXES.items() if column.startswith(start)), "")


def _findings(results: Results) -> Table:
    """The findings as numbers, with counts of people as the public may have them."""
    found = results.across("findings")
    people = ["n_supporter", "n_receiver"]
    survey = found["contrast_kind"] != "series"
    found = found[~survey | disclosure.enough(found, results.study.disclosure)].reset_index(drop=True)
    survey = found["contrast_kind"] != "series"
    found.loc[survey, people] = disclosure.withhold(found.loc[survey, people], results.study.disclosure)
    found["caution"] = ["; ".join(cautions_in_words(row)) for row in found.to_dict("records")]
    return Table(_rounded(found), "Findings", "One row a finding; the id is that of the reports.")


def _reliability(results: Results) -> Table:
    """The reliability of the theme scores as numbers."""
    found = results.survey("reliability")
    found = found[found["side"] == "all"].reset_index(drop=True)
    found[["n"]] = disclosure.withhold(found[["n"]], results.study.disclosure)
    found["caution"] = ["; ".join(cautions_in_words(row)) for row in found.to_dict("records")]
    return Table(_rounded(found), "Reliability of the theme scores", "One row a statistic; people are rounded.")


def _rounded(found: pd.DataFrame) -> pd.DataFrame:
    numbers = found.select_dtypes("float").columns
    return found.assign(**{name: found[name].round(4) for name in numbers})
