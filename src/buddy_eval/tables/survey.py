"""Tables on the survey and the comparison: reliability, means by side, gaps, findings."""

from __future__ import annotations

import pandas as pd

from buddy_eval import wording
from buddy_eval.results import Results
from buddy_eval.tables.form import Prose, Table, count, interval, number, p_value, plain


def labels(results: Results) -> dict[str, str]:
    """Return the name to print of every theme; an indicator's own name, in words, for anything else."""
    themes = results.table("themes")
    return dict(zip(themes["theme"], themes["label"], strict=True))


def reliability(results: Results) -> Table:
    """Show whether each theme's items hang together (alpha), and whether sides may be averaged (ICC)."""
    found = results.table("reliability")
    found = found[found["side"] == "all"]
    names = labels(results)
    made = pd.DataFrame(
        {
            "Theme": found["theme"].map(names),
            "Wave": found["wave"].map(lambda wave: "all" if wave == 0 else str(wave)),
            "Statistic": found["statistic"].map({"alpha": "alpha", "icc1": "ICC(1)", "icc2": "ICC(2)"}),
            "Value": found["estimate"].map(number),
            "95% interval": [interval(low, high) for low, high in zip(found["ci_low"], found["ci_high"], strict=True)],
            "People": found["n"].map(count),
            "Caution": found["caution"].fillna(""),
        }
    )
    note = (
        "Alpha: do the items of a theme hang together. ICC(1): how much of the difference between people is between "
        "their organisations. ICC(2): how reliable an organisation's mean is. The instrument is unvalidated."
    )
    return Table(made, "Reliability of the theme scores", note, heads=3)


def means(results: Results, pair: str | None = None) -> Table:
    """Show each side's mean score by theme and wave, with its interval, n and agreement within the side."""
    found = results.table("within")
    found = found[found["pair"].isin([pair] if pair else results.pairs)]
    made = pd.DataFrame(
        {
            "Theme": found["theme"].map(labels(results)),
            "Pair": found["pair"],
            "Side": found["side"],
            "Wave": found["wave"].astype("str"),
            "Mean": found["mean"].map(lambda value: number(value, 1)),
            "95% interval": [interval(low, high, 1) for low, high in zip(found["ci_low"], found["ci_high"], strict=True)],
            "People": found["n"].map(count),
            "rwg": found["rwg"].map(number),
            "Reading": found["split"].map({True: "people are split", False: "people agree"}),
        }
    )
    if pair:
        made = made.drop(columns="Pair")
    note = "Scores run from 1 to 5. Where people are split (rwg below 0.70) the mean hides two camps: do not quote it alone."
    if results.public:
        note = "Withheld: a single organisation's scores are not published."
    return Table(made, "Mean scores by side", note, heads=3 if pair else 4)


def findings(results: Results, outcome: str = wording.SURVEY) -> Table:
    """Show the results across pairs: estimate, interval, p-values, pairs and people, and the caution of each."""
    found = results.table("findings")
    found = found[(found["outcome"] == wording.SURVEY) == (outcome == wording.SURVEY)]
    names = labels(results)
    people = [f"{count(a)} / {count(b)}" for a, b in zip(found["n_supporter"], found["n_receiver"], strict=True)]
    made = pd.DataFrame(
        {
            "Finding": found["finding"],
            "About": found["theme"].map(lambda theme: names.get(theme, plain(theme))),
            "Contrast": found["contrast"],
            "Estimate": [number(value, sign=True) for value in found["estimate"]],
            "95% interval": [interval(low, high) for low, high in zip(found["ci_low"], found["ci_high"], strict=True)],
            "p": found["p_value"].map(p_value),
            "Adjusted p": found["p_adjusted"].map(p_value),
            "Pairs": found["n_pairs"].map(count),
            "n supporter / receiver": people,
        }
    )
    cautions = " ".join(f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in sorted(set(found["caution"].dropna())) if text)
    method = " ".join(sorted({text.rstrip(".") + "." for text in found["method"]}))
    return Table(made, "Differences across pairs", f"{method} {cautions}".strip(), heads=1)


def sentences(results: Results, outcome: str = wording.SURVEY) -> Prose:
    """Say the results across pairs in words; those that can tell something first."""
    found = results.table("findings")
    found = found[(found["outcome"] == wording.SURVEY) == (outcome == wording.SURVEY)]
    clear = (found["ci_low"] > 0) | (found["ci_high"] < 0)
    ordered = pd.concat([found[clear], found[~clear]])
    names = labels(results)
    said = [
        (wording.finding(row, names.get(str(row["theme"]), plain(str(row["theme"])))), str(row["finding"]))
        for row in ordered.to_dict("records")
    ]
    return Prose(tuple(said))


def gaps(results: Results) -> Table:
    """Show supporter minus receiver of every pair that may be shown, by theme and wave."""
    found = results.table("gaps")
    found = found[(found["outcome"] == wording.SURVEY) & found["pair"].isin(results.pairs)]
    made = pd.DataFrame(
        {
            "Theme": found["theme"].map(labels(results)),
            "Wave": found["wave"].astype("str"),
            "Pair": found["pair"],
            "Supporter minus receiver": [number(value, sign=True) for value in found["estimate"]],
            "95% interval": [interval(low, high) for low, high in zip(found["ci_low"], found["ci_high"], strict=True)],
            "People": [f"{a} / {b}" for a, b in zip(found["n_supporter"], found["n_receiver"], strict=True)],
        }
    )
    note = "Points on the 1 to 5 scale; Welch interval; people of supporter / receiver."
    if results.public:
        note = "Withheld: a single pair's results are not published."
    return Table(made.sort_values(["Theme", "Wave", "Pair"]), "The gap in each pair", note, heads=3)
