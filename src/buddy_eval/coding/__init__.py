"""Codes on units: suggestions of the lexicon with their evidence, and human codings put together."""

from buddy_eval.coding.consensus import consensus, consensus_basis
from buddy_eval.coding.disagreements import disagreements, disagreements_by_code
from buddy_eval.coding.lexicon import Lexicon
from buddy_eval.coding.suggest import suggest
from buddy_eval.coding.validity import against_humans, by_level, comment_counts
