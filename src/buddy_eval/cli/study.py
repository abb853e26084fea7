"""The commands that carry a study from its plan to its reports: design, init, lab, check, run, publish."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from buddy_eval.base.called import call
from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.base.files import refuse_filled, write_atomic
from buddy_eval.base.numbers import many
from buddy_eval.base.profiles import PROFILES, READERS
from buddy_eval.cli.declare import STUDY, argument, command, say, shown, to_read, to_write
from buddy_eval.study.settings import Study, find_study, load_study


@command(STUDY)
def run(study: Path) -> None:
    """Do the whole study: tables, notebooks, reports."""
    from buddy_eval.publish.whole import reports_that_stand

    started = time.perf_counter()
    settings = load_study(study)
    print(settings.title)
    if not (files := reports_that_stand(settings)):
        from buddy_eval.pipeline import run as pipeline
        from buddy_eval.publish import reports

        with _earlier_reports(settings):
            pipeline.run(settings, say)
        files = len(reports.publish(settings, PROFILES, say))
    print(f"{files} report files, up to date in {time.perf_counter() - started:.1f} s")
    print(f"open {shown(settings.reports / 'index.html')}")


@contextmanager
def _earlier_reports(settings: Study) -> Iterator[None]:
    """Where raw files are refused, say that the reports that lie there know nothing of them."""
    try:
        yield
    except StudyError:
        from buddy_eval.start.companion import EARLIER

        if (settings.reports / "index.html").is_file():
            print(EARLIER.words)
        raise


@command(STUDY)
def check(study: Path) -> int:
    """Say what a study holds, what is still to come, what is wrong, and what to do next.

    Where tables are made and no fault is found, it keeps its answer in data/processed; else it writes nothing.
    """
    from buddy_eval.start.unchanged import answer_that_stands, inputs, keep_answer

    settings, faults = load_study(study), False
    now = inputs(settings)
    if not (lines := answer_that_stands(settings, now)):
        from buddy_eval.start.companion import standing

        stands = standing(settings)
        lines, faults = stands.lines(settings.root), bool(stands.faults)
        if not faults:
            keep_answer(settings, now, lines)
    print("\n".join([settings.title, "", *lines]))
    return int(faults)


@command(STUDY, argument("flags", nargs=argparse.REMAINDER, help="options of JupyterLab, handed on to it"))
def lab(study: Path, flags: list[str]) -> int:
    """Open JupyterLab on the start page: how a study stands, and a button for each command."""
    from buddy_eval.lab.jupyter import open_lab

    return open_lab(find_study(study), flags)


@command(
    argument("--profile", choices=PROFILES, help="who will read them (default: as in study.toml)"),
    STUDY,
)
def publish(study: Path, profile: str | None) -> None:
    """Make the reports for one circle of readers."""
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.publish import reports

    settings = load_study(study)
    readers = profile or settings.disclosure.profile
    with _earlier_reports(settings):
        pipeline.run(settings, say)
    files = reports.publish(settings, (readers,), say)
    print(f"{many(len(files), 'report file')} for {READERS[readers]}")
    print(f"open {shown(settings.reports / readers / 'index.html')}")


@command(
    argument("--pairs", type=int, required=True, help="how many pairs"),
    argument("--people", type=int, required=True, help="how many people answer on each side of a pair"),
    argument(
        "--picture", file=to_write(".png", "the picture"), help="also draw the chance to see a gap, into this .png file"
    ),
)
def design(pairs: int, people: int, picture: Path | None) -> None:
    """Say before the study how small a gap it could see."""
    from buddy_eval.analyse.design import around
    from buddy_eval.present.plots.design import curves
    from buddy_eval.present.tables.comparison import designs

    designed, by_pairs = around(pairs, people)
    table = designs(designed)
    print(f"{table.caption}\n{table.frame.to_string(index=False)}\n{table.note}")
    if picture:
        drawn = curves(by_pairs, people)
        write_atomic(picture, drawn.png)
        print(f"{shown(picture.resolve())}: {drawn.alt}")


@command(
    argument("folder", type=Path, help="a new or empty folder"),
    argument("--answers", file=to_read(), metavar="FILE", help="a .toml file with the answers, instead of questions"),
    argument("--codebook", action="store_true", help="with themes of your own: makes their files first, to change"),
)
def init(folder: Path, answers: Path | None, codebook: bool) -> None:
    """Start a study: asks a few questions, and makes what you collect with.

    Without a terminal and without --answers the study is empty, with a template for every raw file. With --codebook it
    lays down themes, codes and questions to change, and given again once they are changed, makes the study of them.
    """
    from buddy_eval.start.answers import ask, load_answers
    from buddy_eval.start.new_study import new_study
    from buddy_eval.start.own_themes import begun, own_files, own_remarks
    from buddy_eval.start.setup import early

    own = codebook and begun(folder)
    if not own:
        refuse_filled(folder)
    if codebook and not own:
        for name, data in own_files().items():
            write_atomic(folder / name, data)
        print(f"change the files in {shown(folder.resolve())} as own-themes.md says, and give the command again")
        return
    for line in own_remarks(folder) if own else ():
        print(f"look again: {line}")
    setup = load_answers(answers) if answers else ask(input, say) if sys.stdin.isatty() else None
    files = new_study(folder, setup, own=own)
    if setup:
        print(f"{many(len(files), 'file')} in {shown(folder.resolve())}")
        if problem := early(setup.opens, setup.arrangements):
            print(f"look again: {problem}")
        print(f"begin with {shown(folder.resolve() / 'kit' / 'what-to-do-next.docx')}")
    else:
        for path in files:
            print(f"  {path}")
        print(f"fill in the templates, then: {call('check', folder)}")


@command(
    argument("--opens", required=True, metavar="DAY", help="when its survey opens, such as '1 March 2027'"),
    STUDY,
)
def round_(study: Path, opens: str) -> None:
    """Open the next round: its kit, its survey, last time's answers beside."""
    from buddy_eval.base.dates import day
    from buddy_eval.start.next_round import next_round

    if (opening := day(opens)) is None:
        raise BuddyError(f"--opens {opens}: that is no day of the calendar; write it as '1 March 2027' or 01/03/2027")
    settings = load_study(study)
    files = next_round(settings, opening)
    print(f"{many(len(files), 'file')}; begin with {shown(files[0].parent / 'what-to-do-next.docx')}")


@command(
    argument(
        "workbook",
        file=to_write(".xlsx", "a board's workbook"),
        help="an .xlsx file; where there is none, an empty one is made there",
    ),
    argument(
        "--out", file=to_write(".docx", "the page"), metavar="FILE.docx", help="the page (default: beside the workbook)"
    ),
)
def board(workbook: Path, out: Path | None) -> None:
    """Say what a board that considers an arrangement has open, who owns it, and by when."""
    from buddy_eval.start.self_assessment import blank_workbook, page, self_assessment

    path = out or workbook.with_suffix(".docx")
    if not workbook.exists():
        write_atomic(workbook, blank_workbook())
        print(f"{workbook} holds the questions; fill it in, and give the command again")
        return
    assessment = self_assessment(workbook, datetime.now(UTC).date())
    write_atomic(path, page(assessment))
    for row in assessment.open.itertuples():
        print(f"  {row.wording} {row.stands}; {row.owner}, {row.by}")
    open_ones = f"{len(assessment.open)} of {many(len(assessment.questions), 'question')}"
    print(f"{open_ones} {'is' if len(assessment.open) == 1 else 'are'} open; the page is {path}")
