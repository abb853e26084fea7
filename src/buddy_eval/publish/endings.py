"""The files that a report has: a page, a Word document and a PDF; some have more."""

SLIDES, REPORT, BRIEF = "slides", "report", "brief"
TABLES = "-tables"  # the annex of a report, with the tables that are too long for its body
DASHBOARD = "-dashboard"  # of a brief, its one page
MORE = {
    SLIDES: (".pptx",),
    REPORT: (f"{TABLES}.html", f"{TABLES}.xlsx"),
    BRIEF: (f"{DASHBOARD}.html", f"{DASHBOARD}.pdf"),
}


def endings(form: str) -> tuple[str, ...]:
    """Return what the names of the files of a report of a form end in, after its stem.

    >>> endings("summary"), endings("slides")[-1], endings("report")[-2:]
    (('.html', '.docx', '.pdf'), '.pptx', ('-tables.html', '-tables.xlsx'))
    """
    return (".html", ".docx", ".pdf", *MORE.get(form, ()))
