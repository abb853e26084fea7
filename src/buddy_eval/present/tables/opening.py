"""What a report opens with: its messages, and what a pair's boards should ask next."""

from __future__ import annotations

from typing import Any

import pandas as pd

from buddy_eval.analyse.strands import SIDES
from buddy_eval.base.dates import in_full
from buddy_eval.disclose import kept, seen
from buddy_eval.disclose.results import Results
from buddy_eval.present import messages as words
from buddy_eval.present import wording
from buddy_eval.present.messages import CANNOT_TELL, COUNTED, Message, Messages, inner, written
from buddy_eval.present.tables.context import of_joint
from buddy_eval.present.tables.form import Table, drawn, plain
from buddy_eval.present.tables.survey import across_pairs, labelled
from buddy_eval.schemas.vocabulary import WHOLE

MOST_MESSAGES, MOST_QUESTIONS = 5, 4  # what a reader keeps in mind; what fits an agenda and half a page
LEANS = {
    "positive": "mostly of what helps",
    "negative": "mostly of what hinders",
    "mixed": "of what helps and of what hinders",
}
NO_DIRECTION = {  # why interviews of a pair lean nowhere, the most telling reason first
    "too_few": "Interviews cannot tell which way a side leans: too few of its people spoke of any one theme.",
    "no_direction": "Interviews cannot tell which way a side leans: no direction was recorded with the codes.",
    "not_coded": "Interviews cannot tell anything yet: they are not coded.",
    "not_raised": "Interviews cannot tell which way a side leans: nobody raised a theme.",
}
ANSWERS_OF_PAIR = "Withheld: a single pair's answers are not published."
RATED = "Rated from 0, not considered, to 4, reviewed with the partner."
REASONS = {
    "apart": "the sides hold opposite views",
    "dissonance": "the evidence points opposite ways",
    "one_board": "in place at one board alone",
    "not_known": "a board does not know",
    "open": "in place at no board",
}


def messages(results: Results) -> Messages:
    """Say what the report comes down to, in at most five messages: of the whole study, or of the pair of a brief."""
    if results.pair:
        joint = labelled(of_joint(results), results)
        said = [
            *words.of_evidence(joint, "your two sides", beside=True),
            *_interviews_of_pair(results, alone=not joint),
        ]
        said += _boards_of_pair(results)
    else:
        said = [*of_the_survey(results), *of_series(results), *of_joint_display(results)]
    return Messages(tuple(said[:MOST_MESSAGES]))


def of_the_survey(results: Results) -> list[Message]:
    """The messages of the survey across pairs."""
    return words.of_survey(labelled(across_pairs(results, wording.SURVEY), results))


def of_series(results: Results) -> list[Message]:
    """The messages of the outcome series across pairs."""
    return words.of_outcomes(labelled(across_pairs(results, "outcomes"), results), _against_others(results))


def of_joint_display(results: Results) -> list[Message]:
    """The messages of the joint display of the whole study."""
    return words.of_evidence(labelled(of_joint(results), results), "the two sides", beside=False)


@drawn()
def agenda(results: Results) -> Table:
    """Show what the boards of a pair should ask next: the question, why now, and what each board answered."""
    asked = results.table("agenda")
    asked = asked[asked["pair"].isin(results.pairs)]
    left = asked[asked["place"] > MOST_QUESTIONS].groupby("pair")["question"].nunique()
    asked = asked[asked["place"] <= MOST_QUESTIONS].merge(results.table("questions")[["question", "wording"]])
    asked = asked.assign(answer=[_answer(row, results) for row in asked.to_dict("records")])
    keys = ["pair", "place", "wording", "reason"]
    wide = asked.pivot(index=keys, columns="side", values="answer").reset_index()
    cells = pd.DataFrame({"Pair": wide["pair"], "Question": wide["wording"], "Why now": wide["reason"].map(REASONS)})
    for side in ("supporter", "receiver"):
        cells[f"{plain(side)}'s board"] = wide[side].fillna("no return") if side in wide else "no return"
    note = f"{RATED} Open: rated below 3 by a board that it applies to, in the latest return."
    if len(left):
        note += f" Further open questions: {left.sum()}."
    cells = cells.drop(columns="Pair") if results.pair else cells
    heads, closed = 1 if results.pair else 2, ANSWERS_OF_PAIR * results.public
    return Table(cells, "Questions for both boards", note, heads=heads, closed=closed)


def _answer(row: dict[Any, Any], results: Results) -> str:
    said = f"rated {row['rating']}" if pd.notna(row["rating"]) else wording.UNRATED[row["status"]]
    if row["status"] == "not_applicable":
        return said
    owner = kept.owner(row["owner_role"], results) if pd.notna(row["owner_role"]) and row["owner_role"] else "no owner"
    due = f"review {in_full(row['review_date'])}" if pd.notna(row["review_date"]) else "no review date"
    return f"{said} ({owner}, {due})"


def _interviews_of_pair(results: Results, *, alone: bool) -> list[Message]:
    """Say which way interviews of a pair lean on each side, as the evidence has it: of three people or more.

    Where they lean nowhere it is said why, if nothing but them could say something (`alone`).
    """
    read = results.table("evidence")
    read = read[(read["pair"] == results.pair) & (read["strand"] == "interviews")]
    said = []
    for side in SIDES:
        states = read[read["side"] == side].set_index("theme")["state"]
        named = {
            state: [label for theme, label in results.labels.items() if states.get(theme) == state] for state in LEANS
        }
        parts = [f"{LEANS[state]} on {written(map(inner, themes))}" for state, themes in named.items() if themes]
        if parts:
            said.append(f"Of the {side}'s people, those interviewed spoke {'; '.join(parts)}.")
    if said:
        return [Message(" ".join(said), COUNTED)]
    why = next((text for state, text in NO_DIRECTION.items() if (read["state"] == state).any()), "")
    return [Message(why, CANNOT_TELL)] if alone and why else []


def _boards_of_pair(results: Results) -> list[Message]:
    said = [
        f"the {row['side']}'s board has {row['in_place']} of {row['n_rated']}"
        for row in seen.in_place_by_board(results).to_dict("records")
    ]
    return [Message(f"Of the questions that they rated, {' and '.join(said)} in place.", COUNTED)] if said else []


def _against_others(results: Results) -> list[tuple[dict[Any, Any], str]]:
    """What comparator trusts add, and what a year before any support shows where it carries a direction."""
    effects = results.across("effects")
    effects = effects[(effects["pair"] == WHOLE) & effects["estimate"].notna()]
    effects = effects[(effects["term"] == "difference") | (effects["placebo"] & effects["stands"])]
    return [(row, plain(row["indicator"])) for row in effects.to_dict("records")]


@drawn()
def open_questions(results: Results) -> Table:
    """Show how much each board that may be shown has open: how many questions, with an owner, with a date."""
    left = seen.open_by_board(results)
    cells = {
        "Pair": left["pair"],
        "Board": left["side"],
        "Open": left["n_open"].astype("str"),
        "With an owner": left["n_owned"].astype("str"),
        "With a date": left["n_dated"].astype("str"),
        "First date": [in_full(day, "no date") for day in left["next_date"]],
    }
    note = f"{RATED} Open: rated 0 to 2, not known, or not answered, in the latest return; in the boards' own words."
    closed = ANSWERS_OF_PAIR * results.public
    return Table(pd.DataFrame(cells), "How much each board has open", note, heads=2, closed=closed)
