"""The XML of REFI-QDA files, by local names: tools disagree about versions of the name space, and about GUIDs."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from buddy_eval.base.errors import Fault, StudyError

BROKEN = "save it again in the tool, or export it anew"


def tree(data: bytes, file: str) -> Element:
    """Parse XML from outside: no DOCTYPE, no entities, no network. Raises StudyError for anything else."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise StudyError([Fault(file, 0, "declares a DOCTYPE or entities, which no project needs", BROKEN)]) from None
    except (ParseError, ValueError, LookupError):
        raise StudyError([Fault(file, 0, "is not whole XML", BROKEN)]) from None
    if local(root) not in {"Project", "CodeBook"}:
        raise StudyError([Fault(file, 0, f"begins with {local(root)!r}, not Project or CodeBook", BROKEN)])
    return root


def carriers(source: Element) -> Iterator[Element]:
    """The elements below a source that may hold selections: itself, a representation, transcripts."""
    yield source
    for child in source:
        if local(child) in {"Representation", "Transcript", "TextDescription"}:
            yield child


def inside(path: str) -> str:
    """The name of a file within the archive, or nothing for a path that leads elsewhere."""
    plain = unquote(path.strip()).removeprefix("internal://").replace("\\", "/").removeprefix("./")
    outside = "://" in plain or plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":"
    return "" if outside else plain.removeprefix("sources/").removeprefix("Sources/")


def whole(text: str | None) -> int:
    """Return a whole number from 0 up, or -1."""
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else -1


def bare(guid: str) -> str:
    """Return a GUID without braces, in lower case."""
    return guid.strip().strip("{}").lower()


def guid(element: Element) -> str:
    """Return an element's GUID."""
    return bare(element.get("guid", ""))


def local(element: Element) -> str:
    """Return the name of an element without its name space."""
    return str(element.tag).rsplit("}", 1)[-1]


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the children of a name."""
    return (child for child in element if local(child) == name)


def below(element: Element, group: str, name: str) -> Iterator[Element]:
    """Yield the elements of a name in the groups of a name: Users, User."""
    return (child for outer in children(element, group) for child in children(outer, name))


def child_text(element: Element, name: str) -> str | None:
    """Return the text of the first child of a name, or None where there is none."""
    child = next(children(element, name), None)
    return None if child is None else child.text or ""
