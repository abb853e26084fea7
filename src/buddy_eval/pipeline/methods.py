"""The methods of the analysis in words: what the docstrings say of every function that a step uses, and its sources."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from buddy_eval.pipeline.step import Step
from buddy_eval.pipeline.steps import STEPS

SOURCES = ("Source:", "Sources:")  # how the paragraph of a docstring begins that names where a method comes from


def methods(steps: tuple[Step, ...] = STEPS) -> Iterator[tuple[str, list[str]]]:
    """Yield the title of every step, and one text a function that it uses, with the sources of its module.

    A function that several steps use is told at the first.
    """
    described: set[str] = set()
    for step in steps:
        new = [name for name in dict.fromkeys(step.uses) if name not in described]
        described |= set(new)
        yield str(inspect.getdoc(step.call)).split("\n")[0].rstrip("."), texts(new)


def texts(names: list[str]) -> list[str]:
    """Return the method text of functions by their dotted names, followed by the sources of each of their modules.

    >>> texts(["buddy_eval.analyse.boards.readiness"])[0][:25]
    'readiness: Summarise each'
    """
    parts = []
    modules = [name.rpartition(".")[0] for name in names]
    for place, (name, module) in enumerate(zip(names, modules, strict=True)):
        function: Any = getattr(import_module(module), name.rpartition(".")[2])
        parts.append(f"{function.__name__}: " + " ".join(prose(function)))
        if module not in modules[place + 1 :]:
            parts += [text for text in prose(import_module(module)) if text.startswith(SOURCES)]
    return parts


def prose(documented: Any) -> list[str]:
    """Return the paragraphs of a docstring, without its examples and its lists of parameters, columns and errors."""
    paragraphs = (inspect.getdoc(documented) or "").split("\n\n")
    plain = [text for text in paragraphs if "\n---" not in text and not text.lstrip().startswith((">>>", "- "))]
    return [" ".join(text.split()) for text in plain]
