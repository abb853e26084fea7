"""Transcripts: who spoke, and where in the text; `.txt` with labels, `.vtt` and `.docx` of Teams and others."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from buddy_eval.errors import Fault, StudyError, nearest
from buddy_eval.read.guard import guard
from buddy_eval.read.table import decode

LABEL = re.compile(r"^([A-Z][\w.'’ -]{0,30}):[ \t]+(?=\S)", re.MULTILINE)
STAMPED = re.compile(r"^(?P<speaker>.+?)\s{2,}(?:\d+:)?\d{1,2}:\d{2}$")
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>(.*?)(?=</v>|<v[\s.]|$)", re.DOTALL)
TAG = re.compile(r"</?[a-z][^>]*>|<\d[\d:.]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Turn:
    """One uninterrupted turn: the speaker's label, and the offsets of the words in the text."""

    speaker: str
    start: int
    end: int


@dataclass(frozen=True)
class Transcript:
    """The text that offsets count in (Unicode code points, LF line ends, no mark), and its turns."""

    text: str
    turns: tuple[Turn, ...]


def read_transcript(path: Path, file: str, speakers: Iterable[str]) -> Transcript:
    """Read one transcript, whose speakers' labels are known from the list of sources.

    The text of a `.txt` file is the file's own, so offsets that other tools counted in it stay right. Captions
    and Word files are written out as ``label: words``, a turn a paragraph.

    Raises
    ------
    StudyError : an unreadable file, another format, a label that is not among `speakers`, nobody speaking.
    """
    guard(path, file)
    known = set(speakers)
    suffix = path.suffix.lower()
    if suffix == ".txt":
        made = _labelled(_plain(path), known, file)
    elif suffix in {".vtt", ".docx"}:
        spoken = list(_merged(_captions(path, file) if suffix == ".vtt" else _paragraphs(path, file)))
        made = _written_out(spoken)
    else:
        raise StudyError([Fault(file, 0, f"{suffix!r} is no transcript", "use .txt, .vtt or .docx")])
    strangers = sorted({turn.speaker for turn in made.turns} - known)
    faults = [
        Fault(file, 0, f"speaker {name!r} is not in the list of sources", nearest(name, known)) for name in strangers
    ]
    if not made.turns:
        faults.append(Fault(file, 0, "no speaker was found", "start every turn with 'Label: '"))
    if faults:
        raise StudyError(faults)
    return made


def _plain(path: Path) -> str:
    text, _ = decode(path.read_bytes())
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _labelled(text: str, known: set[str], file: str) -> Transcript:
    """Split at known labels; a label that nobody knows but that comes back is somebody forgotten."""
    found = list(LABEL.finditer(text))
    often = Counter(match.group(1) for match in found)
    marks = [match for match in found if match.group(1) in known or often[match.group(1)] > 1]
    ends = [*(match.start() for match in marks[1:]), len(text)]
    turns = []
    for match, end in zip(marks, ends, strict=False):
        words = text[match.end() : end].rstrip()
        if words:
            turns.append(Turn(match.group(1), match.end(), match.end() + len(words)))
    return Transcript(text, tuple(turns))


def _captions(path: Path, file: str) -> Iterator[tuple[str, str]]:
    """Every voice of every cue, in order; a cue without a voice tag may name its speaker as Zoom does."""
    import webvtt

    try:
        cues = webvtt.from_string(_plain(path)).captions
    except webvtt.errors.MalformedFileError:
        raise StudyError([Fault(file, 0, "is not a WebVTT file", "export the captions again")]) from None
    for cue in cues:
        voices = VOICE.findall(cue.raw_text)
        if not voices:
            label = LABEL.match(cue.text)
            voices = [(label.group(1), cue.text[label.end() :])] if label else [("", cue.text)]
        for speaker, words in voices:
            yield html.unescape(speaker).strip(), html.unescape(TAG.sub("", words))


def _paragraphs(path: Path, file: str) -> Iterator[tuple[str, str]]:
    """Paragraphs of a Word file under the speaker named last, as ``label   m:ss`` or ``label: words``."""
    import docx
    from docx.table import Table

    try:
        document = docx.Document(str(path))
    except (ValueError, KeyError, OSError, AttributeError, SyntaxError):  # what a damaged file lets escape
        raise StudyError([Fault(file, 0, "cannot be read as a Word file", "save it as .docx again")]) from None
    speaker = ""
    for block in document.iter_inner_content():
        rows = [cell.text for row in block.rows for cell in row.cells] if isinstance(block, Table) else [block.text]
        for text in rows:
            for line in filter(None, map(str.strip, text.split("\n"))):
                stamped, label = STAMPED.match(line), LABEL.match(line)
                if stamped:
                    speaker = stamped["speaker"].strip()
                elif label:
                    speaker = label.group(1)
                    yield speaker, line[label.end() :]
                elif speaker:
                    yield speaker, line


def _merged(spoken: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Join what one speaker says without interruption; a caption without a speaker goes on with the last."""
    current, words = "", list[str]()
    for speaker, text in spoken:
        if speaker and speaker != current:
            if words:
                yield current, " ".join(words)
            current, words = speaker, []
        words += text.split()
    if words:
        yield current, " ".join(words)


def _written_out(spoken: Iterable[tuple[str, str]]) -> Transcript:
    text, turns = "", []
    for speaker, words in spoken:
        start = len(text) + len(speaker) + 2
        text += f"{speaker}: {words}\n\n"
        turns.append(Turn(speaker, start, start + len(words)))
    return Transcript(text, tuple(turns))
