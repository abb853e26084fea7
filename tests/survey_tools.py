"""The survey tools, as far as they publish their formats: what each loads, and what its own export looks like."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docx
from openpyxl import Workbook


@dataclass
class Loaded:
    """A question as a tool has loaded it."""

    code: str
    text: str
    options: list[str] = field(default_factory=list)
    help: str = ""


def plain(text: str) -> str:
    """What a browser shows of a line of HTML."""
    return html.unescape(re.sub(r"<br\s*/?>", " ", text))


def load_qualtrics(data: bytes) -> list[Loaded]:
    """Blocks of tags, as the advanced format has them: a question, its ID, its text, its choices."""
    lines = data.decode("utf-8").split("\n")
    assert lines[0] == "[[AdvancedFormat]]"
    questions: list[Loaded] = []
    kind, choices = "", False
    for line in lines[1:]:
        if tag := re.fullmatch(r"\[\[([A-Za-z]+)(?::(.*))?\]\]", line):
            name, value = tag.group(1), tag.group(2) or ""
            assert name in {"Block", "Question", "ID", "Choices"}, line
            choices = name == "Choices"
            if name == "Question":
                kind = value
                questions.append(Loaded("", ""))
            elif name == "ID":
                questions[-1].code = value
        elif line:
            assert "[[" not in line
            assert questions, line
            if choices:
                questions[-1].options.append(plain(line))
            else:
                questions[-1].text = plain(line)
        if kind.startswith("TE"):
            assert questions[-1].options == []
    return [question for question in questions if question.code != "welcome"]


def load_limesurvey(data: bytes) -> list[Loaded]:
    """Rows by class; answers belong to the question before them, questions to the group before them."""
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter="\t"))
    questions: list[Loaded] = []
    seen: set[str] = set()
    for row in rows:
        if row["class"] in {"G", "Q"}:
            assert row["id"] not in seen
            seen.add(row["id"])
        if row["class"] == "Q":
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", row["name"])
            assert row["type/scale"] in {"L", "T"}
            questions.append(Loaded(row["name"], plain(row["text"]), help=plain(row["help"])))
        elif row["class"] == "A":
            assert re.fullmatch(r"[A-Za-z0-9]{1,5}", row["name"])
            questions[-1].options.append(plain(row["text"]))
    assert [row["text"] for row in rows if row["name"] == "language"] == ["en"]
    return questions


def load_forms(data: bytes) -> list[Loaded]:
    """Numbered questions, lettered options: what the import of Forms looks for in a Word file."""
    questions: list[Loaded] = []
    for paragraph in docx.Document(io.BytesIO(data)).paragraphs:
        if asked := re.fullmatch(r"(\d+)\. (.+)", paragraph.text):
            assert int(asked.group(1)) == len(questions) + 1
            questions.append(Loaded("", asked.group(2)))
        elif option := re.fullmatch(r"([A-Z])\. (.+)", paragraph.text):
            assert option.group(1) == chr(65 + len(questions[-1].options))
            questions[-1].options.append(option.group(2))
    return questions


def export_qualtrics(questions: Sequence[Loaded], answers: Sequence[Sequence[str]]) -> bytes:
    """A CSV with choice text: names, texts and import ids above, then a row a respondent."""
    about = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Finished", "RecordedDate", "ResponseId"]
    head = [
        [*about, *(question.code for question in questions)],
        [*about, *(question.text for question in questions)],
        [json.dumps({"ImportId": name}) for name in [*about, *(question.code for question in questions)]],
    ]
    said = ["2026-09-02 10:00:00", "2026-09-02 10:09:00", "IP Address", "10.0.0.1", "100", "True", "2026-09-02"]
    return comma([*head, *([*said, f"R_{n}", *row] for n, row in enumerate(answers, 1))])


def export_limesurvey(questions: Sequence[Loaded], answers: Sequence[Sequence[str]]) -> bytes:
    """A CSV with full answers, and headings of code and text."""
    about = ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page", "startlanguage. Start language"]
    head = [*about, *(f"{question.code}. {question.text}" for question in questions)]
    return comma([head, *([str(n), "2026-09-02", "3", "en", *row] for n, row in enumerate(answers, 1))])


def export_forms(questions: Sequence[Loaded], answers: Sequence[Sequence[str]]) -> bytes:
    """A workbook: who and when, then a column a question."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["ID", "Start time", "Completion time", "Email", "Name", *(question.text for question in questions)])
    for n, row in enumerate(answers, 1):
        sheet.append([n, "02/09/2026 10:00", "02/09/2026 10:09", "anonymous", None, *row])
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def comma(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


TOOLS = {
    "qualtrics": (load_qualtrics, export_qualtrics, "survey_wave_1.csv"),
    "limesurvey": (load_limesurvey, export_limesurvey, "survey_wave_1.csv"),
    "forms": (load_forms, export_forms, "survey_wave_1.xlsx"),
}


def word_text(path_or_data: Path | bytes) -> str:
    """Every word of a Word file, tables with it."""
    source = io.BytesIO(path_or_data) if isinstance(path_or_data, bytes) else str(path_or_data)
    lines = []
    for block in docx.Document(source).iter_inner_content():
        if hasattr(block, "rows"):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)
