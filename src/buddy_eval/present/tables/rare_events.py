"""The table of the charts of rare events."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.numbers import number
from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present.tables.context import ICONS
from buddy_eval.present.tables.form import Table, drawn, plain

CHARTS = {"t": "time, in days (t)", "g": "number (g)"}


@drawn()
def rare_events(results: Results) -> Table:
    """Show, for each series of rare events, how long it was until the last one, and whether that is unusual."""
    rows = seen.of_team(results, "rare_events").sort_values(["indicator", "ods", "event"])
    last = rows.groupby(["indicator", "ods"]).tail(1)
    cells = {
        "Indicator": last["indicator"].map(plain),
        "Trust": last["ods"],
        "Between events": last["chart"].map(CHARTS),
        "Before the last": last["between"].map(number),
        "Centre": last["centre"].map(number),
        "Limits": [f"{number(a)} to {number(b)}" for a, b in zip(last["lower"], last["upper"], strict=True)],
        "Variation": last["signal"].map(ICONS),
        "Rule": last["rule"].fillna(""),
        "Events": last["event"].astype("str"),
    }
    shown = pd.DataFrame(cells)
    note = (
        "Rare events hardly move a monthly series, so what is charted is how long it takes until the next one: "
        "days (t chart), or what the denominator counts (g chart). The events of a month are taken as spread evenly "
        "over it. Where fewer events are better, longer is better. A signal does not say what it comes from."
    )
    return Table(
        shown,
        "Rare events: between one and the next",
        note,
        heads=2,
        units={"Events": "events"},
        of_team=results.outside,
    )
