"""Rows that are well-formed and cannot be: pairs of one trust, days in the wrong order, two units in one indicator."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.read import Raw
from buddy_eval.schemas.vocabulary import WHOLE

SCALES = (100, 1000)  # a share and per cent, a share and per thousand
APART = 10  # times that the least value of the larger unit is above the most of the smaller one
ALIKE = 2  # times that the middles of both may differ once they are in one unit
SITE = 5  # characters of the code of a site: the trust's three, and two more
BACKWARDS = (  # table, the day that comes first, the one that follows it, and what is wrong otherwise
    ("pairs", "start", "end", "the end lies before the start"),
    ("capacity", "start", "end", "the end lies before the start"),
    ("trusts", "valid_from", "valid_to", "valid_to lies before valid_from"),
    ("actions", "agreed", "due", "was due before it was agreed"),
    ("actions", "agreed", "done", "was done before it was agreed"),
    ("actions", "agreed", "dropped", "was dropped before it was agreed"),
)
COMMON = {"nhs", "foundation", "trust", "the", "ft"}


def impossible(plain: dict[str, pd.DataFrame], raw: Raw) -> list[Fault]:
    """Return a fault for every such row, and one for every trust or direction that the outcomes write otherwise."""
    outcomes, file = plain["outcomes"], raw.files.get("outcomes", "outcomes")
    faults = [
        *_groups(plain["comments"], raw),
        *_pairs(plain["pairs"], raw),
        *_passages(plain, raw),
        *_codes(plain, raw),
        *_kept(plain, raw),
        *_backwards(plain, raw),
        *_rounds(plain["rounds"], raw),
    ]
    return [*faults, *_directions(outcomes, file), *_units(outcomes, file)]


def _groups(comments: pd.DataFrame, raw: Raw) -> list[Fault]:
    problem, remedy = f"a group is called {WHOLE!r}, which stands for all comments together", "give it another name"
    groups, file = comments["group"].dropna(), raw.files.get("comments", "comments")
    faults = [Fault(file, int(row), problem, remedy, "group") for row in groups.index[groups.map(_plain) == WHOLE]]
    first = groups.groupby(groups.map(lambda group: "".join(group.split()).casefold())).transform("first")
    other = groups[groups != first].drop_duplicates()
    for row, group, known in zip(other.index, other, first.loc[other.index], strict=True):
        said = f"group {group!r} is {known!r} with other blanks or capitals"
        faults.append(Fault(file, int(row), said, "write both alike, or tell them apart in words", "group"))
    return faults


def _pairs(pairs: pd.DataFrame, raw: Raw) -> list[Fault]:
    file = raw.files.get("pairs", "pairs")
    cells = (pairs[name].map(_plain, na_action="ignore") for name in ("pair", "supporter", "receiver"))
    names, supporter, receiver = cells
    wrong = (
        (names == WHOLE, f"a pair is called {WHOLE!r}, which stands for all pairs together", "give it another name"),
        (supporter == receiver, "supporter and receiver are the same trust", "correct one of the two"),
    )
    return [Fault(file, int(row), problem, remedy) for rows, problem, remedy in wrong for row in pairs.index[rows]]


def _backwards(plain: dict[str, pd.DataFrame], raw: Raw) -> Iterator[Fault]:
    """Rows of which one day comes before another that it follows."""
    for table, first, then, problem in BACKWARDS:
        frame = plain[table]
        for row in frame.index[(frame[then] < frame[first]).fillna(value=False).astype("bool")]:
            yield Fault(raw.files[table], int(row), problem, "correct one of the two", then)


def _rounds(rounds: pd.DataFrame, raw: Raw) -> Iterator[Fault]:
    """Rounds that open before the round that they follow, or with it."""
    known = rounds.dropna(subset=["wave", "opens"]).sort_values("wave")
    for row in known.index[known["opens"] <= known["opens"].shift()]:
        problem = f"round {known.loc[row, 'wave']} opens no later than the round before it"
        yield Fault(raw.files["rounds"], int(row), problem, "correct the day of one of the two", "opens")


def _kept(plain: dict[str, pd.DataFrame], raw: Raw) -> list[Fault]:
    """Actions that are both done and dropped, or dropped without a reason."""
    actions = plain["actions"]
    dropped = actions["dropped"].notna()
    wrong = (
        (dropped & actions["done"].notna(), "is both done and dropped", "keep one of the two dates"),
        (dropped & actions["reason"].isna(), "is dropped without a reason", "write why it was given up"),
    )
    file = raw.files.get("actions", "actions")
    return [Fault(file, int(row), problem, remedy) for rows, problem, remedy in wrong for row in actions.index[rows]]


def _passages(plain: dict[str, pd.DataFrame], raw: Raw) -> list[Fault]:
    """Codings and approvals whose end lies beyond the last character of the text of their source."""
    texts = {name: len(transcript.text) for name, transcript in raw.transcripts.items()}
    sources = plain["sources"].drop_duplicates("source").set_index("source")["file"].map(texts)
    faults = []
    for table in ("codings", "approvals"):
        located = plain[table].dropna(subset=["source_id", "end"])
        length = located["source_id"].map(sources)
        for row, end, last in zip(located.index, located["end"], length, strict=True):
            if pd.notna(last) and end > last:
                problem = f"end {end} lies beyond the text, which has {int(last)} characters"
                faults.append(
                    Fault(raw.files.get(table, table), int(row), problem, "count in code points, from 0", "end")
                )
    return faults


def _codes(plain: dict[str, pd.DataFrame], raw: Raw) -> Iterator[Fault]:
    """Trusts of the study that the outcomes write otherwise, or by a site: they would pass for another trust."""
    pairs, trusts, reported = plain["pairs"], plain["trusts"], plain["outcomes"]["ods"].dropna()
    ours = {*pairs["supporter"].dropna(), *pairs["receiver"].dropna()}
    codes = {_plain(code): code for code in (*trusts["ods"].dropna(), *sorted(ours))}
    names = {plain_name(name): code for code, name in zip(trusts["ods"], trusts["name"], strict=True) if pd.notna(name)}
    for row, code in reported.drop_duplicates().items():
        key, problem, remedy = _plain(code), "", "write its code"
        if code in codes.values():
            continue
        if key in codes:
            problem = f"ods {code!r} is {codes[key]!r} in other letters"
        elif names.get(plain_name(code)) in ours:
            problem = f"ods {code!r} is the name of {names[plain_name(code)]!r}"
        elif len(key) == SITE and codes.get(key[:3]) in ours:
            problem, remedy = f"ods {code!r} is a site of {codes[key[:3]]!r}", "give the figures of the whole trust"
        if problem:
            yield Fault(raw.files["outcomes"], int(str(row)), problem, remedy, "ods")


def _directions(outcomes: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Indicators whose good direction changes from row to row."""
    directed = outcomes.dropna(subset=["indicator", "direction"])
    first = directed.drop_duplicates("indicator").set_index("indicator")["direction"]
    other = directed[directed["direction"] != directed["indicator"].map(first)].drop_duplicates("indicator")
    for row, name, way in zip(other.index, other["indicator"], other["direction"], strict=True):
        problem = f"direction of {name!r} is {way!r} here and {first[name]!r} above"
        yield Fault(file, int(row), problem, "give an indicator one direction", "direction")


def _units(outcomes: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Indicators with shares beside per cent (0.95, then 95): two groups of values, far apart and alike in one unit."""
    for name, rows in outcomes.assign(figure=value_of(outcomes)).dropna(subset=["figure"]).groupby("indicator"):
        figures = rows["figure"][rows["figure"] > 0]
        small, large = figures[figures <= 1], figures[figures > 1]
        if small.empty or large.empty or (small % 1 == 0).all() or large.min() < APART * small.max():
            continue
        if any(1 / ALIKE <= large.median() / small.median() / scale <= ALIKE for scale in SCALES):
            odd, most = sorted((small, large), key=len)
            problem = f"{name!r} is {odd.iloc[0]:g} here and {most.iloc[0]:g} in row {most.index[0]}: two units"
            yield Fault(file, int(str(odd.index[0])), problem, "give an indicator one unit", "value")


def value_of(series: pd.DataFrame) -> pd.Series:
    """Return the value of each row of outcomes, by division where it is a ratio."""
    ratio = series["numerator"] / series["denominator"].where(series["denominator"] != 0)
    return ratio.fillna(series["value"])


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", code).casefold()))


def plain_name(name: str) -> str:
    """Return the words of a trust's name but for those that most have.

    >>> plain_name("The Marram Coast NHS Trust")
    'marram coast'
    """
    words = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", name).casefold()).split()
    return " ".join(word for word in words if word not in COMMON)
