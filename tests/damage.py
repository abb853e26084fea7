"""Damage done to files on purpose, with a fixed seed: every reader gives a result or a plain error."""

from __future__ import annotations

import io
import random
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

import held
from buddy_eval.base.errors import BuddyError
from buddy_eval.read.codings import read_sheet
from buddy_eval.read.exports import read_export
from buddy_eval.read.monthly import read_month
from buddy_eval.read.project import Project
from buddy_eval.read.refi import read_refi
from buddy_eval.read.table import decode, read_table
from buddy_eval.read.transcripts import read_transcript

LINES = (
    "Interviewer   0:03",
    "How was it?",
    "Anna: It went well, mostly.",
    "Anna: We met – at last.",
    "Interviewer: Go on.",
)
SPEAKERS = ("*", "Anna", "Interviewer")
VTT = (
    "WEBVTT\n\n0:0:0.0 --> 0:0:2.0\n<v Anna>It went &amp; well.</v>\n\n"
    + "00:00:03.000 --> 00:00:04.000\nInterviewer: Go on.\n"
)
SRT = "1\n00:00:00,500 --> 00:00:02,000\nAnna: It went well.\n\n2\n00:00:02,000 --> 00:00:03,000\nInterviewer: Go on.\n"
TABLE = [
    ["respondent", "Pair", "Side", "answer, long"],
    *[[str(n), "SYN01", "receiver", "Agree – café"] for n in range(40)],
]
QUALTRICS = [
    ["StartDate", "Progress", "ResponseId", "Q1"],
    ["Start", "Progress", "Id", "Trust?"],
    ['{"ImportId":"x"}'] * 4,
]
QUALTRICS += [["2024-01-01 10:00", "100", f"R_{n}", "Agree"] for n in range(10)]
MONTH = [
    ["Title", "A&E"],
    ["Period", "August 2024"],
    [],
    ["Code", "Name", "A&E attendances Type 1", "Attendances over 4hrs Type 1"],
]
MONTH += [["RAA", "One", "1,000", "20"], ["-", "Total", "1,000", "20"]]
Read = Callable[[Path], object]


def samples(folder: Path) -> dict[str, tuple[bytes, Read]]:
    """Return a sound file of every format, and what reads it."""

    def said(path: Path) -> object:
        return read_transcript(path, path.name, SPEAKERS)

    highlights = [
        ["id", "document", "tag", "content"],
        *[[str(n), "a.txt", "Trust", "It went well"] for n in range(20)],
    ]
    return {
        "nvivo.qdpx": (held.project(held.NVIVO), lambda path: read_refi(path, path.name)),
        "inline.qdpx": (held.project(held.INLINE), lambda path: read_refi(path, path.name)),
        "codebook.qdc": (held.codebook(), lambda path: read_refi(path, path.name)),
        "highlights.csv": (held.comma(highlights), lambda path: read_sheet(path, path.name, "KM")),
        "teams.vtt": (VTT.encode(), said),
        "zoom.srt": (SRT.encode(), said),
        "labelled.txt": ("\n".join(LINES).encode(), said),
        "word.docx": (held.document(LINES), said),
        "open.odt": (held.open_document(LINES), said),
        "rich.rtf": (held.rich_text(LINES), said),
        "table.csv": (held.comma(TABLE), lambda path: read_table(path, path.name)),
        "table.xlsx": (held.workbook(TABLE), lambda path: read_table(path, path.name)),
        "table.ods": (_saved(folder, "table.ods"), lambda path: read_table(path, path.name)),
        "qualtrics.csv": (held.comma(QUALTRICS), lambda path: read_export(path, path.name)),
        "labels.sav": (_saved(folder, "labels.sav"), lambda path: read_export(path, path.name)),
        "month.csv": (held.comma(MONTH), lambda path: read_month(path, path.name)),
    }


def _saved(folder: Path, name: str) -> bytes:
    import pandas as pd
    import pyreadstat

    path = folder / f"sound-{name}"
    frame = pd.DataFrame(TABLE[1:], columns=["respondent", "Pair", "Side", "answer"])
    if name.endswith(".sav"):
        pyreadstat.write_sav(frame, str(path), column_labels={"answer": "Do you trust them?"})
    else:
        typed = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        rows = ("".join(typed.format(escape(cell)) for cell in row) for row in TABLE)
        cells = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
        urn = "urn:oasis:names:tc:opendocument:xmlns"
        names = " ".join(f'xmlns:{part}="{urn}:{part}:1.0"' for part in ("office", "table", "text"))
        content = (
            f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="S">{cells}'
        )
        content += "</table:table></office:spreadsheet></office:body></office:document-content>"
        manifest = f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"/>'.encode()
        path.write_bytes(
            held.archive(
                {
                    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                    "META-INF/manifest.xml": manifest,
                    "content.xml": content.encode(),
                }
            )
        )
    return path.read_bytes()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Flip bytes, cut the end, repeat a piece, drop lines, or cross encodings; of an archive often only one part."""
    if data[:2] == b"PK" and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        large = sorted(parts, key=lambda name: len(parts[name]))[-3:]
        name = chance.choice(large)
        return held.archive({**parts, name: damaged(parts[name] or b" ", chance)})
    kind = chance.choice(("flip", "cut", "drop", "cross", "double"))
    if kind == "flip":
        made = bytearray(data)
        for _ in range(chance.choice((1, 3, 20))):
            made[chance.randrange(len(made))] = chance.randrange(256)
        return bytes(made)
    if kind == "cut":
        return data[: chance.randrange(len(data))]
    if kind == "double":
        place = chance.randrange(len(data))
        return data[:place] + data[max(0, place - 50) :]
    if kind == "drop":
        lines = data.split(b"\n")
        return b"\n".join(line for line in lines if chance.random() > 0.2)
    text = data.decode("utf-8", errors="replace")
    return text.encode(chance.choice(("utf-16", "cp1252", "utf-8-sig", "utf-16-le")), errors="replace")


def trials(folder: Path, n: int, seed: int = 20240817) -> Iterator[tuple[str, int, str, float]]:
    """Damage and read `n` files in turn over all formats.

    Yields name, number, outcome ('read', 'refused' or the error), CPU seconds.
    """
    chance = random.Random(seed)
    sound = samples(folder)
    names = list(sound)
    for number in range(n):
        name = names[number % len(names)]
        data, read = sound[name]
        path = folder / name
        path.write_bytes(damaged(data, chance))
        started = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                outcome = "read" if _accounted(read(path), path) else "silent loss"
        except BuddyError as error:
            outcome = "refused" if str(error).startswith(name) else f"unplaced: {error}"
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome = f"{type(error).__name__}: {error}"
        yield name, number, outcome, time.process_time() - started


def _accounted(made: object, path: Path) -> bool:
    """Tell whether every row of a table and every coding of a project is in the result, or left out with a reason."""
    data = path.read_bytes()
    if isinstance(made, Project) and path.suffix == ".qdpx":
        with zipfile.ZipFile(path) as archive:
            qde = next(archive.read(name) for name in archive.namelist() if name.lower().endswith(".qde"))
        lost = sum(int(line["n"]) for line in made.log if line["action"] == "left out" and line["item"] == "codings")
        placed = int(made.codings["start"].notna().sum())
        encoding = "utf-16" if qde[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
        within = qde.decode(encoding, "replace").count("<CodeRef ")
        return len(made.codings) == placed + lost and len(made.codings) <= within
    if isinstance(made, pd.DataFrame) and path.suffix == ".csv" and b'"' not in data.replace(b'"answer, long"', b""):
        lines = [
            line
            for line in decode(data)[0].replace("\r\n", "\n").replace("\r", "\n").split("\n")
            if line.strip(" ,;\t\0")
        ]
        return len(made) == len(lines) - 1
    return True
