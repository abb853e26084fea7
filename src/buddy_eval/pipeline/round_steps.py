"""The steps that follow a study from round to round; they stand in the list of `steps`."""

from __future__ import annotations

import pandas as pd

from buddy_eval.pipeline.step import of

Frame = pd.DataFrame
Frames = dict[str, Frame]
FOLLOWED = of(
    "analyse.kept last_day last_opened next_to_open contributions capacity_months reach",
    "analyse.kept action_states action_status",
)
COMPARED = of(
    "analyse.rounds heard interviews_by_round comments_by_round survey_by_round boards_by_round",
    "analyse.rounds capacity_by_round by_round told told_by_round spoken action_figures",
    "analyse.interviews asked raised direction exact_interval",
    "analyse.scores reversed_answers",
    "analyse.compare.clusters clusters cluster_of",
)


def follow_up(
    capacity: Frame,
    communications: Frame,
    actions: Frame,
    rounds: Frame,
    units: Frame,
    responses: Frame,
    board_answers: Frame,
) -> Frames:
    """Follow what is given, whom it was told, and what was agreed, each by its round."""
    from buddy_eval.analyse import kept

    waves = {int(wave) for frame in (units, responses, board_answers) for wave in frame["wave"].dropna().unique()}
    day = kept.last_day(rounds, waves, actions, communications, capacity)
    return {
        "contributions": kept.contributions(capacity, rounds, day),
        "capacity_months": kept.capacity_months(capacity, day),
        "reach": kept.reach(communications, rounds),
        "action_states": kept.action_states(actions, rounds, day),
    }


def by_round(
    consensus: Frame,
    units: Frame,
    sources: Frame,
    codes: Frame,
    themes: Frame,
    suggestions: Frame,
    within: Frame,
    pairs: Frame,
    readiness: Frame,
    capacity: Frame,
    rounds: Frame,
    responses: Frame,
    items: Frame,
    action_states: Frame,
) -> Frames:
    """Set every round beside the one before, and beside actions what the figures of their theme did meanwhile."""
    from buddy_eval.analyse import rounds as beside

    people = beside.heard(consensus, units, sources, codes, themes)
    told = beside.told(responses, items, people, beside.spoken(consensus, units, codes))
    asked = (
        beside.interviews_by_round(people),
        beside.comments_by_round(suggestions, units, codes),
        beside.survey_by_round(within, pairs),
        beside.boards_by_round(readiness),
    )
    answered = set().union(*(strand["wave"] for strand in asked))  # another round may be planned, and not yet opened
    opened = rounds[rounds["wave"].isin(answered)] if answered else rounds
    given_and_told = (beside.capacity_by_round(capacity, opened), beside.told_by_round(told, items))
    figures = beside.by_round((*asked, *given_and_told))
    return {
        "by_round": figures,
        "told": told,
        "action_figures": beside.action_figures(action_states, figures),
    }
