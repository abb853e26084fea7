"""Rules for any text that leaves the building, wherever it stands: page, metadata, alt text, file name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.base.errors import Fault
from buddy_eval.publish.gate.allowed import COLUMNS, COUNT, FILE, TITLED, without
from buddy_eval.publish.gate.counts import few
from buddy_eval.publish.gate.dressed import undressed
from buddy_eval.publish.gate.identifiers import identifiers
from buddy_eval.publish.gate.names import OF_PEOPLE, PARTS
from buddy_eval.publish.gate.rows import barred, in_rows, rows
from buddy_eval.publish.gate.rules import Known, plain, tokens
from buddy_eval.publish.gate.titles import titled

LIST = f"{FILE} beside study.toml ({', '.join(COLUMNS)})"
REMEDY = {
    "a file path": "take it out; print no paths",
    "a secret": "take it out, and change the secret: it has been seen",
    "a traceback": "mend the cell that fails",
    COUNT: f"withhold it, or say it without a number; if it counts nobody of the study, let the words pass in {LIST}",
    TITLED: f"say it without the name; if all may know it, or it names nobody, let the words pass in {LIST}",
    **dict.fromkeys(OF_PEOPLE, "say it without the name"),
    **dict.fromkeys(PARTS, f"say it without the name; where it means something else, let it pass in {LIST}"),
}
TYPESET = re.compile(r"[<&\\]")  # names in code are known as they stand
DRESSED = re.compile(r"[<&\\]|[a-z]_[a-z]|[a-z][A-Z]|['\"] ?[:=]")
WHOLE = 3  # words of a count that are shown as they stand
UNQUOTE = "quote what has consent and approval, with tables.quotes; else put it in your own words"


def text_faults(
    text: str, file: str, where: str, known: Known, page: frozenset[str] = frozenset(), *, parted: bool = True
) -> Iterator[Fault]:
    """Yield a fault for everything in a text that may not be published; values are shown by their ends only.

    In a text whose cells are not parted (of a PDF) no name is told by a title: the next cell stands behind a post.

    >>> [str(fault) for fault in text_faults("ask a.b@nhs.net", "r.html", "footer", Known("internal"))]
    ["r.html: footer: an e-mail address ('a…t'); take it out"]
    """
    text = plain(text)
    if not text.strip():
        return
    if (key := (text, page, parted)) not in known.met:
        known.met[key] = _met(text, known, page, parted)
    for kind, words in known.met[key]:
        yield _fault(file, where, kind, words, known.suppress_below)


def _met(text: str, known: Known, page: frozenset[str], parted: bool) -> list[tuple[str, str]]:
    """Return (kind, the words) of everything in a text that may not be published."""
    rest = without(text, known.allowed)
    line = " ".join(rest.split())
    hits = [hit for seen in _readings(text) for hit in identifiers(seen, may_pass=False)]
    hits += [hit for seen in _readings(line) for hit in identifiers(seen, may_pass=True)]
    if known.outside:
        read = without(undressed(in_rows(rest)), known.allowed)
        in_lines = "\n".join(" ".join(one.split()) for one in read.splitlines())
        counts = (*few(barred(in_lines), known.suppress_below), *rows(in_lines, known.suppress_below))
        told = [(COUNT, match) for match in counts]
        names = titled(line, page | known.ordinary) if parted else ()
        told += [(TITLED, match) for match in names if not any(known.named(match.group(), page))]
        hits += [(kind, match.group()) for kind, match in told if not _quoted(match, known.quotes)]
    hits += [hit for seen in _readings(text, TYPESET) for hit in known.named(seen, page)]
    return list(dict.fromkeys(hits))


def unapproved_faults(text: str, file: str, known: Known) -> Iterator[Fault]:
    """Yield a fault for every run of words that somebody said and nobody approved for these readers."""
    for start in dict.fromkeys(start for seen in _readings(text) for start in known.unapproved(seen)):
        problem = f"words that somebody said, from {start.split()[0]!r} on, are not approved for these readers"
        yield Fault(file, 0, problem, UNQUOTE)


def _readings(text: str, dressed: re.Pattern[str] = DRESSED) -> dict[str, None]:
    """A text as it stands and, where there is something to undo, as it is read."""
    return dict.fromkeys((text, undressed(text) if dressed.search(text) else text))


def masked(value: str) -> str:
    """Show a value by its first and last character, so that a refusal does not tell it again."""
    short = " ".join(value.split())
    return repr(f"{short[:1]}…{short[-1:]}")


def _quoted(match: re.Match[str], quotes: tuple[str, ...]) -> bool:
    """Whether somebody counted so in words that are approved, told by the two words before or after."""
    before, after = tokens(match.string[: match.start()])[-2:], tokens(match.string[match.end() :])[:2]
    counted = tokens(match.group())
    runs = [f" {' '.join(run)} " for run in ([*before, *counted], [*counted, *after]) if len(run) > len(counted)]
    return any(run in f" {quote} " for run in runs for quote in quotes)


def _fault(file: str, where: str, kind: str, value: str, least: int) -> Fault:
    remedy, whole = REMEDY.get(kind, "take it out"), "".join(tokens(value))
    if kind == COUNT:  # how many of whom is what has to be found; what stands between is not said again
        words = value.split()
        shown = " ".join(words if len(words) <= WHOLE else [words[0], "\u2026", words[-1]])
        return Fault(file, 0, f"{where}: {COUNT} below {least} ({shown!r})", remedy, value=whole)
    return Fault(file, 0, f"{where}: {kind} ({masked(value)})", remedy, value=whole)
