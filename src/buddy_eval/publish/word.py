"""A page as a Word document, through pandoc: headings, alt text, repeated header rows, language, page numbers."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from copy import deepcopy
from functools import cache, partial
from pathlib import Path

import docx
import pypandoc
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

from buddy_eval.publish.about import About
from buddy_eval.publish.annex import MOST_ROWS
from buddy_eval.publish.document import BRIEF
from buddy_eval.publish.page import NOTE, main_part
from buddy_eval.publish.pandoc import converted
from buddy_eval.publish.structure import shares

EPOCH = (1980, 1, 1, 0, 0, 0)
FACE = "Calibri"
LOGO = Cm(1.4)  # high
PAGE, BESIDE, ABOVE = 21, 2.2, 2.3  # cm: width, margins
NARROWER = 0.5  # cm, each margin at the side of a brief
SIZES = {"Title": 22, "Subtitle": 13, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11.5, NOTE: 9}
# A brief has two pages, for a board's agenda.
OF_BRIEF: dict[str, float] = {"Title": 17, "Subtitle": 10, "Heading 1": 12, "Heading 2": 11, "Heading 3": 10, NOTE: 8}
OF_BRIEF |= dict.fromkeys(("Normal", "Body Text", "First Paragraph", "Block Text"), 9.5)
CAPTIONS, CAPTION = ("Table Caption", "Image Caption"), 9.5
MARKDOWN = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-smart-implicit_figures"
SMALL = Pt(8.5)
Alike = dict[tuple[str, object, bytes], BaseOxmlElement]
STAMP = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def to_docx(html: str, about: About) -> bytes:
    """Return a page as `.docx`; the same page gives the same bytes.

    Pictures are written to files first: pandoc would copy a `data:` address into the alt text.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return _styled(main_part(html, folder), "html", folder, about)


def markdown_docx(text: str, about: About) -> bytes:
    """Return a text in Markdown as `.docx` in the house style; the same text gives the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        return _styled(text, MARKDOWN, Path(name), about)


def _styled(text: str, form: str, folder: Path, about: About) -> bytes:
    (folder / "reference.docx").write_bytes(_reference(about))
    written = converted(text, form, "docx", folder, reference="reference.docx", facts=told(about))
    return settled(_finished(written, about))


def told(about: About) -> dict[str, str]:
    """Return what pandoc is told of a document."""
    return {"title": about.title, "subtitle": about.subtitle, "lang": "en-GB"}


@cache
def reference(name: str) -> bytes:
    """Return pandoc's own reference document, ``reference.docx`` or ``reference.pptx``."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", name]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 (pandoc itself)


def _reference(about: About) -> bytes:
    """Pandoc's own reference document in the house style, with running head and page number."""
    document = docx.Document(io.BytesIO(reference("reference.docx")))
    for style in document.styles:
        if hasattr(style, "font"):
            style.font.name = FACE
    brief, styles = about.form == BRIEF, document.styles
    styles.add_style(NOTE, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Body Text"]
    for name, size in (OF_BRIEF if brief else SIZES).items():
        style = styles[name]
        style.font.size = Pt(size)
        head = name.startswith(("Title", "Subtitle", "Heading"))
        if head:
            style.font.color.rgb, style.font.bold = RGBColor.from_string(about.colour.lstrip("#").upper()), True
        if brief:
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(6 * head), Pt(2)
    for name in CAPTIONS:
        font, space = styles[name].font, styles[name].paragraph_format
        font.size, font.italic, font.bold = Pt(CAPTION - brief), False, name == "Table Caption"
        space.space_after = Pt(2) if brief else space.space_after
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(BESIDE - NARROWER * brief)
        section.top_margin = section.bottom_margin = Cm(ABOVE - brief)
        if brief:
            section.header_distance = section.footer_distance = Cm(0.7)
        head = section.header.paragraphs[0]
        head.text = " | ".join(filter(None, (about.title, about.notice)))
        head.runs[0].font.size = Pt(8)
        _page_number(section.footer.paragraphs[0])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page_number(paragraph: object) -> None:
    field = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(field))  # type: ignore[attr-defined]


def _finished(data: bytes, about: About) -> bytes:
    """Set what pandoc leaves open: the notice on top, small print in tables, short ones whole, its making last."""
    document = docx.Document(io.BytesIO(data))
    document.core_properties.title = about.title
    document.core_properties.language = "en-GB"
    document.core_properties.author = ""
    document.core_properties.last_modified_by = ""
    alike: Alike = {}
    for table in document.tables:
        but_last = table._tbl.tr_lst[:-1]
        together = but_last if len(but_last) <= MOST_ROWS else []  # the head and all rows but the last
        for row in table._tbl.tr_lst:
            for element in row.iter(qn("w:p")):
                paragraph = Paragraph(element, table)
                _set(element, "w:pPr", row in together, alike, partial(_close, paragraph, row in together))
                for run in element.findall(qn("w:r")):
                    _set(run, "w:rPr", "", alike, partial(setattr, Run(run, paragraph).font, "size", SMALL))
        _widths(table, PAGE - 2 * (BESIDE - NARROWER * (about.form == BRIEF)), alike)
    _front(document, about)
    for line in about.footer:
        document.add_paragraph(style=NOTE).add_run(line).font.size = Pt(8)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set(element: BaseOxmlElement, name: str, what: object, alike: Alike, setting: Callable[[], None]) -> None:
    """Set properties of an element; those of others that were like it are copied, which is ten times as quick."""
    before = element.find(qn(name))
    key = name, what, b"" if before is None else etree.tostring(before)
    if key not in alike:
        setting()
        alike[key] = deepcopy(element.find(qn(name)))
    else:
        if before is not None:
            element.remove(before)
        element.insert(0, deepcopy(alike[key]))


def _close(paragraph: Paragraph, together: bool) -> None:
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.keep_with_next = Pt(1), Pt(1), together or None


def _widths(table: Table, whole: float, alike: Alike) -> None:
    """Share the width between the margins among the columns by what they hold."""
    cells = [row.cells for row in table.rows]  # asking a column for its cells walks the whole table
    table.autofit = False
    for place, share in enumerate(shares([[_text(cell) for cell in row] for row in cells])):
        width = Cm(whole * share / 100)
        table.columns[place].width = width
        for row in cells:
            _set(row[place]._tc, "w:tcPr", width, alike, partial(setattr, row[place], "width", width))


def _text(cell: _Cell) -> str:
    """What a cell says, without tables within it; a break parts words."""
    paragraphs = (own.iter(qn("w:t"), qn("w:br")) for own in cell._tc.iterchildren(qn("w:p")))
    return "\n".join("".join(part.text or "" if part.tag == qn("w:t") else " " for part in own) for own in paragraphs)


def _front(document: Document, about: About) -> None:
    if about.logo:
        _logo(document.paragraphs[0].insert_paragraph_before(), about)
    if not about.notice:
        return
    after = next((p for p in document.paragraphs if p.style and p.style.name in {"Subtitle", "Title"}), None)
    if after is not None:
        notice = after.insert_paragraph_before(about.notice)
        notice.runs[0].bold = True


def _logo(paragraph: Paragraph, about: About) -> None:
    picture = base64.b64decode(about.logo.partition(";base64,")[2])
    shape = paragraph.add_run().add_picture(io.BytesIO(picture), height=LOGO)
    shape._inline.docPr.set("descr", about.emblem)


def settled(data: bytes) -> bytes:
    """Take the clock out of the archive: fixed dates, fixed order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = STAMP.sub(b"", content)
            new.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
