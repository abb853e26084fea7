"""A page as PDF/UA-1, through pandoc and Typst: tagged, titled, with alt text, contents and running heads."""

from __future__ import annotations

import base64
import functools
import json
import tempfile
from pathlib import Path

import typst

from buddy_eval.base.characters import fonts, lacking
from buddy_eval.publish.about import About
from buddy_eval.publish.page import TEMPLATE, ReportError, main_part, template
from buddy_eval.publish.pandoc import converted

BOX = "\u25a1"
BOXES = "The fonts of this PDF lack {n} of its characters and show {box} instead; the page and the Word file have them."


def to_pdf(html: str, about: About) -> bytes:
    """Return a page as PDF/UA-1; the same page gives the same bytes, on any machine.

    Only the fonts that come with Typst and matplotlib are used, and the clock is not. A character that they lack is
    shown as a box, and the end of the document says so.

    Raises
    ------
    ReportError : a table has more columns than a page can hold (`main_part`), or Typst refuses the document.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        body = main_part(html, folder)
        missing = lacking(body + repr(about))
        boxes = dict.fromkeys(map(ord, missing), BOX)
        said = BOXES.format(n=len(missing), box=BOX) if missing else ""
        text = body.translate(boxes) + f"<p>{said}</p>" * bool(said)
        text = converted(text, "html", "typst", folder, filter=str(TEMPLATE / "pictures.lua")).decode()
        told = {name: getattr(about, name) for name in ("title", "subtitle", "notice", "footer", "form", "colour")}
        told["emblem"] = about.emblem if about.logo else ""
        (folder / "about.json").write_text(json.dumps(told, ensure_ascii=False).translate(boxes), encoding="utf-8")
        if about.logo:
            (folder / "logo").write_bytes(base64.b64decode(about.logo.partition(";base64,")[2]))
        written = text.replace("align(center)[#table(", "align(left)[#table(")  # pandoc centres every table
        (folder / "report.typ").write_text(template("report.typ") + written, encoding="utf-8")
        try:
            return typst.compile(
                folder / "report.typ",
                root=folder,
                ignore_system_fonts=True,
                font_paths=_fonts(),
                pdf_standards=["ua-1"],
                timestamp=0,
            )
        except typst.TypstError as error:
            raise ReportError(f"the PDF cannot be made: {error.message}") from None


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[fonts()])
