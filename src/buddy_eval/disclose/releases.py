"""Several releases of one study, attacked together: what their difference tells of few people.

Every count of every release is a variable of the same linear system (see `suppression`), and so is its change from one
release to the next. Of a change a reader assumes the least that fits what is printed: that nothing changed, else that
people were only added, else only taken out. Cells that hang together by sums are judged apart from all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from buddy_eval.disclose.sums import Vector
from buddy_eval.disclose.suppression import Mask, bounds, feasible

STEPS: Mapping[str, tuple[float, float]] = {
    "same": (0, 0),
    "added": (0, np.inf),
    "removed": (-np.inf, 0),
    "any": (-np.inf, np.inf),
}


def disclosed(
    chain: Sequence[pd.DataFrame],
    sums: Iterable[tuple[str, Sequence[str]]],
    below: int,
    stated: Mapping[str, Mapping[str, int]] | None = None,
) -> pd.DataFrame:
    """Find the counts that several releases tell together though none of them does alone.

    `chain` holds one frame a release in order of time, all with the same index cell: low, high (the range that the
    release leaves) and withheld. `sums` names a total and its parts; a part
    that no frame holds may be any number. `stated` gives cells that are no counts but weighted sums of some, which
    words bound. Returns cell, release (place in the chain), change: false where a withheld
    count is bounded more closely than in its own release and than 1 to `below` - 1; true where the change since the
    release before is known to be of few people, more closely than that.

    The first release withholds a and b, the second a and the total; nobody joined. Each alone is safe.

    >>> columns = ["low", "high", "withheld"]
    >>> names, hidden = pd.Index(["a", "b", "all"], name="cell"), [0, np.inf, True]
    >>> chain = [
    ...     pd.DataFrame([hidden, hidden, [12, 12, False]], index=names, columns=columns),
    ...     pd.DataFrame([hidden, [9, 9, False], hidden], index=names, columns=columns),
    ... ]
    >>> disclosed(chain, [("all", ["a", "b"])], 8).to_dict("list")
    {'cell': ['a', 'a'], 'release': [0, 1], 'change': [False, False]}
    """
    names = list(chain[0].index)
    matrix, extra = _web(names, sums, stated or {})
    free = np.array([*(name in (stated or {}) for name in names), *[False] * extra])
    known = [_ends(frame, extra) for frame in chain]
    rows: list[tuple[str, int, bool]] = []
    parts = connected_components(abs(matrix).T @ abs(matrix), directed=False)[1]
    hidden = [frame["withheld"].to_numpy(bool) for frame in chain]
    for part in np.unique(parts):
        here = np.flatnonzero(parts == part)
        ends = [(low[here], high[here]) for low, high in known]
        if all(np.array_equal(ends[0], later) for later in ends[1:]):
            continue
        inside = here[here < len(names)]
        secret = [flags[inside] for flags in hidden]
        system = matrix[np.unique(matrix[:, here].nonzero()[0])][:, here]
        attacked = _attacked(system, ends, secret, free[here], below - 1)
        rows += [(names[inside[place]], release, change) for place, release, change in attacked]
    return pd.DataFrame(rows, columns=["cell", "release", "change"])


def _web(
    names: list[str], sums: Iterable[tuple[str, Sequence[str]]], stated: Mapping[str, Mapping[str, int]]
) -> tuple[Any, int]:
    """The sums as a sparse matrix (sums, cells), and how many cells there are that no release prints."""
    place, rows = {name: n for n, name in enumerate(names)}, []
    weighted = [{total: -1, **dict.fromkeys(parts, 1)} for total, parts in sums]
    weighted += [{name: -1, **weights} for name, weights in stated.items()]
    for number, relation in enumerate(weighted):
        for name, weight in relation.items():
            rows.append((number, place.setdefault(name, len(place)), float(weight)))
    lines, columns, weights = zip(*rows, strict=True) if rows else ((), (), ())
    shape = (max(lines, default=-1) + 1, len(place))
    return sparse.csr_array((weights, (lines, columns)), shape=shape), len(place) - len(names)


def _ends(frame: pd.DataFrame, extra: int) -> tuple[Vector, Vector]:
    low, high = (frame[name].to_numpy("float64") for name in ("low", "high"))
    return np.concatenate([low, np.zeros(extra)]), np.concatenate([high, np.full(extra, np.inf)])


def _attacked(
    matrix: Any,
    ends: list[tuple[Vector, Vector]],
    secret: list[Mask],
    free: Mask,
    top: int,
) -> Iterator[tuple[int, int, bool]]:
    """What one part of the system tells: place of the cell, release, whether its change."""
    if not all(feasible(matrix, low, high) for low, high in ends):
        matrix = matrix[:0]  # an earlier release that other sums held for: each count alone
    n, last = matrix.shape[1], len(ends) - 1
    steps = [next(step for step in STEPS if _fits(matrix, ends[r : r + 2], [step], free)) for r in range(last)]
    if not _fits(matrix, ends, steps, free):
        steps = next([step] * last for step in ("added", "removed", "any") if _fits(matrix, ends, [step] * last, free))
    joint, low, high = _joined(matrix, ends, steps, free)
    for release, mask in enumerate(secret):
        for cell in map(int, np.flatnonzero(mask)):
            alone = bounds(matrix, cell, *ends[release])
            now = bounds(joint, release * n + cell, low, high)
            narrower = now[0] > alone[0] or now[1] < alone[1]
            if narrower and now[0] <= top and now[1] >= 1 and (now[0] > 1 or now[1] < top):
                yield cell, release, False
    for step in range(last):
        for cell in map(int, np.flatnonzero(~free[: len(secret[0])])):
            ways = bounds(joint, (last + 1 + step) * n + cell, low, high)
            least, most = min(map(abs, ways)), max(map(abs, ways))
            if ways[0] * ways[1] > 0 and most <= top and (least, most) != (1, top):
                yield cell, step + 1, True


def _fits(matrix: Any, ends: list[tuple[Vector, Vector]], steps: list[str], free: Mask) -> bool:
    return feasible(*_joined(matrix, ends, steps, free))


def _joined(matrix: Any, ends: list[tuple[Vector, Vector]], steps: list[str], free: Mask) -> tuple[Any, Vector, Vector]:
    """One system of all releases and of the changes between them: each later count is the one before and its change."""
    n, releases = matrix.shape[1], len(ends)
    sums = sparse.block_diag([matrix] * releases)
    ahead = sparse.eye_array(releases - 1, releases, k=1) - sparse.eye_array(releases - 1, releases)
    one = sparse.eye_array(n)
    links = sparse.hstack([sparse.kron(ahead, one), -sparse.eye_array((releases - 1) * n)])
    joint = sparse.vstack([sparse.hstack([sums, sparse.csr_array((sums.shape[0], (releases - 1) * n))]), links])
    changes = [[np.where(free, STEPS["any"][end], STEPS[step][end]) for step in steps] for end in (0, 1)]
    low, high = (np.concatenate([*(pair[end] for pair in ends), *changes[end]]) for end in (0, 1))
    return joint.tocsr(), low, high
