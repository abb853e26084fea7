"""Do the intervals of agreement tell the truth with few units and rare codes? Coverage by simulation.

    python benchmarks/honesty_agreement.py [--studies 1000]

A unit has a value of its own; each coder gives it with a chance that makes alpha what it is to be, else a value drawn
by the values' shares; agreement of all units is found from 200,000. In sources, shares differ between sources. Beside
ours, on the same ratings: the bootstrap of units (of sources), as it is usually done. Studies where nothing varies, so
that there is no alpha, are counted apart. Prints one line a figure, and exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from buddy_eval.coding.agreement.intervals import estimates, intervals
from buddy_eval.coding.agreement.statistics import METRIC, NOMINAL, alphas, patterns

Floats = NDArray[np.float64]
LEAST = 92.5  # per cent: 1,000 studies are within 1.4 of what they stand for
DRAWS = 1_000
MISSED: list[str] = []


class Design(NamedTuple):
    """How ratings come about: units, coders, shares of the values 1, 2, ..., alpha, and what is missing."""

    units: int
    coders: int
    shares: tuple[float, ...]
    alpha: float
    level: str = "nominal"
    missing: float = 0.0
    sources: int = 0

    def __str__(self) -> str:
        kind = f"a code of {self.shares[1]:.0%}" if len(self.shares) == 2 else f"{len(self.shares)} {self.level} values"
        where = f"{self.units} units" + (f" in {self.sources} sources" if self.sources else "")
        gone = f", {self.missing:.0%} missing" if self.missing else ""
        return f"{kind}, {where}, {self.coders} coders, alpha near {self.alpha}{gone}"


RARE = [Design(n, 2, (1 - p, p), a) for n in (20, 50) for p in (0.05, 0.1) for a in (0.5, 0.8)]
SKEWED, EVEN = (0.5, 0.25, 0.15, 0.07, 0.03), (0.1, 0.2, 0.4, 0.2, 0.1)
OTHERS = [
    Design(10, 2, (0.7, 0.3), 0.7),
    Design(200, 2, (0.95, 0.05), 0.8),
    *(Design(n, m, (0.9, 0.1), 0.7) for n in (20, 50) for m in (3, 5)),
    *(Design(n, 2, SKEWED, a) for n in (20, 50) for a in (0.5, 0.8)),
    *(Design(n, 3, EVEN, 0.7, level) for n in (20, 50) for level in ("ordinal", "interval", "ratio")),
    Design(40, 4, SKEWED, 0.7, missing=0.3),
]
SOURCES = [
    Design(10 * g, 2, (1 - p, p), a, sources=g) for g in (4, 8, 16) for p, a in ((0.1, 0.7), (0.3, 0.7), (0.1, 0.4))
]


def drawn(design: Design, random: np.random.Generator, units: int, sources: int) -> tuple[Floats, NDArray[np.int64]]:
    """Ratings (units, coders) and the source of each unit."""
    shares = np.array(design.shares)
    source = np.arange(units) % sources if sources else np.arange(units)
    if sources:
        shares = random.dirichlet(8 * shares, sources)[source]
    edges = np.cumsum(np.broadcast_to(shares, (units, len(design.shares))), axis=1)

    def values(size: int) -> NDArray[np.int64]:
        return np.asarray((random.random((units, size))[:, :, None] > edges[:, None, :-1]).sum(axis=2))

    copied = random.random((units, design.coders)) < np.sqrt(design.alpha)
    ratings = 1.0 + np.where(copied, values(1), values(design.coders))
    ratings[random.random(ratings.shape) < design.missing] = np.nan
    return ratings, source


def usual(ratings: Floats, source: NDArray[np.int64], level: str, random: np.random.Generator) -> tuple[float, float]:
    """The percentile bootstrap of sources (units, where each is its own)."""
    held = patterns(ratings, level)
    source = source[(~np.isnan(ratings)).any(axis=1)]
    n = int(source.max()) + 1
    within = np.zeros((n, len(held.units)))
    np.add.at(within, (source, held.of), 1.0)
    made = alphas(held, random.multinomial(n, np.full(n, 1 / n), size=DRAWS) @ within, finite=True)
    good = made[~np.isnan(made)]
    low, high = np.quantile(good, [0.025, 0.975]) if len(good) else (np.nan, np.nan)
    return float(low), float(high)


def cell(design: Design, studies: int, seed: int) -> None:
    """One design: coverage of every statistic, and of the usual interval of alpha."""
    random = np.random.default_rng(seed)
    statistics = NOMINAL if design.level == "nominal" else METRIC
    many, _ = drawn(design._replace(missing=0.0), random, 200_000, 20_000 if design.sources else 0)
    truth = estimates(patterns(many, design.level), statistics)
    kept = {name: np.zeros(3) for name in [*statistics, "usual"]}  # studies, covered, width
    outside = 0
    for number in range(studies):
        ratings, source = drawn(design, random, design.units, design.sources)
        held = patterns(ratings, design.level)
        found = estimates(held, statistics)
        rated = source[(~np.isnan(ratings)).any(axis=1)]
        made = intervals(held, statistics, draws=DRAWS, seed=number, sources=rated if design.sources else None)
        if not np.isnan(found["alpha"]):
            made["usual"] = usual(ratings, source, design.level, random)
        for name, (low, high) in made.items():
            if not np.isnan(found.get(name, found["alpha"])):
                kept[name] += (1, low <= truth.get(name, truth["alpha"]) <= high, high - low)
        outside += sum(
            not low <= found[name] <= high for name, (low, high) in made.items() if name in found and low == low
        )
    for name, (n, covered, width) in kept.items():
        if name in ("commonest", "fleiss_kappa"):
            continue
        share = 100 * covered / n
        missed = bool(name != "usual" and share < LEAST)
        MISSED.extend([f"{design}: {name}"] * missed)
        shown = "alpha, usual bootstrap" if name == "usual" else name
        bar = "" if name == "usual" else f" (bar: at least {LEAST})"
        print(f"{design}: {shown} covers {share:.1f}%{bar}, width {width / n:.2f}{'  MISSED' if missed else ''}")
    print(f"{design}: no alpha in {studies - int(kept['alpha'][0])} of {studies} studies", flush=True)
    if outside:
        MISSED.append(f"{design}: estimates outside their interval: {outside}")


def main() -> int:
    """Run all designs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000)
    options = parser.parse_args()
    for number, design in enumerate([*RARE, *OTHERS, *SOURCES]):
        cell(design, options.studies, seed=number)
    print(f"bars missed: {len(MISSED)} (bar: 0)")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
