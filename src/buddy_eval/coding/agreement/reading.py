"""What an alpha allows to say, and what else has to be borne in mind."""

from __future__ import annotations

import numpy as np

RELIABLE, TENTATIVE = 0.8, 0.667  # Krippendorff's customary marks
RARE = 0.9  # of all ratings one value: beyond, alpha is low after few disagreements
FEW_UNITS = 10


def reading(value: float) -> str:
    """Say what an alpha allows, by Krippendorff's customary marks.

    >>> reading(0.85), reading(0.7), reading(0.5)
    ('', 'tentative', 'too low: revise the code or train the coders')
    """
    if np.isnan(value):
        return "nothing varies: alpha cannot be computed"
    if value >= RELIABLE:
        return ""
    return "tentative" if value >= TENTATIVE else "too low: revise the code or train the coders"


def caution(value: float, ends: tuple[float, float], n_units: int, commonest: float) -> str:
    """Say what an alpha allows, with its interval, the units that it rests on and the share of the commonest value.

    Where one value makes up nine tenths of the ratings, a low alpha may come of few disagreements: it blames nobody.

    >>> caution(0.5, (0.1, 0.7), 50, 0.6)
    'too low: revise the code or train the coders'
    >>> caution(0.5, (0.1, 0.9), 50, 0.96)
    'nearly all ratings are one value: look at the units on which coders differ before blaming code or coders'
    >>> caution(0.9, (0.2, 1.0), 8, 0.6)
    'too few units to tell'
    """
    if np.isnan(value):
        return reading(value)
    if n_units < FEW_UNITS:
        return "too few units to tell"
    if value < TENTATIVE and commonest >= RARE:
        return (
            "nearly all ratings are one value: look at the units on which coders differ before blaming code or coders"
        )
    low, high = ends
    if low < TENTATIVE and high >= RELIABLE:
        return "; ".join(filter(None, (reading(value), "the interval reaches from too low to reliable")))
    return reading(value)
