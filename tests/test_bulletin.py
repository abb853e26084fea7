"""What the bulletin says and where it is served: every place that the page names exists, and nothing is left out."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from buddy_eval.cli.main import parser
from buddy_eval.publish.document import TITLES
from buddy_eval.schemas import PROCESSED
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "bulletin.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]
CODES, INSTRUMENT = load_codebook().codes.dropna(subset=["theme"]), load_instrument()
COMMANDS = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
PLACES = {
    "command": set(COMMANDS),
    "table": set(PROCESSED),
    "report": set(TITLES),
    "code": set(CODES["code"]),
    "item": set(INSTRUMENT.items["item"]),
    "question": set(INSTRUMENT.questions["question"]),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_place_that_is_named_exists(row: list[str]) -> None:
    said, where = row
    named = [place.split(" ") for place in re.findall(r"`([^`]+)`", where)]
    assert said
    assert named
    assert [place for place in named if place[1] not in PLACES[place[0]]] == []
    assert not re.search(r"\bnot\b", where)


def test_no_code_no_item_and_no_question_is_left_out() -> None:
    named = set(re.findall(r"`(?:code|question) (\w+)`", PAGE))
    assert named == PLACES["code"] | PLACES["question"]
    asked = set(INSTRUMENT.items.dropna(subset=["code"])["item"])
    assert asked - set(re.findall(r"`item (\w+)`", PAGE)) == set()
    assert len(ROWS) > 50
