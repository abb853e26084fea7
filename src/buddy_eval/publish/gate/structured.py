"""Files for machines, parsed as a machine would: no escape, comment or second key hides anything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat  # only what this package has written comes here, and declarations are faults

import yaml

from buddy_eval.exchange.export.sheets import FORMULA

Text = tuple[int, str]  # the row as a spreadsheet or an editor counts it, or 0, and what stands there


class NotPlainError(ValueError):
    """A file that holds more than its data: a comment, a key twice, a formula, another form than is written here."""


def texts(data: bytes, ending: str) -> Iterator[Text]:
    """Yield every text of a file with its row.

    Raises
    ------
    NotPlainError : there is more in the file than what a parser gives back.
    """
    try:
        text = data.decode("utf-8-sig")
        if ending == ".csv":
            yield from _cells(text)
        elif ending == ".json":
            yield from ((0, leaf) for leaf in _leaves(json.loads(text, object_pairs_hook=_once)))
        elif ending in {".yaml", ".cff"}:
            content = yaml.safe_load(text)
            if yaml_text(content) != text:
                raise NotPlainError("is not as it is written from its data, and may hold comments")
            yield from ((0, leaf) for leaf in _leaves(content))
        elif ending == ".qdc":
            yield from ((0, leaf) for leaf in _marked_up(data))
        else:
            yield from enumerate(text.splitlines(), 1)
    except (yaml.YAMLError, csv.Error, expat.ExpatError, RecursionError, UnicodeDecodeError) as error:
        raise NotPlainError(f"cannot be parsed ({type(error).__name__})") from None
    except json.JSONDecodeError:
        raise NotPlainError("cannot be parsed (JSON)") from None


def yaml_text(content: Any) -> str:
    """Return data as YAML, in the one form that is published: no comment, no alias, no tag."""
    dumped: str = yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)
    return dumped


class _Plain(yaml.SafeDumper):
    """Writes everything out, though it stands twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _cells(text: str) -> Iterator[Text]:
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
        for cell in row:
            if cell.startswith(FORMULA) and not _number(cell):
                raise NotPlainError(f"row {number} holds a cell that a spreadsheet takes for a formula")
            yield number, cell


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise NotPlainError("holds a key twice")
    return dict(pairs)


def _leaves(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield str(key)
            yield from _leaves(value)
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value)
    elif content is not None:
        yield str(content)


def _marked_up(data: bytes) -> list[str]:
    """The attributes and the texts of XML, by element."""
    words, now = list[str](), list[str]()

    def refuse(*_: object) -> None:
        raise NotPlainError("holds a comment, an instruction or a declaration")

    def opened(_: str, attributes: dict[str, str]) -> None:
        words.extend(attributes.values())
        closed()

    def closed(*_: object) -> None:
        words.append("".join(now))
        now.clear()

    parser = expat.ParserCreate()
    parser.CommentHandler = parser.ProcessingInstructionHandler = parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = opened, closed, now.append
    parser.Parse(data, True)
    return words
