"""Decisions on what coders coded otherwise: journals in `data/coding/decisions`, put together by the acts' names.

A decision names those that it saw and replaces. Two that did not see each other and differ are both kept, and settle
nothing until somebody who sees both decides again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.read.by_hand import journals_folder
from buddy_eval.read.journals import Act, place, read_journals, undone
from buddy_eval.read.projects import MARKED
from buddy_eval.read.raw import Raw
from buddy_eval.study.code_history import former
from buddy_eval.study.codebook import Codebook
from buddy_eval.study.settings import Study

COLUMNS = ("source_id", "start", "end", "code", "present", "valence", "choice", "coder", "why", "at", "act")


def decisions_folder(study: Study) -> Path:
    """Return where the journals of those who decide lie."""
    return journals_folder(study) / "decisions"


def join_decisions(raw: Raw, study: Study) -> None:
    """Keep what was decided, as its journals have it; the log names damaged lines."""
    raw.decided = read_journals(decisions_folder(study))
    for fault in raw.decided.damaged:
        raw.note(fault.file, f"line {fault.row}", "left out", 1, fault.problem)


def placed(acts: list[Act], texts: dict[str, str], codebook: Codebook) -> tuple[pd.DataFrame, list[tuple[Act, str]]]:
    """Return the decisions that hold, a row a code, where their words stand now; and those left out, with why."""
    rows, lost = list[tuple[Any, ...]](), list[tuple[Act, str]]()
    codes, recoded = set(codebook.codes["code"]), former(codebook.history).recoded
    gone = undone(acts)
    decided = [
        (act, {recoded.get(code, code): valence for code, valence in act["codes"].items()})
        for act in acts
        if act["do"] == "decide" and act["id"] not in gone
    ]
    replaced = {(old, code) for act, outcome in decided for old in act["over"] for code in outcome}
    for act, outcome in decided:
        held = {code: valence for code, valence in outcome.items() if (act["id"], code) not in replaced}
        span = place(act, texts[act["source"]]) if act["source"] in texts else None
        about = (act["choice"], act["coder"], act["why"], act["at"], act["id"])
        if not set(held) <= codes or not set(held.values()) <= {None, "", *MARKED["valence"]}:
            lost.append((act, "a code that is not in the codebook, or a valence that there is not: decide again"))
        elif held and span is None:
            lost.append((act, "the source has changed, and the words decided on stand there no more: decide again"))
        elif span is not None:
            rows += [
                (act["source"], *span, code, valence is not None, valence or None, *about)
                for code, valence in held.items()
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"valence": "str"}), lost
