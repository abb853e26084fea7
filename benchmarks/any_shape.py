"""Draw studies of every shape, take each through the whole main job, and have a reader check what was built.

Run: python benchmarks/any_shape.py [--studies N] [--first SEED]. Prints a line for each fault, and how many studies
ended in a traceback, gave a warning, built a report that its raw files or another page contradict, or let out a report
of fewer than three pairs. Exits 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import checking_reader
import shapes
from buddy_eval.base.profiles import PROFILES
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish import reports
from buddy_eval.study.settings import load_study

KINDS = ("traceback", "warning", "contradiction", "report that should not leave")


def quiet(line: str) -> None:
    """Say nothing."""


def faults(seed: int, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (kind, what) for everything that goes wrong between the raw files of one study and its reports."""
    study = load_study(shapes.build(shapes.shape(seed), folder))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            pipeline.run(study, quiet)
            reports.publish(study, PROFILES, quiet)
        except Exception as error:
            yield "traceback", f"{type(error).__name__}: {error}"
            return
    yield from (("warning", str(warning.message)) for warning in heard)
    for said in checking_reader.contradictions(folder):
        leaves = said.startswith(("public reports of", "no report")) or " a result over " in said
        yield (KINDS[3] if leaves else KINDS[2]), said


def main(studies: int, first: int) -> int:
    """Print one line a figure."""
    started, wrong = time.perf_counter(), Counter[str]()
    for seed in range(first, first + studies):
        with tempfile.TemporaryDirectory() as place:
            found = list(faults(seed, Path(place) / "study"))
        wrong.update({kind for kind, _ in found})
        for kind, what in found[:5]:
            print(f"  {shapes.shape(seed)}\n    {kind}: {what[:300]}", flush=True)
    print(f"studies: {studies} from seed {first}, {(time.perf_counter() - started) / studies:.0f} s each")
    for kind in KINDS:
        print(f"studies with a {kind}: {wrong[kind]} (bar: 0)")
    return int(bool(wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    sys.exit(main(options.studies, options.first))
