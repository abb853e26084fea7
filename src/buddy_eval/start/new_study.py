"""`buddy-eval init`: a study of the usual layout, with a template for every raw file, and a kit to collect with."""

from __future__ import annotations

import json
from pathlib import Path

from buddy_eval.base.called import CALLED
from buddy_eval.base.files import csv_bytes, refuse_filled, write_atomic
from buddy_eval.read.boards import TEMPLATE
from buddy_eval.schemas import Frame
from buddy_eval.schemas import raw as forms
from buddy_eval.start.kit import kit
from buddy_eval.start.kit.questionnaire import questionnaire
from buddy_eval.start.kit.survey_files import EXPORTS
from buddy_eval.start.kit.workbooks import board_workbook, header_workbook, table_workbook
from buddy_eval.start.own_themes import CODEBOOK, INSTRUMENT
from buddy_eval.start.setup import Setup
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import Instrument, load_instrument

HERE = Path(__file__).parent
PACKAGE = HERE.parent
ABOUT_RESPONDENTS = ["respondent", "pair", "side", "role"]
TRACKED = ("answered_so_far", "first_reminder", "second_reminder", "remarks")  # for the team alone; not read
SETTINGS = (HERE / "settings.toml").read_text(encoding="utf-8")
GUIDE = (HERE / "raw-files.md").read_text(encoding="utf-8")


def new_study(folder: Path, setup: Setup | None = None, *, own: bool = False) -> list[Path]:
    """Make a study in a folder that does not exist yet or is empty; return the files written.

    Without a setup every list is empty; with one, pairs and trusts are filled in, and a kit to collect with is made.
    With themes of its `own` the folder holds a codebook and an instrument already, of which everything is made.

    Raises
    ------
    BuddyError : something is already there; nothing is written over.
    StudyError : the team's codebook or instrument has faults; nothing is written.
    """
    if not own:
        refuse_filled(folder)
    codebook = load_codebook(folder / CODEBOOK if own else None)
    instrument = load_instrument(folder / INSTRUMENT if own else None, codebook)
    lists = {table.name: csv_bytes([table.names]) for table in forms.TABLES}
    tables = "\n".join(map(_described, forms.TABLES))
    files = {
        "data/raw/README.md": GUIDE.format(called=CALLED, tables=tables).encode(),
        f"data/raw/boards/{TEMPLATE}": board_workbook(instrument),
        "data/raw/transcripts/README.md": b"One file an interview (.txt, .vtt, .srt, .docx, .odt, .rtf).\n",
        **{f"notebooks/{path.name}": path.read_bytes() for path in shipped_notebooks()},
        ".gitignore": b"/data/processed/\n/reports/\n/exports/\n/private/\n/start.ipynb\n",
    }
    if setup is None:
        survey, told = "survey_wave_1.csv", ("Name of your study", "Who carries it out")
        files[f"data/raw/{survey}"] = csv_bytes([[*ABOUT_RESPONDENTS, *instrument.items["wording"]]])
    else:
        survey, told = f"survey_wave_1.{EXPORTS[setup.tool]}", (setup.title, setup.team)
        lists |= _filled(setup)
        files[f"data/raw/{survey}"] = awaiting(setup, instrument, survey)
        files |= _workbooks(setup)
        files |= {f"kit/{name}": data for name, data in kit(setup, codebook, instrument).items()}
    kept = {table.name: f"{table.name}.xlsx" for table in forms.KEPT}
    books = {"invitations": "tracker.xlsx", **kept} if setup else {}
    names = {name: f"{name}.csv" for name in lists} | books
    lists = {name: data for name, data in lists.items() if name not in books}
    title, team = (json.dumps(text, ensure_ascii=False) for text in told)
    entries = "".join(f'{name} = "{file}"\n' for name, file in names.items())
    settings = SETTINGS.format(title=title, team=team, files=entries, survey=survey)
    for name in (CODEBOOK, INSTRUMENT) if own else ():
        settings = settings.replace(f"# {name.partition('.')[0]} =", f"{name.partition('.')[0]} =")
    files["study.toml"] = settings.encode()
    files |= {f"data/raw/{name}.csv": data for name, data in lists.items()}
    for name, data in files.items():
        write_atomic(folder / name, data)
    return [folder / name for name in files]


def _filled(setup: Setup) -> dict[str, bytes]:
    """The lists of pairs, trusts and rounds, as far as the answers tell them."""
    pairs = [
        (one.pair, one.supporter.code, one.receiver.code, str(one.start), str(one.end or ""), "")
        for one in setup.arrangements
    ]
    trusts = [(trust.code, trust.name, "", "", "") for trust in setup.trusts]
    return {
        "pairs": csv_bytes([forms.PAIRS.names, *map(list, pairs)]),
        "trusts": csv_bytes([forms.TRUSTS.names, *map(list, trusts)]),
        "rounds": csv_bytes([forms.ROUNDS.names, [str(setup.wave), str(setup.opens)]]),
    }


def awaiting(setup: Setup, instrument: Instrument, name: str) -> bytes:
    """A survey file of column names alone, in place of which the tool's export comes."""
    asked = questionnaire(setup, instrument).questions
    columns = ["Response ID", *(question.text for question in asked)]
    return header_workbook(columns) if name.endswith(".xlsx") else csv_bytes([columns])


def _workbooks(setup: Setup) -> dict[str, bytes]:
    """What is kept as it happens: who was asked and answered, capacity, communications, actions."""
    choices = {"pair": [one.pair for one in setup.arrangements]}
    tracker = table_workbook(forms.INVITATIONS, choices, TRACKED)
    kept = {table.name: table_workbook(table, choices) for table in forms.KEPT}
    return {f"data/raw/{name}.xlsx": data for name, data in {"tracker": tracker, **kept}.items()}


def shipped_notebooks() -> list[Path]:
    """Return the notebooks that come with the toolkit: inside a wheel, or beside the source."""
    inside = PACKAGE / "notebooks"
    return sorted((inside if inside.is_dir() else PACKAGE.parents[1] / "notebooks").glob("*.ipynb"))


def _described(table: Frame) -> str:
    lines = [f"## {table.name}.csv: {table.row}", "", "| column | meaning | filled |", "|---|---|---|"]
    for column in table.columns:
        allowed = f" ({', '.join(column.values)})" if column.values else ""
        lines.append(f"| {column.name} | {column.meaning}{allowed} | {'always' if column.required else 'if known'} |")
    return "\n".join(lines) + "\n"
