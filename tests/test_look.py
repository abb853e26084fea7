"""A trust's own look: its logo and colour in every format, its own slides; what cannot be read is refused."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pypandoc
import pytest
from bs4 import BeautifulSoup
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from buddy_eval.base.errors import StudyError
from buddy_eval.present.plots.form import drawing, picture
from buddy_eval.publish.facts import facts, settings
from buddy_eval.publish.gate.report import inspect
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.own_output import drawn_anew
from buddy_eval.publish.page import combine
from buddy_eval.publish.write import write_report
from buddy_eval.study.look import COLOUR
from buddy_eval.study.settings import Study, load_study
from invented_cells import markdown, notebook

BLUE = "#005EB8"
LEAST = '[study]\ntitle = "A study"\nteam = "Us"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a logo as a program writes it, and a trust's own slides, green where pandoc's are blue."""
    made = tmp_path_factory.mktemp("look")
    with drawing(height=1) as (figure, axes):
        axes[0][0].plot([1, 2])
        figure.savefig(made / "logo.png", metadata={"Author": "Somebody"})
        assert picture(figure, "alt", "caption").png
    printed = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.pptx"], check=True, capture_output=True
    ).stdout
    with zipfile.ZipFile(io.BytesIO(printed)) as old, zipfile.ZipFile(made / "own.pptx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"1F497D", b"00401E"))
    return made


def load(folder: Path, look: str) -> Study:
    (folder / "study.toml").write_text(f"{LEAST}[look]\n{look}\n", encoding="utf-8")
    return load_study(folder)


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ('colour = "#FFB81C"', "has a contrast of 1.7 to white paper; text needs 4.5: take a darker one"),
        ('colour = "blue"', "colour 'blue'; write it as in colour = \"#005EB8\""),
        ('logo = "none.png"', "logo 'none.png' is no file in the study's folder; put the file there"),
        ('logo = "../logo.png"', "is no file in the study's folder"),
        ('logo = "study.toml"', "logo 'study.toml'; give a file of kind .png or .jpg or .jpeg"),
        ('slides = "logo.png"', "slides 'logo.png'; give a file of kind .pptx"),
        ('color = "#005EB8"', "did you mean 'colour'?"),
    ],
)
def test_a_look_that_cannot_be_read_is_a_plain_fault(folder: Path, look: str, said: str) -> None:
    with pytest.raises(StudyError) as refused:
        load(folder, look)
    assert said in str(refused.value)


def test_an_archive_without_slides_is_no_presentation(folder: Path) -> None:
    with zipfile.ZipFile(folder / "sheets.pptx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(StudyError, match=r"slides 'sheets.pptx'; give a file of kind .pptx"):
        load(folder, 'slides = "sheets.pptx"')


def report(folder: Path, look: str, form: str) -> dict[str, bytes]:
    study = load(folder, look)
    about: dict[str, Any] = settings(facts(study, "0" * 64), "Sub", form, "internal")
    made = combine([notebook(markdown("# Chapter\n\nWords of it."))], about)
    out = folder / f"out-{form}-{len(look)}"
    paths = write_report(made, out, "x", lambda files: inspect(files, "x", Known("internal")))
    return {path.suffix: path.read_bytes() for path in paths}


def test_a_logo_and_a_colour_stand_in_every_format_and_pass_the_gate(folder: Path) -> None:
    made = report(folder, f'logo = "logo.png"\ncolour = "{BLUE}"', "brief")
    page = BeautifulSoup(made[".html"], "html.parser")
    assert [image["alt"] for image in page.select("header img.logo")] == ["The logo of Us"]
    assert BLUE in page.style.get_text()  # type: ignore[union-attr]
    assert COLOUR not in page.style.get_text()  # type: ignore[union-attr]
    assert b"Somebody" not in made[".html"]
    document = docx.Document(io.BytesIO(made[".docx"]))
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == ["The logo of Us"]
    assert str(document.styles["Heading 1"].font.color.rgb) == BLUE[1:].upper()
    reader = PdfReader(io.BytesIO(made[".pdf"]))
    assert len(reader.pages[0].images) == 1


def test_without_a_look_a_report_has_no_logo_and_the_colour_of_the_house(folder: Path) -> None:
    page = BeautifulSoup(report(folder, "", "brief")[".html"], "html.parser")
    assert page.select("img") == []
    assert COLOUR in page.style.get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("look", "blue"), [('slides = "own.pptx"', b"00401E"), (f'colour = "{BLUE}"', b"005EB8"), ("", b"0B3D6B")]
)
def test_slides_take_the_trusts_own_or_the_colour(folder: Path, look: str, blue: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(report(folder, look, "slides")[".pptx"])) as archive:
        assert blue in archive.read("ppt/theme/theme1.xml")


@pytest.mark.parametrize(
    ("look", "n"), [('logo = "logo.png"', 1), ('logo = "logo.png"\nslides = "own.pptx"', 0), ("", 0)]
)
def test_the_logo_is_on_every_slide_unless_the_trusts_own_slides_bring_theirs(folder: Path, look: str, n: int) -> None:
    with zipfile.ZipFile(io.BytesIO(report(folder, look, "slides")[".pptx"])) as archive:
        master = etree.fromstring(archive.read("ppt/slideMasters/slideMaster1.xml"))
        drawn = [about.get("descr") for picture in master.iter("{*}pic") for about in picture.iter("{*}cNvPr")]
        assert drawn == ["The logo of Us"] * n
        logos = [archive.read(name) for name in archive.namelist() if name.startswith("ppt/media/")]
        assert logos == [drawn_anew(folder / "logo.png")] * n


def test_a_logo_is_drawn_anew_without_what_a_camera_wrote_and_the_right_way_up(folder: Path, tmp_path: Path) -> None:
    noted = Image.new("CMYK", (4, 2), (0, 255, 255, 0))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"  # turned by a quarter; who made it
    noted.save(folder / "photo.jpg", exif=exif)
    made = drawn_anew(folder / "photo.jpg")
    assert b"camera" not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == (2, 4)
        assert picture.info == {}
    assert set(report(folder, 'logo = "photo.jpg"', "brief")) == {".html", ".docx", ".pdf"}


@pytest.mark.parametrize(("cut", "said"), [(slice(0, 4), "holds no picture"), (slice(0, -40), "is damaged")])
def test_a_logo_that_no_program_can_open_is_a_plain_fault(folder: Path, cut: slice, said: str) -> None:
    whole = io.BytesIO()
    Image.effect_noise((40, 40), 90).save(whole, "png")
    (folder / "broken.png").write_bytes(whole.getvalue()[cut])
    with pytest.raises(StudyError, match=said):
        load(folder, 'logo = "broken.png"')
