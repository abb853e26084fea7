"""What is to be coded, by which rules, and where the results go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from buddy_eval.bulk.divide import Part
from buddy_eval.study.codebook import Codebook


class Rule(NamedTuple):
    """One term under one code."""

    term: str
    code: str
    theme: str | None
    valence: str | None


@dataclass(frozen=True)
class Job:
    """What is to be coded, by which machine, and where the results go; small, and the same for every part.

    The machine is a lexicon (`rules`, `negations`, `window`), or a suggester that was learned, by its file.
    """

    source: Path
    text: str
    by: tuple[str, ...]
    out: Path
    themes: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    negations: tuple[str, ...] = ()
    window: int = 0
    suggester: Path | None = None

    def file(self, part: Part) -> Path:
        """Return where the spans of a part are kept."""
        return self.out / "spans" / f"part-{part.number:06}.parquet"


def new_job(source: Path, text: str, by: tuple[str, ...], out: Path, codebook: Codebook) -> Job:
    """Make a job of a codebook's lexicon."""
    terms = codebook.terms.merge(codebook.codes[["code", "theme"]], on="code", how="left")
    terms = terms[["term", "code", "theme", "valence"]].astype(object)
    rules = tuple(Rule(*row) for row in terms.where(terms.notna(), None).itertuples(index=False, name=None))
    themes = tuple(theme for theme in codebook.themes["theme"] if theme in set(terms["theme"]))
    return Job(source.resolve(), text, by, out.resolve(), themes, rules, codebook.negations, codebook.window)


def learned_job(source: Path, text: str, by: tuple[str, ...], out: Path, suggester: Path) -> Job:
    """Make a job of a suggester that was learned.

    Raises
    ------
    BuddyError : the file is no suggester, or was changed.
    """
    from buddy_eval.coding.suggester.model import Suggester

    named = [label.partition(" ") for label in Suggester.load(suggester).codes]
    themes = tuple(name for level, _, name in named if level == "theme")
    return Job(source.resolve(), text, by, out.resolve(), themes, suggester=suggester.resolve())
