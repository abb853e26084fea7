"""Words in and words out: files taken apart on purpose are read whole, or refused by name; the peers on the same files.

    python benchmarks/conservation_text.py [FILES]

2,000 files a format unless said otherwise. A word is lost where the file holds it and neither a turn nor a named aside
does; a file that is refused loses nothing. Files whose labels all stand may put no word into another mouth.
"""

from __future__ import annotations

import io
import sys
import tempfile
import warnings
from pathlib import Path

import docx
import webvtt

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from texts_taken_apart import FORMATS, MARK, files, held_marks, outcome


def webvtt_words(data: bytes, form: str) -> set[str]:
    """What webvtt-py reads of captions."""
    text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig", errors="replace")
    made = webvtt.from_buffer(io.StringIO(text), format=form)
    return {mark for caption in made.captions for mark in MARK.findall(caption.raw_text)}


def docx_words(data: bytes) -> set[str]:
    """What python-docx reads of paragraphs and tables."""
    made = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return set(MARK.findall("\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])))


def peer_lost(data: bytes, form: str) -> int:
    """Words that a peer does not read of a file, where it reads it and says nothing."""
    try:
        return len(set(held_marks(data)) - (docx_words(data) if form == "docx" else webvtt_words(data, form)))
    except Exception:  # it refuses, in whatever way
        return 0


def main() -> int:
    """Print every figure, and return 1 where a bar is missed."""
    number, missed = int(sys.argv[1]) if len(sys.argv) > 1 else 2000, 0
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        for form in FORMATS:
            path, read, lost, twice, elsewhere, whole, whole_read, peer = Path(folder) / f"a.{form}", *[0] * 7
            for data, sound in files(form, number):
                made = outcome(path, data)
                read, lost, twice = read + made.read, lost + made.lost, twice + made.twice
                elsewhere += made.elsewhere * sound
                whole, whole_read = whole + sound, whole_read + (sound and made.read)
                peer += peer_lost(data, form) if form in {"vtt", "srt", "docx"} else 0
            bad = lost + twice + elsewhere
            missed += bool(bad)
            for name, value in (
                ("words lost unnamed", lost),
                ("words twice", twice),
                ("words in another mouth", elsewhere),
            ):
                print(f".{form}, {name}: {value} (bar: 0){' MISSED' * bool(value)}", flush=True)
            print(f".{form}, files read: {read} of {number}; of those whose labels all stand {whole_read} of {whole}")
            if form in {"vtt", "srt", "docx"}:
                print(f".{form}, words that {'python-docx' if form == 'docx' else 'webvtt-py'} loses unsaid: {peer}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
