"""The facts of a study from its raw files alone, in plain arithmetic: what the checking reader holds reports against.

Nothing here comes from the code under test but the codebook and the instrument, which are data.
"""

from __future__ import annotations

import math
import statistics
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import binomtest, t

from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument

SIDES = ("supporter", "receiver")
DIRECTIONS = ("enabler", "barrier", "mixed", "neutral")
NO_ANSWER = {"not applicable to my role", "not applicable", "na", "n/a", "don't know", "dk", "do not know"}
RANK = {"adjudicator": 0, "lead": 1, "second": 2}
LEAST_FOR_P = 6
Rows = list[dict[str, str]]
Reading = tuple[str, bool]  # state of a strand on one side, whether its direction is firm


def interval(values: Iterable[float]) -> tuple[float, float, float]:
    """Mean and 95% t interval; without an interval for fewer than two values, and for values that are all alike."""
    values = list(values)
    mean = sum(values) / len(values) if values else math.nan
    if len(values) < 2 or statistics.stdev(values) < 1e-9:
        return mean, math.nan, math.nan
    half = float(t.ppf(0.975, len(values) - 1)) * statistics.stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half


def sign_flip(values: list[float]) -> float:
    """Share of the 2^n patterns of signs whose mean is at least as far from zero."""
    seen, patterns = abs(sum(values)), list(product((1, -1), repeat=len(values)))
    size = sum(map(abs, values))
    return sum(abs(sum(s * v for s, v in zip(p, values, strict=True))) >= seen - 1e-9 * size for p in patterns) / len(
        patterns
    )


@dataclass(frozen=True)
class Finding:
    """One result across pairs."""

    theme: str
    when: str
    values: list[float]  # one a cluster
    pairs: int
    people: tuple[int, int]

    @property
    def name(self) -> str:
        """The id under which reports carry it."""
        waves = [f"w{number}" for number in self.when.replace("wave ", "").split(" minus ")]
        return "-".join(("gap", self.theme, *(["change"] if len(waves) > 1 else []), *reversed(waves)))

    @property
    def p_by_t(self) -> float:
        """The p-value by which it is judged: t over clusters; where all are alike, over all patterns of signs."""
        mean, low, high = interval(self.values)
        if not high > low:
            return sign_flip(self.values) if len(self.values) >= LEAST_FOR_P else math.nan
        df = len(self.values) - 1
        return float(2 * t.sf(abs(mean) / ((high - low) / 2) * t.ppf(0.975, df), df))


@dataclass
class Facts:
    """A study's raw files, read."""

    folder: Path
    raw: Path = field(init=False)
    settings: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.raw = self.folder / "data" / "raw"
        self.settings = tomllib.loads((self.folder / "study.toml").read_text(encoding="utf-8"))
        about = self.settings["study"]
        book = load_codebook(self.folder / about["codebook"] if "codebook" in about else None)
        instrument = load_instrument(self.folder / about["instrument"] if "instrument" in about else None, book)
        self.labels = dict(zip(book.themes["theme"], book.themes["label"], strict=True))
        self.theme_of = dict(zip(book.codes["code"], book.codes["theme"].fillna(""), strict=True))
        self.items = instrument.items.to_dict("records")
        self.questions = instrument.questions.to_dict("records")
        self.answer_labels = {label.casefold(): n for n, label in enumerate(instrument.options, 1)}

    def table(self, name: str) -> Rows:
        """The rows of one raw table as text; none where the study has no such table."""
        named = self.settings.get("raw", {}).get(name)
        return text_rows(self.raw / named) if named else []

    @cached_property
    def pairs(self) -> Rows:
        return self.table("pairs")

    @cached_property
    def clusters(self) -> dict[str, str]:
        """Pairs that share a trust, directly or through others, by the name of the first."""
        home = {row["pair"]: row["pair"] for row in self.pairs}
        for _ in self.pairs:
            for a, b in combinations(self.pairs, 2):
                if {a["supporter"], a["receiver"]} & {b["supporter"], b["receiver"]} - {""}:
                    first = min(home[a["pair"]], home[b["pair"]])
                    home[a["pair"]] = home[b["pair"]] = first
        return home

    # -- survey ---------------------------------------------------------------------------------------------------

    @cached_property
    def respondents(self) -> list[dict[str, Any]]:
        """One row a person and wave: pair, side, wave, and the answer text of every scale item that was asked."""
        rows = []
        for entry in self.settings.get("raw", {}).get("survey", []):
            for number, given in enumerate(text_rows(self.raw / entry["file"])):
                plain = {name.strip().casefold(): value for name, value in given.items()}
                about = {"pair": plain["pair"], "side": plain["side"].casefold(), "wave": int(entry["wave"])}
                scale = [item for item in self.items if item["kind"] != "free_text"]
                columns = ((i["item"], i[name].casefold()) for i in scale for name in ("item", "wording"))
                answers = {item: plain[name] for item, name in columns if name in plain}
                rows.append({**about, "person": f"{entry['wave']}-{number}", "answers": answers})
        return rows

    def value(self, item: Mapping[Any, Any], text: str) -> float | None:
        """An answer on the scale after turning a reversed one round; None for anything else."""
        found = self.answer_labels.get(text.casefold(), int(text) if text.isdigit() else None)
        return None if found is None else float(6 - found if item["reversed"] else found)

    @cached_property
    def scores(self) -> dict[tuple[str, str, int, str], list[float]]:
        """Theme scores of people by (pair, side, wave, theme): the mean of at least 60% of the items asked of all."""
        found = defaultdict(list)
        asked = defaultdict[bool, list[set[str]]](list)  # of other bodies, and of staff
        for person in self.respondents:
            asked[person["side"] == "external"].append(set(person["answers"]))
        for person in self.respondents:
            everybody = set.intersection(*asked[person["side"] == "external"])
            for theme in self.labels:
                mine = [item for item in self.items if item["theme"] == theme and item["item"] in everybody]
                values = [v for item in mine if (v := self.value(item, person["answers"][item["item"]])) is not None]
                if mine and values and len(values) >= 0.6 * len(mine):
                    of = (person["pair"], person["side"], person["wave"], theme)
                    found[of].append(sum(values) / len(values))
        return dict(found)

    def split(self, key: tuple[str, str, int, str]) -> bool:
        """Whether the people of one side disagree so far (rwg below .70) that a mean would hide camps."""
        values = self.scores[key]
        return len(values) > 1 and 1 - statistics.variance(values) / 2 < 0.7

    @cached_property
    def gaps(self) -> dict[tuple[str, int, str], tuple[float, int, int]]:
        """Supporter minus receiver, and the people of both, by (pair, wave, theme)."""
        found = {}
        for pair, side, wave, theme in self.scores:
            theirs = self.scores.get((pair, "receiver", wave, theme))
            if side == "supporter" and theirs:
                ours = self.scores[pair, side, wave, theme]
                found[pair, wave, theme] = (interval(ours)[0] - interval(theirs)[0], len(ours), len(theirs))
        return found

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """The results across pairs of the survey by theme and ``wave 1`` or ``wave 2 minus wave 1``."""
        waves, found = sorted({wave for _, wave, _ in self.gaps}), {}
        for theme in self.labels:
            for wave in waves:
                mine = {pair: gap for (pair, w, th), gap in self.gaps.items() if (w, th) == (wave, theme)}
                if any(th == theme for _, w, th in self.gaps if w == wave):
                    people = (sum(gap[1] for gap in mine.values()), sum(gap[2] for gap in mine.values()))
                    made = Finding(
                        theme, f"wave {wave}", self._by_cluster({p: g[0] for p, g in mine.items()}), len(mine), people
                    )
                    found[f"{theme}|{made.when}"] = made
            for before, after in pairwise(waves):
                asked = [p for p in self.clusters if {(p, after, theme), (p, before, theme)} <= set(self.gaps)]
                both = {p: self.gaps[p, after, theme][0] - self.gaps[p, before, theme][0] for p in asked}
                ours, theirs = (sum(self.gaps[p, w, theme][n] for p in both for w in (before, after)) for n in (1, 2))
                people = (int(ours), int(theirs))
                made = Finding(theme, f"wave {after} minus wave {before}", self._by_cluster(both), len(both), people)
                found[f"{theme}|{made.when}"] = made
        return found

    @cached_property
    def adjusted(self) -> dict[str, float]:
        """Holm's p-values over the results of the survey alone: more looks make them larger, and none smaller."""
        made, least = {}, 0.0
        p_values = {found.name: self._p(found) for found in self.findings.values()}
        judged = sorted((p, name) for name, p in p_values.items() if not math.isnan(p))
        for place, (p, name) in enumerate(judged):
            made[name] = least = max(least, min(1.0, p * (len(judged) - place)))
        return made

    def _p(self, found: Finding) -> float:
        """The larger p-value of a finding: by its own clusters, or by the spread of all themes of its wave."""
        alike = [one.values for one in self.findings.values() if one.when == found.when]
        spread = [values for values in alike if len(values) > 1 and statistics.stdev(values) >= 1e-9]
        df = sum(len(values) - 1 for values in spread)
        if not df or not found.values:
            return found.p_by_t
        squares = sum((len(values) - 1) * statistics.variance(values) for values in spread)
        ratio = abs(statistics.fmean(found.values)) / math.sqrt(squares / df / len(found.values))
        return max(found.p_by_t, float(2 * t.sf(ratio, df)))  # not a number, where the first is none

    def _by_cluster(self, values: dict[str, float]) -> list[float]:
        grouped = defaultdict(list)
        for pair, value in values.items():
            grouped[self.clusters[pair]].append(value)
        return [sum(some) / len(some) for _, some in sorted(grouped.items())]

    # -- interviews -----------------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> dict[str, dict[str, str]]:
        return {row["participant"]: row for row in self.table("participants")}

    @cached_property
    def interviews(self) -> dict[str, dict[str, str]]:
        """The row of every source whose speakers all consented, by source."""
        rows = [row for row in self.table("sources") if row["participant"] in self.people]
        refused = {row["source"] for row in rows if self.people[row["participant"]]["consent"] != "yes"}
        return {row["source"]: row for row in rows if row["source"] not in refused}

    @cached_property
    def asked(self) -> set[tuple[str, str]]:
        """Who was asked about which theme; where nobody wrote it down, about all."""
        found = set()
        for row in self.interviews.values():
            listed = [part.strip() for part in row["asked"].split(";")] if row["asked"] else list(self.labels)
            found |= {(row["participant"], theme) for theme in listed}
        return found

    @cached_property
    def coded(self) -> set[str]:
        """People of whom at least one interview was given to a coder."""
        named = {row["source_id"] for row in self.table("assignments")}
        return {row["participant"] for source, row in self.interviews.items() if source in named}

    @cached_property
    def passages(self) -> list[tuple[str, str, str]]:
        """(participant, code, valence) of every passage that the first coder of its source marked."""
        first: dict[str, int] = {}
        role = {}
        for row in self.table("assignments"):
            role[row["source_id"], row["coder"]] = RANK[row["role"]]
            first[row["source_id"]] = min(first.get(row["source_id"], 9), RANK[row["role"]])
        return [
            (self.interviews[row["source_id"]]["participant"], row["code"], row["valence"])
            for row in self.table("codings")
            if row["source_id"] in self.interviews and role[row["source_id"], row["coder"]] == first[row["source_id"]]
        ]

    def raised(self, by: str = "theme") -> dict[tuple[str, str], str]:
        """The direction in which each person raised each theme (or code); '' where no passage has one."""
        said = defaultdict(list)
        for person, code, valence in self.passages:
            if by == "code" or self.theme_of[code]:
                said[person, code if by == "code" else self.theme_of[code]].append(valence)
        return {key: direction(values) for key, values in said.items()}

    # -- boards ---------------------------------------------------------------------------------------------------

    @cached_property
    def board_answers(self) -> list[dict[str, Any]]:
        """The agreed answers: pair, side, wave, question row, rating as text."""
        folder, rows = self.settings.get("raw", {}).get("boards"), []
        for path in sorted((self.raw / folder).glob("*.xlsx")) if folder else []:
            sheet = (
                pd.read_excel(path, sheet_name="Board", header=None, dtype=str, engine="openpyxl")
                .fillna("")
                .to_numpy()
                .tolist()
            )
            about = {row[0].casefold(): row[1] for row in sheet[:5]}
            given = {row[0]: row[2] for row in sheet[5:]}
            if about["answered by"] == "board":
                where = {"pair": about["pair"], "side": about["side"], "wave": int(about["wave"])}
                rows += [
                    {**where, **q, "rating": given[q["question"]]} for q in self.questions if q["question"] in given
                ]
        return rows

    # -- joint display --------------------------------------------------------------------------------------------

    def readings(self) -> dict[tuple[str, str, str, str], Reading]:
        """State of (pair or 'all', theme, strand, side), and whether its direction is firm over the whole display."""
        found = dict(self._readings())
        spoken = {key for key, (state, _) in found.items() if state in SPEAKING}
        looks = sum(1 for a, b in combinations(sorted(spoken), 2) if a[:2] == b[:2] and (a[2] == b[2] or a[3] == b[3]))
        return {key: (state, p <= 0.05 / max(1, looks)) for key, (state, p) in found.items()}

    def _readings(self) -> Iterator[tuple[tuple[str, str, str, str], tuple[str, float]]]:
        names = [row["pair"] for row in self.pairs]
        for theme, side in product(self.labels, SIDES):
            for pair in [*names, "all"]:
                chosen = names if pair == "all" else [pair]
                yield (pair, theme, "interviews", side), self._interviews(chosen, theme, side)
                yield (pair, theme, "boards", side), self._boards(chosen, theme, side)
                yield (pair, theme, "survey", side), self._survey(chosen, theme, side)

    def _interviews(self, pairs: list[str], theme: str, side: str) -> tuple[str, float]:
        here = {n for n, row in self.people.items() if row["pair"] in pairs and row["side"] == side}
        asked = {person for person, th in self.asked if th == theme and person in here}
        said = {person: way for (person, th), way in self.raised().items() if th == theme and person in here}
        if not said:
            return "not_asked" if not asked else "not_raised" if asked & self.coded else "not_coded", 1.0
        counts = Counter(said.values())
        if not any(way for way in said.values()):
            return "no_direction", 1.0
        up, down, both = (counts[name] for name in ("enabler", "barrier", "mixed"))
        if up + down + both < 3:
            return "too_few", 1.0
        p = binomtest(up, up + down).pvalue if up + down else 1.0
        balance = (up - down) / len(said)
        if abs(balance) >= 1 / 3:
            return ("positive" if balance > 0 else "negative"), p
        return ("mixed" if both or (up and down) else "unclear"), p

    def _survey(self, pairs: list[str], theme: str, side: str) -> tuple[str, float]:
        asked = [key for key in self.scores if key[0] in pairs and key[1] == side and key[3] == theme]
        alone = len(self.pairs) == 1 or len(pairs) == 1
        every = [key[2] for key in self.scores if key[0] in pairs] if alone else [key[2] for key in self.scores]
        keys = [key for key in asked if key[2] == max(every)]
        if not keys:
            return "not_asked", 1.0
        if alone:
            values = self.scores[keys[0]]
            if len(values) < 3:
                return "too_few", 1.0
            if self.split(keys[0]):
                return "mixed", 1.0
        else:
            values = self._by_cluster({key[0]: interval(self.scores[key])[0] for key in keys})
            if len(values) < 3:
                return "too_few", 1.0
        mean, low, high = interval(values)
        df = len(values) - 1
        if math.isnan(high):  # all alike: a sign test
            p = 2 * 0.5 ** len(values) if mean != 3 else 1.0
        else:
            p = float(2 * t.sf(abs(mean - 3) / ((high - low) / 2) * t.ppf(0.975, df), df))
        return ("unclear" if p > 0.05 else "positive" if mean > 3 else "negative"), p

    def _boards(self, pairs: list[str], theme: str, side: str) -> tuple[str, float]:
        mine = [row for row in self.board_answers if row["pair"] in pairs]
        last = max((row["wave"] for row in (mine if len(pairs) == 1 else self.board_answers)), default=0)
        mine = [row for row in mine if row["wave"] == last and row["side"] == side and row["theme"] == theme]
        rated = [int(row["rating"]) for row in mine if row["rating"].isdigit()]
        if not mine:
            return "not_asked", 1.0
        if len(rated) < 3:
            return "too_few", 1.0
        share = sum(rating >= 3 for rating in rated) / len(rated)
        return ("positive" if share >= 2 / 3 else "negative" if share <= 1 / 3 else "mixed"), 0.0


SILENT = ("too_few", "no_direction", "not_coded", "not_raised", "not_asked")
SPEAKING = ("positive", "negative", "mixed", "unclear")


def together(sides: list[tuple[str, bool]]) -> str:
    """The state of one strand over both sides."""
    states = {state for state, _ in sides if state in SPEAKING}
    if not states:
        return min((state for state, _ in sides), key=SILENT.index)
    if {"positive", "negative"} <= states:
        return "apart" if all(firm for _, firm in sides) else "mixed"
    return states.pop() if len(states) == 1 else "mixed" if "mixed" in states else "unclear"


def direction(valences: list[str]) -> str:
    """The direction of several passages together; '' where none of them has one."""
    counts = Counter(filter(None, valences))
    if not counts:
        return ""
    if counts["enabler"] != counts["barrier"]:
        return "enabler" if counts["enabler"] > counts["barrier"] else "barrier"
    return "mixed" if counts["enabler"] or counts["mixed"] else "neutral"


def text_rows(path: Path) -> Rows:
    """The rows of a CSV file or of the first sheet of a workbook, everything as text."""
    frame = (
        pd.read_excel(path, dtype=str, engine="openpyxl")
        if path.suffix == ".xlsx"
        else pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    )
    return [{str(name): str(cell) for name, cell in row.items()} for row in frame.fillna("").to_dict("records")]
