"""Display frames for notebooks: they round and say what is withheld; they compute no result."""

from buddy_eval.present.tables.comparison import designs, pooled, roles, views
from buddy_eval.present.tables.context import board_pair, joint, joint_sentences, pairs, readiness, variation
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
from buddy_eval.present.tables.survey import findings, gaps, in_short, labels, means, reliability, sentences

__all__ = [
    "Heading",
    "Prose",
    "Quotes",
    "Table",
    "agreement",
    "board_pair",
    "codebook",
    "codes",
    "comments",
    "comparators",
    "courses",
    "designs",
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
    "joint_sentences",
    "labels",
    "limits",
    "machine",
    "machine_codes",
    "means",
    "negative_cases",
    "pairs",
    "plain",
    "pooled",
    "questions",
    "quotes",
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
