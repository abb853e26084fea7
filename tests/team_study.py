"""A small study as a team keeps it, sound in every file, and the hands that damage it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook, load_workbook

from buddy_eval.start.kit.workbooks import board_workbook
from buddy_eval.study.instrument import load_instrument

Rows = list[list[str]]
INSTRUMENT = load_instrument()
SETTINGS = """\
[study]
title = "Buddying on the coast"
team = "Joint team"
interviewers = ["Interviewer"]
[raw]
pairs = "pairs.csv"
trusts = "trusts.csv"
participants = "participants.csv"
invitations = "tracker.xlsx"
sources = "sources.csv"
transcripts = "transcripts"
assignments = "assignments.csv"
codings = "codings.csv"
approvals = "approvals.csv"
summaries = "summaries.csv"
outcomes = "outcomes.csv"
boards = "boards"
capacity = "capacity.csv"
communications = "communications.csv"
actions = "actions.csv"
[[raw.survey]]
file = "survey.csv"
wave = 1
"""
TRANSCRIPT = "Interviewer: How was it?\nP1-R1: It went well and we trusted them.\nInterviewer: Thank you.\n"
TABLES: dict[str, Rows] = {
    "pairs.csv": [
        ["pair", "supporter", "receiver", "start", "end", "note"],
        ["P1", "RA1", "RB1", "1 April 2025", "", ""],
    ],
    "trusts.csv": [["ods", "name"], ["RA1", "Marram Coast NHS Trust"], ["RB1", "Tallis Vale NHS Trust"]],
    "participants.csv": [
        ["participant", "pair", "side", "role", "consent", "quotes"],
        ["P1-R1", "P1", "receiver", "board", "yes", "yes"],
        ["P1-S1", "P1", "supporter", "board", "yes", "no"],
    ],
    "sources.csv": [
        ["source", "file", "speaker", "participant", "wave", "asked"],
        ["I1", "I1.txt", "P1-R1", "P1-R1", "1", "culture;capacity"],
        ["I1", "I1.txt", "Interviewer", "interviewer", "1", ""],
    ],
    "assignments.csv": [["source_id", "coder", "role"], ["I1", "KM", "lead"], ["I1", "RA", "second"]],
    "codings.csv": [
        ["source_id", "start", "end", "code", "coder", "valence", "about", "stance", "memo"],
        ["I1", "32", "63", "CB5", "KM", "enabler", "both", "experienced", ""],
        ["I1", "32", "63", "CB5", "RA", "enabler", "both", "experienced", ""],
    ],
    "approvals.csv": [["source_id", "start", "end", "approved_by", "audience"], ["I1", "32", "63", "KM", "public"]],
    "summaries.csv": [["pair", "side", "theme", "summary"], ["P1", "receiver", "culture", "They got on."]],
    "outcomes.csv": [
        ["ods", "indicator", "period", "numerator", "denominator", "value", "direction", "source"],
        *[
            ["RA1", "A&E", f"2025-{month:02d}", str(80 + month), "100", "", "higher_is_better", "invented"]
            for month in range(1, 13)
        ],
    ],
    "capacity.csv": [
        ["Pair", "Side", "Stage", "Resource", "What", "Needed", "Planned", "Actual", "Start", "End", "Home risk"],
        ["P1", "supporter", "running", "staff", "Ward nurses", "3", "2", "1.5", "1/4/2025", "", "yes"],
        ["P1", "receiver", "running", "money", "Training", "1,000", "1,000", "", "1/4/2025", "31/3/2026", "no"],
    ],
    "communications.csv": [
        ["Pair", "Side", "Day", "Told", "Channel", "Message"],
        ["P1", "receiver", "1 May 2025", "Staff", "team brief", "Who does what"],
        ["P1", "receiver", "1 June 2025", "Other bodies", "letter", "What is planned"],
    ],
    "actions.csv": [
        ["Action", "Pair", "Theme", "What", "Owner role", "Agreed", "Due", "Done", "Dropped", "Reason"],
        ["A1", "P1", "capacity", "Cover for nurses", "chief nurse", "1/5/2025", "1/6/2025", "", "", ""],
        ["A2", "P1", "culture", "Joint visits", "chair", "1/5/2025", "1/6/2025", "20/5/2025", "", ""],
        ["A3", "P1", "culture", "A newsletter", "chair", "1/5/2025", "1/6/2025", "", "2/6/2025", "nobody read it"],
        ["A4", "P1", "capacity", "A plan", "chair", "1/5/2025", "1/6/2099", "", "", ""],
    ],
    "survey.csv": [
        ["ID", "pair", "side", "role", *INSTRUMENT.items["wording"]],
        *[[str(n), "P1", side, "board", *_answers] for n, side in enumerate(("supporter", "receiver") * 2, 1)
          for _answers in [["Agree" if kind != "free_text" else "" for kind in INSTRUMENT.items["kind"]]]],
    ],
}  # fmt: skip
TRACKER: Rows = [
    ["Kind", "Pair", "Side", "Role", "Wave", "Invited", "Remarks"],
    ["survey", "P1", "supporter", "board", "1", "6", ""],
]


def build(folder: Path) -> Path:
    """Write the sound study; return its folder."""
    raw = folder / "data" / "raw"
    for part in ("transcripts", "boards"):
        (raw / part).mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(SETTINGS, encoding="utf-8")
    (raw / "transcripts" / "I1.txt").write_text(TRANSCRIPT, encoding="utf-8")
    for name, rows in TABLES.items():
        write(raw / name, rows)
    book = Workbook()
    for row in TRACKER:
        book.worksheets[0].append(row)
    book.save(raw / "tracker.xlsx")
    for side in ("supporter", "receiver"):
        (raw / "boards" / f"{side}.xlsx").write_bytes(board_workbook(INSTRUMENT, ("P1", side, 1, "board")))
        edited(f"boards/{side}.xlsx", lambda sheet: [sheet.__setitem__(f"C{row}", 2) for row in range(7, 25)])(folder)
    return folder


def write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


Hand = Callable[[Path], object]


def cell(file: str, row: int, column: str, value: str) -> Hand:
    """Change one cell of a table, the row as a spreadsheet counts it."""

    def change(folder: Path) -> None:
        rows = _read(folder / "data" / "raw" / file)
        rows[row - 1][rows[0].index(column)] = value
        write(folder / "data" / "raw" / file, rows)

    return change


def head(file: str, old: str, new: str) -> Hand:
    """Rename a column."""
    return cell(file, 1, old, new)


def added(file: str, *values: str) -> Hand:
    """Add a row at the end."""

    def change(folder: Path) -> None:
        write(folder / "data" / "raw" / file, [*_read(folder / "data" / "raw" / file), list(values)])

    return change


def above(file: str, *values: str) -> Hand:
    """Put a row above the column names, as a title is."""

    def change(folder: Path) -> None:
        write(folder / "data" / "raw" / file, [list(values), *_read(folder / "data" / "raw" / file)])

    return change


def edited(file: str, hand: Callable[..., object]) -> Hand:
    """Change the first sheet of a workbook."""

    def change(folder: Path) -> None:
        path = folder / "data" / "raw" / file
        book = load_workbook(path)
        hand(book.worksheets[0])
        book.save(path)

    return change


def setting(old: str, new: str) -> Hand:
    """Change a text in the settings."""

    def change(folder: Path) -> None:
        path = folder / "study.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def gone(file: str) -> Hand:
    """Take a file away."""
    return lambda folder: (folder / "data" / "raw" / file).unlink()


def text(file: str, content: str) -> Hand:
    """Write a file anew."""
    return lambda folder: (folder / "data" / "raw" / file).write_text(content, encoding="utf-8")


def changed_rows(folder: Path, change: Callable[[Rows], Rows], file: str = "survey.csv") -> None:
    path = folder / "data" / "raw" / file
    write(path, change(_read(path)))


def without(folder: Path, *items: str, file: str = "survey.csv") -> None:
    """Take the columns of items out of a survey."""
    words = INSTRUMENT.items.set_index("item")["wording"][list(items)].tolist()
    changed_rows(
        folder,
        lambda rows: [[c for c, name in zip(row, rows[0], strict=True) if name not in words] for row in rows],
        file,
    )


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
