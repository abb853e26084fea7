"""What an alpha allows to say, and what else has to be borne in mind."""

from __future__ import annotations

import numpy as np

from buddy_eval.schemas.cautions import joined

RELIABLE, TENTATIVE = 0.8, 0.667  # Krippendorff's customary marks
RARE = 0.9  # of all ratings one value: beyond, alpha is low after few disagreements
FEW_UNITS = 10


def reading(value: float) -> str:
    """Return the caution that an alpha asks for, by Krippendorff's customary marks; none where it is firm.

    >>> reading(0.85), reading(0.7), reading(0.5)
    ('', 'alpha_tentative', 'alpha_low')
    """
    if np.isnan(value):
        return "alpha_undefined"
    if value >= RELIABLE:
        return ""
    return "alpha_tentative" if value >= TENTATIVE else "alpha_low"


def caution(value: float, ends: tuple[float, float], n_units: int, commonest: float) -> str:
    """Return the cautions of an alpha, with its interval, its number of units and the share of the commonest value.

    Where one value makes up nine tenths of the ratings, a low alpha may come of few disagreements: it blames nobody.

    >>> caution(0.5, (0.1, 0.7), 50, 0.6), caution(0.5, (0.1, 0.9), 50, 0.96), caution(0.9, (0.2, 1.0), 8, 0.6)
    ('alpha_low', 'alpha_rare', 'few_units')
    """
    if np.isnan(value):
        return reading(value)
    if n_units < FEW_UNITS:
        return "few_units"
    if value < TENTATIVE and commonest >= RARE:
        return "alpha_rare"
    low, high = ends
    wide = low < TENTATIVE and high >= RELIABLE
    return joined(filter(None, [reading(value), "alpha_wide" if wide else ""]))
