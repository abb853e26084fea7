"""The commands of a team that codes: assign, disagreements, codebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from buddy_eval.base.called import call
from buddy_eval.base.errors import BuddyError, refuse
from buddy_eval.base.files import write_atomic
from buddy_eval.base.numbers import many
from buddy_eval.cli.declare import CODEBOOK, STUDY, STUDY_OPTION, argument, command, say, to_write
from buddy_eval.study.settings import load_study

if TYPE_CHECKING:
    from buddy_eval.coder.disagreements import Case, Disagreements


@command(
    argument("--coders", nargs="+", required=True, metavar="NAME", help="who codes in this round"),
    argument("--seed", type=int, required=True, help="any number: the same one makes the same plan"),
    argument("--share", type=float, default=0.2, help="how much of the sources two people code (default: 0.2)"),
    argument(
        "--unseen",
        nargs="+",
        default=[],
        metavar="NAME=TRUST",
        help="who may not see which trust's pairs, or pair",
    ),
    argument("--comments", action="store_true", help="assign survey comments too, by file and pair"),
    argument("--out", type=Path, metavar="FILE.csv", help="write the plan here too, an interview a row"),
    STUDY_OPTION,
)
def assign(
    coders: list[str], seed: int, share: float, unseen: list[str], comments: bool, out: Path | None, study: Path
) -> None:
    """Plan who codes what, and add it to the study's assignments."""
    from buddy_eval.clean import clean
    from buddy_eval.clean.comments import assigned_as
    from buddy_eval.coding.assign import assign, barred, planned, to_code
    from buddy_eval.coding.by_hand.assignments import add_assignments
    from buddy_eval.read import read_raw
    from buddy_eval.study.codebook import load_codebook
    from buddy_eval.study.instrument import load_instrument

    settings = load_study(study)
    path = settings.raw_path("assignments")
    if path is None:
        raise BuddyError('study.toml: [raw] names no assignments; add assignments = "assignments.csv"')
    if len({coder.casefold() for coder in coders}) < len(coders) or not 0 <= share <= 1:
        raise BuddyError("name each coder once, and a share from 0 to 1")
    if out and out.resolve().is_relative_to(settings.raw_folder.resolve()):
        raise BuddyError(f"{out.name}: nothing else is written among the raw files; give --out another folder")
    codebook = load_codebook(settings.codebook)
    instrument = load_instrument(settings.instrument, codebook)
    cleaned = clean(read_raw(settings, journals=False), settings, codebook, instrument)
    refuse(cleaned.faults)
    tables = cleaned.tables
    sources = to_code(tables["units"], comments=comments)
    if sources.empty:
        raise BuddyError("the study has nothing to assign: no interviews, and comments only with --comments")
    named = tables["units"].assign(source_id=assigned_as(tables["units"]))[["unit", "source_id"]]
    kept = tables["assignments"].merge(named, on="unit")[["source_id", "coder", "role"]].drop_duplicates()
    apart = barred(_unseen(unseen, coders), tables["units"], tables["pairs"], tables["trusts"])
    added = assign(sources, kept, coders, seed=seed, share=share, unseen=apart)
    laid = planned(sources, kept, added)
    if len(added):
        add_assignments(path, added)
    if out:
        write_atomic(out, laid.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    print(laid.to_string(index=False))
    words = sources.set_index("source")["words"]
    for coder in coders:
        new = added.loc[added["coder"] == coder, "source_id"]
        print(f"  {coder}: {len(new)} more, {words[new].sum():,} words")
    twice = laid[(laid["lead"] != "") & (laid["second"] != "")]
    what = "sources" if comments else "interviews"
    print(f"two people code {len(twice)} of {len(laid)} {what}, {twice['words'].sum() / words.sum():.0%} of the words")
    print(
        f"{many(len(added), 'row')} added to {path.name}" if len(added) else "nothing to add: all of them are assigned"
    )


def _unseen(labelled: list[str], coders: list[str]) -> dict[str, list[str]]:
    """`NAME=TRUST` words as coder to trusts."""
    unseen: dict[str, list[str]] = {}
    for word in labelled:
        coder, _, trust = word.partition("=")
        if coder not in coders or not trust:
            raise BuddyError(f"--unseen {word}: write NAME=TRUST, with one of {', '.join(coders)}")
        unseen.setdefault(coder, []).append(trust)
    return unseen


@command(
    argument("what", choices=("diff",), help="diff: what differs between two versions"),
    argument("old", file=CODEBOOK, help="the earlier codebook (.yaml)"),
    argument("new", file=CODEBOOK, help="the later codebook (.yaml)"),
    argument("--out", file=to_write(".html", "the page"), metavar="FILE.html", help="write it as a page too"),
)
def codebook(what: str, old: Path, new: Path, out: Path | None) -> None:
    """Compare two versions of a codebook: codes that came, went or changed, and its history."""
    from buddy_eval.publish.codebook_page import codebook_page
    from buddy_eval.study.codebook import load_codebook
    from buddy_eval.study.codebook_diff import codebook_diff

    before, after = load_codebook(old), load_codebook(new)
    changes = codebook_diff(before, after)
    print(f"{what}: {before.id} {before.version} to {after.id} {after.version}")
    for change in after.history:
        codes = f"{', '.join(change.before) or 'nothing'} to {', '.join(change.after) or 'nothing'}"
        print(f"  version {change.version}: {change.kind}, {codes}: {change.why}")
    for code, name, then, now in changes.itertuples(index=False, name=None):
        print(f"{code} {name}\n  - {then}\n  + {now}")
    print(many(len(changes), "difference") if len(changes) else "codes, themes and rules are the same")
    if len(changes) and (before.id, before.version) == (after.id, after.version):
        print(f"both call themselves version {after.version}: give the later one a new version")
    if out:
        write_atomic(out, codebook_page(before, after, changes).encode())
        print(f"wrote {out}")


@command(
    STUDY,
    argument("--decide", metavar="NAME", default="", help="go through the open ones and decide, under this name"),
)
def disagreements(study: Path, decide: str) -> None:
    """Show what coders coded otherwise, worst code first, and decide it."""
    from buddy_eval.coder.disagreements import Disagreements
    from buddy_eval.coding.by_hand.journal import checked_name
    from buddy_eval.disclose.results import Results
    from buddy_eval.pipeline import run as pipeline

    if decide:
        checked_name(decide)
    settings = load_study(study)
    pipeline.run(settings, say)
    unsettled = Disagreements(Results(settings, "internal"))
    if unsettled.frame.empty:
        print("no unit was coded otherwise by two coders")
        return
    print(unsettled.by_code.to_string(index=False, float_format=lambda figure: f"{figure:.2f}", na_rep=""))
    print(unsettled.in_short())
    if not decide:
        for case in unsettled.cases(all_of_them=True):
            print(f"\n{_case(case)}")
        print(f"\ndecide: {call('disagreements --decide NAME', settings.root)}")
        return
    before = unsettled.decisions
    _decide(unsettled, decide)
    print(unsettled.in_short())
    same = unsettled.decisions.equals(before)
    print("nothing was decided" if same else "the next run rests the consensus on what was decided")


def _decide(unsettled: Disagreements, by: str) -> None:
    """Ask for every open case what stands, until nothing is open or nobody answers."""
    passed = set[str]()
    while case := next((case for case in unsettled.cases() if case.unit not in passed), None):
        coders = [coder for coder, _ in case.said]
        offered = {str(number): coder for number, coder in enumerate(coders, 1)}
        offered |= {"b": "both", "n": "neither", "e": "else"}
        print(f"\n{_case(case)}")
        print("  " + "  ".join(f"{key} {choice}" for key, choice in offered.items()) + "  s skip  u undo  q quit")
        answer = _asked("which stands? ")
        if answer == "q":
            return
        if answer == "u":
            print("  taken back" if unsettled.undo(by) else "  nothing to take back")
        elif answer in offered:
            codes = None
            if offered[answer] == "else":
                words = [word.partition(":") for word in _asked("codes that hold, as CB1 or CB1:barrier? ").split()]
                codes = {code: valence for code, _, valence in words}
            try:
                unsettled.decide(case.unit, offered[answer], by=by, why=_asked("why? "), codes=codes)
            except BuddyError as error:
                print(f"  not decided: {error}")
        elif answer == "s":
            passed.add(case.unit)
        else:
            print(f"  {answer!r} is no choice; nothing was decided on it")


def _asked(question: str) -> str:
    """What somebody answers; ``q`` where nobody is there."""
    try:
        return input(question).strip()
    except EOFError:
        return "q"


def _case(case: Case) -> str:
    """One case in plain lines."""
    before, after = (" ".join(text.split()) for text in (case.before[-120:], case.after[:120]))
    lines = [f"{case.unit} ({case.state})", f"  ... {before}", f"  >>> {case.words}", f"  ... {after}"]
    lines += [f"  {coder}: {codes}" for coder, codes in case.said]
    return "\n".join([*lines, *(f"  {line}" for line in (*case.rules, *case.decided))])
