"""What `honesty.py` does not ask: lopsided gaps, small sides, charts by the dozen, unlike groups, whole reports.

    python benchmarks/honesty_rest.py [--studies 400] [--only lopsided|pooled|charts|groups|whole]

In no simulated study does anything differ, but where power is printed. Lopsided: the pairs' true gaps are exponential
or lognormal with mean zero, alone or beside as much sampling error as 25 people a side bring. Pooled: three to eight
people a side, skewed answers. Charts: reports with 64 charts of independent normal months. Groups: ICC(1) of groups of
unlike size. Whole: survey (five themes, two waves, their change), four outcome indicators against 40 trusts with
placebos, interviews, boards and the joint display; whatever of it a report says as a direction counts, but that two
boards answered otherwise, which is counted and not inferred. A third of the themes of the pairs is missing in every
second cell; support is dealt anew 499 times instead of 4,999 there. Prints one line a figure, and exits 1 where a bar
is missed.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
from honesty import MISSED, THEMES, no_change, report, say, series
from numpy.typing import NDArray
from scipy import stats

from buddy_eval.analyse.compare import across, dyadic_gaps, randomisation_inference
from buddy_eval.analyse.compare.allowance import allowed, by_t
from buddy_eval.analyse.compare.pooled import pooled_mean, variance
from buddy_eval.analyse.design import simulate
from buddy_eval.analyse.evidence import evidence
from buddy_eval.analyse.joint_display import joint_display
from buddy_eval.analyse.outcome_effects import unless_placebo
from buddy_eval.analyse.scores import intraclass, within
from buddy_eval.analyse.spc import charts
from buddy_eval.schemas.cautions import listed

Floats = NDArray[np.float64]
PAIRS = (4, 5, 6, 8, 12)
SIDES = ("supporter", "receiver")
SAMPLING = 0.8  # standard deviations of true gaps that the sampling error of 25 people a side comes to
PEOPLE, SD = 25, 0.65


def share(held: list[bool]) -> float:
    """Per cent."""
    return 100 * float(np.mean(held))


def lopsided(studies: int) -> None:
    """Reports on five themes whose pairs' gaps are lopsided around zero."""
    for kind in ("exponential", "lognormal"):
        for pairs, (noise, missing) in itertools.product(PAIRS, ((0.0, False), (SAMPLING, False), (0.0, True))):
            random = np.random.default_rng([pairs, int(10 * noise), missing])
            values = centred(kind, random, (studies, pairs, THEMES)) + noise * random.normal(
                0, 1, (studies, pairs, THEMES)
            )
            values[random.random(values.shape) < missing / 3] = np.nan
            found = [report(study[:, :, None], None) for study in values]
            name = f"{pairs} pairs, {kind} gaps" + ", with sampling error" * (noise > 0)
            name += ", a third missing" * missing
            say(f"{name}: any direction said", share([bool(one["stands"].any()) for one in found]), None, 6.5)
            alone = [bool(((one["ci_low"] > 0) | (one["ci_high"] < 0)).any()) for one in found]
            say(f"{name}: intervals one by one", share(alone))
            stood = [cell for one in found for cell in one.loc[one["stands"], "caution"]]
            if stood:
                carried = share(["one_pair_carries" in listed(cell) for cell in stood])
                say(f"{name}: of what is said, with the words that one pair carries it", carried)


def centred(kind: str, random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Draws with mean zero and standard deviation one."""
    if kind == "exponential":
        return np.asarray(random.exponential(1, shape) - 1)
    return np.asarray((np.exp(random.normal(0, 1, shape)) - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e))


def pooled(studies: int) -> None:
    """The pooled view with small sides and skewed answers."""
    for pairs in PAIRS:
        sizes = [(int(a), int(b)) for a, b in np.random.default_rng(pairs).integers(3, 9, (pairs, 2))]
        drawn = simulate(sizes, studies, seed=pairs)
        hits = []
        for score in drawn.scores(0.0):
            people = pd.DataFrame(
                {"pair": drawn.pair.astype("str"), "side": np.where(drawn.supporter, *SIDES), "score": score}
            )
            gaps = dyadic_gaps(people.assign(wave=1, theme="culture"))
            sure = gaps[gaps["ci_low"].notna()]
            made = pooled_mean(sure["estimate"].to_numpy(dtype="float64"), variance(sure))
            hits.append(bool(made.ci_low > 0 or made.ci_high < 0))
        say(f"{pairs} pairs, three to eight people a side: the pooled view leaves out zero", share(hits), None, 6.5)


def chart_reports(reports: int) -> None:
    """Reports with 64 charts of noise: how many signal at the last month, and how many are said to by chance."""
    for months in (24, 48):
        random = np.random.default_rng(months)
        found, told, any_found, any_told = [], [], [], []
        for _ in range(reports):
            drawn = charts(pd.concat([series(random.normal(0, 1, months), n) for n in range(64)]))
            found.append(int(drawn["last_signal"].sum()))
            told.append(float(drawn["by_chance_last"].sum()))
            any_found.append(int(drawn["any_signal"].sum()))
            any_told.append(float(drawn["by_chance_any"].sum()))
        name = f"64 charts of {months} months"
        say(f"{name}: reports that name a trust at the last month", share([n > 0 for n in found]))
        apart = 100 * (np.mean(found) - np.mean(told)) / 64
        say(f"{name}: signals at the last month, less those said to come by chance, of all charts", apart, -1.0, 1.0)
        apart = 100 * (np.mean(any_found) - np.mean(any_told)) / 64
        say(f"{name}: signals at any month, less those said to come by chance, of all charts", apart, -3.0, 3.0)


def groups(studies: int) -> None:
    """ICC(1) of groups of unlike size: coverage of its interval, bias of its estimate."""
    usual = np.clip(np.random.default_rng(7).lognormal(2.9, 0.7, 24), 5, 60).astype(int)
    for name, sizes in {
        "8 usual groups": usual[:8],
        "24 usual groups": usual,
        "one big group of 200": np.array([200] + [5] * 11),
    }.items():
        where = np.repeat(np.arange(len(sizes)), sizes)
        for truth in (0.05, 0.2):
            random = np.random.default_rng(int(100 * truth) + len(sizes))
            levels = random.normal(0, truth**0.5, (studies, len(sizes)))[:, where]
            made = [intraclass(one, where) for one in levels + random.normal(0, (1 - truth) ** 0.5, levels.shape)]
            covered = [one["icc1_low"] <= truth <= one["icc1_high"] for one in made]
            say(f"ICC(1) of {truth}, {name}: its interval covers", share(covered), 93, 97)
            bias = 100 * (float(np.mean([one["icc1"] for one in made])) - truth)
            say(f"ICC(1) of {truth}, {name}: mean estimate less the truth, in hundredths", bias, -2, 2)


def whole(pairs: int, studies: int, missing: bool) -> None:
    """Whole reports: in how many is any direction said; with what power do they say a gap in one theme."""
    random = np.random.default_rng([pairs, missing])
    name = f"{pairs} pairs, whole report" + ", a third missing" * missing
    said, alone, people = zip(*(one_report(pairs, random, missing, 0.0) for _ in range(studies)), strict=True)
    for kind in said[0]:
        say(f"{name}: {kind}", share([one[kind] for one in said]))
    say(
        f"{name}: any direction said without any ({studies} studies)",
        share([any(one.values()) for one in said]),
        None,
        6.5,
    )
    say(f"{name}: intervals one by one", share(list(alone)))
    say(f"{name}: a t-test over people, theme by theme", share(list(people)))
    for shift in (0.5, 0.8):
        power = [one_report(pairs, random, missing, shift)[0]["survey"] for _ in range(max(studies // 4, 20))]
        say(f"{name}: power at {shift} points in one theme, both waves", share(power))


def one_report(
    pairs: int, random: np.random.Generator, missing: bool, shift: float
) -> tuple[dict[str, bool], bool, bool]:
    """One study through the functions of the pipeline: what is said, by kind; what single intervals and people say."""
    scores = answers(pairs, random, missing, shift)
    difference = [no_change(pairs, 40, "exchangeable", random) for _ in range(8)]  # four indicators, four placebos
    p_values = np.array([one.p_value for one in difference])
    made = across(dyadic_gaps(scores), None, p_values)
    rows = pd.DataFrame({"p_value": p_values, "placebo": [False] * 4 + [True] * 4, "indicator": list("abcd") * 2})
    against = unless_placebo(allowed(rows.assign(pair="all", caution=""), p_values, by_t(made)))
    joint = joint_display(strands(pairs, random, missing, scores)) if not shift else pd.DataFrame()
    said = {
        "survey": bool(made.loc[(made["theme"] == "0") | (shift == 0), "stands"].any()),
        "outcomes": bool((against["stands"] & ~against["placebo"]).any()),
        "kinds of evidence in opposite directions": bool(len(joint) and (joint["rating"] == "dissonance").any()),
        "sides in opposite directions": bool(
            len(joint) and (joint[["interviews", "survey"]] == "apart").any(axis=None)
        ),
    }
    free = [one.ci_low > 0 or one.ci_high < 0 for one in difference]
    alone = bool(((made["ci_low"] > 0) | (made["ci_high"] < 0)).any() or any(free))
    tests = [
        stats.ttest_ind(*(part.loc[part["side"] == side, "score"] for side in SIDES)).pvalue <= 0.05
        for _, part in scores.groupby(["wave", "theme"])
    ]
    return said, alone, bool(np.any(tests))


def answers(pairs: int, random: np.random.Generator, missing: bool, shift: float) -> pd.DataFrame:
    """The frame `scores` of two waves: people around the middle of the scale, gaps of chance alone."""
    keys = ["pair", "side", "wave", "theme", "n"]
    grid = [[f"P{n:02d}" for n in range(pairs)], SIDES, (1, 2), [str(n) for n in range(THEMES)], range(PEOPLE)]
    made = pd.MultiIndex.from_product(grid, names=keys).to_frame(index=False)
    made["participant"] = made["pair"] + made["side"] + made["wave"].astype("str") + "-" + made["n"].astype("str")
    planted = shift * ((made["side"] == "supporter") & (made["theme"] == "0"))
    made["score"] = (3 - shift / 2 * (made["theme"] == "0") + planted + random.normal(0, SD, len(made))).clip(1, 5)
    return without_some(made, random, missing)


def without_some(made: pd.DataFrame, random: np.random.Generator, missing: bool) -> pd.DataFrame:
    """The rows without a third of the themes of the pairs."""
    if not missing:
        return made
    cells = made[["pair", "theme"]].drop_duplicates()
    kept = cells[random.random(len(cells)) > 1 / 3]
    return made.merge(kept, on=["pair", "theme"])


def strands(pairs: int, random: np.random.Generator, missing: bool, scores: pd.DataFrame) -> pd.DataFrame:
    """The frame `evidence`: passages either way, boards that answer at random, and the people of `scores`."""
    names, themes = [f"P{n:02d}" for n in range(pairs)], [str(n) for n in range(THEMES)]
    known = pd.DataFrame({"pair": names, "supporter": [f"S{n}" for n in names], "receiver": [f"R{n}" for n in names]})
    people = pd.MultiIndex.from_product([names, SIDES, range(8)], names=["pair", "side", "n"]).to_frame(index=False)
    people["participant"] = people["pair"] + people["side"] + people["n"].astype("str")
    units = people.assign(unit=people["participant"], source=people["participant"], channel="interview", codable=True)
    said = people[["participant", "pair"]].merge(pd.DataFrame({"theme": themes}), how="cross")
    said = without_some(said, random, missing)
    coded = pd.DataFrame({"unit": said["participant"], "code": said["theme"], "present": True})
    coded["valence"] = np.where(random.random(len(coded)) < 0.5, "enabler", "barrier")
    boards = pd.MultiIndex.from_product([names, SIDES, themes], names=["pair", "side", "theme"]).to_frame(index=False)
    boards = without_some(boards, random, missing).rename(columns={"theme": "heading"})
    boards = boards.assign(view="theme", wave=1, n_rated=4, in_place=random.binomial(4, 0.5, len(boards)))
    asked, codes = units[["source"]].assign(asked=pd.NA), pd.DataFrame({"code": themes, "theme": themes})
    return evidence(codes[["theme"]], coded, units[["unit"]], units, asked, codes, within(scores), boards, known)


def parts(only: str | None) -> Iterator[str]:
    """The parts to run."""
    yield from [only] if only else ["lopsided", "pooled", "charts", "groups", "whole"]


def main() -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=400)
    parser.add_argument("--only", choices=list(parts(None)), help="one part")
    options = parser.parse_args()
    for part in parts(options.only):
        if part == "lopsided":
            lopsided(options.studies)
        elif part == "pooled":
            pooled(options.studies)
        elif part == "charts":
            chart_reports(max(options.studies // 20, 10))
        elif part == "groups":
            groups(4 * options.studies)
        else:
            randomisation_inference.DRAWS = 499
            for pairs in PAIRS:
                for missing in (False, True):
                    whole(pairs, options.studies // 4, missing)
    print(f"bars missed: {len(MISSED)} (bar: 0)")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
