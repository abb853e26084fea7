"""YAML without surprises: no aliases, no key twice, and `no`, `12:30` and `1e3` stay what somebody wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from buddy_eval.base.errors import Fault, StudyError, nearest

MAX_BYTES = 250_000  # ten times the packaged codebook; the parser takes about five seconds for it
BOOL, INT = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int"


@dataclass(frozen=True)
class Node:
    """A value and the line it stands on: text, a whole number, true or false, a list or mapping of nodes."""

    value: Any
    line: int


class _Loader(yaml.SafeLoader):
    """Knows true, false and plain whole numbers; everything else is text."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(INT, re.compile(r"^(?:0|[1-9]\d*)$"), list("0123456789"))


def load_yaml(path: Path) -> Node:
    """Read a YAML file into nodes.

    Raises
    ------
    StudyError : absent, too large, no YAML, an alias, or a key twice; the line is named.
    """
    if not path.is_file():
        raise StudyError([Fault(path.name, 0, "the file is not there", "check its name and its folder")])
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise StudyError([Fault(path.name, 0, "is larger than 250 kB", "a codebook is never that large")])
    try:
        loader = _Loader(data.decode("utf-8-sig"))
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
        return _plain(root, path.name, set())
    except UnicodeDecodeError:
        raise StudyError([Fault(path.name, 0, "is not UTF-8", "save it as UTF-8")]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be read"
        line = mark.line + 1 if mark else 0
        raise StudyError([Fault(path.name, line, f"is not YAML: {problem}", "mend the line")]) from None
    except RecursionError:
        raise StudyError([Fault(path.name, 0, "is nested too deeply", "a codebook has four levels")]) from None


def _plain(node: yaml.Node | None, file: str, seen: set[int]) -> Node:
    if node is None:
        raise StudyError([Fault(file, 0, "the file is empty", "see the packaged file for the form")])
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise StudyError([Fault(file, line, "uses an alias", "write the value out")])
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        if node.tag == BOOL:
            return Node(node.value == "true", line)
        if node.tag == INT:
            if not re.fullmatch(r"0|[1-9]\d{,17}", node.value, re.ASCII):
                problem = f"{node.value[:20]!r} is not a whole number that can be used"
                raise StudyError([Fault(file, line, problem, "put it in quotes, or mend it")])
            return Node(int(node.value), line)
        return Node(node.value, line)
    if isinstance(node, yaml.SequenceNode):
        return Node([_plain(child, file, seen) for child in node.value], line)
    mapping: dict[str, Node] = {}
    for key, value in node.value:
        name = str(_plain(key, file, seen).value)
        if name in mapping:
            raise StudyError([Fault(file, key.start_mark.line + 1, f"key {name!r} stands twice", "keep one")])
        mapping[name] = _plain(value, file, seen)
    return Node(mapping, line)


class Book:
    """Collects the faults of one file while its parts are taken out."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, node: Node | None, problem: str, remedy: str) -> None:
        """Keep a fault at the line of a node."""
        self.faults.append(Fault(self.file, node.line if node else 0, problem, remedy))

    def mapping(self, node: Node | None, keys: tuple[str, ...], what: str) -> dict[str, Node]:
        """Return a mapping, whose keys must be among the given ones; without one there is no going on."""
        if node is None or not isinstance(node.value, dict):
            self.fault(node, f"{what} is missing or has no keys", "see the packaged file for the form")
            self.done()
        nodes: dict[str, Node] = node.value  # type: ignore[union-attr]
        for key in nodes if keys else ():
            if key not in keys:
                self.fault(nodes[key], f"{key!r} is no key of {what}", nearest(key, keys))
        return nodes

    def rows(self, node: Node | None, what: str) -> list[Node]:
        """Return a list."""
        if node is None or not isinstance(node.value, list):
            self.fault(node, f"{what} is missing or no list", "see the packaged file for the form")
            return []
        return node.value

    def text(self, mapping: dict[str, Node], key: str, node: Node) -> str:
        """Return the text of a key that must be filled."""
        value = mapping[key].value if key in mapping else ""
        if not isinstance(value, str | int | float) or not str(value).strip():
            self.fault(node, f"{key} is empty", f"give its {key}")
        return str(value)

    def unique(self, names: list[Any], what: str) -> None:
        """Ask that no name stands twice."""
        for name in sorted({str(name) for name in names if names.count(name) > 1}):
            self.fault(None, f"{what} {name!r} stands twice", "rename one of them")

    def done(self) -> None:
        """Raise all faults together, if there are any."""
        if self.faults:
            raise StudyError(self.faults)
