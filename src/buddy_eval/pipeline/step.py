"""What a step of the analysis is."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Step:
    """One step: a function whose parameters are tables and that returns tables by name; and the methods that it uses.

    `uses` are dotted names. The methods of a release are the docstrings of what a step uses.
    """

    call: Callable[..., Frames]
    uses: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the step is that of its function."""
        return self.call.__name__

    @property
    def needs(self) -> tuple[str, ...]:
        """The tables that the function takes, in order."""
        return tuple(inspect.signature(self.call).parameters)


def of(*modules: str) -> tuple[str, ...]:
    """Return dotted names, each text being a module and the names in it.

    >>> of("analyse.spc signals limits")
    ('buddy_eval.analyse.spc.signals', 'buddy_eval.analyse.spc.limits')
    """
    return tuple(f"buddy_eval.{text.split()[0]}.{name}" for text in modules for name in text.split()[1:])
