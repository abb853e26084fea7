"""The command line: run, check, publish, agreement, design, init; the other modules of this room add theirs."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from buddy_eval.base.errors import BuddyError
from buddy_eval.cli import bulk, exchange, machine_coding, release

HOME = {"internal": "the team", "partners": "the two boards of each pair", "public": "the wider sector"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when it worked, 1 when it refused, 2 when it was not understood.

    A refusal is printed in plain words on the standard error, without a traceback.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # where a terminal lacks a letter, show its code
        sys.stdout.reconfigure(errors="backslashreplace")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: a second thread costs more than it saves
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # jsonschema does without; 1 s to load
    options = _parser().parse_args(arguments)
    try:
        status = int(options.call(options))
        sys.stdout.flush()
        return status
    except BuddyError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads what is printed has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("stopped; the next run goes on from here", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="buddy-eval", description="Evaluate organisational buddying between NHS trusts."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="do the whole study: tables, notebooks, reports")
    run.set_defaults(call=_run)
    check = commands.add_parser("check", help="list every fault of a study's raw files")
    check.set_defaults(call=_check)
    publish = commands.add_parser("publish", help="make the reports for one circle of readers")
    publish.add_argument("--profile", choices=HOME, help="who will read them (default: as in study.toml)")
    publish.set_defaults(call=_publish)
    for command in (run, check, publish):
        command.add_argument("study", nargs="?", type=Path, default=Path(), help="the study's folder (default: here)")

    agreement = commands.add_parser("agreement", help="measure agreement between coders in a ratings file")
    agreement.add_argument("file", type=Path, help="one column a coder, one row a rating, counts, or two coders' table")
    agreement.add_argument("--unit", default="", metavar="COLUMN", help="the column that names the units")
    agreement.add_argument("--coder", nargs="+", default=[], metavar="COLUMN", help="who rated, or a column a coder")
    agreement.add_argument("--value", nargs="+", default=[], metavar="COLUMN", help="what was rated, or counts of it")
    agreement.add_argument("--group", nargs="+", default=[], metavar="COLUMN", help="results for each group of these")
    agreement.add_argument("--level", choices=("nominal", "ordinal", "interval", "ratio"), default="nominal")
    agreement.add_argument("--json", action="store_true", help="print JSON, for other programs")
    agreement.set_defaults(call=_agreement)

    design = commands.add_parser("design", help="say before the study how small a gap it could see")
    design.add_argument("--pairs", type=int, required=True, help="how many pairs")
    design.add_argument("--people", type=int, required=True, help="how many people answer on each side of a pair")
    design.add_argument("--picture", type=Path, help="also draw the chance to see a gap, into this .png file")
    design.set_defaults(call=_design)

    release.add_commands(commands)

    init = commands.add_parser("init", help="start an empty study with a template for every raw file")
    init.add_argument("folder", type=Path)
    init.set_defaults(call=_init)
    exchange.add_commands(commands)
    bulk.add(commands)
    machine_coding.add_commands(commands)
    return parser


def _run(options: argparse.Namespace) -> int:
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.publish import reports
    from buddy_eval.study.settings import PROFILES, load_study

    started = time.perf_counter()
    study = load_study(options.study)
    print(study.title)
    pipeline.run(study, _say)
    made = reports.publish(study, PROFILES, _say)
    print(f"{len(made)} report files, up to date in {time.perf_counter() - started:.1f} s")
    print(f"open {_shown(study.reports / 'index.html')}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.study.settings import load_study

    faults = pipeline.check(load_study(options.study))
    for fault in faults:
        print(fault)
    print(f"{len(faults)} fault{'s' * (len(faults) != 1)} found" if faults else "no fault found")
    return 1 if faults else 0


def _publish(options: argparse.Namespace) -> int:
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.publish import reports
    from buddy_eval.study.settings import load_study

    study = load_study(options.study)
    profile = options.profile or study.disclosure.profile
    pipeline.run(study, _say)
    made = reports.publish(study, (profile,), _say)
    print(f"{len(made)} report files for {HOME[profile]}")
    print(f"open {_shown(study.reports / profile / 'index.html')}")
    return 0


def _agreement(options: argparse.Namespace) -> int:
    from buddy_eval.coding.agreement import agreement_by_part
    from buddy_eval.present.cautions import cautions_in_words
    from buddy_eval.read.rating_columns import Columns
    from buddy_eval.read.ratings import read_ratings_file

    asked = Columns(options.unit, tuple(options.coder), tuple(options.value), tuple(options.group))
    found = read_ratings_file(options.file, asked)
    made = agreement_by_part(((part.group, part.variable, part.ratings) for part in found.parts), options.level)
    made["caution"] = ["; ".join(cautions_in_words(row)) for row in made.to_dict("records")]
    for line in found.said:
        print(line, file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(json.loads(made.to_json(orient="records")), indent=1))
        return 0
    single = int(made.drop_duplicates(["group", "variable"])["n_single"].sum())
    if single:
        print(f"left out: {single} unit{'s' * (single != 1)} with one rating only")
    shown = made.drop(columns=[name for name in ("group", "variable") if not made[name].any()])
    print(shown.to_string(index=False, float_format=lambda value: f"{value:.3f}", na_rep=""))
    return 0


def _design(options: argparse.Namespace) -> int:
    from buddy_eval.analyse import design
    from buddy_eval.base.files import write_atomic
    from buddy_eval.present.plots.design import curves
    from buddy_eval.present.tables.comparison import designs

    table, by_pairs = design.around(options.pairs, options.people)
    made = designs(table)
    print(f"{made.caption}\n{made.frame.to_string(index=False)}\n{made.note}")
    if options.picture:
        drawn = curves(by_pairs, options.people)
        write_atomic(options.picture, drawn.png)
        print(f"{_shown(options.picture.resolve())}: {drawn.alt}")
    return 0


def _init(options: argparse.Namespace) -> int:
    from buddy_eval.start.new_study import new_study

    for path in new_study(options.folder):
        print(f"  {path}")
    print(f"fill in the templates, then: buddy-eval check {options.folder}")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
