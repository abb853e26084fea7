"""Make the counted part of the illustrative study: survey, board returns, outcome series. Everything is invented.

    python data/generate.py FOLDER

writes into FOLDER what lies in `data/raw` beside the interviews, which were written by hand. The same seed makes
the same figures; a test compares them with `data/raw`, and another asks the analysis for what is planted here.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook

import generate_kept
from buddy_eval.study.instrument import load_instrument

SEED = 20260
PAIRS = [f"SYN{n:02d}" for n in range(1, 9)]
SIDES = {"supporter": "ZA", "receiver": "ZB"}
ALONE = [f"ZC{n}" for n in range(1, 13)]  # trusts without a partner, to compare with
LATER = ("C7", "C8", "R6", "R7", "E6", "M7", "G6")  # items of which the first wave asked nobody
TARGETS = {"A&E within four hours": 0.78, "Falls per 1,000 bed days": 6.6}
ROLES = {
    "board": 0.05,
    "senior_management": 0.10,
    "clinical_leadership": 0.15,
    "improvement_team": 0.10,
    "operational_clinical": 0.40,
    "operational_nonclinical": 0.20,
}
# Supporter minus receiver in points of the five-point scale, first and second wave.
GAPS = {
    "culture": (0.0, 0.0),
    "capacity": (-0.45, -0.45),
    "evaluation": (0.0, 0.0),
    "communication": (0.65, 0.30),
    "regulation": (0.0, 0.0),
}
EXCEPTIONS = {("SYN03", "communication"): (1.2, 0.9), ("SYN05", "capacity"): (0.0, 0.0)}
SPLIT = ("SYN03", "receiver", "culture", 1)  # half of them 1.2 points above, half 1.2 below
LEVEL = {"culture": 3.3, "capacity": 2.9, "evaluation": 3.1, "communication": 3.1, "regulation": 3.0}
LABELS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
BOARD_COLUMNS = ("question", "wording", "rating", "evidence", "owner_role", "review_date", "agreed_with_partner")
MONTHS = pd.period_range("2021-10", "2025-09", freq="M")
START = 24  # the month in which the support begins: October 2023
# indicator: (level, spread of a month, better, size of the denominator)
INDICATORS = {
    "A&E within four hours": (0.68, 0.012, "higher_is_better", 9000),
    "Falls per 1,000 bed days": (5.6, 0.35, "lower_is_better", 19.0),
    "Sickness rate": (5.2, 0.25, "lower_is_better", None),
    "Vacancy rate": (9.0, 0.35, "lower_is_better", None),
}


def planted(pair: str, theme: str, wave: int) -> float:
    """The gap planted in one pair, theme and wave."""
    return EXCEPTIONS.get((pair, theme), GAPS[theme])[wave - 1]


def survey(random: np.random.Generator, wave: int) -> pd.DataFrame:
    """One row a person: pair, side, role and an answer (1 to 5, NA, DK or empty) to every item of both waves."""
    items = load_instrument(None).items
    scale = items[(items["kind"] == "theme") & ~items["item"].isin(LATER)]
    parts = []
    for pair in PAIRS:
        for side in SIDES:
            n = int(random.integers(27, 49))
            role = random.choice(list(ROLES), size=n, p=list(ROLES.values()))
            made = pd.DataFrame({"pair": pair, "side": side, "role": role})
            person = random.normal(0, 0.35, n)
            for theme, mine in scale.groupby("theme", sort=False):
                half = planted(pair, str(theme), wave) / 2 + random.normal(0, 0.06)
                level = LEVEL[str(theme)] + (half if side == "supporter" else -half)
                latent = level + random.normal(0, 0.08) + person + random.normal(0, 0.4, n)
                if (pair, side, theme, wave) == SPLIT:
                    latent = latent + np.where(random.permutation(n) % 2, 1.2, -1.2)
                for item in mine.itertuples():
                    made[str(item.item)] = answers(random, latent, bool(item.reversed), str(theme), role)
            for overall in ("O1", "O2"):
                made[overall] = answers(random, 3.2 + person, False, "overall", role)
            parts.append(made)
    return pd.concat(parts, ignore_index=True)


def later(random: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Answers of the second wave to the items that the first one did not ask, with the gaps of their themes."""
    items = load_instrument(None).items.set_index("item")
    role, made = people["role"].to_numpy(dtype="str"), {}
    for item in LATER:
        theme = str(items.loc[item, "theme"])
        half = people["pair"].map(lambda pair, theme=theme: planted(pair, theme, 2)).to_numpy() / 2
        latent = LEVEL[theme] + np.where(people["side"] == "supporter", half, -half)
        latent = latent + random.normal(0, 0.5, len(people))
        made[item] = answers(random, latent, bool(items.loc[item, "reversed"]), theme, role)
    return pd.DataFrame(made, index=people.index)


def answers(random: np.random.Generator, latent: np.ndarray, reverse: bool, theme: str, role: np.ndarray) -> list[str]:
    """Answers of the scale; some not applicable, don't know or left out, more so where a theme is far from the work."""
    given = np.clip(np.round(latent + random.normal(0, 0.8, len(latent))), 1, 5).astype(int)
    given = 6 - given if reverse else given
    far = np.char.startswith(role.astype(str), "operational") & (theme in {"regulation", "evaluation"})
    chance = random.random(len(latent))
    text = given.astype(str).astype(object)
    text[chance < np.where(far, 0.24, 0.08)] = "DK"
    text[chance < np.where(far, 0.10, 0.04)] = "NA"
    text[chance < 0.02] = ""
    return list(text)


def comments(random: np.random.Generator, people: pd.DataFrame, bank: pd.DataFrame) -> pd.DataFrame:
    """Free text for some of the people: each sentence of the bank is given three times at most, over both waves."""
    made = pd.DataFrame("", index=people.index, columns=["F1", "F2", "F3"])
    for question, side, text in bank[["question", "side", "text"]].itertuples(index=False):
        ours = people.index if side == "any" else people.index[people["side"] == side]
        for person in random.choice(ours, size=int(random.integers(1, 3)), replace=False):
            made.loc[person, question] = text
    return made


def outcomes(random: np.random.Generator, trusts: list[str]) -> pd.DataFrame:
    """Forty-eight months of four indicators for some trusts, with the planted changes."""
    rows = []
    for ods in trusts:
        for indicator, (level, spread, direction, size) in INDICATORS.items():
            values = level * random.uniform(0.93, 1.07) + random.normal(0, spread, len(MONTHS))
            values = values + change(ods, indicator)
            for month, value in zip(MONTHS, values, strict=True):
                row: dict[str, object] = {
                    "ods": ods,
                    "indicator": indicator,
                    "period": str(month),
                    "direction": direction,
                }
                if size is None:
                    row |= {"numerator": "", "denominator": "", "value": f"{value:.2f}"}
                else:
                    below = round(size * random.uniform(0.94, 1.06), 3 if size < 100 else None)
                    row |= {"numerator": round(value * below), "denominator": below, "value": ""}
                rows.append({**row, "source": "invented", "target": TARGETS.get(indicator, "")})
    columns = ["ods", "indicator", "period", "numerator", "denominator", "value", "direction", "source", "target"]
    return pd.DataFrame(rows, columns=columns)


def change(ods: str, indicator: str) -> np.ndarray:
    """What is planted into one series: a step some months into the support, or a steady rise."""
    months = np.arange(len(MONTHS))
    if indicator == "A&E within four hours" and ods in {"ZB1", "ZB8"}:
        return np.where(months >= START + 7, 0.07, 0.0)
    if indicator == "Falls per 1,000 bed days" and ods == "ZA6":
        return np.where(months >= START + 2, 1.4, 0.0)
    if indicator == "Vacancy rate" and ods == "ZB7":
        return 0.12 * np.clip(months - START, 0, None)
    return np.zeros(len(MONTHS))


def boards(random: np.random.Generator) -> dict[str, list[list[object]]]:
    """One return a board: ratings higher for culture than for capacity and regulation, and higher at supporters."""
    lean = {"culture": 2.7, "capacity": 1.6, "evaluation": 2.0, "communication": 2.3, "regulation": 1.5}
    questions = load_instrument(None).questions
    made = {}
    for side, prefix in SIDES.items():
        for number, pair in enumerate(PAIRS, 1):
            rows: list[list[object]] = [["Pair", pair], ["Side", side], ["Wave", 2], ["Answered by", "board"], []]
            rows.append([*BOARD_COLUMNS])
            for row in questions.itertuples():
                shift = 0.4 if (row.theme, side) == ("communication", "supporter") else 0.0
                rating: object = int(np.clip(np.round(random.normal(lean[str(row.theme)] + shift, 0.9)), 0, 4))
                rating = str(random.choice(["DK", "NA"])) if random.random() < 0.06 else rating
                proof = "board paper, invented" if rating in (3, 4) else None
                shared = "yes" if rating == 4 else "no"
                owner, review = "chief executive's office", "2025-03-31"
                rows.append([row.question, row.wording, rating, proof, owner, review, shared])
            made[f"{prefix}{number}"] = rows
    return made


def invitations(people: dict[int, pd.DataFrame], random: np.random.Generator) -> pd.DataFrame:
    """How many were asked to fill in the survey, by pair, side and role: two to three times those who did."""
    parts = []
    for wave, frame in people.items():
        counts = frame.groupby(["pair", "side", "role"]).size().rename("n").reset_index()
        invited = (counts["n"] * random.uniform(1.8, 3.2, len(counts))).round().astype(int)
        parts.append(counts.assign(kind="survey", wave=wave, invited=invited))
    return pd.concat(parts)[["kind", "pair", "side", "role", "wave", "invited"]]


def export_one(people: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    """The first wave as a forms site exports it: labels under the full wording, with invented names and addresses."""
    shown = {str(n): label for n, label in enumerate(LABELS, 1)}
    shown |= {"NA": "Not applicable to my role", "DK": "Don't know", "": ""}
    ids = range(1, len(people) + 1)
    head = pd.DataFrame({"ID": ids, "Start time": "2023-12-04 09:00", "Completion time": "2023-12-04 09:07"})
    head["Email"] = [f"person{n}@example.org" for n in ids]
    head["Name"] = [f"Invented Person {n}" for n in ids]
    about = people[["pair", "side", "role"]].set_axis(["Pair", "Side", "Role group"], axis=1)
    wording = load_instrument(None).items.set_index("item")["wording"]
    answered = people.drop(columns=["pair", "side", "role"]).map(lambda cell: shown[cell]).join(words)
    return head.join(about).join(answered.rename(columns=wording.to_dict()))


def main(folder: Path) -> None:
    """Write the generated files into a folder."""
    random = np.random.default_rng(SEED)
    bank = pd.read_csv(Path(__file__).with_name("comments_bank.csv"))
    people = {wave: survey(random, wave) for wave in (1, 2)}
    (folder / "boards").mkdir(parents=True, exist_ok=True)
    export_one(people[1], comments(random, people[1], bank)).to_csv(
        folder / "survey_wave_1.csv", index=False, quoting=csv.QUOTE_MINIMAL, encoding="utf-8-sig"
    )
    second = people[2].join(later(np.random.default_rng(SEED + 2), people[2]))
    second = second.join(comments(random, people[2], bank))
    second.insert(0, "respondent", range(1, len(second) + 1))
    numbers = second.map(lambda cell: int(cell) if isinstance(cell, str) and cell.isdigit() else cell or None)
    workbook(folder / "survey_wave_2.xlsx", "Answers", [list(numbers), *numbers.values.tolist()])
    partners = outcomes(random, [f"{side}{number}" for side in SIDES.values() for number in range(1, 9)])
    others = outcomes(np.random.default_rng(SEED + 1), ALONE)
    pd.concat([partners, others]).to_csv(folder / "outcomes.csv", index=False)
    returns = boards(random)
    returns |= generate_kept.third_returns(np.random.default_rng(generate_kept.SEED + 1), returns)
    for ods, rows in returns.items():
        workbook(folder / "boards" / f"{ods}.xlsx", "Board", rows)
    invitations(people, random).to_csv(folder / "invitations_survey.csv", index=False)
    generate_kept.write(folder, PAIRS)


def workbook(path: Path, title: str, rows: list[list[object]]) -> None:
    """Write one sheet."""
    book = Workbook()
    book.worksheets[0].title = title
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    main(parser.parse_args().folder)
