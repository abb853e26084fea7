"""How many of 160 markers in 40 kinds pass the gate, and how many of 150 honest sentences it refuses.

Run: python benchmarks/reach.py. Exits 1 where more than 5% of the markers pass or 3% of honest sentences are refused.
"""

from __future__ import annotations

import sys

from reach_sentences import HONEST, MARKERS, PEOPLE, PLACES, SAID

from buddy_eval.publish.gate.names import people_names
from buddy_eval.publish.gate.rules import Known, tokens
from buddy_eval.publish.gate.text import text_faults, unapproved_faults

PASS, REFUSED = 0.05, 0.03


def readers() -> Known:
    """What the invented study knows, for the public."""
    places = {tuple(tokens(name)): kind for name, kind in PLACES.items()}
    return Known("public", "", 8, dict(people_names(PEOPLE)) | places, (), SAID)


def refused(text: str, known: Known) -> bool:
    """Tell whether the gate has anything to say of a sentence."""
    return any(text_faults(text, "f", "here", known)) or any(unapproved_faults(text, "f", known))


def main() -> int:
    """Print what goes wrong, and one line a figure."""
    known = readers()
    every = [(kind, text) for kind, texts in MARKERS.items() for text in texts]
    passed = [(kind, text) for kind, text in every if not refused(text, known)]
    wrong = [text for text in HONEST if refused(text, known)]
    for kind, text in passed:
        print(f"passes: {kind}: {text}")
    for text in wrong:
        print(f"refused: {text}")
    print(f"kinds: {len(MARKERS)} (bar: 40 or more)")
    print(f"markers that pass: {len(passed)} of {len(every)} (bar: {PASS:.0%})")
    print(f"honest sentences refused: {len(wrong)} of {len(HONEST)} (bar: {REFUSED:.0%})")
    enough = len(MARKERS) >= 40 and len(every) >= 150 and len(HONEST) >= 150
    return int(len(passed) > PASS * len(every) or len(wrong) > REFUSED * len(HONEST) or not enough)


if __name__ == "__main__":
    sys.exit(main())
