"""The tables of a release, also as a workbook: numbers by key as the public sees them, and a dictionary of all ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from buddy_eval.analyse.interviews import UNRECORDED
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose import seen
from buddy_eval.disclose.protected import (
    FLOW_COUNTS,
    Protected,
    code_counts,
    comment_counts,
    comment_totals,
    flow_counts,
    flow_groups,
    said_counts,
    theme_counts,
)
from buddy_eval.disclose.results import Results, of_people, people_columns
from buddy_eval.present.cautions import CAUTIONS, COUNTED
from buddy_eval.present.wording import STATES
from buddy_eval.publish import sheets
from buddy_eval.schemas import Column, conform
from buddy_eval.schemas.cautions import listed
from buddy_eval.schemas.released import HOW, STATUS, TABLES
from buddy_eval.schemas.vocabulary import WHOLE
from buddy_eval.study.settings import Study

NAMES = {"theme": "label", "code": "name"}
NONE_UNRECORDED: dict[str, Any] = {UNRECORDED: 0, f"{UNRECORDED}{STATUS}": disclosure.SHOWN}
STRANDS = {(name, "str") for name in ("interviews", "survey", "boards")}
PAGE, FINE = 2, 4  # decimals: of what a page shows too, so that no further digit tells the counts behind it
OPEN = (("left_empty", "missing"), ("not_applicable", "not_applicable"), ("dont_know", "dont_know"))


def public_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return the tables of a release by name, as `schemas.released` declares them; those without a row are left out.

    Every count of people has a column beside it that says how it is given. The public is not told whether a withheld
    count is small or protects another: that alone would narrow it.
    """
    laid_out: dict[str, Callable[[Results], pd.DataFrame]] = {
        "findings": _findings,
        "participants": _participants,
        "interview_themes": _themes,
        "interview_codes": _codes,
        "comments": _comments,
        "board_readiness": _boards,
        "outcome_variation": _variation,
        "joint_display": _joint,
        "reliability": _reliability,
        "coder_agreement": _agreement,
        "statements": lambda results: _counted(said_counts(results)),
    }
    frames = {schema.name: conform(laid_out[schema.name](results), schema) for schema in TABLES}
    return {name: frame for name, frame in frames.items() if len(frame)}


def dictionary(results: Results, released: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a column, and one a value of the columns that hold ids.

    Columns: file, column, value (empty where the row is about the column), key, type, unit, meaning.
    """
    names = {name: results.table(f"{name}s").set_index(name)[label] for name, label in NAMES.items()}
    rows = []
    for schema in TABLES:
        for column in schema.columns if schema.name in released else ():
            about = (f"data/{schema.name}.csv", column.name)
            rows.append((*about, "", column.name in schema.key, column.type, column.unit, column.meaning))
            values = names[column.name].to_dict() if column.name in names else _values(column)
            used = set(released[schema.name][column.name]) if values else set()
            used = {name for cell in used for name in listed(cell)} if column.type == "cautions" else used
            rows += [(*about, str(value), False, "", "", str(text)) for value, text in values.items() if value in used]
    return pd.DataFrame(rows, columns=["file", "column", "value", "key", "type", "unit", "meaning"])


def workbook(study: Study, released: Mapping[str, pd.DataFrame]) -> bytes:
    """Return the tables as one accessible `.xlsx`; the same tables give the same bytes."""
    cover = [study.title, study.notice, study.team, "Small counts are withheld and other counts of people rounded."]
    cover += ["Beside every such count stands its status; dictionary.csv says what columns and ids mean.", "Contents"]
    about = {schema.name: schema.row for schema in TABLES}
    cover += [f"{name}: {about[name]}" for name in released]
    pages = []
    for name, frame in released.items():
        rows = ([None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False))
        pages.append(sheets.Sheet(name, name, f"One row: {about[name]}.", list(frame.columns), rows))
    return sheets.workbook(study.title, cover, pages)


def _values(column: Column) -> Mapping[str, str]:
    """The ids that a column holds, with the meaning of each."""
    if column.type == "cautions":
        return {name: text.format(**{count: count for count in COUNTED}) for name, text in CAUTIONS.items()}
    return HOW if column.type == "how" else STATES if (column.name, column.type) in STRANDS else {}


def _status(how: pd.Series) -> pd.Series:
    return how.mask(how.isin(disclosure.WITHHELD), "withheld")


def _counted(counts: Protected) -> pd.DataFrame:
    """Counts by key with the status of each beside it."""
    status = counts.status.apply(_status).add_suffix(STATUS)
    return counts.shown.join(status).reset_index()


def _figures(results: Results, name: str, figures: pd.DataFrame) -> pd.DataFrame:
    """Rows of survey figures with the status of every count of people beside it, in decimals that a page needs."""
    people = people_columns(name)
    true = results.table(name).loc[figures.index, people]
    status = disclosure.statuses(true, figures[people], results.study.disclosure)
    periods = true.notna().mul(~of_people(figures), axis=0)
    figures = figures.join(status.mask(periods, disclosure.SHOWN).apply(_status).add_suffix(STATUS))
    return figures.round(dict.fromkeys(figures.select_dtypes("float"), FINE))


def _findings(results: Results) -> pd.DataFrame:
    across = results.across("findings")
    return _figures(results, "findings", pd.concat([results.survey("findings"), across[~of_people(across)]]))


def _reliability(results: Results) -> pd.DataFrame:
    reliability = results.survey("reliability")
    return _figures(results, "reliability", reliability[reliability["side"] == WHOLE])


def _participants(results: Results) -> pd.DataFrame:
    grouped = flow_groups(results)
    asked = grouped[FLOW_COUNTS[2:]].sum(axis=1)
    shares = {name: (grouped[part] / asked).astype("float64").round(PAGE) for name, part in OPEN}
    counted = _counted(flow_counts(results)).set_index(grouped.index.names)
    return counted.join(pd.DataFrame(shares)).reset_index()


def _themes(results: Results) -> pd.DataFrame:
    counted = _counted(theme_counts(results))
    return counted if UNRECORDED in counted else counted.assign(**NONE_UNRECORDED)


def _codes(results: Results) -> pd.DataFrame:
    return _long(code_counts(results), "side", "n_participants")


def _comments(results: Results) -> pd.DataFrame:
    counts = _long(comment_counts(results), "group", "n_suggested")
    n = comment_totals(results)
    rounded = disclosure.ROUNDED if results.study.disclosure.round_to > 1 else disclosure.SHOWN
    return counts.assign(n_comments=counts["group"].map(n), **{f"n_comments{STATUS}": rounded})


def _long(counts: Protected, across: str, name: str) -> pd.DataFrame:
    """Counts whose columns are groups, with one row a group."""
    keys = list(counts.shown.index.names)
    long = {
        column: frame.rename_axis(columns=across).reset_index().melt(keys, value_name=column).set_index([*keys, across])
        for column, frame in ((name, counts.shown), (f"{name}{STATUS}", counts.status.apply(_status)))
    }
    return pd.concat(long.values(), axis=1).reset_index()


def _boards(results: Results) -> pd.DataFrame:
    views = {view: seen.board_readiness(results, view) for view in ("theme", "source")}
    return pd.concat([readiness.assign(view=view) for view, readiness in views.items()])


def _variation(results: Results) -> pd.DataFrame:
    return seen.trusts_by_signal(results).reindex(columns=list(seen.SIGNALS), fill_value=0).reset_index()


def _joint(results: Results) -> pd.DataFrame:
    display = results.joint()
    display = display[display["pair"] == WHOLE]
    return display if (display["rating"] != "silence").any() else display.iloc[:0]


def _agreement(results: Results) -> pd.DataFrame:
    agreement = results.table("agreement")
    agreement = agreement[agreement["level"] == "theme"].rename(columns={"code": "theme"})
    return agreement.round(dict.fromkeys(agreement.select_dtypes("float"), PAGE))
