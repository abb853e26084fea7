"""The lexicon against a slow reference; suggestions, their evidence and their negations."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from buddy_eval.coding import Lexicon, suggest

WORDS = [
    "it",
    "IT",
    "item",
    "trust",
    "Trust",
    "caf\u00e9",
    "re\u0301sume\u0301",
    "\u0130T",
    "stra\u00dfe",
    "STRASSE",
    "n\u0303a",
    "x_1",
]
GLUE = [" ", "  ", "\u00a0", "-", "\u2011", "\n", "'s ", "\u2019s ", ", ", ".", "'", "\u2019", "", "\u0301", "(", "/"]
TEXTS = st.lists(st.sampled_from(WORDS) | st.sampled_from(GLUE) | st.sampled_from("aIi\u0307\u0130"), max_size=14).map(
    "".join
)
MARK = "\u0300-\u036f"
SPACE = r"[\s\-\u2010-\u2015]+"


@st.composite
def terms(draw: st.DrawFn) -> str:
    """A term of one to three words, perhaps with stems, a hyphen, an apostrophe, its own case, or decomposed."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    stems = draw(st.lists(st.booleans(), min_size=3, max_size=3))
    gaps = draw(st.lists(st.sampled_from([" ", "-", "\u00a0", "'"]), min_size=3, max_size=3))
    made = words[0][: draw(st.sampled_from([2, 9]))] + "*" * stems[0]
    for word, stem, gap in zip(words[1:], stems[1:], gaps, strict=False):
        made += ("'" if gap == "'" and not made.endswith("*") else gap.replace("'", " ")) + word + "*" * stem
    decomposed = draw(st.booleans())
    return "=" * draw(st.booleans()) + unicodedata.normalize("NFD" if decomposed else "NFC", made)


def even(text: str, exact: bool) -> str:
    """Text to compare: NFC, straight apostrophes, and without case where one letter stays one letter."""
    text = unicodedata.normalize("NFC", text).replace("\u2019", "'")
    return text if exact else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def slow_pattern(term: str) -> re.Pattern[str]:
    """One pattern a term, to be matched against a whole cutting of a text."""
    made = ""
    for part in re.split(rf"([\w{MARK}]+\*?|{SPACE})", even(term.removeprefix("="), term.startswith("="))):
        if part.endswith("*"):
            made += re.escape(part[:-1]) + rf"[\w{MARK}]*"
        else:
            made += SPACE if re.fullmatch(SPACE, part) else re.escape(part)
    return re.compile(made)


def slow(text: str, listed: list[str]) -> list[tuple[int, int, int]]:
    """Try every cutting of a text that begins and ends between words."""
    word = re.compile(rf"[\w{MARK}]")
    starts = [i for i, c in enumerate(text) if not unicodedata.combining(c) or i == 0]
    ends = [*starts, len(text)]
    found = []
    for number, term in enumerate(listed):
        pattern, exact = slow_pattern(term), term.startswith("=")
        for start in starts:
            for end in ends:
                inside = word.match(even(text[:start], False)[-1:]) or word.match(text[end : end + 1])
                if end > start and not inside and pattern.fullmatch(even(text[start:end], exact)):
                    found.append((start, end, number))
    return sorted(found, key=lambda hit: (hit[0], hit[2]))


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.lists(terms(), min_size=1, max_size=4))
@example("\u0130T, i\u0307t", ["=\u0130T", "\u0130t"])
@example("a re\u0301sume\u0301", ["r\u00e9sum\u00e9"])
@example("trust\u2019s trust", ["trust's trust"])
def test_the_lexicon_finds_what_a_slow_reference_finds(text: str, listed: list[str]) -> None:
    assert [hit[:3] for hit in Lexicon(listed).find(text)] == slow(text, listed)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.lists(terms(), min_size=1, max_size=3))
def test_composed_and_decomposed_texts_hold_the_same_words(text: str, listed: list[str]) -> None:
    def words(shown: str) -> list[tuple[int, str]]:
        return [(n, unicodedata.normalize("NFC", shown[a:b])) for a, b, n, *_ in Lexicon(listed).find(shown)]

    assert words(unicodedata.normalize("NFC", text)) == words(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("it", "Item: it, IT; hit, it's", ["it", "IT", "it"]),
        ("=IT", "it, It and IT; =IT", ["IT", "IT"]),
        ("=NED*", "NEDs need a NED", ["NEDs", "NED"]),
        ("engag*", "Engagement, disengaged, engag", ["Engagement", "engag"]),
        ("lift and shift", "lift-and\u2011shift\nlift\u00a0and shift", ["lift-and\u2011shift", "lift\u00a0and shift"]),
        ("lift and shift", "lift and. shift; lift, and shift; uplift and shift; lift and shifts", []),
        ("non-exec*", "a non executive, the non\u2013execs", ["non executive", "non\u2013execs"]),
        ("each other's language", "Each Other\u2019s language", ["Each Other\u2019s language"]),
        ("caf\u00e9", "cafe\u0301 cafe caf\u00e9s", ["cafe\u0301"]),
        ("caf\u00e9*", "the cafe\u0301s", ["cafe\u0301s"]),
        ("strasse", "Stra\u00dfe", []),
        ("stra\u00dfe", "STRA\u1e9eE Stra\u00dfe", ["STRA\u1e9eE", "Stra\u00dfe"]),
        ("istanbul", "\u0130STANBUL Istanbul", ["Istanbul"]),
        ("the the", "the the the", ["the the", "the the"]),
    ],
)  # fmt: skip
def test_a_term_is_found_in_these_places_and_no_others(term: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end, *_ in Lexicon([term]).find(text)] == found


def test_a_term_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="term number 1 has no word"):
        Lexicon(["good", "=-*"])


NOT = pd.DataFrame({"word": ["not", "Don\u2019t", "n\u00e9", "no\u0302n"], "window": 3, "codebook": "tiny 1"})
TERMS = pd.DataFrame(
    [("CB1", "trust*", "enabler"), ("CB1", "blame", "barrier"), ("CB2", "trust*", None), ("CB1", "mixed up", "mixed")],
    columns=["code", "term", "valence"],
)  # fmt: skip


def suggested(*texts: str, codable: bool = True) -> pd.DataFrame:
    units = pd.DataFrame({"unit": [f"u{n}" for n in range(len(texts))], "text": texts, "codable": codable})
    return suggest(units, TERMS, NOT)


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("We do not trust them.", True),
        ("Not a b trust.", True),
        ("Not a b c trust.", False),
        ("Not so. We trust them.", False),
        ("We did not; trust came.", False),
        ("Trust, not much.", False),
        ("They knot trust.", False),
        ("We don't trust them.", True),
        ("We DON\u2019T trust them.", True),
        ("We ne\u0301 trust, nor", True),
        ("We n\u00f4n trust, nor", True),
        ("Not, a r\u00e9sum\u00e9, trust.", True),
        ("Not, a re\u0301sume\u0301, trust.", True),
        ("Not, a re\u0301sume\u0301\u0301, trust.", True),
        ("Not so, a re\u0301sume\u0301, trust.", False),
    ],
)
def test_a_negation_counts_within_its_clause_and_window_only(text: str, negated: bool) -> None:
    made = suggested(text)
    assert made["negated"].tolist() == [negated] * 2


def test_a_negation_turns_enabler_and_barrier_and_nothing_else() -> None:
    made = suggested("not trust", "not blame", "not mixed up").set_index(["unit", "code"])["valence"]
    assert made.fillna("none").to_dict() == {
        ("u0", "CB1"): "barrier", ("u0", "CB2"): "none", ("u1", "CB1"): "enabler", ("u2", "CB1"): "mixed"
    }  # fmt: skip


def test_suggestions_carry_their_evidence_and_the_mark_of_a_machine() -> None:
    text = "Nai\u0308ve; Trusting"
    made = suggested(text)
    assert [text[a:b] for a, b in zip(made["start"], made["end"], strict=True)] == ["Trusting"] * 2
    assert made[["code", "term", "method", "codebook"]].to_numpy().tolist() == [
        ["CB1", "trust*", "lexicon", "tiny 1"],
        ["CB2", "trust*", "lexicon", "tiny 1"],
    ]


def test_nothing_is_suggested_on_an_interviewers_words_or_where_no_term_is() -> None:
    assert suggested("We trust them.", codable=False).empty
    assert suggested("Nothing of this.").empty
