"""What every page says of itself: whose study it is of, for whom, whether it is invented, and from what it was made."""

from __future__ import annotations

import base64
from importlib.metadata import version
from typing import Any

import pandas as pd

from buddy_eval.base.dates import in_full
from buddy_eval.base.manifest import code_version
from buddy_eval.base.profiles import READERS
from buddy_eval.pipeline.processed import read
from buddy_eval.publish.own_output import drawn_anew
from buddy_eval.schemas.vocabulary import WHOLE
from buddy_eval.study.settings import Study

UNDATED = {"codebook", "coding"}  # reports that show how a study was done, not what it found


def facts(study: Study, data: str, how: str = "Made") -> dict[str, Any]:
    """Return what all pages of a study say of themselves, whoever reads them; `data` is the hash of what they show."""
    versions = f"buddy_eval {version('buddy_eval')}, code {code_version()[:12]}, data {data[:12]}"
    footer = [f"{study.title}. {study.team}.", f"{how} by {versions}."]
    look = {"colour": study.look.colour, "logo": "", "slides": str(study.look.slides or "")}
    if study.look.logo:
        look["logo"] = f"data:image/png;base64,{base64.b64encode(drawn_anew(study.look.logo)).decode()}"
    return {"title": study.title, "team": study.team, "notice": study.notice, "footer": footer, **look}


def subtitle(study: Study, title: str, kind: str, pair: str = "") -> str:
    """Say what a report is, of which round, on which day that opened, and up to when figures are known.

    The round is the latest of which anything was counted, of the pair of a brief. The title alone where neither is
    known, and where a report shows how a study was done.
    """
    if kind in UNDATED:
        return title
    counted, rounds, series = (read(study, name) for name in ("by_round", "rounds", "series"))
    waves = counted.loc[counted["pair"] == (pair or WHOLE), "wave"]
    said = [title]
    if len(waves):
        days = rounds.set_index("wave")["opens"]
        day = days.get(waves.max(), pd.NaT)
        said.append(f"round {waves.max()}" + (f", opened {in_full(day)}" if pd.notna(day) else ""))
    if pd.notna(last := series["period"].max()):
        said.append(f"outcome figures to {last:%B %Y}")
    return "; ".join(said)


def settings(of_study: dict[str, Any], title: str, form: str, profile: str, pair: str = "") -> dict[str, Any]:
    """Return what one page says of itself, beside what all do (`facts`): for whom it is, and what."""
    readers = f"the boards of pair {pair}" if pair else READERS[profile]
    about = {"subtitle": title, "form": form, "profile": profile}
    whose, *rest = of_study["footer"]
    return {**of_study, **about, "footer": [f"For {readers}. {whose}", *rest]}
