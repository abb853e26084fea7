"""The results of a study as one reader may see them; what every notebook begins with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.base.profiles import PROFILES
from buddy_eval.disclose import overview
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.anew import rated_anew
from buddy_eval.disclose.quoted import quoted_in
from buddy_eval.disclose.rules import cell_id
from buddy_eval.pipeline import processed
from buddy_eval.schemas import PROCESSED
from buddy_eval.schemas.vocabulary import WHOLE
from buddy_eval.study.settings import Study, find_study, load_study

PROFILE = "BUDDY_EVAL_PROFILE"
PAIR = "BUDDY_EVAL_PAIR"
STUDY = "BUDDY_EVAL_STUDY"
GUARDS = "guards.json"
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
        return overview.as_text(self._rows(), self._heading, self.outside)

    def _repr_html_(self) -> str:
        """Show in a notebook which tables are there."""
        return overview.as_html(self._rows(), self._heading, self.outside)

    def _rows(self) -> dict[str, int]:
        """The number of rows of every table that is there; none for readers outside, to whom it may count people."""
        processed.note(*PROCESSED)
        paths = {name: processed.table_path(self.study, name) for name in (() if self.outside else PROCESSED)}
        there = {name: path for name, path in paths.items() if path.is_file()}
        return {n: len(self.table(n)) if self.pair else pq.read_metadata(there[n]).num_rows for n in there}

    @property
    def _heading(self) -> str:
        about = f", about pair {self.pair}" if self.pair else ""
        return f"Results of {self.study.title!r}, profile {self.profile}{about}"

    def table(self, name: str) -> pd.DataFrame:
        """Return one processed table whole; only `tables` and `plots` decide what of it is shown.

        About one pair the team gets its rows (what its people said, its trusts) and those of the study as a whole, pair
        ``all``. What counts across pairs stays as it is; so does, for readers outside, every table: their rules count
        all pairs.

        Raises
        ------
        BuddyError : no table has this name (the nearest is named), or it has not been made yet.
        """
        if name not in PROCESSED:
            raise BuddyError(f"no table is called {name!r}; {nearest(name, PROCESSED)}")
        whole = processed.read(self.study, name)
        return whole if self.pair is None or self.outside else self._of_pair(name, whole)

    def _of_pair(self, name: str, whole: pd.DataFrame) -> pd.DataFrame:
        """The rows about the pair; comparators are about none."""
        if "pair" in whole:
            return whole[whole["pair"].isin([self.pair, WHOLE])]
        key = next((key for key in ("unit", "ods", "source", "source_id") if key in whole), None)
        if key is None or name == "comparators":
            return whole
        if key == "ods":
            return whole[whole["ods"].isin(self.table("pairs")[["supporter", "receiver"]].to_numpy().ravel())]
        return whole[whole[key].isin(self.table("units")["unit" if key == "unit" else "source"])]

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
        """The pairs that may be shown one by one: all to the team, or the one that it asks about, their own to the
        partners, none to the public.
        """
        if self.public:
            return []
        return [name for name in self.table("pairs")["pair"] if self.pair in (None, name)]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of every theme, in the order of the codebook."""
        themes = self.table("themes").sort_values("position").set_index("theme")
        return {str(theme): str(label) for theme, label in themes["label"].items()}

    @cached_property
    def themes(self) -> list[str]:
        """The themes in the order of the codebook."""
        return list(self.labels)

    @cached_property
    def indicators(self) -> list[str]:
        """The indicators whose charts may be shown: none where no single trust may be."""
        return sorted(self.table("signals")["indicator"].unique()) if self.pairs else []

    def about(self, pair: str) -> Results:
        """Return the same results about one pair: as its brief shows them, and for the team every table narrowed."""
        known = list(replace(self, pair=None).table("pairs")["pair"])
        if str(pair) not in known:
            raise BuddyError(f"pair {pair!r} is not in this study; {nearest(str(pair), known)}")
        return replace(self, pair=pair)

    def survey(self, name: str) -> pd.DataFrame:
        """Return one table of survey figures, of single pairs those that may be shown.

        Readers outside see figures that rest on enough people, and pairs.
        """
        figures = self.across(name)
        if "contrast_kind" in figures:
            figures = figures[figures["contrast_kind"] != "series"]
        if "pair" in figures:
            figures = figures[figures["pair"].isin(self.pairs)]
        true = self.table(name).loc[figures.index]
        return figures[disclosure.enough(true, self.study.disclosure)] if self.outside else figures

    def across(self, name: str) -> pd.DataFrame:
        """Return one table, its counts of people as these readers may have them.

        Of results across pairs the public sees those of three or more: whoever belongs to one of two pairs could work
        out the other.
        """
        rows = self.table(name)
        pairs = next((column for column in ("n_pairs", "n_treated") if column in rows), None)
        if pairs and self.public:
            rows = rows[rows[pairs] >= LEAST_PAIRS_PUBLIC]
        if not self.outside or not (people := people_columns(name)):
            return rows
        counted = disclosure.withhold(rows[people], self.study.disclosure)
        if self.guards:
            keys = rows[list(PROCESSED[name].key)].to_numpy().tolist()
            ids = [[cell_id(name, key, column) for column in people] for key in keys]
            counted = counted.mask(pd.DataFrame(ids, rows.index, people).isin(self.guards))
        return rows.assign(**counted.where(of_people(rows), rows[people]))

    def joint(self) -> pd.DataFrame:
        """Return the joint display; for readers outside a survey of too few people is withheld, and all rated anew.
        They see no whole of fewer than three pairs: with their own beside it, it tells the other.
        """
        return self._once("joint", self._joint)

    def _joint(self) -> pd.DataFrame:
        if not self.outside:
            return self._with_details(self.table("joint_display"))
        return self._with_details(rated_anew(self.study, whole=len(self.table("pairs")) >= LEAST_PAIRS_PUBLIC))

    def _with_details(self, display: pd.DataFrame) -> pd.DataFrame:
        """Empty the details that these readers may not have, and those of boards where a brief has them in full."""
        closed = {"interviews": self.outside, "survey": self.public, "boards": self.public or self.pair is not None}
        return display.assign(**{f"{strand}_detail": "" for strand, hidden in closed.items() if hidden})

    def quotes(self, theme: str | None = None) -> pd.DataFrame:
        """The quotes that may be shown: quote, attribution, pair, side, theme, code, valence; in turn."""
        approved = quoted_in(self.study, "public" if self.public else self.profile)
        approved = approved[approved["pair"].isin(self.pairs)] if self.pair else approved
        return approved if theme is None else approved[approved["theme"] == theme]

    def _once(self, name: str, view: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return a view that many tables of a report ask for, worked out once; what it reads is noted every time."""
        if name not in self._kept:
            with processed.recorded() as reads:
                self._kept[name] = view(), reads
        frame, reads = self._kept[name]
        processed.note(*reads)
        return frame.copy()

    @cached_property
    def _kept(self) -> dict[str, tuple[pd.DataFrame, set[str]]]:
        return {}


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
    results = for_readers(study, profile)
    return results.about(pair) if (pair := os.environ.get(PAIR)) else results


def for_readers(study: Study, profile: str, pair: str | None = None) -> Results:
    """Return the results as the reports of a profile have them: from the public with the counts that protect others."""
    kept = study.processed / GUARDS
    guards = json.loads(kept.read_bytes()) if profile == "public" and kept.is_file() else ()
    return Results(study, profile, pair, frozenset(guards))


def people_columns(name: str) -> list[str]:
    """Return the columns of a processed table that count people."""
    return [column.name for column in PROCESSED[name].columns if column.unit == "people"]


def of_people(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows count people: those on an indicator count periods."""
    if "contrast_kind" not in rows:
        return pd.Series(True, index=rows.index)
    return (rows["contrast_kind"] != "series").astype("bool")
