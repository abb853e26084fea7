"""The order of a page: headings without gaps, no empty sections, tables a screen reader can read, folds as notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag

TO_LEFT = (
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"  # Hebrew, Arabic and others
)
LETTER, PADDING = 0.92, 2.4  # per cent of a page's width that a letter of a table takes, and the margins of a cell
SHOWS = "table, .points, .messages, figure, blockquote, pre"  # what a section is there for
WRAPS = 70  # letters of a line from which a cell may wrap
RUN = re.compile(rf"({TO_LEFT}(?:(?:{TO_LEFT}|[\W\d_])*{TO_LEFT})?)")


def headings(soup: BeautifulSoup, title: str, *, chapters: bool) -> None:
    """One h1 (the title), no level skipped, every heading with an id of its own."""
    if not chapters:
        first = soup.find("h1")
        if isinstance(first, Tag) and first.get_text().strip() == title:
            first.decompose()
    used = {"main"}  # the id of the page's own main part
    previous, chapter = 1, ""
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        level = min(int(heading.name[1]) + chapters, previous + 1, 6)
        heading.name = f"h{max(level, 2)}"
        previous = int(heading.name[1])
        slug = re.sub(r"[^a-z0-9]+", "-", heading.get_text().casefold()).strip("-") or "part"
        chapter = slug if previous == 2 else chapter
        name = slug if slug not in used else f"{chapter}-{slug}"
        while name in used:
            name += "-x"
        used.add(name)
        heading.attrs = {"id": name}


def drop_empty(soup: BeautifulSoup) -> None:
    """Drop chapters and sections whose cells had nothing to show: a study need not have every kind of data.

    In a section that shows something else, only what is withheld still says so.
    """
    if not (nothing := soup.select(".nothing")):
        return
    above = {id(part) for empty in nothing for part in (empty, *empty.parents)}
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        if heading.decomposed:
            continue
        section = [heading]
        for following in heading.find_next_siblings():
            if re.fullmatch("h[1-6]", following.name) and following.name <= heading.name:
                break
            section.append(following)
        if any(id(part) in above for part in section) and not any(
            part.css.match(SHOWS) or part.select_one(SHOWS) for part in section
        ):
            for part in section:
                part.decompose()
    for empty in soup.select("p.nothing:not(.withheld)"):
        empty.decompose()


def tables(soup: BeautifulSoup) -> None:
    """Scopes on headers, no empty header cell, and a labelled region that scrolls where a table is wide."""
    for number, table in enumerate(soup.find_all("table"), 1):
        for cell in table.find_all("th"):
            if not cell.get_text().strip():
                cell.name = "td"
                cell.attrs = {}
            elif not cell.get("scope"):
                cell["scope"] = "col" if cell.find_parent("thead") else "row"
        region = soup.new_tag("div", attrs={"class": "wide", "role": "region", "tabindex": "0"})
        caption = table.find("caption")
        if isinstance(caption, Tag):
            caption["id"] = region["aria-labelledby"] = f"table_{number}"  # no heading's id has a low line
        else:
            region["aria-label"] = f"Table {number}"
        table.wrap(region)


def shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """Share the width of a page among the columns of a table, in per cent: the longest word fits, long texts get more.

    A table that needs less than the whole page is given less.

    >>> shares([["Theme", "n"], ["Culture", "1"]])
    [9.8, 4.2]
    """
    columns = list(zip(*rows, strict=True))
    least = [max(len(word) for text in column for word in [*text.split(), ""]) + 1 for column in columns]
    want = [max(low, min(max(map(len, column)), WRAPS) + 1) for low, column in zip(least, columns, strict=True)]
    room = 100 - PADDING * len(columns)
    if (free := room - LETTER * sum(want)) < 0:  # some texts wrap, and what is left of the words is shared among them
        letter = min(LETTER, room / sum(least))
        free, more = room - letter * sum(least), [long - low for long, low in zip(want, least, strict=True)]
        used = [letter * low + free * extra / max(1, sum(more)) for low, extra in zip(least, more, strict=True)]
    else:
        used = [LETTER * long for long in want]
    return [round(PADDING + width, 1) for width in used]


def widths(main: Tag) -> None:
    """Give every table that is to be printed the widths of its columns."""
    for table in main.find_all("table"):
        rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
        if not rows or len({len(row) for row in rows}) > 1:
            continue  # of anybody's own, with cells over several columns
        group = BeautifulSoup("", "html.parser").new_tag("colgroup")
        for share in shares(rows):
            group.append(BeautifulSoup(f'<col style="width: {share}%">', "html.parser"))
        caption = table.find("caption")
        caption.insert_after(group) if isinstance(caption, Tag) else table.insert(0, group)


def pictures(soup: BeautifulSoup) -> None:
    """A labelled region that scrolls where a screen is too narrow for the letters of a picture."""
    for number, figure in enumerate(soup.find_all("figure"), 1):
        if picture := figure.find("img"):
            about = {"class": "wide", "role": "region", "tabindex": "0", "aria-label": f"Picture {number}"}
            picture.wrap(soup.new_tag("div", attrs=about))


def notes(main: Tag) -> None:
    """Turn what is folded on the page into numbered notes at the end, for print: a fold cannot be opened there."""
    folds = main.find_all("details")
    if not folds:
        return
    soup = BeautifulSoup("", "html.parser")
    title, listed = soup.new_tag("h2", string="The numbers behind the messages"), soup.new_tag("ol")
    for number, fold in enumerate(folds, 1):
        if fold.summary:
            fold.summary.decompose()
        mark = soup.new_tag("sup", string=str(number))
        before = fold.find_previous_sibling("p")
        (before.append if isinstance(before, Tag) else fold.insert_before)(mark)
        note = soup.new_tag("li")
        note.extend(list(fold.children))
        fold.decompose()
        listed.append(note)
    block = soup.new_tag("div", attrs={"class": "notes"})
    block.extend([title, listed])
    main.append(block)


def directions(soup: BeautifulSoup) -> None:
    """Mark every run of letters that is read from right to left, so that what stands around it keeps its order."""
    for text in [text for text in soup.find_all(string=RUN) if text.parent and text.parent.get("dir") != "rtl"]:
        parts = list[Tag | str]()
        for number, part in enumerate(RUN.split(str(text))):
            if number % 2:
                span = soup.new_tag("span", attrs={"dir": "rtl"})
                span.string = part
                parts.append(span)
            elif part:
                parts.append(part)
        text.replace_with(*parts)
