"""The tables of `data/processed` that reading and cleaning make."""

from __future__ import annotations

from buddy_eval.schemas.form import Frame, frame
from buddy_eval.schemas.raw import APPROVALS, INVITATIONS, PAIRS, SUMMARIES, TRUSTS

THEMES = frame(
    "themes",
    "one theme of the codebook",
    key="theme",
    theme="str! short name",
    label="str! name to print",
    definition="str! what belongs to it",
    position="int! place in the codebook, from 1",
)
CODES = frame(
    "codes",
    "one code of the codebook",
    key="code",
    code="str! short name",
    theme="str theme; empty for a reserved code",
    name="str! name to print",
    definition="str! what it means",
    include="str what to code with it",
    exclude="str what not to, and where that goes",
    place="str where in the source it rests",
    position="int! place in the codebook, from 1",
)
TERMS = frame(
    "terms",
    "one term of the lexicon",
    key="code term",
    code="str! the code that it suggests",
    term="str! a word, a phrase, a stem with *, or a case-sensitive term with =",
    valence="valence valence that the term itself carries",
)
NEGATIONS = frame(
    "negations",
    "one word that negates what follows it",
    key="word",
    word="str! the word, lower case",
    window="int! how many words further on it still negates",
    codebook="str! name and version of the codebook",
)
ITEMS = frame(
    "items",
    "one item of the survey",
    key="item",
    item="str! short name",
    theme="str theme; empty for criterion items and free text",
    code="str code that the item asks about",
    wording="str! the text as asked",
    reversed="bool! agreement is bad",
    kind="str! theme, overall or free_text",
    position="int! place in the survey, from 1",
)
QUESTIONS = frame(
    "questions",
    "one question of the board self-assessment",
    key="question",
    question="str! short name",
    source_heading="str! heading in the source",
    theme="str! analytic theme",
    code="str code that the question asks about",
    wording="str! the question in our own words",
    depends_on="str question that has to come first",
    position="int! place in the list, from 1",
)
PARTICIPANTS = frame(
    "participants",
    "one person, interviewed or surveyed",
    key="participant",
    participant="str! pseudonym",
    kind="kind! interview or survey",
    pair="str! the pair",
    side="side! supporter, receiver or external",
    role="role! group of posts",
    consent="bool! agreed to take part",
    quotes="bool! agreed to be quoted without a name",
)
SOURCES = frame(
    "sources",
    "one transcript",
    key="source",
    source="str! short name of the interview",
    file="str! file it was read from",
    wave="int! number of the wave",
    asked="str themes asked about, separated by ;",
    text="str! the whole text that offsets count in",
)
UNITS = frame(
    "units",
    "one sentence of an interview, or one comment",
    key="unit",
    unit="str! short name",
    source="str! the transcript, or the file of the comment",
    participant="str who said it; empty for the interviewer and for unlinked comments",
    pair="str the pair",
    side="side supporter, receiver or external",
    wave="int number of the wave",
    channel="channel! interview or comment",
    question="str the question that a comment answers",
    group="str any other group of the comment",
    turn="int! number of the turn in the source, from 1",
    start="int! first character in the source's text",
    end="int! the character after the last",
    text="str! the words",
    codable="bool! false for the interviewer's turns",
)
RESPONSES = frame(
    "responses",
    "one answer of one person to one scale item in one wave",
    key="participant wave item",
    participant="str! pseudonym",
    pair="str! the pair",
    side="side! supporter, receiver or external",
    role="role! group of posts",
    wave="int! number of the wave",
    item="str! the item",
    answer="int the answer as given, 1 to 5, not reversed; missing where not answered",
    status="status! answered, not_applicable, dont_know or missing",
)
ASSIGNMENTS = frame(
    "assignments",
    "one unit that one coder was asked to code",
    key="unit coder",
    unit="str! the unit",
    coder="str! the coder",
    role="coder_role! lead, second or adjudicator",
)
CODINGS = frame(
    "codings",
    "one code that one human coder gave to one unit",
    key="unit coder code",
    unit="str! the unit",
    coder="str! the coder",
    code="str! the code",
    start="int! first character of the passage in the source's text",
    end="int! the character after the last",
    valence="valence enabler, barrier, mixed or neutral",
    about="about whom the statement is about",
    stance="stance experienced, anticipated or recommended",
    codebook="str! name and version of the codebook",
)
SERIES = frame(
    "series",
    "one value of one indicator of one trust",
    key="ods indicator period",
    ods="str! the trust's code in the study, after following mergers",
    indicator="str! name of the indicator",
    period="date! first day of the month or year",
    frequency="str! month or year",
    value="float the value",
    numerator="float counted events",
    denominator="float what they are counted from",
    direction="direction! which way is better",
    source="str! where the figure comes from",
    rebase="bool a chart's limits are drawn anew from here on",
)
COMPARATORS = frame(
    "comparators",
    "one value of one indicator of one trust outside the pairs, for comparison only",
    **{column.name: f"{column.type}{'!' * column.required} {column.meaning}" for column in SERIES.columns},
    key="ods indicator period",
)
BOARD_ANSWERS = frame(
    "board_answers",
    "one board's answer to one question",
    key="pair side wave member question",
    pair="str! the pair",
    side="side! supporter or receiver",
    wave="int! number of the wave",
    member="str! board, or a member",
    question="str! the question",
    rating="int 0 to 4",
    status="status! answered, not_applicable, dont_know or missing",
    evidenced="bool! evidence is named",
    owner_role="str the post that owns the answer",
    review_date="date when it is looked at again",
    agreed_with_partner="bool the partner agreed it",
)
IMPORTS = frame(
    "imports",
    "one thing that reading did to one file",
    key="file item action reason",
    file="str! the file",
    item="str! what: rows, a column, a kind of value",
    action="str! read, converted, dropped or left out",
    n="int! how many",
    reason="str why",
    example="str one example",
)
TABLES: tuple[Frame, ...] = (
    THEMES, CODES, TERMS, NEGATIONS, ITEMS, QUESTIONS, PAIRS, TRUSTS, PARTICIPANTS, INVITATIONS, SOURCES, UNITS,
    RESPONSES, ASSIGNMENTS, CODINGS, APPROVALS, SUMMARIES, BOARD_ANSWERS, SERIES, COMPARATORS, IMPORTS,
)  # fmt: skip
