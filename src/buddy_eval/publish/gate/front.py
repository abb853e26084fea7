"""What stands on every page, looked at before any page is made: the title and the team name no trust and nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buddy_eval.base.errors import Fault
from buddy_eval.publish.gate.allowed import allowed
from buddy_eval.publish.gate.known import organisations
from buddy_eval.publish.gate.names import OF_PEOPLE, ORDINARY, Tokens
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.text import masked
from buddy_eval.study.settings import FILE, Study

if TYPE_CHECKING:
    import pandas as pd


def front_faults(study: Study, tables: dict[str, pd.DataFrame], names: dict[Tokens, str]) -> list[Fault]:
    """List the settings that would stop every report for the public, by the rule by which the gate would.

    `tables` holds pairs, trusts and sources, `names` those of people, with what each is. What may be a name or an
    ordinary word is left to the gate, which knows the whole page.
    """
    known = Known("public", names=names | organisations(tables, ""), allowed=allowed(study.root))
    shown = {"title": study.title, "team": study.team, "notice": study.notice, "limits": study.limits}
    return [
        Fault(
            FILE,
            0,
            f"[study] {key} holds {kind} ({said}), which no report for the public may name",
            f"change {key} = ... in study.toml so that it names none",
            key,
            words,
        )
        for key, text in shown.items()
        for kind, words in dict.fromkeys(known.named(text, ORDINARY))
        for said in [masked(words) if kind in OF_PEOPLE else words]
    ]
