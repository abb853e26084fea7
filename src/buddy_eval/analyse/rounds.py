"""Each round beside the one before: interviews, comments, survey, boards and capacity; rounds are never pooled.

No figure here is tested: other people are asked in every round unless they are linked, and the survey's change of the
gap between the sides has its test in `compare`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from buddy_eval.analyse.compare.clusters import cluster_of, clusters
from buddy_eval.analyse.interviews import UNRECORDED, asked, exact_interval, raised
from buddy_eval.analyse.scores import reversed_answers
from buddy_eval.analyse.t_interval import t_half
from buddy_eval.schemas import conform, empty
from buddy_eval.schemas.kept import ACTION_FIGURES, BY_ROUND, TOLD
from buddy_eval.schemas.vocabulary import WHOLE

ABOUT_BEING_TOLD = ("CV1", "CV2")  # of the shipped codebook: a plan of what is said, and whom it reaches
AGREES, DISAGREES = 4, 2  # answers from which, and up to which, somebody says so
FIGURES_OF_ACTIONS = {"survey": "mean", "boards": "in_place"}
LEAST_CLUSTERS = 3
FIGURES = ["value", "ci_low", "ci_high"]
KEYS = ["pair", "side", "theme", "strand", "measure"]


def heard(
    consensus: pd.DataFrame, units: pd.DataFrame, sources: pd.DataFrame, codes: pd.DataFrame, themes: pd.DataFrame
) -> pd.DataFrame:
    """Who was asked about a theme, or raised it unasked, in which round, and in which direction.

    Returns columns participant, pair, side, theme, wave, direction (missing where it was not raised). Who was
    interviewed in two rounds counts in each.
    """
    parts = []
    for wave in sorted(sources["wave"].dropna().unique()):
        ours = units[units["wave"] == wave]
        keys = ["participant", "pair", "side", "theme"]
        put = asked(ours, sources, themes)
        said = raised(consensus, ours, codes, by="theme")[[*keys, "direction"]]
        parts.append(put[put["asked"].astype(bool)][keys].merge(said, on=keys, how="outer").assign(wave=wave))
    return pd.concat(parts) if parts else pd.DataFrame(columns=["participant", *KEYS[:3], "wave", "direction"])


def interviews_by_round(people: pd.DataFrame) -> pd.DataFrame:
    """Shares of those asked for whom a theme was mostly an enabler, and mostly a barrier, with exact intervals.

    `people` is from `heard`. Who raised it without a recorded direction counts in neither share, nor in n; where
    nobody's direction was recorded, there is no share. Returns rows of `by_round` without what came before.
    """
    both = _and_all(people)
    both = both.assign(open=both["direction"] == UNRECORDED, told=both["direction"].notna())
    parts = []
    for measure in ("enabler", "barrier"):
        grouped = both.assign(hit=both["direction"] == measure).groupby(["scope", "side", "theme", "wave"])
        counted = grouped.agg(
            every=("participant", "nunique"), open=("open", "sum"), told=("told", "sum"), hits=("hit", "sum"),
            n_pairs=("pair", "nunique"),
        )  # fmt: skip
        n = counted["every"] - counted["open"]
        low, high = exact_interval(counted["hits"], n)
        nobody = (counted["open"] > 0) & (counted["open"] == counted["told"])
        figures = counted.assign(n=n, value=counted["hits"] / n.where(n > 0), ci_low=low, ci_high=high)
        figures[FIGURES] = figures[FIGURES].mask(nobody)
        parts.append(figures.assign(measure=measure, strand="interviews"))
    return _rows(pd.concat(parts))


def comments_by_round(suggestions: pd.DataFrame, units: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Shares of the comments of a side in which the lexicon suggests a theme; a suggestion is not a finding."""
    said = units[(units["channel"] == "comment")].dropna(subset=["side", "wave"])
    touched = suggestions.merge(codes[["code", "theme"]].dropna(), on="code")[["unit", "theme"]].drop_duplicates()
    themes = codes[["theme"]].dropna().drop_duplicates()
    crossed = said[["unit", "pair", "side", "wave"]].merge(themes, how="cross")
    crossed = crossed.merge(touched.assign(hit=True), on=["unit", "theme"], how="left")
    both = _and_all(crossed.assign(hit=crossed["hit"].notna()))
    grouped = both.groupby(["scope", "side", "theme", "wave"])
    counted = grouped.agg(n=("hit", "size"), value=("hit", "mean"), n_pairs=("pair", "nunique"))
    return _rows(counted.assign(strand="comments", measure="suggested"))


def survey_by_round(within: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Mean scores with t intervals: of a side of a pair, and of all pairs, where independent pairs count once each.

    The mean of a side that is split hides two camps, and is missing; over all pairs it counts.
    """
    alone = within.assign(scope=within["pair"], n_pairs=1, value=within["mean"].mask(within["split"].astype(bool)))
    alone[["ci_low", "ci_high"]] = alone[["ci_low", "ci_high"]].where(alone["value"].notna())
    keys = ["side", "theme", "wave"]
    named = within.assign(cluster=cluster_of(within["pair"], clusters(pairs)))
    means = named.groupby([*keys, "cluster"])["mean"].mean().groupby(keys).agg(["mean", "std", "size"])
    half = pd.Series(t_half(means["std"], means["size"].where(means["size"] >= LEAST_CLUSTERS)), index=means.index)
    of_all = named.groupby(keys).agg(n=("n", "sum"), n_pairs=("pair", "nunique"))
    of_all = of_all.assign(value=means["mean"], ci_low=means["mean"] - half, ci_high=means["mean"] + half)
    columns = ["scope", *keys, "n", "n_pairs", "value", "ci_low", "ci_high"]
    both = pd.concat([alone[columns], of_all.reset_index().assign(scope=WHOLE)])
    return _rows(both.set_index(["scope", *keys]).assign(strand="survey", measure="mean"))


def boards_by_round(readiness: pd.DataFrame) -> pd.DataFrame:
    """Shares of the rated questions of a theme that boards have in place; a board's answers are no sample."""
    rated = readiness[readiness["view"] == "theme"].rename(columns={"heading": "theme"})
    grouped = _and_all(rated).groupby(["scope", "side", "theme", "wave"])
    counted = grouped.agg(n=("n_rated", "sum"), hits=("in_place", "sum"), n_pairs=("pair", "nunique"))
    share = counted["hits"] / counted["n"].where(counted["n"] > 0)
    return _rows(counted.assign(value=share, strand="boards", measure="in_place"))


def capacity_by_round(capacity: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    """How much of the planned staff was given, of what lasted on the day on which a round opened.

    Contributions of which either is not written down enter neither sum; `n` counts those that enter.
    """
    known = capacity[capacity["resource"] == "staff"].dropna(subset=["planned", "actual"])
    parts = [
        known[(known["start"] <= day) & ~(known["end"] < day)].assign(wave=wave)
        for wave, day in zip(rounds["wave"], rounds["opens"], strict=True)
    ]
    if not parts:
        return _rows(pd.DataFrame())
    grouped = _and_all(pd.concat(parts)).groupby(["scope", "side", "wave"])
    summed = grouped.agg(
        n=("what", "size"), given=("actual", "sum"), plan=("planned", "sum"), n_pairs=("pair", "nunique")
    )
    share = summed["given"] / summed["plan"].where(summed["plan"] > 0)
    return _rows(summed.assign(value=share, theme=None, strand="capacity", measure="given"))


def by_round(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Set every figure of every kind of evidence beside the last round before that has it.

    Returns the frame `by_round`. Nothing is added over rounds.
    """
    rows = pd.concat([part for part in parts if len(part)] or [empty(BY_ROUND)], ignore_index=True)
    rows = rows.sort_values([*KEYS, "wave"], ignore_index=True)
    before = rows.groupby(KEYS, dropna=False)[["wave", "n", "value"]].shift()
    rows = rows.assign(**{f"{name}_before": before[name] for name in before})
    return conform(rows.assign(change=rows["value"] - rows["value_before"]), BY_ROUND)


def told(responses: pd.DataFrame, items: pd.DataFrame, people: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    """Count who says that they were told: answers to items on it, and people who raised its codes in interviews.

    Parameters
    ----------
    people : from `heard`; who was asked about the theme of communication could have raised the codes.
    spoken : participant, wave, code, theme, direction of those who raised a code; see `raised`.

    Returns
    -------
    The frame `told`. The items and codes are those of the codes CV1 and CV2 of the shipped codebook.
    """
    wanted = items[items["code"].isin(ABOUT_BEING_TOLD)]
    answered = reversed_answers(responses[responses["item"].isin(wanted["item"])], items).dropna(subset=["value"])
    value = answered["value"]
    answered = answered.assign(kind="survey", measure=answered["item"], yes=value >= AGREES, no=value <= DISAGREES)
    keys = ["participant", "pair", "side", "wave"]
    parts = [answered[[*keys, "kind", "measure", "yes", "no"]]]
    about = spoken[spoken["code"].isin(ABOUT_BEING_TOLD)]
    for code, said in about.groupby("code"):
        put = people[people["theme"] == said["theme"].iloc[0]][keys]
        ways = put.merge(said[["participant", "wave", "direction"]], on=["participant", "wave"], how="left")
        yes, no = (ways["direction"] == way for way in ("enabler", "barrier"))
        parts.append(ways[keys].assign(kind="interview", measure=code, yes=yes, no=no))
    grouped = pd.concat(parts).groupby(["pair", "side", "wave", "kind", "measure"])
    return conform(grouped.agg(n=("yes", "size"), yes=("yes", "sum"), no=("no", "sum")).reset_index(), TOLD)


def told_by_round(told: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Shares of the answers to items on being told that agree; `told` is from `told`, its interviews are not counted.

    An item that some of a side were not asked in some round enters none of its shares: they would change with it.
    Returns rows of `by_round` without what came before.
    """
    themes = items.set_index("item")["theme"]
    answered = told[told["kind"] == "survey"]
    times = answered["pair"] + " " + answered["wave"].astype("str")
    sides = [answered["side"], answered["side"] + " " + answered["measure"]]
    every, asked = (times.groupby(side).transform("nunique") for side in sides)
    answered = answered[asked == every]
    both = _and_all(answered.assign(theme=answered["measure"].map(themes)).astype({"theme": "str"}))
    grouped = both.groupby(["scope", "side", "theme", "wave"])
    counted = grouped.agg(n=("n", "sum"), yes=("yes", "sum"), n_pairs=("pair", "nunique"))
    return _rows(counted.assign(value=counted["yes"] / counted["n"], strand="reach", measure="told"))


def spoken(consensus: pd.DataFrame, units: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Who raised which code in which round: participant, wave, code, theme, direction."""
    parts = [
        raised(consensus, units[units["wave"] == wave], codes).assign(wave=wave)
        for wave in sorted(units["wave"].dropna().unique())
    ]
    every = pd.concat(parts) if parts else pd.DataFrame(columns=["participant", "code", "direction", "wave"])
    return every.merge(codes[["code", "theme"]], on="code")


def action_figures(actions: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """What the figures of an action's theme did since it was agreed, on the side that does it, or on both, each apart.

    The earlier round is the last one at or before the agreement, else the first; the later one is the latest. Nothing
    says that the one came from the other. Returns the frame `action_figures`.
    """
    rows: list[dict[str, Any]] = []
    known = dict(list(figures.dropna(subset=["value"]).groupby(["pair", "theme", "strand", "measure"])))
    for action in actions.dropna(subset=["theme"]).to_dict("records"):
        for strand, measure in FIGURES_OF_ACTIONS.items():
            shown = known.get((action["pair"], action["theme"], strand, measure), figures.iloc[:0])
            shown = shown[shown["side"] == action["side"]] if pd.notna(action["side"]) else shown
            for side, one in shown.groupby("side"):
                then = one[one["wave"] <= action["wave"]] if pd.notna(action["wave"]) else one.iloc[:0]
                first, last = (then.iloc[-1] if len(then) else one.iloc[0]), one.iloc[-1]
                if first["wave"] < last["wave"]:
                    about = {name: action[name] for name in ("action", "theme")} | {"side": side, "strand": strand}
                    before = {f"{name}_before": first[name] for name in ("wave", "n", "value")}
                    now = {name: last[name] for name in ("wave", "n", "value")}
                    rows.append({**about, **before, **now, "change": last["value"] - first["value"]})
    return conform(pd.DataFrame(rows), ACTION_FIGURES) if rows else empty(ACTION_FIGURES)


def _and_all(rows: pd.DataFrame) -> pd.DataFrame:
    """Every row twice: for its own pair, and for all pairs together, in the column `scope`."""
    return pd.concat([rows.assign(scope=rows["pair"]), rows.assign(scope=WHOLE)], ignore_index=True)


def _rows(counted: pd.DataFrame) -> pd.DataFrame:
    """Figures by pair, side, theme and round as rows of `by_round`."""
    return counted.reset_index().rename(columns={"scope": "pair"}) if len(counted) else empty(BY_ROUND)
