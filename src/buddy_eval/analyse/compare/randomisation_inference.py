"""Differences-in-differences with few supported trusts: the support dealt anew to other trusts, many times.

Source: MacKinnon and Webb (2020) Journal of Econometrics 218, 435-450 for randomisation inference with few treated.
"""

from __future__ import annotations

import math

import numpy as np

from buddy_eval.analyse.compare.robust import Estimate
from buddy_eval.analyse.compare.sign_flips import ALPHA, Floats

DRAWS = 4_999


def difference(
    changes: Floats, before: Floats, treated: list[int], *, alike: int | None = None, seed: int = 1
) -> Estimate:
    """Difference-in-differences with randomisation inference.

    Parameters
    ----------
    changes, before : (W, N), each of N trusts' change, and its level before, in the window of each of W supports.
    treated : the supported trust (column) of each window; all others that are supported in no window compare.
    alike : compare with so many comparators whose level before was nearest, else with all.

    Returns
    -------
    The mean over windows of the supported trust's change minus its comparators'; the p-value is the share of deals of
    the windows to other trusts with a difference at least as large, the true deal counted; the interval holds what
    that test would not reject at 5%.
    """
    n_windows, n = changes.shape
    free = [trust for trust in range(n) if trust not in set(treated)]
    against = np.full((n_windows, n), np.nan)
    for window in range(n_windows):
        for trust in range(n):
            others = np.array([other for other in free if other != trust])
            if alike is not None:
                far = np.abs(before[window, others] - before[window, trust])
                others = others[np.argsort(far, kind="stable")[:alike]]
            against[window, trust] = changes[window, trust] - changes[window, others].mean()
    observed = float(np.mean([against[window, trust] for window, trust in enumerate(treated)]))
    random = np.random.default_rng(seed)
    deals = np.array([random.choice(n, n_windows, replace=False) for _ in range(DRAWS)])
    windows = np.arange(n_windows)
    dealt, share = against[windows, deals].mean(axis=1), np.isin(deals, treated).mean(axis=1)
    p = (1 + int((np.abs(dealt) >= abs(observed) - 1e-12).sum())) / (DRAWS + 1)
    low, high = _inverted(observed, dealt, share)
    return Estimate(observed, ci_low=low, ci_high=high, p_value=p)


def _inverted(observed: float, dealt: Floats, share: Floats) -> tuple[float, float]:
    """All differences that the test would not reject at 5%, so that interval and p-value never disagree.

    Were the true difference d, a deal would give `dealt` - d x `share` (of the windows that it gives to supported
    trusts), and the true deal `observed` - d. So each deal is as large as the true one for d between two roots.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = np.array([(observed - dealt) / (1 - share), (observed + dealt) / (1 + share)])
    roots[:, (share == 1) & (dealt == observed)] = np.array([[-np.inf], [np.inf]])
    needed = math.floor(ALPHA * (DRAWS + 1)) - 1
    low, high = np.sort(roots.min(axis=0))[needed], np.sort(roots.max(axis=0))[-1 - needed]
    return float(low), float(high)
