"""Take well-formed tables apart, 2,000 files a format, and count cells: in = read + named, or the file is refused.

    python benchmarks/conservation.py [how many]

One line a format with pandas, as people call it, beside the package; `name: value (bar: 0)`; exit code 1 where one is
missed. A row, a cell, a sheet, an encoding, a separator, a merged head and more are changed (`tests/taken_apart.py`).
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import taken_apart

TRIALS = 2000


def main(n: int = TRIALS) -> int:
    """Print every format and what was lost; return 1 where the package lost anything."""
    lost = Counter[str]()
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas
        for kind in taken_apart.FORMATS:
            outcomes = list(taken_apart.trials(Path(name), kind, n))
            own, peer = (Counter(outcome[place] for outcome in outcomes) for place in (1, 2))
            lost += Counter(f"{kind}, {done}" for done, outcome, _ in outcomes if outcome == "LOST")
            print(
                f"{kind}: {n} files, {own['conserved']} conserved, {own['refused']} refused; "
                f"pandas: {peer['conserved']} conserved, {peer['refused']} refused, {peer['LOST']} silently otherwise"
            )
            print(f"{kind}, files with a cell neither read nor named: {own['LOST']} (bar: 0)", flush=True)
    for what, times in lost.most_common(20):
        print(f"  {what}: {times}")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS))
