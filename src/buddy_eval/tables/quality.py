"""Tables on the survey's quality, on saturation and negative cases, and on changes of outcome series."""

from __future__ import annotations

import pandas as pd

from buddy_eval import disclosure, wording
from buddy_eval.numbers import interval, number, p_value
from buddy_eval.results import Results
from buddy_eval.tables.form import Prose, Table, count, plain, share
from buddy_eval.tables.survey import in_order, labels

TERMS = {"level": "level", "slope": "slope, a month", "after_12": "after 12 months"}


def item_quality(results: Results) -> Table:
    """Show how each item was answered or not on both sides, and whether it goes with its theme; latest wave."""
    found = results.survey("item_quality")
    found = found[(found["wave"] == found["wave"].max()) & (found["side"] != "all")]
    wide = found.pivot(index=["theme", "item"], columns="side", values=["n", "answered", "item_rest"])
    rows = in_order(wide.index.to_frame(index=False), results)
    made = pd.DataFrame({"Theme": rows["theme"].map(labels(results)), "Item": rows["item"]})
    for side in [side for side in ("supporter", "receiver") if side in wide.columns.get_level_values(1)]:
        n, answered, rest = (wide[(name, side)].to_numpy()[rows.index] for name in ("n", "answered", "item_rest"))
        gone = [share(asked - given, asked) for asked, given in zip(n, answered, strict=True)]
        made[f"{side.capitalize()}: no answer"] = gone
        made[f"{side.capitalize()}: item-rest"] = [number(value) for value in rest]
    note = (
        "No answer: left empty, not applicable or don't know. Where a side leaves out much more than the other, "
        "the gap "
        "compares different people. Item-rest: correlation with the theme's other items; below 0.20 it measures "
        "something else."
    )
    return Table(made, "The items on both sides, latest wave", note, heads=2)


def item_agreement(results: Results) -> Table:
    """Show how far the people of each visible side agree over the items of a theme; latest wave."""
    found = results.survey("within_items")
    found = found[(found["wave"] == found["wave"].max()) & found["pair"].isin(results.pairs)]
    found = in_order(found, results)
    made = pd.DataFrame(
        {
            "Theme": found["theme"].map(labels(results)),
            "Pair": found["pair"],
            "Side": found["side"],
            "rwg(j)": found["rwg_j"].map(number),
            "r*wg(j)": found["rwg_star"].map(number),
            "People": found["n"].map(count),
        }
    )
    note = "1: all agree; 0: as if answers were drawn by lot. rwg(j) rises with the number of items, r*wg(j) does not."
    return Table(made, "Agreement over the items of a theme", note, heads=3)


def saturation(results: Results) -> Table:
    """Show how many new codes the last interviews brought; outside the team only of sides with enough people."""
    found = results.table("saturation")
    last = found[found["k"] == found.groupby(["side", "codes"])["k"].transform("max")]
    people = last[["k"]]
    if results.outside:
        people = disclosure.withhold(people, results.study.disclosure).dropna()
        last = last.loc[people.index]
    made = pd.DataFrame(
        {
            "Side": last["side"],
            "Codes": last["codes"],
            "People": people["k"].map(count),
            "Codes heard": last["heard"].map(count),
            "New in the last interview, on average": last["new"].map(number),
            "Codes there may be (Chao)": [number(value, 1) for value in last["chao"]],
        }
    )
    note = (
        "A codebook written beforehand fills by design: saturation is a claim about codes made from the "
        "interviews (inductive)."
    )
    return Table(made, "Would more interviews bring new codes?", note, heads=2)


def negative_cases(results: Results) -> Table:
    """Show who speaks against what most of a side say of a theme; to the public only that somebody does.

    Of one pair alone nothing is shown: there somebody would be one of two or three.
    """
    found = in_order(results.table("negative_cases"), results)
    if results.pair:
        found = found.iloc[:0]
    names = labels(results)
    if results.profile == "internal":
        about = {
            "Person": found["participant"],
            "Says": found["direction"],
            "Most of the side": found["main"],
        }
        made = pd.DataFrame({"Theme": found["theme"].map(names), "Side": found["side"], **about})
    else:
        found = found.drop_duplicates(["theme", "side"])
        made = pd.DataFrame(
            {"Theme": found["theme"].map(names), "Side": found["side"], "Most of the side": found["main"]}
        )
    note = (
        "People whose passages on a theme point against those of most on their side: they keep a "
        "finding from being too neat."
    )
    return Table(made, "Negative cases", note, heads=2)


def effect_sentences(results: Results) -> Prose:
    """Say in words what comparator trusts add: every indicator, those alike before too, and the placebos."""
    found = results.table("effects")
    found = found[found["pair"] == "all"].sort_values(["indicator", "term"])
    said = [
        (wording.effect({str(k): v for k, v in row.items()}, plain(str(row["indicator"]))), "")
        for row in found.to_dict("records")
    ]
    return Prose(tuple(dict.fromkeys(said)))


def effects(results: Results) -> Table:
    """Show changes of outcome series when support began: single trusts where they may be shown, and against
    comparators.
    """
    found = results.table("effects")
    found = found[
        (found["pair"] == "all") | (found["pair"].isin(results.pairs) & found["term"].isin(["after_12", "level"]))
    ]
    found = found[(found["pair"] == "all") | (found["term"] == "after_12") | found["estimate"].isna()]
    made = pd.DataFrame(
        {
            "Indicator": found["indicator"].map(plain),
            "Pair": found["pair"],
            "Side": found["side"],
            "What": found["term"].map(lambda term: TERMS.get(term, term)),
            "Change": [number(value, sign=True) for value in found["estimate"]],
            "95% interval": [interval(low, high) for low, high in zip(found["ci_low"], found["ci_high"], strict=True)],
            "p": found["p_value"].map(p_value),
            "Comparators": found["n_comparators"].map(count),
            "Caution": found["caution"],
        }
    )
    note = (
        "How far the series then lie from where they were heading, or from comparators. None of it says what "
        "brought a change "
        "about; of many intervals one in twenty leaves out zero by chance."
    )
    return Table(made, "Changes of outcome series since the support began", note, heads=4)
