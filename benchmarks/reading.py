"""How quick and how robust reading is: ratios to a peer on the same file in one run, and damage done on purpose.

    python benchmarks/reading.py

One line a figure, `name: value (bar: ...)`; exit code 1 where a bar is missed. CPU seconds, the best of some rounds.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import damage
import held
from buddy_eval.read.refi import read_refi
from buddy_eval.read.table import read_table
from buddy_eval.read.transcripts import read_transcript

CHILD = """
import sys, time, pathlib
from buddy_eval.base.errors import BuddyError
from buddy_eval.read.refi import read_refi
from buddy_eval.read.table import read_table
path = pathlib.Path(sys.argv[1])
started = time.process_time()
try:
    (read_refi if path.suffix.startswith(".qd") else read_table)(path, path.name)
    print("read", end=" ")
except BuddyError:
    print("refused", end=" ")
print(time.process_time() - started)
"""
RATIO, HANG, BOMB, MEMORY = 1.3, 5.0, 2.0, 500
WORDS = 'The ward round, said somebody invented, began late again and nobody had told the "other" team why. '


def best(call: Callable[[], object], rounds: int) -> float:
    """Return the least CPU time of some calls, in seconds."""
    took = []
    for _ in range(rounds):
        started = time.process_time()
        call()
        took.append(time.process_time() - started)
    return min(took)


def ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> float:
    """Return our time over the peer's, measured in turn."""
    pairs = [(best(ours, 1), best(theirs, 1)) for _ in range(rounds)]
    return min(own for own, _ in pairs) / min(peer for _, peer in pairs)


def words(folder: Path) -> float:
    """A Word transcript of 3,000 turns against python-docx alone."""
    import docx
    from docx.table import Table

    path = folder / "long.docx"
    path.write_bytes(held.document([f"{'Anna' if n % 2 else 'Interviewer'}: {WORDS}" for n in range(3000)]))

    def theirs() -> list[str]:
        blocks = docx.Document(str(path)).iter_inner_content()
        return [block.text for block in blocks if not isinstance(block, Table)]

    return ratio(lambda: read_transcript(path, "long.docx", ("Anna", "Interviewer")), theirs, 4)


def comments(folder: Path, n: int = 1_000_000) -> float:
    """A million comments of CSV against pandas alone."""
    path = folder / "comments.csv"
    texts = [f"{WORDS}{number}" for number in range(1000)]
    frame = pd.DataFrame({"comment": range(n), "text": texts * (n // 1000), "group": "A"})
    frame.to_csv(path, index=False)
    return ratio(
        lambda: read_table(path, "comments.csv"), lambda: pd.read_csv(path, dtype="str", keep_default_na=False), 3
    )


def recovered() -> float:
    """The share of passages that come back to the character, over every shape of tool."""
    good = total = 0
    with tempfile.TemporaryDirectory() as folder:
        for tool in held.TOOLS:
            path = Path(folder) / "p.qdpx"
            path.write_bytes(held.project(tool))
            made = read_refi(path, "p.qdpx").codings["passage"].tolist()
            good += sum(one == other for one, other in zip(made, held.PASSAGES, strict=True))
            total += len(held.PASSAGES)
    return good / total


def bombs(folder: Path) -> tuple[float, int, float]:
    """The longest CPU time until a bomb is refused, how many are not, and the most memory that it took, in MB."""
    zeros = held.archive({"xl/worksheets/sheet1.xml": bytes(250_000_000)})
    cell = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
    last = (
        f"<worksheet><sheetData>{cell.format(1, 'A')}{cell.format(1_048_576, 'XFD')}</sheetData></worksheet>".encode()
    )
    full = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_048_577))
    files = {
        "zip.xlsx": zeros,
        "last.xlsx": held.archive({"xl/worksheets/sheet1.xml": last}),
        "full.xlsx": held.archive(
            {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + full + b"</sheetData></worksheet>"}
        ),
        "entity.qdc": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><CodeBook>&x;</CodeBook>',
        "path.qdpx": held.archive({"../../project.qde": b"<Project/>"}),
        "cut.qdpx": held.project(held.NVIVO)[:300],
        "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(10_000),
    }
    worst, through = 0.0, 0
    for name, data in files.items():
        (folder / name).write_bytes(data)
        command = [sys.executable, "-c", CHILD, str(folder / name)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        through += said[0] != "refused"
        worst = max(worst, float(said[1]))
    return worst, through, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> int:
    """Print every figure, and return 1 where a bar is missed."""
    missed = 0

    def say(name: str, value: float, bar: str, *, good: bool) -> None:
        nonlocal missed
        missed += not good
        print(f"{name}: {value:.4g} (bar: {bar}){'' if good else ' MISSED'}", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        share = recovered()
        say("passages recovered to the character", share, "1", good=share == 1)
        outcomes = list(damage.trials(folder, 2000))
        odd = Counter(outcome for _, _, outcome, _ in outcomes if outcome not in {"read", "refused"})
        say("damaged files with a traceback or a silent loss", odd.total(), "0 of 2000", good=not odd)
        worst = max(took for *_, took in outcomes)
        say("slowest damaged file, CPU s", worst, f"at most {HANG}", good=worst <= HANG)
        took, through, memory = bombs(folder)
        say("bombs that got through", through, "0", good=not through)
        say("slowest refusal of a bomb, CPU s", took, f"at most {BOMB}", good=took <= BOMB)
        say("most memory of a refusal, MB", memory, f"at most {MEMORY}", good=memory <= MEMORY)
        docx = words(folder)
        say(".docx, times python-docx alone", docx, f"at most {RATIO}", good=docx <= RATIO)
        table = comments(folder)
        say("1 million comments of CSV, times pandas alone", table, f"at most {RATIO}", good=table <= RATIO)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
