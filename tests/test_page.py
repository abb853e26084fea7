"""One accessible page from a notebook: what never reaches it, and how what does is put in order."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from buddy_eval.present.plots.form import drawing, picture
from buddy_eval.publish.page import ReportError, combine, page
from buddy_eval.publish.write import write_report
from invented_cells import DATA, PNG, code, markdown, notebook, shown, stream


def body(*cells: NotebookNode) -> str:
    """The main part of the page of some cells."""
    return str(BeautifulSoup(page(notebook(*cells, title="A title"), "x"), "html.parser").main)


PLANTED = [
    "<script>PLANTED()</script>",
    "<p onclick='PLANTED()'>seen</p>",
    f"<img src='{DATA}' alt='seen' onerror='PLANTED()'>",
    "<svg onload='PLANTED()'><script>PLANTED()</script></svg>",
    "<a href='javascript:PLANTED()'>seen</a>",
    "<a href=' JaVaScRiPt:PLANTED()'>seen</a>",
    "<a href='data:text/html,PLANTED'>seen</a>",
    "<a href=' DATA:text/html,PLANTED'>seen</a>",
    "<a href='file:///PLANTED'>seen</a>",
    "<style>p{background:url(PLANTED)}</style>",
    "<p style='background:url(PLANTED)'>seen</p>",
    "<link rel='stylesheet' href='PLANTED'>",
    "<meta http-equiv='refresh' content='0;url=PLANTED'>",
    "<base href='PLANTED'>",
    "<iframe src='PLANTED' srcdoc='PLANTED'></iframe>",
    "<object data='PLANTED'></object><embed src='PLANTED'>",
    "<form action='PLANTED'><input name='PLANTED' value='PLANTED'></form>",
    "<video src='PLANTED'></video><audio src='PLANTED'></audio>",
    "<p class='skip PLANTED'>seen</p>",
    "<p id='PLANTED' hidden='PLANTED' title='PLANTED' data-x='PLANTED'>seen</p>",
    "<!-- PLANTED -->",
    "<math><mtext><style><img src=x onerror=PLANTED></style></mtext></math>",
]


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("place", ["text/html", "text/markdown", "markdown"])
def test_nothing_that_acts_loads_hides_or_styles_reaches_the_page(place: str, planted: str) -> None:
    text = f"before\n\n{planted}\n\nafter"
    cell = markdown(text) if place == "markdown" else code("", shown(place, text))
    made = body(cell)
    assert "PLANTED" not in made
    assert "before" in made
    assert "after" in made
    assert ("seen" in made) is ("seen" in planted)
    assert 'class="skip' not in made


def test_a_markdown_link_that_acts_is_no_link() -> None:
    made = body(markdown("[seen](javascript:PLANTED) and [there](https://example.org/)"))
    assert "PLANTED" not in made
    assert made.count("href=") == 1


@pytest.mark.parametrize(
    "cell",
    [
        code("", shown("image/png", PNG)),
        code("", shown("image/png", PNG, **{"image/png": {"alt": "  "}})),
        code("", shown("text/html", f"<img src='{DATA}'>")),
        code("", shown("text/html", f"<img src='{DATA}' alt=' '>")),
        markdown(f"![]({DATA})"),
    ],
)
def test_a_picture_without_alt_text_is_refused(cell: NotebookNode) -> None:
    with pytest.raises(ReportError, match="cell 2 has no alt text"):
        body(markdown("first"), cell)


@pytest.mark.parametrize(
    "source", ["https://example.org/a.png", "a.png", "/srv/a.png", "file:///a.png", "data:image/svg+xml;base64,AA=="]
)
def test_a_picture_from_elsewhere_is_refused(source: str) -> None:
    with pytest.raises(ReportError, match="cell 1 is no PNG, JPEG or GIF within the notebook"):
        body(markdown(f"![A picture]({source})"))


def test_a_picture_pasted_into_text_is_shown_and_a_lost_one_is_refused() -> None:
    cell = markdown("![What it shows](attachment:a.png)")
    with pytest.raises(ReportError, match=r"cell 1 is not in the notebook .*a\.png"):
        body(cell)
    cell.attachments = {"a.png": {"image/png": PNG}}
    made = body(cell)
    assert f'<img alt="What it shows" src="{DATA}"/>' in made


def test_a_picture_brings_its_alt_text_and_its_caption() -> None:
    made = body(code("", shown("image/png", PNG, **{"image/png": {"alt": 'Up & "down"', "caption": "One < two"}})))
    figure = BeautifulSoup(made, "html.parser").figure
    assert figure is not None
    assert figure.img is not None
    assert figure.img.attrs == {"src": DATA, "alt": 'Up & "down"'}
    assert figure.get_text() == "One < two"


def test_an_errored_cell_is_refused_without_its_words() -> None:
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="PLANTED", traceback=["PLANTED"])
    with pytest.raises(ReportError, match="cell 2 ended in ValueError") as caught:
        body(markdown("first"), code("", error))
    assert "PLANTED" not in str(caught.value)


def test_what_is_printed_or_for_machines_stays_in_the_notebook() -> None:
    outputs = [stream("stdout", "PLANTED"), stream("stderr", "PLANTED /home/somebody")]
    kinds = ["text/plain", "application/javascript", "application/json", "application/vnd.jupyter.widget-view+json"]
    outputs += [shown(kind, "PLANTED") for kind in [*kinds, "text/latex", "image/svg+xml", "application/pdf"]]
    raw = nbformat.v4.new_raw_cell("PLANTED")
    made = body(markdown("kept"), raw, code("PLANTED = 1", *outputs))
    assert "PLANTED" not in made
    assert "kept" in made


def test_tags_do_what_they_do_everywhere_in_jupyter() -> None:
    output = shown("text/html", "<p>output</p>")
    assert "a = 1" not in body(code("a = 1", output))
    assert "<code>a &lt; 1</code>" in body(code("a < 1", output, tags=("show-code",)))
    both = body(code("a = 1", output, tags=("show-code", "remove-input")))
    assert "a = 1" not in both
    assert "output" in both
    gone = body(code("a = 1", output, tags=("remove-cell", "show-code")), markdown("kept"))
    assert "a = 1" not in gone
    assert "output" not in gone


def test_headings_are_put_in_order_and_named_apart() -> None:
    table = "<table><thead><tr><th></th><th>b</th></tr></thead><tbody><tr><th>c</th><td>1</td></tr></tbody></table>"
    cells = [
        markdown("# A title"),
        markdown("# Other\n\n#### Deep\n\n## Main\n\n## Table 1\n\n## Main\n\n### Main\n\n## é"),
    ]
    soup = BeautifulSoup(page(notebook(*cells, code("", shown("text/html", table))), "x"), "html.parser")
    headings = soup.find_all(re.compile("^h[1-6]$"))
    names = ["h1", "h2", "h3", "h2", "h2", "h2", "h3", "h2"]
    assert [(heading.name, heading.get_text()) for heading in headings] == list(
        zip(names, ["A title", "Other", "Deep", "Main", "Table 1", "Main", "Main", "é"], strict=True)
    )
    ids = [element["id"] for element in soup.find_all(id=True)]
    assert len(set(map(str, ids))) == len(ids)
    assert [(cell.name, cell.get("scope")) for cell in soup.select("table tr > *")] == [
        ("td", None), ("th", "col"), ("th", "row"), ("td", None),
    ]  # fmt: skip


def test_chapters_go_one_level_down_and_the_title_stays_alone() -> None:
    made = combine([notebook(markdown("# One\n\n## Part")), notebook(markdown("# Two"))], {"title": "Whole"})
    soup = BeautifulSoup(page(made, "x"), "html.parser")
    found = [(heading.name, heading.get_text()) for heading in soup.find_all(re.compile("^h[1-6]$"))]
    assert found == [("h1", "Whole"), ("h2", "One"), ("h3", "Part"), ("h2", "Two")]


def test_what_a_page_says_of_itself_is_text_and_no_markup() -> None:
    evil = "<script>PLANTED()</script>"
    made = page(notebook(markdown("text"), title=evil, subtitle=evil, notice=evil, footer=[evil]), "x")
    assert "<script" not in made
    assert made.count("&lt;script&gt;PLANTED()") == 6  # title element (2), heading, subtitle, notice, footer


def test_the_page_of_one_notebook_does_not_depend_on_when_it_is_made(tmp_path: Path) -> None:
    with drawing() as (figure, axes):
        axes[0][0].plot([1, 2], [3, 4])
        drawn = picture(figure, "A line that goes up from 3 to 4", "A line")
    data, metadata = drawn._repr_mimebundle_()
    made = notebook(markdown("# A title"), code("", shown("image/png", data["image/png"], **metadata)))
    first, second = write_report(made, tmp_path / "a", "x"), write_report(made, tmp_path / "b" / "c", "x")
    assert [path.suffix for path in first] == [".html", ".docx", ".pdf"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_section_with_nothing_to_show_is_left_out_and_one_with_words_stays() -> None:
    said = '<p class="note nothing">A table. Nothing to show.</p>'
    first, second = (code("", shown("text/html", said)) for _ in range(2))
    kept = code("", shown("text/html", '<p class="note nothing withheld">A table. Too few.</p>'))
    table = code("", shown("text/html", "<table><caption>c</caption><tr><td>1</td></tr></table>"))
    heads = ["## Empty", "## Full", "## Words alone\n\nSome words."]
    made = body(markdown(heads[0]), first, markdown(heads[1]), second, table, kept, markdown(heads[2]))
    found = [heading.get_text() for heading in BeautifulSoup(made, "html.parser").find_all("h2")]
    assert found == ["Full", "Words alone"]
    assert "Nothing to show" not in made
    assert "Too few." in made


def test_a_section_of_messages_stays_beside_a_table_with_nothing_to_show() -> None:
    said = '<p class="note nothing">A table. Nothing to show.</p>'
    told = '<ul class="messages"><li><p class="message">A message.</p></li></ul>'
    made = body(markdown("## Messages"), code("", shown("text/html", told)), code("", shown("text/html", said)))
    assert "A message." in made
    assert "Nothing to show" not in made


def test_only_the_classes_of_our_own_style_stay() -> None:
    text = '<p class="note x">a</p><ul class="points"><li>b <span class="finding-id skip">c</span></li></ul>'
    soup = BeautifulSoup(body(code("", shown("text/html", text))), "html.parser")
    assert [tag.get("class") for tag in soup.find_all(["p", "ul", "span"])] == [["note"], ["points"], ["finding-id"]]


@pytest.mark.parametrize(
    ("cell", "stays"),
    [
        (code("x = 1"), True),
        (code("import math"), True),
        (code("%load_ext x"), True),
        (code("print(1)", stream("stdout", "1")), True),
        (code("plots.gaps(results)"), False),
        (code("for name in results.indicators:\n    display(plots.charts(results, name))"), False),
    ],
)
def test_a_cell_that_shows_nothing_takes_its_section_away_only_if_it_would_have_shown_something(
    cell: NotebookNode, stays: bool
) -> None:
    assert ("We did this." in body(markdown("## Method\n\nWe did this."), cell)) is stays
