"""Figures beside the counts of people, as one reader may have them: summed over what this reader may not tell apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buddy_eval.analyse.interviews import DIRECTIONS
from buddy_eval.analyse.strands import latest_waves
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.protected import comments_shown, said_counts, theme_counts
from buddy_eval.disclose.results import LEAST_PAIRS_PUBLIC, Results

SIGNALS = ("improvement", "concern", "change", "common_cause")
EVERYBODYS = ("comments", "turns", "questions")  # items of the log of reading that name no file and no person


def board_readiness(results: Results, view: str) -> pd.DataFrame:
    """How far the boards have answered, in their latest wave: a board counts once.

    Returns one row a heading, for the team and the boards also a side: heading, side, wave, n_waves, boards,
    n_questions, n_rated, in_place, not_applicable, dont_know, lowest, highest.
    """
    readiness = results.table("readiness")
    waves = readiness["wave"]
    readiness = readiness[(waves == waves.max()) & (readiness["view"] == view)]
    if results.pair:
        readiness = readiness[readiness["pair"].isin(results.pairs)]
    keys = ["heading"] if results.public else ["heading", "side"]
    summed = readiness.groupby(keys).agg(
        wave=("wave", "max"),
        boards=("pair", "size"),
        n_questions=("n_questions", "max"),
        n_rated=("n_rated", "sum"),
        in_place=("in_place", "sum"),
        not_applicable=("not_applicable", "sum"),
        dont_know=("dont_know", "sum"),
        lowest=("lowest", "min"),
        highest=("highest", "max"),
    )
    return summed.reset_index().assign(n_waves=waves.nunique())


def in_place_by_board(results: Results) -> pd.DataFrame:
    """How many questions each board of a brief's pair has in place in its latest return: side, in_place, n_rated."""
    returns = results.table("readiness")
    returns = latest_waves(returns[(returns["view"] == "theme") & (returns["pair"] == results.pair)], ("side",))
    summed = returns.groupby("side")[["in_place", "n_rated"]].sum()
    return summed.reset_index().sort_values("side", ascending=False)


def of_team(results: Results, name: str) -> pd.DataFrame:
    """One table that speaks of single passages or coders: for the team alone, empty for everybody else."""
    rows = results.table(name)
    return rows.iloc[:0] if results.outside else rows


def open_by_board(results: Results) -> pd.DataFrame:
    """How much each board has open: pair, side, n_open, n_owned, n_dated, next_date; no row for the public."""
    agenda = results.table("agenda")
    unanswered = agenda[agenda["pair"].isin(results.pairs) & agenda["open"]]
    counted = unanswered.groupby(["pair", "side"]).agg(
        n_open=("question", "size"),
        n_owned=("owner_role", "count"),
        n_dated=("review_date", "count"),
        next_date=("review_date", "min"),
    )
    return counted.reset_index()


def last_months(results: Results) -> pd.DataFrame:
    """The last point of every process-behaviour chart that may be shown, with n_months, the points of the chart."""
    points = results.table("signals")
    if not results.public and results.pair:
        points = points[points["ods"].isin(trusts(results))]
    points = points.sort_values(["indicator", "ods", "period"])
    n = points.groupby(["indicator", "ods"])["period"].transform("size")
    return points.assign(n_months=n).groupby(["indicator", "ods"]).tail(1)


def trusts_by_signal(results: Results) -> pd.DataFrame:
    """Trusts by what their chart shows at its last month: index indicator, one column a signal that there is.

    For the public of the indicators that trusts of three or more pairs have.
    """
    last = last_months(results)
    if results.public:
        pairs = results.table("pairs")[["pair", "supporter", "receiver"]].melt("pair", value_name="ods").dropna()
        n = last.merge(pairs, on="ods").groupby("indicator")["pair"].nunique()
        last = last[last["indicator"].map(n) >= LEAST_PAIRS_PUBLIC]
    counts = last.groupby(["indicator", "signal"]).size().unstack(fill_value=0)
    return counts[[signal for signal in SIGNALS if signal in counts]].rename_axis(columns=None)


def charts(results: Results) -> pd.DataFrame:
    """What is known of the charts that these readers see, alone or in sums; columns as in `charts`."""
    every = results.table("charts")
    return every[every["ods"].isin(trusts(results))] if results.pair and not results.public else every


def trusts(results: Results) -> set[str]:
    """The trusts of the pairs that may be shown one by one."""
    pairs = results.table("pairs")
    ours = pairs[pairs["pair"].isin(results.pairs)]
    return set(ours["supporter"].dropna()) | set(ours["receiver"])


def saturation(results: Results) -> pd.DataFrame:
    """What the last interviews of a side brought; outside of the team of sides with enough people, rounded.

    There without the new codes of the last interview, which are a share of exactly so many people, and with Chao's
    bound in whole codes.
    """
    curve = results.table("saturation")
    last = curve[curve["k"] == curve.groupby(["side", "codes"])["k"].transform("max")]
    if not results.outside:
        return last
    said = said_counts(results).shown["n_people"]
    people = (last["side"] + " " + last["codes"]).map(lambda about: said[f"saturation {about}"]).astype("Int64")
    return last.assign(k=people, new=np.nan, chao=last["chao"].round()).dropna(subset=["k"])


def negative_cases(results: Results) -> pd.DataFrame:
    """Who speaks against most of a side; to readers outside one row a theme and side: theme, side, main.

    Of those only where the count of most is shown. Of one pair alone nothing: there somebody would be one of two or
    three.
    """
    cases = results.table("negative_cases")
    if results.pair:
        cases = cases.iloc[:0]
    if not results.outside:
        return cases
    shown = theme_counts(results).shown
    counted = {(*row, main) for main in shown for row in shown.index[shown[main].notna()]}
    cases = cases.drop_duplicates(["theme", "side"])[["theme", "side", "main"]]
    return cases.loc[[tuple(row) in counted for row in cases.to_numpy().tolist()]]


def framework(results: Results, theme: str) -> pd.DataFrame:
    """One theme of the framework matrix for the team: its rows speak of one or two people."""
    matrix = results.table("framework")
    shown = [] if results.outside else results.pairs
    return matrix[(matrix["theme"] == theme) & matrix["pair"].isin(shown)]


def code_totals(results: Results, theme: str) -> pd.DataFrame:
    """Both sides' people by code of one theme, for the team alone: index code, columns as in `code_counts`."""
    counted = results.table("code_counts")
    return counted[(counted["theme"] == theme) & (counted["side"] == "all") & (not results.outside)].set_index("code")


def machine(results: Results) -> pd.DataFrame:
    """How the machines' suggestions go with human coding; readers outside see themes, not codes."""
    checked = results.table("machine")
    return checked[checked["level"] == "theme"] if results.outside else checked


def means(results: Results) -> pd.DataFrame:
    """The mean scores by side of the pairs that may be shown; the camps of a split side are for the team alone."""
    scores = results.survey("within")
    return scores.assign(low=None, middle=None, high=None) if results.outside else scores


def people(about: str, results: Results) -> int | None:
    """A number of people that sentences name, as these readers may have it; None where it is withheld."""
    said = said_counts(results).shown["n_people"]
    return int(said[about]) if about in said and pd.notna(said[about]) else None


def item_quality(results: Results) -> pd.DataFrame:
    """The items of the survey in the latest wave, by side: as `item_quality`, with unanswered, the share of n.

    Outside of the team a share of few people is missing.
    """
    items = results.survey("item_quality")
    true = results.table("item_quality").loc[items.index]
    left = true["n"] - true["answered"]
    few = results.outside & left.between(1, results.study.disclosure.suppress_below - 1)
    items = items.assign(unanswered=(left / true["n"]).mask(few))
    return items[(items["wave"] == items["wave"].max()) & (items["side"] != "all")]


def answer_shares(results: Results) -> pd.DataFrame:
    """Per cent of each answer, 1 to 5 after turning round, in the latest wave: index theme, side; sides of enough."""
    items = results.table("items").dropna(subset=["theme"])[["item", "theme", "reversed"]]
    answers = results.table("responses").dropna().merge(items, on="item")
    answers = answers[answers["wave"] == answers["wave"].max()]
    if results.pair:
        answers = answers[answers["pair"].isin(results.pairs)]
    groups = answers.groupby(["theme", "side"])["participant"]
    if results.outside:
        answers = answers[disclosure.enough(groups.transform("nunique").to_frame("n"), results.study.disclosure)]
    value = answers["answer"].where(~answers["reversed"], 6 - answers["answer"])
    counts = answers.assign(value=value).groupby(["theme", "side", "value"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=range(1, 6), fill_value=0)
    return counts.div(counts.sum(axis=1), axis=0) * 100


def directions(results: Results) -> pd.DataFrame:
    """People by direction of theme and side, as they may be drawn: rows in which nothing is withheld.

    For readers outside none where fewer than half of the rows are whole: what is left would mislead.
    """
    people = theme_counts(results)
    raised = people.true.loc[people.shown.index, "raised"]
    counts = people.shown.loc[raised > 0, [name for name in DIRECTIONS if name in people.shown]]
    if not results.outside:
        return counts
    counts = counts[raised[counts.index] >= results.study.disclosure.suppress_below]
    whole = counts.dropna()
    return whole if 2 * len(whole) >= len(counts) else whole.iloc[:0]


def reading(results: Results) -> pd.DataFrame:
    """What reading did: file, item, action, n, reason; readers outside see sums over all files, of rows none.

    Comments are counted for them as people are: small numbers are left out, others rounded. Rows are people, and
    whoever knows the other files would know exactly how many answered or were left out.
    """
    log = results.table("imports")
    if not results.outside:
        return log.assign(reason=log["reason"].fillna(""))
    log = log[log["item"].isin(EVERYBODYS) & (comments_shown(results) | (log["item"] != "comments"))]
    summed = log.groupby(["item", "action"])["n"].sum().reset_index().assign(file="all files", reason="")
    rounded = disclosure.withhold(summed[["n"]], results.study.disclosure)["n"]
    return summed.assign(n=rounded.where(summed["item"] == "comments", summed["n"])).dropna()
