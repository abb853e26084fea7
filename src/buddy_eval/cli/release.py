"""The commands around publishing: trace, quotes, sign, release, reproduce."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buddy_eval.base.errors import BuddyError

if TYPE_CHECKING:
    from buddy_eval.disclose.results import Results


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of the command line."""
    trace = commands.add_parser("trace", help="show what stands behind a finding: method, inputs, rows, quotes")
    trace.add_argument("finding", help="the id that the report prints beside the number")
    trace.add_argument("--profile", choices=("internal", "partners", "public"), help="as whom to look")
    trace.set_defaults(call=_trace)
    quotes = commands.add_parser("quotes", help="write the quote register, with what in a quote needs a decision")
    quotes.set_defaults(call=_quotes)
    sign = commands.add_parser("sign", help="write down who approved a report as it was built")
    sign.add_argument("report", type=Path, help="such as reports/public/summary.html")
    sign.add_argument("--by", required=True, metavar="NAME")
    sign.set_defaults(call=_sign)
    release = commands.add_parser("release", help="make the open release: findings, methods, checklists, reports")
    release.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new or empty folder")
    release.add_argument(
        "--after", type=Path, metavar="RELEASE", help="an earlier release: refuse what the difference tells"
    )
    release.set_defaults(call=_release)
    reproduce = commands.add_parser("reproduce", help="make a release again and compare it byte by byte")
    reproduce.add_argument("release", type=Path)
    reproduce.add_argument("--study", type=Path, default=Path())
    reproduce.set_defaults(call=_reproduce)
    trace.add_argument("--study", type=Path, default=Path(), help="the study's folder (default: here)")
    for command in (quotes, release):
        command.add_argument("study", nargs="?", type=Path, default=Path(), help="the study's folder (default: here)")


def _results(folder: Path, profile: str | None = None) -> Results:
    from buddy_eval.disclose.results import Results
    from buddy_eval.study.settings import load_study

    study = load_study(folder)
    return Results(study, profile or study.disclosure.profile)


def _trace(options: argparse.Namespace) -> int:
    from buddy_eval.release.trace import trace

    for line in trace(_results(options.study, options.profile), options.finding):
        print(line)
    return 0


def _quotes(options: argparse.Namespace) -> int:
    from buddy_eval.base.files import write_atomic
    from buddy_eval.release.trace import register as quote_register

    results = _results(options.study, "internal")
    made = quote_register(results)
    path = results.study.reports / "internal" / "quote-register.csv"
    write_atomic(path, made.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    open_ones = made[(made["mentions"] != "") & (made["shown_to"] != "nobody")]
    for row in open_ones.to_dict("records"):
        print(f"{row['source']} {row['start']}-{row['end']} ({row['shown_to']}): {row['mentions']}")
    print(f"{len(made)} passages, {len(open_ones)} to decide on; all of them in {path.name} beside the team's reports")
    return 0


def _sign(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from buddy_eval.release.trace import sign_off

    report = options.report.resolve()
    lines = sign_off(_results(report.parent), report, options.by, datetime.now(UTC).date())
    print("\n".join(lines) or "this build is signed by that name already")
    return 0


def _release(options: argparse.Namespace) -> int:
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.publish import reports
    from buddy_eval.release import make_release
    from buddy_eval.release.compare import refuse_difference
    from buddy_eval.study.settings import load_study

    if options.out.exists() and (not options.out.is_dir() or any(options.out.iterdir())):
        raise BuddyError(f"{options.out} is not empty; name a new folder")
    study = load_study(options.study)
    pipeline.run(study, print)
    reports.publish(study, ("public",), print)
    files = make_release(study)
    if options.after:
        refuse_difference(options.after, files, study.disclosure)
    from buddy_eval.base.files import write_folder

    write_folder(options.out.resolve(), files)
    from buddy_eval.release.trace import signed

    names = signed(study.reports / "public")
    pages = (path.name for path in (study.reports / "public").glob("*.html"))
    unsigned = sorted({*pages} - {"index.html", *names})
    print(f"{len(files)} files in {options.out}")
    if unsigned:
        print(f"not signed off as they stand: {', '.join(unsigned)}; sign with: buddy-eval sign REPORT --by NAME")
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    from buddy_eval.release.compare import reproduce
    from buddy_eval.study.settings import load_study

    lines = reproduce(options.release, load_study(options.study), print)
    for line in lines:
        print(line)
    print("the release is reproduced byte by byte" if not lines else f"{len(lines)} differences")
    return 1 if lines else 0
