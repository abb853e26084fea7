"""Tables on the survey's quality, on saturation and negative cases, and on changes of outcome series."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.numbers import number, p_value
from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present import wording
from buddy_eval.present.cautions import cautions_in_words
from buddy_eval.present.tables.form import Prose, Table, count, crosswise, drawn, estimates, plain, share
from buddy_eval.present.tables.survey import in_order

DIFFERENCE = "Difference-in-differences; p and 95% interval by dealing the supports to other trusts"


@drawn()
def item_quality(results: Results) -> Table:
    """Show how each item was answered or not on both sides, and whether it goes with its theme; latest wave."""
    latest = seen.item_quality(results)
    wide = latest.pivot(index=["theme", "item"], columns="side", values=["unanswered", "item_rest"])
    rows = in_order(wide.index.to_frame(index=False), results)
    shown = pd.DataFrame({"Theme": rows["theme"].map(results.labels), "Item": rows["item"]})
    for side in [side for side in ("supporter", "receiver") if side in wide.columns.get_level_values(1)]:
        gone, rest = (wide[(name, side)].to_numpy()[rows.index] for name in ("unanswered", "item_rest"))
        shown[f"{side.capitalize()}: no answer"] = [share(part, 1) for part in gone]
        shown[f"{side.capitalize()}: item-rest"] = [number(value) for value in rest]
    note = (
        "No answer: left empty, not applicable or don't know. Where a side leaves out much more than the other, "
        "the gap "
        "compares different people. Item-rest: correlation with the theme's other items; below 0.20 it measures "
        "something else."
    )
    every = results.table("item_quality")  # of all waves: what the latest no longer asks is in no score either
    if unscored := list(dict.fromkeys(every.loc[~every["scored"].astype("bool"), "item"])):
        note += " In no score, as not everybody was asked them in every wave, or fewer than half of their theme's: "
        note += f"{', '.join(unscored)}."
    return Table(shown, "The items on both sides, latest wave", note, heads=2)


@drawn()
def item_agreement(results: Results) -> Table:
    """Show how far the people of each visible side agree over the items of a theme; latest wave."""
    rows = results.survey("within_items")
    rows = rows[rows["wave"] == rows["wave"].max()]
    cells = [f"{number(j)}, {number(star)}" for j, star in rows[["rwg_j", "rwg_star"]].itertuples(index=False)]
    shown = crosswise(rows, results, ["pair", "side"], cells, ["n"])
    note = (
        "rwg(j), r*wg(j). 1: all agree; 0: as if answers were drawn by lot. rwg(j) rises with the number of items, "
        "r*wg(j) does not."
    )
    return Table(shown, "Agreement over the items of a theme, latest wave", note, heads=2)


@drawn()
def saturation(results: Results) -> Table:
    """Show how many new codes the last interviews brought; outside the team only of sides with enough people."""
    last = seen.saturation(results)
    cells = {
        "Side": last["side"],
        "Codes": last["codes"],
        "People": last["k"].map(count),
        "Codes heard": last["heard"].map(count),
    }
    shown = pd.DataFrame(cells)
    if last["new"].notna().any():
        shown["New in the last interview, on average"] = last["new"].map(number)
    units = dict.fromkeys(("Codes heard", "Codes there may be (Chao)"), "codes")
    shown["Codes there may be (Chao)"] = [number(value, 0 if results.outside else 1) for value in last["chao"]]
    note = (
        "A codebook written beforehand fills by design: saturation is a claim about codes made from the "
        "interviews (inductive)."
    )
    return Table(shown, "Would more interviews bring new codes?", note, heads=2, units=units)


@drawn()
def negative_cases(results: Results) -> Table:
    """Show who speaks against what most of a side say of a theme; to the public only that somebody does.

    Of one pair alone nothing is shown: there somebody would be one of two or three.
    """
    rows = in_order(seen.negative_cases(results), results)
    titles = {"participant": "Person", "direction": "Says", "main": "Most of the side"}
    about = {title: rows[name] for name, title in titles.items() if name in rows}
    shown = pd.DataFrame({"Theme": rows["theme"].map(results.labels), "Side": rows["side"], **about})
    note = (
        "People whose passages on a theme point against those of most on their side: they keep a "
        "finding from being too neat."
    )
    return Table(shown, "Negative cases", note, heads=2)


def effect_sentences(results: Results) -> Prose:
    """Say in words what comparator trusts add, for every indicator.

    A placebo is said where it carries a direction, as a warning of what happens without any support. Where
    nothing could be compared, why is said once and not for each indicator.
    """
    effects = results.across("effects")
    effects = effects[effects["pair"] == "all"].sort_values(["indicator", "term"])
    rows = effects.to_dict("records")
    reasons = list(dict.fromkeys("; ".join(cautions_in_words(row)) for row in rows))
    if rows and effects["estimate"].isna().all():
        return Prose(tuple((f"Against trusts outside the pairs: {reason}.", "") for reason in reasons))
    said = [row for row in rows if row["term"] == "difference" or (row["placebo"] and wording.clear(row))]
    said.sort(key=lambda row: not wording.clear(row))
    return Prose(tuple((wording.effect(row, plain(row["indicator"])), "") for row in said))


@drawn()
def comparators(results: Results) -> Table:
    """Show how the supported trusts' change differs from that of trusts outside the pairs."""
    rows = results.across("effects")
    rows = rows[(rows["pair"] == "all") & rows["estimate"].notna()]
    cells = {
        "Indicator": rows["indicator"].map(plain),
        "Compared": rows["term"],
        "Difference of the changes": estimates(rows),
        "p": rows["p_value"].map(p_value),
        "Adjusted p": rows["p_adjusted"].map(p_value),
        "Supported / compared": rows["n_treated"].astype("str") + " / " + rows["n_comparators"].astype("str"),
    }
    texts = ["; ".join(cautions_in_words(row)) for row in rows.to_dict("records")]
    cautions = " ".join(dict.fromkeys(f"{text[:1].upper()}{text[1:]}." for text in texts))
    note, units = f"{DIFFERENCE}. {cautions}", {"Supported / compared": "trusts"}
    return Table(pd.DataFrame(cells), "Supported trusts against trusts outside the pairs", note, heads=2, units=units)


@drawn()
def courses(results: Results) -> Table:
    """Show, for every trust that may be shown, how far its series lie from where they were heading, a year on."""
    rows = results.across("effects")
    rows = rows[rows["pair"].isin(results.pairs) & (rows["term"] == "after_12") & rows["estimate"].notna()]
    cells = estimates(rows)
    wide = rows.assign(cell=cells).pivot(index=["pair", "side"], columns="indicator", values="cell").fillna("")
    shown = wide.rename_axis(columns=None).reset_index().rename(columns=plain)
    note = (
        "Twelve months after the support began, with interval (level, slope and this hold together with 95%). None of "
        "it says what brought a change about; of many series one in twenty leaves out zero by chance."
    )
    return Table(shown, "How far each series lies from where it was heading", note, heads=2)
