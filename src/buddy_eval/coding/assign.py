"""Who codes what: every interview to one coder, a share of them to two, spread over the study and even in length.

Which interviews two people code is drawn by minimisation (Pocock and Simon 1975): each time one whose pair, side and
wave have the smallest share of their words coded twice, by lot where several are alike. Then the longest come first,
each to the coder with the fewest words so far (Graham 1969), and those that two code to two who share the fewest.

Sources: Pocock and Simon (1975), Biometrics 31; Graham (1969), SIAM Journal on Applied Mathematics 17.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.clean.comments import assigned_as
from buddy_eval.clean.impossible import plain_name

MARGINS = ("pair", "side", "wave")
ROWS = ("source_id", "coder", "role")
Barred = Collection[tuple[str, str]]


def to_code(units: pd.DataFrame, *, comments: bool = False) -> pd.DataFrame:
    """Return what a plan needs of every interview: source, pair, side, wave, and the words that can be coded.

    With `comments` also of the comments of every file and pair, which are assigned together.
    """
    said = units[units["codable"].astype(bool) & (comments | (units["channel"] == "interview"))]
    words = said["text"].map(lambda text: len(text.split()))
    side = said["side"].where(said["channel"] == "interview", "comments")
    grouped = said.assign(words=words, side=side, source=assigned_as(said)).groupby("source", as_index=False)
    return grouped.agg(pair=("pair", "first"), side=("side", "first"), wave=("wave", "first"), words=("words", "sum"))


def barred(
    unseen: Mapping[str, Collection[str]], units: pd.DataFrame, pairs: pd.DataFrame, trusts: pd.DataFrame
) -> set[tuple[str, str]]:
    """Return (coder, source) of what coders may not see: all that is said of a pair in which their trusts take part.

    Whoever works for a trust sees neither what its people say nor what its partner's people say about it. A trust is
    named by its code or name, without regard to case, blanks and "NHS Trust", and is known under all codes that it had
    before or after a merger; a pair may be named itself.

    Raises
    ------
    BuddyError : neither a pair nor a trust of one; the nearest is named.
    """
    apart = set()
    of_pairs = {plain_name(pair): pair for pair in pairs["pair"]}
    of_trusts = dict(zip(trusts["name"].map(plain_name), trusts["ods"], strict=True))
    for code in (*trusts["ods"], *pairs["supporter"].dropna(), *pairs["receiver"].dropna()):
        of_trusts[plain_name(code)] = code
    for coder, called in unseen.items():
        for name in called:
            names = _alike(of_trusts.get(plain_name(name), name), trusts)
            named = pairs["pair"] == of_pairs.get(plain_name(name))
            theirs = pairs.loc[named | pairs["supporter"].isin(names) | pairs["receiver"].isin(names), "pair"]
            if theirs.empty:
                known = [*pairs["pair"], *trusts["ods"], *trusts["name"]]
                raise BuddyError(f"{name!r}, which {coder} may not see, is no pair and in none; {nearest(name, known)}")
            apart |= {(coder, source) for source in assigned_as(units[units["pair"].isin(theirs)]).unique()}
    return apart


def assign(
    sources: pd.DataFrame,
    kept: pd.DataFrame,
    coders: Sequence[str],
    *,
    seed: int,
    share: float = 0.2,
    unseen: Barred = (),
) -> pd.DataFrame:
    """Plan who codes what; earlier assignments are kept, and only what is missing is added.

    Parameters
    ----------
    sources : source, pair, side, wave, words: one row an interview. kept : source_id, coder, role: the assignments
        there are. coders : who codes in this round. share : of the interviews and of the words, how much two people
        code. unseen : (coder, source) that may not be.

    Returns
    -------
    source_id, coder, role: the rows to add. The same seed gives the same plan, whatever the order of the rows.

    Raises
    ------
    BuddyError : an interview that nobody may code, a share that cannot be reached, an earlier assignment that may not
        be.

    >>> two = pd.DataFrame({"source": ["a", "b"], "pair": "P", "side": "receiver", "wave": 1, "words": [900, 100]})
    >>> none = pd.DataFrame(columns=["source_id", "coder", "role"])
    >>> assign(two, none, ["KM", "RA"], seed=1, share=0).to_numpy().tolist()
    [['a', 'KM', 'lead'], ['b', 'RA', 'lead']]
    """
    if wrong := sorted({*zip(kept["coder"], kept["source_id"], strict=True)} & set(unseen)):
        raise BuddyError(f"coder {wrong[0][0]} is assigned {wrong[0][1]!r} already, and may not see it")
    random = np.random.default_rng(seed)
    rows = sources.sort_values("source", ignore_index=True)
    rows = rows.assign(lot=random.permutation(len(rows)))
    held = {str(source): dict[str, str]() for source in rows["source"]}
    for source, coder, role in kept[kept["role"] != "adjudicator"][list(ROWS)].itertuples(index=False, name=None):
        if source in held:
            held[source][coder] = role
    may = {source: [coder for coder in coders if (coder, source) not in unseen] for source in held}
    if alone := [source for source in held if not held[source] and not may[source]]:
        raise BuddyError(f"nobody may code {alone[0]!r}: name another coder")
    twice = _twice(rows, held, may, share)
    order = rows.assign(second=~rows["source"].isin(twice))
    order = order.sort_values(["second", "words", "lot"], ascending=[True, False, True])
    place = {coder: int(number) for coder, number in zip(coders, random.permutation(len(coders)), strict=True)}
    load, shared, added = Counter[str](), Counter[frozenset[str]](), list[tuple[str, str, str]]()
    for source, words in zip(order["source"], order["words"], strict=True):
        have = held[source]
        while len(have) < (2 if source in twice else 1):
            others = [coder for coder in may[source] if coder not in have]
            first = next(iter(have), "")
            coder = min(others, key=lambda one: (shared[frozenset((one, first))] * bool(first), load[one], place[one]))
            have[coder] = "second" if "lead" in have.values() else "lead"
            load[coder] += words
            shared[frozenset((coder, first))] += 1
            added.append((source, coder, have[coder]))
    return pd.DataFrame(sorted(added), columns=list(ROWS))


def planned(sources: pd.DataFrame, kept: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Lay a plan out for people: one row an interview with its pair, side, wave, words and coders; `new` counts rows.

    Returns
    -------
    source, pair, side, wave, words, lead, second, adjudicator (names, separated by commas), new.
    """
    every = pd.concat([kept.assign(new=0), added.assign(new=1)])
    names = every.pivot_table(index="source_id", columns="role", values="coder", aggfunc=lambda who: ", ".join(who))
    names = names.reindex(columns=["lead", "second", "adjudicator"]).astype("str").fillna("")
    new = every.groupby("source_id")["new"].sum().rename("new")
    laid = sources.set_index("source").join(names).join(new)
    laid = laid.fillna({"lead": "", "second": "", "adjudicator": "", "new": 0}).astype({"new": int})
    return laid.reset_index().sort_values(["pair", "side", "wave", "source"], ignore_index=True)


def _twice(
    rows: pd.DataFrame, held: Mapping[str, dict[str, str]], may: Mapping[str, list[str]], share: float
) -> set[str]:
    """The interviews that two people code: those that have two already, and as many more as the share asks for."""
    twice = {source for source, coders in held.items() if len(coders) > 1}
    free = {source for source in held if len({*held[source], *may[source]}) > 1 and source not in twice}
    doubled = np.array(rows["source"].isin(twice), bool)
    words = np.array(rows["words"], float)
    margins = [pd.factorize(rows[name].astype("str"))[0] for name in MARGINS]
    while doubled.sum() < share * len(rows) or words[doubled].sum() < share * words.sum():
        open_ = rows["source"].isin(free).to_numpy(bool) & ~doubled
        if not open_.any():
            reached = min(doubled.mean(), words[doubled].sum() / words.sum())
            raise BuddyError(f"two people can code {reached:.0%} of the interviews at most; name another coder")
        need = np.zeros(len(rows))
        for level in margins:
            total, done = np.bincount(level, words), np.bincount(level, words * doubled)
            need += (done / np.maximum(total, 1))[level]
        need[~open_] = np.inf
        ties = np.flatnonzero(need <= need.min() + 1e-9)
        doubled[ties[np.argmin(rows["lot"].to_numpy()[ties])]] = True
    return set(rows.loc[doubled, "source"])


def _alike(code: str, trusts: pd.DataFrame) -> set[str]:
    """All codes of one trust: its own, those that were merged into it, and what it was merged into."""
    names, before = {code}, set[str]()
    while names != before:
        before = set(names)
        near = trusts[trusts["ods"].isin(names) | trusts["successor"].isin(names)]
        names |= {*near["ods"], *near["successor"].dropna()}
    return names
