"""Survey items, board questions and their scales: strict YAML to frames, all faults at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.base.errors import Fault, nearest
from buddy_eval.base.yaml_nodes import Book, Node, load_yaml
from buddy_eval.schemas import clean, conform
from buddy_eval.study.codebook import PACKAGED, Codebook

ITEM_KEYS = ("id", "theme", "code", "reversed", "text", "kind")
OPTIONS = ("1", "2", "3", "4", "5")
RATINGS = ("0", "1", "2", "3", "4")
NON_ANSWERS = ("not_applicable", "dont_know")
QUESTION_KEYS = ("id", "heading", "theme", "code", "text", "depends_on")


@dataclass(frozen=True)
class Instrument:
    """An instrument: frames `items` and `questions`, and what every accepted answer label means.

    `labels` maps a label in the form of `plain_label` to 1..5, ``not_applicable`` or ``dont_know``; `options`
    are the labels to print, from 1 up, `apart` those of no answer. `readiness` says what 0 to 4 mean to a board
    (empty where the file leaves it out), `notice` stands beside every question with free text.
    """

    id: str
    version: str
    items: pd.DataFrame
    questions: pd.DataFrame
    labels: dict[str, int | str]
    options: tuple[str, ...]
    apart: tuple[str, ...]
    readiness: tuple[str, ...]
    notice: str


def load_instrument(path: Path | None = None, codebook: Codebook | None = None) -> Instrument:
    """Read the survey items and board questions (`path` None: the packaged ones).

    With a codebook given, themes and codes that it lacks are faults. Raises `StudyError` as `load_codebook`.
    """
    path = path or PACKAGED / "instrument.yaml"
    book = Book(path.name)
    names = ("instrument", "agreement", "readiness", "items", "free_text_notice", "questions")
    top = book.mapping(load_yaml(path), names, "the file")
    about = book.mapping(top.get("instrument"), ("id", "version", "status", "source"), "instrument")
    name, version = (book.text(about, key, top["instrument"]) for key in ("id", "version"))
    labels, options, apart = _scale(book, top.get("agreement"))
    readiness = _readiness(book, top["readiness"]) if "readiness" in top else ()
    notice = book.text(top, "free_text_notice", top["instrument"]) if "free_text_notice" in top else ""
    items = [_item(book, node) for node in book.rows(top.get("items"), "items")]
    questions = [_question(book, node) for node in book.rows(top.get("questions"), "questions")]
    book.unique([row["item"] for row in items], "item")
    book.unique([row["question"] for row in questions], "question")
    if codebook is not None:
        _rests_on(book, [*items, *questions], codebook)
    book.done()
    return Instrument(
        name,
        version,
        conform(_numbered(items, clean.ITEMS.names), clean.ITEMS),
        conform(_numbered(questions, clean.QUESTIONS.names), clean.QUESTIONS),
        labels,
        options,
        apart,
        readiness,
        notice,
    )


def plain_label(text: str) -> str:
    """Compare answer labels without case, the form of apostrophes or the number of spaces.

    >>> plain_label("Don\u2019t  know")
    "don't know"
    """
    return " ".join(text.casefold().replace("\u2019", "'").split())


def _scale(book: Book, node: Node | None) -> tuple[dict[str, int | str], tuple[str, ...], tuple[str, ...]]:
    """What every accepted answer label means, the labels of the five options, and those of no answer."""
    keys = book.mapping(node, ("options", "not_applicable", "dont_know", "aliases"), "agreement")
    numbered = book.mapping(keys.get("options"), (), "options")
    if sorted(numbered) != list(OPTIONS):
        book.fault(node, f"options are {', '.join(map(repr, numbered))}", "label 1, 2, 3, 4 and 5, each once")
    options = {key: book.text(numbered, key, numbered[key]) for key in sorted(numbered)}
    labels: dict[str, int | str] = {key: int(key) for key in OPTIONS}
    meanings: dict[str, int | str] = {**labels, **{kind: kind for kind in NON_ANSWERS}}
    labels |= {plain_label(label): int(key) for key, label in options.items() if key in OPTIONS}
    apart = tuple(book.text(keys, kind, node or keys["options"]) for kind in NON_ANSWERS)
    labels |= {plain_label(label): kind for label, kind in zip(apart, NON_ANSWERS, strict=True)}
    for alias, meant in book.mapping(keys["aliases"], (), "aliases").items() if "aliases" in keys else ():
        if str(meant.value) in meanings:
            labels[plain_label(alias)] = meanings[str(meant.value)]
        else:
            problem = f"alias {alias!r} means {meant.value!r}, which is no answer"
            book.fault(meant, problem, nearest(str(meant.value), meanings))
    return labels, tuple(options.values()), apart


def _readiness(book: Book, node: Node) -> tuple[str, ...]:
    """What the ratings 0 to 4 of a board mean."""
    keys = book.mapping(node, ("options", "not_applicable", "dont_know", "evidence_from"), "readiness")
    labels = book.mapping(keys.get("options"), (), "readiness options")
    if sorted(labels) != list(RATINGS):
        book.fault(node, f"readiness options are {', '.join(map(repr, labels))}", "label 0, 1, 2, 3 and 4, each once")
    return tuple(book.text(labels, key, labels[key]) for key in sorted(labels))


def _item(book: Book, node: Node) -> dict[str, Any]:
    item = book.mapping(node, ITEM_KEYS, "an item")
    kind = str(item["kind"].value) if "kind" in item else "theme"
    if kind not in ("theme", "overall", "free_text"):
        book.fault(node, f"kind {kind!r} is not known", "use theme, overall or free_text")
    turned = item["reversed"].value if "reversed" in item else False
    if not isinstance(turned, bool):
        book.fault(node, f"reversed is {turned!r}", "write true or false")
    optional = {key: str(item[key].value) if key in item else None for key in ("theme", "code")}
    if kind == "theme" and not optional["theme"]:
        book.fault(node, "an item of a theme without a theme", "name its theme, or its kind")
    return {
        "item": book.text(item, "id", node),
        **optional,
        "wording": book.text(item, "text", node),
        "reversed": turned is True,
        "kind": kind,
        "line": node.line,
    }


def _question(book: Book, node: Node) -> dict[str, Any]:
    keys = book.mapping(node, QUESTION_KEYS, "a question")
    return {
        "question": book.text(keys, "id", node),
        "source_heading": book.text(keys, "heading", node),
        "theme": book.text(keys, "theme", node),
        "code": str(keys["code"].value) if "code" in keys else None,
        "wording": book.text(keys, "text", node),
        "depends_on": str(keys["depends_on"].value) if "depends_on" in keys else None,
        "line": node.line,
    }


def _rests_on(book: Book, rows: list[dict[str, Any]], codebook: Codebook) -> None:
    for key, known in (("theme", codebook.themes["theme"]), ("code", codebook.codes["code"])):
        for row in rows:
            if row[key] is not None and row[key] not in set(known):
                remedy = nearest(str(row[key]), known)
                book.faults.append(Fault(book.file, row["line"], f"{key} {row[key]!r} is not in the codebook", remedy))


def _numbered(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[name for name in columns if name != "position"])
    return frame.assign(position=range(1, len(rows) + 1))
