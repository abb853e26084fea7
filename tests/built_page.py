"""One built page as its readers find it: tables by caption, sentences, notes, alt texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from bs4 import BeautifulSoup, Tag

NUMBER = re.compile(r"[+\u2212-]?\d[\d,]*(?:\.\d+)?")
Row = dict[str, str]


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ""))


def near(written: str, true: float) -> bool:
    """Whether a number as written is what the true one rounds to."""
    decimals = len(written.partition(".")[2])
    return abs(number(written) - true) <= 0.5 * 10**-decimals + 1e-9


def p_near(written: str, true: float) -> bool:
    """Whether a p-value as written, such as '< 0.001', is what the true one is said as."""
    return true < number(written[2:]) if written.startswith("< ") else near(written, true)


def plain(name: str) -> str:
    """An internal name in words."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


class Page:
    """One built page as its readers find it."""

    def __init__(self, path: Path) -> None:
        self.name = f"{path.parent.name}/{path.stem}"
        self.profile, self.stem = path.parent.name, path.stem
        self.pair = path.stem.removeprefix("brief-").removesuffix("-dashboard") if self.profile == "partners" else ""
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        main = soup.find("main")
        assert isinstance(main, Tag)
        annex = path.with_name(f"{path.stem}-tables.html")
        if annex.is_file():  # its long tables, which the page names
            main.extend(BeautifulSoup(annex.read_text(encoding="utf-8"), "html.parser").select("main > *"))
        self.alts = [str(picture["alt"]) for picture in soup.find_all("img")]
        self.points = [" ".join(tag.get_text(" ").split()) for tag in main.select("ul.points li, details p")]
        self.notes = {}
        self.tables: dict[str, list[Row]] = {}
        for table in main.find_all("table"):
            caption, (head, *rows) = table.caption.get_text(), table.find_all("tr")  # type: ignore[union-attr]
            caption = re.sub(r"^\d+\. ", "", caption)  # tables of an annex are numbered
            names = [cell.get_text() for cell in head.find_all("th")]
            self.tables[caption] = [
                dict(zip(names, (c.get_text() for c in row.find_all(["th", "td"])), strict=True)) for row in rows
            ]
            note = table.find_next("p", class_="note")
            self.notes[caption] = note.get_text() if note else ""
        for cell in main.find_all(["th", "td"]):
            cell.append("|")  # what stands in one cell counts nothing in the next
        self.text = main.get_text(" ", strip=True)

    def rows(self, beginning: str) -> Iterator[Row]:
        for caption, rows in self.tables.items():
            if caption.startswith(beginning):
                yield from rows

    @cached_property
    def joint(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Rating and sides by (theme label, pair or 'whole study'), as the picture's alt text says them."""
        found = {}
        for alt in self.alts:
            if alt.startswith("Joint display. "):
                for label, pair, rating, sides in re.findall(
                    r"(?:^|\. )(.+?), ([^,]+?): ([\w ]+); the two sides: ([\w ]+)(?=\.)",
                    alt.removeprefix("Joint display. "),
                ):
                    found[label, pair] = (rating, sides)
        return found
