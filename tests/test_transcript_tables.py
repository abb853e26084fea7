"""Tables within transcripts of Word, OpenDocument and RTF: every row is somebody's, or left out by name, or refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import held
from buddy_eval.base.errors import StudyError
from buddy_eval.read.transcripts import Transcript, read_transcript

Block = str | list[list[str]]
PEOPLE = ("Interviewer", "P1")
ASKED, SAID = ["Interviewer", "Who came?"], ["P1", "They all did."]
TALK: list[Block] = ["Interviewer: Who came?", "P1: They all did."]
HEADS = "heads of tables"
ABOVE = "^"  # of a cell that is merged with the one above


def word(blocks: list[Block]) -> bytes:
    import docx

    made = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
            continue
        cells = made.add_table(len(block), len(block[0]))
        for number, row in enumerate(block):
            for place, text in enumerate(row):
                if text == ABOVE:
                    cells.cell(number - 1, place).merge(cells.cell(number, place))
                else:
                    cells.cell(number, place).text = text
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def opened(blocks: list[Block]) -> bytes:
    def row(cells: list[str], below: list[str]) -> str:
        spans = ['t:number-rows-spanned="2"' * (cell == ABOVE) for cell in below]
        written = "".join(
            "<t:covered-table-cell/>" if cell == ABOVE else f"<t:c {span}><x:p>{cell}</x:p></t:c>"
            for cell, span in zip(cells, spans, strict=True)
        )
        return f"<t:table-row>{written}</t:table-row>"

    body = "".join(
        f"<x:p>{block}</x:p>"
        if isinstance(block, str)
        else f"<t:table>{''.join(map(row, block, [*block[1:], block[0]]))}</t:table>"
        for block in blocks
    )
    head = '<o:document-content xmlns:o="urn:o" xmlns:t="urn:b" xmlns:x="urn:t"><o:body>'
    return held.archive({"content.xml": f"{head}{body}</o:body></o:document-content>".encode()})


def rich(blocks: list[Block]) -> bytes:
    """As Word writes RTF: what a row is, stands before its cells and again before its end."""

    def row(cells: list[str]) -> str:
        ends = [r"\clvmrg" * (cell == ABOVE) + rf"\cellx{3000 * n}" for n, cell in enumerate(cells, 1)]
        about = r"\trowd " + "".join(ends)
        written = "".join(rf"{{{cell.strip(ABOVE)}\cell }}" for cell in cells)
        return rf"{about}\pard\intbl {written}{{{about}\row }}"

    body = "".join(
        rf"{block}\par " if isinstance(block, str) else "".join(map(row, block)) + r"\pard " for block in blocks
    )
    return f"{{\\rtf1\\ansi {body}}}".encode()


KINDS = {".docx": word, ".odt": opened, ".rtf": rich}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def read(folder: Path, kind: str, *blocks: Block) -> Transcript:
    path = folder / f"a{kind}"
    path.write_bytes(KINDS[kind](list(blocks)))
    return read_transcript(path, path.name, PEOPLE)


def said(made: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, made.text[turn.start : turn.end]) for turn in made.turns]


@pytest.mark.parametrize("head", [["Speaker", "Words"], ["Name", "Text"], ["time", "Speaker", "What was said"]])
def test_a_head_that_comes_back_in_a_table_or_the_next_is_left_out_by_name(
    tmp_path: Path, kind: str, head: list[str]
) -> None:
    """It was a speaker whom nobody lists: programs write it again on each page."""
    turns = [[*["0:01"] * (len(head) - 2), *turn] for turn in (ASKED, SAID)]
    for blocks in ([[head, *turns, head, *turns]], [[head, *turns], "", [head, *turns]], [*TALK, [head, *turns]]):
        made = read(tmp_path, kind, *blocks)
        assert said(made) == [tuple(turn) for turn in (ASKED, SAID)] * 2
        assert set(made.aside[HEADS]) == {word for cell in head for word in cell.split()}


@pytest.mark.parametrize(
    ("blocks", "whose"),
    [
        ([*TALK, [["A box of one column."]], *TALK], "table 1 holds words and no speaker"),
        ([*TALK, [["Ward", "12"], ["Site", "13"]], *TALK], "table 1 holds words and"),
        ([[ASKED, SAID, ["", "And so did we."]]], "row 3 of table 1 holds words and no speaker"),
        ([[ASKED, [*SAID[:1], "Yes.", "CV1"]]], "row 2 of table 1 holds words in several cells"),
        ([[ASKED, SAID, ["", "And so did we.", ""]]], "row 3 of table 1 holds words and no speaker"),
        ([[["0:01", *ASKED, ""], ["0:05", *SAID, ""], ["0:09", "", "And so did we.", ""]]], "row 3 of table 1 holds"),
        ([[["0:01", "P1: Yes."], ["0:05", "Of course."], ["", "And so did we."]]], "row 3 of table 1 holds"),
        ([[ASKED, SAID], "Coded by Jo in May.", [ASKED]], "a paragraph behind table 1 holds words and no speaker"),
        ([*TALK, [ASKED, SAID], "", "Interviewer: Thanks.", [ASKED], "The end."], "a paragraph behind table 2 holds"),
        ([[[*ASKED, ""], [*SAID, ""], ["", "And so did we.", ABOVE]]], "row 3 of table 1 holds words and no speaker"),
    ],
)
def test_words_of_a_table_that_may_be_nobodys_go_into_no_turn(
    tmp_path: Path, kind: str, blocks: list[Block], whose: str
) -> None:
    """In RTF, and in a table of one column, they were those of whoever spoke before."""
    blocks = [[row + [""] * (max(map(len, block)) - len(row)) for row in block] if isinstance(block, list) else block
              for block in blocks]  # fmt: skip
    with pytest.raises(StudyError, match=whose) as refused:
        read(tmp_path, kind, *blocks)
    assert not any(word in str(refused.value) for word in ("Coded", "end.", "did we"))


def test_a_table_of_speakers_and_words_between_turns_is_part_of_them(tmp_path: Path, kind: str) -> None:
    """What follows it begins with a label, or goes on with a paragraph that did."""
    turns = said(read(tmp_path, kind, *TALK, [ASKED, SAID], *TALK, "And so did we."))
    assert turns == [*[tuple(turn) for turn in (ASKED, SAID)] * 2, tuple(ASKED), ("P1", f"{SAID[1]} And so did we.")]


def test_a_cell_of_rtf_that_is_merged_goes_on_and_a_row_told_behind_its_cells_is_a_line(tmp_path: Path) -> None:
    first = r"\trowd\clvmgf\cellx1\cellx2 P1\cell They all did.\cell\row "
    more = r"\trowd\clvmrg\cellx1\cellx2 \cell And so did we.\cell\row "
    behind = r"Interviewer\cell Who came?\cell\trowd\cellx1\cellx2\row "
    (tmp_path / "a.rtf").write_text(f"{{\\rtf1 {behind}{first}{more}\\pard }}")
    turns = said(read_transcript(tmp_path / "a.rtf", "a.rtf", PEOPLE))
    assert turns == [("Interviewer", "Who came?"), ("P1", "They all did. And so did we.")]


def test_a_speakers_cell_that_is_merged_with_the_one_above_goes_on(tmp_path: Path, kind: str) -> None:
    made = read(tmp_path, kind, [ASKED, SAID, [ABOVE, "And so did we."]])
    assert said(made) == [("Interviewer", "Who came?"), ("P1", "They all did. And so did we.")]


@pytest.mark.parametrize("end", ["", r"\par And more."])
def test_a_text_box_in_a_cell_of_rtf_stays_there(tmp_path: Path, end: str) -> None:
    """It went to whoever spoke in the next cell with two paragraphs."""
    box = r"{\shp{\*\shpinst{\shptxt\pard In a box.\par}}}"
    made = read(tmp_path, ".rtf", [ASKED, ["P1", f"They {box}all did.{end}"], ["Interviewer", r"And\par then?"], SAID])
    more = " And more." if end else ""
    assert said(made)[1:3] == [("P1", f"They all did. In a box.{more}"), ("Interviewer", "And then?")]


def test_a_table_within_a_cell_of_rtf_is_refused(tmp_path: Path) -> None:
    """Its rows ran together: what the interviewer asked there became the participant's."""
    inner = r"\par\itap2 P1\nestcell Yes.\nestcell{\*\nesttableprops\trowd\cellx9\nestrow}{\nonesttables\par}\pard"
    for rows, at in (([ASKED, ["P1", f"They did.{inner}"]], 2), ([["P1", inner]], 1)):
        with pytest.raises(StudyError, match=rf"row {at} of table 2 holds a table within a cell.*; save it as .docx"):
            read(tmp_path, ".rtf", [SAID], "Interviewer: Who?", rows)


def test_rows_of_an_open_document_are_counted_from_its_head_on(tmp_path: Path) -> None:
    """A head in rows of its own was another table, and the rows below one less than Word counts."""
    rows = "".join(f"<t:table-row><t:c><x:p>{who}</x:p></t:c><t:c><x:p>{words}</x:p></t:c></t:table-row>"
                   for who, words in (ASKED, SAID, ("", "So did we.")))  # fmt: skip
    head = "<t:table-row><t:c><x:p>Speaker</x:p></t:c><t:c><x:p>Words</x:p></t:c></t:table-row>"
    names = 'xmlns:o="urn:o" xmlns:t="urn:b" xmlns:x="urn:t"'
    table = f"<t:table><t:table-header-rows>{head}</t:table-header-rows>{rows}</t:table>"
    content = f"<o:document-content {names}><o:body>{table}</o:body></o:document-content>"
    (tmp_path / "a.odt").write_bytes(held.archive({"content.xml": content.encode()}))
    with pytest.raises(StudyError, match="row 4 of table 1 holds words and no speaker"):
        read_transcript(tmp_path / "a.odt", "a.odt", PEOPLE)
