"""The commands around publishing: trace, quotes, sign, release, reproduce."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import refuse_filled, write_atomic, write_folder
from buddy_eval.base.numbers import many
from buddy_eval.base.profiles import PROFILES
from buddy_eval.cli.declare import STUDY, STUDY_OPTION, argument, command, say
from buddy_eval.study.settings import load_study

if TYPE_CHECKING:
    from buddy_eval.disclose.results import Results


@command(
    argument("finding", help="the id that the report prints beside the number"),
    argument("--profile", choices=PROFILES, help="as whom to look"),
    STUDY_OPTION,
)
def trace(finding: str, profile: str | None, study: Path) -> None:
    """Show what stands behind a finding: method, inputs, rows, quotes."""
    from buddy_eval.release.trace import trace

    for line in trace(_results(study, profile), finding):
        print(line)


@command(
    STUDY,
    argument("--choose", metavar="NAME", default="", help="choose passages in a view and approve, under this name"),
)
def quotes(study: Path, choose: str) -> None:
    """Write the quote register, with what in a quote needs a decision; or choose what may be quoted."""
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.release.trace import register as quote_register

    if choose:
        from buddy_eval.coder.server import View, serve
        from buddy_eval.lab.quotes import PAGE, Quotes

        settings = load_study(study)
        pipeline.run(settings, say)
        with View(Quotes(settings, choose), files=PAGE) as view:
            serve(view, "every choice is in the list of approvals at once; Ctrl+C here ends the view")
        return
    results = _results(study, "internal")
    register = quote_register(results)
    path = results.study.reports / "internal" / "quote-register.csv"
    write_atomic(path, register.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    open_ones = register[(register["mentions"] != "") & (register["shown_to"] != "nobody")]
    for row in open_ones.to_dict("records"):
        print(f"{row['source']} {row['start']}-{row['end']} ({row['shown_to']}): {row['mentions']}")
    print(
        f"{many(len(register), 'passage')}, {len(open_ones)} to decide on; all in {path.name} beside the team's reports"
    )


@command(
    argument("report", type=Path, help="such as reports/public/summary.html"),
    argument("--by", required=True, metavar="NAME"),
)
def sign(report: Path, by: str) -> None:
    """Write down who approved a report as it was built; list what only a person can judge in it."""
    from buddy_eval.publish.gate.look import to_look_at
    from buddy_eval.publish.reports import made_before
    from buddy_eval.release.trace import sign_off

    whole = report.resolve()
    results = _results(whole.parent)
    lines = sign_off(results, whole, by, datetime.now(UTC).date())
    print("\n".join(lines) or "this build is signed by that name already")
    if made_before(results.study, whole):
        print(f"look again: something that it was made from has changed since; make it again with: {CALLED} run")
    if look := to_look_at(results, whole):
        print("\n  ".join(["what only a person can judge in it:", *look]))


@command(
    argument("--out", type=Path, required=True, metavar="FOLDER", help="a new or empty folder"),
    argument(
        "--after",
        type=Path,
        metavar="RELEASE",
        action="append",
        default=[],
        help="an earlier release; give each of them: what they tell together is refused",
    ),
    STUDY,
)
def release(study: Path, out: Path, after: list[Path]) -> None:
    """Make the open release: findings, methods, checklists, reports."""
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.publish import reports
    from buddy_eval.release import make_release, refuse_closed
    from buddy_eval.release.chain import refuse_difference
    from buddy_eval.release.trace import signed

    refuse_filled(out)
    if gone := [folder for folder in after if not folder.is_dir()]:
        raise BuddyError(f"--after {gone[0]}: no such folder; name the folder that an earlier release was written to")
    settings = load_study(study)
    refuse_closed(settings)
    pipeline.run(settings, print)
    reports.publish(settings, ("public",), print)
    files = make_release(settings)
    if after:
        refuse_difference(after, files)
    write_folder(out.resolve(), files)
    public = settings.reports / "public"
    unsigned = sorted({path.name for path in public.glob("*.html")} - {"index.html", *signed(public)})
    print(f"{many(len(files), 'file')} in {out}")
    if unsigned:
        print(f"not signed off as they stand: {', '.join(unsigned)}; sign with: {CALLED} sign REPORT --by NAME")


@command(argument("release", type=Path, help="the folder that `release` wrote"), STUDY_OPTION)
def reproduce(release: Path, study: Path) -> int:
    """Make a release again and compare it byte by byte."""
    from buddy_eval.release.compare import reproduce

    lines = reproduce(release, load_study(study), print)
    for line in lines:
        print(line)
    print("the release is reproduced byte by byte" if not lines else f"{many(len(lines), 'difference')}")
    return 1 if lines else 0


def _results(folder: Path, profile: str | None = None) -> Results:
    from buddy_eval.disclose.results import Results

    study = load_study(folder)
    return Results(study, profile or study.disclosure.profile)
