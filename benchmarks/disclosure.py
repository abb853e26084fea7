"""Generate releases with small cells, protect them, attack them; threshold-and-margins suppression beside it.

The attacker has all tables with their margins, the words beside them, and a sentence with the number of everybody. A
second one is of a pair and knows the own part of each cell and sum; a third has three releases of a study that grows.

Run: python benchmarks/disclosure.py [N]. Prints what is pinned and how much is shown; exits 1 where a bar is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from buddy_eval.disclose.releases import disclosed
from buddy_eval.disclose.sums import Vector
from buddy_eval.disclose.suppression import Counts, Mask, attack, bounds, counts, protect, ranges, small
from buddy_eval.study.settings import Disclosure

JOINED = 0.5  # of releases for which people joined, in every cell as many as may be shown
CHAIN, CHAINED = 3, 5  # releases of a chain; every how many studies are followed over one
STRENGTHS = [(8, 1), (8, 5), (5, 1), (10, 1)]


def release(seed: int, *, knowing: bool = True, after: int = 0) -> Counts:
    """Two linked tables with all their margins: the row totals of the first are those of the second.

    `knowing`: words beside them (`stated`) are part of what is published. `after` so many releases some have joined.
    """
    random, joining = np.random.default_rng(seed), np.random.default_rng(seed + 10**6)
    rows, columns, others = random.integers(3, 6), random.integers(3, 5), random.integers(2, 4)
    mean = random.choice([4.0, 10.0, 25.0])
    body = random.negative_binomial(2, 2 / (2 + mean), (rows, columns))
    split = np.array([random.multinomial(total, random.dirichlet(np.ones(others))) for total in body.sum(axis=1)])
    for _ in range(after):
        more = (joining.random() < JOINED) * joining.integers(10, 30, body.shape)
        body, split = body + more, split + [joining.multinomial(n, np.ones(others) / others) for n in more.sum(axis=1)]
    cells, sums = [], []
    for name, table in (("a", body), ("b", split)):
        high, wide = table.shape
        cells += [(f"{name}{i}.{j}", int(table[i, j]), True, False) for i in range(high) for j in range(wide)]
        cells += [(f"{name}.{j}", int(table[:, j].sum()), True, False) for j in range(wide)]
        sums += [(f"row{i}", [f"{name}{i}.{j}" for j in range(wide)]) for i in range(high)]
        sums += [(f"{name}.{j}", [f"{name}{i}.{j}" for i in range(high)]) for j in range(wide)]
        sums += [("all", [f"{name}.{j}" for j in range(wide)])]
    cells += [(f"row{i}", int(total), True, False) for i, total in enumerate(body.sum(axis=1))]
    cells += [("all", int(body.sum()), True, False)]
    said = list(stated(body)) if knowing else []
    return counts(cells, [*sums, ("all", [f"row{i}" for i in range(rows)])], said)


def stated(body: NDArray[np.int64]) -> Iterator[dict[str, int]]:
    """What words beside the table say of each row by the rule of a third: the first count against the second."""
    for i, row in enumerate(body):
        balance, total = 3 * int(row[0] - row[1]), int(row.sum())
        way = 1 if balance >= 0 else -1
        one = {f"a{i}.0": 3 * way, f"a{i}.1": -3 * way}
        if abs(balance) >= total > 0:
            yield {**one, f"row{i}": -1}
        elif total > 0:
            yield {f"a{i}.0": -3 * way, f"a{i}.1": 3 * way, f"row{i}": 1}


def margins(made: Counts, withheld: Mask) -> Mask:
    """Threshold and margins: where a sum has one withheld count, the next smallest of it is withheld too."""
    hidden = withheld.copy()
    lines = [made.matrix[[n]].indices for n in range(made.matrix.shape[0])]
    while True:
        before = hidden.sum()
        for line in lines:
            rest = [cell for cell in line if not hidden[cell] and made.values[cell] > 0]
            if hidden[line].sum() == 1 and rest:
                hidden[min(rest, key=lambda cell: made.values[cell])] = True
        if hidden.sum() == before:
            return hidden


def as_strong(made: Counts, withheld: Mask, rules: Disclosure) -> Mask:
    """Threshold and margins, with the next smallest count of a pinned count's sums withheld until none is pinned."""
    hidden = withheld.copy()
    lines = [made.matrix[[n]].indices for n in range(made.matrix.shape[0])]
    while True:
        found = attack(made, hidden, rules, hidden & small(made, rules))
        pinned = made.cells.index.get_indexer(found.loc[found["pinned"], "cell"])
        rest = {c for cell in pinned for line in lines if cell in line for c in line}
        rest = {cell for cell in rest if not hidden[cell] and made.values[cell] > 0}
        rest = rest or {cell for cell in range(len(hidden)) if not hidden[cell] and made.values[cell] > 0}
        if not len(pinned) or not rest:
            return hidden
        hidden[min(rest, key=lambda cell: made.values[cell])] = True
        hidden = margins(made, hidden)


def narrower(matrix: Any, cell: int, low: Vector, high: Vector, least: float, below: int) -> bool:
    """Whether a withheld small count cannot be anything from `least` to one below the rule."""
    ends = bounds(matrix, cell, low, high)
    return ends[0] > least or ends[1] < below - 1


def known(made: Counts, withheld: Mask, rules: Disclosure) -> tuple[Vector, Vector]:
    """What is printed of every count, as ranges."""
    step, value = rules.round_to, made.values
    low, high = ranges((value + step // 2) // step * step, value == 0, rules)
    printed = made.cells["printed"].to_numpy(bool) & ~withheld
    return np.where(printed, np.minimum(low, value), 0), np.where(printed, high, np.inf)


def of_a_pair(seed: int, made: Counts, withheld: Mask, rules: Disclosure) -> tuple[int, int]:
    """Small counts that somebody of one of three to eight pairs, who knows its part of every cell, has narrower, and
    those of them that are told exactly.
    """
    random = np.random.default_rng(seed + 2 * 10**6)
    own, share = np.zeros(len(withheld)), 1 / random.integers(3, 9)
    for place, name in enumerate(made.cells.index):
        if name[0] == "a" and name[1].isdigit():
            own[place] = random.binomial(int(made.values[place]), share)
            for total in (f"row{name[1]}", f"a.{name[-1]}", "all"):  # who knows the parts knows their sum
                own[made.cells.index.get_loc(total)] += own[place]
    low, high = known(made, withheld, rules)
    low, little = np.maximum(low, own), np.flatnonzero(small(made, rules) & withheld)
    least = np.maximum(1, own)
    closer = [c for c in map(int, little) if narrower(made.matrix, c, low, high, least[c], rules.suppress_below)]
    ends = [bounds(made.matrix, c, low, high) for c in closer]
    return len(closer), sum(lowest == highest for lowest, highest in ends)


def chain(seed: int, rules: Disclosure) -> tuple[bool, int]:
    """Whether three releases are refused as a chain; small counts that they narrow where they are not.

    The second is told by an attacker of its own: that nobody left, in one system, without the code under test.
    """
    made = [release(seed, knowing=False, after=after) for after in range(CHAIN)]
    hidden = [protect(one, rules) for one in made]
    told = [known(one, mask, rules) for one, mask in zip(made, hidden, strict=True)]
    frames = [
        pd.DataFrame({"low": low, "high": high, "withheld": mask}, one.cells.index)
        for one, (low, high), mask in zip(made, told, hidden, strict=True)
    ]
    sums = [
        (str(of.loc[of["weight"] < 0, "cell"].iloc[0]), list(of.loc[of["weight"] > 0, "cell"]))
        for _, of in made[0].relations.groupby("relation")
    ]
    if len(disclosed(frames, sums, rules.suppress_below)):
        return True, 0
    n = len(hidden[0])
    grown = sparse.hstack([sparse.kron(_step(), sparse.eye_array(n)), -sparse.eye_array((CHAIN - 1) * n)])
    within = sparse.hstack([sparse.block_diag([made[0].matrix] * CHAIN), _nothing(made[0], n)])
    joint = sparse.vstack([within, grown]).tocsr()
    low = np.concatenate([*(one for one, _ in told), np.zeros((CHAIN - 1) * n)])
    high = np.concatenate([*(one for _, one in told), np.full((CHAIN - 1) * n, np.inf)])
    cells = [r * n + c for r in range(CHAIN) for c in map(int, np.flatnonzero(small(made[r], rules) & hidden[r]))]
    return False, sum(narrower(joint, cell, low, high, 1, rules.suppress_below) for cell in cells)


def _step() -> Any:
    return sparse.eye_array(CHAIN - 1, CHAIN, k=1) - sparse.eye_array(CHAIN - 1, CHAIN)


def _nothing(made: Counts, n: int) -> Any:
    return sparse.csr_array((CHAIN * made.matrix.shape[0], (CHAIN - 1) * n))


def main(n: int) -> int:
    """Print one line a figure."""
    started = time.process_time()
    insider = exact = unsaid = rest = refused = chained = chains = 0
    total = ours = plain = strong = broken = pinned = guards = worse = naive = little = 0
    for seed in range(n):
        made, (below, step) = release(seed), STRENGTHS[seed % len(STRENGTHS)]
        rules = Disclosure(suppress_below=below, round_to=step)
        chosen = protect(made, rules)
        found = attack(made, chosen, rules)
        pinned += int(found["pinned"].sum())
        guards += int((chosen & ~small(made, rules)).sum())
        counted = release(seed, knowing=False)
        blind = np.zeros(len(chosen), dtype=bool)
        blind[: len(counted.cells)] = wordless = protect(counted, rules)
        naive += int(attack(made, blind, rules, blind & small(made, rules))["pinned"].sum())
        little += int(small(made, rules).sum())
        insider, exact = np.add((insider, exact), of_a_pair(seed, made, chosen, rules))
        unsaid += of_a_pair(seed, counted, wordless, rules)[0]
        rest += of_a_pair(seed, made, made.cells["printed"].to_numpy(bool), rules)[0]
        if seed % CHAINED == 0:
            no, more = chain(seed, rules)
            chains, refused, chained = chains + 1, refused + no, chained + more
        usual = margins(made, small(made, rules))
        broken += bool(attack(made, usual, rules, usual & small(made, rules))["pinned"].any())
        same = as_strong(made, usual, rules)
        printed = made.cells["printed"].to_numpy(bool)
        total += int(printed.sum())
        ours, plain, strong = (
            shown + int((printed & ~hidden).sum()) for shown, hidden in ((ours, chosen), (plain, usual), (strong, same))
        )
        worse += int((~chosen).sum() < (~same).sum())
    print(f"releases: {n}, cells: {total}, withheld beyond the small counts: {guards}")
    print(f"withheld cells that the attack pins, with the words beside the tables: {pinned} (bar: 0)")
    print(f"small counts narrower than the rule where the words are left out of the system: {naive} of {little}")
    print(f"cells shown: {ours / total:.4f} (bar: {strong / total:.4f}, threshold and margins of the same strength)")
    print(f"releases in which less is shown than by threshold and margins of the same strength: {worse}")
    print(f"threshold and margins alone: {plain / total:.4f} shown, but a small count is pinned in {broken} releases")
    print(f"small counts that somebody of a pair can tell exactly: {exact} of {little} (bar: 0)")
    print(f"small counts narrower than the rule to somebody of a pair: {insider} of {little}")
    print(f"the same without the words: {unsaid}; with the words alone, every count withheld: {rest}")
    print(f"chains of {CHAIN} releases refused: {refused} of {chains}")
    print(f"small counts that chains which are not refused narrow: {chained} (bar: 0)")
    print(f"CPU: {time.process_time() - started:.0f} s")
    return int(pinned > 0 or exact > 0 or chained > 0 or ours < strong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
