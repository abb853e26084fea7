"""The tables of `data/processed` that machines make: suggestions, never codings."""

from __future__ import annotations

from buddy_eval.schemas.form import frame

SUGGESTIONS = frame(
    "suggestions",
    "one place where the lexicon met a term: made by a machine, never a human coding",
    key="unit start end code term",
    columns="unit! code! start! end! term! negated! negation_start negation_end valence method! codebook!",
    code="str the suggested code",
    start="int[code points] first character of the evidence in the unit's own text",
    term="str the term that matched: the rule",
    valence="valence valence after negation, where the term carries one",
    method="str 'lexicon'",
)
LEARNED = frame(
    "learned",
    "one word that speaks for a suggestion of the learned suggester: made by a machine, never a human coding",
    key="unit level code reason",
    columns="unit! level! code! reason! probability! start! end! term! weight! method!",
    code="str the suggested theme or code",
    reason="int 1 for the word that says most",
    start="int[code points] first character of the word in the unit's own text",
    term="str the word",
    method="str 'learned'",
)
MACHINE = frame(
    "machine",
    "how the suggestions of one machine go with human coding on one theme or code",
    key="machine level code",
    columns="machine! level! code! n_units! n_human! n_machine! n_both! recall precision f1 caution",
    code="str the theme or code",
    n_units="int[units] units that a human coded",
    n_both="int[units] by both",
)
COMMENT_COUNTS = frame(
    "comment_counts",
    "how many comments the lexicon touches: suggestions, not findings",
    key="theme group",
    columns="theme! group! n_comments! n_suggested! n_learned",
    group="str side, other group, or all",
)
