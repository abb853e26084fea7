"""The tables of `data/processed` on what teams and boards keep as it happens, and on rounds beside each other."""

from __future__ import annotations

from collections.abc import Iterable

from buddy_eval.schemas.form import Frame, frame

CONTRIBUTIONS = frame(
    "contributions",
    "one thing that one side gives for one spell, and how far it falls short",
    key="pair side stage resource what start",
    columns=(
        "pair! side! stage! resource! what! needed planned actual start! end meeting home_risk wave short_planned "
        "short_given state! as_at"
    ),
    what="str the post or thing",
    start="date first day",
    end="date last day",
    wave="int number of the round in which it begins; empty before the first",
    short_planned="float needed less planned; whole-time equivalents or pounds",
    short_given="float planned less actual; whole-time equivalents or pounds",
    state="str to_come, running or ended on the day as_at",
)
CAPACITY_MONTHS = frame(
    "capacity_months",
    "the staff that one side gives in one month, the most on one of its days",
    key="pair side month",
    columns="pair! side! month! n! needed planned actual planned_known",
    month="date first day of the month",
    n="int[contributions] contributions of staff that last into it",
    needed="float[whole-time equivalents] needed; missing where nobody wrote it down",
    planned="float[whole-time equivalents] planned",
    actual="float[whole-time equivalents] given",
    planned_known="float[whole-time equivalents] planned, of contributions of which is written what was given",
)
REACH = frame(
    "reach",
    "what one side told one group of people before one round asked",
    key="pair side told wave",
    columns="pair! side! told! wave n! channels! first! last! n_heard!",
    told="told who was told",
    wave="int number of the first round that opened on or after the day; empty where none has",
    n="int[messages] messages",
    channels="str the channels, each once, separated by ;",
    first="date day of the first message",
    last="date day of the last message",
    n_heard="int[messages] messages of which is written what came back",
)
TOLD = frame(
    "told",
    "how many people of one side say that they were told, in one round",
    key="pair side wave kind measure",
    columns="pair! side! wave! kind! measure! n! yes! no!",
    measure="str the item, or the code",
    n="int[people] people who answered the item, or were asked about the code's theme",
    yes="int[people] people who agree, or speak of it mostly as an enabler",
    no="int[people] people who disagree, or speak of it mostly as a barrier",
)
ACTION_STATES = frame(
    "action_states",
    "one action that was agreed, and where it stands",
    key="action",
    columns="action! pair! side theme question what! owner_role! agreed! due! done dropped reason wave state! as_at!",
    action="str a short name",
    what="str what is done",
    owner_role="str the post that answers for it",
    reason="str why it was given up",
    wave="int number of the round in which it was agreed; empty before the first",
    state="str done, due, overdue or dropped on the day as_at",
)
BY_ROUND = frame(
    "by_round",
    "one figure of one theme in one round, beside the round before that has it",
    key="pair side theme strand measure wave",
    columns=(
        "pair! side! theme strand! measure! wave! n! n_pairs! value ci_low ci_high wave_before n_before value_before "
        "change"
    ),
    pair="str the pair, or 'all'",
    theme="str the theme; empty for capacity",
    strand="str interviews, comments, survey, boards, capacity or reach",
    measure="str enabler, barrier or suggested (shares), mean (points), in_place, given or told (shares)",
    n="int[people] people asked; comments, rated questions, contributions or answers on being told where these count",
    value="float a share, or the mean score in points; missing where people of a side are split",
    ci_low="float lower end of the 95% interval; missing where there is no sample, or too few",
    wave_before="int the last round before that has the figure",
    n_before="int[people] as n, in that round",
    value_before="float as value, in that round",
    change="float value less value_before; rounds ask other people unless they are linked",
)
ACTION_FIGURES = frame(
    "action_figures",
    "how a figure of the theme of one action stood when it was agreed, and stands now; it says nothing of a cause",
    key="action side strand",
    columns="action! side! theme! strand! wave_before! n_before! value_before wave! n! value change",
    action="str a short name of the action",
    strand="str survey (mean score) or boards (share in place)",
    wave_before="int the last round at or before the agreement; else the first",
    n_before="int[people] people with a score, or rated questions",
    value_before="float as value, in that round",
    wave="int the latest round",
    n="int[people] as n_before, in that round",
    value="float mean score in points, or share in place",
    change="float value less value_before",
)
TABLES: tuple[Frame, ...] = (
    CONTRIBUTIONS, CAPACITY_MONTHS, REACH, TOLD, ACTION_STATES, BY_ROUND, ACTION_FIGURES,
)  # fmt: skip


def channels_in(cells: Iterable[str]) -> list[str]:
    """Return every channel of such cells of `reach`, each once, in the order of their names.

    >>> channels_in(["brief;letter", "brief"])
    ['brief', 'letter']
    """
    return sorted({name for cell in cells for name in cell.split(";")})
