"""Damage files of every format that the package reads, 500 times each, and read them in a child with 500 MB and 5 s.

Run: python benchmarks/hostile.py [how many]. Exits 1 where a file is not read or refused in plain words.
"""

from __future__ import annotations

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

import yaml
from PIL import Image
from planted import png

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.manifest import Manifest
from buddy_eval.publish.execute import read_notebook
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.structured import yaml_text
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
    }


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
