"""Slides as a PowerPoint file, through pandoc: a slide a chapter, alt text, the numbers in the speaker's notes."""

from __future__ import annotations

import base64
import io
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

from bs4 import BeautifulSoup, Tag
from lxml import etree
from PIL import Image

from buddy_eval.publish.about import About
from buddy_eval.publish.page import ReportError, main_part
from buddy_eval.publish.pandoc import converted
from buddy_eval.publish.word import reference, settled, told

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
STYLE = {  # points times 100
    "ppt/slideMasters/slideMaster1.xml": {
        b'<p:titleStyle><a:lvl1pPr algn="ctr"': b'<p:titleStyle><a:lvl1pPr algn="l"',
        b'sz="3300" kern="1200"><a:solidFill><a:schemeClr val="tx1"/>': (
            b'sz="2400" b="1"><a:solidFill><a:schemeClr val="tx2"/>'
        ),
        b'sz="2400" kern="1200"': b'sz="1600"',
    },
}
BLUES = {"ppt/theme/theme1.xml": (b"1F497D", b"4F81BD")}  # where a colour of the study's own goes
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LOGO_LEFT, LOGO_TOP, LOGO_HIGH, LOGO_WIDEST = 457200, 4680000, 360000, 2880000  # 360000 are a centimetre
CORE = "http://purl.org/dc/elements/1.1/"


def to_pptx(whole: str, about: About) -> bytes:
    """Return a page as `.pptx`, a slide for every chapter; the same page gives the same bytes.

    Folds and the notes of tables become speaker's notes. What the study was made from stands in the last slide's.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        body, alts = _captioned(main_part(whole, folder, spoken))
        said = "".join(f"<p>{escape(line)}</p>" for line in (about.notice, *about.footer) if line)
        facts = told(about) | ({"author": about.notice} if about.notice else {})  # the third line of the title slide
        (folder / "reference.pptx").write_bytes(_reference(about.colour, about.slides))
        text = f'{body}<div class="notes">{said}</div>'
        slides = converted(text, "html", "pptx", folder, reference="reference.pptx", facts=facts, slide_level=1)
        return settled(_finished(slides, alts, about))


def _captioned(body: str) -> tuple[str, list[str]]:
    """The body with each picture's caption where pandoc looks for it, in place of the alt text; and the alt texts."""
    soup, alts = BeautifulSoup(body, "html.parser"), []
    for picture in soup.find_all("img"):
        alts.append(str(picture["alt"]))
        caption = picture.find_next_sibling("figcaption")
        picture["alt"] = caption.get_text() if caption else ""
    return str(soup), alts


@cache
def _reference(colour: str, own: str) -> bytes:
    """A trust's own slides, else pandoc's reference slides in the house style: five messages fit a slide."""
    if own:
        return Path(own).read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(reference("reference.pptx"))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            style = {**STYLE.get(name, {}), **dict.fromkeys(BLUES.get(name, ()), colour[1:].upper().encode())}
            for was, now in style.items():
                if was not in content:
                    raise ReportError(f"pandoc's reference slides have changed: {name} has no {was.decode()}")
                content = content.replace(was, now)
            new.writestr(name, content)
    return buffer.getvalue()


def spoken(main: Tag) -> None:
    """Turn folds, and captions and notes of tables, into speaker's notes of their chapter."""
    soup = BeautifulSoup("", "html.parser")
    for aside in main.select("details, p.note, caption"):
        if aside.name == "details" and aside.summary:
            aside.summary.decompose()
        after = aside.find_all_next(["h2", "div"])
        place = next((part for part in after if part.name == "h2" or part.get("class") == ["notes"]), None)
        if place is None or place.name == "h2":
            kept = soup.new_tag("div", attrs={"class": "notes"})
            place.insert_before(kept) if place else main.append(kept)
            place = kept
        texts = aside.find_all("p") if aside.name == "details" else [aside]
        for text in texts:
            place.append(soup.new_tag("p", string=text.get_text(" ")))
        aside.decompose()


def _finished(data: bytes, alts: list[str], about: About) -> bytes:
    """Set what pandoc leaves out: alt text, the language of every run, a logo; and take out who made it."""
    buffer, texts = io.BytesIO(), iter(alts)
    logo = base64.b64decode(about.logo.partition(";base64,")[2]) if not about.slides else b""  # own slides bring theirs
    adds = _on_master(logo, about.emblem) if logo else {}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (len(name), name)):  # slide10 after slide9
            content = old.read(name)
            if name.startswith(("ppt/slides/slide", "ppt/notesSlides/notesSlide")):
                content = _part(content, texts)
            elif name == "docProps/core.xml":
                root = etree.fromstring(content)
                for author in root.iter(f"{{{CORE}}}creator"):
                    author.text = ""
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            for before, more in adds.get(name, {}).items():
                content = content.replace(before, more + before, 1)
            new.writestr(name, content)
        if logo:
            new.writestr("ppt/media/logo.png", logo)
    return buffer.getvalue()


def _on_master(logo: bytes, emblem: str) -> dict[str, dict[bytes, bytes]]:
    """What a logo adds to the parts of a file, each before what stands there: on every slide, below its text."""
    with Image.open(io.BytesIO(logo)) as picture:
        width = min(LOGO_WIDEST, LOGO_HIGH * picture.width // picture.height)
    shape = (
        f'<p:pic xmlns:r="{LINKS}"><p:nvPicPr><p:cNvPr id="900" name="Logo" descr={quoteattr(emblem)}/><p:cNvPicPr/>'
        '<p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rIdLogo"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>'
        f'<p:spPr><a:xfrm><a:off x="{LOGO_LEFT}" y="{LOGO_TOP}"/><a:ext cx="{width}" cy="{LOGO_HIGH}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
    )
    link = f'<Relationship Id="rIdLogo" Type="{LINKS}/image" Target="../media/logo.png"/>'
    kind = '<Override PartName="/ppt/media/logo.png" ContentType="image/png"/>'
    return {
        "ppt/slideMasters/slideMaster1.xml": {b"</p:spTree>": shape.encode()},
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": {b"</Relationships>": link.encode()},
        "[Content_Types].xml": {b"</Types>": kind.encode()},
    }


def _part(content: bytes, alts: Iterator[str]) -> bytes:
    root = etree.fromstring(content)
    for picture in root.iter("{*}pic"):
        for about in picture.iter("{*}cNvPr"):
            about.set("descr", next(alts))
    for run in root.iter(f"{DRAWING}r"):
        marks = run.find(f"{DRAWING}rPr")
        if marks is None:
            marks = etree.Element(f"{DRAWING}rPr")
            run.insert(0, marks)
        marks.set("lang", "en-GB")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
