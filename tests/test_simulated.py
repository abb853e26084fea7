"""Messages of simulated studies say no more than their rows; `benchmarks/summaries.py` does the same over hundreds."""

from __future__ import annotations

from dataclasses import replace

import pytest
import summaries
from summaries import Summary

from buddy_eval.present.messages import CANNOT_TELL, CLEAR, Message

DRAWN = [
    ((4, 1, False, False), 0.0),
    ((6, 2, True, False), 0.0),
    ((12, 2, False, True), 0.85),
    ((8, 2, False, False), 0.85),
]


@pytest.fixture(scope="module")
def studies() -> list[Summary]:
    """A dozen studies: few pairs, missing cells, shared trusts, without a gap and with one."""
    return [one for shape, shift in DRAWN for one in summaries.simulated(shape, 3, shift, indicators=1)]


def test_no_message_is_stronger_than_its_rows_and_none_contradicts_another(studies: list[Summary]) -> None:
    assert [summaries.too_strong(study) for study in studies] == [[]] * len(studies)
    assert [summaries.contradictions(study) for study in studies] == [set()] * len(studies)
    assert [summaries.untold(study) for study in studies] == [set()] * len(studies)


def test_what_stands_is_read_back_from_the_messages(studies: list[Summary]) -> None:
    assert any(summaries.claims(message) for study in studies for message in study.messages)


@pytest.mark.parametrize(
    ("sentence", "sure"),
    [
        ("Supporters gave lower scores than receivers on theme 0 (wave 1).", CLEAR),
        ("Supporters gave higher scores than receivers on theme 4 (wave 1).", CLEAR),
        ("Supporters gave higher scores than receivers on theme 0 (wave 1).", CANNOT_TELL),
        ("In the trusts that got support, indicator 0 rose more, or fell less, than elsewhere.", CLEAR),
    ],
)
def test_the_reader_finds_a_message_that_is_too_strong(studies: list[Summary], sentence: str, sure: str) -> None:
    assert summaries.too_strong(replace(studies[-1], messages=[Message(sentence, sure)])) == [sentence]


def test_the_reader_finds_a_contradiction(studies: list[Summary]) -> None:
    planted = studies[-1]
    unsure = Message("The study cannot tell whether the two sides differ on theme 0.", CANNOT_TELL)
    assert summaries.contradictions(replace(planted, messages=[*planted.messages, unsure]))
