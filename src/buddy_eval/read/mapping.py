"""`buddy-eval map`: which column of a survey export is which item; drafted here, confirmed by a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import Fault, nearest, refuse
from buddy_eval.base.files import csv_bytes, write_atomic
from buddy_eval.read.exports import Export, read_export, wordings
from buddy_eval.read.private import private_columns
from buddy_eval.read.surveys import ABOUT_PEOPLE, matched
from buddy_eval.read.table import read_table
from buddy_eval.schemas.posts import WHICH_PAIR, WHICH_POST, WHICH_TRUST
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import Instrument, load_instrument
from buddy_eval.study.settings import Study

COLUMNS = ["column", "text", "item", "wording", "similarity", "confirmed"]
# Of 35 items in other words 34 are told at this, and none wrongly; of 23 other questions one is taken for an item.
LIKELY = 0.4
ABOUT = {"pair": WHICH_PAIR, "trust": WHICH_TRUST, "role": WHICH_POST}
EXACT = "exact"


class Draft(NamedTuple):
    """A mapping file: its columns that match exactly, those with a guess, those that resemble nothing; if it is new."""

    path: Path
    exact: int
    guessed: int
    alone: int
    new: bool


def draft_maps(study: Study) -> Iterator[Draft]:
    """Draft a mapping file beside `study.toml` for every survey of a study; one that is there is not touched.

    Raises
    ------
    StudyError : a survey cannot be read.
    """
    instrument = load_instrument(study.instrument, load_codebook(study.codebook))
    for survey in study.survey:
        export = read_export(study.raw_folder / survey.file, f"data/raw/{survey.file}")
        path = study.root / (survey.map or f"maps/{Path(survey.file).stem}.csv")
        draft = draft_map(export, instrument)
        exact, alone = int((draft["similarity"] == EXACT).sum()), int((draft["item"] == "").sum())
        new = not path.exists()
        if new:
            write_atomic(path, csv_bytes([COLUMNS, *draft[COLUMNS].values.tolist()]))
        yield Draft(path.relative_to(study.root), exact, len(draft) - exact - alone, alone, new)


def draft_map(export: Export, instrument: Instrument) -> pd.DataFrame:
    """Return the draft: column, text, item (or pair, trust, role, ...; '' for none), wording, similarity, confirmed.

    Exact matches, by id or wording, are confirmed by themselves. The others hold the likeliest item where its wording
    is alike by `LIKELY` or more (0 to 1), each item once, and count only when somebody writes yes. Columns that
    identify people are left out. The wording of the item stands beside the text: a question that means the opposite is
    alike too, and is not to be confirmed.
    """
    sure = {column: item for item, column in matched(export.frame.columns, instrument, export.texts).items()}
    columns = list(export.frame.columns.drop(list(private_columns(export.frame))))
    texts = {column: export.texts.get(column, (column,))[0] for column in columns}
    asked = dict(zip(instrument.items["item"], instrument.items["wording"], strict=True)) | ABOUT
    strangers = {column: [*wordings(column), *wordings(texts[column])] for column in columns if column not in sure}
    scores = _alike(asked, strangers).drop(columns=list({*sure.values()} & {*asked}))
    guesses = _each_once(scores)
    rows = []
    for column in columns:
        if column in sure:
            rows.append((column, texts[column], sure[column], asked.get(sure[column], ""), EXACT, "yes"))
        else:
            item, likely = guesses.get(column, ("", max(scores.loc[column], default=0.0)))
            rows.append((column, texts[column], item, asked.get(item, ""), f"{likely:.2f}", ""))
    return pd.DataFrame(rows, columns=COLUMNS)


def _alike(asked: Mapping[str, str], strangers: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """How alike each column (row) is to each item (column): cosine of the runs of three letters within their words.

    What stands in many wordings, such as "partnership", weighs little (tf-idf).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigh = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), sublinear_tf=True)
    items = weigh.fit_transform(asked.values())
    best = [(weigh.transform(texts) @ items.T).toarray().max(axis=0) for texts in strangers.values()]
    return pd.DataFrame(best, index=list(strangers), columns=list(asked), dtype="float")


def _each_once(scores: pd.DataFrame) -> dict[str, tuple[str, float]]:
    """The likeliest item of each column and how alike they are, the most alike first, and no item twice."""
    guesses: dict[str, tuple[str, float]] = {}
    ranked = scores.rename_axis("column").reset_index().melt("column", var_name="item", value_name="likely")
    ranked = ranked[ranked["likely"] >= LIKELY].sort_values("likely", ascending=False, kind="stable")
    for column, item, likely in ranked.itertuples(index=False, name=None):
        if column not in guesses and item not in {taken for taken, _ in guesses.values()}:
            guesses[column] = item, likely
    return guesses


def confirmed(path: Path, file: str, instrument: Instrument) -> dict[str, str]:
    """Return item to column, from a mapping file that somebody has confirmed.

    Raises
    ------
    StudyError : an item that is unknown or stands twice, or a guess that nobody has confirmed.
    """
    frame = read_table(path, file)
    absent = [name for name in ("column", "item", "confirmed") if name not in frame]
    faults = [Fault(file, 1, f"no column {name!r}", f"draft the file again: {CALLED} map") for name in absent]
    refuse(faults)
    known = {*instrument.items["item"], *ABOUT_PEOPLE}
    columns: dict[str, str] = {}
    for row, column, item, yes in frame[["column", "item", "confirmed"]].dropna(subset=["item"]).itertuples(name=None):
        if item not in known:
            faults.append(Fault(file, row, f"item {item!r} is not in the instrument", nearest(item, known)))
        elif item in columns:
            faults.append(Fault(file, row, f"item {item!r} stands twice", "empty one of the two cells"))
        elif not isinstance(yes, str) or yes.strip().casefold() not in {"yes", "y"}:
            faults.append(
                Fault(file, row, f"nobody has confirmed {item!r}", "write yes under 'confirmed', or empty 'item'")
            )
        columns[item] = column
    refuse(faults)
    return columns
