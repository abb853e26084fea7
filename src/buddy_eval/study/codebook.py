"""Themes, codes, lexicon, survey items and board questions: strict YAML to frames, all faults at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.base.errors import Fault, nearest
from buddy_eval.base.yaml_nodes import Book, Node, load_yaml
from buddy_eval.schemas import VALUES, clean, conform
from buddy_eval.study.code_history import Change, load_history

PACKAGED = Path(__file__).parents[1] / "instrument"
WORD_STAR = "a star stands at the end of a word only, as in engag*"
CODE_KEYS = ("id", "name", "definition", "include", "exclude", "place", "terms")
ITEM_KEYS = ("id", "theme", "code", "reversed", "text", "kind")
OPTIONS = ("1", "2", "3", "4", "5")
NON_ANSWERS = ("not_applicable", "dont_know")
QUESTION_KEYS = ("id", "heading", "theme", "code", "text", "depends_on")


@dataclass(frozen=True)
class Codebook:
    """A codebook: frames `themes`, `codes`, `terms`, and the words that negate what follows them."""

    id: str
    version: str
    themes: pd.DataFrame
    codes: pd.DataFrame
    terms: pd.DataFrame
    negations: tuple[str, ...]
    window: int
    history: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Instrument:
    """An instrument: frames `items` and `questions`, and what every accepted answer label means.

    `labels` maps a label in the form of `plain_label` to 1..5, ``not_applicable`` or ``dont_know``; `options`
    are the labels to print, from 1 up.
    """

    id: str
    version: str
    items: pd.DataFrame
    questions: pd.DataFrame
    labels: dict[str, int | str]
    options: tuple[str, ...]


def load_codebook(path: Path | None = None) -> Codebook:
    """Read a codebook of the form of the packaged one (`path` None).

    Raises
    ------
    StudyError : with every fault of the file: its line, the value, the remedy.

    >>> codebook = load_codebook()
    >>> len(codebook.themes), len(codebook.codes.dropna(subset=["theme"]))
    (5, 34)
    """
    path = path or PACKAGED / "codebook.yaml"
    book = Book(path.name)
    top = book.mapping(load_yaml(path), ("codebook", "negations", "themes", "reserved", "history"), "the file")
    about = book.mapping(top.get("codebook"), ("id", "version", "status", "source", "rules"), "codebook")
    name, version = (book.text(about, key, top["codebook"]) for key in ("id", "version"))
    words, window = _negations(book, top.get("negations"))
    themes, codes, terms = list[Any](), list[Any](), list[Any]()
    for position, node in enumerate(book.rows(top.get("themes"), "themes"), 1):
        theme = book.mapping(node, ("id", "label", "definition", "codes"), "a theme")
        key = book.text(theme, "id", node)
        themes.append((key, book.text(theme, "label", node), book.text(theme, "definition", node), position))
        for code in book.rows(theme.get("codes"), "codes"):
            _code(book, code, key, codes, terms)
    for code in book.rows(top.get("reserved"), "reserved") if "reserved" in top else []:
        _code(book, code, None, codes, terms)
    book.unique([row[0] for row in codes], "code")
    book.unique([row[0] for row in themes], "theme")
    history = load_history(book, top["history"], [row[0] for row in codes]) if "history" in top else ()
    book.done()
    frame = pd.DataFrame(codes, columns=[c for c in clean.CODES.names if c != "position"])
    return Codebook(
        name,
        version,
        conform(pd.DataFrame(themes, columns=clean.THEMES.names), clean.THEMES),
        conform(frame.assign(position=range(1, len(frame) + 1)), clean.CODES),
        conform(pd.DataFrame(terms, columns=clean.TERMS.names), clean.TERMS),
        words,
        window,
        history,
    )


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
    labels, options = _scale(book, top.get("agreement"))
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
    )


def plain_label(text: str) -> str:
    """Compare answer labels without case, the form of apostrophes or the number of spaces.

    >>> plain_label("Don\u2019t  know")
    "don't know"
    """
    return " ".join(text.casefold().replace("\u2019", "'").split())


def _negations(book: Book, node: Node | None) -> tuple[tuple[str, ...], int]:
    """The words that negate what follows them, and how far they reach."""
    found = book.mapping(node, ("window", "words"), "negations")
    window = found["window"].value if "window" in found else None
    if type(window) is not int or window < 1:
        book.fault(node, f"negations window is {window!r}", "give a whole number from 1 up")
        window = 0
    listed = book.rows(found.get("words"), "negations words")
    if "words" in found and not listed:
        book.fault(found["words"], "negations words is empty", "name one word at least, such as not")
    for word in listed:
        if not re.fullmatch(r"[\w'\u2019]+", str(word.value)):
            book.fault(word, f"negation {word.value!r} is not one word", "mend or drop it")
    return tuple(dict.fromkeys(str(word.value).lower() for word in listed)), window


def _scale(book: Book, node: Node | None) -> tuple[dict[str, int | str], tuple[str, ...]]:
    """What every accepted answer label means, and the labels of the five options."""
    found = book.mapping(node, ("options", "not_applicable", "dont_know", "aliases"), "agreement")
    given = book.mapping(found.get("options"), (), "options")
    if sorted(given) != list(OPTIONS):
        book.fault(node, f"options are {', '.join(map(repr, given))}", "label 1, 2, 3, 4 and 5, each once")
    options = {key: book.text(given, key, given[key]) for key in sorted(given)}
    labels: dict[str, int | str] = {key: int(key) for key in OPTIONS}
    meanings: dict[str, int | str] = {**labels, **{kind: kind for kind in NON_ANSWERS}}
    labels |= {plain_label(label): int(key) for key, label in options.items() if key in OPTIONS}
    labels |= {plain_label(book.text(found, kind, node or found["options"])): kind for kind in NON_ANSWERS}
    for alias, meant in book.mapping(found["aliases"], (), "aliases").items() if "aliases" in found else ():
        if str(meant.value) in meanings:
            labels[plain_label(alias)] = meanings[str(meant.value)]
        else:
            problem = f"alias {alias!r} means {meant.value!r}, which is no answer"
            book.fault(meant, problem, nearest(str(meant.value), meanings))
    return labels, tuple(options.values())


def _code(book: Book, node: Node, theme: str | None, codes: list[Any], terms: list[Any]) -> None:
    code = book.mapping(node, CODE_KEYS, "a code")
    name = book.text(code, "id", node)
    optional = [str(code[key].value) if key in code else None for key in ("include", "exclude", "place")]
    codes.append((name, theme, book.text(code, "name", node), book.text(code, "definition", node), *optional))
    found: dict[str, Node] = {}
    for valence, listed in (
        book.mapping(code["terms"], ("any", "enabler", "barrier"), "terms").items() if "terms" in code else ()
    ):
        for term in book.rows(listed, "terms"):
            text = str(term.value)
            if problem := _malformed(text):
                book.fault(term, f"term {text!r}: {problem}", "mend or drop it")
            elif text in found:
                book.fault(term, f"term {text!r} stands twice under {name}", "keep one")
            found[text] = term
            terms.append((name, text, valence if valence in VALUES["valence"] else None))


def _malformed(term: str) -> str:
    words = term.removeprefix("=").split()
    if sign := re.search(r"[\\\[\](){}|^$+?]|\.\*", term):
        return f"{sign.group()!r} looks like a regular expression; a term is words, each written out"
    if not any(character.isalnum() for character in term):
        return "has no word in it"
    if any("*" in word[:-1] or word == "*" for word in words):
        return WORD_STAR
    return ""


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
    found = book.mapping(node, QUESTION_KEYS, "a question")
    return {
        "question": book.text(found, "id", node),
        "source_heading": book.text(found, "heading", node),
        "theme": book.text(found, "theme", node),
        "code": str(found["code"].value) if "code" in found else None,
        "wording": book.text(found, "text", node),
        "depends_on": str(found["depends_on"].value) if "depends_on" in found else None,
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
