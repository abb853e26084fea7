"""No character stops a report: what the PDF's fonts lack is shown as a box and said, and `check` names it before."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import typst
from bs4 import BeautifulSoup
from pypdf import PdfReader

import small_study
from buddy_eval.base.characters import fonts, lacking
from buddy_eval.cli.main import main
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.write import write_report
from invented_cells import code, markdown, notebook, shown

WORDS = {
    "an emoji": "Well \U0001f600",
    "a newer emoji": "Well \U0001f44d\U0001f3fd",
    "a family": "The \U0001f468\u200d\U0001f469\u200d\U0001f467 came",
    "Chinese": "They said \u4f1a\u8bae\u5f88\u597d",
    "Urdu": "They said \u062e\u0648\u0634 \u0622\u0645\u062f\u06cc\u062f",
    "Hebrew": "They said \u05e9\u05dc\u05d5\u05dd",
    "Hindi": "They said \u0928\u092e\u0938\u094d\u0924\u0947",
    "Bengali": "They said \u09a8\u09ae\u09b8\u09cd\u0995\u09be\u09b0",
    "Greek and Cyrillic": "\u03ba\u03b1\u03b9 \u0434\u0430",
    "two accents": "q\u0308\u0323 cafe\u0301",
    "a control character": "Well \x08 then",
    "half a character": "Well \ud83d then",
    "no character": "Well \uffff then",
    "somebody's own": "Well \ue000 then",
    "marks without width": "zero\u200b width\u2060 and\u202e back\u202c",
}
BOXED = {"a newer emoji", "a family", "Chinese", "Bengali", "somebody's own"}


@pytest.mark.parametrize("kind", WORDS)
def test_a_report_with_any_character_is_made_and_passes_in_all_formats(tmp_path: Path, kind: str) -> None:
    cells = (markdown("## A part"), code("x", shown("text/html", f"<p>{WORDS[kind]}, they said.</p>")))
    write_report(notebook(*cells, title="A title"), tmp_path, "report")
    made = {ending: (tmp_path / f"report{ending}").read_bytes() for ending in (".html", ".docx", ".pdf")}
    assert report_faults(made, "report", Known("internal")) == []
    text = " ".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    assert ("The fonts of this PDF lack" in text) == (kind in BOXED)
    seen = BeautifulSoup(made[".html"], "html.parser").get_text()
    with zipfile.ZipFile(tmp_path / "report.docx") as archive:
        word = re.sub("<[^>]*>", "", archive.read("word/document.xml").decode())
    for sign in filter(str.isalnum, WORDS[kind]):
        assert sign in seen
        assert sign in word


@pytest.mark.parametrize(
    "sign",
    "é\u0416\u0531\u10d0\u05d0\u0639\u0915\u0995\u0a95\u0e01\u0f40\u1200\u2192\u2713\u4f1a\u3042\ud55c\U0001f600\U0001f44d",
)
def test_what_the_fonts_lack_is_what_typst_takes_from_the_font_of_last_resort(tmp_path: Path, sign: str) -> None:
    families = '("Libertinus Serif", "DejaVu Sans", "New Computer Modern")'
    (tmp_path / "a.typ").write_text(f"#set text(font: {families})\n{sign}", encoding="utf-8")
    data = typst.compile(tmp_path / "a.typ", ignore_system_fonts=True, font_paths=[fonts()])
    (page,) = PdfReader(io.BytesIO(data)).pages
    used = [str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert any("LastResort" in font for font in used) == (lacking(sign) == {sign})


def test_letters_from_right_to_left_are_marked_so_in_the_page_and_in_word(tmp_path: Path) -> None:
    words = "\u05e9\u05dc\u05d5\u05dd 3 \u05e9\u05dc\u05d5\u05dd"
    write_report(notebook(markdown(f"## A part\n\nThey said {words} (twice)."), title="A title"), tmp_path, "report")
    page = BeautifulSoup((tmp_path / "report.html").read_bytes(), "html.parser")
    assert [span.get_text() for span in page.find_all("span", dir="rtl")] == [words]
    with zipfile.ZipFile(tmp_path / "report.docx") as archive:
        assert f'<w:rtl/></w:rPr><w:t xml:space="preserve">{words}<' in archive.read("word/document.xml").decode()


def test_check_names_file_row_and_character_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = small_study.cut(tmp_path)
    small_study.set_cell(study / "data" / "raw" / "pairs.csv", 3, "note", "so \u4f1a")
    transcript = study / "data" / "raw" / "transcripts" / "SYN01-R1-w1.txt"
    lines = transcript.read_text(encoding="utf-8").split("\n")
    last = len(lines)
    transcript.write_text("\n".join([*lines, "Interviewer: Thank you \U0001f44d \U0001f600."]), encoding="utf-8")
    assert main(["check", str(study)]) == 0
    said = capsys.readouterr().out
    assert (
        "data/raw/pairs.csv: characters of column note (1): the PDF shows boxes for them, first row 3: U+4F1A" in said
    )
    assert f"first line {last + 1}: U+1F44D THUMBS UP SIGN" in said
    assert "GRINNING" not in said
