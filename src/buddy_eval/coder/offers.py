"""What a machine suggests in one source: the codebook's own terms, which know nothing of any coder."""

from __future__ import annotations

from typing import Any

import pandas as pd

from buddy_eval.coding.suggest import suggest
from buddy_eval.read import Transcript
from buddy_eval.read.journals import Act, suggestion
from buddy_eval.study.codebook import Codebook

Refused = tuple[str, int, int]  # code, start, end: where the words stand now


def offers(transcript: Transcript, people: set[str], codebook: Codebook) -> list[dict[str, Any]]:
    """Return the lexicon's suggestions in what `people` say: id, code, start, end, whole words, in reading order.

    >>> from buddy_eval.read.transcripts import Turn
    >>> from buddy_eval.study.codebook import load_codebook
    >>> text = "Ann: They had no baseline."
    >>> found = offers(Transcript(text, (Turn("Ann", 5, 26),)), {"Ann"}, load_codebook())
    >>> [(one["code"], text[one["start"] : one["end"]]) for one in found][-1]
    ('EL1', 'baseline.')
    """
    spoken = [turn for turn in transcript.turns if turn.speaker in people]
    words = [transcript.text[turn.start : turn.end] for turn in spoken]
    units = pd.DataFrame({"unit": [str(n) for n in range(len(spoken))], "text": words, "codable": True})
    negations = pd.DataFrame({"word": list(codebook.negations)}).assign(window=codebook.window, codebook=codebook.id)
    suggested = suggest(units, codebook.terms, negations)
    offered = dict[str, dict[str, Any]]()
    for unit, code, start, end in suggested[["unit", "code", "start", "end"]].itertuples(index=False, name=None):
        first, last = _whole(words[int(unit)], int(start), int(end))
        at = spoken[int(unit)].start
        one = {"code": code, "start": at + first, "end": at + last}
        offered[suggestion(one)] = {"id": suggestion(one), **one}
    return sorted(offered.values(), key=lambda one: (one["start"], one["end"], one["code"]))


def still_open(all_: list[dict[str, Any]], own: list[Act], refused: set[Refused]) -> list[dict[str, Any]]:
    """Return the suggestions that the coder has neither taken, refused nor coded alike on any of their words."""
    gone = {str(coding.get("suggested")) for coding in own}
    return [
        one
        for one in all_
        if one["id"] not in gone
        and (one["code"], one["start"], one["end"]) not in refused
        and not any(
            coding["code"] == one["code"] and coding["start"] < one["end"] and one["start"] < coding["end"]
            for coding in own
        )
    ]


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The words that a passage touches, white space to white space."""
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end
