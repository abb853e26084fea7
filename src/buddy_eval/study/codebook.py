"""Themes, codes, lexicon, survey items and board questions: strict YAML to frames, all faults at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.base.yaml_nodes import Book, Node, load_yaml
from buddy_eval.schemas import VALUES, clean, conform
from buddy_eval.study.code_history import Change, load_history

PACKAGED = Path(__file__).parents[1] / "instrument"
WORD_STAR = "a star stands at the end of a word only, as in engag*"
UNTOLD = "No definition was given; write one."  # stands in a draft where a project says nothing; it is not exported
FLAT = "all"  # the theme of a draft whose project has none
CODE_KEYS = ("id", "name", "definition", "include", "exclude", "example", "place", "parent", "terms")


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
    rules: str = ""


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
        str(about["rules"].value) if "rules" in about else "",
    )


def _negations(book: Book, node: Node | None) -> tuple[tuple[str, ...], int]:
    """The words that negate what follows them, and how far they reach."""
    keys = book.mapping(node, ("window", "words"), "negations")
    window = keys["window"].value if "window" in keys else None
    if type(window) is not int or window < 1:
        book.fault(node, f"negations window is {window!r}", "give a whole number from 1 up")
        window = 0
    listed = book.rows(keys.get("words"), "negations words")
    if "words" in keys and not listed:
        book.fault(keys["words"], "negations words is empty", "name one word at least, such as not")
    for word in listed:
        if not re.fullmatch(r"[\w'\u2019]+", str(word.value)):
            book.fault(word, f"negation {word.value!r} is not one word", "mend or drop it")
    return tuple(dict.fromkeys(str(word.value).lower() for word in listed)), window


def _code(book: Book, node: Node, theme: str | None, codes: list[Any], terms: list[Any]) -> None:
    code = book.mapping(node, CODE_KEYS, "a code")
    name = book.text(code, "id", node)
    optional = [
        str(code[key].value) if key in code else None for key in ("include", "exclude", "example", "place", "parent")
    ]
    if optional[-1] is not None and (optional[-1], theme) not in {row[:2] for row in codes}:
        problem = f"parent {optional[-1]!r} is no code above it in the same theme"
        book.fault(code["parent"], problem, "name the id of a code that stands above, or take the line out")
    codes.append((name, theme, book.text(code, "name", node), book.text(code, "definition", node), *optional))
    places: dict[str, Node] = {}
    by_valence = book.mapping(code["terms"], ("any", "enabler", "barrier"), "terms") if "terms" in code else {}
    for valence, listed in by_valence.items():
        for term in book.rows(listed, "terms"):
            text = str(term.value)
            if problem := _malformed(text):
                book.fault(term, f"term {text!r}: {problem}", "mend or drop it")
            elif text in places:
                book.fault(term, f"term {text!r} stands twice under {name}", "keep one")
            places[text] = term
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
