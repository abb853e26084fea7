"""A joint display of one theme from the few tables that a test gives; all others are empty."""

from __future__ import annotations

from typing import Any

import pandas as pd

from buddy_eval.analyse.evidence import evidence
from buddy_eval.analyse.joint_display import joint_display
from buddy_eval.schemas import PROCESSED, empty

NEEDS = ("consensus", "assignments", "units", "sources", "codes", "within", "readiness")
THEMES = pd.DataFrame({"theme": ["culture"]})


def pairs(*names: str) -> pd.DataFrame:
    """Pairs of trusts that nobody shares."""
    trusts = [(name, f"S{name}", f"R{name}") for name in names]
    return pd.DataFrame(trusts, columns=["pair", "supporter", "receiver"])


def read(study: pd.DataFrame | None = None, **given: Any) -> pd.DataFrame:
    """The frame `evidence` of pair SYN01, or of the pairs of `study`."""
    frames = {name: given.get(name, empty(PROCESSED[name])) for name in NEEDS}
    return evidence(THEMES, **frames, pairs=pairs("SYN01") if study is None else study)


def displayed(study: pd.DataFrame | None = None, **given: Any) -> pd.DataFrame:
    """The frame `joint_display` of the same."""
    return joint_display(read(study, **given))
