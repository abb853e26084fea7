"""The tables of an open release: keys by id, numbers with their units, and beside every count how it is shown."""

from __future__ import annotations

from dataclasses import replace

from buddy_eval.schemas.comparison import FINDINGS as RESULTS
from buddy_eval.schemas.comparison import RELIABILITY as SCALES
from buddy_eval.schemas.form import Column, Frame, frame

STATUS = "_status"
PEOPLE = ("people", "comments")  # what is counted by persons: each such column has a status beside it
HOW = {
    "shown": "the number as it is",
    "rounded": "the number is rounded; manifest.json names the step",
    "withheld": "small, or it would give a small one away; which of the two is not said, because that would tell more",
    "not_recorded": "there is none: nobody counted, or it does not apply to this row",
}


def _released(base: Frame) -> Frame:
    """The same table with a status beside every count, which may be empty."""
    columns = list[Column]()
    for column in base.columns:
        if column.unit not in PEOPLE:
            columns.append(column)
            continue
        columns.append(replace(column, required=False))
        columns.append(Column(f"{column.name}{STATUS}", "how", True, f"how {column.name} is given"))
    return replace(base, columns=tuple(columns))


PARTICIPANTS = _released(frame(
    "participants",
    "one group of people on its way into the study",
    key="kind side wave",
    columns="kind! side! wave! invited took_part",
    left_empty="float[share] survey questions left empty, of all put to those who took part",
    not_applicable="float[share] survey questions answered 'not applicable', of all put to those who took part",
    dont_know="float[share] survey questions answered 'don't know', of all put to those who took part",
))  # fmt: skip
INTERVIEW_THEMES = _released(frame(
    "interview_themes",
    "how many people of one side were asked about and raised one theme; sides of which few were asked are left out",
    key="theme side",
    columns="theme! side! asked raised enabler barrier mixed neutral unrecorded",
    asked="int[people] people who were asked about it",
    raised="int[people] of these, people who raised it",
))  # fmt: skip
INTERVIEW_CODES = _released(frame(
    "interview_codes",
    "how many people of one side raised one code",
    key="code side",
    columns="theme! code! side! n_participants",
))  # fmt: skip
COMMENTS = _released(frame(
    "comments",
    "in how many comments of one side the lexicon suggests one theme; sides with few comments are left out",
    key="theme group",
    columns="theme! group! n_comments n_suggested",
    group="str supporter, receiver, external or all",
))  # fmt: skip
BOARD_READINESS = frame(
    "board_readiness",
    "the boards' answers under one heading, in their latest wave; no count is of people",
    key="view heading",
    columns="view! heading! wave! boards! n_questions! n_rated! in_place! not_applicable! dont_know! lowest! highest!",
    boards="int[boards] boards that answered",
    n_rated="int[answers] answers rated 0 to 4",
    in_place="int[answers] answers rated 3 or 4",
    lowest="int[rating] lowest rating, 0 to 4",
    highest="int[rating] highest rating, 0 to 4",
)
OUTCOME_VARIATION = frame(
    "outcome_variation",
    "trusts by what the chart of one indicator shows at its last month",
    key="indicator",
    columns="indicator! improvement! concern! change! common_cause!",
    improvement="int[trusts] special cause, improving",
    concern="int[trusts] special cause, concerning",
    change="int[trusts] special cause, neither good nor bad",
    common_cause="int[trusts] common cause",
)
JOINT_DISPLAY = frame(
    "joint_display",
    "what three kinds of evidence say of one theme over the whole study",
    key="theme",
    columns="theme! interviews! survey! boards! sides! rating! rule!",
    rating="str whether the kinds of evidence agree: agreement, partial, dissonance, unclear or silence",
    rule="str the rule that gave the rating",
)
CODER_AGREEMENT = frame(
    "coder_agreement",
    "one statistic of agreement between coders on one theme, before consensus",
    key="theme statistic",
    columns="theme! statistic! estimate ci_low ci_high n_units! caution",
)
STATEMENTS = _released(frame(
    "statements",
    "how many people a sentence, or the table of saturation, speaks of",
    key="about",
    columns="about! n_people",
    about="str interview or survey (who took part), transcripts, or saturation, its side and its codes",
    n_people="int[people] people, or their transcripts",
))  # fmt: skip
FINDINGS = _released(RESULTS)
RELIABILITY = _released(SCALES)
TABLES: tuple[Frame, ...] = (
    FINDINGS, PARTICIPANTS, INTERVIEW_THEMES, INTERVIEW_CODES, COMMENTS, BOARD_READINESS, OUTCOME_VARIATION,
    JOINT_DISPLAY, RELIABILITY, CODER_AGREEMENT, STATEMENTS,
)  # fmt: skip
