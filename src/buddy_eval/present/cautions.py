"""The sentence of every caution: the one place where ids become words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buddy_eval.analyse.thresholds import LEAST_COMPARATORS, LEAST_DEALS, LEAST_MONTHS
from buddy_eval.schemas.cautions import listed

COUNTED = ("n_both", "n_either", "n_comparators")  # the columns that a caution may name
GROUPS = "so this is a change of the groups, not of persons"
CAUTIONS = {
    "few_cases": "fewer than 30 complete cases: report items, not the score",
    "few_for_factor": "too few people or items for one factor",
    "low_alpha": "low: the items do not hang together",
    "unreliable_means": "means of single organisations are not reliable",
    "alpha_undefined": "nothing varies: it cannot be computed",
    "alpha_tentative": "tentative",
    "alpha_low": "too low: revise the code or train the coders",
    "alpha_rare": "nearly all ratings are one value: look at the units on which coders differ before blaming code or "
    "coders",
    "alpha_wide": "the interval reaches from too low to reliable",
    "none_shared": "fewer than two units that two coders rated",
    "few_positives": "too few positives for an estimate of its own",
    "few_units": "too few units to say",
    "few_coded": "cannot tell: fewer than 10 comments coded",
    "strata_pooled": "some strata pooled",
    "sample_alone": "from the people's sample alone",
    "few_with_theme": "fewer than 5 coded comments have the theme",
    "few_people": "fewer than five people on a side",
    "split_side": "people on a side disagree (rwg below 0.70): its mean hides two camps",
    "supporter_alone": "before and during support, the supporter as the only comparison",
    "answered_only": "views of those who answered; sides were not assigned by chance",
    "groups_unlinked": f"the waves asked different people, {GROUPS}",
    "groups_linked": f"{{n_both}} of {{n_either}} people answered in both waves; everybody counts here, {GROUPS}",
    "groups_overlap": f"some people answered in both waves; everybody counts here, {GROUPS}",
    "before_after": "before and during support with the supporter as the only comparison: regression to the mean, and "
    "other changes at the same time, are not excluded",
    "few_pairs": "fewer than six independent pairs: no p-value, because 5% could not be reached or hardly",
    "split_pairs": "in some pairs people on a side disagree, so that a mean hides two camps",
    "shared_trusts": "pairs that share a trust count as one",
    "one_pair_carries": "one pair carries it: without that pair the interval holds zero",
    "weighted_by_size": "pairs with more people count for more",
    "normal_spreads": "rests on normal spreads that so few pairs cannot check",
    "mixed_edge": "with so few pairs the spread of levels or gaps lies at the edge of what can be estimated: G - 1 "
    "degrees of freedom are used, and the interval may be too narrow",
    "mixed_failed": "the model did not converge: no interval is given",
    "drawn_together": "a sensitivity view: pairs are drawn towards each other",
    "order_only": "says how often, not by how much",
    "many_roles": "exploratory: many posts were looked at, so no p-value is given and chance findings are to be "
    "expected",
    "answered_twice": "those who answered twice may differ from those who left or came",
    "few_months": f"not done: needs {LEAST_MONTHS} months before and {LEAST_MONTHS} from the start on",
    "no_window": "not done: no supported trust has values before and during",
    "no_comparators": "not done: no trust outside the pairs has values in the same months",
    "few_comparators": f"not done: {{n_comparators}} comparators; {LEAST_COMPARATORS}, and {LEAST_DEALS} possible "
    "deals, are needed",
    "lacks_months": "not done: a supported trust has no values in another's months",
    "series_still": "not done: the series does not move off its lines, and nothing can be told of its chance variation",
    "series_alone": "one series without a comparison: other changes at the same time and regression to the mean are "
    "not excluded",
    "chosen_for_need": "the supported were chosen because they did badly: of regression to the mean a straight line "
    "takes out what it can",
    "placebo_stands": "no direction is said: in a year in which nothing began the trusts differed too",
    "supported_vary_more": "the supported trusts' changes vary more than the others'",
    "supported_outside": "on average the supported stood beyond all others before, so that the line is drawn where no "
    "other trust was",
    "spread_untold": "with so few supported trusts nobody can tell whether they vary more than others: the p-value "
    "takes it that not",
}


def cautions_in_words(row: Mapping[Any, Any]) -> list[str]:
    """Say the cautions of a row; a count that these readers may not have is not said.

    >>> cautions_in_words({"caution": "few_people split_side"})[0]
    'fewer than five people on a side'
    """
    counts = {name: "some" if pd.isna(n) else n for name, n in row.items() if name in COUNTED}
    return [CAUTIONS[name].format(**counts) for name in listed(row["caution"])]
