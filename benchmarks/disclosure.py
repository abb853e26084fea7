"""Generate releases with small cells, protect them, attack them; threshold-and-margins suppression beside it.

Run: python benchmarks/disclosure.py [N]. Prints what is pinned and how much is shown; exits 1 where a bar is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from buddy_eval.disclose.suppression import Counts, Mask, attack, counts, protect, small
from buddy_eval.study.settings import Disclosure

STRENGTHS = [(8, 1), (8, 5), (5, 1), (10, 1)]


def release(seed: int, *, knowing: bool = True) -> Counts:
    """Two linked tables with all their margins: the row totals of the first are those of the second.

    `knowing`: words beside them (`stated`) are part of what is published.
    """
    random = np.random.default_rng(seed)
    rows, columns, others = random.integers(3, 6), random.integers(3, 5), random.integers(2, 4)
    mean = random.choice([4.0, 10.0, 25.0])
    body = random.negative_binomial(2, 2 / (2 + mean), (rows, columns))
    split = [random.multinomial(total, random.dirichlet(np.ones(others))) for total in body.sum(axis=1)]
    cells, sums = [], []
    for name, table in (("a", body), ("b", np.array(split))):
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


def main(n: int) -> int:
    """Print one line a figure."""
    started = time.process_time()
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
        blind[: len(counted.cells)] = protect(counted, rules)
        naive += int(attack(made, blind, rules, blind & small(made, rules))["pinned"].sum())
        little += int(small(made, rules).sum())
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
    print(f"CPU: {time.process_time() - started:.0f} s")
    return int(pinned > 0 or ours < strong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
