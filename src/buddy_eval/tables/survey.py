"""Tables on the survey and the comparison: reliability, means by side, gaps, findings."""

from __future__ import annotations

import pandas as pd

from buddy_eval import disclosure, wording
from buddy_eval.numbers import interval, number, p_value
from buddy_eval.results import Results
from buddy_eval.tables.form import Prose, Table, count, plain


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
    """Show both sides' mean score by theme, pair and wave, with interval, n and agreement within the side."""
    found = results.survey("within")
    found = found[found["pair"].isin(results.pairs)]
    cells = pd.DataFrame(
        {
            "mean": [
                f"{number(row.mean_, 1)} ({interval(row.ci_low, row.ci_high, 1)})"
                for row in found.rename(columns={"mean": "mean_"}).itertuples()
            ],
            "n": found["n"].map(count),
            "rwg": [
                number(value) + " split" * bool(split)
                for value, split in zip(found["rwg"], found["split"], strict=True)
            ],
        }
    )
    keys = ["theme", "pair", "wave"]
    wide = found[[*keys, "side"]].join(cells).pivot(index=keys, columns="side", values=["mean", "n", "rwg"]).fillna("")
    rows = in_order(wide.index.to_frame(index=False), results)
    made = pd.DataFrame(
        {"Theme": rows["theme"].map(labels(results)), "Pair": rows["pair"], "Wave": rows["wave"].astype("str")}
    )
    for side in [side for side in ("supporter", "receiver") if side in found["side"].unique()]:
        for value, title in (("mean", "mean (95% interval)"), ("n", "n"), ("rwg", "rwg")):
            made[f"{side.capitalize()} {title}"] = wide[(value, side)].to_numpy()[rows.index]
    note = "Scores run from 1 to 5. Where people are split (rwg below 0.70) the mean hides two camps."
    if results.public:
        note = "Withheld: a single organisation's scores are not published."
    return Table(made, "Mean scores by side", note, heads=3)


def findings(results: Results, outcome: str = "survey") -> Table:
    """Show the results across pairs: estimate, interval, p-values, pairs and people, and the caution of each."""
    found = _found(results, outcome)
    names = labels(results)
    n = found[["n_supporter", "n_receiver"]]
    n = _people(n, results) if outcome == wording.SURVEY else n.map(count)
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
            "n supporter / receiver": [f"{a} / {b}" for a, b in zip(n["n_supporter"], n["n_receiver"], strict=True)],
        }
    )
    cautions = " ".join(
        f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in sorted(set(found["caution"].dropna())) if text
    )
    method = " ".join(sorted({text.rstrip(".") + "." for text in found["method"]}))
    caption = "Differences across pairs" + ("" if outcome == wording.SURVEY else ", outcome series")
    return Table(made, caption, f"{method} {cautions}".strip(), heads=1)


def sentences(results: Results, outcome: str = "survey", most: int | None = None) -> Prose:
    """Say the results across pairs in words; those that can tell something first, at most `most` of them."""
    found = _found(results, outcome)
    clear = (found["ci_low"] > 0) | (found["ci_high"] < 0)
    ordered = pd.concat([found[clear], found[~clear]])
    names = labels(results)
    said = [
        (wording.finding(row, names.get(str(row["theme"]), plain(str(row["theme"])))), str(row["finding"]))
        for row in ordered.to_dict("records")
    ]
    return Prose(tuple(said[:most]))


def gaps(results: Results) -> Table:
    """Show supporter minus receiver of every pair that may be shown, by theme and wave."""
    found = results.survey("gaps")
    found = in_order(found[found["pair"].isin(results.pairs)], results)
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
    return Table(made, "The gap in each pair", note, heads=3)


def _found(results: Results, outcome: str) -> pd.DataFrame:
    """The results across pairs of the survey, or of everything else: the outcome series."""
    if outcome == wording.SURVEY:
        return in_order(results.survey("findings"), results)
    found = results.table("findings")
    return in_order(found[found["outcome"] != wording.SURVEY], results)


def _people(counts: pd.DataFrame, results: Results) -> pd.DataFrame:
    """Counts of people as text, rounded for readers outside of the team."""
    shown = disclosure.withhold(counts, results.study.disclosure) if results.outside else counts
    return shown.map(count)
