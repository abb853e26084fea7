"""What is to be coded, by which rules, and where the results go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from buddy_eval.codebook import Codebook
from buddy_eval.large.divide import Part


class Rule(NamedTuple):
    """One term under one code."""

    term: str
    code: str
    theme: str | None
    valence: str | None


@dataclass(frozen=True)
class Job:
    """What is to be coded, by which rules, and where the results go; small, and the same for every part."""

    source: Path
    text: str
    by: tuple[str, ...]
    out: Path
    rules: tuple[Rule, ...]
    themes: tuple[str, ...]
    negations: tuple[str, ...]
    window: int

    def file(self, part: Part) -> Path:
        """Return where the spans of a part are kept."""
        return self.out / "spans" / f"part-{part.number:06}.parquet"


def new_job(source: Path, text: str, by: tuple[str, ...], out: Path, codebook: Codebook) -> Job:
    """Make a job from a codebook."""
    terms = codebook.terms.merge(codebook.codes[["code", "theme"]], on="code", how="left")
    terms = terms[["term", "code", "theme", "valence"]].astype(object)
    rules = tuple(Rule(*row) for row in terms.where(terms.notna(), None).itertuples(index=False, name=None))
    themes = tuple(theme for theme in codebook.themes["theme"] if theme in set(terms["theme"]))
    return Job(source.resolve(), text, by, out.resolve(), rules, themes, codebook.negations, codebook.window)
