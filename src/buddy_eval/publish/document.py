"""What a report of a study is, and the files that it has: a page, a Word document and a PDF; some have more."""

from __future__ import annotations

from dataclasses import dataclass

SLIDES, REPORT, BRIEF = "slides", "report", "brief"
TABLES = "-tables"  # the annex of a report, with the tables that are too long for its body
DASHBOARD = "-dashboard"  # of a brief, its one page
MORE = {
    SLIDES: (".pptx",),
    REPORT: (f"{TABLES}.html", f"{TABLES}.xlsx"),
    BRIEF: (f"{DASHBOARD}.html", f"{DASHBOARD}.pdf"),
}
TITLES = {
    "report": "Report of the whole study",
    "brief": "Brief for two boards",
    "summary": "Public summary",
    "codebook": "Codebook and questions",
    SLIDES: "Slides for a board meeting",
    "annex": "Technical annex",
    "coding": "Coding: who differs where, memos, codes together",
}

STEP = "publish:"  # how the names of the steps that make reports begin, in the manifest


@dataclass(frozen=True)
class Document:
    """One report: its readers, its kind, the pair of a brief, and the notebooks it is made of."""

    profile: str
    kind: str
    pair: str
    notebooks: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The file name without its ending."""
        return f"{self.kind}-{self.pair}" if self.pair else self.kind

    @property
    def step(self) -> str:
        """The name of the step in the manifest."""
        return f"{STEP}{self.profile}/{self.stem}"

    @property
    def title(self) -> str:
        """What the index calls it."""
        return f"{TITLES[self.kind]}: pair {self.pair}" if self.pair else TITLES[self.kind]


def endings(form: str) -> tuple[str, ...]:
    """Return what the names of the files of a report of a form end in, after its stem.

    >>> endings("summary"), endings("slides")[-1], endings("report")[-2:]
    (('.html', '.docx', '.pdf'), '.pptx', ('-tables.html', '-tables.xlsx'))
    """
    return (".html", ".docx", ".pdf", *MORE.get(form, ()))
