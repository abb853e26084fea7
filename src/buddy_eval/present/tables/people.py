"""Tables on the data themselves: who took part, what reading did, how far coders agree."""

from __future__ import annotations

import pandas as pd

from buddy_eval.analyse.strands import SIDES
from buddy_eval.base.numbers import interval, many, number
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose import seen
from buddy_eval.disclose.protected import comment_totals, comments_shown, flow_counts, flow_groups
from buddy_eval.disclose.results import Results
from buddy_eval.present.cautions import cautions_in_words
from buddy_eval.present.messages import inner, written
from buddy_eval.present.tables.form import Prose, Table, counted, drawn, plain, share


@drawn()
def flow(results: Results) -> Table:
    """Show the participant flow: asked, taking part, and how many survey questions stayed open."""
    counts, grouped = flow_counts(results), flow_groups(results)
    asked = grouped[["answered", "missing", "not_applicable", "dont_know"]].sum(axis=1)
    heads = grouped.index.to_frame(index=False).map(lambda cell: plain(str(cell)))
    shown, status = counted(counts, heads.rename(columns=plain))
    shown.loc[(status == disclosure.NOT_RECORDED)["invited"], "invited"] = "not recorded"
    names = {"invited": "Asked", "took_part": "Took part"}
    shown = shown.rename(columns=names)
    for name, title in (("missing", "Left empty"), ("not_applicable", "Not applicable"), ("dont_know", "Don't know")):
        shown[title] = [share(part, whole) for part, whole in zip(grouped[name], asked, strict=True)]
    note = "Percentages are of all survey questions put to the people who took part."
    if results.outside:
        note += " Small counts are withheld and others rounded."
    status = status.rename(columns=names).reindex(columns=shown.columns, fill_value="")
    return Table(shown, "Who was asked and who took part", note, heads=len(heads.columns), status=status)


def limits(results: Results) -> Prose:
    """Show what the team itself says about the limits of its data (`limits` in `study.toml`)."""
    said = [line.strip() for line in results.study.limits.split("\n\n") if line.strip()]
    return Prose(tuple((line, "") for line in said or ["The team has written down no limits of its data."]))


def flow_in_words(results: Results) -> Prose:
    """Say in a few sentences what the study rests on."""
    flow = results.table("flow")
    pairs, boards = len(results.table("pairs")), results.table("board_answers")
    took = flow.groupby("kind")["took_part"].sum()
    comments = comment_totals(results).get("all")
    said = [f"{pairs} pairs of trusts were studied; in each, one trust supported another."]
    if pairs == 1:
        said = ["One pair of trusts was studied: one trust supported another."]
    if took.get("interview", 0):
        were = "person was" if seen.people("interview", results) == 1 else "people were"
        sides = flow.loc[(flow["kind"] == "interview") & (flow["took_part"] > 0), "side"].unique()
        where = "both sides" if {"supporter", "receiver"} <= set(sides) else f"the {' and '.join(sides)} side only"
        where += " and in other bodies" * ({"supporter", "receiver", "external"} == set(sides))
        said.append(in_words("interview", f"{were} interviewed, on {where}.", results))
    if took.get("survey", 0):
        answered = "times somebody answered the survey, which puts the same questions to both sides."
        said.append(in_words("survey", answered, results, "Both sides were asked the same questions in a survey."))
        said += _unscored(results)
    if pd.notna(comments) and comments_shown(results):
        said.append(f"{'About ' * results.outside}{many(comments, 'comment was', 'comments were')} written.")
    if len(boards):
        n = len(boards[["pair", "side"]].drop_duplicates())
        asked = many(boards["question"].nunique(), "question")
        said.append(f"{many(n, 'board')} rated how far they have answered {asked}.")
    return Prose(tuple((text, "") for text in said))


def _unscored(results: Results) -> list[str]:
    """Name the themes that the survey asked about, and of too few of whose questions everybody was asked."""
    items = results.table("item_quality")
    scored = items[items["side"].isin(SIDES)].groupby("theme")["scored"].any()
    labels = [inner(label) for theme, label in results.labels.items() if not scored.get(theme, default=True)]
    return [f"No score for {written(labels)}: too few of its questions were asked of everybody."] if labels else []


def in_words(about: str, rest: str, results: Results, without: str = "") -> str:
    """Begin a sentence with a number of people: rounded outside of the team, and left out where it is withheld."""
    shown = seen.people(about, results)
    if shown is None:
        return without or f"{rest[:1].upper()}{rest[1:]}"
    return f"About {shown:,} {rest}" if results.outside else f"{shown:,} {rest}"


@drawn()
def imports(results: Results) -> Table:
    """Show what reading did to every file: what was read, converted, dropped or left out, and why."""
    log = _by_folder(seen.reading(results))
    cells = {
        "File": log["file"].str.removeprefix("data/raw/"),
        "What": log["item"],
        "Done": log["action"],
        "Number": log["n"].astype("str"),
        "Reason": log["reason"],
    }
    units = {"Number": "rows, comments, turns, questions"}
    note = "Every line, column and cell that was left out or changed is named here."
    note = "Sums over all files; what was left out of single files stays with the team." if results.outside else note
    return Table(pd.DataFrame(cells), "What reading did", note, heads=2, units=units)


def _by_folder(log: pd.DataFrame) -> pd.DataFrame:
    """One line for the files of a folder to which the same was done: how many files, and the sum."""
    folder = log["file"].str.extract(r"^data/raw/(.+)/[^/]+$", expand=False)
    keys = ["place", "item", "action", "reason"]
    grouped = log.assign(place=folder.fillna(log["file"])).groupby(keys, sort=False)
    shown = grouped.agg(n=("n", "sum"), files=("file", "size"), file=("file", "first")).reset_index()
    several = shown["place"] + " (" + shown["files"].astype("str") + " files)"
    return shown.assign(file=shown["file"].where(shown["files"] == 1, several))


@drawn(lambda _: ("theme", "code"))
def agreement(results: Results, level: str = "theme") -> Table:
    """Show agreement between coders by theme or by code: alpha with its interval, per cent, prevalence."""
    coders = results.table("agreement")
    wide = coders[coders["level"] == level].pivot(index="code", columns="statistic", values="estimate")
    alpha = coders[(coders["statistic"] == "alpha") & (coders["level"] == level)].set_index("code")
    order = results.themes if level == "theme" else results.table("codes").sort_values("position")["code"]
    names = _names(results, level)
    rows = [
        {
            plain(level): names.get(code, code),
            "Alpha": number(alpha.loc[code, "estimate"]),
            "95% interval": interval(alpha.loc[code, "ci_low"], alpha.loc[code, "ci_high"]),
            "Same answer": share(wide.loc[code, "percent"], 1),
            "Prevalence": share(wide.loc[code, "prevalence"], 1),
            "Units": str(alpha.loc[code, "n_units"]),
            "Caution": "; ".join(cautions_in_words(alpha.loc[code].to_dict())),
        }
        for code in order
        if code in alpha.index
    ]
    note = "Krippendorff's alpha (nominal): 0.80 or more is firm, 0.67 to 0.80 tentative. Computed before consensus."
    return Table(pd.DataFrame(rows), f"Agreement between coders, by {level}", note, units={"Units": "units"})


def _names(results: Results, level: str) -> dict[str, str]:
    if level == "theme":
        return results.labels
    codes = results.table("codes")
    return {code: f"{code} {name}" for code, name in zip(codes["code"], codes["name"], strict=True)}
