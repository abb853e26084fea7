"""Tables on the comparison beyond its primary view: other views side by side, groups of posts, partial pooling."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.numbers import many, number
from buddy_eval.disclose.results import Results
from buddy_eval.present.tables.form import Table, crosswise, drawn, estimates
from buddy_eval.present.tables.survey import in_order, when
from buddy_eval.schemas.cautions import listed

VIEWS = {
    "pairs": "Pairs (primary)",
    "cr2": "Roles allowed for, CR2",
    "bootstrap": "Roles allowed for, bootstrap",
    "mixed": "Mixed model",
    "pooled": "Sensitivity: pooled",
    "linked": "The same people",
    "order": "Cliff's delta",
}


@drawn()
def views(results: Results) -> Table:
    """Show the gap of every theme as each view gives it; the first column is the one that the report speaks from."""
    every = results.survey("comparisons")
    every = every[every["view"].isin(VIEWS) & every["theme"].isin(results.themes)]
    cells = estimates(every)
    every = every.assign(cell=cells, about=every["primary"])
    wide = every.pivot(index="about", columns="view", values="cell").fillna("")
    rows = in_order(every.drop_duplicates("about").sort_values("about"), results)
    shown = pd.DataFrame({"Theme": rows["theme"].map(results.labels), "When": when(rows)})
    for view, title in VIEWS.items():
        if view in wide:
            shown[title] = wide.loc[rows["about"], view].to_numpy()
    edge = [cell for cell in every["caution"] if {"mixed_edge", "mixed_failed"} & set(listed(cell))]
    note = (
        "Gap in points, with 95% interval. Findings are worded from the first column alone. The others ask "
        "whether the gap "
        "hangs on how it is computed: they are not further evidence, and their intervals are not adjusted for "
        "looking often."
    )
    if len(edge):
        where = many(len(edge), "row")
        note += f" The mixed model lay at the edge of what can be estimated, or did not converge, in {where}."
    return Table(shown, "The gap in other views", note, heads=2)


@drawn()
def roles(results: Results) -> Table:
    """Show the gap among people of each group of posts; outside the team only where both sides hold enough."""
    rows = results.survey("comparisons")
    rows = rows[rows["view"] == "role"]
    rows = rows.assign(posts=rows["role"].str.replace("_", " "))
    cells = estimates(rows)
    shown = crosswise(rows, results, ["posts", "wave"], cells, ["n_supporter", "n_receiver"])
    note = (
        "Supporter minus receiver; people of supporter / receiver. Exploratory: only pairs in which both sides have "
        "at least three people in such posts; with so many looks some differ by chance."
    )
    return Table(shown, "The gap by group of posts", note, heads=2)


@drawn()
def pooled(results: Results) -> Table:
    """Show each visible pair's gap after partial pooling."""
    rows = results.table("pooled")
    rows = rows[rows["pair"].isin(results.pairs)]
    cells = estimates(rows)
    shown = crosswise(rows, results, ["pair", "wave"], cells, [])
    note = (
        "Sensitivity only: each pair is drawn towards the mean of all, the more the fewer people it has. "
        "Never a ranking. Beside it stands the gap in each pair as measured."
    )
    closed = "Withheld: a single pair's results are not published." * results.public
    return Table(shown, "The gap in each pair after partial pooling", note, heads=2, closed=closed)


def designs(rows: pd.DataFrame) -> Table:
    """Show the smallest gap that designs could see: the frame of `design.around`."""
    cells = {
        "Pairs": rows["pairs"].astype("str"),
        "People a side": rows["people"].astype("str"),
        "Interval leaves out zero": [number(gap) or "none" for gap in rows["smallest_detected"]],
        "Said by a report on five themes": [number(gap) or "none" for gap in rows["smallest_reported"]],
    }
    note = (
        "Smallest true gap, in points of the five-point scale, that 80 of 100 simulated studies would see. A "
        "report says a direction where that outlasts the allowance for five themes looked at; below six pairs it "
        "speaks of these pairs alone. More pairs help more than more people: the "
        "gaps of pairs differ, and no number of people changes that. Simulated with skewed answers and pair gaps "
        "that differ by about 0.2 points; yours may differ more."
    )
    return Table(pd.DataFrame(cells), "The smallest gap that the study could see", note, heads=2)
