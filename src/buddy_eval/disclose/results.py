"""The results of a study as one reader may see them; what every notebook begins with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from buddy_eval.analyse import joint_display as integrate
from buddy_eval.analyse.strands import latest_waves
from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.base.profiles import PROFILES
from buddy_eval.disclose import overview
from buddy_eval.disclose import rules as disclosure
from buddy_eval.pipeline import processed
from buddy_eval.schemas import PROCESSED
from buddy_eval.schemas.vocabulary import WHOLE
from buddy_eval.study.settings import Study, find_study, load_study

PROFILE = "BUDDY_EVAL_PROFILE"
PAIR = "BUDDY_EVAL_PAIR"
STUDY = "BUDDY_EVAL_STUDY"
GUARDS = "guards.json"
QUOTES = "quotes"  # the name by which they are recorded: of units and codings a reader sees what is quoted alone
LEAST_PAIRS_PUBLIC = 3


@dataclass(frozen=True)
class Results:
    """The processed tables of a study, seen through a disclosure profile.

    Attributes
    ----------
    study : the study's settings.
    profile : internal, partners or public.
    pair : the pair that a brief is about, or None for the whole study.
    guards : counts that the public is not shown because others could be worked out from them, by their ids.
    """

    study: Study
    profile: str
    pair: str | None = None
    guards: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return overview.as_text(self.study, self._heading, self.outside)

    def _repr_html_(self) -> str:
        """Show in a notebook which tables are there."""
        return overview.as_html(self.study, self._heading, self.outside)

    @property
    def _heading(self) -> str:
        about = f", about pair {self.pair}" if self.pair else ""
        return f"Results of {self.study.title!r}, profile {self.profile}{about}"

    def table(self, name: str) -> pd.DataFrame:
        """Return one processed table whole; only `tables` and `plots` decide what of it is shown.

        Raises
        ------
        BuddyError : no table has this name (the nearest is named), or it has not been made yet.
        """
        if name not in PROCESSED:
            raise BuddyError(f"no table is called {name!r}; {nearest(name, PROCESSED)}")
        return processed.read(self.study, name)

    @property
    def public(self) -> bool:
        """Whether everything about a single pair is withheld: also from partners whose pair nobody named."""
        return self.profile == "public" or (self.profile == "partners" and self.pair is None)

    @property
    def outside(self) -> bool:
        """Whether the readers are outside of the team, so that small counts are withheld from them."""
        return self.profile != "internal"

    @cached_property
    def pairs(self) -> list[str]:
        """The pairs that may be shown one by one: all to the team, their own to the partners, none to the public."""
        if self.public:
            return []
        names = list(self.table("pairs")["pair"])
        return names if self.profile == "internal" else [name for name in names if name == self.pair]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of every theme, in the order of the codebook."""
        themes = self.table("themes").sort_values("position")
        return dict(zip(themes["theme"], themes["label"], strict=True))

    @cached_property
    def themes(self) -> list[str]:
        """The themes in the order of the codebook."""
        return list(self.labels)

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

    def survey(self, name: str) -> pd.DataFrame:
        """Return one table of survey figures, of single pairs those that may be shown.

        Readers outside see figures that rest on enough people, and pairs.
        """
        found = self.across(name)
        if "contrast_kind" in found:
            found = found[found["contrast_kind"] != "series"]
        if "pair" in found:
            found = found[found["pair"].isin(self.pairs)]
        true = self.table(name).loc[found.index]
        return found[disclosure.enough(true, self.study.disclosure)] if self.outside else found

    def across(self, name: str) -> pd.DataFrame:
        """Return one table, its counts of people as these readers may have them.

        Of results across pairs the public sees those of three or more: whoever belongs to one of two pairs could work
        out the other.
        """
        found = self.table(name)
        pairs = next((column for column in ("n_pairs", "n_treated") if column in found), None)
        if pairs and self.public:
            found = found[found[pairs] >= LEAST_PAIRS_PUBLIC]
        if not self.outside or not (people := people_columns(name)):
            return found
        counted = disclosure.withhold(found[people], self.study.disclosure)
        return found.assign(**counted.where(of_people(found), found[people]))

    def joint(self) -> pd.DataFrame:
        """Return the joint display; for readers outside a survey of too few people is withheld, and all rated anew.

        They see no whole of fewer than three pairs: with their own beside it, it tells the other.
        """
        return self._once("joint", self._joint)

    def _joint(self) -> pd.DataFrame:
        if not self.outside:
            return self._with_details(self.table("joint_display"))
        found, within = self.table("evidence"), self.table("within")
        if len(self.table("pairs")) < LEAST_PAIRS_PUBLIC:
            found = found[found["pair"] != WHOLE].reset_index(drop=True)
        latest = latest_waves(within)
        few = latest[~disclosure.enough(latest, self.study.disclosure)].set_index(["pair", "theme"]).index
        thin = found.set_index(["pair", "theme"]).index.isin(few) & (found["strand"] == "survey")
        found.loc[thin, ["state", "detail"]] = ["withheld", "too few people"]
        return self._with_details(integrate.joint_display(found))

    def _with_details(self, found: pd.DataFrame) -> pd.DataFrame:
        """Empty the details that these readers may not have, and those of boards where a brief has them in full."""
        closed = {"interviews": self.outside, "survey": self.public, "boards": self.public or self.pair is not None}
        return found.assign(**{f"{strand}_detail": "" for strand, hidden in closed.items() if hidden})

    def quotes(self, theme: str | None = None) -> pd.DataFrame:
        """The quotes that may be shown: quote, attribution, pair, side, theme, code, valence; in turn."""
        found = self._once(QUOTES, self._quotes)
        return found if theme is None else found[found["theme"] == theme]

    def _once(self, name: str, view: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return a view that many tables of a report ask for, worked out once; what it reads is noted every time."""
        if name not in self._kept:
            with processed.recorded() as reads:
                self._kept[name] = view(), reads
        frame, reads = self._kept[name]
        processed.note(*reads)
        return frame.copy(deep=False)

    @cached_property
    def _kept(self) -> dict[str, tuple[pd.DataFrame, set[str]]]:
        return {}

    def _quotes(self) -> pd.DataFrame:
        pairs = self.pairs  # kept for others too, who have to be recorded
        with processed.as_view(QUOTES):
            return self._quoted(pairs)

    def _quoted(self, pairs: list[str]) -> pd.DataFrame:
        read = self.table
        units, consensus = read("units"), read("consensus")
        profile, least = ("public", 3) if self.public else (self.profile, 2)
        shown = disclosure.visible_quotes(
            read("approvals"), read("sources"), units, read("participants"), consensus, profile
        )
        shown = shown.assign(attribution=disclosure.attribution(shown, read("participants"), profile, least))
        coded = consensus[consensus["present"]].merge(units[["unit", "source"]], on="unit")
        coded = coded.merge(read("codes")[["code", "theme", "name"]], on="code").dropna(subset=["theme"])
        found = shown.merge(coded, on="source", suffixes=("", "_coded"))
        found = found[(found["start_coded"] < found["end"]) & (found["end_coded"] > found["start"])]
        found = found.drop_duplicates(["source", "start", "end", "theme"])
        if self.profile != "internal":
            found = found[found["pair"].isin(pairs)] if self.pair else found
        columns = ["quote", "attribution", "pair", "side", "theme", "code", "valence"]
        turn = found.sort_values(["source", "start"]).groupby("participant").cumcount()
        return found.assign(turn=turn).sort_values(["turn", "source", "start"])[columns]


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
    made = for_readers(study, profile)
    return made.about(pair) if (pair := os.environ.get(PAIR)) else made


def for_readers(study: Study, profile: str, pair: str | None = None) -> Results:
    """Return the results as the reports of a profile have them: from the public with the counts that protect others."""
    kept = study.processed / GUARDS
    guards = json.loads(kept.read_text(encoding="utf-8")) if profile == "public" and kept.is_file() else ()
    return Results(study, profile, pair, frozenset(guards))


def people_columns(name: str) -> list[str]:
    """Return the columns of a processed table that count people."""
    return [column.name for column in PROCESSED[name].columns if column.unit == "people"]


def of_people(found: pd.DataFrame) -> pd.Series:
    """Tell which rows count people: those on an indicator count periods."""
    if "contrast_kind" not in found:
        return pd.Series(True, index=found.index)
    return (found["contrast_kind"] != "series").astype("bool")
