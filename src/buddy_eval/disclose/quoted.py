"""The quotes that readers may see, as one view of many tables: who shows them depends on them, not on every word."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from buddy_eval.disclose import rules as disclosure
from buddy_eval.pipeline import processed
from buddy_eval.study.settings import Study

QUOTES = "quotes"  # the name by which the view is recorded
TABLES = ("approvals", "sources", "units", "participants", "consensus", "codes")


def quoted_in(study: Study, profile: str) -> pd.DataFrame:
    """Return `quoted` of a study's tables, worked out once for the readers of all pairs while the files stand."""
    with processed.as_view(QUOTES):
        return _quoted_in(profile, *(processed.stamped(study, name) for name in TABLES)).copy()


@lru_cache(maxsize=4)
def _quoted_in(profile: str, *files: tuple[Path, int, int, int]) -> pd.DataFrame:
    tables = {path.stem: pd.read_parquet(path) for path, *_ in files}
    return quoted(tables.__getitem__, profile)


def quoted(read: Callable[[str], pd.DataFrame], profile: str) -> pd.DataFrame:
    """Return all quotes that readers may see, with theme and code, in turn."""
    with processed.as_view(QUOTES):
        units, people, consensus = read("units"), read("participants"), read("consensus")
        shown = disclosure.visible_quotes(read("approvals"), read("sources"), units, people, consensus, profile)
        names = disclosure.attribution(shown, people, profile, disclosure.LEAST_POSTS[profile])
        shown = shown.assign(attribution=names)
        coded = consensus[consensus["present"]].merge(units[["unit", "source"]], on="unit")
        coded = coded.merge(read("codes")[["code", "theme"]], on="code").dropna(subset=["theme"])
        quoted = under_codes(shown, coded).drop_duplicates(["source", "start", "end", "theme"])
        columns = ["quote", "attribution", "pair", "side", "theme", "code", "valence"]
        turn = quoted.sort_values(["source", "start"]).groupby("participant").cumcount()
        return quoted.assign(turn=turn).sort_values(["turn", "source", "start"])[columns]


def under_codes(quotes: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each code on each quote, in whole or in part; both frames have source, start and end."""
    both = quotes.merge(coded, on="source", suffixes=("", "_coded"))
    return both[(both["start_coded"] < both["end"]) & (both["end_coded"] > both["start"])]
