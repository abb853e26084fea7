"""`buddy-eval init`: an empty study of the usual layout, with a template for every raw file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.read.boards import TEMPLATE
from buddy_eval.schemas import Frame
from buddy_eval.schemas import raw as forms
from buddy_eval.study.codebook import Instrument, load_instrument

PACKAGE = Path(__file__).parents[1]
ABOUT_RESPONDENTS = ["respondent", "pair", "side", "role"]
SETTINGS = """\
# The settings of this study. Every file named here lies in data/raw; take a line out if you have no such file.
[study]
title = "Name of your study"
team = "Who carries it out"
# notice = "Shown on top of every page, for example: draft, not for circulation."
# codebook = "codebook.yaml"      # a codebook of your own; without it, the five themes of buddy_eval
# instrument = "instrument.yaml"  # items and questions of your own
# published = "2026-05-01"        # the day of the release; only `buddy-eval release` asks for it
# linked = true                   # the same respondent id means the same person in every wave
interviewers = ["Interviewer"]

[raw]
{files}transcripts = "transcripts"
boards = "boards"

[[raw.survey]]
file = "survey_wave_1.csv"
wave = 1

[disclosure]
profile = "internal"   # internal, partners or public
suppress_below = 8     # counts of people below this are withheld from the public
round_to = 5           # other counts are rounded to this
min_respondents = 10   # survey figures on fewer people are withheld
"""
GUIDE = """\
# data/raw

Put the files of your study here, in the shape of the templates; nothing in this folder is ever changed by the
toolkit. `buddy-eval check` lists everything that is not right yet, with the row and what to do.

{tables}
"""


def new_study(folder: Path) -> list[Path]:
    """Make an empty study in a folder that does not exist yet or is empty; return the files written.

    Raises
    ------
    BuddyError : something is already there; nothing is written over.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BuddyError(f"{folder} is not empty; name a new folder")
    instrument = load_instrument(None)
    files = {
        "study.toml": SETTINGS.format(
            files="".join(f'{table.name} = "{table.name}.csv"\n' for table in forms.TABLES)
        ).encode(),
        "data/raw/README.md": GUIDE.format(tables="\n".join(_described(table) for table in forms.TABLES)).encode(),
        "data/raw/survey_wave_1.csv": _header([*ABOUT_RESPONDENTS, *instrument.items["wording"]]),
        f"data/raw/boards/{TEMPLATE}": board_template(instrument),
        "data/raw/transcripts/README.md": b"One file an interview (.txt, .vtt, .srt, .docx, .odt, .rtf).\n",
        **{f"data/raw/{table.name}.csv": _header(table.names) for table in forms.TABLES},
        **{f"notebooks/{path.name}": path.read_bytes() for path in shipped_notebooks()},
        ".gitignore": b"/data/processed/\n/reports/\n/exports/\n/private/\n",
    }
    for name, data in files.items():
        write_atomic(folder / name, data)
    return [folder / name for name in files]


def shipped_notebooks() -> list[Path]:
    """Return the notebooks that come with the toolkit: inside a wheel, or beside the source."""
    inside = PACKAGE / "notebooks"
    return sorted((inside if inside.is_dir() else PACKAGE.parents[1] / "notebooks").glob("*.ipynb"))


def board_template(instrument: Instrument) -> bytes:
    """Return an empty board return as a workbook: four lines about the board, then one row a question."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Board"
    for line in (["Pair"], ["Side"], ["Wave"], ["Answered by", "board"], []):
        sheet.append(line)
    sheet.append(("question", "wording", "rating", "evidence", "owner_role", "review_date", "agreed_with_partner"))
    for cell in sheet[6]:
        cell.font = Font(bold=True)
    for row in instrument.questions[["question", "wording"]].itertuples(index=False):
        sheet.append([str(row.question), str(row.wording)])
    last = sheet.max_row
    for column, width in (("A", 12), ("B", 70), ("C", 10), ("D", 34), ("E", 22), ("F", 14), ("G", 20)):
        sheet.column_dimensions[column].width = width
    for place in range(7, last + 1):
        sheet[f"B{place}"].alignment = Alignment(wrap_text=True, vertical="top")
    for cells, choices in ((f"C7:C{last}", "0,1,2,3,4,NA,DK"), (f"G7:G{last}", "yes,no"), ("B2", "supporter,receiver")):
        allowed = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
        allowed.add(cells)
        sheet.add_data_validation(allowed)
    sheet.freeze_panes = "C7"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _header(names: list[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(names)
    return buffer.getvalue().encode("utf-8-sig")  # with the mark, spreadsheets open it as UTF-8


def _described(table: Frame) -> str:
    lines = [f"## {table.name}.csv: {table.row}", "", "| column | meaning | filled |", "|---|---|---|"]
    for column in table.columns:
        allowed = f" ({', '.join(column.values)})" if column.values else ""
        lines.append(f"| {column.name} | {column.meaning}{allowed} | {'always' if column.required else 'if known'} |")
    return "\n".join(lines) + "\n"
