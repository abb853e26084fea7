"""What a study's results hold, for whoever opens them: the tables that are there, what a row is, how to go on."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from buddy_eval.base.called import CALLED
from buddy_eval.base.markup import table
from buddy_eval.schemas import PROCESSED

ONWARD = (
    'results.table("findings") is one table whole; tables.findings(results) and plots.gaps(results) show what a report '
    'shows; results.about("NAME") narrows every table to one pair.'
)
OUTSIDE = "Whole tables are for the team: tables and plots show these readers what they may see."
NONE_YET = f"No table has been written yet; run: {CALLED} run"


def as_text(held: Mapping[str, int], heading: str, outside: bool) -> str:
    """Say in plain lines what is there; readers outside are told how to go on."""
    if outside:
        return f"{heading}\n{OUTSIDE}"
    lines = [f"  {name:<20}{rows:>8,} rows  {PROCESSED[name].row}" for name, rows in held.items()]
    return "\n".join([heading, *lines, ONWARD if lines else NONE_YET])


def as_html(held: Mapping[str, int], heading: str, outside: bool) -> str:
    """Say the same as a table for a notebook."""
    if not held:
        return f"<p>{escape(heading)}</p><p>{escape(OUTSIDE if outside else NONE_YET)}</p>"
    rows = ((name, f"{number:,}", PROCESSED[name].row) for name, number in held.items())
    return f"{table(('Table', 'Rows', 'One row is'), rows, heading)}<p>{escape(ONWARD)}</p>"
