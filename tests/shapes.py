"""Whole studies of every shape, drawn by a seed: raw files as a team would keep them, small and quick to run.

A shape says how many pairs and waves a study has, which parts it lacks, how far its interviews are coded, and what is
odd about it; `build` writes it. Everything in it is invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from openpyxl import Workbook

import small_study
from buddy_eval.start.new_study import shipped_notebooks
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument

DRAWN = ("interviews", "survey", "boards", "outcomes", "trusts", "invitations", "approvals", "summaries", "others")
PARTS = (*DRAWN, "kept")  # capacity, communications and actions
SIDES = ("supporter", "receiver")
ROLES = ("board", "clinical_leadership", "improvement_team", "operational_clinical")
PEOPLE = {"one": (1, 2), "few": (2, 6), "some": (10, 13)}  # on a side of a pair, in one wave of the survey
WORDS = tuple(f"{word} {letter}" for word, letter in zip(
    ("mixed", "Wave", "Receiver", "withheld", "partial", "All", "not asked", "pairs", "Board", "silence", "Finding",
     "supporter"), "KLMNOPQRSTUV", strict=True))  # fmt: skip
INDICATORS = ("Falls", "Vacancy rate")
ODD_INDICATORS = ("Survey", "culture w1", "A&E", "A E", "Ожидание")
ODD_LABELS = ("Raised it / mixed", "Withheld", "All (of 9)", "Wave 1 minus wave 2", "No answer 8%")
NOUNS = "door window ladder bucket candle kettle garden carpet button ribbon basket lantern".split()
DEEDS = "mended carried painted borrowed measured counted polished folded labelled gathered".split()
VALENCES = ("enabler", "barrier", "mixed", "neutral")
MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13)]


@dataclass(frozen=True)
class Shape:
    """What one study is like."""

    seed: int
    pairs: int
    waves: int
    parts: frozenset[str]
    people: str  # on a side: one, few or some
    coded: str  # none, half or all of the interviews
    valence: str  # recorded for none, some or all of the codings
    returns: str  # of a board: one, waves (a return in each), or members (single answers beside the agreed one)
    shared: str  # trusts that pairs share: none, supporter, receiver, or both (a trust on both sides)
    external: bool  # people of a third side took part
    own_themes: bool
    odd_names: bool  # names that look like words of the reports
    uneven: bool  # not every pair was asked in every wave
    flat: bool  # on some sides everybody gives the same answer

    def __str__(self) -> str:
        lacks = sorted(set(PARTS) - self.parts)
        kept = {name: value for name, value in vars(self).items() if name != "parts" and value is not False}
        return " ".join(f"{name}={value}" for name, value in kept.items()) + f" lacks={','.join(lacks) or 'nothing'}"


def shape(seed: int) -> Shape:
    """Draw the shape of a study; the number of pairs goes round from 1 to 12."""
    random = np.random.default_rng([seed, 1])

    def one_of(*values: str) -> str:
        return str(random.choice(values))

    parts = {part for part in DRAWN if random.random() < 0.72}
    parts |= {"kept"} if np.random.default_rng([seed, 3]).random() < 0.6 else set()
    if not parts & {"interviews", "survey", "boards", "outcomes"}:
        parts |= {one_of("interviews", "survey", "boards", "outcomes")}
    flags = [bool(random.random() < chance) for chance in (0.3, 0.25, 0.3, 0.35, 0.3)]
    return Shape(
        seed,
        1 + seed % 12,
        int(random.integers(1, 4)),
        frozenset(parts),
        one_of("one", "few", "some", "some"),
        one_of("none", "half", "all", "all"),
        one_of("none", "some", "all", "all"),
        one_of("one", "waves", "members"),
        one_of("none", "supporter", "receiver", "both") if seed % 12 > 1 else "none",
        *flags,
    )


def alone(seed: int, part: str) -> Shape:
    """The shape of a seed with one part and nothing else."""
    return replace(shape(seed), parts=frozenset({part}))


def build(wanted: Shape, folder: Path) -> Path:
    """Write the study of a shape into a folder; return it."""
    return _Writer(wanted, folder).write()


class _Writer:
    """The raw files of one study, one method a kind of file."""

    def __init__(self, wanted: Shape, folder: Path) -> None:
        self.shape, self.folder, self.raw = wanted, folder, folder / "data" / "raw"
        self.random = np.random.default_rng([wanted.seed, 2])
        names = WORDS if wanted.odd_names else [f"P{number:02d}" for number in range(1, 13)]
        self.pairs = list(names[: wanted.pairs])
        self.settings = ["[study]", f'title = "A study of shape {wanted.seed}"', 'team = "Us"']
        self.tables = list[str]()
        if wanted.own_themes:
            self._own_themes()
        book = load_codebook(folder / "codebook.yaml" if wanted.own_themes else None)
        self.instrument = load_instrument(folder / "instrument.yaml" if wanted.own_themes else None, book)
        self.themes = list(book.themes["theme"])
        self.codes = dict(zip(book.codes["code"], book.codes["theme"].fillna(""), strict=True))
        self.lean = {(theme, side): self.random.normal(0, 1) for theme in self.themes for side in SIDES}

    def write(self) -> Path:
        self._trusts()
        wanted = self.shape.parts
        if "interviews" in wanted:
            self._interviews()
        surveys = self._surveys() if "survey" in wanted else []
        if "boards" in wanted:
            self._boards()
        if "outcomes" in wanted:
            self._outcomes()
        if "kept" in wanted:
            self._kept()
        raw = ["[raw]", *self.tables]
        text = "\n".join([*self.settings, *raw, *surveys]) + "\n"
        (self.folder / "study.toml").write_text(text, encoding="utf-8")
        for path in shipped_notebooks():
            small_study.copy(path, self.folder / "notebooks" / path.name)
        return self.folder

    def _table(self, name: str, header: str, rows: Iterable[Sequence[object]]) -> None:
        small_study.write_table(self.raw / f"{name}.csv", [header.split(), *([str(cell) for cell in r] for r in rows)])
        self.tables.append(f'{name} = "{name}.csv"')

    def _own_themes(self) -> None:
        """Three themes with two codes, three items and three questions each, as YAML (which JSON is)."""
        labels = ODD_LABELS if self.shape.odd_names else ("Trust in others", "Time", "Money", "Rules", "Tools")
        themes, items, questions = [], [], []
        for number, label in enumerate(labels[: 3 + self.shape.seed % 3], 1):
            codes = [{"id": f"T{number}{c}", "name": f"Code {number}{c}", "definition": "Ours."} for c in "AB"]
            themes.append({"id": f"own{number}", "label": label, "definition": "Ours.", "codes": codes})
            for place in range(1, 4):
                about = {"theme": f"own{number}", "text": f"Item {number} {place}."}
                items.append({"id": f"I{number}{place}", **about, "reversed": place == 2})
                questions.append({"id": f"Q{number}{place}", "heading": f"Part {number}", **about})
        items.append({"id": "F1", "kind": "free_text", "text": "Anything else?"})
        about = {"id": "own", "version": "1.0.0", "status": "ours", "source": "none"}
        scale = {"options": {str(n): f"Level {n}" for n in range(1, 6)}, "not_applicable": "NA", "dont_know": "DK"}
        negations = {"window": 4, "words": ["not"]}
        self._yaml("codebook", {"codebook": about, "negations": negations, "themes": themes})
        self._yaml("instrument", {"instrument": about, "agreement": scale, "items": items, "questions": questions})

    def _yaml(self, name: str, content: object) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.yaml").write_text(json.dumps(content, indent=1), encoding="utf-8")
        self.settings.append(f'{name} = "{name}.yaml"')

    def _trusts(self) -> None:
        shared, sides = self.shape.shared, {}
        for number, pair in enumerate(self.pairs):
            ours, theirs = f"QA{number}", f"QB{number}"
            if number in (1, 2) and shared in SIDES:
                ours, theirs = ("QA0", theirs) if shared == "supporter" else (ours, "QB0")
            if number == 1 and shared == "both":
                ours = "QB0"
            sides[pair] = (ours, theirs)
        unknown = self.random.random() < 0.15
        self.trusts = sides
        rows = [
            [p, "" if unknown and p == self.pairs[-1] else a, b, "2023-01-01", "", ""] for p, (a, b) in sides.items()
        ]
        self._table("pairs", "pair supporter receiver start end note", rows)
        if "trusts" in self.shape.parts:
            kind = ("Positive", "Mixed", "Higher") if self.shape.odd_names else ("Fern", "Moss", "Reed")
            codes = sorted({code for both in sides.values() for code in both})
            named = [[code, f"{kind[n % 3]} {code[1:]} Trust", "", "", ""] for n, code in enumerate(codes)]
            self._table("trusts", "ods name valid_from valid_to successor", named)

    def _sides(self) -> tuple[str, ...]:
        return (*SIDES, "external") if self.shape.external else SIDES

    def _interviews(self) -> None:
        random, people, sources, assigned, coded, approved = self.random, [], [], [], [], []
        (self.raw / "transcripts").mkdir(parents=True)
        for pair in self.pairs:
            for side in self._sides():
                for n in range(1, int(random.integers(1, 5))):
                    name, wave = (
                        f"N{self.pairs.index(pair) + 1}-{side[0].upper()}{n}",
                        int(random.integers(1, self.shape.waves + 1)),
                    )
                    quotes, consent = random.random() < 0.7, random.random() < 0.95
                    people.append(
                        [name, pair, side, random.choice(ROLES), "yes" if consent else "no", "yes" if quotes else "no"]
                    )
                    asked = ";".join(t for t in self.themes if random.random() < 0.8) if random.random() < 0.6 else ""
                    sources.append([f"T{name}", f"T{name}.txt", name, name, wave, asked])
                    spans = self._transcript(f"T{name}", name)
                    coders = ["KM", *(["RA"] if random.random() < 0.4 else [])]
                    if self.shape.coded == "none" or (self.shape.coded == "half" and random.random() < 0.5):
                        continue
                    assigned += [[f"T{name}", who, "lead" if who == "KM" else "second"] for who in coders]
                    coded += [row for who in coders for row in self._codings(f"T{name}", side, who, spans)]
                    if quotes and consent:
                        audience = random.choice(("internal", "partners", "public", "public"))
                        approved.append([f"T{name}", *spans[0], "KM", audience])
        self._table("participants", "participant pair side role consent quotes", people)
        self._table("sources", "source file speaker participant wave asked", sources)
        self.tables.append('transcripts = "transcripts"')
        if self.shape.coded != "none":
            self._table("assignments", "source_id coder role", assigned)
            self._table("codings", "source_id start end code coder valence about stance memo", coded)
        if "approvals" in self.shape.parts:
            self._table(
                "approvals", "source_id start end approved_by audience", approved if self.shape.coded != "none" else []
            )
        if "summaries" in self.shape.parts:
            about = {(row[1], row[2]) for row in people}
            rows = [[p, s, self.themes[0], "A summary of ours."] for p, s in sorted(about) if random.random() < 0.7]
            self._table("summaries", "pair side theme summary", rows)
        if "invitations" in self.shape.parts and "survey" not in self.shape.parts:
            counted = {(row[1], row[2]) for row in people}
            rows = [
                ["interview", p, s, role, w, 9]
                for p, s in sorted(counted)
                for role in ROLES
                for w in range(1, self.shape.waves + 1)
            ]
            self._table("invitations", "kind pair side role wave invited", rows)

    def _transcript(self, source: str, speaker: str) -> list[tuple[int, int]]:
        """Write one transcript of three sentences, a turn each; return where they stand."""
        text, spans = "Interviewer: How was it?\n\n", []
        for _ in range(3):
            deed, other = self.random.choice(DEEDS, 2)
            said = f"They {deed} the {' '.join(self.random.choice(NOUNS, 4))} and {other} nothing else"
            text += f"{speaker}: "
            spans.append((len(text), len(text) + len(said)))
            text += f"{said}\n\n"
        (self.raw / "transcripts" / f"{source}.txt").write_text(text, encoding="utf-8")
        return spans

    def _codings(self, source: str, side: str, coder: str, spans: list[tuple[int, int]]) -> Iterator[list[object]]:
        random = self.random
        for start, end in spans:
            codes = [code for code, theme in self.codes.items() if theme]
            for code in sorted(random.choice(codes, size=int(random.integers(0, 3)), replace=False)):
                chance = 1 / (1 + np.exp(-2 * self.lean.get((self.codes[code], side), 0.0)))
                valence = random.choice(VALENCES, p=[chance * 0.8, (1 - chance) * 0.8, 0.1, 0.1])
                if self.shape.valence == "none" or (self.shape.valence == "some" and random.random() < 0.5):
                    valence = ""
                yield [source, start, end, code, coder, valence, "", "", ""]

    def _surveys(self) -> list[str]:
        items = self.instrument.items
        scale, free = items[items["kind"] != "free_text"], list(items.loc[items["kind"] == "free_text", "item"])
        entries, invited = list[str](), list[list[object]]()
        for wave in range(1, self.shape.waves + 1):
            rows: list[list[str]] = []
            for place, pair in enumerate(self.pairs):
                if self.shape.uneven and self.random.random() < 0.35 and (place or wave > 1):
                    continue
                for side in self._sides():
                    rows += self._answers(pair, side, wave, scale, len(rows), len(free))
                    invited += [["survey", pair, side, role, wave, 40] for role in ROLES]
            header = ["respondent", "pair", "side", "role", *scale["item"], *free]
            small_study.write_table(self.raw / f"survey_{wave}.csv", [header, *rows])
            entries += ["[[raw.survey]]", f'file = "survey_{wave}.csv"', f"wave = {wave}"]
        if "invitations" in self.shape.parts:
            self._table("invitations", "kind pair side role wave invited", invited)
        return entries

    def _answers(self, pair: str, side: str, wave: int, scale: object, first: int, free: int) -> list[list[str]]:
        random, low_high = self.random, PEOPLE[self.shape.people]
        flat = self.shape.flat and random.random() < 0.5
        split = random.random() < 0.1
        level = {theme: 3 + self.lean.get((theme, side), 0.0) * 0.7 + random.normal(0, 0.2) for theme in self.themes}
        rows = []
        for person in range(int(random.integers(*low_high))):
            mood = 0.0 if flat else random.normal(0, 0.4) + (1.4 if person % 2 else -1.4) * split
            cells = []
            for theme, reverse in zip(scale["theme"], scale["reversed"], strict=True):  # type: ignore[index]
                value = int(
                    np.clip(np.round(level.get(theme, 3.3) + mood + (0 if flat else random.normal(0, 0.6))), 1, 5)
                )
                given = str(6 - value if reverse else value)
                cells.append(given if flat or random.random() > 0.06 else str(random.choice(["NA", "DK", ""])))
            comment = ["Time helped us a lot here" if random.random() < 0.1 else "" for _ in range(free)]
            rows.append([f"R{first + person}", pair, side, ROLES[person % 4], *cells, *comment])
        return rows

    def _boards(self) -> None:
        """Returns of most boards: agreed answers in the first or in every wave, or members' own beside them."""
        (self.raw / "boards").mkdir(parents=True)
        self.tables.append('boards = "boards"')
        every = range(1, self.shape.waves + 1) if self.shape.returns == "waves" else (1,)
        for number, pair in enumerate(self.pairs):
            for side in SIDES:
                for wave in every:
                    if self.random.random() < 0.15:
                        continue
                    for member in ("board", *(("A", "B") if self.shape.returns == "members" else ())):
                        self._return(f"{number}-{side}-{wave}-{member}.xlsx", pair, side, wave, member)

    def _return(self, file: str, pair: str, side: str, wave: int, member: str) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Board"
        for line in (["Pair", pair], ["Side", side], ["Wave", wave], ["Answered by", member], []):
            sheet.append(line)
        sheet.append(["question", "wording", "rating", "evidence", "owner_role", "review_date", "agreed_with_partner"])
        for row in self.instrument.questions.itertuples():
            lean = 2.2 + self.lean.get((str(row.theme), side), 0.0)
            rating: object = int(np.clip(np.round(self.random.normal(lean, 0.8)), 0, 4))
            rating = str(self.random.choice(["DK", "NA"])) if self.random.random() < 0.1 else rating
            sheet.append([row.question, row.wording, rating, "a paper" if rating in (3, 4) else None, "us", None, None])
        book.save(self.raw / "boards" / file)

    def _outcomes(self) -> None:
        codes = sorted({code for both in self.trusts.values() for code in both})
        codes += [f"QC{n}" for n in range(11)] if "others" in self.shape.parts else []
        rows: list[list[object]] = []
        for indicator in ODD_INDICATORS[: 2 + self.shape.seed % 4] if self.shape.odd_names else INDICATORS:
            yearly, still = self.random.random() < 0.15, self.random.random() < 0.1
            for code in codes:
                if self.random.random() < 0.1:
                    continue
                values = 10 + self.random.normal(0, 0.0 if still else 1, len(MONTHS))
                values[12:] += self.random.normal(0, 1) * (self.random.random() < 0.4)
                shown = {period[:4] if yearly else period: value for period, value in zip(MONTHS, values, strict=True)}
                for period, value in shown.items():
                    rows.append([code, indicator, period, "", "", f"{value:.3f}", "lower_is_better", "invented", ""])
        self._table("outcomes", "ods indicator period numerator denominator value direction source rebase", rows)

    def _kept(self) -> None:
        """What is kept as it happens: amounts that nobody wrote down, owners who are persons, one side alone."""
        random = np.random.default_rng([self.shape.seed, 4])
        waves = range(1, self.shape.waves + 1)
        if random.random() < 0.8:
            self._table("rounds", "wave opens", [[wave, f"{2022 + wave}-05-01"] for wave in waves])
        capacity, told, agreed = list[list[object]](), list[list[object]](), list[list[object]]()
        for place, pair in enumerate(self.pairs):
            for side in SIDES[: int(random.integers(0, 3))]:
                for resource in ("staff", "staff", "money", "other")[: int(random.integers(1, 5))]:
                    amounts = [round(float(a), 2) if random.random() < 0.8 else "" for a in random.uniform(0, 3, 3)]
                    what, end = f"thing {len(capacity)}", random.choice(["", "2024-03-31"])
                    start = f"2023-{int(random.integers(1, 13)):02d}-15"
                    capacity.append([pair, side, "running", resource, what, *amounts, start, end, "", "no", ""])
                day = f"2023-{int(random.integers(1, 13)):02d}-10"
                told.append([pair, side, day, random.choice(["staff", "public"]), "letter", "news", "", ""])
            for number in range(int(random.integers(0, 4))):
                done, dropped = random.choice(["", "2023-09-01"]), ""
                dropped = "" if done else random.choice(["", "2023-10-01"])
                owner = random.choice(["chief nurse", "Aurelia Quill"])
                row = [
                    f"A{place}-{number}",
                    pair,
                    random.choice([*SIDES, ""]),
                    random.choice(self.themes),
                    "",
                    "a deed",
                ]
                agreed.append([*row, owner, "2023-08-01", "2024-01-01", done, dropped, "why" if dropped else ""])
        head = "pair side stage resource what needed planned actual start end meeting home_risk note"
        self._table("capacity", head, capacity)
        self._table("communications", "pair side day told channel message sent_by heard_back", told)
        head = "action pair side theme question what owner_role agreed due done dropped reason"
        self._table("actions", head, agreed)
