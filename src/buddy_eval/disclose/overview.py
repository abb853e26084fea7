"""What a study's results hold, for whoever opens them: the tables that are there, what a row is, how to go on."""

from __future__ import annotations

from html import escape

import pyarrow.parquet as pq

from buddy_eval.pipeline.processed import note, table_path
from buddy_eval.schemas import PROCESSED
from buddy_eval.study.settings import Study

ONWARD = (
    'results.table("findings") is one table whole; tables.findings(results) and plots.gaps(results) show what a report '
    'shows; results.about("NAME") is the brief of one pair.'
)
OUTSIDE = "Whole tables are for the team: tables and plots show these readers what they may see."
NONE_YET = "No table has been written yet; run: buddy-eval run"


def held(study: Study) -> list[tuple[str, int, str]]:
    """Return name, number of rows and meaning of a row of every processed table that is there."""
    note(*PROCESSED)
    paths = [(name, table_path(study, name), schema.row) for name, schema in PROCESSED.items()]
    return [(name, pq.read_metadata(path).num_rows, row) for name, path, row in paths if path.is_file()]


def as_text(study: Study, heading: str, outside: bool) -> str:
    """Say in plain lines what is there; to readers outside no number of rows, which may be a count of people."""
    if outside:
        return f"{heading}\n{OUTSIDE}"
    lines = [f"  {name:<20}{rows:>8,} rows  {row}" for name, rows, row in held(study)]
    return "\n".join([heading, *lines, ONWARD if lines else NONE_YET])


def as_html(study: Study, heading: str, outside: bool) -> str:
    """Say the same as a table for a notebook."""
    rows = [] if outside else held(study)
    if not rows:
        return f"<p>{escape(heading)}</p><p>{escape(OUTSIDE if outside else NONE_YET)}</p>"
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Table", "Rows", "One row is"))
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{number:,}</td><td>{escape(row)}</td></tr>' for name, number, row in rows
    )
    table = f"<table><caption>{escape(heading)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"{table}<p>{escape(ONWARD)}</p>"
