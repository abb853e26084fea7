"""How a table and a piece of prose are shown: accessible HTML, rounded here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape

import pandas as pd

from buddy_eval.base.numbers import estimate
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.results import Results

WITHHELD = "withheld"


@dataclass(frozen=True)
class Table:
    """A table ready to read: cells as text, a caption above, a note below.

    The first `heads` columns head their rows. Notebooks show it; the exporter passes it on as it is. Rows in which
    everything is withheld are counted below instead of shown.
    """

    frame: pd.DataFrame
    caption: str
    note: str = ""
    heads: int = 1

    def _repr_html_(self) -> str:
        cells = self.frame.iloc[:, self.heads :]
        shown = self.frame[(cells != WITHHELD).any(axis=1)]
        if shown.empty:
            why = self.note if self.note.startswith("Withheld") else "Nothing to show."
            why = why if cells.empty else "Withheld: every count is small."
            return f'<p class="note nothing">{escape(self.caption)}. {escape(why)}</p>'
        left = len(self.frame) - len(shown)
        less = f" Rows left out because all their counts are small: {left}." if left else ""
        note = f'<p class="note">{escape(self.note + less)}</p>' if self.note or less else ""
        head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in self.frame.columns)
        rows = "".join(f"<tr>{self._row(row)}</tr>" for row in shown.itertuples(index=False))
        caption = f"<caption>{escape(self.caption)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"

    def _row(self, cells: tuple[object, ...]) -> str:
        made = []
        for position, cell in enumerate(cells):
            text = escape("" if pd.isna(cell) else str(cell))  # type: ignore[call-overload]
            made.append(f'<th scope="row">{text}</th>' if position < self.heads else f"<td>{text}</td>")
        return "".join(made)


@dataclass(frozen=True)
class Prose:
    """Sentences made from results, shown as a list; each may carry the id of the finding it rests on."""

    sentences: tuple[tuple[str, str], ...]
    kind: str = "points"

    def _repr_html_(self) -> str:
        if not self.sentences:
            return '<p class="note nothing">Nothing to say here: the study holds no such data.</p>'
        items = "".join(f"<li>{escape(text)}{_tag(finding)}</li>" for text, finding in self.sentences)
        return f'<ul class="{self.kind}">{items}</ul>'


@dataclass(frozen=True)
class Quotes:
    """Quotes, each with the attribution that the profile allows."""

    quotes: tuple[tuple[str, str], ...]

    def _repr_html_(self) -> str:
        if not self.quotes:
            return '<p class="note nothing">No quote has both consent and approval.</p>'
        return "".join(
            f'<blockquote><p>{escape(quote)}</p><p class="source">{escape(who)}</p></blockquote>'
            for quote, who in self.quotes
        )


@dataclass(frozen=True)
class Heading:
    """A heading below the chapter's own, for what a notebook shows in a loop."""

    text: str

    def _repr_html_(self) -> str:
        return f"<h3>{escape(self.text)}</h3>"


def cell_name(caption: str, heads: Iterable[object], column: str) -> str:
    """Name one cell of a table: the caption, the cells that head its row, the column.

    >>> cell_name("Themes", ["Culture", "receiver"], "Asked")
    'Themes / Culture / receiver / Asked'
    """
    return " / ".join([caption, *map(str, heads), column])


def guarded(table: Table, guards: frozenset[str]) -> Table:
    """Withhold the cells that protect others (see `buddy_eval.disclose.public_counts`)."""
    if not guards:
        return table
    made, heads = table.frame.copy(), table.frame.iloc[:, : table.heads].to_numpy()
    for column in made.columns[table.heads :]:
        names = [cell_name(table.caption, row, str(column)) for row in heads]
        made[column] = [WITHHELD if n in guards else cell for n, cell in zip(names, made[column], strict=True)]
    return replace(table, frame=made)


def estimates(found: pd.DataFrame) -> list[str]:
    """Write every row's estimate with its interval."""
    return [estimate(*row) for row in found[["estimate", "ci_low", "ci_high"]].itertuples(index=False)]


def crosswise(
    found: pd.DataFrame, results: Results, rows: list[str], cell: list[str], people: list[str]
) -> pd.DataFrame:
    """Lay rows out with one column a theme: the heads, the cells, and how many people stand behind each row.

    `people` are the columns that count them, one a side; where the themes of a row differ, the fewest and the most
    are written, rounded for readers outside.
    """
    themes = results.table("themes").sort_values("position")
    wide = found.assign(cell=cell).pivot(index=rows, columns="theme", values="cell").fillna("")
    wide = wide.reindex(columns=[theme for theme in themes["theme"] if theme in wide])
    made = wide.rename(columns=dict(themes[["theme", "label"]].to_numpy())).rename_axis(columns=None)
    if people:
        shown = disclosure.withhold(found[people], results.study.disclosure) if results.outside else found[people]
        ends = shown.groupby([found[name] for name in rows]).agg(["min", "max"]).reindex(wide.index)
        sides = [[" to ".join(dict.fromkeys(map(count, pair))) for pair in ends[n].to_numpy()] for n in people]
        made["People"] = [" / ".join(row) for row in zip(*sides, strict=True)]
    made = made.reset_index().astype("str")
    return made.rename(columns={name: plain(name) for name in rows})


def _tag(finding: str) -> str:
    return f' <span class="finding-id">{escape(finding)}</span>' if finding else ""


def count(value: object) -> str:
    """Write a count; a withheld or missing one says so.

    >>> count(12), count(pd.NA)
    ('12', 'withheld')
    """
    return WITHHELD if pd.isna(value) else str(int(value))  # type: ignore[call-overload]


def share(part: object, whole: object) -> str:
    """Write a share in whole per cent; nothing where there is no whole.

    >>> share(1, 3), share(0, 0)
    ('33%', '')
    """
    if pd.isna(part) or pd.isna(whole) or not whole:  # type: ignore[call-overload]
        return ""
    return f"{100 * float(part) / float(whole):.0f}%"  # type: ignore[arg-type]


def plain(name: str) -> str:
    """Write an internal name in words.

    >>> plain("operational_clinical")
    'Operational clinical'
    """
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
