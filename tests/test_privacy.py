"""Everything that was published, searched for what its readers may not see: in every format alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from buddy_eval.present.wording import STATES
from buddy_eval.publish.document import DASHBOARD, TABLES, endings
from made_documents import (
    letters,
    page_tables,
    pdf_elements,
    pdf_metadata,
    pdf_text,
    sheet_tables,
    sheet_text,
    soup,
    word_alts,
    word_parts,
    word_text,
)

PAIRS = [f"SYN0{number}" for number in range(1, 9)]
WORDS_OF_PEOPLE = re.compile(
    r"^(Asked|Took part|Raised it|Mostly .*|Mixed|Neutral|Receiver.*|Supporter.*|All.*|People.*)$"
)
TABLES_OF_PEOPLE = re.compile(
    r"^(?:\d+\. )?(Who was asked|Themes in the interviews|Codes of the theme|Comments in|Reliability)"
)


def table(study: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(study / "data" / "processed" / f"{name}.parquet")


@cache
def everything(path: Path) -> str:
    """All that a reader, or a curious one, finds in a document: text, alt texts, attributes, properties."""
    if path.suffix == ".html":
        text = re.sub(r"base64,[^\"]+", "", path.read_text(encoding="utf-8")) + soup(path).get_text(" ")
    elif path.suffix == ".docx":
        text = word_text(path) + " ".join(word_alts(path))
    elif path.suffix == ".pptx":
        text = word_text(path) + b" ".join(word_parts(path).values()).decode(errors="replace")
    elif path.suffix == ".xlsx":
        text = sheet_text(path)
    else:
        assert path.suffix == ".pdf", path.name
        alts = " ".join(alt for _, alt in pdf_elements(path))
        text = f"{pdf_text(path)} {alts} {pdf_metadata(path)}"
    return " ".join(text.split())


def documents(study: Path, readers: str, stem: str = "*") -> list[Path]:
    """All files of reports in all their formats; where every report is asked for, no file of the folder is left out."""
    folder = study / "reports" / readers
    whole = [path for path in folder.glob(f"{stem}.pdf") if not path.stem.endswith(DASHBOARD)]
    found = {path.with_name(f"{path.stem}{end}") for path in whole for end in endings(path.stem.split("-")[0])}
    assert found
    if stem == "*":
        found.add(folder / "index.html")
        assert found == set(folder.iterdir())
    return sorted(found)


def names(study: Path, pairs: list[str]) -> set[str]:
    """All names of pairs and of their trusts, and all pseudonyms and sources of their people."""
    rows = table(study, "pairs").query("pair in @pairs")
    codes = {*rows["supporter"], *rows["receiver"]}
    trusts = {str(name).partition(" NHS")[0] for name in table(study, "trusts").query("ods in @codes")["name"]}
    people = set(table(study, "participants").query("pair in @pairs")["participant"])
    return {*pairs, *codes, *trusts, *people}


def named(text: str, forbidden: set[str]) -> set[str]:
    near = (name for name in forbidden if name in text)
    return {name for name in near if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)}


def test_the_search_finds_the_names_where_they_stand(published: Path) -> None:
    forbidden = names(published, PAIRS)
    assert len(forbidden) > 1000
    for path in documents(published, "internal", "report"):
        trust = "ZB7" if TABLES in path.name else "Marram Coast"  # the annex names trusts by their codes
        assert {*PAIRS, trust, "SYN01-R1"} <= named(everything(path), forbidden), path.name


def test_no_public_document_names_a_pair_a_trust_or_a_person(published: Path) -> None:
    forbidden = names(published, PAIRS)
    for path in documents(published, "public"):
        assert named(everything(path), forbidden) == set(), path.name


@pytest.mark.parametrize("pair", PAIRS)
def test_a_brief_names_its_own_pair_and_no_other_and_no_person(published: Path, pair: str) -> None:
    others = names(published, [name for name in PAIRS if name != pair])
    people = set(table(published, "participants")["participant"])
    for path in documents(published, "partners", f"brief-{pair}"):
        assert named(everything(path), others | people) == set(), path.name
        assert named(everything(path), {pair}) == {pair}, path.name


def counts(path: Path) -> Iterator[tuple[str, str]]:
    """Every cell that counts people, with the caption of its table, on a page or in a workbook."""
    for caption, heads, rows in sheet_tables(path) if path.suffix == ".xlsx" else page_tables(path):
        if not TABLES_OF_PEOPLE.match(caption):
            continue
        for row in rows:
            yield from ((caption, cell) for head, cell in zip(heads, row, strict=True) if WORDS_OF_PEOPLE.match(head))


def small(path: Path) -> list[tuple[str, str]]:
    return [(caption, cell) for caption, cell in counts(path) if re.fullmatch("[1-7]", cell)]


def test_no_small_count_of_people_is_public_and_every_other_is_rounded(published: Path) -> None:
    public, internal = published / "reports" / "public", published / "reports" / "internal"
    found = list(counts(public / "report.html"))
    assert (
        len({caption for caption, _ in found}) == 10
    )  # of who was asked, themes, reliability, comments, and five of codes
    for name in ("report.html", f"report{TABLES}.html", f"report{TABLES}.xlsx"):
        assert small(public / name) == []
        assert {cell for _, cell in counts(public / name) if not re.fullmatch(r"\d*[05]|withheld", cell)} == set()
    assert len(small(internal / "report.html")) > 50  # there were some to withhold
    assert list(counts(internal / f"report{TABLES}.xlsx")) == list(counts(internal / f"report{TABLES}.html"))


@pytest.mark.parametrize("pair", PAIRS)
def test_a_brief_counts_nobody_of_the_few_who_were_interviewed(published: Path, pair: str) -> None:
    path = published / "reports" / "partners" / f"brief-{pair}.html"
    assert small(path) == []
    joint = next(found for found in soup(path).find_all("table") if "Joint display" in found.get_text())
    strand = [row.find_all(["th", "td"])[1].get_text() for row in joint.select("tbody tr")]
    assert set(strand) <= set(STATES.values())
    assert len(strand) == 5


@pytest.mark.parametrize("stem", ["report", "summary"])
def test_no_public_alt_text_counts_few_people(published: Path, stem: str) -> None:
    page = soup(published / "reports" / "public" / f"{stem}.html")
    said = " ".join(str(picture["alt"]) for picture in page.find_all("img"))
    assert re.findall(r"\b[1-7] (?:enabler|barrier|mixed|neutral|people)", said) == []
    if stem == "report":
        inside = soup(published / "reports" / "internal" / "report.html")
        assert re.search(
            r"\b[1-7] (enabler|barrier|mixed)", " ".join(str(tag["alt"]) for tag in inside.find_all("img"))
        )


def approved(study: Path) -> pd.DataFrame:
    """Every approved passage with its words and its speaker, and whether a raw coding calls it sensitive."""
    found = table(study, "approvals").merge(table(study, "sources"), left_on="source_id", right_on="source")
    found["words"] = [text[a:b] for text, a, b in zip(found["text"], found["start"], found["end"], strict=True)]
    raw = pd.read_csv(study / "data" / "raw" / "sources.csv").query("participant != 'interviewer'")
    found = found.merge(raw[["source", "participant"]], on="source").merge(
        table(study, "participants"), on="participant"
    )
    codings = pd.read_csv(study / "data" / "raw" / "codings.csv").query("code == 'SENS'")
    assert len(codings) > 10
    found["sensitive"] = [
        bool(((codings["source_id"] == source) & (codings["start"] < end) & (codings["end"] > start)).any())
        for source, start, end in zip(found["source"], found["start"], found["end"], strict=True)
    ]
    return found


def said(path: Path) -> list[str]:
    return [str(quote.p and quote.p.get_text()) for quote in soup(path).find_all("blockquote")]


@pytest.mark.parametrize("stem", ["report", "summary"])
def test_every_public_quote_has_consent_and_approval_and_is_not_sensitive(published: Path, stem: str) -> None:
    known = approved(published).set_index("words")
    quotes = said(published / "reports" / "public" / f"{stem}.html")
    assert len(quotes) >= 3
    for quote in quotes:
        row = known.loc[quote]
        assert (row["audience"], row["consent"], row["quotes"], row["sensitive"]) == ("public", True, True, False)


@pytest.mark.parametrize("pair", PAIRS)
def test_every_quote_of_a_brief_is_its_own_pairs_and_for_partners(published: Path, pair: str) -> None:
    known = approved(published).set_index("words")
    quotes = said(published / "reports" / "partners" / f"brief-{pair}.html")
    assert quotes
    for quote in quotes:
        row = known.loc[quote]
        assert row["audience"] in {"partners", "public"}
        assert (row["pair"], row["consent"], row["quotes"], row["sensitive"]) == (pair, True, True, False)


def test_no_words_but_approved_ones_are_public(published: Path) -> None:
    """Every sentence that anybody said or wrote, of some length, stands in no public document unless approved."""
    units = table(published, "units").query("codable")
    open_ones = letters(" ".join(approved(published).query("audience == 'public'")["words"]))
    spoken = {letters(text) for text in units["text"] if len(text.split()) >= 8}
    closed = {words for words in spoken if words not in open_ones}
    assert len(closed) > 500
    for path in documents(published, "public"):
        text = letters(everything(path))
        assert [words for words in closed if words in text] == [], path.name


def test_only_the_team_reads_the_evaluators_summaries(published: Path) -> None:
    summaries = {letters(text) for text in table(published, "summaries")["summary"]}
    for ending in (".html", ".xlsx"):
        inside = letters(everything(published / "reports" / "internal" / f"report{TABLES}{ending}"))
        assert all(text in inside for text in summaries), ending
    for path in [*documents(published, "public"), *documents(published, "partners")]:
        text = letters(everything(path))
        assert [summary for summary in summaries if summary in text] == [], path.name


def test_whose_words_they_are_gives_no_rare_post_away(published: Path) -> None:
    people = table(published, "participants").query("kind == 'interview'")
    posts = people.groupby([people["role"].str.replace("_", " "), "side"]).size()
    allowed = {f"{role}, {side}" for (role, side), n in zip(posts.index.tolist(), posts, strict=True) if n >= 3} | {
        "supporter",
        "receiver",
    }
    page = soup(published / "reports" / "public" / "report.html")
    assert {tag.get_text() for tag in page.select("blockquote .source")} <= allowed | {"a participant"}
    assert (posts < 3).any()  # there was something to keep


def test_every_document_says_that_the_study_is_invented(published: Path) -> None:
    for readers in ("internal", "partners", "public"):
        for path in documents(published, readers):
            assert "Invented for illustration" in everything(path), path.name
            assert re.search(r"code [0-9a-f]{12}, data [0-9a-f]{12}\.", everything(path)), path.name
