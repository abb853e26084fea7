"""The t interval of a mean, for one mean or for many at once."""

from __future__ import annotations

from typing import Any

import numpy as np


def t_half(sd: Any, n: Any, level: float = 0.95) -> Any:
    """Half of the t interval of the mean of `n` values with standard deviation `sd`; missing for one value.

    >>> round(float(t_half(1.0, 4)), 3), t_half(np.array([1.0]), np.array([1.0])).tolist()
    (1.591, [nan])
    """
    from scipy.special import stdtrit

    return stdtrit(n - 1, (1 + level) / 2) * sd / np.sqrt(n)
