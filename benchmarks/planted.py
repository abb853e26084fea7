"""Forty things that must not leave the building, each planted in a notebook or in a built file of its own."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from buddy_eval.publish.gate.rules import Known, tokens
from buddy_eval.publish.page import combine

MARK = "zqmarker"  # stands for anything confidential that no rule could know by its look
SAID = "we closed the ward on the Tuesday because nobody from the other side had come"
ALT = "A line that falls from left to right, for the whole study."
VEGA, PLOTLY = "application/vnd.vegalite.v5+json", "application/vnd.plotly.v1+json"
TABLE = (
    '<table><caption>Themes</caption><thead><tr><th scope="col">Theme</th><th scope="col">People</th></tr></thead>'
    '<tbody><tr><th scope="row">Culture</th><td>25{extra}</td></tr></tbody></table>'
)


def readers() -> Known:
    """What an invented study knows, for the public."""
    people = {"Quentin Marlowe": "a person's name", "Marlowe": "a person's surname", "SYN77-R1": "a pseudonym"}
    places = {"SYN77": "a pair", "ZZ7": "a trust's code", "Sandling Marsh": "a trust", "SYN77-R1-w1": "an interview"}
    names = {tuple(tokens(name)): kind for name, kind in {**people, **places}.items()}
    return Known("public", "", 8, names, (), (SAID,))


def png(chunk: bytes = b"", after: bytes = b"") -> bytes:
    """A picture of one dot, with what else the file should carry."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * 8) * 8, 9)
    text = part(b"tEXt", b"Comment\0" + chunk) if chunk else b""
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + text + part(b"IDAT", rows) + part(b"IEND", b"") + after


def notebook(*cells: NotebookNode, **metadata: object) -> NotebookNode:
    """A small executed notebook that passes, with more cells at its end."""
    usual = [markdown("# In short\n\nA plain summary.\n\n## What was found"), html(TABLE.format(extra="")), picture()]
    made = nbformat.v4.new_notebook(cells=[*usual, *cells], metadata=dict(metadata))
    return made


def markdown(text: str, **more: object) -> NotebookNode:
    """A cell of text."""
    return nbformat.v4.new_markdown_cell(text, **more)


def code(*outputs: NotebookNode, source: str = "show()", **metadata: object) -> NotebookNode:
    """A cell of code that has run."""
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata=dict(metadata), execution_count=1)


def shown(data: dict[str, object], **metadata: object) -> NotebookNode:
    """What a cell displays."""
    return nbformat.v4.new_output("display_data", data=data, metadata=dict(metadata))


def html(text: str) -> NotebookNode:
    """A cell that displays HTML."""
    return code(shown({"text/html": text}))


def picture(data: bytes = b"", alt: str = ALT, caption: str = "The whole study.") -> NotebookNode:
    """A cell that displays a picture."""
    said = {"image/png": {"alt": alt, "caption": caption}}
    return code(
        nbformat.v4.new_output("display_data", {"image/png": base64.b64encode(data or png()).decode()}, metadata=said)
    )


def stream(name: str, text: str) -> NotebookNode:
    """A cell that prints."""
    return code(nbformat.v4.new_output("stream", name=name, text=text))


def failed() -> NotebookNode:
    """A cell that ended in an error."""
    lines = ["Traceback (most recent call last)", f'  File "/home/q/{MARK}.py"']
    return code(nbformat.v4.new_output("error", ename="KeyError", evalue=MARK, traceback=lines))


NOTEBOOKS: dict[str, tuple[str, NotebookNode]] = {
    "a person's name in the text": ("Marlowe", notebook(markdown("Thanks to Quentin Marlowe for the data."))),
    "a surname alone": ("Marlowe", notebook(markdown("As Dr Marlowe put it."))),
    "a name split by a soft hyphen": ("Quentin", notebook(markdown("Thanks to Quentin Mar\u00adlowe."))),
    "a pseudonym": ("SYN77-R1", notebook(markdown("Participant SYN77-R1 agreed."))),
    "a pair": ("SYN77", notebook(markdown("Most of all in SYN77."))),
    "a trust's name in a table": ("Sandling", notebook(html(TABLE.format(extra=" (Sandling Marsh)")))),
    "a trust's code in a caption": ("ZZ7", notebook(picture(caption="Four hours at ZZ7."))),
    "an e-mail address": ("q.m@nhs.example", notebook(markdown("Write to q.m@nhs.example for more."))),
    "an NHS number": ("943 476 5919", notebook(markdown("The case 943 476 5919 was reviewed."))),
    "a postcode": ("LS1 4AP", notebook(markdown("They met at LS1 4AP."))),
    "a telephone number": ("01632 960123", notebook(markdown("Ring 01632 960123."))),
    "a file path": ("/home/qm", notebook(markdown("Read from /home/qm/buddying/raw.csv."))),
    "a path of Windows": ("Users", notebook(markdown(r"Read from `C:\Users\qm\raw.csv`."))),
    "a secret": ("AKIAIOSFODNN7EXAMPLE", notebook(markdown("Key AKIAIOSFODNN7EXAMPLE."))),
    "a hidden cell": (MARK, notebook(markdown(f"{MARK} draft", metadata={"jupyter": {"source_hidden": True}}))),
    "a cell tagged to be hidden": (MARK, notebook(code(shown({"text/html": f"<p>{MARK}</p>"}), tags=["hide-cell"]))),
    "a raw cell": (MARK, notebook(nbformat.v4.new_raw_cell(f"<p>{MARK}</p>"))),
    "standard error": (MARK, notebook(stream("stderr", f"/home/qm/{MARK}.py:3: FutureWarning"))),
    "printed text": (MARK, notebook(stream("stdout", f"{MARK} 3 rows"))),
    "a traceback": (MARK, notebook(failed())),
    "a comment in markdown": (MARK, notebook(markdown(f"Text. <!-- {MARK} ask again -->"))),
    "a comment in code": (MARK, notebook(code(shown({"text/html": "<p>x</p>"}), source=f"f()  # {MARK}"))),
    "widget state": (MARK, notebook(widgets={"application/vnd.jupyter.widget-state+json": {"state": {"a": MARK}}})),
    "a frame behind a chart": (MARK, notebook(code(shown({VEGA: {"data": MARK}, "text/plain": "chart"})))),
    "hover text of a chart": (MARK, notebook(code(shown({PLOTLY: {"data": [{"hovertext": [MARK]}]}})))),
    "a script with data": (MARK, notebook(html(f"<script>var rows = ['{MARK}']</script>"))),
    "a vector drawing's label": (MARK, notebook(html(f'<svg aria-label="{MARK}"><title>{MARK}</title></svg>'))),
    "a row hidden by style": (MARK, notebook(html(f'<p style="display:none">{MARK}</p>'))),
    "an attachment": (MARK, notebook(markdown("See.", attachments={f"{MARK}.png": {"image/png": "aGk="}}))),
    "a name in alt text": ("Marlowe", notebook(picture(alt="Scores of the team of Quentin Marlowe over time."))),
    "text in a picture's metadata": (MARK, notebook(picture(png(MARK.encode())))),
    "a thumbnail after a picture's end": (MARK, notebook(picture(png(after=b"\xff\xd8" + MARK.encode())))),
    "a local link": ("raw.csv", notebook(markdown("See [the rows](../data/raw.csv)."))),
    "a small count": (">3<", notebook(html(TABLE.replace("25", "3").format(extra="")))),
    "words without approval": ("nobody from the other side", notebook(markdown(f"One said that {SAID}."))),
    "a quote without approval": ("It was hell", notebook(markdown("> It was hell."))),
}  # fmt: skip


def _archive(data: bytes, **parts: str) -> bytes:
    """An Office file with parts added or replaced; `__` in a name stands for `/` and `_` before the ending for `.`."""
    buffer = io.BytesIO()
    new = {name.replace("__", "/").replace("_xml", ".xml"): text.encode() for name, text in parts.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as made:
        for name in old.namelist():
            if name not in new:
                made.writestr(name, old.read(name))
        for name, text in new.items():
            made.writestr(name, text)
    return buffer.getvalue()


def _author(data: bytes) -> bytes:
    import docx

    document = docx.Document(io.BytesIO(data))
    document.core_properties.author = MARK
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _comment(data: bytes) -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = f'<w:comment w:id="1"><w:p><w:r><w:t>{MARK}</w:t></w:r></w:p></w:comment>'
    return _archive(data, word__comments_xml=f'<w:comments xmlns:w="{word}">{text}</w:comments>')


def _pdf(data: bytes, *, attach: bool) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    if attach:
        writer.add_attachment(f"{MARK}.csv", MARK.encode())
    else:
        writer.add_metadata({"/Author": MARK})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _workbook(data: bytes) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "Findings"
    book.create_sheet("rows")["A1"] = MARK
    book["rows"].sheet_state = "hidden"
    book.properties.creator = MARK
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@dataclass(frozen=True)
class Built:
    """A marker planted in a built file: the ending, how, and the stem that the report then has."""

    ending: str
    plant: Callable[[bytes], bytes]
    stem: str = "report"


FILES: dict[str, Built] = {
    "the author of a Word file": Built(".docx", _author),
    "a comment in a Word file": Built(".docx", _comment),
    "a thumbnail in a Word file": Built(".docx", lambda data: _archive(data, docProps__thumbnail_xml=f"<a>{MARK}</a>")),
    "the author of a PDF": Built(".pdf", lambda data: _pdf(data, attach=False)),
    "a file attached to a PDF": Built(".pdf", lambda data: _pdf(data, attach=True)),
    "a hidden sheet and the author of a workbook": Built(".xlsx", _workbook),
    "a name in a file's name": Built(".html", lambda data: data, "notes-quentin-marlowe"),
}


def report(made: NotebookNode) -> NotebookNode:
    """The notebook as the one chapter of a report."""
    return combine([made], {"title": "Report", "notice": "", "profile": "public"})
