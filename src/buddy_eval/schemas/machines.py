"""The tables of `data/processed` that machines make: suggestions, never codings."""

from __future__ import annotations

from buddy_eval.schemas.form import frame

SUGGESTIONS = frame(
    "suggestions",
    "one place where the lexicon met a term: made by a machine, never a human coding",
    key="unit start end code term",
    unit="str! the unit",
    code="str! the suggested code",
    start="int! first character of the evidence in the unit's own text",
    end="int! the character after the last",
    term="str! the term that matched: the rule",
    negated="bool! a negation stands before it",
    negation_start="int first character of that negation",
    negation_end="int the character after its last",
    valence="valence valence after negation, where the term carries one",
    method="str! 'lexicon'",
    codebook="str! name and version of the codebook",
)
LEARNED = frame(
    "learned",
    "one word that speaks for a suggestion of the learned suggester: made by a machine, never a human coding",
    key="unit level code reason",
    unit="str! the unit",
    level="str! theme or code",
    code="str! the suggested theme or code",
    reason="int! 1 for the word that says most",
    probability="float! how likely people would give it, calibrated",
    start="int! first character of the word in the unit's own text",
    end="int! the character after the last",
    term="str! the word",
    weight="float! what it adds to the score",
    method="str! 'learned'",
)
MACHINE = frame(
    "machine",
    "how the suggestions of one machine go with human coding on one theme or code",
    key="machine level code",
    machine="str! lexicon or learned",
    level="str! theme or code",
    code="str! the theme or code",
    n_units="int! units that a human coded",
    n_human="int! of these, with the code by human consensus",
    n_machine="int! of these, with the code by the machine",
    n_both="int! by both",
    recall="float n_both of n_human; missing where too few",
    precision="float n_both of n_machine; missing where too few",
    f1="float harmonic mean of the two; missing where too few",
    caution="cautions ids of what to bear in mind",
)
COMMENT_COUNTS = frame(
    "comment_counts",
    "how many comments the lexicon touches: suggestions, not findings",
    key="theme group",
    theme="str! the theme",
    group="str! side, other group, or all",
    n_comments="int! comments read",
    n_suggested="int! comments with a suggestion of the theme by the lexicon",
    n_learned="int comments with a suggestion by the learned suggester; missing where nothing was learned",
)
