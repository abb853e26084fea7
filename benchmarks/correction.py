"""Simulate studies with a deliberately biased machine: do the corrected intervals hold, and what of the uncorrected?

    python benchmarks/correction.py [--studies 4000]

Every study has its own 20,000 comments in six trusts and its own sample of 400 that people coded. The machine misses
more in three of the trusts than in the others and invents more there. Prints `name: value (bar: ...)` a line, the
uncorrected coverage and the widths beside it, and exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from buddy_eval.bulk.sampling.draw import allocate
from buddy_eval.bulk.sampling.estimate import difference, prevalence

SIZES = np.array([9000, 5000, 3000, 1500, 900, 600])
SAMPLE = 400
LOW, HIGH = 0.93, 0.97


class Theme(NamedTuple):
    """Shares of a theme in the six trusts; how often the machine finds it, and invents it, in the odd and even ones."""

    name: str
    shares: tuple[float, ...]
    found: tuple[float, float]
    invented: tuple[float, float]


THEMES = (
    Theme("common theme", (0.35, 0.25, 0.30, 0.20, 0.25, 0.30), (0.9, 0.6), (0.10, 0.25)),
    Theme("theme of one in ten", (0.10, 0.08, 0.06, 0.12, 0.08, 0.10), (0.8, 0.5), (0.05, 0.12)),
    Theme("rare theme, two in a hundred", (0.02, 0.01, 0.015, 0.03, 0.02, 0.01), (0.7, 0.4), (0.01, 0.05)),
)


def main() -> int:
    """Simulate; return 1 where a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--studies", type=int, default=4000)
    studies = options.parse_args().studies
    missed = False
    for number, theme in enumerate(THEMES):
        chance = np.random.default_rng([20240402, number])
        held = np.array([study(theme, chance) for _ in range(studies)])
        for place, what in enumerate(("prevalence", "difference")):
            covered, bare, width = held[:, place].mean(0)
            print(f"{theme.name}, {what}, coverage of the corrected 95% interval: {covered:.3f} (bar: {LOW} to {HIGH})")
            print(f"{theme.name}, {what}, coverage of the uncorrected 95% interval: {bare:.3f}")
            print(f"{theme.name}, {what}, mean width of the corrected interval: {width:.4f}", flush=True)
            missed |= not LOW <= covered <= HIGH
    return int(missed)


def study(theme: Theme, chance: np.random.Generator) -> list[list[float]]:
    """Simulate one study: corrected covers, uncorrected covers, width; for the prevalence and for the difference."""
    trust = np.repeat(np.arange(len(SIZES)), SIZES)
    odd = trust % 2
    human = chance.random(len(trust)) < np.array(theme.shares)[trust]
    machine = chance.random(len(trust)) < np.where(human, np.array(theme.found)[odd], np.array(theme.invented)[odd])
    drawn = np.concatenate(
        [
            chance.choice(np.flatnonzero(trust == place), n, replace=False)
            for place, n in enumerate(allocate(SIZES, SAMPLE))
        ]
    )
    sample = pd.DataFrame({"stratum": trust[drawn], "human": human[drawn], "machine": machine[drawn]})
    flagged = np.bincount(trust, machine).astype(int)
    strata = pd.DataFrame({"stratum": range(len(SIZES)), "n_comments": SIZES, "n_machine": flagged})
    whole = prevalence(sample, strata)
    sides = [
        prevalence(sample[sample["stratum"] % 2 == side], strata[strata["stratum"] % 2 == side]) for side in (0, 1)
    ]
    apart = difference(sides[0], sides[1])
    truth = (human.mean(), human[odd == 0].mean() - human[odd == 1].mean())
    bare = (machine.mean(), machine[odd == 0].mean() - machine[odd == 1].mean())
    spread = [np.sqrt(variance(machine)), np.sqrt(variance(machine[odd == 0]) + variance(machine[odd == 1]))]
    return [
        [made.ci_low <= true <= made.ci_high, abs(alone - true) <= 1.96 * wide, made.ci_high - made.ci_low]
        for made, true, alone, wide in zip((whole, apart), truth, bare, spread, strict=True)
    ]


def variance(codes: Any) -> float:
    """The variance of a mean of codes, as who takes them for data would compute it."""
    return float(codes.var() / len(codes))


if __name__ == "__main__":
    sys.exit(main())
