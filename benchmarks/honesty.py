"""Does the comparison tell the truth with few pairs? Type-I error, coverage and power by simulation, beside
common practice.

    python benchmarks/honesty.py [--studies 2000] [--rivals 2000]

Skewed five-point items, five a theme; pairs whose levels and gaps differ; 4, 6, 8, 12 pairs; equal sides (25 people)
and unequal ones (5 to 60). Every cell is simulated twice: no gap, and a planted one. The rivals see the same studies as
we do: a pooled t-test over people, statsmodels' MixedLM (random intercept, z), its GEE (exchangeable, robust, z). Then
studies of five themes without any gap: in how many is any direction said, by our reports and by the rivals? Prints one
line a figure, and exits 1 where a bar is missed. Full length: about 25 minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
import warnings

import numpy as np
import pandas as pd
from scipy import stats

from buddy_eval.analyse.compare import cr2, max_t, sign_flip, wild_bootstrap
from buddy_eval.analyse.compare.design_matrix import Model
from buddy_eval.analyse.compare.mixed import mixed_model
from buddy_eval.analyse.compare.sign_flips import LEAST_PAIRS_FOR_P
from buddy_eval.analyse.design import Simulated, simulate, t_intervals

PAIRS = (4, 6, 8, 12)
THEMES = 5
SHIFT = 0.5  # behind the scale; about 0.48 points
MISSED: list[str] = []


def say(name: str, value: float, low: float | None = None, high: float | None = None) -> None:
    """Print a figure, in per cent, and remember a missed bar."""
    bar = "" if high is None else f" (bar: {low:g} to {high:g})" if low is not None else f" (bar: at most {high:g})"
    missed = high is not None and not ((low if low is not None else 0) <= value <= high)
    if missed:
        MISSED.append(name)
    print(f"{name}: {value:.2f}%{bar}{'  MISSED' if missed else ''}", flush=True)


def sizes(pairs: int, equal: bool) -> list[tuple[int, int]]:
    """People on both sides of each pair."""
    if equal:
        return [(25, 25)] * pairs
    drawn = np.clip(np.random.default_rng(7).lognormal(2.9, 0.7, (pairs, 2)), 5, 60).astype(int)
    return [(int(a), int(b)) for a, b in drawn]


def primary(drawn: Simulated, scores: np.ndarray, truth: float) -> dict[str, float]:
    """Our primary view on all studies: rejection by interval, exact p and coverage, in per cent."""
    gaps = drawn.gaps(scores)
    _, low, high = t_intervals(gaps)
    p = sign_flip(gaps.T)
    return {
        "interval": 100 * float(((low > 0) | (high < 0)).mean()),
        "exact": 100 * float((p <= 0.05).mean()),
        "coverage": 100 * float(((low <= truth) & (truth <= high)).mean()),
    }


def second_views(drawn: Simulated, scores: np.ndarray) -> dict[str, float]:
    """CR2 and the exhaustive bootstrap without covariates, our mixed model on a tenth: rejection in per cent."""
    counts = np.bincount(drawn.pair)
    side = drawn.supporter.astype(float)
    side = side - (np.bincount(drawn.pair, side) / counts)[drawn.pair]
    found: dict[str, list[bool]] = {"CR2 with Satterthwaite": [], "wild bootstrap": [], "our mixed model": []}
    for number, score in enumerate(scores):
        model = Model(score - (np.bincount(drawn.pair, score) / counts)[drawn.pair], side[:, None], drawn.pair)
        found["CR2 with Satterthwaite"].append(cr2(model).p_value <= 0.05)
        found["wild bootstrap"].append(wild_bootstrap(model, interval=False).p_value <= 0.05)
        if number % 4 == 0:
            found["our mixed model"].append(mixed_model(people(drawn, score)).side.p_value <= 0.05)
    return {name: 100 * float(np.mean(hits)) for name, hits in found.items()}


def people(drawn: Simulated, score: np.ndarray) -> pd.DataFrame:
    """One study as a frame."""
    return pd.DataFrame(
        {"pair": drawn.pair, "side": np.where(drawn.supporter, "supporter", "receiver"), "score": score}
    )


def rivals(drawn: Simulated, scores: np.ndarray) -> dict[str, float]:
    """Common practice on the same studies: rejection in per cent, and what did not converge."""
    import statsmodels.api as sm
    from statsmodels.regression.mixed_linear_model import MixedLM

    x = np.column_stack([np.ones(len(drawn.pair)), drawn.supporter])
    t = stats.ttest_ind(scores[:, drawn.supporter], scores[:, ~drawn.supporter], axis=1)
    hits: dict[str, list[bool]] = {"statsmodels MixedLM": [], "statsmodels GEE": []}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for score in scores:
            hits["statsmodels MixedLM"].append(float(MixedLM(score, x, drawn.pair).fit().pvalues[1]) <= 0.05)
            gee = sm.GEE(score, x, drawn.pair, cov_struct=sm.cov_struct.Exchangeable()).fit()
            hits["statsmodels GEE"].append(float(gee.pvalues[1]) <= 0.05)
    return {
        "pooled t-test": 100 * float((t.pvalue <= 0.05).mean()),
        **{k: 100 * float(np.mean(v)) for k, v in hits.items()},
    }


def cell(pairs: int, equal: bool, studies: int, n_rivals: int) -> None:
    """One layout: no gap, then a planted one."""
    name = f"{pairs} pairs, {'equal' if equal else 'unequal'}"
    drawn = simulate(sizes(pairs, equal), studies, seed=100 * pairs + equal)
    null = drawn.scores(0.0)
    found = primary(drawn, null, 0.0)
    say(f"{name}: type-I error, interval", found["interval"], 3.5, 6.5)
    say(f"{name}: type-I error, exact p", found["exact"], *((3.5, 6.5) if pairs >= 8 else (None, 6.5)))
    say(f"{name}: coverage, no gap", found["coverage"], 93, 97)
    for view, value in second_views(drawn, null[:n_rivals]).items():
        say(f"{name}: type-I error, {view}", value)
    for rival, value in rivals(drawn, null[:n_rivals]).items():
        say(f"{name}: type-I error, {rival}", value)
    planted = primary(drawn, drawn.scores(SHIFT), truth := drawn.assumed.points(SHIFT))
    say(f"{name}: coverage, gap {truth:.2f}", planted["coverage"], 93, 97)
    say(f"{name}: power at {truth:.2f}, interval", planted["interval"])
    if pairs >= 6:
        say(f"{name}: power at {truth:.2f}, exact p", planted["exact"])


def together(pairs: int, equal: bool, studies: int) -> None:
    """Five themes without a gap: the studies in which a report says a direction of any."""
    name = f"{pairs} pairs, {'equal' if equal else 'unequal'}: any direction said of five themes without a gap"
    drawn = [simulate(sizes(pairs, equal), studies, seed=100 * pairs + 10 * n + equal) for n in range(1, THEMES + 1)]
    scores = [one.scores(0.0) for one in drawn]
    gaps = np.stack([one.gaps(score) for one, score in zip(drawn, scores, strict=True)], axis=-1)
    _, low, high = t_intervals(gaps)
    alone = (low > 0) | (high < 0)
    if pairs >= LEAST_PAIRS_FOR_P:
        told = [bool((clear & (max_t(study) <= 0.05)).any()) for clear, study in zip(alone, gaps, strict=True)]
        say(f"{name}, our reports", 100 * float(np.mean(told)), None, 6.5)
    side = drawn[0].supporter
    pooled = [stats.ttest_ind(score[:, side], score[:, ~side], axis=1).pvalue <= 0.05 for score in scores]
    say(f"{name}, intervals looked at alone", 100 * float(alone.any(axis=1).mean()))
    say(f"{name}, pooled t-test", 100 * float(np.any(pooled, axis=0).mean()))


def main() -> int:
    """Run all cells."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument(
        "--rivals", type=int, default=2000, help="how many of the studies the rivals and second views see"
    )
    options = parser.parse_args()
    for equal in (True, False):
        for pairs in PAIRS:
            cell(pairs, equal, options.studies, options.rivals)
            together(pairs, equal, options.studies)
    print(f"bars missed: {len(MISSED)} (bar: 0)")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
