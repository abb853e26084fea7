"""The files that a report has: a page, a Word document and a PDF; slides have a PowerPoint file too."""

SLIDES = "slides"


def endings(form: str) -> tuple[str, ...]:
    """Return the endings of the files that a report of a form has.

    >>> endings("report"), endings("slides")[-1]
    (('.html', '.docx', '.pdf'), '.pptx')
    """
    return (".html", ".docx", ".pdf", *([".pptx"] if form == SLIDES else []))
