"""The analysis as a list: which tables each step needs, which it makes, and the function between.

Heavy libraries are imported when a step runs, so that a run with nothing to do is quick.
"""

from __future__ import annotations

import pandas as pd

from buddy_eval.pipeline.round_steps import COMPARED, FOLLOWED, by_round, follow_up
from buddy_eval.pipeline.step import Step, of
from buddy_eval.pipeline.survey_step import score

Frame = pd.DataFrame
Frames = dict[str, Frame]


def code(units: Frame, terms: Frame, negations: Frame) -> Frames:
    """Let the lexicon suggest codes."""
    from buddy_eval.coding import suggest

    return {"suggestions": suggest(units, terms, negations)}


def agree(codings: Frame, assignments: Frame, decisions: Frame, units: Frame, codes: Frame) -> Frames:
    """Measure how far coders agree, list where they differ, then put their codings together."""
    from buddy_eval.coding import consensus, consensus_basis, disagreements, disagreements_by_code
    from buddy_eval.coding.agreement import code_agreement
    from buddy_eval.coding.unaided import unaided

    together = consensus(codings, assignments, decisions)
    otherwise = disagreements(codings, assignments, decisions)
    return {
        "agreement": code_agreement(unaided(codings), assignments, units, codes),
        "disagreements": otherwise,
        "disagreements_by_code": disagreements_by_code(otherwise),
        "consensus": together,
        "consensus_basis": consensus_basis(together),
    }


def learn(units: Frame, consensus: Frame, codings: Frame, assignments: Frame, codes: Frame) -> Frames:
    """Let a machine learn from the human codings, and suggest codes on words that it did not learn from."""
    from buddy_eval.coding.suggester.in_study import learned
    from buddy_eval.coding.unaided import unaided_consensus

    return {"learned": learned(units, unaided_consensus(consensus, codings), assignments, codes)}


def validate(
    suggestions: Frame,
    learned: Frame,
    consensus: Frame,
    codings: Frame,
    assignments: Frame,
    units: Frame,
    codes: Frame,
    themes: Frame,
) -> Frames:
    """Hold the machines' suggestions against human coding, and count the comments they touch."""
    from buddy_eval.coding import against_humans, by_level, comment_counts
    from buddy_eval.coding.unaided import unaided_consensus

    by_people = unaided_consensus(consensus, codings)
    suggested = {"lexicon": by_level(suggestions, codes), **({"learned": learned} if len(learned) else {})}
    return {
        "machine": against_humans(suggested, by_people, assignments, codes, themes),
        "comment_counts": comment_counts(suggestions, units, codes, themes, learned),
    }


def compare(scores: Frame, series: Frame, comparators: Frame, pairs: Frame) -> Frames:
    """Compare supporter and receiver within pairs, across pairs and with other trusts; allow for all of it at once."""
    from buddy_eval.analyse import compare as comparison
    from buddy_eval.analyse.compare.allowance import allowed, by_t
    from buddy_eval.analyse.outcome_effects import effects, unless_placebo

    against = effects(series, comparators, pairs)
    p_values = against["p_value"].to_numpy(dtype="float64")
    comparisons = comparison.compare(scores, series, pairs, others=p_values)
    primary = comparisons[comparisons["view"] == comparison.PRIMARY]
    gaps = pd.concat([comparison.dyadic_gaps(scores), comparison.series_gaps(series, pairs)], ignore_index=True)
    return {
        "gaps": gaps,
        "side_changes": comparison.side_changes(scores),
        "comparisons": comparisons,
        "findings": primary,
        "pooled": comparison.shrunken(gaps),
        "ordinal": comparison.ordinal(scores),
        "effects": unless_placebo(allowed(against, p_values, by_t(primary))),
    }


def spc(series: Frame) -> Frames:
    """Draw the limits of the outcome series, and find what is not common cause, beside what chance would show."""
    from buddy_eval.analyse.rare_events import rare_events, with_rare
    from buddy_eval.analyse.spc import charts, signals

    rare = rare_events(series)
    return {"signals": signals(series), "charts": with_rare(charts(series), rare), "rare_events": rare}


def code_counts(consensus: Frame, units: Frame, sources: Frame, codes: Frame, themes: Frame) -> Frames:
    """Count interview codes by people, alone and together, and lay out the framework matrix."""
    from buddy_eval.analyse import interviews, saturation
    from buddy_eval.analyse.co_occurrence import co_occurrence

    mentions = interviews.raised(consensus, units, codes)
    topics = interviews.asked(units, sources, themes)
    return {
        "code_counts": interviews.code_counts(mentions, topics, codes),
        "co_occurrence": co_occurrence(consensus, units, codes),
        "framework": interviews.framework(mentions, topics, codes),
        "saturation": saturation.saturation(mentions, topics.drop_duplicates("participant"), codes),
        "negative_cases": saturation.negative_cases(interviews.raised(consensus, units, codes, by="theme")),
    }


def participant_flow(
    invitations: Frame, participants: Frame, units: Frame, responses: Frame, board_answers: Frame, questions: Frame
) -> Frames:
    """Say who took part, and where the boards stand."""
    from buddy_eval.analyse.boards import readiness
    from buddy_eval.analyse.participant_flow import flow

    return {"flow": flow(invitations, participants, units, responses), "readiness": readiness(board_answers, questions)}


def integrate(
    themes: Frame,
    consensus: Frame,
    assignments: Frame,
    units: Frame,
    sources: Frame,
    codes: Frame,
    within: Frame,
    readiness: Frame,
    pairs: Frame,
    board_answers: Frame,
    questions: Frame,
    responses: Frame,
    items: Frame,
) -> Frames:
    """Set interviews, survey and boards side by side, and list what each pair's boards have still to answer."""
    from buddy_eval.analyse.boards import agenda
    from buddy_eval.analyse.evidence import asked_unscored, evidence
    from buddy_eval.analyse.joint_display import joint_display

    read = evidence(themes, consensus, assignments, units, sources, codes, within, readiness, pairs)
    joint = joint_display(strands := asked_unscored(read, responses, items))
    return {"evidence": strands, "joint_display": joint, "agenda": agenda(board_answers, questions, joint)}


STEPS: tuple[Step, ...] = (
    Step(code, of("coding.suggest suggest")),
    Step(
        agree,
        of(
            "coding.agreement.in_study code_agreement together prevalence",
            "coding.agreement.statistics alphas patterns",
            "coding.agreement.intervals estimates intervals pseudo",
            "coding.agreement.reading reading caution",
            "coding.disagreements disagreements disagreements_by_code",
            "coding.consensus consensus consensus_basis",
            "coding.unaided unaided",
        ),
    ),
    Step(
        learn,
        of(
            "coding.suggester.in_study learned speakers",
            "coding.suggester.model Suggester fitted",
            "coding.suggester.features in_words in_pieces",
            "coding.suggester.ridge divided left_out calibrated",
            "coding.unaided unaided_consensus",
        ),
    ),
    Step(validate, of("coding.validity against_humans by_level comment_counts", "coding.unaided unaided_consensus")),
    Step(
        score,
        of(
            "analyse.scores reversed_answers scored_answers scorable by_person score reliability cronbach intraclass",
            "analyse.scores within agreement_within",
            "analyse.scale_quality omegas omega_row omega item_quality within_items",
        ),
    ),
    Step(
        compare,
        of(
            "analyse.compare.gaps dyadic_gaps side_changes series_gaps change spans",
            "analyse.compare compare across carried",
            "analyse.compare.sign_flips sign_flip sign_patterns",
            "analyse.compare.clusters clusters cluster_of",
            "analyse.compare.allowance holm by_t allowed",
            "analyse.compare.views other_views over_pairs",
            "analyse.compare.design_matrix within_pairs independent",
            "analyse.compare.robust cr2 wild_bootstrap by_t interval_end",
            "analyse.compare.mixed mixed_model satterthwaite",
            "analyse.compare.pooled combined pooled_mean by_cluster shrunken variance",
            "analyse.compare.effects ordinal superiority",
            "analyse.scores agreement_within",
            "analyse.outcome_effects effects unless_placebo",
            "analyse.compare.segmented interrupted",
            "analyse.compare.randomisation_inference difference",
        ),
    ),
    Step(
        spc,
        of("analyse.spc signals charts limits rules assurance", "analyse.rare_events rare_events t_limits g_limits"),
    ),
    Step(
        code_counts,
        of(
            "analyse.interviews raised asked direction code_counts exact_interval framework",
            "analyse.co_occurrence co_occurrence",
            "analyse.saturation saturation expected_codes negative_cases",
        ),
    ),
    Step(participant_flow, of("analyse.participant_flow flow", "analyse.boards readiness")),
    Step(
        integrate,
        of(
            "analyse.evidence evidence asked_unscored",
            "analyse.strands latest_waves",
            "analyse.joint_display joint_display together rate",
            "analyse.compare.clusters clusters cluster_of",
            "analyse.interviews raised asked direction",
            "analyse.boards agenda latest_returns",
        ),
    ),
    Step(follow_up, FOLLOWED),
    Step(by_round, COMPARED),
)
