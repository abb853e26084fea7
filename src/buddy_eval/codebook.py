"""Themes, codes, lexicon, survey items and board questions: strict YAML to frames, all faults at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.errors import Fault, StudyError, nearest
from buddy_eval.schemas import VALUES, clean, conform
from buddy_eval.strictyaml import Node, load_yaml

PACKAGED = Path(__file__).parent / "instrument"
WORD_STAR = "a star stands at the end of a word only, as in engag*"
CODE_KEYS = ("id", "name", "definition", "include", "exclude", "place", "terms")
ITEM_KEYS = ("id", "theme", "code", "reversed", "text", "kind")
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


@dataclass(frozen=True)
class Instrument:
    """An instrument: frames `items` and `questions`, and what every accepted answer label means.

    `labels` maps a label in lower case to 1..5, ``not_applicable`` or ``dont_know``; `options` are the labels to
    print, from 1 up.
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
    book = _Book(path.name)
    top = book.mapping(load_yaml(path), ("codebook", "negations", "themes", "reserved"), "the file")
    about = book.mapping(top.get("codebook"), ("id", "version", "status", "source", "rules"), "codebook")
    negations = book.mapping(top.get("negations"), ("window", "words"), "negations")
    themes, codes, terms = [], [], []
    for position, node in enumerate(book.rows(top.get("themes"), "themes"), 1):
        theme = book.mapping(node, ("id", "label", "definition", "codes"), "a theme")
        name = book.text(theme, "id", node)
        themes.append((name, book.text(theme, "label", node), book.text(theme, "definition", node), position))
        for code in book.rows(theme.get("codes"), "codes"):
            _code(book, code, name, codes, terms)
    for code in book.rows(top.get("reserved"), "reserved") if "reserved" in top else []:
        _code(book, code, None, codes, terms)
    book.unique([row[0] for row in codes], "code")
    book.unique([row[0] for row in themes], "theme")
    book.done()
    frame = pd.DataFrame(codes, columns=[c for c in clean.CODES.names if c != "position"])
    return Codebook(
        str(about["id"].value),
        str(about["version"].value),
        conform(pd.DataFrame(themes, columns=clean.THEMES.names), clean.THEMES),
        conform(frame.assign(position=range(1, len(frame) + 1)), clean.CODES),
        conform(pd.DataFrame(terms, columns=clean.TERMS.names), clean.TERMS),
        tuple(str(word.value).casefold() for word in book.rows(negations.get("words"), "negations words")),
        int(str(negations["window"].value)),
    )


def load_instrument(path: Path | None = None, codebook: Codebook | None = None) -> Instrument:
    """Read the survey items and board questions (`path` None: the packaged ones).

    With a codebook given, themes and codes that it lacks are faults. Raises `StudyError` as `load_codebook` does.
    """
    path = path or PACKAGED / "instrument.yaml"
    book = _Book(path.name)
    names = ("instrument", "agreement", "readiness", "items", "free_text_notice", "questions")
    top = book.mapping(load_yaml(path), names, "the file")
    about = book.mapping(top.get("instrument"), ("id", "version", "status", "source"), "instrument")
    scale = book.mapping(top.get("agreement"), ("options", "not_applicable", "dont_know", "aliases"), "agreement")
    items = [_item(book, node) for node in book.rows(top.get("items"), "items")]
    questions = [_question(book, node) for node in book.rows(top.get("questions"), "questions")]
    book.unique([row["item"] for row in items], "item")
    book.unique([row["question"] for row in questions], "question")
    if codebook is not None:
        _rests_on(book, [*items, *questions], codebook)
    book.done()
    options = {int(key): str(node.value) for key, node in book.mapping(scale["options"], (), "options").items()}
    labels: dict[str, int | str] = {label.casefold(): value for value, label in options.items()}
    labels |= {str(value): value for value in options}
    labels |= {str(scale[kind].value).casefold(): kind for kind in ("not_applicable", "dont_know")}
    for label, node in book.mapping(scale.get("aliases"), (), "aliases").items():
        labels[label.casefold()] = int(node.value) if str(node.value).isdigit() else str(node.value)
    return Instrument(
        str(about["id"].value),
        str(about["version"].value),
        conform(_numbered(items, clean.ITEMS.names), clean.ITEMS),
        conform(_numbered(questions, clean.QUESTIONS.names), clean.QUESTIONS),
        labels,
        tuple(options[value] for value in sorted(options)),
    )


class _Book:
    """Collects the faults of one file while its parts are taken out."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, node: Node | None, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, node.line if node else 0, problem, remedy))

    def mapping(self, node: Node | None, keys: tuple[str, ...], what: str) -> dict[str, Node]:
        if node is None or not isinstance(node.value, dict):
            self.fault(node, f"{what} is missing or has no keys", "see the packaged file for the form")
            self.done()
        found: dict[str, Node] = node.value  # type: ignore[union-attr]
        for key in found if keys else ():
            if key not in keys:
                self.fault(found[key], f"{key!r} is no key of {what}", nearest(key, keys))
        return found

    def rows(self, node: Node | None, what: str) -> list[Node]:
        if node is None or not isinstance(node.value, list):
            self.fault(node, f"{what} is missing or no list", "see the packaged file for the form")
            return []
        return node.value

    def text(self, found: dict[str, Node], key: str, node: Node) -> str:
        value = found[key].value if key in found else ""
        if not isinstance(value, str | int | float) or not str(value).strip():
            self.fault(node, f"{key} is empty", f"give its {key}")
        return str(value)

    def unique(self, names: list[Any], what: str) -> None:
        for name in sorted({str(name) for name in names if names.count(name) > 1}):
            self.fault(None, f"{what} {name!r} stands twice", "rename one of them")

    def done(self) -> None:
        if self.faults:
            raise StudyError(self.faults)


def _code(book: _Book, node: Node, theme: str | None, codes: list[Any], terms: list[Any]) -> None:
    code = book.mapping(node, CODE_KEYS, "a code")
    name = book.text(code, "id", node)
    optional = [str(code[key].value) if key in code else None for key in ("include", "exclude", "place")]
    codes.append((name, theme, book.text(code, "name", node), book.text(code, "definition", node), *optional))
    found: dict[str, Node] = {}
    for valence, listed in book.mapping(code["terms"], ("any", "enabler", "barrier"), "terms").items() if "terms" in code else ():
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
    if not any(character.isalnum() for character in term):
        return "has no word in it"
    if any("*" in word[:-1] or word == "*" for word in words):
        return WORD_STAR
    return ""


def _item(book: _Book, node: Node) -> dict[str, Any]:
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


def _question(book: _Book, node: Node) -> dict[str, Any]:
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


def _rests_on(book: _Book, rows: list[dict[str, Any]], codebook: Codebook) -> None:
    for key, known in (("theme", codebook.themes["theme"]), ("code", codebook.codes["code"])):
        for row in rows:
            if row[key] is not None and row[key] not in set(known):
                remedy = nearest(str(row[key]), known)
                book.faults.append(Fault(book.file, row["line"], f"{key} {row[key]!r} is not in the codebook", remedy))


def _numbered(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).assign(position=range(1, len(rows) + 1))
    return frame[columns]
