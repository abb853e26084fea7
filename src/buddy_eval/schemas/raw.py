"""The tables of `data/raw` as people keep them; `buddy-eval init` writes an empty template of each."""

from __future__ import annotations

from buddy_eval.schemas.form import Frame, frame

PAIRS = frame(
    "pairs",
    "one spell of one trust supporting another",
    key="pair",
    columns="pair! supporter receiver! start! end note",
    pair="str a short name of the spell, such as SYN01",
    start="date first day of the support, such as 31/03/2025",
    end="date last day; empty while it lasts",
)
TRUSTS = frame(
    "trusts",
    "one trust under one code",
    key="ods",
    columns="ods! name! valid_from valid_to successor",
    ods="str the trust's (ODS) code",
    name="str the trust's name",
)
PARTICIPANTS = frame(
    "participants",
    "one person interviewed",
    key="participant",
    columns="participant! pair! side! role! consent! quotes!",
    participant="str a pseudonym such as SYN01-R1, never a name",
    pair="str the pair that the person speaks about",
    consent="bool yes if the person agreed to take part",
    quotes="bool yes if the person agreed to be quoted without a name",
)
INVITATIONS = frame(
    "invitations",
    "one group of people who were asked to take part",
    key="kind pair side role wave",
    columns="kind! pair! side! role! wave! invited!",
    invited="int[people] how many people were asked",
)
SOURCES = frame(
    "sources",
    "one speaker of one transcript",
    key="source speaker",
    columns="source! file! speaker! participant! wave! asked",
    source="str a short name of the interview",
    file="str file name in the transcripts folder",
    participant="str who that is; 'interviewer' for whoever asks the questions",
    asked="str themes that the interview asked about, separated by ';'; empty if nobody wrote it down",
)
ASSIGNMENTS = frame(
    "assignments",
    "one coder who was asked to code one source",
    key="source_id coder",
    columns="source_id! coder! role!",
    source_id="str the source; of comments their file and pair, such as 'survey_wave_1.csv SYN01'",
    coder="str initials of the coder",
    role="coder_role lead, second or adjudicator",
)
CODINGS = frame(
    "codings",
    "one passage to which one coder gave one code",
    key="source_id start end code coder",
    columns="source_id! start! end! code! coder! valence about stance memo suggestion",
    source_id="str the source, or the comment, such as W1-12.F1",
    start="int[code points] first character of the passage in the source's text, counted from 0 in Unicode code points",
    code="str a code of the codebook",
    coder="str initials of the coder",
    about="about own, partner, both or external",
)
APPROVALS = frame(
    "approvals",
    "one passage that somebody allowed to be quoted",
    key="source_id start end",
    columns="source_id! start! end! approved_by! audience! approved_on names_nobody",
    start="int[code points] first character of the passage",
)
SUMMARIES = frame(
    "summaries",
    "what one side of one pair said about one theme, in the evaluators' words",
    key="pair side theme",
    columns="pair! side! theme! summary!",
)
COMMENTS = frame(
    "comments",
    "one free-text comment that did not come with a survey",
    key="comment",
    columns="comment! text pair side wave question group",
    text="str the comment",
    pair="str the pair, where it is known",
    side="side supporter, receiver or external, where it is known",
    question="str the question that it answers",
    group="str any group to compare, such as the trust",
)
OUTCOMES = frame(
    "outcomes",
    "one value of one indicator of one trust",
    key="ods indicator period",
    columns="ods! indicator! period! numerator denominator value direction! source! rebase target",
    ods="str the trust's code at the time",
    period="period a month such as 2025-03 or March 2025, or a year such as 2025",
    value="float the value, where it is no ratio",
    rebase="bool yes in the period from which a chart's limits are drawn anew: for a known cause only",
    target="float the value to reach, in the unit of the value (of a ratio as a share), where there is one",
)
BOARDS = frame(
    "boards",
    "one board's answer to one question",
    key="pair side wave member question",
    columns="pair! side! wave! member! question! rating evidence owner_role review_date agreed_with_partner",
    side="side supporter or receiver",
    member="str 'board' for the agreed answer, else a member's initial",
    question="str the question's id",
    rating="str 0 to 4, NA for not applicable, DK for don't know",
    review_date="date when the answer is looked at again",
    agreed_with_partner="bool yes if the partner has seen and agreed it",
)
CAPACITY = frame(
    "capacity",
    "one thing that one side gives for one spell: people, money or anything else",
    key="pair side stage resource what start",
    columns="pair! side! stage! resource! what! needed planned actual start! end meeting home_risk note",
    side="side the side that gives it: supporter, receiver or external",
    what="str the post or thing, never a person's name",
    start="date first day",
    end="date last day; empty while it goes on",
)
COMMUNICATIONS = frame(
    "communications",
    "one message to one group of people",
    key="pair side day told channel message",
    columns="pair! side! day! told! channel! message! sent_by heard_back",
    side="side the side that sent it",
    day="date when it was sent",
    told="told who was told",
    channel="str how: team brief, intranet, letter, meeting",
    message="str what was said, in a line",
    sent_by="str the post that sent it, never a person's name",
    heard_back="str what came back, in a line",
)
ACTIONS = frame(
    "actions",
    "one action that was agreed",
    key="action",
    columns="action! pair! side theme question what! owner_role! agreed! due! done dropped reason",
    action="str a short name, such as A1",
    side="side the side that does it; empty for both",
    theme="str the theme it belongs to",
    question="str the board question it belongs to",
    what="str what is done",
    owner_role="str the post that answers for it, never a person's name",
    reason="str why it was given up",
)
ROUNDS = frame(
    "rounds",
    "one round of the evaluation",
    key="wave",
    columns="wave! opens!",
    opens="date first day on which the round asks, such as 31/03/2025",
)
KEPT = (CAPACITY, COMMUNICATIONS, ACTIONS)
TABLES: tuple[Frame, ...] = (
    PAIRS, TRUSTS, PARTICIPANTS, INVITATIONS, SOURCES, ASSIGNMENTS, CODINGS, APPROVALS, SUMMARIES, COMMENTS, OUTCOMES,
    ROUNDS, *KEPT,
)  # fmt: skip
