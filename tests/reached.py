"""Which functions of the package a function reaches, read from the syntax trees: calls, and names handed on."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"


@functools.cache
def tree(module: str) -> ast.Module | None:
    """The syntax tree of a module of the package; nothing where there is no such module."""
    path = SOURCE / module.replace(".", "/")
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return ast.parse(file.read_text("utf-8"))
    return None


def names(module: str, node: ast.AST) -> dict[str, str]:
    """What the imports below a node call by which name: a module or a module's function, dotted."""
    found: dict[str, str] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.ImportFrom) and (part.module or "").startswith("buddy_eval"):
            found |= {alias.asname or alias.name: f"{part.module}.{alias.name}" for alias in part.names}
    return found


def definitions(module: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """The functions and classes that a module defines."""
    body = tree(module)
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name: node for node in body.body if isinstance(node, kinds)} if body else {}


def defined(dotted: str) -> tuple[str, str] | None:
    """The module and name that a dotted name stands for, through what a package hands on."""
    module, _, name = dotted.rpartition(".")
    body = tree(module)
    if body is None:
        return None
    if name in definitions(module):
        return module, name
    further = names(module, body).get(name)
    return defined(further) if further and further != dotted else None


def parameters(node: ast.AST) -> list[ast.arg]:
    """The parameters of a function: in it, they stand for themselves."""
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if isinstance(node, ast.FunctionDef) else []


def mentioned(module: str, node: ast.AST) -> Iterator[tuple[str, str]]:
    """The functions and classes of the package that a definition names."""
    body = tree(module)
    assert body is not None
    known = names(module, body) | {name: f"{module}.{name}" for name in definitions(module)}
    known = {name: dotted for name, dotted in known.items() if name not in {part.arg for part in parameters(node)}}
    for part in ast.walk(node):
        dotted = ""
        if isinstance(part, ast.Name):
            dotted = known.get(part.id, "")
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in known:
            dotted = f"{known[part.value.id]}.{part.attr}"
        if dotted and (target := defined(dotted)):
            yield target


def reached(module: str, name: str) -> set[str]:
    """Every function and class that one function reaches, dotted, itself left out."""
    start = (module, name)
    waiting, seen = [start], {start}
    while waiting:
        module, name = waiting.pop()
        for target in mentioned(module, definitions(module)[name]):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return {".".join(target) for target in seen - {start}}
