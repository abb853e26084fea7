"""Small invented files in the shapes that other tools write; built here, copied from nowhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

GUID = "{:08x}-0000-4000-8000-{:012x}"
SAID = (
    "Interviewer: How was it?\n\nAnna: It went well \U0001f600, mostly. We met them.\nThe board \U0001f600 came too.\n"
)
PASSAGES = ("It went well", "mostly. We met them", "The board", "came too", "\U0001f600 came")


@dataclass(frozen=True)
class Tool:
    """How a tool writes a project: line ends, mark, unit of offsets, CRLF as one or two, text inside of the XML."""

    name: str
    newline: str = "\n"
    mark: bool = False
    utf16: bool = False
    crlf: int = 2
    inline: bool = False
    upper: bool = False


NVIVO = Tool("NVivo for Windows", "\r\n", mark=True, utf16=True)
ATLAS = Tool("ATLAS.ti", "\r\n", mark=True, crlf=1, upper=True)
MAXQDA = Tool("MAXQDA")
QUALCODER = Tool("QualCoder", "\r\n", utf16=False, crlf=2)
INLINE = Tool("inline", "\n", inline=True)
TOOLS = (NVIVO, ATLAS, MAXQDA, QUALCODER, INLINE)


def offset(tool: Tool, text: str, place: int) -> int:
    """Where a code point of the LF text lies in the tool's own counting."""
    before = text[:place]
    extra = before.count("\n") if tool.newline == "\r\n" and tool.crlf == 2 else 0
    return extra + (len(before.encode("utf-16-le")) // 2 if tool.utf16 else len(before))


def project(tool: Tool, text: str = SAID, passages: Sequence[str] = PASSAGES, more: str = "") -> bytes:
    """A project of two coders and two codes under a theme; each passage belongs to the coder of its coding.

    The selections are made by the other one, as in a real file of NVivo.
    """
    users = [GUID.format(1, n) for n in (1, 2)]
    codes = [GUID.format(2, n) for n in (1, 2, 3)]
    parts = []
    for n, passage in enumerate(passages):
        start = text.index(passage)
        span = (offset(tool, text, start), offset(tool, text, start + len(passage)))
        parts.append(
            f'<PlainTextSelection guid="{GUID.format(3, n)}" startPosition="{span[0]}" endPosition="{span[1]}" '
            f'creatingUser="{users[(n + 1) % 2]}"><Coding guid="{GUID.format(4, n)}" creatingUser="{users[n % 2]}">'
            f'<CodeRef targetGUID="{{{codes[1 + n % 2].upper()}}}"/></Coding></PlainTextSelection>'
        )
    about = f"<PlainTextContent>{escape(text)}</PlainTextContent>" if tool.inline else ""
    path = "" if tool.inline else ' plainTextPath="internal://T.TXT"'
    qde = (
        '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="Invented" '
        f'origin="{tool.name}"><Users><User guid="{{{users[0]}}}" name="KM"/>'
        f'<User guid="{users[1]}" name="RA"/></Users>'
        f'<CodeBook><Codes><Code guid="{codes[0]}" name="Working together" isCodable="false">'
        f'<Code guid="{codes[1]}" name="Trust" isCodable="true"/><Code guid="{codes[2]}" name="Presence" '
        'isCodable="true"/></Code></Codes></CodeBook>'
        f'<Variables><Variable guid="{GUID.format(5, 1)}" name="age" typeOfVariable="Integer"/></Variables>'
        f'<Cases><Case guid="{GUID.format(6, 1)}" name="Anna"><VariableValue>'
        f'<VariableRef targetGUID="{GUID.format(5, 1)}"/>'
        f"<IntegerValue>67</IntegerValue></VariableValue>"
        f'<SourceRef targetGUID="{GUID.format(7, 1).upper()}"/></Case></Cases>'
        f'<Sources><TextSource guid="{GUID.format(7, 1)}" name="Interview 1"{path}>{about}{"".join(parts)}</TextSource>'
        f"{more}</Sources></Project>"
    )
    raw = (b"\xef\xbb\xbf" if tool.mark else b"") + text.replace("\n", tool.newline).encode()
    return archive(
        {
            "Project.QDE" if tool.upper else "project.qde": qde.encode(),
            **({} if tool.inline else {"Sources/t.txt": raw}),
        }
    )


def archive(files: dict[str, bytes]) -> bytes:
    """A zip of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue()


def codebook() -> bytes:
    """A codebook as Taguette writes it, with the empty `Sets` that the schema forbids."""
    return (
        '<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette"><Codes>'
        f'<Code guid="{GUID.format(2, 1)}" name="Trust" isCodable="true">'
        "<Description>That one believes.</Description></Code>"
        "</Codes><Sets/></CodeBook>"
    ).encode()


def document(lines: Sequence[str]) -> bytes:
    """A Word file with a paragraph a line."""
    import docx

    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def open_document(lines: Sequence[str]) -> bytes:
    """An OpenDocument text with a tracked deletion in front, whose words nobody wants."""
    names = 'xmlns:office="urn:o" xmlns:text="urn:t"'
    gone = "<text:tracked-changes><text:deletion><text:p>Anna: Deleted.</text:p></text:deletion></text:tracked-changes>"
    body = "".join(f"<text:p>{escape(line)}</text:p>" for line in lines).replace("  ", '<text:s text:c="2"/>')
    content = f"<office:document-content {names}><office:body>{gone}{body}</office:body></office:document-content>"
    return archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def rich_text(lines: Sequence[str]) -> bytes:
    """An RTF file with a paragraph a line."""
    return ("{\\rtf1\\ansi " + "\\par\n".join(lines) + "}").encode("cp1252")


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet."""
    from openpyxl import Workbook

    made = Workbook()
    for row in rows:
        made.worksheets[0].append(list(row))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def comma(rows: Sequence[Sequence[str]]) -> bytes:
    """A CSV file."""
    import csv

    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()
