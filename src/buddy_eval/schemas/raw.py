"""The tables of `data/raw` as people keep them; `buddy-eval init` writes an empty template of each."""

from __future__ import annotations

from buddy_eval.schemas.form import Frame, frame

PAIRS = frame(
    "pairs",
    "one spell of one trust supporting another",
    key="pair",
    pair="str! a short name of the spell, such as SYN01",
    supporter="str code of the supporting trust; empty where it is not known",
    receiver="str! code of the receiving trust",
    start="date! first day of the support, YYYY-MM-DD",
    end="date last day; empty while it lasts",
    note="str where the facts come from, and how sure they are",
)
TRUSTS = frame(
    "trusts",
    "one trust under one code",
    key="ods",
    ods="str! the trust's (ODS) code",
    name="str! the trust's name",
    valid_from="date first day of the code",
    valid_to="date last day of the code",
    successor="str code that took over, after a merger",
)
PARTICIPANTS = frame(
    "participants",
    "one person interviewed",
    key="participant",
    participant="str! a pseudonym such as SYN01-R1, never a name",
    pair="str! the pair that the person speaks about",
    side="side! supporter, receiver or external",
    role="role! group of posts",
    consent="bool! yes if the person agreed to take part",
    quotes="bool! yes if the person agreed to be quoted without a name",
)
INVITATIONS = frame(
    "invitations",
    "one group of people who were asked to take part",
    key="kind pair side role wave",
    kind="kind! interview or survey",
    pair="str! the pair",
    side="side! supporter, receiver or external",
    role="role! group of posts",
    wave="int! number of the wave",
    invited="int! how many people were asked",
)
SOURCES = frame(
    "sources",
    "one speaker of one transcript",
    key="source speaker",
    source="str! a short name of the interview",
    file="str! file name in the transcripts folder",
    speaker="str! label of the speaker as the transcript has it",
    participant="str! who that is; 'interviewer' for whoever asks the questions",
    wave="int! number of the wave",
    asked="str themes that the interview asked about, separated by ';'; empty if nobody wrote it down",
)
ASSIGNMENTS = frame(
    "assignments",
    "one coder who was asked to code one source",
    key="source_id coder",
    source_id="str! the source",
    coder="str! initials of the coder",
    role="coder_role! lead, second or adjudicator",
)
CODINGS = frame(
    "codings",
    "one passage to which one coder gave one code",
    key="source_id start end code coder",
    source_id="str! the source",
    start="int! first character of the passage in the source's text, counted from 0 in Unicode code points",
    end="int! the character after the last",
    code="str! a code of the codebook",
    coder="str! initials of the coder",
    valence="valence enabler, barrier, mixed or neutral",
    about="about own, partner, both or external",
    stance="stance experienced, anticipated or recommended",
    memo="str the coder's note",
)
APPROVALS = frame(
    "approvals",
    "one passage that somebody allowed to be quoted",
    key="source_id start end",
    source_id="str! the source",
    start="int! first character of the passage",
    end="int! the character after the last",
    approved_by="str! who allowed it",
    audience="audience! the widest readership: internal, partners or public",
)
SUMMARIES = frame(
    "summaries",
    "what one side of one pair said about one theme, in the evaluators' words",
    key="pair side theme",
    pair="str! the pair",
    side="side! supporter, receiver or external",
    theme="str! the theme",
    summary="str! one or two sentences without quotation",
)
COMMENTS = frame(
    "comments",
    "one free-text comment that did not come with a survey",
    key="comment",
    comment="str! name of the comment",
    text="str the comment",
    pair="str the pair, where it is known",
    side="side supporter, receiver or external, where it is known",
    wave="int number of the wave",
    question="str the question that it answers",
    group="str any group to compare, such as the trust",
)
OUTCOMES = frame(
    "outcomes",
    "one value of one indicator of one trust",
    key="ods indicator period",
    ods="str! the trust's code at the time",
    indicator="str! name of the indicator",
    period="period! YYYY-MM for a month, YYYY for a year",
    numerator="float counted events",
    denominator="float what they are counted from",
    value="float the value, where it is no ratio",
    direction="direction! which way is better",
    source="str! where the figure comes from",
    rebase="bool yes in the period from which a chart's limits are drawn anew: for a known cause only",
)
BOARDS = frame(
    "boards",
    "one board's answer to one question",
    key="pair side wave member question",
    pair="str! the pair",
    side="side! supporter or receiver",
    wave="int! number of the wave",
    member="str! 'board' for the agreed answer, else a member's initial",
    question="str! the question's id",
    rating="str 0 to 4, NA for not applicable, DK for don't know",
    evidence="str where the evidence is; ratings 3 and 4 need it",
    owner_role="str the post that owns the answer",
    review_date="date when the answer is looked at again",
    agreed_with_partner="bool yes if the partner has seen and agreed it",
)
TABLES: tuple[Frame, ...] = (
    PAIRS,
    TRUSTS,
    PARTICIPANTS,
    INVITATIONS,
    SOURCES,
    ASSIGNMENTS,
    CODINGS,
    APPROVALS,
    SUMMARIES,
    COMMENTS,
    OUTCOMES,
)
