"""The tables of `data/processed` that reading and cleaning make."""

from __future__ import annotations

from buddy_eval.schemas.form import Frame, frame
from buddy_eval.schemas.raw import INVITATIONS, KEPT, PAIRS, ROUNDS, SUMMARIES, TRUSTS

THEMES = frame(
    "themes",
    "one theme of the codebook",
    key="theme",
    columns="theme! label! definition! position!",
    theme="str short name",
)
CODES = frame(
    "codes",
    "one code of the codebook",
    key="code",
    columns="code! theme name! definition! include exclude example place parent position!",
    code="str short name",
    theme="str theme; empty for a reserved code",
    definition="str what it means",
    example="str words that get the code",
)
TERMS = frame(
    "terms",
    "one term of the lexicon",
    key="code term",
    columns="code! term! valence",
    code="str the code that it suggests",
    valence="valence valence that the term itself carries",
)
NEGATIONS = frame(
    "negations",
    "one word that negates what follows it",
    key="word",
    columns="word! window! codebook!",
)
ITEMS = frame(
    "items",
    "one item of the survey",
    key="item",
    columns="item! theme code wording! reversed! kind! position!",
    item="str short name",
    theme="str theme; empty for criterion items and free text",
    code="str code that the item asks about",
    kind="str theme, overall or free_text",
    position="int place in the survey, from 1",
)
QUESTIONS = frame(
    "questions",
    "one question of the board self-assessment",
    key="question",
    question="str short name",
    columns="question! source_heading! theme! code wording! depends_on position!",
    theme="str analytic theme",
    code="str code that the question asks about",
    wording="str the question in our own words",
    position="int place in the list, from 1",
)
PARTICIPANTS = frame(
    "participants",
    "one person, interviewed or surveyed",
    key="participant",
    columns="participant! kind! pair! side! role! consent! quotes!",
)
SOURCES = frame(
    "sources",
    "one transcript",
    key="source",
    columns="source! file! wave! asked text!",
    source="str short name of the interview",
    text="str the whole text that offsets count in",
)
UNITS = frame(
    "units",
    "one sentence of an interview, or one comment",
    key="unit",
    columns="unit! source! participant pair side wave channel! question group turn! start! end! text! codable!",
    unit="str short name",
    source="str the transcript, or the file of the comment",
    participant="str who said it; empty for the interviewer and for unlinked comments",
    question="str the question that a comment answers",
    start="int[code points] first character in the source's text",
)
RESPONSES = frame(
    "responses",
    "one answer of one person to one scale item in one wave",
    key="participant wave item",
    columns="participant! pair! side! role! wave! item! answer status!",
)
ASSIGNMENTS = frame(
    "assignments",
    "one unit that one coder was asked to code",
    key="unit coder",
    columns="unit! coder! role!",
    role="coder_role lead, second or adjudicator",
)
CODINGS = frame(
    "codings",
    "one code that one human coder gave to one unit",
    key="unit coder code",
    columns="unit! coder! code! start! end! valence about stance suggestion codebook!",
)
MEMOS = frame(
    "memos",
    "one note that a coder wrote beside a passage, on one of the units that it touches",
    key="unit coder code start end",
    columns="unit! source! coder! code! start! end! memo!",
    source="str the transcript",
)
CODE_HISTORY = frame(
    "code_history",
    "one change of the codes, oldest first",
    key="position",
    columns="position! version! change! before after why!",
    position="int place in the codebook's history, from 1",
)
PROPOSALS = frame(
    "proposals",
    "one code that a coder proposed for the next version of the codebook",
    key="act",
    columns="act! name! coder! at! memo in_codebook!",
    name="str what the coder called it",
)
DECISIONS = frame(
    "decisions",
    "what was decided on one code of one unit that coders coded otherwise",
    key="unit code",
    columns="unit! code! start! end! present! valence choice! coder! why at! settled!",
    coder="str who decided; several where two decided otherwise",
)
SERIES = frame(
    "series",
    "one value of one indicator of one trust",
    key="ods indicator period",
    columns="ods! indicator! period! frequency! value numerator denominator direction! source! rebase target",
)
COMPARATORS = Frame(
    "comparators",
    "one value of one indicator of one trust outside the pairs, for comparison only",
    SERIES.key,
    SERIES.columns,
)
BOARD_ANSWERS = frame(
    "board_answers",
    "one board's answer to one question",
    key="pair side wave member question",
    columns="pair! side! wave! member! question! rating status! evidenced! owner_role review_date agreed_with_partner",
)
APPROVALS = frame(
    "approvals",
    "one passage that somebody allowed to be quoted",
    key="source_id start end",
    columns="source_id! start! end! approved_by! audience! approved_on names_nobody row!",
    start="int[code points] first character of the passage",
    row="int the row of the list, as a spreadsheet counts it",
)
IMPORTS = frame(
    "imports",
    "one thing that reading did to one file",
    key="file item action reason",
    columns="file! item! action! n! reason example",
    file="str the file",
    item="str what: rows, a column, a kind of value",
)
TABLES: tuple[Frame, ...] = (
    THEMES, CODES, TERMS, NEGATIONS, ITEMS, QUESTIONS, PAIRS, TRUSTS, PARTICIPANTS, INVITATIONS, SOURCES, UNITS,
    RESPONSES, ASSIGNMENTS, CODINGS, MEMOS, DECISIONS, CODE_HISTORY, PROPOSALS, APPROVALS, SUMMARIES,
    BOARD_ANSWERS, SERIES, COMPARATORS, IMPORTS, ROUNDS, *KEPT,
)  # fmt: skip
