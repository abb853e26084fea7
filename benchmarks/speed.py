"""How fast the tests are beside their peers, on the same data in the same run (CPU time, best of several).

    pip install '.[benchmark]' krippendorff && python benchmarks/speed.py

Prints one line a figure with its bar, and exits 1 where a bar is missed.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats
from within_pair_permutation import permute_within_pairs

from buddy_eval.analyse.compare import sign_flip, wild_bootstrap
from buddy_eval.analyse.compare.design_matrix import within_pairs
from buddy_eval.coding.agreement import agreement as coders

PAIRS, SIDE, THEMES, DRAWS = 8, 38, 5, 9_999
ROLES = 4
MISSED: list[str] = []


def cpu(call: Callable[[], object], repeats: int) -> float:
    """The least CPU time of several calls, in seconds."""
    call()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        call()
        times.append(time.process_time() - started)
    return min(times)


def say(name: str, value: float, unit: str, bar: str = "", kept: bool = True) -> None:
    """Print a figure, and remember a missed bar."""
    if not kept:
        MISSED.append(name)
    print(f"{name}: {value:.4g} {unit}{f' (bar: {bar})' if bar else ''}{'' if kept else '  MISSED'}", flush=True)


def study() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores of five themes, sides, pairs."""
    random = np.random.default_rng(1)
    pair = np.repeat(np.arange(PAIRS), 2 * SIDE)
    supporter = np.tile(np.repeat([True, False], SIDE), PAIRS)
    answers = np.clip(np.round(random.normal(3.5, 1.0, (len(pair), THEMES, 5)) + 0.1 * supporter[:, None, None]), 1, 5)
    return answers.mean(axis=2), supporter, pair


def permutation() -> None:
    """All pairs and themes permuted within pairs: ours at once, scipy a pair at a time, themes vectorised."""
    values, supporter, pair = study()

    def scipy_way() -> None:
        for number in range(PAIRS):
            mine = pair == number
            stats.permutation_test(
                (values[mine & supporter], values[mine & ~supporter]),
                lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
                vectorized=True, n_resamples=DRAWS, axis=0, rng=np.random.default_rng(1),
            )  # fmt: skip

    ours = cpu(lambda: permute_within_pairs(values, supporter, pair, draws=DRAWS), 5)
    theirs = cpu(scipy_way, 3)
    say("permutation, ours", 1000 * ours, "ms")
    say("permutation, scipy vectorised", 1000 * theirs, "ms")
    say("permutation, times as fast as scipy", theirs / ours, "x", "at least 5", theirs / ours >= 5)


def bootstrap() -> None:
    """Wild cluster bootstrap of one theme with roles and pairs in the model; both take all 2^8 patterns of signs.

    pyfixest counts patterns that are more extreme than the one seen, we also that one and its mirror: 2/256 more.
    """
    import pyfixest

    values, supporter, pair = study()
    random = np.random.default_rng(2)
    people = pd.DataFrame({"pair": pair, "supporter": supporter.astype(float), "score": values[:, 0]})
    people["role"] = random.choice(list("abcd")[:ROLES], len(people))
    people["side"] = np.where(supporter, "supporter", "receiver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = pyfixest.feols("score ~ supporter + C(role) + C(pair)", people, vcov={"CRV1": "pair"})
        theirs = cpu(lambda: fitted.wildboottest(reps=DRAWS, param="supporter", cluster="pair", seed=1), 5)
        p = float(fitted.wildboottest(reps=DRAWS, param="supporter", cluster="pair", seed=1)["Pr(>|t|)"])
    ours = cpu(lambda: [wild_bootstrap(within_pairs(people, ("role",)), interval=False) for _ in range(20)], 5) / 20
    model = within_pairs(people, ("role",))
    kernel = cpu(lambda: [wild_bootstrap(model, interval=False) for _ in range(50)], 5) / 50
    say("wild bootstrap, ours: exact p", wild_bootstrap(model, interval=False).p_value, "")
    say("wild bootstrap, pyfixest: p", p, "")
    say("wild bootstrap, ours", 1000 * kernel, "ms")
    say("wild bootstrap, ours with building the model from the table", 1000 * ours, "ms")
    say("wild bootstrap, pyfixest", 1000 * theirs, "ms")
    say("wild bootstrap, times as fast as pyfixest", theirs / kernel, "x", "at least 50", theirs / kernel >= 50)


def exact() -> None:
    """Sign-flip over five themes."""
    for pairs in (8, 12):
        gaps = np.random.default_rng(3).normal(0.2, 0.3, (pairs, THEMES))
        took = 1000 * cpu(lambda gaps=gaps: [sign_flip(gaps) for _ in range(20)], 5) / 20  # type: ignore[misc]
        say(f"exact tests, {pairs} pairs, five themes", took, "ms", "at most 10", took <= 10)


def agreement() -> None:
    """Alpha of five coders on 10,000 units with 10,000 draws: ours with all statistics, krippendorff in a loop."""
    import krippendorff

    random = np.random.default_rng(4)
    true, other = random.integers(1, 6, (10_000, 1)), random.integers(1, 6, (10_000, 5))
    ratings = np.where(random.random((10_000, 5)) < 0.7, true, other).astype(float)
    table = pd.DataFrame(ratings)

    def loop() -> None:
        for _ in range(20):
            rows = random.integers(0, len(ratings), len(ratings))
            krippendorff.alpha(ratings[rows].T, level_of_measurement="nominal")

    ours = cpu(lambda: coders(table, draws=10_000), 3)
    theirs = cpu(loop, 2) / 20 * 10_000
    made = coders(table, draws=20)["estimate"].iloc[0]
    apart = abs(made - krippendorff.alpha(ratings.T, level_of_measurement="nominal"))
    say("agreement, difference of alpha from krippendorff's", apart, "", "at most 1e-9", apart <= 1e-9)
    say("agreement with 10,000 draws, ours, all statistics", ours, "CPU s", "at most 0.5", ours <= 0.5)
    say("agreement with 10,000 draws, a loop over krippendorff (from 20)", theirs, "CPU s")
    say("agreement, times as fast as krippendorff", theirs / ours, "x", "at least 100", theirs / ours >= 100)


def main() -> int:
    """Run all four."""
    agreement()
    permutation()
    exact()
    bootstrap()
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
