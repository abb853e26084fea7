"""Counts of people and of comments as one reader may have them: numbers by key, each with its status."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from buddy_eval.analyse import interviews
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.results import Results, people_columns
from buddy_eval.disclose.rules import cell_id
from buddy_eval.schemas import PROCESSED, VALUES

THEMES, CODES, COMMENTS, FLOW, SAID = "themes", "codes", "comments", "flow", "said"
MACHINES = {"lexicon": "n_suggested", "learned": "n_learned"}
TRANSCRIPTS = "transcripts"
FLOW_COUNTS = ["invited", "took_part", "answered", "missing", "not_applicable", "dont_know"]


@dataclass(frozen=True)
class Protected:
    """One table of counts as its reader may have it; all frames have ids as index and columns.

    Attributes
    ----------
    table : id of the table.
    unit : people or comments.
    true : the counts as they are, of all rows and columns.
    shown : the rows and columns that this reader sees, rounded as the profile asks; missing where withheld.
    status : of every cell of `shown`: shown, rounded, small (withheld, below the rule), secondary (withheld to
        protect others), not_recorded.
    """

    table: str
    unit: str
    true: pd.DataFrame
    shown: pd.DataFrame
    status: pd.DataFrame


def rows_of(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return the ids of every row, whether the index has one level or more."""
    return [row if isinstance(row, tuple) else (row,) for row in frame.index]


def theme_counts(results: Results) -> Protected:
    """Who was asked about and raised each theme: rows theme, side; asked, raised and the directions."""
    read = results.table
    mentions = interviews.raised(read("consensus"), read("units"), read("codes"), by="theme")
    topics = interviews.asked(read("units"), read("sources"), read("themes"))
    if results.pair:
        mentions, topics = (frame[frame["pair"].isin(results.pairs)] for frame in (mentions, topics))
    true = interviews.theme_counts(mentions, topics, results.themes)
    if not true[interviews.UNRECORDED].any():
        true = true.drop(columns=interviews.UNRECORDED)
    shown, rules = true, results.study.disclosure
    if results.outside:
        printed = true[true["asked"] >= rules.suppress_below]
        split = printed[[name for name in interviews.DIRECTIONS if name in true]].reset_index(drop=True)
        split = disclosure.withhold_row(split, rules).set_axis(printed.index)
        shown = disclosure.withhold(printed[["asked", "raised"]], rules).join(split)
    return _protected(results, THEMES, "people", true, shown)


def code_counts(results: Results) -> Protected:
    """Who raised each code: rows theme, code in the order of the codebook; one column a side."""
    long = results.table("code_counts").dropna(subset=["theme"])
    wide = long.pivot(index=["theme", "code"], columns="side", values="n_participants").rename_axis(columns=None)
    place = {code: n for n, code in enumerate(results.table("codes").sort_values("position")["code"])}
    wide = wide.loc[sorted(wide.index, key=lambda row: place[row[1]])]
    true = wide[[side for side in wide.columns if side != "all"]]
    shown = true
    if results.outside and len(wide):
        plain = true.reset_index(drop=True)
        shown = disclosure.withhold_row(plain, results.study.disclosure).set_axis(true.index)
    return _protected(results, CODES, "people", true, shown)


def of_theme(counts: Protected, theme: str) -> Protected:
    """Return the rows of one theme, with codes alone as index."""
    frames = {name: getattr(counts, name).xs(theme) for name in ("true", "shown", "status")}
    return replace(counts, **frames)


def comment_counts(results: Results, by: str = "lexicon") -> Protected:
    """In how many comments a machine (`lexicon` or `learned`) suggests each theme: rows theme; one column a group."""
    rules = results.study.disclosure
    long = results.table("comment_counts").dropna(subset=[MACHINES[by]])
    wide = long.pivot(index="theme", columns="group", values=MACHINES[by]).rename_axis(columns=None)
    groups = [*(group for group in wide.columns if group != "all"), *(["all"] if len(wide) else [])]
    n = long.drop_duplicates("group").set_index("group")["n_comments"]
    if results.outside:  # a group of another kind may be an organisation
        groups = [g for g in groups if g in (*VALUES["side"], "all") and n[g] >= rules.suppress_below]
        if not comments_shown(results):
            groups = [g for g in groups if g != "all"]
    true = wide.loc[results.themes, groups] if len(wide) else pd.DataFrame(index=results.themes)
    shown = disclosure.withhold(true, rules) if results.outside else true
    return _protected(results, f"{COMMENTS}_{by}", "comments", true, shown)


def comment_totals(results: Results) -> pd.Series:
    """How many comments each group wrote, as these readers may have it: rounded outside of the team; index group."""
    n = results.table("comment_counts").drop_duplicates("group").set_index("group")["n_comments"]
    return disclosure.withhold(n.to_frame(), results.study.disclosure)["n_comments"] if results.outside else n


def comments_shown(results: Results) -> bool:
    """Whether these readers may know of how many comments all groups wrote: not where few are left beside the sides."""
    counts = results.table("comment_counts").drop_duplicates("group").set_index("group")["n_comments"]
    below = results.study.disclosure.suppress_below
    sides = counts[counts.index.isin(VALUES["side"]) & (counts >= below)]
    return not results.outside or "all" not in counts or not 0 < counts["all"] - sides.sum() < below


def flow_groups(results: Results) -> pd.DataFrame:
    """The participant flow summed over what this reader may not tell apart; index kind, (pair,) side, wave."""
    flow = results.table("flow")
    if results.pair:
        flow = flow[flow["pair"].isin(results.pairs)]
    keys = ["kind", "side", "wave"] if results.public or results.pair else ["kind", "pair", "side", "wave"]
    return flow.groupby(keys)[FLOW_COUNTS].sum(min_count=1)


def flow_counts(results: Results) -> Protected:
    """Who was asked and took part: rows as in `flow_groups`; invited (missing where not recorded), took_part."""
    true = flow_groups(results)[["invited", "took_part"]]
    shown = disclosure.withhold(true, results.study.disclosure) if results.outside else true
    return _protected(results, FLOW, "people", true, shown)


def said_counts(results: Results) -> Protected:
    """How many people sentences and the table of saturation speak of: rows about; column n_people.

    About is interview or survey (who took part), transcripts, or saturation, its side and its codes.
    """
    took = results.table("flow").groupby("kind")["took_part"].sum()
    last = results.table("saturation").groupby(["side", "codes"])["k"].max()
    last.index = [f"saturation {side} {codes}" for side, codes in last.index]
    transcripts = pd.Series({TRANSCRIPTS: len(results.table("sources"))})
    counted = pd.concat([took, transcripts, last])
    true = counted[counted > 0].to_frame("n_people").rename_axis("about")
    shown = disclosure.withhold(true, results.study.disclosure) if results.outside else true
    return _protected(results, SAID, "people", true, shown)


def figure_counts(results: Results, name: str) -> Protected:
    """The counts of people beside figures of the survey: rows by the key of their table, one column a count.

    Of groups of posts every row, because those that are left out are parts of what is shown.
    """
    key, people = list(PROCESSED[name].key), people_columns(name)
    shown = results.survey(name)
    whole = results.table(name)
    if "view" in whole:
        shown, whole = shown[shown["view"] == "role"], whole[whole["view"] == "role"]
        shown = shown.reindex(whole.index)
        shown[key] = whole[key]
    true = whole.loc[shown.index].set_index(key)[people]
    return _protected(results, name, "people", true, shown.set_index(key)[people])


def _protected(results: Results, table: str, unit: str, true: pd.DataFrame, shown: pd.DataFrame) -> Protected:
    """Withhold what protects others, and say of every cell how it is shown."""
    ids = [[cell_id(table, row, column) for column in shown.columns] for row in rows_of(shown)]
    named = pd.DataFrame(ids, index=shown.index, columns=shown.columns)
    shown = shown.astype("Int64").mask(named.isin(results.guards))
    value, rules = true.loc[shown.index, shown.columns], results.study.disclosure
    rules = rules if results.outside else replace(rules, round_to=1)
    return Protected(table, unit, true, shown, disclosure.statuses(value, shown, rules))
