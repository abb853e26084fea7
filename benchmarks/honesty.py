"""Does the comparison tell the truth with few pairs? Type-I error, coverage and power by simulation, beside
common practice.

    python benchmarks/honesty.py [--studies 2000] [--rivals 2000] [--only methods|reports|outcomes|displays]

Skewed five-point items, five a theme; pairs whose levels and gaps differ; 4, 6, 8, 12 pairs; equal sides (25 people)
and unequal ones (5 to 60). Every cell is simulated twice: no gap, and a planted one. The rivals see the same studies as
we do: a pooled t-test over people, statsmodels' MixedLM (random intercept, z), its GEE (exchangeable, robust, z).

Then whole reports on studies without any gap: five themes, one wave or two and the change, a third of the pairs' themes
missing, a receiver with three supporters, outcome series with 40 comparators: in how many is any direction said, by our
reports, by intervals looked at one by one and by a pooled t-test; and with what power do the same reports say a gap of
about 0.5 and 0.8 points? Then differences-in-differences, interrupted series, charts and joint displays in which
nothing happened. Prints one line a figure, and exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import warnings

import numpy as np
import pandas as pd
from null_reports import at_once
from scipy import stats

from buddy_eval.analyse.compare import across, cr2, sign_flip, wild_bootstrap
from buddy_eval.analyse.compare.allowance import allowed
from buddy_eval.analyse.compare.design_matrix import Model
from buddy_eval.analyse.compare.mixed import mixed_model
from buddy_eval.analyse.compare.randomisation_inference import difference
from buddy_eval.analyse.compare.robust import Estimate
from buddy_eval.analyse.compare.segmented import interrupted
from buddy_eval.analyse.design import Simulated, simulate, t_intervals
from buddy_eval.analyse.evidence import evidence
from buddy_eval.analyse.joint_display import joint_display
from buddy_eval.analyse.scores import within
from buddy_eval.analyse.spc import charts

PAIRS = (4, 6, 8, 12)
THEMES = 5
SHIFT = 0.5  # behind the scale; about 0.48 points
MISSED: list[str] = []


def say(name: str, value: float, low: float | None = None, high: float | None = None) -> None:
    """Print a figure, in per cent, and remember a missed bar."""
    bar = "" if high is None else f" (bar: {low:g} to {high:g})" if low is not None else f" (bar: at most {high:g})"
    missed = high is not None and not ((low if low is not None else 0) <= value <= high)
    if missed:
        MISSED.append(name)
    print(f"{name}: {value:.2f}%{bar}{'  MISSED' if missed else ''}", flush=True)


def sizes(pairs: int, equal: bool) -> list[tuple[int, int]]:
    """People on both sides of each pair."""
    if equal:
        return [(25, 25)] * pairs
    drawn = np.clip(np.random.default_rng(7).lognormal(2.9, 0.7, (pairs, 2)), 5, 60).astype(int)
    return [(int(a), int(b)) for a, b in drawn]


def primary(drawn: Simulated, scores: np.ndarray, truth: float) -> dict[str, float]:
    """Our primary view on all studies: rejection by interval, exact p and coverage, in per cent."""
    gaps = drawn.gaps(scores)
    _, low, high = t_intervals(gaps)
    p = sign_flip(gaps.T)
    return {
        "interval": 100 * float(((low > 0) | (high < 0)).mean()),
        "exact": 100 * float((p <= 0.05).mean()),
        "coverage": 100 * float(((low <= truth) & (truth <= high)).mean()),
    }


def second_views(drawn: Simulated, scores: np.ndarray) -> dict[str, float]:
    """CR2 and the exhaustive bootstrap without covariates, our mixed model on a tenth: rejection in per cent."""
    counts = np.bincount(drawn.pair)
    side = drawn.supporter.astype(float)
    side = side - (np.bincount(drawn.pair, side) / counts)[drawn.pair]
    found: dict[str, list[bool]] = {"CR2 with Satterthwaite": [], "wild bootstrap": [], "our mixed model": []}
    for number, score in enumerate(scores):
        model = Model(score - (np.bincount(drawn.pair, score) / counts)[drawn.pair], side[:, None], drawn.pair)
        found["CR2 with Satterthwaite"].append(cr2(model).p_value <= 0.05)
        found["wild bootstrap"].append(wild_bootstrap(model, interval=False).p_value <= 0.05)
        if number % 4 == 0:
            found["our mixed model"].append(mixed_model(people(drawn, score)).side.p_value <= 0.05)
    return {name: 100 * float(np.mean(hits)) for name, hits in found.items()}


def people(drawn: Simulated, score: np.ndarray) -> pd.DataFrame:
    """One study as a frame."""
    return pd.DataFrame(
        {"pair": drawn.pair, "side": np.where(drawn.supporter, "supporter", "receiver"), "score": score}
    )


def rivals(drawn: Simulated, scores: np.ndarray) -> dict[str, float]:
    """Common practice on the same studies: rejection in per cent, and what did not converge."""
    import statsmodels.api as sm
    from statsmodels.regression.mixed_linear_model import MixedLM

    x = np.column_stack([np.ones(len(drawn.pair)), drawn.supporter])
    t = stats.ttest_ind(scores[:, drawn.supporter], scores[:, ~drawn.supporter], axis=1)
    hits: dict[str, list[bool]] = {"statsmodels MixedLM": [], "statsmodels GEE": []}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for score in scores:
            hits["statsmodels MixedLM"].append(float(MixedLM(score, x, drawn.pair).fit().pvalues[1]) <= 0.05)
            gee = sm.GEE(score, x, drawn.pair, cov_struct=sm.cov_struct.Exchangeable()).fit()
            hits["statsmodels GEE"].append(float(gee.pvalues[1]) <= 0.05)
    return {
        "pooled t-test": 100 * float((t.pvalue <= 0.05).mean()),
        **{k: 100 * float(np.mean(v)) for k, v in hits.items()},
    }


def cell(pairs: int, equal: bool, studies: int, n_rivals: int) -> None:
    """One layout: no gap, then a planted one."""
    name = f"{pairs} pairs, {'equal' if equal else 'unequal'}"
    drawn = simulate(sizes(pairs, equal), studies, seed=100 * pairs + equal)
    null = drawn.scores(0.0)
    found = primary(drawn, null, 0.0)
    say(f"{name}: type-I error, interval", found["interval"], 3.5, 6.5)
    say(f"{name}: type-I error, exact p", found["exact"], *((3.5, 6.5) if pairs >= 8 else (None, 6.5)))
    say(f"{name}: coverage, no gap", found["coverage"], 93, 97)
    for view, value in second_views(drawn, null[:n_rivals]).items():
        say(f"{name}: type-I error, {view}", value)
    for rival, value in rivals(drawn, null[:n_rivals]).items():
        say(f"{name}: type-I error, {rival}", value)
    planted = primary(drawn, drawn.scores(SHIFT), truth := drawn.assumed.points(SHIFT))
    say(f"{name}: coverage, gap {truth:.2f}", planted["coverage"], 93, 97)
    say(f"{name}: power at {truth:.2f}, interval", planted["interval"])
    if pairs >= 6:
        say(f"{name}: power at {truth:.2f}, exact p", planted["exact"])


def report(values: np.ndarray, known: dict[str, str] | None, others: np.ndarray | None = None) -> pd.DataFrame:
    """The findings of one study: gaps (pairs, themes, waves), missing where a pair has none."""
    pair, theme, wave = np.nonzero(np.isfinite(values))
    gaps = pd.DataFrame({
        "outcome": "survey", "contrast_kind": "gap", "pair": [f"P{n:02d}" for n in pair],
        "theme": theme.astype("str"), "wave": wave + 1,
        "estimate": values[pair, theme, wave], "n_supporter": 25, "n_receiver": 25, "caution": "",
    })  # fmt: skip
    return across(gaps, known, others)


def drawn_gaps(pairs: int, waves: int, studies: int, shift: float = 0.0) -> np.ndarray:
    """Gaps (studies, pairs, themes, waves); `shift` is planted in the first theme alone."""
    drawn = [
        [simulate([(25, 25)] * pairs, studies, seed=1000 * pairs + 10 * theme + wave) for wave in range(waves)]
        for theme in range(THEMES)
    ]
    return np.stack(
        [
            np.stack([one.gaps(one.scores(0.0 if number else shift)) for one in theme], axis=-1)
            for number, theme in enumerate(drawn)
        ],
        axis=2,
    )


def reports(pairs: int, studies: int) -> None:
    """Whole survey reports without a gap, in several shapes; and the power of the same reports."""
    random = np.random.default_rng(pairs)
    shared = [0 if n < 3 else n for n in range(pairs)]
    for waves, missing, home in ((1, False, None), (2, False, None), (2, True, None), (2, True, shared)):
        values = drawn_gaps(pairs, waves, studies)
        if home:  # the receiver of the first three pairs is one trust: so is half of what they have in common
            values[:, :3] = (values[:, :3] + 2 * values[:, :1]) / 3
        if missing:
            values[random.random(values.shape[:3]) < 1 / 3] = np.nan
        said = at_once(values, home)
        known = {f"P{n:02d}": f"P{cluster:02d}" for n, cluster in enumerate(home)} if home else None
        for study, stands in zip(values[:20], said.stands, strict=False):
            assert report(study, known)["stands"].sum() == stands.sum(), "null_reports and across differ"
        name = f"{pairs} pairs, {waves} wave(s)" + ", a third missing" * missing + ", three share a trust" * bool(home)
        said_any, alone = (100 * float(held.any(axis=1).mean()) for held in (said.stands, said.alone))
        say(f"{name}: any direction said without a gap, our reports", said_any, None, 6.5)
        say(f"{name}: any direction said without a gap, intervals one by one", alone)
    for waves in (1, 2):
        for shift in (0.52, 0.85):
            truth = simulate([(2, 2)], 1, 1).assumed.points(shift)
            said = at_once(drawn_gaps(pairs, waves, studies // 4, shift))
            power = 100 * float(said.stands[:, [0, THEMES][:waves]].any(axis=1).mean())
            say(f"{pairs} pairs, {waves} wave(s): power of our reports at {truth:.2f} points", power)


def with_outcomes(pairs: int, studies: int) -> None:
    """Reports on one wave and four indicators, with 40 comparators; nothing differs."""
    random = np.random.default_rng(pairs)
    found = [[no_change(pairs, 40, "exchangeable", random) for _ in range(4)] for _ in range(studies)]
    others = np.array([[one.p_value for one in study] for study in found])
    free = np.array([[one.ci_low > 0 or one.ci_high < 0 for one in study] for study in found])
    survey = at_once(drawn_gaps(pairs, 1, studies), None, others)
    against = [
        allowed(pd.DataFrame({"p_value": p}), p, q)["stands"].any() for p, q in zip(others, survey.by_t, strict=True)
    ]
    said = survey.stands.any(axis=1) | np.array(against)
    name = f"{pairs} pairs, 4 indicators, 40 comparators: any direction said"
    say(f"{name}, our reports", 100 * float(said.mean()), None, 6.5)
    say(f"{name}, intervals one by one", 100 * float((survey.alone.any(axis=1) | free.any(axis=1)).mean()))


def no_change(supported: int, others: int, layout: str, random: np.random.Generator) -> Estimate:
    """Differences-in-differences of trusts of which nothing happened to any."""
    n = supported + others
    level, first, later = random.normal(0, 1, (3, n)) * np.array([[1.0], [0.5], [0.5]])
    order = np.argsort(level + first) if layout == "the worst of a year" else np.arange(n)
    before = (level + first)[order] + random.normal(0, 0.15, (supported, n))
    during = (level + later)[order] + random.normal(0, 0.15, (supported, n))
    if layout == "twice as noisy":
        during[:, :supported] += random.normal(0, 1.25, supported)
    return difference(during - before, before, list(range(supported))).effect


def outcomes(studies: int) -> None:
    """Differences-in-differences, interrupted series and charts in which nothing happened."""
    for layout in ("exchangeable", "the worst of a year", "twice as noisy"):
        for supported in (4, 5, 6, 8, 12):
            random = np.random.default_rng(supported)
            made = [no_change(supported, 40, layout, random) for _ in range(studies)]
            name = f"difference-in-differences, {supported} supported trusts, {layout}"
            least = 3.5 if layout == "exchangeable" else None
            say(f"{name}: p at most .05", 100 * float(np.mean([one.p_value <= 0.05 for one in made])), least, 6.5)
    for before, rho in itertools.product((12, 24), (0.0, 0.4, 0.6, 0.8)):
        random, months, hits = np.random.default_rng(before), np.arange(before + 12), []
        for _ in range(studies):
            terms = interrupted(10 + autocorrelated(random, len(months), rho), months, before)[0]
            hits.append([one.ci_low > 0 or one.ci_high < 0 for one in terms.values()])
        name = f"interrupted series, {before} + 12 months, autocorrelation {rho}"
        say(f"{name}: any of three leaves out zero", 100 * float(np.any(hits, axis=1).mean()), None, 6.5)
        say(f"{name}: level", 100 * float(np.mean(hits, axis=0)[0]))
    for n, rho in itertools.product((24, 48), (0.0, 0.6)):
        random = np.random.default_rng(n)
        points = [autocorrelated(random, n, rho) for _ in range(studies)]
        drawn = charts(pd.concat([series(values, number) for number, values in enumerate(points)]))
        found, expected = drawn["any_signal"].mean(), drawn["by_chance_any"].mean()
        say(f"charts of {n} months, autocorrelation {rho}: with a signal", 100 * float(found))
        say(f"charts of {n} months, autocorrelation {rho}: said to be expected by chance", 100 * float(expected))
        say(f"charts of {n} months, autocorrelation {rho}: with the warning", 100 * float(drawn["alike"].mean()))


def autocorrelated(random: np.random.Generator, n: int, rho: float) -> np.ndarray:
    """Months of noise with variance one that resemble the last."""
    values = random.normal(0, 1, n)
    for month in range(1, n):
        values[month] = rho * values[month - 1] + (1 - rho**2) ** 0.5 * values[month]
    return values


def series(values: np.ndarray, number: int) -> pd.DataFrame:
    """One monthly series."""
    months = pd.date_range("2020-01-01", periods=len(values), freq="MS")
    about = {"ods": f"T{number}", "indicator": "x", "frequency": "month", "direction": "neither"}
    return pd.DataFrame({"period": months, "value": values}).assign(**about)


def displays(pairs: int, studies: int) -> None:
    """Joint displays of people who stand in the middle, passages either way and boards that answer at random."""
    random, opposite, apart = np.random.default_rng(pairs), [], []
    sides, themes = ("supporter", "receiver"), [str(number) for number in range(THEMES)]
    trusts = [(f"P{n:02d}", f"S{n}", f"R{n}") for n in range(pairs)]
    known = pd.DataFrame(trusts, columns=["pair", "supporter", "receiver"])
    people = pd.MultiIndex.from_product([known["pair"], sides, range(8)], names=["pair", "side", "n"]).to_frame(
        index=False
    )
    people["participant"] = people["pair"] + people["side"] + people["n"].astype("str")
    units = people.assign(unit=people["participant"], source=people["participant"], channel="interview", codable=True)
    said = (
        people[["participant"]]
        .merge(pd.DataFrame({"code": themes}), how="cross")
        .rename(columns={"participant": "unit"})
    )
    cells = pd.MultiIndex.from_product([known["pair"], sides, themes], names=["pair", "side", "theme"]).to_frame(
        index=False
    )
    answered = cells.merge(pd.DataFrame({"participant": range(25)}), how="cross").assign(wave=1)
    boards = cells.rename(columns={"theme": "heading"}).assign(view="theme", wave=1, n_rated=4)
    codes = pd.DataFrame({"code": themes, "theme": themes})
    for _ in range(studies):
        valence = np.where(random.random(len(said)) < 0.5, "enabler", "barrier")
        scores = answered.assign(score=(3 + random.normal(0, 0.65, len(answered))).clip(1, 5))
        found = evidence(
            codes[["theme"]], said.assign(present=True, valence=valence), units[["unit"]], units,
            units[["source"]].assign(asked=None), codes, within(scores),
            boards.assign(in_place=random.binomial(4, 0.5, len(boards))), known,
        )  # fmt: skip
        joint = joint_display(found)
        opposite.append(bool((joint["rating"] == "dissonance").any()))
        apart.append(bool((joint[["interviews", "survey"]] == "apart").any(axis=None)))  # what boards answer is counted
    for name, held in (("kinds of evidence", opposite), ("sides", apart)):
        say(f"{pairs} pairs: some {name} said to point in opposite directions", 100 * float(np.mean(held)), None, 6.5)


def main() -> int:
    """Run all cells."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument(
        "--rivals", type=int, default=2000, help="how many of the studies the rivals and second views see"
    )
    parser.add_argument("--only", choices=["methods", "reports", "outcomes", "displays"], help="one part")
    options = parser.parse_args()
    parts = [options.only] if options.only else ["methods", "reports", "outcomes", "displays"]
    for equal, pairs in itertools.product((True, False), PAIRS) if "methods" in parts else ():
        cell(pairs, equal, options.studies, options.rivals)
    for pairs in (4, 5, 6, 8, 12) if "reports" in parts else ():
        reports(pairs, options.studies)
        with_outcomes(pairs, options.studies // 4)
    if "outcomes" in parts:
        outcomes(options.studies)
    for pairs in (1, 4, 5, 6, 8, 12) if "displays" in parts else ():
        displays(pairs, max(options.studies // 20, 20))
    print(f"bars missed: {len(MISSED)} (bar: 0)")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
