"""Make what boards and teams keep as it happens, and the boards' third returns. Everything is invented.

`generate.py` calls it. It draws from a stream of its own, so that the figures of the first two rounds stay as they are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from buddy_eval.study.instrument import load_instrument

SEED = 20263
SIDES = {"supporter": "ZA", "receiver": "ZB"}
ROUNDS = {1: "2023-12-04", 2: "2024-09-09", 3: "2025-09-08"}
LAST = ("2025-09-30", "2025-10-14")  # the last days on which anything was agreed, or done
# side: (resource, what, needed, planned, given of the plan in each spell, cost at home)
GIVEN = {
    "supporter": (
        ("staff", "improvement coach", 1.2, 0.8, (0.90, 1.30, 1.05), "no"),
        ("staff", "senior nurse", 0.6, 0.4, (1.00, 1.35, 1.10), "yes"),
        ("staff", "analyst", 0.4, 0.4, (0.70, 0.80, 0.90), "no"),
        ("money", "travel and cover", 24000.0, 20000.0, (1.00, 1.25, 1.00), "no"),
    ),
    "receiver": (
        ("staff", "cover for ward staff", 2.0, 1.4, (0.40, 0.55, 0.85), "yes"),
        ("staff", "project manager", 1.0, 1.0, (0.80, 0.90, 0.95), "no"),
        ("other", "room for joint training", None, None, (None, None, None), "no"),
    ),
}
AS_PLANNED = "SYN05"  # the pair whose sides do not differ on capacity gives what it planned
SPELLS = (  # stage, first day, last day, size
    ("onboarding", "2023-07-01", "2023-09-30", 0.4),
    ("running", "2023-10-01", "2024-09-30", 1.0),
    ("review", "2024-10-01", "2025-09-30", 0.6),
)
TOLD = {  # messages before each round, at supporters and at receivers
    "staff": ((5, 3, 2), (1, 5, 4)),
    "managers": ((2, 2, 1), (2, 2, 1)),
    "board": ((2, 2, 2), (2, 2, 2)),
    "regulators": ((0, 1, 1), (1, 1, 2)),
    "public": ((0, 0, 1), (0, 1, 1)),
}
CHANNELS = {
    "staff": ("team brief", "intranet", "walk round the wards"),
    "managers": ("meeting",),
    "board": ("board paper",),
    "regulators": ("letter", "meeting"),
    "public": ("website", "open meeting"),
}
ACTIONS = (  # theme, what is done, who answers for it
    ("capacity", "Bring one sheet of who is lent to the joint board", "director of finance"),
    ("capacity", "Fill the cover for ward staff before anybody travels", "chief nurse"),
    ("communication", "Tell night staff in person what the work is for", "head of communications"),
    ("communication", "Put one text on both intranets", "head of communications"),
    ("evaluation", "Agree five measures with a value from before", "director of improvement"),
    ("evaluation", "Look back together twice a year", "director of improvement"),
    ("regulation", "Ask for two returns fewer while the work runs", "chief executive's office"),
    ("culture", "Swap one ward manager for a fortnight", "chief nurse"),
)
REASONS = ("no post to carry it out", "the other trust does it already", "the figures spoke against it")


def capacity(random: np.random.Generator, pairs: list[str]) -> pd.DataFrame:
    """What each side gives before, in the year of support, and in that of its review; plans fall short of the need."""
    rows = []
    for pair in pairs:
        for side, posts in GIVEN.items():
            for spell, (stage, start, end, less) in enumerate(SPELLS):
                for resource, what, needed, planned, given, risk in posts:
                    share = given[spell] if pair != AS_PLANNED else 1.0
                    size = None if planned is None else planned * less
                    actual = None if size is None or share is None else size * share * random.uniform(0.9, 1.1)
                    actual = size if pair == AS_PLANNED else actual
                    row = {"pair": pair, "side": side, "stage": stage, "resource": resource, "what": what}
                    row["needed"] = _written(None if needed is None else needed * less, resource)
                    row |= {"planned": _written(size, resource), "actual": _written(actual, resource)}
                    meeting = f"joint board, {start[:7]}"
                    rows.append({**row, "start": start, "end": end, "meeting": meeting, "home_risk": risk, "note": ""})
    return pd.DataFrame(rows)


def _written(value: float | None, resource: str) -> str:
    return "" if value is None else f"{value:.2f}" if resource == "staff" else f"{round(value, -2):.0f}"


def communications(random: np.random.Generator, pairs: list[str]) -> pd.DataFrame:
    """What was said to whom before each round: receivers' staff hear little before the first, and more after it."""
    opened = [pd.Timestamp("2023-09-01"), *map(pd.Timestamp, ROUNDS.values())]
    rows = []
    for pair in pairs:
        for told, sides in TOLD.items():
            for side, counts in zip(SIDES, sides, strict=True):
                for since, until, n in zip(opened, opened[1:], counts, strict=False):
                    for number in range(n):
                        day = since + pd.Timedelta(days=int(random.integers(1, (until - since).days)))
                        channel = str(random.choice(CHANNELS[told]))
                        row = {"pair": pair, "side": side, "day": str(day.date()), "told": told, "channel": channel}
                        back = "questions answered at the next meeting" if random.random() < 0.25 else ""
                        message = f"what the work is for, part {number + 1}"
                        rows.append({**row, "message": message, "sent_by": "communications", "heard_back": back})
    return (
        pd.DataFrame(rows)
        .sort_values(["pair", "day", "told", "side"])
        .drop_duplicates(["pair", "side", "day", "told", "channel", "message"])
    )


def actions(random: np.random.Generator, pairs: list[str]) -> pd.DataFrame:
    """Four actions a pair, agreed in one round and due by the next: most done, some late, some dropped for a reason."""
    rows = []
    for place, pair in enumerate(pairs):
        for number, agreed in enumerate(("2024-01-22", "2024-01-22", "2024-10-21", LAST[0])):
            theme, what, owner = ACTIONS[(2 * place + number * 3) % len(ACTIONS)]
            due = pd.Timestamp(agreed) + pd.Timedelta(days=int(random.integers(90, 200)))
            row = {"action": f"{pair}-{number + 1}", "pair": pair, "side": ("receiver", "", "supporter", "")[number]}
            row |= {"theme": theme, "question": "", "what": what, "owner_role": owner, "agreed": agreed}
            row |= {"due": str(due.date()), "done": "", "dropped": "", "reason": ""}
            drawn, day = random.random(), due + pd.Timedelta(days=int(random.integers(-60, 60)))
            if number < 3 and drawn < 0.6:
                row["done"] = str(min(day, pd.Timestamp(LAST[1])).date())
            elif number < 3 and drawn < 0.78:
                row |= {"dropped": str(min(day, pd.Timestamp(LAST[1])).date()), "reason": str(random.choice(REASONS))}
            rows.append(row)
    return pd.DataFrame(rows)


def third_returns(random: np.random.Generator, boards: dict[str, list[list[object]]]) -> dict[str, list[list[object]]]:
    """The boards' returns of the second round, a year on: about a third of the questions one step further."""
    step = {"culture": 0.25, "capacity": 0.40, "evaluation": 0.35, "communication": 0.45, "regulation": 0.15}
    theme = dict(load_instrument(None).questions[["question", "theme"]].itertuples(index=False, name=None))
    made = {}
    for name, rows in boards.items():
        later: list[list[object]] = [*rows[:2], ["Wave", 3], *rows[3:6]]
        for question, wording, rating, _, owner, _, _ in rows[6:]:
            drawn = random.random()
            if isinstance(rating, int):
                rating = int(np.clip(rating + (drawn < step[theme[question]]) - (drawn > 0.93), 0, 4))
            proof = "board paper, invented" if rating in (3, 4) else None
            later.append([question, wording, rating, proof, owner, "2026-03-31", "yes" if rating == 4 else "no"])
        made[f"{name}-w3"] = later
    return made


def write(folder: Path, pairs: list[str]) -> None:
    """Write the tables into a folder."""
    random = np.random.default_rng(SEED)
    rounds = pd.DataFrame(list(ROUNDS.items()), columns=["wave", "opens"])
    made = {"rounds": rounds, "capacity": capacity(random, pairs), "communications": communications(random, pairs)}
    made["actions"] = actions(random, pairs)
    for name, frame in made.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
