"""Interviews across pairs: codes counted by people, and the framework matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from buddy_eval.schemas import conform, empty
from buddy_eval.schemas.results import CODE_COUNTS, FRAMEWORK

UNRECORDED = "unrecorded"
DIRECTIONS = ("enabler", "barrier", "mixed", "neutral", UNRECORDED)


def direction(valences: pd.Series) -> str:
    """Return the direction of several passages together: the more frequent of enabler and barrier.

    Passages as often enabling as hindering, or mixed in themselves, make ``mixed``; without either, ``neutral``; where
    no passage has a valence nobody knows, and it is ``unrecorded``.

    >>> direction(pd.Series(["enabler", "barrier", "barrier", None])), direction(pd.Series([None, None]))
    ('barrier', 'unrecorded')
    """
    counts = Counter(valences.dropna().tolist())
    if not set(counts) - {UNRECORDED}:
        return UNRECORDED
    enabler, barrier = counts["enabler"], counts["barrier"]
    if enabler != barrier:
        return "enabler" if enabler > barrier else "barrier"
    return "mixed" if enabler or counts["mixed"] else "neutral"


def raised(consensus: pd.DataFrame, units: pd.DataFrame, codes: pd.DataFrame, by: str = "code") -> pd.DataFrame:
    """Who raised which code (or theme) in interviews: one row a person and code.

    Columns: participant, pair, side, `by`, n_mentions, direction.
    """
    spoken = units.loc[units["channel"] == "interview", ["unit", "participant", "pair", "side"]]
    present = consensus[consensus["present"]].merge(spoken, on="unit").merge(codes[["code", "theme"]], on="code")
    keys = ["participant", "pair", "side", by]
    present["valence"] = present["valence"].astype("object")  # read a few at a time, and often
    grouped = present.dropna(subset=[by]).groupby(keys, sort=True)["valence"]
    counted = grouped.agg(n_mentions="size", direction=direction).reset_index()
    return counted.astype({"direction": "str"})


def asked(units: pd.DataFrame, sources: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """Who was asked about which theme: participant, pair, side, theme, asked.

    Where nobody wrote down what an interview asked, `asked` is taken to be true: no silence is made up.
    """
    spoken = units[(units["channel"] == "interview") & units["codable"].astype(bool)]
    people = spoken[["participant", "pair", "side", "source"]].drop_duplicates()
    people = people.merge(sources[["source", "asked"]], on="source").merge(themes[["theme"]], how="cross")
    listed = [
        pd.isna(topics) or theme in {part.strip() for part in topics.split(";")}
        for topics, theme in zip(people["asked"], people["theme"], strict=True)
    ]
    keys = ["participant", "pair", "side", "theme"]
    return people.assign(asked=listed).groupby(keys)["asked"].any().reset_index()


def code_counts(mentions: pd.DataFrame, topics: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Count every code by participants, for each side and for all, with exact (Clopper-Pearson) intervals.

    Parameters
    ----------
    mentions : from `raised`, by code.
    topics : from `asked`.
    codes : the codebook's codes; those that nobody raised are counted too.

    Returns
    -------
    The frame `code_counts`. Someone who raised a code unasked counts among those asked.
    """
    if topics.empty:
        return empty(CODE_COUNTS)
    rows = []
    for side in [*sorted(topics["side"].unique()), "all"]:
        ours = mentions if side == "all" else mentions[mentions["side"] == side]
        people = topics if side == "all" else topics[topics["side"] == side]
        for code, theme in zip(codes["code"], codes["theme"], strict=True):
            about = ours[ours["code"] == code]
            heard = people if pd.isna(theme) else people[(people["theme"] == theme) & people["asked"]]
            could = heard["participant"]
            counts = about["direction"].value_counts()
            row = {
                "code": code,
                "theme": theme,
                "side": side,
                "n_participants": about["participant"].nunique(),
                "n_asked": len(set(could) | set(about["participant"])),
                "n_mentions": int(about["n_mentions"].sum()),
                **{name: int(counts.get(name, 0)) for name in DIRECTIONS},
            }
            rows.append(row)
    counted = pd.DataFrame(rows)
    low, high = exact_interval(counted["n_participants"], counted["n_asked"])
    share = counted["n_participants"] / counted["n_asked"].where(counted["n_asked"] > 0)
    return conform(counted.assign(share=share, ci_low=low, ci_high=high), CODE_COUNTS)


def theme_counts(mentions: pd.DataFrame, topics: pd.DataFrame, themes: Iterable[str]) -> pd.DataFrame:
    """Count for every theme and side the people asked, those who raised it, and their directions.

    Parameters
    ----------
    mentions : from `raised`, by theme.
    topics : from `asked`.
    themes : ids, in the order wanted.

    Returns
    -------
    Index theme, side; asked, raised, enabler, barrier, mixed, neutral, unrecorded. Someone who raised a theme unasked
    counts among those asked; the last five sum to raised.
    """
    rows = []
    for theme in themes:
        for side in sorted(topics["side"].unique()):
            people = mentions[(mentions["theme"] == theme) & (mentions["side"] == side)]
            could = topics[(topics["theme"] == theme) & (topics["side"] == side)]
            heard = set(could.loc[could["asked"], "participant"]) | set(people["participant"])
            counts = people["direction"].value_counts()
            rows.append((theme, side, len(heard), len(people), *(int(counts.get(name, 0)) for name in DIRECTIONS)))
    counted = pd.DataFrame(rows, columns=["theme", "side", "asked", "raised", *DIRECTIONS])
    return counted.set_index(["theme", "side"]).astype("int64")


def framework(mentions: pd.DataFrame, topics: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """The framework matrix: pair x side x code; an empty cell says whether it was not raised or not asked."""
    if topics.empty:
        return empty(FRAMEWORK)
    cells = topics[["pair", "side"]].drop_duplicates().merge(codes.dropna(subset=["theme"]), how="cross")
    where = ["pair", "side"]
    people = topics.groupby(where)["participant"].nunique().rename("n_interviewed")
    heard = topics[topics["asked"]].groupby([*where, "theme"])["participant"].nunique().rename("n_asked")
    grouped = mentions.groupby([*where, "code"])
    counts = grouped.agg(n_participants=("participant", "nunique"), direction=("direction", direction))
    matrix = cells.join(people, on=where).join(heard, on=[*where, "theme"]).join(counts, on=[*where, "code"])
    matrix[["n_asked", "n_participants"]] = matrix[["n_asked", "n_participants"]].fillna(0)
    cell = matrix["n_asked"].map(lambda n: "not raised" if n else "not asked")
    return conform(matrix.assign(cell=cell.where(matrix["n_participants"] == 0, "raised")), FRAMEWORK)


def exact_interval(hits: pd.Series, n: pd.Series, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """Clopper-Pearson interval of a share; missing where `n` is 0.

    Source: Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    from scipy.special import betainccinv, betaincinv

    had, rest, tail = hits.astype("float64"), (n - hits).astype("float64"), (1 - level) / 2
    low = pd.Series(betaincinv(had, rest + 1, tail), hits.index).where(had > 0, 0.0)
    high = pd.Series(betainccinv(had + 1, rest, tail), hits.index).where(rest > 0, 1.0)
    return low.where(n > 0), high.where(n > 0)
