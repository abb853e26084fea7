"""What a result needs before it is reported as one; sentences name the same numbers."""

from __future__ import annotations

ALPHA = 0.05
LEAST_PAIRS_FOR_P = 6  # with five pairs the smallest two-sided p is 2 / 2^5 = .063, and 5% cannot be reached
LEAST_MONTHS = 12  # on either side of the start
LEAST_COMPARATORS, LEAST_DEALS = 10, 40  # of forty deals the smallest p is .025
