"""Tables that are too long for the body of a report: the body names them, an annex of its own holds them."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from buddy_eval.base.numbers import many

MOST_ROWS = 12  # about a third of a printed page, and what can be read without losing the heads
ANNEX = "tables"


def without_long_tables(soup: BeautifulSoup, name: str) -> None:
    """Put a line in the place of every table with more than a dozen rows: where it stands, and how long it is."""
    for number, table in enumerate(_long(soup), 1):
        caption = table.find("caption")
        title = caption.get_text() if caption else "without a title"
        line = soup.new_tag("p", attrs={"class": "note"})
        line.string = f"Table {number} of {name}: {title} ({many(len(_rows(table)), 'row')})."
        if note := _note(table):
            note.decompose()
        table.replace_with(line)


def only_long_tables(soup: BeautifulSoup) -> None:
    """Leave nothing but the tables with more than a dozen rows, numbered, each below its headings."""
    parts = list[Tag]()
    for number, table in enumerate(_long(soup), 1):
        parts += [heading for heading in _headings(table) if heading not in parts]
        if caption := table.find("caption"):
            caption.insert(0, f"{number}. ")
        parts += [part for part in (table, _note(table)) if part is not None]
    if not parts:
        parts = [soup.new_tag("p", string="No table of the report has more than a dozen rows.")]
    soup.clear()
    soup.extend(parts)


def _headings(table: Tag) -> list[Tag]:
    """The chapter that a table stands in, and the section where the table is below one of this chapter."""
    chapter, section = table.find_previous("h2"), table.find_previous("h3")
    below = isinstance(section, Tag) and section.find_previous("h2") is chapter
    return [heading for heading in (chapter, section if below else None) if isinstance(heading, Tag)]


def _long(soup: BeautifulSoup) -> list[Tag]:
    return [table for table in soup.find_all("table") if len(_rows(table)) > MOST_ROWS]


def _rows(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if row.find("td")]


def _note(table: Tag) -> Tag | None:
    after = table.find_next_sibling()
    return after if isinstance(after, Tag) and after.name == "p" and "note" in (after.get("class") or ()) else None
