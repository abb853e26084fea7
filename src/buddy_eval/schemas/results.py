"""The tables of `data/processed` that the analysis makes, in the order of the pipeline."""

from __future__ import annotations

from buddy_eval.schemas.form import Frame, frame
from buddy_eval.schemas.machines import COMMENT_COUNTS, LEARNED, MACHINE, SUGGESTIONS

CONSENSUS = frame(
    "consensus",
    "one code on one unit after the coders' work was put together",
    key="unit code",
    columns="unit! code! present! valence start! end! decided_by!",
)
AGREEMENT = frame(
    "agreement",
    "one statistic of agreement between coders on one code",
    key="code statistic",
    columns="code! level! statistic! estimate ci_low ci_high n_units! n_coders! n_positive! caution",
    code="str a code, or a theme",
    level="str code or theme",
)
DISAGREEMENTS = frame(
    "disagreements",
    "one code on one unit that two coders coded otherwise, before any decision, and whether it is decided",
    key="unit code one other",
    columns="unit! code! one! other! one_present! other_present! one_valence other_valence state!",
    state="str open, decided, contested (two decided otherwise) or adjudicated",
)
DISAGREEMENTS_BY_CODE = frame(
    "disagreements_by_code",
    "how many units one pair of coders coded otherwise on one code",
    key="code one other",
    columns="code! one! other! n_units! n_open!",
    n_units="int[units] units that they coded otherwise",
    n_open="int[units] of these, not decided yet",
)
CO_OCCURRENCE = frame(
    "co_occurrence",
    "two codes that stand together with somebody",
    key="within code other",
    columns="within! code! other! n_participants! n_either! jaccard!",
    within="str where they meet: unit, turn or person",
    other="str the other code",
    n_participants="int[people] people with whom they meet",
    n_either="int[people] people who raised one of the two, or both",
    jaccard="float[share] n_participants of n_either",
)
CONSENSUS_BASIS = frame(
    "consensus_basis",
    "on what the codes of the consensus rest, on units that two coders or more were asked to code",
    key="decided_by",
    columns="decided_by! n_codes! share!",
    share="float[share] n_codes of all codes on these units",
)
SCORES = frame(
    "scores",
    "one person's score on one theme in one wave",
    key="participant wave theme",
    columns="participant! pair! side! role! wave! theme! score n_items! n_answered!",
)
SIGNALS = frame(
    "signals",
    "one point of a process-behaviour (XmR) chart",
    key="ods indicator period",
    columns="ods! indicator! period! value centre! lower! upper! rule signal! direction! target assurance",
    ods="str the trust",
    period="date first day of the month",
    assurance="str consistent_pass, consistent_fail or inconsistent: what common variation makes of the target",
)
CHARTS = frame(
    "charts",
    "one monthly series: whether it has a process-behaviour chart, what it shows, and how often chance shows as much",
    key="ods indicator",
    ods="str! the trust",
    indicator="str! name of the indicator",
    n="int! months",
    n_missing="int! months without a value between the first and the last",
    reason="str why there is no chart; empty where there is one",
    any_signal="bool! whether any month signals",
    last_signal="bool! whether the last month signals",
    by_chance_any="float! share of charts of chance alone, of this length, with a signal at any month",
    by_chance_last="float! share of them with a signal at the last month",
    autocorrelation="float correlation of successive months",
    alike="bool! months resemble the last: limits are too narrow, and signals come more often than by chance",
)
RARE_EVENTS = frame(
    "rare_events",
    "one event of a series of rare ones: the time or number since the event before, and its chart",
    key="ods indicator event",
    columns="ods! indicator! event! period! chart! between! centre! lower! upper! rule signal! direction!",
    ods="str the trust",
    event="int number of the event in the series, from 2",
    period="date first day of its month",
    chart="str t (days between events) or g (opportunities between events, from the denominator)",
    between="float days, or opportunities, since the event before",
    centre="float centre line: of t the mean of the 3.6th roots raised again, of g the median",
    lower="float lower limit",
    upper="float upper limit",
    rule="str point, trend or shift: the first rule that fires; empty for common cause",
)
FLOW = frame(
    "flow",
    "one group of people on its way into the study",
    key="kind pair side role wave",
    columns="kind! pair! side! role! wave! invited took_part! answered! missing! not_applicable! dont_know!",
    not_applicable="int[answers] answers 'not applicable' (survey)",
    dont_know="int[answers] answers 'don't know' (survey)",
)
CODE_COUNTS = frame(
    "code_counts",
    "how many people of one side raised one code",
    key="code side",
    columns=(
        "code! theme side! n_participants! n_asked! share ci_low ci_high enabler! barrier! mixed! neutral! "
        "unrecorded! n_mentions!"
    ),
    theme="str theme; empty for a reserved code",
    side="str supporter, receiver, external or all",
    ci_low="float lower end of the exact 95% interval",
    ci_high="float upper end of the exact 95% interval",
)
SATURATION = frame(
    "saturation",
    "how many codes so many interviews bring, on average over every order",
    key="side codes k",
    columns="side! codes! k! expected! new! heard! chao!",
    side="str supporter, receiver, external or all",
)
NEGATIVE_CASES = frame(
    "negative_cases",
    "one person who speaks against the direction that most of the side give a theme",
    key="theme side participant",
    columns="theme! side! participant! pair! direction! main! n_main! n_people!",
    direction="valence the person's direction",
)
FRAMEWORK = frame(
    "framework",
    "one cell of the framework matrix",
    key="pair side code",
    columns="pair! side! theme! code! n_participants! n_asked! n_interviewed! cell! direction",
    n_asked="int[people] people who were asked about the theme",
    direction="str enabler, barrier, mixed, neutral or unrecorded, by people",
)
READINESS = frame(
    "readiness",
    "one board's answers under one heading, in one of the two views",
    key="view heading pair side wave",
    columns=(
        "view! heading! pair! side! wave! n_questions! n_rated! not_applicable! dont_know! lowest median highest "
        "in_place!"
    ),
)
EVIDENCE = frame(
    "evidence",
    "what one kind of evidence says of one theme on one side",
    key="pair theme strand side",
    columns="pair! theme! strand! side! state! firm! n! detail!",
    pair="str the pair, or 'all'",
    n="int people, or rated questions; independent trusts for the survey of the whole study",
)
JOINT = frame(
    "joint_display",
    "what three kinds of evidence say of one theme",
    key="pair theme",
    columns=(
        "pair! theme! interviews! interviews_detail! survey! survey_detail! boards! boards_detail! sides! rating! rule!"
    ),
    pair="str the pair, or 'all'",
    rating="str whether the kinds of evidence agree: agreement, partial, dissonance, unclear or silence",
    rule="str the rule that gave the rating",
)
AGENDA = frame(
    "agenda",
    "one board's answer to a question that its pair has still to answer, in the order in which to ask",
    key="pair question side",
    columns="pair! place! question! theme! reason! side! wave! rating status! open! owner_role review_date",
    place="int place on the list of the pair, from 1",
    reason="str apart, dissonance, one_board, not_known or open: why it is asked now",
    open="bool this board has it open: rated 0 to 2, not known or not answered",
)
TABLES: tuple[Frame, ...] = (
    SUGGESTIONS, LEARNED, MACHINE, COMMENT_COUNTS, CONSENSUS, CONSENSUS_BASIS, AGREEMENT, DISAGREEMENTS,
    DISAGREEMENTS_BY_CODE, SCORES, SIGNALS, CHARTS, RARE_EVENTS, FLOW, CODE_COUNTS, CO_OCCURRENCE, SATURATION,
    NEGATIVE_CASES, FRAMEWORK, READINESS, EVIDENCE, JOINT, AGENDA,
)  # fmt: skip
