"""The command `code`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the command to the command line."""
    code = commands.add_parser("code", help="code free text of any size with a lexicon or a learned suggester")
    code.add_argument("source", type=Path, help="a .csv or .parquet file, or a folder of them")
    code.add_argument("--text", required=True, metavar="COLUMN", help="the column of text")
    code.add_argument("--by", nargs="+", default=[], metavar="COLUMN", help="count by these columns")
    machine = code.add_mutually_exclusive_group()
    machine.add_argument("--codebook", type=Path, metavar="FILE", help="a codebook (default: the five themes)")
    machine.add_argument("--suggester", type=Path, metavar="FILE.npz", help="what `buddy-eval learn` wrote")
    code.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where spans and counts go")
    code.add_argument("--cluster", metavar="ADDRESS", help="do it on this Dask cluster, as tcp://host:8786")
    code.set_defaults(call=_code)


def _code(options: argparse.Namespace) -> int:
    from buddy_eval.bulk.job import learned_job, new_job
    from buddy_eval.bulk.run import code_files
    from buddy_eval.study.codebook import load_codebook

    where = (options.source, options.text, tuple(options.by), options.out)
    if options.suggester:
        job = learned_job(*where, options.suggester)
    else:
        job = new_job(*where, load_codebook(options.codebook))
    print(f"wrote {code_files(job, _say, options.cluster)} and the spans beside it")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
