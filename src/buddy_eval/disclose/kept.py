"""What boards and teams keep, and rounds beside each other, as one reader may have them.

The team sees all. The boards of a pair see their own pair's, an owner only by a post. The public sees sums over three
pairs or more, and of capacity only shares, over the same pairs in every round, in steps of ten per cent: a pair that
knows its own figures can work out no other's.
"""

from __future__ import annotations

import re

import pandas as pd

from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.results import LEAST_PAIRS_PUBLIC, Results
from buddy_eval.pipeline.processed import read
from buddy_eval.schemas.vocabulary import WHOLE
from buddy_eval.study.settings import Study

CAPACITY = "capacity"  # the theme of the shipped codebook
PUBLIC_STEP = 0.1  # of shares of capacity
OPEN_STRANDS = ("survey", "boards")  # of which readers outside may see figures by round
STATES = ("overdue", "due", "dropped", "done")
POST_WORDS = frozenset({
    "accountable", "acting", "and", "associate", "board", "boards", "business", "care", "chair", "chairs", "chief",
    "clinical", "committee", "communications", "company", "corporate", "daytime", "deputy", "development", "digital",
    "director", "directors", "division", "divisional", "emergency", "estates", "executive", "executive's",
    "executives", "facilities", "finance", "for", "general", "governance", "governor", "governors", "head", "heads",
    "human", "improvement", "information", "integration", "interim", "joint", "lead", "leads", "manager", "managers",
    "managing", "matron", "matrons", "medical", "medicine", "midwifery", "night", "non", "nurse", "nurses", "nursing",
    "of", "office", "officer", "officers", "operating", "operations", "organisational", "partnership", "people",
    "performance", "planning", "programme", "project", "quality", "resources", "safety", "secretary", "senior",
    "service", "services", "sister", "sisters", "staff", "strategic", "strategy", "surgery", "team", "teams", "the",
    "theatre", "theatres", "transformation", "trust", "trusts", "vice", "ward", "wards", "workforce",
})  # fmt: skip
SOMEBODY = "an owner"


def owner(name: str, results: Results) -> str:
    """Name who answers for something: outside the team only by words that posts are made of, for a person has a name.

    >>> [owner(name, Results(None, "partners")) for name in ("Chief nurse", "Grace Abbot, chief nurse")]
    ['Chief nurse', 'an owner']
    """
    return name if not results.outside or is_post(name) else SOMEBODY


def is_post(name: str) -> bool:
    """Whether nothing but words that posts are made of name an owner: a person's name may be anything else.

    >>> is_post("Chief executive's office"), is_post("Head of catering")
    (True, False)
    """
    words = re.findall(r"[^\s,;/()&-]+", name.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return bool(words) and POST_WORDS.issuperset(words)


def unnamed_owners(study: Study) -> set[str]:
    """The owners of answers and actions whom no reader outside of the team is told of."""
    tables = (read(study, name)["owner_role"].dropna() for name in ("board_answers", "actions"))
    return {name for owners in tables for name in owners.astype("str") if not is_post(name)}


def own(results: Results, name: str) -> pd.DataFrame:
    """The rows of one table that are of the pairs which may be shown one by one."""
    rows = results.table(name)
    return rows[rows["pair"].isin(results.pairs)]


def pairs_with(results: Results, name: str) -> int:
    """How many pairs a table holds, as far as the public may hear of them: none where they are fewer than three."""
    n = results.table(name)["pair"].nunique()
    return n if n >= LEAST_PAIRS_PUBLIC else 0


def staff_months(results: Results) -> pd.DataFrame:
    """Whole-time equivalents of staff by side and month, over the pairs that may be shown: no row for the public.

    Columns side, month, needed, planned, actual; the last is missing after what is written down.
    """
    months = own(results, "capacity_months").groupby(["side", "month"])
    return months[["needed", "planned", "actual"]].sum(min_count=1).reset_index()


def unwritten(results: Results) -> bool:
    """Whether of some staff that these readers see an amount is not written down, and enters no sum."""
    rows = own(results, "contributions")
    return bool(rows.loc[rows["resource"] == "staff", ["needed", "planned", "actual"]].isna().any(axis=None))


def staff_shares(results: Results) -> pd.DataFrame:
    """How much of the planned staff was given on the day on which each round opened: side, wave, value, n_pairs.

    For the public the mean over the pairs of which it is known in every round, of three or more of them.
    """
    rows = results.table("by_round")
    rows = rows[rows["strand"] == CAPACITY]
    columns = ["side", "wave", "value", "n_pairs"]
    if not results.public:
        return rows.loc[rows["pair"] == (results.pair or WHOLE), columns]
    rows = rows[(rows["pair"] != WHOLE) & rows["value"].notna()]
    known = rows.groupby(["side", "pair"])["wave"].transform("nunique")
    every = rows[known == rows.groupby("side")["wave"].transform("nunique")]
    means = every.groupby(["side", "wave"]).agg(value=("value", "mean"), n_pairs=("pair", "nunique"))
    means = means[means["n_pairs"] >= LEAST_PAIRS_PUBLIC].reset_index()
    return means.assign(value=(means["value"] / PUBLIC_STEP).round() * PUBLIC_STEP)[columns]


def figures(results: Results) -> pd.DataFrame:
    """The figures of rounds of the whole study, or of the pair of a brief; columns as in `by_round`, less capacity.

    Readers outside see survey and boards alone: interviews and comments of one round are few. Of the survey they see
    what rests on enough people, their number rounded; the public sees what rests on three pairs or more.
    """
    rows = results.table("by_round")
    rows = rows[(rows["pair"] == (results.pair or WHOLE)) & (rows["strand"] != CAPACITY)]
    if results.pair and results.pair not in results.pairs:
        return rows.iloc[:0]
    if not results.outside:
        return rows
    rows = rows[rows["strand"].isin(OPEN_STRANDS)]
    if results.public:
        rows = rows[rows["n_pairs"] >= LEAST_PAIRS_PUBLIC]
    rows = rows[(rows["strand"] != "survey") | disclosure.enough(rows, results.study.disclosure)]
    people = rows["strand"] == "survey"
    few = people & (rows["n_before"] < results.study.disclosure.min_respondents)
    rows = rows.assign(**{name: rows[name].mask(few) for name in ("wave_before", "n_before", "value_before", "change")})
    rounded = disclosure.withhold(rows[["n"]], results.study.disclosure)["n"]
    return rows.assign(n=rows["n"].mask(people, rounded))


def told_of(results: Results) -> pd.DataFrame:
    """Who says that they were told, by side and round: side, wave, kind, measure, n, yes, no.

    Only to the team and the boards of a pair; to these of the survey alone, where both those who agree and all others
    are enough people.
    """
    rows = own(results, "told").groupby(["side", "wave", "kind", "measure"])[["n", "yes", "no"]].sum().reset_index()
    if not results.outside:
        return rows
    rules = results.study.disclosure
    rows = rows[rows["kind"] == "survey"]
    few = pd.concat([rows["yes"], rows["n"] - rows["yes"]], axis=1).lt(rules.suppress_below).any(axis=1)
    shown = rows[disclosure.enough(rows, rules) & ~few]
    return shown.assign(no=shown["no"].mask(shown["no"].notna()))


def pairs_told(results: Results) -> pd.DataFrame:
    """For the public, of how many pairs a side told a group of people before each round: told, side, wave, n_pairs."""
    rows = results.table("reach").dropna()
    if not pairs_with(results, "reach"):
        rows = rows.iloc[:0]
    return rows.groupby(["told", "side", "wave"]).agg(n_pairs=("pair", "nunique")).reset_index()


def action_counts(results: Results) -> pd.Series:
    """How many actions that may be counted stand in each state: for the public those of three pairs or more."""
    rows = results.table("action_states") if results.public else own(results, "action_states")
    if results.public and not pairs_with(results, "action_states"):
        rows = rows.iloc[:0]
    counts = rows["state"].value_counts()
    return counts.reindex([state for state in STATES if state in counts.index])
