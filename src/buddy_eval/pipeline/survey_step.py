"""The step that scores the survey; it stands in the list of `steps`."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.categories import stacked

Frame = pd.DataFrame
Frames = dict[str, Frame]


def score(responses: Frame, items: Frame) -> Frames:
    """Score the survey, and ask whether the scores may be used and aggregated: of both sides, not of other bodies."""
    from buddy_eval.analyse import scale_quality as quality
    from buddy_eval.analyse import scores
    from buddy_eval.analyse.strands import SIDES

    parts: list[Frames] = []
    for theme in [*items["theme"].unique()] or [""]:  # each alone, so that less stands in memory at once
        answers = responses[responses["item"].isin(items.loc[items["theme"] == theme, "item"])]
        scored = scores.score(answers, items)
        ours, staff = (frame[frame["side"].isin(SIDES)] for frame in (answers, scored))
        of_theme = {
            "scores": scored,
            "reliability": pd.concat([scores.reliability(ours, items, staff), quality.omegas(ours, items)]),
            "item_quality": quality.item_quality(ours, items),
            "within_items": quality.within_items(answers, items),
            "within": scores.within(scored),
        }
        parts.append(of_theme)
    return {name: stacked([part[name] for part in parts]) for name in parts[0]}
