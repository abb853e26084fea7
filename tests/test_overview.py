"""What a study's results say of themselves where somebody opens them in a notebook."""

from __future__ import annotations

from buddy_eval.disclose.overview import as_html, as_text

ONWARD = (
    'results.table("findings") is one table whole; tables.findings(results) and plots.gaps(results) show what a report '
    'shows; results.about("NAME") narrows every table to one pair.'
)
OUTSIDE = "Whole tables are for the team: tables and plots show these readers what they may see."
NONE_YET = "No table has been written yet; run: buddy-eval run"


def test_the_team_reads_which_tables_are_there_and_how_to_go_on() -> None:
    assert as_text({"pairs": 8, "units": 12345}, "Results", False).split("\n") == [
        "Results",
        "  pairs                      8 rows  one spell of one trust supporting another",
        "  units                 12,345 rows  one sentence of an interview, or one comment",
        ONWARD,
    ]
    assert as_html({"units": 12345}, "Of A & B", False) == (
        "<table><caption>Of A &amp; B</caption><thead><tr>"
        '<th scope="col">Table</th><th scope="col">Rows</th><th scope="col">One row is</th></tr></thead>'
        '<tbody><tr><th scope="row">units</th><td>12,345</td><td>one sentence of an interview, or one comment</td></tr>'
        "</tbody></table>"
        f"<p>{ONWARD.replace(chr(34), '&quot;')}</p>"
    )


def test_where_nothing_is_there_or_nothing_may_be_said_the_reader_is_told_why() -> None:
    assert as_text({}, "Results", False) == f"Results\n{NONE_YET}"
    assert as_html({}, "A & B", False) == f"<p>A &amp; B</p><p>{NONE_YET}</p>"
    assert as_text({"pairs": 8}, "Results", True) == f"Results\n{OUTSIDE}"
    assert as_html({}, "A & B", True) == f"<p>A &amp; B</p><p>{OUTSIDE}</p>"
