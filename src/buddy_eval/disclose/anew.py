"""The joint display as readers outside of the team may have it: rated anew, without what they may not see."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from buddy_eval.analyse.joint_display import joint_display
from buddy_eval.analyse.strands import latest_waves
from buddy_eval.disclose import rules as disclosure
from buddy_eval.pipeline import processed
from buddy_eval.schemas.vocabulary import WHOLE
from buddy_eval.study.settings import Disclosure, Study

TABLES = ("evidence", "within")


def rated_anew(study: Study, *, whole: bool) -> pd.DataFrame:
    """Return the joint display without surveys of too few people, and the `whole` of all pairs only where asked.

    It is worked out once for the readers of all pairs while the files stand.
    """
    processed.note(*TABLES)
    return _rated_anew(study.disclosure, whole, *(processed.stamped(study, name) for name in TABLES)).copy()


@lru_cache(maxsize=4)
def _rated_anew(rules: Disclosure, whole: bool, *files: tuple[Path, int, int, int]) -> pd.DataFrame:
    evidence, within = (pd.read_parquet(path) for path, *_ in files)
    if not whole:
        evidence = evidence[evidence["pair"] != WHOLE]
    latest = latest_waves(within)
    few = latest[~disclosure.enough(latest, rules)].set_index(["pair", "theme"]).index
    thin = evidence.set_index(["pair", "theme"]).index.isin(few) & (evidence["strand"] == "survey")
    evidence.loc[thin, ["state", "detail"]] = ["withheld", "too few people"]
    return joint_display(evidence)
