"""The built page, read as a browser and a screen reader would: loads, links, hidden things, captions, headings."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import Fault
from buddy_eval.publish.gate.picture import picture_faults
from buddy_eval.publish.gate.rules import Known, tokens
from buddy_eval.publish.gate.tables import place, table_faults, table_place
from buddy_eval.publish.gate.text import UNQUOTE, text_faults, unapproved_faults
from buddy_eval.publish.page import TAGS

FRAME = {"html", "head", "meta", "title", "style", "body", "header", "nav", "details", "summary", "main", "footer"}
LOADS = {"src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href", "ping", "cite"}
SPOKEN = {"alt", "title", "aria-label", "aria-description", "content", "id", "class", "name", "value", "placeholder"}
PLACEHOLDER = re.compile(
    r"(no description|alt text|image|picture|figure|plot|chart|graph|untitled|\S+\.(png|jpe?g|svg))\W*\d*"
)
BLOCKS = {"title", "p", "li", "caption", "figcaption", "th", "td", "pre", "summary", "dt", "dd"}
CUT = re.compile(r"\.\.\.$|…$")
TEMPLATE = f"make it with {CALLED} publish, or jupyter nbconvert --to buddy_report"
TABLE = "show it with `from buddy_eval import tables; tables.Table(frame, caption)`"
SHAPE = re.compile(r"\[?\d+ rows [\u00d7x] \d+ columns\]?")


def page_faults(html: str, file: str, known: Known) -> list[Fault]:
    """List everything in a page that may not be published to its readers."""
    soup = parsed(html)
    everything, tags = small_words(html), soup.find_all(True)
    faults = [*_active(soup, tags, file), *_loads(soup, tags, file), *_hidden(soup, tags, file)]
    faults += [*_pictures(soup, file), *_tables(soup, file), *_order(soup, file)]
    if known.outside:
        faults += table_faults(soup, file, known)
    for tag, what, text in _texts(tags):
        if any(text_faults(text, file, "", known, everything)):  # to find the place takes long
            faults += text_faults(text, file, place(tag) + what, known, everything)
    return [*faults, *_quotes(soup, file, known)]


@lru_cache(maxsize=1)  # the PDF is held against the same page
def parsed(html: str) -> BeautifulSoup:
    """Return a page as the gate reads it; it is never altered."""
    return BeautifulSoup(html, "html.parser")


@lru_cache(maxsize=2)  # all formats of a report are read beside the words of its page
def small_words(html: str) -> frozenset[str]:
    """Return the words that a page shows in lower case: alone none of them is a name."""
    return frozenset(re.findall(r"\b[a-z]+\b", parsed(html).get_text(" ")))


def _texts(tags: list[Tag]) -> Iterator[tuple[Tag, str, str]]:
    """Every block of text, and every attribute that a machine or a screen reader reads, with its element."""
    for tag in tags:
        for name in SPOKEN & tag.attrs.keys():
            if value := tag.get(name):
                yield tag, f", {name} of <{tag.name}>", value if isinstance(value, str) else " ".join(value)
        if tag.name == "a":
            yield tag, ", address of a link", str(tag.get("href", ""))
        if tag.name in BLOCKS:
            yield tag, "", tag.get_text()
        elif tag.name != "style" and any(isinstance(one, NavigableString) and one.strip() for one in tag.contents):
            yield tag, "", tag.get_text(" ")


def _active(soup: BeautifulSoup, tags: list[Tag], file: str) -> Iterator[Fault]:
    for tag in tags:
        if tag.name not in TAGS | FRAME:
            yield Fault(file, 0, f"{place(tag)}: element <{tag.name}>", "show a table or a picture instead")
        for name, value in tag.attrs.items():
            if name.startswith("on") or "javascript:" in str(value).casefold():
                yield Fault(file, 0, f"{place(tag)}: a script in {name} of <{tag.name}>", "take it out")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    if not isinstance(policy, Tag) or not str(policy.get("content")).startswith("default-src 'none'"):
        yield Fault(file, 0, "top of the page: no content security policy", TEMPLATE)


def _loads(soup: BeautifulSoup, tags: list[Tag], file: str) -> Iterator[Fault]:
    ids = {str(tag["id"]) for tag in tags if "id" in tag.attrs}
    for tag in tags:
        for name in LOADS & tag.attrs.keys():
            if not str(tag[name]).startswith("data:image/"):
                yield Fault(
                    file, 0, f"{place(tag)}: <{tag.name}> loads something from elsewhere", "embed it, or take it out"
                )
    for link in soup.find_all("a", href=True):
        address = str(link["href"])
        if address.startswith("#") and address[1:] not in ids:
            yield Fault(file, 0, f"{place(link)}: a link within the page leads nowhere", "mend it, or take it out")
        elif not address.startswith(("#", "https://", "http://")):
            yield Fault(file, 0, f"{place(link)}: a local link", "give a public address, or take it out")
    for style in soup.find_all("style"):
        if re.search(r"url\(|@import|content\s*:", style.get_text()):
            yield Fault(file, 0, "top of the page: the style loads or writes something", "use the template's own style")


def _hidden(soup: BeautifulSoup, tags: list[Tag], file: str) -> Iterator[Fault]:
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        yield Fault(
            file, 0, f"{place(comment.parent) if comment.parent else 'top'}: a comment in the page", "take it out"
        )
    for tag in tags:
        if {"hidden", "aria-hidden", "style"} & tag.attrs.keys() or any(name.startswith("data-") for name in tag.attrs):
            yield Fault(
                file,
                0,
                f"{place(tag)}: <{tag.name}> is hidden, styled or carries data",
                "show it plainly, or take it out",
            )


def _pictures(soup: BeautifulSoup, file: str) -> Iterator[Fault]:
    for image in soup.find_all("img"):
        where, alt = place(image), str(image.get("alt", "")).strip()
        if len(alt) < 12 or PLACEHOLDER.fullmatch(alt.casefold()):
            yield Fault(
                file, 0, f"{where}: a picture without real alt text", "say what it shows: Picture(..., alt=...)"
            )
        figure = image.find_parent("figure")
        if not image.find_parent("header") and (figure is None or not figure.find("figcaption")):  # there is the logo
            yield Fault(file, 0, f"{where}: a picture without a caption", "give one: Picture(..., caption=...)")
        source = str(image.get("src", ""))
        if ";base64," in source:
            yield from picture_faults(base64.b64decode(source.partition(";base64,")[2]), file, where)


def _tables(soup: BeautifulSoup, file: str) -> Iterator[Fault]:
    for text in soup.find_all(string=SHAPE):
        yield Fault(file, 0, f"{place(text.parent)}: a table cut short by pandas", "choose rows, or show all")  # type: ignore[arg-type]
    for table in soup.find_all("table"):
        caption, where = table.find("caption"), table_place(table)
        if caption is None or not caption.get_text().strip():
            yield Fault(file, 0, f"{where}: a table without a caption", TABLE)
        if any(not cell.get("scope") for cell in table.find_all("th")) or not table.find("th"):
            yield Fault(file, 0, f"{where}: header cells without scope", TABLE)
        if any(CUT.search(cell.get_text().strip()) for cell in table.find_all(["td", "th"])):
            yield Fault(file, 0, f"{where}: a cell cut short by an ellipsis", "write it in full, or leave it out")


def _order(soup: BeautifulSoup, file: str) -> Iterator[Fault]:
    root = soup.find("html")
    if not isinstance(root, Tag) or not root.get("lang") or not (soup.title and soup.title.get_text().strip()):
        yield Fault(file, 0, "top of the page: no language or no title", TEMPLATE)
    levels = [(int(tag.name[1]), tag) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    if [level for level, _ in levels].count(1) != 1:
        yield Fault(file, 0, "headings: not exactly one of level 1", TEMPLATE)
    for (before, _), (level, tag) in itertools.pairwise(levels):
        if level > before + 1:
            yield Fault(
                file, 0, f"{place(tag)}: the heading jumps from level {before} to {level}", "use the level between"
            )


def _quotes(soup: BeautifulSoup, file: str, known: Known) -> Iterator[Fault]:
    for block in soup.find_all("blockquote"):
        said = block.find("p") or block
        words = " ".join(tokens(said.get_text()))
        if not any(words in quote for quote in known.quotes):
            yield Fault(file, 0, f"{place(block)}: a quote without consent and approval for these readers", UNQUOTE)
    yield from unapproved_faults(soup.get_text(" "), file, known)
