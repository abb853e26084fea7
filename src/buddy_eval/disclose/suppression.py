"""Withheld counts, attacked as a reader would with everything that is published, and protected by optimisation.

Every table of a release is one system: each count a variable, each sum that a reader knows a linear equation.
What is shown bounds its variable (a rounded count: by what rounds to it); what is withheld may be anything, for a
zero may be withheld to hide others. A linear programme then gives the lowest and the highest value that a withheld
count can have.

Source: Fischetti and Salazar-González, Management Science 47 (2001) 1008-1027, for the attacker's problem;
Kelly, Golden and Assad, Networks 22 (1992) 397-417, for protecting one cell after another by linear programming.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize
from scipy.sparse import diags_array, hstack
from scipy.sparse.csgraph import connected_components

from buddy_eval.base.errors import Fault, refuse
from buddy_eval.disclose.sums import Counts, Vector, counts
from buddy_eval.disclose.witnesses import Witnesses
from buddy_eval.study.settings import Disclosure

__all__ = ["Counts", "Mask", "attack", "bounds", "counts", "feasible", "protect", "ranges", "refuse_pinned", "small"]

Mask = NDArray[np.bool_]
SLACK = 1e-6  # of a person: how far from a whole number the solver may end


def small(counts: Counts, rules: Disclosure) -> Mask:
    """Tell which printed counts are below the rule: 1 to `suppress_below` - 1."""
    value = counts.values
    asked = counts.cells["printed"].to_numpy(bool) & ~counts.cells["exact"].to_numpy(bool)
    few: Mask = asked & (value > 0) & (value < rules.suppress_below)
    return few


def attack(counts: Counts, withheld: Mask, rules: Disclosure, targets: Mask | None = None) -> pd.DataFrame:
    """Bound every withheld count from everything that is published.

    Returns one row a withheld printed count: cell, value, low, high, pinned. It is pinned where its bounds leave
    less than its rule asks: a small one must be able to be anything from 1 to `suppress_below` - 1; any other one
    at least two values. The bounds are those of the linear relaxation, drawn in to whole numbers.

    Two cells with a known total: hiding one of them hides nothing.

    >>> three = counts([("a", 3, True, False), ("b", 9, True, False), ("all", 12, True, False)], [("all", ["a", "b"])])
    >>> rules = Disclosure(suppress_below=8, round_to=1)
    >>> attack(three, small(three, rules), rules)[["low", "high", "pinned"]].values.tolist()
    [[3.0, 3.0, True]]
    """
    chosen = withheld & counts.cells["printed"].to_numpy(bool) if targets is None else targets
    low, high = _ranges(counts, withheld, rules)
    little = small(counts, rules)
    rows = []
    for cell in map(int, np.flatnonzero(chosen)):
        ends = bounds(counts.matrix, cell, low, high)
        pinned = _pinned(ends, bool(little[cell]), rules)
        rows.append((counts.cells.index[cell], int(counts.values[cell]), *ends, pinned))
    return pd.DataFrame(rows, columns=["cell", "value", "low", "high", "pinned"])


def protect(counts: Counts, rules: Disclosure, withheld: Mask | None = None) -> Mask:
    """Choose what to withhold so that the attack pins nothing, and as little more than the small counts as can be.

    `withheld` may name counts that are withheld already. Small counts are protected one after another: a linear
    programme finds the cheapest way in which this count could be 1, and could be `suppress_below` - 1, with all
    sums kept; the counts that would have to change are withheld too. Then every one of these, the largest first, is
    shown again if nothing is pinned by it.

    Raises
    ------
    StudyError : a count stays pinned, because a figure that is always printed gives it away.
    """
    little = small(counts, rules)
    fixed = little.copy() if withheld is None else little | withheld
    chosen, known = fixed.copy(), _spread(counts, fixed, rules)
    for cell in map(int, np.flatnonzero(little)):
        for goal in (1.0, float(rules.suppress_below - 1)):
            chosen |= _moved(counts, cell, goal, chosen, rules, known)
    added = map(int, np.flatnonzero(chosen & ~fixed))
    for guard in sorted(added, key=lambda place: -counts.values[place]):
        fewer = chosen.copy()
        fewer[guard] = False
        if not any(_given_away(counts, fewer, rules, _together(counts, chosen, rules, guard), known)):
            chosen = fewer
    refuse_pinned(counts, chosen, rules, known)
    return chosen


def refuse_pinned(counts: Counts, withheld: Mask, rules: Disclosure, known: Witnesses | None = None) -> None:
    """Refuse a release in which a withheld small count can be worked out; `known` spares what it shows to be possible.

    Raises
    ------
    StudyError : with every pinned count by name, never by value.
    """
    targets = withheld & small(counts, rules)
    names = counts.cells.index[targets]
    pinned = _given_away(counts, withheld, rules, targets, known or Witnesses(counts))
    problem, remedy = "is withheld and can be worked out from what else is published", "withhold more, or say less"
    refuse([Fault(str(cell), 0, problem, remedy) for cell, away in zip(names, pinned, strict=True) if away])


def bounds(matrix: Any, cell: int, low: Vector, high: Vector) -> tuple[float, float]:
    """Return the lowest and the highest whole number that a cell can be: `matrix` times the cells is zero."""
    ends = [_solve(matrix, cell, way, low, high)[0] for way in (1, -1)]
    return float(np.ceil(ends[0] - SLACK)), float(np.floor(ends[1] + SLACK))


def feasible(matrix: Any, low: Vector, high: Vector) -> bool:
    """Tell whether any counts within these ranges keep all sums."""
    if (low > high).any():
        return False
    if not matrix.shape[0]:
        return True
    solution = _programme(np.zeros(len(low)), matrix, np.zeros(matrix.shape[0]), np.column_stack([low, high]))
    return bool(solution.status == 0)


def _pinned(ends: tuple[float, float], little: bool, rules: Disclosure) -> bool:
    if little:
        return ends[0] > 1 or ends[1] < rules.suppress_below - 1
    return ends[1] - ends[0] < 1


def ranges(shown: Vector, zero: Mask, rules: Disclosure) -> tuple[Vector, Vector]:
    """The range that each printed count stands for: a reader knows that it is not small, and how it is rounded.

    >>> low, high = ranges(np.array([0.0, 10, 15]), np.array([True, False, False]), Disclosure())
    >>> low.tolist(), high.tolist()
    ([0.0, 8.0, 13.0], [0.0, 12.0, 17.0])
    """
    low = np.maximum(shown - rules.round_to // 2, max(rules.suppress_below, 1))
    return np.where(zero, 0, low), np.where(zero, 0, shown - rules.round_to // 2 + rules.round_to - 1)


def _ranges(counts: Counts, withheld: Mask, rules: Disclosure) -> tuple[Vector, Vector]:
    """What a reader knows of every count at once."""
    value, step = counts.values, rules.round_to
    printed, exact = (counts.cells[name].to_numpy(bool) for name in ("printed", "exact"))
    low, high = ranges((value + step // 2) // step * step, value == 0, rules)
    low = np.minimum(low, value)
    low, high = np.where(exact, value, low), np.where(exact, value, high)
    low, high = np.where(withheld, 0, low), np.where(withheld, np.inf, high)
    return np.where(printed, low, 0).astype("float64"), np.where(printed, high, np.inf).astype("float64")


def _solve(matrix: Any, cell: int, way: int, low: Vector, high: Vector) -> tuple[float, NDArray[np.intp], Vector]:
    """The lowest (way 1) or highest (way -1) value of a cell; what hangs together with it, and its values then."""
    if not matrix.shape[0]:
        end = float(low[cell] if way > 0 else high[cell])
        return end, np.array([cell]), np.array([end])
    goal = np.zeros(len(low))
    goal[cell] = way
    here, rows = _component(matrix, low, high, cell)
    fixed = np.where(low == high, low, 0.0)
    right = -(matrix[rows] @ fixed)
    solution = _programme(goal[here], matrix[rows][:, here], right, np.column_stack([low[here], high[here]]))
    if solution.status == 3:
        return -way * np.inf, here[:0], np.zeros(0)
    return way * float(solution.fun), here, solution.x


def _programme(cost: Vector, matrix: Any, right: Vector, bounds: Vector) -> Any:
    """Solve a linear programme with HiGHS."""
    solve: Any = optimize.linprog
    return solve(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")


def _component(matrix: Any, low: Vector, high: Vector, cell: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The free cells that a cell hangs together with, and the relations between them; what is known cuts the web."""
    free = low < high
    open_part = abs(matrix) @ diags_array(free.astype("float64")).tocsr()
    component = connected_components(open_part.T @ open_part, directed=False)[1]
    here = np.flatnonzero(free & (component == component[cell]))
    rows = np.flatnonzero(open_part[:, here].sum(axis=1) > 0)
    return here if len(here) else np.array([cell]), rows


def _spread(counts: Counts, withheld: Mask, rules: Disclosure) -> Witnesses:
    """Witnesses in which all small counts together are as low, and as high, as they may seem: most need no more."""
    known, little = Witnesses(counts), small(counts, rules)
    low, high = _ranges(counts, withheld, rules)
    ends = np.column_stack([np.where(little, 1, low), np.where(little, rules.suppress_below - 1, high)])
    for way in (1.0, -1.0) if little.any() else ():
        solution = _programme(np.where(little, way, 0.0), counts.matrix, np.zeros(counts.matrix.shape[0]), ends)
        if solution.status == 0:
            known.add(np.arange(len(low)), solution.x)
    return known


def _moved(counts: Counts, cell: int, goal: float, withheld: Mask, rules: Disclosure, known: Witnesses) -> Mask:
    """The shown counts that have to change, at least cost, for a cell to be `goal`; none where it cannot be."""
    low, high = _ranges(counts, withheld, rules)
    moved = np.zeros(len(low), dtype=bool)
    least, most = known.ends(low, high)
    if least[cell] <= goal <= most[cell]:  # somewhere between two ways that are possible it is `goal`
        return moved
    may = counts.cells["printed"].to_numpy(bool) & ~counts.cells["exact"].to_numpy(bool) & ~withheld
    low[cell] = high[cell] = goal
    here = np.flatnonzero(may)
    wide = counts.matrix[:, here]
    cost = np.concatenate([np.zeros(len(low)), np.tile(1 + counts.values[here] / 1e4, 2)])
    bounds = np.column_stack(
        [
            np.concatenate([low, np.zeros(2 * len(here))]),
            np.concatenate([high, np.full(len(here), np.inf), counts.values[here]]),
        ]
    )
    matrix = hstack([counts.matrix, wide, -wide]).tocsr()
    solution = _programme(cost, matrix, np.zeros(matrix.shape[0]), bounds)
    if solution.status == 0:
        values, (more, less) = solution.x[: len(low)], solution.x[len(low) :].reshape(2, -1)
        moved[here] = more + less > SLACK
        values[here] += more - less
        known.add(np.arange(len(low)), values)
    return moved


def _together(counts: Counts, withheld: Mask, rules: Disclosure, cell: int) -> Mask:
    low, high = _ranges(counts, withheld, rules)
    mask = np.zeros(len(low), dtype=bool)
    mask[_component(counts.matrix, low, high, cell)[0]] = True
    return mask & withheld & small(counts, rules)


def _given_away(counts: Counts, withheld: Mask, rules: Disclosure, targets: Mask, known: Witnesses) -> Iterator[bool]:
    """Tell of each target whether it is pinned; what witnesses show to be possible is not solved for."""
    low, high = _ranges(counts, withheld, rules)
    top = float(rules.suppress_below - 1)
    least, most = known.ends(low, high)
    for cell in map(int, np.flatnonzero(targets)):
        pinned = False
        for way, goal, reached in ((1, 1.0, least), (-1, top, most)):
            if not pinned and way * reached[cell] > way * goal + SLACK:
                no_more = np.where(np.arange(len(high)) == cell, top, high)
                far, here, values = _solve(counts.matrix, cell, way, low, no_more)
                pinned = way * far > way * goal + SLACK
                known.add(here, values)
                least, most = known.ends(low, high)
        yield pinned
