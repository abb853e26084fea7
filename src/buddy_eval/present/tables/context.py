"""Tables on boards and outcomes, and the joint display."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buddy_eval.analyse.strands import STRANDS
from buddy_eval.base.dates import in_full
from buddy_eval.base.numbers import many, number
from buddy_eval.disclose.results import Results
from buddy_eval.disclose.seen import board_readiness, charts, last_months, trusts_by_signal
from buddy_eval.present import wording
from buddy_eval.present.tables.form import Prose, Table, drawn, plain
from buddy_eval.present.tables.survey import in_order

ICONS = {
    "improvement": "special cause, improving",
    "concern": "special cause, concerning",
    "change": "special cause, neither good nor bad",
    "common_cause": "common cause",
}
ASSURANCE = {
    "consistent_pass": "limits clear the target",
    "consistent_fail": "limits miss the target",
    "inconsistent": "target within limits",
}
JOINT_NOTE = (
    "Each side is read apart. Both may lean alike where kinds of evidence show several ways; what is opposite is so "
    "beyond chance. Survey and boards count with their latest wave, people interviewed once, whatever the wave."
)


@drawn(lambda _: ("theme", "source"))
def readiness(results: Results, view: str = "theme") -> Table:
    """Show how far the boards have answered the questions, in the analytic view or as printed in the source."""
    summed = in_order(board_readiness(results, view), results, "heading")
    names = results.labels if view == "theme" else {}
    shown = pd.DataFrame({"Theme" if view == "theme" else "Heading": summed["heading"].map(lambda h: names.get(h, h))})
    if "side" in summed:
        shown["Side"] = summed["side"]
    shown["Boards"] = summed["boards"].astype("str")
    shown["Questions"] = summed["n_questions"].astype("str")
    shown["In place"] = summed["in_place"].astype("str") + " of " + summed["n_rated"].astype("str")
    shown["Not applicable"] = summed["not_applicable"].astype("str")
    shown["Don't know"] = summed["dont_know"].astype("str")
    shown["Lowest to highest"] = [
        "none rated" if pd.isna(low) else f"{low} to {high}"
        for low, high in zip(summed["lowest"], summed["highest"], strict=True)
    ]
    title = "by analytic theme" if view == "theme" else "under the headings of the source"
    note = (
        "Answers rated 3 (in place) or 4 (reviewed with the partner), of those rated 0 to 4. "
        "This is the boards' own view; it is never combined with the staff survey."
    )
    if len(summed) and summed["n_waves"].max() > 1:
        wave, waves = summed["wave"].max(), summed["n_waves"].max()
        note += f" Wave {wave}, the latest of {waves}; earlier returns are not added."
    counted = {"Boards": "boards", "Questions": "questions"}
    counted |= dict.fromkeys(("In place", "Not applicable", "Don't know"), "answers of boards")
    return Table(shown, f"Board readiness {title}", note, heads=2 if "side" in summed else 1, units=counted)


@drawn()
def board_pair(results: Results) -> Table:
    """Show the two boards of each pair side by side: answers in place, by theme, with what they left open."""
    returns = results.table("readiness")
    returns = returns[(returns["view"] == "theme") & returns["pair"].isin(results.pairs)].sort_values("wave")
    cells: dict[tuple[Any, ...], str] = {}
    several = len(set(returns["wave"])) > 1
    for row in returns.to_dict("records"):
        said = f"wave {row['wave']}: {_in_place(row)}" if several else _in_place(row)
        key = (row["pair"], row["heading"], row["side"])
        cells[key] = f"{cells[key]}; {said}" if key in cells else said
    rows = [
        (pair, label, *(cells.get((pair, theme, side), "no return") for side in ("supporter", "receiver")))
        for pair in (results.pairs if len(returns) else ())
        for theme, label in results.labels.items()
    ]
    shown = pd.DataFrame(rows, columns=["Pair", "Theme", "Supporter", "Receiver"])
    note = "In place: rated 3 or 4, the two highest. The boards' own view; it is never combined with the staff survey."
    return Table(shown.drop(columns="Pair") if results.pair else shown, "Board readiness of both boards", note)


@drawn()
def variation(results: Results) -> Table:
    """Show what the process-behaviour charts find at their last point, for each trust and indicator."""
    chance = signals_by_chance(results)
    if results.public:
        counts = trusts_by_signal(results)
        shown = pd.DataFrame({"Indicator": [plain(indicator) for indicator in counts.index]})
        for signal, title in ICONS.items():
            if signal in counts:
                shown[plain(title)] = counts[signal].astype("str").to_numpy()
        note = f"Number of trusts. Charts of single trusts are not published. {chance}"
        units = dict.fromkeys(map(plain, ICONS.values()), "trusts")
        return Table(shown, "Trusts by variation at the last month", note, units=units)
    last = last_months(results)
    cells = {
        "Indicator": last["indicator"].map(plain),
        "Trust": last["ods"],
        "Last value": last["value"].map(number),
        "Centre": last["centre"].map(number),
        "Limits": [f"{number(low)} to {number(high)}" for low, high in zip(last["lower"], last["upper"], strict=True)],
        "Variation": last["signal"].map(ICONS),
        "Target": last["target"].map(number).where(last["target"].notna(), "none"),
        "Against the target": last["assurance"].map(ASSURANCE).fillna(""),
        "Rule": last["rule"].fillna("").map(lambda rule: str(rule).replace("_", " ")),
        "Months": last["n_months"].astype("str"),
    }
    shown = pd.DataFrame(cells)
    if results.pair:
        shown = shown.drop(columns=["Centre", "Rule", "Months"])
    note = f"XmR charts, rules of NHS 'Making Data Count'. {chance}"
    return Table(shown, "Variation at the last month", note, heads=2, units={"Months": "months"})


def _signal(charts: pd.Series) -> str:
    return many(int(charts.sum()), "shows a signal", "show a signal")


def signals_by_chance(results: Results) -> str:
    """Say how many signals there are beside how many chance alone brings, counted over charts."""
    rows = charts(results)
    drawn = rows[rows["reason"].isna() | (rows["reason"] == "")]
    said = (
        f"Of {many(len(drawn), 'chart')} {_signal(drawn['last_signal'])} at the last month, "
        "where chance alone lets "
        f"{number(drawn['by_chance_last'].sum(), 1)} do so; {_signal(drawn['any_signal'])} at some month, by "
        f"chance alone {number(drawn['by_chance_any'].sum(), 1)}. A signal does not say what it comes from."
    )
    if alike := int(drawn["alike"].sum()):
        which = "one chart" if alike == 1 else f"{alike} charts"
        said += f" In {which} months resemble the last: limits are too narrow, and more signals come by chance."
    if gaps := int((drawn["n_missing"] > 0).sum()):
        charts_with = "one chart lacks" if gaps == 1 else f"{gaps} charts lack"
        said += f" {charts_with.capitalize()} months in between; a missing month ends a run."
    missing = rows.loc[~rows.index.isin(drawn.index), "reason"].value_counts()
    return said + "".join(f" No chart for {n} series: {reason}." for reason, n in missing.items())


@drawn()
def joint(results: Results) -> Table:
    """Show the joint display: interviews, survey and boards by theme, and each of its two questions."""
    rows = of_joint(results)
    cells = {
        "Theme": rows["theme"].map(results.labels),
        **{plain(strand): rows[strand].map(wording.state) for strand in STRANDS},
        "Kinds of evidence": rows["rating"].map(wording.RATED),
        "Two sides": rows["sides"].map(wording.BOTH),
    }
    about, note = "the whole study", JOINT_NOTE
    if results.pair:
        told = rows[rows["survey_detail"].fillna("") != ""]
        said = told["theme"].map(results.labels) + ": " + told["survey_detail"]
        figures = "; ".join(said)
        about = f"pair {results.pair}"
        note += f" The survey's figures: {figures}." * bool(figures)
    return Table(pd.DataFrame(cells), f"Joint display of {about}", note)


@drawn()
def joint_figures(results: Results) -> Table:
    """Show the figures that the joint display rests on, for each theme and kind of evidence."""
    names = {f"{strand}_detail": plain(strand) for strand in STRANDS}
    rows = of_joint(results).melt("theme", list(names), "evidence", "figures")
    rows = in_order(rows[rows["figures"].fillna("") != ""], results)
    cells = {"Theme": rows["theme"].map(results.labels), "Evidence": rows["evidence"].map(names)}
    shown = pd.DataFrame({**cells, "Figures": rows["figures"]})
    return Table(shown, "What the joint display rests on", heads=2, of_team=results.outside)


def joint_sentences(results: Results) -> Prose:
    """Say in words whether the kinds of evidence point one way and the sides lean alike, theme by theme."""
    names = results.labels
    said = [(wording.joint(row, names[str(row["theme"])]), "") for row in of_joint(results).to_dict("records")]
    return Prose(tuple(said))


def pairs(results: Results) -> Table:
    """Show the pairs of the study, or the one of a brief; the public sees only how many there are."""
    rows = results.table("pairs")
    rows = rows[rows["pair"].isin(results.pairs)]
    trusts = results.table("trusts")
    names = dict(zip(trusts["ods"], trusts["name"], strict=True))
    cells = {
        "Pair": rows["pair"],
        "Supporting trust": [names.get(code, code) if pd.notna(code) else "not known" for code in rows["supporter"]],
        "Receiving trust": [names.get(code, code) for code in rows["receiver"]],
        "From": [in_full(day) for day in rows["start"]],
        "To": [in_full(day, "goes on") for day in rows["end"]],
    }
    closed = f"Withheld: the {len(results.table('pairs'))} pairs are not named." * results.public
    return Table(pd.DataFrame(cells), "Pairs of trusts", closed=closed)


def of_joint(results: Results) -> pd.DataFrame:
    """The joint display of the whole study, or of the pair of a brief; nothing where no theme can be rated."""
    rows = results.joint()
    rows = rows[rows["pair"] == (results.pair or "all")]
    return in_order(rows, results) if (rows["rating"] != "silence").any() else rows.iloc[:0]


def _in_place(row: Mapping[Any, Any]) -> str:
    open_ones = {"not applicable": row["not_applicable"], "not known": row["dont_know"]}
    said = [f"{row['in_place']} of {row['n_rated']} in place", *(f"{n} {name}" for name, n in open_ones.items() if n)]
    return "; ".join(said)
