"""How a codebook came about: which codes were added, renamed, merged, split or dropped, in which version, and why.

Codings with a former code are recoded by these rules: a code that was renamed or merged becomes the new one. What was
split has to be coded again, for no rule can know which part was meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from buddy_eval.base.errors import nearest
from buddy_eval.base.numbers import many
from buddy_eval.base.yaml_nodes import Book, Node

KEYS = ("version", "change", "from", "to", "why")
MANY = 99
KINDS = {  # how many codes there may be before and after
    "added": ((0, 0), (1, MANY)),
    "renamed": ((1, 1), (1, 1)),
    "merged": ((2, MANY), (1, 1)),
    "split": ((1, 1), (2, MANY)),
    "dropped": ((1, MANY), (0, 0)),
}


@dataclass(frozen=True)
class Change:
    """One change of the codes: in which version, what kind, the codes before and after, and why."""

    version: str
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Former:
    """What becomes of codings with former codes: their new code, or the changes that split or dropped the code."""

    recoded: dict[str, str]
    split: dict[str, Change]
    dropped: dict[str, Change]

    @property
    def names(self) -> set[str]:
        """All former codes."""
        return {*self.recoded, *self.split, *self.dropped}


def load_history(book: Book, node: Node, codes: Iterable[str]) -> tuple[Change, ...]:
    """Read the changes of a codebook, oldest first; what does not fit its codes is a fault of the book."""
    now, changes = set(codes), list[tuple[Node, Change]]()
    for row in book.rows(node, "history"):
        keys = book.mapping(row, KEYS, "a change")
        version, kind, why = (book.text(keys, key, row) for key in ("version", "change", "why"))
        before, after = (
            tuple(str(each.value) for each in book.rows(keys[key], key)) if key in keys else ()
            for key in ("from", "to")
        )
        if kind not in KINDS:
            book.fault(row, f"change {kind!r} is not known", nearest(kind, KINDS))
            continue
        for key, named, (least, most) in zip(("from", "to"), (before, after), KINDS[kind], strict=True):
            if not least <= len(named) <= most:
                asked = f"{least} or more codes" if most == MANY else many(most, "code")
                book.fault(row, f"{kind} {key} names {len(named)} codes", f"name {asked} under {key}")
        changes.append((row, Change(version, kind, before, after, why)))
    later = set[str]()
    for row, change in reversed(changes):
        for code in set(change.after) - now - later:
            book.fault(row, f"{change.kind} to {code!r}, which is not in the codebook", nearest(code, now))
        for code in (set(change.before) - (set(change.after) if change.kind == "merged" else set())) & now:
            book.fault(row, f"{change.kind} code {code!r} is still in the codebook", "give the new code another id")
        later |= set(change.before)
    return tuple(change for _, change in changes)


def former(changes: Iterable[Change]) -> Former:
    """Return what becomes of former codes, followed through all later changes.

    >>> history = [Change("2", "merged", ("A", "B"), ("B",), ""), Change("3", "renamed", ("B",), ("C",), "")]
    >>> former(history).recoded
    {'A': 'C', 'B': 'C'}
    """
    fate = Former({}, {}, {})
    for change in changes:
        for old, new in list(fate.recoded.items()):
            if new in change.before and new not in change.after:
                _moved(fate, old, change)
        for code in change.before:
            if code not in change.after:
                _moved(fate, code, change)
    return fate


def _moved(fate: Former, code: str, change: Change) -> None:
    fate.recoded.pop(code, None)
    if change.kind in ("renamed", "merged"):
        fate.recoded[code] = change.after[0]
    elif change.kind in ("split", "dropped"):
        (fate.split if change.kind == "split" else fate.dropped)[code] = change
