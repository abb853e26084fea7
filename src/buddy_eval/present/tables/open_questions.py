"""What boards have open, who owns it, and when it is looked at again."""

from __future__ import annotations

import pandas as pd

from buddy_eval.disclose.results import Results
from buddy_eval.disclose.seen import open_by_board, open_now
from buddy_eval.present.tables.form import Table

MOST = 8  # open questions that a brief lists; it has two pages
NOBODY, NO_DATE = "nobody named", "no date"
STANDS = {"dont_know": "not known", "missing": "not answered"}
NOTE = "Open: rated 0 to 2 of 4, not known, or not answered, in each board's latest return; in the boards' own words."


def open_questions(results: Results) -> Table:
    """Show what the boards have open: to a pair its questions with owner and date, to the team how many a board."""
    if results.public:
        return Table(pd.DataFrame(), "What the boards have open", "Withheld: it is for the boards.", closed=True)
    return _listed(results) if results.pair else _by_board(results)


def _listed(results: Results) -> Table:
    found = open_now(results)
    shown = found.head(MOST)
    rows = {
        "Question": shown["wording"],
        "Board": shown["side"],
        "Rated": shown["rating"].astype("str").where(shown["rating"].notna(), shown["status"].map(STANDS)),
        "Owner": shown["owner_role"].fillna(NOBODY),
        "Looked at again": shown["review_date"].dt.strftime("%d %B %Y").fillna(NO_DATE),
    }
    more = f" {len(found) - MOST} more are open; these are the earliest." if len(found) > MOST else ""
    return Table(pd.DataFrame(rows), "What the boards have open, the earliest date first", NOTE + more)


def _by_board(results: Results) -> Table:
    found = open_by_board(results)
    rows = {
        "Pair": found["pair"],
        "Board": found["side"],
        "Open": found["n_open"].astype("str"),
        "With an owner": found["n_owned"].astype("str"),
        "With a date": found["n_dated"].astype("str"),
        "First date": found["next_date"].dt.strftime("%d %B %Y").fillna(NO_DATE),
    }
    return Table(pd.DataFrame(rows), "How much each board has open", NOTE, heads=2)
