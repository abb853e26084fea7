"""Write `data/README.md`: origin, rows and hash of every file in `data/raw`, and what each column means.

python data/describe.py
"""

from __future__ import annotations

from pathlib import Path

from buddy_eval.base.files import sha256
from buddy_eval.read.table import read_table
from buddy_eval.schemas import Frame
from buddy_eval.schemas import raw as forms

HERE = Path(__file__).resolve().parent
RAW = HERE / "raw"
HEAD = """\
# data

Everything in `data/raw` is **invented** for the illustrative study: trusts, people, words, answers, figures. Nothing in
it comes from a real study, and no number here is anybody's. Made in 2026 for this project, under its licence (MIT); as
nobody real is behind it there was no consent to ask for, and `participants.csv` says what a real study would record.

- The 30 interviews (four in the third round, of other bodies), their codings by two coders (KM, RA; the third round by
  one), summaries and approvals were written by hand.
- `survey_wave_*`, `outcomes.csv`, `boards/` and the survey rows of `invitations.csv` come from `data/generate.py` with
  a fixed seed; that file says which differences were planted, and a test asks the analysis for them. The comments in
  the survey are drawn from `comments_bank.csv`, written by hand. The second wave asks seven items more than the first.
- `capacity.csv`, `communications.csv`, `actions.csv`, `rounds.csv` and the boards' third returns (`boards/*-w3.xlsx`)
  come from `data/generate_kept.py`, with a stream of its own.
- The e-mail addresses and names in `survey_wave_1.csv` are there to be dropped on reading. They are invented too.

`data/raw` is never written by a run (`assign` adds rows to `assignments.csv` when
asked to); `data/processed` is made by it and can be deleted at any time.

## Files

| file | rows | SHA-256 |
|---|---|---|
"""
SURVEY = """\
### survey_wave_1.csv, survey_wave_2.xlsx: one person's answers

| column | meaning | filled |
|---|---|---|
| ID / respondent | number of the person within the wave; the waves are not linked | always |
| Start time, Completion time | of the form; not read | wave 1 |
| Email, Name | invented; dropped on reading | wave 1 |
| Pair, Side, Role group | pair; supporter or receiver; group of posts | always |
| one column an item | wave 1: wording, labels; wave 2: id, 1 to 5, NA not applicable, DK don't know | if answered |
| F1, F2, F3 | comments in one's own words | if given |
"""
BOARDS = """\
### boards/CODE.xlsx: one board's return

Sheet *Board*: four lines (pair, side, wave, answered by), then one row a question.
"""


def described(table: Frame, name: str) -> str:
    """One raw table: what a row is, and its columns."""
    lines = [f"### {name}: {table.row}", "", "| column | meaning | filled |", "|---|---|---|"]
    for column in table.columns:
        allowed = f" ({', '.join(column.values)})" if column.values else ""
        lines.append(f"| {column.name} | {column.meaning}{allowed} | {'always' if column.required else 'if known'} |")
    return "\n".join(lines) + "\n"


def made() -> str:
    """Return what `data/README.md` has to hold."""
    rows = []
    for path in sorted(path for path in RAW.rglob("*") if path.is_file()):
        name = path.relative_to(RAW).as_posix()
        table = path.suffix in {".csv", ".xlsx"} and path.parent == RAW
        count = str(len(read_table(path, name))) if table else ""
        rows.append(f"| {name} | {count} | `{sha256(path)}` |")
    present = [table for table in forms.TABLES if (RAW / f"{table.name}.csv").is_file()]
    tables = "\n".join(described(table, f"{table.name}.csv") for table in present)
    boards = described(forms.BOARDS, "boards").split("\n", 2)[2]
    return HEAD + "\n".join(rows) + "\n\n## Columns\n\n" + f"{tables}\n{SURVEY}\n{BOARDS}\n{boards}"


if __name__ == "__main__":
    (HERE / "README.md").write_text(made(), encoding="utf-8")
