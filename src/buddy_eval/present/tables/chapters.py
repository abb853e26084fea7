"""What each chapter of a report begins with: its answer, in words that are no stronger than its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pandas as pd

from buddy_eval.analyse.strands import SIDES
from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.disclose import kept, seen
from buddy_eval.disclose.protected import theme_counts
from buddy_eval.disclose.results import Results
from buddy_eval.present.messages import COUNTED, Message, Messages, inner, written
from buddy_eval.present.tables.form import Prose
from buddy_eval.present.tables.opening import of_joint_display, of_series, of_the_survey
from buddy_eval.present.tables.rounds import as_at

UNCHECKED = "Neither how far coders agree nor how well a survey measures is known of these data."
WITH_CAUTION = "a caution stands beside {} of {} figures on {}"


def answer(results: Results, chapter: str) -> Messages | Prose:
    """Say what a chapter comes down to: `data`, `interviews`, `survey`, `comparison`, `series`, `joint` or `rounds`.

    The numbers stand in the chapter itself.
    """
    if chapter not in CHAPTERS:
        raise BuddyError(f"no chapter is called {chapter!r}; {nearest(chapter, CHAPTERS)}")
    return CHAPTERS[chapter](results)


def _data(results: Results) -> Prose:
    coders, survey = results.table("agreement"), results.survey("reliability")
    checked = {
        "how far coders agree on the themes": coders[(coders["level"] == "theme") & (coders["statistic"] == "alpha")],
        "how well the survey measures": survey[survey["side"] == "all"],
    }
    said = [
        WITH_CAUTION.format(int((rows["caution"].fillna("") != "").sum()), len(rows), what)
        for what, rows in checked.items()
        if len(rows)
    ]
    told = [(f"{text[:1].upper()}{text[1:]}.", "") for text in said]
    return Prose(tuple(told) or ((UNCHECKED, ""),))


def _interviews(results: Results) -> Messages:
    """On which themes more people of a side spoke mostly of a barrier than of an enabler, and the other way round."""
    counts = theme_counts(results).shown
    if not {"barrier", "enabler"} <= set(counts):
        return Messages(())
    more = (counts["barrier"] - counts["enabler"]).dropna().unstack("side")
    said = []
    for side in (side for side in SIDES if side in more):
        worse, better = (_named(results, more.index[rows.fillna(False)]) for rows in (more[side] > 0, more[side] < 0))
        told = [f"more spoke mostly of barriers than of enablers on {worse}"] if worse else []
        told += [f"more spoke mostly of enablers than of barriers on {better}"] if better else []
        if told:
            said.append(f"Among the {side}s interviewed, {', and '.join(told)}.")
    return Messages(tuple(Message(text, COUNTED) for text in said))


def _survey(results: Results) -> Messages:
    """On which themes more than half of a side's answers are positive."""
    shares = seen.answer_shares(results)
    said = []
    for side in (side for side in SIDES if side in shares.index.get_level_values("side")):
        of_side = shares.xs(side, level="side")
        positive = of_side.index[of_side[4] + of_side[5] > 50]
        every = len(positive) == len(results.labels)
        which = "on every theme" if every else f"on {_named(results, positive)}" if len(positive) else "on no theme"
        said.append(f"More than half of the {side}s' answers were positive {which}.")
    return Messages(tuple(Message(text, COUNTED) for text in said))


def _named(results: Results, themes: pd.Index) -> str:
    names = [inner(label) for theme, label in results.labels.items() if theme in themes]
    return written(names) if names else ""


def _series(results: Results) -> Messages:
    return _bare([*_boards(results), *of_series(results)])


def _boards(results: Results) -> Iterable[Message]:
    """Which themes boards have answered most and least, by the share of the questions that they rated."""
    rows = seen.board_readiness(results, "theme")
    summed = rows.groupby("heading")[["in_place", "n_rated"]].sum()
    summed = summed[summed["n_rated"] > 0]
    parts = summed["in_place"] / summed["n_rated"]
    if len(parts) and parts.max() > parts.min():
        ends = {way: parts.index[parts == end] for way, end in (("most", parts.max()), ("least", parts.min()))}
        said = [f"{way} often on {_ratio(results, themes, summed)}" for way, themes in ends.items()]
        yield Message(f"Boards said that an answer is in place {' and '.join(said)}.", COUNTED)


def _ratio(results: Results, themes: Iterable[str], summed: pd.DataFrame) -> str:
    chosen = [theme for theme in summed.index if theme in set(themes)]
    return written(
        f"{inner(results.labels.get(theme, theme))} ({summed.loc[theme, 'in_place']} of {summed.loc[theme, 'n_rated']})"
        for theme in chosen
    )


def _rounds(results: Results) -> Prose:
    """How much of the planned staff each side gave when the latest round opened, and where agreed actions stand."""
    said = []
    given_shares = kept.staff_shares(results).dropna(subset=["value"])
    for wave, ours in given_shares[given_shares["wave"] == given_shares["wave"].max()].groupby("wave"):
        shares = ours.set_index("side")["value"]
        sides = written(f"{100 * shares[side]:.0f}% by {side}s" for side in SIDES if side in shares)
        said.append(f"When round {wave} opened, of the staff planned was given: {sides}.")
    counts = kept.action_counts(results)
    if len(counts):
        states = written(f"{n} {state}" for state, n in counts.items())
        said.append(f"Of the actions agreed, as at {as_at(results.table('action_states'))}: {states}.")
    return Prose(tuple((text, "") for text in said))


def _bare(said: Iterable[Message]) -> Messages:
    return Messages(tuple(replace(message, behind=()) for message in said))


CHAPTERS: dict[str, Callable[[Results], Messages | Prose]] = {
    "data": _data,
    "interviews": _interviews,
    "survey": _survey,
    "comparison": lambda results: _bare(of_the_survey(results)),
    "series": _series,
    "joint": lambda results: _bare(of_joint_display(results)),
    "rounds": _rounds,
}
