"""The quotes that readers may see: each once under every theme, in turn, so that nobody speaks twice before others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from buddy_eval import tables as shown_as
from buddy_eval.disclose.quoted import quoted, under_codes
from buddy_eval.disclose.results import Results
from buddy_eval.pipeline import processed
from buddy_eval.study.settings import load_study

PEOPLE = [("P1", "A", "receiver"), ("P2", "A", "supporter"), ("P3", "B", "receiver"), ("P4", "B", "receiver")]
TEXT = "".join(f"{n}23456789." for n in range(4))  # four passages of ten characters
SPANS = [("P1", 0, 10), ("P1", 12, 18), ("P2", 0, 10), ("P3", 20, 30), ("P4", 0, 5), ("P4", 10, 15)]
CODES = [("C1", "culture"), ("C2", "culture"), ("C3", "trust"), ("C4", None)]
MARKS = [  # unit, code, its passage, whether the consensus has it
    *(("P1-0", code, 0, 10, True) for code in ("C1", "C2", "C3", "C4")),
    ("P1-1", "C3", 10, 20, True),
    ("P2-0", "C1", 9, 12, True),
    ("P2-0", "C3", 0, 10, False),
    ("P3-2", "C2", 20, 30, True),
    ("P4-0", "C1", 5, 10, True),
]


def tables(audience: str) -> dict[str, pd.DataFrame]:
    """Four people who speak of culture and trust, each in a transcript of four passages."""
    place = [(person, pair, side, n) for person, pair, side in PEOPLE for n in range(4)]
    units = pd.DataFrame(
        [(f"{p}-{n}", f"T{p}", p, pair, side, 10 * n, 10 * n + 10) for p, pair, side, n in place],
        columns=["unit", "source", "participant", "pair", "side", "start", "end"],
    )
    people = pd.DataFrame(PEOPLE, columns=["participant", "pair", "side"])
    approvals = pd.DataFrame([(f"T{p}", a, b) for p, a, b in reversed(SPANS)], columns=["source_id", "start", "end"])
    marks = pd.DataFrame(reversed(MARKS), columns=["unit", "code", "start", "end", "present"])
    return {
        "units": units.assign(codable=True),
        "participants": people.assign(role="board", kind="interview", consent=True, quotes=True),
        "consensus": marks.assign(valence=marks["code"].map({"C1": "enabler", "C2": "barrier"})),
        "approvals": approvals.assign(audience=audience),
        "sources": pd.DataFrame({"source": [f"T{p}" for p, _, _ in PEOPLE], "text": TEXT}),
        "codes": pd.DataFrame(CODES, columns=["code", "theme"]),
    }


def shown(profile: str) -> list[list[str]]:
    """The quotes that a profile sees, each as its cells."""
    held = tables("public" if profile == "public" else "internal")
    rows = quoted(held.__getitem__, profile)
    assert rows.columns.tolist() == ["quote", "attribution", "pair", "side", "theme", "code", "valence"]
    return rows.fillna({"valence": ""}).to_numpy().tolist()


def test_each_quote_stands_once_under_each_of_its_themes_and_everybody_speaks_in_turn() -> None:
    """P1 is coded with two codes of culture; a code without theme, one that is refused and one beside count not."""
    assert shown("internal") == [
        ["023456789.", "P1", "A", "receiver", "trust", "C3", ""],
        ["023456789.", "P2", "A", "supporter", "culture", "C1", "enabler"],
        ["223456789.", "P3", "B", "receiver", "culture", "C2", "barrier"],
        ["023456789.", "P1", "A", "receiver", "culture", "C2", "barrier"],
        ["345678", "P1", "A", "receiver", "trust", "C3", ""],
    ]


def test_the_public_reads_a_post_of_three_people() -> None:
    assert [row[:3] for row in shown("public")[:3]] == [
        ["023456789.", "board, receiver", "A"],
        ["023456789.", "a participant", "A"],
        ["223456789.", "board, receiver", "B"],
    ]


def test_who_shows_quotes_depends_on_them_and_not_on_every_word_of_the_tables() -> None:
    held = tables("internal")

    def read(name: str) -> pd.DataFrame:
        processed.note(name)
        return held[name]

    with processed.recorded() as reads:
        quoted(read, "internal")
    assert reads == {"quotes"}


def test_a_code_that_only_touches_a_quote_is_not_on_it() -> None:
    quotes = pd.DataFrame({"source": ["T"], "start": [10], "end": [20]})
    spans = [(0, 10), (0, 11), (12, 13), (19, 30), (20, 30)]
    coded = pd.DataFrame(spans, columns=["start", "end"]).assign(source="T", code=[*"abcde"])
    assert under_codes(quotes, coded)["code"].tolist() == ["b", "c", "d"]


def test_a_brief_hears_both_sides_and_two_themes_where_quotes_of_these_are_approved(published: Path) -> None:
    """Four of the eight quoted the receivers alone: every theme began with its own first quote."""
    study = load_study(published)
    for pair in Results(study, "internal").pairs:
        rows = Results(study, "partners", pair).quotes().drop_duplicates("quote")
        shown = [quote for quote, _ in shown_as.quotes(Results(study, "partners", pair), most=2).quotes]
        chosen = rows[rows["quote"].isin(shown)]
        assert chosen["theme"].nunique() == min(2, rows["theme"].nunique()), pair
        others = rows[rows["theme"] != rows["theme"].iloc[0]]  # the first stands, the second goes to the other side
        if (others["side"] != rows["side"].iloc[0]).any():
            assert chosen["side"].nunique() == 2, pair
