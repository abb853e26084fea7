"""What a form of counts needs, before it is searched for, stands in every text that it matches."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from buddy_eval.publish import gate
from buddy_eval.publish.gate.nouns import FLAGS, Form

SENTENCES = sorted((Path(__file__).parents[1] / "benchmarks").glob("stranger*.yaml"))


def forms() -> Iterator[Form]:
    """All forms of the gate that name what they need."""
    for module in pkgutil.iter_modules(gate.__path__):
        values = vars(importlib.import_module(f"{gate.__name__}.{module.name}")).values()
        every = (one for value in values for one in (value if isinstance(value, tuple) else (value,)))
        yield from (one for one in every if isinstance(one, Form) and one.needs)


def texts(held: object) -> Iterator[str]:
    parts = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    yield from [held] if isinstance(held, str) else (text for part in parts for text in texts(part))


def test_no_form_misses_a_sentence_of_strangers_for_what_it_needs() -> None:
    """A hint that is too narrow lets a small count pass, and nothing else would say so."""
    sentences = sorted({text for path in SENTENCES for text in texts(yaml.safe_load(path.read_text("utf-8")))})
    matched, missed = 0, list[tuple[str, str]]()
    for form in {form.pattern: form for form in forms()}.values():
        pattern = re.compile(form.pattern, FLAGS)
        told = [sentence for sentence in sentences if pattern.search(sentence)]
        matched += len(told)
        missed += [(form.needs, sentence) for sentence in told if not form.hint.search(sentence)]
    assert matched > 150
    assert missed == []
