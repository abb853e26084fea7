"""What `honesty.py` does not ask: lopsided gaps, small sides, charts by the dozen, unlike groups, whole reports.

    python benchmarks/honesty_rest.py [--studies 400] [--only lopsided|pooled|charts|groups|whole]

In no simulated study does anything differ, but where power is printed. Lopsided: the pairs' true gaps are exponential
or lognormal with mean zero, alone or beside as much sampling error as 25 people a side bring. Pooled: three to eight
people a side, skewed answers. Charts: reports with 64 charts of independent normal months. Groups: ICC(1) of groups of
unlike size. Whole: survey (five themes, two waves, their change), four outcome indicators against 40 trusts with
placebos, interviews, boards and the joint display; whatever of it a report says as a direction counts, but that two
boards answered otherwise, which is counted and not inferred. A third of the themes of the pairs is missing in every
second cell; a report's indicators and its joint display are drawn from 200 and 40 simulated ones. Prints one line a
figure, and exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
from honesty import MISSED, THEMES, drawn_gaps, no_change, say, series
from null_reports import at_once
from numpy.typing import NDArray

from buddy_eval.analyse.compare import dyadic_gaps
from buddy_eval.analyse.compare.allowance import allowed
from buddy_eval.analyse.compare.pooled import pooled_mean, variance
from buddy_eval.analyse.design import simulate
from buddy_eval.analyse.evidence import evidence
from buddy_eval.analyse.joint_display import joint_display
from buddy_eval.analyse.outcome_effects import unless_placebo
from buddy_eval.analyse.scores import intraclass, within
from buddy_eval.analyse.spc import charts

Floats = NDArray[np.float64]
PAIRS = (4, 5, 6, 8, 12)
SIDES = ("supporter", "receiver")
SAMPLING = 0.8  # standard deviations of true gaps that the sampling error of 25 people a side comes to
PEOPLE, SD = 25, 0.65
INDICATORS, DISPLAYS = 200, 40  # simulated for a cell of whole reports; each report draws its own among them


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
            said = at_once(values[..., None])
            name = f"{pairs} pairs, {kind} gaps" + ", with sampling error" * (noise > 0)
            name += ", a third missing" * missing
            say(f"{name}: any direction said", 100 * float(said.stands.any(axis=1).mean()), None, 6.5)
            say(f"{name}: intervals one by one", 100 * float(said.alone.any(axis=1).mean()))
            values[:, :, 0] += 1.5  # standard deviations of the pairs' true gaps
            power = at_once(values[..., None]).stands[:, 0]
            say(f"{name}: power at 1.5 standard deviations in one theme", 100 * float(power.mean()))


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
        say(f"{pairs} pairs, three to eight people a side: the pooled view leaves out zero", share(hits), 3.5, 6.5)


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
    others, free = outcomes(pairs, studies, random)
    beside = displays(pairs, random, missing)[random.integers(0, DISPLAYS, studies)]
    found = at_once(gaps(pairs, studies, random, missing, 0.0), None, others)
    against = np.array([standing(p, q) for p, q in zip(others, found.by_t, strict=True)])
    said = {
        "a gap or change of the survey": found.stands.any(axis=1),
        "outcomes against others": against,
        "kinds of evidence in opposite directions": beside[:, 0],
        "sides in opposite directions": beside[:, 1],
    }
    for kind, held in said.items():
        say(f"{name}: {kind}", 100 * float(held.mean()))
    any_said = np.any(list(said.values()), axis=0)
    say(f"{name}: any direction said without any ({studies} studies)", 100 * float(any_said.mean()), None, 6.5)
    say(f"{name}: intervals one by one", 100 * float((found.alone.any(axis=1) | free).mean()))
    for shift in (0.52, 0.85):
        truth = simulate([(2, 2)], 1, 1).assumed.points(shift)
        planted = at_once(gaps(pairs, studies // 4, random, missing, shift), None, others)
        power = 100 * float(planted.stands[:, [0, THEMES]].any(axis=1).mean())
        say(f"{name}: power at {truth:.2f} points in one theme, two waves", power)


def outcomes(pairs: int, studies: int, random: np.random.Generator) -> tuple[Floats, NDArray[np.bool_]]:
    """The p-values of four indicators and their placebos in each study, and whether one interval leaves out zero."""
    pool = [no_change(pairs, 40, "exchangeable", random) for _ in range(INDICATORS)]
    drawn = random.integers(0, INDICATORS, (studies, 8))
    free = np.array([one.ci_low > 0 or one.ci_high < 0 for one in pool])
    return np.array([one.p_value for one in pool])[drawn], free[drawn].any(axis=1)


def standing(p_values: Floats, survey: Floats) -> bool:
    """Whether a report says a direction of an indicator."""
    rows = pd.DataFrame({"p_value": p_values, "placebo": [False] * 4 + [True] * 4, "indicator": list("abcd") * 2})
    made = unless_placebo(allowed(rows.assign(pair="all", caution=""), p_values, survey))
    return bool((made["stands"] & ~made["placebo"]).any())


def gaps(pairs: int, studies: int, random: np.random.Generator, missing: bool, shift: float) -> Floats:
    """Gaps (studies, pairs, themes, waves); a third of the themes of the pairs is missing, in both waves."""
    values = drawn_gaps(pairs, 2, studies, shift)
    values[random.random(values.shape[:3]) < missing / 3] = np.nan
    return values


def displays(pairs: int, random: np.random.Generator, missing: bool) -> NDArray[np.bool_]:
    """Which of some joint displays say opposite directions: of kinds of evidence, of sides."""
    made = []
    for _ in range(DISPLAYS):
        joint = joint_display(strands(pairs, random, missing, answers(pairs, random, missing)))
        sides = (joint[["interviews", "survey"]] == "apart").any(axis=None)
        made.append((bool((joint["rating"] == "dissonance").any()), bool(sides)))
    return np.array(made)


def answers(pairs: int, random: np.random.Generator, missing: bool) -> pd.DataFrame:
    """The frame `scores` of one wave: people around the middle of the scale, gaps of chance alone."""
    keys = ["pair", "side", "wave", "theme", "n"]
    grid = [[f"P{n:02d}" for n in range(pairs)], SIDES, (1,), [str(n) for n in range(THEMES)], range(PEOPLE)]
    made = pd.MultiIndex.from_product(grid, names=keys).to_frame(index=False)
    made["participant"] = made["pair"] + made["side"] + made["wave"].astype("str") + "-" + made["n"].astype("str")
    made["score"] = (3 + random.normal(0, SD, len(made))).clip(1, 5)
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
            lopsided(10 * options.studies)
        elif part == "pooled":
            pooled(3 * options.studies)
        elif part == "charts":
            chart_reports(max(options.studies // 20, 10))
        elif part == "groups":
            groups(4 * options.studies)
        else:
            for pairs in PAIRS:
                for missing in (False, True):
                    whole(pairs, 5 * options.studies, missing)
    print(f"bars missed: {len(MISSED)} (bar: 0)")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
