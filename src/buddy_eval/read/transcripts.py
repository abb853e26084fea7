"""Transcripts: who spoke, when, and where in the text; labelled text, captions, files of word processors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from buddy_eval.base.errors import Fault, StudyError, nearest
from buddy_eval.read.guard import guard
from buddy_eval.read.spoken import Said, captions, document_lines, label_of, paragraphs
from buddy_eval.read.table import decode
from buddy_eval.read.visible import unaccounted, visible_words

CAPTIONS = {".vtt", ".srt"}
DOCUMENTS = {".docx", ".odt", ".rtf"}
ANYBODY = "*"
UNLISTED = "list them among the sources or interviewers; if nobody speaks there, take the line break or colon out"


@dataclass(frozen=True)
class Turn:
    """One uninterrupted turn: speaker's label, offsets of the words in the text, seconds where it begins if known."""

    speaker: str
    start: int
    end: int
    time: float | None = None


@dataclass(frozen=True)
class Transcript:
    """The text that offsets count in (Unicode code points, LF line ends, no mark), its turns, and words before them."""

    text: str
    turns: tuple[Turn, ...]
    before: tuple[str, ...] = ()


def read_transcript(path: Path, file: str, speakers: Iterable[str]) -> Transcript:
    """Read one transcript, whose speakers' labels are known from the list of sources.

    The text of a `.txt` file is the file's own, so offsets that other tools counted in it stay right. Captions
    (`.vtt`, `.srt`) and documents (`.docx`, `.odt`, `.rtf`) are written out as ``label: words``, a turn a paragraph.
    The label ``*`` stands for whoever speaks where the file names nobody.

    Raises
    ------
    StudyError : an unreadable file, another format, a label that is not among `speakers`, nobody speaking.
    """
    guard(path, file)
    known = set(speakers)
    suffix = path.suffix.lower()
    if suffix == ".txt":
        return _conserved(read_text(_plain(path, file), file, known), path, file, known)
    before: tuple[str, ...] = ()
    if suffix in CAPTIONS:
        said = list(captions(path, _plain(path, file), file, known))
    elif suffix in DOCUMENTS:
        said = list(paragraphs(document_lines(path, file), known))
    else:
        kinds = ".txt, .vtt, .srt, .docx, .odt or .rtf"
        raise StudyError([Fault(file, 0, f"{suffix!r} is no transcript", f"use {kinds}")])
    spoken = list(_merged(said))
    if suffix in DOCUMENTS and ANYBODY not in known and spoken and not spoken[0].speaker:
        before = tuple(spoken.pop(0).words.split())  # a heading
    made = _written_out(spoken)
    return _conserved(_checked(Transcript(made.text, made.turns, before), file, known), path, file, known)


def _conserved(made: Transcript, path: Path, file: str, known: set[str]) -> Transcript:
    """Refuse a transcript whose file shows other words than its turns, labels and heading hold."""
    seen = visible_words(path)
    if seen is not None:
        spoken = "\n".join(made.text[turn.start : turn.end] for turn in made.turns).split()
        if faults := unaccounted(seen, [*made.before, *spoken], known, file):
            raise StudyError(faults)
    return made


def read_text(text: str, file: str, speakers: Iterable[str]) -> Transcript:
    """Find the turns of a text with labels; offsets count in the text as given. Raises as `read_transcript`."""
    known = set(speakers)
    return _checked(_labelled(text, known), file, known)


def _checked(made: Transcript, file: str, known: set[str]) -> Transcript:
    strangers = sorted({turn.speaker for turn in made.turns} - known - ({""} if ANYBODY in known else set()))
    faults = [
        Fault(file, 0, f"speaker {name!r} is not in the list of sources", nearest(name, known, UNLISTED))
        for name in strangers
        if name
    ]
    if not made.turns or "" in strangers:
        faults.append(Fault(file, 0, "no speaker was found", "start every turn with 'Label: '"))
    if faults:
        raise StudyError(faults)
    turns = (Turn(turn.speaker or ANYBODY, turn.start, turn.end, turn.time) for turn in made.turns)
    return Transcript(made.text, tuple(turns), made.before)


def _plain(path: Path, file: str) -> str:
    try:
        text, _ = decode(path.read_bytes())
    except UnicodeDecodeError:
        raise StudyError([Fault(file, 0, "the text is in no known encoding", "save it as UTF-8")]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _labelled(text: str, known: set[str]) -> Transcript:
    """Split at labels, those that nobody knows among them."""
    marks = list(label_of(text, known).finditer(text))
    first = marks[0].start() if marks else len(text)
    turns = [_turn("", text, 0, first)] if ANYBODY in known else []
    ends = [*(match.start() for match in marks[1:]), len(text)]
    turns += [_turn(match.group(1), text, match.end(), end) for match, end in zip(marks, ends, strict=False)]
    before = () if ANYBODY in known else tuple(text[:first].split())
    return Transcript(text, tuple(turn for turn in turns if turn.end > turn.start), before)


def _turn(speaker: str, text: str, start: int, end: int) -> Turn:
    """A turn without the white space around its words."""
    words = text[start:end]
    return Turn(speaker, start + len(words) - len(words.lstrip()), max(start, start + len(words.rstrip())))


def _merged(spoken: Iterable[Said]) -> Iterator[Said]:
    """Join what one speaker says without interruption; a caption without a speaker goes on with the last."""
    current, words, time = "", list[str](), None
    for speaker, text, when in spoken:
        if speaker and speaker != current:
            if words:
                yield Said(current, " ".join(words), time)
            current, words, time = speaker, [], when
        time = when if time is None else time
        words += text.split()
    if words:
        yield Said(current, " ".join(words), time)


def _written_out(spoken: Iterable[Said]) -> Transcript:
    text, turns = list[str](), []
    position = 0
    for speaker, words, time in spoken:
        label = f"{speaker}: " if speaker else ""
        start = position + len(label)
        text.append(f"{label}{words}\n\n")
        turns.append(Turn(speaker, start, start + len(words), time))
        position += len(text[-1])
    return Transcript("".join(text), tuple(turns))
