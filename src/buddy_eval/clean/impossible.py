"""Rows that are well-formed and cannot be: pairs of one trust, spells that end first, passages beyond their text."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.read import Raw

WHOLE = "all"  # as the tables of results call all pairs together


def impossible(plain: dict[str, pd.DataFrame], raw: Raw) -> list[Fault]:
    """Return a fault for every such row, and one for every code of a trust that the outcomes write otherwise."""
    return [*_pairs(plain["pairs"], raw), *_passages(plain, raw), *_codes(plain, raw), *_kept(plain, raw)]


def _pairs(pairs: pd.DataFrame, raw: Raw) -> list[Fault]:
    file = raw.files.get("pairs", "pairs")
    itself = pairs.index[
        (pairs["supporter"].map(_plain, na_action="ignore") == pairs["receiver"].map(_plain, na_action="ignore"))
    ]
    backwards = pairs.index[pairs["end"] < pairs["start"]]
    taken = pairs.index[pairs["pair"].map(_plain, na_action="ignore") == WHOLE]
    return [
        *(
            Fault(
                file,
                int(row),
                f"a pair is called {WHOLE!r}, which stands for all pairs together",
                "give it another name",
            )
            for row in taken
        ),
        *(
            Fault(file, int(row), "supporter and receiver are the same trust", "correct one of the two")
            for row in itself
        ),
        *(Fault(file, int(row), "the end lies before the start", "correct one of the two", "end") for row in backwards),
    ]


def _kept(plain: dict[str, pd.DataFrame], raw: Raw) -> list[Fault]:
    """Contributions that end before they begin, and actions both done and dropped, or dropped without a reason."""
    capacity, actions = plain["capacity"], plain["actions"]
    dropped = actions["dropped"].notna()
    wrong = (
        ("capacity", capacity["end"] < capacity["start"], "the end lies before the start", "correct one of the two"),
        ("actions", dropped & actions["done"].notna(), "is both done and dropped", "keep one of the two dates"),
        ("actions", dropped & actions["reason"].isna(), "is dropped without a reason", "write why it was given up"),
        ("actions", actions["done"] < actions["agreed"], "was done before it was agreed", "correct one of the two"),
    )
    return [
        Fault(raw.files[table], int(row), problem, remedy)
        for table, where, problem, remedy in wrong
        for row in plain[table].index[where.fillna(value=False).astype("bool")]
    ]


def _passages(plain: dict[str, pd.DataFrame], raw: Raw) -> list[Fault]:
    """Codings and approvals whose end lies beyond the last character of the text of their source."""
    texts = {name: len(made.text) for name, made in raw.transcripts.items()}
    sources = plain["sources"].drop_duplicates("source").set_index("source")["file"].map(texts)
    faults = []
    for table in ("codings", "approvals"):
        given = plain[table].dropna(subset=["source_id", "end"])
        length = given["source_id"].map(sources)
        for row, end, last in zip(given.index, given["end"], length, strict=True):
            if pd.notna(last) and end > last:
                problem = f"end {end} lies beyond the text, which has {int(last)} characters"
                faults.append(
                    Fault(raw.files.get(table, table), int(row), problem, "count in code points, from 0", "end")
                )
    return faults


def _codes(plain: dict[str, pd.DataFrame], raw: Raw) -> list[Fault]:
    """Codes in the outcomes that are one of the study's but for case or blanks: they would pass for another trust."""
    pairs, given = plain["pairs"], plain["outcomes"]["ods"].dropna()
    ours = {*pairs["supporter"].dropna(), *pairs["receiver"].dropna(), *plain["trusts"]["ods"].dropna()}
    known = {_plain(code): code for code in ours}
    return [
        Fault(
            raw.files["outcomes"],
            int(str(row)),
            f"ods {code!r} is {known[_plain(code)]!r} in other letters",
            "write it so",
            "ods",
        )
        for row, code in given.drop_duplicates().items()
        if code not in ours and _plain(code) in known
    ]


def _plain(code: str) -> str:
    return "".join(code.split()).casefold()
