"""Codings with codes of an earlier codebook: recoded by the rules of its history, each with a line in the log."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.errors import Fault
from buddy_eval.read import Raw
from buddy_eval.schemas import clean as schemas
from buddy_eval.schemas import conform
from buddy_eval.study.code_history import former
from buddy_eval.study.codebook import Codebook


def recoded(codings: pd.DataFrame, codebook: Codebook, raw: Raw, faults: list[Fault]) -> pd.DataFrame:
    """Return codings under the codes of the codebook: renamed and merged codes are the new ones, dropped ones left out.

    A coding with a code that was split is a fault: somebody has to code the passage again.
    """
    if codings.empty:
        return codings
    rules, file = former(codebook.history), raw.files.get("codings", "codings")
    for row, code in codings.loc[codings["code"].isin(list(rules.split)), "code"].items():
        change = rules.split[code]
        problem = f"code {code!r} was split in version {change.version} into {', '.join(change.after)}"
        faults.append(Fault(file, int(str(row)), problem, "code the passage again with one of them", "code"))
    for code, n in codings.loc[codings["code"].isin(list(rules.recoded)), "code"].value_counts().sort_index().items():
        new = rules.recoded[str(code)]
        raw.note(file, f"codings of {code}", "converted", int(n), f"the codebook's history makes it {new}")
    for code, n in codings.loc[codings["code"].isin(list(rules.dropped)), "code"].value_counts().sort_index().items():
        reason = f"version {rules.dropped[str(code)].version} of the codebook dropped the code"
        raw.note(file, f"codings of {code}", "left out", int(n), reason)
    kept = codings[~codings["code"].isin([*rules.split, *rules.dropped])]
    return kept.assign(code=kept["code"].replace(rules.recoded))


def code_history(codebook: Codebook) -> pd.DataFrame:
    """Return the frame `code_history` of a codebook."""
    rows = [
        (place, one.version, one.kind, ", ".join(one.before) or None, ", ".join(one.after) or None, one.why)
        for place, one in enumerate(codebook.history, 1)
    ]
    return conform(pd.DataFrame(rows, columns=schemas.CODE_HISTORY.names), schemas.CODE_HISTORY)


def proposals(rows: pd.DataFrame | None, codebook: Codebook) -> pd.DataFrame:
    """Return the frame `proposals`: what coders proposed, and whether the codebook has a code of that id or name."""
    if rows is None:
        rows = pd.DataFrame(columns=["act", "name", "coder", "at", "memo"])
    known = {str(name).strip().casefold() for name in [*codebook.codes["code"], *codebook.codes["name"]]}
    taken = [str(name).strip().casefold() in known for name in rows["name"]]
    return conform(rows.assign(in_codebook=taken), schemas.PROPOSALS)
