"""Some pairs out of the illustrative study, as a study of its own: quick to run, with every kind of raw file."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
SECOND_WAVE = re.compile(r'\[\[raw\.survey\]\]\nfile = "survey_wave_2\.xlsx"\nwave = 2\n')
# The column of each table that says which pair or trust a row belongs to; names of sources begin with the pair.
BELONGS = {
    "pairs.csv": "pair",
    "participants.csv": "pair",
    "invitations.csv": "pair",
    "summaries.csv": "pair",
    "survey_wave_1.csv": "Pair",
    "sources.csv": "source",
    "assignments.csv": "source_id",
    "codings.csv": "source_id",
    "approvals.csv": "source_id",
    "trusts.csv": "ods",
    "outcomes.csv": "ods",
    "capacity.csv": "pair",
    "communications.csv": "pair",
    "actions.csv": "pair",
}


def cut(folder: Path, notebooks: tuple[str, ...] = (), pairs: int = 2) -> Path:
    """Write the study of the first pairs into a folder, with the notebooks named; return the folder."""
    raw, numbers = folder / "data" / "raw", range(1, pairs + 1)
    names, trusts = tuple(f"SYN0{n}" for n in numbers), [f"Z{side}{n}" for n in numbers for side in "AB"]
    for name, column in BELONGS.items():
        header, *rows = table(RAW / name)
        place = header.index(column)
        kept = [row for row in rows if row[place].startswith(names) or row[place] in trusts]
        write_table(raw / name, [header, *kept])
    for path in (RAW / "transcripts").iterdir():
        if path.name.startswith(names):
            copy(path, raw / "transcripts" / path.name)
    for trust in trusts:
        for name in (f"{trust}.xlsx", f"{trust}-w3.xlsx"):
            copy(RAW / "boards" / name, raw / "boards" / name)
    copy(RAW / "rounds.csv", raw / "rounds.csv")
    for name in notebooks:
        copy(ROOT / "notebooks" / name, folder / "notebooks" / name)
    settings, cuts = SECOND_WAVE.subn("", (ROOT / "study.toml").read_text(encoding="utf-8"))
    assert cuts == 1
    (folder / "study.toml").write_text(settings, encoding="utf-8")
    return folder


def table(path: Path) -> list[list[str]]:
    """Read the rows of a CSV file, header first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write_table(path: Path, rows: list[list[str]]) -> None:
    """Write the rows of a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def set_cell(path: Path, row: int, column: str, value: str) -> str:
    """Change one cell of a CSV file, the row as a spreadsheet counts it; return what stood there."""
    rows = table(path)
    place = rows[0].index(column)
    before, rows[row - 1][place] = rows[row - 1][place], value
    write_table(path, rows)
    return before


def copy(path: Path, target: Path) -> None:
    """Copy one file, making its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def contents(folder: Path, pattern: str = "*") -> dict[str, str]:
    """Return the hash of every file below a folder, by name."""
    files = (path for path in sorted(folder.rglob(pattern)) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
