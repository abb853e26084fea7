"""What a form needs before it is searched for, and where it is tried, lies in every text that it matches."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
import yaml

from buddy_eval.publish import gate
from buddy_eval.publish.gate.dressed import STEPS
from buddy_eval.publish.gate.form import FLAGS, Form

SENTENCES = sorted((Path(__file__).parents[1] / "benchmarks").glob("stranger*.yaml"))
SIGNS = "abnstz019 .,;:-|(%\u2013\u0131\u017f"  # what stands for any sign
MADE = 60  # texts of each form


def forms() -> Iterator[Form]:
    """All forms of the gate that need something, or are tried at numbers alone."""
    for module in pkgutil.iter_modules(gate.__path__):
        values = vars(importlib.import_module(f"{gate.__name__}.{module.name}")).values()
        every = (one for value in values for one in (value if isinstance(value, tuple) else (value,)))
        parts = (part for one in every for part in (one if isinstance(one, tuple) else (one,)))
        yield from (one for one in parts if isinstance(one, Form) and (one.needs or one.at_number))


FORMS = {form.pattern: form for form in forms()}


def texts(held: object) -> Iterator[str]:
    parts = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    yield from [held] if isinstance(held, str) else (text for part in parts for text in texts(part))


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    return sorted({text for path in SENTENCES for text in texts(yaml.safe_load(path.read_text("utf-8")))})


class Written:
    """Texts that a pattern perhaps matches, each by one of its ways: what stands only behind it comes along."""

    def __init__(self, pattern: str) -> None:
        self.tree, self.chance = _parser.parse(pattern, FLAGS), random.Random(pattern)

    def text(self) -> str:
        self.groups = dict[int, str]()
        text = self._all(self.tree)
        return "".join(sign.upper() if self.chance.random() < 0.05 else sign for sign in text)

    def _all(self, tree: Any) -> str:
        parts = list(tree)
        return "".join(self._one(*part, last=place == len(parts)) for place, part in enumerate(parts, 1))

    def _one(self, kind: Any, told: Any, *, last: bool) -> str:
        if kind in {op.LITERAL, op.RANGE, op.CATEGORY, op.NOT_LITERAL, op.IN, op.ANY}:
            return self._sign(kind, told)
        if kind is op.BRANCH:
            return self._all(self.chance.choice(told[1]))
        if kind is op.SUBPATTERN:
            self.groups[told[0]] = self._all(told[-1])
            return self.groups[told[0]]
        if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            least, most, tree = told
            return "".join(self._all(tree) for _ in range(self.chance.randint(least, min(int(most), least + 3))))
        if kind is op.GROUPREF:
            return self.groups[told]
        return self._all(told[1]) if kind is op.ASSERT and told[0] > 0 and last else ""

    def _sign(self, kind: Any, told: Any) -> str:
        if kind is op.LITERAL:
            return chr(told)
        if kind is op.RANGE:
            return chr(self.chance.randint(*told))
        if kind is op.IN and told[0][0] is not op.NEGATE:
            return self._sign(*self.chance.choice(told))
        if kind is op.CATEGORY and told in {op.CATEGORY_DIGIT, op.CATEGORY_SPACE}:
            return self.chance.choice("0123456789" if told is op.CATEGORY_DIGIT else " \n")
        return self.chance.choice(SIGNS)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.pattern[:30])
def test_no_form_misses_a_text_for_what_it_needs_or_where_it_is_tried(form: Form, sentences: list[str]) -> None:
    """A hint that is too narrow lets a small count, or a secret, pass, and nothing else would say so."""
    written = Written(form.pattern)
    every = [*sentences, *(f"{before}{written.text()}" for _ in range(MADE) for before in ("", "Then "))]
    matched = 0
    for text in every:
        told = [match.span() for match in form.compiled.finditer(text)]
        matched += len(told)
        assert [match.span() for match in form.finditer(text)] == told, text
    assert matched > 5


@pytest.mark.parametrize(("signs", "form"), [(signs, form) for signs, form, _ in STEPS if signs])
def test_nothing_is_left_dressed_for_want_of_the_signs_that_tell_of_it(signs: str, form: re.Pattern[str]) -> None:
    written = Written(form.pattern)
    texts = [f"n = {before}{written.text()}" for _ in range(MADE) for before in ("", "Now: ", "a")]
    told = [text for text in texts if form.search(text)]
    assert told
    assert [text for text in told if not set(signs) & set(text)] == []
