"""An executed notebook as one accessible, self-contained page: no script, no request, nothing hidden."""

from __future__ import annotations

import ast
import base64
import functools
import html
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import nh3
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from buddy_eval.base.characters import UNWRITTEN
from buddy_eval.base.errors import BuddyError, raised
from buddy_eval.present.tables.form import DRAWN
from buddy_eval.publish.about import about
from buddy_eval.publish.annex import ANNEX, only_long_tables, without_long_tables
from buddy_eval.publish.own_output import ALT, captioned, described, picture_of, without_notes
from buddy_eval.publish.structure import directions, drop_empty, headings, notes, pictures, tables, widths
from buddy_eval.study.look import COLOUR

TEMPLATE = Path(__file__).parent / "template"
PAGES = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, trim_blocks=True)
MOST_COLUMNS = 10
MADE_ONCE = threading.Lock()  # Word and PDF are made side by side
NOTE = "Note"  # the style of notes in Word documents
TAGS = set(
    "h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd table caption thead tbody tfoot tr th td blockquote em strong code pre "
    "a br hr span div details summary figure figcaption sub sup abbr img".split()
)
ATTRIBUTES = {
    "*": set[str](),
    "a": {"href"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "img": {"src", "alt", "width"},
    "abbr": {"title"},
    "ol": {"start"},
}
CLASSES = {
    "p": {"note", "nothing", "withheld", "source", "message"}, "ul": {"points", "messages"}, "span": {"finding-id"},
    "table": set(DRAWN),
}  # fmt: skip
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,")


class ReportError(BuddyError):
    """A report that cannot be made as it stands; the message names the cell and the remedy."""


def combine(notebooks: Iterable[NotebookNode], settings: Mapping[str, Any]) -> NotebookNode:
    """Make one notebook of several: each is a chapter, whose first-level heading becomes a second-level one.

    `settings` become the notebook's metadata under ``buddy_eval`` (title, subtitle, notice, profile, footer).
    """
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    for number, cell in enumerate(cells, 1):
        cell.id = f"cell-{number}"
    combined = nbformat.v4.new_notebook(cells=cells, metadata={"buddy_eval": {**settings, "chapters": True}})
    return combined


def page(notebook: NotebookNode, name: str) -> str:
    """Return the page of an executed notebook.

    Raises
    ------
    ReportError : a picture without alt text, or a cell that ended in an error.
    """
    what = about(notebook, name)
    soup = BeautifulSoup("".join(_cells(notebook)), "html.parser")
    drop_empty(soup)
    headings(soup, what.title, chapters=bool(notebook.metadata.get("buddy_eval", {}).get("chapters")))
    if what.form == ANNEX:
        only_long_tables(soup)
    elif what.annex:
        without_long_tables(soup, what.annex)
    tables(soup)
    pictures(soup)
    directions(soup)
    contents = [(str(h["id"]), h.get_text(), h.name == "h3") for h in soup.find_all(["h2", "h3"])]
    html = PAGES.get_template("page.html.j2").render(
        about=what,
        contents=contents if len(contents) > 8 else [],
        body=soup.decode(formatter="minimal"),
        style=template("style.css").replace(COLOUR, what.colour),
    )
    return UNWRITTEN.sub("\ufffd", html)


def main_part(whole: str, folder: Path, asides: Callable[[Tag], None] = notes) -> str:
    """Return the main part of a page for Word and PDF, its pictures written to files of a folder.

    What only a screen needs (skip link, contents, regions that scroll) is left out; what is folded goes
    where `asides` puts it: to numbered notes at the end, or to the speaker of slides.

    Raises
    ------
    ReportError : a table has more columns than a page can hold.
    """
    with MADE_ONCE:
        body, pictures = _main(whole, asides)
    for name, data in pictures:
        (folder / name).write_bytes(data)
    return body


@functools.lru_cache(maxsize=1)  # Word and PDF are made of the same
def _main(whole: str, asides: Callable[[Tag], None]) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    soup = BeautifulSoup(whole, "html.parser")
    main = soup.find("main")
    if not isinstance(main, Tag):
        raise ReportError("the page has no main part; it was not made by this template")
    pictures = []
    for number, picture in enumerate(main.find_all("img"), 1):
        kind, _, data = str(picture["src"]).partition(";base64,")
        name = f"picture{number}.{kind.rpartition('/')[2]}"
        picture["src"] = name
        pictures.append((name, base64.b64decode(data)))
    for region in main.find_all("div", class_="wide"):
        region.unwrap()
    for table in main.find_all("table"):
        _fits(table)
        del table["class"]  # the name that the gate knows it by
    if subtitle := main.find("p", class_="subtitle"):
        subtitle.decompose()
    asides(main)
    widths(main)
    for note in main.find_all("p", class_="note"):
        note.wrap(soup.new_tag("div", attrs={"class": "note"}))
    for small in main.find_all("div", class_=["note", "notes"]):
        small["data-custom-style"] = NOTE
    for heading in main.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        if heading.name == "h1":
            heading.decompose()
        else:
            heading.name = f"h{int(heading.name[1]) - 1}"
    return str(main.decode_contents()), tuple(pictures)


def _fits(table: Tag) -> None:
    columns = len(row.find_all(["th", "td"])) if (row := table.find("tr")) else 0
    if columns > MOST_COLUMNS:
        caption = table.find("caption")
        named = f"{caption.get_text()!r}" if caption else "without a caption"
        raise ReportError(
            f"the table {named} has {columns} columns, row labels counted; a page holds {MOST_COLUMNS}: split it"
        )


def _cells(notebook: NotebookNode) -> Iterable[str]:
    for number, cell in enumerate(notebook.cells, 1):
        tags = set(cell.metadata.get("tags", ()))
        if "remove-cell" in tags:
            continue
        if cell.cell_type == "markdown":
            yield _clean(_markdown(cell.source, number, cell.get("attachments", {})), number)
        elif cell.cell_type == "code":
            if "show-code" in tags and "remove-input" not in tags:
                yield f"<pre><code>{html.escape(cell.source)}</code></pre>"
            shown = "".join(_output(output, cell, number) for output in cell.outputs)
            yield shown or '<p class="nothing"></p>' * _would_show(cell)


def _would_show(cell: NotebookNode) -> bool:
    """Whether a cell ends in something to look at; one that imports, assigns or prints leaves its section alone."""
    try:
        last = ast.parse(cell.source).body[-1:]
    except SyntaxError:  # IPython's own magic
        return False
    return not cell.outputs and any(isinstance(part, ast.Expr | ast.For | ast.If | ast.With) for part in last)


def _markdown(source: str, number: int, attachments: dict[str, dict[str, str]]) -> str:
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    try:
        written: str = MarkdownWithMath(renderer=renderer).render(source)
    except InvalidNotebook as error:
        raise ReportError(f"a picture of cell {number} is not in the notebook ({error}); put it in again") from None
    return re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", written)


def _output(output: NotebookNode, cell: NotebookNode, number: int) -> str:
    if output.output_type == "error":
        raise ReportError(
            f"cell {number} ended in {raised(output.ename, output.evalue)}; run the notebook and mend the cell"
        )
    if output.output_type not in {"display_data", "execute_result"}:
        return ""  # printed text is for whoever works in the notebook
    data = output.data
    if kind := picture_of(data):
        alt, caption = described(cell, output)
        if not alt:
            raise ReportError(f"the picture of cell {number} has no alt text; {ALT}")
        source = base64.b64encode(without_notes(base64.b64decode("".join(data[kind])))).decode()
        text = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
        return f'<figure><img src="data:{kind};base64,{source}" alt="{html.escape(alt)}">{text}</figure>'
    if "text/html" in data:
        return _clean(captioned("".join(data["text/html"]), cell), number)
    if "text/markdown" in data:
        return _clean(_markdown("".join(data["text/markdown"]), number, {}), number)
    return ""


def _clean(text: str, number: int) -> str:
    """Keep the elements of a document and drop whatever could act, load, hide or style.

    Raises
    ------
    ReportError : a picture is not part of the notebook, or has no alt text.
    """
    safe = nh3.clean(
        UNWRITTEN.sub("\ufffd", text),
        tags=TAGS,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        attribute_filter=_address,
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
        strip_comments=True,
    )
    for picture in BeautifulSoup(safe, "html.parser").find_all("img") if "<img" in safe else ():
        if not picture.get("src"):
            raise ReportError(f"a picture of cell {number} is no PNG, JPEG or GIF within the notebook; embed it")
        if not str(picture.get("alt", "")).strip():
            raise ReportError(f"a picture of cell {number} has no alt text; write what it shows")
    return safe


def _address(element: str, attribute: str, value: str) -> str | None:
    """A picture holds its data, and a link leads somewhere: no other address stays."""
    data = value.strip().casefold().startswith("data:")
    gone = not PICTURE.match(value) if attribute == "src" else attribute == "href" and data
    return None if gone else value


@functools.cache
def template(name: str) -> str:
    """Return one file of the template."""
    return (TEMPLATE / name).read_text(encoding="utf-8")
