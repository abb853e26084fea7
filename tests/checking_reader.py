"""A reader who checks: every built page of a study held against its raw files, and against the other pages.

`contradictions` reads the pages as a reader does (captions, rows, sentences, alt texts) and finds numbers, counts,
ratings and directions again with `plain_facts`. It returns a sentence for each that does not hold.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from built_page import NUMBER, Page, near, number, p_near, plain
from plain_facts import DIRECTIONS, LEAST_FOR_P, SIDES, Facts, interval, sign_flip, together
from rendered import side_by_side

ESTIMATE = re.compile(rf"({NUMBER.pattern}) \((?:({NUMBER.pattern}) to ({NUMBER.pattern})|no interval)\)")
NOT_WORDS = re.compile(r"\b(?:nan|NaN|NaT|None(?! of)|inf|True|False)\b|<NA>")
ONE_OF_MANY = re.compile(
    r"(?<![\d.,])(?<!of )1 (?:supported )?"
    r"(?:pairs|people|boards|trusts|times|charts|results|comments|months|answers|others)\b(?!\.csv)"
)
STATES = {
    "positive": "positive", "negative": "negative", "mixed": "mixed", "unclear": "unclear", "apart": "the sides apart",
    "too_few": "too few to say", "no_direction": "direction not recorded", "not_coded": "not coded yet",
    "not_raised": "not raised", "not_asked": "not asked",
}  # fmt: skip
KINDS_SAID = {
    "where a side has two kinds of evidence or more, they point one way": "one way",
    "the kinds of evidence point one way in part, as not all have a direction": "one way in part",
    "the kinds of evidence point opposite ways within a side": "opposite ways",
    "whether the kinds of evidence point one way is unclear": "cannot tell",
    "too few kinds of evidence say anything": "too little said",
}
SIDES_SAID = {
    "the two sides lean alike where they can be compared": "lean alike",
    "the two sides hold opposite views": "opposite views",
    "whether the two sides lean alike is unclear": "cannot tell",
    "the two sides cannot be compared": "cannot be compared",
}  # fmt: skip


class Reader:
    """Reads the pages of one study."""

    def __init__(self, folder: Path) -> None:
        self.facts = Facts(folder)
        pages = sorted((folder / "reports").glob("*/*.html"))
        self.pages = [Page(path) for path in pages if not path.stem.endswith(("index", "-tables"))]
        self.themes = {label: theme for theme, label in self.facts.labels.items()}
        rules = self.facts.settings.get("disclosure", {})
        self.below, self.step = int(rules.get("suppress_below", 8)), int(rules.get("round_to", 5))
        self.least = int(rules.get("min_respondents", 10))
        # the direction of a person counts sentences: it is found again where each passage is one
        self.directed = not list((folder / "data" / "raw" / "transcripts").glob("*.docx"))

    def contradictions(self) -> Iterator[str]:
        yield from self.leaving()
        for page in self.pages:
            counts = (self.words, self.flow, self.in_words, self.interviews, self.codes, self.boards)
            results = (self.means, self.gaps, self.findings, self.sentences, self.changes, self.outcomes, self.joint)
            for check in (*counts, *results):
                yield from (f"{page.name}: {fault}" for fault in check(page))

    def leaving(self) -> Iterator[str]:
        """Which reports there are, and what of fewer than three pairs or of few people the public reads."""
        named = {page.name for page in self.pages}
        public = {page.stem for page in self.pages if page.profile == "public"}
        if len(self.facts.pairs) < 3 and public - {"codebook"}:
            yield f"public reports of {len(self.facts.pairs)} pairs: {sorted(public)}"
        if not named:
            yield "no report at all"
        for page in self.pages:
            if page.profile == "public":
                for row in page.rows("Differences across pairs"):
                    if int(row["Pairs"]) < 3:
                        yield f"{page.name}: a result over {row['Pairs']} pairs"

    def words(self, page: Page) -> Iterator[str]:
        for text in (page.text, *page.alts):
            for pattern, what in ((NOT_WORDS, "not a word"), (ONE_OF_MANY, "one of many")):
                for match in pattern.finditer(text):
                    yield f"{what}: {text[max(0, match.start() - 40) : match.end() + 20]!r}"

    def shown(self, written: str, true: int, page: Page) -> bool:
        """Whether a count of people is written as the readers of this page may have it."""
        if page.profile == "internal":
            return written == str(true)
        if written == "withheld":
            return True
        rounded = (true + self.step // 2) // self.step * self.step
        return written == str(rounded) and not 0 < true < self.below

    # -- who took part --------------------------------------------------------------------------------------------

    def flow(self, page: Page) -> Iterator[str]:
        took: Counter[tuple[str, ...]] = Counter()
        for person in self.facts.respondents:
            took["survey", person["pair"], person["side"], str(person["wave"])] += 1
        seen = {(row["participant"], row["wave"]) for row in self.facts.interviews.values()}
        for name, wave in seen:
            took["interview", self.facts.people[name]["pair"], self.facts.people[name]["side"], wave] += 1
        for row in page.rows("Who was asked"):
            kind, side, wave = row["Kind"].casefold(), row["Side"].casefold(), row["Wave"]
            true = sum(
                n
                for (k, p, s, w), n in took.items()
                if (k, s, w) == (kind, side, wave) and plain(p) == row.get("Pair", plain(p))
            )
            if not self.shown(row["Took part"], true, page):
                yield f"took part {row}: {true}"

    def in_words(self, page: Page) -> Iterator[str]:
        facts, outside = self.facts, page.profile != "internal"
        speakers = {row["participant"] for row in facts.interviews.values()}
        waves = len({(row["participant"], row["wave"]) for row in facts.interviews.values()})
        true = {
            "pairs of trusts": len(facts.pairs),
            "people were interviewed": waves,
            "times somebody answered": len(facts.respondents),
        }
        boards = {(row["pair"], row["side"]) for row in facts.board_answers}
        for point in page.points:
            for words, n in true.items():
                if words in point and (found := re.match(r"(About |Fewer than )?([\d,]+) ", point)):
                    exact = words == "pairs of trusts" or not outside
                    if (exact and number(found[2]) != n) or (
                        not exact and found[1] == "About " and abs(number(found[2]) - n) > self.step / 2
                    ):
                        yield f"{point!r}: {n}"
            if "rated how far" in point and number(NUMBER.findall(point)[0]) != len(boards):
                yield f"{point!r}: {len(boards)} boards"
            if "interviewed, on" in point:
                where = {side for side in SIDES if any(facts.people[name]["side"] == side for name in speakers)}
                if ("both sides" in point) != (len(where) == 2):
                    yield f"{point!r}: {sorted(where)}"

    # -- survey ---------------------------------------------------------------------------------------------------

    def means(self, page: Page) -> Iterator[str]:
        for row in page.rows("Mean scores by side"):
            for label in set(row) & set(self.themes):
                key = (row["Pair"], row["Side"], int(row["Wave"]), self.themes[label])
                values = self.facts.scores.get(key, [])
                if row[label].startswith("split"):
                    camps = [
                        sum(v < 2.5 for v in values),
                        sum(2.5 <= v <= 3.5 for v in values),
                        sum(v > 3.5 for v in values),
                    ]
                    if not self.facts.split(key) or [int(n) for n in re.findall(r"\d+", row[label])] != camps:
                        yield f"{key} {row[label]}: {camps}"
                elif row[label]:
                    yield from self._estimate(row[label], values, f"mean of {key}")
                elif values and page.profile == "internal":
                    yield f"no mean of {key}, with {len(values)} people"
        for alt in page.alts:
            if alt.startswith("Mean scores of both sides, wave "):
                yield from self._sides(alt, page)

    def _sides(self, alt: str, page: Page) -> Iterator[str]:
        wave = int(re.findall(r"wave (\d+)", alt)[0])
        for label, theme in self.themes.items():
            for pair in self.facts.clusters:
                found = re.search(
                    rf"{re.escape(label)}, {re.escape(pair)}: supporter ([\w.]+), receiver ([\w.]+?)\.(?: |$)", alt
                )
                for side, written in zip(SIDES, found.groups() if found else (), strict=False):
                    values = self.facts.scores.get((pair, side, wave, theme), [])
                    if written not in ("none", "split") and (not values or not near(written, interval(values)[0])):
                        yield f"picture of both sides, {label}, {pair}, {side}: {written}"

    def _estimate(self, cell: str, values: list[float], about: str) -> Iterator[str]:
        match = ESTIMATE.fullmatch(cell)
        true = interval(values)
        if not match or not values:
            yield f"{about}: {cell!r} with {len(values)} values"
            return
        for written, value in zip(match.groups(), true, strict=True):
            if (written is None) != math.isnan(value) or (written is not None and not near(written, value)):
                yield f"{about}: {cell!r}, found {true}"

    def gaps(self, page: Page) -> Iterator[str]:
        for row in page.rows("The gap in each pair"):
            if "People" not in row:
                continue  # partial pooling
            for label in set(row) & set(self.themes):
                gap = self.facts.gaps.get((row["Pair"], int(row["Wave"]), self.themes[label]))
                if bool(row[label]) != bool(gap) or (gap and not near(NUMBER.findall(row[label])[0], gap[0])):
                    yield f"gap of {row['Pair']}, {label}, wave {row['Wave']}: {row[label]!r}, found {gap}"

    def findings(self, page: Page) -> Iterator[str]:
        seen = set()
        for row in page.tables.get("Differences across pairs", []):
            found = self.facts.findings.get(f"{self.themes[row['About']]}|{row['When']}")
            seen.add(f"{self.themes[row['About']]}|{row['When']}")
            if found is None:
                yield f"a result of nothing: {row}"
                continue
            if found.values:
                yield from self._estimate(row["Estimate (95% interval)"], found.values, row["Finding"])
            if (int(row["Pairs"]), int(row["Independent pairs"])) != (found.pairs, len(found.values)):
                yield f"{row['Finding']}: {row}, found {found.pairs} pairs, {len(found.values)} independent"
            written = row["n supporter / receiver"].split(" / ")
            if not all(self.shown(n, true, page) for n, true in zip(written, found.people, strict=True)):
                yield f"{row['Finding']}: people {written}, found {found.people}"
            p = sign_flip(found.values) if len(found.values) >= LEAST_FOR_P else None
            if (row["p"] == "none") != (p is None) or (p is not None and not p_near(row["p"], p)):
                yield f"{row['Finding']}: p {row['p']}, found {p}"
            if p is not None and number(row["Adjusted p"].removeprefix("< ")) < number(row["p"].removeprefix("< ")):
                yield f"{row['Finding']}: adjusted p {row['Adjusted p']} below p {row['p']}"
        if page.name == "internal/report" and (missing := set(self.facts.findings) - seen):
            yield f"no result of {sorted(missing)}"

    def sentences(self, page: Page) -> Iterator[str]:
        """A sentence on a finding has its size and direction, and the same finding is not both stated and not."""
        rows = {row["Finding"]: row for row in page.rows("Differences across pairs")}
        known = {found.name: found for found in self.facts.findings.values()}
        told = defaultdict(set)
        for point in page.points:
            name = next(iter(re.findall(r" (gap-\S+)$", point)), "")
            told[name].add("cannot tell" in point)
            row, found = rows.get(name, {}), known.get(name)
            stated = re.search(
                r"(?:scored|was) ([\d.]+) (?:points )?(higher|lower|above|below)|(up|down) by ([\d.]+)", point
            )
            adjusted = row.get("Adjusted p", "none").removeprefix("< ")
            if name and stated and adjusted != "none" and number(adjusted) > 0.05:
                yield f"{point!r} states what does not stand: {row}"
            if found is None or not found.values:
                continue
            mean, low, high = interval(found.values)
            if stated and self.facts.adjusted[name] > 0.05:
                yield f"{point!r}: p {self.facts.adjusted[name]} over the survey's own results"
            if stated:
                up = (stated[2] or stated[3]) in ("higher", "above", "up")
                if not near(stated[1] or stated[4], abs(mean)) or up != (mean > 0) or low <= 0 <= high:
                    yield f"{point!r}: {mean}, {low} to {high}"
            written = re.search(rf"95% interval ({NUMBER.pattern}) to ({NUMBER.pattern})", point)
            if written and not (near(written[1], low) and near(written[2], high)):
                yield f"{point!r}: {low} to {high}"
            if f"{found.pairs} pair" + "s" * (found.pairs != 1) not in point:
                yield f"{point!r}: {found.pairs} pairs"
        yield from (f"{name} is stated and not" for name, ways in told.items() if name and len(ways) > 1)

    def changes(self, page: Page) -> Iterator[str]:
        pair = page.pair
        for row in side_by_side(page.rows("How each side moved")):
            theme, waves = self.themes[row["Theme"]], row["Waves"].split(" to ")
            keys = [(row.get("Pair", pair), row["Side"], int(wave), theme) for wave in waves]
            values = [self.facts.scores[key] for key in keys]
            means = [interval(some)[0] for some in values]
            split = any(self.facts.split(key) for key in keys)
            written = [row["Mean before"], row["Mean after"]]
            if split != (written == ["split", "split"]):
                yield f"{keys}: {written}"
            elif not split:
                change = NUMBER.findall(row["Change (95% interval)"])[0]
                if not all(map(near, [*written, change], [*means, means[1] - means[0]])):
                    yield f"{keys}: {row}, found {means}"

    # -- interviews -----------------------------------------------------------------------------------------------

    def interviews(self, page: Page) -> Iterator[str]:
        facts, heard = self.facts, self.facts.raised()
        side_of = {name: row["side"] for name, row in facts.people.items()}
        for row in page.rows("Themes in the interviews"):
            theme, side = self.themes[row["Theme"]], row["Side"]
            said = {person: way for (person, th), way in heard.items() if th == theme and side_of[person] == side}
            asked = {person for person, th in facts.asked if th == theme and side_of[person] == side} | set(said)
            true = {"Asked": len(asked), "Raised it": len(said)}
            counts = Counter(way or "not recorded" for way in said.values())
            if self.directed:
                titles = {
                    "enabler": "Mostly enabler",
                    "barrier": "Mostly barrier",
                    "mixed": "Mixed",
                    "neutral": "Neutral",
                }
                true |= {titles[name]: counts[name] for name in DIRECTIONS}
                if page.profile == "internal":
                    true["Direction not recorded"] = counts["not recorded"]
            for column, n in true.items():
                if not self.shown(row.get(column, "0"), n, page):
                    yield f"{theme}, {side}: {column} {row.get(column)}, found {n}"

    def codes(self, page: Page) -> Iterator[str]:
        heard, facts = self.facts.raised("code"), self.facts
        for row in page.rows("Codes of the theme"):
            code = row["Code"].split(" ")[0]
            said = {person for person, c in heard if c == code}
            asked = {person for person, th in facts.asked if th == facts.theme_of[code]} | said
            if "All" in row and row["All"] != f"{len(said)} of {len(asked)}":
                yield f"code {code}: {row['All']}, found {len(said)} of {len(asked)}"
            for side in ("Supporter", "Receiver", "External"):
                true = sum(facts.people[person]["side"] == side.casefold() for person in said)
                if side in row and not self.shown(row[side], true, page):
                    yield f"code {code}, {side}: {row[side]}, found {true}"

    # -- boards, outcomes -----------------------------------------------------------------------------------------

    def boards(self, page: Page) -> Iterator[str]:
        answers = self.facts.board_answers
        last = max((row["wave"] for row in answers), default=0)
        pair = page.pair
        for caption, column in (("Board readiness by analytic", "Theme"), ("Board readiness under", "Heading")):
            for row in page.rows(caption):
                key = self.themes[row["Theme"]] if column == "Theme" else row["Heading"]
                about = "theme" if column == "Theme" else "source_heading"
                mine = [
                    a
                    for a in answers
                    if a[about] == key and a["wave"] == last and a["side"] == row.get("Side", a["side"])
                ]
                rated = [int(a["rating"]) for a in mine if a["rating"].isdigit()]
                true = f"{sum(r >= 3 for r in rated)} of {len(rated)}"
                n = len({(a["pair"], a["side"]) for a in mine})
                if row["In place"] != true or int(row["Boards"]) != n:
                    yield f"readiness {key}: {row}, found {true} of {n} boards"
        for row in page.rows("Board readiness of both boards"):
            for side in ("Supporter", "Receiver"):
                mine = [
                    a
                    for a in answers
                    if a["pair"] == row.get("Pair", pair)
                    and a["side"] == side.casefold()
                    and a["theme"] == self.themes[row["Theme"]]
                ]
                parts = []
                for wave in sorted({a["wave"] for a in mine}):
                    rated = [int(a["rating"]) for a in mine if a["wave"] == wave and a["rating"].isdigit()]
                    parts.append((str(sum(r >= 3 for r in rated)), str(len(rated))))
                if re.findall(r"(\d+) of (\d+) in place", row[side]) != parts:
                    yield f"both boards, {row}: found {parts}"

    def outcomes(self, page: Page) -> Iterator[str]:
        rows, note = (
            page.tables.get("Variation at the last month", []),
            page.notes.get("Variation at the last month", ""),
        )
        if rows and (found := re.match(r".*Of (\d+) charts? (\d+) shows? a signal at", note)):
            signals = sum("special cause" in row["Variation"] for row in rows)
            if (int(found[1]), int(found[2])) != (len(rows), signals):
                yield f"{found[0]!r} over {len(rows)} rows with {signals} signals"
        values = {
            (row["ods"], plain(row["indicator"])): row["value"]
            for row in sorted(self.facts.table("outcomes"), key=lambda r: r["period"])
            if row["value"]
        }
        for row in rows:
            if (true := values.get((row["Trust"], row["Indicator"]))) and not near(row["Last value"], float(true)):
                yield f"last value {row}: {true}"

    # -- joint display --------------------------------------------------------------------------------------------

    @cached_property
    def readings(self) -> dict[tuple[str, str, str, str], tuple[str, bool]]:
        return self.facts.readings()

    def joint(self, page: Page) -> Iterator[str]:
        pair = page.pair or "all"
        ratings, strands = {}, ("interviews", "survey", "boards") if self.directed else ("survey", "boards")
        for row in page.rows("Joint display of"):
            theme = self.themes[row["Theme"]]
            ratings[row["Theme"]] = (row["Kinds of evidence"], row["Two sides"])
            for strand in strands:
                sides = [self.readings[pair, theme, strand, side] for side in SIDES]
                state = row[strand.capitalize()].lstrip("▲▼◆?⇄ ")
                if state not in (STATES[together(sides)], "withheld"):
                    yield f"joint display, {theme}, {strand}: {state}, found {sides}"
        yield from self._told(page, pair, ratings)

    def _told(self, page: Page, pair: str, ratings: dict[str, tuple[str, str]]) -> Iterator[str]:
        """Sentences and picture of the joint display beside its table."""
        for point in page.points:
            label = next((label for label in self.themes if point.startswith(f"{label}: ")), "")
            rating = next((said for words, said in KINDS_SAID.items() if words in point), None)
            if label and rating:
                told = (rating, next(said for words, said in SIDES_SAID.items() if point.endswith(f"{words}.")))
                if ratings.get(label, told) != told:
                    yield f"{point!r} beside {ratings[label]}"
        whole = pair if page.profile == "partners" else "whole study"
        for label, told in ratings.items():
            if page.joint.get((label, whole), told) != told:
                yield f"picture of the joint display, {label}: {page.joint[label, whole]} beside {told}"
        only = [row["pair"] for row in self.facts.pairs]
        if len(only) == 1:
            for (label, place), told in page.joint.items():
                if place == "whole study" and page.joint.get((label, only[0]), told) != told:
                    yield f"the only pair and the whole differ: {label}"


def contradictions(folder: Path) -> list[str]:
    """Everything in the built pages of a study that its raw files, or another page, contradict."""
    return list(dict.fromkeys(Reader(folder).contradictions()))
