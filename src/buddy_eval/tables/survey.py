"""Tables on the survey and the comparison: reliability, means by side, gaps, findings."""

from __future__ import annotations

import pandas as pd

from buddy_eval import disclosure, wording
from buddy_eval.numbers import estimate, interval, number, p_value
from buddy_eval.results import Results
from buddy_eval.tables.form import Prose, Table, count, crosswise, estimates, plain


def labels(results: Results) -> dict[str, str]:
    """Return the name to print of every theme, in the order of the codebook."""
    themes = results.table("themes").sort_values("position")
    return dict(zip(themes["theme"], themes["label"], strict=True))


def in_order(frame: pd.DataFrame, results: Results, column: str = "theme") -> pd.DataFrame:
    """Return the rows in the order of the codebook's themes; what is no theme comes last, in its own order."""
    places = {theme: place for place, theme in enumerate(results.themes)}
    return frame.sort_values(column, key=lambda themes: themes.map(places), kind="stable")


def reliability(results: Results) -> Table:
    """Show whether each theme's items hang together (alpha), and whether sides may be averaged (ICC)."""
    found = results.survey("reliability")
    found = in_order(found[found["side"] == "all"], results)
    names = labels(results)
    made = pd.DataFrame(
        {
            "Theme": found["theme"].map(names),
            "Wave": found["wave"].map(lambda wave: "all" if wave == 0 else str(wave)),
            "Statistic": found["statistic"].map(
                {"alpha": "alpha", "omega": "omega", "icc1": "ICC(1)", "icc2": "ICC(2)"}
            ),
            "Value": found["estimate"].map(number),
            "95% interval": [interval(low, high) for low, high in zip(found["ci_low"], found["ci_high"], strict=True)],
            "People": _people(found[["n"]], results)["n"],
            "Caution": found["caution"].fillna(""),
        }
    )
    note = (
        "Alpha and omega: do the items of a theme hang together (omega lets items weigh differently). ICC(1): how much "
        "of the difference between people is between their organisations. ICC(2): how reliable an organisation's "
        "mean is. The instrument is unvalidated."
    )
    return Table(made, "Reliability of the theme scores", note, heads=3)


def means(results: Results) -> Table:
    """Show the mean score of both sides by pair, wave and theme, with interval, and where people are split."""
    found = results.survey("within")
    found = found[found["pair"].isin(results.pairs)]
    cells = [
        estimate(mean, low, high, 1, sign=False) + ", split" * bool(split)
        for mean, low, high, split in found[["mean", "ci_low", "ci_high", "split"]].itertuples(index=False)
    ]
    made = crosswise(found, results, ["pair", "side", "wave"], cells, ["n"])
    note = (
        "Scores run from 1 to 5, with 95% interval. Split: people disagree (rwg below 0.70), the mean hides two camps."
    )
    if results.public:
        note = "Withheld: a single organisation's scores are not published."
    return Table(made, "Mean scores by side", note, heads=3)


def findings(results: Results, outcome: str = "survey") -> Table:
    """Show the results across pairs: estimate, interval, p-values, pairs and people, and the caution of each."""
    found = _found(results, outcome)
    names = labels(results)
    n = found[["n_supporter", "n_receiver"]]
    survey = outcome == wording.SURVEY
    n = _people(n, results) if survey else n.map(count)
    counted = "n supporter / receiver" if survey else "Periods of supporters / receivers"
    made = pd.DataFrame(
        {
            "Finding": found["finding"],
            "About": found["theme"].map(lambda theme: names.get(theme, plain(theme))),
            "Contrast": found["contrast"],
            "Estimate (95% interval)": estimates(found),
            "p": found["p_value"].map(p_value),
            "Adjusted p": found["p_adjusted"].map(p_value),
            "Pairs": found["n_pairs"].map(count),
            counted: [f"{a} / {b}" for a, b in zip(n["n_supporter"], n["n_receiver"], strict=True)],
        }
    )
    cautions = " ".join(
        f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in sorted(set(found["caution"].dropna())) if text
    )
    method = " ".join(sorted({f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in found["method"]}))
    caption = "Differences across pairs" + ("" if survey else ", outcome series")
    return Table(made, caption, f"{method} {cautions}".strip(), heads=1)


def sentences(results: Results, outcome: str = "survey", most: int | None = None) -> Prose:
    """Say the results across pairs in words; those that can tell something first, at most `most` of them."""
    found = _found(results, outcome)
    clear = found.apply(wording.clear, axis=1).astype("bool")
    ordered = pd.concat([found[clear], found[~clear]])
    names = labels(results)
    said = [
        (wording.finding(row, names.get(str(row["theme"]), plain(str(row["theme"])))), str(row["finding"]))
        for row in ordered.to_dict("records")
    ]
    return Prose(tuple(said[:most]))


def gaps(results: Results) -> Table:
    """Show supporter minus receiver of every pair that may be shown, by wave and theme."""
    found = results.survey("gaps")
    found = found[found["pair"].isin(results.pairs)]
    cells = estimates(found)
    made = crosswise(found, results, ["pair", "wave"], cells, ["n_supporter", "n_receiver"])
    note = "Supporter minus receiver, points on the 1 to 5 scale, Welch interval; people of supporter / receiver."
    if results.public:
        note = "Withheld: a single pair's results are not published."
    return Table(made, "The gap in each pair", note, heads=2)


def _found(results: Results, outcome: str) -> pd.DataFrame:
    """The results across pairs of the survey, or of everything else: the outcome series."""
    if outcome == wording.SURVEY:
        return in_order(results.survey("findings"), results)
    found = results.across("findings")
    return in_order(found[found["outcome"] != wording.SURVEY], results)


def _people(counts: pd.DataFrame, results: Results) -> pd.DataFrame:
    """Counts of people as text, rounded for readers outside of the team."""
    shown = disclosure.withhold(counts, results.study.disclosure) if results.outside else counts
    return shown.map(count)
