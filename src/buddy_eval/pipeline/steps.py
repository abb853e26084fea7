"""The analysis as a list: which tables each step needs, which it makes, and the function between.

Heavy libraries are imported when a step runs, so that a run with nothing to do is quick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Step:
    """One step: the tables that its function takes, in order, and the tables that it returns by name."""

    name: str
    needs: tuple[str, ...]
    call: Callable[..., Frames]


def code(units: pd.DataFrame, terms: pd.DataFrame, negations: pd.DataFrame) -> Frames:
    """Let the lexicon suggest codes."""
    from buddy_eval.coding import suggest

    return {"suggestions": suggest(units, terms, negations)}


def agree(codings: pd.DataFrame, assignments: pd.DataFrame, units: pd.DataFrame, codes: pd.DataFrame) -> Frames:
    """Measure how far coders agree, then put their codings together."""
    from buddy_eval.coding import consensus
    from buddy_eval.coding.agreement import code_agreement

    return {
        "agreement": code_agreement(codings, assignments, units, codes),
        "consensus": consensus(codings, assignments),
    }


def learn(units: pd.DataFrame, consensus: pd.DataFrame, assignments: pd.DataFrame, codes: pd.DataFrame) -> Frames:
    """Let a machine learn from the human codings, and suggest codes on words that it did not learn from."""
    from buddy_eval.coding.suggester.in_study import learned

    return {"learned": learned(units, consensus, assignments, codes)}


def weigh(
    suggestions: pd.DataFrame,
    learned: pd.DataFrame,
    consensus: pd.DataFrame,
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    codes: pd.DataFrame,
    themes: pd.DataFrame,
) -> Frames:
    """Hold the machines' suggestions against human coding, and count the comments they touch."""
    from buddy_eval.coding import against_humans, by_level, comment_counts

    found = {"lexicon": by_level(suggestions, codes), **({"learned": learned} if len(learned) else {})}
    return {
        "machine": against_humans(found, consensus, assignments, codes, themes),
        "comment_counts": comment_counts(suggestions, units, codes, themes, learned),
    }


def score(responses: pd.DataFrame, items: pd.DataFrame) -> Frames:
    """Score the survey, and ask whether the scores may be used and aggregated."""
    import pandas as pd

    from buddy_eval.analyse import scale_quality as quality
    from buddy_eval.analyse import scores

    made = scores.score(responses, items)
    alpha, omega = scores.reliability(responses, items, made), quality.omegas(responses, items)
    return {
        "scores": made,
        "reliability": pd.concat([alpha, omega], ignore_index=True),
        "item_quality": quality.item_quality(responses, items),
        "within_items": quality.within_items(responses, items),
        "within": scores.within(made),
    }


def compare(scores: pd.DataFrame, series: pd.DataFrame, comparators: pd.DataFrame, pairs: pd.DataFrame) -> Frames:
    """Compare supporter and receiver within pairs, across pairs and with other trusts; allow for all of it at once."""
    import pandas as pd

    from buddy_eval.analyse import compare as comparison
    from buddy_eval.analyse.compare.allowance import allowed, by_t
    from buddy_eval.analyse.outcome_effects import effects

    against = effects(series, comparators, pairs)
    p_values = against["p_value"].to_numpy(dtype="float64")
    made = comparison.compare(scores, series, pairs, others=p_values)
    primary = made[made["view"] == comparison.PRIMARY]
    gaps = pd.concat([comparison.dyadic_gaps(scores), comparison.series_gaps(series, pairs)], ignore_index=True)
    return {
        "gaps": gaps,
        "comparisons": made,
        "findings": primary,
        "pooled": comparison.shrunken(gaps),
        "ordinal": comparison.ordinal(scores),
        "effects": allowed(against, p_values, by_t(primary)),
    }


def chart(series: pd.DataFrame) -> Frames:
    """Draw the limits of the outcome series, and find what is not common cause, beside what chance would show."""
    from buddy_eval.analyse.spc import charts, signals

    return {"signals": signals(series), "charts": charts(series)}


def count(
    consensus: pd.DataFrame, units: pd.DataFrame, sources: pd.DataFrame, codes: pd.DataFrame, themes: pd.DataFrame
) -> Frames:
    """Count interview codes by people, and lay out the framework matrix."""
    from buddy_eval.analyse import interviews, saturation

    found = interviews.raised(consensus, units, codes)
    topics = interviews.asked(units, sources, themes)
    return {
        "code_counts": interviews.code_counts(found, topics, codes),
        "framework": interviews.framework(found, topics, codes),
        "saturation": saturation.saturation(found, topics.drop_duplicates("participant"), codes),
        "negative_cases": saturation.negative_cases(interviews.raised(consensus, units, codes, by="theme")),
    }


def describe(
    invitations: pd.DataFrame,
    participants: pd.DataFrame,
    units: pd.DataFrame,
    responses: pd.DataFrame,
    board_answers: pd.DataFrame,
    questions: pd.DataFrame,
) -> Frames:
    """Say who took part, and where the boards stand."""
    from buddy_eval.analyse.boards import readiness
    from buddy_eval.analyse.participant_flow import flow

    return {"flow": flow(invitations, participants, units, responses), "readiness": readiness(board_answers, questions)}


def integrate(
    themes: pd.DataFrame,
    consensus: pd.DataFrame,
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    sources: pd.DataFrame,
    codes: pd.DataFrame,
    within: pd.DataFrame,
    readiness: pd.DataFrame,
    pairs: pd.DataFrame,
) -> Frames:
    """Set interviews, survey and boards side by side."""
    from buddy_eval.analyse.evidence import evidence
    from buddy_eval.analyse.joint_display import joint_display

    found = evidence(themes, consensus, assignments, units, sources, codes, within, readiness, pairs)
    return {"evidence": found, "joint_display": joint_display(found)}


STEPS: tuple[Step, ...] = (
    Step("code", ("units", "terms", "negations"), code),
    Step("agree", ("codings", "assignments", "units", "codes"), agree),
    Step("learn", ("units", "consensus", "assignments", "codes"), learn),
    Step("weigh", ("suggestions", "learned", "consensus", "assignments", "units", "codes", "themes"), weigh),
    Step("score", ("responses", "items"), score),
    Step("compare", ("scores", "series", "comparators", "pairs"), compare),
    Step("chart", ("series",), chart),
    Step("count", ("consensus", "units", "sources", "codes", "themes"), count),
    Step("describe", ("invitations", "participants", "units", "responses", "board_answers", "questions"), describe),
    Step(
        "integrate",
        ("themes", "consensus", "assignments", "units", "sources", "codes", "within", "readiness", "pairs"),
        integrate,
    ),
)
