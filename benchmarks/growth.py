"""How cost grows: the illustrative study, made larger in one direction at a time (CPU seconds, memory, exponent).

    python benchmarks/growth.py [DIRECTION ...] [--also TIMES ...]

Each direction is run at one, two and four times its size, each in a process of its own. The exponent is that of the
part that grows: log2 of the cost of the last two parts over that of the second. Prints `name: value (bar: ...)` a line
and exits 1 where an exponent is above 1.2 that `docs/large-text.md` does not explain. `interviews --also 14 62` also
measures some 250 and 1,000 interviews, `answers --also 202` some 120,000 answers. `check` is the cost of that command.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[1]
TIMES = (1, 2, 4)
BAR = 1.2
EXPLAINED: dict[str, str] = {}
SECOND_WAVE = re.compile(r'\[\[raw\.survey\]\]\nfile = "survey_wave_2\.xlsx"\nwave = 2\n')
START = "from pathlib import Path; from buddy_eval.study.settings import load_study; study = load_study(Path({!r})); "
TABLES = START + "from buddy_eval.pipeline.run import run; run(study)"
PAGES = START + "from buddy_eval.publish.reports import publish; publish(study, ('internal',))"
CHECK = "import sys; from buddy_eval.cli.main import main; sys.exit(main(['check', {!r}]))"
CHECKS = {"check, nothing kept": 0.8, "check, nothing changed": 0.8}  # CPU seconds at most
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PEOPLE = [*LETTERS, *map(chr, range(0x4E00, 0x4E80))]  # a letter each, for names keep their length
PERSON = re.compile(r"\b(SYN\d\d-[RS])([1-9])\b")


def base(folder: Path) -> Path:
    """Write the illustrative study without its second survey and its interviews in Word; return its raw folder."""
    raw = folder / "data" / "raw"
    shutil.copytree(ROOT / "data" / "raw", raw)
    (raw / "survey_wave_2.xlsx").unlink()
    kept = {path.stem for path in (raw / "transcripts").iterdir() if path.suffix != ".docx"}
    for path in (raw / "transcripts").glob("*.docx"):
        path.unlink()
    for name in ("sources", "assignments", "codings", "approvals"):
        head, *rows = lines(raw / f"{name}.csv")
        write(raw / f"{name}.csv", [head, *(row for row in rows if row.split(",")[0] in kept)])
    settings = (ROOT / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(SECOND_WAVE.sub("", settings), encoding="utf-8")
    (folder / "notebooks").mkdir()
    return raw


def lines(path: Path) -> list[str]:
    """The lines of a CSV file, of which none holds a break within a cell."""
    return path.read_text(encoding="utf-8-sig").splitlines()


def write(path: Path, rows: list[str]) -> None:
    """Write the lines of a CSV file."""
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def pairs(raw: Path, times: int) -> None:
    """Pairs with their trusts, people, interviews, answers, boards and figures; names keep their lengths."""
    _copies(raw, times, _of_pair, ("pairs", "participants", "invitations", "summaries", "trusts"))
    for path in list((raw / "boards").iterdir()):
        for copy in range(1, times):
            _workbook(path, raw / "boards" / f"{_of_pair(path.stem, copy)}.xlsx", copy)
    head, *rows = lines(raw / "outcomes.csv")
    own = [row for row in rows if row[:2] in {"ZA", "ZB"}]
    write(raw / "outcomes.csv", [head, *rows, *(_of_pair(row, copy) for copy in range(1, times) for row in own)])
    _answers(raw, times, _of_pair)


def interviews(raw: Path, times: int) -> None:
    """Interviews, each with a person of its own who was asked, and the codings of both coders."""
    _copies(raw, times, _of_person, ("participants",))
    _asked(raw, times)


def words(raw: Path, times: int) -> None:
    """The words of every interview: its turns once more, at the end."""
    for path in (raw / "transcripts").glob("*.txt"):
        head, _, turns = path.read_text(encoding="utf-8").partition("\n")
        path.write_text(head + "\n" + "\n".join([turns.rstrip()] * times) + "\n", encoding="utf-8")


def answers(raw: Path, times: int) -> None:
    """Answers to the survey, of people who were asked."""
    _answers(raw, times, lambda text, copy: text)
    _asked(raw, times)


def trusts(raw: Path, times: int) -> None:
    """Trusts of the outcome series that belong to no pair and are there to compare with."""
    head, *rows = lines(raw / "outcomes.csv")
    others = [row for row in rows if row.startswith("ZC")]
    more = [f"Z{LETTERS[copy + 4].upper()}{row[2:]}" for copy in range(1, times) for row in others]
    write(raw / "outcomes.csv", [head, *rows, *more])


def terms(raw: Path, times: int) -> None:
    """Terms of the lexicon: each with a word behind it, once more."""
    book = ROOT / "src" / "buddy_eval" / "instrument" / "codebook.yaml"
    found = re.compile(r"(      (?:any|enabler|barrier): \[)(.*)\]")

    def longer(match: re.Match[str]) -> str:
        more = [
            f'"{match[1].strip()[0]}{LETTERS[copy]}{n} {word}"'
            for copy in range(1, times)
            for n, word in enumerate(_plain(match[2]))
        ]
        return f"{match[1]}{', '.join([match[2], *more])}]"

    study = raw.parents[1]
    (study / "codebook.yaml").write_text(found.sub(longer, book.read_text(encoding="utf-8")), encoding="utf-8")
    settings = study / "study.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[study]\n", '[study]\ncodebook = "codebook.yaml"\n'),
        encoding="utf-8",
    )


def reports(raw: Path, times: int) -> None:
    """Chapters of the team's report, four at once: what one costs is lost in what two runs differ by."""
    for copy in range(4 * times):
        shutil.copy(ROOT / "notebooks" / "03-survey.ipynb", raw.parents[1] / "notebooks" / f"{copy}-survey.ipynb")


DIRECTIONS: dict[str, Callable[[Path, int], None]] = {
    call.__name__: call for call in (pairs, interviews, words, answers, trusts, terms, reports)
}


def main() -> int:
    """Run the directions that are asked for, or all; return 1 where an exponent is above the bar unexplained."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("directions", nargs="*", metavar="DIRECTION", help=f"{', '.join(DIRECTIONS)}, check")
    options.add_argument("--also", nargs="*", type=int, default=[], metavar="TIMES", help="larger sizes to measure")
    missed, chosen = False, options.parse_args()
    for name in chosen.directions or (*DIRECTIONS, "check"):
        if name == "check":
            missed |= checked()
            continue
        spent = [measured(name, times) for times in TIMES]
        for times, (seconds, memory) in zip(TIMES, spent, strict=True):
            print(f"{name} x{times}: {seconds:.1f} CPU s, {memory:.2f} GB", flush=True)
        first, last = spent[1][0] - spent[0][0], spent[2][0] - spent[1][0]
        exponent = math.log2(last / first) if min(first, last) > 0.1 else 0.0
        why = f"; {EXPLAINED[name]}" if name in EXPLAINED else ""
        print(f"{name}, exponent of growth: {exponent:.2f} (bar: at most {BAR}{why})", flush=True)
        missed |= exponent > BAR and not why
        for times in chosen.also:
            seconds, memory = measured(name, times)
            print(f"{name} x{times}: {seconds:.1f} CPU s, {memory:.2f} GB", flush=True)
    return int(missed)


def checked() -> bool:
    """Print what `check` costs on the illustrative study, first and again; tell whether a bar is missed."""
    missed = False
    with tempfile.TemporaryDirectory(prefix="growth") as place:
        shutil.copytree(ROOT / "data" / "raw", Path(place) / "data" / "raw")
        shutil.copytree(ROOT / "notebooks", Path(place) / "notebooks")
        shutil.copy(ROOT / "study.toml", place)
        _run(TABLES.format(place))
        for name, bar in CHECKS.items():
            seconds, _ = _run(CHECK.format(place))
            print(f"{name}: {seconds:.2f} CPU s (bar: at most {bar})", flush=True)
            missed |= seconds > bar
    return missed


def measured(name: str, times: int) -> tuple[float, float]:
    """CPU seconds and peak memory (GB) of the tables of a study, or of the pages where these are what grows."""
    with tempfile.TemporaryDirectory(prefix="growth") as place:
        folder = Path(place) / "study"
        DIRECTIONS[name](base(folder), times)
        spent = _run(TABLES.format(str(folder)))
        return _run(PAGES.format(str(folder))) if name == "reports" else spent


def _run(code: str) -> tuple[float, float]:
    """Run Python in a process of its own, and wait for what it used, with all that it started."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the study did not run; see above")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def _copies(raw: Path, times: int, renamed: Callable[[str, int], str], tables: tuple[str, ...]) -> None:
    """Write the rows of tables, and the interviews with all that is said of them, once more for every copy."""
    for name in (*tables, "sources", "assignments", "codings", "approvals"):
        head, *rows = lines(raw / f"{name}.csv")
        more = [new for copy in range(1, times) for row in rows if (new := renamed(row, copy)) != row]
        write(raw / f"{name}.csv", [head, *rows, *more])
    for path in list((raw / "transcripts").iterdir()):
        for copy in range(1, times):
            text = renamed(path.read_text(encoding="utf-8"), copy)
            (raw / "transcripts" / renamed(path.name, copy)).write_text(text, encoding="utf-8")


def _workbook(path: Path, to: Path, copy: int) -> None:
    """Write the workbook of another pair's board."""
    book = load_workbook(path)
    for cell in (cell for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)):
        cell.value = _of_pair(cell.value, copy)
    book.save(to)


def _answers(raw: Path, times: int, renamed: Callable[[str, int], str]) -> None:
    head, *rows = lines(raw / "survey_wave_1.csv")
    more = [
        renamed(row, copy).replace(f"{row.split(',')[0]},", f"{len(rows) * copy + n},", 1)
        for copy in range(1, times)
        for n, row in enumerate(rows, 1)
    ]
    write(raw / "survey_wave_1.csv", [head, *rows, *more])


def _asked(raw: Path, times: int) -> None:
    """As many times as many people were asked."""
    asked = pd.read_csv(raw / "invitations.csv")
    asked.assign(invited=asked["invited"] * times).to_csv(raw / "invitations.csv", index=False)


def _of_pair(text: str, copy: int) -> str:
    """A text about other pairs and trusts: SYN01 becomes SYN09, ZA1 becomes ZD1."""
    text = re.sub(r"\bSYN(\d\d)", lambda match: f"SYN{int(match[1]) + 8 * copy:02}", text)
    text = re.sub(r"\bZ([AB])(\d)\b", lambda match: f"Z{chr(ord(match[1]) + 1 + 2 * copy)}{match[2]}", text)
    return text.replace(" (invented)", f" {LETTERS[copy].upper()} (invented)")


def _of_person(text: str, copy: int) -> str:
    """A text about other people: SYN01-R1 becomes SYN01-Rc, as long as before, for codings tell places."""
    return PERSON.sub(lambda match: match[1] + PEOPLE[2 * copy + int(match[2]) - 1], text)


def _plain(listed: str) -> list[str]:
    """The first words of terms as the codebook lists them."""
    return re.findall(r"[a-z]{3,}", listed)


if __name__ == "__main__":
    sys.exit(main())
