"""Damage files of every format that the package reads, 500 times each, and read them in a child with 500 MB and 5 s.

Run: python benchmarks/hostile.py [how many]. Exits 1 where a file is not read or refused in plain words.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import pandas as pd
import yaml
from PIL import Image
from planted import notebook as planted
from planted import png, report

import held
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.manifest import Manifest
from buddy_eval.bulk.divide import batches, divide
from buddy_eval.bulk.sampling.draw import draw, read_record
from buddy_eval.coding.suggester.model import Suggester
from buddy_eval.publish.gate.allowed import allowed
from buddy_eval.publish.gate.notebook import notebook_faults, read_notebook
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.structured import yaml_text
from buddy_eval.publish.write import write_report
from buddy_eval.read.boards import read_board
from buddy_eval.read.journals import parsed, written
from buddy_eval.read.ratings import read_ratings_file
from buddy_eval.release.chain import refuse_difference
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import load_study
from damage import Read, damaged, samples

ROOT = Path(__file__).resolve().parents[1]
TRIALS, MEMORY, SECONDS = 500, 500_000_000, 5
INSTRUMENT = ROOT / "src" / "buddy_eval" / "instrument"
RECEIPT = {"inputs": {"a.csv": "1"}, "settings": "2", "code": "3", "outputs": {"data/processed/a.parquet": "4"}}


def formats(folder: Path) -> dict[str, tuple[bytes, Read]]:
    """A sound file of every format, and what reads it: raw files, settings, notebooks, manifests, release files."""

    def gate(path: Path) -> object:
        return report_faults({path.suffix: path.read_bytes()}, path.stem, Known("public", suppress_below=8))

    photo = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 30)).save(photo, "JPEG")
    codebook = (INSTRUMENT / "codebook.yaml").read_bytes()
    notebook = next((ROOT / "notebooks").glob("09*.ipynb")).read_bytes()
    manifest = json.dumps({"engines": {}, "seal": "x", "steps": {"read": RECEIPT, "code": RECEIPT}}, indent=1)
    return samples(folder) | {
        "study.toml": ((ROOT / "study.toml").read_bytes(), lambda path: load_study(path.parent)),
        "codebook.yaml": (codebook, load_codebook),
        "instrument.yaml": ((INSTRUMENT / "instrument.yaml").read_bytes(), load_instrument),
        "manifest.json": (manifest.encode(), lambda path: Manifest(path.parent, path)),
        "notebook.ipynb": (notebook, read_notebook),
        "released.yaml": (yaml_text(yaml.safe_load(codebook)).encode(), gate),
        "released.json": (manifest.encode(), gate),
        "released.csv": (b'theme,people\nCulture,25\n"a, b",10\n', gate),
        "released.qdc": (
            b"<?xml version='1.0'?><CodeBook><Code name='a'><Description>b</Description></Code></CodeBook>",
            gate,
        ),
        "released.png": (png(), gate),
        "released.jpg": (photo.getvalue(), gate),
        **_more(folder, notebook, gate),
    }


def _more(folder: Path, notebook: bytes, gate: Read) -> dict[str, tuple[bytes, Read]]:
    """What people and this package write besides: boards, journals, samples, suggesters, tables, reports, releases."""
    spoken = pd.DataFrame({"id": ["1", "2"] * 20, "text": ["Leaders trust us.", "No staff."] * 20, "side": "receiver"})
    (folder / "sound.csv").write_bytes(held.comma([["id", "text", "side"], *spoken.to_numpy().tolist()]))
    spoken.to_parquet(folder / "sound.parquet")
    draw(folder / "sound.csv", "text", ["side"], 2, 1, folder / "sound-drawn.csv", ["culture"])
    Suggester.learn(list(spoken["text"]), (spoken[["id"]] == "1").to_numpy(), ["A"]).save(folder / "sound.npz")
    write_report(report(planted()), folder, "sound", lambda files: None)
    stored = {name: (folder / f"sound{name}").read_bytes() for name in (".npz", ".parquet", ".html", ".docx", ".pdf")}
    act = {"id": "a", "n": 1, "coder": "KM", "at": "2026-01-01T10:00:00", "do": "done", "source": "s1"}
    board = next((ROOT / "data" / "raw" / "boards").glob("*.xlsx")).read_bytes()

    def divided(path: Path) -> object:
        return [list(batches(part, ("text",))) for part in divide(path, ("text",))]

    return {
        "journal.jsonl": (written(act) * 3, lambda path: parsed(path.read_bytes(), path.name)),
        "board.xlsx": (board, lambda path: read_board(path, path.name)),
        "ratings.csv": (b"unit,KM,LR\n1,a,a\n2,b,a\n3,b,b\n", read_ratings_file),
        "allowed.csv": (b"text,reason,by\nour two leads,known,KM\n", lambda path: allowed(path.parent)),
        "drawn.json": ((folder / "sound-drawn.json").read_bytes(), lambda path: read_record(path.with_suffix(".csv"))),
        "learned.npz": (stored[".npz"], Suggester.load),
        "words.parquet": (stored[".parquet"], divided),
        "words.csv": ((folder / "sound.csv").read_bytes(), divided),
        "hidden.ipynb": (notebook, lambda path: notebook_faults(read_notebook(path), path.name)),
        **{f"released{ending}": (stored[ending], gate) for ending in (".html", ".docx", ".pdf")},
        **{f"earlier-{name}": (data, _after) for name, data in RELEASE.items()},
    }


RELEASE = {
    "manifest.json": b'{"disclosure": {"suppress_below": 8, "round_to": 5}, "files": {}}',
    "ro-crate-metadata.json": b'{"@graph": [{"@id": "./", "datePublished": "2026-01-05"}]}',
    "statements.csv": b"about,n_people,n_people_status\ninterview,25,rounded\nsurvey,,withheld\n",
}


def _after(path: Path) -> None:
    """Hold a release against an earlier one of which one file is damaged."""
    whole = RELEASE | {path.name.removeprefix("earlier-"): path.read_bytes()}
    placed = {f"data/{name}" if name.endswith(".csv") else name: data for name, data in whole.items()}
    if path.name != "earlier-manifest.json":  # one who forges a file gives its hash too
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in placed.items() if name.endswith(".csv")}
        placed["manifest.json"] = json.dumps({**json.loads(RELEASE["manifest.json"]), "files": hashes}).encode()
    earlier = path.parent / "earlier"
    for name, data in placed.items():
        (earlier / name).parent.mkdir(parents=True, exist_ok=True)
        (earlier / name).write_bytes(data)
    sound = {f"data/{name}" if name.endswith(".csv") else name: data for name, data in RELEASE.items()}
    refuse_difference([earlier], sound)


def outcome(read: Callable[[Path], object], path: Path) -> str:
    """Read one file and say how that went."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(path)
        return "read"
    except BuddyError:
        return "refused"
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:100]} ({Path(last.filename).name} line {last.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def child(name: str, sound: bytes, read: Read, folder: Path, n: int) -> Counter[str]:
    """Damage and read a file many times in a process of its own; a process that dies is an outcome too."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    process = os.fork()
    if process == 0:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
        signal.signal(signal.SIGALRM, _late)
        chance, found = random.Random(f"2026 {name}"), Counter[str]()
        path = folder / name
        for _ in range(n):
            path.write_bytes(damaged(sound, chance))
            found[outcome(read, path)] += 1
        report.write_text(json.dumps(found))
        os._exit(0)
    _, status = os.waitpid(process, 0)
    if status or not report.is_file():
        return Counter({f"the process ended with {status}": n})
    return Counter(json.loads(report.read_text()))


def _late(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def main(n: int = TRIALS) -> int:
    """Print one line a format and one line a figure."""
    bad = total = 0
    with tempfile.TemporaryDirectory() as name:
        every = formats(Path(name))
        for file, (sound, read) in every.items():
            found = child(file, sound, read, Path(name), n)
            wrong = {text: times for text, times in found.items() if text not in {"read", "refused"}}
            bad, total = bad + sum(wrong.values()), total + n
            more = "".join(f"; {text} x {times}" for text, times in wrong.items())
            print(f"{file}: read {found['read']}, refused {found['refused']}{more}")
    print(f"formats: {len(every)}; damaged files: {total} (bar: {TRIALS} a format)")
    print(f"neither read nor refused within {SECONDS} s and 500 MB: {bad} (bar: 0)")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS))
