"""The results of a study as one reader may see them; what every notebook begins with."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from buddy_eval import disclosure, pipeline
from buddy_eval.errors import BuddyError, nearest
from buddy_eval.study import PROFILES, Study, find_study, load_study

PROFILE = "BUDDY_EVAL_PROFILE"
PAIR = "BUDDY_EVAL_PAIR"
STUDY = "BUDDY_EVAL_STUDY"


@dataclass(frozen=True)
class Results:
    """The processed tables of a study, seen through a disclosure profile.

    Attributes
    ----------
    study : the study's settings.
    profile : internal, partners or public.
    pair : the pair that a brief is about, or None for the whole study.
    """

    study: Study
    profile: str
    pair: str | None = None

    def table(self, name: str) -> pd.DataFrame:
        """Return one processed table whole; only `tables` and `plots` decide what of it is shown."""
        return pipeline.read(self.study, name)

    @property
    def public(self) -> bool:
        """Whether small counts and everything about a single pair are withheld."""
        return self.profile == "public"

    @cached_property
    def pairs(self) -> list[str]:
        """The pairs that may be shown one by one: all to the team, their own to the partners, none to the public."""
        if self.public:
            return []
        names = list(self.table("pairs")["pair"])
        return names if self.profile == "internal" else [name for name in names if name == self.pair]

    @cached_property
    def themes(self) -> list[str]:
        """The themes in the order of the codebook."""
        return list(self.table("themes").sort_values("position")["theme"])

    @cached_property
    def indicators(self) -> list[str]:
        """The indicators whose charts may be shown: none where no single trust may be."""
        return sorted(self.table("signals")["indicator"].unique()) if self.pairs else []

    def about(self, pair: str) -> Results:
        """Return the same results for the brief of one pair."""
        known = list(self.table("pairs")["pair"])
        if pair not in known:
            raise BuddyError(f"pair {pair!r} is not in this study; {nearest(pair, known)}")
        return replace(self, pair=pair)

    def quotes(self, theme: str | None = None) -> pd.DataFrame:
        """The quotes that may be shown: quote, attribution, pair, side, theme, code, valence; in turn."""
        read = self.table
        units, consensus = read("units"), read("consensus")
        shown = disclosure.visible_quotes(
            read("approvals"), read("sources"), units, read("participants"), consensus, self.profile
        )
        least = 3 if self.profile == "public" else 2
        shown = shown.assign(attribution=disclosure.attribution(shown, read("participants"), self.profile, least))
        coded = consensus[consensus["present"]].merge(units[["unit", "source"]], on="unit")
        coded = coded.merge(read("codes")[["code", "theme", "name"]], on="code").dropna(subset=["theme"])
        found = shown.merge(coded, on="source", suffixes=("", "_coded"))
        found = found[(found["start_coded"] < found["end"]) & (found["end_coded"] > found["start"])]
        found = found.drop_duplicates(["source", "start", "end", "theme"])
        if self.profile != "internal":
            found = found[found["pair"].isin(self.pairs)] if self.pair else found
        columns = ["quote", "attribution", "pair", "side", "theme", "code", "valence"]
        turn = found.sort_values(["source", "start"]).groupby("participant").cumcount()
        found = found.assign(turn=turn).sort_values(["turn", "source", "start"])[columns]
        return found if theme is None else found[found["theme"] == theme]


def open_results(folder: str | Path | None = None) -> Results:
    """Open the results of the study that a notebook stands in.

    The profile is the study's own unless a report is being published, which sets it from outside.

    Raises
    ------
    StudyError : no study there, or its `study.toml` is wrong.
    BuddyError : the profile is unknown.
    """
    start = Path(folder or os.environ.get(STUDY) or Path.cwd())
    study = load_study(find_study(start))
    profile = os.environ.get(PROFILE) or study.disclosure.profile
    if profile not in PROFILES:
        raise BuddyError(f"profile {profile!r} is not known; {nearest(profile, PROFILES)}")
    made = Results(study, profile)
    return made.about(pair) if (pair := os.environ.get(PAIR)) else made
