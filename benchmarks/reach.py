"""What passes the gate of texts that must not leave, and what it refuses of honest ones: nine sets of sentences.

The first (`reach_sentences.py`) was written beside the gate, the others by people who had not read it. Each was judged
blind, then the gate was mended by the kinds that it showed, but for the third and the eighth, by which nothing is ever
mended. Markers that pass, honest sentences that are refused:

    set                      blind                         after its mending, or now
    stranger.yaml            83 of 328, 15 of 324          5, 3
    stranger_fresh.yaml      14 of 102, 6 of 104           0, 0
    stranger_third.yaml      25 of 189, 3 of 141           10, 1 (never mended by)
    stranger_fourth.yaml     49 of 300, 21 of 300          2, 0
    stranger_fifth.yaml      23 of 200, 1 of 200           0, 0
    stranger_sixth.yaml      18 of 328, 3 of 300           0, 0
    stranger_seventh.yaml    20 of 235, 0 of 200           0, 0
    stranger_eighth.yaml     11 of 259, 1 of 200           11, 1 (never mended by)

Before the sixth was looked at, the gate was widened by its grammar alone: without, 29 and 8. On the seventh, the gate
that the fifth had mended let 32 pass and refused 2; on the eighth, 29 and 2. Some markers of the third are in no real
use (a postcode ZZ9). The first and the seventh say opposite things of one line, an ORCID: it leads to a person, so it
is asked about. What was blind says what to expect of texts to come; what was mended by does not.

Run: python benchmarks/reach.py. Exits 1 where more than 5% of the markers of a set, but of the third, pass or more than
3% of its honest sentences are refused.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import reach_sentences as beside
import yaml

from buddy_eval.publish.gate.names import TRUST, people_names
from buddy_eval.publish.gate.rules import Known, tokens
from buddy_eval.publish.gate.text import text_faults, unapproved_faults
from buddy_eval.publish.gate.trusts import trust_names

PASS, REFUSED = 0.05, 0.03
HERE = Path(__file__).parent
THIRD = "blind, never mended by"
STRANGERS = {
    "a stranger's": "stranger.yaml",
    "a second stranger's": "stranger_fresh.yaml",
    THIRD: "stranger_third.yaml",
    "a third stranger's": "stranger_fourth.yaml",
    "a fourth stranger's": "stranger_fifth.yaml",
    "a fifth stranger's": "stranger_sixth.yaml",
    "a sixth stranger's": "stranger_seventh.yaml",
    "a seventh stranger's, never mended by": "stranger_eighth.yaml",
}


@dataclass(frozen=True)
class Sentences:
    """What a study knows, what must not leave it (kind, text), and what may."""

    known: Known
    markers: tuple[tuple[str, str], ...]
    honest: tuple[str, ...]

    def passed(self) -> list[tuple[str, str]]:
        """Markers of which the gate says nothing."""
        return [(kind, text) for kind, text in self.markers if not refused(text, self.known)]

    def wrong(self) -> list[str]:
        """Honest sentences that the gate refuses."""
        return [text for text in self.honest if refused(text, self.known)]


def readers(
    people: tuple[str, ...] = beside.PEOPLE,
    places: dict[str, str] = beside.PLACES,
    said: tuple[str, ...] = beside.SAID,
) -> Known:
    """What an invented study knows, for the public."""
    named = {tuple(tokens(name)): kind for name, kind in places.items()}
    named = trust_names(name for name, kind in places.items() if kind == TRUST) | named
    return Known("public", "", 8, dict(people_names(people)) | named, (), said)


def sets() -> dict[str, Sentences]:
    """The sets of sentences, by name."""
    markers = tuple((kind, text) for kind, texts in beside.MARKERS.items() for text in texts)
    return {"beside the gate": Sentences(readers(), markers, beside.HONEST)} | {
        name: _stored(HERE / file) for name, file in STRANGERS.items()
    }


def _stored(path: Path) -> Sentences:
    stored = yaml.safe_load(path.read_text("utf-8"))
    markers = tuple((kind, text) for kind, texts in stored["markers"].items() for text in texts)
    known = readers(tuple(stored["people"]), stored["places"], tuple(stored["said"]))
    return Sentences(known, markers, tuple(stored["honest"]))


def refused(text: str, known: Known) -> bool:
    """Tell whether the gate has anything to say of a sentence."""
    return any(text_faults(text, "f", "here", known)) or any(unapproved_faults(text, "f", known))


def main() -> int:
    """Print what goes wrong, and two lines a set."""
    lines, missed = [], False
    for name, sentences in sets().items():
        passed, wrong = sentences.passed(), sentences.wrong()
        print(*(f"{name}: passes: {kind}: {text!r}" for kind, text in passed), sep="\n")
        print(*(f"{name}: refused: {text}" for text in wrong), sep="\n")
        judged = name != THIRD
        bars = (f" (bar: {PASS:.0%})", f" (bar: {REFUSED:.0%})") if judged else ("", "")
        lines.append(f"{name}: markers that pass: {len(passed)} of {len(sentences.markers)}{bars[0]}")
        lines.append(f"{name}: honest sentences refused: {len(wrong)} of {len(sentences.honest)}{bars[1]}")
        over = len(passed) > PASS * len(sentences.markers) or len(wrong) > REFUSED * len(sentences.honest)
        missed |= judged and over
    print(*lines, sep="\n")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
