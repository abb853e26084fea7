"""What was said, by whom and when, in the captions of recorders (`.vtt`, `.srt`)."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.read.kinds import DAMAGED
from buddy_eval.read.labels import marks, seconds

CLOCKS = re.compile(r"^[ \t]*(\d[\d:]*)(?:[.,](\d+))?[ \t]*(?:-+>|→)[ \t]*(\d[\d:]*)(?:[.,](\d+))?(?!\S)", re.MULTILINE)
ARROW = {  # lines that ought to be times: in WebVTT every one with an arrow, in SubRip one at the head of a cue
    "WebVTT": re.compile(r"^([^\n]*-->[^\n]*)", re.MULTILINE),
    "SubRip": re.compile(r"(?:\A|\n[ \t]*\n)(?:(?![^\n]*-->)[^\n]*\n)?([^\n]*-->[^\n]*)"),
}
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>(.*?)(?=</v>|<v[\s.]|$)", re.DOTALL)
VOICE_NAME = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
TAG = re.compile(r"</?(?:[bciuv]|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\an?\d\}", re.IGNORECASE)
# what damaged files let escape from the libraries
DAMAGE = (*DAMAGED, LookupError, AttributeError, TypeError, SyntaxError)  # also of what the libraries make of a file
TWICE = "words of lines that captions show twice"
PARTED = "\n\0\n"  # between cues: no label or time reaches over it


class Said(NamedTuple):
    """Words of one speaker ('' for whoever spoke last), and the seconds at which they begin, where the file says so."""

    speaker: str
    words: str
    time: float | None = None


def captions(path: Path, text: str, file: str, known: Collection[str]) -> tuple[list[Said], dict[str, tuple[str, ...]]]:
    """Return every voice of every cue of a `.vtt` or `.srt` file, in order, and the words that are shown twice.

    A cue marks its voices with tags (Teams), or names them before a colon, one a line (Zoom).
    """
    import webvtt

    kind = "SubRip" if path.suffix.lower() == ".srt" else "WebVTT"
    point = "," if kind == "SubRip" else "."  # webvtt-py skips a cue with the other, with another arrow or without any
    hours = "0:" if kind == "SubRip" else ""  # webvtt-py refuses a SubRip file without them

    def stamp(match: re.Match[str]) -> str:
        ends = ((match[1], match[2]), (match[3], match[4]))
        return " --> ".join(
            f"{hours * (end.count(':') == 1)}{end}{point}{(part or '').ljust(3, '0')}" for end, part in ends
        )

    untimed = [match for match in ARROW[kind].finditer(text) if not CLOCKS.match(match[1])]
    if untimed:
        rows = [text.count("\n", 0, match.start(1)) + 1 for match in untimed]
        what, remedy = "no time from and to", "write both as 00:00:05.000, and no arrow among words"
        raise StudyError([Fault(file, row, what, remedy) for row in rows])
    text = CLOCKS.sub(stamp, text)
    try:
        captioned = webvtt.from_buffer(text.split("\n"), format="srt") if kind == "SubRip" else webvtt.from_string(text)
        cues = [(seconds(cue.start), cue.raw_text) for cue in captioned.captions]
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError, *DAMAGE):
        raise StudyError([Fault(file, 0, f"is not a {kind} file", "export the captions again")]) from None
    if kind == "SubRip" and not cues:
        raise StudyError([Fault(file, 0, f"is not a {kind} file", "export the captions again")])
    shown, twice = _rolled([cue for _, cue in cues])
    spoken = [VOICE.findall(cue) or TAG.sub("", cue) for cue in shown]
    names = iter(_named([cue for cue in spoken if isinstance(cue, str)], known))
    said = list[Said]()
    for (start, _), cue in zip(cues, spoken, strict=True):
        voices = next(names) if isinstance(cue, str) else cue
        said += [Said(html.unescape(who).strip(), html.unescape(TAG.sub("", words)), start) for who, words in voices]
    return said, {TWICE: tuple(twice)} if twice else {}


def _rolled(cues: list[str]) -> tuple[list[str], list[str]]:
    """Show each line once where lines roll on from cue to cue, as YouTube writes them; also the words left out.

    They roll where more than half of the cues begin with what the one before ended with: people repeat themselves too.
    """
    if len(cues) < 4 or sum("\n" in cue for cue in cues) * 3 < len(cues):  # what rolls has several lines a cue
        return cues, []
    lines = [[line for line in cue.split("\n") if _plain(line)] for cue in cues]
    again = [0, *(_shared(list(map(_plain, one)), list(map(_plain, other))) for one, other in pairwise(lines))]
    if sum(map(bool, again)) * 2 <= len(cues):
        return cues, []
    twice = [word for shown, n in zip(lines, again, strict=True) for line in shown[:n] for word in _plain(line).split()]
    return ["\n".join(shown[n:]) for shown, n in zip(lines, again, strict=True)], twice


def _plain(line: str) -> str:
    return " ".join(html.unescape(TAG.sub("", VOICE_NAME.sub(r"\1 ", line))).split())


def _shared(before: list[str], after: list[str]) -> int:
    """How many lines at the end of one cue begin the next."""
    if not (before and after and after[0] in before):
        return 0
    return next((n for n in range(min(len(before), len(after)), 0, -1) if before[-n:] == after[:n]), 0)


def _named(cues: Sequence[str], known: Collection[str]) -> list[list[tuple[str, str]]]:
    """Part the text of each cue where a line begins with a label."""
    whole = PARTED.join(cues)
    places, voices = marks(whole, known, cues=True), list[list[tuple[str, str]]]()
    begin, mark = 0, 0
    for cue in cues:
        end = begin + len(cue)
        parts, speaker = list[tuple[str, str]](), ""
        while mark < len(places) and places[mark].start < end:
            parts.append((speaker, whole[begin : places[mark].start]))
            speaker, begin = places[mark].speaker, min(places[mark].words, end)
            mark += 1
        parts.append((speaker, whole[begin:end]))
        voices.append([(who, words) for who, words in parts if who or words.strip()])
        begin = end + len(PARTED)
    return voices
