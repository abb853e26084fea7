"""Outcome series under the trusts' codes of the study, and board answers with their status."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.clean.impossible import value_of
from buddy_eval.clean.types import elsewhere, known, not_read, typed
from buddy_eval.read import Raw
from buddy_eval.schemas import clean as schemas
from buddy_eval.schemas.raw import BOARDS
from buddy_eval.study.instrument import Instrument

FOLLOW = ["ods", "ours", "own", "last"]
MANY = 10  # trusts with one and the same value in a period, from which on it is said
SHOWN = 8  # rows that a line of the log names at most
NON_ANSWERS = {"na": "not_applicable", "n/a": "not_applicable", "dk": "dont_know"}


def outcome_series(plain: dict[str, pd.DataFrame], raw: Raw) -> pd.DataFrame:
    """Return the outcome series (columns of `schemas.clean.SERIES`) of the trusts that the study names.

    The value is numerator over denominator where both are given. A code that took over a trust of the study
    counts as that trust from then on, unless the trust's own code still reports; the log says how many.
    """
    outcomes = plain["outcomes"]
    if outcomes.empty:
        return pd.DataFrame(columns=schemas.SERIES.names)
    pairs = plain["pairs"]
    ours = set(pairs["supporter"].dropna()) | set(pairs["receiver"].dropna())
    itself = pd.DataFrame([(code, code, True, pd.NaT) for code in ours], columns=FOLLOW)
    follow = pd.concat([itself, _heirs(ours, plain["trusts"])]).astype({"own": "bool", "last": "datetime64[us]"})
    series = outcomes.merge(follow, on="ods").sort_values("own", ascending=False, kind="stable")
    series = _since(series, raw).drop_duplicates(["ours", "indicator", "period"])
    file = raw.files["outcomes"]
    if inherited := int((~series["own"]).sum()):
        raw.note(file, "values", "converted", inherited, "reported under the code that took the trust over")
    if strangers := int((~outcomes["ods"].isin(set(follow["ods"]))).sum()):
        raw.note(file, "values", "left out", strangers, "no trust of the study; kept for comparison alone")
    empty = outcomes.index[value_of(outcomes).isna()]
    if len(empty):
        why = "no value, and no numerator over a denominator that is not 0"
        raw.note(file, "values", "left out", len(empty), f"{why}: rows {_listed(empty)}")
    for share, above in _above_whole(outcomes):
        why = f"numerator above its denominator, unlike in most rows: is that so? rows {_listed(above)}"
        raw.note(file, share, "doubtful", len(above), why)
    for (indicator, period), values in value_of(outcomes).groupby([outcomes["indicator"], outcomes["period"]]):
        if len(values) >= MANY and (values == values.iloc[0]).all():
            same = f"all {len(values)} trusts have {values.iloc[0]:g}: is that so?"
            raw.note(file, f"{indicator}, {period}", "constant", len(values), same)
    return series.assign(ods=series["ours"], value=value_of(series), period=series["start"])


def _above_whole(outcomes: pd.DataFrame) -> Iterator[tuple[str, pd.Index]]:
    """Indicators that are a share in most rows, with the rows in which the part is more than the whole."""
    usable = outcomes[outcomes["denominator"] > 0].dropna(subset=["indicator", "numerator"])
    for indicator, rows in usable.groupby("indicator"):
        above = rows.index[rows["numerator"] > rows["denominator"]]
        if 0 < 2 * len(above) < len(rows):
            yield str(indicator), above


def comparator_series(plain: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the outcome series of trusts outside the pairs (columns of `schemas.clean.COMPARATORS`).

    Trusts that took over a trust of the study are no comparators. Only indicators that the study's trusts report.
    """
    outcomes, pairs = plain["outcomes"], plain["pairs"]
    if outcomes.empty:
        return pd.DataFrame(columns=schemas.COMPARATORS.names)
    ours = set(pairs["supporter"].dropna()) | set(pairs["receiver"].dropna())
    related = ours | set(_heirs(ours, plain["trusts"])["ods"])
    reported = set(outcomes.loc[outcomes["ods"].isin(related), "indicator"])
    others = outcomes[~outcomes["ods"].isin(related) & outcomes["indicator"].isin(reported)]
    return others.assign(
        value=value_of(others),
        frequency=pd.Series("month", index=others.index).where(others["period"].str.len() != 4, "year"),
        period=pd.to_datetime(others["period"].str.slice(0, 7), format="mixed"),
    )


def _listed(rows: pd.Index) -> str:
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return ", ".join(map(str, rows[:SHOWN])) + more


def _since(series: pd.DataFrame, raw: Raw) -> pd.DataFrame:
    """Add start and frequency, and leave out what a later code reported before it took the trust over."""
    start = pd.to_datetime(series["period"].str.slice(0, 7), format="mixed")
    yearly = series["period"].str.len() == 4
    after = (start + pd.DateOffset(months=1)).where(~yearly, start + pd.DateOffset(years=1))
    early = ~series["own"] & (after <= series["last"] + pd.Timedelta(days=1))
    if n := int(early.sum()):
        raw.note(raw.files["outcomes"], "values of successors", "left out", n, "before they took the trust over")
    frequency = pd.Series("month", index=series.index).where(~yearly, "year")
    return series.assign(start=start, frequency=frequency)[~early]


def _heirs(ours: set[str], trusts: pd.DataFrame) -> pd.DataFrame:
    """Later codes along the chain of successors (columns `FOLLOW`), with the last day of what they took over."""
    ended = trusts.dropna(subset=["successor"])
    then = dict(zip(ended["ods"], zip(ended["successor"], ended["valid_to"], strict=True), strict=True))
    heirs = []
    for code in sorted(ours):
        at, seen, known_last = code, {code}, pd.NaT
        while at in then and then[at][0] not in seen:
            at, last = then[at]
            known_last = last if pd.notna(last) else known_last
            seen.add(at)
            heirs.append((at, code, False, known_last))
    return pd.DataFrame(heirs, columns=FOLLOW)


def board_answers(raw: Raw, instrument: Instrument, faults: list[Fault], pairs: set[str] | None) -> pd.DataFrame:
    """Return all boards' answers (columns of `schemas.clean.BOARD_ANSWERS`); ratings 3 and 4 need evidence."""
    parts = [pd.DataFrame(columns=schemas.BOARD_ANSWERS.names)]
    seen = set[tuple[object, ...]]()
    for (file, frame), (board, faulty) in zip(raw.boards, _typed_boards(raw), strict=True):
        faults += faulty + known(board, "pair", pairs, file, "among the pairs")
        for column, n, why in not_read(frame, BOARDS):
            raw.note(file, f"column {column}", "left out", n, why)
        faults += known(board, "question", instrument.questions["question"], file, "in the instrument")
        if not len(board):
            continue
        problem = "this board answers the question in another workbook too"
        faults += elsewhere(board, list(BOARDS.key), seen, file, problem, "keep one")
        rating, status = _ratings(board["rating"], file, faults)
        for row in board.index[(rating >= 3).fillna(False) & board["evidence"].isna()]:
            problem = f"rating {rating.loc[row]} without evidence"
            faults.append(Fault(file, int(row), problem, "name the evidence, or rate it 2"))
        parts.append(board.assign(rating=rating, status=status, evidenced=board["evidence"].notna()))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _typed_boards(raw: Raw) -> Iterator[tuple[pd.DataFrame, list[Fault]]]:
    """Every board with its types: all at once, which is quick, where nothing is wrong with any."""
    frames = [frame for _, frame in raw.boards]
    every, wrong = typed(pd.concat([*frames, pd.DataFrame()], ignore_index=True), BOARDS, "")
    start = 0
    for file, frame in raw.boards:
        part = every.iloc[start : start + len(frame)].set_axis(frame.index)
        start += len(frame)
        yield typed(frame, BOARDS, file) if wrong else (part, [])


def _ratings(ratings: pd.Series, file: str, faults: list[Fault]) -> tuple[pd.Series, pd.Series]:
    """Split a rating into its number and its status; anything else is a fault."""
    plain = ratings.str.strip().str.casefold()
    number = pd.to_numeric(plain.where(plain.str.fullmatch("[0-4]").astype("boolean").fillna(False))).astype("Int64")
    status = plain.map(NON_ANSWERS).astype("str")
    status = status.where(number.isna(), "answered").where(plain.notna(), "missing")
    for row, value in ratings[status.isna()].items():
        problem = f"rating {str(value)[:20]!r} is not on the scale"
        faults.append(Fault(file, int(str(row)), problem, "use 0, 1, 2, 3, 4, NA or DK"))
    return number, status
