"""What people decided where coders differ, laid on units; and the memos that coders wrote."""

from __future__ import annotations

import pandas as pd

from buddy_eval.clean.comments import counted_in
from buddy_eval.read import Raw
from buddy_eval.read.decisions import placed
from buddy_eval.schemas import clean as schemas
from buddy_eval.schemas import conform
from buddy_eval.study.codebook import Codebook


def decided(raw: Raw, sources: pd.DataFrame, comments: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the decisions that hold, a row a code; the log names those whose words stand no more."""
    rows, lost = placed(raw.decided.acts, texts(sources, comments), codebook)
    for act, why in lost:
        file, line = raw.decided.places[act["id"]]
        raw.note(file, f"decision in line {line}", "left out", 1, why)
    if len(rows):
        raw.note("data/coding/decisions", "decisions on codes", "read", len(rows))
    return rows


def texts(sources: pd.DataFrame, comments: pd.DataFrame) -> dict[str, str]:
    """Return every text that offsets count in, by name: interviews, and comments (units) each by itself."""
    loose = comments[comments["channel"] == "comment"]
    return {
        **dict(zip(sources["source"], sources["text"], strict=True)),
        **dict(zip(loose["unit"], loose["text"], strict=True)),
    }


def on_their_units(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return decisions with the unit that holds their first character, and its start and end."""
    said = units.assign(text_of=counted_in(units))
    said = said.loc[said["codable"].astype(bool), ["unit", "text_of", "start", "end"]]
    laid = rows.merge(said, left_on="source_id", right_on="text_of", suffixes=("_decided", ""))
    laid = laid[(laid["start"] <= laid["start_decided"]) & (laid["start_decided"] < laid["end"])]
    return laid.sort_values(["at", "act"], kind="stable", ignore_index=True)


def decided_units(laid: pd.DataFrame) -> pd.DataFrame:
    """Put decisions laid on units together: the frame `decisions`.

    Where two that did not see each other differ, nothing is settled: coders and reasons of both are kept.
    """
    if laid.empty:
        return conform(pd.DataFrame(columns=schemas.DECISIONS.names), schemas.DECISIONS)
    outcome = laid["present"].map({True: "yes ", False: "no "}) + laid["valence"].fillna("")
    grouped = laid.assign(outcome=outcome).groupby(["unit", "code"], as_index=False)
    decided = grouped.agg(
        start=("start", "first"),
        end=("end", "first"),
        present=("present", "last"),
        valence=("valence", "last"),
        choice=("choice", "last"),
        coder=("coder", lambda names: ", ".join(dict.fromkeys(names))),
        why=("why", lambda reasons: " / ".join(dict.fromkeys(filter(None, reasons)))),
        at=("at", "last"),
        settled=("outcome", lambda outcomes: len(set(outcomes)) == 1),
    )
    return conform(decided.assign(why=decided["why"].replace("", None)), schemas.DECISIONS)


def memos(laid: pd.DataFrame) -> pd.DataFrame:
    """Return the frame `memos` of codings laid on units: what coders wrote beside the passages that they coded."""
    written = laid[laid["memo"].notna() & (laid["memo"].str.strip() != "")] if len(laid) else laid
    written_memos = written.rename(columns={"source_id": "source"}).reindex(columns=schemas.MEMOS.names)
    return conform(written_memos.drop_duplicates(list(schemas.MEMOS.key)), schemas.MEMOS)
