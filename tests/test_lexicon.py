"""The lexicon coder: what a match is, and that the plain coder, the compiled one and the reference agree."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable, Iterator

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buddy_eval.coding import suggest, words
from buddy_eval.coding.engine import find_all, search_all
from buddy_eval.coding.lexicon import Hits, Lexicon
from lexicon_reference import reference

TERMS = [
    "café", "staff's", "staff", "site", "=IT", "it", "İstanbul", "=İT", "straße", "engag*", "cultur* clash",
    "culture", "cultur*", "lift and shift", "lift", "and shift*", "a", "a a", "a* a*", "ὀδός", "한국",
    "a / b", "=a / B", "tick-box", "tick box", "don\u2019t know", "क", "é*", "b", "=Ⓐ b", "ⓐ b",
]  # fmt: skip
NEGATIONS, WINDOW = ["not", "don't", "café", "한국"], 2
PIECES = [
    *(term.strip("=*") for term in TERMS), *NEGATIONS, "İ", "ß", "ẞ", "ς", "Σ", "ΟΔΟΣ", "\u0301", "\u0327",
    "\u093c", "\u1161", "\u11ab", "\u0344", "\u0f73", "\u00a0", "\u2009", "\u200b", "-", "\u2014", " ", "  ",
    "\n", "\r", "\t", ".", "!", ":", "'", "\u2019", "\u02bc", "''", "/", " / ", "_", "7", "😀", "👩\u200d⚕️",
    "\U00016d63\U00016d67", "\U000f0000", "*", "Cultural clash", "dont know", "`", "\u00b4",
    "sta\u00adff", "\u200d", "\ufeff", "sta\ufb00", "\ufb03", "e\u00ad\u0301",
]  # fmt: skip
SMALL_TEXT = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def rows(hits: Hits) -> list[tuple[int, ...]]:
    return list(zip(*(side.tolist() for side in hits), strict=True))


def plainly(lexicon: Lexicon, texts: Iterable[str]) -> list[tuple[int, ...]]:
    return [(unit, *hit) for unit, text in enumerate(texts) for hit in lexicon.find(text)]


def hostile(count: int, seed: int = 1) -> Iterator[str]:
    """Units made of what goes wrong: every form, case and normalisation, anything beside anything."""
    chance = random.Random(seed)
    for _ in range(count):
        text = "".join(chance.choices(PIECES, k=chance.randrange(12)))
        text = chance.choice([text, text.upper(), text.title(), text + chr(chance.randrange(0x20, 0xD800))])
        yield (unicodedata.normalize(chance.choice(["NFC", "NFD", "NFKD"]), text) if chance.random() < 0.7 else text)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(SMALL_TEXT, st.text(st.characters(exclude_categories=["Cs"]))), max_size=4))
def test_plain_and_compiled_coder_find_what_the_reference_finds(texts: list[str]) -> None:
    lexicon = Lexicon(TERMS, NEGATIONS, WINDOW)
    wanted = [(unit, *hit) for unit, text in enumerate(texts) for hit in reference(TERMS, text, NEGATIONS, WINDOW)]
    assert sorted(plainly(lexicon, texts)) == sorted(wanted)
    assert rows(search_all(lexicon, pa.array(texts, pa.string()))) == plainly(lexicon, texts)


def test_the_compiled_coder_equals_the_plain_one_on_many_hostile_units() -> None:
    texts, lexicon = list(hostile(5_000)), Lexicon(TERMS, NEGATIONS, WINDOW)
    found = plainly(lexicon, texts)
    assert rows(search_all(lexicon, pa.array(texts))) == found
    assert {hit[3] for hit in found} >= set(range(len(TERMS)))
    assert any(hit[4] >= 0 for hit in found)


@pytest.mark.parametrize(
    ("term", "text", "spans"),
    [
        ("café", "CAFE\u0301s, Cafe\u0301", [(8, 13)]),
        ("staff", "staff\u2019s", [(0, 5)]),
        ("staff's", "the staff\u2019s", [(4, 11)]),
        ("site", "cross-site", [(6, 10)]),
        ("it", "item IT", [(5, 7)]),
        ("=IT", "it IT", [(3, 5)]),
        ("tick box", "tick\u00a0box tick-box tick, box", [(0, 8), (9, 17)]),
        ("istanbul", "İstanbul", []),
        ("straße", "STRAẞE Strasse", [(0, 6)]),
        ("ill", "😀 ill", [(2, 5)]),
        ("engag*", "disengaged, Engagement", [(12, 22)]),
    ],
)
def test_a_match_is_whole_words_in_the_original_s_code_points(term: str, text: str, spans: object) -> None:
    lexicon = Lexicon([term])
    assert [hit[:2] for hit in lexicon.find(text)] == spans
    assert [hit[1:3] for hit in rows(search_all(lexicon, pa.array([text])))] == spans


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("we did not trust", "not"),
        ("not a b trust", "-"),
        ("did not. We trust", "-"),
        ("we didn\u2019t trust", "didn\u2019t"),
        ("'not' trust", "not"),
        ("not not trust", "not"),
    ],
)
def test_a_negation_is_judged_within_its_clause_and_window_and_shown(text: str, evidence: str) -> None:
    lexicon = Lexicon(["trust"], ["not", "didn't"], 2)
    (hit,) = lexicon.find(text)
    assert (text[hit[3] : hit[4]] if hit[3] >= 0 else "-") == evidence
    assert rows(search_all(lexicon, pa.array([text]))) == [(0, *hit)]


def test_missing_sliced_chunked_and_dictionary_text_is_found_as_it_stands() -> None:
    lexicon = Lexicon(["a"])
    texts = pa.chunked_array([pa.array(["x", "a", None]).slice(1), pa.array(["b a", "a"])])
    assert [row[:2] for row in rows(search_all(lexicon, texts))] == [(0, 0), (2, 2), (3, 0)]
    assert rows(search_all(lexicon, texts)) == rows(find_all(lexicon, texts))
    assert len(search_all(lexicon, pa.array(["b", "a"]).dictionary_encode()).unit) == 1
    assert len(search_all(lexicon, pa.array([], pa.string())).unit) == 0


def test_much_text_and_little_text_give_the_same_through_one_door(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, lexicon = pa.array(list(hostile(300, seed=2))), Lexicon(TERMS, NEGATIONS, WINDOW)
    little = rows(find_all(lexicon, texts))
    monkeypatch.setattr("buddy_eval.coding.engine.SMALL", 0)
    assert rows(find_all(lexicon, texts)) == little


def test_the_character_tables_say_what_the_rules_say_of_every_code_point() -> None:
    kinds, own, lower = words.characters()
    for code in [*range(0xD800), *range(0xE000, words.CHARACTERS)]:
        character = words.plain(chr(code))
        assert chr(own[code]) == character
        assert chr(lower[code]) == words.folded(character)
        assert bool(kinds[code] & words.IS_WORD) == bool(words.WORD.match(character))
        assert bool(kinds[code] & words.IS_WORD) == bool(words.WORD.match(words.folded(character)))
        assert bool(kinds[code] & words.IS_GAP) == bool(words.GAP.match(character))
        if unicodedata.combining(chr(code)) or unicodedata.normalize("NFC", chr(code)) != chr(code):
            assert kinds[code] & words.IS_LOOSE


def test_no_text_takes_more_than_a_bounded_number_of_looks_a_character() -> None:
    text = "a " * 200_000 + "a" * 200_000 + " " * 200_000 + "'" * 200_000
    lexicon = Lexicon(["a a a a a", "a* a* b", "a"], ["zz"], 4)
    found = search_all(lexicon, pa.array([text]))
    assert len(found.unit) == 200_000 + 199_996
    assert rows(found) == plainly(lexicon, [text])


def test_suggestions_show_the_words_that_negate_them() -> None:
    units = pd.DataFrame({"unit": ["u1", "u2"], "text": ["No trust.", "trust"], "codable": [True, True]})
    terms = pd.DataFrame({"code": ["C"], "term": ["trust"], "valence": ["enabler"]})
    negations = pd.DataFrame({"word": ["no"], "window": [2], "codebook": ["demo 1"]})
    made = suggest(units, terms, negations)
    assert made["valence"].tolist() == ["barrier", "enabler"]
    assert made["negation_start"].tolist() == [0, pd.NA]
    assert made["negation_end"].tolist() == [2, pd.NA]


@pytest.mark.parametrize("typed", ["don't", "don\u2019t", "dont", "don`t", "don\u00b4t", "DONT", "do\u00adn't"])
@pytest.mark.parametrize("word", ["office", "o\ufb03ce", "of\u00adfice", "of\u200bfice", "off\u2060ice"])
def test_words_of_a_codebook_meet_what_people_and_programs_write(typed: str, word: str) -> None:
    lexicon = Lexicon(["office", "don't trust"], ["don't"], 3)
    text = f"I {typed} trust the {word}, no."
    assert [text[hit[0] : hit[1]] for hit in lexicon.find(text)] == [f"{typed} trust", word]
    text = f"I {typed} like the {word}."
    ((start, end, _, negation, last),) = lexicon.find(text)
    assert (text[start:end], text[negation:last]) == (word, typed)
    assert [int(column[0]) for column in search_all(lexicon, pa.array([text]))][1:] == [start, end, 0, negation, last]
