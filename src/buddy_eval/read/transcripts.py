"""Transcripts: who spoke, when, and where in the text; labelled text, captions, files of word processors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from buddy_eval.base.errors import Fault, StudyError, nearest, refuse
from buddy_eval.base.numbers import many
from buddy_eval.read.documents import document
from buddy_eval.read.guard import guard
from buddy_eval.read.labels import Mark, marks
from buddy_eval.read.spoken import Said, captions
from buddy_eval.read.table import decode
from buddy_eval.read.table_rows import HEADS, spoken, without_heads
from buddy_eval.read.visible import unaccounted, visible_letters

CAPTIONS = {".vtt", ".srt"}
DOCUMENTS = {".docx", ".odt", ".rtf"}
ANYBODY = "*"
BEFORE = "words before the first label"
UNLISTED = "list them among the sources or interviewers; if nobody speaks there, take the line break or colon out"


class Turn(NamedTuple):
    """One uninterrupted turn: speaker's label, offsets of the words in the text, seconds where it begins if known."""

    speaker: str
    start: int
    end: int
    time: float | None = None


@dataclass(frozen=True)
class Transcript:
    """The text that offsets count in (Unicode code points, LF line ends, no mark), its turns, and what is in none.

    `aside` holds the words of what nobody says, such as a heading, footnotes, or lines that captions show twice.
    """

    text: str
    turns: tuple[Turn, ...]
    aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_transcript(path: Path, file: str, speakers: Iterable[str]) -> Transcript:
    """Read one transcript, whose speakers' labels are known from the list of sources.

    The text of a `.txt` file is the file's own, so offsets that other tools counted in it stay right. Captions
    (`.vtt`, `.srt`) and documents (`.docx`, `.odt`, `.rtf`) are written out as ``label: words``, a turn a paragraph.
    The label ``*`` stands for whoever speaks where the file names nobody.

    Raises
    ------
    StudyError : an unreadable file, another format, a label that is not among `speakers`, nobody speaking; words that
        are in no turn, or of which it cannot be told whose they are.
    """
    guard(path, file)
    known = set(speakers)
    suffix = path.suffix.lower()
    if suffix == ".txt":
        return _conserved(read_text(_plain(path, file), file, known), path, file, known)
    if suffix in CAPTIONS:
        said, aside = captions(path, _plain(path, file), file, known)
        _theirs(said, known, file)
    elif suffix in DOCUMENTS:
        lines, aside = document(path, file)
        lines, heads = without_heads(lines, known)
        aside |= {HEADS: tuple(heads)} if heads else {}
        text = "\n".join(lines)
        loose = _labelled(text, spoken(lines, marks(text, known, file), known, file), known, file)
        said = [Said(turn.speaker, text[turn.start : turn.end], turn.time) for turn in loose.turns]
        aside = {**loose.aside, **aside}
    else:
        kinds = ".txt, .vtt, .srt, .docx, .odt or .rtf"
        raise StudyError([Fault(file, 0, f"{suffix!r} is no transcript", f"use {kinds}")])
    script = replace(_written_out(_merged(said)), aside=aside)
    return _conserved(_checked(script, file, known), path, file, known)


def _conserved(script: Transcript, path: Path, file: str, known: set[str]) -> Transcript:
    """Refuse a transcript whose file shows other words than its turns, labels and asides hold."""
    spans = [(turn.start, turn.end) for turn in script.turns]
    aside = [word for words in script.aside.values() for word in words]
    if faults := unaccounted(visible_letters(path), script.text, spans, aside, known, file):
        raise StudyError(faults)
    return script


def read_text(text: str, file: str, speakers: Iterable[str]) -> Transcript:
    """Find the turns of a text with labels; offsets count in the text as given. Raises as `read_transcript`."""
    known = set(speakers)
    return _checked(_labelled(text, marks(text, known, file), known, file), file, known)


def _checked(script: Transcript, file: str, known: set[str]) -> Transcript:
    strangers = sorted({turn.speaker for turn in script.turns} - known - ({""} if ANYBODY in known else set()))
    faults = [
        Fault(file, 0, f"speaker {name!r} is not in the list of sources", nearest(name, known, UNLISTED))
        for name in strangers
        if name
    ]
    if not script.turns or "" in strangers:
        faults.append(Fault(file, 0, "no speaker was found", "start every turn with 'Label: '"))
    refuse(faults)
    if ANYBODY in known:
        return replace(script, turns=tuple(turn._replace(speaker=turn.speaker or ANYBODY) for turn in script.turns))
    return script


def _plain(path: Path, file: str) -> str:
    try:
        text, _ = decode(path.read_bytes())
    except UnicodeDecodeError:
        raise StudyError([Fault(file, 0, "the text is in no known encoding", "save it as UTF-8")]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _labelled(text: str, labels: Sequence[Mark], known: set[str], file: str) -> Transcript:
    """Split at labels, those that nobody knows among them; a time of its own goes on with whoever spoke last."""
    first = labels[0].start if labels else len(text)
    turns = [_turn("", text, 0, first, None)]
    ends = [*(mark.start for mark in labels[1:]), len(text)][: len(labels)]
    for mark, end in zip(labels, ends, strict=True):
        turns.append(_turn(mark.speaker or turns[-1].speaker, text, mark.words, end, mark.time))
    turns = [turn for turn in turns if turn.end > turn.start]
    if ANYBODY in known:
        return Transcript(text, tuple(_parted(turns, labels, text, known, file)))
    begun = next((place for place, turn in enumerate(turns) if turn.speaker), 0)
    before = " ".join(text[turn.start : turn.end] for turn in turns[:begun]).split()
    return Transcript(text, tuple(turns[begun:]), {BEFORE: tuple(before)} if before else {})


def _parted(turns: list[Turn], labels: Sequence[Mark], text: str, known: set[str], file: str) -> list[Turn]:
    """Where somebody speaks without a label, say whose the paragraphs are that follow a labelled one.

    They are that somebody's where one speaker alone has labels and most turns go on so, and the speaker's own where
    they hold fewer words than the labelled ones.
    """
    turns = [turn._replace(speaker=turn.speaker or ANYBODY) for turn in turns]
    apart = sum(text[mark.start - 2 : mark.start] == "\n\n" for mark in labels[1:])
    gap = re.compile(r"\n[ \t]*\n" if apart * 2 > len(labels) - 1 else r"\n")
    own, rest = list[Turn](), list[Turn]()
    for turn in (turn for turn in turns if turn.speaker != ANYBODY):
        parting = gap.search(text, turn.start, turn.end)
        end = parting.start() if parting else turn.end
        own.append(_turn(turn.speaker, text, turn.start, end, turn.time))
        rest += [_turn(ANYBODY, text, end, turn.end, None)] if parting else []
    if not rest:
        return turns
    if len({turn.speaker for turn in own}) == 1 and len(rest) * 2 >= len(own):
        parts = [*(turn for turn in turns if turn.speaker == ANYBODY), *own, *rest]
        return sorted(parts, key=lambda turn: turn.start)
    if {turn.speaker for turn in own} - known:
        return turns  # refused for those whom nobody listed
    labelled, loose = (sum(len(text[t.start : t.end].split()) for t in part) for part in (own, rest))
    _few(loose, labelled, file)
    return turns


def _theirs(said: Sequence[Said], known: set[str], file: str) -> None:
    """Captions without a speaker go on with the last; where somebody speaks without a label, only if they are few."""
    first = next((place for place, (speaker, *_) in enumerate(said) if speaker), len(said))
    if ANYBODY in known and {speaker for speaker, *_ in said} <= {*known, ""}:
        words = [(speaker, len(text.split())) for speaker, text, _ in said[first:]]
        _few(sum(n for who, n in words if not who), sum(n for who, n in words if who), file)


def _few(loose: int, labelled: int, file: str) -> None:
    if loose > labelled:
        words = many(loose, "word follows", "words follow")
        problem = f"{words} labelled ones ({labelled}) without a label of their own: whose are they?"
        raise StudyError([Fault(file, 0, problem, "write a label before each turn, or take * out of the sources")])


def _turn(speaker: str, text: str, start: int, end: int, time: float | None) -> Turn:
    """A turn without the white space around its words."""
    words = text[start:end]
    return Turn(speaker, start + len(words) - len(words.lstrip()), max(start, start + len(words.rstrip())), time)


def _merged(spoken: Iterable[Said]) -> Iterator[Said]:
    """Join what one speaker says without interruption; a caption without a speaker goes on with the last."""
    current, words, time = "", list[str](), None
    for speaker, text, when in spoken:
        if speaker and speaker != current:
            if words:
                yield Said(current, " ".join(words), time)
            current, words, time = speaker, [], when
        time = when if time is None else time
        words += [text] if text.isprintable() and "  " not in text else text.split()  # most are in order already
    if words:
        yield Said(current, " ".join(words), time)


def _written_out(spoken: Iterable[Said]) -> Transcript:
    text, turns = list[str](), []
    position = 0
    for speaker, words, time in spoken:
        label = f"{speaker}: " if speaker not in {"", ANYBODY} else ""
        start = position + len(label)
        text.append(f"{label}{words}\n\n")
        turns.append(Turn(speaker, start, start + len(words), time))
        position += len(text[-1])
    return Transcript("".join(text), tuple(turns))
