"""How a table and a piece of prose are shown: accessible HTML, rounded here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from html import escape
from typing import Concatenate, ParamSpec

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.base.markup import finding_tag, table
from buddy_eval.base.numbers import estimate
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.protected import Protected
from buddy_eval.disclose.results import Results

WITHHELD = "withheld"
Asked = ParamSpec("Asked")


@dataclass(frozen=True)
class Table:
    """A table ready to read: cells as text, a caption above, a note below.

    The first `heads` columns head their rows. Notebooks show it; the exporter passes it on as it is. Rows in which
    everything is withheld are counted below instead of shown.

    `status` says of cells that count people how they are shown (see `buddy_eval.disclose.protected`), one
    status a cell. `closed` says why these readers see nothing of it, where they do not;
    `of_team`: they see nothing because it is for the team alone. `units` says what a column counts that
    counts no people; `name` is that of the function which made it, by which the gate knows it again.
    """

    frame: pd.DataFrame
    caption: str
    note: str = ""
    heads: int = 1
    status: pd.DataFrame | None = None
    closed: str = ""
    of_team: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def _repr_html_(self) -> str:
        shown = self.rows
        if shown.empty:
            cells = self.frame.iloc[:, self.heads :]
            why = "For the team alone." if self.of_team else self.closed or "Nothing to show."
            why = why if cells.empty else "Withheld: every count is small."
            withheld = " withheld" * (bool(self.closed) or not cells.empty)
            return f'<p class="note nothing{withheld}">{escape(self.caption)}. {escape(why)}</p>'
        left = len(self.frame) - len(shown)
        less = f" Rows left out because all their counts are small: {left}." if left else ""
        note = f'<p class="note">{escape(self.note + less)}</p>' if self.note or less else ""
        columns = [
            [cell if there else "" for cell, there in zip(column.tolist(), column.notna(), strict=True)]
            for _, column in shown.items()
        ]
        rows = zip(*columns, strict=True)
        return table(shown.columns, rows, self.caption, of_row=self.heads, name=self.name) + note

    @property
    def rows(self) -> pd.DataFrame:
        """The rows that are shown."""
        return self.frame[~self._left_out()]

    def _left_out(self) -> NDArray[np.bool_]:
        """Which rows hold nothing that may be read: no cell at all, or withheld ones only."""
        cells = self.frame.iloc[:, self.heads :]
        if self.status is None or not len(cells.columns):
            return np.full(len(self.frame), cells.empty)
        withheld: NDArray[np.bool_] = self.status[cells.columns].isin(disclosure.WITHHELD).to_numpy()
        return np.logical_and.reduce(withheld, axis=1)


Builder = Callable[Concatenate[Results, Asked], Table]
DRAWN: dict[str, Callable[[Results], Iterator[Table]]] = {}  # all tables of a name that one reader can get


def drawn(over: Callable[[Results], Iterable[str]] | None = None) -> Callable[[Builder[Asked]], Builder[Asked]]:
    """Mark what a function returns with its name, so that what a page shows can be held against it.

    `over` lists the values of a second argument, where the function has one.
    """

    def marked(function: Builder[Asked]) -> Builder[Asked]:
        @wraps(function)
        def named(results: Results, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Table:
            return replace(function(results, *args, **kwargs), name=function.__name__)

        def every(results: Results) -> Iterator[Table]:
            call: Callable[..., Table] = named
            yield from (call(results, name) for name in over(results)) if over else (call(results),)

        DRAWN[function.__name__] = every
        return named

    return marked


@dataclass(frozen=True)
class Prose:
    """Sentences made from results, shown as a list; each may carry the id of the finding it rests on."""

    sentences: tuple[tuple[str, str], ...]
    kind: str = "points"

    def _repr_html_(self) -> str:
        if not self.sentences:
            return '<p class="note nothing">Nothing to say here: the study holds no such data.</p>'
        items = "".join(f"<li>{escape(text)}{finding_tag(finding)}</li>" for text, finding in self.sentences)
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


def counted(counts: Protected, heads: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return counts written out beside the columns that head them, and the status of every cell ("" of a head)."""
    shown, status = counts.shown.map(count), counts.status
    places = heads.index
    empty = pd.DataFrame("", index=places, columns=heads.columns)
    return heads.join(shown.set_axis(places)), empty.join(status.set_axis(places))


def estimates(rows: pd.DataFrame) -> list[str]:
    """Write every row's estimate with its interval."""
    return [estimate(*row) for row in rows[["estimate", "ci_low", "ci_high"]].itertuples(index=False)]


def crosswise(
    frame: pd.DataFrame, results: Results, rows: list[str], cell: list[str], people: list[str]
) -> pd.DataFrame:
    """Lay rows out with one column a theme: the heads, the cells, and how many people stand behind each row.

    `people` are the columns that count them, one a side; where the themes of a row differ, the fewest and the most
    are written.
    """
    themes = results.table("themes").sort_values("position")
    wide = frame.assign(cell=cell).pivot(index=rows, columns="theme", values="cell").fillna("")
    wide = wide.reindex(columns=[theme for theme in themes["theme"] if theme in wide])
    shown = wide.rename(columns=dict(themes[["theme", "label"]].to_numpy())).rename_axis(columns=None)
    if people:
        ends = frame.groupby(rows)[people].agg(["min", "max"]).reindex(wide.index)
        sides = [[" to ".join(dict.fromkeys(map(count, pair))) for pair in ends[n].to_numpy()] for n in people]
        shown["People"] = [" / ".join(row) for row in zip(*sides, strict=True)]
    shown = shown.reset_index().astype("str")
    return shown.rename(columns={name: plain(name) for name in rows})


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
