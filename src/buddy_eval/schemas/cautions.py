"""What to bear in mind of a row: ids of one closed vocabulary. `present.cautions` holds the sentence of each."""

from __future__ import annotations

from collections.abc import Iterable

ABOUT_SCALES = ("few_cases", "few_for_factor", "low_alpha", "unreliable_means")
ABOUT_CODERS = (
    *("alpha_undefined", "alpha_tentative", "alpha_low", "alpha_rare", "alpha_wide", "few_positives", "few_units"),
    "none_shared",
)
ABOUT_SAMPLES = ("few_coded", "strata_pooled", "sample_alone", "few_with_theme")
ABOUT_GAPS = (
    *(
        "few_people",
        "split_side",
        "supporter_alone",
        "answered_only",
        "groups_unlinked",
        "groups_linked",
        "groups_overlap",
    ),
    *("before_after", "few_pairs", "split_pairs", "shared_trusts", "one_pair_carries"),
)
ABOUT_VIEWS = (
    *("weighted_by_size", "normal_spreads", "mixed_edge", "mixed_failed", "drawn_together", "order_only"),
    *("many_roles", "answered_twice"),
)
ABOUT_EFFECTS = (
    *("few_months", "no_window", "no_comparators", "few_comparators", "lacks_months", "series_alone", "series_still"),
    *("chosen_for_need", "supported_vary_more", "supported_outside", "spread_untold", "placebo_stands"),
)
CAUTIONS = (*ABOUT_SCALES, *ABOUT_CODERS, *ABOUT_SAMPLES, *ABOUT_GAPS, *ABOUT_VIEWS, *ABOUT_EFFECTS)


def joined(cautions: Iterable[str]) -> str:
    """Write cautions as one cell: their ids in the order of the vocabulary, each once, with a space between.

    >>> joined(["few_pairs", "answered_only", "few_pairs"]), joined([])
    ('answered_only few_pairs', '')
    """
    return " ".join(sorted(set(cautions), key=CAUTIONS.index))


def listed(cell: str) -> list[str]:
    """Read the ids of a cell that `joined` wrote.

    >>> listed("answered_only few_pairs"), listed("")
    (['answered_only', 'few_pairs'], [])
    """
    return cell.split(" ") if cell else []
