"""Outcome series under the trusts' codes of the study, and board answers with their status."""

from __future__ import annotations

import pandas as pd

from buddy_eval.clean.types import known, typed
from buddy_eval.codebook import Instrument
from buddy_eval.errors import Fault
from buddy_eval.read import Raw
from buddy_eval.schemas import clean as schemas
from buddy_eval.schemas.raw import BOARDS

NON_ANSWERS = {"na": "not_applicable", "n/a": "not_applicable", "dk": "dont_know"}


def outcome_series(plain: dict[str, pd.DataFrame], raw: Raw) -> pd.DataFrame:
    """Return the outcome series (columns of `schemas.clean.SERIES`) of the trusts that the study names.

    The value is numerator over denominator where both are given. A code that took over a trust of the study
    counts as that trust from then on, unless the trust's own code still reports; the log says how many.
    """
    given = plain["outcomes"]
    if given.empty:
        return pd.DataFrame(columns=schemas.SERIES.names)
    pairs = plain["pairs"]
    ours = set(pairs["supporter"].dropna()) | set(pairs["receiver"].dropna())
    heirs = _heirs(ours, plain["trusts"])
    follow = pd.DataFrame(
        [(code, code, True) for code in ours] + [(heir, code, False) for heir, code in heirs],
        columns=["ods", "ours", "own"],
    )
    series = given.merge(follow, on="ods").sort_values("own", ascending=False, kind="stable")
    series = series.drop_duplicates(["ours", "indicator", "period"])
    file = raw.files["outcomes"]
    if inherited := int((~series["own"]).sum()):
        raw.note(file, "values", "converted", inherited, "reported under the code that took the trust over")
    if strangers := int((~given["ods"].isin(set(follow["ods"]))).sum()):
        raw.note(file, "values", "left out", strangers, "no trust of the study; kept for comparison alone")
    return _dated(series.assign(ods=series["ours"]))


def comparator_series(plain: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the outcome series of trusts outside the pairs (columns of `schemas.clean.COMPARATORS`).

    Trusts that took over a trust of the study are no comparators. Only indicators that the study's trusts report.
    """
    given, pairs = plain["outcomes"], plain["pairs"]
    if given.empty:
        return pd.DataFrame(columns=schemas.COMPARATORS.names)
    ours = set(pairs["supporter"].dropna()) | set(pairs["receiver"].dropna())
    related = ours | {heir for heir, _ in _heirs(ours, plain["trusts"])}
    reported = set(given.loc[given["ods"].isin(related), "indicator"])
    return _dated(given[~given["ods"].isin(related) & given["indicator"].isin(reported)])


def _dated(series: pd.DataFrame) -> pd.DataFrame:
    """The value, by division where it is a ratio; the period as a date, and whether it is a month or a year."""
    ratio = series["numerator"] / series["denominator"]
    return series.assign(
        value=series["value"].fillna(ratio),
        frequency=series["period"].str.len().map({4: "year"}).fillna("month"),
        period=pd.to_datetime(series["period"].str.slice(0, 7), format="mixed"),
    )


def _heirs(ours: set[str], trusts: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs (later code, code of the study) along the chain of successors."""
    then = trusts.dropna(subset=["successor"]).groupby("ods")["successor"].agg(list).to_dict()
    found = []
    for code in sorted(ours):
        queue, seen = list(then.get(code, [])), {code}
        while queue:
            heir = queue.pop(0)
            if heir not in seen:
                seen.add(heir)
                found.append((heir, code))
                queue += then.get(heir, [])
    return found


def board_answers(raw: Raw, instrument: Instrument, faults: list[Fault], pairs: set[str]) -> pd.DataFrame:
    """Return all boards' answers (columns of `schemas.clean.BOARD_ANSWERS`); ratings 3 and 4 need evidence."""
    parts = [pd.DataFrame(columns=schemas.BOARD_ANSWERS.names)]
    for file, frame in raw.boards:
        board, found = typed(frame, BOARDS, file)
        faults += found + known(board, "pair", pairs, file, "among the pairs")
        faults += known(board, "question", instrument.questions["question"], file, "in the instrument")
        if found:
            continue
        rating, status = _ratings(board["rating"], file, faults)
        for row in board.index[(rating >= 3).fillna(False) & board["evidence"].isna()]:
            problem = f"rating {rating.loc[row]} without evidence"
            faults.append(Fault(file, int(row), problem, "name the evidence, or rate it 2"))
        parts.append(board.assign(rating=rating, status=status, evidenced=board["evidence"].notna()))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _ratings(given: pd.Series, file: str, faults: list[Fault]) -> tuple[pd.Series, pd.Series]:
    """Split a rating into its number and its status; anything else is a fault."""
    plain = given.str.strip().str.casefold()
    number = pd.to_numeric(plain.where(plain.str.fullmatch("[0-4]").astype("boolean").fillna(False))).astype("Int64")
    status = plain.map(NON_ANSWERS).astype("str")
    status = status.where(number.isna(), "answered").where(plain.notna(), "missing")
    for row, value in given[status.isna()].items():
        problem = f"rating {str(value)[:20]!r} is not on the scale"
        faults.append(Fault(file, int(str(row)), problem, "use 0, 1, 2, 3, 4, NA or DK"))
    return number, status
