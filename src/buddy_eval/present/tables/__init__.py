"""Display frames for notebooks: they round and say what is withheld; they compute no result.

Each takes the `Results` of `open_results` and returns a `Table` (its `frame` holds the cells), or sentences.

>>> from buddy_eval import tables
>>> tables.findngs
Traceback (most recent call last):
AttributeError: tables has no 'findngs'; did you mean 'findings'?
"""

from typing import TYPE_CHECKING, NoReturn

from buddy_eval.base.errors import nearest
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

__all__ = [
    "Heading",
    "Prose",
    "Quotes",
    "Table",
    "actions",
    "agenda",
    "agreement",
    "answer",
    "board_pair",
    "by_round",
    "capacity",
    "changes",
    "co_occurrence",
    "code_history",
    "codebook",
    "codes",
    "comments",
    "comparators",
    "consensus",
    "courses",
    "designs",
    "disagreements",
    "effect_sentences",
    "findings",
    "flow",
    "flow_in_words",
    "framework",
    "gaps",
    "heading",
    "imports",
    "in_short",
    "item_agreement",
    "item_quality",
    "items",
    "joint",
    "joint_figures",
    "joint_sentences",
    "limits",
    "machine",
    "machine_codes",
    "means",
    "memos",
    "messages",
    "negative_cases",
    "open_questions",
    "pairs",
    "plain",
    "pooled",
    "proposals",
    "questions",
    "quotes",
    "rare_events",
    "reach",
    "readiness",
    "reliability",
    "roles",
    "saturation",
    "sentences",
    "terms",
    "themes",
    "variation",
    "views",
]


if not TYPE_CHECKING:  # a type checker would take every misspelt name for one that exists

    def __getattr__(name: str) -> NoReturn:
        """Name the nearest where a name is misspelt."""
        raise AttributeError(f"tables has no {name!r}; {nearest(name, __all__)}", name=name)
