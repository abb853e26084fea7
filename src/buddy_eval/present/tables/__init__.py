"""Display frames for notebooks: they round and say what is withheld; they compute no result.

Each takes the `Results` of `open_results` and returns a `Table` (its `frame` holds the cells), or sentences.

>>> from buddy_eval import tables
>>> tables.findngs
Traceback (most recent call last):
AttributeError: tables has no 'findngs'; did you mean 'findings'?
"""

import inspect
from typing import TYPE_CHECKING, NoReturn

from buddy_eval.base import errors
from buddy_eval.present.tables.chapters import answer
from buddy_eval.present.tables.coding import (
    co_occurrence,
    code_history,
    consensus,
    disagreements,
    memos,
    proposals,
)
from buddy_eval.present.tables.comparison import designs, pooled, roles, views
from buddy_eval.present.tables.context import (
    board_pair,
    joint,
    joint_figures,
    joint_sentences,
    pairs,
    readiness,
    variation,
)
from buddy_eval.present.tables.form import Heading, Prose, Quotes, Table, plain
from buddy_eval.present.tables.instrument import codebook, items, questions, terms
from buddy_eval.present.tables.interviews import (
    codes,
    comments,
    framework,
    heading,
    machine,
    machine_codes,
    quotes,
    themes,
)
from buddy_eval.present.tables.opening import agenda, messages, open_questions
from buddy_eval.present.tables.people import agreement, flow, flow_in_words, imports, limits
from buddy_eval.present.tables.quality import (
    comparators,
    courses,
    effect_sentences,
    item_agreement,
    item_quality,
    negative_cases,
    saturation,
)
from buddy_eval.present.tables.rare_events import rare_events
from buddy_eval.present.tables.rounds import actions, by_round, capacity, reach
from buddy_eval.present.tables.survey import changes, findings, gaps, in_short, means, reliability, sentences

__all__ = [name for name, shown in vars().items() if inspect.isfunction(shown) or inspect.isclass(shown)]


if not TYPE_CHECKING:  # a type checker would take every misspelt name for one that exists

    def __getattr__(name: str) -> NoReturn:
        """Name the nearest where a name is misspelt."""
        raise AttributeError(f"tables has no {name!r}; {errors.nearest(name, __all__)}", name=name)
