"""The paragraphs of RTF files, and the words that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.table_rows import Row

NOTES, COMMENTS, EDGES = "words of footnotes and endnotes", "words of comments", "words of page heads and feet"
HIDDEN = "hidden words"
GROUP = re.compile(r"\{\\(?:\*\\)?(footnote|annotation|(?:header|footer)[lrf]?)(?![a-z])|\\[{}\\]|[{}]")
SHAPE = re.compile(r"\{\\(?:\*\\)?(shp|do)(?![a-z])|\\[{}\\]|[{}]")
BOX = re.compile(r"\{\s*\\(?:\*\\)?(shptxt|dptxbxtext|shprslt)(?![a-z])|\\[{}\\]|[{}]")
PARAGRAPH = re.compile(r"\\(?:par|(?:nest)?cell)(?![a-z])")
LINKS = re.compile(r"\{\s*\\\*\s*\\fldinst[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")  # the library would write addresses as words
CELL = re.compile(r"\\(?:nest)?cell(?![a-z])")
ROW = re.compile(r"\\(?:trowd|row|cell|clvmrg|cellx|nestcell)(?![a-z])")
BEGUN, PARTED, ENDED = "\x02", "\x1f", "\x03"  # a row and its cells
NESTED = "\x06"  # a cell of a table within a cell
VEILED, SEEN = "\x07", "\x08"  # what is hidden begins and ends
MERGED, OWN = "\x04", "\x05"  # before a row's end, of each cell: it is merged with the one above, or is not
DELETED = re.compile(r"\\[{}\\]|[{}]|\\(?:deleted0?|mvf)(?![a-z\d])|\\plain(?![a-z])")
VEIL = re.compile(r"\\[{}\\]|[{}]|\\(?:v[01]?|plain)(?![a-z\d]) ?")
BETWEEN = re.compile(f"{VEILED}([^{SEEN}]*){SEEN}?")
STAYS = re.compile(f"[^\n{BEGUN}{PARTED}{ENDED}{NESTED}{MERGED}{OWN}]+")
UNSIGNED = str.maketrans({PARTED: "\t", ENDED: "\n", MERGED: None, OWN: None})


def rich_text(path: Path, file: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the paragraphs of an RTF file, a row of a table as one, and the words of notes, comments and edges.

    Raises
    ------
    ValueError : the file is no RTF.
    StudyError : it holds a table within a cell of another.
    """
    text = path.read_bytes().decode("cp1252", errors="replace")
    if not text.lstrip().startswith("{\\rtf"):
        raise ValueError
    text = _veiled(_undeleted(text))
    head = text[: text.find("{", text.find("{") + 1)]  # code page and what a character of Unicode is followed by
    aside: dict[str, list[str]] = {}
    for word, _, inner, end in _groups(text, GROUP):
        kind = NOTES if word == "footnote" else COMMENTS if word == "annotation" else EDGES
        aside[kind] = aside.get(kind, []) + _seen(_plain(f"{head}{text[inner:end]}}}"), aside).split()
    return list(_in_rows(_seen(_plain(_marked(_unboxed(text))), aside), file)), aside


def _marked(text: str) -> str:
    """An RTF text with a sign where each row of a table begins, where a cell ends, and where the row ends."""
    open_row, cells, merged = False, "", False

    def sign(match: re.Match[str]) -> str:
        nonlocal open_row, cells, merged
        word = match[0][1:]
        if word == "nestcell":
            return f" {NESTED}"
        begins = word == "trowd" and not open_row  # what a row is may be written again before its end
        open_row = word != "row" and (open_row or begins)
        if word in {"clvmrg", "cellx"}:
            cells, merged = (cells, True) if word == "clvmrg" else (cells + (MERGED if merged else OWN), False)
            return match[0]
        if word == "trowd":
            cells, merged = "", False
            return f"{match[0]} {BEGUN * begins}"
        return f" {PARTED if word == 'cell' else cells + ENDED}"

    return ROW.sub(sign, text)


def _in_rows(text: str, file: str) -> Iterator[str]:
    """The paragraphs of a text with these signs; a row is one, and numbers begin anew where words part two tables."""
    number, table = 0, 0
    for place, part in enumerate(text.split(BEGUN)):
        row, ended, rest = part.partition(ENDED) if place else ("", "", part)
        table += place > 0 and not number
        if NESTED in part:
            problem = f"row {number + 1} of table {table} holds a table within a cell, whose rows cannot be told apart"
            raise StudyError([Fault(file, 0, problem, "save it as .docx")])
        if ended and PARTED in row:
            number += 1
            *cells, about = row.split(PARTED)
            merged = [place for place, sign in enumerate(about.strip()) if sign == MERGED]
            yield Row.of((cell.split("\n") for cell in cells), number, merged)
        else:  # a row that is said to be one behind its cells alone
            rest = row + rest
        if (loose := rest.translate(UNSIGNED).strip(" ")) or not place:
            number = 0
            yield from loose.split("\n")


def _undeleted(text: str) -> str:
    """An RTF text without what was deleted or moved away while changes were tracked: nobody says it there any more."""
    kept, place, struck = list[str](), 0, False
    begun = 0  # groups that are open where what is struck begins
    for match, struck, end, depth in _changes(text, DELETED, {"\\deleted", "\\mvf"}):
        if struck:
            kept.append(text[place : match.start()])
            begun = depth
        else:
            kept.append("{" * (depth - begun))
            place = end
    return "".join(kept) + text[place:] if not struck else "".join(kept) + "}"


def _veiled(text: str) -> str:
    """An RTF text with a sign where hidden letters begin and where they end."""
    kept, place = list[str](), 0
    for _, hidden, end, _ in _changes(text, VEIL, {"\\v", "\\v1"}):
        kept += [text[place:end], VEILED if hidden else SEEN]
        place = end
    return "".join(kept) + text[place:]


def _changes(text: str, pattern: re.Pattern[str], begin: set[str]) -> Iterator[tuple[re.Match[str], bool, int, int]]:
    """Where a property of letters begins or ends: the match, which of both, behind what, and how many groups are open.

    Words that the pattern names begin or end it, and the end of a group takes back what was changed within.
    """
    holds, before = False, list[bool]()
    for match in pattern.finditer(text):
        was, end = holds, match.end()
        if match[0] == "{":
            before.append(holds)
        elif match[0] == "}":
            holds, end = before.pop() if before else False, match.start()
        elif match[0][1].isalpha():  # no brace or backslash that is written out
            holds = match[0].strip() in begin
        if holds != was:
            yield match, holds, end, len(before)


def _seen(text: str, aside: dict[str, list[str]]) -> str:
    """A text without what is hidden, whose words go aside; what parts paragraphs, rows and cells stays."""

    def veiled(match: re.Match[str]) -> str:
        aside[HIDDEN] = aside.get(HIDDEN, []) + " ".join(STAYS.findall(match[1])).split()
        return STAYS.sub("", match[1])

    return BETWEEN.sub(veiled, text).replace(SEEN, "")


def _unboxed(text: str) -> str:
    """An RTF text whose text boxes are paragraphs behind the one that each is anchored in: the library skips them."""
    for _, begin, inner, end in reversed(list(_groups(text, SHAPE))):
        shape, rest = text[inner:end], text[end + 1 :]
        boxes = [shape[first:last] for word, _, first, last in _groups(shape, BOX) if word != "shprslt"]
        paragraph = PARAGRAPH.search(rest)  # in the middle of a paragraph a box would part its words from their label
        within = paragraph is not None and paragraph[0].endswith("cell")  # whose last paragraph has no other end
        at = rest.rfind("}") if paragraph is None else paragraph.start() if within else paragraph.end()
        text = text[:begin] + rest[:at] + r"\par" * within + "".join(f"{{{box}\\par}}" for box in boxes) + rest[at:]
    return text


def _groups(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, int, int, int]]:
    """The outermost groups of an RTF text that a pattern names: their word, where each begins, its inside, its end."""
    depth, begun = 0, list[tuple[int, str, int, int]]()
    for match in pattern.finditer(text):
        depth += match[0][0] == "{"
        if match[1] and not begun:
            begun.append((depth, match[1], match.start(), match.end()))
        if match[0] == "}":
            if begun and begun[-1][0] == depth:
                yield *begun.pop()[1:], match.start()
            depth -= 1


def _plain(text: str) -> str:
    text = CELL.sub(r"\\tab ", LINKS.sub("", text))
    plain: str = rtf_to_text(text, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # an emoji is written in halves
