"""Do the messages of a public summary say more than their rows? Whole summaries of simulated studies, read back.

    python benchmarks/summaries.py [--studies 500]

Studies without any gap and with planted ones, of 4 to 12 pairs, one wave or two, a third of the cells missing, three
pairs that share a trust, four indicators against 40 comparators of which nothing happened. The messages are read back
as a stranger would: which direction each names for which theme and wave, and what it says cannot be told. Prints how
many messages are stronger than a row behind them, how many studies have messages that contradict each other, and in
what share of the studies without any gap the whole summary states a direction; exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from honesty import drawn_gaps, no_change

from buddy_eval.analyse.compare import across
from buddy_eval.analyse.compare.allowance import allowed, by_t
from buddy_eval.present import messages as words
from buddy_eval.present.messages import CLEAR, LIKELY, Message

MOST = 6.5  # per cent of studies without a gap: 5, and the luck of 500
SHAPES = list(itertools.product((4, 6, 8, 12), (1, 2), (False, True), (False, True)))  # pairs, waves, missing, shared
DIRECTED = re.compile(r"(higher|lower) scores than receivers on (.+)|moved (up|down) between .+ on (.+)")
NAMED = re.compile(r"[Tt]heme (\d)(?: \(wave ([\d, and]+)\))?")
SERIES = re.compile(r"indicator (\d) (rose more, or fell less|fell more, or rose less)")
Row = dict[Any, Any]
Claim = tuple[str, str, str, bool]  # kind, what about, wave, whether it goes up


@dataclass(frozen=True)
class Summary:
    """One simulated study: its rows of findings and of effects, and what its summary says."""

    findings: list[Row]
    effects: list[Row]
    messages: list[Message]


def simulated(shape: tuple[int, int, bool, bool], studies: int, shift: float, indicators: int = 4) -> Iterator[Summary]:
    """Draw studies of one shape; `shift` is planted in the first theme alone, nothing in any indicator."""
    pairs, waves, missing, shared = shape
    random, values = np.random.default_rng(pairs + waves), drawn_gaps(pairs, waves, studies, shift)
    if missing:
        values[random.random(values.shape[:3]) < 1 / 3] = np.nan
    known = {f"P{n:02d}": f"P{0 if n < 3 else n:02d}" for n in range(pairs)} if shared else None
    for study in values:
        changed = [no_change(pairs, 40, "exchangeable", random) for _ in range(indicators)]
        others = np.array([found.p_value for found in changed])
        findings = across(_gaps(study), known, others)
        effects = allowed(pd.DataFrame({"p_value": others}), others, by_t(findings))
        about = {"term": "difference", "placebo": False, "n_treated": pairs, "n_comparators": 40, "caution": ""}
        against = [
            {**about, "estimate": one.estimate, "ci_low": one.ci_low, "ci_high": one.ci_high, **row}
            for one, row in zip(changed, effects.to_dict("records"), strict=True)
        ]
        rows = findings.to_dict("records")
        yield Summary(rows, against, said(rows, against))


def said(findings: list[Row], effects: list[Row]) -> list[Message]:
    """The messages of a summary, in the order in which it says them."""
    survey = [(row, f"Theme {row['theme']}") for row in findings]
    return [
        *words.of_survey(survey),
        *words.of_outcomes([], [(row, f"indicator {n}") for n, row in enumerate(effects)]),
    ]


def claims(message: Message) -> set[Claim]:
    """What a message says of directions, as a stranger reads it."""
    found = set[Claim]()
    if told := DIRECTED.search(message.sentence):
        gap, themes, change, changed = told.groups()
        for theme, waves in NAMED.findall((themes or changed) + "."):
            for wave in re.findall(r"\d", waves) or [""]:
                found.add(("gap" if gap else "change", theme, wave, (gap or change) in {"higher", "up"}))
    return found | {("series", number, "", way.startswith("rose")) for number, way in SERIES.findall(message.sentence)}


def true_claims(summary: Summary) -> dict[Claim, Row]:
    """What the rows allow to be said, each with its row."""
    found: dict[Claim, Row] = {}
    for row in summary.findings:
        if row["stands"]:
            wave: str = str(row["wave"]) if pd.notna(row["wave"]) else ""
            found[row["contrast_kind"], str(row["theme"]), wave, row["estimate"] > 0] = row
    for number, row in enumerate(summary.effects):
        if row["stands"]:
            found["series", str(number), "", row["estimate"] > 0] = row
    return found


def too_strong(summary: Summary) -> list[str]:
    """The messages that say a direction their rows have not, or are surer than the least sure of them."""
    allowed_here, wrong = true_claims(summary), []
    for message in summary.messages:
        made = claims(message)
        firm = all(_firm(allowed_here[claim]) for claim in made if claim in allowed_here and claim[0] != "series")
        directed = bool(re.search(r"higher|lower|\bup\b|\bdown\b|rose|opposite", message.sentence))
        of_survey = all(claim[0] != "series" for claim in made)
        unfit = bool(made) and message.sure not in ({CLEAR, LIKELY} if firm and of_survey else {LIKELY})
        if made - allowed_here.keys() or directed != bool(made) or unfit:
            wrong.append(message.sentence)
    return wrong


def contradictions(summary: Summary) -> set[Claim]:
    """Directions said of what another message says the opposite of, or says that it cannot be told."""
    made = [claim for message in summary.messages for claim in claims(message)]
    unsure = {claim for message in summary.messages for claim in _undecided(message, summary)}
    opposed = {claim for claim in made if (*claim[:3], not claim[3]) in made}
    return opposed | {claim for claim in made if claim[:3] in unsure}


def untold(summary: Summary) -> set[Claim]:
    """Directions that stand and that no message says."""
    return true_claims(summary).keys() - {claim for message in summary.messages for claim in claims(message)}


def _undecided(message: Message, summary: Summary) -> set[tuple[str, str, str]]:
    """What a message says cannot be told: kind, what about, wave; without a wave of every wave."""
    told = re.search(r"cannot tell whether the two sides differ on (.+?)(?:\. Nor|\.?$)", message.sentence)
    found = set[tuple[str, str, str]]()
    waves = {str(row["wave"]) for row in summary.findings if pd.notna(row["wave"])}
    for theme, named in NAMED.findall(told.group(1) if told else ""):
        found |= {("gap", theme, wave) for wave in re.findall(r"\d", named) or waves}
    if "any gap changed" in message.sentence:
        found |= {("change", str(row["theme"]), "") for row in summary.findings}
    return found


def _firm(row: Row) -> bool:
    small: bool = bool(pd.notna(row["p_adjusted"]) and row["p_adjusted"] <= 0.01)
    return small and bool(row["n_clusters"] >= 6) and "one_pair_carries" not in row["caution"]


def _gaps(values: np.ndarray) -> pd.DataFrame:
    """The frame `gaps` of one study: gaps (pairs, themes, waves), missing where a pair has none."""
    pair, theme, wave = np.nonzero(np.isfinite(values))
    return pd.DataFrame({
        "outcome": "survey", "contrast_kind": "gap", "pair": [f"P{n:02d}" for n in pair], "theme": theme.astype("str"),
        "wave": wave + 1, "estimate": values[pair, theme, wave], "n_supporter": 25, "n_receiver": 25, "caution": "",
    })  # fmt: skip


def main() -> int:
    """Simulate, read back, and hold against the bars."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=500, help="how many without a gap; half as many with one")
    each = max(parser.parse_args().studies // len(SHAPES), 1) + 1
    counted = dict.fromkeys(("too strong", "contradicting", "left out"), 0)
    null, messages, summaries = list[bool](), 0, 0
    for shape, shift in itertools.product(SHAPES, (0.0, 0.52, 0.85)):
        for summary in simulated(shape, each if shift == 0 else each // 4 + 1, shift):
            counted["too strong"] += len(too_strong(summary))
            counted["contradicting"] += bool(contradictions(summary))
            counted["left out"] += len(untold(summary))
            messages, summaries = messages + len(summary.messages), summaries + 1
            if not shift:
                null.append(any(claims(message) for message in summary.messages))
    share = 100 * float(np.mean(null))
    print(f"summaries: {summaries}, with {messages} messages")
    print(f"messages stronger than a row behind them: {counted['too strong']} (bar: 0)")
    print(f"summaries that contradict themselves: {counted['contradicting']} (bar: 0)")
    print(f"directions that stand and are not said: {counted['left out']} (bar: 0)")
    print(f"summaries of {len(null)} studies without a gap that state a direction: {share:.1f}% (bar: at most {MOST}%)")
    return int(any(counted.values()) or share > MOST)


if __name__ == "__main__":
    sys.exit(main())
