"""Participant flow: who was asked, who took part, how many questions they left open."""

from __future__ import annotations

import pandas as pd

from buddy_eval.clean.people import GROUP, took_part
from buddy_eval.schemas import VALUES, conform
from buddy_eval.schemas.results import FLOW

STATUS = list(VALUES["status"])


def flow(
    invitations: pd.DataFrame, participants: pd.DataFrame, units: pd.DataFrame, responses: pd.DataFrame
) -> pd.DataFrame:
    """Count people asked and taking part by kind, pair, side, role and wave, and answers by status.

    Returns the frame `flow`; `invited` is missing where nobody wrote it down, never 0.
    """
    took = took_part(participants, units, responses)
    by_status = responses.groupby([*GROUP[1:], "status"]).size().unstack()
    counts = pd.concat({"survey": by_status.reindex(columns=STATUS)}, names=GROUP[:1])
    asked = invitations.set_index(GROUP)["invited"]
    groups = pd.concat([asked, took, counts], axis=1).rename_axis(GROUP).reset_index()
    zero = ["took_part", *STATUS]
    groups[zero] = groups[zero].fillna(0)
    return conform(groups, FLOW)
