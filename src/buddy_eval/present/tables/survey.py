"""Tables on the survey and the comparison: reliability, means by side, gaps, findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buddy_eval.base.numbers import estimate, number, p_value
from buddy_eval.disclose import seen
from buddy_eval.disclose.results import Results
from buddy_eval.present import wording
from buddy_eval.present.cautions import cautions_in_words
from buddy_eval.present.tables.form import Prose, Table, count, crosswise, drawn, estimates, plain
from buddy_eval.schemas.cautions import listed


def in_order(frame: pd.DataFrame, results: Results, column: str = "theme") -> pd.DataFrame:
    """Return the rows in the order of the codebook's themes; what is no theme comes last, in its own order."""
    places = {theme: place for place, theme in enumerate(results.themes)}
    return frame.sort_values(column, key=lambda themes: themes.map(places), kind="stable")


SCORES_OF_SIDE = "Withheld: a single organisation's scores are not published."
STATISTICS = {"alpha": "Alpha", "omega": "Omega", "icc1": "ICC(1)", "icc2": "ICC(2)"}


@drawn()
def reliability(results: Results) -> Table:
    """Show whether each theme's items hang together (alpha, omega), and whether sides may be averaged (ICC)."""
    rows = results.survey("reliability")
    rows = rows[rows["side"] == "all"]
    cells = [
        estimate(row.estimate, row.ci_low, row.ci_high, 2, sign=False) + " *" * bool(row.caution)
        for row in rows.itertuples()
    ]
    wide = rows.assign(cell=cells).pivot(index=["theme", "wave"], columns="statistic", values="cell").fillna("")
    people = rows.groupby(["theme", "wave"])["n"].agg(["min", "max"]).map(count)
    wide[["People", "People (ICC)"]] = people[["min", "max"]]
    shown = in_order(wide.rename(columns=STATISTICS).reset_index(), results)
    shown["theme"] = shown["theme"].map(results.labels)
    shown["wave"] = shown["wave"].map(lambda wave: "all" if wave == 0 else str(wave))
    kept = [name for name in (*STATISTICS.values(), "People", "People (ICC)") if name in shown]
    shown = shown[["theme", "wave", *kept]].rename(columns=plain)
    note = (
        "With 95% interval. People: those who answered every item; for ICC, those with a score. "
        "Alpha and omega: do the items of a theme hang together (omega lets items weigh differently). ICC(1): how much "
        "of the difference between people is between their organisations. ICC(2): how reliable an organisation's mean "
        "is. The instrument is unvalidated."
    )
    said = dict.fromkeys("; ".join(cautions_in_words(row)) for row in rows.to_dict("records") if row["caution"])
    cautions = "".join(f" * {text}." for text in said)
    return Table(shown, "Reliability of the theme scores", note + cautions, heads=2)


@drawn()
def means(results: Results) -> Table:
    """Show the mean score of both sides by pair, wave and theme, with interval; where people are split, no mean."""
    rows = seen.means(results)
    cells = [
        _camps(row) if row["split"] else estimate(row["mean"], row["ci_low"], row["ci_high"], 1, sign=False)
        for row in rows.to_dict("records")
    ]
    shown = crosswise(rows, results, ["pair", "side", "wave"], cells, ["n"])
    note = (
        "Scores run from 1 to 5, with 95% interval. Split: people disagree (rwg below 0.70), so that a mean would hide "
        "two camps; low is below 2.5, high above 3.5."
    )
    return Table(shown, "Mean scores by side", note, heads=3, closed=SCORES_OF_SIDE * results.public)


def _camps(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["low"]):
        return "split"
    return f"split: {row['low']} low, {row['middle']} middle, {row['high']} high"


@drawn()
def changes(results: Results) -> Table:
    """Show how each side of the visible pairs moved between waves: both means, and the change with its interval."""
    rows = in_order(results.survey("side_changes"), results)
    rows = rows[rows["pair"].isin(results.pairs)]
    split = rows["caution"].map(lambda cell: "split_side" in listed(cell)).astype("bool")
    cells = {
        "Pair": rows["pair"],
        "Theme": rows["theme"].map(results.labels),
        "Side": rows["side"],
        "Waves": rows["wave_before"].astype("str") + " to " + rows["wave_after"].astype("str"),
        "Mean before": rows["mean_before"].map(lambda mean: number(mean, 1)).mask(split, "split"),
        "Mean after": rows["mean_after"].map(lambda mean: number(mean, 1)).mask(split, "split"),
        "Change (95% interval)": pd.Series(estimates(rows), rows.index, dtype="str").mask(split, ""),
    }
    shown = pd.DataFrame(cells)
    said = dict.fromkeys(text for row in rows.to_dict("records") for text in cautions_in_words(row))
    note = " ".join(f"{text[:1].upper()}{text[1:]}." for text in said)
    note = f"Of so many rows some leave out zero by chance. {note}".strip()
    caption, closed = "How each side moved between waves", SCORES_OF_SIDE * results.public
    if results.pair and len(shown):
        return Table(_side_by_side(shown, split), caption, note, heads=2, closed=closed)
    return Table(shown, caption, note, heads=3, closed=closed)


def _side_by_side(table: pd.DataFrame, split: pd.Series) -> pd.DataFrame:
    """The changes of a pair in half the rows: a theme and its waves in each, both sides in columns."""
    means = table["Mean before"] + " to " + table["Mean after"]
    said = (means + ": " + table["Change (95% interval)"]).mask(split, "split")
    wide = table.assign(cell=said).pivot(index=["Theme", "Waves"], columns="Side", values="cell")
    wide = wide.rename_axis(columns=None)
    sides = [side for side in ("supporter", "receiver", "external") if side in wide]
    order = table[["Theme", "Waves"]].drop_duplicates()
    shown = wide.loc[pd.MultiIndex.from_frame(order), sides].fillna("").rename(columns=plain)
    return shown.reset_index()


@drawn(lambda _: (wording.SURVEY, "outcomes"))
def findings(results: Results, outcome: str = "survey") -> Table:
    """Show the results across pairs: estimate, interval, p-values, pairs and people, and the caution of each."""
    rows = across_pairs(results, outcome)
    names = results.labels
    n = rows[["n_supporter", "n_receiver"]].map(count)
    survey = outcome == wording.SURVEY
    counted = "n supporter / receiver" if survey else "Periods of supporters / receivers"
    cells = {
        "Finding": rows["finding"],
        "About": rows["theme"].map(lambda theme: names.get(theme, plain(theme))),
        "When": when(rows),
        "Estimate (95% interval)": estimates(rows),
        "p": rows["p_value"].map(p_value),
        "Adjusted p": rows["p_adjusted"].map(p_value),
        "Pairs": rows["n_pairs"].map(count),
        "Independent pairs": rows["n_clusters"].map(count),
        counted: [f"{a} / {b}" for a, b in zip(n["n_supporter"], n["n_receiver"], strict=True)],
    }
    shown = pd.DataFrame(cells)
    parts = sorted({text for row in rows.to_dict("records") for text in cautions_in_words(row)})
    cautions = " ".join(f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in parts)
    method = " ".join(sorted({f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in rows["method"]}))
    caption = "Differences across pairs" + ("" if survey else ", outcome series")
    contrast = "Supporter minus receiver." if survey else "Receiver's change minus supporter's change."
    shown = shown if survey else shown.drop(columns="When")
    units = {"Pairs": "pairs", "Independent pairs": "pairs", **({} if survey else {counted: "periods"})}
    return Table(shown, caption, f"{contrast} {method} {cautions}".strip(), heads=1, units=units)


def when(rows: pd.DataFrame) -> pd.Series:
    """Say of every row in which wave it stands, or between which waves it is the change."""
    between = "wave " + rows["wave_after"].astype("str") + " minus wave " + rows["wave_before"].astype("str")
    return ("wave " + rows["wave"].astype("str")).where(rows["wave"].notna(), between)


def sentences(results: Results, outcome: str = "survey", most: int | None = None) -> Prose:
    """Say the results across pairs in words; those that can tell something first, at most `most` of them."""
    rows = across_pairs(results, outcome)
    clear = rows.apply(wording.clear, axis=1).astype("bool")
    ordered = pd.concat([rows[clear], rows[~clear]])
    said = [(wording.finding(row, label), str(row["finding"])) for row, label in labelled(ordered, results)]
    return Prose(tuple(said[:most]))


def in_short(results: Results, outcome: str = "survey") -> Prose:
    """Say the results that stand one by one, and all others together."""
    rows = labelled(across_pairs(results, outcome), results)
    said = [(wording.finding(row, label), str(row["finding"])) for row, label in rows if wording.clear(row)]
    rest = [(row, label) for row, label in rows if not wording.clear(row)]
    together = wording.unclear([row for row, _ in rest], [label for _, label in rest])
    return Prose((*said, *((sentence, "") for sentence in together)))


@drawn()
def gaps(results: Results) -> Table:
    """Show supporter minus receiver of every pair that may be shown, by wave and theme."""
    rows = results.survey("gaps")
    cells = estimates(rows)
    shown = crosswise(rows, results, ["pair", "wave"], cells, ["n_supporter", "n_receiver"])
    note = "Supporter minus receiver, points on the 1 to 5 scale, Welch interval; people of supporter / receiver."
    closed = "Withheld: a single pair's results are not published." * results.public
    return Table(shown, "The gap in each pair", note, heads=2, closed=closed)


def across_pairs(results: Results, outcome: str) -> pd.DataFrame:
    """The results across pairs of the survey, or of everything else: the outcome series."""
    if outcome == wording.SURVEY:
        return in_order(results.survey("findings"), results)
    rows = results.across("findings")
    return in_order(rows[rows["contrast_kind"] == "series"], results)


def labelled(frame: pd.DataFrame, results: Results) -> list[tuple[dict[Any, Any], str]]:
    """The rows with the name of what each is about."""
    return [(row, results.labels.get(row["theme"], plain(row["theme"]))) for row in frame.to_dict("records")]
