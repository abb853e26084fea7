"""Measure the coding of text: against its peers, on a stream of millions, on a cluster, after kills.

    python benchmarks/coding.py [--comments 200000] [--stream 5000000] [--kills 50] [--hostile 100000] [--only NAME ...]

Prints `name: value (bar: ...)` a line and exits 1 where a bar is missed. Peers come with the extra `benchmark`. Times
are CPU seconds of the process and its children, side by side in one run.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
DATA = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or ROOT.parent / "shared" / "data") / "nhs_comments"
NEGATIONS = ("a", "ke")
SYLLABLES = """
    a e i o u ba ce di fi gu ha ji ke lo mu na pi qua ro su ta ve wi xo ya zu st tr ing er ly mant con ness
""".split()
START = """
import os, subprocess, sys
run = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(run.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
DUCKDB = """
import sys, duckdb
flags = ", ".join(f"count(*) filter (regexp_matches(comment, '{flag}'))" for flag in sys.argv[2:])
duckdb.sql(f"select trust, {flags} from '{sys.argv[1]}' group by trust").fetchall()
"""
POLARS = """
import sys, polars
flags = [polars.col("comment").str.contains(flag).sum().alias(str(n)) for n, flag in enumerate(sys.argv[2:])]
polars.scan_parquet(sys.argv[1]).group_by("trust").agg(flags).collect(engine="streaming")
"""
missed: list[str] = []


def say(name: str, value: str, bar: str = "", holds: bool = True) -> None:
    """Print one figure; remember a bar that is missed."""
    print(f"{name}: {value}" + (f" (bar: {bar})" if bar else "") + ("" if holds else " MISSED"), flush=True)
    if not holds:
        missed.append(name)


def generated(count: int) -> tuple[list[str], list[str]]:
    """Comments of 30 words in Zipf's proportions, and 300 terms: half stems, half phrases."""
    rng = np.random.default_rng(1)
    words: dict[str, None] = {}
    while len(words) < 8_000:
        words["".join(rng.choice(SYLLABLES, rng.integers(1, 5)))] = None
    vocabulary = np.array(list(words))
    share = 1 / np.arange(1, 8_001)
    stems = rng.choice([word for word in vocabulary[600:] if len(word) >= 7], 150, replace=False)
    phrases = zip(rng.choice(vocabulary[20:400], 150), rng.choice(vocabulary[5:300], 150), strict=True)
    terms = [*(word[:-2] + "*" for word in stems), *(f"{one} {two}" for one, two in phrases)]
    drawn = rng.choice(8_000, (count, 30), p=share / share.sum())
    after = rng.choice([" "] * 8 + [", ", ". "], (count, 30))
    texts = [
        "".join(map(str.__add__, vocabulary[row].tolist(), gap.tolist())) for row, gap in zip(drawn, after, strict=True)
    ]
    return texts, list(dict.fromkeys(terms))


def timed(call: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    """CPU seconds of the quickest of some calls, and what it returned."""
    best, made = float("inf"), None
    for _ in range(repeat):
        started = time.process_time()
        made = call()
        best = min(best, time.process_time() - started)
    return best, made


def peers(count: int) -> None:
    """Exact spans a second, beside spaCy and ahocorasick_rs on the same comments."""
    import ahocorasick_rs
    import spacy
    from spacy.matcher import PhraseMatcher

    from buddy_eval.coding.engine import search_all
    from buddy_eval.coding.lexicon import Lexicon

    texts, terms = generated(count)
    lexicon, column = Lexicon(terms, NEGATIONS, 4), pa.array(texts, pa.large_string())
    search_all(lexicon, column[:9])
    seconds, hits = timed(lambda: search_all(lexicon, column), 3)
    ours = count / seconds
    wanted = set(zip(hits.unit.tolist(), hits.start.tolist(), hits.end.tolist(), hits.term.tolist(), strict=True))
    say("generated comments", f"{count:,}, {len(wanted) / count:.2f} matches each")
    say("this engine", f"{ours:,.0f} comments/s")

    automaton = ahocorasick_rs.AhoCorasick([term.rstrip("*") for term in terms])
    stem = [term.endswith("*") for term in terms]

    def corasick() -> set[tuple[int, int, int, int]]:
        found = set()
        for unit, text in enumerate(texts):
            low = text.lower()
            for term, start, end in automaton.find_matches_as_indexes(low, overlapping=True):
                if start and (low[start - 1].isalnum() or low[start - 1] == "_"):
                    continue
                while stem[term] and end < len(low) and (low[end].isalnum() or low[end] == "_"):
                    end += 1
                if end == len(low) or not (low[end].isalnum() or low[end] == "_"):
                    found.add((unit, start, end, term))
        return found

    seconds, found = timed(corasick, 2)
    same = "the same spans" if found == wanted else "OTHER spans"
    say("ahocorasick_rs and boundary check", f"{count / seconds:,.0f} comments/s, {same}", "same", found == wanted)
    ratio = ours * seconds / count
    say("times ahocorasick_rs", f"{ratio:.2f}", "at least 1.5", ratio >= 1.5)

    few = texts[: count // 10]
    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    known = sorted({word.strip(",. ") for text in texts for word in text.split()})
    for term in terms:
        forms = [word for word in known if word.startswith(term[:-1])] if term.endswith("*") else [term]
        matcher.add(term, [nlp.make_doc(form) for form in forms])

    def spans() -> list[tuple[int, int]]:
        return [
            (doc[start:end].start_char, doc[start:end].end_char)
            for doc in nlp.tokenizer.pipe(few)
            for _, start, end in matcher(doc)
        ]

    seconds, found = timed(spans)
    ratio = ours * seconds / len(few)
    say("spaCy PhraseMatcher", f"{len(few) / seconds:,.0f} comments/s, {len(found) / len(few):.2f} matches each")
    say("times spaCy", f"{ratio:.1f}", "at least 25", ratio >= 25)


def start_up() -> None:
    """CPU seconds of import and compiled code on the second run, in a process that has numpy and pyarrow."""
    code = (
        "import time, numpy, pyarrow as pa, buddy_eval.coding.lexicon as lexicon\n"
        "made = lexicon.Lexicon(['a*', 'b c'])\n"
        "started = time.process_time(); from buddy_eval.coding.engine import search_all\n"
        "search_all(made, pa.array(['b c'])); print(time.process_time() - started)"
    )
    seconds = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout) for _ in range(4)
    ]
    say("start-up, second run", f"{min(seconds[1:]):.2f} s", "under 1 s", min(seconds[1:]) < 1)


def equal(count: int) -> None:
    """Spans equal to the reference's on hostile units and on all real comments."""
    from buddy_eval.coding.engine import search_all
    from buddy_eval.coding.lexicon import Lexicon
    from buddy_eval.study.codebook import load_codebook
    from lexicon_reference import reference
    from test_lexicon import NEGATIONS as TURNING
    from test_lexicon import TERMS, WINDOW, hostile, rows

    texts = list(hostile(count, seed=3))
    found = rows(search_all(Lexicon(TERMS, TURNING, WINDOW), pa.array(texts)))
    wanted = [(unit, *hit) for unit, text in enumerate(texts) for hit in reference(TERMS, text, TURNING, WINDOW)]
    same = sorted(found) == sorted(wanted)
    say("hostile units as the reference", f"{count:,} units, {len(wanted):,} spans", "equal", same)
    if not DATA.is_dir():
        say("real comments", "not at hand")
        return
    real = [pd.read_csv(DATA / file, dtype="str")[name].fillna("").tolist() for file, name in REAL]
    comments, book = [text for part in real for text in part], load_codebook()
    terms, words = list(dict.fromkeys(book.terms["term"])), list(book.negations)
    found = rows(search_all(Lexicon(terms, words, book.window), pa.array(comments)))
    wanted = []
    compiled = [(number, term) for number, term in enumerate(terms)]
    for unit, text in enumerate(comments):
        low = text.lower()
        likely = [
            (n, t)
            for n, t in compiled
            if t.strip("=*").split()[0].split("-")[0].split("'")[0].rstrip("*").lower() in low
        ]
        for start, end, place, *turned in reference([term for _, term in likely], text, words, book.window):
            wanted.append((unit, start, end, likely[place][0], *turned))
    same = sorted(found) == sorted(wanted)
    say("real comments as the reference", f"{len(comments):,} comments, {len(wanted):,} spans", "equal", same)


REAL = (("phase1_trusts_a_b.csv", "feedback"), ("qdc_v6_neas.csv", "FFT answer"))


def prepared(folder: Path, count: int) -> tuple[Path, Path]:
    """A Parquet file of comments of 20 trusts, and a codebook of five themes."""
    texts, terms = generated(100_000)
    path, book, rng = folder / f"comments-{count}.parquet", folder / "book.yaml", np.random.default_rng(2)
    schema = pa.schema([("comment", pa.string()), ("trust", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for done in range(0, count, 100_000):
            rows = min(100_000, count - done)
            order = rng.permutation(100_000)[:rows]
            trusts = [f"R{code:02}" for code in rng.integers(0, 20, rows)]
            writer.write_table(pa.table([[texts[place] for place in order], trusts], schema=schema))
    lines = [
        "codebook: {id: made, version: 1}",
        f"negations: {{window: 4, words: [{', '.join(NEGATIONS)}]}}",
        "themes:",
    ]
    for theme in range(5):
        listed = ", ".join(f'"{term}"' for term in terms[theme::5])
        code = f"{{id: C{theme}, name: n, definition: d, terms: {{any: [{listed}]}}}}"
        lines.append(f"- {{id: t{theme}, label: T, definition: d, codes: [{code}]}}")
    book.write_text("\n".join(lines) + "\n")
    return path, book


def command(path: Path, book: Path, out: Path, *more: str) -> list[str]:
    """The command that codes a file."""
    rest = ["--text", "comment", "--by", "trust", "--codebook", str(book), "--out", str(out)]
    return [sys.executable, "-m", "buddy_eval", "code", str(path), *rest, *more]


def used(arguments: list[str]) -> tuple[float, float]:
    """CPU seconds and peak memory in GB of a command.

    It is started by a small process: Linux counts the memory of whoever starts a command as the command's own.
    """
    ran = subprocess.run([sys.executable, "-c", START, *arguments], capture_output=True, check=True)
    status, cpu, peak = ran.stdout.split()
    if int(status):
        raise SystemExit(f"failed: {arguments}")
    return float(cpu), int(peak) / 1e6


def stream(count: int, folder: Path) -> None:
    """Parquet to spans and counts: CPU and memory, beside DuckDB, polars and a cluster of two workers."""
    small, book = prepared(folder, max(count // 5, 1))
    large, _ = prepared(folder, count)
    _, little = used(command(small, book, folder / "small"))
    seconds, peak = used(command(large, book, folder / "large"))
    bar = 12 * count / 5_000_000
    say(f"{count:,} comments, Parquet to spans and counts", f"{seconds:.1f} CPU s", f"{bar:.1f}", seconds <= bar)
    say("peak memory", f"{peak:.2f} GB", "0.5", peak <= 0.5)
    say("memory against a fifth of the comments", f"{peak / little:.2f} times", "flat: 1.15", peak <= 1.15 * little)
    again, _ = used(command(large, book, folder / "large"))
    say("the same again, all of it done", f"{again:.2f} CPU s", "0.3", again <= 0.3)
    there = cluster(command(large, book, folder / "there"))
    same = content(folder / "there") == content(folder / "large")
    say("Dask, two workers", f"{there:.1f} CPU s, {'the same' if same else 'OTHER'} files", "same", same)
    say("Dask against here", f"{there / seconds:.2f} times", "1.6", there <= 1.6 * seconds)
    _, terms = generated(1)
    theme = [
        ["".join(f"|{term.rstrip('*')}" + r"\w*" * term.endswith("*") for term in terms[t::5])[1:]] for t in range(5)
    ]
    flags = [rf"(?i)\b(?:{pattern})\b" for (pattern,) in theme]
    for name, code in (("DuckDB", DUCKDB), ("polars", POLARS)):
        cpu, memory = used([sys.executable, "-c", code, str(large), *flags])
        say(f"{name}, flags only", f"{cpu:.1f} CPU s, {memory:.2f} GB")


def cluster(arguments: list[str]) -> float:
    """CPU seconds of the command and of the two workers while it runs on a cluster that is already there."""
    import psutil
    from distributed import LocalCluster

    quiet = {"dashboard_address": None, "host": "127.0.0.1", "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as made:
        workers = [psutil.Process(worker.process.pid) for worker in made.workers.values()]
        before = sum(sum(worker.cpu_times()[:2]) for worker in workers) + time.process_time()
        here, _ = used([*arguments, "--cluster", made.scheduler_address])
        return here + sum(sum(worker.cpu_times()[:2]) for worker in workers) + time.process_time() - before


def content(folder: Path) -> dict[str, bytes]:
    """The result files of a run."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.suffix in {".csv", ".parquet"}}


def kills(count: int, times: int, folder: Path) -> None:
    """Kill a run at random moments; resumed, it ends with the files of an undisturbed one."""
    path, book = prepared(folder, count)
    started = time.monotonic()
    used(command(path, book, folder / "undisturbed"))
    whole, chance, killed = time.monotonic() - started, random.Random(5), 0
    attempts = 0
    while killed < times:
        attempts += 1
        out = folder / f"killed-{attempts}"
        with subprocess.Popen(command(path, book, out), stdout=subprocess.DEVNULL) as run:
            time.sleep(chance.uniform(0, whole))
            run.send_signal(signal.SIGKILL)
        killed += run.returncode == -signal.SIGKILL
        used(command(path, book, out))
        if content(out) != content(folder / "undisturbed"):
            say("killed and resumed", f"other files after attempt {attempts}", "identical", holds=False)
            return
        shutil.rmtree(out)
    say("killed and resumed", f"{killed} of {attempts} runs of {count:,} killed in time, all identical", "identical")


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (
        ("comments", 200_000),
        ("stream", 5_000_000),
        ("hostile", 100_000),
        ("kills", 50),
        ("killed", 1_000_000),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", nargs="+", choices=("peers", "start", "equal", "stream", "kills"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls: dict[str, Callable[[], None]] = {
            "peers": lambda: peers(given.comments),
            "start": start_up,
            "equal": lambda: equal(given.hostile),
            "stream": lambda: stream(given.stream, folder),
            "kills": lambda: kills(given.killed, given.kills, folder),
        }
        for chosen in given.only or calls:
            calls[chosen]()
    say("peak memory of this script", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
