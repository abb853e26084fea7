"""The t interval of a mean, for one mean or for many at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import t


def t_half(sd: Any, n: Any, level: float = 0.95) -> Any:
    """Half of the t interval of the mean of `n` values with standard deviation `sd`; missing for one value.

    >>> round(float(t_half(1.0, 4)), 3), t_half(np.array([1.0]), np.array([1.0])).tolist()
    (1.591, [nan])
    """
    return t.ppf((1 + level) / 2, n - 1) * sd / np.sqrt(n)
